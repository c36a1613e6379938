#!/usr/bin/env python3
"""What docs/sensitivity.md quotes: the indices of a trial's arm and of its difference from the reference, with one seed and
with another, and with the cohort's rules.

Runs `abscopal sensitivity` once for each seed (all is drawn anew) and once more with --with-rules, and prints a table in
Markdown for every endpoint: total indices of each, first ones and PRCC of the first seed. Below, how far two seeds are
apart beside what their intervals say. Ten minutes or more.

Usage: bench/sensitivity.py ABSCOPAL TRIAL.yaml --arm NAME [--rows 1024] [--patients 2000] [--seeds 1 2]
                            [--endpoints log_change,response_rate] [--shown 8]
"""
import argparse
import json
import pathlib
import subprocess
import tempfile


def analysis(arguments, seed, *more):
    """Targets by (endpoint, of), each a mapping from factor to its indices."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "out.json"
        subprocess.run([str(arguments.program), "sensitivity", str(arguments.trial), "--arm", arguments.arm, "--rows",
                        str(arguments.rows), "-n", str(arguments.patients), "--endpoints", arguments.endpoints, "--seed",
                        str(seed), "--json", str(path), "-q", *more], stdout=subprocess.DEVNULL, check=True)
        said = json.loads(path.read_text())
    print(f"seed {seed} {' '.join(more)}: {said['design']}, {said['sample']}", flush=True)
    return {(target["endpoint"], target["of"]): target for target in said["targets"]}


def text(estimate, form=".2f"):
    if estimate is None or estimate["value"] is None:
        return "-"
    return "{value:{form}} ({lower:{form}} to {upper:{form}})".format(form=form, **estimate)


def table(key, first, second, ruled, shown):
    of = [{item["factor"]: item for item in targets[key]["factors"]} for targets in (first, second, ruled)]
    target = first[key]
    order = sorted(of[0], key=lambda factor: -(of[0][factor]["total"]["value"] or 0))
    print(f"\n{key[0]}, {key[1]}: mean {target['mean']:.3g}, variance {target['variance']:.3g}, "
          f"{target['without_a_number']} without a number; PRCC of {target['patients_ranked']} patients; first indices add "
          f"up to {sum(item['first']['value'] for item in target['factors']):.2f}\n")
    print("| factor | total | total, other seed | total, with rules | first | PRCC |\n| --- | --- | --- | --- | --- | --- |")
    for factor in order[:shown]:
        a, b, c = (one[factor] for one in of)
        print(f"| `{factor}` | {text(a['total'])} | {text(b['total'])} | {text(c['total'])} | {text(a['first'])} | "
              f"{text(a['prcc'], '+.2f')} |")


def apart(keys, first, second, kind):
    """Differences of two seeds over what their intervals say of them: 1.96 where these are right."""
    ratios = []
    for key in keys:
        for a, b in zip(first[key]["factors"], second[key]["factors"]):
            a, b = a[kind], b[kind]
            if a is None or a["value"] is None or b["value"] is None:
                continue
            width = (((a["upper"] - a["lower"]) / 3.92) ** 2 + ((b["upper"] - b["lower"]) / 3.92) ** 2) ** 0.5
            if width > 1e-4:
                ratios.append(abs(a["value"] - b["value"]) / width)
    beyond = sum(ratio > 1.96 for ratio in ratios)
    print(f"{kind}: {len(ratios)} estimates of two seeds, {beyond} ({100 * beyond / len(ratios):.1f} %) further apart than "
          "1.96 standard errors by their intervals")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("trial", type=pathlib.Path)
    parser.add_argument("--arm", required=True)
    parser.add_argument("--rows", type=int, default=1024)
    parser.add_argument("--patients", type=int, default=2000)
    parser.add_argument("--seeds", type=int, nargs=2, default=[1, 2])
    parser.add_argument("--endpoints", default="log_change,response_rate")
    parser.add_argument("--shown", type=int, default=8)
    arguments = parser.parse_args()
    first, second = (analysis(arguments, seed) for seed in arguments.seeds)
    ruled = analysis(arguments, arguments.seeds[0], "--with-rules")
    for key in first:
        table(key, first, second, ruled, arguments.shown)
    print()
    for kind in ("total", "first", "prcc"):
        apart(list(first), first, second, kind)


if __name__ == "__main__":
    main()
