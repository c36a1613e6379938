#include "hdf5_files.h"

#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>

#include "abscopal.h"
#include "fuzz.h"

static const char trial_text[] =
    "name: t\nmodel: nsclc\ncohort: cohort.yaml\nuntil: 20 d\nimaging: {every: 10 d}\narms:\n"
    "- {name: one, treatments: [{id: drug, drug: nivolumab, dose: 240 mg, start: 0 d, every: 7 d, for: 14 d}]}\n"
    "- {name: two, treatments: [{id: rt, radiotherapy: 8 Gy, fractions: 3, start: 0 d, every: 2 d, lesions: "
    "largest}]}\n";

static const char published_text[] = "name: p\nmodel: qspio-nsclc-2020\nuntil: 20 d\nimaging: {every: 10 d}\narms:\n"
                                     "- {name: one, treatments: [{drug: nivolumab, dose: 240 mg, start: 0 d}]}\n";

static const char sweep_text[] = "name: s\ntrial: trial.yaml\npatients: 3\nseed: 1\narm: two\nreference: one\n"
                                 "vary:\n- {name: dose, set: treatments/rt/radiotherapy, values: [2 Gy, 8 Gy]}\n"
                                 "endpoints: [best_response_rate, mean_change]\n";

static void give_up(const struct abscopal_error *error)
{
    fprintf(stderr, "%s: %s\n", error->file, error->message);
    abort();
}

static const char *text_file(const char *name, const char *text, size_t size)
{
    return fuzz_file(name, (const uint8_t *)text, size - 1);
}

static void results_make(const char *trial_path, const char *path)
{
    struct abscopal_run_options options = {.seed = -1, .threads = 1, .course_every_days = 10};
    struct abscopal_error error = {0};
    abscopal_trial *trial = abscopal_trial_read(trial_path, &error);
    if (trial == NULL)
        give_up(&error);
    options.patients = abscopal_trial_patient_count(trial) > 1 ? 3 : 0;
    abscopal_results *results = abscopal_run(trial, &options, &error);
    if (results == NULL || abscopal_results_write_hdf5(results, path, &error) != ABSCOPAL_OK)
        give_up(&error);
    abscopal_results_free(results);
    abscopal_trial_free(trial);
}

static void sweep_make(const char *sweep_path, const char *path)
{
    const struct abscopal_sweep_options options = {.seed = -1, .threads = 1};
    struct abscopal_error error = {0};
    abscopal_sweep *sweep = abscopal_sweep_run(sweep_path, &options, &error);
    if (sweep == NULL || abscopal_sweep_write_hdf5(sweep, path, &error) != ABSCOPAL_OK)
        give_up(&error);
    abscopal_sweep_free(sweep);
}

/* The file's bytes, which stay until the end. */
static uint8_t *bytes_read(const char *path, size_t *size)
{
    enum { MOST_BYTES = 1 << 20 };
    uint8_t *bytes = malloc(MOST_BYTES);
    FILE *file = fopen(path, "rb");
    if (bytes == NULL || file == NULL)
        abort();
    *size = fread(bytes, 1, MOST_BYTES, file);
    fclose(file);
    return bytes;
}

const uint8_t *hdf5_base_bytes(enum hdf5_base base, size_t *size)
{
    static uint8_t *bases[HDF5_BASE_COUNT];
    static size_t sizes[HDF5_BASE_COUNT];
    if (bases[base] == NULL) {
        fuzz_file_of_source("made/cohort.yaml", "tests/data/cli-cohort.yaml");
        const char *trial = text_file("made/trial.yaml", trial_text, sizeof trial_text);
        const char *published = text_file("made/published.yaml", published_text, sizeof published_text);
        const char *sweep = text_file("made/sweep.yaml", sweep_text, sizeof sweep_text);
        const char *path = text_file("made/made.h5", "", 1);
        if (base == HDF5_SWEEP)
            sweep_make(sweep, path);
        else
            results_make(base == HDF5_TRIAL ? trial : published, path);
        bases[base] = bytes_read(path, &sizes[base]);
    }
    *size = sizes[base];
    return bases[base];
}

/* ---- Reading ---------------------------------------------------------------------------------------- */

static void report_show(abscopal_report *report)
{
    if (report != NULL)
        abscopal_report_write_json(report, "/dev/null", NULL);
    abscopal_report_free(report);
}

static void results_show(const abscopal_results *results, FILE *nowhere)
{
    struct abscopal_error error;
    abscopal_results_write_table(results, nowhere, &error);
    abscopal_results_write_failures(results, nowhere, &error);
    report_show(abscopal_report_of_trial(results, "a.h5", &error));
    report_show(abscopal_report_of_patient(results, "a.h5", 1, &error));
    report_show(abscopal_report_of_two(results, "a.h5", results, "b.h5", &error));
}

static void file_read(const char *path)
{
    static FILE *nowhere;
    struct abscopal_error error;
    if (nowhere == NULL)
        nowhere = fopen("/dev/null", "w");
    abscopal_results *results = abscopal_results_read_hdf5(path, &error);
    if (results != NULL)
        results_show(results, nowhere);
    abscopal_results_free(results);
    abscopal_sweep *sweep = abscopal_is_sweep_hdf5(path) ? abscopal_sweep_read_hdf5(path, &error) : NULL;
    if (sweep != NULL) {
        abscopal_sweep_write_table(sweep, nowhere, &error);
        report_show(abscopal_report_of_sweep(sweep, "a.h5", &error));
    }
    abscopal_sweep_free(sweep);
    abscopal_inspect_hdf5(path, 0, nowhere, &error);
    abscopal_inspect_hdf5(path, 1, nowhere, &error);
}

/* Memory that HDF5 loses by itself when it fails is not looked at; what we leave open is counted below. */
const char *__lsan_default_suppressions(void); /* NOLINT(bugprone-reserved-identifier,cert-dcl51-cpp,cert-dcl37-c) */

const char *__lsan_default_suppressions(void) /* NOLINT(bugprone-reserved-identifier,cert-dcl51-cpp,cert-dcl37-c) */
{
    return "leak:libhdf5";
}

void hdf5_file_read_all(const char *path)
{
    file_read(path);
    if (H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL) != 0) {
        fputs("something of a file is left open\n", stderr);
        abort();
    }
}
