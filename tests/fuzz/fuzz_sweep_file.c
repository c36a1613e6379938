/* Sweep files, beside trials that they can name; of those accepted, a few points as texts of the trial. */
#include "fuzz.h"

#include <stdlib.h>

#include "trial/sweep.h"

enum { MOST_POINTS = 1000, POINTS_MADE = 3 };

static void points_make(const struct sweep_file *sweep)
{
    struct abscopal_error error;
    size_t count = 0;
    double grid = sweep->sobol_points > 0 ? (double)sweep->sobol_points : 1;
    for (size_t i = 0; i < sweep->axis_count && sweep->sobol_points == 0; i++)
        grid *= (double)sweep->axes[i].level_count;
    if (grid > MOST_POINTS)
        return;
    double *points = sweep_points(sweep, &count, &error);
    if (points != NULL)
        sweep_points_check(sweep, points, count < POINTS_MADE ? count : POINTS_MADE, NULL, &error);
    free(points);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct abscopal_error error;
    struct sweep_file sweep;
    fuzz_file_of_source("cohorts/advanced-nsclc.yaml", "cohorts/advanced-nsclc.yaml");
    fuzz_file_of_source("protocols/lag-trial.yaml", "tests/fuzz/corpus/trial_file/seed-lag");
    fuzz_file_of_source("protocols/equal-bed-trial.yaml", "tests/fuzz/corpus/trial_file/seed-equal-bed");
    fuzz_file_of_source("protocols/consolidation-trial.yaml", "tests/fuzz/corpus/trial_file/seed-consolidation");
    const char *path = fuzz_file("protocols/input.yaml", data, size);
    if (sweep_file_read(path, &sweep, &error) != ABSCOPAL_OK)
        return 0;
    points_make(&sweep);
    sweep_file_free(&sweep);
    return 0;
}
