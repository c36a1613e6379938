/* Courses over time that results keep: a few outputs of every patient in every arm, on days of their own. */
#ifndef ABSCOPAL_TRIAL_COURSES_H
#define ABSCOPAL_TRIAL_COURSES_H

#include "trial/virtual_trial.h"

/* In the order of results->courses and of the result file's variables. Of the model's state: without the error of
 * imaging. */
enum course_quantity {
    COURSE_SUM_OF_DIAMETERS, /* mm, over all lesions, target lesions or not */
    COURSE_LYMPHOCYTES,      /* in blood, per uL */
    COURSE_DRUG,             /* ug/mL of antibodies against PD-1 and PD-L1 together, in plasma */
    COURSE_PD1_OCCUPANCY,    /* inhibition of T cells by bound PD-1, 0 to 1: mean of the lesions, weighted by volume */
    COURSE_CD8_DENSITY       /* CD8 cells of all lesions over their volume, per uL */
};
enum { COURSE_QUANTITY_COUNT = 5, COURSE_MOST_DAYS = 10000 };

/* Day 0 and every so often until a day: fills days[], ascending, unless it is NULL; returns how many. */
size_t courses_grid(double every_days, double until_days, double *days);

/* The course of a quantity in results with courses: [course_count], NaN where the arm was not completed. `row` is that
 * of results_row. */
float *courses_of(const struct abscopal_results *results, enum course_quantity quantity, size_t row);

/* Puts down what a state shows on day `index` of the grid; or that nothing is known. */
void courses_record(struct abscopal_results *results, size_t row, size_t index, const struct model *model,
                    const double *state);
void courses_clear(struct abscopal_results *results, size_t row);

/* When a run looks at a patient, ascending: at visits and on the days of courses, and which of them each is, or -1. */
struct look {
    int visit, course;
};
struct look_plan {
    size_t count;
    double *days;       /* [count] */
    struct look *looks; /* [count] */
};

/* Of the results' visits and days; false without memory. To be closed in any case. */
bool look_plan_open(struct look_plan *plan, const struct abscopal_results *results);
void look_plan_close(struct look_plan *plan);

#endif
