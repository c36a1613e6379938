"use strict";
/* Sentences of the page, made from the numbers and saying no more than they do. */

function endpointOf(run, arm, key) {
    return run.endpoints.find((row) => row.arm === arm && row.key === key) ?? null;
}

function withInterval(row, format) {
    const interval = intervalText(row, format);
    const text = row.not_reached ? "not reached within the trial" : format(row.value);
    return interval ? `${text} (95 % interval ${interval.slice(1, -1)})` : text;
}

function armSentence(run, arm) {
    const response = endpointOf(run, arm, "best_response_rate");
    const survival = endpointOf(run, arm, "median_progression_free_survival");
    const parts = [];
    if (response && response.value !== null)
        parts.push(`an objective response in ${withInterval(response, percent)} of ${response.n} patients`);
    if (survival && (survival.value !== null || survival.not_reached))
        parts.push(`median progression-free survival ${withInterval(survival, days)}`);
    return parts.length > 0 ? `${arm}: ${parts.join("; ")}.` : "";
}

/* A difference whose interval holds 0 is not called one. */
function differenceText(difference) {
    const interval = `(95 % interval ${intervalText(difference, points).slice(1, -1)})`;
    const by = `${(100 * Math.abs(difference.value)).toFixed(1)} percentage points ${interval}`;
    if (difference.lower === null || difference.upper === null)
        return "";
    if (difference.lower > 0 || difference.upper < 0)
        return `objective responses are ${difference.value > 0 ? "more" : "less"} frequent by ${by}`;
    const sign = difference.value > 0 ? "higher" : "lower";
    return difference.value === 0
               ? `the share of objective responses is the same ${interval}`
               : `the share of objective responses is ${sign} by ${by}, which cannot be told from no difference`;
}

function hazardText(ratio) {
    if (ratio.value === null)
        return "";
    const told = ratio.lower !== null && ratio.upper !== null && (ratio.lower > 1 || ratio.upper < 1);
    return `hazard ratio of progression ${withInterval(ratio, twoDigits)}` +
           (told ? "" : ", which cannot be told from 1");
}

function comparisonSentence(row) {
    const parts = [differenceText(row.difference), hazardText(row.hazard_ratio)].filter(Boolean);
    return parts.length > 0 ? `${row.arm} against ${row.reference}: ${parts.join("; ")}.` : "";
}

/* What came out, arm by arm. */
function summaryList(run) {
    const sentences = [...run.arms.map((arm) => armSentence(run, arm)), ...run.comparisons.map(comparisonSentence)];
    return element("ul", {class: "summary"}, sentences.filter(Boolean).map((text) => element("li", {}, text)));
}

function summaryIntroduction(run) {
    const {flow, arms} = run;
    const arm = arms.length === 1 ? "one arm" : `${arms.length} arms`;
    const allocation = arms.length === 1 ? ""
                       : run.allocation === "randomised"
                           ? ", each patient in one of them"
                           : ", each patient in all of them, so that arms differ by treatment alone";
    return `A computer model followed ${flow.completed} virtual patients for ${plainNumber(run.until_days)} days in ${
               arm}${allocation}. ` +
           `Responses are by ${
               run.criteria}. No one was treated: these are predictions of a model, and the intervals say how ` +
           "much they would vary with other virtual patients, not how far the model may be from reality.";
}

function designFacts(run) {
    const visits = run.visit_days.length;
    const facts = [
        ["file", run.file],
        ["registry", run.registry],
        ["setting", run.setting],
        ["not in the model", run.left_out],
        ["allocation", run.allocation],
        ["criteria", run.criteria],
        ["irradiated lesions are", `${run.irradiated_lesions} lesions`],
        [
            "imaging", `${visits} visits from day ${plainNumber(run.visit_days[0])} to day ${
                           plainNumber(run.visit_days[visits - 1])}`
        ],
        [
            "weights",
            run.weighted ? "patients count as the virtual population of the cohort says" : "all patients count alike"
        ],
    ];
    return facts.filter(([, value]) => value).map(([what, value]) => ({what, value}));
}
