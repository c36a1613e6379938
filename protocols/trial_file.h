/* The trial file: what it says, in the model's units, before any patient is known.
 * docs/protocols.md is the language; this is what the reader makes of it. */
#ifndef ABSCOPAL_PROTOCOLS_TRIAL_FILE_H
#define ABSCOPAL_PROTOCOLS_TRIAL_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "abscopal.h"
#include "model/antibodies.h"
#include "model/model.h"

enum treatment_kind { TREATMENT_DRUG, TREATMENT_RADIOTHERAPY };

/* Which lesions a course of radiotherapy hits. A listed lesion that a patient does not have is left out for
 * that patient. */
enum lesion_choice { LESIONS_LISTED, LESIONS_LARGEST, LESIONS_ALL };

/* One line of an arm: a drug given `count` times, or `count` fractions of radiotherapy. */
struct treatment {
    enum treatment_kind kind;
    double start_days;
    double interval_days; /* between doses, or between days with radiotherapy; 0 when count is 1 */
    int count;            /* doses, or fractions */

    /* Drugs. */
    const struct antibody *antibody; /* of the preset's library or of the trial's own drugs; NULL for radiotherapy */
    double dose_mg;                  /* or mg per kg of body weight */
    bool dose_per_body_weight;
    double infusion_days; /* 0: bolus */

    /* Radiotherapy. */
    double fraction_gray;
    int fractions_per_day;
    double within_day_days; /* between fractions of one day; 6 h unless the file says otherwise */
    bool weekdays;          /* day 0 is a Monday; fractions due on days 5 and 6 of a week move to the next Monday,
                             * and the days after count from there */
    enum lesion_choice lesion_choice;
    int lesions[MODEL_MAX_LESIONS]; /* from 0, for LESIONS_LISTED */
    int lesion_count;
    double coverage; /* share of each lesion that lies in the field, above 0 to 1; 1 unless the file says otherwise */
    bool nodes;      /* the draining nodes lie in the field too */
};

struct arm {
    char *name;
    struct treatment *treatments;
    size_t treatment_count;
};

struct trial_file {
    char *path;
    char *text; /* the file as given */
    char *name;
    enum model_preset preset;
    struct model_options options; /* the preset's, with what the file switches on or off */
    /* Antibodies of the trial's own, each from a file (protocols/drug_file.h); treatments point into the array. */
    struct antibody *drugs;
    size_t drug_count;
    char *drug_text;   /* those files as given, each after a line "---"; NULL without any */
    char *cohort_path; /* relative to the working directory, or NULL: the published state, one patient */
    double until_days;
    double imaging_interval_days;
    double detection_limit_mm; /* below it a lesion counts as gone; 2 mm unless the file says otherwise */
    struct arm *arms;
    size_t arm_count;
};

/* When each dose or fraction starts, in days: fills days[count], ascending, with weekends left out where asked. */
void treatment_days(const struct treatment *treatment, double *days);

/* Reads and checks a trial file (not the cohort it names). On error returns the status, fills `error` with file,
 * line, column and what to write instead, and leaves `trial` empty, which is safe to free. */
enum abscopal_status trial_file_read(const char *path, struct trial_file *trial, struct abscopal_error *error);
void trial_file_free(struct trial_file *trial);

#endif
