#include "cohorts/factors.h"

#include <math.h>
#include <string.h>

static const char *place_name(int place)
{
    return place == FACTOR_NEW_LESIONS ? "new_lesions" : drawn_name(place);
}

void factors_find(const struct cohort *cohort, struct factors *factors)
{
    bool varied[FACTOR_PLACES];
    drawn_varied(cohort, varied);
    varied[FACTOR_NEW_LESIONS] = cohort->new_lesions_per_day.kind != DISTRIBUTION_FIXED;
    *factors = (struct factors){.count = 0};
    for (int place = 0; place < FACTOR_PLACES; place++) {
        int factor = 0;
        factors->of[place] = -1;
        factors->dimension[place] = factors->dimension_count;
        if (!varied[place])
            continue;
        while (factor < factors->count && strcmp(factors->items[factor].name, place_name(place)) != 0)
            factor++;
        if (factor == factors->count)
            factors->items[factors->count++] = (struct factor){place_name(place), place};
        factors->of[place] = factor;
        factors->dimension_count++;
    }
}

/* Relative size, or one of the factors of struct lesion_factors. */
static double lesion_value(const struct virtual_patient *patient, int lesion, int own)
{
    double factors[DRAWN_FACTORS];
    memcpy(factors, &patient->lesion_factors[lesion], sizeof factors);
    return own == 0 ? patient->relative_lesion_size[lesion] : factors[own - 1];
}

static double lesions_mean(const struct virtual_patient *patient, int own)
{
    double sum = 0;
    int count = 0;
    for (int lesion = own == 0 ? 1 : 0; lesion < patient->lesion_count; lesion++, count++)
        sum += log(lesion_value(patient, lesion, own));
    return count > 0 ? exp(sum / count) : 1;
}

double factor_value(const struct cohort *cohort, const struct factor *factor, const struct virtual_patient *patient)
{
    const int place = factor->place;
    switch (place) {
    case DRAWN_LESION_COUNT:
        return patient->lesion_count;
    case DRAWN_BASELINE:
        return patient->baseline_sum_of_diameters_mm / pow(patient->lesion_count, cohort->baseline_lesions_exponent);
    case DRAWN_BODY_WEIGHT:
        return patient->body_weight_kg;
    case DRAWN_BODY_HEIGHT:
        return patient->body_height_cm;
    case FACTOR_NEW_LESIONS:
        return patient->new_lesions_per_day;
    default:
        return place < DRAWN_LESIONS_OWN ? parameter_get(&patient->parameters, place - DRAWN_PARAMETERS)
                                         : lesions_mean(patient, (place - DRAWN_LESIONS_OWN) % DRAWN_OF_LESION);
    }
}
