#!/bin/bash
# Files that cannot be trusted end with one message and exit code 2, without waiting: what is no file, too large, too
# deep, no text, or names files of others (docs/security.md).
set -euo pipefail
# shellcheck source=tests/expect.sh
source "$ABSCOPAL_SOURCE_DIR/tests/expect.sh"
unset ABSCOPAL_FOLDERS

# refused PATTERN FILE: `abscopal check` refuses it in time, in one line that matches.
refused() {
    expect 2 "$1" timeout 60 "$ABSCOPAL_COMMAND" check "$2"
    [[ $(wc -l < "$folder/stderr") -eq 1 && $(wc -c < "$folder/stderr") -le 1600 ]] ||
        fail "not one short line about $2: $(head -c 2000 "$folder/stderr")"
    silent_stdout
    if LC_ALL=C tr -d '\n' < "$folder/stderr" | LC_ALL=C grep -q '[[:cntrl:]]'; then
        fail "control characters in what is said of $2"
    fi
}

study=$folder/study
mkdir -p "$study/protocols" "$study/cohorts" "$study/drugs" "$folder/other" "$folder/home"
export HOME=$folder/home
cp "$ABSCOPAL_SOURCE_DIR"/drugs/*.yaml "$study/drugs"
cp "$ABSCOPAL_SOURCE_DIR/cohorts/advanced-nsclc.yaml" "$study/cohorts"
cp "$ABSCOPAL_SOURCE_DIR"/cohorts/calibration/{start,oak-population}.yaml "$study/cohorts"
cp "$ABSCOPAL_SOURCE_DIR/cohorts/calibration/advanced-nsclc.yaml" "$study/cohorts/calibration.yaml"
cp "$ABSCOPAL_SOURCE_DIR"/protocols/*.yaml "$ABSCOPAL_SOURCE_DIR"/protocols/sweeps/lag*.yaml "$study/protocols"
sed -i 's|\.\./\.\./cohorts|../cohorts|' "$study"/protocols/lag*.yaml
sed -i 's|\.\./\.\./protocols|../protocols|g; s|\.\./advanced|advanced|' "$study"/cohorts/*.yaml

# ---- What is no file, or too large
mkfifo "$folder/pipe"
refused 'is a folder; name a file$' "$study"
refused 'is a device, a pipe or a socket' /dev/zero
refused 'is a device, a pipe or a socket' "$folder/pipe"
refused 'cannot be opened: No such file' "$folder/absent.yaml"
truncate -s 3G "$folder/large.yaml"
refused 'has 3221225472 bytes; a file of this kind has at most 1048576' "$folder/large.yaml"

# ---- What is no text, or too much of it
trial=$study/protocols/trial.yaml
printf 'name: a\0b\n' > "$trial"
refused 'trial.yaml:1:8: control character 0x00' "$trial"
printf 'name: a\xff\n' > "$trial"
refused 'trial.yaml:1:8: byte 0xff is not UTF-8' "$trial"
printf 'name: \x1b[31mred\n' > "$trial"
refused 'trial.yaml:1:7: control character 0x1b' "$trial"
printf 'name: "\\e]0;title\\a"\nmodel: nsclc\narms: []\n' > "$trial"
refused 'name must be one line without control characters' "$trial"
printf '"\\e[31m": 1\narms: []\n' > "$trial"
refused "unknown key '\?\[31m'" "$trial"
printf 'name: x\nmodel: nsclc\narms: []\nuntil: %s d\n' "$(printf '9%.0s' {1..400})" > "$trial"
refused 'lacks|does not start with a number|too large' "$trial"
sed 's/^until: .*/until: 1e400 d/' "$study/protocols/oak-atezolizumab.yaml" > "$trial"
refused "'1e400' is too large a number" "$trial"
printf 'name: %s\narms: []\nmodel: nsclc\n' "$(head -c 900000 /dev/zero | tr '\0' x)" > "$trial"
refused 'name must be at most 200 bytes long' "$trial"
printf '%s: 1\narms: []\n' "$(head -c 900 /dev/zero | tr '\0' x)" > "$trial"
refused "unknown key 'x{64}' in" "$trial"
printf 'arms: %s\n' "$(head -c 100000 /dev/zero | tr '\0' '[')" > "$trial"
refused 'nested more than 16 levels deep' "$trial"
{
    echo 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]'
    for i in {1..90}; do
        printf 'a%d: &a%d [%s]\n' "$i" "$i" "$(printf "*a$((i - 1)),%.0s" {1..10})"
    done
    echo 'arms: *a90'
} > "$trial"
refused 'unknown key' "$trial"
# Line ends and byte order mark of Windows are no harm.
{
    printf '\xef\xbb\xbf'
    sed 's/$/\r/' "$study/protocols/oak-atezolizumab.yaml"
} > "$trial"
expect 0 'correct$' "$ABSCOPAL_COMMAND" check "$trial"

# ---- Whom they name
# named PATTERN FILE EDIT: once edited by sed the file names what it may not. As it is, it is correct.
named() {
    local edited=${2%.yaml}-edited.yaml
    expect 0 'correct$' "$ABSCOPAL_COMMAND" check "$2"
    sed "$3" "$2" > "$edited"
    ! cmp -s "$2" "$edited" || fail "nothing is edited by $3"
    refused "edited.yaml:[0-9]+:[0-9]+: '[^']*' lies outside of $study, where this file may name others" "$edited"
    ABSCOPAL_FOLDERS=$folder/other expect "$1" '' "$ABSCOPAL_COMMAND" check "$edited"
}
cp "$study/cohorts/advanced-nsclc.yaml" "$study/protocols/lag-trial.yaml" "$study/drugs/cemiplimab.yaml" "$folder/other"
sed -i "s|cohort: .*|cohort: $study/cohorts/advanced-nsclc.yaml|" "$folder/other/lag-trial.yaml"
printf 'ARM,TIME,EVID,AMT,DRUG,UNIT\na,0,1,240,nivolumab,mg\n' | tee "$study/protocols/r.csv" > "$folder/other/r.csv"
cat > "$study/protocols/own.yaml" << 'END'
name: own
model: nsclc
cohort: ../cohorts/advanced-nsclc.yaml
drugs: [../drugs/cemiplimab.yaml]
until: 100 d
imaging: {every: 42 d}
arms: [{name: a, treatments: {records: r.csv}}]
END
named 0 "$study/protocols/own.yaml" 's|cohort: \.\./cohorts|cohort: ../../other|'
named 0 "$study/protocols/own.yaml" 's|drugs: \[\.\./drugs|drugs: [../../other|'
named 0 "$study/protocols/own.yaml" "s|records: r.csv|records: $folder/other/r.csv|"
named 2 "$study/protocols/lag.yaml" 's|trial: |trial: ../../other/|' # which names a cohort outside of its own tree
named 0 "$study/protocols/lag.yaml" 's|^seed: 1|&\ncohort: ../../other/advanced-nsclc.yaml|'
named 0 "$study/cohorts/oak-population.yaml" 's|cohort: |cohort: ../../other/|'
cp "$study/cohorts/start.yaml" "$study/protocols/oak-atezolizumab.yaml" "$folder/other"
sed -i 's|\.\./cohorts/||' "$folder/other/oak-atezolizumab.yaml"
named 0 "$study/cohorts/oak-population.yaml" 's|oak: .*}|oak: ../../other/oak-atezolizumab.yaml}|'
named 0 "$study/cohorts/calibration.yaml" 's|cohort: |cohort: ../../other/|'
named 0 "$study/cohorts/calibration.yaml" 's|\.\./protocols/oak|../../other/oak|'
ln -s "$folder/other/advanced-nsclc.yaml" "$study/cohorts/link.yaml"
named 0 "$study/protocols/own.yaml" 's|cohort: .*|cohort: ../cohorts/link.yaml|'
expect 0 'correct$' "$ABSCOPAL_COMMAND" check "$study/cohorts/advanced-nsclc.yaml"
sed 's|^seed: .*|&\npopulation: ../../other/w.csv|' "$study/cohorts/advanced-nsclc.yaml" > "$study/cohorts/weighted.yaml"
echo '# seed: 1' > "$folder/other/w.csv"
refused "'[^']*/w.csv' lies outside of $study" "$study/cohorts/weighted.yaml"
sed -i 's|population: .*|population: w.csv|' "$study/cohorts/weighted.yaml"
truncate -s 600M "$study/cohorts/w.csv"
refused 'w.csv: has 629145600 bytes; a file of this kind has at most 536870912' "$study/cohorts/weighted.yaml"
truncate -s 20M "$study/protocols/r.csv"
refused "r.csv' has 20971520 bytes; a file of this kind has at most 16777216" "$study/protocols/own.yaml"

# Results hold the texts of what they were made from: to read them no other file is opened, wherever it is.
cat > "$study/protocols/small.yaml" << 'END'
name: small
trial: ../../other/lag-trial.yaml
patients: 1
seed: 1
arm: nivolumab and radiotherapy
reference: nivolumab
vary: [{name: lag, lag: {of: drug, after: rt}, values: [0 d]}]
endpoints: [best_response_rate]
END
refused "lag-trial.yaml' lies outside of $study" "$study/protocols/small.yaml"
ABSCOPAL_FOLDERS=$folder/other:$study expect 0 '' "$ABSCOPAL_COMMAND" sweep "$study/protocols/small.yaml" -q -o "$folder/s.h5"
expect 0 '' "$ABSCOPAL_COMMAND" report "$folder/s.h5" --json "$folder/s.json"
finish
