"""docs/protocols.md, docs/cohorts.md and docs/drugs.md: the examples are accepted, and the tables list the keys that the readers know."""

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
# Where a table stands, and an input with a wrong key whose message lists the known ones.
TABLES = {
    ("protocols.md", "The trial"): TRIAL + "xyzzy: 1\n",
    ("protocols.md", "A drug treatment"): TRIAL + "- {name: a, treatments: [{drug: nivolumab, xyzzy: 1}]}\n",
    ("protocols.md", "A radiotherapy treatment"): TRIAL + "- {name: a, treatments: [{radiotherapy: 8 Gy, xyzzy: 1}]}\n",
    ("cohorts.md", "The cohort"): COHORT + "60 mm\nxyzzy: 1\n",
    ("cohorts.md", "Differences between lesions"): COHORT + "60 mm\nlesion_spread: {xyzzy: 1}\n",
    ("drugs.md", "A drug file"): "target: PD-1\nxyzzy: 1\n",
}
DISTRIBUTION = COHORT + "60 mm\nbody_weight: {distribution: %s, xyzzy: 1}\n"


def check(folder, text):
    """Exit code and message of `abscopal check` of that text, in a folder beside the cohorts."""
    path = folder / "protocols" / "input.yaml"
    path.write_text(text)
    done = subprocess.run([COMMAND, "check", path], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


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
    for manual in ("protocols.md", "cohorts.md", "drugs.md"):
        for example in re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / manual).read_text(), flags=re.DOTALL):
            count += 1
            code, message = check(folder, example)
            if code != 0:
                problems.append(f"docs/{manual}: example is refused: {message}")
    for (manual, heading), wrong in TABLES.items():
        count += 1
        section = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", (ROOT / "docs" / manual).read_text(),
                            flags=re.DOTALL | re.MULTILINE)[1]
        listed = set(re.findall(r"^\| `(\w+)` \|", section, flags=re.MULTILINE))
        if listed != known_keys(folder, wrong):
            problems.append(f"docs/{manual}, {heading}: {listed} rather than {known_keys(folder, wrong)}")
    rows = re.findall(r"^\| `(\w+)` \| ((?:`\w+`(?:, )?)+) \|$", (ROOT / "docs/cohorts.md").read_text(), flags=re.MULTILINE)
    for kind, keys in rows:
        count += 1
        listed = set(re.findall(r"\w+", keys)) | {"distribution"}
        if listed != known_keys(folder, DISTRIBUTION % kind):
            problems.append(f"docs/cohorts.md, {kind}: {listed} rather than {known_keys(folder, DISTRIBUTION % kind)}")
if count < 17 or len(rows) != 5:
    problems.append(f"only {count} examples and tables found: have the manuals changed?")
print("\n".join(problems) or f"{count} examples and tables hold")
sys.exit(1 if problems else 0)
