# Sourced by checks in shell: runs a command and compares what it does with what it should do.
# shellcheck shell=bash

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
checks=0
failures=0

# fail MESSAGE: notes a failure and goes on.
fail() {
    failures=$((failures + 1))
    echo "FAILED: $1"
}

# expect CODE PATTERN COMMAND...: the command ends with CODE, and a line of its stdout or stderr matches the
# extended regular expression. They are left in $folder/stdout and $folder/stderr.
expect() {
    local code=$1 pattern=$2 actual=0
    shift 2
    checks=$((checks + 1))
    "$@" > "$folder/stdout" 2> "$folder/stderr" || actual=$?
    if [[ $actual -ne $code ]]; then
        fail "exit code $actual, not $code: $*"
        cat "$folder/stderr"
    elif [[ -n $pattern ]] && ! grep -qE -- "$pattern" "$folder/stdout" "$folder/stderr"; then
        fail "no '$pattern' in what this printed: $*"
        cat "$folder/stdout" "$folder/stderr"
    fi
}

# silent_stdout: the last command printed nothing to standard output.
silent_stdout() {
    [[ ! -s $folder/stdout ]] || fail "this belongs to standard error, not output: $(head -3 "$folder/stdout")"
}

finish() {
    echo "$checks checks, $failures failed"
    [[ $failures -eq 0 && $checks -gt 0 ]]
}
