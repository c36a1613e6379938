/* Weights of a virtual population, as CSV. */
#include "fuzz.h"

#include "cohorts/population_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct abscopal_error error;
    struct population population;
    const char *path = fuzz_file("cohorts/weights.csv", data, size);
    if (population_file_read(path, &population, &error) == ABSCOPAL_OK)
        population_free(&population);
    return 0;
}
