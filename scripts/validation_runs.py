"""Runs of the program for scripts/validate, and what can be read from their files."""

import csv
import json
import math
import os
import pathlib
import subprocess
import sys

import h5py
import numpy as np
import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHIPPED_COHORT = ROOT / "cohorts/advanced-nsclc.yaml"
DATA = ROOT / "protocols/trials/data"
COMPLETE, PARTIAL, STABLE, PROGRESSIVE = range(4)
WEIGHTS = ("weight", "prevalence_weight", "patient_weight")  # of a weighted cohort, in the result file


def table_of(name):
    with open(DATA / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def wilson(share, n):
    """Share and its 95 % score interval (Wilson 1927); n need not be whole."""
    if not n > 0:
        return math.nan, math.nan, math.nan
    z2 = 1.959963984540054 ** 2
    middle, half = (share + z2 / (2 * n)) / (1 + z2 / n), math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return share, middle - math.sqrt(z2) * half / (1 + z2 / n), middle + math.sqrt(z2) * half / (1 + z2 / n)


def effective_size(weights):
    """Kish 1965: as many patients of equal weight would say as much."""
    return float(weights.sum() ** 2 / (weights ** 2).sum()) if len(weights) > 0 else 0.0


def share_of(flags, weights):
    """Weighted share of patients with its interval."""
    if len(flags) == 0:
        return math.nan, math.nan, math.nan
    return wilson(float((weights * flags).sum() / weights.sum()), effective_size(weights))


def grown(sums, gone, visit):
    """Whether sums are 20 % and 5 mm above the smallest before the visit."""
    nadir = np.fmin.reduce(sums[:, :visit], axis=1)
    now = sums[:, visit]
    return (now >= 1.2 * nadir - 1e-9) & (now - nadir >= 5 - 1e-9) & ~gone[:, visit]


def recist(sums, gone, new_lesions, others=None):
    """RECIST 1.1 of [patient, visit] sums of diameters in mm of target lesions, NaN where missed; the first visit is the
    baseline. `others` are those of non-target lesions, whether they are gone, and who has targets. Returns who is in
    response at each visit (nobody is once progressed), and who has progressed by it."""
    response, progressed = np.zeros(sums.shape, bool), np.zeros(sums.shape, bool)
    other_sums, others_gone, has_targets = others or (np.zeros(sums.shape), np.ones(sums.shape, bool),
                                                      np.ones(len(sums), bool))
    for visit in range(1, sums.shape[1]):
        now, other = sums[:, visit], other_sums[:, visit]
        seen = ~np.isnan(now) & ~np.isnan(other)
        worse = grown(sums, gone, visit) | (grown(other_sums, others_gone, visit) & (other > other_sums[:, 0] + 1e-9))
        worse = seen & (worse | (new_lesions[:, visit] > new_lesions[:, 0]))
        progressed[:, visit] = progressed[:, visit - 1] | worse
        better = np.where(has_targets, gone[:, visit] | (now <= 0.7 * sums[:, 0] + 1e-9), others_gone[:, visit])
        response[:, visit] = seen & better & ~progressed[:, visit]
    return response, progressed


class Run:
    """One trial that was run: its table of outcomes and its result file."""

    def __init__(self, trial, folder, name, seed):
        self.trial, self.name, self.seed = trial, name, seed
        self.json = json.loads((folder / f"{name}.json").read_text())
        with h5py.File(folder / f"{name}.h5") as file:
            self.attributes = {key: value.decode() if isinstance(value, bytes) else value
                               for key, value in file.attrs.items()}
            self.data = {key: file[key][()] for key in file
                         if file[key].dtype.kind in "if" and key not in ("growth_days", "response_duration")}
            self.arms = [text.decode() for text in file["arm"][()]]
            self.parameters = [text.decode() for text in file["parameter"][()]]
        found = [key for key in WEIGHTS if key in self.data]
        self.weighted = bool(found)
        self.patient_weights = self.data[found[0]] if found else np.ones(len(self.data["patient"]))

    def completed(self, arm):
        return self.data["status"][arm] == 0

    def weights(self, arm, among=None):
        chosen = self.completed(arm) if among is None else self.completed(arm) & among
        return self.patient_weights[chosen]

    def parameter(self, name):
        return self.data["parameter_value"][:, self.parameters.index(name)]

    def lesions(self, arm, chosen=None, base=0):
        """Of those who completed, from visit `base` on: sums of diameters, whether all are gone, new lesions; of the
        lesions chosen[patient, lesion], and who has one of these."""
        rows = self.completed(arm)
        diameters = self.data["diameter"][arm][rows][:, base:]
        there = np.arange(diameters.shape[2]) < self.data["lesion_count"][rows, None]
        if chosen is not None:
            there = there & chosen[rows]
        counted = np.where(there[:, None], diameters, 0)
        gone = (counted < self.attributes["detection_limit_mm"]).all(axis=2)
        return counted.sum(axis=2), gone, self.data["new_lesions"][arm][rows][:, base:], there.any(axis=1)

    def own_responses(self, arm, base=0):
        """By the trial's target lesions, with the visit `base` as baseline: who of those who completed is in response
        at each visit from it on, and who has been seen at it."""
        targets = self.data["target"][arm] == 1
        sums, gone, new_lesions, has = self.lesions(arm, targets, base)
        other_sums, others_gone, _, _ = self.lesions(arm, ~targets, base)
        seen = ~np.isnan(sums[:, 0]) & ~np.isnan(other_sums[:, 0])
        others = other_sums[seen], others_gone[seen], has[seen]
        return recist(sums[seen], gone[seen], new_lesions[seen], others)[0], seen

    def outside(self, arm):
        return self.data["irradiated"][arm] != 1


class Runs:
    """Runs trials with the same patients, seeds and cohort, and keeps what was run."""

    def __init__(self, command, folder, patients, cohort, least_pdl1=None):
        self.command, self.folder, self.patients, self.cohort = command, folder, patients, cohort
        self.least_pdl1 = least_pdl1
        self.all = []
        # The trials that are written name files of the source tree, and a cohort that may be anywhere.
        folders = [str(ROOT), str(pathlib.Path(cohort).resolve().parent), os.environ.get("ABSCOPAL_FOLDERS", "")]
        self.environment = {**os.environ, "ABSCOPAL_FOLDERS": ":".join(folders)}

    def program(self, *words):
        done = subprocess.run([self.command, *map(str, words)], env=self.environment, capture_output=True, text=True)
        if done.returncode not in (0, 3):  # 3: some patients were not integrated, which their numbers tell
            sys.exit(f"scripts/validate: {' '.join(map(str, words))}: {done.stderr.strip() or done.stdout.strip()}")
        return done

    def write(self, trial, name, path):
        """The trial in the folder, its files named by whole paths; with the cohort that was asked for."""
        trial = dict(trial)
        trial["cohort"] = str((path.parent / trial["cohort"]).resolve())
        if "drugs" in trial:
            trial["drugs"] = [str((path.parent / file).resolve()) for file in trial["drugs"]]
        if trial["cohort"] == str(SHIPPED_COHORT):
            trial["cohort"] = str(self.cohort)
        if self.least_pdl1 is not None and "pdl1_per_cancer_cell" in trial.get("eligibility", {}):
            trial["eligibility"]["pdl1_per_cancer_cell"] = {"least": f"{self.least_pdl1:g} molecule"}
        written = self.folder / f"{name}.yaml"
        written.write_text(yaml.safe_dump(trial, sort_keys=False, allow_unicode=True))
        return trial, written

    def run(self, path, seed, edit=None, factor=1, name=None):
        """Runs the trial file, or what `edit` makes of it."""
        trial = yaml.safe_load(path.read_text()) if isinstance(path, pathlib.Path) else path
        place = path if isinstance(path, pathlib.Path) else ROOT / "protocols/inline.yaml"
        name = f"{name or place.stem}-{seed}"
        trial, written = self.write(edit(trial) if edit else trial, name, place)
        print(f"{trial['name']}: {factor * self.patients} patients, seed {seed}", file=sys.stderr)
        self.program("run", written, "-n", factor * self.patients, "-s", seed, "-q", "-o", self.folder / f"{name}.h5",
                     "--json", self.folder / f"{name}.json")
        self.all.append(Run(trial, self.folder, name, seed))
        return self.all[-1]

    def lymphocytes(self, trial, seed, arm, patient):
        """Day and lymphocytes per microlitre, day by day; None when there is no such patient."""
        _, written = self.write(trial, "lymphocytes", ROOT / "protocols/inline.yaml")
        csv_path = self.folder / "course.csv"
        done = subprocess.run([self.command, "simulate", written, "-a", arm, "-p", str(patient), "-s", str(seed), "-c",
                               csv_path], env=self.environment, capture_output=True, text=True)
        if done.returncode != 0:
            return None
        with open(csv_path, newline="", encoding="utf-8") as file:
            return {float(row["time_days"]): float(row["lymphocytes_per_ul"]) for row in csv.DictReader(file)}
