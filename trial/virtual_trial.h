/* A virtual trial: every arm with every patient, and what comes out. */
#ifndef ABSCOPAL_TRIAL_VIRTUAL_TRIAL_H
#define ABSCOPAL_TRIAL_VIRTUAL_TRIAL_H

#include <stddef.h>
#include <stdint.h>

#include "abscopal.h"
#include "cohorts/cohort_file.h"
#include "cohorts/plausible.h"
#include "cohorts/sampling.h"
#include "protocols/trial_file.h"
#include "solver/integrator.h"
#include "trial/allocation.h"
#include "trial/recist.h"

/* A trial as read: its file, and its cohort unless the trial starts from the published state. */
struct abscopal_trial {
    struct trial_file file;
    bool has_cohort;
    struct cohort cohort;
};

/* abscopal_trial_read with another cohort instead of the file's own; NULL: with its own. A trial without a cohort stays
 * so. */
struct abscopal_trial *trial_read_with_cohort(const char *path, const char *cohort_path, struct abscopal_error *error);

/* A trial of a trial file's text with a cohort of its own, rather than the one that the text names. Errors as
 * abscopal_trial_read; messages name the paths. */
struct abscopal_trial *trial_read_texts(const char *path, const char *text, const char *cohort_path,
                                        const char *cohort_text, struct abscopal_error *error);

/* A trial of texts alone, without any file: `files` has those that the trial file names besides its cohort, and its
 * weights are left out. `cohort_text` does not matter to a trial without a cohort. Messages name the paths. */
struct abscopal_trial *trial_read_stored(const char *path, const char *text, const struct named_texts *files,
                                         const char *cohort_path, const char *cohort_text,
                                         struct abscopal_error *error);

/* Where and why the solver gave up; arm is -1 during growth to baseline, code 0 when there was no failure. */
struct integration_failure {
    int arm;
    int code;                /* of the engine, negative */
    const char *reason;      /* in its words, such as "CV_CONV_FAILURE" or "step size too small" */
    double day;              /* since treatment start; negative days do not occur: growth counts from its own start */
    const char *worst_state; /* name of the state with the largest weighted error */
    int worst_lesion;        /* lesion of that state from 0, or -1 for a shared state */
    const char *last_event;  /* what happened last before it, such as "bolus"; "" for nothing */
    double last_event_day;
};

struct patient_result {
    struct virtual_patient patient;
    enum abscopal_patient_status status;
    struct integration_failure failure;
    double growth_days;                              /* from seeding to baseline; NaN when not reached */
    double baseline_outputs[PLAUSIBLE_OUTPUT_COUNT]; /* by enum plausible_output; NaN when it was not reached */
    uint32_t rules_failed;                           /* of the cohort's 'plausible', a bit for each */
    double baseline_sum_of_diameters_mm;             /* as reached; NaN when not reached */
};

/* One patient in one arm. */
struct arm_result {
    enum abscopal_patient_status status;
    struct patient_outcome outcome; /* meaningful when status is completed, as all that follows */
    struct patient_outcome
        out_of_field;         /* the same by the lesions that were not irradiated; not evaluable without any */
    int doses, fractions;     /* given */
    int switches;             /* to another arm */
    unsigned char irradiated; /* a bit for each lesion */
    unsigned char non_target; /* the same of those that are no target lesions */
};

/* Courses that were run, and what the engine did for them. */
struct course_tally {
    size_t courses;
    struct integrator_work work;
};

/* The program that made results, by their names and versions; "" where that is not known. */
struct results_maker {
    char version[64], sundials[32], hdf5[32], compiler[128], commit[96];
};

/* What results that were read from a file have besides. */
struct results_origin {
    struct results_maker maker;
    struct abscopal_trial *trial; /* theirs, as are the texts */
    char **texts;                 /* [text_count] that instructions and failures point to */
    size_t text_count;
};

struct abscopal_results {
    const struct abscopal_trial *trial;
    uint64_t seed;
    double relative_tolerance;
    enum abscopal_engine engine;   /* never the default one: that which ran */
    struct results_origin *origin; /* NULL: they are of a run by this program */
    const char *instructions;      /* of its vectors, such as "AVX-512"; "" without vectors */
    size_t lanes;                  /* courses at once in one thread */
    double wall_seconds;
    int threads;
    size_t arm_count, patient_count, visit_count;
    size_t sampled_count;            /* patients of the cohort that those run are of */
    size_t lesion_count;             /* columns of diameters: MODEL_MAX_LESIONS, or 1 without a cohort */
    double *visit_days;              /* [visit]; the first is 0, baseline */
    int *allocation;                 /* [patient] the arm, or ALLOCATION_... */
    struct patient_result *patients; /* [patient] */
    struct arm_result *arms;         /* [arm][patient] */
    double *diameters_mm;            /* [arm][patient][visit][lesion]; NaN where there is none */
    signed char *responses;          /* [arm][patient][visit]: enum response, or -1 where there is none */
    size_t course_count;             /* days of courses (trial/courses.h); 0: there are none */
    double *course_days;             /* [course day] */
    float *courses;                  /* [quantity][arm][patient][course day]; NaN where there is none */
    signed char *new_lesions;        /* [arm][patient][visit]: found so far, or -1 where nothing was looked for */
    double *weights;                 /* [patient], as given; NULL: all count the same */
    struct course_tally *tallies;    /* [lesions of the patient, less 1][growth, then arm] */
    struct results_pages *pages;     /* which hold the arrays of results for summaries (results/rows.h); else NULL */
    void (*pages_free)(struct abscopal_results *results);
    /* Gives back memory that the pages' file can fill again, of so many patients from one on. */
    void (*pages_let_go)(const struct abscopal_results *results, size_t first, size_t count);
};

/* Index into arms[], for patient row `patient` (from 0). */
static inline size_t results_row(const struct abscopal_results *results, size_t arm, size_t patient)
{
    return arm * results->patient_count + patient;
}

/* For those who go through all patients in their order, at each: of results on disk, memory then holds a few. */
static inline void results_pass(const struct abscopal_results *results, size_t patient)
{
    enum { TOGETHER = 256 };
    if (results->pages == NULL || patient % TOGETHER != 0)
        return;
    if (patient == 0)
        results->pages_let_go(results, 0, results->patient_count);
    else
        results->pages_let_go(results, patient - TOGETHER, TOGETHER);
}

/* The patient in that row, and the same in an arm, for those who go through all in their order. */
static inline const struct patient_result *results_patient(const struct abscopal_results *results, size_t patient)
{
    results_pass(results, patient);
    return &results->patients[patient];
}

static inline const struct arm_result *results_arm_patient(const struct abscopal_results *results, size_t arm,
                                                           size_t patient)
{
    results_pass(results, patient);
    return &results->arms[results_row(results, arm, patient)];
}

/* How much the patient in that row counts. */
static inline double results_weight(const struct abscopal_results *results, size_t patient)
{
    return results->weights != NULL ? results->weights[patient] : 1;
}

static inline size_t results_tally_count(const struct abscopal_results *results)
{
    return results->lesion_count * (1 + results->arm_count);
}

/* Index into tallies[]; arm is -1 for growth. */
static inline size_t results_tally(const struct abscopal_results *results, int lesions, int arm)
{
    return (size_t)(lesions - 1) * (1 + results->arm_count) + (size_t)(arm + 1);
}

/* Empty results of a run with these options, which have been checked: everything is absent or not run, but the memory
 * is written by results_start_patient alone, so that it comes to stand near the thread that calls that. NULL without
 * memory. */
struct abscopal_results *results_create(const struct abscopal_trial *trial, const struct abscopal_run_options *options);
void results_start_patient(struct abscopal_results *results, size_t patient);

/* The same for `patients` of the run's. */
struct abscopal_results *results_create_some(const struct abscopal_trial *trial,
                                             const struct abscopal_run_options *options, size_t patients);

/* How far the allocation of a run's patients is, for parts of the run that come one after another. Zeroed to begin
 * with. */
struct allocation_cursor {
    uint64_t done; /* patients */
    struct allocation_state state;
};

/* Decides who is eligible, and who is in which arm: for patients numbered from `first`, from 1. The cursor is moved
 * behind them, which is fastest where it already is. */
void results_allocate(struct abscopal_results *results, uint64_t first, struct allocation_cursor *cursor);

/* Patients of a block: enough that its end, where threads run out of courses, takes no time to speak of. */
enum { USUAL_BLOCK_PATIENTS = 4096 };

/* abscopal_run with its patients in blocks of at most so many, which bounds what it needs beside the results. Without a
 * cohort every patient is the published one, which only benchmarks want more than once. */
struct abscopal_results *virtual_trial_run(const struct abscopal_trial *trial,
                                           const struct abscopal_run_options *options, size_t block_patients,
                                           struct abscopal_error *error);

/* Whether abscopal_run takes the trial with these options: ABSCOPAL_OK or ABSCOPAL_BAD_INPUT. */
enum abscopal_status virtual_trial_check(const struct abscopal_trial *trial, const struct abscopal_run_options *options,
                                         struct abscopal_error *error);

/* Of what abscopal_run would give, the patients numbered first to first + count - 1 alone, bit for bit. The options
 * have passed virtual_trial_check, and their only_patient is 0; progress counts these patients' courses. Errors as
 * abscopal_run. */
struct abscopal_results *virtual_trial_run_some(const struct abscopal_trial *trial,
                                                const struct abscopal_run_options *options, uint64_t first,
                                                size_t count, struct allocation_cursor *cursor,
                                                struct abscopal_error *error);

/* Every arm of the trial with these patients instead of any of its cohort's, each in every arm and all of the same
 * weight. The options' `patients` must be 0 and only_patient 0. Errors as abscopal_run. */
struct abscopal_results *virtual_trial_run_given(const struct abscopal_trial *trial,
                                                 const struct abscopal_run_options *options,
                                                 const struct virtual_patient *patients, size_t count,
                                                 struct abscopal_error *error);

#endif
