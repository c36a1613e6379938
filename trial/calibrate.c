#include "trial/calibrate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/error.h"
#include "protocols/vary.h"

/* Of the patients of a trial. */
static const double most_not_integrated = 0.01, least_plausible = 0.5;

enum { MOST_CHANGES = CALIBRATION_MOST_FREE * CALIBRATION_MOST_PLACES };

const char *calibrate_verdict_name(enum calibrate_verdict verdict)
{
    static const char *const names[CALIBRATE_VERDICTS] = {"good", "refused", "not integrated", "not plausible"};
    return names[verdict];
}

enum abscopal_status calibrator_open(struct calibrator *calibrator, const struct calibration *calibration,
                                     struct abscopal_error *error)
{
    *calibrator = (struct calibrator){.calibration = calibration};
    const size_t count = 1 + calibration->trial_count;
    calibrator->inputs = calloc(count, sizeof *calibrator->inputs);
    if (calibrator->inputs == NULL)
        return error_no_memory(error);
    enum abscopal_status status = ABSCOPAL_OK;
    for (size_t i = 0; i < count && status == ABSCOPAL_OK; i++) {
        const struct calibration_input *input = i == 0 ? &calibration->cohort : &calibration->trials[i - 1];
        status = yaml_read_text(input->path, input->text, &calibrator->inputs[i], error);
    }
    if (status != ABSCOPAL_OK)
        calibrator_close(calibrator);
    return status;
}

void calibrator_close(struct calibrator *calibrator)
{
    for (size_t i = 0; calibrator->inputs != NULL && i < 1 + calibrator->calibration->trial_count; i++)
        yaml_free(&calibrator->inputs[i]);
    free(calibrator->inputs);
    calibrator->inputs = NULL;
}

char *calibrator_text(const struct calibrator *calibrator, size_t input, const double *places,
                      struct abscopal_error *error)
{
    const struct calibration *calibration = calibrator->calibration;
    char problem[VARY_PROBLEM_SIZE] = "out of memory", *text = NULL;
    char(*numbers)[VARY_NUMBER_SIZE] = calloc(CALIBRATION_MOST_FREE, sizeof *numbers);
    struct vary_change *changes = calloc(MOST_CHANGES, sizeof *changes);
    size_t count = 0;
    for (size_t i = 0; numbers != NULL && changes != NULL && i < calibration->variable_count; i++) {
        const struct calibration_variable *variable = &calibration->variables[i];
        if (variable->input != input)
            continue;
        vary_number_text(calibration_value_at(variable, places[i]), variable->unit, numbers[i]);
        for (size_t j = 0; j < variable->path_count; j++)
            changes[count++] = (struct vary_change){variable->paths[j], numbers[i]};
    }
    if (numbers != NULL && changes != NULL)
        text = vary_text(&calibrator->inputs[input], changes, count, problem);
    free(numbers);
    free(changes);
    if (text == NULL && strcmp(problem, "out of memory") == 0)
        error_no_memory(error);
    else if (text == NULL)
        error_set(error, ABSCOPAL_BAD_INPUT, calibrator->inputs[input].path, 0, 0, "%s", problem);
    return text;
}

/* ---- Checking --------------------------------------------------------------------------------------- */

/* Whether the readers take all inputs at these places; otherwise what they say. */
static enum abscopal_status places_check(const struct calibrator *calibrator, const double *places,
                                         struct abscopal_error *error)
{
    const struct calibration *calibration = calibrator->calibration;
    char *cohort_text = calibrator_text(calibrator, 0, places, error);
    bool good = cohort_text != NULL;
    for (size_t i = 0; good && i < calibration->trial_count; i++) {
        char *text = calibrator_text(calibrator, 1 + i, places, error);
        struct abscopal_trial *trial = text != NULL ? trial_read_texts(calibration->trials[i].path, text,
                                                                       calibration->cohort.path, cohort_text, error)
                                                    : NULL;
        good = trial != NULL;
        abscopal_trial_free(trial);
        free(text);
    }
    free(cohort_text);
    return good ? ABSCOPAL_OK : error->status;
}

static enum abscopal_status range_check(const struct calibrator *calibrator, double *places, size_t index,
                                        struct abscopal_error *error)
{
    /* Between the bounds, a place at which no range of whole numbers has a whole one. */
    static const double checked[] = {0, 1, 0.381966};
    const struct calibration *calibration = calibrator->calibration;
    const struct calibration_variable *variable = &calibration->variables[index];
    const double start = places[index];
    for (size_t i = 0; i < sizeof checked / sizeof *checked; i++) {
        struct abscopal_error refusal = {.status = ABSCOPAL_OK};
        char said[sizeof refusal.file + ABSCOPAL_MESSAGE_SIZE + 32], number[VARY_NUMBER_SIZE];
        places[index] = checked[i];
        const enum abscopal_status status = places_check(calibrator, places, &refusal);
        if (status == ABSCOPAL_NO_MEMORY)
            return error_no_memory(error);
        vary_number_text(calibration_value_at(variable, checked[i]), variable->unit, number);
        if (status != ABSCOPAL_OK)
            return error_set(error, ABSCOPAL_BAD_INPUT, calibration->file.path, variable->line, variable->column,
                             "'%.64s' cannot be %.40s, which lies in its range: %.700s", variable->name, number,
                             abscopal_error_text(&refusal, said, sizeof said));
    }
    places[index] = start;
    return ABSCOPAL_OK;
}

/* Weights are of the patients of one cohort, and a fit tries many. */
static enum abscopal_status weights_check(const struct yaml_document *cohort, struct abscopal_error *error)
{
    const struct yaml_node *node = yaml_find(cohort->root, "population");
    if (node == NULL)
        return ABSCOPAL_OK;
    return error_set(error, ABSCOPAL_BAD_INPUT, cohort->path, node->line, node->column,
                     "a fit changes the cohort, and these weights are of the patients that it has now: remove "
                     "population:, fit the cohort, and weigh what comes of it");
}

enum abscopal_status calibration_check_ranges(const struct calibration *calibration, struct abscopal_error *error)
{
    struct calibrator calibrator;
    double places[CALIBRATION_MOST_FREE];
    enum abscopal_status status = calibrator_open(&calibrator, calibration, error);
    if (status != ABSCOPAL_OK)
        return status;
    for (size_t i = 0; i < calibration->variable_count; i++)
        places[i] = calibration_place_of(&calibration->variables[i], calibration->variables[i].start);
    status = weights_check(&calibrator.inputs[0], error);
    for (size_t i = 0; i < calibration->variable_count && status == ABSCOPAL_OK; i++)
        status = range_check(&calibrator, places, i, error);
    calibrator_close(&calibrator);
    return status;
}

/* ---- Running ---------------------------------------------------------------------------------------- */

/* Progress of one trial as that of the evaluation. */
struct progress_part {
    const struct calibrator *calibrator;
    size_t part, parts; /* trials are taken to be of one length */
};

static int progress_pass(size_t finished, size_t total, double seconds, void *context)
{
    const struct progress_part *part = context;
    return part->calibrator->progress(part->part * total + finished, part->parts * total, seconds,
                                      part->calibrator->progress_context);
}

static bool trial_is_named(const struct calibration *calibration, size_t trial)
{
    for (size_t i = 0; i < calibration->target_count; i++)
        if (calibration->targets[i].trial == trial)
            return true;
    return false;
}

/* What the patients of a run say of the evaluation. */
static void judge(const struct abscopal_results *results, struct calibrate_outcome *outcome)
{
    const size_t patients = results->patient_count;
    const size_t failed = abscopal_results_patient_count(results, ABSCOPAL_PATIENT_NOT_INTEGRATED);
    const size_t plausible =
        patients - failed - abscopal_results_patient_count(results, ABSCOPAL_PATIENT_NOT_PLAUSIBLE);
    if (plausible < outcome->plausible)
        outcome->plausible = plausible;
    if ((double)failed > most_not_integrated * (double)patients)
        outcome->verdict = VERDICT_NOT_INTEGRATED;
    else if ((double)plausible < least_plausible * (double)patients && outcome->verdict == VERDICT_GOOD)
        outcome->verdict = VERDICT_NOT_PLAUSIBLE;
}

static enum abscopal_status measure_all(const struct calibrator *calibrator, size_t index,
                                        const struct abscopal_results *results, double *simulated)
{
    const struct calibration *calibration = calibrator->calibration;
    enum abscopal_status status = ABSCOPAL_OK;
    for (size_t i = 0; i < calibration->target_count && status == ABSCOPAL_OK; i++)
        if (calibration->targets[i].trial == index)
            status = calibrator->measure(results, &calibration->targets[i], &simulated[i]);
    return status;
}

static enum abscopal_status trial_run(const struct calibrator *calibrator, struct progress_part *part, size_t index,
                                      const struct abscopal_trial *trial, const struct calibrate_population *population,
                                      struct calibrate_outcome *outcome, struct abscopal_error *error)
{
    const struct abscopal_run_options options = {
        .patients = population->patients,
        .seed = (int64_t)population->seed,
        .threads = calibrator->threads,
        .relative_tolerance = population->relative_tolerance,
        .engine = calibrator->engine,
        .progress = calibrator->progress != NULL ? progress_pass : NULL,
        .progress_context = part,
    };
    struct abscopal_error reason = {.status = ABSCOPAL_OK};
    struct abscopal_results *results = abscopal_run(trial, &options, &reason);
    if (results == NULL) {
        if (error != NULL)
            *error = reason;
        return reason.status;
    }
    judge(results, outcome);
    const enum abscopal_status status = measure_all(calibrator, index, results, outcome->simulated);
    abscopal_results_free(results);
    return status == ABSCOPAL_OK ? ABSCOPAL_OK : error_no_memory(error);
}

/* One trial of the evaluation. A refusal by the readers is a verdict. */
static enum abscopal_status trial_evaluate(const struct calibrator *calibrator, struct progress_part *part,
                                           size_t index, const char *cohort_text, const double *places,
                                           const struct calibrate_population *population,
                                           struct calibrate_outcome *outcome, struct abscopal_error *error)
{
    const struct calibration *calibration = calibrator->calibration;
    outcome->error = (struct abscopal_error){.status = ABSCOPAL_OK};
    char *text = calibrator_text(calibrator, 1 + index, places, &outcome->error);
    struct abscopal_trial *trial = text != NULL
                                       ? trial_read_texts(calibration->trials[index].path, text,
                                                          calibration->cohort.path, cohort_text, &outcome->error)
                                       : NULL;
    free(text);
    if (trial == NULL && outcome->error.status == ABSCOPAL_BAD_INPUT) {
        outcome->verdict = VERDICT_REFUSED;
        return ABSCOPAL_OK;
    }
    if (trial == NULL)
        return error_no_memory(error);
    const enum abscopal_status status = trial_run(calibrator, part, index, trial, population, outcome, error);
    abscopal_trial_free(trial);
    return status;
}

enum abscopal_status calibrator_evaluate(const struct calibrator *calibrator, const double *places,
                                         const struct calibrate_population *population,
                                         struct calibrate_outcome *outcome, struct abscopal_error *error)
{
    const struct calibration *calibration = calibrator->calibration;
    struct progress_part part = {.calibrator = calibrator};
    outcome->verdict = VERDICT_GOOD;
    outcome->plausible = population->patients;
    for (size_t i = 0; i < calibration->target_count; i++)
        outcome->simulated[i] = NAN;
    for (size_t i = 0; i < calibration->trial_count; i++)
        part.parts += trial_is_named(calibration, i);
    char *cohort_text = calibrator_text(calibrator, 0, places, &outcome->error);
    if (cohort_text == NULL && outcome->error.status != ABSCOPAL_BAD_INPUT)
        return error_no_memory(error);
    if (cohort_text == NULL)
        outcome->verdict = VERDICT_REFUSED;
    enum abscopal_status status = ABSCOPAL_OK;
    for (size_t i = 0; i < calibration->trial_count; i++) {
        if (status != ABSCOPAL_OK || outcome->verdict == VERDICT_REFUSED || !trial_is_named(calibration, i))
            continue;
        status = trial_evaluate(calibrator, &part, i, cohort_text, places, population, outcome, error);
        part.part++;
    }
    free(cohort_text);
    if (outcome->verdict == VERDICT_REFUSED)
        for (size_t i = 0; i < calibration->target_count; i++)
            outcome->simulated[i] = NAN;
    return status;
}
