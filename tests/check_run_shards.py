"""`abscopal run --shard` and `abscopal merge`: shards in any order, twice, at the same moment, killed and run again make
the same bytes as one run; what is missing, damaged or of another run is said. Exit 77 without h5py and NumPy."""

import pathlib
import shutil
import signal
import tempfile

from stopped_runs import BLOCKS, PATIENTS, SMALL, TRIAL, bytes_of, contents, left_in, start, stop
from sweep_checks import expect, finish, run


def shard(folder, output, which, *more, code=0):
    return run(folder, *SMALL, "-o", output, "-q", "--shard", which, *more, code=code)


def blocks_of(folder, output):
    return sorted(int(path.name[6:12]) for path in (folder / f"{output}.parts").glob("block-??????.h5"))


def merged(folder, output, whole, table, what, *more):
    expect(run(folder, "merge", output, *more) == table, f"{what}: another table")
    expect(bytes_of(folder / output) == whole, f"{what}: other bytes than one run")
    expect(left_in(folder, output) == [], f"{what}: leaves {left_in(folder, output)}")


def check_shares(folder, whole, table):
    said = run(folder, "merge", "three.h5", code=2)
    expect("three.h5.parts: there is no such folder with blocks of a run" in said, said)
    for which in ("3/3", "1/3"):
        said = shard(folder, "three.h5", which)
        expect("once all are there: abscopal merge three.h5" in said, said)
    expect(blocks_of(folder, "three.h5") == [block for block in range(BLOCKS) if block % 3 != 1], "other blocks than its share")
    before = contents(folder / "three.h5.parts")
    said = run(folder, "merge", "three.h5", code=2)
    expect("5 of 16 blocks are missing, the first of them block 1 (patients 5 to 8); run the shards that have them" in said, said)
    expect(contents(folder / "three.h5.parts") == before and bytes_of(folder / "three.h5") is None, "merge of too few")
    said = shard(folder, "three.h5", "2/3", "--seed", "2", code=2)
    expect("these blocks are of another run: 'seed 1' there, 'seed 2' here" in said, said)
    expect(contents(folder / "three.h5.parts") == before, "a shard of another run changes what is there")
    shard(folder, "three.h5", "1/3")
    expect(contents(folder / "three.h5.parts") == before, "a shard that is there is run again")
    shutil.copytree(folder / "three.h5.parts", folder / "resumed.h5.parts")
    shard(folder, "three.h5", "2/3")
    shutil.copytree(folder / "three.h5.parts", folder / "kept.h5.parts")
    merged(folder, "three.h5", whole, table, "three shards")
    run(folder, *SMALL, "-o", "resumed.h5", "--resume", "-q")
    expect(bytes_of(folder / "resumed.h5") == whole and left_in(folder, "resumed.h5") == [], "two of three shards, then --resume")
    for wrong in ("0/3", "4/3", "1", "1/0", "a/b", "1/3x", "-1/3"):
        said = shard(folder, "wrong.h5", wrong, code=2)
        expect("--shard takes" in said and left_in(folder, "wrong.h5") == [], f"--shard {wrong}: {said}")


def check_merge(folder, whole, table):
    """Damage is named and nothing changed; the shard mends it; an existing file is kept."""
    shutil.copytree(folder / "kept.h5.parts", folder / "bad.h5.parts")
    part = folder / "bad.h5.parts" / "block-000007.h5"
    good = part.read_bytes()
    part.write_bytes(good[:1000] + bytes([good[1000] ^ 4]) + good[1001:])
    before = contents(folder / "bad.h5.parts")
    said = run(folder, "merge", "bad.h5", code=2)
    expect("block-000007.h5: is damaged, or not block 7 of this run; run its shard again" in said and said.count("\n") == 1, said)
    expect(contents(folder / "bad.h5.parts") == before and bytes_of(folder / "bad.h5") is None, "a merge that fails changes parts")
    shard(folder, "bad.h5", "2/3")
    expect(part.read_bytes() == good, "the shard does not run a damaged block again")
    (folder / "bad.h5").write_bytes(b"dear")
    said = run(folder, "merge", "bad.h5", code=2)
    expect("bad.h5: is there already; add --force to replace it" in said and bytes_of(folder / "bad.h5") == b"dear", said)
    signature = folder / "bad.h5.parts" / "signature"
    text = signature.read_text()
    for changed in ("", "patients 0\nblock 4\n", text.replace("block 4", "block 3"), text.replace("seed 1", "seed 2"),
                    text.replace("patients 64", "patients 99999999999999999999")):
        signature.write_text(changed)
        said = run(folder, "merge", "bad.h5", "--force", code=2)
        expect("bad.h5.parts" in said and said.count("\n") == 1 and bytes_of(folder / "bad.h5") == b"dear", said)
    signature.unlink()
    said = run(folder, "merge", "bad.h5", "--force", code=2)
    expect("signature" in said, said)
    signature.write_text(text)
    merged(folder, "bad.h5", whole, table, "merge of what was damaged", "--force")
    run(folder, "merge", "bad.h5", "--force", code=2)
    expect(bytes_of(folder / "bad.h5") == whole, "a merge of nothing changes the file")


def check_at_once(folder, whole, table):
    """Processes that start at the same moment make the folder and its signature together; two may have the same share."""
    for name, shares in (("different", ["1/3", "2/3", "3/3"]), ("same", ["1/1", "1/1", "1/1"]), ("mixed", ["1/2", "2/2", "1/3", "2/4"])):
        for repeat in range(3):
            output = f"{name}{repeat}.h5"
            processes = [start(folder, [*SMALL, "-q", "-j", "1"], output, "--shard", share) for share in shares]
            for process in processes:
                said = process.communicate()
                expect(process.returncode == 0, f"{name}: {process.returncode}: {said}")
            merged(folder, output, whole, table, f"{name} shares at once")
    # Two runs of other seeds at once: one of them has the folder, and what comes out is the one or the other.
    run(folder, *SMALL, "-o", "seed2.h5", "--seed", "2", "-q")
    for repeat in range(4):
        output = f"seeds{repeat}.h5"
        processes = [start(folder, [*SMALL, "-q", "-j", "1"], output, "--shard", "1/1", "--seed", seed) for seed in ("1", "2")]
        codes = [(process.communicate(), process.returncode)[1] for process in processes]
        expect(set(codes) <= {0, 2} and 0 in codes, f"two seeds at once: {codes}")
        signed = (folder / f"{output}.parts" / "signature").read_text()
        seed = "1" if "seed 1\n" in signed else "2"
        run(folder, *SMALL, "-o", output, "--resume", "--seed", seed, "-q")
        expect(bytes_of(folder / output) == (whole if seed == "1" else bytes_of(folder / "seed2.h5")), "two seeds at once: a mixture")


def check_kills(folder, whole, table):
    process = start(folder, [*SMALL, "-q", "-j", "1"], "killed.h5", "--shard", "1/2")
    other = start(folder, [*SMALL, "-q", "-j", "1"], "killed.h5", "--shard", "2/2")
    count = stop(process, folder, "killed.h5", 4, signal.SIGKILL)
    other.communicate()
    expect(process.returncode == -signal.SIGKILL and other.returncode == 0 and count >= 4, f"killed: {process.returncode}, {count}")
    run(folder, "merge", "killed.h5", code=2)
    process = start(folder, [*SMALL, "-j", "1"], "killed.h5", "--shard", "1/2")
    stop(process, folder, "killed.h5", len(blocks_of(folder, "killed.h5")) + 1, signal.SIGTERM)
    said = process.stderr.read()
    expect(process.returncode in (0, 130), f"SIGTERM: {process.returncode}: {said}")
    if process.returncode == 130:
        expect("to go on: abscopal run small.yaml -o killed.h5 --shard 1/2" in said, said)
    shard(folder, "killed.h5", "1/2")
    merged(folder, "killed.h5", whole, table, "a shard that was killed")


def check_all(folder):
    (folder / "small.yaml").write_text(TRIAL)
    table = run(folder, *SMALL, "-o", "whole.h5", "-q")
    whole = (folder / "whole.h5").read_bytes()
    check_shares(folder, whole, table)
    check_merge(folder, whole, table)
    check_at_once(folder, whole, table)
    check_kills(folder, whole, table)


with tempfile.TemporaryDirectory() as name:
    try:
        check_all(pathlib.Path(name))
    except OSError as error:  # a file that should be there is not: what went wrong before says why
        expect(False, str(error))
finish(f"{PATIENTS} patients in {BLOCKS} blocks", 90)
