#!/usr/bin/python3
"""Do the two engines agree? The six-arm trial with either engine, response by response and diameter by diameter.

    bench/agreement.py ABSCOPAL [PATIENTS [RTOL_OF_CVODE [RTOL_OF_BATCH]]]

ABSCOPAL is the built command. Unless said otherwise 1000 patients are run with `cvode`, the reference, at a relative
tolerance of 1e-8 (minutes on two cores) and with `batch` at the default 1e-6: what is compared is the error of `batch`, not
the sum of both. Prints how long either engine took, how many patient-arms have the same best overall response, every one
that has not, with its distance to the nearest limit of RECIST at the first visit that differs, and how far diameters
differ: relative to the diameter, or to 2 mm (the detection limit) for smaller lesions. The exit code is 1 unless at least
99.9 % have the same best overall response, the exceptions lie within 0.5 % of a limit, and diameters differ by less than
1e-4. Needs h5py and NumPy.
"""
import os
import subprocess
import sys
import tempfile
import time

import h5py
import numpy

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
TRIAL = os.path.join(SOURCE, "protocols", "nivolumab-rt-six-arms.yaml")
ENGINES = {"cvode": 1e-8, "batch": 1e-6}  # and their tolerances
RESPONSES = ("CR", "PR", "SD", "PD", "NE")
DETECTION_LIMIT_MM = 2.0
LEAST_SAME, LARGEST_DISTANCE, LARGEST_DIFFERENCE = 0.999, 0.005, 1e-4


def run(command, engine, patients, tolerance, folder):
    results = os.path.join(folder, engine + ".h5")
    start = time.monotonic()
    subprocess.run([command, "run", TRIAL, "-n", str(patients), "--rtol", str(tolerance), "--engine", engine,
                    "-o", results, "--quiet", "--max-failures", "100%"], check=True, stdout=subprocess.DEVNULL)
    seconds = time.monotonic() - start
    with h5py.File(results) as file:
        values = {name: file[name][...] for name in ("status", "patient_status", "best_response", "response", "diameter",
                                                     "growth_days", "patient", "arm")}
    print(f"{engine} at {tolerance:g}: {patients} patients in {seconds:.1f} s, {int((values['patient_status'] == 1).sum())} not plausible, "
          f"{int((values['patient_status'] == 2).sum())} not integrated", flush=True)
    return values


def distance_to_limit(diameters, visit):
    """How far a visit is from the nearest limit between two responses, as a share of that limit. diameters: visits x
    lesions of one patient in one arm, without missing ones."""
    sums = diameters.sum(axis=1)
    nadir = sums[:visit].min()
    quotients = (diameters[visit].max() / DETECTION_LIMIT_MM, sums[visit] / max(1.2 * nadir, nadir + 5),
                 sums[visit] / (0.7 * sums[0]))
    return min(abs(quotient - 1) for quotient in quotients)


def list_exceptions(reference, other, completed):
    """Prints patient-arms whose best overall response differs; returns how many there are and the largest distance."""
    rows = numpy.argwhere(completed & (reference["best_response"] != other["best_response"]))
    largest = 0.0
    for arm, patient in rows:
        differs = reference["response"][arm, patient] != other["response"][arm, patient]
        visit = int(numpy.argmax(differs))
        diameters = reference["diameter"][arm, patient]
        distance = distance_to_limit(diameters[:, ~numpy.isnan(diameters[0])], visit)
        largest = max(largest, distance)
        best = [RESPONSES[values["best_response"][arm, patient]] for values in (reference, other)]
        print(f"  patient {reference['patient'][patient]}, arm {reference['arm'][arm].decode()!r}: {best[0]} with cvode, "
              f"{best[1]} with batch; at visit {visit} {100 * distance:.4f} % from a limit")
    return len(rows), largest


def main():
    if not 2 <= len(sys.argv) <= 5:
        sys.exit(__doc__)
    patients = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    tolerances = [float(text) for text in sys.argv[3:]] + list(ENGINES.values())[len(sys.argv[3:]):]
    with tempfile.TemporaryDirectory() as folder:
        reference, other = (run(os.path.abspath(sys.argv[1]), engine, patients, tolerance, folder)
                            for engine, tolerance in zip(ENGINES, tolerances))
    if not (reference["patient_status"] == other["patient_status"]).all():
        unlike = reference["patient"][reference["patient_status"] != other["patient_status"]]
        print(f"patients with another status: {', '.join(map(str, unlike))}")
    completed = (reference["status"] == 0) & (other["status"] == 0)
    exceptions, distance = list_exceptions(reference, other, completed)
    same = 1 - exceptions / completed.sum()
    print(f"best overall response the same in {completed.sum() - exceptions} of {completed.sum()} patient-arms "
          f"({100 * same:.3f} %); the others within {100 * distance:.3f} % of a limit")
    a, b = reference["diameter"][completed], other["diameter"][completed]
    differences = numpy.abs(a - b) / numpy.maximum(a, DETECTION_LIMIT_MM)
    differences = differences[~numpy.isnan(differences)]
    shares = ", ".join(f"{share:g} %: {numpy.percentile(differences, share):.1e}" for share in (50, 99, 99.9, 100))
    print(f"diameters differ by at most, in {shares} of {differences.size}")
    growth = numpy.nanmax(numpy.abs(reference["growth_days"] / other["growth_days"] - 1))
    print(f"days of growth differ by at most {growth:.1e}")
    agree = (same >= LEAST_SAME and distance <= LARGEST_DISTANCE and differences.max() < LARGEST_DIFFERENCE and
             (reference["patient_status"] == other["patient_status"]).all())
    print("the engines agree" if agree else "the engines do not agree as they should")
    sys.exit(not agree)


main()
