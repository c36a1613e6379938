/* Files of virtual populations. */
#include "fuzz.h"

#include "cohorts/population_plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct abscopal_error error;
    struct population_plan plan;
    fuzz_file_of_source("cohorts/advanced-nsclc.yaml", "cohorts/advanced-nsclc.yaml");
    fuzz_file_of_source("cohorts/oak.yaml", "tests/fuzz/corpus/trial_file/seed-oak");
    const char *path = fuzz_file("cohorts/input.yaml", data, size);
    if (population_plan_read(path, &plan, &error) != ABSCOPAL_OK)
        return 0;
    char bin[256];
    for (size_t i = 0; i < plan.match_count; i++)
        for (size_t cell = 0; cell < plan.matches[i].cell_count && cell < 10; cell++)
            plan_match_cell_text(&plan.matches[i], cell, bin, sizeof bin);
    population_plan_free(&plan);
    return 0;
}
