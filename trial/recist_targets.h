/* Response of the target lesions: the part of RECIST 1.1 that measures (Eisenhauer 2009, section 4.3.1). */
#ifndef ABSCOPAL_TRIAL_RECIST_TARGETS_H
#define ABSCOPAL_TRIAL_RECIST_TARGETS_H

#include "trial/response.h"

/* The targets of one patient. */
struct recist_targets {
    const bool *nodes; /* [count]: lymph node, measured by its short axis; NULL: none is. The caller's */
    size_t count;
    double baseline_mm, nadir_mm; /* sums of diameters; NaN when the baseline is not whole, 0 without targets */
};

/* The targets at one visit. */
struct targets_reading {
    double sum_mm;          /* NaN when any is not measured */
    double measured_mm;     /* of those that are */
    bool seen;              /* some measured one is not gone */
    enum response response; /* of the targets alone */
};

struct targets_reading recist_targets_begin(struct recist_targets *targets, const struct recist_rules *rules,
                                            const bool *nodes, size_t count, const double *diameters_mm);

/* Reads a visit after baseline, compares it with baseline and nadir, and moves the nadir. */
struct targets_reading recist_targets_read(struct recist_targets *targets, const struct recist_rules *rules,
                                           const double *diameters_mm);

/* State of non-target lesions that are measured as targets are, at a visit after baseline: complete when all are gone,
 * unequivocally progressive when their sum is at least 20 % and at least 5 mm above its nadir and above that of
 * baseline, else present. That is our reading of "substantial worsening" (section 4.3.4). */
enum non_target_response recist_non_targets_state(const struct recist_targets *lesions,
                                                  const struct targets_reading *reading);

/* At least 20 % and at least 5 mm above. False with NaN. */
bool sum_progressed(double sum_mm, double nadir_mm);

/* At least 5 mm above. False with NaN. */
bool sum_increased(double sum_mm, double before_mm);

/* Takes (sum - baseline)/baseline and its day when it is smaller than all before; *change begins as NaN. */
void recist_targets_deepen(const struct recist_targets *targets, double sum_mm, double day, double *change,
                           double *change_day);

#endif
