"""Where results cannot be written: a disk that is full (a small tmpfs, of many sizes) or read-only, a folder that vanishes, a
place that is no ordinary file, a name that is too long, a limit of the size of files, standard output that is closed, full
or a broken pipe. One message, exit code 4 (2 where the command line is at fault), nothing half-written; what can be gone on
with is. Mounting needs root: without, that part is left out. Exit 77 without h5py (for what checks share)."""

import os
import pathlib
import resource
import shutil
import signal
import subprocess
import tempfile
import time

from stopped_runs import PATIENTS, SMALL, TRIAL, bytes_of, left_in, start
from sweep_checks import COMMAND, expect, finish, run

RUN = [*SMALL, "-q", "-o"]
NO_SPACE = os.strerror(28)


def mount(*arguments):
    return subprocess.run(["mount", *arguments], capture_output=True, text=True).returncode == 0


def one_message(said, *parts):
    expect(said.count("\n") == 1 and all(part in said for part in parts), f"not one message with {parts}: {said!r}")


# ---- Disks --------------------------------------------------------------------------------------------------------------


def check_size(folder, disk, whole, size):
    """A run on a disk of so many bytes; then there is room. How many blocks there were when it was full, or "fits"."""
    expect(mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)), f"no tmpfs of {size}")
    done = subprocess.run([COMMAND, *RUN, str(disk / "out.h5")], cwd=folder, capture_output=True, text=True)
    blocks = len(list(disk.glob("out.h5.parts/block-??????.h5")))
    if done.returncode == 0:
        outcome = "fits"
    else:
        outcome = blocks
        expect(done.returncode == 4, f"disk of {size}: {done.returncode}")
        one_message(done.stderr, NO_SPACE, "out.h5")
        expect(bytes_of(disk / "out.h5") is None and not list(disk.rglob("*.partial-*")), f"disk of {size}: half-written")
        expect(mount("-o", "remount,size=64m", str(disk)), "not mounted again")
        run(folder, *RUN, str(disk / "out.h5"), "--resume")
    expect(bytes_of(disk / "out.h5") == whole, f"disk of {size}: other bytes")
    expect([path.name for path in disk.iterdir()] == ["out.h5"], f"disk of {size}: leaves {list(disk.iterdir())}")
    subprocess.run(["umount", str(disk)], check=True)
    return outcome


def check_small_exports(folder, disk):
    """Commands that write by streams, too."""
    run(folder, "run", "small.yaml", "-n", "16", "-q", "-o", "in.h5")
    for name, arguments in (("export", ["export", "in.h5", "--adam", f"{disk}/adam"]),
                            ("report", ["report", "in.h5", "-o", f"{disk}/page.html"]),
                            ("simulate", ["simulate", "small.yaml", "--every", "1h", "--csv", f"{disk}/course.csv"])):
        for size in (4096, 16384, 65536):
            expect(mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)), f"no tmpfs of {size}")
            done = subprocess.run([COMMAND, *arguments], cwd=folder, capture_output=True, text=True)
            if done.returncode != 0:
                expect(done.returncode == 4, f"{name}, disk of {size}: {done.returncode}")
                one_message(done.stderr, NO_SPACE)
                left = [path for path in disk.rglob("*") if path.is_file()]
                expect(left == [], f"{name}, disk of {size}: leaves {left}")
            expect(size > 4096 or done.returncode == 4, f"{name} fits in {size}")
            subprocess.run(["umount", str(disk)], check=True)


def check_read_only(folder, disk):
    expect(mount("-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)), "no tmpfs")
    process = start(folder, [*SMALL, "-q", "-j", "1"], str(disk / "later.h5"))
    while not list(disk.glob("later.h5.parts/block-??????.h5")) and process.poll() is None:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()
    expect(mount("-o", "remount,ro", str(disk)), "not mounted read-only")
    for arguments in ([*RUN, f"{disk}/out.h5"], [*RUN, f"{disk}/later.h5", "--resume"],
                      ["merge", f"{disk}/later.h5"], ["sweep", "sweep.yaml", "-q", "-o", f"{disk}/out.h5"]):
        one_message(run(folder, *arguments, code=4), str(disk), os.strerror(30))
    expect(mount("-o", "remount,rw", str(disk)), "not mounted for writing")
    run(folder, *RUN, f"{disk}/later.h5", "--resume")
    subprocess.run(["umount", str(disk)], check=True)


def check_disks(folder, whole):
    disk = folder / "disk"
    disk.mkdir()
    if not mount("-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)):
        return "disks left out: mounting needs root"
    subprocess.run(["umount", str(disk)], check=True)
    outcomes = {}
    try:
        for kib in (4, 64, 300, 1600, 3100, 3700, 3900, 4100, 4300, 8000):
            outcomes[kib] = check_size(folder, disk, whole, kib << 10)
        expect("fits" in outcomes.values() and 0 in outcomes.values() and 16 in outcomes.values(),
               f"sizes do not cover the first block, the last and the assembly: {outcomes}")
        check_small_exports(folder, disk)
        check_read_only(folder, disk)
    finally:
        subprocess.run(["umount", str(disk)], capture_output=True)
    return f"blocks there when disks of so many KiB were full: {outcomes}"


# ---- Places --------------------------------------------------------------------------------------------------------------


def check_vanishing(folder):
    for what in ("gone", "gone/out.h5.parts"):
        (folder / "gone").mkdir(exist_ok=True)
        process = start(folder, [*SMALL, "-q", "-j", "1"], "gone/out.h5")
        while not list(folder.glob("gone/out.h5.parts/block-??????.h5")) and process.poll() is None:
            time.sleep(0.001)
        while (folder / what).exists():
            shutil.rmtree(folder / what, ignore_errors=True)
        said = process.communicate()[1]
        expect(process.returncode == 4, f"{what} vanishes: {process.returncode}")
        one_message(said, "gone/out.h5", os.strerror(2))
        expect(bytes_of(folder / "gone" / "out.h5") is None, "a file in a folder that has vanished")


def check_places(folder, whole):
    (folder / "folder.h5").mkdir()
    os.mkfifo(folder / "pipe.h5")
    for place in ("folder.h5", "pipe.h5", "/dev/full"):
        one_message(run(folder, *RUN, place, code=2), place, "is no ordinary file")
        one_message(run(folder, *RUN, place, "--force", code=2), place, "is no ordinary file")
        left = [] if place.startswith("/") else left_in(folder, place)
        expect(left == [], f"{place}: leaves {left}")
    (folder / "target.h5").write_bytes(b"old")
    (folder / "link.h5").symlink_to("target.h5")
    one_message(run(folder, *RUN, "link.h5", code=2), "link.h5", "is there already")
    run(folder, *RUN, "link.h5", "--force")
    expect((folder / "link.h5").is_symlink() and bytes_of(folder / "target.h5") == whole, "a link is not followed")
    (folder / "dangling.h5").symlink_to("absent.h5")
    run(folder, *RUN, "dangling.h5")
    expect(bytes_of(folder / "dangling.h5") == whole, "a link to nothing")
    for length in (235, 250, 260):
        name = "n" * (length - 3) + ".h5"
        said = subprocess.run([COMMAND, *RUN, name], cwd=folder, capture_output=True, text=True)
        if length == 235:
            expect(said.returncode == 0 and bytes_of(folder / name) == whole, f"name of {length} bytes: {said.stderr}")
        else:
            expect(said.returncode in (2, 4), f"name of {length} bytes: {said.returncode}")
            one_message(said.stderr, os.strerror(36))
        expect(length == 235 or list(folder.glob("nnnn*")) in ([], [folder / ("n" * 232 + ".h5")]), "leftovers of a long name")
    (folder / "locked.h5.parts").write_bytes(b"a file where the folder should be")
    said = run(folder, *RUN, "locked.h5", code=2)
    one_message(said, "locked.h5.parts")


def check_limit(folder, whole):
    """RLIMIT_FSIZE raises a signal that ends a program unless it is ignored."""
    def limited():
        resource.setrlimit(resource.RLIMIT_FSIZE, (40000, 40000))
    done = subprocess.run([COMMAND, *RUN, "limit.h5"], cwd=folder, capture_output=True, text=True, preexec_fn=limited)
    expect(done.returncode == 4, f"limit of the size of files: {done.returncode}")
    one_message(done.stderr, "limit.h5", os.strerror(27))
    run(folder, *RUN, "limit.h5", "--resume")
    expect(bytes_of(folder / "limit.h5") == whole, "limit of the size of files: other bytes")


# ---- Standard output ------------------------------------------------------------------------------------------------------


def check_output(folder, whole):
    """The table cannot be printed; the file is whole all the same."""
    run(folder, "run", "small.yaml", "-n", "8", "-q", "-o", "in.h5", "--force")
    commands = {"run": [*RUN, "out.h5", "--force"], "merge": ["merge", "out.h5", "--force"],
                "sweep": ["sweep", "sweep.yaml", "-q", "-o", "sweep-out.h5", "--force"],
                "report": ["report", "in.h5", "-o", "page.html"], "list": ["list", "parameters"]}
    outcomes = {}
    for name, arguments in commands.items():
        written = {"run": "out.h5", "merge": "out.h5", "sweep": "sweep-out.h5", "report": "page.html"}.get(name)
        expected = None
        for how in ("open", ">&-", "> /dev/full", "| true"):
            if name == "merge":
                run(folder, *SMALL, "-q", "-o", "out.h5", "--force", "--shard", "1/1")
            line = " ".join(f"'{word}'" for word in [COMMAND, *arguments])
            redirected = line if how == "open" else f"set -o pipefail; ({line}; echo $? > code) {how}" if how[0] == "|" else f"{line} {how}"
            done = subprocess.run(["bash", "-c", redirected], cwd=folder, capture_output=True, text=True)
            code = int((folder / "code").read_text()) if how[0] == "|" else done.returncode
            outcomes[name, how] = code
            if written:
                expected = expected or bytes_of(folder / written)
                expect(expected is not None and bytes_of(folder / written) == expected, f"{name} {how}: {written} is not whole")
                expect(left_in(folder, written) == [], f"{name} {how}: leaves {left_in(folder, written)}")
            prints = name != "report"
            if how in (">&-", "> /dev/full") and prints:
                expect(code == 4, f"{name} {how}: {code}")
                expect(done.stderr.count("\n") == 1 and "cannot write" in done.stderr, f"{name} {how}: {done.stderr!r}")
            elif how == "| true":
                expect(code in (0, 4, 141), f"{name} {how}: {code}")
            else:
                expect(code == (0 if how == "open" or not prints else 4) or not prints, f"{name} {how}: {code}")
    expect(bytes_of(folder / "out.h5") == whole, "the file is another where the table cannot be printed")
    return outcomes


SWEEP = """name: doses
trial: small.yaml
patients: 4
seed: 2
arm: both
vary:
  - {name: dose, set: treatments/rt/radiotherapy, from: 1 Gy, to: 10 Gy, step: 3 Gy}
endpoints: [mean_change]
"""


def check_all(folder):
    (folder / "small.yaml").write_text(TRIAL.replace("{radiotherapy: 8 Gy", "{id: rt, radiotherapy: 8 Gy"))
    (folder / "sweep.yaml").write_text(SWEEP)
    run(folder, *RUN, "whole.h5")
    whole = (folder / "whole.h5").read_bytes()
    said = check_disks(folder, whole)
    check_places(folder, whole)
    check_vanishing(folder)
    check_limit(folder, whole)
    outcomes = check_output(folder, whole)
    return f"{PATIENTS} patients; {said}; exit codes {outcomes}"


with tempfile.TemporaryDirectory() as name:
    said = ""
    try:
        said = check_all(pathlib.Path(name))
    except OSError as error:  # a file that should be there is not: what went wrong before says why
        expect(False, str(error))
finish(said, 60)
