/* Calibration files, beside a cohort and trials that they can name. */
#include "fuzz.h"

#include "cohorts/calibration_file.h"
#include "trial/calibrate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct abscopal_error error;
    struct calibration calibration;
    fuzz_file_of_source("cohorts/start.yaml", "cohorts/calibration/start.yaml");
    fuzz_file_of_source("cohorts/advanced-nsclc.yaml", "cohorts/advanced-nsclc.yaml");
    fuzz_file_of_source("cohorts/oak.yaml", "tests/fuzz/corpus/trial_file/seed-oak");
    const char *path = fuzz_file("cohorts/input.yaml", data, size);
    if (calibration_file_read(path, &calibration, &error) != ABSCOPAL_OK)
        return 0;
    calibration_check_ranges(&calibration, &error);
    calibration_free(&calibration);
    return 0;
}
