"""`abscopal sweep` stopped by Ctrl-C or killed while it runs: --resume takes the points that were kept, gives the same bytes
as a sweep that was not stopped, and refuses the points of another. Exit 77 without h5py and NumPy."""

import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time

from sweep_checks import COHORT, COMMAND, expect, finish, run

import h5py
import numpy as np

TRIAL = f"""name: small
model: nsclc
cohort: {COHORT}
until: 160 d
imaging: {{every: 40 d}}
arms:
  - {{name: alone, treatments: [{{drug: nivolumab, dose: 240 mg, start: 0 d}}]}}
  - {{name: both, treatments: [{{id: rt, radiotherapy: 8 Gy, start: 0 d}}, {{drug: nivolumab, dose: 240 mg, start: 0 d}}]}}
"""
# Forty points are five chunks.
SWEEP = """name: long
trial: trial.yaml
patients: 12
seed: 2
arm: both
vary:
  - {name: dose, set: treatments/rt/radiotherapy, from: 1 Gy, to: 40 Gy, step: 1 Gy}
endpoints: [mean_change, best_response_rate]
"""


def start_and_stop(folder, output, how):
    """Starts a sweep, and stops it as soon as it has kept points; returns its exit code and what it printed."""
    process = subprocess.Popen([COMMAND, "sweep", "long.yaml", "-o", output, "-j", "1", "-q"], cwd=folder,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    parts = folder / f"{output}.parts"
    while process.poll() is None and not (parts.exists() and any(parts.glob("point-??????"))):
        time.sleep(0.001)
    process.send_signal(how)
    said = "".join(process.communicate())
    return process.returncode, said


def kept(folder, output):
    return {path.name: path.read_bytes() for path in (folder / f"{output}.parts").glob("point-??????")}


def check_stops(folder):
    (folder / "trial.yaml").write_text(TRIAL)
    (folder / "long.yaml").write_text(SWEEP)
    (folder / "other.yaml").write_text(SWEEP.replace("1 Gy, to: 40 Gy", "2 Gy, to: 41 Gy"))
    table = run(folder, "sweep", "long.yaml", "-o", "whole.h5", "-q")
    whole = (folder / "whole.h5").read_bytes()
    expect(not (folder / "whole.h5.parts").exists(), "a finished sweep leaves its parts")
    run(folder, "sweep", "long.yaml", "-o", "again.h5", "-j", "1", "-q")
    expect((folder / "again.h5").read_bytes() == whole, "another number of threads gives another file")

    code, said = start_and_stop(folder, "killed.h5", signal.SIGKILL)
    points = kept(folder, "killed.h5")
    expect(code == -signal.SIGKILL and 0 < len(points) < 40, f"killed: {code}, {len(points)} points kept")
    expect(not (folder / "killed.h5").exists(), "a killed sweep has a file")
    said = run(folder, "sweep", "long.yaml", "-o", "killed.h5", "-q", code=2)
    expect("holds points of a sweep that was stopped; add --resume to go on with it, or remove the folder" in said, said)
    for other in (["other.yaml"], ["long.yaml", "-n", "13"], ["long.yaml", "-s", "3"]):
        said = run(folder, "sweep", *other, "-o", "killed.h5", "--resume", "-q", code=2)
        expect("these points are of another sweep" in said and "remove the folder" in said, said)
    expect(kept(folder, "killed.h5") == points, "a refused sweep changes what is kept")
    # What was kept is taken: a point that is changed shows. One that is cut off is run again, whatever else lies there.
    shutil.copytree(folder / "killed.h5.parts", folder / "changed.h5.parts")
    changed = np.frombuffer(points["point-000000"]).copy()
    changed[0] += 1
    (folder / "changed.h5.parts" / "point-000000").write_bytes(changed.tobytes())
    run(folder, "sweep", "long.yaml", "-o", "changed.h5", "--resume", "-q")
    with h5py.File(folder / "changed.h5") as one, h5py.File(folder / "whole.h5") as other:
        moved = np.argwhere(one["patient_mean_change"][()] != other["patient_mean_change"][()])
        moved = [tuple(place) for place in moved if not np.isnan(other["patient_mean_change"][tuple(place)])]
        expect(moved == [(0, 0)], f"kept points are not taken: {moved}")
    (folder / "killed.h5.parts" / "point-000001").write_bytes(points["point-000000"][:100])
    (folder / "killed.h5.parts" / "point-000002.partial-aBcDeF").write_bytes(b"half")
    expect(run(folder, "sweep", "long.yaml", "-o", "killed.h5", "--resume", "-q") == table, "another table")
    expect((folder / "killed.h5").read_bytes() == whole, "a sweep that was killed and resumed has other bytes")
    expect(not (folder / "killed.h5.parts").exists(), "a resumed sweep leaves its parts")

    code, said = start_and_stop(folder, "stopped.h5", signal.SIGINT)
    expect(code == 130 and 0 < len(kept(folder, "stopped.h5")) < 40, f"Ctrl-C: {code}: {said}")
    found = re.search(r"to go on: abscopal (.*)", said)
    expect(found is not None, f"Ctrl-C: {said}")
    if found:
        run(folder, *found[1].split(), "-q")
        expect((folder / "stopped.h5").read_bytes() == whole, "a sweep that was interrupted and resumed has other bytes")
    run(folder, "sweep", "long.yaml", "--resume", code=2)
    run(folder, "sweep", "long.yaml", "-o", "absent/out.h5", "-q", code=4)
    return f"{len(points)} of 40 points were kept when killed"


with tempfile.TemporaryDirectory() as name:
    said = check_stops(pathlib.Path(name))
finish(said, 25)
