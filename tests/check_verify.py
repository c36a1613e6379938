"""`abscopal verify` says of a good file that it is the same, finds what was changed in another, and refuses others.

Exit 77 without h5py."""

import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import h5py
except ImportError as error:
    print(f"skipped: {error.name} is not installed (python3-h5py)")
    sys.exit(77)

COMMAND = os.environ["ABSCOPAL_COMMAND"]
ROOT = pathlib.Path(os.environ["ABSCOPAL_SOURCE_DIR"]).resolve()

problems = []


def expect(code, text, *words):
    call = subprocess.run([COMMAND, "verify", *map(str, words)], capture_output=True, text=True, check=False)
    said = call.stdout if code in (0, 6) else call.stderr
    if call.returncode != code or text not in said:
        problems.append(f"verify {words}: {call.returncode} rather than {code}, or no '{text}' in\n{said}{call.stderr}")
    if (code in (0, 6)) != ("Research use only" in call.stdout):
        problems.append(f"verify {words}: 'Research use only' is missing, or there for nothing")
    return said


with tempfile.TemporaryDirectory() as name:
    path = pathlib.Path(name) / "outcomes.h5"
    subprocess.run([COMMAND, "run", ROOT / "tests/data/cli-trial.yaml", "-n", "30", "-q", "-o", path], check=True,
                   stdout=subprocess.DEVNULL)
    bytes_of_run = path.read_bytes()
    expect(0, "20 of 30 patients run again, 1 arm: every value the same to the bit", path, "-q")
    expect(0, "30 of 30 patients run again, 1 arm: every value the same to the bit", path, "-q", "--all")
    expect(0, "1 of 30 patients run again", path, "-q", "--patient", "7", "-j", "1")
    expect(0, "5 of 30 patients run again", path, "-q", "-n", "5", "--sample-seed", "3")
    expect(2, "has no patient 31; it holds 1 to 30", path, "-q", "--patient", "31")
    expect(2, "write one of --patients, --patient and --all", path, "--all", "-n", "5")
    expect(2, "not an HDF5 file", ROOT / "README.md", "-q")
    if path.read_bytes() != bytes_of_run:
        problems.append("verify changed the file")

    with h5py.File(path, "r+") as file:
        value = file["growth_days"][6]
        file["growth_days"][6] = value + 0.5
    said = expect(6, "1 of ", path, "-q", "--all")
    row = [line.split() for line in said.splitlines() if line.startswith("growth_days")]
    if not row or row[0][1:4] != ["1", "of", "30"] or "7" not in row[0] or f"{value + 0.5:.17g}" not in row[0]:
        problems.append(f"no row of the changed growth days of patient 7 in\n{said}")
    expect(6, "DIFFER", path, "-q", "--patient", "7")
    expect(0, "every value the same to the bit", path, "-q", "--patient", "8")

for problem in problems:
    print(problem)
sys.exit(1 if problems else 0)
