"""The files of the project that checks of the source look at."""

import os
import pathlib
import sys

ROOT = pathlib.Path(os.environ["ABSCOPAL_SOURCE_DIR"]).resolve()
CODE_FOLDERS = ("protocols", "cohorts", "model", "solver", "trial", "results", "cli", "include", "tests", "bench")


def files(*suffixes, folders=CODE_FOLDERS):
    """Paths relative to the root, sorted. What stands in a folder named vendor is not ours."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*")
             if path.suffix in suffixes and "vendor" not in path.parts)
    paths = sorted(path.relative_to(ROOT) for path in found)
    if not paths:
        sys.exit(f"no {suffixes} files below {ROOT}: nothing was checked")
    return paths


def finish(problems, checked):
    """Prints the problems and ends the check."""
    for problem in problems:
        print(problem)
    print(f"{checked} checked, {len(problems)} problems")
    sys.exit(1 if problems else 0)
