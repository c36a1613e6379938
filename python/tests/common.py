"""Where the tests find the command and the source, and results that many of them look at."""

import functools
import os
import pathlib
import subprocess

import abscopal

ROOT = pathlib.Path(os.environ.get("ABSCOPAL_SOURCE_DIR", pathlib.Path(__file__).parents[2])).resolve()
COMMAND = os.environ.get("ABSCOPAL_COMMAND", str(ROOT / "build/release/abscopal"))
SIX_ARMS = "protocols/nivolumab-rt-six-arms.yaml"
PATIENTS = 24  # of whom some are not plausible

# Two visits and few days: quick. Its cohort stands beside it.
SHORT = ROOT / "tests/data/cli-trial.yaml"


def command(*arguments: object) -> str:
    """What the command prints."""
    return subprocess.run([COMMAND, *map(str, arguments)], check=True, capture_output=True, text=True, cwd=ROOT).stdout


@functools.lru_cache(maxsize=None)
def six_arms() -> abscopal.Results:
    """The six arms with a few patients and courses every week, as the command keeps them."""
    return abscopal.run(ROOT / SIX_ARMS, patients=PATIENTS, seed=5, course_every_days=7)
