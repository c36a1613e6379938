/* Courses over time: the median patient and the bands in which 50 and 90 % of them are. */
#include "results/report.h"

json_t *report_courses(const struct abscopal_results *results)
{
    (void)results;
    return json_null();
}
