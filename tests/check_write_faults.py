"""Every call on a file that a command makes, made to fail by a preloaded library: the disk is full from there on (ENOSPC),
or the call fails once (EIO). The command ends with code 4 and one message that names the file and the cause, or does
without; what it writes is whole or not there, what was there stays, nothing half-written is beside it, and the same
command without faults gives the right bytes afterwards. Unless ABSCOPAL_ALL_FAULTS is set,
calls get the two faults in turn, and of writes, of which there are hundreds, a sample gets one. With --table prints outcomes by call. Exit 77 without h5py (for what checks share)."""

import collections
import concurrent.futures
import errno
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

from stopped_runs import TRIAL, bytes_of
from sweep_checks import COMMAND, expect, finish, run

LIBRARY = os.environ["ABSCOPAL_FAILING_FILES"]
ALL = "ABSCOPAL_ALL_FAULTS" in os.environ
FAULTS = [(errno.ENOSPC, True), (errno.EIO, False)]  # and whether all later calls fail, too; in turn, unless ALL
SAMPLE = 5  # of the writes of a command
OLD = b"an older result"
SWEEP = """name: doses
trial: trial.yaml
patients: 4
seed: 2
arm: both
vary:
  - {name: dose, set: arms/both/treatments/rt/radiotherapy, from: 1 Gy, to: 10 Gy, step: 1 Gy}
endpoints: [mean_change]
"""
POPULATION = """name: weights
cohort: cohort.yaml
patients: 8
seed: 1
trials: {t: trial.yaml}
match:
  - {quantity: largest_lesion_diameter, bins: [0 mm, 25 mm, 1000 mm], shares: [50 %, 50 %]}
"""


class Scenario:
    """A command; the names of what it writes; what goes on after a fault; whether an older file is in the way."""

    def __init__(self, name, arguments, outputs, again=None, old=False, prepare=None):
        self.name, self.arguments, self.outputs, self.old = name, arguments, outputs, old
        self.again = again if again is not None else arguments
        self.prepare = prepare or (lambda folder: None)


def begin(base, folder, scenario):
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(base, folder)
    for output in scenario.outputs if scenario.old else []:
        (folder / output).write_bytes(OLD)
    scenario.prepare(folder)


def run_failing(folder, arguments, call=0, error=errno.ENOSPC, on=False, log=None):
    environment = {**os.environ, "LD_PRELOAD": LIBRARY, "FAILING_CALL": str(call), "FAILING_ERROR": str(error),
                   "FAILING_ON": str(int(on)), **({"FAILING_LOG": str(log)} if log else {})}
    return subprocess.run([COMMAND, *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=120)


def files_of(folder, output):
    path = folder / output
    if path.is_dir():
        return {str(inner.relative_to(path)): inner.read_bytes() for inner in sorted(path.rglob("*")) if inner.is_file()}
    return bytes_of(path)


def whole_or_absent(folder, scenario, right):
    """The first output that is neither as it was, nor as it should be; None."""
    before = OLD if scenario.old else None
    for output in scenario.outputs:
        there = files_of(folder, output)
        if isinstance(there, dict):  # of a folder each file
            if not isinstance(right[output], dict) or any(there[name] != right[output].get(name) for name in there):
                return output
        elif there not in (before, right[output]):
            return output
    return None


def judge(folder, scenario, done, right, what, call_name, error):
    """One outcome; problems are noted."""
    failed = os.strerror(error)
    if done.returncode == 0:
        for output in scenario.outputs:
            expect(files_of(folder, output) == right[output], f"{what}: says nothing, but {output} is not whole")
        return "whole"
    lines = done.stderr.strip().split("\n")
    expect(done.returncode == 4, f"{what}: exit code {done.returncode}: {done.stderr}")
    expect(len(lines) == 1 and failed in lines[0] and any(output in lines[0] for output in scenario.outputs),
           f"{what}: said {done.stderr!r}")
    half = whole_or_absent(folder, scenario, right)
    expect(half is None, f"{what}: {half} is half-written")
    litter = [str(path.relative_to(folder)) for path in folder.rglob("*.partial-*")]
    expect(litter == [], f"{what}: leaves {litter}")
    return f"exit {done.returncode}"


def go_on(folder, scenario, right, what):
    """The same once more, without faults."""
    arguments = scenario.again
    if scenario.name.startswith("run") and bytes_of(folder / "out.h5") == right["out.h5"]:
        arguments = [*arguments, "--force"]  # only the table, which is written after it, is missing
    said = run(folder, *arguments)
    for output in scenario.outputs:
        expect(files_of(folder, output) == right[output], f"{what}, then again: {output} is not as it should be: {said}")
    left = sorted(path.name for output in scenario.outputs for path in folder.glob(f"{output}?*")
                  if path.name not in scenario.outputs)
    expect(left == [], f"{what}, then again: leaves {left}")


def calls_of(base, folder, scenario):
    """Names of the calls that the command makes, and what it writes when none fails."""
    begin(base, folder, scenario)
    log = folder.parent / f"{folder.name}.log"
    log.unlink(missing_ok=True)
    done = run_failing(folder, scenario.arguments, log=log)
    expect(done.returncode == 0, f"{scenario.name}: {done.returncode}: {done.stderr}")
    right = {output: files_of(folder, output) for output in scenario.outputs}
    expect(all(right.values()), f"{scenario.name}: writes nothing")
    return [line.split()[1] for line in log.read_text().splitlines()], right


def chosen(names):
    writes = [number for number, name in enumerate(names, 1) if name in ("pwrite", "write")]
    others = [number for number, name in enumerate(names, 1) if name not in ("pwrite", "write")]
    if not ALL and len(writes) > SAMPLE:
        writes = random.Random(3).sample(writes[1:-1], SAMPLE - 2) + [writes[0], writes[-1]]
    return sorted(writes + others)


def check_scenario(base, folder, scenario, table):
    names, right = calls_of(base, folder, scenario)
    for number in chosen(names):
        for error, on in FAULTS if ALL else [FAULTS[number % 2]]:
            what = f"{scenario.name}: call {number} of {len(names)}, {names[number - 1]}, {errno.errorcode[error]}"
            begin(base, folder, scenario)
            done = run_failing(folder, scenario.arguments, number, error, on)
            outcome = judge(folder, scenario, done, right, what, names[number - 1], error)
            table[scenario.name, names[number - 1], errno.errorcode[error]][outcome] += 1
            if outcome != "whole":
                go_on(folder, scenario, right, what)
    return len(names)


def scenarios(parts):
    run_small = ["run", "trial.yaml", "-n", "3", "--block", "1", "-j", "1", "-q", "-o", "out.h5"]

    def with_parts(folder):
        shutil.copytree(parts, folder / "out.h5.parts")
    return [
        Scenario("run", [*run_small, "--json", "out.json"], ["out.h5", "out.json"], [*run_small, "--json", "out.json", "--resume"]),
        Scenario("run --force", [*run_small, "--force"], ["out.h5"], [*run_small, "--force", "--resume"], old=True),
        Scenario("run, one block", ["run", "trial.yaml", "-n", "2", "-q", "-o", "out.h5"], ["out.h5"]),
        Scenario("merge", ["merge", "out.h5"], ["out.h5"], prepare=with_parts),
        Scenario("sweep", ["sweep", "sweep.yaml", "-q", "-o", "out.h5"], ["out.h5"],
                 ["sweep", "sweep.yaml", "-q", "-o", "out.h5", "--resume"]),
        Scenario("report", ["report", "in.h5", "-o", "page.html"], ["page.html"], old=True),
        Scenario("simulate", ["simulate", "trial.yaml", "--every", "20d", "--csv", "course.csv"], ["course.csv"], old=True),
        Scenario("export --adam", ["export", "in.h5", "--adam", "adam"], ["adam"], ["export", "in.h5", "--adam", "adam", "--force"]),
        Scenario("export --nonmem", ["export", "trial.yaml", "--nonmem", "dosing.csv"], ["dosing.csv"]),
        Scenario("calibrate", ["calibrate", "population.yaml", "-q", "-o", "weights.csv"], ["weights.csv"], old=True),
    ]


def prepare(base):
    from sweep_checks import COHORT
    base.mkdir()
    (base / "trial.yaml").write_text(TRIAL.replace("{radiotherapy: 8 Gy", "{id: rt, radiotherapy: 8 Gy"))
    (base / "cohort.yaml").write_text(COHORT.read_text())
    (base / "sweep.yaml").write_text(SWEEP.replace("arms/both/", ""))
    (base / "population.yaml").write_text(POPULATION)
    run(base, "run", "trial.yaml", "-n", "4", "-q", "-o", "in.h5")
    shards = base.parent / "shards"
    shutil.copytree(base, shards)
    run(shards, "run", "trial.yaml", "-n", "3", "--block", "1", "-q", "-o", "out.h5", "--shard", "1/1")
    return shards / "out.h5.parts"


def print_table(table):
    print("| command | call | ENOSPC from there on | EIO once |\n| --- | --- | --- | --- |")
    for command, call in dict.fromkeys((command, call) for command, call, _ in table):
        cells = [", ".join(f"{outcome} ({count})" for outcome, count in sorted(table[command, call, error].items()))
                 for error in ("ENOSPC", "EIO")]
        print(f"| `{command}` | {call} | {cells[0]} | {cells[1]} |")


def main():
    table = collections.defaultdict(collections.Counter)
    with tempfile.TemporaryDirectory() as name:
        top = pathlib.Path(name)
        all_of_them = [scenario for scenario in scenarios(prepare(top / "base"))
                       if not sys.argv[2:] or scenario.name in sys.argv[2:]]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            counts = list(pool.map(lambda pair: check_scenario(top / "base", top / f"case{pair[0]}", pair[1], table),
                                   enumerate(all_of_them)))
    if "--table" in sys.argv:
        print_table(table)
    runs = sum(sum(outcomes.values()) for outcomes in table.values())
    finish(f"{runs} runs with a failing call, of {sum(counts)} calls in {len(counts)} commands", 500 if not sys.argv[2:] else 1)


main()
