"""A result file in other hands: h5py and xarray (through netCDF4 and h5netcdf) must see the same, and its outcomes must
follow from its diameters by a RECIST 1.1 of their own.

check_hdf5.py [RESULTS.h5 [RESULTS.json] | WRITE_SYNTHETIC_RESULTS]; without arguments the program of the build.
Exit 77 without h5py or xarray."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

try:
    import h5py
    import numpy as np
    import xarray
except ImportError as error:
    print(f"skipped: {error.name} is not installed (python3-h5py, python3-xarray, python3-netcdf4, python3-h5netcdf)")
    sys.exit(77)

DIMENSIONS = {
    "arm": ("arm",), "patient": ("patient",), "visit": ("visit",), "lesion": ("lesion",), "parameter": ("parameter",),
    "diameter": ("arm", "patient", "visit", "lesion"), "sum_of_diameters": ("arm", "patient", "visit"),
    "response": ("arm", "patient", "visit"), "new_lesions": ("arm", "patient", "visit"), "best_response": ("arm", "patient"),
    "response_at_horizon": ("arm", "patient"), "best_change": ("arm", "patient"), "progression_day": ("arm", "patient"),
    "progressed": ("arm", "patient"), "best_confirmed_response": ("arm", "patient"),
    "best_change_day": ("arm", "patient"), "response_day": ("arm", "patient"), "response_duration": ("arm", "patient"),
    "response_ended": ("arm", "patient"), "out_of_field_response": ("arm", "patient"),
    "irradiated": ("arm", "patient", "lesion"), "target": ("arm", "patient", "lesion"), "doses_given": ("arm", "patient"),
    "fractions_given": ("arm", "patient"), "switches": ("arm", "patient"), "status": ("arm", "patient"), "patient_status": ("patient",),
    "allocated_arm": ("patient",), "weight": ("patient",), "baseline_sum_of_diameters": ("patient",), "growth_days": ("patient",), "body_weight": ("patient",),
    "body_height": ("patient",), "body_surface": ("patient",), "pdl1_class": ("patient",), "rejected_by": ("patient",),
    "rules_failed": ("patient",), "output": ("output",), "baseline_output": ("patient", "output"), "output_unit": ("output",),
    "lesion_count": ("patient",), "relative_lesion_size": ("patient", "lesion"),
    "parameter_value": ("patient", "parameter"), "parameter_unit": ("parameter",), "failure_code": ("patient",),
    "failure_reason": ("patient",), "failure_day": ("patient",), "failure_arm": ("patient",),
    "failure_state": ("patient",), "failure_lesion": ("patient",), "trial_text": (), "cohort_text": (),
    "course_day": ("course_day",), **{f"course_{quantity}": ("arm", "patient", "course_day") for quantity in
                                      ("sum_of_diameters", "lymphocytes", "drug", "pd1_occupancy", "cd8_density")},
    "input_file": ("input_file",), "input_text": ("input_file",),
    "drug_text": (), **{f"lesion_{property}": ("patient", "lesion")
                        for property in ("growth", "infiltration", "pdl1", "antigen", "radiosensitivity")},
}
COMPLETE, PARTIAL, STABLE, PROGRESSIVE, NOT_EVALUABLE = range(5)
ABSENT = -1
DETECTION_LIMIT = 2.0  # of the trials tested, in mm

problems = []


def expected(file):
    """Dimensions of the variables that the file should have, which those of courses and of files need not be."""
    return {name: dimensions for name, dimensions in DIMENSIONS.items()
            if all(dimension in file for dimension in dimensions)}


def expect(condition, text):
    if not condition:
        problems.append(text)


def plain(values):
    """Texts as str, numbers as they are."""
    values = np.asarray(values)
    if values.dtype.kind not in "OSU":
        return values
    decode = np.frompyfunc(lambda text: text.decode() if isinstance(text, bytes) else str(text), 1, 1)
    return np.asarray(decode(values), dtype=object)


def same(left, right):
    if left.dtype.kind == "f":
        return left.dtype == right.dtype and np.array_equal(left, right, equal_nan=True)
    return left.dtype == right.dtype and np.array_equal(left, right)


def check_readers(path, file):
    engines = []
    for engine in ("netcdf4", "h5netcdf"):
        try:
            dataset = xarray.open_dataset(path, engine=engine)
        except (ImportError, ValueError) as error:
            if "unrecognized engine" not in str(error) and not isinstance(error, ImportError):
                raise
            print(f"engine {engine} is not installed")
            continue
        engines.append(engine)
        with dataset:
            expect(set(dataset.variables) == set(expected(file)), f"{engine}: variables {sorted(dataset.variables)}")
            coordinates = {name for name, dimensions in expected(file).items() if dimensions == (name,)}
            expect(set(dataset.coords) == coordinates, f"{engine}: coordinates")
            for name, variable in dataset.variables.items():
                expect(variable.dims == DIMENSIONS.get(name), f"{engine}: {name} has dimensions {variable.dims}")
                # Equal types too: no time, no float made of an integer.
                expect(same(plain(variable.values), plain(file[name][()])), f"{engine}: {name} differs from h5py")
            expect(dataset.sizes == {name: len(file[name]) for name in dataset.sizes}, f"{engine}: sizes")
            for name, value in file.attrs.items():
                value = value.decode() if isinstance(value, bytes) else value
                expect(dataset.attrs[name] == value, f"{engine}: attribute {name}")
    if not engines:
        print("skipped: xarray has neither netCDF4 nor h5netcdf")
        sys.exit(77)
    return engines


def check_description(file):
    documentation = (pathlib.Path(__file__).parent.parent / "docs" / "results.md").read_text()
    documentation = documentation.split("## JSON")[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| ([\w, ]*) \|", documentation, re.MULTILINE))
    for name, dimensions in expected(file).items():
        attributes = file[name].attrs
        expect("units" in attributes and "long_name" in attributes, f"{name} lacks units or long_name")
        expect(rows.get(name) == ", ".join(dimensions), f"docs/results.md has {name} as ({rows.get(name)})")
        for axis, dimension in enumerate(dimensions):
            if name != dimension:
                expect(file[name].dims[axis][0] == file[dimension], f"{name}: scale of axis {axis}")
        if "flag_values" in attributes:
            meanings = str(plain(attributes["flag_meanings"])).split()
            expect(len(meanings) == len(attributes["flag_values"]), f"{name}: flags")
            expect(np.isin(file[name][()], attributes["flag_values"]).all(), f"{name}: a value that is no flag")
    expect(set(rows) == set(DIMENSIONS), f"docs/results.md names {sorted(set(rows) ^ set(DIMENSIONS))} too many or few")


def recist(days, diameters, new_lesions):
    """Responses at the visits, from the definition; new lesions are those found so far."""
    sums = diameters.sum(axis=1)
    seen = [visit for visit in range(len(days)) if not np.isnan(sums[visit])]
    responses = [NOT_EVALUABLE] * len(days)
    responses[0] = STABLE
    for visit in seen[1:]:
        nadir = min(sums[earlier] for earlier in seen if earlier < visit)
        if new_lesions[visit] > 0:
            responses[visit] = PROGRESSIVE
        elif (diameters[visit] < DETECTION_LIMIT).all():
            responses[visit] = COMPLETE
        elif sums[visit] / nadir >= 1.2 and sums[visit] - nadir >= 5:
            responses[visit] = PROGRESSIVE
        elif sums[visit] / sums[0] <= 0.7:
            responses[visit] = PARTIAL
        else:
            responses[visit] = STABLE
    return responses


def outcome(days, responses, minimum_stable, confirmation):
    """What responses come to, with days of -1 where there is none."""
    seen = [visit for visit in range(len(days)) if responses[visit] != NOT_EVALUABLE]
    progressions = [visit for visit in seen if responses[visit] == PROGRESSIVE]
    last = progressions[0] if progressions else seen[-1]
    before = [visit for visit in range(1, len(days)) if not progressions or visit < last]
    evaluable = [visit for visit in before if responses[visit] != NOT_EVALUABLE]
    worst = PROGRESSIVE if progressions else NOT_EVALUABLE

    def first_confirmed(level):
        """First visit of a run of such responses, visit by visit, that is as long as confirmation asks for."""
        begin = None
        for visit in before:
            if responses[visit] > level:
                begin = None
                continue
            begin = visit if begin is None else begin
            if days[visit] - days[begin] >= confirmation:
                return begin
        return None

    def best(complete, response):
        lasting = any(days[visit] - days[0] >= minimum_stable for visit in evaluable)
        return COMPLETE if complete else PARTIAL if response else STABLE if lasting else worst

    responded = first_confirmed(PARTIAL)
    return {
        "best_response": best(any(responses[visit] == COMPLETE for visit in evaluable),
                              any(responses[visit] <= PARTIAL for visit in evaluable)),
        "best_confirmed_response": best(first_confirmed(COMPLETE) is not None, responded is not None),
        "response_at_horizon": PROGRESSIVE if progressions else responses[-1],
        "progression_day": days[last], "progressed": int(bool(progressions)),
        "response_day": np.nan if responded is None else days[responded],
        "response_duration": np.nan if responded is None else days[last] - days[responded],
        "response_ended": ABSENT if responded is None else int(bool(progressions)),
    }


def check_out_of_field(data, row, diameters, rules, label):
    irradiated, lesions = data["irradiated"][row], diameters.shape[1]
    expect((irradiated[:lesions] >= 0).all() and (irradiated[lesions:] == ABSENT).all(), f"{label}: irradiated")
    outside = diameters[:, irradiated[:lesions] == 0]
    expected = ABSENT
    if outside.shape[1] > 0:
        expected = outcome(data["visit"], recist(data["visit"], outside, data["new_lesions"][row]), *rules)["best_confirmed_response"]
    expect(data["out_of_field_response"][row] == expected, f"{label}: out-of-field response is "
           f"{data['out_of_field_response'][row]}, by hand {expected}")
    expect((data["fractions_given"][row] > 0) == (irradiated == 1).any(), f"{label}: fractions given")


def check_outcomes(file):
    rules = file.attrs["minimum_stable_days"], file.attrs["confirmation_days"]
    expect(file.attrs["detection_limit_mm"] == DETECTION_LIMIT, "detection limit")
    expect(str(plain(file.attrs["irradiated_lesions"])) == "target",
           "a trial with irradiated non-targets is for check_adam_best.py")
    data = {name: file[name][()] for name in expected(file) if file[name].dtype.kind in "if"}
    counts = np.zeros(5, dtype=int)
    for arm, patient in np.ndindex(data["status"].shape):
        row, label = (arm, patient), f"arm {arm}, patient {data['patient'][patient]}"
        lesions = data["lesion_count"][patient]
        if data["status"][row] != 0:
            expect(np.isnan(data["diameter"][row]).all() and np.isnan(data["progression_day"][row]), f"{label}: values")
            expect((data["response"][row] == ABSENT).all() and data["best_response"][row] == ABSENT and
                   data["out_of_field_response"][row] == ABSENT and data["doses_given"][row] == ABSENT and
                   (data["new_lesions"][row] == ABSENT).all(), f"{label}: flags")
            continue
        diameters = data["diameter"][row][:, :lesions]
        expect(np.isnan(data["diameter"][row][:, lesions:]).all(), f"{label}: lesions that it does not have")
        expect((data["target"][row][:lesions] == 1).all() and (data["target"][row][lesions:] == ABSENT).all(),
               f"{label}: targets")
        expect(np.allclose(data["sum_of_diameters"][row], diameters.sum(axis=1), rtol=1e-14, equal_nan=True),
               f"{label}: sum of diameters")
        new_lesions, missed = data["new_lesions"][row], np.isnan(diameters).any(axis=1)
        expect(new_lesions[0] == 0 and (np.diff(new_lesions) >= 0).all() and (np.diff(new_lesions)[missed[1:]] == 0).all(),
               f"{label}: new lesions")
        responses = recist(data["visit"], diameters, new_lesions)
        counts += np.bincount(responses, minlength=5)
        expect(list(data["response"][row]) == responses, f"{label}: {data['response'][row]} but by hand {responses}")
        for name, value in outcome(data["visit"], responses, *rules).items():
            expect(np.array_equal(data[name][row], value, equal_nan=True),
                   f"{label}: {name} is {data[name][row]}, by hand {value}")
        sums = diameters.sum(axis=1)
        change = np.nanmin(sums[1:]) / sums[0] - 1
        expect(abs(data["best_change"][row] - change) < 1e-12, f"{label}: best change")
        expect(data["best_change_day"][row] == data["visit"][1:][np.nanargmin(sums[1:])], f"{label}: best change day")
        check_out_of_field(data, row, diameters, rules, label)
    return counts


def check_json(file, path):
    summary = json.loads(pathlib.Path(path).read_text())
    for index, arm in enumerate(summary["arms"]):
        best = file["best_confirmed_response"][index]
        outside = file["out_of_field_response"][index]
        analysed = file["status"][index] == 0
        expect(arm["name"] == plain(file["arm"][()])[index], "JSON: name of an arm")
        expect(arm["n"] == analysed.sum(), f"JSON: n of {arm['name']}")
        expect(arm["orr_best"]["count"] == np.isin(best, (COMPLETE, PARTIAL)).sum(), f"JSON: ORR of {arm['name']}")
        expect(arm["disease_control"]["count"] == np.isin(best, (COMPLETE, PARTIAL, STABLE)).sum(),
               f"JSON: disease control of {arm['name']}")
        expect(arm["orr_horizon"]["count"] == np.isin(file["response_at_horizon"][index], (COMPLETE, PARTIAL)).sum(),
               f"JSON: ORR at horizon of {arm['name']}")
        expect(arm["complete_response"]["count"] == (best == COMPLETE).sum(), f"JSON: CR of {arm['name']}")
        expect(arm["orr_out_of_field"]["count"] == np.isin(outside, (COMPLETE, PARTIAL)).sum() and
               arm["out_of_field_n"] == (outside != ABSENT).sum(), f"JSON: out-of-field response of {arm['name']}")
    return len(summary["arms"])


def check_file(h5_path, json_path, synthetic):
    with h5py.File(h5_path, "r") as file:
        engines = check_readers(h5_path, file)
        check_description(file)
        counts = check_outcomes(file)
        if json_path:
            check_json(file, json_path)
        if synthetic:
            expect((counts > 0).all(), f"the made-up results lack a response: {counts}")
            text = file["trial_text"][()].decode()
            expect(len(text) > 65536 and text.startswith("#"), "trial_text is cut")
            expect("größte Läsion" in file["cohort_text"][()].decode(), "cohort_text")
        print(f"h5py {h5py.__version__}, xarray with {' and '.join(engines)}: {len(file)} variables the same; visits "
              f"CR {counts[0]}, PR {counts[1]}, SD {counts[2]}, PD {counts[3]}, NE {counts[4]} as by hand")


def main():
    arguments = sys.argv[1:] or [os.path.join(os.environ.get("ABSCOPAL_BUILD_DIR", "."),
                                              "tests", "write_synthetic_results")]
    if arguments[0].endswith(".h5"):
        check_file(arguments[0], arguments[1] if len(arguments) > 1 else None, False)
    else:
        with tempfile.TemporaryDirectory() as folder:
            h5_path, json_path = os.path.join(folder, "results.h5"), os.path.join(folder, "results.json")
            subprocess.run([arguments[0], h5_path, json_path], check=True)
            check_file(h5_path, json_path, True)
    for problem in problems[:20]:
        print(problem)
    sys.exit(1 if problems else 0)


main()
