/* Whether a number separates two groups of patients: the chance that one of the first group has a larger value than
 * one of the second, ties counting half (Mann and Whitney 1947, doi:10.1214/aoms/1177730491), which is the area under
 * the receiver operating characteristic. Knows nothing of trials. */
#ifndef ABSCOPAL_TRIAL_MANN_WHITNEY_H
#define ABSCOPAL_TRIAL_MANN_WHITNEY_H

#include <stdbool.h>
#include <stddef.h>

#include "abscopal.h"

/* n patients. value[n] in any unit, finite; first[n] tells who is in the first group. weight[n] is how much a patient
 * counts, finite and not negative; NULL: 1. */
struct two_samples {
    const double *value;
    const bool *first;
    const double *weight;
    size_t n;
};

struct separation {
    struct abscopal_estimate area;      /* 0.5: no separation; NaN when a group is empty */
    double first_median, second_median; /* weighed_quantile (trial/quantiles.h); NaN for nobody */
};

/* The area with the 95 % interval of DeLong, DeLong and Clarke-Pearson 1988 (doi:10.2307/2531595), from the structural
 * components of each patient, symmetric and cut at 0 and 1, as ci.auc of R's pROC gives it. With weights the components
 * are weighted, and the numbers of patients in the factors n / (n - 1) of their variances are effective ones (Kish
 * 1965): with equal weights that is DeLong's interval again. NaN limits where the variance cannot be told: with fewer
 * than two patients in a group, or when it is 0, as where the groups do not overlap. Returns ABSCOPAL_BAD_INPUT (a
 * value or weight out of range) or ABSCOPAL_NO_MEMORY, or ABSCOPAL_OK. */
enum abscopal_status separation_measure(const struct two_samples *samples, struct separation *separation);

#endif
