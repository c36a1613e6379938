"use strict";
/* The page: sections in order, figures drawn to the width there is, and drawn anew when it changes. */

const drawings = []; /* {figure, box, width, view} */

function figureElement(figure) {
    const box = element("div", {class: "drawing", id: `figure-${figure.id}`});
    drawings.push({figure, box, width: 0, view: null});
    return element("figure", {}, box, element("figcaption", {class: "reading"}, figure.reading));
}

function figureBlock(figure) {
    return [element("h3", {}, figure.title), figureElement(figure)];
}

async function draw(drawing, width) {
    const {figure, box} = drawing;
    drawing.view?.finalize();
    drawing.width = width;
    try {
        const specification = figure.make(width);
        box.setAttribute("role", "img");
        box.setAttribute("aria-label", `${specification.description} ${figure.reading}`);
        drawing.view = figureView(specification, {renderer: "svg", container: box, hover: true});
        drawing.view.tooltip(new vegaTooltip.Handler().call);
        await drawing.view.runAsync();
        box.dataset.drawn = "yes";
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
            await draw(drawing, width);
            await new Promise((resolve) => setTimeout(resolve, 0));
        }
    }
    document.documentElement.dataset.drawn = "yes";
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

function trialSections(main, run, figures) {
    const of = (...kinds) => figures.filter((figure) => kinds.includes(figure.kind)).flatMap(figureBlock);
    section(main, "summary", "In short", element("p", {}, summaryIntroduction(run)), summaryList(run));
    section(main, "design", "Trial design", of("timeline", "timeline-start"),
            namedTextTable("The trial", designFacts(run)));
    section(main, "flow", "Patients", flowDiagram(run));
    section(main, "endpoints", "Outcomes", endpointTable(run), run.comparisons.length > 0 ? comparisonTable(run) : "",
            of("endpoints-shares", "endpoints-times"),
            run.observed.length > 0 ? [element("h3", {}, "Beside published trials"), observedTable(run)] : "");
    if (run.km)
        section(main, "survival", "Progression-free survival", of("km", "km-arms"),
                element("details", {}, element("summary", {}, "Numbers at risk as a table"), riskTable(run)));
    section(main, "patients", "Patient by patient", of("waterfall", "spider", "swimmer"));
    const courses = figures.filter((figure) => figure.kind.startsWith("course-"));
    if (courses.length > 0)
        section(main, "courses", "Tumour, drugs and immune cells over time", courses.flatMap(figureBlock));
    if (run.separation.length > 0)
        section(main, "separation", "What separates responders", of("separation"),
                run.separation.map((item) => element("details", {},
                                                     element("summary", {}, `Parameters as a table: ${item.arm}`),
                                                     separationTable(item))));
}

function lastSections(main, data) {
    section(main, "provenance", "Where these numbers come from",
            element("p", {}, "Whoever has these files and this version gets the same numbers."),
            namedTextTable("Provenance", data.provenance), data.texts.map((item) => textDetails(item.name, item.text)));
}

function showReport() {
    const data = JSON.parse(document.getElementById("data").textContent);
    const main = document.getElementById("report");
    pageHeader(data);
    const figures = reportFigures(data);
    if (data.kind === "trial")
        trialSections(main, data.runs[0], figures);
    lastSections(main, data);
    drawAll();
    let waiting = null;
    window.addEventListener("resize", () => {
        clearTimeout(waiting);
        waiting = setTimeout(drawAll, 150);
    });
}

showReport();
