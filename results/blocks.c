#include "results/blocks.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/error.h"
#include "results/digest.h"
#include "results/hdf5_file.h"
#include "results/maker.h"
#include "trial/engine.h"
#include "trial/patient.h"

enum { MOST_BLOCK_PATIENTS = 65536, MOST_PATIENTS = 1000000000 };

enum abscopal_status blocks_plan(struct blocks *blocks, const struct abscopal_trial *trial,
                                 const struct abscopal_run_options *options, size_t size, struct abscopal_error *error)
{
    *blocks = (struct blocks){.trial = trial, .options = *options, .first_id = 1};
    const enum abscopal_status status = virtual_trial_check(trial, options, error);
    if (status != ABSCOPAL_OK)
        return status;
    if (size > MOST_BLOCK_PATIENTS || (size & (size - 1)) != 0)
        return error_set(error, ABSCOPAL_BAD_INPUT, NULL, 0, 0,
                         "blocks cannot have %zu patients; give a power of two up to %d", size, MOST_BLOCK_PATIENTS);
    const size_t sampled = options->patients > 0 ? options->patients : abscopal_trial_patient_count(trial);
    blocks->options.patients = sampled;
    blocks->options.only_patient = 0;
    blocks->patients = options->only_patient > 0 ? 1 : sampled;
    if (options->only_patient > 0)
        blocks->first_id = (uint64_t)options->only_patient;
    blocks->size = size > 0 ? size : results_block_patients(blocks->patients);
    blocks->count = (blocks->patients + blocks->size - 1) / blocks->size;
    return ABSCOPAL_OK;
}

size_t blocks_patients(const struct blocks *blocks, size_t block)
{
    const size_t left = blocks->patients - block * blocks->size;
    return left < blocks->size ? left : blocks->size;
}

struct abscopal_results *blocks_run(struct blocks *blocks, size_t block, struct abscopal_error *error)
{
    return virtual_trial_run_some(blocks->trial, &blocks->options, blocks->first_id + block * blocks->size,
                                  blocks_patients(blocks, block), &blocks->cursor, error);
}

/* ---- The signature ---------------------------------------------------------------------------------- */

static void line_digest(FILE *text, const char *what, const char *content)
{
    char digest[DIGEST_SIZE];
    fprintf(text, "%s %s\n", what, digest_text(content != NULL ? content : "", digest));
}

/* Name, default, range and source of every parameter, state and drug. */
static bool write_model(FILE *text, const char *preset)
{
    static const enum abscopal_list_kind kinds[] = {ABSCOPAL_LIST_PARAMETERS, ABSCOPAL_LIST_STATES,
                                                    ABSCOPAL_LIST_DRUGS};
    char *content = NULL;
    size_t size = 0;
    FILE *list = open_memstream(&content, &size);
    bool good = list != NULL;
    for (size_t i = 0; good && i < sizeof kinds / sizeof kinds[0]; i++)
        good = abscopal_list(kinds[i], ABSCOPAL_LIST_CSV, preset, list, NULL) == ABSCOPAL_OK;
    good = list != NULL && fclose(list) == 0 && good;
    if (good) {
        fprintf(text, "model %s\n", preset);
        line_digest(text, "constants", content);
    }
    free(content);
    return good;
}

/* Who has no weight is not run. */
static bool write_weights(FILE *text, const struct blocks *blocks)
{
    const struct population *population = &blocks->trial->cohort.population;
    if (!blocks->trial->has_cohort || population->weights == NULL)
        return true;
    char *content = NULL;
    size_t size = 0;
    FILE *list = open_memstream(&content, &size);
    for (size_t i = 0; list != NULL && i < blocks->patients; i++)
        fprintf(list, "%a\n", population_weight(population, blocks->first_id + i));
    const bool good = list != NULL && fclose(list) == 0;
    if (good)
        line_digest(text, "weights", content);
    free(content);
    return good;
}

static void write_program(FILE *text, const struct blocks *blocks)
{
    const struct abscopal_results unread = {.origin = NULL};
    const struct results_maker maker = results_maker_of(&unread);
    const enum abscopal_engine engine = engine_chosen(blocks->options.engine);
    fprintf(text, "version %s\ncommit %s\ncompiler %s\nsundials %s\nhdf5 %s\n", maker.version, maker.commit,
            maker.compiler, maker.sundials, maker.hdf5);
    fprintf(text, "engine %s\ninstructions %s\nlanes %zu\n", abscopal_engine_name(engine), engine_instructions(engine),
            engine_lane_count(engine));
}

static void write_run(FILE *text, const struct blocks *blocks)
{
    const struct trial_file *file = &blocks->trial->file;
    const struct abscopal_run_options *options = &blocks->options;
    line_digest(text, "trial", file->text);
    line_digest(text, "cohort", blocks->trial->has_cohort ? blocks->trial->cohort.text : "");
    line_digest(text, "drugs", file->drug_text);
    for (size_t i = 0; i < file->files.count; i++)
        line_digest(text, file->files.items[i].name, file->files.items[i].text);
    fprintf(text, "patients %zu\nfirst %" PRIu64 "\nsampled %zu\nblock %zu\n", blocks->patients, blocks->first_id,
            options->patients, blocks->size);
    fprintf(text, "seed %" PRIu64 "\n", trial_seed(blocks->trial, options->seed));
    fprintf(text, "tolerance %.17g\ncourses %.17g\n", trial_relative_tolerance(options->relative_tolerance),
            options->course_every_days);
    fprintf(text, "steps %" PRId64 "\nseconds %.17g\n", options->max_steps, options->max_seconds);
}

char *blocks_signature(const struct blocks *blocks)
{
    char *content = NULL;
    size_t size = 0;
    FILE *text = open_memstream(&content, &size);
    if (text == NULL)
        return NULL;
    write_run(text, blocks);
    bool good = write_weights(text, blocks) && write_model(text, model_preset_name(blocks->trial->file.preset));
    write_program(text, blocks);
    good = !ferror(text) && good;
    if (fclose(text) == 0 && good)
        return content;
    free(content);
    return NULL;
}

/* The number of a line "NAME number"; 0 when there is none. */
static size_t signature_number(const char *signature, const char *name)
{
    const size_t length = strlen(name);
    for (const char *line = signature; line != NULL && *line != '\0'; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, name, length) == 0 && line[length] == ' ')
            return strtoull(line + length + 1, NULL, 10);
    }
    return 0;
}

bool blocks_read_signature(const char *signature, size_t *patients, size_t *size)
{
    *patients = signature_number(signature, "patients");
    *size = signature_number(signature, "block");
    return *patients > 0 && *patients <= MOST_PATIENTS && *size > 0 && (*size & (*size - 1)) == 0 &&
           *size <= MOST_BLOCK_PATIENTS;
}

struct parts blocks_parts(void)
{
    return (struct parts){.kind = "block", .work = "run", .ending = ".h5"};
}
