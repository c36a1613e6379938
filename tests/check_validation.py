"""docs/validation.md has the tables that scripts/validate makes, and they name all that they have to: every fitted
figure, and every published outcome of every trial that is shipped, each once. What the numbers are is not looked at,
other than that they do not change from run to run.

Exit 77 without numpy, h5py or yaml."""

import collections
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

try:
    import h5py  # noqa: F401
    import numpy  # noqa: F401
    import yaml
except ImportError as error:
    print(f"skipped: {error.name} is not installed (python3-numpy, python3-h5py, python3-yaml)")
    sys.exit(77)

ROOT = pathlib.Path(os.environ["ABSCOPAL_SOURCE_DIR"]).resolve()
DOCUMENT = ROOT / "docs/validation.md"
TARGETS = {"nivolumab": "21", "30 Gy x 1, then nivolumab": "37", "8 Gy x 3, then nivolumab": "26",
           "2 Gy x 30 with nivolumab": "51", "8 Gy x 3 with nivolumab": "56"}
HELD_OUT = {"pembro-rt", "mdacc", "comit-1", "cosinr", "nct02221739", "nct02888743", "nct03812549", "nct03168464",
            "checkmate-227"}
DAYS_PER_MONTH = 30.4375
# Columns that do not depend on how many patients were run: what stands there is the same in a small run.
STANDING = {"arm", "reading", "published", "quantity", "observed", "trial", "endpoint", "n", "registry", "setting",
            "outcomes", "figures left out", "class", "best response by day 400, %", "radiotherapy",
            "published mean fall, %"}

problems = []


def expect(condition, text):
    if not condition:
        problems.append(text)


def tables_of(path):
    """{name: (heads, rows)}."""
    found = {}
    marked = re.compile(r"^<!-- table: (.+?) -->\n(.*?)^<!-- end -->$", re.DOTALL | re.MULTILINE)
    for name, body in marked.findall(path.read_text()):
        lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in body.splitlines()
                 if line.startswith("| ")]
        found[name] = (lines[0], [line for line in lines[1:] if set(line) != {"---"}]) if lines else ([], [])
    return found


def standing(table, name):
    """What stands in each row whatever was run."""
    heads, rows = table
    expect(all(len(row) == len(heads) for row in rows), f"{name}: a row has not as many cells as heads")
    kept = [i for i, head in enumerate(heads) if head in STANDING and not (name == "oak" and head == "observed")]
    return [heads[i] for i in kept], [[row[i] for i in kept] for row in rows]


def printed(entry):
    """Endpoint and observed value as the document has them."""
    time = entry["endpoint"].startswith("median_")
    value = float(entry["value"].split()[0]) / (DAYS_PER_MONTH if time else 1)
    at = f", day {float(entry['at'].split()[0]):.0f}" if "at" in entry else ""
    return f"{entry['endpoint'].replace('_', ' ')}{at}, {'months' if time else '%'}", f"{value:.1f}"


def check_outcomes(tables):
    """Every outcome that a trial file has, in the table that it belongs to."""
    named = {name: collections.Counter((trial, arm, endpoint, observed.split()[0])
                                       for trial, arm, endpoint, observed, *_ in tables[name][1])
             for name in ("held-out outcomes", "other outcomes")}
    paths = [*sorted((ROOT / "protocols/trials").glob("*.yaml")), ROOT / "protocols/checkmate-227.yaml"]
    expected = {name: collections.Counter() for name in named}
    for path in paths:
        trial = yaml.safe_load(path.read_text())
        which = "held-out" if path.stem in HELD_OUT else "other"
        expect((which == "held-out") == (trial["setting"] == "advanced"), f"{path.name}: setting {trial['setting']}")
        for entry in trial["observed"]:
            expected[f"{which} outcomes"][(trial["name"], entry["arm"], *printed(entry))] += 1
        rows = [row for row in tables[f"{which} trials"][1] if row[:2] == [trial["name"], trial["registry"]]]
        expect(len(rows) == 1 and int(rows[0][4]) == len(trial["observed"]), f"{path.name}: {rows}")
    expect(HELD_OUT <= {path.stem for path in paths}, "a held-out trial is not shipped")
    for name, outcomes in expected.items():
        missing, more = outcomes - named[name], named[name] - outcomes
        expect(not missing and not more, f"{name}: not there {list(missing)[:3]}, of no trial {list(more)[:3]}")
    return sum(sum(outcomes.values()) for outcomes in expected.values())


def check_targets(tables):
    rows = tables["fitted responses"][1]
    for arm, target in TARGETS.items():
        readings = {row[1]: row[2] for row in rows if row[0] == arm}
        sequential = "then nivolumab" in arm
        expect(sum(value == target for value in readings.values()) == 1 + sequential and
               readings.get("in response on day 400") == "-", f"targets of {arm}: {readings}")
    expect(any(row[2] == "1.47" for row in rows), "the ratio of 1.47")
    expect(any("%" in row[0] and row[1] == "23" for row in tables["oak"][1]), "OAK's 23 %")
    ratio = tables["out of field in PEMBRO-RT"][1]
    expect([row[1].split()[0] for row in ratio] == ["18.0", "36.0", "2.06"], f"PEMBRO-RT: {ratio}")
    falls = {row[0]: row[1] for row in tables["lymphocytes"][1]}
    expect(falls == {"50 Gy in 4": "19", "45 Gy in 15": "47"}, f"lymphocytes: {falls}")


def make(folder, name, *words):
    """The tables of a small run, written into a copy of the document."""
    copy = folder / name
    shutil.copy(DOCUMENT, copy)
    done = subprocess.run([ROOT / "scripts/validate", "-n", "8", "-s", "5", "6", "--out", copy, *words],
                          capture_output=True, text=True)
    expect(done.returncode == 0, f"scripts/validate: {done.stderr}")
    return copy


def main():
    tables = tables_of(DOCUMENT)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        small = make(folder, "small.md", "--oak", folder / "none.csv")
        made = tables_of(small)
        expect(made.keys() == tables.keys(), f"tables: {made.keys() ^ tables.keys()}")
        for key in tables:
            if key in ("runs", "effective sample size"):
                continue
            ours, theirs = standing(tables[key], key), standing(made[key], key)
            differ = [rows for rows in zip(ours[1], theirs[1]) if rows[0] != rows[1]]
            expect(ours == theirs and ours[1], f"{key}: {len(ours[1])} and {len(theirs[1])} rows, {differ[:2]}")
        text = small.read_text()
        expect("were not there" in text, "the table of OAK does not say that its measurements were missing")
        outside = re.compile(r"^<!-- table.*?^<!-- end -->$", re.DOTALL | re.MULTILINE)
        expect(outside.sub("", text) == outside.sub("", DOCUMENT.read_text()), "the text around the tables has changed")
        expect(make(folder, "again.md", "--oak", folder / "none.csv").read_text() == text, "two runs differ")
        done = subprocess.run([ROOT / "scripts/validate", "-n", "0"], capture_output=True, text=True)
        expect(done.returncode == 2 and "at least 1 patient" in done.stderr, f"-n 0: {done}")
    count = check_outcomes(tables)
    check_targets(tables)
    for problem in problems[:20]:
        print(problem)
    print(f"{len(tables)} tables, {count} published outcomes")
    sys.exit(1 if problems or count < 200 else 0)


main()
