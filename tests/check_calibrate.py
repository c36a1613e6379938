"""`abscopal calibrate`: finds the values that targets were made with, goes on after Ctrl-C to the same bytes, and says
by its exit code whether targets are met."""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

COMMAND = os.environ["ABSCOPAL_COMMAND"]
COHORT = """# Two dozen patients, whose tumours grow at different rates.
name: two dozen
patients: 24
seed: 1
lesions: 1
baseline_sum_of_diameters: 40 mm # of the only lesion
parameters:
  cancer_growth_rate: {distribution: lognormal, median: %s, log_sd: %s} # to be found
  doomed_death_rate: 0.3 /d
  radiosensitivity_alpha: 0.1 /Gy
"""
TRIAL = """name: growth
model: nsclc
cohort: cohort.yaml
until: 40 d
imaging: {every: 20 d}
arms:
  - name: irradiated
    treatments: [{radiotherapy: 2 Gy, fractions: 5, start: 1 d, every: 1 d}] # the whole of it
  - name: later
    treatments: [{radiotherapy: 2 Gy, fractions: 5, start: 20 d, every: 1 d}]
"""
CALIBRATION = """name: growth
cohort: cohort.yaml
patients: 24
seed: 4
tolerance: 1e-6
trials: {g: trial.yaml}
targets:
%s
free:
  - {name: growth, in: cohort, set: parameters/cancer_growth_rate/median, lower: 0.005 /d, upper: 0.03 /d, scale: logarithmic}
  - {name: spread, in: cohort, set: parameters/cancer_growth_rate/log_sd, lower: 0.02, upper: 0.5}
search: {%s}
"""
TARGET = "  - {trial: g, arm: irradiated, endpoint: best_change_quantile, quantile: %s %%, value: %s, within: %s}\n"
NONE = "global: none, local: none"
QUICK = "global_evaluations: 25, local_evaluations: 25"
problems, checks = [], 0


def expect(what, good):
    global checks
    checks += 1
    if not good:
        problems.append(what)


def calibrate(folder, name, *words):
    return subprocess.run([COMMAND, "calibrate", f"{name}.yaml", "-o", *words], cwd=folder, capture_output=True, text=True)


def write(folder, median, spread, targets, search, name="c"):
    (folder / "cohort.yaml").write_text(COHORT % (median, spread))
    (folder / "trial.yaml").write_text(TRIAL)
    (folder / f"{name}.yaml").write_text(CALIBRATION % (targets, search))


def report(folder, name):
    return json.loads((folder / name / "report.json").read_text())


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def known_truth(folder):
    """Targets simulated with known values are met at these values, and the search from elsewhere finds them."""
    quantiles = (10, 50, 90)
    write(folder, "0.0121 /d", "0.23", "".join(TARGET % (q, 0, 1) for q in quantiles), NONE)
    done = calibrate(folder, "c", "truth")
    expect(f"a search of one evaluation ends with {done.returncode}: {done.stderr}", done.returncode == 0)
    truth = report(folder, "truth")
    expect("one evaluation, and two to either side of each variable", truth["evaluations"] == 5)
    simulated = [target["fit"]["simulated"] for target in truth["targets"]]
    expect(f"quantiles ascend: {simulated}", simulated == sorted(simulated) and simulated[0] < simulated[2] - 0.02)
    targets = "".join(TARGET % (q, repr(value), 1e-4) for q, value in zip(quantiles, simulated))
    write(folder, "0.018 /d", "0.4", targets, "global_evaluations: 40, local_evaluations: 160")
    done = calibrate(folder, "c", "found")
    expect(f"known values are not found: {done.returncode}\n{done.stdout}{done.stderr}", done.returncode == 0)
    found = {variable["name"]: variable for variable in report(folder, "found")["variables"]}
    # Quantiles within 1e-4 of their targets leave the values by their standard errors, and those are small.
    for name, value in (("growth", 0.0121), ("spread", 0.23)):
        estimate, error = found[name]["estimate"], found[name]["standard_error"]
        error *= value if name == "growth" else 1
        expect(f"{name} is {estimate} within {error} rather than {value}", abs(estimate / value - 1) < 0.01)
        expect(f"{name}: standard error {error}", 0 < error < 0.02 * value)
    return targets


def files(folder):
    """The calibrated cohort is that which was given, with two other values and a head; it runs, with the same outcome."""
    text = (folder / "found" / "cohort.yaml").read_text()
    head = re.match(r"(#.*\n)+?#\n", text)[0]
    expect("the head says what made it", all(word in head for word in ("abscopal calibrate c.yaml", "seed 4", "3 of 3")))
    numbers = re.search(r"median: (\S+) /d, log_sd: (\S+)}", text)
    expect("comments and layout stay", text[len(head):] == COHORT % (numbers[1] + " /d", numbers[2]))
    (folder / "again.yaml").write_text((folder / "c.yaml").read_text().replace("cohort.yaml", "found/cohort.yaml"))
    text = re.sub(r"search: .*", "search: {" + NONE + "}", (folder / "again.yaml").read_text())
    (folder / "again.yaml").write_text(text)
    expect("the calibrated cohort meets the targets by itself", calibrate(folder, "again", "again").returncode == 0)
    first, again = report(folder, "found"), report(folder, "again")
    expect("and to the bit", [t["fit"] for t in first["targets"]] == [t["fit"] for t in again["targets"]])


def interrupted(folder, targets):
    """Stopped by Ctrl-C wherever that falls and resumed, or cut off in the middle of a line, or with another number of
    threads: the same bytes."""
    write(folder, "0.018 /d", "0.4", targets, QUICK)
    for name in ("whole", "same"):
        calibrate(folder, "c", name)
    whole = contents(folder / "whole")
    expect("twice the same command, other bytes", whole == contents(folder / "same"))
    expect("not the files expected", list(whole) == ["cohort.yaml", "evaluations.csv", "report.json", "report.md"])
    process = subprocess.Popen([COMMAND, "calibrate", "c.yaml", "-o", "parts"], cwd=folder, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, text=True)
    log = folder / "parts" / "evaluations.csv"
    while process.poll() is None and not (log.exists() and log.read_bytes().count(b"\n") > 20):
        time.sleep(0.002)
    process.send_signal(signal.SIGINT)
    message = process.communicate()[1]
    expect(f"Ctrl-C ends with {process.returncode}: {message}",
           process.returncode == 130 and "to go on: abscopal calibrate c.yaml -o parts --resume" in message)
    before = log.read_bytes()
    expect("what was evaluated is not kept", before == whole["evaluations.csv"][:len(before)] and before.endswith(b"\n"))
    expect("reports of a part", contents(folder / "parts").keys() == {"evaluations.csv"})
    log.write_bytes(before[:-7])
    done = calibrate(folder, "c", "parts", "--resume", "--threads", "1")
    expect(f"resuming ends with {done.returncode}: {done.stderr}", done.returncode in (0, 5))
    expect("resumed, other bytes", contents(folder / "parts") == whole)
    calibrate(folder, "c", "parts", "--resume")
    expect("resumed when it was done, other bytes", contents(folder / "parts") == whole)


def refusals(folder, targets):
    def refused(code, message, *words):
        done = calibrate(folder, "c", *words)
        expect(f"{words}: {done.returncode} rather than {code}, or not '{message}':\n{done.stderr}",
               done.returncode == code and re.search(message, done.stderr))

    refused(2, r"whole: the folder is not empty: name another, or go on .* with --resume", "whole")
    refused(2, r"nowhere: is not there, so there is nothing to resume", "nowhere", "--resume")
    refused(4, r"nowhere/below: cannot write: No such file", "nowhere/below")
    refused(2, r"c.yaml: not a folder: name another", "c.yaml")
    refused(2, r"--rtol is for virtual populations; write the tolerance of a fit into its file", "loose", "--rtol", "1e-4")
    expect("refused, and a folder is left", not (folder / "loose").exists())
    (folder / "odd").mkdir()
    os.mkfifo(folder / "odd/evaluations.csv")
    refused(2, r"odd/evaluations.csv: is a device, a pipe or a socket", "odd", "--resume")
    (folder / "odd/evaluations.csv").unlink()
    (folder / "odd/evaluations.csv").touch()
    os.truncate(folder / "odd/evaluations.csv", 100 << 20)
    refused(2, r"odd/evaluations.csv: has 104857600 bytes; a file of this kind has at most 67108864", "odd", "--resume")
    write(folder, "0.0181 /d", "0.4", targets, QUICK)
    refused(2, r"evaluations.csv:5:1: is the log of another calibration: now it is '# cohort file: ", "whole", "--resume")
    write(folder, "0.018 /d", "0.4", targets, QUICK)
    (folder / "trial.yaml").write_text(TRIAL.replace("40 d", "41 d"))
    refused(2, r"evaluations.csv:7:1: is the log of another calibration: now it is '# trial file: ", "whole", "--resume")
    (folder / "trial.yaml").write_text(TRIAL)
    # A range of which the reader refuses a part, and a count.
    for number, (path, ends, said) in enumerate((
            ("arms/later/treatments/0/start", "lower: 10 d, upper: 39 d", r"'x' cannot be 39 d, which lies in its range: "
             r"trial.yaml:10:\d+: "),
            ("arms/0/treatments/0/fractions", "lower: 1, upper: 9", r"'x' cannot be 4.055728, which lies in its range: "
             r"trial.yaml:8:\d+: fractions must be a whole number"))):
        variable = "  - {name: x, in: g, set: %s, %s}\nsearch:" % (path, ends)
        write(folder, "0.018 /d", "0.4", targets, QUICK)
        (folder / "c.yaml").write_text((folder / "c.yaml").read_text().replace("search:", variable))
        refused(2, r"c.yaml:15:5: " + said, f"refused{number}")
        done = subprocess.run([COMMAND, "check", "c.yaml"], cwd=folder, capture_output=True, text=True)
        expect(f"check: {done.stdout}{done.stderr}", done.returncode == 2 and re.search(said, done.stderr))
    # Out of reach: exit code 5, and the files are there all the same.
    write(folder, "0.018 /d", "0.4", TARGET % (50, "-90 %", "1 %"), QUICK)
    refused(5, r"1 of 1 targets are not met", "missed")
    expect("no report of a target that is missed", "**no**" in (folder / "missed" / "report.md").read_text())
    expect("growth ends at a bound", "at its lower bound" in (folder / "missed" / "report.md").read_text())
    # Tumours that never get so large have no patients.
    write(folder, "0.018 /d", "0.4", targets, QUICK)
    (folder / "cohort.yaml").write_text((folder / "cohort.yaml").read_text().replace("40 mm", "900 mm"))
    refused(2, r"cohort.yaml: none of 24 patients is plausible at the start", "implausible")


def trial_values(folder, targets):
    """A value of a trial, in two places of its arms: the trial is written, and names the calibrated cohort."""
    write(folder, "0.0121 /d", "0.23", targets, NONE)
    text = (folder / "c.yaml").read_text()
    lag = "  - {name: day, in: g, set: [arms/later/treatments/0/start], lower: 10 d, upper: 30 d}\n"
    ratio = "  - {trial: g, arm: later, endpoint: best_change_quantile, quantile: 50 %, value: 0 %, within: 100 %}\n"
    (folder / "c.yaml").write_text(text.replace("search:", lag + "search:").replace("free:", ratio + "free:"))
    done = calibrate(folder, "c", "lagged")
    expect(f"a calibration of a trial ends with {done.returncode}: {done.stderr}", done.returncode == 0)
    trial = (folder / "lagged" / "trial.yaml").read_text()
    expect("the trial keeps its comments", "# the whole of it" in trial and "start: 20 d" in trial)
    done = subprocess.run([COMMAND, "run", "trial.yaml", "-q"], cwd=folder / "lagged", capture_output=True, text=True)
    expect(f"the written trial does not run: {done.stderr}", done.returncode == 0)


with tempfile.TemporaryDirectory() as name:
    place = pathlib.Path(name)
    made = known_truth(place)
    files(place)
    interrupted(place, made)
    refusals(place, made)
    trial_values(place, made)
print("\n".join(problems) or f"{checks} checks hold")
sys.exit(1 if problems else 0)
