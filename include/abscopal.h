/* abscopal: virtual clinical trials of radiotherapy and immune checkpoint inhibitors.
 *
 * The whole life of a trial is five calls:
 *
 *     struct abscopal_error error;
 *     abscopal_trial *trial = abscopal_trial_read("protocols/nivolumab-rt-six-arms.yaml", &error);
 *     abscopal_results *results = abscopal_run(trial, NULL, &error);
 *     abscopal_results_write_table(results, stdout, &error);
 *     abscopal_results_write_hdf5(results, "outcomes.h5", &error);
 *     abscopal_results_free(results), abscopal_trial_free(trial);
 *
 * Conventions, for every function of this header:
 * - Errors are returned, never printed, and the library never exits. A function that returns a pointer
 *   returns NULL on error; one that returns an abscopal_status returns it. `error` may be NULL; otherwise
 *   it says what happened, where (file, line and column for input files) and what to write instead.
 * - What a function returns as a pointer to an opaque type is the caller's to free with the _free of that
 *   type. Strings returned are borrowed and live as long as the object they were asked of.
 * - Times are days, diameters millimetres. Patients are numbered from 1, arms from 0.
 * - An object may be read from several threads at once; abscopal_run starts its own threads.
 *
 * Research use only. Not for treating patients. */
#ifndef ABSCOPAL_H
#define ABSCOPAL_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define ABSCOPAL_API __attribute__((visibility("default")))
#else
#define ABSCOPAL_API
#endif

/* What became of a call. The names are returned by abscopal_status_name. */
enum abscopal_status {
    ABSCOPAL_OK = 0,
    ABSCOPAL_BAD_INPUT,      /* a file cannot be read, or it or an argument says something wrong */
    ABSCOPAL_NO_MEMORY,      /* an allocation failed */
    ABSCOPAL_NOT_INTEGRATED, /* the solver gave up on a patient */
    ABSCOPAL_OUTPUT_FAILED,  /* a result could not be written; nothing half-written is left behind */
    ABSCOPAL_INTERRUPTED     /* the progress callback asked to stop */
};

/* Size of a message, its final zero included; longer ones are cut. */
enum { ABSCOPAL_MESSAGE_SIZE = 1024 };

struct abscopal_error {
    enum abscopal_status status;
    char file[512]; /* the file at fault, or "" */
    int line;       /* from 1; 0 where there is none */
    int column;     /* from 1; 0 where there is none */
    char message[ABSCOPAL_MESSAGE_SIZE];
};

typedef struct abscopal_trial abscopal_trial;
typedef struct abscopal_results abscopal_results;

/* Version of the library, "major.minor.patch". */
ABSCOPAL_API const char *abscopal_version(void);

/* The status as a word, such as "bad input". */
ABSCOPAL_API const char *abscopal_status_name(enum abscopal_status status);

/* Writes "file:line:column: message" (without what is absent) to text, cut at size. Returns text. */
ABSCOPAL_API char *abscopal_error_text(const struct abscopal_error *error, char *text, size_t size);

/* ---- Trials ---------------------------------------------------------------------------------------- */

/* Reads a trial file and the cohort it names, and checks both completely. Returns NULL with
 * ABSCOPAL_BAD_INPUT (position and what to write instead) or ABSCOPAL_NO_MEMORY. */
ABSCOPAL_API abscopal_trial *abscopal_trial_read(const char *path, struct abscopal_error *error);
ABSCOPAL_API void abscopal_trial_free(abscopal_trial *trial);

ABSCOPAL_API const char *abscopal_trial_name(const abscopal_trial *trial);
ABSCOPAL_API size_t abscopal_trial_arm_count(const abscopal_trial *trial);
/* NULL when there is no such arm. */
ABSCOPAL_API const char *abscopal_trial_arm_name(const abscopal_trial *trial, size_t arm);
/* The trial's last day: its horizon. */
ABSCOPAL_API double abscopal_trial_until_days(const abscopal_trial *trial);
/* Patients the trial runs with unless the options say otherwise. */
ABSCOPAL_API size_t abscopal_trial_patient_count(const abscopal_trial *trial);

/* Writes the planned dosing of every arm as NONMEM-style records in a CSV file (docs/nonmem.md names the columns), an
 * ID for each arm. Planned is what is given to those in whom no visit finds anything and no dose is put off or missed.
 * Treatments that wait for what a visit finds are left out; *left_out (NULL: not asked for) becomes how many. Returns
 * ABSCOPAL_OUTPUT_FAILED or ABSCOPAL_NO_MEMORY. */
ABSCOPAL_API enum abscopal_status abscopal_trial_write_nonmem(const abscopal_trial *trial, const char *path,
                                                              size_t *left_out, struct abscopal_error *error);

/* Kinds of input files. */
enum abscopal_file_kind {
    ABSCOPAL_FILE_TRIAL,
    ABSCOPAL_FILE_COHORT,
    ABSCOPAL_FILE_DRUG,
    ABSCOPAL_FILE_CALIBRATION,
    ABSCOPAL_FILE_POPULATION,
    ABSCOPAL_FILE_SWEEP,
    ABSCOPAL_FILE_POWER
};

/* Which one a file is: a trial file has the key 'arms', a cohort file 'patients', a drug file 'target'; whatever has
 * 'match' is the file of a virtual population, whatever else has 'free' a calibration file, and what has 'vary' a sweep
 * file; what has 'patients_per_arm' is the design of a trial. Fails, as the readers
 * do, when the file is no YAML mapping or has none of these keys or several. */
ABSCOPAL_API enum abscopal_status abscopal_file_kind(const char *path, enum abscopal_file_kind *kind,
                                                     struct abscopal_error *error);

/* Checks a file of any of these kinds as the readers do. */
ABSCOPAL_API enum abscopal_status abscopal_check_file(const char *path, struct abscopal_error *error);

/* ---- Running --------------------------------------------------------------------------------------- */

/* How to integrate. Both reach the tolerance asked for; the steps they take, and so the last digits, differ. */
enum abscopal_engine {
    ABSCOPAL_ENGINE_DEFAULT = 0, /* that of batch */
    ABSCOPAL_ENGINE_CVODE,       /* one patient after another by SUNDIALS' CVODE: the reference */
    ABSCOPAL_ENGINE_BATCH        /* many patients side by side in the processor's vector lanes: the faster */
};

/* The engine's name, "cvode" or "batch", which for ABSCOPAL_ENGINE_DEFAULT is that of the engine it stands for; NULL
 * when there is no such engine. */
ABSCOPAL_API const char *abscopal_engine_name(enum abscopal_engine engine);

/* Called now and then from the thread that called abscopal_run, and once at the end, with the number of
 * courses finished and to do and the seconds since the start. Every patient has one course for growth to
 * baseline and one for each arm. A return other than 0 asks the run to stop after the courses begun. */
typedef int abscopal_progress(size_t finished, size_t total, double seconds, void *context);

struct abscopal_run_options {
    size_t patients;             /* 0: as many as the cohort file says; a Latin hypercube is laid out for so many */
    int64_t seed;                /* negative: the cohort file's */
    int threads;                 /* 0: one for each processor */
    int64_t only_patient;        /* 0: all; otherwise the one patient to run, from 1 */
    double relative_tolerance;   /* 1e-12 to 1e-2; 0: 1e-6 */
    enum abscopal_engine engine; /* 0: the default */
    double course_every_days;    /* days between those of the courses that results keep; 0: they keep none */
    int64_t max_steps;           /* of growth, and of each arm, rejected ones included; 0: 1000000 */
    double max_seconds;          /* for the same by the clock; 0: any. With it, who fails depends on the machine */
    abscopal_progress *progress; /* NULL: none */
    void *progress_context;
};

/* Runs every arm with every patient; each patient is grown to baseline once and serves all arms. The result
 * does not depend on the number of threads, bit for bit, nor on which other patients are run. `options` may be NULL. A
 * patient who cannot be integrated does not end the run: see abscopal_results_patient_count. With course_every_days the
 * results keep, besides what visits find, the course of every patient in every arm from day 0 to the horizon
 * (docs/results.md names the quantities), which changes nothing else and takes 20 bytes for each day. Returns NULL with
 * ABSCOPAL_BAD_INPUT (options), ABSCOPAL_NO_MEMORY or ABSCOPAL_INTERRUPTED. The trial must outlive the results. */
ABSCOPAL_API abscopal_results *abscopal_run(const abscopal_trial *trial, const struct abscopal_run_options *options,
                                            struct abscopal_error *error);
ABSCOPAL_API void abscopal_results_free(abscopal_results *results);

/* What became of a patient. */
enum abscopal_patient_status {
    ABSCOPAL_PATIENT_COMPLETED = 0,
    ABSCOPAL_PATIENT_NOT_PLAUSIBLE,  /* never grew to the sampled baseline, or fails a rule of the cohort there */
    ABSCOPAL_PATIENT_NOT_INTEGRATED, /* the solver gave up, at baseline growth or in an arm */
    ABSCOPAL_PATIENT_NOT_RUN,        /* the run was stopped before this patient */
    ABSCOPAL_PATIENT_NOT_ELIGIBLE,   /* outside the trial's limits */
    ABSCOPAL_PATIENT_NOT_ALLOCATED,  /* of an arm: the patient was randomised to another */
    ABSCOPAL_PATIENT_NOT_SELECTED    /* of weight 0 in the cohort's virtual population, and not run */
};
enum { ABSCOPAL_PATIENT_STATUS_COUNT = 7 };

/* How many patients have that status. */
ABSCOPAL_API size_t abscopal_results_patient_count(const abscopal_results *results,
                                                   enum abscopal_patient_status status);

/* Why patients are not plausible. */
struct abscopal_rejection {
    const char *rule; /* "never reached baseline", or a rule of the cohort file such as "treg_ratio up to 2" */
    size_t first;     /* patients of whom it is the first in the list that fails */
    size_t all;       /* patients of whom it fails, whatever else does */
};

/* How many rules there are: growth to baseline, then those of the cohort file in their order; 0 without a cohort. And
 * one of them, from 0; returns ABSCOPAL_BAD_INPUT when there is no such rule. */
ABSCOPAL_API size_t abscopal_results_rejection_count(const abscopal_results *results);
ABSCOPAL_API enum abscopal_status abscopal_results_rejection(const abscopal_results *results, size_t index,
                                                             struct abscopal_rejection *rejection);

/* How many patients who all count the same would say as much as those analysed do with their weights: (sum of
 * weights)^2 / (sum of their squares), Kish 1965, Survey Sampling, 11.7. Without weights as many as were analysed. */
ABSCOPAL_API double abscopal_results_effective_patients(const abscopal_results *results);

/* Where patients have weights (`population` in the cohort file, docs/population.md), all that follows honours them:
 * fractions, medians and curves are weighted, intervals of shares are those of the effective number of patients, and
 * variances of times are robust ones over patients (docs/results.md). Counts are of patients. */

/* A share of patients with its 95 % interval (Wilson 1927, doi:10.1080/01621459.1927.10502953), all as
 * fractions; NaN when there are no patients. */
struct abscopal_share {
    size_t count;
    double fraction, lower, upper;
};

/* A number with its 95 % interval. NaN where there is none; infinity, of times, where it is not reached. */
struct abscopal_estimate {
    double value, lower, upper;
};

/* A response counts once it is confirmed where the trial asks for confirmation. Medians are those of the Kaplan-Meier
 * curve, in days, with log-log intervals (Brookmeyer and Crowley 1982, doi:10.2307/2530286). */
struct abscopal_arm_summary {
    const char *name;
    size_t patients;                             /* analysed: completed in this arm */
    double effective_patients;                   /* of these, as abscopal_results_effective_patients */
    struct abscopal_share response_at_horizon;   /* complete or partial response at the last visit */
    struct abscopal_share best_response;         /* best overall response complete or partial */
    struct abscopal_share complete_response;     /* best overall response complete */
    struct abscopal_share disease_control;       /* best overall response complete, partial or stable */
    struct abscopal_share progressive_disease;   /* best overall response */
    size_t out_of_field_patients;                /* with a lesion that was not irradiated */
    struct abscopal_share out_of_field_response; /* of these: best overall response, complete or partial, by the lesions
                                                    that were not irradiated (abscopal response) */
    struct abscopal_estimate median_progression_free_days;
    struct abscopal_estimate mean_progression_free_days;       /* up to the last visit: restricted mean */
    struct abscopal_estimate median_duration_of_response_days; /* of those who respond, to progression */
    struct abscopal_estimate median_time_to_response_days;     /* of those who respond */
    struct abscopal_estimate median_best_change;               /* of the sum of diameters, over baseline */
};

/* Outcomes of one arm. Returns ABSCOPAL_BAD_INPUT when there is no such arm, or ABSCOPAL_NO_MEMORY. */
ABSCOPAL_API enum abscopal_status abscopal_results_summary(const abscopal_results *results, size_t arm,
                                                           struct abscopal_arm_summary *summary);

/* Share of an arm that responds at the last visit not later than a day, complete or partial; nobody does who has
 * progressed. NaN before day 0 and after the trial's end. Errors as abscopal_results_summary. */
ABSCOPAL_API enum abscopal_status abscopal_results_response_on(const abscopal_results *results, size_t arm, double day,
                                                               struct abscopal_share *share);

/* Share of an arm that is progression-free after so many days, by Kaplan-Meier with a log-log interval. Progression is
 * seen at visits: between them the share is that of the visit before. NaN before day 0 and after the trial's end.
 * Errors as abscopal_results_summary. */
ABSCOPAL_API enum abscopal_status abscopal_results_progression_free(const abscopal_results *results, size_t arm,
                                                                    double day, struct abscopal_estimate *share);

/* An arm against the first one. When all patients are in all arms they are their own controls: then the difference is
 * of pairs, and the variance of what is said of progression is that over patients (Lee, Wei and Amato 1992,
 * doi:10.1007/978-94-015-7983-4_14). */
struct abscopal_arm_comparison {
    const char *name, *reference;                      /* the arm and the first one */
    int paired;                                        /* whether patients are the same in both */
    size_t pairs;                                      /* patients analysed in both; 0 when not paired */
    struct abscopal_estimate best_response_difference; /* share of the arm less that of the first, Newcombe 1998 */
    struct abscopal_estimate hazard_ratio;             /* of progression, over that in the first arm: Cox 1972 */
    double log_rank_p;                                 /* of the same progression-free survival */
};

/* Compares an arm other than the first with it. Errors as abscopal_results_summary. */
ABSCOPAL_API enum abscopal_status abscopal_results_comparison(const abscopal_results *results, size_t arm,
                                                              struct abscopal_arm_comparison *comparison);

/* An outcome that was published of a real trial, beside what is predicted of it. Shares are fractions, times days. */
struct abscopal_observed {
    const char *arm, *endpoint, *source; /* as in the trial file */
    double at_days;                      /* the day that it holds for; NaN: none was said */
    size_t patients;                     /* of the publication; 0: not said */
    double level;                        /* of the published interval, such as 0.95; NaN: not said */
    struct abscopal_estimate observed;   /* no interval: NaN */
    int interval_added;                 /* 1: it was not published but is Wilson's, of that share of so many patients */
    struct abscopal_estimate predicted; /* of the arm, with its 95 % interval */
    int within;                         /* 1: predicted lies within the observed interval; 0: it does not; -1: there is
                                           no interval, or nothing is predicted */
};

/* How many the trial file has under `observed`, and one of them, from 0. Errors as abscopal_results_summary. */
ABSCOPAL_API size_t abscopal_trial_observed_count(const abscopal_trial *trial);
ABSCOPAL_API enum abscopal_status abscopal_results_observed(const abscopal_results *results, size_t index,
                                                            struct abscopal_observed *observed);

/* Writes, for each patient not integrated, one line: patient, arm, day, reason, worst state; then the command that
 * repeats the first of them alone. */
ABSCOPAL_API enum abscopal_status abscopal_results_write_failures(const abscopal_results *results, FILE *file,
                                                                  struct abscopal_error *error);

/* The outcome table for people. */
ABSCOPAL_API enum abscopal_status abscopal_results_write_table(const abscopal_results *results, FILE *file,
                                                               struct abscopal_error *error);

/* The same numbers for programs, as one JSON object. Written beside and renamed into place. */
ABSCOPAL_API enum abscopal_status abscopal_results_write_json(const abscopal_results *results, const char *path,
                                                              struct abscopal_error *error);

/* Everything, as one HDF5 file that netCDF-4 readers open too (docs/results.md names every variable). Made in
 * memory (allow for twice its size), written beside and renamed into place. Not to be called from two threads at once:
 * HDF5's high-level library is not thread-safe. */
ABSCOPAL_API enum abscopal_status abscopal_results_write_hdf5(const abscopal_results *results, const char *path,
                                                              struct abscopal_error *error);

/* The results of such a file, which are those of the run: summaries, comparisons, tables and files made of them are the
 * same. The trial is read from the texts in the file; no other file is needed, and the results own it. Outcomes are
 * derived anew, and the file is refused unless all that it says agrees. What was failed on is known, the event before
 * it is not. Returns NULL with ABSCOPAL_BAD_INPUT (the file is none of ours, changed, or of another version) or
 * ABSCOPAL_NO_MEMORY. Not to be called from two threads at once, as above. */
ABSCOPAL_API abscopal_results *abscopal_results_read_hdf5(const char *path, struct abscopal_error *error);

/* What is in a file of results or of a sweep: what made it, attributes, dimensions, patients by what became of them,
 * and every variable with its dimensions, unit and meaning, its values' bytes and those it takes in the file. As text,
 * or with `json` not 0 as one JSON object (docs/commands.md). Returns ABSCOPAL_BAD_INPUT (the file is none of ours),
 * ABSCOPAL_OUTPUT_FAILED or ABSCOPAL_NO_MEMORY. Not to be called from two threads at once, as above. */
ABSCOPAL_API enum abscopal_status abscopal_inspect_hdf5(const char *path, int json, FILE *file,
                                                        struct abscopal_error *error);

/* Writes the results of such a file as analysis data sets of the CDISC ADaM model: adsl.csv, adtr.csv, adrs.csv and
 * adtte.csv in a directory, which docs/results.md explains. A directory that exists must be empty unless `replace` is
 * not 0; then these four files in it are replaced. Returns ABSCOPAL_BAD_INPUT (the file is none of ours, or the
 * directory is not empty), ABSCOPAL_OUTPUT_FAILED or ABSCOPAL_NO_MEMORY, and then leaves nothing half-written. Not to
 * be called from two threads at once, as above. */
ABSCOPAL_API enum abscopal_status abscopal_export_adam(const char *hdf5_path, const char *directory, int replace,
                                                       struct abscopal_error *error);

/* ---- Virtual populations --------------------------------------------------------------------------- */

/* Weights of the patients of a cohort with which they have given shares in given bins of what is known of them and of
 * what happens to them in trials. */
typedef struct abscopal_population abscopal_population;

/* Reads the file of a virtual population (docs/population.md), runs its trials with its cohort and finds the weights:
 * prevalence weights of maximum entropy (Schmidt 2013, doi:10.1186/1471-2105-14-221), or 1 and 0 by
 * acceptance-rejection with them (Allen 2016, doi:10.1002/psp4.12063). Patients and seed are the file's, so those of
 * `options` must be 0 and negative, and only_patient 0; its progress counts the courses of one trial after the other.
 * `options` may be NULL. The same for any number of threads. Returns NULL with ABSCOPAL_BAD_INPUT (the file, options, a
 * bin without patients, or shares that cannot be had together), ABSCOPAL_NO_MEMORY or ABSCOPAL_INTERRUPTED. */
ABSCOPAL_API abscopal_population *
abscopal_population_weigh(const char *path, const struct abscopal_run_options *options, struct abscopal_error *error);
ABSCOPAL_API void abscopal_population_free(abscopal_population *population);

/* Effective sample size (Kish 1965), and whether it is at least what the file asks for. */
ABSCOPAL_API double abscopal_population_effective(const abscopal_population *population);
ABSCOPAL_API int abscopal_population_is_enough(const abscopal_population *population);

/* The weights as CSV, for `population` in a cohort file. Written beside and renamed into place. */
ABSCOPAL_API enum abscopal_status abscopal_population_write_csv(const abscopal_population *population, const char *path,
                                                                struct abscopal_error *error);

/* What was asked for, what the sample had and what the weights give, for people. */
ABSCOPAL_API enum abscopal_status abscopal_population_write_report(const abscopal_population *population, FILE *file,
                                                                   struct abscopal_error *error);

/* ---- One patient ----------------------------------------------------------------------------------- */

struct abscopal_simulate_options {
    const char *arm;             /* NULL: the first */
    size_t patient;              /* 0: the first */
    int64_t seed;                /* negative: the cohort file's */
    double every_days;           /* spacing of the rows; 0: 1 day */
    double relative_tolerance;   /* 1e-12 to 1e-2; 0: 1e-6 */
    enum abscopal_engine engine; /* 0: the default */
    int fluxes;                  /* not 0: the flux of every reaction too, in columns of their own */
    size_t patients;             /* of the run that the patient is one of; 0: as many as the cohort file says */
    int64_t max_steps;           /* as those of a run */
    double max_seconds;
};

/* Writes one patient's course under one arm as CSV, a row every `every_days` from day 0 to the horizon; a row
 * on the day of a dose shows the state just after it. docs/results.md names the columns. `options` may be NULL.
 * Returns ABSCOPAL_BAD_INPUT, ABSCOPAL_NOT_INTEGRATED, ABSCOPAL_OUTPUT_FAILED or ABSCOPAL_NO_MEMORY. */
ABSCOPAL_API enum abscopal_status abscopal_simulate(const abscopal_trial *trial,
                                                    const struct abscopal_simulate_options *options,
                                                    const char *csv_path, struct abscopal_error *error);

/* ---- Calibration ----------------------------------------------------------------------------------- */

/* How far a calibration has come. */
struct abscopal_calibration_state {
    const char *stage;     /* "search", "sensitivities" or "fresh seeds" */
    size_t evaluations;    /* finished */
    size_t at_most;        /* evaluations of the whole calibration at most: a stage may end before */
    size_t replayed;       /* of those finished: taken from the log of an earlier run */
    double evaluation;     /* share of the one at hand that is done */
    double best_objective; /* least so far; infinity before the first */
    double seconds;        /* since the start */
};

/* Called now and then from the thread that called abscopal_calibrate. A return other than 0 asks it to stop. */
typedef int abscopal_calibration_progress(const struct abscopal_calibration_state *state, void *context);

struct abscopal_calibrate_options {
    const char *directory;       /* for what is written: new or empty, or, to resume, that of the earlier run */
    int resume;                  /* not 0: go on where an earlier run of the same files was stopped */
    int threads;                 /* 0: one for each processor; the results do not depend on it */
    enum abscopal_engine engine; /* 0: the default */
    abscopal_calibration_progress *progress; /* NULL: none */
    void *progress_context;
};

struct abscopal_calibration_outcome {
    size_t targets, met;               /* met: on the patients of the fit */
    size_t evaluations;                /* all, those taken from a log included */
    size_t unusable;                   /* of the search: refused, or with too few patients plausible or integrated */
    double objective, start;           /* least, and that of the start */
    int global_stalled, local_stalled; /* the stage ended for lack of improvement */
};

/* Fits the values that a calibration file (docs/calibration.md) leaves free to its targets, and writes to the directory
 * the calibrated cohort and those trial files that have free values, under their own names; report.md and report.json;
 * and evaluations.csv, to which every evaluation is added when it is done. The same files, with the same build on the
 * same kind of machine, give the same bytes, resumed or not. Targets that are not met are no error: see `outcome`.
 * Returns ABSCOPAL_BAD_INPUT (a file; the directory is not empty or, to resume, holds another calibration; no patient
 * is plausible at the start), ABSCOPAL_OUTPUT_FAILED, ABSCOPAL_NO_MEMORY or ABSCOPAL_INTERRUPTED, after which it can be
 * resumed. */
ABSCOPAL_API enum abscopal_status abscopal_calibrate(const char *path, const struct abscopal_calibrate_options *options,
                                                     struct abscopal_calibration_outcome *outcome,
                                                     struct abscopal_error *error);

/* ---- Speed ----------------------------------------------------------------------------------------- */

typedef struct abscopal_benchmark abscopal_benchmark;

struct abscopal_benchmark_options {
    size_t patients;             /* of every run; 0: 64 for each thread, and for each lane that an engine has in it */
    int threads;                 /* up to so many: 1, 2, 4, ... and these; 0: one for each processor */
    int repeats;                 /* of every measurement, whose median counts; 0: 5 */
    double seconds;              /* that one of them lasts at least; 0: 0.5 */
    double relative_tolerance;   /* 1e-12 to 1e-2; 0: 1e-6 */
    enum abscopal_engine engine; /* to be measured; 0: all, one beside the other */
    abscopal_progress *progress; /* counts measurements instead of courses; NULL: none */
    void *progress_context;
};

/* Measures how fast this machine runs a trial or, for NULL, the published run: part A of docs/model.md, 240 mg of
 * nivolumab every 14 days for 400 days, looked at every day, the same patient over and over. A run is abscopal_run
 * without reading and writing files. docs/performance.md says what is measured and how. `options` may be NULL. Returns
 * NULL with ABSCOPAL_BAD_INPUT (options), ABSCOPAL_NO_MEMORY, ABSCOPAL_NOT_INTEGRATED (no patient completed any arm) or
 * ABSCOPAL_INTERRUPTED. The trial must outlive the benchmark. */
ABSCOPAL_API abscopal_benchmark *abscopal_benchmark_run(const abscopal_trial *trial,
                                                        const struct abscopal_benchmark_options *options,
                                                        struct abscopal_error *error);
ABSCOPAL_API void abscopal_benchmark_free(abscopal_benchmark *benchmark);

/* What was found and on what machine, for people, and the same as one JSON object, which docs/performance.md explains.
 * Written as results are. */
ABSCOPAL_API enum abscopal_status abscopal_benchmark_write_table(const abscopal_benchmark *benchmark, FILE *file,
                                                                 struct abscopal_error *error);
ABSCOPAL_API enum abscopal_status abscopal_benchmark_write_json(const abscopal_benchmark *benchmark, const char *path,
                                                                struct abscopal_error *error);

/* ---- The model itself ------------------------------------------------------------------------------ */

/* What can be listed. */
enum abscopal_list_kind {
    ABSCOPAL_LIST_STATES,     /* of one lesion and one drug: others have the same */
    ABSCOPAL_LIST_PARAMETERS, /* what cohort files vary */
    ABSCOPAL_LIST_DRUGS,      /* every constant of every drug of the preset's library, named as in drug files */
    ABSCOPAL_LIST_PRESETS,    /* what `model` in a trial file may be */
    ABSCOPAL_LIST_OPTIONS,    /* what `model_options` in a trial file may switch, and the preset's choice */
    ABSCOPAL_LIST_FLUXES      /* the reactions of one lesion and one drug, as abscopal_simulate can write them */
};

/* Text for people; CSV (RFC 4180, with a line of names) and JSON (an array of one object a row) for programs. */
enum abscopal_list_format { ABSCOPAL_LIST_TEXT, ABSCOPAL_LIST_CSV, ABSCOPAL_LIST_JSON };

/* Writes a list to an open file: name, unit, default, range, meaning and source as far as the thing has them;
 * docs/commands.md names the columns. `preset` is a model preset, NULL for nsclc or, of presets, for all. Returns
 * ABSCOPAL_BAD_INPUT (no such list, format or preset), ABSCOPAL_OUTPUT_FAILED or ABSCOPAL_NO_MEMORY. */
ABSCOPAL_API enum abscopal_status abscopal_list(enum abscopal_list_kind kind, enum abscopal_list_format format,
                                                const char *preset, FILE *file, struct abscopal_error *error);

/* Input files that have a schema. */
enum abscopal_schema_kind {
    ABSCOPAL_SCHEMA_TRIAL,
    ABSCOPAL_SCHEMA_COHORT,
    ABSCOPAL_SCHEMA_CALIBRATION,
    ABSCOPAL_SCHEMA_POPULATION,
    ABSCOPAL_SCHEMA_SWEEP,
    ABSCOPAL_SCHEMA_POWER
};

/* Writes a JSON Schema (draft 2020-12) to an open file, from the tables that the reader uses, so that editors complete
 * and check keys, names and numbers. What it accepts may still be refused: units and what keys mean together are for
 * abscopal_check_file. Returns ABSCOPAL_BAD_INPUT (no such schema), ABSCOPAL_OUTPUT_FAILED or ABSCOPAL_NO_MEMORY. */
ABSCOPAL_API enum abscopal_status abscopal_list_schema(enum abscopal_schema_kind kind, FILE *file,
                                                       struct abscopal_error *error);

#ifdef __cplusplus
}
#endif

#include "abscopal_arrays.h"
#include "abscopal_exchange.h"
#include "abscopal_fate.h"
#include "abscopal_files.h"
#include "abscopal_power.h"
#include "abscopal_reports.h"
#include "abscopal_sensitivity.h"
#include "abscopal_sweeps.h"
#include "abscopal_twin.h"
#include "abscopal_verify.h"

#endif
