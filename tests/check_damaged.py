"""Result files with bytes changed anywhere, HDF5's own structures included, on which version 1.10.8 of HDF5 itself crashes:
every command that reads one ends with one message and exit code 2, or shows a file that is still whole.

Exit 77 without h5py."""

import os
import pathlib
import random
import resource
import subprocess
import sys
import tempfile

COMMAND = os.environ["ABSCOPAL_COMMAND"]
ROOT = pathlib.Path(os.environ["ABSCOPAL_SOURCE_DIR"]).resolve()
FILES = int(sys.argv[1]) if len(sys.argv) > 1 else 40

problems = []
ends = {}


def limit():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def expect_end(label, path, *call):
    done = subprocess.run([COMMAND, *map(str, call)], capture_output=True, check=False, timeout=120, preexec_fn=limit)
    said = done.stderr.decode(errors="replace").splitlines()
    if done.returncode == 2:
        good = len(said) == 1 and said[0].startswith(str(path)) and not done.stdout
    else:
        good = done.returncode == 0 or (done.returncode == 6 and call[0] == "verify")
    what = said[0].split(": ", 1)[1].split(":")[0][:60] if done.returncode == 2 and said else "read"
    if "crashed" in "".join(said):
        what = "crashed"
    ends[what] = ends.get(what, 0) + 1
    if not good:
        problems.append(f"{label}: {call[0]} ended with {done.returncode}: {said}")


def changed(data, numbers):
    """A few bytes anywhere; half of the time next to one of HDF5's structures, where most changes matter."""
    changed_data = bytearray(data)
    signatures = [i for word in (b"GCOL", b"OHDR", b"TREE", b"SNOD", b"HEAP", b"FRHP", b"FHDB", b"BTHD", b"BTLF", b"OCHK")
                  for i in range(len(data)) if data.startswith(word, i)]
    for _ in range(numbers.choice([1, 1, 4, 16])):
        if numbers.random() < 0.5:
            place = min(numbers.choice(signatures) + numbers.randrange(4, 200), len(data) - 1)
        else:
            place = numbers.randrange(len(data))
        changed_data[place] = numbers.choice([0, 1, 0x7f, 0xff, numbers.randrange(256)])
    return bytes(changed_data)


with tempfile.TemporaryDirectory() as name:
    good, path = pathlib.Path(name) / "good.h5", pathlib.Path(name) / "damaged.h5"
    page = pathlib.Path(name) / "page.html"
    subprocess.run([COMMAND, "run", ROOT / "tests/data/cli-trial.yaml", "-n", "3", "-q", "-o", good], check=True,
                   stdout=subprocess.DEVNULL)
    data = good.read_bytes()
    for seed in range(FILES):
        path.write_bytes(changed(data, random.Random(seed)))
        expect_end(seed, path, "inspect", path)
        expect_end(seed, path, "report", path, "-o", page)
        expect_end(seed, path, "verify", path, "-q")
        expect_end(seed, path, "plot", path, "--patient", 1, "-o", page)

for problem in problems:
    print(problem)
print(f"{FILES} files, {len(problems)} problems; how calls ended: "
      f"{', '.join(f'{count} {what}' for what, count in sorted(ends.items(), key=lambda item: -item[1]))}")
sys.exit(1 if problems else 0)
