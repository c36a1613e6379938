"use strict";
/* Figures that show single patients, and how quantities run over time; of one run of a trial. */

/* Changes over baseline are drawn up to this: a tumour that grows tenfold would make all others flat. */
const MOST_CHANGE = 2;

function changeAxis(lists) {
    const most = largest(lists.flat(), 0.2);
    const top = Math.min(MOST_CHANGE, Math.ceil(most * 5) / 5);
    return {
        scale: {domain: [-1, top], nice: false},
        axis: {format: ".0%", title: "change of sum of diameters", tickCount: 6}
    };
}

/* Bounds of RECIST 1.1: partial response is of 30 % less than baseline, progression of 20 % more than the smallest. */
function boundLayer(name, axis) {
    return {
        data: {name: `${name}-bounds`, values: [{at: -0.3}, {at: 0.2}]},
        mark: {type: "rule", strokeDash: [2, 3], color: GREY},
        encoding: {y: {field: "at", type: "quantitative", ...axis}}
    };
}

function shownTitle(item, width) {
    const of = item.shown < item.total ? `${item.shown} of ${item.total} patients shown`
                                       : `${item.total} patient${item.total === 1 ? "" : "s"}`;
    return {text: wrapTitle(item.arm, width), subtitle: of, subtitleFontSize: 11, subtitleColor: GREY};
}

function waterfallFigure(run, width) {
    const {columns, plot} = panelColumns(run.waterfall.length, width);
    const axis = changeAxis(run.waterfall.map((item) => item.change));
    const names = responsesOf(run.waterfall.map((item) => item.best));
    const panels = run.waterfall.map((item, i) => {
        const rows =
            item.patients
                .map((patient, k) => (
                         {patient, change: item.change[k], best: item.best[k], place: k, next: k + 1, middle: k + 0.5}))
                .filter((row) => row.change !== null);
        return waterfallPanel({item, rows, name: `waterfall-${i}`, axis, plot, names, width});
    });
    return panelFigure("Best change of each patient's sum of diameters, in order, by arm.", panels, columns);
}

function waterfallPanel({item, rows, name, axis, plot, names, width}) {
    const x = (field) => ({
        field,
        type: "quantitative",
        scale: {domain: [0, Math.max(1, item.patients.length)], nice: false},
        axis: {title: "patients, by change", ticks: false, labels: false, grid: false}
    });
    const y = {field: "change", type: "quantitative", ...axis};
    const tooltip = [
        {field: "patient"}, {field: "change", title: "best change", format: "+.1%"},
        {field: "best", title: "best response"}
    ];
    const layer = [
        {
            name,
            data: {name, values: rows},
            mark: {type: "bar", clip: true},
            encoding: {
                x: x("place"),
                x2: {field: "next"},
                y,
                y2: {datum: 0},
                color: responseEncoding(names, "colour", width),
                tooltip
            }
        },
        boundLayer(name, axis),
    ];
    /* Few enough for a shape at the end of each bar, for those who do not see the colours. */
    if (plot / Math.max(1, rows.length) >= 6)
        layer.push({
            data: {name: `${name}-shapes`, values: rows},
            mark: {type: "point", filled: true, size: 22, color: "#222", opacity: 1, clip: true},
            encoding: {x: x("middle"), y, shape: responseEncoding(names, "shape", width), tooltip}
        });
    return {title: shownTitle(item, plot), width: plot, height: 170, layer};
}

function spiderFigure(run, width) {
    const {columns, plot} = panelColumns(run.spider.length, width);
    const axis = changeAxis(run.spider.flatMap((item) => item.change));
    const names = responsesOf(run.spider.map((item) => item.best));
    const panels = run.spider.map((item, i) => {
        const rows = item.patients
                         .flatMap((patient, k) => run.visit_days.map((day, visit) => ({
                                                                         patient,
                                                                         day,
                                                                         change: item.change[k][visit] ?? null,
                                                                         best: item.best[k],
                                                                         stops: item.stops[k]
                                                                     })))
                         .filter((row) => row.change !== null);
        return spiderPanel({run, item, rows, name: `spider-${i}`, axis, plot, names, width});
    });
    return panelFigure("Change of each patient's sum of diameters over time, by arm.", panels, columns);
}

function spiderPanel({run, item, rows, name, axis, plot, names, width}) {
    const x = {field: "day", ...dayAxis(0, run.until_days, plot)};
    const y = {field: "change", type: "quantitative", ...axis};
    const tooltip = [
        {field: "patient"}, {field: "day"}, {field: "change", format: "+.1%"}, {field: "best", title: "best response"}
    ];
    const hover = `hover_${name.replace("-", "_")}`;
    const layer = [
        {
            name,
            data: {name, values: rows},
            mark: {type: "line", clip: true},
            encoding: {
                x,
                y,
                detail: {field: "patient"},
                color: responseEncoding(names, "colour", width),
                strokeDash: responseEncoding(names, "dash", width),
                strokeWidth: {condition: {param: hover, empty: false, value: 4}, value: 1.2}
            }
        },
        {
            data: {name: `${name}-points`, values: rows},
            params:
                [{name: hover, select: {type: "point", fields: ["patient"], on: "pointerover", clear: "pointerout"}}],
            mark: {type: "point", filled: true, size: 60, opacity: 0, clip: true},
            encoding: {x, y, tooltip}
        },
        boundLayer(name, axis),
    ];
    return {title: shownTitle(item, plot), width: plot, height: 190, layer};
}

const SWIMMER_EVENTS = {
    "response begins": "triangle-up",
    "response ends": "triangle-down",
    "last dose": "diamond",
    progression: "cross",
    "still followed": "triangle-right",
};

function swimmerEvents(item, k) {
    const ends = item.response_end_days[k];
    const last = item.doses_end_days ? item.doses_end_days[k] : null;
    return [
        ["response begins", item.response_days[k]],
        ["response ends", ends !== null && ends < item.end_days[k] ? ends : null],
        ["last dose", last !== null && last <= item.end_days[k] ? last : null],
        [item.progressed[k] ? "progression" : "still followed", item.end_days[k]],
    ].filter(([, day]) => day !== null);
}

function swimmerFigure(run, width) {
    const {columns, plot: narrow} = panelColumns(run.swimmer.length, width);
    const plot = narrow + LEFT_AXIS - 24; /* there is no axis on the left */
    const names = responsesOf(run.swimmer.map((item) => item.best));
    const panels = run.swimmer.map((item, i) => swimmerPanel({run, item, name: `swimmer-${i}`, plot, names, width}));
    return panelFigure("Time to progression or end of follow-up of single patients, with their responses, by arm.",
                       panels, columns);
}

function swimmerPanel({run, item, name, plot, names, width}) {
    const bars =
        item.patients
            .map((patient, k) => ({patient, place: k, next: k + 0.75, day: item.end_days[k], best: item.best[k]}))
            .filter((row) => row.day !== null);
    const events = item.patients.flatMap(
        (patient, k) => swimmerEvents(item, k).map(([event, day]) => ({patient, place: k + 0.375, event, day})));
    const count = Math.max(1, item.patients.length);
    const x = {field: "day", ...dayAxis(0, run.until_days, plot)};
    const height = Math.max(24, count * 10);
    const y = (field) =>
        ({field, type: "quantitative", axis: null, scale: {domain: [0, count + 0.3], range: [0, height], nice: false}});
    const kinds = Object.keys(SWIMMER_EVENTS);
    const shape = {
        field: "event",
        type: "nominal",
        scale: {domain: kinds, range: kinds.map((kind) => SWIMMER_EVENTS[kind])},
        legend: {...legendLayout(kinds, width), symbolFillColor: "#000", symbolStrokeColor: "#000"}
    };
    return {
        title: shownTitle(item, plot),
        width: plot,
        height,
        layer: [
            {
                name,
                data: {name, values: bars},
                mark: {type: "bar"},
                encoding: {
                    x,
                    x2: {datum: 0},
                    y: y("place"),
                    y2: {field: "next"},
                    color: responseEncoding(names, "colour", width),
                    tooltip: [
                        {field: "patient"}, {field: "day", title: "followed to day"},
                        {field: "best", title: "best response"}
                    ]
                }
            },
            {
                name: `${name}-events`,
                data: {name: `${name}-events`, values: events},
                mark: {
                    type: "point",
                    filled: true,
                    color: "#000",
                    stroke: "white",
                    strokeWidth: 0.8,
                    size: 44,
                    opacity: 1
                },
                encoding: {x, y: y("place"), shape, tooltip: [{field: "patient"}, {field: "event"}, {field: "day"}]}
            },
        ]
    };
}

/* Median and the middle 50 and 90 % of patients of one quantity, by arm, all to one scale. */
function courseFigure(run, quantity, width) {
    const {columns, plot} = panelColumns(quantity.arms.length, width);
    const domain = rangeOf(quantity.arms.flatMap((arm) => [...arm.q05, ...arm.q95, ...arm.median]));
    const x = {field: "day", ...dayAxis(0, run.until_days, plot)};
    const title = quantity.unit ? `${quantity.label} (${quantity.unit})` : quantity.label;
    const y = (field) => ({
        field,
        type: "quantitative",
        scale: {domain, nice: false},
        axis: {title: wrapText(title, 140), tickCount: 5, format: "~s"}
    });
    const panels = quantity.arms.map((arm, i) => {
        const name = `course-${i}`;
        const rows = run.courses.days.map(
            (day, k) =>
                ({day, median: arm.median[k], q05: arm.q05[k], q25: arm.q25[k], q75: arm.q75[k], q95: arm.q95[k]}));
        const band = (suffix, low, high, opacity) => ({
            name: `${name}-${suffix}`,
            data: {name: `${name}-${suffix}`, values: rows.filter((row) => row[low] !== null)},
            mark: {type: "area", opacity, color: armColour(i), line: false},
            encoding: {x, y: y(low), y2: {field: high}}
        });
        const format = ".4~g";
        return {
            title: {
                text: wrapTitle(arm.arm, plot),
                subtitle: `${arm.n} patients`,
                subtitleFontSize: 11,
                subtitleColor: GREY
            },
            width: plot,
            height: 150,
            layer: [
                band("q05-q95", "q05", "q95", 0.18),
                band("q25-q75", "q25", "q75", 0.32),
                {
                    name,
                    data: {name, values: rows},
                    mark: {type: "line", strokeWidth: 2, color: armColour(i)},
                    encoding: {x, y: y("median")}
                },
                {
                    data: {name: `${name}-hover`, values: rows.filter((row) => row.median !== null)},
                    mark: {type: "point", filled: true, size: 60, opacity: 0},
                    encoding: {
                        x,
                        y: y("median"),
                        tooltip: ["day", "median", "q05", "q25", "q75", "q95"].map(
                            (field) => ({field, type: "quantitative", format}))
                    }
                },
            ]
        };
    });
    return panelFigure(`${title}: median and bands of patients over time, by arm.`, panels, columns);
}

/* Chance that a responder's value of a parameter exceeds that of another patient, by arm. */
function separationFigure(run, width) {
    const {columns, plot} = panelColumns(run.separation.length, width, 300);
    const panels = run.separation.map((item, i) => {
        const colour = armColour(run.arms.indexOf(item.arm));
        const rows = item.parameters.map((parameter) => ({
                                             label: parameter.name,
                                             points: [{
                                                 value: parameter.auc,
                                                 lower: parameter.lower,
                                                 upper: parameter.upper,
                                                 colour,
                                                 fill: colour,
                                                 shape: "circle",
                                                 missing: "none",
                                                 note: parameter.meaning
                                             }],
                                         }));
        const panel = dotPanel({
            name: `separation-${i}`,
            title: wrapTitle(item.arm, plot),
            rows,
            domain: [0, 1],
            axisTitle: "AUC",
            format: ".2f",
            width: plot + LEFT_AXIS - 24,
            reference: 0.5
        });
        panel.title = {
            text: panel.title,
            subtitle: `${item.responders} responders, ${item.others} others`,
            subtitleFontSize: 11,
            subtitleColor: GREY
        };
        return panel;
    });
    return panelFigure("Which parameters tell responders from other patients: area under the curve, by arm.", panels,
                       columns);
}
