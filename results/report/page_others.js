"use strict";
/* Tables and sentences of sweeps, of single patients and of two runs side by side. */

function axisValue(axis, value) {
    return `${axis.type === "number" ? plainNumber(value, 6) : value}${axis.unit ? ` ${axis.unit}` : ""}`;
}

function pointText(sweep, at) {
    return sweep.axes.map((axis, i) => `${axis.name} ${axisValue(axis, at[i])}`).join(", ");
}

function differenceFormat(endpoint) {
    if (endpoint.unit === "fraction")
        return points;
    const format = formatOf(endpoint);
    return (value) => (value === null ? "–" : `${value > 0 ? "+" : ""}${format(value)}`);
}

function differenceOf(row) {
    return {value: row.difference, lower: row.difference_lower, upper: row.difference_upper};
}

function sweepIntroduction(sweep) {
    const count = sweepPoints(sweep).length - sweep.left_out;
    const left = sweep.left_out > 0 ? ` (${sweep.left_out} more left out by a limit)` : "";
    return `${count} points${left} were tried in the same ${
               sweep.patients} virtual patients, so that points differ by treatment ` +
           "alone and their differences are of pairs. These are predictions of a model: the intervals say how much " +
           "they would vary with other virtual patients, not how far the model may be from reality. The best of many " +
           "points looks better than it is.";
}

/* Not known of endpoints without paired differences, such as a hazard ratio. */
function toldText(others) {
    if (others === null)
        return "";
    if (others === 0)
        return " The paired difference of every other point from it has an interval without 0.";
    return ` ${others} other point${others === 1 ? "" : "s"} cannot be told from it.`;
}

function bestSentence(sweep, best) {
    const endpoint = sweep.endpoints.find((candidate) => candidate.key === best.key);
    const format = formatOf(endpoint);
    const difference = differenceOf(best);
    const signed = differenceFormat(endpoint);
    const against = difference.value === null ? ""
                                              : `; difference from the reference ${signed(difference.value)} ` +
                                                    `(95 % interval ${intervalText(difference, signed).slice(1, -1)})`;
    const told = toldText(best.not_distinguishable);
    return `${capitalised(endpoint.label)}, ${endpoint.best ?? "best"}: ${pointText(sweep, best.at)}, ` +
           `${withInterval({...best, not_reached: false}, format)}${against}.${told}`;
}

function bestTable(sweep) {
    const columns = [
        "endpoint", ...sweep.axes.map(axisTitle), "value", "difference from the reference",
        "others that cannot be told from it"
    ];
    const rows = sweep.best.map((best) => {
        const endpoint = sweep.endpoints.find((candidate) => candidate.key === best.key);
        return [
            endpoint.label, ...best.at.map((value, i) => axisValue({...sweep.axes[i], unit: ""}, value)),
            valueWithInterval(best, formatOf(endpoint)),
            valueWithInterval(differenceOf(best), differenceFormat(endpoint)), plainNumber(best.not_distinguishable)
        ];
    });
    return table("The best point by each endpoint (95 % confidence intervals)", columns.map((title) => ({title})), rows,
                 true);
}

function axesTable(sweep) {
    const rows =
        sweep.axes.map((axis) => [axis.name, axis.unit || "–", String(axis.values.length),
                                  axis.values.map((value) => axisValue({...axis, unit: ""}, value)).join(", ")]);
    return table("What varies", ["what", "unit", "values", "which"].map((title) => ({title})), rows);
}

function sweepFacts(sweep) {
    const at = sweep.reference.at;
    const reference =
        sweep.reference.label +
        (at === null ? ""
                     : ": " + sweep.axes.map((axis) => `${axis.name} ${axisValue(axis, at[axis.name])}`).join(", "));
    const arms = sweep.arms ?? (sweep.arm ? [sweep.arm] : []);
    const facts = [
        ["trial", sweep.trial],
        ["arm", arms.join(", ")],
        ["patients", String(sweep.patients)],
        ["design", sweep.design === "grid" ? "grid: every combination" : "Sobol sequence"],
        ["reference", reference],
        ["limits", sweep.limits.join("; ")],
        ["points left out", sweep.left_out > 0 ? String(sweep.left_out) : ""],
    ];
    return facts.filter(([, value]) => value).map(([what, value]) => ({what, value}));
}

function pointsTable(sweep, endpoint) {
    const format = formatOf(endpoint);
    const columns = ["point", ...sweep.axes.map(axisTitle), endpoint.label, "difference from the reference"];
    const rows = sweepPoints(sweep).map((at, i) => {
        const value = {value: endpoint.value[i], lower: endpoint.lower[i], upper: endpoint.upper[i]};
        const difference = {
            value: endpoint.difference[i],
            lower: endpoint.difference_lower[i],
            upper: endpoint.difference_upper[i]
        };
        return [
            String(i + 1), ...at.map((one, k) => axisValue({...sweep.axes[k], unit: ""}, one)),
            value.value === null ? "left out" : valueWithInterval(value, format),
            valueWithInterval(difference, differenceFormat(endpoint))
        ];
    });
    return table(`${capitalised(endpoint.label)} at every point`, columns.map((title) => ({title})), rows, true);
}

function patientIntroduction(run) {
    const {patient} = run;
    const arms = patient.arms.length;
    return `Virtual patient ${patient.number} (${patient.status}) in ${arms === 1 ? "one arm" : `${arms} arms`} of ${
               run.title}. ` +
           "The patient is made by a computer model and stands for no person.";
}

function patientArmsTable(patient) {
    const rows = patient.arms.map((arm) => [arm.arm, arm.status, arm.best ?? "–"]);
    return table("The patient in each arm", ["arm", "status", "best response"].map((title) => ({title})), rows, true);
}

function visitsTable(arm) {
    const lesions = Math.max(0, ...arm.diameters.map((visit) => visit.length));
    const columns = [
        {title: "day"}, ...Array.from({length: lesions}, (_, i) => ({title: `lesion ${i + 1} (mm)`, number: true})),
        {title: "sum (mm)", number: true}, {title: "new lesions", number: true}, {title: "response"}
    ];
    const millimetres = (value) => (value === null || value === undefined ? "–" : value.toFixed(1));
    const rows = arm.visit_days.map(
        (day, k) => [plainNumber(day), ...Array.from({length: lesions}, (_, i) => millimetres(arm.diameters[k]?.[i])),
                     millimetres(arm.sum[k]), plainNumber(arm.new_lesions[k]), arm.responses[k] ?? "–"]);
    return table(`Visits in ${arm.arm}`, columns, rows, true);
}

function attributesTable(patient) {
    const rows = patient.attributes.map(
        (row) => [row.what, typeof row.value === "number" ? plainNumber(row.value, 5) : row.value ?? "–",
                  row.unit ?? ""]);
    return table("Attributes and parameters", [{title: "what"}, {title: "value"}, {title: "unit"}], rows, true);
}

function differsTable(data) {
    const columns = ["what", ...data.runs.map((run) => `run ${run.label}`)].map((title) => ({title}));
    return table("Settings that differ", columns,
                 data.compare.differs.map((row) => [row.what, row.a ?? "–", row.b ?? "–"]));
}

function comparedTable(data) {
    const rows = data.compare.endpoints.map((row) => {
        const format = formatOf(row);
        const reached = (part) => ({...part, not_reached: part.value === null && part.lower !== null});
        const cell = (part) => [...valueWithInterval(reached(part), format),
                                element("span", {class: "interval"}, ` n ${part.n}`)];
        return [row.label, row.arm, cell(row.a), cell(row.b), valueWithInterval(row.difference, differenceFormat(row))];
    });
    const columns = ["endpoint", "arm", ...data.runs.map((run) => `run ${run.label}`), "difference, B less A"];
    return table("Endpoints of both runs (95 % confidence intervals)", columns.map((title) => ({title})), rows, true);
}
