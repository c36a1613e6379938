"use strict";
/* Contour plots of a sweep over two axes of numbers, and endpoints in subgroups of patients. Contours are in Vega, not
 * in Vega-Lite, whose language has none. */

const RASTER = 80; /* cells across and up of the grid that contours are drawn on */

/* Where a value lies between the values of an axis: the index below it, and how far on from there, 0 to 1. */
function axisPlace(values, value) {
    let below = 0;
    while (below < values.length - 2 && values[below + 1] <= value)
        below++;
    return {below, part: (value - values[below]) / (values[below + 1] - values[below])};
}

/* Values between the points of a grid, linear along both axes, on a raster of equal cells; row 0 is the top one. What
 * has a missing neighbour is missing too, which is a value below all others here. All are raised by what rounding may
 * take, or a plateau at a level would be a riddle of holes. */
function rasterOf(x, y, valueAt, missing, rounding) {
    const values = [];
    for (let row = 0; row < RASTER; row++) {
        const up = axisPlace(y, y[0] + (1 - (row + 0.5) / RASTER) * (y[y.length - 1] - y[0]));
        for (let column = 0; column < RASTER; column++) {
            const across = axisPlace(x, x[0] + (column + 0.5) / RASTER * (x[x.length - 1] - x[0]));
            const corners = [0, 1].flatMap((j) => [0, 1].map((i) => valueAt(across.below + i, up.below + j)));
            const weights = [
                (1 - across.part) * (1 - up.part), across.part * (1 - up.part), (1 - across.part) * up.part,
                across.part * up.part
            ];
            const hidden = corners.some((corner, k) => corner === null && weights[k] > 0);
            values.push(hidden ? missing
                               : corners.reduce((sum, corner, k) => sum + (corner ?? 0) * weights[k], rounding));
        }
    }
    return {width: RASTER, height: RASTER, values};
}

/* Some eight levels at round numbers, the first at or below the least value. */
function contourLevels(values) {
    const low = Math.min(...values), high = Math.max(...values);
    const rough = (high - low || Math.abs(high) || 1) / 8;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999);
    const levels = [];
    for (let k = Math.floor(low / step); k * step < high || levels.length === 0; k++)
        levels.push(+(k * step).toPrecision(12));
    return levels;
}

function contourFigure(sweep, endpoint, width) {
    const {x, y, others} = sweepLayout(sweep);
    const rows = sweepRows(sweep, endpoint);
    const known = rows.map((row) => row.value).filter((value) => value !== null);
    const levels = contourLevels(known);
    const panels = sweepPanels(rows, others);
    const {columns, plot: widest} = panelColumns(panels.length, width, 330);
    const plot = Math.min(widest, 540), height = Math.round(plot * 0.72);
    const ascending = (axis) => [...axis.values].sort((a, b) => a - b);
    const span = Math.max(...known) - Math.min(...known) || 1;
    const missing = levels[0] - 1e6 * span;
    const marks =
        panels.map((panel, i) => contourPanel({sweep, endpoint, x, y, panel, name: `contour-${i}`, plot, height}));
    const data = panels.flatMap((panel, i) => {
        const xs = ascending(x), ys = ascending(y);
        const at = new Map(panel.rows.map((row) => [`${row[`a${x.index}`]} ${row[`a${y.index}`]}`, row.value]));
        const grid =
            rasterOf(xs, ys, (column, row) => at.get(`${xs[column]} ${ys[row]}`) ?? null, missing, 1e-9 * span);
        return contourData(panel, `contour-${i}`, grid, levels, plot / RASTER, height / RASTER);
    });
    return {
        $schema: "https://vega.github.io/schema/vega/v5.json",
        description: `Contours of ${endpointTitle(endpoint)} over ${axisTitle(x)} and ${axisTitle(y)}.`,
        config: FIGURE_CONFIG,
        padding: FIGURE_CONFIG.padding,
        background: "white",
        data,
        scales: contourScales(x, y, levels, plot, height, ascending),
        legends: [{
            fill: "level",
            orient: "top",
            title: wrapText(endpointTitle(endpoint), width - 60),
            titleFontSize: 11,
            titleFontWeight: "normal",
            titleLimit: width,
            format: endpointFormat(endpoint),
            type: "gradient",
            direction: "horizontal",
            gradientLength: Math.min(260, width - 80),
            tickCount: 4
        }],
        layout: {columns, padding: {column: 18, row: 24}, align: "each", bounds: "full"},
        marks,
    };
}

function contourScales(x, y, levels, plot, height, ascending) {
    const ends = (axis) => [ascending(axis)[0], ascending(axis)[axis.values.length - 1]];
    return [
        {name: "across", type: "linear", domain: ends(x), range: [0, plot], zero: false, nice: false},
        {name: "up", type: "linear", domain: ends(y), range: [height, 0], zero: false, nice: false},
        {
            name: "level",
            type: "linear",
            domain: [levels[0], levels[levels.length - 1]],
            range: {scheme: "viridis"},
            zero: false
        },
    ];
}

function contourData(panel, name, grid, levels, across, up) {
    return [
        {
            name,
            values: [{grid}],
            transform: [{type: "isocontour", field: "grid", thresholds: levels, scale: [across, up], as: "contour"}]
        },
        {name: `${name}-points`, values: panel.rows.filter((row) => row.value !== null)},
        {name: `${name}-reference`, values: panel.rows.filter((row) => row.reference)},
    ];
}

function contourPanel({sweep, endpoint, x, y, panel, name, plot, height}) {
    const at = {x: {scale: "across", field: `a${x.index}`}, y: {scale: "up", field: `a${y.index}`}};
    const tooltip =
        sweepTooltip(sweep, endpoint)
            .map(({field, title, format}) => format ? `"${title} (${field})": format(datum.${field}, "${format}")`
                                                    : `"${title}": datum.${field}`);
    const unit = {width: {value: plot}, height: {value: height}};
    return {
        type: "group",
        name: `${name}-panel`,
        encode: {enter: {...unit, fill: {value: "#eeeeee"}, clip: {value: false}}},
        title: panel.title ? {text: wrapTitle(panel.title, plot)} : undefined,
        axes: [
            {scale: "across", orient: "bottom", title: axisTitle(x), tickCount: 6},
            {scale: "up", orient: "left", title: axisTitle(y), tickCount: 6}
        ],
        marks: [
            {
                type: "path",
                name: `${name.replace("-", "_")}_marks`,
                from: {data: name},
                encode: {
                    enter: {
                        fill: {scale: "level", field: "contour.value"},
                        stroke: {value: "white"},
                        strokeWidth: {value: 0.7}
                    }
                },
                transform: [{type: "geopath", field: "datum.contour"}]
            },
            {
                type: "symbol",
                name: `${name.replace("-", "_")}_points_marks`,
                from: {data: `${name}-points`},
                encode: {
                    enter: {
                        ...at,
                        size: {value: 14},
                        fill: {value: "white"},
                        stroke: {value: "black"},
                        strokeWidth: {value: 0.6},
                        tooltip: {signal: `{${tooltip.join(", ")}}`}
                    }
                }
            },
            {
                type: "symbol",
                from: {data: `${name}-reference`},
                encode: {
                    enter: {
                        ...at,
                        size: {value: 160},
                        shape: {value: "diamond"},
                        fill: {value: "transparent"},
                        stroke: {value: "black"},
                        strokeWidth: {value: 2.5}
                    }
                }
            },
        ],
    };
}

/* "at once, irradiated 2": what varies at a point. */
function pointLabel(sweep, at) {
    const parts = sweep.axes.map(({name, unit, type, values}, i) => {
        const value = type === "name" ? at[i] : `${name} ${at[i]}${unit ? ` ${unit}` : ""}`;
        return values.length > 1 ? value : "";
    });
    return parts.filter(Boolean).join(", ");
}

/* An endpoint in each subgroup of the patients, at every point; points alike in the first axis of names look alike. */
function subgroupFigure(sweep, endpoint, width) {
    const {subgroups} = sweep;
    const own = subgroups.endpoints.find((candidate) => candidate.key === endpoint.key);
    const groups = subgroups.names.map((name, group) => ({name, group, patients: subgroups.patients[group]}))
                       .filter(({patients}) => patients > 0);
    const {columns, plot} = panelColumns(groups.length, width, 300);
    const points = sweepPoints(sweep);
    const marked = Math.max(0, sweep.axes.findIndex((axis) => axis.type === "name" && axis.values.length > 1));
    const share = endpoint.unit === "fraction" && !endpoint.key.endsWith("_change");
    const all = own.value.flatMap((values, group) => [...values, ...own.lower[group], ...own.upper[group]]);
    const pointOf = (group, at, i) => {
        const look = sweep.axes[marked].values.indexOf(at[marked]);
        return {
            value: own.value[group][i],
            lower: own.lower[group][i],
            upper: own.upper[group][i],
            colour: armColour(look),
            fill: armColour(look),
            shape: ARM_SHAPES[look % ARM_SHAPES.length],
            missing: "none",
            note: endpoint.label
        };
    };
    const panels = groups.map(
        ({name, group, patients}) => ({
            ...dotPanel({
                name: `subgroup-${group}`,
                domain: share ? [0, 1] : rangeOf(all),
                width: plot + LEFT_AXIS - 24,
                axisTitle: endpointTitle(endpoint),
                format: endpointFormat(endpoint),
                rows: points.map((at, i) => ({label: pointLabel(sweep, at), points: [pointOf(group, at, i)]}))
            }),
            title: {
                text: wrapTitle(`${subgroups.label}: ${name}`, plot),
                subtitleFontSize: 11,
                subtitleColor: GREY,
                subtitle: `${patients} patients`
            }
        }));
    return panelFigure(`${endpointTitle(endpoint)} by ${subgroups.label}.`, panels, columns);
}
