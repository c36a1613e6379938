/* Subgroups of a population by what is known of patients at baseline. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trial/power_population.h"
#include "trial/quantiles.h"

double power_quantity(const struct abscopal_results *results, const struct power_subgroups *subgroups, size_t patient)
{
    const struct patient_result *result = &results->patients[patient];
    switch (subgroups->kind) {
    case POWER_LESIONS:
        return result->patient.lesion_count;
    case POWER_BASELINE_SUM:
        return result->baseline_sum_of_diameters_mm;
    case POWER_BODY_WEIGHT:
        return result->patient.body_weight_kg;
    case POWER_PDL1_CLASS:
        return result->patient.pdl1_class;
    case POWER_OUTPUT:
        return result->baseline_outputs[subgroups->index];
    case POWER_PARAMETER:
        break;
    }
    return parameter_get(&result->patient.parameters, subgroups->index);
}

static void range_name(const struct power_subgroups *subgroups, struct power_group *group)
{
    const char *unit = strcmp(subgroups->unit, "1") == 0 ? "" : subgroups->unit, *space = unit[0] != '\0' ? " " : "";
    char range[64];
    if (isinf(group->least))
        snprintf(range, sizeof range, "below %.4g", group->most);
    else if (isinf(group->most))
        snprintf(range, sizeof range, "from %.4g", group->least);
    else
        snprintf(range, sizeof range, "%.4g to %.4g", group->least, group->most);
    snprintf(group->name, sizeof group->name, "%s %s%s%.16s", subgroups->name, range, space, unit);
}

/* Whole numbers, one a group, from the least to the largest. */
static size_t values_find(const struct power_source *source, const struct power_subgroups *subgroups,
                          struct power_group *groups)
{
    const struct cohort *cohort = &source->results->trial->cohort;
    double least = INFINITY, most = -INFINITY;
    size_t count = 0;
    for (size_t i = 0; i < source->population.count; i++) {
        const double value = power_quantity(source->results, subgroups, source->patients[i]);
        least = fmin(least, value);
        most = fmax(most, value);
    }
    for (int value = (int)fmax(least, 0); value <= most && count < POWER_MOST_GROUPS; value++) {
        struct power_group *group = &groups[count++];
        *group = (struct power_group){.least = value, .most = value + 1};
        if (subgroups->kind == POWER_PDL1_CLASS)
            snprintf(group->name, sizeof group->name, "%s %.64s", subgroups->name, cohort->pdl1_classes[value].name);
        else
            snprintf(group->name, sizeof group->name, "%s %d", subgroups->name, value);
    }
    return count;
}

/* Where parts of equal weight begin, after the first; returns how many there are. */
static size_t parts_cut(const struct power_source *source, const struct power_subgroups *subgroups, double *cuts)
{
    struct weighed *values = malloc(source->population.count * sizeof *values);
    size_t members = 0, count = 0;
    for (size_t i = 0; values != NULL && i < source->population.count; i++) {
        const double value = power_quantity(source->results, subgroups, source->patients[i]);
        if (isfinite(value))
            values[members++] = (struct weighed){value, results_weight(source->results, source->patients[i])};
    }
    if (members > 0)
        weighed_sort(values, members);
    for (size_t part = 1; members > 0 && part < subgroups->parts; part++) {
        const double cut = weighed_quantile(values, members, (double)part / (double)subgroups->parts);
        if (count == 0 || cut > cuts[count - 1])
            cuts[count++] = cut;
    }
    free(values);
    return count;
}

size_t power_groups_find(const struct power_source *source, const struct power_subgroups *subgroups,
                         struct power_group *groups)
{
    double cuts[POWER_MOST_CUTS + 1];
    size_t count = subgroups->cut_count;
    if (subgroups->kind == POWER_PDL1_CLASS && source->results->trial->cohort.pdl1_class_count == 0)
        return 0;
    if (count == 0 && subgroups->parts == 0)
        return values_find(source, subgroups, groups);
    memcpy(cuts, subgroups->cuts, count * sizeof *cuts);
    if (subgroups->parts > 0)
        count = parts_cut(source, subgroups, cuts);
    for (size_t i = 0; i <= count; i++) {
        groups[i] = (struct power_group){.least = i > 0 ? cuts[i - 1] : -(double)INFINITY,
                                         .most = i < count ? cuts[i] : (double)INFINITY};
        range_name(subgroups, &groups[i]);
    }
    return count > 0 ? count + 1 : 0;
}
