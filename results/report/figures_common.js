"use strict";
/* What the figures share: colours, shapes, layout to a width, and the way from a specification to a drawing. Nothing
 * here or in the other figures*.js knows of a page, so that node draws the same figures as a browser. */

/* Okabe and Ito's colours, which the colour-blind tell apart, but for yellow, which is faint on white. With six
 * patterns of dashes each of 42 arms has a pair of its own. */
const ARM_COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"];
const ARM_DASHES = [[1, 0], [7, 3], [2, 2], [9, 3, 2, 3], [12, 3], [5, 2, 1, 2, 1, 2]];
const ARM_SHAPES = ["circle", "square", "triangle-up", "diamond", "triangle-down", "cross"];

const RESPONSES = {
    complete: {colour: "#0072B2", shape: "circle", dash: [1, 0]},
    partial: {colour: "#56B4E9", shape: "triangle-down", dash: [8, 2]},
    stable: {colour: "#999999", shape: "square", dash: [4, 2]},
    neither: {colour: "#E69F00", shape: "diamond", dash: [2, 2]},
    progressive: {colour: "#D55E00", shape: "cross", dash: [1, 0]},
    "not evaluable": {colour: "#CC79A7", shape: "triangle-up", dash: [1, 3]},
};

const GREY = "#595959"; /* seven to one on white */
const LINE_HEIGHT = 14;
const LEFT_AXIS = 64; /* pixels left of a plot that its vertical axis takes */

const FIGURE_CONFIG = {
    font: "Helvetica, Arial, sans-serif",
    background: "white",
    aria: false, /* a figure has one description; thousands of marks read aloud are none */
    padding: {left: 2, top: 4, right: 10, bottom: 4},
    view: {stroke: null},
    axis: {
        labelFontSize: 11,
        titleFontSize: 11,
        titleFontWeight: "normal",
        labelColor: "#333",
        titleColor: "#333",
        gridColor: "#e6e6e6",
        domainColor: "#888",
        tickColor: "#888",
        labelOverlap: "greedy",
        labelSeparation: 4
    },
    axisLeft: {minExtent: 40, maxExtent: 40, titlePadding: 4, labelLimit: 44},
    axisBottom: {labelFlush: true},
    legend: {
        orient: "top",
        title: null,
        labelFontSize: 11,
        labelColor: "#222",
        symbolSize: 70,
        offset: 6,
        rowPadding: 3,
        columnPadding: 12,
        symbolOpacity: 1,
        layout: {top: {anchor: "start", direction: "vertical", margin: 6}}
    },
    title:
        {anchor: "start", fontSize: 12, fontWeight: "bold", color: "#222", offset: 6, frame: "group", lineHeight: 14},
    text: {fontSize: 11, color: "#222"},
    concat: {spacing: 18},
};

/* Pixels that a text takes: measured where there is a canvas, as in a browser, which may have any font. Node has none
 * to measure with: there by the width of a letter in the wider of the usual fonts, DejaVu Sans. */
function textWidth(text, fontSize = 11, fontWeight = "normal") {
    const {width, estimateWidth} = vega.textMetrics;
    if (width === estimateWidth)
        return String(text).length * fontSize * (fontWeight === "bold" ? 0.66 : 0.6);
    return width({font: FIGURE_CONFIG.font, fontSize, fontWeight}, String(text));
}

/* Lines of a text not wider than so many pixels, but for very few. */
function wrapText(text, width, fontSize = 11, fontWeight = "normal") {
    const fits = (line) => line.length <= 4 || textWidth(line, fontSize, fontWeight) <= width;
    const lines = [];
    for (const word of String(text).split(" ")) {
        const last = lines.length - 1;
        if (last >= 0 && fits(`${lines[last]} ${word}`))
            lines[last] += " " + word;
        else
            lines.push(word);
    }
    return lines.map((line) => {
        let shown = line;
        for (let most = line.length - 1; !fits(shown); most--)
            shown = line.slice(0, most) + "…";
        return shown;
    });
}

/* The same of a figure's title. */
function wrapTitle(text, width) {
    return wrapText(text, width, FIGURE_CONFIG.title.fontSize, FIGURE_CONFIG.title.fontWeight);
}

/* How many panels stand beside each other in so many pixels, and how wide the plot of each is. */
function panelColumns(count, width, least = 250) {
    const most = Math.max(1, Math.min(count, Math.floor((width + 18) / (least + 18))));
    const columns = Math.ceil(count / Math.ceil(count / most)); /* rows as even as can be: 3 and 3, not 4 and 2 */
    const each = Math.floor((width - 14 - 18 * (columns - 1)) / columns);
    return {columns, plot: Math.max(120, each - LEFT_AXIS)};
}

/* One view for each arm, or whatever else there are several of. */
function panelFigure(description, panels, columns) {
    return Object.assign(lite(description), {concat: panels, columns, align: "each"});
}

function lite(description) {
    return {$schema: "https://vega.github.io/schema/vega-lite/v5.json", description, config: FIGURE_CONFIG};
}

/* Columns and lines of a legend, so that it is not wider than the figure. */
function legendLayout(labels, width) {
    const longest = Math.max(...labels.map((label) => textWidth(label)));
    const columns = Math.max(1, Math.min(labels.length, Math.floor(width / (longest + 40))));
    const lines = Object.fromEntries(labels.map((label) => [label, wrapText(label, width - 50)]));
    return {columns, labelLimit: width, labelExpr: `${JSON.stringify(lines)}[datum.label]`};
}

/* A vertical place in pixels from the top, of rows that are laid out by hand. */
function placeEncoding(field, height) {
    return {
        field,
        type: "quantitative",
        axis: null,
        scale: {domain: [0, height], range: [0, height], nice: false, zero: false}
    };
}

/* Colour and dash of the arms as a pair of encodings with one legend. */
function armEncoding(arms, width) {
    const legend =
        Object.assign({symbolType: "stroke", symbolStrokeWidth: 2.5, symbolSize: 300}, legendLayout(arms, width));
    const scale = (range) => ({domain: arms, range: arms.map((_, i) => range[i % range.length])});
    return {
        color: {field: "arm", type: "nominal", scale: scale(ARM_COLOURS), legend},
        strokeDash: {field: "arm", type: "nominal", scale: scale(ARM_DASHES), legend},
    };
}

function armColour(index) {
    return ARM_COLOURS[index % ARM_COLOURS.length];
}

/* The responses that occur, in their usual order, and an encoding of them on a channel. */
function responsesOf(lists) {
    const found = new Set(lists.flat());
    return Object.keys(RESPONSES).filter((name) => found.has(name));
}

function responseEncoding(names, property, width, field = "best") {
    const shapes = {symbolFillColor: "#555", symbolStrokeColor: "#555"};
    const legend = Object.assign(property === "shape" ? shapes : {}, legendLayout(names, width));
    const scale = {domain: names, range: names.map((name) => RESPONSES[name][property])};
    return {field, type: "nominal", scale, legend};
}

function dayAxis(from, until, plot) {
    const title = "days from start of treatment";
    return {
        type: "quantitative",
        scale: {domain: [from, until], nice: false},
        axis: {title, grid: false, tickCount: Math.max(2, Math.min(8, Math.floor(plot / 60)))}
    };
}

/* A range that holds the values, from 0 when they are not far from it, with round ends. */
function rangeOf(values, withZero = true) {
    const known = values.filter((value) => value !== null && Number.isFinite(value));
    if (known.length === 0)
        return [0, 1];
    let low = Math.min(...known), high = Math.max(...known);
    if (withZero) {
        low = Math.min(0, low);
        high = Math.max(0, high);
    }
    if (low === high)
        high = low + (low === 0 ? 1 : Math.abs(low));
    const step = 10 ** Math.floor(Math.log10((high - low) / 4));
    return [Math.floor(low / step) * step, Math.ceil(high / step) * step].map((end) => +end.toPrecision(12));
}

/* Math.min and max of a spread list fail on lists of a hundred thousand. */
function largest(values, start) {
    return values.reduce((most, value) => (value !== null && value > most ? value : most), start);
}

/* Rows of dots with intervals, each under its label, as in a forest plot. A point is {value, lower, upper, colour,
 * shape, filled, note}; an interval without an upper end goes to the edge, with an arrow. */
function dotPanel(panel) {
    const {name, title, rows, domain, axisTitle, format, width} = panel;
    const labels = [], points = [];
    let y = 0;
    for (const row of rows) {
        const lines = wrapText(row.label, width + 20);
        lines.forEach((text, i) => labels.push({y: y + 10 + i * LINE_HEIGHT, text}));
        y += lines.length * LINE_HEIGHT;
        for (const point of row.points) {
            points.push(Object.assign({label: row.label, y: y + 8}, point, {
                from: point.lower !== null   ? Math.max(point.lower, domain[0])
                      : point.upper === null ? null
                                             : domain[0],
                to: point.upper !== null   ? Math.min(point.upper, domain[1])
                    : point.lower === null ? null
                                           : domain[1],
                open: point.upper === null && point.lower !== null,
                textless: point.lower !== null && point.lower < domain[0] + 0.35 * (domain[1] - domain[0]),
            }));
            y += 15;
        }
        y += 5;
    }
    return dotSpecification(
        {name, title, width, height: y, domain, axisTitle, format, labels, points, reference: panel.reference});
}

/* A layer with data of its own, both of the same name. */
function markLayer(name, values, mark, encoding) {
    return {name, data: {name, values}, mark, encoding};
}

function dotSpecification({name, title, width, height, domain, axisTitle, format, labels, points, reference}) {
    const y = placeEncoding("y", height);
    const x = (field) => ({
        field,
        type: "quantitative",
        scale: {domain, nice: false, zero: false},
        axis: {title: axisTitle, format, tickCount: Math.max(2, Math.min(8, Math.floor(width / 55)))}
    });
    const left = {value: 0};
    const literal = (field) => ({field, type: "nominal", scale: null, legend: null});
    const tooltip = [
        {field: "label", title: "of"}, {field: "note", title: "kind"}, {field: "value", title: "value", format},
        {field: "lower", title: "from", format}, {field: "upper", title: "to", format}
    ];
    const missing = points.filter((point) => point.value === null);
    const absent = {type: "text", baseline: "middle", fontStyle: "italic", color: GREY};
    const color = literal("colour");
    const layer = [
        markLayer(`${name}-labels`, labels, {type: "text", align: "left", baseline: "middle", clip: false},
                  {x: left, y, text: {field: "text"}}),
        markLayer(`${name}-intervals`, points.filter((point) => point.from !== null),
                  {type: "rule", strokeWidth: 1.6, strokeCap: "butt"}, {x: x("from"), x2: {field: "to"}, y, color}),
        markLayer(`${name}-open`, points.filter((point) => point.open),
                  {type: "point", shape: "triangle-right", filled: true, size: 40, opacity: 1}, {x: x("to"), y, color}),
        markLayer(`${name}-values`, points.filter((point) => point.value !== null),
                  {type: "point", size: 55, opacity: 1, strokeWidth: 1.6, clip: true},
                  {x: x("value"), y, color, fill: literal("fill"), shape: literal("shape"), tooltip}),
        markLayer(`${name}-missing`, missing.filter((point) => point.from === null), {...absent, align: "left"},
                  {x: left, y, text: {field: "missing"}}),
        markLayer(`${name}-open-missing`, missing.filter((point) => point.from !== null && !point.textless),
                  {...absent, align: "right", dx: -6}, {x: x("from"), y, text: {field: "missing"}}),
    ];
    if (reference !== undefined)
        layer.unshift(markLayer(`${name}-reference`, [{at: reference}], {type: "rule", strokeDash: [3, 3], color: GREY},
                                {x: x("at")}));
    return {title, width, height, layer};
}

/* From a specification to a view of Vega, without eval: the expressions are interpreted. */
function figureView(specification, options) {
    const isLite = specification.$schema.includes("vega-lite");
    const logger = vega.logger(vega.Error);
    const compiled = isLite ? vegaLite.compile(specification, {logger}).spec : specification;
    const runtime = vega.parse(compiled, null, {ast: true});
    return new vega.View(runtime, {expr: vega.expressionInterpreter, logLevel: vega.Error, ...options});
}
