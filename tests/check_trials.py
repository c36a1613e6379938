"""The real trials of protocols/trials run, and their doses and outcomes are those of the published tables."""

import os
import pathlib
import re
import subprocess
import sys

try:
    import yaml
except ImportError:
    print("skipped: python3-yaml is not installed")
    sys.exit(77)

import trial_tables as tables

COMMAND = os.environ["ABSCOPAL_COMMAND"]
SANITIZED = os.environ.get("ABSCOPAL_SANITIZED") == "1"  # then everything takes ten times as long
TRIALS, ARMS = tables.table("trials.csv"), tables.table("arms.csv")
REGIMENS, OUTCOMES = tables.table("regimens.csv"), tables.table("outcomes.csv")
problems, counts = [], {"outcomes": 0, "treatments": 0}


def abscopal(*arguments):
    done = subprocess.run([COMMAND, *arguments], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def check_runs(path):
    """Valid (which is returned), and all arms of 50 patients are run: some are eligible, and none fails. The cohort has
    advanced disease, so that trials of early stages need more to find anybody."""
    code, message = abscopal("check", path)
    if code != 0:
        problems.append(f"{path.name}: {message}")
        return False
    patients = 400 if re.search("^setting: (early|resectable)$", path.read_text(), re.M) else 50
    patients = str(patients // 2 if SANITIZED else patients)
    code, message = abscopal("run", path, "--quiet", "--patients", patients, "--max-failures", "100%")
    analysed = re.search(r" (\d+) not integrated, (\d+) analysed", message)
    if code != 0 or analysed is None or int(analysed[1]) > 0 or int(analysed[2]) == 0:
        problems.append(f"{path.name}: run ends with {code}: {message}")
    return True


def labels_in(path, trial):
    """Names that the tables have for each arm, from the comment above it."""
    found = re.findall(r"# In the tables: (.*)\n  - name: (.*)\n", path.read_text())
    labels = {name: text.split("; ") for text, name in found}
    if list(labels) != [arm["name"] for arm in trial["arms"]]:
        problems.append(f"{path.name}: an arm lacks the comment with its name in the tables")
    return labels


def check_outcomes(path, trial, labels):
    used = set()
    for entry in trial["observed"]:
        counts["outcomes"] += 1
        rows = [i for i, row in enumerate(OUTCOMES) if row["nct"] == trial["registry"]
                and row["arm"] in labels[entry["arm"]] and tables.outcome_matches(entry, row)]
        if not rows:
            problems.append(f"{path.name}: not in outcomes.csv: {entry}")
        used.update(rows)
        sizes = {arm["n"] for arm in ARMS for i in rows
                 if arm["nct"] == trial["registry"] and arm["arm"] == OUTCOMES[i]["arm"]}
        if "patients" in entry and str(entry["patients"]) not in sizes:
            problems.append(f"{path.name}: {entry['patients']} patients, but arms.csv has {sizes}")
    values = {key(OUTCOMES[i]) for i in used}
    names = {name for of_arm in labels.values() for name in of_arm}
    for row in OUTCOMES:
        if row["nct"] != trial["registry"] or row["arm"] not in names or key(row) in values:
            continue
        if tables.outcome_is_wanted(row, trial["setting"]):
            problems.append(f"{path.name}: left out: {row['arm']} {row['endpoint']} {row['value']} {row['source']}")


def key(row):
    """One figure that is printed in several places is one entry."""
    value = float(row["value"]) if tables.is_number(row["value"]) else row["value"]
    return row["arm"], row["endpoint"], row["timepoint_months"], value


def option_of(row):
    """What a printed option is one of: radiotherapy of whatever technique, or that drug."""
    return "radiotherapy" if row["modality"] == "rt" else row["agent"]


def check_doses(path, trial, labels):
    for arm in trial["arms"]:
        rows = [row for row in REGIMENS if row["nct"] == trial["registry"] and row["arm"] in labels[arm["name"]]
                and row["modality"] in ("drug", "rt") and row["agent"] != "placebo"]
        # Nothing after surgery is represented, and a dose that is not printed cannot be.
        rows = [row for row in rows if row["modality"] == "rt" or row["dose"]]
        matched = []
        for treatment in arm["treatments"]:
            counts["treatments"] += 1
            of_it = [row for row in rows if tables.treatment_matches(treatment, row)]
            matched += of_it
            if not of_it:
                problems.append(f"{path.name}, {arm['name']}: not in regimens.csv: {treatment}")
            for step in tables.listed(treatment.get("dose", [])):
                if not any(tables.same(tables.number(step)[0], float(row["dose"])) for row in of_it):
                    problems.append(f"{path.name}, {arm['name']}: a dose of {step} is not in regimens.csv")
        options = [row for row in rows if row["note"].startswith("option")]
        for what in {option_of(row) for row in options}:
            if not any(option_of(row) == what for row in options if row in matched):
                problems.append(f"{path.name}, {arm['name']}: none of the printed options of {what}")
        for row in rows:
            if row not in options and row not in matched:
                problems.append(f"{path.name}, {arm['name']}: left out: {row['agent']} {row['dose']} {row['dose_unit']}")


def check_trial(path):
    valid = check_runs(path)
    trial = yaml.safe_load(path.read_text())
    of_table = [row for row in TRIALS if row["nct"] == trial["registry"]]
    if len(of_table) != 1 or of_table[0]["setting"] != trial["setting"].replace(" ", "_"):
        problems.append(f"{path.name}: registry or setting is not that of trials.csv")
    if not trial.get("left_out"):
        problems.append(f"{path.name}: does not say what it leaves out")
    labels = labels_in(path, trial)
    if valid and len(labels) == len(trial["arms"]):
        check_outcomes(path, trial, labels)
        check_doses(path, trial, labels)
    return trial["registry"], path.name


def check_readme(shipped):
    """Its table has every trial once, in the order of trials.csv, with the file or a reason."""
    text = (tables.FOLDER / "README.md").read_text()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()
            if line.startswith("| NCT") or line.startswith("| none printed")]
    if [(row[0], row[1]) for row in rows] != [(row["nct"] or "none printed", row["acronym"]) for row in TRIALS]:
        problems.append("README.md: its table does not have the trials of trials.csv")
    for row in rows:
        name = re.sub(r"\[(.*)\]\(\1\)", r"\1", row[3])
        if name != shipped.get(row[0], "left out"):
            problems.append(f"README.md: {row[0]} {row[1]}: {name}, but shipped is {shipped.get(row[0])}")
        if name == "left out" and not row[4]:
            problems.append(f"README.md: {row[0]} {row[1]} is left out without a reason")
    sentence = re.search(r"Of the (\d+) trials .*?(\d+) are shipped and (\d+)\s+left out", text, flags=re.DOTALL)
    figures = tuple(map(int, sentence.groups())) if sentence else None
    if figures != (len(TRIALS), len(shipped), len(TRIALS) - len(shipped)):
        problems.append(f"README.md says {figures}, there are {len(TRIALS)} trials and {len(shipped)} files")


def check_copies():
    """The tables are those that they were copied from, where these are at hand."""
    folder = pathlib.Path(os.environ.get("ABSCOPAL_SHARED", "")) / "trials"
    for path in sorted((tables.FOLDER / "data").glob("*.csv")):
        original = folder / path.name
        if original.is_file() and original.read_bytes() != path.read_bytes():
            problems.append(f"{path.name} differs from the table it was copied from")


files = sorted(tables.FOLDER.glob("*.yaml"))
shipped = dict(map(check_trial, files))
if len(shipped) != len(files):
    problems.append("two files have the same registry number")
check_readme(shipped)
check_copies()
for problem in problems:
    print(problem)
print(f"{len(files)} trials shipped, {len(TRIALS) - len(files)} left out; {counts['outcomes']} observed outcomes and "
      f"{counts['treatments']} treatments compared; {len(problems)} problems")
sys.exit(1 if problems or not files else 0)
