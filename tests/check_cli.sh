#!/bin/bash
# The command line as a user or a script meets it: exit codes, messages, streams, and what is left behind.
set -euo pipefail
# shellcheck source=tests/expect.sh
source "$ABSCOPAL_SOURCE_DIR/tests/expect.sh"

abscopal=$ABSCOPAL_COMMAND
trial=$ABSCOPAL_SOURCE_DIR/tests/data/cli-trial.yaml
cohort=$ABSCOPAL_SOURCE_DIR/tests/data/cli-cohort.yaml

# ---- Commands and options
expect 0 '^abscopal [0-9]+\.[0-9]+\.[0-9]+$' "$abscopal" --version
expect 0 '^Usage: abscopal COMMAND' "$abscopal" --help
expect 2 '^Usage: abscopal COMMAND' "$abscopal"
silent_stdout
expect 2 "unknown command 'rum'; did you mean 'run'\?" "$abscopal" rum "$trial"
expect 2 "unknown command 'xyzzy' " "$abscopal" xyzzy
expect 2 "unknown option '--hepl'; did you mean '--help'\?" "$abscopal" --hepl
for command in run simulate inspect verify check list calibrate bench; do
    expect 0 '^Exit codes:$' "$abscopal" "$command" --help
    expect 0 '^Examples:$' "$abscopal" "$command" -h
    expect 0 'Research use only\. Not for treating patients\.' "$abscopal" "$command" --help
    expect 2 "unknown option '--xyzzy' " "$abscopal" "$command" --xyzzy "$trial"
    silent_stdout
    [[ $command == bench ]] || expect 2 "which (TRIAL|OUT.h5|FILE|TABLE)\?" "$abscopal" "$command"
done
expect 2 "unknown option '--pateints'; did you mean '--patients'\?" "$abscopal" run --pateints=3 "$trial"
expect 2 "unknown option '-z'" "$abscopal" run -z "$trial"
expect 2 "--patients needs a value: N" "$abscopal" run "$trial" -n
expect 2 "--quiet takes no value" "$abscopal" run "$trial" --quiet=yes
expect 2 "one TRIAL at a time, not also 'second.yaml'" "$abscopal" run "$trial" second.yaml

# ---- Values are read strictly
for value in 0 -1 1.5 3x ' 3' 0x10 '' 99999999999999999999; do
    expect 2 '--patients cannot be .*: write a whole number from 1 to ' "$abscopal" run "$trial" --patients "$value"
done
for value in -1 1e3 seed; do
    expect 2 '--seed cannot be .*: write a whole number from 0 to ' "$abscopal" run "$trial" --seed "$value"
done
for value in nan inf 0 1 1e-6x 0x1p-20; do
    expect 2 '--rtol cannot be .*: write a number from ' "$abscopal" run "$trial" --rtol "$value"
done
expect 2 "--engine cannot be 'bach': write cvode or batch; did you mean 'batch'\?" \
    "$abscopal" run "$trial" --engine bach
expect 2 "--engine cannot be 'xyzzy': write cvode or batch$" \
    "$abscopal" simulate "$trial" --engine xyzzy --csv "$folder/course.csv"
for value in 1 101% -1% 0.5 %; do
    expect 2 '--max-failures cannot be .*: write a percentage ' "$abscopal" run "$trial" --max-failures "$value"
done
for value in 12 '12 hours' '0 d' d '1 d 2 h' nan; do
    expect 2 "--every cannot be .*: write a time in d, h or min " \
        "$abscopal" simulate "$trial" --every "$value" --csv "$folder/course.csv"
done
for value in 12 '0 d' on Off '-7 d'; do
    expect 2 "--courses cannot be .*: write off, or a time in d, h or min " "$abscopal" run "$trial" --courses "$value"
done
expect 2 'cannot keep courses every 0.001 d until day .*; give a positive time that makes at most 10000 days' \
    "$abscopal" run "$trial" --courses '0.001 d' -o "$folder/courses.h5"
expect 2 'Write --csv FILE' "$abscopal" simulate "$trial"
expect 2 'name the same file' "$abscopal" run "$trial" -o "$folder/a" --json "$folder/a"

# ---- Files
missing=$folder/missing.yaml
expect 2 "^$missing: " "$abscopal" run "$missing"
expect 2 "^$missing: " "$abscopal" simulate "$missing" --csv "$folder/course.csv"
expect 2 "^$missing: " "$abscopal" check "$missing"
expect 2 "^$missing: " "$abscopal" check "$missing" "$cohort"
grep -q "^$cohort: correct$" "$folder/stdout" || fail "check stops at the first wrong file"
expect 0 "^$trial: correct$" "$abscopal" check "$trial" "$cohort"
expect 2 "xyzzy" "$abscopal" simulate "$trial" --arm xyzzy --csv "$folder/course.csv"
[[ ! -e $folder/course.csv ]] || fail "a file is left behind by a simulation that did not take place"

# ---- Lists
for table in states parameters drugs presets options; do
    expect 0 '^name +' "$abscopal" list "$table"
    [[ ! -s $folder/stderr ]] || fail "list $table prints to stderr"
    expect 0 '^(name|drug),' "$abscopal" list "$table" --format csv
    expect 0 '^\[$' "$abscopal" list "$table" -f json --preset qspio-nsclc-2020
done
expect 0 '^killing_rate  ' "$abscopal" list parameters
expect 2 "unknown table 'state'; did you mean 'states'\? Known: states, parameters, drugs, presets, options" \
    "$abscopal" list state
silent_stdout
expect 2 "unknown format 'xml'. Known: text, csv, json" "$abscopal" list states --format xml
expect 2 "unknown preset 'nsclk'; did you mean 'nsclc'\? Known: qspio-nsclc-2020, nsclc" \
    "$abscopal" list states --preset nsclk
silent_stdout
expect 2 "one TABLE at a time, not also 'drugs'" "$abscopal" list states drugs
for file in trial cohort; do
    expect 0 "\"title\": \"abscopal $file file\"" "$abscopal" list schema "$file"
    [[ ! -s $folder/stderr ]] || fail "list schema $file prints to stderr"
done
expect 2 "which schema\? Write 'schema trial', 'schema cohort', 'schema calibration', 'schema population', 'schema sweep' or 'schema power'" \
    "$abscopal" list schema
silent_stdout
expect 2 "unknown schema 'trail'; did you mean 'trial'\? Known: trial, cohort" "$abscopal" list schema trail

# ---- A run
expect 0 'two visits' "$abscopal" run "$trial" -n 2 -o "$folder/out.h5" --json "$folder/out.json"
grep -q '^100 %, 4/4 courses' "$folder/stderr" || fail "no plain progress when stderr is not a terminal"
for name in out.h5 out.json; do
    [[ -s $folder/$name ]] || fail "$name was not written"
done
cp "$folder/out.json" "$folder/first.json"
expect 0 'two visits' "$abscopal" run --quiet --threads 1 "$trial" -n 2 --json "$folder/out.json"
[[ ! -s $folder/stderr ]] || fail "--quiet prints to stderr: $(cat "$folder/stderr")"
expect 0 'two visits' "$abscopal" run --quiet "$trial" --patient 2
expect 0 ', engine cvode$' "$abscopal" run --quiet "$trial" -n 1 --engine cvode
expect 0 ', engine batch \(.*, [0-9]+ lanes\)$' "$abscopal" run --quiet "$trial" -n 1 --engine=batch
# What --help calls the default is what runs.
default=$("$abscopal" run --help | sed -nE 's/.*cvode or batch \(default: (.*)\)$/\1/p')
expect 0 ", engine $default( |$)" "$abscopal" run --quiet "$trial" -n 1
expect 4 'cannot write' "$abscopal" run "$trial" -n 1 -o "$folder/nowhere/out.h5"
expect 4 'cannot write' "$abscopal" run "$trial" -q -n 1 --json /dev/full
[[ ! -e $folder/nowhere ]] || fail "a folder was made"
[[ -z $(find "$folder" -name '*partial*') ]] || fail "a partial file is left behind"

# ---- A benchmark
brief=(-n 2 --threads 1 --repeats 1 --seconds 0.001)
expect 0 '^published run: qspio-nsclc-2020, 1 arm, 400 d' "$abscopal" bench "${brief[@]}" --json "$folder/speed.json"
grep -q '^100 %, 2/2 measurements' "$folder/stderr" || fail "no plain progress when stderr is not a terminal"
[[ -s $folder/speed.json ]] || fail "speed.json was not written"
expect 0 '^command line: nsclc, ' "$abscopal" bench "$trial" "${brief[@]}" --engine cvode --quiet
[[ ! -s $folder/stderr ]] || fail "bench --quiet prints to stderr: $(cat "$folder/stderr")"
expect 2 "^$missing: " "$abscopal" bench "$missing"
expect 2 "one TRIAL at a time, not also 'second.yaml'" "$abscopal" bench "$trial" second.yaml
expect 2 "--repeats cannot be '0': write a whole number from 1 to 1000" "$abscopal" bench --repeats 0
expect 2 "--seconds cannot be '0': write a number from 0.001 to 3600" "$abscopal" bench --seconds 0
expect 2 "--tolerance cannot be '1': write a number from 1e-12 to 0.01" "$abscopal" bench --tolerance 1
expect 4 'cannot write' "$abscopal" bench "${brief[@]}" --json "$folder/nowhere/speed.json"
expect 4 'cannot write' "$abscopal" bench "${brief[@]}" -q --json /dev/full

# ---- A course
expect 0 '' "$abscopal" simulate "$trial" --every '12 h' --csv "$folder/course.csv"
rows=$(($(wc -l < "$folder/course.csv") - 1))
[[ $rows -eq 41 ]] || fail "$rows rows from day 0 to day 20 every 12 h, not 41"
expect 0 '^time_days,' "$abscopal" simulate "$trial" --every 12h --csv -
cmp -s "$folder/stdout" "$folder/course.csv" || fail "--csv - and --csv FILE differ"
for engine in cvode batch; do
    expect 0 '^time_days,' "$abscopal" simulate "$trial" --engine "$engine" --csv -
done
"$abscopal" simulate "$trial" --every 720min --csv - | cmp -s - "$folder/course.csv" ||
    fail "--csv - into a pipe differs"

# ---- Standard output that cannot be written
to_full_disk() {
    "$@" > /dev/full
}
to_closed_output() {
    "$@" >&-
}
expect 4 'cannot write to standard output' to_full_disk "$abscopal" --version
expect 4 'cannot write to standard output' to_closed_output "$abscopal" run --help
expect 4 'cannot write' to_full_disk "$abscopal" run -q "$trial" -n 1
expect 4 'cannot write' to_full_disk "$abscopal" list states
expect 4 'cannot write' to_full_disk "$abscopal" list schema trial
expect 4 'cannot write' to_closed_output "$abscopal" list states -f json
expect 4 'cannot write' to_closed_output "$abscopal" run -q "$trial" -n 1 -o "$folder/closed.h5"
# With standard output closed the results file would be the first file opened and take its place.
cmp -s <(head -c 4 "$folder/closed.h5") <(printf '\211HDF') || fail "the table went into the results file"
expect 4 'cannot write' to_full_disk "$abscopal" simulate "$trial" --csv -
expect 4 'cannot write' to_closed_output "$abscopal" simulate "$trial" --csv -

# ---- Ctrl-C. In the foreground timeout sends one signal; otherwise it sends a second one to its process group, and a
# second one ends the run at once, as it should.
expect 130 'stopped' timeout --foreground --preserve-status --signal INT 2 "$abscopal" run "$trial" -n 60000 -o "$folder/stopped.h5"
[[ ! -e $folder/stopped.h5 ]] || fail "an interrupted run leaves a results file"
expect 130 'stopped' timeout --foreground --preserve-status --signal INT 2 \
    "$abscopal" bench -n 5000 --json "$folder/stopped.json"
[[ ! -e $folder/stopped.json ]] || fail "an interrupted benchmark leaves a file"

# ---- Dosing as records
expect 2 'as what\? Write --adam DIR ' "$abscopal" export "$trial"
records=$folder/dosing.csv
expect 0 '' "$abscopal" export "$trial" --nonmem "$records"
[[ $(wc -l < "$records") == 2 ]] || fail "not one record"
grep -q '^1,0,1,1,240,11520,0,0,.*,nivolumab,mg,"two visits"$' "$records" || fail "not the dose planned"

finish
