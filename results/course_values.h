/* Values of the courses' variables (results/variables.h): what fill functions do is said there. */
#ifndef ABSCOPAL_RESULTS_COURSE_VALUES_H
#define ABSCOPAL_RESULTS_COURSE_VALUES_H

#include "trial/courses.h"

typedef void course_values_fill(const struct abscopal_results *results, size_t arm, size_t patient, void *values);

course_values_fill course_values_day, course_values_sum_of_diameters, course_values_lymphocytes, course_values_drug,
    course_values_pd1_occupancy, course_values_cd8_density;

#endif
