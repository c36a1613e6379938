/* What a sensitivity analysis can be of: a number that each patient has in an arm. */
#ifndef ABSCOPAL_RESULTS_SENSITIVITY_ENDPOINTS_H
#define ABSCOPAL_RESULTS_SENSITIVITY_ENDPOINTS_H

#include "protocols/sweep_file.h"
#include "trial/virtual_trial.h"

struct sensitivity_endpoint {
    struct sweep_endpoint as; /* its row is one of sweeps, or one of our own; its label is `label` */
    char label[96];
};

/* The endpoints there are, from 0, those of sweeps that a single patient has and then our own; NULL after the last. */
const struct sweep_endpoint_row *sensitivity_endpoint_describe(size_t index);

/* The unit of the number: "1", "d" or "mm". */
const char *sensitivity_endpoint_unit(const struct sensitivity_endpoint *endpoint);

/* Reads "name" or "name@day", `size` bytes. Returns ABSCOPAL_BAD_INPUT with the nearest name or what else is wrong: a
 * day after the trial's end, or an endpoint that has none. */
enum abscopal_status sensitivity_endpoint_read(const char *text, size_t size, double until_days,
                                               struct sensitivity_endpoint *endpoint, struct abscopal_error *error);

/* The number of a patient who completed the arm; NaN where there is none. Bits of `irradiated` are lesions that are not
 * outside of every field. */
double sensitivity_endpoint_value(const struct abscopal_results *results, size_t arm, size_t patient,
                                  const struct sensitivity_endpoint *endpoint, unsigned irradiated);

#endif
