#!/usr/bin/python3
"""Fates against brute force (docs/fate.md quotes what is printed): fates of patients under every arm of a trial, as shipped
and without resistant cells, beside their responses; whether they agree with CVODE at a relative tolerance of 1e-9 over ten
years after the arm, in which nothing is given; and whether drugs stopped one cycle before the earliest stop change the
fate and stopped then do not.

Nothing here uses what the command fate does: the trial file is written anew with a later end, or with fewer doses, and
every patient is simulated by `abscopal simulate --engine cvode`. At the end of those years a patient without living cancer
cells is tumour-free; one with a lesion of half its largest number of cells or more has the maximal tumour. Whoever has
living cells below that is not there yet, or controlled: those, and those alone, are simulated until day 36525, the latest
end that a trial may have, a century after its start.
"""
import argparse
import collections
import concurrent.futures
import csv
import math
import os
import re
import subprocess
import sys
import tempfile

import h5py

SOURCE = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
YEAR = 365.25
HORIZON = 400.0
LONGEST_YEARS = (36525 - HORIZON) / YEAR


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="abscopal")
    parser.add_argument("--patients", type=int, default=1000)
    parser.add_argument("--years", type=float, default=10)
    parser.add_argument("--stops", type=int, default=50, help="patients and arms whose stop is checked (default 50)")
    parser.add_argument("--scan", type=int, default=100, help="patients looked at on every day (default 100)")
    parser.add_argument("--part", choices=("scan", "agreement", "stops"), help="one of the parts alone")
    parser.add_argument("--case", choices=("shipped", "without-resistance"), help="one of the two alone")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    return parser.parse_args()


class Case:
    """The six-arm trial, as shipped or without resistant cells."""

    def __init__(self, options, folder, name, model_options):
        self.options, self.folder, self.name = options, folder, name
        with open(os.path.join(SOURCE, "protocols", "nivolumab-rt-six-arms.yaml"), encoding="utf-8") as file:
            text = file.read()
        cohort = os.path.join(SOURCE, "cohorts", "advanced-nsclc.yaml")
        self.text = re.sub(r"(?m)^cohort:.*$", f"cohort: {cohort}\n{model_options}", text)
        self.trial = self.write("trial", self.text)
        self.largest = None

    def write(self, name, text):
        path = os.path.join(self.folder, f"{self.name}-{name}.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def lasting(self, years, change=lambda text: text):
        """The trial with a horizon so many years after the arm, and few visits."""
        until = HORIZON + years * YEAR
        text = re.sub(r"(?m)^until:.*$", f"until: {until!r} d", change(self.text))
        return re.sub(r"imaging: \{every: 40 d", f"imaging: {{every: {until / 4:.0f} d", text), until

    def fates(self, *more, patients=None):
        path = os.path.join(self.folder, f"{self.name}-fates.csv")
        command = [self.options.program, "fate", self.trial, "-n", str(patients or self.options.patients), "-o", path,
                   "--force", "--quiet", *more]
        table = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        with open(path, encoding="utf-8") as file:
            return table, list(csv.DictReader(file))

    def find_largest(self):
        """Largest numbers of cells of every patient's lesions, from the parameters drawn."""
        path = os.path.join(self.folder, f"{self.name}-patients.h5")
        subprocess.run([self.options.program, "run", self.trial, "-n", str(self.options.patients), "-o", path, "--force",
                        "--quiet"], check=True, stdout=subprocess.DEVNULL)
        with h5py.File(path) as file:
            names = [name.decode() if isinstance(name, bytes) else name for name in file["parameter"][:]]
            of = {name: file["parameter_value"][:, names.index(name)] for name in
                  ("cancer_growth_rate", "cancer_turnover_rate", "cancer_death_rate", "maximum_tumour_diameter",
                   "cancer_cell_density")}
            factors = file["lesion_growth"][:]
        room = 3.14159265358979 / 6 * of["maximum_tumour_diameter"] ** 3 * 1e-6 * of["cancer_cell_density"]
        death = of["cancer_death_rate"] + of["cancer_turnover_rate"]
        growth = of["cancer_growth_rate"][:, None] * factors + of["cancer_turnover_rate"][:, None]
        self.largest = room[:, None] * (1 - death[:, None] / growth)

    def simulate(self, trial, until, patient, arm):
        """(fate, whether it is final) after those years, by CVODE."""
        every = until / math.ceil(until / 9999)  # the command takes no longer ones
        handle, path = tempfile.mkstemp(suffix=".csv", dir=self.folder)
        os.close(handle)
        command = [self.options.program, "simulate", trial, "--patient", str(patient), "-n", str(self.options.patients),
                   "-a", arm, "--engine", "cvode", "--rtol", "1e-9", "--every", f"{every!r} d", "-c", path]
        finished = subprocess.run(command, capture_output=True, text=True, check=False)
        if finished.returncode != 0:
            return "not integrated", True
        with open(path, encoding="utf-8") as file:
            last = list(csv.DictReader(file))[-1]
        os.remove(path)
        assert abs(float(last["time_days"]) - until) < 1e-6
        living = [float(last[f"lesion{i}_cancer_cells"]) + float(last[f"lesion{i}_resistant_cells"])
                  for i in range(1, 6) if f"lesion{i}_cancer_cells" in last]
        if not any(cells > 0 for cells in living):
            return "tumour-free", True
        if any(cells >= 0.5 * most for cells, most in zip(living, self.largest[patient - 1])):
            return "maximal", True
        return "controlled", False

    def brute_force(self, jobs, change=lambda text: text, name="long"):
        """{job: (fate after the years, fate in the end)} of jobs (patient, arm)."""
        text, until = self.lasting(self.options.years, change)
        short = self.write(name, text), until
        text, until = self.lasting(LONGEST_YEARS, change)
        late = self.write(f"{name}-late", text), until

        def one(job):
            fate, final = self.simulate(*short, *job)
            return fate, fate if final else self.simulate(*late, *job)[0]

        with concurrent.futures.ThreadPoolExecutor(self.options.processes) as pool:
            return dict(zip(jobs, pool.map(one, jobs)))


def compare(case, rows):
    """Prints agreement of fates with brute force."""
    known = {(int(row["patient"]), row["arm"]): row for row in rows if row["status"] == "completed"}
    found = case.brute_force(list(known))
    soon = [job for job, (early, late) in found.items() if early == late and early != "controlled"]
    agree = [job for job in known if known[job]["fate"] == found[job][1]]
    wrong_soon = [job for job in soon if known[job]["fate"] != found[job][1]]
    print(f"{len(known)} patients in arms; after {case.options.years:g} years {len(soon)} have no living cell or a lesion "
          f"of half its largest number of cells: of these {len(soon) - len(wrong_soon)} agree with the fate")
    print(f"all, those others followed for a century: {len(agree)} of {len(known)} agree "
          f"({100 * len(agree) / len(known):.3f} %)")
    bases = collections.Counter(row["basis"] for row in known.values())
    print("known by:", ", ".join(f"{basis} {count}" for basis, count in sorted(bases.items())))
    for job in known:
        if known[job]["fate"] != found[job][1]:
            print(f"  patient {job[0]}, {job[1]}: {known[job]['fate']} by {known[job]['basis']}, by brute force "
                  f"{found[job][0]}, then {found[job][1]}")
    sys.stdout.flush()


def with_doses(doses):
    """Changes a trial's text so that every arm's drug has so many doses; the drug stays in the model, for which it is
    given half a day before the end where there are none."""
    def change(text):
        if doses > 0:
            return re.sub(r"doses: \d+", f"doses: {doses}", text)
        return re.sub(r"(\{drug: [^}]*start: )[0-9.]+ d([^}]*doses: )\d+", r"\g<1>LAST d\g<2>1", text)
    return change


def stopped(case, rows):
    """Prints whether stopping one cycle earlier changes the fate and stopping then does not."""
    chosen = [row for row in rows if row["cycles_needed"] and 0 < int(row["cycles_needed"]) < int(row["cycles"])]
    counts = collections.Counter(int(row["cycles_needed"]) for row in chosen)
    print(f"{len(chosen)} patients in arms with a stop after the first and before the last cycle; cycles needed: " +
          ", ".join(f"{cycles} in {count}" for cycles, count in sorted(counts.items())))
    # The rarer stops first, then patients in order, one arm each.
    chosen.sort(key=lambda row: (counts[int(row["cycles_needed"])], int(row["patient"])))
    seen, few = set(), []
    for row in chosen:
        if row["patient"] not in seen and len(few) < case.options.stops:
            few.append(row)
            seen.add(row["patient"])
    changes = keeps = 0
    for cycles in sorted({int(row["cycles_needed"]) for row in few}):
        jobs = {(int(row["patient"]), row["arm"]): row["fate"] for row in few if int(row["cycles_needed"]) == cycles}
        for doses, same in ((cycles - 1, False), (cycles, True)):
            found = doses_fates(case, list(jobs), doses)
            for job, fate in jobs.items():
                good = (found[job][1] == fate) == same
                keeps += good and same
                changes += good and not same
                if not good:
                    print(f"  patient {job[0]}, {job[1]}: {doses} cycles lead to {found[job][1]}, all to {fate}")
    print(f"of {len(few)} patients, stopping one cycle earlier changes the fate in {changes}, and stopping then does not "
          f"in {keeps}")


def doses_fates(case, jobs, doses):
    """brute_force with so many doses."""
    change = with_doses(doses)
    if doses > 0:
        return case.brute_force(jobs, change, f"doses-{doses}")
    original = case.lasting

    def lasting(years, changed):
        text, until = original(years, changed)
        return text.replace("LAST d", f"{until - 0.5!r} d"), until
    case.lasting = lasting
    try:
        return case.brute_force(jobs, change, "doses-0")
    finally:
        case.lasting = original


def scan(case):
    """Prints how often bisection's assumption fails."""
    _, rows = case.fates("--every-day", patients=case.options.scan)
    _, bisected = case.fates(patients=case.options.scan)
    known = [row for row in rows if row["exceptions"] and row["decided_day"]]
    back = [row for row in known if int(row["exceptions"]) > 0]
    others = sum(one["decided_day"] != two["decided_day"] or one["cycles_needed"] != two["cycles_needed"]
                 for one, two in zip(rows, bisected))
    print(f"every day and cycle of {len(known)} patients in arms: the fate changes back in {len(back)}; "
          f"bisection finds another day or cycle in {others}")


def main():
    options = parse()
    os.environ["ABSCOPAL_FOLDERS"] = SOURCE
    with tempfile.TemporaryDirectory() as folder:
        for name, model_options in (("shipped", ""), ("without-resistance", "model_options: {resistance: off}")):
            if options.case not in (None, name):
                continue
            case = Case(options, folder, name, model_options)
            print(f"== {name}\n")
            table, rows = case.fates()
            print(table, flush=True)
            case.find_largest()
            if options.part in (None, "scan"):
                scan(case)
            if options.part in (None, "agreement"):
                compare(case, rows)
            if options.part in (None, "stops") and model_options:
                stopped(case, rows)


if __name__ == "__main__":
    main()
