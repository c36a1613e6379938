/* Distributions: reading one from a cohort file, and its quantiles (the latter also in sampling.h). */
#ifndef ABSCOPAL_COHORTS_DISTRIBUTION_H
#define ABSCOPAL_COHORTS_DISTRIBUTION_H

#include "cohorts/cohort_file.h"
#include "protocols/yaml.h"

/* Which values may be drawn: in that unit, from lower to upper. */
struct distribution_range {
    const char *unit;
    double lower, upper;
};

/* Reads a quantity (fixed) or a mapping with the key `distribution`. `name` says in messages what is drawn.
 * `lesions_exponent` is NULL where that key is not allowed, otherwise receives it (0 unless given). On failure the
 * document's status says so. */
void distribution_read(struct yaml_document *document, const struct yaml_node *node, const char *name,
                       const struct distribution_range *range, struct distribution *distribution,
                       double *lesions_exponent);

/* The share of an untruncated normal or lognormal that lies within its bounds; 1 for the others. */
double distribution_share_within(const struct distribution *distribution);

#endif
