#!/usr/bin/python3
"""Error against time for every solver at relative tolerances from 1e-3 to 1e-9 (part A of the model; bench/README.md).

Absolute tolerances stay as they are. Solvers and tolerances take turns in each round; medians are drawn. Writes
BASE.svg and BASE.png, a table, and JSON when asked to.
"""
import argparse
import os

import common

TOLERANCES = [1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9]
DRAWN = ("abscopal-batch,abscopal-cvode,cvode-klu-O3,cvode-klu,cvode-dense,desolve-lsodes,desolve-lsoda,mrgsolve,"
         "scipy-odeint-exact,scipy-LSODA-exact,scipy-BDF-exact,scipy-Radau-exact")


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    common.add_options(parser, repeats=3)
    common.add_solver_options(parser)
    parser.add_argument("--picture", metavar="BASE", help="where the picture goes (default work_precision in the "
                        "build's folder bench)")
    parser.add_argument("--no-picture", action="store_true", help="draw nothing")
    parser.set_defaults(solvers=DRAWN, seconds=0.2)
    return parser.parse_args()


def run_rounds(solvers, options):
    """Measurements by (name, tolerance)."""
    measurements = {}
    for _ in range(options.repeats):
        for tolerance in TOLERANCES:
            for solver in solvers:
                one = common.measure(solver, options, tolerance)
                if one is not None:
                    measurements.setdefault((solver.name, tolerance), []).append(one)
    return measurements


def print_table(rows, solvers):
    print("| solver | " + " | ".join(f"{tolerance:g}" for tolerance in TOLERANCES) + " |")
    print("| --- " * (len(TOLERANCES) + 1) + "|")
    for solver in solvers:
        cells = []
        for tolerance in TOLERANCES:
            found = [row for row in rows if row["name"] == solver.name and row["tolerance"] == tolerance]
            cells.append(f"{found[0]['ms_per_patient']:.3g} ms, {found[0]['error']:.0e}" if found else "failed")
        print(f"| {solver.label} | " + " | ".join(cells) + " |")


def draw(rows, solvers, base):
    pyplot = common.pyplot()
    figure, axes = pyplot.subplots(figsize=(7.2, 5))
    styles = common.styles([solver.name for solver in solvers])
    for solver, (colour, marker) in zip(solvers, styles, strict=True):
        points = [row for row in rows if row["name"] == solver.name]
        if not points:
            continue
        axes.plot([row["ms_per_patient"] for row in points], [row["error"] for row in points], color=colour,
                  marker=marker, markeredgecolor="white", markeredgewidth=0.7, label=solver.label,
                  linewidth=2.4 if solver.ours else 1.4, zorder=3 if solver.ours else 2)
        default = [row for row in points if row["tolerance"] == 1e-6]
        axes.plot([row["ms_per_patient"] for row in default], [row["error"] for row in default], linestyle="none",
                  marker=marker, markersize=11, markerfacecolor="none", markeredgecolor=colour, zorder=4)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_xlabel("time per patient on one core (ms)")
    axes.set_ylabel("largest relative error in tumour volume")
    axes.set_title("One patient, 400 days, 29 doses, daily output\n"
                   "relative tolerances 1e-3 (top) to 1e-9 (bottom), ringed at 1e-6", fontsize=10, loc="left")
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), fontsize=9)
    common.save_picture(figure, base)


def main():
    options = parse()
    if options.list:
        common.list_solvers()
        return
    common.build(options)
    common.run([common.program(options, "part_a_check")])
    machine = common.machine()
    common.print_machine(machine)
    solvers = common.choose_solvers(options)
    exact, distance = common.reference(options)
    measurements = run_rounds(solvers, options)
    rows = [dict(name=solver.name, label=solver.label, tolerance=tolerance,
                 **common.summary(measurements[solver.name, tolerance], exact, options.clock))
            for solver in solvers for tolerance in TOLERANCES if (solver.name, tolerance) in measurements]
    print_table(rows, solvers)
    common.warn_if_busy(rows, options.clock)
    common.write_json(options.json, {"machine": machine, "clock": options.clock, "reference_distance": distance,
                                     "rows": rows})
    if not options.no_picture:
        draw(rows, solvers, options.picture or os.path.join(options.build, "bench", "work_precision"))


if __name__ == "__main__":
    main()
