"""Responses at every visit and best overall responses, derived from ADTR alone by a RECIST 1.1 of its own, must be those
of ADRS for every subject, irradiated lesions being targets or not; and the four files must fit together. Nothing of abscopal is used but its command."""

import collections
import csv
import os
import pathlib
import subprocess
import sys
import tempfile

COMMAND = os.environ["ABSCOPAL_COMMAND"]
DATA = pathlib.Path(os.environ["ABSCOPAL_SOURCE_DIR"]).resolve() / "tests/data"
PATIENTS = 150
# Of the trial files: limits in mm and days.
DETECTION_LIMIT = 2
TRIALS = {"adam-in-all-arms.yaml": {"confirmation": 30, "minimum_stable": 50, "arms": 2},
          "adam-randomised.yaml": {"confirmation": 0, "minimum_stable": 0, "arms": 1},
          "new-lesions.yaml": {"confirmation": 0, "minimum_stable": 0, "arms": 4, "new_lesions": True},
          "non-targets.yaml": {"confirmation": 0, "minimum_stable": 0, "arms": 5, "new_lesions": True,
                               "non_targets": True}}
ORDER = ["CR", "PR", "SD", "PD", "NE"]
WITHOUT_TARGETS = "NON-CR/NON-PD"

problems = []


def expect(condition, text):
    if not condition:
        problems.append(text)


def read(folder, name):
    with open(folder / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def run(*words):
    return subprocess.run([COMMAND, *map(str, words)], capture_output=True, text=True, check=False)


def measurements(adtr):
    """{subject: {visit: [sum of targets or None, {lesion: diameter}]}}, the days of all visits, and the lesions of each
    subject that were not irradiated and that are no targets."""
    days, subjects = {}, collections.defaultdict(lambda: collections.defaultdict(lambda: [None, {}]))
    outside, non_targets = collections.defaultdict(set), collections.defaultdict(set)
    for row in adtr:
        visit = int(row["AVISITN"])
        days[visit] = float(row["ADT"])
        entry = subjects[row["USUBJID"]][visit]
        if row["PARAMCD"] == "SDIAM":
            entry[0] = float(row["AVAL"])
        else:
            entry[1][row["PARAMCD"]] = float(row["AVAL"])
            if row["IRRADFL"] == "N":
                outside[row["USUBJID"]].add(row["PARAMCD"])
            if row["PARAM"].startswith("Diameter of Non-Target Lesion"):
                non_targets[row["USUBJID"]].add(row["PARAMCD"])
    return subjects, days, outside, non_targets


def sums_of(visits, lesions):
    """Added up anew, at the visits that were not missed."""
    return {visit: sum(found[lesion] for lesion in lesions) for visit, (_, found) in visits.items() if found}


def target_response(visits, visit, targets):
    sums = sums_of(visits, targets)
    nadir = min(value for earlier, value in sums.items() if earlier < visit)
    if all(visits[visit][1][lesion] < DETECTION_LIMIT for lesion in targets):
        return "CR"
    if sums[visit] >= 1.2 * nadir and sums[visit] - nadir >= 5:
        return "PD"
    return "PR" if sums[visit] <= 0.7 * sums[0] else "SD"


def non_target_response(visits, visit, others):
    """As docs/response.md says what is unequivocal."""
    response = target_response(visits, visit, others)
    sums = sums_of(visits, others)
    if response == "PD" and sums[visit] <= sums[0]:
        return "present"
    return response if response in ("CR", "PD") else "present"


def visit_responses(visits, days, targets, others, new_lesions):
    """Of the targets, the other lesions and the visits that know of new ones, at every visit after baseline: Tables 1
    and 2 of RECIST 1.1."""
    responses = {}
    for visit in sorted(days)[1:]:
        if visit not in visits:
            responses[visit] = "NE"
            continue
        target = target_response(visits, visit, targets) if targets else None
        other = non_target_response(visits, visit, others) if others else "CR"
        if visit in new_lesions or "PD" in (target, other):
            responses[visit] = "PD"
        elif not targets:
            responses[visit] = "CR" if other == "CR" else WITHOUT_TARGETS
        else:
            responses[visit] = "PR" if target == "CR" and other != "CR" else target
    return responses


def best_response(responses, days, minimum_stable, confirmation):
    """Best before progression; CR and PR seen again, with nothing worse or missed between, after so many days."""
    progressed = [visit for visit in responses if responses[visit] == "PD"]
    before = [visit for visit in responses if not progressed or visit < progressed[0]]
    for level in ("CR", "PR"):
        for first in before:
            run_of = []
            for visit in before[before.index(first):]:
                if responses[visit] == WITHOUT_TARGETS or ORDER.index(responses[visit]) > ORDER.index(level):
                    break
                run_of.append(visit)
            if run_of and days[run_of[-1]] - days[first] >= confirmation:
                return level
    if any(responses[visit] != "NE" and days[visit] >= minimum_stable for visit in before):
        return WITHOUT_TARGETS if WITHOUT_TARGETS in responses.values() else "SD"
    return "PD" if progressed else "NE"


def check_trial(name, rules, folder):
    results, adam = folder / "results.h5", folder / "adam"
    done = run("run", DATA / name, "-n", PATIENTS, "-q", "-o", results)
    expect(done.returncode == 0, f"{name}: {done.stderr}")
    done = run("export", results, "--adam", adam)
    expect(done.returncode == 0, f"{name}: {done.stderr}")
    adsl, adtr, adrs, adtte = (read(adam, f"{table}.csv") for table in ("adsl", "adtr", "adrs", "adtte"))
    subjects, days, outside, non_targets = measurements(adtr)
    evaluable = {row["USUBJID"] for row in adsl if row["EFFFL"] == "Y"}
    expect(len(evaluable) == len(subjects) > 100 * rules["arms"], f"{name}: {len(evaluable)} evaluable subjects")
    expect(len({row["USUBJID"] for row in adsl}) == len(adsl), f"{name}: a USUBJID is there twice")
    expect(all(row["USUBJID"] == f"{row['STUDYID']}-{row['SUBJID']}" for row in adsl), f"{name}: USUBJID")
    in_arms = collections.Counter(row["PATIENT"] for row in adsl)
    expect(set(in_arms.values()) == {rules["arms"]}, f"{name}: patients in {set(in_arms.values())} arms")
    ours = collections.defaultdict(dict)
    for row in adrs:
        ours[row["PARAMCD"]][row["USUBJID"], row["AVISITN"]] = row["AVALC"]
    found = collections.defaultdict(set)
    for subject, visit in ours["NEWLES"]:
        found[subject].add(int(visit))
    expect(len(found) > 50 or "new_lesions" not in rules, f"{name}: {len(found)} subjects with new lesions")
    best = collections.Counter()
    matters = 0
    for subject, visits in subjects.items():
        lesions = sorted(visits[0][1])
        targets, others = sorted(set(lesions) - non_targets[subject]), sorted(non_targets[subject])
        for visit, (total, _) in visits.items():
            expected = sums_of(visits, targets)[visit] if targets else None
            expect((total is None) == (expected is None) and (total is None or abs(total - expected) < 1e-9),
                   f"{name}: sum of {subject}, visit {visit}")
        responses = visit_responses(visits, days, targets, others, found[subject])
        matters += responses != visit_responses(visits, days, lesions, [], found[subject])
        for visit, response in responses.items():
            expect(ours["OVRLRESP"][subject, str(visit)] == response, f"{name}: {subject}, visit {visit}: {response}")
        expected = {"BOR": best_response(responses, days, rules["minimum_stable"], 0)}
        if rules["confirmation"]:
            expected["CBOR"] = best_response(responses, days, rules["minimum_stable"], rules["confirmation"])
        if outside[subject]:
            alone = visit_responses(visits, days, sorted(outside[subject]), [], found[subject])
            expected["OOFBOR"] = best_response(alone, days, rules["minimum_stable"], rules["confirmation"])
        for code in ("BOR", "CBOR", "OOFBOR"):
            there = ours[code].get((subject, ""))
            expect(there == expected.get(code), f"{name}: {code} of {subject} is {there}, from ADTR {expected.get(code)}")
            best[code, there] += 1
    times = [row for row in adtte if row["PARAMCD"] == "PFS"]
    expect({row["USUBJID"] for row in times} == evaluable and len(times) == len(evaluable), f"{name}: PFS")
    responders = {subject for (subject, _), response in (ours["CBOR"] or ours["BOR"]).items()
                  if response in ("CR", "PR")}
    for code in ("RSD", "TTR"):
        expect({row["USUBJID"] for row in adtte if row["PARAMCD"] == code} == responders, f"{name}: {code}")
    for row in adtte:
        expect(abs(float(row["STARTDT"]) + float(row["AVAL"]) - float(row["ADT"])) < 1e-9, f"{name}: {row}")
        expect((row["CNSR"] == "0") == (row["CNSDTDSC"] == ""), f"{name}: {row}")
    # The comparison says little unless responses differ and confirmation matters.
    counts = {code: {response: best[code, response] for response in (*ORDER, WITHOUT_TARGETS)}
              for code in ("BOR", "CBOR", "OOFBOR")}
    for response in ORDER[:4]:  # not evaluable is who missed every visit
        expect(best["BOR", response] > 0, f"{name}: nobody has {response}")
    expect((matters > 50) == ("non_targets" in rules), f"{name}: targets matter for {matters} subjects")
    expect((best["BOR", WITHOUT_TARGETS] > 10) == ("non_targets" in rules), f"{name}: subjects without targets")
    expect(not rules["confirmation"] or counts["BOR"] != counts["CBOR"], f"{name}: confirmation changes nothing")
    print(f"{name}: {len(subjects)} subjects, {len(ours['OVRLRESP'])} visit responses and best responses as from ADTR;",
          *(f"{code} " + ", ".join(f"{value} {key}" for key, value in count.items())
            for code, count in counts.items() if sum(count.values())), sep="\n  ")
    return results


def check_places(results, folder):
    """What is there is kept, and nothing half-written stays."""
    taken, empty = folder / "taken", folder / "empty"
    taken.mkdir(), empty.mkdir()
    (taken / "mine.txt").write_text("mine")
    done = run("export", results, "--adam", taken)
    expect(done.returncode == 2 and "not empty" in done.stderr and os.listdir(taken) == ["mine.txt"], done.stderr)
    expect(run("export", results, "--adam", taken, "--force").returncode == 0 and len(os.listdir(taken)) == 5 and
           (taken / "mine.txt").read_text() == "mine", "--force")
    expect(run("export", results, "--adam", empty).returncode == 0 and len(os.listdir(empty)) == 4, "empty folder")
    whole = results.read_bytes()
    for number, damaged in enumerate((b"", whole[:1000], whole[:len(whole) // 2], b"\x89HDF" + bytes(5000))):
        (folder / "damaged.h5").write_bytes(damaged)
        done = run("export", folder / "damaged.h5", "--adam", folder / "none")
        expect(done.returncode == 2 and not (folder / "none").exists(), f"damaged file {number}: {done}")
    done = run("export", folder / "missing.h5", "--adam", folder / "none")
    expect(done.returncode == 2 and "missing.h5" in done.stderr, done.stderr)
    done = run("export", results, "--adam", folder / "no" / "where")
    expect(done.returncode == 4 and "cannot write" in done.stderr, done.stderr)
    done = run("export", results)
    expect(done.returncode == 2 and "--adam DIR" in done.stderr, done.stderr)
    left = [name for name in os.listdir(folder) if "partial" in name]
    expect(not left, f"left behind: {left}")


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for trial, rules in TRIALS.items():
            (folder / trial).mkdir()
            results = check_trial(trial, rules, folder / trial)
        check_places(results, folder)
    for problem in problems[:20]:
        print(problem)
    sys.exit(1 if problems else 0)


main()
