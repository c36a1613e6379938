"""`abscopal list schema`: JSON Schemas that accept what the reader accepts, and refuse every key that it does not know."""

import copy
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"needs python3-jsonschema and python3-yaml: {missing}")
    sys.exit(77)
if not hasattr(jsonschema, "Draft202012Validator"):
    print("needs a python3-jsonschema that knows draft 2020-12")
    sys.exit(77)

COMMAND = os.environ["ABSCOPAL_COMMAND"]
ROOT = pathlib.Path(os.environ["ABSCOPAL_SOURCE_DIR"]).resolve()

TRIAL = "name: t\nmodel: nsclc\ncohort: ../cohorts/advanced-nsclc.yaml\nuntil: 400 d\nimaging: {every: 50 d}\narms:\n"
TREATMENT = TRIAL + "- {name: a, treatments: [%s]}\n"
POPULATION = "name: p\ncohort: c.yaml\npatients: 10\nseed: 1\ntrials: {t: t.yaml}\nmatch:\n- "
COHORT = "name: c\npatients: 10\nseed: 1\nlesions: 1\nbaseline_sum_of_diameters: 60 mm\n"
CALIBRATION = ("name: c\ncohort: ../cohorts/advanced-nsclc.yaml\npatients: 9\nseed: 1\n"
               "trials: {t: ../protocols/trial.yaml}\n")
TARGET = "targets:\n- {trial: t, arm: a, endpoint: response_rate, value: 1, within: 1}\n"
FREE = "free:\n- {name: k, in: cohort, set: parameters/killing_rate/median, lower: 5 /d, upper: 50 /d}\n"
SWEEP = "name: s\ntrial: trial.yaml\narm: a\n"
ENDPOINTS = "endpoints: [mean_change]\n"
VARY = "vary:\n- {name: n, set: treatments/0/%s}\n"
VARIED = VARY % "radiotherapy, values: [2 Gy, 8 Gy]"
DESIGN = "name: d\ntrial: trial.yaml\narms: [a, b]\nendpoint: best_response_rate\npatients_per_arm: [50]\n"
# Wrong keys, names, numbers and kinds, such as people write: the reader and the schema both refuse them.
WRONG = {
    "trial": [TREATMENT % wrong for wrong in (
        "{drug: nivolumab, doze: 240 mg, start: 0 d}", "{drug: nivolumab, start: 0 d}",
        "{drug: nivolumab, dose: 240 mg, start: 0 d, fractions: 3}", "{drug: nivolumab, dose: 240, start: 0 d}",
        "{drug: nivolumab, dose: 240 mg, start: 0}", "{drug: nivolumab, dose: [], start: 0 d}",
        "{drug: nivolumab, dose: 240 mg, start: 0 d, every: 1 d, doses: 5000}",
        "{drug: nivolumab, dose: 240 mg, start: 0 d, every: 14 d, doses: 2.5}",
        "{drug: nivolumab, dose: 240 mg, when: progresion}", "{drug: nivolumab, dose: 240 mg, when: {lag: 7 d}}",
        "{drug: nivolumab, dose: 240 mg, when: {event: best response, remaining: 0}}",
        "{drug: nivolumab, dose: 240 mg, start: 0 d, every: 14 d, until: toxicity}",
        "{drug: nivolumab, dose: 240 mg, start: 0 d, every: 14 d, until: []}",
        "{drug: nivolumab, dose: 240 mg, start: 0 d, delay: {lymphocytes_below: 500 cell/uL, by: 7 d}}",
        "{radiotherapy: 8 Gy, fraction: 3, start: 0 d}", "{radiotherapy: 8 Gy, start: 0 d, node: true}",
        "{radiotherapy: 8 Gy, start: 0 d, lesions: biggest}", "{radiotherapy: 8 Gy, start: 0 d, lesions: [6]}",
        "{radiotherapy: 8 Gy, start: 0 d, coverage: 60}", "{radiotherapy: 8 Gy, start: 0 d, coverage: {share: 60 %}}",
        "{radiotherapy: 8 Gy, start: 0 d, lesions: {largest: 0}}", "{radiotherapy: 8 Gy, start: 0 d, lesions: {biggest: 1}}",
        "{bed: 60, alpha_beta: 10 Gy, start: 0 d}", "{bed: 60 Gy, alpha_beta: 10, start: 0 d}",
        "{radiotherapy: 8 Gy, start: 0 d, weekdays: 1}", "{radiotherapy: 8, start: 0 d}",
    )] + [TREATMENT % "{radiotherapy: 8 Gy, start: 0 d}" + wrong for wrong in (
        "untill: 3 d", "model_options: {memori: off}", "response: {criteria: recist2}", "response: {minimum: 6 week}",
        "eligibility: {lesion: {least: 2}}", "eligibility: {lesions: {at_least: 2}}", "allocation: {ratio: [1]}",
        "allocation: {patients: random}", "allocation: {patients: randomised, ratio: [0]}", "detection_limit: 3",
        "allocation: {patients: randomised, strata: [{by: lesions}]}",
        "observed: [{arm: a, endpoint: orr, value: 3 %, source: s}]",
        "observed: [{arm: a, endpoint: response_rate, value: 30 %}]",
        "observed: [{arm: a, endpoint: response_rate, value: 30 %, interval: [20 %], source: s}]",
    )] + [(TREATMENT % "{radiotherapy: 8 Gy, start: 0 d}").replace("{every: 50 d}", wrong) for wrong in (
        "50 d", "{each: 50 d}", "{schedule: []}", "{schedule: [{until: 48 week}]}", "{every: 50 d, missed: 7}",
    )] + [(TREATMENT % "{radiotherapy: 8 Gy, start: 0 d}").replace("until: 400 d\n", "")]
       + [TRIAL + "- {name: a, treatments: %s}\n" % wrong for wrong in (
           "{recods: dosing.csv}", "{arm: a}", "dosing.csv", "[]")],
    "cohort": [COHORT + wrong for wrong in (
        "parameter: {}", "parameters: {killing_rates: 1 /d}", "lesion_spread: {growht: 1}", "lesion_spread: {growth: 4}",
        "body_weight: {distribution: gamma, mean: 75 kg}", "body_weight: {distribution: normal, mean: 75 kg}",
        "body_weight: {distribution: uniform, lower: 40 kg, upper: 90 kg, bounds: [1 kg, 2 kg]}",
        "body_weight: {distribution: fixed, value: 75 kg, lesions_exponent: 0.8}",
        "sampling: random", "body_height: {distribution: triangular, lower: 150 cm, upper: 190 cm}",
        "lesion_spread: {growth: 0.3, bounds: [0.5]}", "correlations: [{between: [killing_rate], value: 0.4}]",
        "correlations: [{between: [killing_rate, body_mass], value: 0.4}]", "pdl1_classes: [{below: 1e4 molecule}]",
        "plausible: [{output: cd8, most: 1}]", "plausible: [{most: 1 d}]", "plausible: {output: growth_time}",
    )] + [COHORT.replace("lesions: 1", wrong) for wrong in ("lesions: 6", "lesions: {6: 100 %}", "lesions: many")]
       + [COHORT.replace("seed: 1\n", ""), COHORT.replace("patients: 10", "patients: 0")],
    "calibration": [CALIBRATION + TARGET + FREE + wrong for wrong in (
        "stop: 3", "tolerance: 0.5", "fresh: {patients: 3}", "fresh: {seeds: []}", "search: {global: crs}",
        "search: {stalled_after: 0}",
    )] + [CALIBRATION + TARGET + "free:\n- {name: k, in: cohort, %s}\n" % wrong for wrong in (
        "set: a, lower: 5 /d", "set: [], lower: 5 /d, upper: 9 /d", "set: a, lower: 5 /d, upper: [9 /d]",
        "set: a, lower: 5 /d, upper: 9 /d, scale: log", "set: a, lower: 5 /d, upper: 9 /d, prior_sd: 0",
    )] + [CALIBRATION + FREE + "targets:\n- {trial: t, arm: a, %s}\n" % wrong for wrong in (
        "endpoint: orr, value: 1, within: 1", "endpoint: response_rate, value: 1", "value: 1, within: 1",
        "endpoint: response_rate, value: 1, within: 0", "endpoint: best_change_quantile, quantile: 2, value: 1, within: 1",
    )] + [(CALIBRATION + TARGET + FREE).replace(*wrong) for wrong in (
        ("patients: 9", "patients: 0"), ("{t: ../protocols/trial.yaml}", "{}"), ("{t: ../protocols/trial.yaml}", "[t]"))],
    "sweep": [SWEEP + ENDPOINTS + VARIED + wrong for wrong in (
        "point: 3", "patients: 0", "tolerance: 0.5", "by: lesion", "reference: {lag: 3}", "reference: {at: {}}",
        "sobol: {points: 1}", "sobol: {seed: 3}", "limits: []", "limits: [{total_dose: rt, most: 3}]",
        "limits: [{total_doses: rt, most: 3 Gy}]", "optimize: {evaluations: 9}", "optimize: {fresh: {seeds: [3]}}",
        "optimize: {evaluations: 2, fresh: {seeds: [3]}}", "optimize: {evaluations: 9, fresh: {seeds: []}}",
        "optimize: {evaluations: 9, global: crs, fresh: {seeds: [3]}}",
        "optimize: {evaluations: 9, local: powell, fresh: {seeds: [3]}}",
    )] + [SWEEP + VARIED + wrong for wrong in (
        "endpoints: []", "endpoints: [orr]", "endpoints: [{at: 3 d}]", "endpoints: [{endpoint: mean_change, at: 3}]",
        "endpoints: [{endpoint: mean_change, on: 3 d}]", "endpoints: {endpoint: mean_change}",
    )] + [SWEEP + ENDPOINTS + VARY % wrong for wrong in (
        "radiotherapy, value: [2 Gy]", "radiotherapy, values: []", "radiotherapy, from: 2 Gy, to: 8 Gy, points: 1",
        "radiotherapy, from: 2 Gy, to: 8 Gy, points: 3, scale: log", "radiotherapy, values: {a: 2 Gy}",
    )] + [SWEEP + ENDPOINTS + wrong for wrong in (
        "vary: []", "vary: {}", "vary: [{set: treatments/0/radiotherapy, values: [2 Gy]}]",
        "vary: [{name: n, lag: {of: rt}, values: [2 d]}]", "vary: [{name: n, choices: [{name: a}]}]",
        "vary: [{name: n, choices: [{name: a, set: {}}]}]", "vary: [{name: n, arms: []}]",
    )] + [(SWEEP + ENDPOINTS + VARIED).replace(*wrong) for wrong in (
        ("name: s\n", ""), ("trial: trial.yaml\n", ""), ("trial.yaml", "[trial.yaml]"))],
    "power": [DESIGN + wrong for wrong in (
        "patient: 3", "patients: 0", "most_patients: 1", "test: {method: t-test}", "test: {alpha: 0}", "test: {sides: 3}",
        "test: {level: 5 %}", "test: {multiplicity: holm}", "allocation: {ratio: [1]}", "allocation: {ratio: [0, 1]}",
        "allocation: {strata: [{by: lesions}]}", "allocation: {patients: randomised}", "recruitment: {patients: 9}",
        "recruitment: {patients: 9, in: 3}", "dropout: {share: 10 %}", "dropout: {share: 2, by: 3 d}",
        "dropout: {share: 10 %, by: 3 d, count: stable}", "imaging: {error: 2}", "imaging: {every: 3 d}", "looks: {at: []}",
        "looks: {at: [50 %], bounds: haybittle}", "looks: {bounds: pocock}", "subgroups: [{parts: 3}]",
        "subgroups: [{by: stage, parts: 3}]", "subgroups: [{by: lesions, parts: 1}]", "simulations: {trials: 3}",
        "follow_up: 3", "events: 0",
    )] + [DESIGN.replace(*wrong) for wrong in (
        ("[a, b]", "[a]"), ("[a, b]", "a"), ("[50]", "[]"), ("[50]", "[1]"), ("[50]", "50"), ("name: d\n", ""),
        ("best_response_rate", "orr"), ("best_response_rate", "{at: 3 d}"),
        ("best_response_rate", "{endpoint: response_rate, at: 3}"))],
    "population": [POPULATION + wrong for wrong in (
        "{quantity: lesions, bins: [1, 3], share: [100 %]}", "{quantity: lesions, shares: [100 %]}",
        "{quantity: lesions, bins: 3, shares: [100 %]}", "{quantity: lesions, bins: [1, 3], shares: 100 %}",
        "{quantity: lesions, bins: [1, 3], shares: [many]}", "{quantity: [lesions], bins: [1, 3], shares: [100 %]}",
        "{quantity: lesions, bins: [1, 3], shares: [100 %]}\nmethod: raking",
        "{quantity: lesions, bins: [1, 3], shares: [100 %]}\nleast: 50",
    )] + [POPULATION.replace("trials: {t: t.yaml}", "trials: {}") + "{quantity: lesions, bins: [1, 3], shares: [100 %]}"],
}


def as_json(node):
    """What an editor makes of YAML: keys are text."""
    if isinstance(node, dict):
        return {str(key): as_json(value) for key, value in node.items()}
    return [as_json(item) for item in node] if isinstance(node, list) else node


def mappings(node, path=()):
    """Paths of all mappings."""
    if isinstance(node, dict):
        yield path
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from mappings(value, (*path, key))


def with_wrong_key(node, path):
    changed = copy.deepcopy(node)
    at = changed
    for step in path:
        at = at[step]
    at["xyzzy"] = "1 d"
    return changed


def refused_by_reader(folder, text):
    path = folder / "protocols" / "input.yaml"
    path.write_text(text)
    return subprocess.run([COMMAND, "check", path], capture_output=True).returncode == 2


problems = []
validators = {}


def kind_of(tree):
    """Of a file, told as the command tells it."""
    return "power" if "patients_per_arm" in tree else "trial" if "arms" in tree else "sweep" if "vary" in tree else "calibration" if "free" in tree else "population" if "match" in tree else "cohort"


for kind in ("trial", "cohort", "calibration", "population", "sweep", "power"):
    schema = json.loads(subprocess.run([COMMAND, "list", "schema", kind], check=True, capture_output=True).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    validators[kind] = jsonschema.Draft202012Validator(schema)
    if not all("description" in value for value in schema["properties"].values()):
        problems.append(f"{kind}: a key without description")

right = [(kind_of(yaml.safe_load(path.read_text())), path, path.read_text())
         for shipped in ("protocols", "cohorts") for path in sorted(ROOT.glob(f"{shipped}/**/*.yaml"))]
for kind, manual in (("trial", "protocols.md"), ("cohort", "cohorts.md"), ("calibration", "calibration.md"),
                     ("population", "population.md"), ("sweep", "sweeps.md"), ("power", "power.md")):
    right += [(kind, manual, text) for text in
              re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / manual).read_text(), flags=re.DOTALL)]
wrong_keys = 0
for kind, source, text in right:
    tree = as_json(yaml.safe_load(text))
    for error in validators[kind].iter_errors(tree):
        problems.append(f"{source}: {list(error.absolute_path)}: {error.message}")
    for path in mappings(tree):
        if (kind in ("calibration", "population") and path == ("trials",)
                or kind == "sweep" and ("choices" in path and path[-1] == "set" or path == ("reference", "at"))):
            continue  # whose names are the author's
        wrong_keys += 1
        if validators[kind].is_valid(with_wrong_key(tree, path)):
            problems.append(f"{source}: a wrong key at {path} is accepted")

wrong_count = 0
with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    (folder / "protocols").mkdir()
    (folder / "cohorts").symlink_to(ROOT / "cohorts")
    (folder / "protocols" / "trial.yaml").write_text(
        TREATMENT % "{id: rt, radiotherapy: 8 Gy, start: 0 d}" + "- {name: b, treatments: [{radiotherapy: 2 Gy, start: 0 d}]}\n")
    for text in (TREATMENT % "{radiotherapy: 8 Gy, start: 0 d}", COHORT, CALIBRATION + TARGET + FREE,
                 POPULATION + "{quantity: lesions, bins: [1, 3], shares: [100 %]}", SWEEP + ENDPOINTS + VARIED, DESIGN):
        if refused_by_reader(folder, text):
            problems.append(f"what the wrong files are made from is wrong itself:\n{text}")
    for kind, texts in WRONG.items():
        for text in texts:
            wrong_count += 1
            if not refused_by_reader(folder, text):
                problems.append(f"the reader accepts\n{text}")
            if validators[kind].is_valid(as_json(yaml.safe_load(text))):
                problems.append(f"the schema accepts\n{text}")

print("\n".join(problems) or f"{len(right)} right files accepted; {wrong_keys} wrong keys in them and {wrong_count} wrong "
      "files refused")
sys.exit(1 if problems or len(right) < 10 or wrong_keys < 100 else 0)
