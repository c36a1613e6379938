#!/bin/bash
# Processes that share a run by MPI: the bytes of the file are those of a plain run, for any number of them, also after
# one was killed; what goes wrong in any of them is told once.
set -euo pipefail
# shellcheck source=expect.sh
source "${BASH_SOURCE[0]%/*}/expect.sh"

plain=${ABSCOPAL_COMMAND:?}
mpi=${ABSCOPAL_MPI_COMMAND:-}
if [[ -z $mpi ]] || ! mpirun --version 2> /dev/null | grep -q "Open MPI"; then
    echo "skipped: Open MPI is not installed (Debian: libopenmpi-dev, openmpi-bin), or was not when this was configured"
    exit 77
fi
# More processes than processors, as root too: containers often have no other user.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMP_WAIT_POLICY=passive
start=(mpirun --quiet --oversubscribe --bind-to none)
# Blocks of 32 patients: five, and twelve.
few=(protocols/nivolumab-rt-six-arms.yaml -n 150 --courses off)
many=(protocols/nivolumab-rt-six-arms.yaml -n 384 --courses off)

# finished OUTPUT: how many blocks of it are kept.
finished() {
    find "$1.parts" -name 'block-*.h5' 2> /dev/null | wc -l
}

# await_blocks OUTPUT: until the first two are there.
await_blocks() {
    for _ in {1..600}; do
        [[ $(finished "$1") -lt 2 ]] || return 0
        sleep 0.05
    done
    fail "no finished blocks of $1 after half a minute"
}

# same FILE: as a plain run makes it.
same() {
    cmp "$folder/plain.h5" "$1" || fail "$1 is not what a plain run makes"
    [[ ! -e $1.parts ]] || fail "$1.parts was left behind"
}

# one_message: what the last command wrote to stderr, mpirun's own words apart, is one line.
one_message() {
    [[ $(grep -cE 'abscopal|process [0-9]' "$folder/stderr") -eq 1 ]] || {
        fail "not one message:"
        cat "$folder/stderr"
    }
}

# ---- The same bytes and the same table
"$plain" run "${few[@]}" --quiet -o "$folder/plain.h5" > "$folder/plain.txt"
for ranks in 1 2 4; do
    for threads in 1 2; do
        [[ $ranks -ne 4 || $threads -ne 2 ]] || continue # as many as half a desk of processors
        expect 0 "Research use only" "${start[@]}" -n "$ranks" "$mpi" run "${few[@]}" --quiet -j "$threads" -o "$folder/$ranks-$threads.h5"
        same "$folder/$ranks-$threads.h5"
        cmp "$folder/plain.txt" "$folder/stdout" || fail "$ranks processes print another table"
    done
done
expect 0 "Research use only" "$mpi" run "${few[@]}" --quiet -o "$folder/alone.h5"
same "$folder/alone.h5"

# ---- What cannot be
expect 2 "2 processes need --output" "${start[@]}" -n 2 "$mpi" run "${few[@]}"
one_message
expect 2 "cannot be 'x'" "${start[@]}" -n 3 "$mpi" run "${few[@]}" -n x -o "$folder/none.h5"
one_message
expect 2 "without --shard|without it" "${start[@]}" -n 2 "$mpi" run "${few[@]}" -o "$folder/none.h5" --shard 1/2
one_message
expect 2 "built without MPI" "${start[@]}" -n 2 "$plain" run "${few[@]}" -o "$folder/none.h5"
[[ ! -e $folder/none.h5 && ! -e $folder/none.h5.parts ]] || fail "something was written in spite of an error"
# Only the second process fails; the leader tells which it was. It would run other patients, so its blocks would differ.
expect 2 "process 1, on .*seed" "${start[@]}" -n 1 "$mpi" run "${few[@]}" -q -o "$folder/seeds.h5" \
    : -n 1 "$mpi" run "${few[@]}" -q -o "$folder/seeds.h5" --seed 7
one_message
[[ ! -e $folder/seeds.h5 ]] || fail "results were assembled in spite of an error"
# Its files may not grow, as on a full disk.
expect 4 "process 1, on " "${start[@]}" -n 1 "$mpi" run "${few[@]}" -q -o "$folder/full.h5" \
    : -n 1 bash -c 'trap "" XFSZ; ulimit -f 0; exec "$@"' bash "$mpi" run "${few[@]}" -q -o "$folder/full.h5"
one_message
expect 0 "" "${start[@]}" -n 2 "$mpi" run "${few[@]}" -q -o "$folder/full.h5" --resume
same "$folder/full.h5"

# ---- Stopped and killed
"$plain" run "${many[@]}" --quiet --force -o "$folder/plain.h5" > "$folder/plain.txt"
# interrupt SIGNAL WHICH CODE: to the oldest (the leader) or the newest of three processes, or to mpirun, which passes
# it on to all of them, in the middle of the run; then goes on with two.
interrupt() {
    local signal=$1 which=$2 wanted=$3 code=0 output=$folder/$1-$2.h5 kept started process
    "${start[@]}" -n 3 "$mpi" run "${many[@]}" --quiet -j 1 -o "$output" > "$folder/stdout" 2> "$folder/stderr" &
    started=$!
    await_blocks "$output"
    process=$started
    [[ $which == mpirun ]] || process=$(pgrep "--$which" --full -- "^$mpi run .*$output")
    kill "-$signal" "$process" || fail "ended before it was to be stopped"
    wait "$started" || code=$?
    [[ $code -eq $wanted ]] || fail "exit code $code, not $wanted, after SIG$signal to $which"
    if [[ $signal != KILL ]] && ! grep -q -- "--resume" "$folder/stderr"; then
        fail "no word on how to go on"
    fi
    kept=$(finished "$output")
    [[ $kept -ge 2 && $kept -lt 12 && ! -e $output ]] || fail "$kept of 12 blocks kept after SIG$signal to $which"
    echo "SIG$signal to $which, 3 processes: $kept of 12 blocks kept"
    expect 0 "Research use only" "${start[@]}" -n 2 "$mpi" run "${many[@]}" --quiet -o "$output" --resume
    same "$output"
}
interrupt TERM newest 130
interrupt USR1 mpirun 130
interrupt KILL newest 137
interrupt KILL oldest 137
finish
