#include "results/input_values.h"

static const char *text_or_empty(const char *text)
{
    return text != NULL ? text : "";
}

void input_values_trial_text(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)arm, (void)patient;
    *(const char **)values = text_or_empty(results->trial->file.text);
}

void input_values_cohort_text(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)arm, (void)patient;
    *(const char **)values = results->trial->has_cohort ? text_or_empty(results->trial->cohort.text) : "";
}

void input_values_drug_text(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)arm, (void)patient;
    *(const char **)values = text_or_empty(results->trial->file.drug_text);
}

void input_values_file(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)arm, (void)patient;
    for (size_t i = 0; i < results->trial->file.files.count; i++)
        ((const char **)values)[i] = results->trial->file.files.items[i].name;
}

void input_values_text_of_file(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)arm, (void)patient;
    for (size_t i = 0; i < results->trial->file.files.count; i++)
        ((const char **)values)[i] = results->trial->file.files.items[i].text;
}
