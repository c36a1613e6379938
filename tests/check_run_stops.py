"""`abscopal run` killed, interrupted or ended while it runs: --resume takes the blocks that were kept and gives the same
bytes as a run that was not stopped, refuses the blocks of another run, and runs damaged ones again. Exit 77 without h5py
and NumPy."""

import pathlib
import random
import re
import shutil
import signal
import tempfile

from stopped_runs import (BLOCKS, PATIENTS, SMALL, TRIAL, blocks_there, bytes_of, contents, copy_parts, left_in, start, stop)
from sweep_checks import COHORT, ROOT, expect, finish, run

import h5py
import numpy as np

POPULATION = """name: weights
cohort: cohort.yaml
patients: 40
seed: 1
trials: {t: small.yaml}
match:
  - {quantity: largest_lesion_diameter, bins: [0 mm, 25 mm, 1000 mm], shares: [50 %, 50 %]}
"""
SLOWLY = [*SMALL, "-j", "1", "-q"]


def resumed(folder, output, whole, what, *more):
    said = run(folder, *SMALL, "-o", output, "--resume", "-q", *more)
    expect(bytes_of(folder / output) == whole, f"{what}: other bytes than uninterrupted")
    expect(left_in(folder, output) == [], f"{what}: leaves {left_in(folder, output)}")
    return said


# ---- Killed ------------------------------------------------------------------------------------------------------------


def check_kills(folder, whole, table):
    """Killed when so many blocks are there, and killed twice in one run."""
    counts = []
    for blocks in (0, 1, 5, 11, BLOCKS - 1):
        process = start(folder, SLOWLY, f"killed{blocks}.h5")
        counts.append(stop(process, folder, f"killed{blocks}.h5", blocks, signal.SIGKILL))
        expect(process.returncode == -signal.SIGKILL, f"killed after {blocks} blocks: ended by itself")
        expect(not (folder / f"killed{blocks}.h5").exists(), f"killed after {blocks} blocks: there is a file")
        if blocks == 5:  # twice: what the first had is kept by the second
            again = start(folder, SLOWLY, "killed5.h5", "--resume")
            counts.append(stop(again, folder, "killed5.h5", counts[-1] + 2, signal.SIGKILL))
            expect(counts[-1] >= counts[-2] + 2, f"killed again: {counts}")
        expect(resumed(folder, f"killed{blocks}.h5", whole, f"killed after {blocks} blocks") == table,
               f"killed after {blocks} blocks: another table")
    expect(any(0 < count < BLOCKS for count in counts), f"blocks kept: {counts}")
    return counts


def check_taken(folder):
    """Kept blocks are taken as they are, not run again: one with another seed's numbers would show."""
    parts = copy_parts(folder, "kept.h5", "taken.h5")
    before = {path.name: path.stat().st_mtime_ns for path in parts.glob("block-*")}
    process = start(folder, SLOWLY, "taken.h5", "--resume")
    stop(process, folder, "taken.h5", len(before) + 1, signal.SIGKILL)
    after = {path.name: path.stat().st_mtime_ns for path in parts.glob("block-??????.h5")}
    expect(len(after) > len(before) and before.items() <= after.items(), "blocks that were kept are written again")


# ---- Signals that ask ---------------------------------------------------------------------------------------------------


def check_asked(folder, whole):
    for how in (signal.SIGINT, signal.SIGTERM):
        process = start(folder, SLOWLY, "asked.h5")
        blocks = stop(process, folder, "asked.h5", 3, how)
        said = process.stderr.read()
        expect(process.returncode == 130 and 3 <= blocks < BLOCKS, f"{how.name}: {process.returncode}, {blocks} blocks")
        expect(left_in(folder, "asked.h5") == ["asked.h5.parts"], f"{how.name}: {left_in(folder, 'asked.h5')}")
        expect(f"stopped after {4 * blocks} of {PATIENTS} patients; what was finished is kept in asked.h5.parts" in said, said)
        way = re.search(r"to go on: abscopal run small.yaml -o asked.h5 --resume\b", said)
        expect(way is not None and "same options" in said, said)
        resumed(folder, "asked.h5", whole, how.name)
        (folder / "asked.h5").unlink()


def check_said_command(folder):
    """With the options that a run has by itself, what is said to type works as it stands."""
    (folder / "usual.yaml").write_text(TRIAL)
    run(folder, "run", "usual.yaml", "-o", "usual.h5", "-q")
    for more in ([], ["--force"]):
        if not more:
            (folder / "said.h5").unlink(missing_ok=True)
        process = start(folder, ["run", "usual.yaml", "-j", "1"], "said.h5", *more)
        stop(process, folder, "said.h5", 1, signal.SIGINT)
        said = process.stderr.read()
        way = re.search(r"to go on: abscopal (.*?)(?:, with|$)", said, re.MULTILINE)
        expect(process.returncode == 130 and way is not None, f"{process.returncode}: {said}")
        if way:
            run(folder, *way[1].split())
        expect(bytes_of(folder / "said.h5") == bytes_of(folder / "usual.h5"), "the said command: other bytes")


def wait_for_line(process, text):
    for line in process.stderr:
        if text in line:
            return


def check_second_signal(folder, whole):
    """The second ends the program at once; it may come too late, so a few runs are given the chance."""
    for first, second in ((signal.SIGINT, signal.SIGINT), (signal.SIGTERM, signal.SIGTERM), (signal.SIGINT, signal.SIGTERM)):
        ended = []
        for attempt in range(10):
            output = f"twice-{first.name}-{second.name}-{attempt}.h5"
            process = start(folder, ["run", "small.yaml", "-n", "64", "--block", "32", "-j", "1", "--rtol", "1e-9",
                                     "--engine", "cvode"], output)
            wait_for_line(process, " %, ")
            process.send_signal(first)
            wait_for_line(process, "stopping after")
            process.send_signal(second)
            process.communicate()
            ended.append(process.returncode)
            expect(not (folder / output).exists() and process.returncode in (130, -second), f"{ended}")
            if process.returncode == -second:
                break
        expect(ended[-1] == -second, f"a second signal, {second.name} after {first.name}, does not end it at once: {ended}")
    parts = copy_parts(folder, "kept.h5", "twice.h5")
    blocks = blocks_there(folder, "twice.h5")
    process = start(folder, [*SMALL, "-j", "1"], "twice.h5", "--resume")
    stop(process, folder, "twice.h5", blocks + 1, signal.SIGINT)
    process.send_signal(signal.SIGINT)
    expect(blocks_there(folder, "twice.h5") > blocks and parts.exists(), "stopped twice: finished blocks are gone")
    resumed(folder, "twice.h5", whole, "stopped twice")


# ---- Refused ------------------------------------------------------------------------------------------------------------


def check_refusals(folder):
    """Blocks of another run are refused with what differs, and stay as they are."""
    (folder / "later.yaml").write_text(TRIAL.replace("160 d", "161 d"))
    (folder / "cohort.yaml").write_text(COHORT.read_text().replace("median: 37 mm", "median: 38 mm"))
    (folder / "cohort-trial.yaml").write_text(TRIAL.replace(str(COHORT), "cohort.yaml"))
    parts = copy_parts(folder, "kept.h5", "other.h5")
    before = contents(parts)
    small = ["small.yaml", "-n", str(PATIENTS), "--block", "4"]
    for other, differs in (([*small, "--seed", "2"], "'seed 1' there, 'seed 2' here"),
                           (["later.yaml", *small[1:]], "'trial [0-9a-f]{64}' there, 'trial [0-9a-f]{64}' here"),
                           (["cohort-trial.yaml", *small[1:]], "'cohort [0-9a-f]{64}' there|'trial "),
                           ([*small, "--rtol", "1e-5"], "'tolerance 1e-06|'tolerance 9.99.*e-07' there, 'tolerance 1"),
                           ([*small, "--engine", "cvode"], "'engine batch' there, 'engine cvode' here"),
                           (["small.yaml", "-n", "65", "--block", "4"], "'patients 64' there, 'patients 65' here"),
                           ([*small, "--courses", "off"], "'courses .*' there, 'courses 0' here"),
                           ([*small, "--courses", "8d"], "'courses .*' there, 'courses 8' here"),
                           (["small.yaml", "-n", str(PATIENTS), "--block", "8"], "'block 4' there, 'block 8' here"),
                           (["small.yaml", "-n", str(PATIENTS)], "'block 4' there, 'block 32' here"),
                           ([*small, "--shard", "1/2", "--seed", "2"], "'seed 1' there, 'seed 2' here")):
        go_on = [] if "--shard" in other else ["--resume"]
        said = run(folder, "run", *other, "-o", "other.h5", *go_on, "-q", code=2)
        expect("these blocks are of another run" in said and re.search(differs, said) is not None, f"{other}: {said}")
        expect(said.count("\n") == 1, f"more than one line: {said}")
        expect(contents(parts) == before, f"{other}: a refused run changes what is kept")
    said = run(folder, *SMALL, "-o", "other.h5", "-q", code=2)
    expect("holds blocks of a run that was stopped; add --resume to go on with it, or remove the folder" in said, said)
    expect(contents(parts) == before, "a run that is refused changes what is kept")
    # A cohort that says the same in a trial of the same text differs in the cohort alone.
    (folder / "other").mkdir()
    for name, text in (("cohort.yaml", COHORT.read_text()), ("other/cohort.yaml", (folder / "cohort.yaml").read_text())):
        (folder / name).write_text(text)
    shutil.copy(folder / "cohort-trial.yaml", folder / "other")
    process = start(folder, ["run", "cohort-trial.yaml", *SMALL[2:], "-j", "1"], "cohort.h5")
    stop(process, folder, "cohort.h5", 1, signal.SIGKILL)
    said = run(folder, "run", "other/cohort-trial.yaml", *SMALL[2:], "-o", "cohort.h5", "--resume", "-q", code=2)
    expect(re.search("'cohort [0-9a-f]{64}' there, 'cohort [0-9a-f]{64}' here", said) is not None, said)


def check_existing(folder, whole):
    """A file that is there is replaced only when asked, and only by a whole one."""
    (folder / "there.h5").write_bytes(b"dear")
    said = run(folder, *SMALL, "-o", "there.h5", "-q", code=2)
    expect("there.h5: is there already; add --force to replace it, or name another file" in said, said)
    expect(left_in(folder, "there.h5") == [] and bytes_of(folder / "there.h5") == b"dear", "it is not left alone")
    process = start(folder, SLOWLY, "there.h5", "--force")
    stop(process, folder, "there.h5", 4, signal.SIGKILL)
    expect(bytes_of(folder / "there.h5") == b"dear", "a killed run has changed the file")
    run(folder, *SMALL, "-o", "there.h5", "--resume", "-q", code=2)
    resumed(folder, "there.h5", whole, "replaced", "--force")
    run(folder, "run", "small.yaml", "-n", "8", "-o", "there.h5", "-q", code=2)
    run(folder, "run", "small.yaml", "-n", "8", "-o", "there.h5", "-q", "--force")
    expect(len((folder / "there.h5").read_bytes()) < len(whole) and left_in(folder, "there.h5") == [], "one block")


# ---- Damaged ------------------------------------------------------------------------------------------------------------


def flips(count):
    """Ways to flip one byte, at places and by masks drawn with a seed of their own."""
    chance = random.Random(20)

    def flip(part):
        part = bytearray(part)
        place = chance.randrange(len(part))
        part[place] ^= chance.randrange(1, 256)
        return bytes(part)
    return [(f"flip {i}", flip) for i in range(count)]


def check_damage(folder):
    """Whatever lies in the place of a block, the end is the same. Damage is told before HDF5 reads the block: a flipped
    byte can make that crash."""
    tiny = ["run", "small.yaml", "-n", "8", "--block", "4", "-q", "-o"]
    run(folder, *tiny, "tiny.h5")
    tiny_whole = (folder / "tiny.h5").read_bytes()
    run(folder, *tiny, "seed.h5", "--seed", "2", "--shard", "1/1")
    run(folder, *tiny, "parts.h5", "--shard", "1/1")
    parts = folder / "parts.h5.parts"
    other_seed, another = (folder / "seed.h5.parts" / "block-000000.h5").read_bytes(), (parts / "block-000001.h5").read_bytes()
    damages = [("empty", lambda part: b""), ("cut off", lambda part: part[:len(part) // 2]),
               ("cut off by a byte", lambda part: part[:-1]), ("no HDF5", lambda part: b"x" * 1000),
               ("of another seed", lambda part: other_seed), ("another block", lambda part: another),
               ("overwritten within", lambda part: part[:len(part) // 3] + b"\xff" * 512 + part[len(part) // 3 + 512:])]
    for what, damage in damages + flips(25):
        parts = copy_parts(folder, "parts.h5", "damaged.h5")
        part = (parts / "block-000000.h5").read_bytes()
        (parts / "block-000000.h5").write_bytes(damage(part))
        said = run(folder, "merge", "damaged.h5", code=2)
        expect("block-000000.h5: is damaged, or not block 0 of this run" in said and said.count("\n") == 1, f"{what}: {said}")
        expect(bytes_of(folder / "damaged.h5") is None, f"{what}: merged")
        run(folder, *tiny, "damaged.h5", "--resume")
        expect(bytes_of(folder / "damaged.h5") == tiny_whole, f"a block is {what}: other bytes")
        expect(left_in(folder, "damaged.h5") == [], f"a block is {what}: leaves {left_in(folder, 'damaged.h5')}")
    parts = copy_parts(folder, "parts.h5", "damaged.h5")
    (parts / "block-000001.h5").write_bytes(another[:-1] + b"x")
    run(folder, *tiny, "damaged.h5", "--shard", "2/2")
    run(folder, "merge", "damaged.h5")
    expect(bytes_of(folder / "damaged.h5") == tiny_whole, "a damaged block that its shard runs again: other bytes")


def check_leftovers(folder, whole):
    parts = copy_parts(folder, "kept.h5", "litter.h5")
    for name in ("block-000002.h5.partial-aBcDeF", "block-000001.h5.partial-000000", "signature.partial-xxxxxx", "rows-abcdef"):
        (parts / name).write_bytes(b"half")
    (folder / "litter.h5.partial-aBcDeF").write_bytes(b"half")
    run(folder, *SMALL, "-o", "litter.h5", "--resume", "-q")
    expect(bytes_of(folder / "litter.h5") == whole, "leftovers change the bytes")
    # One beside the file may be another process's that is at work: only a folder of ours is emptied.
    expect(left_in(folder, "litter.h5") == ["litter.h5.partial-aBcDeF"], f"left: {left_in(folder, 'litter.h5')}")
    parts = copy_parts(folder, "kept.h5", "stranger.h5")
    (parts / "notes.txt").write_bytes(b"mine")
    run(folder, *SMALL, "-o", "stranger.h5", "--resume", "-q")
    expect(bytes_of(folder / "stranger.h5") == whole, "a stranger's file changes the bytes")
    expect(sorted(path.name for path in parts.glob("*")) == ["notes.txt"], "a stranger's file is not alone left")
    # A folder whose signature is gone says nothing of its blocks.
    parts = copy_parts(folder, "kept.h5", "unsigned.h5")
    (parts / "signature").unlink()
    said = run(folder, *SMALL, "-o", "unsigned.h5", "--resume", "--seed", "2", "-q", code=2)
    expect("signature" in said, said)


# ---- Kinds of runs -------------------------------------------------------------------------------------------------------


def values(path):
    with h5py.File(path) as file:
        return ({name: variable[()] for name, variable in file.items()}, dict(file.attrs))


def equal(one, other):
    one, other = np.asarray(one), np.asarray(other)
    if one.dtype != other.dtype or one.shape != other.shape:
        return False
    return bool((one == other).all() if one.dtype.kind not in "fc" else np.array_equal(one, other, equal_nan=True))


def check_kind(folder, name, arguments):
    """Killed and resumed: the same bytes; in blocks of other sizes: the same values, whatever the layout."""
    run(folder, *arguments, "--block", "4", "-o", f"{name}.h5", "-q")
    process = start(folder, [*arguments, "--block", "4", "-q", "-j", "1"], f"{name}-killed.h5")
    count = stop(process, folder, f"{name}-killed.h5", 2, signal.SIGKILL)
    run(folder, *arguments, "--block", "4", "-o", f"{name}-killed.h5", "-q", *(["--resume"] if count >= 0 else ["--force"]))
    expect(bytes_of(folder / f"{name}-killed.h5") == bytes_of(folder / f"{name}.h5"), f"{name}: killed: other bytes")
    variables, attributes = values(folder / f"{name}.h5")
    for block in ("16", "32", "256"):
        run(folder, *arguments, "--block", block, "-o", f"{name}-{block}.h5", "-q")
        others, other_attributes = values(folder / f"{name}-{block}.h5")
        differ = [key for key in variables if key not in others or not equal(variables[key], others[key])]
        expect(differ == [] and len(others) == len(variables), f"{name} in blocks of {block}: {differ} differ")
        expect(all(equal(attributes[key], other_attributes[key]) for key in attributes if key not in ("DIMENSION_LIST",)),
               f"{name} in blocks of {block}: attributes differ")


def check_kinds(folder):
    (folder / "cohort.yaml").write_text(COHORT.read_text())
    (folder / "population.yaml").write_text(POPULATION)
    run(folder, "calibrate", "population.yaml", "-q", "-o", "weights.csv")
    (folder / "weighted-cohort.yaml").write_text(COHORT.read_text().replace("patients: 200", "patients: 40")
                                                + "\npopulation: weights.csv\n")
    (folder / "weighted.yaml").write_text(TRIAL.replace(str(COHORT), "weighted-cohort.yaml"))
    data = ROOT / "tests" / "data"
    for name, arguments in (("weighted", ["run", "weighted.yaml", "-n", "40"]),
                            ("published", ["run", str(ROOT / "protocols" / "qspio-nsclc-2020.yaml")]),
                            ("randomised", ["run", str(data / "randomised.yaml"), "-n", "40"]),
                            ("decisions", ["run", str(data / "decisions.yaml"), "-n", "24"]),
                            ("courses", ["run", "small.yaml", "-n", "40", "--courses", "10d"]),
                            ("none", ["run", "small.yaml", "-n", "40", "--courses", "off"]),
                            ("patient33", ["run", "small.yaml", "-n", "40", "-p", "33"])):
        check_kind(folder, name, arguments)


def check_small(folder):
    """One block needs no folder; --resume of what was never begun begins it."""
    run(folder, "run", "small.yaml", "-n", "8", "-o", "one.h5", "-q")
    process = start(folder, ["run", "small.yaml", "-n", "8", "-q"], "one-killed.h5")
    process.send_signal(signal.SIGKILL)
    process.wait()
    expect(left_in(folder, "one-killed.h5") in ([], ["one-killed.h5.partial-"]), f"{left_in(folder, 'one-killed.h5')}")
    run(folder, "run", "small.yaml", "-n", "8", "-o", "one-killed.h5", "-q", "--resume")
    expect(bytes_of(folder / "one-killed.h5") == bytes_of(folder / "one.h5"), "one block: other bytes")
    run(folder, *SMALL, "--resume", code=2)
    said = run(folder, *SMALL, "-o", "absent/out.h5", "-q", code=4)
    expect(said.count("\n") == 1 and "absent" in said, said)


def check_all(folder):
    (folder / "small.yaml").write_text(TRIAL)
    table = run(folder, *SMALL, "-o", "whole.h5", "-q")
    whole = (folder / "whole.h5").read_bytes()
    expect(left_in(folder, "whole.h5") == [], "a finished run leaves its parts")
    run(folder, *SLOWLY, "-o", "again.h5")
    expect(bytes_of(folder / "again.h5") == whole, "another number of threads gives another file")
    process = start(folder, SLOWLY, "kept.h5")
    expect(5 <= stop(process, folder, "kept.h5", 5, signal.SIGKILL) < BLOCKS, "no run with blocks")
    counts = check_kills(folder, whole, table)
    check_taken(folder)
    check_asked(folder, whole)
    check_said_command(folder)
    check_second_signal(folder, whole)
    check_refusals(folder)
    check_existing(folder, whole)
    check_damage(folder)
    check_leftovers(folder, whole)
    check_kinds(folder)
    check_small(folder)
    return f"blocks at the kills: {counts}"


with tempfile.TemporaryDirectory() as name:
    said = ""
    try:
        said = check_all(pathlib.Path(name))
    except OSError as error:  # a file that should be there is not: what went wrong before says why
        expect(False, str(error))
finish(said, 150)
