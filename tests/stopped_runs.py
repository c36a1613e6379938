"""What the checks of stopped runs share: a run in sixteen blocks, starting one and stopping it, and what is in a folder."""

import pathlib
import shutil
import subprocess
import time

from sweep_checks import COHORT, COMMAND

PATIENTS, BLOCK, BLOCKS = 64, 4, 16
TRIAL = f"""name: small
model: nsclc
cohort: {COHORT}
until: 160 d
imaging: {{every: 40 d}}
arms:
  - {{name: alone, treatments: [{{drug: nivolumab, dose: 240 mg, start: 0 d}}]}}
  - {{name: both, treatments: [{{radiotherapy: 8 Gy, start: 0 d}}, {{drug: nivolumab, dose: 240 mg, start: 0 d}}]}}
"""
SMALL = ["run", "small.yaml", "-n", str(PATIENTS), "--block", str(BLOCK)]


def start(folder, arguments, output, *more):
    return subprocess.Popen([COMMAND, *arguments, "-o", output, *more], cwd=folder, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True)


def blocks_there(folder, output):
    return len(list((folder / f"{output}.parts").glob("block-??????.h5")))


def stop(process, folder, output, blocks, how):
    """Stops a run as soon as so many blocks are there; how many were there then, or -1 if it was not stopped in time."""
    while process.poll() is None and blocks_there(folder, output) < blocks:
        time.sleep(0.0005)
    process.send_signal(how)
    process.wait()
    return blocks_there(folder, output) if (folder / f"{output}.parts").exists() else -1


def bytes_of(path):
    return path.read_bytes() if path.exists() else None


def contents(folder):
    """Of all in a folder and below: name, bytes and when it was changed."""
    return {path.relative_to(folder): (path.read_bytes() if path.is_file() else None, path.stat().st_mtime_ns)
            for path in sorted(folder.rglob("*"))}


def left_in(folder, output):
    """What a run of that output has left beside it."""
    return sorted(path.name for path in folder.glob(f"{output}?*"))


def copy_parts(folder, source, target):
    shutil.rmtree(folder / f"{target}.parts", ignore_errors=True)
    (folder / target).unlink(missing_ok=True)
    shutil.copytree(folder / f"{source}.parts", folder / f"{target}.parts")
    return pathlib.Path(folder / f"{target}.parts")
