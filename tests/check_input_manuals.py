"""docs/protocols.md, docs/cohorts.md, docs/drugs.md, docs/calibration.md, docs/population.md,
docs/sweeps.md and docs/power.md: the examples are accepted, and the tables list the keys that the readers know."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

COMMAND = os.environ["ABSCOPAL_COMMAND"]
ROOT = pathlib.Path(os.environ["ABSCOPAL_SOURCE_DIR"]).resolve()
TRIAL = "name: t\nmodel: nsclc\ncohort: ../cohorts/advanced-nsclc.yaml\nuntil: 9 d\nimaging: {every: 1 d}\narms:\n"
COHORT = "name: c\npatients: 1\nseed: 1\nlesions: 1\nbaseline_sum_of_diameters: "
POPULATION = "name: p\ncohort: c.yaml\npatients: 1\nseed: 1\n"
DRUG = "{drug: nivolumab, dose: 1 mg, %s}"
ARM = "- {name: a, treatments: [{id: d, drug: nivolumab, dose: 1 mg, start: 0 d}, %s]}\n"
WHOLE = TRIAL + ARM % "{radiotherapy: 8 Gy, start: 0 d}"
CALIBRATION = ("name: c\ncohort: ../cohorts/advanced-nsclc.yaml\npatients: 9\nseed: 1\n"
               "trials: {t: nivolumab-rt-six-arms.yaml}\n")
TARGETS = "targets:\n- {trial: t, arm: nivolumab, endpoint: response_rate, value: 1, within: 1}\n"
FREE = "free: [{name: k, in: cohort, set: parameters/killing_rate/median, lower: 5 /d, upper: 50 /d}]\n"
SWEEP = "name: s\ntrial: sweeps/lag-trial.yaml\narm: nivolumab and radiotherapy\n"
VARY = "vary: [{name: n, set: treatments/rt/fractions, values: [1, 2]}]\n"
ENDS = "endpoints: [mean_change]\n"
DESIGN = ("name: d\ntrial: sweeps/lag-trial.yaml\narms: [nivolumab, nivolumab and radiotherapy]\n"
          "endpoint: best_response_rate\npatients_per_arm: [50]\n")
# Where tables stand, and an input with a wrong key whose message lists the known ones.
TABLES = {
    ("protocols.md", "The trial"): TRIAL + "xyzzy: 1\n",
    ("protocols.md", "An arm"): TRIAL + "- {name: a, xyzzy: 1}\n",
    ("protocols.md", "Treatments from records"): TRIAL + "- {name: a, treatments: {records: r.csv, xyzzy: 1}}\n",
    ("protocols.md", "Switching at progression"): TRIAL + ARM[:-2] % (DRUG % "start: 0 d") + ", at_progression: {xyzzy: 1}}\n",
    ("protocols.md", "Any treatment", "A drug treatment"): TRIAL + ARM % "{drug: nivolumab, xyzzy: 1}",
    ("protocols.md", "Any treatment", "A radiotherapy treatment"): TRIAL + ARM % "{radiotherapy: 8 Gy, xyzzy: 1}",
    ("protocols.md", "after"): TRIAL + ARM % (DRUG % "after: {xyzzy: 1}"),
    ("protocols.md", "when"): TRIAL + ARM % (DRUG % "when: {xyzzy: 1}"),
    ("protocols.md", "delay"): TRIAL + ARM % (DRUG % "delay: {xyzzy: 1}"),
    ("protocols.md", "How many lesions"): TRIAL + ARM % "{radiotherapy: 8 Gy, start: 0 d, lesions: {xyzzy: 1}}",
    ("protocols.md", "coverage"): TRIAL + ARM % "{radiotherapy: 8 Gy, start: 0 d, coverage: {xyzzy: 1}}",
    ("protocols.md", "Imaging"): TRIAL.replace("{every: 1 d}", "{xyzzy: 1}"),
    ("protocols.md", "A period of imaging"): TRIAL.replace("{every: 1 d}", "{schedule: [{xyzzy: 1}]}"),
    ("protocols.md", "Response criteria"): WHOLE + "response: {xyzzy: 1}\n",
    ("protocols.md", "A limit"): WHOLE + "eligibility: {lesions: {xyzzy: 1}}\n",
    ("protocols.md", "Allocation"): WHOLE + "allocation: {xyzzy: 1}\n",
    ("protocols.md", "A stratum"): WHOLE + "allocation: {patients: randomised, strata: [{xyzzy: 1}]}\n",
    ("protocols.md", "What was published"): WHOLE + "observed: [{xyzzy: 1}]\n",
    ("cohorts.md", "The cohort"): COHORT + "60 mm\nxyzzy: 1\n",
    ("cohorts.md", "Differences between lesions"): COHORT + "60 mm\nlesion_spread: {xyzzy: 1}\n",
    ("cohorts.md", "Correlations"): COHORT + "60 mm\ncorrelations: [{xyzzy: 1}]\n",
    ("cohorts.md", "PD-L1 classes"): COHORT + "60 mm\npdl1_classes: [{xyzzy: 1}]\n",
    ("cohorts.md", "Plausible patients"): COHORT + "60 mm\nplausible: [{xyzzy: 1}]\n",
    ("calibration.md", "The calibration"): CALIBRATION + TARGETS + FREE + "xyzzy: 1\n",
    ("calibration.md", "Fresh patients"): CALIBRATION + TARGETS + FREE + "fresh: {xyzzy: 1}\n",
    ("calibration.md", "A target"): CALIBRATION + FREE + "targets: [{xyzzy: 1}]\n",
    ("calibration.md", "A free variable"): CALIBRATION + TARGETS + "free: [{xyzzy: 1}]\n",
    ("calibration.md", "The search"): CALIBRATION + TARGETS + FREE + "search: {xyzzy: 1}\n",
    ("population.md", "The file"): POPULATION + "match: []\nxyzzy: 1\n",
    ("population.md", "A match"): POPULATION + "trials: {t: t.yaml}\nmatch: [{xyzzy: 1}]\n",
    ("sweeps.md", "The sweep"): SWEEP + VARY + ENDS + "xyzzy: 1\n",
    ("sweeps.md", "A variable"): SWEEP + ENDS + "vary: [{xyzzy: 1}]\n",
    ("sweeps.md", "A lag"): SWEEP + ENDS + "vary: [{name: n, values: [0 d], lag: {xyzzy: 1}}]\n",
    ("sweeps.md", "A choice"): SWEEP + ENDS + "vary: [{name: n, choices: [{xyzzy: 1}]}]\n",
    ("sweeps.md", "The reference"): SWEEP + VARY + ENDS + "reference: {xyzzy: 1}\n",
    ("sweeps.md", "A Sobol design"): SWEEP + VARY + ENDS + "sobol: {xyzzy: 1}\n",
    ("sweeps.md", "A limit"): SWEEP + VARY + ENDS + "limits: [{xyzzy: 1}]\n",
    ("sweeps.md", "Endpoints"): SWEEP + VARY + "endpoints: [{xyzzy: 1}]\n",
    ("sweeps.md", "The search"): SWEEP + VARY + ENDS + "optimize: {xyzzy: 1}\n",
    ("sweeps.md", "Fresh patients"): SWEEP + VARY + ENDS + "optimize: {evaluations: 9, fresh: {xyzzy: 1}}\n",
    ("power.md", "The design"): DESIGN + "xyzzy: 1\n",
    ("power.md", "The endpoint"): DESIGN.replace("best_response_rate", "{xyzzy: 1}"),
    ("power.md", "The test"): DESIGN + "test: {xyzzy: 1}\n",
    ("power.md", "Randomisation"): DESIGN + "allocation: {xyzzy: 1}\n",
    ("power.md", "Recruitment"): DESIGN + "recruitment: {xyzzy: 1}\n",
    ("power.md", "Dropout"): DESIGN + "dropout: {xyzzy: 1}\n",
    ("power.md", "Errors of imaging"): DESIGN + "imaging: {xyzzy: 1}\n",
    ("power.md", "Interim looks"): DESIGN + "looks: {xyzzy: 1}\n",
    ("power.md", "Subgroups"): DESIGN + "subgroups: [{xyzzy: 1}]\n",
    ("power.md", "Simulated trials"): DESIGN + "simulations: {xyzzy: 1}\n",
    ("drugs.md", "A drug file"): "target: PD-1\nxyzzy: 1\n",
}
# The same for names among which a value is chosen, with what the message begins with.
CHOICES = {
    ("protocols.md", "when", "event"): (TRIAL + ARM % (DRUG % "when: xyzzy"), "unknown event 'xyzzy'. Known:"),
    ("protocols.md", "A radiotherapy treatment", "lesions"): (
        TRIAL + ARM % "{radiotherapy: 8 Gy, start: 0 d, lesions: xyzzy}", "unknown choice of lesions 'xyzzy'. Known:"),
    ("calibration.md", "A target", "endpoint"): (
        CALIBRATION + FREE + TARGETS.replace("response_rate", "xyzzy"), "unknown endpoint 'xyzzy'. Known:"),
    ("sweeps.md", "Endpoints", "endpoint"): (
        SWEEP + VARY + "endpoints: [xyzzy]\n", "unknown endpoint 'xyzzy'. Known:"),
    ("power.md", "The endpoint", "endpoint"): (
        DESIGN.replace("best_response_rate", "xyzzy"), "unknown endpoint 'xyzzy'. Known:"),
    ("protocols.md", "What was published", "endpoint"): (
        WHOLE + "observed: [{arm: a, endpoint: xyzzy, value: 1, source: s}]\n", "unknown endpoint 'xyzzy'. Known:"),
    ("cohorts.md", "Plausible patients", "output"): (
        COHORT + "60 mm\nplausible: [{output: xyzzy, most: 1}]\n", "unknown output 'xyzzy'. Known:"),
}
DISTRIBUTION = COHORT + "60 mm\nbody_weight: {distribution: %s, xyzzy: 1}\n"


def check(folder, text):
    """Exit code and message of `abscopal check` of that text, in a folder beside the cohorts."""
    path = folder / "protocols" / "input.yaml"
    path.write_text(text)
    done = subprocess.run([COMMAND, "check", path], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def section(manual, heading):
    text = re.search(rf"^##+ {heading}\n(.*?)(?=^##|\Z)", (ROOT / "docs" / manual).read_text(), flags=re.DOTALL | re.MULTILINE)
    return text[1] if text else ""


def table(manual, heading, column):
    """First cells of that table of the section which has this title on its first column."""
    rows = re.search(rf"^\| {column} \|.*?\n\| ---.*?\n((?:\|.*\n)*)", section(manual, heading), flags=re.MULTILINE)
    return [row.split(" | ")[0] for row in rows[1].splitlines()] if rows else []


def keys_listed(manual, heading):
    return choices_listed(manual, heading, "(?:key|property)")


def choices_listed(manual, heading, column):
    return {name for cell in table(manual, heading, column) for name in re.findall(r"`(.*?)`", cell)}


def known_keys(folder, text):
    code, message = check(folder, text)
    found = re.search(r"unknown key 'xyzzy' .*Known keys: (.*)", message)
    return set(found[1].split(", ")) if code == 2 and found else {message}


problems = []
count = 0
with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    (folder / "protocols").mkdir()
    for shipped in ("cohorts", "drugs"):
        (folder / shipped).symlink_to(ROOT / shipped)
    six_arms = "nivolumab-rt-six-arms.yaml"
    for shipped in (six_arms, "sweeps"):
        (folder / "protocols" / shipped).symlink_to(ROOT / "protocols" / shipped)
    for manual in ("protocols.md", "cohorts.md", "drugs.md", "calibration.md", "population.md", "sweeps.md", "power.md"):
        for example in re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / manual).read_text(), flags=re.DOTALL):
            count += 1
            code, message = check(folder, example)
            if code != 0:
                problems.append(f"docs/{manual}: example is refused: {message}")
    for (manual, *headings), wrong in TABLES.items():
        count += 1
        listed = set().union(*(keys_listed(manual, heading) for heading in headings))
        known = known_keys(folder, wrong)
        if listed != known:
            problems.append(f"docs/{manual}, {headings}: listed {listed - known}, not listed {known - listed}")
    for (manual, heading, column), (wrong, message) in CHOICES.items():
        count += 1
        listed = choices_listed(manual, heading, column)
        code, said = check(folder, wrong)
        known = set(said.strip().split("Known: ")[-1].split(", "))
        if code != 2 or message not in said or listed != known:
            problems.append(f"docs/{manual}, {heading}: {listed} rather than: {said}")
    rows = re.findall(r"^\| `(\w+)` \| ((?:`\w+`(?:, )?)+) \|$", (ROOT / "docs/cohorts.md").read_text(), flags=re.MULTILINE)
    for kind, keys in rows:
        count += 1
        listed = set(re.findall(r"\w+", keys)) | {"distribution"}
        if listed != known_keys(folder, DISTRIBUTION % kind):
            problems.append(f"docs/cohorts.md, {kind}: {listed} rather than {known_keys(folder, DISTRIBUTION % kind)}")
if count < 60 or len(rows) != 6:
    problems.append(f"only {count} examples and tables found: have the manuals changed?")
print("\n".join(problems) or f"{count} examples and tables hold")
sys.exit(1 if problems else 0)
