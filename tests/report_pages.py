"""Pages and scripts of reports from hand-written data, for the checks of what they draw."""

import json
import os
import pathlib
import re
import subprocess

SOURCE = pathlib.Path(os.environ["ABSCOPAL_SOURCE_DIR"]).resolve()
PROGRAM = pathlib.Path(os.environ["ABSCOPAL_BUILD_DIR"]) / "tests" / "write_report_page"
FOLDER = SOURCE / "results" / "report"
DATA = sorted((SOURCE / "tests" / "data").glob("report-*.json"))


def name_of(path):
    """trial for report-trial.json."""
    return path.stem.removeprefix("report-")


def load(path):
    """Data of a report."""
    return json.loads(path.read_text())


def written(what, data=b""):
    """Bytes of a page, of the script of figures with its data, or of the script without."""
    return subprocess.run([PROGRAM, what], input=data, stdout=subprocess.PIPE, check=True).stdout


def part_of_page(page, pattern):
    """What a pattern finds in the text of a page; it must find one."""
    found = re.findall(pattern, page, flags=re.DOTALL)
    if len(found) != 1:
        raise AssertionError(f"{len(found)} of {pattern}")
    return found[0]
