#!/usr/bin/python3
"""What a patient costs, against patients, lesions, doses and threads (bench/README.md).

Two workloads. `part A`: the published model, patients who differ in four parameters, by bench/engines, which times
the integration and its outputs alone. `run`: `abscopal run` with the cohort of the shipped trial and one arm of
nivolumab, timed from start to end: files, baseline growth, response and table included. Times are by the wall clock
and divided by the patients; all but the last part use one thread. Medians.
"""
import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

import common

TRIAL = """name: scaling
model: nsclc
cohort: cohort.yaml
until: 400 d
imaging: {{every: 40 d}}
arms:
  - name: nivolumab
    treatments:
      - {{drug: nivolumab, dose: 240 mg, start: 0 d, every: {every} d, doses: {doses}, over: 30 min}}
"""
PATIENTS = [100, 1000, 10000, 100000]
LESIONS = [1, 2, 3, 4, 5]
INTERVALS = [400, 100, 56, 28, 14, 7]  # days between doses


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    common.add_options(parser, repeats=5)
    parser.add_argument("--engine", action="append", choices=("batch", "cvode"), help="default both, one by one")
    parser.add_argument("--parts", default="patients,lesions,doses,threads", help="comma-separated (default all)")
    parser.add_argument("--largest", type=int, default=100000, help="most patients (default 100000)")
    parser.add_argument("--patients", type=int, default=1000, help="patients in the other parts (default 1000)")
    parser.add_argument("--budget", type=float, default=60,
                        help="no further repeat of one point after this many seconds (default 60)")
    parser.add_argument("--picture", metavar="BASE", help="where the picture goes (default scaling in the build's "
                        "folder bench)")
    parser.add_argument("--no-picture", action="store_true", help="draw nothing")
    return parser.parse_args()


def engine_option(options, engine):
    """How `abscopal run` is told the engine; None when it does not have that one."""
    usage = subprocess.run([os.path.join(options.build, "abscopal"), "run", "--help"], capture_output=True, text=True,
                           check=False).stdout
    if "--engine" in usage:
        return ["--engine", engine]
    return [] if engine == "cvode" else None


def timed(command, options, threads):
    """Seconds of one run; on one processor when it has one thread."""
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads))
    begun = time.perf_counter()
    finished = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, check=False,
                              text=True, preexec_fn=common.pin(options) if threads == 1 else None)
    seconds = time.perf_counter() - begun
    if finished.returncode not in (0, 3):  # 3: some patients were not integrated
        print(f"failed: {' '.join(command)}: {finished.stderr.strip()[-300:]}", file=sys.stderr)
        return None, ""
    return seconds, finished.stdout


def part_a(options, engine, patients, threads=1, interval=14):
    """Milliseconds per patient as bench/engines measures it."""
    command = [common.program(options, "engines"), engine, "--patients", str(patients), "--seconds", "0", "--spread",
               "0.3", "--threads", str(threads), "--interval", str(interval)]
    _, output = timed(command, options, threads)
    found = re.search(r'"ms_per_patient": ([0-9.e+-]+)', output)
    return float(found.group(1)) if found else None


def write_trial(folder, lesions, interval):
    """The trial with its cohort, every patient with that many lesions; None: as the cohort has them."""
    with open(os.path.join(common.SOURCE, "cohorts", "advanced-nsclc.yaml"), encoding="utf-8") as file:
        cohort = file.read()
    if lesions is not None:
        cohort = re.sub(r"^lesions:.*$", f"lesions: {lesions}", cohort, flags=re.MULTILINE)
    with open(os.path.join(folder, "cohort.yaml"), "w", encoding="utf-8") as file:
        file.write(cohort)
    path = os.path.join(folder, "trial.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(TRIAL.format(every=interval, doses=len(range(0, 400, interval))))
    return path


def full_run(options, engine, patients, threads=1, interval=14, lesions=None):
    """Milliseconds per patient of `abscopal run`, everything included."""
    with tempfile.TemporaryDirectory() as folder:
        command = [os.path.join(options.build, "abscopal"), "run", write_trial(folder, lesions, interval), "-n",
                   str(patients), "-j", str(threads), "--quiet", "--max-failures", "100%",
                   *engine_option(options, engine)]
        seconds, _ = timed(command, options, threads)
    return 1e3 * seconds / patients if seconds is not None else None


def points(options):
    """(part, workload, engine, x, what to measure)."""
    every_patients = [count for count in PATIENTS if count <= options.largest] or [options.largest]
    threads = sorted({1, 2, *(1 << n for n in range(8)), os.cpu_count()})
    for engine in options.engine or ["batch", "cvode"]:
        workloads = [("part A", part_a)]
        if engine_option(options, engine) is None:
            print(f"skipped: abscopal run has no --engine {engine}", file=sys.stderr)
        else:
            workloads.append(("run", full_run))
        for workload, measure in workloads:
            for count in every_patients:
                yield "patients", workload, engine, count, lambda m=measure, e=engine, n=count: m(options, e, n)
            for interval in INTERVALS:
                yield ("doses", workload, engine, len(range(0, 400, interval)),
                       lambda m=measure, e=engine, d=interval: m(options, e, options.patients, interval=d))
            for count in (count for count in threads if count <= os.cpu_count()):
                yield ("threads", workload, engine, count,
                       lambda m=measure, e=engine, t=count: m(options, e, options.patients, threads=t))
        if len(workloads) > 1:
            for count in LESIONS:
                yield ("lesions", "run", engine, count,
                       lambda e=engine, n=count: full_run(options, e, options.patients, lesions=n))


def run_rounds(options):
    """Every point once in each round, so that what the machine does meanwhile falls on all alike."""
    chosen = [point for point in points(options) if point[0] in options.parts.split(",")]
    times, spent = [[] for _ in chosen], [0.0] * len(chosen)
    for _ in range(options.repeats):
        for index, point in enumerate(chosen):
            if spent[index] > options.budget:
                continue
            begun = time.perf_counter()
            one = point[4]()
            spent[index] += time.perf_counter() - begun
            if one is not None:
                times[index].append(one)
    return [{"part": part, "workload": workload, "engine": engine, "x": x, "ms_per_patient": statistics.median(done),
             "ms_lowest": min(done), "ms_highest": max(done), "repeats": len(done)}
            for (part, workload, engine, x, _), done in zip(chosen, times, strict=True) if done]


def series(rows, part):
    """The rows of each line of one part, by (workload, engine)."""
    lines = {}
    for row in rows:
        if row["part"] == part:
            lines.setdefault((row["workload"], row["engine"]), []).append(row)
    return lines


def print_tables(rows):
    for part in ("patients", "lesions", "doses", "threads"):
        lines = series(rows, part)
        if not lines:
            continue
        columns = sorted({row["x"] for line in lines.values() for row in line})
        print(f"\nms per patient against {part}\n\n| workload, engine | " + " | ".join(map(str, columns)) + " |")
        print("| --- " * (len(columns) + 1) + "|")
        for (workload, engine), line in lines.items():
            cells = {row["x"]: f"{row['ms_per_patient']:.3g}" for row in line}
            print(f"| {workload}, {engine} | " + " | ".join(cells.get(x, "") for x in columns) + " |")


def draw(rows, base):
    pyplot = common.pyplot()
    parts = [part for part in ("patients", "lesions", "doses", "threads") if series(rows, part)]
    figure, grid = pyplot.subplots(1, len(parts), figsize=(3.4 * len(parts), 3.2), squeeze=False)
    colours, markers = {"batch": "#D55E00", "cvode": "#0072B2"}, {"part A": "o", "run": "s"}
    labels = {"patients": "patients", "lesions": "lesions per patient", "doses": "doses in 400 days",
              "threads": "threads"}
    handles = {}
    for axes, part in zip(grid[0], parts, strict=True):
        for (workload, engine), line in series(rows, part).items():
            single = line[0]["ms_per_patient"] if part == "threads" else None
            heights = [single / row["ms_per_patient"] if single else row["ms_per_patient"] for row in line]
            drawn, = axes.plot([row["x"] for row in line], heights, color=colours[engine], marker=markers[workload],
                               linestyle="-" if workload == "part A" else "--", markeredgecolor="white")
            handles[f"{workload}, {engine} engine"] = drawn
        axes.set_xlabel(labels[part])
        if part == "threads":
            largest = max(row["x"] for row in rows if row["part"] == part)
            axes.plot([1, largest], [1, largest], color="#999999", linewidth=1, linestyle=":", zorder=1)
            axes.set_ylabel("speed over that of one thread")
            axes.set_ylim(bottom=0)
            axes.set_xticks(sorted({row["x"] for row in rows if row["part"] == part}))
        else:
            axes.set_ylabel("time per patient (ms)")
            axes.set_xscale("log" if part == "patients" else "linear")
            axes.set_yscale("log")
            axes.yaxis.set_major_formatter("{x:g}")
            axes.yaxis.set_minor_formatter("{x:g}" if axes.get_ylim()[1] < 10 * axes.get_ylim()[0] else "")
    figure.tight_layout()
    figure.legend(handles.values(), handles.keys(), loc="lower center", bbox_to_anchor=(0.5, 1), ncol=len(handles))
    common.save_picture(figure, base)


def main():
    options = parse()
    common.build(options)
    machine = common.machine()
    common.print_machine(machine)
    rows = run_rounds(options)
    print_tables(rows)
    common.write_json(options.json, {"machine": machine, "rows": rows})
    if not options.no_picture:
        draw(rows, options.picture or os.path.join(options.build, "bench", "scaling"))


if __name__ == "__main__":
    main()
