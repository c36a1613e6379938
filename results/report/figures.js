"use strict";
/* The figures of a report: what each is called, how it is read, and its specification for a width in pixels. */

/* A figure of a run. `id` is the name of its file; that of a run which is one of two has the run's label in it. */
function runFigure(run, runs, id, title, reading, make) {
    const suffix = runs.length > 1 ? `-${run.label.toLowerCase()}` : "";
    return {id: id + suffix, kind: id, run: runs.indexOf(run), title, reading, make};
}

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
        add("km", "Kaplan-Meier curves", READING.km, (width) => survivalFigure(run, width));
        if (run.km.curves.length > 3)
            add("km-arms", "Kaplan-Meier curves, arm by arm", READING.kmArms,
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
        add(`course-${quantity.key.replaceAll("_", "-")}`, capitalised(quantity.label), READING.course,
            (width) => courseFigure(run, quantity, width));
    if (has(run.separation))
        add("separation", "Which parameters separate responders", READING.separation,
            (width) => separationFigure(run, width));
    return figures;
}

/* What a sweep can be drawn as depends on how many axes it has, and of what kind. */
function sweepFigures(sweep) {
    const {x, y, others} = sweepLayout(sweep);
    const kinds = [];
    const numbers = y !== null && x.type === "number" && y.type === "number";
    const least = Math.min(x.values.length, y?.values.length ?? 0);
    if (sweep.points !== null)
        kinds.push(["scatter", scatterFigure], ...(sweep.axes.length > 1 ? [["plane", scatterPlaneFigure]] : []));
    else if (y !== null) {
        kinds.push(["heat", (...all) => heatFigure(...all.slice(0, 2), "value", all[2])]);
        kinds.push(["difference", (...all) => heatFigure(...all.slice(0, 2), "difference", all[2])]);
        if (numbers && least > 2)
            kinds.push(["contour", contourFigure]);
        if (x.type === "number" && y.values.length <= 8)
            kinds.push(["lines", (...all) => sweepLinesFigure(...all.slice(0, 2), "value", all[2])]);
    } else {
        const make = x.type === "number" ? sweepLinesFigure : sweepNamesFigure;
        kinds.push(["lines", (...all) => make(...all.slice(0, 2), "value", all[2])]);
        kinds.push(["difference-lines", (...all) => make(...all.slice(0, 2), "difference", all[2])]);
    }
    if (sweep.subgroups !== null)
        kinds.push(["subgroups", subgroupFigure]);
    return sweep.endpoints.flatMap((endpoint) => kinds.filter(([kind]) => isDrawable(sweep, endpoint, kind))
                                                     .map(([kind, make]) => ({
                                                              id: `${kind}-${endpoint.key.replaceAll("_", "-")}`,
                                                              kind,
                                                              key: endpoint.key,
                                                              title: SWEEP_TITLES[kind](endpoint),
                                                              reading: sweepReading(sweep, kind, others),
                                                              make: (width) => make(sweep, endpoint, width)
                                                          })));
}

/* A sweep may have recorded nothing of an endpoint in its subgroups, no reference, or no point at all. */
function isDrawable(sweep, endpoint, kind) {
    if (kind === "subgroups")
        return sweep.subgroups.endpoints.some((candidate) => candidate.key === endpoint.key);
    return endpoint[kind.startsWith("difference") ? "difference" : "value"].some((value) => value !== null);
}

function patientFigures(run, runs) {
    const figures = [];
    const add = (...parts) => figures.push(runFigure(run, runs, ...parts));
    const {patient} = run;
    if (patient.arms.length > 0)
        add("patient-diameters", "Diameters of the lesions", READING.diameters, (width) => diametersFigure(run, width));
    const courses = patient.arms.flatMap((arm) => arm.courses?.quantities ?? []);
    for (const key of [...new Set(courses.map((quantity) => quantity.key))]) {
        const {label} = courses.find((quantity) => quantity.key === key);
        add(`patient-${key.replaceAll("_", "-")}`, capitalised(label), READING.patientCourse,
            (width) => patientCourseFigure(run, key, width));
    }
    if (run.design)
        add("timeline", "Treatment over time", READING.timeline, (width) => timelineFigure(run, width, run.until_days));
    return figures;
}

/* What the figures of the comparison show of both runs, or what twice would be too much. */
const COMPARED = ["timeline-start", "endpoints-shares", "endpoints-times"];

function compareFigures(data) {
    const of = (kind, title, reading, make) => ({id: kind, kind, title, reading, make});
    const list = [
        of("compare-endpoints", "Endpoints of both runs", READING.compared,
           (width) => comparedFigure(data, "both", width)),
    ];
    if (data.compare.endpoints.some((row) => row.difference.value !== null))
        list.push(of("compare-differences", "Differences", READING.differences,
                     (width) => comparedFigure(data, "difference", width)));
    if (data.runs.every((run) => run.km?.curves.length > 0))
        list.push(of("compare-km", "Progression-free survival", READING.comparedKm,
                     (width) => comparedSurvivalFigure(data, width)));
    return [
        ...list,
        ...data.runs.flatMap((run) => trialFigures(run, data.runs)).filter((figure) => !COMPARED.includes(figure.kind))
    ];
}

/* A run as figures see it: without arms that nobody completed, which have nothing to draw. */
function drawnRun(run) {
    const full = {...run};
    const followed = (index) => run.km.curves[index].days.length > 0;
    if (run.endpoints)
        full.endpoints = run.endpoints.filter((row) => row.n > 0);
    if (run.km)
        full.km = {
            curves: run.km.curves.filter((curve, index) => followed(index)),
            risk: {...run.km.risk, arms: run.km.risk.arms.filter((row, index) => followed(index))}
        };
    for (const figure of ["waterfall", "spider", "swimmer"])
        if (run[figure])
            full[figure] = run[figure].filter((row) => row.total > 0);
    if (run.separation)
        full.separation = run.separation.filter((row) => row.responders + row.others > 0);
    if (run.courses)
        full.courses = {
            ...run.courses,
            quantities: run.courses.quantities
                            .map((quantity) => ({...quantity, arms: quantity.arms.filter((row) => row.n > 0)}))
                            .filter((quantity) => quantity.arms.length > 0)
        };
    if (run.patient)
        full.patient = {...run.patient, arms: run.patient.arms.filter((arm) => arm.visit_days.length > 0)};
    return full;
}

/* All figures of a report's data, in the order of the page. */
function reportFigures(whole) {
    if (whole.kind === "sweep")
        return sweepFigures(whole.sweep);
    const data = {...whole, runs: whole.runs.map(drawnRun)};
    if (data.kind === "compare")
        return compareFigures(data);
    if (data.kind === "patient")
        return patientFigures(data.runs[0], data.runs);
    return trialFigures(data.runs[0], data.runs);
}
