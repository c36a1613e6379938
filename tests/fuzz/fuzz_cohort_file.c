/* Cohort files; of those accepted, two patients are drawn. */
#include "fuzz.h"

#include <stdlib.h>

#include "cohorts/cohort_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *beside;
    struct abscopal_error error;
    struct cohort cohort;
    char *text = fuzz_text(data, size);
    if (text == NULL)
        return -1;
    if (beside == NULL) {
        beside = fuzz_file("cohorts/input.yaml", data, size);
        fuzz_file_of_source("cohorts/weights.csv", "tests/fuzz/corpus/weights/seed-0");
    }
    if (cohort_file_read_text(beside, text, &cohort, &error) == ABSCOPAL_OK)
        cohort_free(&cohort);
    free(text);
    return 0;
}
