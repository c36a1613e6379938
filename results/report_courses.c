/* Courses over time: the median patient and the bands in which 50 and 90 % of them are; and those of one patient. */
#include <stdlib.h>

#include "results/course_bands.h"
#include "results/json_value.h"
#include "results/report.h"

/* By enum course_quantity. */
static const struct {
    const char *key, *label, *unit;
} quantities[COURSE_QUANTITY_COUNT] = {
    [COURSE_SUM_OF_DIAMETERS] = {"sum_of_diameters", "sum of diameters, without error of imaging", "mm"},
    [COURSE_LYMPHOCYTES] = {"lymphocytes", "lymphocytes in blood", "1/uL"},
    [COURSE_DRUG] = {"drug", "antibody against PD-1 or PD-L1 in plasma", "ug/mL"},
    [COURSE_PD1_OCCUPANCY] = {"pd1_occupancy", "inhibition by bound PD-1 in the lesions", "fraction"},
    [COURSE_CD8_DENSITY] = {"cd8_density", "CD8 cells in the lesions", "1/uL"}};

/* One of the quantiles, over the days. */
static json_t *quantile_json(const struct course_band *bands, size_t count, size_t member)
{
    json_t *list = json_array();
    for (size_t i = 0; list != NULL && i < count; i++)
        json_list_add(&list, json_number_or_null(*(const double *)((const char *)&bands[i] + member)));
    return list;
}

static json_t *bands_json(const struct abscopal_results *results, size_t arm, enum course_quantity quantity)
{
    const size_t days = results->course_count;
    struct course_band *const bands = malloc((days + 1) * sizeof *bands);
    size_t n;
    json_t *json = NULL;
    if (bands != NULL && course_bands(results, arm, quantity, bands, &n) == ABSCOPAL_OK)
        json = json_pack("{s:s, s:I, s:o, s:o, s:o, s:o, s:o}", "arm", results->trial->file.arms[arm].name, "n",
                         (json_int_t)n, "q05", quantile_json(bands, days, offsetof(struct course_band, lowest)), "q25",
                         quantile_json(bands, days, offsetof(struct course_band, lower)), "median",
                         quantile_json(bands, days, offsetof(struct course_band, median)), "q75",
                         quantile_json(bands, days, offsetof(struct course_band, upper)), "q95",
                         quantile_json(bands, days, offsetof(struct course_band, highest)));
    free(bands);
    return json;
}

json_t *report_courses(const struct abscopal_results *results)
{
    if (results->course_count == 0)
        return json_null();
    json_t *list = json_array();
    for (int quantity = 0; list != NULL && quantity < COURSE_QUANTITY_COUNT; quantity++) {
        json_t *arms = json_array();
        for (size_t arm = 0; arms != NULL && arm < results->arm_count; arm++)
            json_list_add(&arms, bands_json(results, arm, (enum course_quantity)quantity));
        json_list_add(&list, json_pack("{s:s, s:s, s:s, s:o}", "key", quantities[quantity].key, "label",
                                       quantities[quantity].label, "unit", quantities[quantity].unit, "arms", arms));
    }
    return json_pack("{s:o, s:o}", "days", json_numbers(results->course_days, results->course_count), "quantities",
                     list);
}

json_t *report_courses_of_patient(const struct abscopal_results *results, size_t arm, size_t patient)
{
    if (results->course_count == 0)
        return json_null();
    json_t *list = json_array();
    for (int quantity = 0; list != NULL && quantity < COURSE_QUANTITY_COUNT; quantity++) {
        const float *course = courses_of(results, (enum course_quantity)quantity, results_row(results, arm, patient));
        json_t *values = json_array();
        for (size_t i = 0; values != NULL && i < results->course_count; i++)
            json_list_add(&values, json_number_or_null(course[i]));
        json_list_add(&list,
                      json_pack("{s:s, s:s, s:s, s:o}", "key", quantities[quantity].key, "label",
                                quantities[quantity].label, "unit", quantities[quantity].unit, "values", values));
    }
    return json_pack("{s:o, s:o}", "days", json_numbers(results->course_days, results->course_count), "quantities",
                     list);
}
