#!/bin/bash
# Plausible patients and PD-L1 classes on the command line: tables, files, exit codes and messages.
# shellcheck source=tests/expect.sh
source "$ABSCOPAL_SOURCE_DIR/tests/expect.sh"

abscopal=$ABSCOPAL_COMMAND

# cohort NAME LINE...: a cohort file in the folder that ends with these lines.
cohort() {
    local name=$1
    shift
    cat > "$folder/$name.yaml" << 'END'
name: plausible
patients: 12
seed: 7
lesions: 1
baseline_sum_of_diameters: 60 mm
parameters:
  cancer_death_rate: 0.0087 /d
  killing_rate: {distribution: lognormal, median: 18 /d, log_sd: 0.8}
  pdl1_per_cancer_cell: {distribution: lognormal, median: 4.8e4 molecule, log_sd: 1.7}
END
    printf '%s\n' "$@" >> "$folder/$name.yaml"
    cat > "$folder/$name-trial.yaml" << END
name: t
model: nsclc
cohort: $name.yaml
until: 20 d
imaging: {every: 10 d}
arms:
- {name: one arm, treatments: [{drug: nivolumab, dose: 100 mg/m^2, start: 0 d}]}
END
}

cohort some 'plausible: [{output: cd8_density, least: 1 cell/uL}, {output: growth_time, least: 1 d}]' \
    'pdl1_classes: [{name: low or none, below: 5e4 molecule}, {name: high}]'
expect 0 '^not plausible +first +in all$' "$abscopal" run "$folder/some-trial.yaml" -q -o "$folder/some.h5" --json "$folder/some.json"
for line in '^never reached baseline +[0-9]+ +[0-9]+$' '^cd8_density from 1 cell/uL +[0-9]+ +[0-9]+$' \
    '^growth_time from 1 d +0 +0$' '^arm +PD-L1 +n +best ORR$' '^one arm +low or none +[0-9]+  [0-9.]+ % \(' '^one arm +high +[0-9]+  '; do
    grep -qE "$line" "$folder/stdout" || fail "no '$line' in the table"
done

# Nobody left: the files are there, and it is said why.
cohort none 'plausible: [{output: treg_ratio, most: 5}, {output: lymphocytes, least: 1e6 cell/uL}]'
expect 2 "^abscopal run: no patient is plausible\. Of 12(, [0-9]+ never reached baseline)?(, [0-9]+ fail 'treg_ratio up to 5')?, [0-9]+ fail 'lymphocytes from 1e\+06 cell/uL'; mend the cohort file$" \
    "$abscopal" run "$folder/none-trial.yaml" -q -o "$folder/none.h5" --json "$folder/none.json"
[[ -s $folder/none.h5 && -s $folder/none.json ]] || fail 'the files of a run without plausible patients are missing'
grep -q '^12 patients sampled, 12 not plausible, 0 not integrated, 0 analysed$' "$folder/stdout" || fail 'no table without plausible patients'
number=$(python3 -c 'import json, sys; print(next(i for i, rule in enumerate(json.load(open(sys.argv[1]))["not_plausible"]) if rule["first"] > 0))' "$folder/none.json")
[[ $number -ge 0 ]] || fail 'no rule rejected anybody in the JSON'

# One patient may be implausible, and cannot be simulated.
expect 0 '^1 patient sampled, 1 not plausible' "$abscopal" run "$folder/none-trial.yaml" -q --patient 3
expect 2 'patient [0-9]+ is not plausible: (the cohort wants lymphocytes from 1e\+06 cell/uL|the tumour never grows)' \
    "$abscopal" simulate "$folder/none-trial.yaml" --csv "$folder/course.csv"

# A Latin hypercube ends with its last patient; that one is the same in simulate as in a run of so many.
cohort latin 'sampling: latin hypercube'
expect 2 'a Latin hypercube of 12 patients has no patient 13; give one from 1 to 12, or more patients' \
    "$abscopal" simulate "$folder/latin-trial.yaml" --patient 13 --csv "$folder/course.csv"
expect 2 'a Latin hypercube of 4 patients has no patient 5; give one from 1 to 4, or more patients' \
    "$abscopal" run "$folder/latin-trial.yaml" -n 4 --patient 5

/usr/bin/python3 - "$folder/some.h5" "$folder/some.json" "$folder/none.h5" << 'END' || fail 'the files do not say the same'
import json
import sys

try:
    import h5py
except ImportError:
    sys.exit(0)
with h5py.File(sys.argv[1]) as some, open(sys.argv[2]) as text, h5py.File(sys.argv[3]) as none:
    said = json.load(text)
    rejected, failed = some["rejected_by"][()], some["rules_failed"][()]
    pdl1 = some["parameter_value"][()][:, list(some["parameter"].asstr()[()]).index("pdl1_per_cancer_cell")]
    classes = some["pdl1_class"]
    assert classes.attrs["flag_meanings"] in ("absent low_or_none high", b"absent low_or_none high")
    assert list(classes.attrs["flag_values"]) == [-1, 0, 1] and list(none["pdl1_class"].attrs["flag_values"]) == [-1]
    assert ((pdl1 >= 5e4) == (classes[()] == 1)).all() and (none["pdl1_class"][()] == -1).all()
    assert abs(some["body_surface"][()] ** 2 - some["body_height"][()] * some["body_weight"][()] / 3600).max() < 1e-12
    assert ((rejected >= 0) == (some["patient_status"][()] == 1)).all() and ((rejected > 0) == (failed > 0)).all()
    for number, rule in enumerate(said["not_plausible"]):
        every = (failed >> max(number - 1, 0)) & 1 if number > 0 else rejected == 0
        assert rule["first"] == (rejected == number).sum() and rule["all"] == every.sum(), rule
    completed = some["patient_status"][()] == 0
    best = some["best_confirmed_response"][0]
    for number, row in enumerate(said["arms"][0]["by_pdl1_class"]):
        members = completed & (classes[()] == number)
        assert row["n"] == members.sum() and row["orr_best"]["count"] == (members & (best >= 0) & (best <= 1)).sum(), row
    assert [row["class"] for row in said["arms"][0]["by_pdl1_class"]] == ["low or none", "high"]
    assert (none["rejected_by"][()] >= 0).all() and (none["rules_failed"][()][none["rejected_by"][()] > 0] >= 2).all()
END
finish
