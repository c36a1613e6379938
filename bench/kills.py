#!/usr/bin/env python3
"""A run killed at random moments, then resumed: how many of the files are those of the run that was not killed.

Each of N runs gets SIGKILL at a moment drawn uniformly from the time that the whole run takes, and is resumed until it
ends; with --again other kills come meanwhile. Counts the files that are bitwise equal to the uninterrupted run's, and the
folders in which anything is left. A run that has ended before its moment is begun again with another, until N were
killed. Prints a line for each kill, and a row of a table at the end. Ends with 1 unless all files are equal.

Usage: bench/kills.py ABSCOPAL [TRIAL] [--kills 100] [--patients 500] [--block N] [--seed 1] [--again P] [--keep DIR]
"""
import argparse
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

SOURCE = pathlib.Path(__file__).resolve().parent.parent


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("trial", nargs="?", type=pathlib.Path, default=SOURCE / "protocols" / "nivolumab-rt-six-arms.yaml")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--patients", type=int, default=500)
    parser.add_argument("--block", type=int, help="patients of a block (default: that of abscopal)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments (default 1)")
    parser.add_argument("--again", type=float, default=0, metavar="P", help="probability that a resumed run is killed, too")
    parser.add_argument("--keep", type=pathlib.Path, metavar="DIR", help="work here, and keep the files that differ")
    return parser.parse_args()


class Runs:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.base = [options.program.resolve(), "run", options.trial.resolve(), "-n", str(options.patients), "--quiet"]
        if options.block:
            self.base += ["--block", str(options.block)]

    def start(self, output, *more):
        return subprocess.Popen([*self.base, "-o", output, *more], cwd=self.folder, stdout=subprocess.DEVNULL)

    def whole(self, output):
        """Its seconds and its bytes."""
        started = time.monotonic()
        if self.start(output, "--force").wait() != 0:
            sys.exit("the run that is not killed fails")
        return time.monotonic() - started, (self.folder / output).read_bytes()

    def killed(self, output, seconds, *more):
        """Whether it was killed before its end; blocks that were there then."""
        process = self.start(output, *more)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
        return process.returncode == -signal.SIGKILL, len(list((self.folder / f"{output}.parts").glob("block-??????.h5")))


def one_kill(runs, number, seconds, bytes_expected, chance):
    """What became of one run: whether it was killed, the moment, blocks there, equality, what is left."""
    output, path = f"kill-{number}.h5", runs.folder / f"kill-{number}.h5"
    moment = chance.uniform(0, seconds)
    killed, blocks = runs.killed(output, moment)
    code, times = None, 1
    while not path.exists() or list(runs.folder.glob(f"{output}.parts")):
        if times <= 20 and chance.random() < runs.options.again:
            runs.killed(output, chance.uniform(0, seconds), "--resume")
            times += 1
            continue
        # Killed between the file's renaming and the removal of its parts: it is whole, and is made again only if asked.
        code = runs.start(output, "--resume", *(["--force"] if path.exists() else [])).wait()
        break
    equal = path.exists() and path.read_bytes() == bytes_expected
    left = [entry.name for entry in runs.folder.glob(f"{output}?*")]
    if equal and not left:
        path.unlink()
    return {"killed": killed, "moment": moment, "blocks": blocks, "kills": times, "code": code, "equal": equal, "left": left}


def main():
    options = parse()
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = options.keep or pathlib.Path(name)
        folder.mkdir(exist_ok=True)
        runs = Runs(options, folder)
        whole = [runs.whole("whole.h5") for _ in range(3)]
        seconds = sorted(time for time, _ in whole)[1]
        print(f"the whole run takes {seconds:.2f} s; its file has {len(whole[0][1])} bytes, three times the same: "
              f"{len({content for _, content in whole}) == 1}")
        outcomes = []
        while sum(outcome["killed"] for outcome in outcomes) < options.kills and len(outcomes) < 10 * options.kills:
            number = len(outcomes) + 1
            outcomes.append(one_kill(runs, number, seconds, whole[0][1], chance))
            print(f"{number:4} {'killed: {killed}, {moment:.3f} s, {blocks} blocks, equal: {equal}'.format(**outcomes[-1])}"
                  f"{' LEFT ' + ' '.join(outcomes[-1]['left']) if outcomes[-1]['left'] else ''}", flush=True)
    report(options, outcomes)
    return 0 if all(outcome["equal"] for outcome in outcomes) else 1


def report(options, outcomes):
    killed = [outcome for outcome in outcomes if outcome["killed"]]
    blocks = sorted(outcome["blocks"] for outcome in killed) or [0]
    print("\n| trial | patients | runs | killed before their end | blocks there: least, median, most | bitwise equal | "
          "something left |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    print(f"| {options.trial.stem} | {options.patients} | {len(outcomes)} | {len(killed)} | "
          f"{blocks[0]}, {blocks[len(blocks) // 2]}, {blocks[-1]} | "
          f"{sum(outcome['equal'] for outcome in outcomes)} | {sum(bool(outcome['left']) for outcome in outcomes)} |")


sys.exit(main())
