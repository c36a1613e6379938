/* Prints as JSON what the figures of a report draw: for each figure its groups with their axes and named marks, and
 * each item with its place in pixels, its look and the row of data behind it. Runs after the script that the library
 * writes, in place of its last part: node SCRIPT DATA [WIDTH]. */

const ITEM_FIELDS = ["x", "y", "x2", "y2", "width", "height", "fill", "stroke", "strokeDash", "shape", "text"];

function itemOf(item) {
    const kept =
        Object.fromEntries(ITEM_FIELDS.filter((name) => item[name] !== undefined).map((name) => [name, item[name]]));
    const {grid, ...datum} = item.datum ?? {}; /* a contour's whole raster */
    return {...kept, datum};
}

/* Values of an axis and where they stand, by its ticks. */
function axisOf(group) {
    const ticks = group.items.find((mark) => mark.role === "axis-tick");
    const across = group.orient === "bottom" || group.orient === "top";
    return {
        orient: group.orient,
        ticks: (ticks?.items ?? []).map((item) => [item.datum.value, across ? item.x : item.y])
    };
}

/* Marks of a group, those of lines drawn one by one within a group of their own taken out of it. */
function marksOf(group) {
    const marks = {}, axes = [], inner = [];
    for (const mark of group.items) {
        if (mark.role === "axis")
            axes.push(...mark.items.filter((item) => item.items).map(axisOf));
        else if (mark.marktype === "group" && mark.name?.endsWith("pathgroup"))
            for (const path of mark.items.flatMap((item) => item.items))
                (marks[path.name] ??= []).push(...path.items.map(itemOf));
        else if (mark.marktype === "group")
            inner.push(...mark.items.filter((item) => item.items).flatMap(groupsOf));
        else if (mark.role === "mark")
            marks[mark.name ?? ""] = mark.items.map(itemOf);
    }
    return [{axes: axes.filter((axis) => axis.ticks.length > 0), marks}, ...inner];
}

function groupsOf(group) {
    return marksOf(group);
}

async function printMarks(file, width) {
    const data = JSON.parse(require("node:fs").readFileSync(file, "utf8"));
    const figures = [];
    for (const figure of reportFigures(data)) {
        const view = await figureView(figure.make(width), {renderer: "none"}).runAsync();
        const groups = view.scenegraph().root.items.flatMap(groupsOf);
        figures.push({id: figure.id, groups: groups.filter((group) => Object.keys(group.marks).length > 0)});
    }
    console.log(JSON.stringify(figures));
}

printMarks(process.argv[2], Number(process.argv[3] ?? 760));
