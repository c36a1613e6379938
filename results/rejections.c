#include "results/rejections.h"

#include "abscopal.h"
#include "results/text.h"

int rejections_first(const struct abscopal_results *results, size_t patient)
{
    const struct patient_result *result = results_patient(results, patient);
    if (result->status != ABSCOPAL_PATIENT_NOT_PLAUSIBLE)
        return -1;
    if (result->rules_failed == 0)
        return 0;
    int rule = 0;
    while ((result->rules_failed >> rule & 1) == 0)
        rule++;
    return 1 + rule;
}

size_t abscopal_results_rejection_count(const abscopal_results *results)
{
    return results->trial->has_cohort ? 1 + results->trial->cohort.rule_count : 0;
}

enum abscopal_status abscopal_results_rejection(const abscopal_results *results, size_t index,
                                                struct abscopal_rejection *rejection)
{
    if (index >= abscopal_results_rejection_count(results))
        return ABSCOPAL_BAD_INPUT;
    *rejection = (struct abscopal_rejection){.rule = index == 0 ? "never reached baseline"
                                                                : results->trial->cohort.rules[index - 1].text};
    for (size_t patient = 0; patient < results->patient_count; patient++) {
        const bool first = rejections_first(results, patient) == (int)index;
        rejection->first += first;
        rejection->all += index == 0 ? first : results->patients[patient].rules_failed >> (index - 1) & 1;
    }
    return ABSCOPAL_OK;
}

void rejections_write(FILE *text, const struct abscopal_results *results)
{
    static const char heading[] = "not plausible";
    const size_t count = abscopal_results_rejection_count(results);
    struct abscopal_rejection rejection = {.rule = ""};
    int width = text_width(heading);
    if (count < 2)
        return;
    for (size_t i = 0; i < count; i++) {
        abscopal_results_rejection(results, i, &rejection);
        const int own = text_width(rejection.rule);
        width = own > width ? own : width;
    }
    fprintf(text, "\n%-*s  %6s  %6s\n", width, heading, "first", "in all");
    for (size_t i = 0; i < count; i++) {
        abscopal_results_rejection(results, i, &rejection);
        fprintf(text, "%-*s  %6zu  %6zu\n", width, rejection.rule, rejection.first, rejection.all);
    }
}

json_t *rejections_json(const struct abscopal_results *results)
{
    const size_t count = abscopal_results_rejection_count(results);
    json_t *list = count > 0 ? json_array() : json_null();
    for (size_t i = 0; list != NULL && i < count; i++) {
        struct abscopal_rejection rejection = {.rule = ""};
        abscopal_results_rejection(results, i, &rejection);
        if (json_array_append_new(list, json_pack("{s:s, s:I, s:I}", "rule", rejection.rule, "first",
                                                  (json_int_t)rejection.first, "all", (json_int_t)rejection.all)) !=
            0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}
