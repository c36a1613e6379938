#include "cohorts/drawn.h"

#include <string.h>

static const char *const attribute_names[DRAWN_PARAMETERS] = {"lesions", "baseline_sum_of_diameters", "body_weight",
                                                              "body_height"};
static const char *const lesion_names[DRAWN_OF_LESION] = {"relative_lesion_size", "lesion_growth",
                                                          "lesion_infiltration",  "lesion_pdl1",
                                                          "lesion_antigen",       "lesion_radiosensitivity"};

const char *drawn_name(int place)
{
    if (place < DRAWN_PARAMETERS)
        return attribute_names[place];
    if (place < DRAWN_LESIONS_OWN)
        return parameter_describe(place - DRAWN_PARAMETERS)->name;
    return lesion_names[(place - DRAWN_LESIONS_OWN) % DRAWN_OF_LESION];
}

unsigned drawn_number(int place)
{
    return place < DRAWN_LESIONS_OWN ? 0 : (unsigned)((place - DRAWN_LESIONS_OWN) / DRAWN_OF_LESION);
}

static bool is_varied(const struct distribution *distribution)
{
    return distribution->kind != DISTRIBUTION_FIXED;
}

void drawn_varied(const struct cohort *cohort, bool varied[DRAWN_COUNT])
{
    int possible = 0, most_lesions = 0;
    memset(varied, 0, DRAWN_COUNT * sizeof *varied);
    for (int i = 0; i < MODEL_MAX_LESIONS; i++)
        if (cohort->lesion_probability[i] > 0) {
            possible++;
            most_lesions = i + 1;
        }
    varied[DRAWN_LESION_COUNT] = possible > 1;
    varied[DRAWN_BASELINE] = is_varied(&cohort->baseline_sum_of_diameters_mm);
    varied[DRAWN_BODY_WEIGHT] = is_varied(&cohort->body_weight_kg);
    varied[DRAWN_BODY_HEIGHT] = is_varied(&cohort->body_height_cm);
    for (size_t i = 0; i < cohort->parameter_count; i++)
        varied[DRAWN_PARAMETERS + cohort->parameters[i].parameter] = is_varied(&cohort->parameters[i].distribution);
    double log_sd[DRAWN_FACTORS];
    memcpy(log_sd, &cohort->lesion_log_sd, sizeof log_sd);
    for (int lesion = 0; lesion < most_lesions; lesion++) {
        bool *own = varied + DRAWN_LESIONS_OWN + lesion * DRAWN_OF_LESION;
        own[0] = lesion > 0 && is_varied(&cohort->relative_lesion_size);
        for (int i = 0; i < DRAWN_FACTORS; i++)
            own[1 + i] = log_sd[i] > 0;
    }
}
