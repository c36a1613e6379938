#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/mpi.h"
#include "cli/outcomes.h"
#include "cli/output.h"
#include "cli/progress.h"

struct settings {
    int64_t patients, seed, threads, only_patient, block, max_steps;
    double relative_tolerance, maximum_failures, course_every_days, max_seconds;
    enum abscopal_engine engine;
    const char *hdf5, *json, *shard;
    bool resume, force, dry_run, quiet;
};

/* Whole weeks that make about 60 days of courses, unless the command line says otherwise; 0, none, without a file
 * that could hold them. */
static double course_every_days(const abscopal_trial *trial, const struct settings *settings)
{
    const double week = 7, usual_count = 60;
    if (!settings->hdf5 && !settings->dry_run)
        return 0;
    if (settings->course_every_days >= 0)
        return settings->course_every_days;
    return week * ceil(abscopal_trial_until_days(trial) / usual_count / week);
}

/* ---- The estimate ----------------------------------------------------------------------------------- */

static void format_bytes(double bytes, char *text, size_t size)
{
    static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB"};
    int unit = 0;
    for (; bytes >= 1000 && unit < 4; unit++)
        bytes /= 1000;
    snprintf(text, size, "%.*f %s", unit > 0 && bytes < 10, bytes, units[unit]);
}

static void print_estimate(FILE *file, const struct abscopal_run_estimate *estimate)
{
    char bytes[32] = "", seconds[32], available[32];
    if (!isnan(estimate->bytes))
        format_bytes(estimate->bytes, bytes, sizeof bytes);
    progress_format_seconds(estimate->seconds, seconds, sizeof seconds);
    fprintf(file, "about %s%s%s for %zu patients in %zu %s, judged by %zu of them", seconds,
            bytes[0] != '\0' ? " and " : "", bytes, estimate->patients, estimate->blocks,
            estimate->blocks == 1 ? "block" : "blocks", estimate->measured);
    /* While the file is put together its parts are still there. */
    if (2 * estimate->bytes > estimate->free) {
        format_bytes(estimate->free, available, sizeof available);
        fprintf(file, "; the disk has only %s left, and twice the file is needed for a while", available);
    }
    fputc('\n', file);
}

static void tell_estimate(const struct abscopal_run_estimate *estimate, void *context)
{
    struct progress *progress = context;
    if (progress->quiet)
        return;
    progress_end(progress);
    print_estimate(stderr, estimate);
}

static enum exit_code dry_run(const abscopal_trial *trial, const struct abscopal_run_options *options,
                              const struct abscopal_file_options *file)
{
    struct abscopal_error error = {0};
    struct abscopal_run_estimate estimate;
    if (abscopal_run_estimated(trial, options, file, &estimate, &error) != ABSCOPAL_OK)
        return report_error(&error);
    print_estimate(stdout, &estimate);
    return EXIT_DONE;
}

/* ---- The run ---------------------------------------------------------------------------------------- */

static bool has_parts(const char *output)
{
    char folder[PATH_MAX];
    const int length = snprintf(folder, sizeof folder, "%s.parts", output);
    return length > 0 && (size_t)length < sizeof folder && access(folder, F_OK) == 0;
}

/* After one message. Says how to go on where there is something to go on with. */
static enum exit_code report_stopped(const struct abscopal_error *error, const char *path,
                                     const struct settings *settings)
{
    const enum exit_code code = report_error(error);
    if (error->status == ABSCOPAL_INTERRUPTED && settings->hdf5 && has_parts(settings->hdf5))
        fprintf(stderr, "abscopal run: to go on: abscopal run %s -o %s%s%s%s, with the same options\n", path,
                settings->hdf5, settings->shard ? " --shard " : " --resume", settings->shard ? settings->shard : "",
                settings->force ? " --force" : "");
    return code;
}

static enum exit_code run_shard(const abscopal_trial *trial, const char *path, const struct settings *settings,
                                const struct abscopal_run_options *options, const struct abscopal_file_options *file,
                                struct progress *progress)
{
    struct abscopal_error error = {0};
    const enum abscopal_status status = abscopal_run_blocks(trial, options, file, &error);
    progress_end(progress);
    if (status != ABSCOPAL_OK)
        return report_stopped(&error, path, settings);
    printf("shard %s is in %s.parts; once all are there: abscopal merge %s\n", settings->shard, settings->hdf5,
           settings->hdf5);
    return EXIT_DONE;
}

/* And frees the results. */
static enum exit_code tell_outcomes(abscopal_results *results, const struct settings *settings)
{
    const enum exit_code code =
        outcomes_tell("run", results, settings->json, settings->maximum_failures, settings->only_patient > 0);
    abscopal_results_free(results);
    return code;
}

static enum exit_code run_whole(const abscopal_trial *trial, const char *path, const struct settings *settings,
                                const struct abscopal_run_options *options, const struct abscopal_file_options *file,
                                struct progress *progress)
{
    struct abscopal_error error = {0};
    abscopal_results *results = abscopal_run_to_file(trial, options, file, &error);
    progress_end(progress);
    return results ? tell_outcomes(results, settings) : report_stopped(&error, path, settings);
}

/* With other processes; the leader puts together what all of them have run. */
static enum exit_code run_shared(struct ranks *ranks, const abscopal_trial *trial, const char *path,
                                 const struct settings *settings, const struct abscopal_run_options *options,
                                 const struct abscopal_file_options *file, struct progress *progress)
{
    struct abscopal_error error = {0};
    const enum abscopal_status status = ranks_run_blocks(ranks, trial, options, file, &error);
    progress_end(progress);
    if (!ranks_lead(ranks))
        return EXIT_DONE;
    if (status != ABSCOPAL_OK)
        return report_stopped(&error, path, settings);
    abscopal_results *results = abscopal_merge(settings->hdf5, settings->force, &error);
    return results ? tell_outcomes(results, settings) : report_error(&error);
}

static enum exit_code run(const char *path, const struct settings *settings, size_t shard, size_t shards,
                          struct ranks *ranks)
{
    struct abscopal_error error = {0};
    struct progress progress;
    abscopal_trial *trial = abscopal_trial_read(path, &error);
    if (!trial)
        return report_error(&error);
    progress_start(&progress, "courses", settings->quiet || settings->dry_run);
    const struct abscopal_run_options options = {
        .patients = (size_t)settings->patients,
        .seed = settings->seed,
        .threads = (int)settings->threads,
        .only_patient = settings->only_patient,
        .relative_tolerance = settings->relative_tolerance,
        .engine = settings->engine,
        .course_every_days = course_every_days(trial, settings),
        .max_steps = settings->max_steps,
        .max_seconds = settings->max_seconds,
        .progress = progress_update,
        .progress_context = &progress,
    };
    const struct abscopal_file_options file = {
        .output = settings->hdf5,
        .resume = settings->resume,
        .replace = settings->force,
        .block_patients = (size_t)settings->block,
        .shard = shard,
        .shards = shards,
        .estimated = tell_estimate,
        .estimated_context = &progress,
    };
    enum exit_code code;
    if (settings->dry_run)
        code = dry_run(trial, &options, &file);
    else if (shards > 0)
        code = run_shard(trial, path, settings, &options, &file, &progress);
    else if (ranks_count(ranks) > 1 && settings->only_patient == 0)
        code = run_shared(ranks, trial, path, settings, &options, &file, &progress);
    else
        code = run_whole(trial, path, settings, &options, &file, &progress);
    abscopal_trial_free(trial);
    return code;
}

#define MEMBER(name) offsetof(struct settings, name)

/* clang-format off */
static const struct option_row options[] = {
    {'n', "patients", "N", OPTION_INTEGER, MEMBER(patients), 1, 1e9,
     "patients to run (default: as many as the cohort file says)"},
    {.name = "seed", .member = MEMBER(seed)},
    {.name = "threads", .member = MEMBER(threads)},
    {'o', "output", "OUT.h5", OPTION_TEXT, MEMBER(hdf5), 0, 0,
     "write everything as HDF5, for netCDF-4 readers too; finished blocks of patients are kept in OUT.h5.parts meanwhile"},
    {0, "resume", NULL, OPTION_FLAG, MEMBER(resume), 0, 0,
     "go on with a run of that output that was stopped"},
    {0, "force", NULL, OPTION_FLAG, MEMBER(force), 0, 0,
     "replace OUT.h5 if it is there"},
    {0, "json", "FILE", OPTION_TEXT, MEMBER(json), 0, 0,
     "write the outcome table as JSON"},
    {0, "dry-run", NULL, OPTION_FLAG, MEMBER(dry_run), 0, 0,
     "only say how long it will take and how big OUT.h5 will be"},
    {0, "shard", "K/N", OPTION_TEXT, MEMBER(shard), 0, 0,
     "run the Kth of N shares of the blocks and leave them in OUT.h5.parts, for 'abscopal merge'"},
    {0, "block", "N", OPTION_INTEGER, MEMBER(block), 1, 65536,
     "patients of a block, a power of two (default: about an eighth of all, from 32 to 256)"},
    {'p', "patient", "K", OPTION_INTEGER, MEMBER(only_patient), 1, 1e9,
     "run only this patient, from 1, as it is in the whole cohort"},
    {.name = "rtol", .member = MEMBER(relative_tolerance)},
    {.name = "engine", .member = MEMBER(engine)},
    {0, "courses", "T", OPTION_DURATION_OR_OFF, MEMBER(course_every_days), 1e-4, 1e4,
     "time between days of the courses in OUT.h5, or off (default: a 60th of the trial, in whole weeks)"},
    {0, "max-failures", "P%", OPTION_PERCENT, MEMBER(maximum_failures), 0, 100,
     "patients not integrated beyond which the exit code is 3 (default: 1%)"},
    {.name = "max-steps", .member = MEMBER(max_steps)},
    {.name = "max-seconds", .member = MEMBER(max_seconds)},
    {.name = "quiet", .member = MEMBER(quiet)},
    {.name = "help"},
};
/* clang-format on */

static const struct command command = {
    .name = "run",
    .operands = "TRIAL",
    .summary = "Runs every arm of a trial with every patient of its cohort and prints the outcomes.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .examples = "  abscopal run protocols/nivolumab-rt-six-arms.yaml -n 50 -o outcomes.h5\n"
                "  abscopal run protocols/nivolumab-rt-six-arms.yaml -n 50 -o outcomes.h5 --resume\n"
                "  abscopal run protocols/nivolumab-rt-six-arms.yaml -n 100000 --dry-run",
};

/* "2/8". */
static bool read_shard(const char *text, size_t *shard, size_t *shards)
{
    char *end = NULL, *last = NULL;
    const long number = strtol(text, &end, 10), count = *end == '/' ? strtol(end + 1, &last, 10) : 0;
    *shard = (size_t)number;
    *shards = (size_t)count;
    return last && last != end + 1 && *last == '\0' && number >= 1 && number <= count && count <= 1000000000;
}

/* What options ask for together. False after a message. */
static bool agree(const struct settings *settings, size_t *shard, size_t *shards)
{
    const char *message = NULL;
    *shard = *shards = 0;
    if (settings->hdf5 && settings->json && strcmp(settings->hdf5, settings->json) == 0)
        message = "--output and --json name the same file: give them two";
    else if (settings->shard && !read_shard(settings->shard, shard, shards))
        message = "--shard takes the number of the share and how many there are, such as 2/8";
    else if (settings->resume && !settings->hdf5)
        message = "--resume needs --output, the file of the run that was stopped";
    else if (settings->shard && (!settings->hdf5 || settings->json || settings->only_patient > 0))
        message = "--shard needs --output, and goes neither with --json nor with --patient";
    if (message)
        fprintf(stderr, "abscopal run: %s\n", message);
    return !message;
}

static enum exit_code run_as_told(int argc, char **argv, struct ranks *ranks)
{
    struct settings settings = {.seed = -1, .maximum_failures = 0.01, .course_every_days = -1};
    enum exit_code code;
    size_t shard, shards;
    if (!options_accept(&command, argc, argv, &settings, &code))
        return code;
    const char *path = options_single_operand(&command, argc, argv);
    if (!path || !agree(&settings, &shard, &shards) ||
        !(settings.dry_run || ranks_allow(ranks, settings.hdf5, shards > 0)))
        return EXIT_BAD_INPUT;
    if ((settings.hdf5 && !output_can_be_written("run", settings.hdf5)) ||
        (settings.json && !output_can_be_written("run", settings.json)))
        return EXIT_OUTPUT_FAILED;
    return run(path, &settings, shard, shards, ranks);
}

enum exit_code command_run(int argc, char **argv)
{
    return ranks_run(argc, argv, run_as_told);
}
