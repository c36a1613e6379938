"""The published tables of protocols/trials/data, and what a trial file takes from them."""

import csv
import math
import os
import pathlib
import re

ROOT = pathlib.Path(os.environ["ABSCOPAL_SOURCE_DIR"]).resolve()
FOLDER = ROOT / "protocols/trials"
DAYS_PER_MONTH = 30.4375
ENDPOINTS = {
    "best_response_rate": ("ORR",),
    "response_rate": ("ORR",),
    "disease_control_rate": ("DCR",),
    "abscopal_response_rate": ("ARR",),
    "complete_response_rate": ("CR",),
    "progressive_disease_rate": ("PD",),
    "progression_free_rate": ("PFS_rate", "EFS_rate"),
    "median_progression_free_survival": ("PFS_median",),
    "median_duration_of_response": ("DOR_median",),
}
UNITS_IN_DAYS = {"h": 1 / 24, "d": 1, "week": 7}


def table(name):
    with open(FOLDER / "data" / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def number(text):
    """The number of '64.5 %' or '200 mg', and its unit."""
    found = re.fullmatch(r"([\d.]+) ?(.*)", str(text))
    return float(found[1]), found[2]


def days(text):
    value, unit = number(text)
    return value * UNITS_IN_DAYS[unit]


def same(a, b):
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)


def is_number(text):
    return re.fullmatch(r"[\d.]+", text) is not None


# ---- Outcomes


def months_equal(in_days, printed):
    """Whether so many days are the printed months, or are a whole day that rounds to them."""
    decimals = len(printed.partition(".")[2])
    rounds = in_days == round(in_days) and round(in_days / DAYS_PER_MONTH, decimals) == float(printed)
    return same(in_days, float(printed) * DAYS_PER_MONTH) or rounds


def amount_equal(text, printed, unit):
    """Whether a value of a trial file is the printed one."""
    value, of_file = number(text)
    if unit == "percent":
        return of_file == "%" and same(value, float(printed))
    return of_file == "d" and same(value, float(printed) * DAYS_PER_MONTH)


def source_of(row):
    """Such as '002 Table 8' for '002_a842a0d63471a240.txt Table 8'."""
    return re.sub(r"_\w+\.txt", "", row["source"])


def outcome_matches(entry, row):
    """Whether an observed outcome is this row of the table, but for arm and trial."""
    if row["subgroup"] or row["unit"] not in ("percent", "months") or not is_number(row["value"]):
        return False
    if row["endpoint"] not in ENDPOINTS[entry["endpoint"]] or source_of(row) != entry["source"].split(";")[0]:
        return False
    if not amount_equal(entry["value"], row["value"], row["unit"]):
        return False
    if row["timepoint_months"] and not ("at" in entry and months_equal(days(entry["at"]), row["timepoint_months"])):
        return False
    # Response after induction has no day in the table; the file's comment says which is taken.
    if not row["timepoint_months"] and "at" in entry and "post induction" not in row["note"].lower():
        return False
    if row["endpoint"] == "ORR" and (entry["endpoint"] == "response_rate") != ("at" in entry):
        return False
    printed = [row["ci_low"], row["ci_high"]]
    if "interval" not in entry:
        return not all(map(is_number, printed)) and "level" not in entry
    if not all(amount_equal(a, b, row["unit"]) for a, b in zip(entry["interval"], printed)):
        return False
    return row["ci_level"] == (re.sub(" %", "", entry["level"]) if "level" in entry else "")


def outcome_is_wanted(row, setting):
    """Whether a row has to be in the file: it has an endpoint of the model's, of all patients, and a number."""
    known = {name for names in ENDPOINTS.values() for name in names}
    if row["endpoint"] not in known or row["subgroup"] or row["unit"] not in ("percent", "months"):
        return False
    if row["endpoint"] == "DCR" and "out-of-field" in row["note"]:
        return False  # not an endpoint: disease control is that of all lesions
    if setting == "resectable" and row["endpoint"].endswith("_rate"):
        return False  # after surgery
    return is_number(row["value"])


# ---- Doses


def listed(value):
    return value if isinstance(value, list) else [value]


def range_in(text, unit):
    """(lower, upper) of '54 to 66 Gy' or '30-50 Gy'; None without."""
    found = re.search(rf"([\d.]+)(?: to |-)([\d.]+) {unit}\b", text)
    return (float(found[1]), float(found[2])) if found else None


def start_matches(treatment, row):
    if not row["start_day"] or "start" not in treatment:
        return True
    return same(days(treatment["start"]), float(row["start_day"]))


def drug_matches(treatment, row):
    """Whether a drug treatment, or a step of its list of doses, is this row."""
    if row["modality"] != "drug" or row["agent"] != treatment["drug"] or not start_matches(treatment, row):
        return False
    doses = [number(dose) for dose in listed(treatment["dose"])]
    if not any(same(value, float(row["dose"])) and unit == row["dose_unit"] for value, unit in doses):
        return False
    if row["interval_days"] and "every" in treatment:
        if not any(same(days(every), float(row["interval_days"])) for every in listed(treatment["every"])):
            return False
    if not row["n_doses"] or len(doses) > 1:
        return not row["n_doses"] or sum(same(value, float(row["dose"])) for value, _ in doses) == int(row["n_doses"])
    return treatment.get("doses", 1) == int(row["n_doses"])


def radiotherapy_matches(treatment, row):
    """Whether radiotherapy is this row; where its fraction is not printed, the total has to be in the printed range."""
    if row["modality"] != "rt" or not start_matches(treatment, row):
        return False
    gray, fractions = number(treatment["radiotherapy"])[0], treatment.get("fractions", 1)
    if not row["dose"]:
        if "dose not restated" in row["note"]:
            return treatment.get("when", {}).get("event") == "progression"
        total, count = range_in(row["note"], "Gy"), range_in(row["note"], "fx")
        return total[0] <= gray * fractions <= total[1] and (count is None or count[0] <= fractions <= count[1])
    if not same(gray, float(row["dose"])):
        return False
    if row["fractions_per_day"] and treatment.get("per_day", 1) != int(row["fractions_per_day"]):
        return False
    if row["interval_days"]:
        if not same(days(listed(treatment.get("every", "1 d"))[0]), float(row["interval_days"])):
            return False
    if row["fractions"]:
        return fractions == int(row["fractions"])
    return same(gray * fractions, float(row["total_gy"]))


def treatment_matches(treatment, row):
    return (drug_matches if "drug" in treatment else radiotherapy_matches)(treatment, row)
