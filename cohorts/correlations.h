/* Correlations between what is drawn for a patient: a Gaussian copula, of the normal scores of any two quantities. */
#ifndef ABSCOPAL_COHORTS_CORRELATIONS_H
#define ABSCOPAL_COHORTS_CORRELATIONS_H

#include "cohorts/cohort_file.h"
#include "protocols/input_keys.h"

extern const struct input_mapping correlation_keys;
extern const struct input_value correlations_value;

/* Names of what can be correlated: attributes, then parameters; see struct input_value. */
struct input_name correlations_name(size_t index);

/* Reads 'correlations' of a cohort file into cohort->correlated; everything that is drawn has been read. On failure the
 * document's status says so. */
void correlations_read(struct yaml_document *document, struct cohort *cohort);

/* Makes independent numbers in (0, 1), one for each correlated quantity in their order, correlated ones: the normal
 * scores z of them become L z, where L L' is the matrix of correlations (Cholesky). The first one stays what it was. */
void correlations_apply(const struct correlated *correlated, double *uniforms);

#endif
