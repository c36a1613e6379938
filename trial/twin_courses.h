/* Courses of diameters in results, without the error of measurement, on any day. */
#ifndef ABSCOPAL_TRIAL_TWIN_COURSES_H
#define ABSCOPAL_TRIAL_TWIN_COURSES_H

#include "trial/virtual_trial.h"

/* A lesion, or a sum, that is smaller counts as this, mm, as in calibration (docs/calibration.md). */
#define TWIN_SMALLEST_MM 2.0

/* Natural logarithms of the patient's diameters in an arm on those days of the trial (from 0 to the last visit), mm: of
 * the lesion that is the largest at baseline or, with `sums`, of the sum over target lesions. Between visits that were
 * not missed they are linear. What imaging had as error is taken out again, to rounding. False when the patient did
 * not complete the arm. */
bool twin_course(const struct abscopal_results *results, size_t arm, size_t patient, bool sums, const double *days,
                 size_t count, double *log_mm);

/* The day of the first dose or fraction in an arm, as long as nothing that visits find changes it; NaN when nothing
 * is planned. ABSCOPAL_NO_MEMORY or ABSCOPAL_OK. */
enum abscopal_status twin_first_treatment(const struct trial_file *trial, size_t arm, double *day);

#endif
