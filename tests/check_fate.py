"""abscopal fate: CSV and HDF5 say the same, the responses are those of abscopal run, and bad requests leave nothing behind.
Exit 77 without h5py."""
import csv
import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import h5py
    import numpy as np
except ImportError as error:
    print(f"skipped: {error.name} is not installed (python3-h5py, python3-numpy)")
    sys.exit(77)

COMMAND = os.environ["ABSCOPAL_COMMAND"]
TRIAL = "protocols/nivolumab-rt-six-arms.yaml"
PATIENTS = "5"
problems = 0


def expect(good, what):
    global problems
    if not good:
        problems += 1
        print(what)


def run(*words):
    return subprocess.run([COMMAND, *words, "--quiet"], capture_output=True, text=True, check=False)


def compare(path_csv, path_h5):
    with open(path_csv, encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with h5py.File(path_h5) as file:
        arms = [arm.decode() for arm in file["arm"][:]]
        patients = list(file["patient"][:])
        expect(len(rows) == len(arms) * len(patients), f"{len(rows)} rows of {len(arms)} arms, {len(patients)} patients")
        for row in rows:
            place = arms.index(row["arm"]), patients.index(int(row["patient"]))
            for name, text in row.items():
                if name in ("arm", "patient"):
                    continue
                value = file[name][place]
                if "flag_meanings" in file[name].attrs:
                    same = text == flags(file[name]).get(value, "")
                else:
                    same = np.isnan(value) if text == "" else abs(float(text) - value) <= 1e-5 * abs(value)
                expect(same, f"{row['patient']}, {row['arm']}: {name} is {text!r} in CSV, {value} in HDF5")
    return rows


def flags(variable):
    meanings = variable.attrs["flag_meanings"]
    meanings = (meanings.decode() if isinstance(meanings, bytes) else str(meanings)).split(" ")
    return dict(zip(variable.attrs["flag_values"], meanings))


WORDS = {"complete": "CR", "partial": "PR", "stable": "SD", "progressive": "PD", "not_evaluable": "NE",
         "non_complete_non_progressive": "NON-CR/NON-PD"}


def responses(path):
    """Those at the horizon of a file of abscopal run."""
    with h5py.File(path) as file:
        names = [name.decode() for name in file["arm"][:]]
        meanings, values = flags(file["response_at_horizon"]), file["response_at_horizon"][:]
    return {(str(patient + 1), name): WORDS.get(meanings[values[arm, patient]])
            for arm, name in enumerate(names) for patient in range(values.shape[1])}


with tempfile.TemporaryDirectory() as folder:
    one, other, ran = (os.path.join(folder, name) for name in ("fates.csv", "fates.h5", "run.h5"))
    for path in (one, other):
        done = run("fate", TRIAL, "-n", PATIENTS, "-o", path)
        expect(done.returncode == 0, done.stderr)
        expect("Research use only. Not for treating patients." in done.stdout, "the table does not say what it is for")
    rows = compare(one, other)
    expect(run("run", TRIAL, "-n", PATIENTS, "-o", ran).returncode == 0, "abscopal run fails")
    of_run = responses(ran)
    analysed = [row for row in rows if row["status"] == "completed"]
    expect(len(analysed) > 10, "hardly anybody was analysed")
    for row in analysed:
        expect(of_run[row["patient"], row["arm"]] == row["response_at_horizon"],
               f"{row['patient']}, {row['arm']}: response {row['response_at_horizon']}, in the run "
               f"{of_run[row['patient'], row['arm']]}")
    before = pathlib.Path(one).read_bytes()
    for words, code, said in ((("-o", one), 2, "--force"), (("-o", os.path.join(folder, "fates.txt")), 2, ".csv or .h5"),
                              (("-o", os.path.join(folder, "none", "fates.csv")), 4, "none"),
                              (("-n", "0"), 2, "--patients"), (("--rtol", "1"), 2, "--rtol")):
        done = run("fate", TRIAL, *words)
        expect(done.returncode == code and said in done.stderr and done.stdout == "",
               f"{words}: ends with {done.returncode}, {done.stderr!r}")
    expect(pathlib.Path(one).read_bytes() == before, "the file that was there has changed")
    expect(sorted(os.listdir(folder)) == ["fates.csv", "fates.h5", "run.h5"], f"left behind: {os.listdir(folder)}")
print(f"{len(rows)} rows compared, {problems} problems")
sys.exit(1 if problems else 0)
