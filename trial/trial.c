/* Trials as read: the trial file and its cohort. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cohorts/calibration_file.h"
#include "cohorts/population_plan.h"
#include "protocols/drug_file.h"
#include "protocols/error.h"
#include "protocols/file_read.h"
#include "protocols/nearest.h"
#include "trial/calibrate.h"
#include "trial/sweep.h"
#include "trial/virtual_trial.h"

static enum abscopal_status class_unknown(const struct abscopal_trial *trial, const struct pdl1_choice *choice,
                                          struct abscopal_error *error)
{
    const struct cohort *cohort = &trial->cohort;
    const char *names[PDL1_MOST_CLASSES];
    char meant[96] = "";
    if (cohort->pdl1_class_count == 0)
        return error_set(error, ABSCOPAL_BAD_INPUT, trial->file.path, choice->line, choice->column,
                         "the cohort has no PD-L1 classes; add 'pdl1_classes' to %s", cohort->path);
    for (size_t i = 0; i < cohort->pdl1_class_count; i++)
        names[i] = cohort->pdl1_classes[i].name;
    const char *near = nearest_name(choice->name, names, cohort->pdl1_class_count);
    if (near != NULL)
        snprintf(meant, sizeof meant, "; did you mean '%.64s'?", near);
    return error_set(error, ABSCOPAL_BAD_INPUT, trial->file.path, choice->line, choice->column,
                     "the cohort has no PD-L1 class '%.64s'%s", choice->name, meant);
}

/* Finds the classes that the trial names in the cohort. */
static enum abscopal_status find_classes(struct abscopal_trial *trial, struct abscopal_error *error)
{
    const struct cohort *cohort = &trial->cohort;
    for (size_t i = 0; i < trial->file.class_count; i++) {
        size_t class = 0;
        while (class < cohort->pdl1_class_count &&
               strcmp(cohort->pdl1_classes[class].name, trial->file.classes[i].name) != 0)
            class ++;
        if (class == cohort->pdl1_class_count)
            return class_unknown(trial, &trial->file.classes[i], error);
        trial->file.class_mask |= 1U << class;
    }
    return ABSCOPAL_OK;
}

/* The trial with its cohort, which has been read with that status; NULL and nothing left of it when either is wrong. */
static struct abscopal_trial *trial_complete(struct abscopal_trial *trial, enum abscopal_status cohort_status,
                                             struct abscopal_error *error)
{
    if (cohort_status == ABSCOPAL_OK && find_classes(trial, error) == ABSCOPAL_OK)
        return trial;
    abscopal_trial_free(trial);
    return NULL;
}

/* Of the text, or for NULL of the file itself; with the cohort that it names, or for other than NULL with that. */
static struct abscopal_trial *trial_read_any(const char *path, const char *text, const char *cohort_path,
                                             struct abscopal_error *error)
{
    struct abscopal_trial *trial = calloc(1, sizeof *trial);
    if (trial == NULL) {
        error_no_memory(error);
        return NULL;
    }
    const enum abscopal_status status = text != NULL ? trial_file_read_text(path, text, &trial->file, error)
                                                     : trial_file_read(path, &trial->file, error);
    if (status != ABSCOPAL_OK) {
        free(trial);
        return NULL;
    }
    trial->has_cohort = trial->file.cohort_path != NULL;
    if (cohort_path == NULL)
        cohort_path = trial->file.cohort_path;
    return trial_complete(trial, trial->has_cohort ? cohort_file_read(cohort_path, &trial->cohort, error) : ABSCOPAL_OK,
                          error);
}

struct abscopal_trial *trial_read_with_cohort(const char *path, const char *cohort_path, struct abscopal_error *error)
{
    return trial_read_any(path, NULL, cohort_path, error);
}

abscopal_trial *abscopal_trial_read(const char *path, struct abscopal_error *error)
{
    return trial_read_any(path, NULL, NULL, error);
}

abscopal_trial *abscopal_trial_read_text(const char *path, const char *text, struct abscopal_error *error)
{
    if (strlen(text) <= FILE_LARGEST_TEXT)
        return trial_read_any(path, text, NULL, error);
    error_set(error, ABSCOPAL_BAD_INPUT, path, 0, 0, "a text of %zu bytes; a trial has at most %d", strlen(text),
              FILE_LARGEST_TEXT);
    return NULL;
}

struct abscopal_trial *trial_read_texts(const char *path, const char *text, const char *cohort_path,
                                        const char *cohort_text, struct abscopal_error *error)
{
    struct abscopal_trial *trial = calloc(1, sizeof *trial);
    if (trial == NULL) {
        error_no_memory(error);
        return NULL;
    }
    if (trial_file_read_text(path, text, &trial->file, error) != ABSCOPAL_OK) {
        free(trial);
        return NULL;
    }
    trial->has_cohort = true;
    return trial_complete(trial, cohort_file_read_text(cohort_path, cohort_text, &trial->cohort, error), error);
}

struct abscopal_trial *trial_read_stored(const char *path, const char *text, const struct named_texts *files,
                                         const char *cohort_path, const char *cohort_text, struct abscopal_error *error)
{
    struct abscopal_trial *trial = calloc(1, sizeof *trial);
    if (trial == NULL) {
        error_no_memory(error);
        return NULL;
    }
    if (trial_file_read_stored(path, text, files, &trial->file, error) != ABSCOPAL_OK) {
        free(trial);
        return NULL;
    }
    trial->has_cohort = trial->file.cohort_path != NULL;
    const enum abscopal_status status =
        trial->has_cohort ? cohort_file_read_stored(cohort_path, cohort_text, &trial->cohort, error) : ABSCOPAL_OK;
    return trial_complete(trial, status, error);
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

const char *abscopal_trial_text(const abscopal_trial *trial)
{
    return trial->file.text != NULL ? trial->file.text : "";
}

size_t abscopal_trial_arm_count(const abscopal_trial *trial)
{
    return trial->file.arm_count;
}

const char *abscopal_trial_arm_name(const abscopal_trial *trial, size_t arm)
{
    return arm < trial->file.arm_count ? trial->file.arms[arm].name : NULL;
}

double abscopal_trial_until_days(const abscopal_trial *trial)
{
    return trial->file.until_days;
}

size_t abscopal_trial_patient_count(const abscopal_trial *trial)
{
    return trial->has_cohort ? trial->cohort.patient_count : 1;
}

enum abscopal_status abscopal_check_file(const char *path, struct abscopal_error *error)
{
    enum abscopal_file_kind kind;
    const enum abscopal_status status = abscopal_file_kind(path, &kind, error);
    if (status != ABSCOPAL_OK)
        return status;
    if (kind == ABSCOPAL_FILE_COHORT) {
        struct cohort cohort;
        const enum abscopal_status cohort_status = cohort_file_read(path, &cohort, error);
        cohort_free(&cohort);
        return cohort_status;
    }
    if (kind == ABSCOPAL_FILE_CALIBRATION) {
        struct calibration calibration;
        enum abscopal_status calibration_status = calibration_file_read(path, &calibration, error);
        if (calibration_status == ABSCOPAL_OK)
            calibration_status = calibration_check_ranges(&calibration, error);
        calibration_free(&calibration);
        return calibration_status;
    }
    if (kind == ABSCOPAL_FILE_DRUG) {
        struct antibody drug;
        const enum abscopal_status drug_status = drug_file_read(path, &drug, NULL, error);
        drug_file_free(&drug);
        return drug_status;
    }
    if (kind == ABSCOPAL_FILE_SWEEP)
        return sweep_check(path, error);
    if (kind == ABSCOPAL_FILE_POPULATION) {
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
