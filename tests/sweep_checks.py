"""What the checks of sweeps and of stopped runs share: the command, and statements that hold or do not. Importing it ends a check with 77 where
h5py, NumPy or SciPy is not installed."""

import os
import pathlib
import subprocess
import sys

try:
    import h5py  # noqa: F401
    import numpy  # noqa: F401
    import scipy  # noqa: F401
except ImportError as error:
    print(f"skipped: {error.name} is not installed (python3-h5py, python3-numpy, python3-scipy)")
    sys.exit(77)

COMMAND = os.environ["ABSCOPAL_COMMAND"]
ROOT = pathlib.Path(os.environ["ABSCOPAL_SOURCE_DIR"]).resolve()
COHORT = ROOT / "tests" / "data" / "set-c-cohort.yaml"
problems = []
held = 0


def expect(condition, text):
    global held
    if condition:
        held += 1
    else:
        problems.append(text)


def run(folder, *arguments, code=0):
    """Output and errors of the command, run in that folder, which is to end with that code."""
    done = subprocess.run([COMMAND, *arguments], capture_output=True, text=True, cwd=folder)
    expect(done.returncode == code, f"abscopal {' '.join(map(str, arguments))}: {done.returncode}: {done.stderr}")
    return done.stdout + done.stderr


def finish(summary, least):
    """Ends the check, which is to have held so many statements at least."""
    expect(held >= least, f"only {held} statements held")
    print("\n".join(problems[:40]) or f"{held} statements hold; {summary}")
    sys.exit(1 if problems else 0)
