#!/usr/bin/python3
"""Puts measured figures into the tables of docs/performance.md: what stands between <!-- NAME --> and <!-- /NAME -->.

FOLDER holds what the benchmarks wrote with --json: bench.json and six-arms.json (abscopal bench), operations.json
(count_operations.py), precision.json (work_precision.py), compare.json and scaling.json. A table whose file is not
there stays as it is. docs/performance.md names the commands.
"""
import argparse
import json
import os
import re

import common

MANUAL = os.path.join(common.SOURCE, "docs", "performance.md")
PARTS = {"right_hand_sides": "right-hand sides", "jacobians": "Jacobians", "factorisations": "factorisations",
         "solutions": "solutions", "stepping": "sums, norms, step control", "rest": "events, outputs, the rest"}
# Those of count_operations.py, and what they are called in the manual's table.
COUNTED = {"multiply-add": "multiply-add", "multiply": "multiply", "add": "add", "divide": "divide", "move": "move",
           "other vector": "other vector", "whole number": "whole-number", "vector loads": "loads",
           "vector stores": "stores", "operations": "operations"}


def table(head, rows, text_columns=1):
    """A table whose first columns are text and whose others are numbers."""
    rule = ["---"] * text_columns + ["---:"] * (len(head) - text_columns)
    return ["| " + " | ".join(map(str, row)) + " |" for row in [head, rule, *rows]]


def machine_lines(bench):
    machine = bench["machine"]
    return [f"Figures of this page: {machine['processor']}, {machine['processors']} processors, {machine['compiler']}, "
            f"{machine['build_type']},", f"abscopal {machine['version']} ({machine['commit']}), SUNDIALS "
            f"{machine['sundials']}; medians."]


def speed_lines(benches):
    rows = []
    for bench in benches:
        for one in bench["measurements"]:
            ms = one["ms_per_patient"]
            rows.append([bench["workload"]["trial"], one["engine"], one["threads"], f"{one['patients_per_second']:.4g}",
                         f"{ms['median']:.3g}", f"{ms['lowest']:.3g} to {ms['highest']:.3g}",
                         f"{one['ms_per_patient_and_arm']:.3g}", f"{one['times_one_thread']:.2f}"])
    return table(["workload", "engine", "threads", "patients per s", "ms per patient", "lowest to highest",
                  "ms per patient and arm", "times one thread"], rows, 2)


def parts_lines(bench):
    engines = bench["engines"]
    head, rows = ["part"], []
    for engine in engines:
        head += [f"{engine['engine']}: number", "ns each", "share"]
    for part, label in PARTS.items():
        row = [label]
        for engine in engines:
            found = engine["parts"][part]
            number = engine["work_per_course"].get(part)
            row += ["" if number is None else f"{number:.0f}",
                    "" if found["ns_each"] is None else f"{found['ns_each']:.3g}", f"{100 * found['share']:.0f} %"]
        rows.append(row)
    return table(head, rows)


def operations_lines(found):
    counts, share = found["counts"], found["share_of_peak"]
    whole = {kind: sum(part.get(kind, 0) for part in counts.values()) for kind in COUNTED}
    rows = [[part, *(counter.get(kind, 0) for kind in COUNTED)] for part, counter in [*counts.items(), ("all", whole)]]
    peak = 32 / found["peak"]["cycle_ns"]
    reached = whole["operations"] / found["step_ns"]
    share_of_run = 100 * whole["operations"] / found["whole_ns"] / peak
    held_up = [[what, f"{ns:.0f}", f"{100 * ns / found['step_ns']:.0f} %"] for what, ns in found["held_up_ns"].items()]
    held_up.append(["measured", f"{found['step_ns']:.0f}", "100 %"])
    return [*table(["part of a step", *COUNTED.values()], rows), "",
            f"That is {reached:.0f} operations a nanosecond, **{100 * share:.0f} % of the peak** of {peak:.0f}, and "
            f"{share_of_run:.0f} % when events and outputs",
            f"count too. {found['kilobytes']:.0f} KB are touched in a step, and {found['loads_of_new_values']} vector "
            "loads want what one of the last 64 stores has written.", "",
            *table(["what would hold up a step by itself", "ns", "of what is measured"], held_up)]


def precision_lines(found):
    rows = {}
    for row in found["rows"]:
        if row["name"] in ("abscopal-batch", "abscopal-cvode"):
            cells = rows.setdefault(row["tolerance"], {})
            cells[row["name"]] = [f"{row['error']:.1e}", f"{row['steps']:.0f}"]
    empty = ["", ""]
    return table(["relative tolerance", "batch: error", "steps", "cvode: error", "steps"],
                 [[f"{tolerance:.0e}".replace("e-0", "e-"), *cells.get("abscopal-batch", empty),
                   *cells.get("abscopal-cvode", empty)] for tolerance, cells in sorted(rows.items(), reverse=True)])


def compare_lines(found):
    ours = {row["name"]: row["ms_per_patient"] for row in found["rows"]}
    rows = [[row["label"], row["settings"], f"{row['ms_per_patient']:.3g}",
             f"{row['ms_lowest']:.3g} to {row['ms_highest']:.3g}", f"{row['error']:.1e}",
             *(f"{row['ms_per_patient'] / ours[name]:.3g}" for name in ("abscopal-batch", "abscopal-cvode"))]
            for row in sorted(found["rows"], key=lambda row: row["ms_per_patient"])]
    return table(["solver", "settings", "ms per patient", "lowest to highest", "error", "times batch", "times cvode"],
                 rows, 2)


def scaling_lines(found):
    lines = []
    for part in ("patients", "lesions", "doses", "threads"):
        series = {}
        for row in found["rows"]:
            if row["part"] == part:
                series.setdefault((row["workload"], row["engine"]), {})[row["x"]] = f"{row['ms_per_patient']:.3g}"
        columns = sorted({x for cells in series.values() for x in cells})
        if columns:
            lines += [*table([f"ms per patient against {part}", *columns],
                             [[", ".join(which), *(cells.get(x, "") for x in columns)]
                              for which, cells in series.items()]), ""]
    return lines[:-1]


def put(text, name, lines):
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", flags=re.DOTALL)
    replaced, count = pattern.subn(lambda match: match.group(1) + "\n".join(lines) + "\n" + match.group(2), text)
    if count != 1:
        raise SystemExit(f"the manual has {count} places called {name}")
    return replaced


def replace(manual, tables):
    """Puts tables into a manual, by the names of their places."""
    with open(manual, encoding="utf-8") as file:
        text = file.read()
    for name, lines in tables.items():
        text = put(text, name, lines)
    with open(manual, "w", encoding="utf-8") as file:
        file.write(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", metavar="FOLDER")
    folder = parser.parse_args().folder
    found = {}
    for name in ("bench", "six-arms", "operations", "precision", "compare", "scaling"):
        path = os.path.join(folder, f"{name}.json")
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                found[name] = json.load(file)
        else:
            print(f"no {path}: that table stays")
    tables = {}
    if "bench" in found:
        tables |= {"machine": machine_lines(found["bench"]), "parts": parts_lines(found["bench"])}
    if "bench" in found and "six-arms" in found:
        tables["speed"] = speed_lines([found["bench"], found["six-arms"]])
    for name, lines in (("operations", operations_lines), ("precision", precision_lines), ("compare", compare_lines),
                        ("scaling", scaling_lines)):
        if name in found:
            tables[name] = lines(found[name])
    replace(MANUAL, tables)


if __name__ == "__main__":
    main()
