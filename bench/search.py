#!/usr/bin/env python3
"""Whether a search finds the best of a grid with a tenth of its evaluations.

For each seed the sweep file's grid is run whole (`abscopal sweep`), and searched (`abscopal optimize`) with as many
points as its `optimize` allows. The search has found the grid's best when its own best lies within the 95 % interval of
the best, or cannot be told from it by the paired difference, which is the stricter of the two. Prints a line for each
seed.

Usage: bench/search.py ABSCOPAL SWEEP.yaml [--seeds 1 2 3] [--patients 1000] [--keep DIR]
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile
import time

import h5py
import numpy
import yaml


def run(arguments):
    started = time.monotonic()
    done = subprocess.run([str(argument) for argument in arguments], stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout, time.monotonic() - started



def texts(values):
    return [value.decode() if isinstance(value, bytes) else value for value in values]


def grid_index(grid, label, point):
    """Where a point of a search lies in the grid: `point` maps axes to values."""
    index = []
    for i in range(grid[label].ndim):
        scale = grid[label].dims[i][0]
        name = scale.name.strip("/")
        values = texts(scale[()]) if scale.dtype.kind == "O" else scale[()]
        index.append(list(values).index(point[name]))
    return tuple(index)


def compare(grid_path, search_path, label, low_is_better):
    sign = -1 if low_is_better else 1
    with h5py.File(grid_path) as grid, h5py.File(search_path) as search:
        values = sign * grid[label][()]
        best = numpy.unravel_index(numpy.nanargmax(values), values.shape)
        found = search[label][()]
        place = int(numpy.nanargmax(sign * found))
        names = [grid[label].dims[i][0].name.strip("/") for i in range(grid[label].ndim)]
        point = {name: texts([search[name][place]])[0] for name in names}
        here = grid_index(grid, label, point)
        limit = grid[f"{label}_lower" if sign > 0 else f"{label}_upper"][best]
        patients = grid[f"patient_{label}"]
        difference = patients[best] - patients[here]
        difference = difference[~numpy.isnan(difference)]
        error = difference.std(ddof=1) / numpy.sqrt(difference.size)
        return {"grid": values.size, "run": found.size, "best": grid[label][best], "limit": limit,
                "found": grid[label][here], "difference": difference.mean(), "error": error, "at": point,
                "best_at": {name: texts([grid[name][i]])[0] for name, i in zip(names, best)}}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("sweep", type=pathlib.Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--patients", type=int, default=1000)
    parser.add_argument("--keep", type=pathlib.Path)
    arguments = parser.parse_args()
    wanted = yaml.safe_load(arguments.sweep.read_text())["optimize"]["endpoint"]
    low_is_better = wanted.startswith(("mean_change", "mean_best_change", "progressive", "hazard"))
    missed = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.keep or pathlib.Path(scratch)
        folder.mkdir(exist_ok=True)
        for seed in arguments.seeds:
            grid, search = folder / f"grid-{seed}.h5", folder / f"search-{seed}.h5"
            options = ["-n", arguments.patients, "-s", seed, "-q"]
            _, sweep_seconds = run([arguments.program, "sweep", arguments.sweep, *options, "-o", grid])
            table, search_seconds = run([arguments.program, "optimize", arguments.sweep, *options, "-o", search])
            (folder / f"search-{seed}.txt").write_text(table)
            said = compare(grid, search, wanted, low_is_better)
            within = said["found"] <= said["limit"] if low_is_better else said["found"] >= said["limit"]
            alike = abs(said["difference"]) <= 1.96 * said["error"]
            missed += not within
            print(f"seed {seed}: grid of {said['grid']} points ({sweep_seconds:.1f} s) has {said['best']:.4f} at "
                  f"{said['best_at']}, limit {said['limit']:.4f}; {said['run']} points searched "
                  f"({search_seconds:.1f} s, check on fresh patients included) have {said['found']:.4f} at {said['at']}: "
                  f"{'within' if within else 'NOT within'} the interval, paired difference {said['difference']:.4f} "
                  f"(SE {said['error']:.4f}): {'not to be told from' if alike else 'less than'} the best", flush=True)
    return missed > 0


sys.exit(main())
