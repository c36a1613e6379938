/* Courses for the tests of the batch engine: patients who differ, everything that their courses showed, and runs of
 * them with either engine. */
#ifndef ABSCOPAL_TESTS_BATCH_COURSE_H
#define ABSCOPAL_TESTS_BATCH_COURSE_H

#include <stdbool.h>

#include "solver/batch.h"
#include "solver/lanes.h"

enum { KEPT_STATES = 200, KEPT_EVENTS = 64, KEPT_DAYS = 512 };

/* A course with all that it needs, and what it showed. Large: keep it static or on the heap. */
struct kept_course {
    struct model model;
    struct course course;
    struct course_event events[KEPT_EVENTS];
    double days[KEPT_DAYS];
    double start[KEPT_STATES], state[KEPT_STATES];
    double (*shown)[KEPT_STATES]; /* [KEPT_DAYS], or NULL: not kept */
    double shown_day[KEPT_DAYS];
    size_t shown_count;
    int returned; /* how often it has come back from the batch */
};

/* Patient `number` of preset nsclc with lesions of 1e9 cells and more that differ, on nivolumab and ipilimumab, or on
 * durvalumab with its saturable clearance. Patients differ in growth, killing and PD-L1; number 0 is the default one.
 * There are no events and outputs yet; the course ends on end_day. */
enum kept_drugs { KEPT_NO_DRUG, KEPT_NIVOLUMAB_IPILIMUMAB, KEPT_DURVALUMAB };
void kept_patient(struct kept_course *kept, int lesions, enum kept_drugs drugs, int number, double end_day);

/* The published preset from its published state, 240 mg of nivolumab every 14 days. */
void kept_published(struct kept_course *kept, double end_day);

/* Adds an event or output days; events may come in any order. The output days are first, first + interval, ... up to
 * the last. */
void kept_add_event(struct kept_course *kept, struct course_event event);
void kept_add_infusions(struct kept_course *kept, int drug, double nmol, double hours, double interval_days, int count);
void kept_add_fractions(struct kept_course *kept, int lesion, double gray, double coverage, double first_day,
                        int count);
void kept_add_output(struct kept_course *kept, double day);
void kept_add_outputs(struct kept_course *kept, double first, double interval, double last);

/* Keeps the whole state of every output from now on. */
void kept_keep_states(struct kept_course *kept);
void kept_free(struct kept_course *kept);

/* Run from the start; a course may be run again and again. The batch takes them in the order of the list, with these
 * instructions; every one must come back exactly once. */
void kept_run_with_cvode(struct kept_course *kept, double relative_tolerance);
void kept_run_in_batch(const struct lanes_functions *functions, struct kept_course *const *list, size_t count);

/* One course alone, with the best instructions. */
void kept_run(struct kept_course *kept, double relative_tolerance);

/* Two runs of one patient, bit for bit: the end, its state, all that was shown, work and failure. */
void assert_same_course(const struct kept_course *one, const struct kept_course *other);

/* A course in the batch engine, alone; takes the place of course_run in tests that both engines have to pass. */
void course_run_in_batch(struct course *course);

#endif
