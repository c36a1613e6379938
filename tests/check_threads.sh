#!/usr/bin/env bash
# The same result file, byte for byte, with 1 and 2 threads; and the same numbers for a patient run alone. Both for each
# engine, for a trial without decisions, one with decisions at visits and a randomised one.
set -euo pipefail
command=${ABSCOPAL_COMMAND:?}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

for trial in protocols/nivolumab-rt-six-arms.yaml tests/data/decisions.yaml tests/data/randomised.yaml; do
    for engine in cvode batch; do
        run=("$command" run "$trial" --quiet --engine "$engine")
        "${run[@]}" -n 8 -j 1 --force -o "$folder/one.h5" --json "$folder/one.json" >"$folder/one.txt"
        "${run[@]}" -n 8 -j 2 --force -o "$folder/two.h5" --json "$folder/two.json" >"$folder/two.txt"
        for kind in h5 json txt; do
            cmp "$folder/one.$kind" "$folder/two.$kind"
        done
        "${run[@]}" --patient 7 --force -o "$folder/seven.h5" >/dev/null
        /usr/bin/python3 - "$folder" "$engine" <<'PYTHON' || { [ $? -eq 77 ] && echo "not compared: h5py is missing"; }
import sys
try:
    import h5py
except ImportError:
    sys.exit(77)
import numpy
folder, engine = sys.argv[1:]
with h5py.File(folder + "/one.h5") as all_patients, h5py.File(folder + "/seven.h5") as seven:
    assert list(seven["patient"]) == [7]
    compared = 0
    for name, variable in seven.items():
        scales = [dimension.keys()[0] if len(dimension) else "" for dimension in variable.dims]
        if "patient" not in scales or name == "patient":
            continue
        row = numpy.take(all_patients[name][...], [6], axis=scales.index("patient"))
        alone = variable[...]
        assert row.tobytes() == alone.tobytes() or (row.dtype == object and (row == alone).all()), name
        compared += 1
    assert compared > 10
    assert all_patients.attrs["engine"].decode() == engine
    print(engine + ":", compared, "variables of patient 7 are the same alone and among 8")
PYTHON
        echo "$trial, $engine: 1 and 2 threads give the same bytes"
    done
done
