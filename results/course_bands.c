#include "results/course_bands.h"

#include <stdlib.h>

#include "results/summary.h"
#include "trial/quantiles.h"

static struct course_band band_of(const struct weighed *values, size_t count)
{
    return (struct course_band){.lowest = weighed_quantile(values, count, 0.05),
                                .lower = weighed_quantile(values, count, 0.25),
                                .median = weighed_quantile(values, count, 0.5),
                                .upper = weighed_quantile(values, count, 0.75),
                                .highest = weighed_quantile(values, count, 0.95)};
}

enum abscopal_status course_bands(const struct abscopal_results *results, size_t arm, enum course_quantity quantity,
                                  struct course_band *bands, size_t *patients)
{
    struct arm_patients read;
    const enum abscopal_status status = arm_patients_read(results, arm, &read);
    if (status != ABSCOPAL_OK)
        return status;
    *patients = read.n;
    struct weighed *const values = malloc((read.n + 1) * sizeof *values);
    for (size_t day = 0; values != NULL && day < results->course_count; day++) {
        size_t count = 0;
        for (size_t i = 0; i < read.n; i++) {
            const double weight = read.weights != NULL ? read.weights[i] : 1;
            const size_t row = results_row(results, arm, read.patients[i]);
            if (weight > 0)
                values[count++] = (struct weighed){courses_of(results, quantity, row)[day], weight};
        }
        weighed_sort(values, count);
        bands[day] = band_of(values, count);
    }
    free(values);
    arm_patients_free(&read);
    return values != NULL ? ABSCOPAL_OK : ABSCOPAL_NO_MEMORY;
}
