/* The right-hand side for complex numbers, to test derivatives with. */
#ifndef ABSCOPAL_TESTS_RATES_COMPLEX_H
#define ABSCOPAL_TESTS_RATES_COMPLEX_H

struct model;

/* State and rate are stored as pairs (real, imaginary): with state + i h seed, h tiny, the imaginary part of the rate
 * is h times the Jacobian times seed, to rounding (Squire 1998, doi:10.1137/S003614459631241X). */
void rates_complex_step(const struct model *model, const double *state_pairs, double *rate_pairs);

#endif
