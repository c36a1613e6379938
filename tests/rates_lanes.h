/* The biology for a vector of patients, to compare with the reading for one. */
#ifndef ABSCOPAL_TESTS_RATES_LANES_H
#define ABSCOPAL_TESTS_RATES_LANES_H

#include <stdint.h>

enum { RATES_LANES = 2 };

struct lanes_layout;

/* What model_rates and model_jacobian give, for patients side by side whose models have that layout (its part that
 * concerns the matrix is not used): from the numbers of each (model_numbers_of) and each one's state, into each one's
 * rate[size] and Jacobian entries, put into jacobian[][place[k]] for k below entry_count. */
void rates_lanes_evaluate(const struct lanes_layout *layout, const double *const numbers[RATES_LANES],
                          const double *const state[RATES_LANES], const uint16_t *place, int entry_count,
                          double *const rate[RATES_LANES], double *const jacobian[RATES_LANES]);

#endif
