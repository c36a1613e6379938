/* Trial files, beside a cohort, a drug file and records that they can name; of those accepted also what is made of them
 * before any patient: visits, days of treatment, and records. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

#include "results/nonmem.h"
#include "trial/virtual_trial.h"

static const char cohort[] = "name: c\npatients: 2\nseed: 1\nlesions: 1\nbaseline_sum_of_diameters: 60 mm\n"
                             "pdl1_classes: [{name: low, below: 1e4 molecule}, {name: high}]\n";

static void trial_use(const struct trial_file *trial)
{
    double *days = malloc(TRIAL_MOST_VISITS * sizeof *days);
    if (days == NULL || trial_file_visits(trial, NULL) > TRIAL_MOST_VISITS)
        abort();
    trial_file_visits(trial, days);
    for (size_t i = 0; i < trial->arm_count; i++)
        for (size_t j = 0; j < trial->arms[i].treatment_count; j++)
            treatment_days(&trial->arms[i].treatments[j], 0, days);
    free(days);
    char *text = NULL;
    size_t size = 0, left_out = 0;
    FILE *records = open_memstream(&text, &size);
    if (records == NULL)
        abort();
    nonmem_write(trial, records, &left_out);
    fclose(records);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *beside;
    struct abscopal_error error;
    char *text = fuzz_text(data, size);
    if (text == NULL)
        return -1;
    if (beside == NULL) {
        beside = fuzz_file("protocols/input.yaml", data, size);
        fuzz_file_of_source("cohorts/advanced-nsclc.yaml", "cohorts/advanced-nsclc.yaml");
        fuzz_file_of_source("drugs/cemiplimab.yaml", "drugs/cemiplimab.yaml");
        fuzz_file_of_source("protocols/dosing.csv", "tests/fuzz/corpus/records/seed-0");
    }
    struct abscopal_trial *trial = trial_read_texts(beside, text, "cohort.yaml", cohort, &error);
    if (trial != NULL)
        trial_use(&trial->file);
    abscopal_trial_free(trial);
    free(text);
    return 0;
}
