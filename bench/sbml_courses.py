"""Exports patients as SBML and compares their courses, simulated from the documents alone, with the program's own:

    bench/sbml_courses.py BUILD [--days 400] [--patients 6 8 ...] [--trial TRIAL.yaml] [--arms ARM ...] [--octave]

Every arm of the six-arm trial, or the arms named of another trial; prints what libSBML says and the largest differences.
With --octave bench/sbml_octave.m simulates (octave, libsbml5-octave), otherwise SciPy (python3-sbml5, python3-scipy)."""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

SOURCE = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(SOURCE / "tests"))

import check_sbml  # noqa: E402

TRIAL = "protocols/nivolumab-rt-six-arms.yaml"
ARMS = ["nivolumab", "30 Gy x 1, then nivolumab", "8 Gy x 3, then nivolumab", "2 Gy x 30 with nivolumab",
        "8 Gy x 3 with nivolumab", "8 Gy x 3 alone"]


def in_octave(folder, days):
    np.savetxt(folder / "days.csv", days)
    subprocess.run(["octave", "--no-gui", "--quiet", SOURCE / "bench/sbml_octave.m", folder / "model.xml",
                    folder / "days.csv", folder / "octave.csv", "1e-8"], check=True)
    names = (folder / "octave.csv").open().readline().strip().split(",")
    table = np.genfromtxt(folder / "octave.csv", delimiter=",", skip_header=1)
    return dict(zip(names, table.T))


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("build")
    arguments.add_argument("--days", type=float, default=400)
    arguments.add_argument("--patients", type=int, nargs="+", default=[6])
    arguments.add_argument("--trial", default=TRIAL)
    arguments.add_argument("--arms", nargs="+")
    arguments.add_argument("--octave", action="store_true")
    asked = arguments.parse_args()
    check_sbml.COMMAND, check_sbml.EVERY_DAYS = str(pathlib.Path(asked.build) / "abscopal"), 10
    arms = asked.arms or (ARMS if asked.trial == TRIAL else [None])
    for patient, arm in [(patient, arm) for patient in asked.patients for arm in arms]:
        failures = []
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            reading, program, _ = check_sbml.export(folder, SOURCE / asked.trial, patient, arm, failures)
            kept = program["time_days"] <= asked.days
            program = {name: values[kept] for name, values in program.items()}
            days = program["time_days"]
            ours = in_octave(folder, days) if asked.octave else check_sbml.simulated(reading, days)
            found = check_sbml.differences(ours, program, days)
            diameters, worst = max(one for one in found if "diameter" in one[1]), max(found)
        lesions = sum(one.endswith("_diameter_mm") for one in program)
        print(f"{asked.trial}, patient {patient} ({lesions} lesions), {arm or 'its arm'}: libSBML "
              f"{'; '.join(failures) or '0 errors, 0 warnings'}; {len(found)} courses over {days[-1]:g} d, diameters "
              f"within {diameters[0]:.2g}, all within {worst[0]:.2g} ({worst[1]})", flush=True)


if __name__ == "__main__":
    main()
