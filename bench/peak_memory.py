#!/usr/bin/python3
"""Peak memory of runs into a file, and of merging their blocks, by the number of patients (docs/running.md).

A short trial, two arms of 84 days without courses, is run with its outcome table; then once more as a shard, whose
blocks `abscopal merge` puts together. Peak memory is the largest resident set that the system has seen (ru_maxrss).
"""

import argparse
import os
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
TRIAL = """name: two short arms
model: nsclc
cohort: {cohort}
until: 84 d
imaging: {{every: 42 d}}
arms:
  - name: nivolumab
    treatments:
      - {{drug: nivolumab, dose: 240 mg, start: 0 d, every: 14 d, doses: 6, over: 30 min}}
  - name: 8 Gy x 3 with nivolumab
    treatments:
      - {{radiotherapy: 8 Gy, fractions: 3, start: 0 d, every: 2 d, lesions: largest}}
      - {{drug: nivolumab, dose: 240 mg, start: 0 d, every: 14 d, doses: 6, over: 30 min}}
"""


def peak_megabytes(command):
    """Of a command that has to succeed."""
    with open(os.devnull, "w") as nowhere:
        process = subprocess.Popen(command, stdout=nowhere, stderr=nowhere,
                                   env=dict(os.environ, ABSCOPAL_FOLDERS=str(ROOT)))
        _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"failed: {' '.join(command)}")
    return usage.ru_maxrss * 1024 / 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--abscopal", default=str(ROOT / "build/release/abscopal"), help="the program")
    parser.add_argument("--patients", type=int, nargs="+", default=[1000, 10000, 100000])
    arguments = parser.parse_args()
    print(f"{'patients':>10} {'run, MB':>9} {'merge, MB':>10}")
    with tempfile.TemporaryDirectory(prefix="abscopal-memory-") as folder:
        trial = pathlib.Path(folder, "short.yaml")
        trial.write_text(TRIAL.format(cohort=ROOT / "cohorts/advanced-nsclc.yaml"))
        for patients in arguments.patients:
            output = str(pathlib.Path(folder, "out.h5"))
            run = [arguments.abscopal, "run", str(trial), "-n", str(patients), "--courses", "off", "-o", output]
            whole = peak_megabytes(run + ["--force"])
            os.remove(output)
            peak_megabytes(run + ["--shard", "1/1"])
            merged = peak_megabytes([arguments.abscopal, "merge", output, "--force"])
            print(f"{patients:10} {whole:9.1f} {merged:10.1f}", flush=True)


if __name__ == "__main__":
    main()
