/* abscopal_run_to_file, abscopal_run_blocks and abscopal_merge: patients in blocks, each kept as soon as it is there.
 */
#include <errno.h>
#include <libgen.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "protocols/error.h"
#include "results/blocks.h"
#include "results/hdf5_file.h"
#include "results/output.h"
#include "results/rows.h"
#include "trial/clock.h"

struct file_run {
    struct blocks blocks;
    struct parts parts; /* without a folder nothing is kept */
    const struct abscopal_run_options *options;
    const struct abscopal_file_options *file;
    struct abscopal_results *rows; /* NULL until the first block, or when they are not asked for */
    bool wants_rows;
    double started;
    size_t patients_done, patients_to_do; /* of those that have to be run here */
    size_t courses;                       /* of a patient */
    bool stop;                            /* after the block at hand */
};

static const struct abscopal_run_options usual_options = {.seed = -1};

/* ---- Progress --------------------------------------------------------------------------------------- */

/* Courses of the block as those of the whole. Whoever keeps blocks is not stopped within one. */
static int progress_pass(size_t finished, size_t total, double seconds, void *context)
{
    struct file_run *run = context;
    (void)total, (void)seconds;
    if (run->options->progress == NULL)
        return 0;
    if (run->options->progress(run->patients_done * run->courses + finished, run->patients_to_do * run->courses,
                               clock_seconds() - run->started, run->options->progress_context) != 0)
        run->stop = true;
    return run->stop && run->parts.folder == NULL;
}

/* ---- The estimate ----------------------------------------------------------------------------------- */

/* Of the file of results of some patients: bytes that grow with their number, and those that do not. */
static void image_bytes(const struct abscopal_results *results, size_t block_patients, double *patients, double *rest)
{
    struct results_file file;
    size_t size = 0;
    results_file_open(&file, results, block_patients, -1);
    results_file_append(&file, results, 0, results->patient_count);
    free(results_file_image(&file, &size));
    const bool good = results_file_close(&file, NULL, NULL) == ABSCOPAL_OK;
    *patients = good ? file.patient_bytes : (double)NAN;
    *rest = (double)size - *patients;
}

/* Free in the folder of a file; NaN where that is not known. */
static double free_bytes(const char *path)
{
    struct statvfs disk;
    char *copy = path != NULL ? strdup(path) : NULL;
    const double bytes = copy != NULL && statvfs(dirname(copy), &disk) == 0
                             ? (double)disk.f_bavail * (double)disk.f_frsize
                             : (double)NAN;
    free(copy);
    return bytes;
}

/* Runs a few patients, a 64th of all, for what `patients_to_do` need in time and all of them on disk. The fewest fill
 * the lanes of two threads. */
static enum abscopal_status estimate_make(struct blocks blocks, size_t patients_to_do, const char *output,
                                          struct abscopal_run_estimate *estimate, struct abscopal_error *error)
{
    enum { FEWEST = 16, MOST = 64 };
    const size_t share = blocks.patients / MOST, wanted = share < FEWEST ? FEWEST : share < MOST ? share : MOST;
    *estimate = (struct abscopal_run_estimate){.patients = blocks.patients,
                                               .blocks = blocks.count,
                                               .measured = blocks.patients < wanted ? blocks.patients : wanted,
                                               .free = free_bytes(output)};
    blocks.options.progress = NULL;
    const double started = clock_seconds();
    struct abscopal_results *results = virtual_trial_run_some(blocks.trial, &blocks.options, blocks.first_id,
                                                              estimate->measured, &blocks.cursor, error);
    if (results == NULL)
        return error->status;
    double patients, rest;
    image_bytes(results, MOST, &patients, &rest);
    abscopal_results_free(results);
    const double measured = (double)estimate->measured;
    estimate->seconds = (clock_seconds() - started) * (double)patients_to_do / measured;
    estimate->bytes = rest + patients * (double)blocks.patients / measured;
    return ABSCOPAL_OK;
}

/* Before the first block of several. */
static enum abscopal_status estimate_tell(const struct file_run *run, struct abscopal_error *error)
{
    struct abscopal_run_estimate estimate;
    if (run->file->estimated == NULL || run->blocks.count < 2 || run->patients_to_do == 0)
        return ABSCOPAL_OK;
    const enum abscopal_status status =
        estimate_make(run->blocks, run->patients_to_do, run->file->output, &estimate, error);
    if (run->file->output == NULL)
        estimate.bytes = NAN;
    if (status == ABSCOPAL_OK)
        run->file->estimated(&estimate, run->file->estimated_context);
    return status;
}

enum abscopal_status abscopal_run_estimated(const abscopal_trial *trial, const struct abscopal_run_options *options,
                                            const struct abscopal_file_options *file,
                                            struct abscopal_run_estimate *estimate, struct abscopal_error *error)
{
    struct abscopal_error unasked;
    struct blocks blocks;
    error = error != NULL ? error : &unasked;
    const enum abscopal_status status =
        blocks_plan(&blocks, trial, options != NULL ? options : &usual_options, file->block_patients, error);
    return status == ABSCOPAL_OK ? estimate_make(blocks, blocks.patients, file->output, estimate, error) : status;
}

/* ---- Blocks ----------------------------------------------------------------------------------------- */

static enum abscopal_status rows_add(struct file_run *run, const struct abscopal_results *results, size_t block,
                                     struct abscopal_error *error)
{
    if (!run->wants_rows)
        return ABSCOPAL_OK;
    if (run->rows == NULL) {
        run->rows = rows_create(results, run->blocks.patients, run->parts.folder, error);
        if (run->rows == NULL)
            return error->status;
    }
    if (run->blocks.trial != NULL)
        run->rows->trial = run->blocks.trial;
    return rows_take(run->rows, results, block * run->blocks.size) ? ABSCOPAL_OK : error_no_memory(error);
}

/* What a part holds; NULL, with the error, when it is damaged or not of this run. */
static struct abscopal_results *part_read(const struct file_run *run, size_t block, struct abscopal_error *error)
{
    char *path = parts_path(&run->parts, block);
    if (path == NULL) {
        error_no_memory(error);
        return NULL;
    }
    struct abscopal_results *results = NULL;
    if (!parts_hold(&run->parts, block))
        error_set(error, ABSCOPAL_BAD_INPUT, path, 0, 0,
                  "is damaged, or not block %zu of this run; run its shard again, or go on with --resume", block);
    else
        results = abscopal_results_read_hdf5(path, error);
    if (results != NULL && (results->patient_count != blocks_patients(&run->blocks, block) ||
                            results->patients[0].patient.id != run->blocks.first_id + block * run->blocks.size ||
                            (run->rows != NULL && !rows_fit(run->rows, results)))) {
        error_set(error, ABSCOPAL_BAD_INPUT, path, 0, 0, "does not hold block %zu of this run", block);
        abscopal_results_free(results);
        results = NULL;
    }
    free(path);
    return results;
}

/* Whether the block is there; then its rows are taken. One that is damaged is run again. */
static bool block_find(struct file_run *run, size_t block, enum abscopal_status *status, struct abscopal_error *error)
{
    *status = ABSCOPAL_OK;
    if (!parts_have(&run->parts, block))
        return false;
    if (!run->wants_rows)
        return parts_hold(&run->parts, block);
    struct abscopal_error unread;
    struct abscopal_results *results = part_read(run, block, &unread);
    if (results != NULL)
        *status = rows_add(run, results, block, error);
    abscopal_results_free(results);
    return results != NULL;
}

static enum abscopal_status part_write(const struct file_run *run, const struct abscopal_results *results, size_t block,
                                       struct abscopal_error *error)
{
    char *path = parts_path(&run->parts, block), *seal = parts_seal(&run->parts, block);
    const enum abscopal_status status = path != NULL && seal != NULL
                                            ? results_file_write(results, run->blocks.size, path, seal, error)
                                            : error_no_memory(error);
    free(seal);
    free(path);
    return status;
}

/* A block that is not there. */
static enum abscopal_status block_make(struct file_run *run, size_t block, struct abscopal_error *error)
{
    struct abscopal_results *results = blocks_run(&run->blocks, block, error);
    if (results == NULL)
        return error->status;
    enum abscopal_status status = ABSCOPAL_OK;
    if (run->parts.folder != NULL)
        status = part_write(run, results, block, error);
    else if (run->blocks.count == 1 && run->file->output != NULL)
        status = results_file_write(results, run->blocks.size, run->file->output, NULL, error);
    if (status == ABSCOPAL_OK)
        status = rows_add(run, results, block, error);
    abscopal_results_free(results);
    run->patients_done += blocks_patients(&run->blocks, block);
    return status;
}

/* Which block is next, from `block` on, by itself or as claimed; the number of blocks when there is none. */
static size_t block_next(const struct file_run *run, size_t block)
{
    if (run->file->claim != NULL)
        return run->file->claim(run->blocks.count, run->file->claim_context);
    return block;
}

static size_t step_of(const struct file_run *run)
{
    return run->file->shards > 0 ? run->file->shards : 1;
}

static size_t first_of(const struct file_run *run)
{
    return run->file->shards > 0 ? run->file->shard - 1 : 0;
}

/* Takes what is there: found[block] tells of each, and patients_to_do how many are left. */
static enum abscopal_status blocks_find(struct file_run *run, bool *found, struct abscopal_error *error)
{
    enum abscopal_status status = ABSCOPAL_OK;
    for (size_t block = first_of(run); block < run->blocks.count && status == ABSCOPAL_OK; block += step_of(run)) {
        found[block] = run->parts.folder != NULL && block_find(run, block, &status, error);
        if (!found[block])
            run->patients_to_do += blocks_patients(&run->blocks, block);
    }
    return status;
}

static enum abscopal_status blocks_make(struct file_run *run, const bool *found, struct abscopal_error *error)
{
    enum abscopal_status status = ABSCOPAL_OK;
    size_t block = block_next(run, first_of(run));
    while (block < run->blocks.count && status == ABSCOPAL_OK) {
        if (!found[block])
            status = block_make(run, block, error);
        if (status == ABSCOPAL_OK && run->stop && run->patients_done < run->patients_to_do)
            status = error_set(error, ABSCOPAL_INTERRUPTED, NULL, 0, 0,
                               "stopped after %zu of %zu patients; what was finished is kept in %s",
                               run->blocks.patients - (run->patients_to_do - run->patients_done), run->blocks.patients,
                               run->parts.folder);
        if (status == ABSCOPAL_OK)
            block = block_next(run, block + step_of(run));
    }
    return status;
}

static enum abscopal_status blocks_all(struct file_run *run, struct abscopal_error *error)
{
    bool *found = calloc(run->blocks.count + 1, sizeof *found);
    if (found == NULL)
        return error_no_memory(error);
    enum abscopal_status status = blocks_find(run, found, error);
    if (status == ABSCOPAL_OK)
        status = estimate_tell(run, error);
    if (status == ABSCOPAL_OK)
        status = blocks_make(run, found, error);
    free(found);
    return status;
}

/* ---- The whole -------------------------------------------------------------------------------------- */

static enum abscopal_status output_check(const char *output, bool replace, struct abscopal_error *error)
{
    struct stat about;
    if (stat(output, &about) != 0)
        return ABSCOPAL_OK;
    if (!S_ISREG(about.st_mode))
        return error_set(error, ABSCOPAL_BAD_INPUT, output, 0, 0,
                         "is no ordinary file, in which alone results can be put together");
    if (!replace)
        return error_set(error, ABSCOPAL_BAD_INPUT, output, 0, 0,
                         "is there already; add --force to replace it, or name another file");
    return ABSCOPAL_OK;
}

/* Puts the file together from its parts, for which the rows stand. */
static enum abscopal_status assemble(const struct file_run *run, const char *path, struct abscopal_error *error)
{
    struct output output;
    struct results_file file;
    enum abscopal_status status = output_open_in(&output, path, run->parts.folder, error);
    if (status != ABSCOPAL_OK)
        return status;
    results_file_open(&file, run->rows, run->blocks.size, output.descriptor);
    for (size_t block = 0; block < run->blocks.count && !results_file_failed(&file); block++) {
        char *part = parts_path(&run->parts, block);
        if (part != NULL)
            results_file_append_file(&file, part, blocks_patients(&run->blocks, block));
        else
            status = error_no_memory(error);
        free(part);
    }
    const enum abscopal_status closed = results_file_close(&file, output.target, error);
    status = status == ABSCOPAL_OK ? closed : status;
    if (status == ABSCOPAL_OK)
        status = output_commit(&output, error);
    else
        output_discard(&output);
    if (status == ABSCOPAL_OK)
        parts_remove(&run->parts);
    return status;
}

static enum abscopal_status check_files(const struct abscopal_file_options *file, struct abscopal_error *error)
{
    if (file->shards > 0 ? file->shard < 1 || file->shard > file->shards : file->shard != 0)
        return error_set(error, ABSCOPAL_BAD_INPUT, NULL, 0, 0,
                         "there is no shard %zu of %zu; give one from 1 to their number", file->shard, file->shards);
    return file->output != NULL ? output_check(file->output, file->replace != 0, error) : ABSCOPAL_OK;
}

/* Plans the run and opens the folder of its parts, unless there is only one block. */
static enum abscopal_status run_begin(struct file_run *run, const struct abscopal_trial *trial, enum parts_use use,
                                      struct abscopal_error *error)
{
    enum abscopal_status status = check_files(run->file, error);
    if (status == ABSCOPAL_OK)
        status = blocks_plan(&run->blocks, trial, run->options, run->file->block_patients, error);
    if (status != ABSCOPAL_OK)
        return status;
    run->blocks.options.progress = progress_pass;
    run->blocks.options.progress_context = run;
    run->courses = 1 + trial->file.arm_count;
    run->parts = blocks_parts();
    if (run->file->output == NULL || (run->wants_rows && run->blocks.count == 1))
        return ABSCOPAL_OK;
    char *signature = blocks_signature(&run->blocks);
    if (signature == NULL)
        return error_no_memory(error);
    status = parts_open(&run->parts, run->file->output, signature, use, error);
    free(signature);
    return status;
}

abscopal_results *abscopal_run_to_file(const abscopal_trial *trial, const struct abscopal_run_options *options,
                                       const struct abscopal_file_options *file, struct abscopal_error *error)
{
    struct abscopal_error unasked;
    struct file_run run = {.options = options != NULL ? options : &usual_options,
                           .file = file,
                           .wants_rows = true,
                           .started = clock_seconds()};
    error = error != NULL ? error : &unasked;
    enum abscopal_status status = run_begin(&run, trial, file->resume ? PARTS_GO_ON : PARTS_BEGIN, error);
    if (status == ABSCOPAL_OK)
        status = blocks_all(&run, error);
    if (status == ABSCOPAL_OK && run.parts.folder != NULL)
        status = assemble(&run, file->output, error);
    if (status == ABSCOPAL_OK)
        run.rows->wall_seconds = clock_seconds() - run.started;
    parts_close(&run.parts);
    if (status == ABSCOPAL_OK)
        return run.rows;
    abscopal_results_free(run.rows);
    return NULL;
}

enum abscopal_status abscopal_run_blocks(const abscopal_trial *trial, const struct abscopal_run_options *options,
                                         const struct abscopal_file_options *file, struct abscopal_error *error)
{
    struct abscopal_error unasked;
    struct file_run run = {
        .options = options != NULL ? options : &usual_options, .file = file, .started = clock_seconds()};
    error = error != NULL ? error : &unasked;
    if (file->output == NULL)
        return error_set(error, ABSCOPAL_BAD_INPUT, NULL, 0, 0, "blocks for others need an output to be kept beside");
    enum abscopal_status status = run_begin(&run, trial, PARTS_GO_ON, error);
    if (status == ABSCOPAL_OK)
        status = blocks_all(&run, error);
    parts_close(&run.parts);
    return status;
}

/* ---- Merging ---------------------------------------------------------------------------------------- */

/* All blocks are there. */
static enum abscopal_status parts_check(const struct file_run *run, struct abscopal_error *error)
{
    size_t missing = 0, first = 0;
    for (size_t block = run->blocks.count; block-- > 0;)
        if (!parts_have(&run->parts, block))
            missing++, first = block;
    if (missing == 0)
        return ABSCOPAL_OK;
    return error_set(error, ABSCOPAL_BAD_INPUT, run->parts.folder, 0, 0,
                     "%zu of %zu blocks are missing, the first of them block %zu (patients %zu to %zu); run the shards "
                     "that have them, or go on with --resume",
                     missing, run->blocks.count, first, first * run->blocks.size + 1,
                     first * run->blocks.size + blocks_patients(&run->blocks, first));
}

static enum abscopal_status merge_plan(struct file_run *run, struct abscopal_error *error)
{
    const bool good = blocks_read_signature(run->parts.signature, &run->blocks.patients, &run->blocks.size);
    run->blocks.first_id = 1;
    if (!good)
        return error_set(error, ABSCOPAL_BAD_INPUT, run->parts.folder, 0, 0,
                         "the file 'signature' does not say how many patients and blocks there are");
    run->blocks.count = (run->blocks.patients + run->blocks.size - 1) / run->blocks.size;
    return parts_check(run, error);
}

static enum abscopal_status merge_read(struct file_run *run, struct abscopal_error *error)
{
    enum abscopal_status status = ABSCOPAL_OK;
    for (size_t block = 0; block < run->blocks.count && status == ABSCOPAL_OK; block++) {
        struct abscopal_results *results = part_read(run, block, error);
        status = results != NULL ? rows_add(run, results, block, error) : error->status;
        if (status == ABSCOPAL_OK && block == 0) { /* whose trial is that of the whole */
            run->rows->origin->trial = results->origin->trial;
            results->origin->trial = NULL;
        }
        abscopal_results_free(results);
    }
    return status;
}

abscopal_results *abscopal_merge(const char *output, int replace, struct abscopal_error *error)
{
    static const struct abscopal_file_options nothing;
    struct abscopal_error unasked;
    struct file_run run = {.file = &nothing, .options = &usual_options, .wants_rows = true, .parts = blocks_parts()};
    error = error != NULL ? error : &unasked;
    enum abscopal_status status = output_check(output, replace != 0, error);
    if (status == ABSCOPAL_OK)
        status = parts_open(&run.parts, output, NULL, PARTS_EXISTING, error);
    if (status == ABSCOPAL_OK)
        status = merge_plan(&run, error);
    if (status == ABSCOPAL_OK)
        status = merge_read(&run, error);
    if (status == ABSCOPAL_OK)
        status = assemble(&run, output, error);
    parts_close(&run.parts);
    if (status == ABSCOPAL_OK)
        return run.rows;
    abscopal_results_free(run.rows);
    return NULL;
}
