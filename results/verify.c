/* Patients of a result file run again, and every value that the file has of them compared with what comes out. */
#include "results/verify.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "abscopal.h"
#include "cohorts/random_stream.h"
#include "protocols/error.h"
#include "results/hdf5_results.h"
#include "results/maker.h"
#include "results/verify_compare.h"
#include "trial/engine.h"

enum { USUAL_PATIENTS = 20 };

struct verifier {
    const struct abscopal_verify_options *options;
    struct hdf5_reader reader;
    struct abscopal_results *results; /* of the file */
    size_t *rows;                     /* [row_count] in the file, ascending */
    uint64_t *patients;               /* [row_count] their numbers */
    size_t row_count;
    struct abscopal_results **runs; /* [run_count]: one of all patients of the file, or one of each row */
    size_t run_count;
    struct abscopal_verification *verification;
};

static void no_memory(struct verifier *verifier)
{
    if (verifier->reader.status == ABSCOPAL_OK)
        verifier->reader.status = error_no_memory(verifier->reader.error);
}

static bool is_good(const struct verifier *verifier)
{
    return verifier->reader.status == ABSCOPAL_OK;
}

/* ---- Which patients --------------------------------------------------------------------------------- */

static void row_find(struct verifier *verifier, uint64_t patient)
{
    const struct abscopal_results *results = verifier->results;
    size_t row = 0;
    while (row < results->patient_count && results->patients[row].patient.id != patient)
        row++;
    if (row == results->patient_count)
        reader_fail(&verifier->reader, "has no patient %" PRIu64 "; it holds %" PRIu64 " to %" PRIu64, patient,
                    results->patients[0].patient.id, results->patients[row - 1].patient.id);
    verifier->rows[0] = row;
    verifier->row_count = 1;
}

/* A simple random sample in order: Fan, Muller and Rezucha 1962 (doi:10.1080/01621459.1962.10480667), which is
 * selection sampling, algorithm S of Knuth's The Art of Computer Programming, 3.4.2. Keyed by (seed, row). */
static void rows_draw(struct verifier *verifier, size_t wanted)
{
    const size_t count = verifier->results->patient_count;
    for (size_t row = 0; row < count && verifier->row_count < wanted; row++) {
        const uint64_t place[4] = {row, random_name_hash("verify"), 0, 0};
        uint64_t block[4];
        random_block(verifier->options->seed, RANDOM_DRAW, place, block);
        if (random_fraction(block[0]) * (double)(count - row) < (double)(wanted - verifier->row_count))
            verifier->rows[verifier->row_count++] = row;
    }
}

static void rows_choose(struct verifier *verifier)
{
    const size_t asked = verifier->options->patients > 0 ? verifier->options->patients : USUAL_PATIENTS;
    const size_t count = verifier->results->patient_count, wanted = asked < count ? asked : count;
    verifier->rows = calloc(wanted, sizeof *verifier->rows);
    if (verifier->rows == NULL)
        no_memory(verifier);
    else if (verifier->options->only_patient > 0)
        row_find(verifier, verifier->options->only_patient);
    else
        rows_draw(verifier, wanted);
    verifier->patients = is_good(verifier) ? calloc(verifier->row_count + 1, sizeof *verifier->patients) : NULL;
    if (verifier->patients == NULL)
        no_memory(verifier);
    for (size_t i = 0; verifier->rows != NULL && verifier->patients != NULL && i < verifier->row_count; i++)
        verifier->patients[i] = verifier->results->patients[verifier->rows[i]].patient.id;
}

/* ---- The cohort's weights --------------------------------------------------------------------------- */

/* Puts the weights that the file has into the cohort, which the trial's texts leave without. Patients who are not in
 * the file matter only where others decide on a patient's arm. */
static void weights_take(struct verifier *verifier)
{
    const struct abscopal_results *results = verifier->results;
    struct abscopal_trial *trial = results->origin->trial;
    struct population *population = &trial->cohort.population;
    if (results->weights == NULL || !trial->has_cohort)
        return;
    const uint64_t largest = results->patients[results->patient_count - 1].patient.id;
    if (largest != results->patient_count && trial->file.allocation.disjoint)
        reader_fail(&verifier->reader,
                    "cannot be run again: patients are randomised among those with weights, and those "
                    "of some are not in the file");
    population->weights = is_good(verifier) ? calloc((size_t)largest, sizeof *population->weights) : NULL;
    if (population->weights == NULL) {
        no_memory(verifier);
        return;
    }
    population->patients = (size_t)largest;
    for (size_t i = 0; i < results->patient_count; i++)
        population->weights[results->patients[i].patient.id - 1] = results->weights[i];
    verifier->verification->weighted = true;
}

/* ---- Running ---------------------------------------------------------------------------------------- */

struct progress_share {
    const struct verifier *verifier;
    size_t finished;        /* of the runs before */
    double seconds, latest; /* of these, and of the one at hand */
};

static int progress_pass(size_t finished, size_t total, double seconds, void *context)
{
    struct progress_share *share = context;
    const struct verifier *verifier = share->verifier;
    (void)total;
    share->latest = seconds;
    return verifier->options->progress(share->finished + finished,
                                       verifier->row_count * (1 + verifier->results->arm_count),
                                       share->seconds + seconds, verifier->options->progress_context);
}

/* Days between those of the file's courses; 0 without. */
static double courses_every(const struct abscopal_results *results)
{
    return results->course_count > 1    ? results->course_days[1] - results->course_days[0]
           : results->course_count == 1 ? 2 * fmax(results->trial->file.until_days, 1)
                                        : 0;
}

/* One patient, or with 0 all of a file that has all. */
static void patient_run(struct verifier *verifier, uint64_t patient, struct progress_share *share)
{
    const struct abscopal_results *results = verifier->results;
    const struct abscopal_run_options options = {.patients = results->sampled_count,
                                                 .seed = (int64_t)results->seed,
                                                 .threads = verifier->options->threads,
                                                 .only_patient = (int64_t)patient,
                                                 .relative_tolerance = results->relative_tolerance,
                                                 .engine = results->engine,
                                                 .course_every_days = courses_every(results),
                                                 .progress = verifier->options->progress != NULL ? progress_pass : NULL,
                                                 .progress_context = share};
    struct abscopal_results *run =
        virtual_trial_run(results->trial, &options, USUAL_BLOCK_PATIENTS, verifier->reader.error);
    if (run == NULL) {
        verifier->reader.status = verifier->reader.error->status;
        return;
    }
    verifier->runs[verifier->run_count++] = run;
    share->finished += run->patient_count * (1 + run->arm_count);
    share->seconds += share->latest;
    if (run->course_count != results->course_count ||
        (run->course_count > 0 &&
         memcmp(run->course_days, results->course_days, run->course_count * sizeof *run->course_days) != 0))
        reader_fail(&verifier->reader, "has courses on days that no run of abscopal has: was it changed?");
}

/* All at once where all are asked for: lanes are full then. */
static void rows_run(struct verifier *verifier)
{
    const struct abscopal_results *results = verifier->results;
    struct progress_share share = {.verifier = verifier};
    const bool all = verifier->row_count == results->patient_count &&
                     results->patients[results->patient_count - 1].patient.id == results->patient_count &&
                     results->sampled_count == results->patient_count;
    verifier->runs = calloc(all ? 1 : verifier->row_count + 1, sizeof *verifier->runs);
    if (verifier->runs == NULL)
        no_memory(verifier);
    for (size_t i = 0; is_good(verifier) && i < (all ? 1 : verifier->row_count); i++)
        patient_run(verifier, all ? 0 : verifier->patients[i], &share);
}

/* ---- Comparing -------------------------------------------------------------------------------------- */

/* What a variable has in one arm, run again: of each row. To be freed; NULL without memory. */
static char *arm_again(struct verifier *verifier, const struct result_variable *variable, size_t arm)
{
    const struct abscopal_results *results = verifier->results;
    const size_t bytes = shape_row_values(results, variable->shape) * value_size(variable->type);
    const bool all = verifier->run_count == 1 && verifier->runs[0]->patient_count == results->patient_count;
    char *again = is_good(verifier) ? malloc(verifier->row_count * bytes + 1) : NULL;
    if (again == NULL)
        no_memory(verifier);
    for (size_t i = 0; again != NULL && i < verifier->row_count; i++)
        variable->fill(verifier->runs[all ? 0 : i], arm, all ? verifier->rows[i] : 0, again + i * bytes);
    return again;
}

/* The same as the file has it. `texts` are all of a text variable; then these are borrowed. */
static char *arm_stored(struct verifier *verifier, const struct result_variable *variable, size_t arm, char **texts)
{
    const struct abscopal_results *results = verifier->results;
    const size_t bytes = shape_row_values(results, variable->shape) * value_size(variable->type);
    char *all = texts == NULL ? reader_numbers(&verifier->reader, variable, arm)
                              : (char *)(texts + arm * results->patient_count * bytes / sizeof *texts);
    char *stored = all != NULL ? malloc(verifier->row_count * bytes + 1) : NULL;
    if (stored == NULL && is_good(verifier))
        no_memory(verifier);
    for (size_t i = 0; stored != NULL && i < verifier->row_count; i++)
        memcpy(stored + i * bytes, all + verifier->rows[i] * bytes, bytes);
    if (texts == NULL)
        free(all);
    return stored;
}

static void arm_compare(struct verifier *verifier, struct verified_variable *verified, size_t arm, char **texts)
{
    const struct result_variable *variable = verified->variable;
    char *again = arm_again(verifier, variable, arm), *stored = arm_stored(verifier, variable, arm, texts);
    const struct verified_rows rows = {.stored = stored,
                                       .again = again,
                                       .patients = verifier->patients,
                                       .count = verifier->row_count,
                                       .values = shape_row_values(verifier->results, variable->shape),
                                       .arm = shape_has(variable->shape, DIMENSION_ARM) ? arm : SIZE_MAX};
    if (is_good(verifier) && !verify_rows(verified, &rows))
        no_memory(verifier);
    free(stored);
    free(again);
}

static void variable_compare(struct verifier *verifier, struct verified_variable *verified)
{
    const struct result_variable *variable = verified->variable;
    const size_t arms = shape_has(variable->shape, DIMENSION_ARM) ? verifier->results->arm_count : 1;
    char **texts = variable->type == VALUE_TEXT ? reader_texts(&verifier->reader, variable->name) : NULL;
    for (size_t arm = 0; is_good(verifier) && arm < arms; arm++)
        arm_compare(verifier, verified, arm, texts);
    reader_texts_free(texts);
}

static void variables_compare(struct verifier *verifier)
{
    struct abscopal_verification *verification = verifier->verification;
    size_t count;
    const struct result_variable *variables = result_variables(&count);
    verification->variables = is_good(verifier) ? calloc(count, sizeof *verification->variables) : NULL;
    if (verification->variables == NULL)
        no_memory(verifier);
    for (size_t i = 0; verification->variables != NULL && is_good(verifier) && i < count; i++) {
        const struct result_variable *variable = &variables[i];
        if (!shape_has(variable->shape, DIMENSION_PATIENT) || !shape_is_there(verifier->results, variable->shape))
            continue;
        const double tolerance = verification->same_program ? 0 : verify_tolerance(variable, verification->tolerance);
        struct verified_variable *verified = &verification->variables[verification->variable_count++];
        *verified = (struct verified_variable){.variable = variable, .tolerance = tolerance};
        variable_compare(verifier, verified);
    }
}

/* ---- The file --------------------------------------------------------------------------------------- */

static bool makers_are_same(const struct results_maker *a, const struct results_maker *b)
{
    return strcmp(a->version, b->version) == 0 && strcmp(a->commit, b->commit) == 0 &&
           strcmp(a->compiler, b->compiler) == 0 && strcmp(a->sundials, b->sundials) == 0 &&
           strcmp(a->hdf5, b->hdf5) == 0;
}

static char **arm_names(const struct abscopal_results *results)
{
    char **names = calloc(results->arm_count + 1, sizeof *names);
    for (size_t arm = 0; names != NULL && arm < results->arm_count; arm++)
        names[arm] = strdup(results->trial->file.arms[arm].name);
    return names;
}

/* Whose file it is, and who we are. */
static void verification_begin(struct verifier *verifier)
{
    const struct abscopal_results *results = verifier->results;
    struct abscopal_verification *verification = calloc(1, sizeof *verification);
    verifier->verification = verification;
    if (verification == NULL) {
        no_memory(verifier);
        return;
    }
    *verification = (struct abscopal_verification){
        .path = strdup(verifier->reader.path),
        .arms = arm_names(results),
        .stored_count = results->patient_count,
        .arm_count = results->arm_count,
        .stored = results->origin->maker,
        .own = results_maker_of(NULL),
        .instructions = {"", ""},
        .lanes = {results->lanes, engine_lane_count(results->engine)},
        .tolerance = verify_builds_tolerance(results->engine, results->relative_tolerance)};
    snprintf(verification->instructions[0], sizeof verification->instructions[0], "%s", results->instructions);
    snprintf(verification->instructions[1], sizeof verification->instructions[1], "%s",
             engine_instructions(results->engine));
    verification->same_program = makers_are_same(&verification->stored, &verification->own) &&
                                 verification->lanes[0] == verification->lanes[1] &&
                                 strcmp(results->instructions, verification->instructions[1]) == 0;
    if (verification->path == NULL || verification->arms == NULL)
        no_memory(verifier);
}

static void verify(struct verifier *verifier)
{
    verification_begin(verifier);
    if (is_good(verifier))
        rows_choose(verifier);
    if (is_good(verifier))
        weights_take(verifier);
    if (is_good(verifier))
        rows_run(verifier);
    if (is_good(verifier))
        variables_compare(verifier);
    if (is_good(verifier))
        verifier->verification->patient_count = verifier->row_count;
}

abscopal_verification *abscopal_verify(const char *path, const struct abscopal_verify_options *options,
                                       struct abscopal_error *error)
{
    static const struct abscopal_verify_options defaults = {.patients = USUAL_PATIENTS};
    struct abscopal_error unasked = {0};
    struct verifier verifier = {.options = options != NULL ? options : &defaults};
    reader_open(&verifier.reader, path, error != NULL ? error : &unasked);
    verifier.results = hdf5_results_read(&verifier.reader);
    if (verifier.results != NULL)
        verify(&verifier);
    reader_close(&verifier.reader);
    for (size_t i = 0; i < verifier.run_count; i++)
        abscopal_results_free(verifier.runs[i]);
    free(verifier.runs);
    free(verifier.rows);
    free(verifier.patients);
    abscopal_results_free(verifier.results);
    if (is_good(&verifier))
        return verifier.verification;
    abscopal_verification_free(verifier.verification);
    return NULL;
}

void abscopal_verification_free(abscopal_verification *verification)
{
    if (verification == NULL)
        return;
    for (size_t arm = 0; verification->arms != NULL && arm < verification->arm_count; arm++)
        free(verification->arms[arm]);
    free(verification->arms);
    free(verification->path);
    free(verification->variables);
    free(verification);
}
