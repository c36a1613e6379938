/* What files have of the fate of a patient in an arm: one table for CSV and HDF5. */
#ifndef ABSCOPAL_RESULTS_FATE_VALUES_H
#define ABSCOPAL_RESULTS_FATE_VALUES_H

#include "trial/fate.h"

struct fate_value {
    const char *name, *unit, *meaning;
    int digits;                /* of CSV, significant; 0: a whole number */
    const char *flag_meanings; /* names of 0, 1, ..., with blanks between and none within; NULL: it is a number */
    double (*of)(const struct abscopal_fates *fates, size_t arm, size_t patient); /* NaN: there is none */
};

const struct fate_value *fate_values(size_t *count);

/* Name of the arm, from 0. */
const char *fate_arm_name(const struct abscopal_fates *fates, size_t arm);

/* Whether the patient was analysed in the arm. */
bool fate_is_known(const struct abscopal_fates *fates, size_t arm, size_t patient);

#endif
