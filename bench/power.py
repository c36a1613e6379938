#!/usr/bin/env python3
"""What docs/power.md quotes: the tables of PEMBRO-RT's design, with and without looks and of progression-free survival; the
exact level of its test; the trial as it was planned; and how the numbers found depend on the number of virtual patients.

    bench/power.py --command build/release/abscopal --folder /tmp/power   # results that are there already are used again
"""

import argparse
import json
import pathlib
import subprocess

import numpy as np
from scipy import stats

ROOT = pathlib.Path(__file__).resolve().parent.parent
DESIGNS = ROOT / "protocols/designs"
TRIAL = ROOT / "protocols/trials/pembro-rt.yaml"


def pearson(n, m, bound):
    """Where Pearson's test of n and m rejects, by responses."""
    i, j = np.meshgrid(np.arange(n + 1), np.arange(m + 1), indexing="ij")
    pooled = (i + j) / (n + m)
    spread = np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    return np.abs(np.divide(j / m - i / n, spread, out=np.zeros_like(spread), where=spread > 0)) >= bound


def rejects(n, m, first, other, alpha):
    chance = np.outer(stats.binom.pmf(np.arange(n + 1), n, first), stats.binom.pmf(np.arange(m + 1), m, other))
    return chance[pearson(n, m, stats.norm.isf(alpha / 2))].sum()


def sizes_of_arms(patients, stratum):
    """Probabilities of 0, 1, ... patients in the first arm, of an even number randomised in blocks of four within two
    strata, of which the first has that share of patients."""
    in_block = {left: stats.hypergeom.pmf(np.arange(left + 1), 4, 2, left) for left in range(4)}
    chance = np.zeros(patients + 1)
    for one, probability in enumerate(stats.binom.pmf(np.arange(patients + 1), patients, stratum)):
        left, other = one % 4, (patients - one) % 4
        mixed = np.convolve(in_block[left], in_block[other])
        begin = (patients - left - other) // 2
        chance[begin:begin + len(mixed)] += probability * mixed
    return chance


def exact_level(patients, share, stratum, alpha):
    """Of Pearson's test of all patients with one share, as they are randomised."""
    return sum(chance * rejects(n, patients - n, share, share, alpha)
               for n, chance in enumerate(sizes_of_arms(patients, stratum)) if chance > 1e-12)


def results(arguments, patients, seed):
    path = arguments.folder / f"pembro-rt-{patients}-{seed}.h5"
    if not path.exists():
        subprocess.run([arguments.command, "run", TRIAL, "-n", str(patients), "-s", str(seed), "--courses", "off", "-q",
                        "-o", path], check=True, stdout=subprocess.DEVNULL)
    return path


def power(arguments, design, path):
    """The table and the JSON."""
    output = arguments.folder / "power.json"
    table = subprocess.run([arguments.command, "power", design, "-r", path, "-q", "--json", output, "--force"], check=True,
                           capture_output=True, text=True).stdout
    return table, json.loads(output.read_text())


def short_design(arguments):
    """PEMBRO-RT's without null trials and subgroups, for the search alone."""
    text = (DESIGNS / "pembro-rt.yaml").read_text().replace("../trials", str(TRIAL.parent))
    text = text[:text.index("subgroups:")].replace("[20, 38, 60, 100, 150, 200]", "[38]")
    path = arguments.folder / "short.yaml"
    path.write_text(text + "simulations: {trials: 4000, null_trials: 0}\n")
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--command", default=ROOT / "build/release/abscopal", type=pathlib.Path)
    parser.add_argument("--folder", default=pathlib.Path("/tmp/power"), type=pathlib.Path)
    parser.add_argument("--sizes", default="1000,4000", help="virtual patients of the last table")
    parser.add_argument("--seeds", default="1,2,3,4")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)

    print("planned, 20 against 50 % at two-sided 10 %: exact power of Pearson's test")
    for n, m in ((31, 31), (38, 38), (40, 36)):
        print(f"  {n} and {m}: {100 * rejects(n, m, 0.2, 0.5, 0.1):.1f} %, type I error {100 * rejects(n, m, 0.2, 0.2, 0.1):.1f} %")

    path = results(arguments, 4000, 1)
    for name in ("pembro-rt", "pembro-rt-looks", "pembro-rt-pfs"):
        table, found = power(arguments, DESIGNS / f"{name}.yaml", path)
        print(f"\n{table}")
        if name == "pembro-rt":
            only = found["comparisons"][0]
            # The design randomises by the number of lesions, from 4 on.
            many = sum(group["patients"] for group in only["subgroups"] if group["subgroup"] in ("lesions 4", "lesions 5"))
            print("exact type I error of Pearson's test with the shares of the trials without an effect: of equal arms; of "
                  "arms as they are randomised within strata; simulated")
            for point in only["points"]:
                n, share, simulated = point["patients_per_arm"], np.mean(point["null_shares"]), point["type_1_error"]
                exact = exact_level(2 * n, share, many / found["virtual_patients"], 0.1)
                print(f"  {n} per arm, {100 * share:.2f} %: {100 * rejects(n, n, share, share, 0.1):.2f} %; {100 * exact:.2f} %; "
                      f"{100 * simulated['value']:.2f} % ({100 * simulated['lower']:.2f} to {100 * simulated['upper']:.2f})")

    print("\nvirtual patients, seed: difference, patients per arm for 80 and 90 %")
    for size in map(int, arguments.sizes.split(",")):
        for seed in map(int, arguments.seeds.split(",")):
            _, found = power(arguments, short_design(arguments), results(arguments, size, seed))
            only = found["comparisons"][0]
            numbers = [need["patients_per_arm"]["value"] for need in only["needed"]]
            print(f"  {size}, {seed}: {100 * only['population']['effect']['value']:.1f} points; {numbers[0]:.0f}, {numbers[1]:.0f}; "
                  f"standard error {100 * only['population']['size_standard_error']:.0f} %", flush=True)


if __name__ == "__main__":
    main()
