#include "results/patient_values.h"

#include <stdlib.h>
#include <string.h>

#include "results/rejections.h"
#include "trial/allocation.h"

static const struct virtual_patient *patient_of(const struct abscopal_results *results, size_t patient)
{
    return &results->patients[patient].patient;
}

void patient_values_allocated_arm(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)arm;
    const int allocation = results->allocation[patient];
    *(int64_t *)values = allocation >= 0 ? 1 + allocation : allocation == ALLOCATION_ALL_ARMS ? 0 : -1;
}

void patient_values_body_height(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)arm;
    *(double *)values = patient_of(results, patient)->body_height_cm;
}

void patient_values_body_surface(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)arm;
    *(double *)values = virtual_patient_body_surface_m2(patient_of(results, patient));
}

void patient_values_pdl1_class(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)arm;
    *(signed char *)values = (signed char)patient_of(results, patient)->pdl1_class;
}

void patient_values_rejected_by(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)arm;
    *(int64_t *)values = rejections_first(results, patient);
}

void patient_values_rules_failed(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)arm;
    *(int64_t *)values = results->patients[patient].rules_failed;
}

void patient_values_output(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)results, (void)arm, (void)patient;
    for (size_t output = 0; output < PLAUSIBLE_OUTPUT_COUNT; output++)
        ((const char **)values)[output] = plausible_describe(output)->name;
}

void patient_values_output_unit(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)results, (void)arm, (void)patient;
    for (size_t output = 0; output < PLAUSIBLE_OUTPUT_COUNT; output++)
        ((const char **)values)[output] = plausible_describe(output)->unit;
}

void patient_values_baseline_output(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)arm;
    memcpy(values, results->patients[patient].baseline_outputs, sizeof results->patients[patient].baseline_outputs);
}

char *patient_values_pdl1_meanings(const struct abscopal_results *results)
{
    const struct cohort *cohort = &results->trial->cohort;
    size_t size = sizeof "absent";
    for (size_t i = 0; i < cohort->pdl1_class_count; i++)
        size += 1 + strlen(cohort->pdl1_classes[i].name);
    char *meanings = malloc(size);
    if (meanings == NULL)
        return NULL;
    char *end = stpcpy(meanings, "absent");
    for (size_t i = 0; i < cohort->pdl1_class_count; i++) {
        char *name = end + 1;
        *end = ' ';
        end = stpcpy(name, cohort->pdl1_classes[i].name);
        for (char *at = name; at < end; at++)
            *at = *at == ' ' ? '_' : *at;
    }
    return meanings;
}
