/* The power of a design for programs. */
#include <math.h>

#include "results/composed.h"
#include "results/json_value.h"
#include "results/power.h"
#include "results/text.h"

/* ---- CSV -------------------------------------------------------------------------------------------- */

/* An empty field for what there is not. */
static void number_write(FILE *file, double value)
{
    if (isfinite(value))
        fprintf(file, ",%.10g", value);
    else
        fputc(',', file);
}

static void share_write(FILE *file, const struct abscopal_share *share)
{
    number_write(file, share->fraction);
    number_write(file, share->lower);
    number_write(file, share->upper);
}

static void rows_write(FILE *file, const void *context)
{
    const struct abscopal_power *power = context;
    fputs("arm,reference,patients_per_arm,patients,trials,power,power_lower,power_upper,rejected,rejected_lower,"
          "rejected_upper,null_trials,type_1_error,type_1_error_lower,type_1_error_upper,mean_days,mean_enrolled\r\n",
          file);
    for (size_t i = 0; i + 1 < power->design.arm_count; i++)
        for (size_t p = 0; p < power->point_count; p++) {
            struct abscopal_power_point point;
            abscopal_power_point(power, i, p, &point);
            text_write_csv_field(file, power->design.arms[i + 1]);
            fputc(',', file);
            text_write_csv_field(file, power->design.arms[0]);
            fprintf(file, ",%zu,%zu,%zu", point.patients_per_arm, point.patients, power->points[p].trials);
            share_write(file, &point.power);
            share_write(file, &point.rejected);
            fprintf(file, ",%zu", power->nulls[p].trials);
            share_write(file, &point.type_1_error);
            number_write(file, point.mean_days);
            number_write(file, point.mean_enrolled);
            fputs("\r\n", file);
        }
}

enum abscopal_status abscopal_power_write_csv(const abscopal_power *power, const char *path,
                                              struct abscopal_error *error)
{
    return composed_write_file(path, rows_write, power, error);
}

/* ---- JSON ------------------------------------------------------------------------------------------- */

static json_t *share_json(const struct abscopal_share *share)
{
    const struct abscopal_estimate estimate = {share->fraction, share->lower, share->upper};
    return json_estimate(&estimate);
}

static json_t *need_json(const struct abscopal_power *power, const struct power_need *need)
{
    const struct abscopal_estimate patients = {need->patients, need->lower, need->upper};
    const struct abscopal_share there = power_share(need->successes, need->trials);
    return json_pack("{s:f, s:b, s:o, s:I, s:I, s:o}", "power", need->power, "reached", need->reached,
                     "patients_per_arm", json_estimate(&patients), "most_patients",
                     (json_int_t)power->design.most_patients, "simulated_patients_per_arm", (json_int_t)need->simulated,
                     "simulated_power", share_json(&there));
}

static json_t *needs_json(const struct abscopal_power *power, const struct power_need *needs)
{
    json_t *list = json_array();
    for (size_t target = 0; target < POWER_TARGETS; target++)
        json_list_add(&list, needs[target].trials > 0 ? need_json(power, &needs[target]) : json_null());
    return list;
}

static json_t *effect_json(const struct power_effect *effect)
{
    return json_pack("{s:o, s:o, s:o, s:o}", "first", json_number_or_null(effect->first), "arm",
                     json_number_or_null(effect->other), "effect", json_estimate(&effect->effect),
                     "size_standard_error", json_number_or_null(effect->size_error));
}

static json_t *looks_json(const struct abscopal_power *power, const size_t *rejections, size_t trials)
{
    json_t *list = json_array();
    for (size_t look = 0; look < power->conduct.bounds.looks; look++)
        json_list_add(&list, trials > 0 ? json_real((double)rejections[look] / (double)trials) : json_null());
    return list;
}

static json_t *point_json(const struct abscopal_power *power, size_t comparison, size_t index)
{
    struct abscopal_power_point point;
    const struct power_estimate *estimate = &power->points[index], *null = &power->nulls[index];
    abscopal_power_point(power, comparison, index, &point);
    json_t *object = json_pack("{s:I, s:I, s:I, s:o, s:o, s:o, s:I, s:o, s:o}", "patients_per_arm",
                               (json_int_t)point.patients_per_arm, "patients", (json_int_t)point.patients, "trials",
                               (json_int_t)estimate->trials, "power", share_json(&point.power), "rejected",
                               share_json(&point.rejected), "rejected_at_looks",
                               looks_json(power, estimate->at_look[comparison], estimate->trials), "null_trials",
                               (json_int_t)null->trials, "type_1_error", share_json(&point.type_1_error),
                               "type_1_error_at_looks", looks_json(power, null->at_look[comparison], null->trials));
    json_t *means = json_pack(
        "{s:o, s:o, s:o, s:o}", "shares", json_numbers(estimate->share, power->design.arm_count), "null_shares",
        null->trials > 0 ? json_numbers(null->share, power->design.arm_count) : json_null(), "mean_days",
        json_number_or_null(point.mean_days), "mean_enrolled", json_number_or_null(point.mean_enrolled));
    if (object == NULL || means == NULL || json_object_update(object, means) != 0) {
        json_decref(object);
        object = NULL;
    }
    json_decref(means);
    return object;
}

static json_t *groups_json(const struct abscopal_power *power, size_t comparison)
{
    json_t *list = json_array();
    for (size_t i = 0; i < power->group_count; i++) {
        const struct power_group_found *found = &power->groups[i];
        const bool drawn = found->needs[comparison][0].trials > 0;
        json_list_add(&list, json_pack("{s:s, s:I, s:o, s:o, s:b}", "subgroup", found->group.name, "patients",
                                       (json_int_t)found->members, "population",
                                       drawn ? effect_json(&found->effects[comparison]) : json_null(), "needed",
                                       needs_json(power, found->needs[comparison]), "large_enough",
                                       power_group_is_enough(power, found, comparison)));
    }
    return list;
}

static json_t *comparison_json(const struct abscopal_power *power, size_t comparison)
{
    json_t *points = json_array();
    for (size_t i = 0; i < power->point_count; i++)
        json_list_add(&points, point_json(power, comparison, i));
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o}", "arm", power->design.arms[comparison + 1], "reference",
                     power->design.arms[0], "population", effect_json(&power->effects[comparison]), "points", points,
                     "needed", needs_json(power, power->needs[comparison]), "subgroups",
                     groups_json(power, comparison));
}

/* At least one comparison, at each number of patients. */
static json_t *family_json(const struct abscopal_power *power)
{
    json_t *list = json_array();
    for (size_t i = 0; i < power->point_count; i++) {
        const struct abscopal_share any = power_share(power->points[i].any, power->points[i].trials),
                                    error = power_share(power->nulls[i].any, power->nulls[i].trials);
        json_list_add(&list,
                      json_pack("{s:I, s:o, s:o}", "patients_per_arm", (json_int_t)power->points[i].patients_per_arm,
                                "rejected", share_json(&any), "type_1_error", share_json(&error)));
    }
    return list;
}

static json_t *power_json(const struct abscopal_power *power)
{
    const struct power_file *design = &power->design;
    const struct group_sequential *bounds = &power->conduct.bounds;
    double reachable[GROUP_SEQUENTIAL_MOST_LOOKS];
    json_t *comparisons = json_array();
    for (size_t look = 0; look < bounds->looks; look++)
        reachable[look] = bounds->bound[look];
    for (size_t i = 0; i + 1 < design->arm_count; i++)
        json_list_add(&comparisons, comparison_json(power, i));
    return json_pack("{s:s, s:s, s:s, s:s, s:o, s:s, s:f, s:i, s:o, s:o, s:I, s:I, s:f, s:o, s:o, s:b, s:o, s:o}",
                     "research_use", "Research use only. Not for treating patients.", "design", design->name, "trial",
                     power->trial_name, "endpoint", power_endpoint_name(design->endpoint), "at_days",
                     json_number_or_null(design->at_days), "test", power_test_name(design->test), "alpha",
                     design->alpha, "sides", design->sides, "look_shares", json_numbers(bounds->share, bounds->looks),
                     "look_bounds", json_numbers(reachable, bounds->looks), "virtual_patients",
                     (json_int_t)power->members, "virtual_patients_run", (json_int_t)power->patients,
                     "effective_virtual_patients", power->effective, "cohort_seed", json_seed(power->cohort_seed),
                     "trial_seed", json_seed(design->trial_seed), "other_trial_text", power->other_text, "comparisons",
                     comparisons, "any_comparison", family_json(power));
}

enum abscopal_status abscopal_power_write_json(const abscopal_power *power, const char *path,
                                               struct abscopal_error *error)
{
    return json_write_file(power_json(power), path, error);
}
