"""Courses in a result file: those of `simulate --csv` at the same days, and nothing else changes with them.

Exit 77 without h5py."""

import csv
import io
import os
import subprocess
import sys
import tempfile

try:
    import h5py
    import numpy as np
except ImportError as error:
    print(f"skipped: {error.name} is not installed (python3-h5py)")
    sys.exit(77)

COMMAND = os.environ["ABSCOPAL_COMMAND"]
# A fixed schedule with three arms of one drug; one whose visits decide, with two drugs, one of them against CTLA-4.
TRIALS = {"protocols/nivolumab-rt-six-arms.yaml": 7, "protocols/checkmate-227.yaml": 5}
# A stored float is the double next to it but for one part in 2^24.
ROUNDING = 2.0 ** -24

problems = []


def expect(condition, text):
    if not condition:
        problems.append(text)


def call(*words):
    done = subprocess.run([COMMAND, *words], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(words)} ends with {done.returncode}: {done.stderr}")
    return done.stdout


def table(text):
    rows = list(csv.DictReader(io.StringIO(text)))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


def drugs():
    """Molar mass in g/mol and target of each drug of the library, as `list` has them."""
    known = {}
    for row in csv.DictReader(io.StringIO(call("list", "drugs", "--format", "csv"))):
        known.setdefault(row["drug"], {"target": row["target"]})[row["name"]] = row["default"]
    return known


def raw(dataset):
    values = dataset[()]
    return values.tobytes() if isinstance(values, np.ndarray) and values.dtype.kind in "iuf" else np.asarray(values).tolist()


def check_nothing_else_changes(with_courses, without):
    added = {"course_day", "course_sum_of_diameters", "course_lymphocytes", "course_drug", "course_pd1_occupancy",
             "course_cd8_density"}
    with h5py.File(with_courses) as one, h5py.File(without) as other:
        expect(set(one) - set(other) == added and not set(other) - set(one), f"variables {set(one) ^ set(other)}")
        for name in other:
            expect(raw(one[name]) == raw(other[name]), f"{name} is another with courses")
        expect(dict(one.attrs.items()).keys() == dict(other.attrs.items()).keys(), "attributes of the file")
        return len(other)


def close(stored, exact, label):
    difference = np.abs(stored.astype(float) - exact)
    # A few roundings of sums beside that of the stored number.
    worst = np.max(difference / np.maximum(np.abs(exact), 1e-30))
    expect((difference <= ROUNDING * (1 + 1e-6) * np.abs(exact)).all(), f"{label}: relative difference {worst}")
    return worst


def check_course(file, course, arm, row, label):
    lesions = file["lesion_count"][row]
    parts = {name: np.array([course[f"lesion{lesion + 1}_{name}"] for lesion in range(lesions)])
             for name in ("diameter_mm", "cd8_tumor_cells", "pd1_occupancy")}
    # Volumes are those of the spheres that the diameters are of; 1 uL is 1 mm3.
    volume_ul = np.pi / 6 * parts["diameter_mm"] ** 3
    known = drugs()
    drug = np.zeros(len(course["time_days"]))
    for column in course:
        name = column.removesuffix("_plasma_nanomolar")
        if name != column and known[name]["target"] in ("PD-1", "PD-L1"):
            drug += course[column] * float(known[name]["molar_mass"]) * 1e-6
    exact = {"course_sum_of_diameters": course["sum_of_diameters_mm"],
             "course_lymphocytes": course["lymphocytes_per_ul"], "course_drug": drug,
             "course_pd1_occupancy": (parts["pd1_occupancy"] * volume_ul).sum(axis=0) / volume_ul.sum(axis=0),
             "course_cd8_density": parts["cd8_tumor_cells"].sum(axis=0) / volume_ul.sum(axis=0)}
    return max(close(file[name][arm, row], values, f"{label}: {name}") for name, values in exact.items())


def check_against_simulate(path, trial, engine, every):
    compared, worst = 0, 0.0
    with h5py.File(path) as file:
        days = file["course_day"][:]
        expect(np.array_equal(days, np.arange(len(days)) * every), f"{trial}: days {days}")
        status = file["status"][:]
        for name in [name for name in file if name.startswith("course_") and name != "course_day"]:
            expect(file[name].dtype == np.dtype("<f4"), f"{name} is {file[name].dtype}")
            expect(np.isnan(file[name][:]).all(axis=2)[status != 0].all() and
                   np.isfinite(file[name][:]).all(axis=2)[status == 0].all(), f"{trial}: {name} of who completed")
        for arm in range(status.shape[0]):
            row = np.flatnonzero(status[arm] == 0)[arm % 2]
            course = table(call("simulate", trial, "--patient", str(file["patient"][row]), "--arm",
                                file["arm"].asstr()[arm], "--every", f"{every} d", "--engine", engine, "--csv", "-"))
            until = course["time_days"][-1]  # simulate has a row on the last day of the trial
            expect(days[-1] <= until < days[-1] + every, f"{trial}: courses end on day {days[-1]} of {until}")
            course = {name: values[:len(days)] for name, values in course.items()}
            label = f"{trial}, {engine}, arm {arm}, patient {file['patient'][row]}"
            worst = max(worst, check_course(file, course, arm, row, label))
            compared += 5 * len(days)
    return compared, worst


def main():
    with tempfile.TemporaryDirectory() as folder:
        for trial, every in TRIALS.items():
            for engine in ("batch", "cvode"):
                courses, none = os.path.join(folder, "courses.h5"), os.path.join(folder, "none.h5")
                run = ["run", trial, "-n", "8", "--engine", engine, "--quiet", "--force", "-o"]
                shown = call(*run, courses, "--courses", f"{every}d")
                expect(shown == call(*run, none, "--courses", "off"), f"{trial}: another table with courses")
                variables = check_nothing_else_changes(courses, none)
                compared, worst = check_against_simulate(courses, trial, engine, every)
                print(f"{trial}, {engine}: {variables} variables the same with courses and without; {compared} values of "
                      f"courses as simulate has them, relative difference at most {worst:.2g}")
    for problem in problems[:20]:
        print(problem)
    sys.exit(1 if problems else 0)


main()
