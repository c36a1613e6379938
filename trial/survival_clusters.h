/* Cox's regression and the log-rank test for patients who are not independent, such as those of a virtual trial who are
 * in every arm: estimates stay as they are, and their variance is that of sums over clusters (Lin and Wei 1989,
 * doi:10.1080/01621459.1989.10478874; Lee, Wei and Amato 1992, doi:10.1007/978-94-015-7983-4_14). Knows nothing of
 * trials. Equal to coxph(..., weights, cluster) of R's survival 3.5, which tests/check_survival_clusters.R holds it to.
 */
#ifndef ABSCOPAL_TRIAL_SURVIVAL_CLUSTERS_H
#define ABSCOPAL_TRIAL_SURVIVAL_CLUSTERS_H

#include "trial/survival_comparison.h"

struct survival_clustered {
    double standard_error;      /* of the coefficient */
    double lower, upper;        /* Wald's interval of the hazard ratio with it */
    struct survival_test score; /* of the coefficient 0, with the variance over clusters; ties as Breslow, so that for
                                   two groups the numerator is that of the log-rank test */
};

/* For the coefficient that survival_cox_fit has estimated from the same data with Efron's ties and without strata.
 * cluster[n] is from 0 to cluster_count - 1. With copies (struct survival_data) a cluster is one of so many alike: all
 * its members have as many. Weights count in estimate and variance (Binder 1992,
 * doi:10.1093/biomet/79.1.139), whose unit does not matter. Members are NaN where there is nothing to estimate: a
 * coefficient that is not finite (of the interval), or scores that are all 0 (members of a cluster cancel). Returns
 * ABSCOPAL_BAD_INPUT (times and weights as survival_curve_fit, a cluster out of range, or members of one that differ in
 * copies) or ABSCOPAL_NO_MEMORY, both with nothing written, or ABSCOPAL_OK. */
enum abscopal_status survival_cluster(const struct survival_data *data, const double *covariate, const size_t *cluster,
                                      size_t cluster_count, double coefficient, struct survival_clustered *clustered);

#endif
