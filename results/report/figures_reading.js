"use strict";
/* How each figure is read, in a sentence or two. */

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
                 "response. The last dose is marked where it comes before the end of the bar.",
    course: "Line: the median patient. Dark band: the middle half of the patients; pale band: the middle nine tenths.",
    separation:
        "How often a responder has the higher value of the parameter than a patient without response: 0.5 " +
            "tells nothing, 1 means always higher, 0 always lower. Line: 95 % confidence interval. A parameter that " +
            "separates need not be a cause.",
    heat: "Each cell is one point of the sweep; lighter is higher.",
    difference:
        "Difference from the reference in the same virtual patients (paired). Orange: above the reference; " +
            "purple: below. A dot: the 95 % interval of the difference does not hold 0. With many points, some " +
            "such dots come by chance.",
    contour: "Lines join equal values, drawn straight between the points that were computed (white dots).",
    lines:
        "Dot: value of a point; line: its 95 % confidence interval; dashed: the reference. Intervals of lines at the " +
            "same place are drawn a little beside each other. All points have the same patients: whether two differ " +
            "is told by their paired difference, not by whether their intervals overlap.",
    "difference-lines":
        "Paired difference from the reference with its 95 % confidence interval; the dashed line is no " +
            "difference.",
    scatter:
        "Each dot is one point of the design, over one axis at a time: what else varies makes the scatter. Line: " +
            "95 % confidence interval; dashed: the reference.",
    plane: "Each dot is one point of the design, over the first two axes; lighter is higher. A cross: left out by a " +
               "limit.",
    subgroups: "Dot: value in the patients of the subgroup; line: its 95 % confidence interval.",
    diameters: "One line per lesion, and the sum of all in black. The signs on top are the responses at the visits; " +
                   "+1 marks a visit that found one new lesion, and so on.",
    patientCourse: "One line per arm: the same virtual patient under each treatment.",
    compared: "Dot: run A; open square: run B; lines: 95 % confidence intervals.",
    differences: "Run B less run A, with its 95 % confidence interval. The dashed line is no difference.",
    comparedKm: "Solid: run A, dashed: run B, with 95 % confidence bands. A small upright line is a patient who was " +
                    "followed to that day without progression.",
};

const SWEEP_TITLES = {
    heat: (endpoint) => capitalised(endpoint.label),
    difference: (endpoint) => `Difference from the reference: ${endpoint.label}`,
    contour: (endpoint) => `Contours: ${endpoint.label}`,
    lines: (endpoint) => `With intervals: ${endpoint.label}`,
    "difference-lines": (endpoint) => `Difference from the reference: ${endpoint.label}`,
    scatter: (endpoint) => capitalised(endpoint.label),
    plane: (endpoint) => `Over two axes: ${endpoint.label}`,
    subgroups: (endpoint) => `In subgroups: ${endpoint.label}`,
};

function capitalised(text) {
    return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/* What marks the reference and what was left out, where there is such a mark. */
function sweepMarks(sweep, kind) {
    const marks = {
        heat: ["The thick frame is the reference.", "A cell with a diagonal line was left out by a limit."],
        difference: ["The thick frame is the reference.", "A cell with a diagonal line was left out by a limit."],
        contour: ["The diamond is the reference.", "Grey: left out by a limit."],
    };
    const [reference, left] = marks[kind] ?? ["", ""];
    const outside = reference ? `The reference, ${sweep.reference.label}, is none of the points.` : "";
    return [sweep.reference.at === null ? outside : reference, sweep.left_out > 0 ? left : ""].filter(Boolean);
}

function sweepReading(sweep, kind, others) {
    const panels = others.length > 0 && !["scatter", "plane", "subgroups"].includes(kind)
                       ? [`One panel for each ${others.map((axis) => axis.name).join(" and ")}.`]
                       : [];
    return [READING[kind], ...sweepMarks(sweep, kind), ...panels].join(" ");
}
