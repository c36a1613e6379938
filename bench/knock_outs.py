#!/usr/bin/python3
"""What each part of the biology does: the six-arm trial with each model option off in turn.

    bench/knock_outs.py ABSCOPAL [PATIENTS]

ABSCOPAL is the built command; 300 patients unless said otherwise (about a minute each row on two cores). For every option
and arm it prints the best overall response, and after the bar the out-of-field response: at least 30 % less in the sum
of the lesions other than the one that is largest at baseline (which radiotherapy hits), at any visit until that sum has
grown by 20 % and 5 mm over its nadir; of patients with at least two lesions. In per cent. Needs h5py and NumPy.
"""
import json
import os
import subprocess
import sys
import tempfile

import h5py
import numpy

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
TRIAL = os.path.join(SOURCE, "protocols", "nivolumab-rt-six-arms.yaml")
COHORTS = os.path.abspath(os.path.join(SOURCE, "cohorts"))


def out_of_field_response(diameters):
    """diameters: visits x lesions of one patient in one arm, without missing ones."""
    target = numpy.argmax(diameters[0])
    others = numpy.delete(diameters, target, axis=1).sum(axis=1)
    nadir = others[0]
    for size in others[1:]:
        if size >= 1.2 * nadir and size - nadir >= 5:
            return False
        if size <= 0.7 * others[0]:
            return True
        nadir = min(nadir, size)
    return False


def run(command, option, patients, folder):
    with open(TRIAL, encoding="utf-8") as file:
        text = file.read().replace("../cohorts", COHORTS)
    if option:
        text = text.replace("\narms:", f"\nmodel_options: {{{option}: off}}\narms:")
    trial, results = os.path.join(folder, "trial.yaml"), os.path.join(folder, "results.h5")
    with open(trial, "w", encoding="utf-8") as file:
        file.write(text)
    subprocess.run([command, "run", trial, "-n", str(patients), "-o", results, "--quiet", "--max-failures", "100%"],
                   env={**os.environ, "ABSCOPAL_FOLDERS": COHORTS}, check=True, stdout=subprocess.DEVNULL)
    row = []
    with h5py.File(results) as file:
        status, best, lesions = file["status"][...], file["best_response"][...], file["lesion_count"][...]
        for arm in range(status.shape[0]):
            completed = status[arm] == 0
            several = numpy.flatnonzero(completed & (lesions > 1))
            outside = [out_of_field_response(file["diameter"][arm, patient, :, : lesions[patient]])
                       for patient in several]
            row.append((100 * numpy.mean(best[arm][completed] <= 1), 100 * numpy.mean(outside)))
        names = [name.decode() if isinstance(name, bytes) else name for name in file["arm"][...]]
        counts = (int((file["patient_status"][...] == 0).sum()), int((file["patient_status"][...] == 2).sum()))
    return names, row, counts


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    command, patients = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) == 3 else 300
    listed = subprocess.run([command, "list", "options", "--format", "json"], check=True, capture_output=True, text=True)
    options = json.loads(listed.stdout)
    options = options["options"] if isinstance(options, dict) else options
    with tempfile.TemporaryDirectory() as folder:
        for option in [None] + [option["name"] for option in options]:
            names, row, (completed, failed) = run(command, option, patients, folder)
            if option is None:
                print("| off | " + " | ".join(names) + " | patients, not integrated |")
                print("| --- " * (len(names) + 2) + "|")
            cells = " | ".join(f"{best:.0f} \\| {outside:.0f}" for best, outside in row)
            print(f"| {option or 'nothing'} | {cells} | {completed}, {failed} |", flush=True)


if __name__ == "__main__":
    main()
