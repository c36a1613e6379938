#!/usr/bin/env python3
"""What common patients are worth: the standard error of a difference from the reference, paired and not.

Runs a sweep file with one seed after another. Paired: the spread, over seeds, of the difference between a point and the
reference that have the same patients. Not paired: that between a point of one seed and the reference of the next. Both
are empirical; beside them stands what the file's interval of the paired difference says, and Newcombe's of two
independent shares: half of its width over 1.96, as a mean over seeds.

Usage: bench/pairing.py ABSCOPAL SWEEP.yaml [--patients 200] [--seeds 40] [--endpoint best_response_rate]
"""
import argparse
import pathlib
import subprocess
import tempfile

import h5py
import numpy

Z = 1.959963984540054


def newcombe(first, second):
    """Half of the width of the interval of a difference of two independent shares, each (share, lower, upper)."""
    (p, lower, upper), (q, other_lower, other_upper) = first, second
    below = numpy.hypot(p - lower, other_upper - q)
    above = numpy.hypot(upper - p, q - other_lower)
    return (below + above) / 2


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("sweep", type=pathlib.Path)
    parser.add_argument("--patients", type=int, default=200)
    parser.add_argument("--seeds", type=int, default=40)
    parser.add_argument("--endpoint", default="best_response_rate")
    arguments = parser.parse_args()
    label = arguments.endpoint
    values, references, paired_said, free_said = [], [], [], []
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "sweep.h5"
        for seed in range(1, arguments.seeds + 1):
            subprocess.run([str(arguments.program), "sweep", str(arguments.sweep), "-n", str(arguments.patients), "-s",
                            str(seed), "-q", "-o", str(path)], stdout=subprocess.DEVNULL, check=True)
            with h5py.File(path) as results:
                get = lambda name: results[name][()]
                values.append(get(label).ravel())
                references.append(get(f"{label}_reference"))
                paired_said.append((get(f"{label}_difference_upper") - get(f"{label}_difference_lower")).ravel() / 2 / Z)
                reference = [get(f"{label}_reference{part}") for part in ("", "_lower", "_upper")]
                point = [get(f"{label}{part}").ravel() for part in ("", "_lower", "_upper")]
                free_said.append(newcombe(point, reference) / Z)
    values, references = numpy.array(values), numpy.array(references)
    paired = (values - references[:, None]).std(axis=0, ddof=1)
    free = (values - numpy.roll(references, 1)[:, None]).std(axis=0, ddof=1)
    said, free_said = numpy.mean(paired_said, axis=0), numpy.mean(free_said, axis=0)
    spread = 1 / numpy.sqrt(2 * (arguments.seeds - 1))
    print(f"{label}, {arguments.patients} patients, {arguments.seeds} seeds, {values.shape[1]} points; standard errors in "
          f"points of per cent, each empirical one known to {100 * spread:.0f} %")
    for name, numbers in (("paired, over seeds", paired), ("paired, as the file says", said),
                          ("not paired, over seeds", free), ("not paired, by Newcombe", free_said)):
        print(f"  {name:26} median {100 * numpy.median(numbers):5.2f}, from {100 * numbers.min():5.2f} to "
              f"{100 * numbers.max():5.2f}")
    some = paired > 0  # where no patient differs from the reference there is nothing to save
    print(f"  without pairing {numpy.median((free[some] / paired[some]) ** 2):.2f} times as many patients would be needed "
          "(median)")


main()
