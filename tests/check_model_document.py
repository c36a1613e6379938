"""docs/model.md is the model: its tables are the program's, and its equations give the program's rates.

With --write the tables between its marker comments are written anew."""

import difflib
import json
import os
import pathlib
import re
import subprocess
import sys

import model_document

ROOT = pathlib.Path(os.environ.get("ABSCOPAL_SOURCE_DIR", ".")).resolve()
DOCUMENT = ROOT / "docs/model.md"
COMMAND = os.environ.get("ABSCOPAL_COMMAND", "build/abscopal")
RATES = pathlib.Path(os.environ.get("ABSCOPAL_BUILD_DIR", "build")) / "tests/print_rates"
NSCLC, PUBLISHED = PRESETS = ("nsclc", "qspio-nsclc-2020")
TARGETS = {"PD-1": "target_pd1", "PD-L1": "target_pdl1", "CTLA-4": "target_ctla4"}
# Tables of states, by what `abscopal list` says they are of; in the order of the document.
STATES = {"shared states": "patient", "drug states": "drug", "lesion states": "lesion",
          "lesion-drug states": "lesion, drug"}
# Rounding in another order, relative to the terms that make up a rate.
TOLERANCE = 1e-12


def shown(number, digits=12):
    """As short as it goes: 0.005, 86400, 3.2e9; nothing for what there is not."""
    if number is None:
        return ""
    plain = f"{number:.{digits}g}"
    mantissa, exponent = f"{number:.{digits - 1}e}".split("e")
    short = f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
    return plain if number == 0 or 1e-3 <= abs(number) < 1e5 or len(plain) <= len(short) and "e" not in plain else short


def table(heads, rows):
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def code(text):
    return f"`{text}`" if text else ""


def listed(kind, preset):
    return json.loads(subprocess.run([COMMAND, "list", kind, "--preset", preset, "--format", "json"], check=True,
                                     capture_output=True, text=True).stdout)


class Program:
    """What the program says of itself."""

    def __init__(self):
        self.parameters = listed("parameters", NSCLC)
        self.options = {preset: listed("options", preset) for preset in PRESETS}
        self.drugs = {preset: listed("drugs", preset) for preset in PRESETS}
        self.published_state = listed("states", PUBLISHED)
        self.tumour_free_state = listed("states", NSCLC)
        self.states = {table: [s for s in self.tumour_free_state if s["of"] == of] for table, of in STATES.items()}


def state_table(states):
    return table(("name", "unit", "tolerance", "published", "meaning"),
                 [(code(s["name"]), s["unit"], shown(s["absolute_tolerance"]), code(s["published"]), s["meaning"])
                  for s in states])


def span(row):
    return f"{shown(row['lower'])} to {shown(row['upper'])}"


def parameter_table(parameters):
    return table(("name", "symbol", "unit", "default", "range", "meaning", "source"),
                 [(code(p["name"]), code(p["published"]), p["unit"], shown(p["default"]), span(p), p["meaning"],
                   p["source"]) for p in parameters])


def option_table(options):
    return table(["name", *options, "meaning", "source"],
                 [[code(rows[0]["name"]), *("on" if row["default"] else "off" for row in rows), rows[0]["meaning"],
                   rows[0]["source"]] for rows in zip(*options.values(), strict=True)])


def drug_table(constants):
    """A row for each constant, a column for each drug."""
    drugs = {row["drug"]: row for row in constants}
    rows = [["target", ""] + [drug["target"] for drug in drugs.values()] + ["", "what it binds"]]
    for name in dict.fromkeys(row["name"] for row in constants):
        of_drugs = [row for row in constants if row["name"] == name]
        rows.append([code(name), of_drugs[0]["unit"], *(shown(row["default"]) for row in of_drugs), span(of_drugs[0]),
                     of_drugs[0]["meaning"]])
    rows.append(["source", ""] + [drug["source"] for drug in drugs.values()] + ["", ""])
    return table(["name", "unit", *drugs, "range", "meaning"], rows)


def default_patient(program, equations):
    """One lesion, no drug, the default parameters and what the document derives from them."""
    patient = model_document.Patient(1, 0)
    for parameter in program.parameters:
        patient.set(parameter["name"], parameter["default"])
    patient.set("pdl1_factor", 1, 0)
    patient.run([equation for equation in equations if equation[0] == "constants"])
    return patient


def tables(program, equations):
    """Every table of the document that comes from the program."""
    made = {name: state_table(states) for name, states in program.states.items()}
    made["options"] = option_table(program.options)
    made["parameters"] = parameter_table(program.parameters)
    for preset, constants in program.drugs.items():
        made[f"drugs {preset}"] = drug_table(constants)
    patient = default_patient(program, equations)
    made["derived constants"] = table(("name", "value"),
                                      [(code(name), shown(patient.look_up(name, None, None)[0]))
                                       for where, name, _, _ in equations if where == "constants"])
    derived = ("pd1", "pdl1", "pdl2", "costimulation_ligand")
    made["published state"] = table(("state", "value"), [(code(s["name"]), shown(s["default"], 15))
                                                         for s in program.published_state
                                                         if s["default"] != 0 and s["name"] not in derived])
    return made


def with_tables(document, made):
    """The document with those tables between its markers; a marker without a table is an error, and so is the reverse."""
    marked = re.findall(r"^<!-- table: (.+) -->$", document, flags=re.MULTILINE)
    if sorted(marked) != sorted(made):
        sys.exit(f"tables of the document: {sorted(marked)}; of the program: {sorted(made)}")
    return re.sub(r"^(<!-- table: ([^\n]+) -->)$.*?^(<!-- end -->)$",
                  lambda match: f"{match[1]}\n{made[match[2]]}\n{match[3]}", document, flags=re.DOTALL | re.MULTILINE)


def start_differs(program, equations):
    """The states in which a body without tumour starts otherwise than the document says."""
    patient = default_patient(program, equations)
    patient.run([equation for equation in equations if equation[0].startswith("start")])
    published = {s["name"]: s["default"] for s in program.published_state}
    problems = []
    for state in program.tumour_free_state:
        name, lesion = state["name"], 0 if state["of"] == "lesion" else None
        value = patient.values.get((name, lesion, None), (published[name] if name.startswith("naive_") else 0,))[0]
        if abs(value - state["default"]) > TOLERANCE * abs(value):
            problems.append(f"{name} starts at {value!r} in the document, at {state['default']!r} in the program")
    return problems


def places(program, lesions, drugs):
    """(name, lesion, drug) of every state, in the order that the document gives."""
    shared, of_drug, of_lesion, of_both = ([s["name"] for s in states] for states in program.states.values())
    yield from ((name, None, None) for name in shared)
    for drug in range(drugs):
        yield from ((name, None, drug) for name in of_drug)
    for lesion in range(lesions):
        yield from ((name, lesion, None) for name in of_lesion)
        for drug in range(drugs):
            yield from ((name, lesion, drug) for name in of_both)


def set_drugs(program, case, patient):
    constants = program.drugs[case["preset"]]
    targets = {row["drug"]: row["target"] for row in constants}
    for i, drug in enumerate(case["drugs"]):
        patient.set("infusion_nmol_per_d", drug["infusion_nmol_per_d"], None, i)
        for row in constants:
            if row["drug"] == drug["name"]:
                patient.set(row["name"], row["default"] or 0, None, i)
        for target, truth in TARGETS.items():
            patient.set(truth, targets[drug["name"]] == target, None, i)
    patient.set("ctla4_antibody", any(targets[drug["name"]] == "CTLA-4" for drug in case["drugs"]))


def by_place(rows):
    """Values by (name, lesion, drug), in their order."""
    return {(row["name"], *(None if row[of] < 0 else row[of] for of in ("lesion", "drug"))): row["value"]
            for row in rows}


def patient_of(program, case):
    """The patient of a case, before any equation."""
    patient = model_document.Patient(len(case["lesion_factors"]), len(case["drugs"]))
    patient.set("published_preset", case["preset"] == PUBLISHED)
    for name, value in (case["parameters"] | case["options"]).items():
        patient.set(name, value)
    for lesion, factors in enumerate(case["lesion_factors"]):
        for name, factor in factors.items():
            patient.set(f"{name}_factor", factor, lesion)
    set_drugs(program, case, patient)
    for place, value in by_place(case["state"]).items():
        patient.set(place[0], value, *place[1:])
    return patient


def rates_differ(program, case, equations):
    """(largest error, the rates that differ) of one case."""
    patient = patient_of(program, case)
    patient.run([equation for equation in equations if not equation[0].startswith("start")])
    rates = by_place(case["rate"])
    if list(rates) != list(places(program, len(patient.lesions), len(patient.drugs))):
        return 0, ["the states stand in another order than the document says"]
    largest, problems = 0, []
    for place, rate in rates.items():
        value, size = patient.values.pop(("d_" + place[0], *place[1:]), (float("nan"), 0))
        error = abs(value - rate) / size if size > 0 else abs(value - rate)
        largest = max(largest, error)
        if not error <= TOLERANCE:
            problems.append(f"{place}: {value!r} in the document, {rate!r} in the program, terms of {size:.3g}")
    problems += [f"{place}: a rate of no state" for place in patient.values if place[0].startswith("d_")]
    return largest, problems


def unused(program, document, equations):
    """Parameters, options and fields of drugs that the document lists but no equation has."""
    used = set().union(*(model_document.names(tree) for *_, tree in equations))
    # Events, initial states and what is solved for stand in indented blocks and in the text, which are not evaluated.
    text = re.sub(r"^<!-- table.*?^<!-- end -->$|^```.*?^```$", "", document, flags=re.DOTALL | re.MULTILINE)
    used |= set(re.findall(r"\w+", "\n".join(re.findall(r"^    .+$|`[^`]+`", text, flags=re.MULTILINE))))
    names = [row["name"] for row in program.parameters + program.options[NSCLC] + program.drugs[NSCLC]]
    return [f"'{name}' stands in no equation" for name in dict.fromkeys(names) if name not in used]


program = Program()
document = DOCUMENT.read_text()
equations = model_document.statements(document)
written = with_tables(document, tables(program, equations))
if sys.argv[1:] == ["--write"]:
    DOCUMENT.write_text(written)
    sys.exit(0)
problems = list(difflib.unified_diff(document.splitlines(), written.splitlines(), "docs/model.md", "the program",
                                     lineterm="", n=0))
problems += unused(program, document, equations) + start_differs(program, equations)
cases = json.loads(subprocess.run([RATES, "rates"], check=True, capture_output=True, text=True).stdout)
errors = []
for number, case in enumerate(cases):
    largest, found = rates_differ(program, case, equations)
    errors.append(largest)
    problems += [f"case {number}, {case['preset']}: {problem}" for problem in found]
print("\n".join(problems) or f"{len(equations)} equations at {len(errors)} states agree to {max(errors):.1e}")
sys.exit(1 if problems or not errors else 0)
