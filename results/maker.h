/* Which program made results. */
#ifndef ABSCOPAL_RESULTS_MAKER_H
#define ABSCOPAL_RESULTS_MAKER_H

#include "trial/virtual_trial.h"

/* This program, as for NULL, or that which wrote the file that they were read from. */
struct results_maker results_maker_of(const struct abscopal_results *results);

#endif
