"use strict";
/* Tables and boxes of the page. Every text goes in as text, never as HTML: names come from files. */

function element(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes ?? {}))
        if (value !== null && value !== undefined)
            node.setAttribute(name, value);
    node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
    return node;
}

/* Numbers as the tables of the command have them. */
function percent(value) {
    return value === null ? "–" : `${(100 * value).toFixed(1)} %`;
}

function signed(value) {
    const text = Math.abs(100 * value).toFixed(1);
    return text === "0.0" ? text : `${value < 0 ? "−" : "+"}${text}`;
}

function signedPercent(value) {
    return value === null ? "–" : `${signed(value)} %`;
}

/* A difference of shares is one of percentage points. */
function points(value) {
    return value === null ? "–" : `${signed(value)} points`;
}

/* Six digits at most, as far as they matter. */
function plainNumber(value, digits = 4) {
    if (value === null || value === undefined)
        return "–";
    const size = Math.abs(value);
    if (size !== 0 && (size < 1e-3 || size >= 1e7))
        return value.toExponential(digits - 2).replace(/\.?0*e/, "e").replace("-", "−");
    const text = size >= 1000 ? String(Math.round(value)) : String(+value.toPrecision(digits));
    return text.replace("-", "−");
}

function twoDigits(value) {
    return value === null ? "–" : value >= 100 ? String(Math.round(value)) : value.toFixed(2);
}

function days(value) {
    if (value === null)
        return "–";
    const text = Math.abs(value) >= 100 || Number.isInteger(value) ? String(Math.round(value)) : value.toFixed(1);
    return `${text.replace("-", "−")} d`;
}

function isChange(row) {
    return row.key.endsWith("_change");
}

function formatOf(row) {
    if (row.unit === "d")
        return days;
    if (row.unit === "fraction")
        return isChange(row) ? signedPercent : percent;
    if (!row.unit) /* a ratio */
        return twoDigits;
    return (value) => (value === null ? "–" : `${plainNumber(value)} ${row.unit}`);
}

/* "(30.1 to 38.6 %)": the unit once, at the end. */
function intervalText(interval, format) {
    if (interval.lower === null && interval.upper === null)
        return "";
    const upper = interval.upper === null ? "not reached" : format(interval.upper);
    const lower = format(interval.lower);
    const unit = lower.match(/ [^ \d]+$/)?.[0] ?? "";
    return `(${interval.upper !== null && unit && upper.endsWith(unit) ? lower.slice(0, -unit.length) : lower} to ${
        upper})`;
}

function valueWithInterval(row, format) {
    const value = row.not_reached ? "not reached" : format(row.value);
    const interval = intervalText(row, format);
    return [
        element("span", {class: "value"}, value), interval ? " " : "",
        interval ? element("span", {class: "interval"}, interval) : null
    ];
}

function pText(p) {
    return p === null ? "–" : p < 0.001 ? "< 0.001" : p.toPrecision(2);
}

/* A table in a box of its own that scrolls sideways, also by keyboard. Columns are {title, number}; a row is a list of
 * cells, the first of which heads it. */
function table(caption, columns, rows, wide = false) {
    const cellClass = (i) => (columns[i].number ? "number" : null);
    const head =
        element("tr", {}, columns.map((column, i) => element("th", {scope: "col", class: cellClass(i)}, column.title)));
    const body =
        rows.map((cells) => element("tr", {},
                                    cells.map((cell, i) => (i === 0 ? element("th", {scope: "row"}, cell)
                                                                    : element("td", {class: cellClass(i)}, cell)))));
    const box = {class: wide ? "table-box wide" : "table-box", tabindex: "0", role: "region", "aria-label": caption};
    return [
        element("p", {class: "caption"}, caption),
        element("div", box,
                element("table", {"aria-label": caption}, element("thead", {}, head), element("tbody", {}, body)))
    ];
}

function observedLine(observed, format) {
    const level = observed.level ? `, ${plainNumber(100 * observed.level)} % interval` : "";
    const details = [
        observed.source, observed.patients ? `${observed.patients} patients` : "",
        observed.interval_added ? "interval by Wilson's method, not published" : ""
    ].filter(Boolean);
    const within = observed.within === null ? "" : observed.within ? "; prediction within" : "; prediction outside";
    return element("div", {class: "observed", title: details.join(", ") + level}, "observed ",
                   valueWithInterval(observed, format), within);
}

/* Endpoints down, arms across. */
function endpointTable(run) {
    const keys = [...new Set(run.endpoints.map((row) => row.key))];
    const analysed = new Map(run.flow.arms.map((row) => [row.arm, row.analysed]));
    const columns =
        [{title: "endpoint"}, ...run.arms.map((arm) => ({title: [arm, element("br"), `n ${analysed.get(arm)}`]}))];
    const rows = keys.map((key) => {
        const ofKey = run.endpoints.filter((row) => row.key === key);
        return [
            ofKey[0].label, ...run.arms.map((arm) => {
                const row = ofKey.find((candidate) => candidate.arm === arm);
                if (!row)
                    return "–";
                const format = formatOf(row);
                const count = row.n === analysed.get(arm) ? "" : element("span", {class: "interval"}, ` n ${row.n}`);
                return [
                    ...valueWithInterval(row, format), count, ...row.observed.map((one) => observedLine(one, format))
                ];
            })
        ];
    });
    return table("Predicted value (95 % confidence interval) of each endpoint, by arm", columns, rows, true);
}

function comparisonTable(run) {
    const rows =
        run.comparisons.map((row) => [row.arm, row.paired ? `the same patients, ${row.pairs} pairs` : "other patients",
                                      valueWithInterval(row.difference, points),
                                      valueWithInterval(row.hazard_ratio, twoDigits), pText(row.log_rank_p)]);
    const columns = [
        {title: "arm"}, {title: "compared in"}, {title: "objective response, difference"},
        {title: "hazard ratio of progression"}, {title: "log-rank p"}
    ];
    return table(`Each arm against ${run.comparisons[0].reference} (95 % confidence intervals)`, columns, rows, true);
}

function observedTable(run) {
    const rows = run.observed.map((row) => {
        const format = row.unit === "d" ? days : (value) => percent(value);
        const within = row.within === null ? "–" : row.within ? "yes" : "no";
        return [
            row.label ?? row.endpoint, row.arm, days(row.at_days), valueWithInterval(row.predicted, format),
            valueWithInterval(row.observed, format), within, row.patients ?? "–", row.source
        ];
    });
    const columns = ["endpoint", "arm", "at", "predicted", "observed", "within", "patients", "source"];
    return table("Predictions beside what was published", columns.map((title) => ({title})), rows, true);
}

function separationTable(item) {
    const rows = item.parameters.map(
        (row) => [row.name, row.meaning,
                  valueWithInterval({...row, value: row.auc}, (value) => (value === null ? "–" : value.toFixed(3))),
                  plainNumber(row.responders_median), plainNumber(row.others_median), row.unit]);
    const columns = [
        {title: "parameter"}, {title: "meaning"}, {title: "AUC (95 % interval)"},
        {title: "median, responders", number: true}, {title: "median, others", number: true}, {title: "unit"}
    ];
    return table(`${item.arm}: ${item.responders} responders, ${item.others} others`, columns, rows, true);
}

function riskTable(run) {
    const {days: at, arms} = run.km.risk;
    const columns =
        [{title: "arm"}, {title: "patients"}, ...at.map((day) => ({title: `${plainNumber(day)} d`, number: true}))];
    const rows =
        arms.flatMap((arm) => [["at risk", arm.at_risk], ["censored", arm.censored], ["events", arm.events]].map(
                         ([what, numbers]) => [arm.arm, what, ...numbers.map((number) => plainNumber(number, 6))]));
    return table("Patients at risk, and those censored and progressed up to the day", columns, rows, true);
}

function namedTextTable(caption, rows) {
    return table(caption, [{title: "what"}, {title: "value"}], rows.map((row) => [row.what, row.value]));
}

/* Sampled, left out and why, analysed: as the flow of patients of a trial is drawn. */
function flowDiagram(run) {
    const {flow} = run;
    const box = (count, text, extra) =>
        element("div", {class: extra ? `box ${extra}` : "box"}, element("strong", {}, String(count)), ` ${text}`);
    const out = [
        ["not selected", flow.not_selected], ["not eligible", flow.not_eligible], ["not plausible", flow.not_plausible],
        ["not integrated (the solver gave up)", flow.not_integrated]
    ].filter(([, count]) => count > 0);
    const rules = (flow.rejections ?? []).filter((rule) => rule.all > 0);
    const left = out.map(
        ([text, count]) => element(
            "div", {}, element("strong", {}, String(count)), ` ${text}`,
            text === "not plausible" && rules.length > 0
                ? element("ul", {},
                          rules.map((rule) => element("li", {}, `${rule.first} by ${rule.rule}`,
                                                      rule.all === rule.first ? "" : ` (${rule.all} fail it in all)`)))
                                                                                   : null));
    const arms = flow.arms.map(
        (arm) => element("div", {class: "box"}, element("div", {}, arm.arm),
                         element("div", {}, `${arm.allocated} allocated`),
                         arm.not_integrated > 0 ? element("div", {}, `${arm.not_integrated} not integrated`) : null,
                         element("div", {}, element("strong", {}, String(arm.analysed)), " analysed"),
                         run.weighted && arm.effective !== null
                             ? element("div", {}, `as informative as ${plainNumber(arm.effective)} of equal weight`)
                             : null));
    return element("div", {class: "flow"}, box(flow.sampled, "virtual patients sampled"),
                   element("div", {class: "step"}, element("div", {class: "arrow"}),
                           left.length > 0 ? element("div", {class: "box out"}, left) : element("div", {})),
                   box(flow.completed, "completed"), element("div", {class: "arrow"}),
                   element("div", {class: "arms"}, arms));
}
