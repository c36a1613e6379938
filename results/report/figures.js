"use strict";
/* The figures of a report: what each is called, how it is read, and its specification for a width in pixels. */

/* A figure of a run. `id` is the name of its file; that of a run which is one of two has the run's label in it. */
function runFigure(run, runs, id, title, reading, make) {
    const suffix = runs.length > 1 ? `-${run.label.toLowerCase()}` : "";
    return {id: id + suffix, kind: id, run: runs.indexOf(run), title, reading, make};
}

const READING = {
    timeline: "Each lane is one treatment, from the first day to the last of the trial: a blue line is a dose of a " +
                  "drug, an orange one with a triangle a fraction of radiotherapy.",
    shares:
        "Dot: the model's prediction; line: its 95 % confidence interval, which says how much other virtual " +
            "patients of the same cohort would change it, not how well the model fits reality. Open diamond: what a " +
            "real trial published.",
    times: "Dot: the predicted median or mean; line: its 95 % confidence interval, with an arrow where it has no " +
               "upper end. A line without a dot: the median is not reached within the trial.",
    km: "Each curve is the share of patients not yet progressed; it falls when some progress. A small upright line " +
            "is a patient who was followed to that day without progression (censored). Below: patients still " +
            "followed, and those censored and progressed so far.",
    kmArms: "As above, one arm at a time, with the 95 % confidence band of its curve. The dotted grey curve is the " +
                "first arm.",
    waterfall: "One bar per patient, the largest growth on the left, the deepest shrinkage on the right. The dotted " +
                   "lines are +20 % and -30 %, where RECIST sees progression and partial response.",
    spider: "One line per patient, from baseline at the left. Below 0 the lesions shrink. Point at a line for the " +
                "patient's number.",
    swimmer: "One bar per patient, as long as the patient was followed without progression; its colour is the best " +
                 "response.",
    course: "Line: the median patient. Dark band: the middle half of the patients; pale band: the middle nine tenths.",
    separation:
        "How often a responder has the higher value of the parameter than a patient without response: 0.5 " +
            "tells nothing, 1 means always higher, 0 always lower. Line: 95 % confidence interval. A parameter that " +
            "separates need not be a cause.",
};

/* What is cut off is said. */
function cutText(changes) {
    const most = largest(changes.flat(), 0);
    return most > MOST_CHANGE
               ? ` Growth beyond +${100 * MOST_CHANGE} % is cut off; the largest is +${Math.round(100 * most)} %.`
               : "";
}

function trialFigures(run, runs) {
    const figures = [];
    const add = (...parts) => figures.push(runFigure(run, runs, ...parts));
    const has = (list) => Array.isArray(list) && list.length > 0;
    add("timeline", "Treatment over time", READING.timeline, (width) => timelineFigure(run, width, run.until_days));
    const start = timelineStart(run);
    if (start !== null)
        add("timeline-start", `The first ${start} days`, "The beginning of the timeline, drawn wider.",
            (width) => timelineFigure(run, width, start));
    if (run.endpoints.some((row) => row.unit === "fraction"))
        add("endpoints-shares", "Shares of patients", READING.shares,
            (width) => endpointsFigure(run, "fraction", width));
    if (run.endpoints.some((row) => row.unit === "d"))
        add("endpoints-times", "Times", READING.times, (width) => endpointsFigure(run, "d", width));
    if (has(run.km?.curves)) {
        add("km", "Progression-free survival", READING.km, (width) => survivalFigure(run, width));
        if (run.km.curves.length > 3)
            add("km-arms", "Progression-free survival, arm by arm", READING.kmArms,
                (width) => survivalArmsFigure(run, width));
    }
    if (has(run.waterfall))
        add("waterfall", "Best change of each patient (waterfall)",
            READING.waterfall + cutText(run.waterfall.map((item) => item.change)),
            (width) => waterfallFigure(run, width));
    if (has(run.spider))
        add("spider", "Change over time of each patient (spider)",
            READING.spider + cutText(run.spider.flatMap((item) => item.change)), (width) => spiderFigure(run, width));
    if (has(run.swimmer))
        add("swimmer", "Response and progression of each patient (swimmer)", READING.swimmer,
            (width) => swimmerFigure(run, width));
    for (const quantity of run.courses?.quantities ?? [])
        add(`course-${quantity.key.replaceAll("_", "-")}`, quantity.label[0].toUpperCase() + quantity.label.slice(1),
            READING.course, (width) => courseFigure(run, quantity, width));
    if (has(run.separation))
        add("separation", "Which parameters separate responders", READING.separation,
            (width) => separationFigure(run, width));
    return figures;
}

/* All figures of a report's data, in the order of the page. */
function reportFigures(data) {
    return (data.runs ?? []).flatMap((run) => trialFigures(run, data.runs));
}
