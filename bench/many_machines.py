#!/usr/bin/python3
"""What ten million patients on a hundred machines would cost, from figures measured on this one (docs/many-machines.md).

PROGRAM is an abscopal built with MPI. Measured: the time of a block of patients against its size and threads, growth and
the writing of its file included; the time and bytes of putting blocks together; how long a process waits for its next
block. Taken for granted, and options of this script: the filesystem that all machines share, the start of the processes,
and what processors the machines have, of which each is as fast as one here. Nothing was run on a hundred machines.
"""
import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time

import common
import figures

MANUAL = os.path.join(common.SOURCE, "docs", "many-machines.md")
ENVIRONMENT = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
# Blocks of so many patients: patients in all, and which shards run several blocks and one.
BLOCKS = {32: (512, "1/2", 8, "1/16"), 64: (1024, "1/2", 8, "1/16"), 128: (2048, "1/4", 4, "1/16"),
          256: (4096, "1/4", 4, "1/16")}
MERGED = 2048


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="abscopal, built with -DABSCOPAL_MPI=ON")
    parser.add_argument("trial", nargs="?", default=os.path.join(common.SOURCE, "protocols",
                                                                 "nivolumab-rt-six-arms.yaml"))
    parser.add_argument("--patients", type=float, default=1e7, help="of the run (default 1e7)")
    parser.add_argument("--nodes", type=int, default=100, help="machines (default 100)")
    parser.add_argument("--filesystem", type=float, default=1.0, metavar="GB/S",
                        help="what all machines together write, or one reads, in a second (default 1)")
    parser.add_argument("--start", type=float, default=10, metavar="SECONDS",
                        help="from the start of the job to the first patient (default 10)")
    parser.add_argument("--repeats", type=int, default=2, help="rounds (default 2)")
    parser.add_argument("--json", metavar="FILE", help="write what was measured as JSON, too")
    parser.add_argument("--measured", metavar="FILE", help="take what --json wrote instead of measuring")
    parser.add_argument("--manual", action="store_true", help="put the tables into docs/many-machines.md, too")
    return parser.parse_args()


def timed(*command):
    begun = time.perf_counter()
    finished = subprocess.run(command, capture_output=True, text=True, check=False, env=ENVIRONMENT)
    if finished.returncode not in (0, 3):  # 3: some patients were not integrated
        sys.exit(f"{' '.join(command)}: {finished.stderr.strip()[-500:]}")
    return time.perf_counter() - begun, finished.stdout


def run_shard(options, folder, patients, threads, shard, *more):
    output = os.path.join(folder, f"{patients}-{threads}-{shard.replace('/', '-')}-{time.monotonic_ns()}.h5")
    seconds, _ = timed(options.program, "run", options.trial, "-n", str(patients), "-j", str(threads), "--quiet",
                       "--shard", shard, "-o", output, *more)
    return seconds, output


def measure_blocks(options, folder, threads):
    """Seconds of a block, by its patients: several blocks less one, which takes the start out."""
    found = {}
    for size, (patients, several, count, one) in BLOCKS.items():
        rounds = []
        for _ in range(options.repeats):
            more = run_shard(options, folder, patients, threads, several)[0]
            rounds.append((more - run_shard(options, folder, patients, threads, one)[0]) / (count - 1))
        found[size] = statistics.median(rounds)
    return found


def measure_merge(options, folder, *more):
    """(seconds, bytes, bytes of the parts) per patient."""
    _, output = run_shard(options, folder, MERGED, os.cpu_count(), "1/1", *more)
    parts = sum(entry.stat().st_size for entry in os.scandir(output + ".parts"))
    seconds, _ = timed(options.program, "merge", output)
    return {"seconds": seconds / MERGED, "bytes": os.path.getsize(output) / MERGED, "part_bytes": parts / MERGED}


def measure_claims(folder):
    """Seconds a process waits for a block, as a mean and at most, with four processes and blocks of 20 ms."""
    program = os.path.join(folder, "claims")
    sources = [os.path.join(common.SOURCE, name) for name in ("bench/claims.c", "cli/mpi.c", "cli/mpi_launch.c",
                                                              "cli/progress.c")]
    common.run(["mpicc", "-O2", "-std=c17", "-D_GNU_SOURCE", "-I", common.SOURCE, "-I",
                os.path.join(common.SOURCE, "include"), *sources, "-o", program, "-pthread"])
    _, output = timed("mpirun", "--quiet", "--oversubscribe", "--bind-to", "none", "-n", "4", program, "400", "20")
    rows = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    if sum(row["blocks"] for row in rows) != 400 or sum(row["sum"] for row in rows) != 400 * 399 // 2:
        sys.exit("blocks were lost or handed out twice")
    others = [row for row in rows if row["rank"] > 0]
    return {"mean": sum(row["seconds"] for row in others) / sum(row["blocks"] + 1 for row in others),
            "longest": max(row["longest"] for row in others)}


def line_through(points):
    """Least squares: (intercept, slope) of seconds against patients."""
    x, y = list(points), list(points.values())
    slope = statistics.covariance(x, y) / statistics.variance(x)
    return statistics.mean(y) - slope * statistics.mean(x), slope


def measure(options):
    with tempfile.TemporaryDirectory() as folder:
        found = {"machine": common.machine(), "trial": os.path.basename(options.trial),
                 "blocks": {threads: measure_blocks(options, folder, threads) for threads in (1, 2)},
                 "merge": measure_merge(options, folder),
                 "merge_without_courses": measure_merge(options, folder, "--courses", "off"),
                 "claim": measure_claims(folder)}
    return found


def fit(found):
    """Seconds of a block of B patients with T threads: drain + B (parallel / T + serial), from those of 1 and 2."""
    (drain_one, one), (drain_two, two) = (line_through(found["blocks"][threads]) for threads in (1, 2))
    parallel = max(0.0, min(one, 2 * (one - two)))
    return {"drain": max(0.0, (drain_one + drain_two) / 2), "parallel": parallel, "serial": one - parallel}


def block_seconds(model, size, threads):
    return model["drain"] + size * (model["parallel"] / threads + model["serial"])


def predict(options, found, model, merge, processes, threads, size):
    """A row of the table: processes and threads of each machine."""
    all_processes = options.nodes * processes
    blocks = math.ceil(options.patients / size)
    one = block_seconds(model, size, threads) + found["claim"]["mean"]
    computing = math.ceil(blocks / all_processes) * one
    writing = options.patients * merge["part_bytes"] / (1e9 * options.filesystem)
    # The leader alone reads all parts twice, to check and to copy them, and writes the file.
    traffic = options.patients * (2 * merge["part_bytes"] + merge["bytes"]) / (1e9 * options.filesystem)
    assembly = max(options.patients * merge["seconds"], traffic)
    whole = options.start + max(computing, writing) + assembly
    useful = options.patients * (model["parallel"] + model["serial"])
    return {"machine": f"{processes * threads} processors", "processes": processes, "threads": threads, "block": size,
            "blocks": blocks, "computing": computing, "writing": writing, "assembly": assembly, "whole": whole,
            "efficiency": useful / (all_processes * threads * computing),
            "claims_per_second": blocks / computing, "file_gb": options.patients * merge["bytes"] / 1e9,
            "node_hours": options.nodes * whole / 3600}


def measured_lines(found, model):
    rows = [[f"a block of {size} patients, {threads} thread{'s' * (threads > 1)}", f"{seconds:.3f} s",
             f"{1e3 * seconds / size * threads:.2f} ms of a processor for a patient"]
            for threads in (1, 2) for size, seconds in found["blocks"][threads].items()]
    rows += [["a patient, growth and arms, one processor", f"{1e3 * (model['parallel'] + model['serial']):.2f} ms",
              f"slope of the above; of it serial {1e3 * model['serial']:.2f} ms"],
             ["end of a block", f"{1e3 * model['drain']:.0f} ms", "intercept: lanes run empty, the part is written"],
             ["waiting for the next block", f"{1e3 * found['claim']['mean']:.1f} ms",
              f"4 processes; longest {1e3 * found['claim']['longest']:.0f} ms"]]
    for name, what in (("merge", "with courses"), ("merge_without_courses", "without")):
        merge = found[name]
        rows.append([f"putting together, {what}", f"{1e3 * merge['seconds']:.3f} ms a patient",
                     f"{merge['bytes'] / merge['seconds'] / 1e6:.0f} MB/s; {merge['bytes']:.0f} bytes a patient in the "
                     f"file, {merge['part_bytes']:.0f} in the parts"])
    return figures.table(["measured", "", ""], rows, 1)


def model_lines(options, found, model):
    rows = []
    for name, what in (("merge", "every 1/60"), ("merge_without_courses", "off")):
        for processes, threads in ((2, 1), (1, 2), (64, 1), (16, 4), (4, 16), (1, 64)):
            row = predict(options, found, model, found[name], processes, threads, 256)
            rows.append([row["machine"], f"{processes} x {threads}", what, f"{row['computing']:.0f}",
                         f"{100 * row['efficiency']:.0f} %", f"{row['writing']:.0f}", f"{row['assembly']:.0f}",
                         f"{row['whole']:.0f}", f"{row['node_hours']:.1f}", f"{row['file_gb']:.0f}"])
    return figures.table(["each machine", "processes x threads", "courses", "computing, s", "efficiency",
                          "writing parts, s", "assembly, s", "whole, s", "machine-hours", "file, GB"], rows, 3)


def main():
    options = parse()
    if options.measured:
        with open(options.measured, encoding="utf-8") as file:
            found = json.load(file)
        found["blocks"] = {int(threads): {int(size): seconds for size, seconds in sizes.items()}
                           for threads, sizes in found["blocks"].items()}
    else:
        found = measure(options)
    model = fit(found)
    common.print_machine(found["machine"])
    tables = {"measured": measured_lines(found, model), "model": model_lines(options, found, model)}
    for lines in tables.values():
        print("\n" + "\n".join(lines))
    common.write_json(options.json, found)
    if options.manual:
        figures.replace(MANUAL, tables)


if __name__ == "__main__":
    main()
