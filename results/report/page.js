"use strict";
/* The page: sections in order, figures drawn to the width there is, and drawn anew when it changes. */

const reportData = JSON.parse(document.getElementById("data").textContent);
const drawings = []; /* {figure, box, width, view} */

function figureElement(figure, label = "") {
    const box = element("div", {class: "drawing", id: `figure-${figure.id}`});
    drawings.push({figure, box, width: 0, view: null});
    return element("figure", {}, label ? element("p", {class: "run-label"}, label) : "", box,
                   element("figcaption", {class: "reading"}, figure.reading));
}

function figureBlock(figure) {
    return [element("h3", {}, figure.title), figureElement(figure)];
}

/* At once, not in a promise: what is about to be printed cannot wait. */
function draw(drawing, width) {
    const {figure, box} = drawing;
    drawing.view?.finalize();
    drawing.width = width;
    try {
        const specification = figure.make(width);
        box.setAttribute("role", "img");
        box.setAttribute("aria-label", `${specification.description} ${figure.reading}`);
        drawing.view = figureView(specification, {renderer: "svg", container: box, hover: true});
        drawing.view.tooltip(new vegaTooltip.Handler().call);
        drawing.view.run();
    } catch (error) {
        box.replaceChildren(element("p", {class: "failed"}, `This figure could not be drawn: ${error.message}`));
        console.error(figure.id, error);
    }
}

/* One after the other, with a breath between, so that the page can be read meanwhile. */
async function drawAll() {
    for (const drawing of drawings) {
        const width = Math.floor(drawing.box.getBoundingClientRect().width);
        if (width > 0 && Math.abs(width - drawing.width) > 12) {
            draw(drawing, width);
            await new Promise((resolve) => setTimeout(resolve, 0));
        }
    }
    document.documentElement.dataset.drawn = "yes";
}

/* Paper is wider than a telephone and narrower than a desk. */
const PRINT_WIDTH = 680;

function drawForPrint() {
    drawings.forEach((drawing) => draw(drawing, PRINT_WIDTH));
}

function section(parent, id, title, ...children) {
    const node =
        element("section", {id, "aria-labelledby": `${id}-title`}, element("h2", {id: `${id}-title`}, title), children);
    parent.append(node);
    const list = document.querySelector("#contents ul");
    list.append(element("li", {}, element("a", {href: `#${id}`}, title)));
    return node;
}

function textDetails(name, text) {
    return element("details", {class: "text"}, element("summary", {}, name),
                   element("pre", {tabindex: "0", "aria-label": name}, text));
}

function pageHeader(data) {
    document.title = `${data.title} - abscopal report`;
    document.getElementById("header").append(element("h1", {}, data.title),
                                             data.subtitle ? element("p", {class: "subtitle"}, data.subtitle) : "",
                                             element("p", {class: "research-use", role: "note"}, data.research_use));
    document.getElementById("contents").append(element("ul", {}));
    document.getElementById("footer").prepend(element("p", {}, `Made by ${data.program}. ${data.research_use}`));
}

/* Figures of these kinds with their headings; of two runs beside each other where there is room. */
function figureBlocks(figures, ...kinds) {
    return kinds.flatMap((kind) => {
        const found = figures.filter((figure) => figure.kind === kind);
        if (found.length < 2 || found.some((figure) => figure.run === undefined))
            return found.flatMap(figureBlock);
        return [
            element("h3", {}, found[0].title),
            element("div", {class: "pair"},
                    found.map((figure) => figureElement(figure, `Run ${reportData.runs[figure.run].label}`)))
        ];
    });
}

/* What a section has of each run, side by side under the runs' labels when there are two. */
function ofEachRun(runs, make) {
    if (reportData.runs.length === 1)
        return runs.map(make);
    return element(
        "div", {class: "pair"},
        runs.map((run) => element("div", {}, element("p", {class: "run-label"}, `Run ${run.label}`), make(run))));
}

function courseKinds(figures) {
    return [...new Set(figures.map((figure) => figure.kind).filter((kind) => kind.startsWith("course-")))];
}

function separationTables(runs) {
    return ofEachRun(runs,
                     (run) => run.separation.map(
                         (item) => element("details", {}, element("summary", {}, `Parameters as a table: ${item.arm}`),
                                           separationTable(item))));
}

/* The sections that a trial and a comparison of two have in common. */
function runSections(main, runs, figures) {
    const blocks = (...kinds) => figureBlocks(figures, ...kinds);
    section(main, "design", "Trial design", blocks("timeline", "timeline-start"),
            ofEachRun(runs, (run) => namedTextTable("The trial", designFacts(run))));
    section(main, "flow", "Patients", ofEachRun(runs, flowDiagram));
    section(main, "endpoints", "Outcomes",
            ofEachRun(runs, (run) => [endpointTable(run), run.comparisons.length > 0 ? comparisonTable(run) : ""]),
            blocks("endpoints-shares", "endpoints-times"),
            ofEachRun(runs.filter((run) => run.observed.length > 0),
                      (run) => [element("h3", {}, "Beside published trials"), observedTable(run)]));
    if (runs.some((run) => run.km))
        section(main, "survival", "Progression-free survival", blocks("km", "km-arms"),
                ofEachRun(runs, (run) => element("details", {}, element("summary", {}, "Numbers at risk as a table"),
                                                 riskTable(run))));
    section(main, "patients", "Patient by patient", blocks("waterfall", "spider", "swimmer"));
    if (courseKinds(figures).length > 0)
        section(main, "courses", "Tumour, drugs and immune cells over time", blocks(...courseKinds(figures)));
    if (runs.some((run) => run.separation.length > 0))
        section(main, "separation", "What separates responders", blocks("separation"), separationTables(runs));
}

function trialSections(main, data, figures) {
    const [run] = data.runs;
    section(main, "summary", "In short", element("p", {}, summaryIntroduction(run)), summaryList(run));
    runSections(main, data.runs, figures);
}

function compareSections(main, data, figures) {
    section(main, "summary", "In short",
            data.runs.map((run) => [element("h3", {}, `Run ${run.label}`), element("p", {}, summaryIntroduction(run)),
                                    summaryList(run)]));
    section(main, "differs", "What differs between the runs",
            data.compare.differs.length > 0 ? differsTable(data) : element("p", {}, "Nothing that the files record."));
    section(main, "compared", "Side by side", comparedTable(data),
            figureBlocks(figures, "compare-endpoints", "compare-differences", "compare-km"));
    runSections(main, data.runs, figures);
}

function sweepSections(main, data, figures) {
    const {sweep} = data;
    section(main, "summary", "In short", element("p", {}, sweepIntroduction(sweep)),
            element("ul", {class: "summary"}, sweep.best.map((best) => element("li", {}, bestSentence(sweep, best)))));
    if (sweep.best.length > 0)
        section(main, "best", "Best points", bestTable(sweep));
    section(main, "varied", "What varies", axesTable(sweep), namedTextTable("The sweep", sweepFacts(sweep)));
    sweep.endpoints.forEach((endpoint) => {
        const own = figures.filter((figure) => figure.key === endpoint.key);
        section(main, `endpoint-${endpoint.key}`, capitalised(endpoint.label), own.flatMap(figureBlock),
                element("details", {}, element("summary", {}, "All points as a table"), pointsTable(sweep, endpoint)));
    });
}

function patientSections(main, data, figures) {
    const [run] = data.runs;
    const {patient} = run;
    section(main, "summary", "In short", element("p", {}, patientIntroduction(run)), patientArmsTable(patient));
    section(main, "lesions", "Lesions and responses", figureBlocks(figures, "patient-diameters"),
            patient.arms.map((arm) => element("details", {}, element("summary", {}, `Visits as a table: ${arm.arm}`),
                                              visitsTable(arm))));
    const courses = figures.filter((figure) => /^patient-(?!diameters$)/.test(figure.kind));
    if (courses.length > 0)
        section(main, "courses", "Tumour, drugs and immune cells over time", courses.flatMap(figureBlock));
    if (run.design)
        section(main, "design", "Planned treatment",
                figures.filter((figure) => figure.kind === "timeline").flatMap(figureBlock));
    section(main, "attributes", "Who the patient is", attributesTable(patient));
}

const SECTIONS = {
    trial: trialSections,
    compare: compareSections,
    sweep: sweepSections,
    patient: patientSections
};

function lastSections(main, data) {
    section(main, "provenance", "Where these numbers come from",
            element("p", {}, "Whoever has these files and this version gets the same numbers."),
            namedTextTable("Provenance", data.provenance), data.texts.map((item) => textDetails(item.name, item.text)));
}

function showReport() {
    const data = reportData;
    const main = document.getElementById("report");
    pageHeader(data);
    const figures = reportFigures(data);
    SECTIONS[data.kind](main, data, figures);
    lastSections(main, data);
    drawAll();
    let waiting = null;
    window.addEventListener("beforeprint", drawForPrint);
    window.addEventListener("afterprint", drawAll);
    window.addEventListener("resize", () => {
        clearTimeout(waiting);
        waiting = setTimeout(drawAll, 150);
    });
}

showReport();
