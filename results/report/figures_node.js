/* Draws every figure as SVG: node SCRIPT FOLDER [FILE], where SCRIPT begins with the libraries and the other
 * figures*.js (results/report_page.h). The data stand in the script, else in FILE, else on standard input. */

/* A width at which text is as large as that of a page when the figure is as wide as a printed page. */
const FIGURE_WIDTH = 760;

async function drawFigures(folder, file) {
    const fs = require("node:fs"), path = require("node:path");
    const data = reportData ?? JSON.parse(fs.readFileSync(file ?? 0, "utf8"));
    fs.mkdirSync(folder, {recursive: true});
    const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
    for (const figure of reportFigures(data)) {
        const specification = figure.make(FIGURE_WIDTH);
        const svg = await figureView(specification, {renderer: "none"}).toSVG();
        /* The title is what assistive software reads, and says whose figure it is where it stands alone. */
        const title = `<title>${
            escaped(`${data.title}: ${figure.title}. ${specification.description} ` + data.research_use)}</title>`;
        const name = path.join(folder, `${figure.id}.svg`);
        fs.writeFileSync(name, svg.replace(/^<svg[^>]*>/, (tag) => tag + title) + "\n");
        console.log(name);
    }
}

if (process.argv.length < 3) {
    console.error("usage: node SCRIPT FOLDER [FILE]");
    process.exitCode = 2;
} else {
    drawFigures(process.argv[2], process.argv[3]).catch((error) => {
        console.error(String(error.stack ?? error));
        process.exitCode = 1;
    });
}
