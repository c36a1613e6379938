"""`abscopal bench` in little: its JSON has the members that docs/performance.md names, and they make sense. How long
things take is not tested."""

import json
import math
import os
import pathlib
import re
import subprocess
import sys
import tempfile

COMMAND = os.environ["ABSCOPAL_COMMAND"]
ROOT = pathlib.Path(os.environ["ABSCOPAL_SOURCE_DIR"]).resolve()
PARTS = ("right_hand_sides", "jacobians", "factorisations", "solutions", "stepping", "rest")
BRIEF = ("-n", "3", "--repeats", "2", "--seconds", "0.001", "--quiet")

problems = []


def expect(condition, what):
    if not condition:
        problems.append(what)


def bench(*arguments):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "speed.json"
        done = subprocess.run([COMMAND, "bench", *arguments, *BRIEF, "--json", path], check=True, capture_output=True,
                              text=True)
        expect(done.stderr == "", f"messages: {done.stderr}")
        return done.stdout, json.loads(path.read_text())


def members(value, path=""):
    """Names of all members, as the manual writes them."""
    if isinstance(value, dict):
        for name, inner in value.items():
            shown = "PART" if name in PARTS else name
            yield from members(inner, f"{path}.{shown}" if path else shown)
    elif isinstance(value, list):
        for inner in value:
            yield from members(inner, f"{path}[]")
    else:
        yield path


def members_in_manual():
    text = (ROOT / "docs/performance.md").read_text().split("### As JSON")[1].split("\n## ")[0]
    cells = re.findall(r"^\| (`.*?) \|", text, flags=re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def check_measurements(found, engines, threads, arms):
    expect([(one["engine"], one["threads"]) for one in found["measurements"]]
           == [(engine, number) for engine in engines for number in threads], "which measurements there are")
    alone = {one["engine"]: one["ms_per_patient"]["median"] for one in found["measurements"] if one["threads"] == 1}
    for one in found["measurements"]:
        where = f"{one['engine']}, {one['threads']} threads"
        median = one["ms_per_patient"]["median"]
        for spread in (one["ms_per_patient"], one["processor_ms_per_patient"]):
            expect(0 < spread["lowest"] <= spread["median"] <= spread["highest"], f"{where}: order of {spread}")
        expect(one["patients"] == 3, f"{where}: patients")
        expect(math.isclose(one["patients_per_second"], 1e3 / median), f"{where}: patients per second")
        expect(math.isclose(one["ms_per_patient_and_arm"] * arms, median), f"{where}: per arm")
        expect(math.isclose(one["times_one_thread"], alone[one["engine"]] / median), f"{where}: times one thread")


def check_engine(engine, courses):
    name, work, parts = engine["engine"], engine["work_per_course"], engine["parts"]
    expect(engine["patients"] == 3 and engine["courses"] == courses, f"{name}: patients and courses")
    expect(engine["completed"] == 3, f"{name}: completed")
    expect(0 < work["steps"] <= work["attempts"] <= work["right_hand_sides"], f"{name}: steps {work}")
    expect(math.isclose(work["rejected_share"], 1 - work["steps"] / work["attempts"], abs_tol=1e-12),
           f"{name}: rejected")
    expect(work["jacobians"] <= work["attempts"] + work["restarts"], f"{name}: Jacobians")
    expect(tuple(parts) == PARTS, f"{name}: parts {list(parts)}")
    expect(math.isclose(sum(part["share"] for part in parts.values()), 1, rel_tol=1e-9), f"{name}: shares are not 1")
    for part in PARTS[:4]:
        # A Jacobian is what is left when a right-hand side is taken off, and so on: at worst nothing, and noise.
        expect(math.isfinite(parts[part]["ns_each"]), f"{name}: {part}")
        expect(work[part] > 0, f"{name}: no {part}")
    expect(parts["right_hand_sides"]["ns_each"] > 0 and engine["ns_per_output"] > 0, f"{name}: nothing takes no time")
    if name == "batch":
        expect(engine["lanes"] > 1 and engine["instructions"], "batch: lanes")
        expect(math.isclose(work["right_hand_sides"], 8 * work["attempts"]), "batch: eight stages an attempt")
        expect(engine["ns_per_attempt"] > 0, "batch: an attempt")
    else:
        expect(engine["lanes"] == 1 and engine["instructions"], "cvode: lanes")
        expect(engine["ns_per_attempt"] is None, "cvode: an attempt")


def check_published_run():
    text, found = bench("--threads", "2")
    check_measurements(found, ("batch", "cvode"), (1, 2), 1)
    expect(found["workload"]["built_in"] and found["workload"]["model"] == "qspio-nsclc-2020", "published run")
    expect(found["workload"]["days"] == 400 and found["workload"]["relative_tolerance"] == 1e-6, "published run")
    expect([engine["engine"] for engine in found["engines"]] == ["batch", "cvode"], "engines")
    for engine in found["engines"]:
        check_engine(engine, courses=3)
        expect(1e-9 < engine["volume_error"] < 5e-6, f"{engine['engine']}: error {engine['volume_error']}")
        expect(engine["work_per_course"]["restarts"] == 30, "29 doses, and the last cell")
    expect(found["repeats"] == 2 and found["seconds"] == 0.001, "repeats and seconds")
    version = subprocess.run([COMMAND, "--version"], check=True, capture_output=True, text=True).stdout.split()[1]
    expect(found["machine"]["version"] == version and version in text, "version")
    expect(found["machine"]["processor"] and found["machine"]["processor"] in text, "processor")
    expect(1 <= found["machine"]["processors"] <= os.cpu_count(), "processors")
    expect(found["machine"]["sundials"].split(".")[0].isdigit(), "SUNDIALS")
    named, written = members_in_manual(), set(members(found))
    expect(not written - named, f"not in docs/performance.md: {sorted(written - named)}")
    expect(not named - written, f"in docs/performance.md alone: {sorted(named - written)}")


def check_trial():
    _, found = bench(str(ROOT / "tests/data/cli-trial.yaml"), "--engine", "batch", "--threads", "1", "--tolerance",
                     "1e-5")
    check_measurements(found, ("batch",), (1,), 1)
    check_engine(found["engines"][0], courses=6)  # growth, and one arm
    expect(not found["workload"]["built_in"] and found["workload"]["trial"] == "command line", "trial")
    expect(found["workload"]["relative_tolerance"] == 1e-5 and found["workload"]["seed"] == 5, "tolerance and seed")
    expect(found["engines"][0]["volume_error"] is None, "there is no reference where patients differ")


check_published_run()
check_trial()
for problem in problems:
    print(problem)
print(f"{len(problems)} problems")
sys.exit(1 if problems else 0)
