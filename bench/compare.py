#!/usr/bin/python3
"""abscopal beside what a user would pick instead: time and error of part A of the model (bench/README.md).

Every solver runs once in each round, one after the other on the same processor; the table shows the median of the
rounds. The error is the largest relative one in tumour volume over the 401 daily outputs.
"""
import argparse

import common


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    common.add_options(parser, repeats=5)
    common.add_solver_options(parser)
    parser.add_argument("--tolerance", type=float, default=1e-6, help="relative tolerance (default 1e-6)")
    return parser.parse_args()


def run_rounds(solvers, options):
    """Measurements of each solver that did not fail, by name."""
    measurements = {solver.name: [] for solver in solvers}
    for _ in range(options.repeats):
        for solver in solvers:
            one = common.measure(solver, options, options.tolerance)
            if one is not None:
                measurements[solver.name].append(one)
    return {name: done for name, done in measurements.items() if done}


def count(number):
    return "" if number is None else f"{number:.0f}"


def print_table(rows):
    ours = [row for row in rows if row["name"] in ("abscopal-batch", "abscopal-cvode")]
    names = [row["name"].replace("abscopal-", "") for row in ours]
    print("| solver | ms per patient | lowest to highest | error | steps | right-hand sides | " +
          "".join(f"times {name} | " for name in names) + "settings |")
    print("| --- " * (7 + len(ours)) + "|")
    for row in sorted(rows, key=lambda row: row["ms_per_patient"]):
        ratios = "".join(f"{row['ms_per_patient'] / one['ms_per_patient']:.3g} | " for one in ours)
        print(f"| {row['label']} | {row['ms_per_patient']:.3g} | {row['ms_lowest']:.3g} to {row['ms_highest']:.3g} | "
              f"{row['error']:.1e} | {count(row['steps'])} | {count(row['right_hand_sides'])} | {ratios}"
              f"{row['settings']}; {row['detail']} |")


def main():
    options = parse()
    if options.list:
        common.list_solvers()
        return
    common.build(options)
    print(common.run([common.program(options, "part_a_check")]), end="")
    machine = common.machine()
    common.print_machine(machine)
    solvers = common.choose_solvers(options)
    exact, distance = common.reference(options)
    if distance is not None:
        print(f"reference: CVODE at 1e-11, from which Radau at 1e-11 is {distance:.1e} away")
    measurements = run_rounds(solvers, options)
    rows = [dict(name=solver.name, label=solver.label, settings=solver.settings,
                 **common.summary(measurements[solver.name], exact, options.clock))
            for solver in solvers if solver.name in measurements]
    print(f"part A, 400 days, a dose every 14 days, daily output, relative tolerance {options.tolerance:g}, "
          f"median of {options.repeats}\n")
    print_table(rows)
    common.warn_if_busy(rows, options.clock)
    common.write_json(options.json, {"machine": machine, "clock": options.clock, "tolerance": options.tolerance,
                                     "reference_distance": distance, "rows": rows})


if __name__ == "__main__":
    main()
