"use strict";
/* Figures of a single patient, and of two runs side by side. */

/* Diameter of each lesion at the visits, their sum, and the responses above them, by arm. */
function diametersFigure(run, width) {
    const {arms} = run.patient;
    const {columns, plot} = panelColumns(arms.length, width, 300);
    const most = largest(arms.flatMap((arm) => [...arm.sum, ...arm.diameters.flat()]), 1);
    const lesions = Math.max(...arms.flatMap((arm) => arm.diameters.map((visit) => visit.length)));
    const names = [...Array.from({length: lesions}, (_, i) => `lesion ${i + 1}`), "sum"];
    const responses = responsesOf(arms.map((arm) => arm.responses.filter((name) => name !== null)));
    const panels =
        arms.map((arm, i) => diametersPanel({run, arm, name: `diameters-${i}`, most, names, responses, plot, width}));
    return panelFigure("Diameters of each lesion at the visits, their sum, and the response, by arm.", panels, columns);
}

function diametersRows(arm, names) {
    const rows = arm.visit_days.flatMap(
        (day, k) => [...(arm.diameters[k] ?? []).map((diameter, i) => ({lesion: names[i], day, diameter})),
                     {lesion: "sum", day, diameter: arm.sum[k]}]);
    return rows.filter((row) => row.diameter !== null && row.diameter !== undefined);
}

/* Responses at the visits, and how many lesions each found that the one before had not. */
function visitRows(arm, at) {
    return arm.visit_days.map((day, k) => {
        const found = arm.new_lesions[k] === null ? 0 : arm.new_lesions[k] - (arm.new_lesions[k - 1] ?? 0);
        return {day, response: arm.responses[k], at, found: found > 0 ? `+${found}` : ""};
    });
}

function diametersPanel({run, arm, name, most, names, responses, plot, width}) {
    const top = most * 1.18;
    const x = {field: "day", ...dayAxis(0, run.until_days, plot)};
    const y = (field) => ({
        field,
        type: "quantitative",
        scale: {domain: [0, top], nice: false},
        axis: {title: "diameter (mm)", tickCount: 5}
    });
    const legend = {symbolType: "stroke", symbolStrokeWidth: 2.5, symbolSize: 300, ...legendLayout(names, width - 30)};
    const scale = (range, sum) =>
        ({domain: names, range: names.map((lesion, i) => (lesion === "sum" ? sum : range[i % range.length]))});
    const series = {
        color: {field: "lesion", type: "nominal", scale: scale(ARM_COLOURS.slice(0, 6), "#000000"), legend},
        strokeDash: {field: "lesion", type: "nominal", scale: scale(ARM_DASHES, [1, 0]), legend},
    };
    const visits = visitRows(arm, most * 1.1);
    const rows = diametersRows(arm, names);
    const tooltip = [{field: "lesion"}, {field: "day"}, {field: "diameter", title: "mm", format: ".4~r"}];
    const state = arm.best ? `best response: ${arm.best}` : arm.status;
    const response = (channel) => responseEncoding(responses, channel, width - 30, "response");
    const title = {text: wrapTitle(arm.arm, plot), subtitle: state, subtitleFontSize: 11, subtitleColor: GREY};
    const layer = [
        markLayer(name, rows, {type: "line", strokeWidth: 1.8}, {x, y: y("diameter"), ...series}),
        markLayer(`${name}-points`, rows, {type: "point", filled: true, size: 22, opacity: 1},
                  {x, y: y("diameter"), color: series.color, tooltip}),
        markLayer(`${name}-responses`, visits.filter((row) => row.response),
                  {type: "point", filled: true, size: 60, opacity: 1}, {
                      x,
                      y: y("at"),
                      fill: response("colour"),
                      shape: response("shape"),
                      tooltip: [{field: "day"}, {field: "response"}]
                  }),
        markLayer(`${name}-new`, visits.filter((row) => row.found),
                  {type: "text", dy: -11, fontSize: 10, fontWeight: "bold"}, {x, y: y("at"), text: {field: "found"}}),
    ];
    return {title, width: plot, height: 200, layer};
}

/* One quantity of the patient over time, one line per arm. */
function patientCourseFigure(run, key, width) {
    const {arms} = run.patient;
    const found = arms.map((arm) => arm.courses?.quantities.find((quantity) => quantity.key === key) ?? null);
    const {label, unit} = found.find((quantity) => quantity !== null);
    const rows = arms.flatMap(
        (arm, i) =>
            (found[i] === null ? []
                               : arm.courses.days.map((day, k) => ({arm: arm.arm, day, value: found[i].values[k]}))));
    const title = unit ? `${label} (${unit})` : label;
    const plot = width - LEFT_AXIS - 20;
    const x = {field: "day", ...dayAxis(0, run.until_days, plot)};
    const y = {
        field: "value",
        type: "quantitative",
        scale: {domain: rangeOf(rows.map((row) => row.value)), nice: false},
        axis: {title: wrapText(title, 180), tickCount: 5, format: "~s"}
    };
    return {
        ...lite(`${title} over time, by arm.`),
        width: plot,
        height: 190,
        layer: [
            {
                name: "course",
                data: {name: "course", values: rows},
                mark: {type: "line", strokeWidth: 2},
                encoding: {x, y, ...armEncoding(arms.map((arm) => arm.arm), width - 30)}
            },
            {
                data: {name: "course-hover", values: rows.filter((row) => row.value !== null)},
                mark: {type: "point", filled: true, size: 50, opacity: 0},
                encoding: {
                    x,
                    y,
                    tooltip: [{field: "arm"}, {field: "day", format: ".4~r"}, {field: "value", title, format: ".4~g"}]
                }
            },
        ]
    };
}

const RUN_STYLES =
    [{colour: "#0072B2", shape: "circle", dash: [1, 0]}, {colour: "#D55E00", shape: "square", dash: [6, 3]}];

/* Both runs' endpoints, or their difference, by arm. */
function comparedFigure(data, what, width) {
    const rows = what === "both" ? data.compare.endpoints
                                 : data.compare.endpoints.filter((row) => row.difference.value !== null);
    const latest = Math.max(...data.runs.map((run) => run.until_days));
    const keys = [...new Set(rows.map((row) => row.key))];
    const {columns, plot} = panelColumns(keys.length, width, 290);
    const panels = keys.map((key) => {
        const ofKey = rows.filter((row) => row.key === key);
        const share = ofKey[0].unit === "fraction";
        const parts = (row) => (what === "both" ? [row.a, row.b] : [row.difference]);
        const all = ofKey.flatMap((row) => parts(row).flatMap((part) => [part.value, part.lower, part.upper]));
        const whole = what === "both" && !key.endsWith("_change");
        const unit = share ? "share" : ofKey[0].unit === "d" ? "days" : ofKey[0].unit;
        return dotPanel({
            name: `compared-${key}`,
            title: wrapTitle(ofKey[0].label, plot + 30),
            width: plot + LEFT_AXIS - 24,
            domain: !whole  ? rangeOf(all)
                    : share ? [0, 1]
                            : [0, largest(all, latest)],
            format: share ? ".0%" : ".4~r",
            axisTitle: what === "both" ? unit : `B less A, ${unit}`,
            reference: what === "both" ? undefined : 0,
            rows: ofKey.map((row) => ({
                                label: row.arm,
                                points: parts(row).map(
                                    (part, i) => ({
                                        value: part.value,
                                        lower: part.lower,
                                        upper: part.upper,
                                        missing: part.lower !== null ? "not reached" : "none",
                                        note: what === "both" ? data.runs[i].label : "B less A",
                                        colour: what === "both" ? RUN_STYLES[i].colour : "#000000",
                                        fill: what === "both" ? (i === 0 ? RUN_STYLES[0].colour : "white") : "#000000",
                                        shape: what === "both" ? RUN_STYLES[i].shape : "diamond",
                                    }))
                            })),
        });
    });
    const description = what === "both" ? "Endpoints of both runs with their intervals, by arm."
                                        : "Differences of endpoints between the runs, B less A, by arm.";
    return panelFigure(description, panels, columns);
}

/* Both runs' curves in one panel for each arm that either has. */
function comparedSurvivalFigure(data, width) {
    const arms = [...new Set(data.runs.flatMap((run) => run.arms))];
    const {columns, plot} = panelColumns(arms.length, width, 300);
    const names = data.runs.map((run) => run.label);
    const x = {field: "day", ...dayAxis(0, Math.max(...data.runs.map((run) => run.until_days)), plot)};
    const legend = {symbolType: "stroke", symbolStrokeWidth: 2.5, symbolSize: 300, ...legendLayout(names, width - 30)};
    const scale = (property) => ({domain: names, range: RUN_STYLES.map((style) => style[property])});
    const encoding = {
        color: {field: "run", type: "nominal", scale: scale("colour"), legend},
        strokeDash: {field: "run", type: "nominal", scale: scale("dash"), legend},
    };
    const panels = arms.map((arm, i) => {
        const curves = data.runs.flatMap(
            (run) => run.km.curves.filter((curve) => curve.arm === arm).map((curve) => ({...curve, run: run.label})));
        return {
            title: wrapTitle(arm, plot),
            width: plot,
            height: 170,
            layer: survivalLayers(`compared-km-${i}`, curves, x, encoding, true)
        };
    });
    return panelFigure("Kaplan-Meier curves of progression-free survival of both runs, by arm.", panels, columns);
}
