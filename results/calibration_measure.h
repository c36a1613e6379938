/* What the endpoints of calibration targets are in results. */
#ifndef ABSCOPAL_RESULTS_CALIBRATION_MEASURE_H
#define ABSCOPAL_RESULTS_CALIBRATION_MEASURE_H

#include "trial/calibrate.h"

/* A calibrate_measure. Quantiles are those of Hyndman and Fan's seventh definition (1996,
 * doi:10.1080/00031305.1996.10473566), R's own. The largest lesion is that of trial/largest_lesion.h. Ongoing
 * responders have a best response, complete or partial, and no progression by the end of the trial; they are compared
 * as shares of their arms. */
enum abscopal_status calibration_measure(const struct abscopal_results *results,
                                         const struct calibration_target *target, double *value);

#endif
