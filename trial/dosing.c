#include "trial/dosing.h"

int dosing_drugs(const struct arm *arm, const struct antibody *antibodies[MODEL_MAX_DRUGS])
{
    int count = 0;
    for (size_t i = 0; i < arm->treatment_count; i++) {
        const struct antibody *antibody = arm->treatments[i].antibody;
        bool known = antibody == NULL;
        for (int j = 0; j < count; j++)
            known = known || antibodies[j] == antibody;
        if (!known && count < MODEL_MAX_DRUGS)
            antibodies[count++] = antibody;
    }
    return count;
}

static int drug_index(const struct model *model, const struct antibody *antibody)
{
    for (int i = 0; i < model->drug_count; i++)
        if (model->antibodies[i] == antibody)
            return i;
    return -1;
}

static size_t add_dose(const struct treatment *treatment, const struct model *model,
                       const struct virtual_patient *patient, double day, struct course_event *event)
{
    const int drug = drug_index(model, treatment->antibody);
    const double dose_mg = treatment->dose_mg * (treatment->dose_per_body_weight ? patient->body_weight_kg : 1);
    const double amount_nmol = dose_mg / treatment->antibody->molar_mass_g_per_mol * 1e6;
    if (treatment->infusion_days <= 0) {
        *event = (struct course_event){.day = day, .kind = EVENT_BOLUS, .drug = drug, .amount_nmol = amount_nmol};
        return 1;
    }
    const double rate = amount_nmol / treatment->infusion_days;
    event[0] = (struct course_event){.day = day, .kind = EVENT_INFUSION_START, .drug = drug, .nmol_per_d = rate};
    event[1] = (struct course_event){
        .day = day + treatment->infusion_days, .kind = EVENT_INFUSION_END, .drug = drug, .nmol_per_d = rate};
    return 2;
}

static size_t add_fraction(const struct treatment *treatment, int course, const bool irradiated[MODEL_MAX_LESIONS],
                           double day, struct course_event *event)
{
    size_t count = 0;
    bool nodes = treatment->nodes; /* in the field once, however many lesions are */
    for (int lesion = 0; lesion < MODEL_MAX_LESIONS; lesion++) {
        if (!irradiated[lesion])
            continue;
        event[count++] = (struct course_event){.day = day,
                                               .kind = EVENT_FRACTION,
                                               .fraction = {.lesion = lesion,
                                                            .gray = treatment->fraction_gray,
                                                            .coverage = treatment->coverage,
                                                            .nodes = nodes,
                                                            .course = course}};
        nodes = false;
    }
    return count;
}

static int largest_lesion(const struct model *model, const double *baseline)
{
    int largest = 0;
    for (int i = 1; i < model->lesion_count; i++)
        if (model_diameter_mm(model, baseline, i) > model_diameter_mm(model, baseline, largest))
            largest = i;
    return largest;
}

static void choose_lesions(const struct treatment *treatment, const struct model *model, const double *baseline,
                           bool irradiated[MODEL_MAX_LESIONS])
{
    for (int i = 0; i < MODEL_MAX_LESIONS; i++)
        irradiated[i] = treatment->lesion_choice == LESIONS_ALL && i < model->lesion_count;
    if (treatment->lesion_choice == LESIONS_LARGEST)
        irradiated[largest_lesion(model, baseline)] = true;
    if (treatment->lesion_choice == LESIONS_LISTED)
        for (int i = 0; i < treatment->lesion_count; i++)
            if (treatment->lesions[i] < model->lesion_count)
                irradiated[treatment->lesions[i]] = true;
}

void dosing_count_at_most(const struct arm *arm, size_t *events, size_t *doses)
{
    *events = *doses = 0;
    for (size_t i = 0; i < arm->treatment_count; i++) {
        const size_t count = (size_t)arm->treatments[i].count;
        *events += count * (arm->treatments[i].kind == TREATMENT_RADIOTHERAPY ? MODEL_MAX_LESIONS : 2);
        *doses = count > *doses ? count : *doses;
    }
}

size_t dosing_interruptions(const struct arm *arm)
{
    size_t count = 0;
    for (size_t i = 0; i < arm->treatment_count; i++)
        count += (size_t)arm->treatments[i].count * (arm->treatments[i].infusion_days > 0 ? 2 : 1);
    return count;
}

static size_t add_treatment(const struct treatment *treatment, int course, const struct model *model,
                            const struct virtual_patient *patient, const double *baseline, double *days,
                            struct course_event *events)
{
    bool irradiated[MODEL_MAX_LESIONS];
    size_t count = 0;
    choose_lesions(treatment, model, baseline, irradiated);
    treatment_days(treatment, days);
    for (int i = 0; i < treatment->count; i++)
        count += treatment->kind == TREATMENT_DRUG
                     ? add_dose(treatment, model, patient, days[i], events + count)
                     : add_fraction(treatment, course, irradiated, days[i], events + count);
    return count;
}

size_t dosing_events(const struct arm *arm, const struct model *model, const struct virtual_patient *patient,
                     const double *baseline, double *days, struct course_event *events)
{
    size_t count = 0;
    for (size_t i = 0; i < arm->treatment_count; i++)
        count += add_treatment(&arm->treatments[i], (int)i, model, patient, baseline, days, events + count);
    course_sort_events(events, count);
    return count;
}
