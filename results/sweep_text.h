/* Estimates of sweeps as text. */
#ifndef ABSCOPAL_RESULTS_SWEEP_TEXT_H
#define ABSCOPAL_RESULTS_SWEEP_TEXT_H

#include "results/sweep.h"

enum { SWEEP_TEXT_SIZE = 128 };

/* "56.0 % (53.1 to 58.9)", "123.4 d (100.0 to 140.2)", "0.61 (0.55 to 0.67)", "-" for nothing; with a sign when it is a
 * difference, whose shares are "points". */
void sweep_estimate_text(const struct sweep_endpoint *endpoint, const struct abscopal_estimate *estimate,
                         bool difference, char text[SWEEP_TEXT_SIZE]);

/* "best response rate", "progression free rate, day 365". */
void sweep_endpoint_text(const struct sweep_endpoint *endpoint, char text[SWEEP_TEXT_SIZE]);

/* What points are compared with: "nivolumab", "lag 0 d, scheme 8 Gy x 3". */
void sweep_reference_text(const struct abscopal_sweep *sweep, char *text, size_t size);

/* A line for each point under the axes' names: positions, the endpoint and the paired difference from the reference. */
void sweep_points_write(const struct abscopal_sweep *sweep, size_t endpoint, const size_t *points, size_t count,
                        FILE *file);

#endif
