/* Files of designs, beside a trial that they can name. */
#include "fuzz.h"

#include "trial/power.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct abscopal_error error;
    struct power_file design;
    struct power_conduct conduct;
    fuzz_file_of_source("cohorts/advanced-nsclc.yaml", "cohorts/advanced-nsclc.yaml");
    fuzz_file_of_source("trials/pembro-rt.yaml", "protocols/trials/pembro-rt.yaml");
    const char *path = fuzz_file("designs/input.yaml", data, size);
    if (power_file_read(path, &design, &error) != ABSCOPAL_OK)
        return 0;
    if (design.interim_count < 3) /* more looks take their time */
        power_conduct_make(&design, &conduct);
    power_file_free(&design);
    return 0;
}
