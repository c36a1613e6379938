"""The tables of docs/validation.md (scripts/validate)."""

import collections
import csv
import math
import re

import numpy as np

from validation_runs import COMPLETE, PARTIAL, effective_size, recist, share_of, table_of, wilson

DAYS_PER_MONTH = 30.4375
# Published: best response by day 400 of the six arms, and the ratio of those who still respond on that day.
TARGETS = {"nivolumab": 21, "30 Gy x 1, then nivolumab": 37, "8 Gy x 3, then nivolumab": 26,
           "2 Gy x 30 with nivolumab": 51, "8 Gy x 3 with nivolumab": 56}
RATIO_ARMS, RATIO = ("8 Gy x 3 with nivolumab", "2 Gy x 30 with nivolumab"), 1.47
OAK_SHARES = (10, 25, 50, 75, 90)
OAK_RESPONDERS = 23  # per cent of the measured patients whose lesion shrinks by 30 % or more
# Endpoints of the published tables that trial files can have under `observed`.
PREDICTED = ("ORR", "DCR", "ARR", "CR", "PD", "PFS_rate", "EFS_rate", "PFS_median", "DOR_median", "TTR_median")
NOTHING = "-"


def table(heads, rows):
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows])


def percent(share, lower=math.nan, upper=math.nan):
    if share is None or math.isnan(share):
        return NOTHING
    interval = "" if math.isnan(lower) else f" ({100 * lower:.1f}-{100 * upper:.1f})"
    return f"{100 * share:.1f}{interval}"


def of_json(share):
    """A share of the table of outcomes."""
    return NOTHING if share is None or share["fraction"] is None else percent(share["fraction"], share["lower"],
                                                                              share["upper"])


def number(value, digits=2):
    return NOTHING if value is None or math.isnan(value) else f"{value:.{digits}f}"


# ---- The fitted response rates


def drug_start(trial, arm):
    """Day of the first dose when radiotherapy comes before it; else None."""
    treatments = {entry["name"]: entry["treatments"] for entry in trial["arms"]}[arm]
    first = {kind: min((float(entry["start"].split()[0]) for entry in treatments if kind in entry), default=math.inf)
             for kind in ("drug", "radiotherapy")}
    return first["drug"] if first["radiotherapy"] < first["drug"] < math.inf else None


def with_scan_at_drug_start(trial):
    """The sequential arms alone, looked at on the day of the first dose too."""
    starts = {arm["name"]: drug_start(trial, arm["name"]) for arm in trial["arms"]}
    kept = [arm for arm in trial["arms"] if starts[arm["name"]] is not None]
    days = sorted({starts[arm["name"]] for arm in kept})
    return {**trial, "arms": kept, "imaging": {**trial["imaging"], "also": [f"{day:g} d" for day in days]}}


def response_from(run, arm, base):
    """Best response with the visit `base` as baseline, by the diameters; those without that visit do not count."""
    response, seen = run.own_responses(arm, base)
    return share_of(response.any(axis=1), run.weights(arm)[seen])


def check_recist(run, arm):
    """Whether responses from the diameters are those that the program found."""
    response, _ = run.own_responses(arm)
    stored = np.isin(run.data["best_response"][arm][run.completed(arm)], (COMPLETE, PARTIAL))
    if run.attributes["criteria"] == "RECIST 1.1" and not np.array_equal(response.any(axis=1), stored):
        raise SystemExit(f"scripts/validate: responses of {run.name}, {run.arms[arm]}, do not follow from diameters")


def largest_miss(values, target):
    misses = [value - target / 100 for value in values if not math.isnan(value)]
    return f"{100 * max(misses, key=abs):+.1f}" if misses else NOTHING


def fitted_rows(runs, at_start, name, target):
    """Rows of one arm: by the baseline before any treatment and, where it is another, that at the start of the drug;
    and the state on day 400."""
    arm = runs[0].arms.index(name)
    for run in runs:
        check_recist(run, arm)
    best = [run.json["arms"][arm]["orr_best"] for run in runs]
    sequential = drug_start(runs[0].trial, name) is not None
    reading = "best response, baseline before radiotherapy" if sequential else "best response"
    yield [name, reading, target, *map(of_json, best), largest_miss([share["fraction"] or math.nan for share in best],
                                                                    target)]
    if sequential:
        arms = [run.arms.index(name) for run in at_start]
        bases = [int(np.flatnonzero(run.data["visit"] == drug_start(run.trial, name))[0]) for run in at_start]
        shares = [response_from(run, arm, base) for run, arm, base in zip(at_start, arms, bases, strict=True)]
        yield [name, "best response, baseline at the first dose", target, *(percent(*share) for share in shares),
               largest_miss([share[0] for share in shares], target)]
    yield [name, "in response on day 400", NOTHING, *(of_json(run.json["arms"][arm]["orr_horizon"]) for run in runs),
           NOTHING]


def fitted_table(runs, at_start):
    rows = [row for name, target in TARGETS.items() for row in fitted_rows(runs, at_start, name, target)]
    ratios = []
    for run in runs:
        first, second = (run.json["arms"][run.arms.index(name)]["orr_horizon"] for name in RATIO_ARMS)
        ratios.append(first["fraction"] / second["fraction"] if second["fraction"] else math.nan)
    off = max((ratio - RATIO for ratio in ratios if not math.isnan(ratio)), key=abs, default=math.nan)
    rows.append([" over ".join(RATIO_ARMS), "those in response on day 400, ratio", RATIO, *map(number, ratios),
                 NOTHING if math.isnan(off) else f"{off:+.2f}"])
    return table(["arm", "reading", "published", *(f"seed {run.seed}" for run in runs), "largest difference"], rows)


# ---- OAK


def oak_observed(path):
    """(baseline in mm, best change) of each patient on atezolizumab: too small to measure counts as 2 mm."""
    visits = collections.defaultdict(list)
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            size = 2.0 if row["note"] == "too small to measure" else float(row["longest_diameter_mm"] or "nan")
            if row["arm"] == "atezolizumab" and not math.isnan(size):
                visits[row["patient"]].append((float(row["day"]), size))
    pairs = []
    for sizes in visits.values():
        before = [size for day, size in sorted(sizes) if day <= 0]
        after = [size for day, size in sizes if day > 0]
        if before and after:
            pairs.append((before[-1], min(after) / before[-1] - 1))
    return np.array(pairs)


def oak_simulated(run):
    """The same of the lesion that is largest at baseline, up to the first progression; and weights."""
    rows = run.completed(0)
    diameters = np.maximum(run.data["diameter"][0][rows], 2)  # keeps NaN
    chosen = np.nanargmax(diameters[:, 0], axis=1)
    sizes = diameters[np.arange(len(chosen)), :, chosen]
    counts = run.data["visit"] <= run.data["progression_day"][0][rows, None]
    after = np.where(counts[:, 1:], sizes[:, 1:], np.nan)
    seen = ~np.isnan(after).all(axis=1)
    best = np.nanmin(after[seen], axis=1) / sizes[seen, 0] - 1
    return np.column_stack((sizes[seen, 0], best)), run.weights(0)[seen]


def quantiles(values, weights, shares):
    """Of the weighted distribution; with equal weights the usual ones, in a straight line between values."""
    order = np.argsort(values)
    place = np.cumsum(weights[order]) - weights[order]
    return np.interp(np.array(shares) / 100 * place[-1], place, values[order])


def kolmogorov_smirnov(one, other, other_weights):
    points = np.concatenate((one, other))
    first = np.searchsorted(np.sort(one), points, side="right") / len(one)
    order = np.argsort(other)
    sums = np.concatenate(([0], np.cumsum(other_weights[order]))) / other_weights.sum()
    return float(np.abs(first - sums[np.searchsorted(other[order], points, side="right")]).max())


def oak_table(runs, path):
    observed = oak_observed(path) if path is not None and path.is_file() else None
    simulated = [oak_simulated(run) for run in runs]
    rows = []
    for column, what, digits in ((0, "diameter at baseline, mm", 0), (1, "best change", 2)):
        of_trial = [NOTHING] * len(OAK_SHARES)
        if observed is not None:
            of_trial = [number(value, digits) for value in np.percentile(observed[:, column], OAK_SHARES)]
        of_runs = [quantiles(values[:, column], weights, OAK_SHARES) for values, weights in simulated]
        rows += [[f"{what}: {share} % lie below", of_trial[i], *(number(of_run[i], digits) for of_run in of_runs)]
                 for i, share in enumerate(OAK_SHARES)]
        distances = [NOTHING if observed is None else number(kolmogorov_smirnov(observed[:, column], values[:, column],
                                                                                weights))
                     for values, weights in simulated]
        rows.append([f"{what}: Kolmogorov-Smirnov distance", "0", *distances])
    shares = [share_of(values[:, 1] <= -0.3, weights) for values, weights in simulated]
    rows.append(["30 % smaller or more, % of patients", str(OAK_RESPONDERS), *(percent(*share) for share in shares)])
    rows.append(["patients", NOTHING if observed is None else len(observed), *(len(values) for values, _ in simulated)])
    made = table(["quantity", "observed", *(f"seed {run.seed}" for run in runs)], rows)
    if observed is None:
        made += "\n\nThe measurements were not there when this table was made; the observed share is the published one."
    return made


# ---- Published outcomes


def is_time(endpoint):
    return endpoint.startswith("median_")


def value_of(estimate, endpoint, mark=""):
    """Value and interval: shares in per cent, times in months."""
    scale, digits = (1 / DAYS_PER_MONTH, 1) if is_time(endpoint) else (100, 1)
    if estimate["value"] is None:
        return "NR" if is_time(endpoint) else NOTHING
    ends = [estimate["lower"], estimate["upper"]]
    if ends == [None, None]:
        return f"{scale * estimate['value']:.{digits}f}"
    low, high = ("?" if end is None else f"{scale * end:.{digits}f}" for end in ends)
    return f"{scale * estimate['value']:.{digits}f} ({mark}{low}-{high})"


def outcome_name(entry):
    unit = "months" if is_time(entry["endpoint"]) else "%"
    at = "" if entry["at_days"] is None else f", day {entry['at_days']:.0f}"
    return f"{entry['endpoint'].replace('_', ' ')}{at}, {unit}"


def with_interval(entry):
    """Observed outcome, how its interval is marked, and whether the prediction is inside. A progression-free rate that
    was printed without an interval gets Wilson's of its n, as if nobody had been censored."""
    observed = entry["observed"]
    if entry["endpoint"] != "progression_free_rate" or observed["lower"] is not None or not entry["n"]:
        return observed, "~" if observed["interval_added"] else "", entry["within"]
    _, lower, upper = wilson(observed["value"], entry["n"])
    predicted = entry["predicted"]["value"]
    return ({**observed, "lower": lower, "upper": upper}, "\u2248",
            None if predicted is None else lower <= predicted <= upper)


def outcome_rows(run):
    answers = {True: "yes", False: "no", None: NOTHING}
    for entry in run.json["published"]["observed"]:
        observed, mark, inside = with_interval(entry)
        yield [run.trial["name"], entry["arm"], outcome_name(entry), value_of(observed, entry["endpoint"], mark),
               NOTHING if entry["n"] is None else entry["n"], value_of(entry["predicted"], entry["endpoint"]),
               answers[inside]]


def outcomes_table(runs):
    for run in runs:
        for arm in range(len(run.arms)):
            check_recist(run, arm)
    return table(["trial", "arm", "endpoint", "observed", "n", "predicted", "inside"],
                 [row for run in runs for row in outcome_rows(run)])


def figures_left_out(run):
    """Published figures of the trial that no endpoint of the program stands for: survival, toxicity, hazard ratios,
    p values, subgroups, what was not reached."""
    rows = [row for row in table_of("outcomes.csv") if row["nct"] == run.trial["registry"]]
    return sum(row["endpoint"] not in PREDICTED or row["unit"] not in ("percent", "months") or row["subgroup"] != "" or
               not re.fullmatch(r"[\d.]+", row["value"]) for row in rows)


def share_inside(answers):
    asked = [answer for answer in answers if answer is not None]
    return [len(asked), sum(asked), percent(*wilson(sum(asked) / len(asked), len(asked))) if asked else NOTHING]


def judged(entries):
    """With the intervals that the program has, and with those of progression-free rates too."""
    return [len(entries), *share_inside([entry["within"] for entry in entries]),
            *share_inside([with_interval(entry)[2] for entry in entries])]


def trials_table(runs):
    rows, everything = [], []
    for run in runs:
        entries = run.json["published"]["observed"]
        everything += entries
        rows.append([run.trial["name"], run.trial["registry"], run.trial["setting"], run.json["patients"]["completed"],
                     *judged(entries), figures_left_out(run)])
    rows.append(["all", "", "", "", *judged(everything), sum(figures_left_out(run) for run in runs)])
    return table(["trial", "registry", "setting", "virtual patients", "outcomes", "judged", "inside", "share inside, %",
                  "judged with \u2248", "inside", "share inside, %", "figures left out"], rows)


# ---- Out of field


def outside_response(run, arm, day):
    """Who responds outside the field at the last visit not later than that day, of those with a lesion there."""
    sums, gone, new_lesions, has = run.lesions(arm, run.outside(arm))
    visit = int(np.flatnonzero(run.data["visit"] <= day)[-1])
    return recist(sums, gone, new_lesions)[0][:, visit], has


def check_published(run, name, share):
    """Whether the share by the diameters is what the program has put beside the published one."""
    theirs = [entry["predicted"]["value"] for entry in run.json["published"]["observed"]
              if entry["arm"] == name and entry["endpoint"] == "abscopal_response_rate"][0]
    if theirs is not None and abs(theirs - share) > 1e-9:
        raise SystemExit(f"scripts/validate: {run.name}, {name}: {share} by the diameters, {theirs} by the program")


def bootstrap_ratio(first, second, weights):
    """Of two shares of the same patients, with the 95 % interval of 4000 resamplings of patients."""
    random = np.random.default_rng(1)
    picks = random.integers(len(first), size=(4000, len(first))) if len(first) else np.zeros((0, 0), int)
    ratios = [(weights[pick] * first[pick]).sum() / max((weights[pick] * second[pick]).sum(), 1e-300)
              for pick in picks if (weights[pick] * second[pick]).sum() > 0]
    if not ratios or not (weights * second).sum() > 0:
        return math.nan, math.nan, math.nan
    return (weights * first).sum() / (weights * second).sum(), *np.percentile(ratios, (2.5, 97.5))


def published_ratio(first, n_first, second, n_second):
    """Of two shares of different patients (Katz 1978)."""
    a, b = round(first * n_first), round(second * n_second)
    error = 1.959963984540054 * math.sqrt(1 / a - 1 / n_first + 1 / b - 1 / n_second)
    ratio = (a / n_first) / (b / n_second)
    return ratio, ratio * math.exp(-error), ratio * math.exp(error)


def doubling_table(runs):
    """PEMBRO-RT: out-of-field response at 12 weeks with radiotherapy and without."""
    def shown(values):
        return NOTHING if math.isnan(values[0]) else f"{values[0]:.2f} ({values[1]:.2f}-{values[2]:.2f})"

    published = {entry["arm"]: entry for entry in runs[0].json["published"]["observed"]
                 if entry["endpoint"] == "abscopal_response_rate"}
    rows = [[name, value_of(published[name]["observed"], "share", "~")] for name in runs[0].arms]
    ratios = []
    for run in runs:
        both = run.completed(0) & run.completed(1)
        found = {}
        for arm, name in enumerate(run.arms):
            day = published[name]["at_days"]
            responds, has = outside_response(run, arm, day)
            share = share_of(responds[has], run.weights(arm)[has])
            check_published(run, name, share[0])
            rows[arm].append(percent(*share))
            everyone = np.zeros((2, len(both)), bool)
            everyone[:, run.completed(arm)] = responds, has
            found[arm] = everyone
        kept = both & found[0][1] & found[1][1]
        ratios.append(bootstrap_ratio(found[1][0][kept], found[0][0][kept], run.patient_weights[kept]))
    control, treated = (published[name] for name in runs[0].arms)
    rows.append(["ratio", shown(published_ratio(treated["observed"]["value"], treated["n"],
                                                        control["observed"]["value"], control["n"])),
                 *map(shown, ratios)])
    return table(["arm", "observed", *(f"seed {run.seed}" for run in runs)], rows)


# ---- PD-L1


def classes_of(limits):
    low, high = limits
    return {"PD-L1 negative": (0, low), "PD-L1 low": (low, high), "PD-L1 high": (high, math.inf),
            "PD-L1 positive": (low, math.inf)}


def arm_labels(path):
    """Arms of the file by the names that the published tables give them."""
    found = collections.defaultdict(list)
    for text, name in re.findall(r"# In the tables: (.*)\n  - name: (.*)\n", path.read_text()):
        for label in text.split("; "):
            found[label].append(name)
    return found


def pdl1_table(runs, limits):
    """`runs` by the path of the trial file."""
    rows, endpoints = [], {"ORR": "best_confirmed_response", "ARR": "out_of_field_response"}
    for path, run in runs.items():
        labels = arm_labels(path)
        for row in table_of("outcomes.csv"):
            if row["nct"] != run.trial.get("registry") or row["subgroup"] not in classes_of(limits) or \
                    row["endpoint"] not in endpoints or row["unit"] != "percent":
                continue
            low, high = classes_of(limits)[row["subgroup"]]
            for name in labels[row["arm"]]:
                arm = run.arms.index(name)
                found = run.data[endpoints[row["endpoint"]]][arm]
                level = run.parameter("pdl1_per_cancer_cell")
                chosen = run.completed(arm) & (level >= low) & (level < high) & (found >= 0)
                share = share_of(np.isin(found[chosen], (COMPLETE, PARTIAL)), run.patient_weights[chosen])
                what = "out-of-field response" if row["endpoint"] == "ARR" else "best response"
                rows.append([run.trial["name"], name, f"{what}, %", row["subgroup"], row["value"], percent(*share)])
    return table(["trial", "arm", "endpoint", "class", "observed", "predicted"], rows)


# ---- Radiotherapy alone


def in_field_response(run, arm):
    inside = run.data["irradiated"][arm] == 1
    sums, gone, new_lesions, has = run.lesions(arm, inside)
    response, _ = recist(sums, gone, np.zeros_like(new_lesions))
    return share_of(response.any(axis=1)[has], run.weights(arm)[has])


def radiotherapy_table(runs):
    rows = []
    for arm, name in enumerate(runs[0].arms):
        rows.append([name, "in field", *(percent(*in_field_response(run, arm)) for run in runs)])
        rows.append([name, "out of field", *(of_json(run.json["arms"][arm]["orr_out_of_field"]) for run in runs)])
    return table(["arm", "best response by day 400, %", *(f"seed {run.seed}" for run in runs)], rows)


def lymphocyte_table(falls):
    """`falls` by arm: published, then the falls of patients as shares."""
    rows = []
    for name, (published, shares) in falls.items():
        values = 100 * np.array(shares)
        error = values.std(ddof=1) / math.sqrt(len(values)) if len(values) > 1 else math.nan
        rows.append([name, published, len(values),
                     NOTHING if len(values) == 0 else f"{values.mean():.1f}" +
                     ("" if math.isnan(error) else f" (standard error {error:.2f})")])
    return table(["radiotherapy", "published mean fall, %", "virtual patients", "mean fall, %"], rows)


# ---- Weights


def weights_table(runs):
    rows = []
    for run in runs:
        weights = run.weights(0)
        rows.append([run.trial["name"], run.seed, len(weights), f"{effective_size(weights):.0f}",
                     "of the cohort" if run.weighted else "none: every patient counts alike"])
    return table(["trial", "seed", "patients in the first arm", "effective sample size", "weights"], rows)
