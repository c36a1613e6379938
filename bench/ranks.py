#!/usr/bin/python3
"""Processes that share a run by MPI: wall time and efficiency against processes and threads, the bytes of the file, and
a run of which one process is killed in the middle (docs/many-machines.md).

PROGRAM is an abscopal built with MPI. Every row is `mpirun -n PROCESSES PROGRAM run TRIAL -o FILE --threads THREADS`, by
the wall clock, with the start of the processes, the input, the parts and their assembly. `start` is what the same
processes take for one patient, and `efficiency` the time of a plain run with one thread over that of the processors at
work, after their starts. Medians; every row once in each round. Each file is compared byte for byte with the plain run's.
"""
import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import common
import figures

MPIRUN = ["mpirun", "--quiet", "--oversubscribe", "--bind-to", "none"]
ROWS = [(0, 1), (0, 2), (1, 1), (1, 2), (2, 1), (2, 2), (4, 1), (4, 2)]  # 0 processes: a plain run, without mpirun
ENVIRONMENT = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="abscopal, built with -DABSCOPAL_MPI=ON")
    parser.add_argument("trial", nargs="?", default=os.path.join(common.SOURCE, "protocols",
                                                                 "nivolumab-rt-six-arms.yaml"))
    parser.add_argument("--patients", type=int, default=1024)
    parser.add_argument("--repeats", type=int, default=2, help="rounds (default 2)")
    parser.add_argument("--json", metavar="FILE", help="write everything as JSON, too")
    parser.add_argument("--manual", action="store_true", help="put the table into docs/many-machines.md, too")
    return parser.parse_args()


def command(options, row, path, patients):
    processes, threads = row
    launcher = [*MPIRUN, "-n", str(processes)] if processes else []
    return [*launcher, options.program, "run", options.trial, "-n", str(patients), "-j", str(threads), "--quiet",
            "--force", "-o", path]


def timed(options, row, path, patients):
    """Seconds of one run."""
    begun = time.perf_counter()
    finished = subprocess.run(command(options, row, path, patients), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              env=ENVIRONMENT, check=False, text=True)
    seconds = time.perf_counter() - begun
    if finished.returncode not in (0, 3):  # 3: some patients were not integrated
        sys.exit(f"{' '.join(finished.args)}: {finished.stderr.strip()[-500:]}")
    return seconds


def read(path):
    with open(path, "rb") as file:
        return file.read()


def measure(options, folder):
    """(whole runs, runs of one patient, whether the bytes were always those of the plain run), each by row."""
    whole, starts, same = {row: [] for row in ROWS}, {row: [] for row in ROWS}, dict.fromkeys(ROWS, True)
    path, reference = os.path.join(folder, "run.h5"), None
    for _ in range(options.repeats):
        for row in ROWS:
            starts[row].append(timed(options, row, path, 1))
            whole[row].append(timed(options, row, path, options.patients))
            if reference is None:
                reference = read(path)
            same[row] &= read(path) == reference
    return whole, starts, same


def table_of(whole, starts, same):
    median = statistics.median
    single = median(whole[ROWS[0]]) - median(starts[ROWS[0]])
    rows, cells = [], []
    for row in ROWS:
        wall, start = median(whole[row]), median(starts[row])
        efficiency = single / (wall - start) / min(max(row[0], 1) * row[1], os.cpu_count())
        rows.append({"processes": row[0], "threads": row[1], "seconds": whole[row], "start_seconds": starts[row],
                     "efficiency": efficiency, "same_bytes": same[row]})
        cells.append([row[0] or "plain run", row[1], f"{wall:.2f}", f"{min(whole[row]):.2f} to {max(whole[row]):.2f}",
                      f"{start:.2f}", f"{100 * efficiency:.0f} %", "the same" if same[row] else "DIFFERENT"])
    return rows, figures.table(["processes", "threads each", "wall, s", "lowest to highest", "start, s", "efficiency",
                                "bytes"], cells)


def processes_of(path):
    """Ids of the processes of abscopal that write this file, from /proc; mpirun itself left out."""
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            words = read(f"/proc/{entry}/cmdline").split(b"\0")
        except OSError:
            continue
        if b"run" in words[1:2] and os.fsencode(path) in words:
            found.append(int(entry))
    return sorted(found)


def kill_one(options, folder):
    """Two processes, the second killed once two blocks are finished; then resumed by three."""
    path = os.path.join(folder, "killed.h5")

    def kept():
        try:
            return sum(name.startswith("block-") and name.endswith(".h5") for name in os.listdir(path + ".parts"))
        except FileNotFoundError:
            return 0

    with subprocess.Popen(command(options, (2, 1), path, options.patients), stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, env=ENVIRONMENT) as running:
        while kept() < 2 and running.poll() is None:
            time.sleep(0.02)
        for process in processes_of(path)[-1:]:
            os.kill(process, signal.SIGKILL)
        code = running.wait()
    blocks = kept()
    finished = subprocess.run(command(options, (3, 1), path, options.patients) + ["--resume"], capture_output=True,
                              env=ENVIRONMENT, check=False, text=True)
    same = finished.returncode in (0, 3) and read(path) == read(os.path.join(folder, "run.h5"))
    print(f"One of two processes killed: mpirun ended with code {code}, {blocks} finished blocks were there; resumed by "
          f"three processes: {'the same bytes' if same else 'DIFFERENT: ' + finished.stderr[-500:]}")
    return {"exit_code": code, "blocks_kept": blocks, "same_bytes": same}


def main():
    options = parse()
    machine = common.machine()
    common.print_machine(machine)
    with tempfile.TemporaryDirectory() as folder:
        whole, starts, same = measure(options, folder)
        rows, lines = table_of(whole, starts, same)
        print(f"{options.patients} patients, {options.repeats} rounds\n\n" + "\n".join(lines) + "\n")
        killed = kill_one(options, folder)
    common.write_json(options.json, {"machine": machine, "patients": options.patients, "rows": rows, "killed": killed})
    if options.manual:
        figures.replace(os.path.join(common.SOURCE, "docs", "many-machines.md"), {"ranks": lines})
    sys.exit(0 if all(same.values()) and killed["same_bytes"] else 1)


if __name__ == "__main__":
    main()
