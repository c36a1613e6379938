/* Trials as read: the trial file and its cohort. */
#include <stdlib.h>

#include "cohorts/population_plan.h"
#include "protocols/drug_file.h"
#include "protocols/error.h"
#include "protocols/input_file.h"
#include "trial/virtual_trial.h"

abscopal_trial *abscopal_trial_read(const char *path, struct abscopal_error *error)
{
    struct abscopal_trial *trial = calloc(1, sizeof *trial);
    if (trial == NULL) {
        error_no_memory(error);
        return NULL;
    }
    if (trial_file_read(path, &trial->file, error) != ABSCOPAL_OK) {
        free(trial);
        return NULL;
    }
    trial->has_cohort = trial->file.cohort_path != NULL;
    if (trial->has_cohort && cohort_file_read(trial->file.cohort_path, &trial->cohort, error) != ABSCOPAL_OK) {
        trial_file_free(&trial->file);
        free(trial);
        return NULL;
    }
    return trial;
}

void abscopal_trial_free(abscopal_trial *trial)
{
    if (trial == NULL)
        return;
    trial_file_free(&trial->file);
    if (trial->has_cohort)
        cohort_free(&trial->cohort);
    free(trial);
}

const char *abscopal_trial_name(const abscopal_trial *trial)
{
    return trial->file.name;
}

size_t abscopal_trial_arm_count(const abscopal_trial *trial)
{
    return trial->file.arm_count;
}

const char *abscopal_trial_arm_name(const abscopal_trial *trial, size_t arm)
{
    return arm < trial->file.arm_count ? trial->file.arms[arm].name : NULL;
}

size_t abscopal_trial_patient_count(const abscopal_trial *trial)
{
    return trial->has_cohort ? trial->cohort.patient_count : 1;
}

enum abscopal_status abscopal_check_file(const char *path, struct abscopal_error *error)
{
    enum input_file_kind kind;
    const enum abscopal_status status = input_file_kind(path, &kind, error);
    if (status != ABSCOPAL_OK)
        return status;
    if (kind == INPUT_FILE_COHORT) {
        struct cohort cohort;
        const enum abscopal_status cohort_status = cohort_file_read(path, &cohort, error);
        cohort_free(&cohort);
        return cohort_status;
    }
    if (kind == INPUT_FILE_DRUG) {
        struct antibody drug;
        const enum abscopal_status drug_status = drug_file_read(path, &drug, NULL, error);
        drug_file_free(&drug);
        return drug_status;
    }
    if (kind == INPUT_FILE_POPULATION) {
        struct population_plan plan;
        const enum abscopal_status plan_status = population_plan_read(path, &plan, error);
        population_plan_free(&plan);
        return plan_status;
    }
    struct abscopal_error local;
    abscopal_trial *trial = abscopal_trial_read(path, error != NULL ? error : &local);
    if (trial == NULL)
        return error != NULL ? error->status : local.status;
    abscopal_trial_free(trial);
    return ABSCOPAL_OK;
}
