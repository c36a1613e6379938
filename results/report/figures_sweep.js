"use strict";
/* Figures of a sweep: endpoints over what varies, and their paired differences from the reference. */

function axisTitle(axis) {
    return axis.unit ? `${axis.name} (${axis.unit})` : axis.name;
}

/* Values of every axis at each point, in the order of the flat lists; the last axis runs fastest. */
function sweepPoints(sweep) {
    if (sweep.points !== null)
        return sweep.points;
    return sweep.axes.reduce((points, axis) => points.flatMap((point) => axis.values.map((value) => [...point, value])),
                             [[]]);
}

/* One row for each point of an endpoint; `a0`, `a1` ... are the values of the axes. */
function sweepRows(sweep, endpoint) {
    const reference = sweep.reference.at;
    return sweepPoints(sweep).map(
        (at, index) => ({
            index,
            ...Object.fromEntries(at.map((value, i) => [`a${i}`, value])),
            value: endpoint.value[index],
            lower: endpoint.lower[index],
            upper: endpoint.upper[index],
            difference: endpoint.difference[index],
            difference_lower: endpoint.difference_lower[index],
            difference_upper: endpoint.difference_upper[index],
            reference: reference !== null && sweep.axes.every((axis, i) => reference[axis.name] === at[i]),
        }));
}

function endpointFormat(endpoint) {
    return endpoint.unit === "fraction" ? ".0%" : ".4~r";
}

function endpointTitle(endpoint) {
    return endpoint.unit && endpoint.unit !== "fraction" ? `${endpoint.label} (${endpoint.unit})` : endpoint.label;
}

/* Which axis lies across, which up, and which make panels: the longest axis of numbers across, names last. */
function sweepLayout(sweep) {
    const axes = sweep.axes.map((axis, index) => ({...axis, index})).filter((axis) => axis.values.length > 1);
    const weight = (axis) => (axis.type === "number" ? 1e6 : 0) + axis.values.length;
    const sorted = [...axes].sort((a, b) => weight(b) - weight(a) || a.index - b.index);
    const [x = {...sweep.axes[0], index: 0}, y = null, ...others] = sorted;
    return {x, y, others};
}

/* Rows of each panel, one for every combination of the values of the other axes. */
function sweepPanels(rows, others) {
    const combinations = others.reduce(
        (list, axis) => list.flatMap((made) => axis.values.map((value) => [...made, {axis, value}])), [[]]);
    return combinations.map(
        (fixed) => ({
            title: fixed.map(({axis, value}) => `${axis.name}: ${value}${axis.unit ? ` ${axis.unit}` : ""}`).join(", "),
            rows: rows.filter((row) => fixed.every(({axis, value}) => row[`a${axis.index}`] === value)),
        }));
}

function sweepTooltip(sweep, endpoint) {
    const format = endpointFormat(endpoint) === ".0%" ? ".1%" : ".5~r";
    const signed = `+${format}`;
    return [
        ...sweep.axes.map((axis, i) => ({field: `a${i}`, title: axisTitle(axis)})),
        {field: "value", title: endpoint.label, format},
        {field: "lower", title: "from", format},
        {field: "upper", title: "to", format},
        {field: "difference", title: "difference from the reference", format: signed},
        {field: "difference_lower", title: "from", format: signed},
        {field: "difference_upper", title: "to", format: signed},
    ];
}

/* Pixels for the labels of a vertical axis of values, wrapped when they are names. */
function valueLabels(axis, width) {
    const most = Math.min(Math.max(60, 0.3 * width), 170);
    const longest = Math.max(...axis.values.map((value) => textWidth(value))) + 8;
    const extent = Math.ceil(Math.max(24, Math.min(longest, most)));
    const lines = Object.fromEntries(axis.values.map((value) => [value, wrapText(value, extent)]));
    return {extent, labelExpr: axis.type === "name" ? `${JSON.stringify(lines)}[datum.label]` : undefined};
}

/* Colours of values, from dark to light, or of differences on both sides of 0. */
function heatScale(endpoint, rows, field) {
    const values = rows.map((row) => row[field]).filter((value) => value !== null);
    if (field === "value")
        return {scheme: "viridis", domain: values.length > 0 ? [Math.min(...values), Math.max(...values)] : [0, 1]};
    const most = Math.max(1e-9, ...values.map(Math.abs));
    return {scheme: "purpleorange", domain: [-most, most]};
}

/* Text in a cell is white on dark cells: viridis is dark at its low end, a diverging scale at both. */
function heatTextColour(scale, field) {
    const [low, high] = scale.domain, span = high - low || 1;
    const dark =
        field === "value" ? `(datum.value - ${low}) / ${span} < 0.55` : `abs(datum.difference) > ${0.55 * high}`;
    return {condition: {test: dark, value: "white"}, value: "black"};
}

function heatFigure(sweep, endpoint, field, width) {
    const {x, y, others} = sweepLayout(sweep);
    const rows = sweepRows(sweep, endpoint);
    const panels = sweepPanels(rows, others);
    const labels = valueLabels(y, width);
    const {columns, plot: plain} = panelColumns(panels.length, width, 330);
    const plot = Math.min(plain + LEFT_AXIS - labels.extent - 26, 90 * x.values.length);
    const scale = heatScale(endpoint, rows, field);
    const cell = Math.max(20, Math.min(46, Math.round(plot / x.values.length)));
    const title = `${endpointTitle(endpoint)}${field === "value" ? "" : ", difference from the reference"}`;
    const format = endpointFormat(endpoint);
    const legend = {
        title: wrapText(title, plot),
        titleLimit: width,
        gradientLength: Math.min(260, plot),
        format,
        titleFontSize: 11,
        titleFontWeight: "normal",
        tickCount: 4
    };
    const views = panels.map((panel, i) => heatPanel({
                                 sweep,
                                 endpoint,
                                 x,
                                 y,
                                 panel,
                                 field,
                                 name: `heat-${i}`,
                                 scale,
                                 legend,
                                 labels,
                                 plot,
                                 format,
                                 height: cell * y.values.length,
                                 roomy: plot / x.values.length >= 36
                             }));
    return panelFigure(`${title} over ${axisTitle(x)} and ${axisTitle(y)}.`, views, columns);
}

/* The axes of a heat map: numbers run to the right and up, names as they are listed. A cell is from 0 to 1 of a band.
 */
function heatAxes(x, y, labels) {
    const ordered = (axis) => (axis.type === "number" ? [...axis.values].sort((a, b) => a - b) : axis.values);
    const band = (axis, domain, more) => (bandPosition) => ({
        field: `a${axis.index}`,
        type: "ordinal",
        bandPosition,
        scale: {domain, padding: 0},
        axis: {title: axisTitle(axis), grid: false, ...more}
    });
    const {extent, labelExpr} = labels;
    const up = {minExtent: extent, maxExtent: extent, labelLimit: extent + 4, labelExpr};
    return {
        across: band(x, ordered(x), {labelAngle: 0}),
        up: band(y, y.type === "number" ? ordered(y).reverse() : y.values, up)
    };
}

function heatPanel({sweep, endpoint, x, y, panel, field, name, scale, legend, labels, plot, height, format, roomy}) {
    const {across, up} = heatAxes(x, y, labels);
    const centre = {x: across(0.5), y: up(0.5)};
    const opposite = (axis) => ({field: `a${axis.index}`, bandPosition: 1});
    const known = panel.rows.filter((row) => row[field] !== null);
    const marked = known.filter((row) => field === "difference" && row.difference_lower !== null &&
                                         (row.difference_lower > 0 || row.difference_upper < 0));
    const color = {field, type: "quantitative", scale, legend};
    const text = {field, type: "quantitative", format: field === "value" ? format : `+${format}`};
    const layer = [
        markLayer(`${name}-none`, panel.rows.filter((row) => row[field] === null), {type: "rule", color: "#aaaaaa"},
                  {x: across(0), x2: opposite(x), y: up(0), y2: opposite(y)}),
        markLayer(name, known, {type: "rect", stroke: "white", strokeWidth: 1},
                  {...centre, color, tooltip: sweepTooltip(sweep, endpoint)}),
        markLayer(`${name}-reference`, panel.rows.filter((row) => row.reference),
                  {type: "rect", fillOpacity: 0, stroke: "black", strokeWidth: 3}, centre),
    ];
    if (roomy)
        layer.push(markLayer(`${name}-text`, known, {type: "text", fontSize: 10},
                             {...centre, text, color: heatTextColour(scale, field)}));
    if (marked.length > 0)
        layer.push(markLayer(`${name}-told`, marked,
                             {type: "point", filled: true, size: 14, opacity: 1, yOffset: roomy ? 10 : 0},
                             {...centre, color: heatTextColour(scale, field)}));
    return {title: panel.title ? wrapTitle(panel.title, plot) : undefined, width: plot, height, layer};
}

/* The reference's value as a line across. */
function referenceLayer(name, at, y) {
    return {
        name: `${name}-reference`,
        data: {name: `${name}-reference`, values: at === null ? [] : [{at}]},
        mark: {type: "rule", strokeDash: [4, 3], color: "black"},
        encoding: {y: {...y, field: "at"}}
    };
}

/* Lines in one panel where there is room for all their intervals, else in a panel each. */
function linesLayout(sweep, width) {
    const {x, y, others} = sweepLayout(sweep);
    const crowded = y !== null && 6 * x.values.length * y.values.length > width - LEFT_AXIS;
    return crowded ? {x, y: null, others: [...others, y]} : {x, y, others};
}

/* Values along an axis of numbers, one line for each value of the second axis. */
function sweepLinesFigure(sweep, endpoint, field, width) {
    const {x, y, others} = linesLayout(sweep, width);
    const rows = sweepRows(sweep, endpoint).map((row) => ({...row, arm: y === null ? "" : String(row[`a${y.index}`])}));
    const names = y === null ? [""] : y.values.map(String);
    const panels = sweepPanels(rows, others);
    const {columns, plot} = panelColumns(panels.length, width, 330);
    const [low, high] = field === "value" ? ["lower", "upper"] : ["difference_lower", "difference_upper"];
    const at = field === "value" ? endpoint.reference.value : 0;
    const all = [at, ...rows.flatMap((row) => [row[low], row[high], row[field]])];
    const domain = rangeOf(all, field !== "value" || endpoint.unit === "fraction");
    const title = `${endpointTitle(endpoint)}${field === "value" ? "" : ", difference from the reference"}`;
    const yAxis = {
        type: "quantitative",
        scale: {domain, nice: false, zero: false},
        axis: {title: wrapText(title, 200), format: endpointFormat(endpoint), tickCount: 6}
    };
    const encoding = armEncoding(names, width - 30);
    if (y === null)
        encoding.color.legend = encoding.strokeDash.legend = null;
    else
        encoding.color.legend = encoding.strokeDash.legend = {...encoding.color.legend, title: axisTitle(y)};
    const views = panels.map(
        (panel, i) => linesPanel(
            {sweep, endpoint, x, panel, field, low, high, name: `lines-${i}`, yAxis, encoding, plot, at, names}));
    return panelFigure(`${title} over ${axisTitle(x)}${y === null ? "" : ` for each ${y.name}`}.`, views, columns);
}

/* Intervals of lines at the same place are set beside each other by a few pixels, so that each is seen. */
function linesPanel({sweep, endpoint, x, panel, field, low, high, name, yAxis, encoding, plot, at, names}) {
    const xAxis = {
        field: `a${x.index}`,
        type: "quantitative",
        scale: {nice: false, zero: false, padding: 12},
        axis: {
            title: axisTitle(x),
            grid: false,
            tickCount: 6,
            format: ".12~g",
            values: x.values.length <= 10 ? x.values : undefined
        }
    };
    const rows = panel.rows.filter((row) => row[field] !== null);
    const pixels = (arm) => (names.indexOf(arm) - (names.length - 1) / 2) * Math.min(4, 24 / names.length);
    const span = (Math.max(...x.values) - Math.min(...x.values)) / plot;
    const shifted = rows.map((row) => ({...row, place: row[`a${x.index}`] + pixels(row.arm) * span}));
    const beside = {...xAxis, field: "place"};
    const y = (what) => ({field: what, ...yAxis});
    return {
        title: panel.title ? wrapTitle(panel.title, plot) : undefined,
        width: plot,
        height: 220,
        layer: [
            referenceLayer(name, at, yAxis),
            {
                name: `${name}-intervals`,
                data: {
                    name: `${name}-intervals`,
                    values: shifted.filter((row) => row[low] !== null && row[high] !== null)
                },
                mark: {type: "rule", strokeWidth: 1.2, opacity: 0.75},
                encoding: {x: beside, y: y(low), y2: {field: high}, color: encoding.color}
            },
            {
                name,
                data: {name, values: rows},
                mark: {type: "line", strokeWidth: 2},
                encoding: {x: xAxis, y: y(field), ...encoding}
            },
            {
                name: `${name}-points`,
                data: {name: `${name}-points`, values: shifted},
                mark: {type: "point", filled: true, size: 32, opacity: 1},
                encoding: {x: beside, y: y(field), color: encoding.color, tooltip: sweepTooltip(sweep, endpoint)}
            },
        ]
    };
}

/* Values at the names of a single axis. */
function sweepNamesFigure(sweep, endpoint, field, width) {
    const {x} = sweepLayout(sweep);
    const [low, high] = field === "value" ? ["lower", "upper"] : ["difference_lower", "difference_upper"];
    const rows = sweepRows(sweep, endpoint);
    const domain = rangeOf([
        field === "value" ? endpoint.reference.value : 0, ...rows.flatMap((row) => [row[low], row[high], row[field]])
    ]);
    const panel = dotPanel({
        name: "names",
        title: endpointTitle(endpoint),
        domain,
        width: width - 24,
        format: endpointFormat(endpoint),
        axisTitle: field === "value" ? endpointTitle(endpoint) : "difference from the reference",
        reference: field === "value" ? endpoint.reference.value ?? undefined : 0,
        rows: rows.map((row) => ({
                           label: `${row[`a${x.index}`]}${row.reference ? " (reference)" : ""}`,
                           points: [{
                               value: row[field],
                               lower: row[low],
                               upper: row[high],
                               colour: ARM_COLOURS[0],
                               fill: ARM_COLOURS[0],
                               shape: "circle",
                               missing: "left out",
                               note: endpoint.label
                           }]
                       })),
    });
    return {...lite(`${endpointTitle(endpoint)} for each ${x.name}.`), ...panel};
}

/* Points of a design that is no grid: the endpoint over each axis by itself, with intervals. */
function scatterFigure(sweep, endpoint, width) {
    const rows = sweepRows(sweep, endpoint).filter((row) => row.value !== null);
    const {columns, plot} = panelColumns(sweep.axes.length, width, 300);
    const domain = rangeOf([endpoint.reference.value, ...rows.flatMap((row) => [row.lower, row.upper, row.value])],
                           endpoint.unit === "fraction");
    const yAxis = {
        type: "quantitative",
        scale: {domain, nice: false, zero: false},
        axis: {title: wrapText(endpointTitle(endpoint), 180), format: endpointFormat(endpoint), tickCount: 5}
    };
    const views = sweep.axes.map((axis, i) => {
        const number = axis.type === "number", name = `scatter-${i}`;
        const x = {
            field: `a${i}`,
            type: number ? "quantitative" : "nominal",
            axis: {title: axisTitle(axis), grid: false, labelAngle: 0},
            scale: number ? {zero: false, padding: 10} : {domain: axis.values}
        };
        return {
            width: plot,
            height: 180,
            layer: [
                referenceLayer(name, endpoint.reference.value, yAxis),
                {
                    name: `${name}-intervals`,
                    data: {
                        name: `${name}-intervals`,
                        values: rows.filter((row) => row.lower !== null && row.upper !== null)
                    },
                    mark: {type: "rule", color: "#9ecae1"},
                    encoding: {x, y: {...yAxis, field: "lower"}, y2: {field: "upper"}}
                },
                {
                    name,
                    data: {name, values: rows},
                    mark: {type: "point", filled: true, size: 36, color: ARM_COLOURS[0], opacity: 0.9},
                    encoding: {x, y: {...yAxis, field: "value"}, tooltip: sweepTooltip(sweep, endpoint)}
                },
            ]
        };
    });
    return panelFigure(`${endpointTitle(endpoint)} of each point over each axis.`, views, columns);
}

/* The same points over the first two axes, by colour. */
function scatterPlaneFigure(sweep, endpoint, width) {
    const rows = sweepRows(sweep, endpoint);
    const known = rows.filter((row) => row.value !== null);
    const encode = (i) => ({
        field: `a${i}`,
        type: sweep.axes[i].type === "number" ? "quantitative" : "nominal",
        scale: sweep.axes[i].type === "number" ? {zero: false, padding: 12} : {},
        axis: {title: axisTitle(sweep.axes[i])}
    });
    const legend = {
        title: wrapText(endpointTitle(endpoint), width - 60),
        titleFontSize: 11,
        titleLimit: width,
        titleFontWeight: "normal",
        gradientLength: Math.min(260, width - 80),
        format: endpointFormat(endpoint),
        tickCount: 4
    };
    const size = Math.min(width - LEFT_AXIS - 20, 520);
    return {
        ...lite(`${endpointTitle(endpoint)} over ${axisTitle(sweep.axes[0])} and ${axisTitle(sweep.axes[1])}.`),
        width: size,
        height: Math.round(size * 0.75),
        layer: [
            {
                data: {name: "plane-none", values: rows.filter((row) => row.value === null)},
                mark: {type: "point", shape: "cross", size: 60, color: "#777777", filled: true, opacity: 1},
                encoding: {x: encode(0), y: encode(1)}
            },
            {
                name: "plane",
                data: {name: "plane", values: known},
                mark: {type: "point", filled: true, size: 90, stroke: "#444", strokeWidth: 0.6, opacity: 1},
                encoding: {
                    x: encode(0),
                    y: encode(1),
                    tooltip: sweepTooltip(sweep, endpoint),
                    color: {field: "value", type: "quantitative", scale: heatScale(endpoint, known, "value"), legend}
                }
            },
        ]
    };
}
