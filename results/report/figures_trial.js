"use strict";
/* Figures of one run of a trial: data of a run (a RUN of the report's data) and a width in pixels in, a Vega-Lite
 * specification out. */

const KIND_COLOURS = {
    drug: "#0072B2",
    radiotherapy: "#D55E00"
};

function treatmentText(row) {
    const details = [row.detail, row.begins ? `begins ${row.begins}` : "", row.ends].filter(Boolean);
    return [row.label, details.join(", ")].filter(Boolean).join(": ");
}

/* Lines, lanes and days of the timeline with their vertical places in pixels. */
function timelineRows(run, width, until) {
    const texts = [], lanes = [], days = [];
    let y = 4;
    const write = (text, bold) => {
        for (const line of bold ? wrapTitle(text, width) : wrapText(text, width)) {
            texts.push({text: line, y: y + 8, bold});
            y += LINE_HEIGHT;
        }
    };
    const lane = (arm, row) => {
        const place =
            {arm, label: row.label, kind: row.kind, y: y + 6, y2: y + 18, middle: y + 12, waits: Boolean(row.begins)};
        lanes.push(place);
        row.days.filter((day) => day <= until).forEach((day) => days.push({...place, day}));
        y += 24;
    };
    for (const design of run.design) {
        write(design.arm, true);
        for (const row of design.rows) {
            write(treatmentText(row), false);
            lane(design.arm, row);
        }
        if (design.rows.length === 0)
            write("no treatment", false);
        y += 10;
    }
    write("imaging visits", true);
    lane("", {label: "imaging", kind: "visit", days: run.visit_days});
    return {texts, lanes, days, height: y};
}

/* Doses and fractions of each arm, to scale, with a line of text above each lane. */
function timelineFigure(run, width, until) {
    const plot = width - 24;
    const {texts, lanes, days, height} = timelineRows(run, plot, until);
    const from = Math.min(0, ...days.map((row) => row.day));
    const y = (field) => placeEncoding(field, height);
    const x = {field: "day", ...dayAxis(from, until, plot)};
    const kinds = {
        domain: ["drug", "radiotherapy", "visit"],
        range: [KIND_COLOURS.drug, KIND_COLOURS.radiotherapy, GREY]
    };
    const color = {field: "kind", type: "nominal", scale: kinds, legend: null};
    const heads = {domain: ["radiotherapy", "visit"], range: ["triangle-down", "circle"]};
    const shape = {field: "kind", type: "nominal", legend: null, scale: heads};
    const tooltip = [{field: "label", title: "treatment"}, {field: "day", title: "day"}];
    const strokeDash = {condition: {test: "datum.waits", value: [3, 4]}, value: [1, 0]};
    const text = {type: "text", align: "left", baseline: "middle"};
    const written = {x: {value: 0}, y: y("y"), text: {field: "text"}};
    const layer = [
        markLayer("lanes", lanes, {type: "rule", color: "#cccccc"},
                  {y: y("middle"), x: {value: 0}, x2: {value: plot}, strokeDash}),
        markLayer("texts", texts.filter((row) => !row.bold), text, written),
        markLayer("arm-texts", texts.filter((row) => row.bold), {...text, fontWeight: "bold", fontSize: 12}, written),
        markLayer("days", days, {type: "rule", strokeWidth: 1.5}, {x, y: y("y"), y2: {field: "y2"}, color, tooltip}),
        markLayer("heads", days.filter((row) => row.kind !== "drug"),
                  {type: "point", filled: true, size: 30, opacity: 1}, {x, y: y("y"), color, tooltip, shape}),
    ];
    const description = "Timeline of the doses of drugs and the fractions of radiotherapy of each arm.";
    return {...lite(description), width: plot, height, layer};
}

/* How many days show the fractions apart; null when the whole timeline does. */
function timelineStart(run) {
    const rows = run.design.flatMap((design) => design.rows).filter((row) => row.kind === "radiotherapy");
    const fractions = rows.flatMap((row) => row.days);
    if (fractions.length < 2)
        return null;
    const until = Math.max(30, Math.ceil((largest(fractions, 0) + 14) / 10) * 10);
    return until <= run.until_days / 2 ? until : null;
}

/* Predicted, and observed where the trial file has it, by endpoint; of one unit. */
function endpointsFigure(run, unit, width) {
    const chosen = run.endpoints.filter((endpoint) => endpoint.unit === unit);
    const keys = [...new Set(chosen.map((endpoint) => endpoint.key))];
    const {columns, plot} = panelColumns(keys.length, width, 290);
    const share = unit === "fraction";
    const all =
        chosen.flatMap((row) => [row, ...row.observed].flatMap((point) => [point.value, point.lower, point.upper]));
    const latest = largest(all, run.until_days);
    const panels = keys.map((key) => {
        const ofKey = chosen.filter((endpoint) => endpoint.key === key);
        const change = key.endsWith("_change");
        return dotPanel({
            name: key,
            title: wrapTitle(ofKey[0].label, plot + 30),
            width: plot + LEFT_AXIS - 24,
            domain: !share   ? [0, latest]
                    : change ? [-1, Math.max(1, Math.ceil(largest(all, 0)))]
                             : [0, 1],
            axisTitle: !share   ? "days"
                       : change ? "change over baseline"
                                : "share of patients",
            format: share ? ".0%" : ".4~r",
            rows: ofKey.map((row) => ({label: row.arm, points: endpointPoints(run, row)})),
        });
    });
    return panelFigure("Endpoints of each arm: predicted value with its interval, and the published one beside it.",
                       panels, columns);
}

function endpointPoints(run, row) {
    const index = run.arms.indexOf(row.arm);
    const shape = ARM_SHAPES[index % ARM_SHAPES.length], colour = armColour(index);
    const missing = row.not_reached ? "not reached" : "none";
    return [
        {value: row.value, lower: row.lower, upper: row.upper, colour, fill: colour, shape, missing, note: "predicted"},
        ...row.observed.map((point) => ({
                                value: point.value,
                                lower: point.lower,
                                upper: point.upper,
                                colour: GREY,
                                fill: "white",
                                shape: "diamond",
                                missing: "not published",
                                note: `observed, ${point.source}`,
                            })),
    ];
}

/* Rows of the curve, drawn on to the last patient followed. */
function survivalSteps(curve) {
    const rows = curve.days.map((day, i) => ({
                                    arm: curve.arm,
                                    run: curve.run,
                                    day,
                                    survival: curve.survival[i],
                                    lower: curve.lower[i],
                                    upper: curve.upper[i]
                                }));
    const last = rows[rows.length - 1];
    const end = largest(curve.censored_days, last.day);
    return end > last.day ? [...rows, {...last, day: end}] : rows;
}

function censoredRows(curve) {
    return curve.censored_days.map((day, i) =>
                                       ({arm: curve.arm, run: curve.run, day, survival: curve.censored_survival[i]}));
}

const SURVIVAL_AXIS = {
    type: "quantitative",
    scale: {domain: [0, 1]},
    axis: {format: ".0%", title: "progression-free", tickCount: 5}
};

function survivalLayers(name, curves, x, encoding, withBands) {
    const steps = curves.flatMap(survivalSteps), censored = curves.flatMap(censoredRows);
    const y = (field) => ({field, ...SURVIVAL_AXIS});
    const band = {
        name: `${name}-band`,
        data: {name: `${name}-band`, values: steps.filter((row) => row.lower !== null && row.upper !== null)},
        mark: {type: "area", interpolate: "step-after", opacity: 0.16, line: false},
        encoding: {x, y: y("lower"), y2: {field: "upper"}, color: encoding.color, detail: {field: "arm"}}
    };
    return [
        ...(withBands ? [band] : []),
        {
            name: `${name}-steps`,
            data: {name: `${name}-steps`, values: steps},
            mark: {type: "line", interpolate: "step-after", strokeWidth: 2},
            encoding: {x, y: y("survival"), ...encoding}
        },
        {
            name: `${name}-censored`,
            data: {name: `${name}-censored`, values: censored},
            mark: {type: "tick", orient: "vertical", size: 9, thickness: 1.2},
            encoding: {
                x,
                y: y("survival"),
                color: encoding.color,
                tooltip: [{field: "arm"}, {field: "day", title: "censored, day"}]
            }
        },
    ];
}

/* Numbers at risk, censored and with the event, under the curves, at as many of the days as there is room for. */
function riskPanel(run, plot, x) {
    const {days, arms} = run.km.risk;
    const widest = String(largest(arms.flatMap((arm) => arm.at_risk), 0)).length;
    const least = (widest * 6.5 + 8) / plot * run.until_days;
    const every = Math.max(1, Math.ceil(least / (days.length > 1 ? days[1] - days[0] : run.until_days)));
    const samples = [], names = [], labels = [], numbers = [];
    let y = 0;
    arms.forEach((arm) => {
        samples.push({arm: arm.arm, y: y + 8});
        for (const text of wrapText(arm.arm, plot, 10.5, "bold")) {
            names.push({arm: arm.arm, text, y: y + 8});
            y += LINE_HEIGHT;
        }
        for (const [what, field] of [["at risk", "at_risk"], ["censored", "censored"], ["events", "events"]]) {
            labels.push({text: what, y: y + 7});
            days.forEach((day, i) => i % every === 0 &&
                                     numbers.push({arm: arm.arm, what, day, number: arm[field][i], y: y + 7}));
            y += 13;
        }
        y += 6;
    });
    const vertical = placeEncoding("y", y);
    const text = {type: "text", baseline: "middle", fontSize: 10.5};
    return {
        width: plot,
        height: y,
        view: {stroke: null},
        layer: [
            {
                data: {name: "risk-samples", values: samples},
                mark: {type: "rule", strokeWidth: 2.5},
                encoding: {x: {value: -38}, x2: {value: -6}, y: vertical, ...armEncoding(run.arms, plot)}
            },
            {
                data: {name: "risk-names", values: names},
                mark: {...text, align: "left", fontWeight: "bold"},
                encoding: {x: {value: 0}, y: vertical, text: {field: "text"}}
            },
            {
                data: {name: "risk-labels", values: labels},
                mark: {...text, align: "right", dx: -12, color: GREY},
                encoding: {x: {value: 0}, y: vertical, text: {field: "text"}}
            },
            {
                name: "risk",
                data: {name: "risk", values: numbers},
                mark: text,
                encoding:
                    {x: {...x, axis: null}, y: vertical, text: {field: "number", type: "quantitative", format: ".12~g"}}
            },
        ]
    };
}

/* Kaplan-Meier of all arms. Bands of more than three arms would hide each other: then each has a panel of its own. */
function survivalFigure(run, width) {
    const plot = width - LEFT_AXIS - 20;
    const x = {field: "day", ...dayAxis(0, run.until_days, plot)};
    const encoding = armEncoding(run.arms, width - 30);
    const curves = {
        width: plot,
        height: Math.round(Math.min(340, 140 + plot / 3)),
        layer: survivalLayers("km", run.km.curves, x, encoding, run.arms.length <= 3)
    };
    return {
        ...lite("Kaplan-Meier curves of progression-free survival, with numbers at risk."),
        vconcat: [curves, riskPanel(run, plot, x)],
        spacing: 46,
        bounds: "flush"
    };
}

/* Each arm's curve with its band; that of the first arm in grey behind it. */
function survivalArmsFigure(run, width) {
    const {columns, plot} = panelColumns(run.arms.length, width);
    const x = {field: "day", ...dayAxis(0, run.until_days, plot)};
    const first = run.km.curves[0];
    const panels = run.km.curves.map((curve, i) => {
        const own = survivalLayers(`km-${i}`, [curve], x, {color: {value: armColour(i)}}, true);
        const behind = {
            data: {name: `km-first-${i}`, values: survivalSteps(first)},
            mark: {type: "line", interpolate: "step-after", strokeWidth: 1.2, color: "#888", strokeDash: [3, 3]},
            encoding: {x, y: {field: "survival", ...SURVIVAL_AXIS}}
        };
        return {title: wrapTitle(curve.arm, plot), width: plot, height: 150, layer: i === 0 ? own : [behind, ...own]};
    });
    return panelFigure("Kaplan-Meier curve of each arm with its confidence band.", panels, columns);
}
