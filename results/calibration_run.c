#include "results/calibration_run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cohorts/calibration_covariance.h"
#include "cohorts/calibration_misfit.h"
#include "protocols/error.h"
#include "results/calibration_measure.h"
#include "trial/clock.h"
#include "trial/engine.h"

/* Of derivatives, to either side, as a share of the range: shares of some hundred patients are steps, and a smaller one
 * would see a single step or none. */
static const double difference = 0.04;

/* ---- Progress --------------------------------------------------------------------------------------- */

static int report(struct calibration_run *run)
{
    run->state.seconds = clock_seconds() - run->started;
    return run->options->progress != NULL ? run->options->progress(&run->state, run->options->progress_context) : 0;
}

static int evaluation_progress(size_t finished, size_t total, double seconds, void *context)
{
    struct calibration_run *run = context;
    (void)seconds;
    run->state.evaluation = total > 0 ? (double)finished / (double)total : 0;
    return report(run);
}

/* ---- One evaluation --------------------------------------------------------------------------------- */

/* Runs what the record asks for. */
static enum abscopal_status evaluate_now(struct calibration_run *run, const struct calibrate_population *population,
                                         struct calibration_record *record)
{
    struct calibrate_outcome outcome = {.simulated = record->simulated};
    const enum abscopal_status status =
        calibrator_evaluate(&run->calibrator, record->places, population, &outcome, &run->error);
    if (status != ABSCOPAL_OK)
        return status;
    record->verdict = outcome.verdict;
    record->plausible = outcome.plausible;
    record->objective = outcome.verdict == VERDICT_GOOD
                            ? calibration_objective(run->calibrator.calibration, record->places, record->simulated)
                            : calibration_penalty();
    if (run->state.evaluations == 0)
        run->start_error = outcome.error;
    return ABSCOPAL_OK;
}

enum abscopal_status calibration_run_evaluate(struct calibration_run *run, const char *stage,
                                              const struct calibrate_population *population, const double *places,
                                              struct calibration_record *record)
{
    bool replayed = false;
    *record = (struct calibration_record){.stage = stage,
                                          .seed = population->seed,
                                          .patients = population->patients,
                                          .places = (double *)places,
                                          .simulated = record->simulated};
    run->state.evaluation = 0;
    enum abscopal_status status = calibration_log_replay(&run->log, record, &replayed, &run->error);
    if (status == ABSCOPAL_OK && !replayed)
        status = evaluate_now(run, population, record);
    if (status == ABSCOPAL_OK && !replayed)
        status = calibration_log_add(&run->log, record, &run->error);
    if (status != ABSCOPAL_OK)
        return status;
    run->state.evaluations++;
    run->state.replayed += replayed;
    return ABSCOPAL_OK;
}

/* ---- Search ----------------------------------------------------------------------------------------- */

/* The first evaluation is that of the start, from which something must come. */
static enum abscopal_status start_check(struct calibration_run *run, const struct calibration_record *record)
{
    const struct calibration *calibration = run->calibrator.calibration;
    run->start_verdict = record->verdict;
    if (record->verdict == VERDICT_REFUSED && run->start_error.status != ABSCOPAL_OK) {
        run->error = run->start_error;
        return ABSCOPAL_BAD_INPUT;
    }
    if (record->plausible == 0)
        return error_set(&run->error, ABSCOPAL_BAD_INPUT, calibration->cohort.path, 0, 0,
                         "none of %zu patients is plausible at the start, so there is nothing to begin from: start "
                         "nearer to patients whose tumours grow to their baseline",
                         calibration->patients);
    return ABSCOPAL_OK;
}

static bool search_evaluate(void *context, const double *places, double *objective)
{
    struct calibration_run *run = context;
    struct calibration_fit *fit = run->fit;
    const struct calibration *calibration = fit->calibration;
    const size_t size = calibration->target_count * sizeof *fit->simulated;
    const struct calibrate_population population = {calibration->patients, calibration->seed, calibration->tolerance};
    struct calibration_record record = {.simulated = run->simulated};
    const bool first = run->state.evaluations == 0;
    run->status = calibration_run_evaluate(run, "search", &population, places, &record);
    if (run->status == ABSCOPAL_OK && first)
        run->status = start_check(run, &record);
    if (run->status != ABSCOPAL_OK)
        return false;
    *objective = record.objective;
    fit->unusable += record.verdict != VERDICT_GOOD;
    if (first) {
        fit->start_objective = record.objective;
        memcpy(fit->start_simulated, record.simulated, size);
    }
    if (record.objective < run->state.best_objective) { /* as the search takes the best */
        run->state.best_objective = record.objective;
        fit->verdict = record.verdict;
        memcpy(fit->simulated, record.simulated, size);
    }
    if (report(run) == 0)
        return true;
    run->status = error_set(&run->error, ABSCOPAL_INTERRUPTED, NULL, 0, 0, "stopped after %zu evaluations",
                            run->state.evaluations);
    return false;
}

enum abscopal_status calibration_run_search(struct calibration_run *run)
{
    struct calibration_fit *fit = run->fit;
    const struct calibration *calibration = fit->calibration;
    const struct calibration_search search = {.n = calibration->variable_count,
                                              .start = fit->start_places,
                                              .global = calibration->global,
                                              .local = calibration->local,
                                              .global_evaluations = calibration->global_evaluations,
                                              .local_evaluations = calibration->local_evaluations,
                                              .stalled_after = calibration->stalled_after,
                                              .seed = calibration->seed,
                                              .evaluate = search_evaluate,
                                              .context = run};
    struct calibration_found found = {.places = fit->places};
    run->state.stage = "search";
    const enum abscopal_status status = calibration_search_run(&search, &found);
    if (run->status != ABSCOPAL_OK)
        return run->status;
    if (status != ABSCOPAL_OK)
        return error_no_memory(&run->error);
    fit->objective = found.objective;
    fit->search_evaluations = found.evaluations;
    fit->global_end = found.global_end;
    fit->local_end = found.local_end;
    return ABSCOPAL_OK;
}

/* ---- Sensitivities ---------------------------------------------------------------------------------- */

/* Misfits, times the roots of their weights, a step to one side of the fit; the step that there was room for. */
static enum abscopal_status misfits_beside(struct calibration_run *run, size_t variable, double side, double *misfits,
                                           double *step)
{
    const struct calibration *calibration = run->fit->calibration;
    const struct calibrate_population population = {calibration->patients, calibration->seed, calibration->tolerance};
    struct calibration_record record = {.simulated = run->simulated};
    double places[CALIBRATION_MOST_FREE];
    memcpy(places, run->fit->places, calibration->variable_count * sizeof *places);
    places[variable] = fmin(fmax(places[variable] + side * difference, 0), 1);
    *step = places[variable] - run->fit->places[variable];
    const enum abscopal_status status = calibration_run_evaluate(run, "sensitivity", &population, places, &record);
    for (size_t i = 0; status == ABSCOPAL_OK && i < calibration->target_count; i++) {
        const struct calibration_target *target = &calibration->targets[i];
        misfits[i] = record.verdict == VERDICT_GOOD && isfinite(record.simulated[i])
                         ? sqrt(target->weight) * calibration_misfit(target, record.simulated[i])
                         : (double)NAN;
    }
    return status;
}

static enum abscopal_status jacobian_fill(struct calibration_run *run, double *jacobian, double *above, double *below)
{
    const size_t n = run->fit->calibration->variable_count, m = run->fit->calibration->target_count;
    enum abscopal_status status = ABSCOPAL_OK;
    for (size_t j = 0; j < n && status == ABSCOPAL_OK; j++) {
        double up = 0, down = 0;
        status = misfits_beside(run, j, 1, above, &up);
        if (status == ABSCOPAL_OK)
            status = misfits_beside(run, j, -1, below, &down);
        for (size_t i = 0; i < m; i++)
            jacobian[i * n + j] = (above[i] - below[i]) / (up - down);
    }
    return status;
}

enum abscopal_status calibration_run_sensitivities(struct calibration_run *run)
{
    const struct calibration *calibration = run->fit->calibration;
    const size_t n = calibration->variable_count, m = calibration->target_count;
    double prior_sd[CALIBRATION_MOST_FREE];
    for (size_t j = 0; j < n; j++)
        prior_sd[j] = calibration->variables[j].prior_sd;
    run->state.stage = "sensitivities";
    double *memory = calloc(m * n + 2 * m, sizeof *memory);
    if (memory == NULL)
        return error_no_memory(&run->error);
    enum abscopal_status status = jacobian_fill(run, memory, memory + m * n, memory + m * n + m);
    if (status == ABSCOPAL_OK && calibration_covariance(memory, m, n, prior_sd, run->fit->covariance) != ABSCOPAL_OK)
        status = error_no_memory(&run->error);
    free(memory);
    return status;
}

enum abscopal_status calibration_run_fresh(struct calibration_run *run)
{
    struct calibration_fit *fit = run->fit;
    const struct calibration *calibration = fit->calibration;
    enum abscopal_status status = ABSCOPAL_OK;
    run->state.stage = "fresh seeds";
    for (size_t i = 0; i < calibration->fresh_count && status == ABSCOPAL_OK; i++) {
        const struct calibrate_population population = {calibration->fresh_patients, calibration->fresh_seeds[i],
                                                        calibration->fresh_tolerance};
        struct calibration_record record = {.simulated = fit->fresh + i * calibration->target_count};
        status = calibration_run_evaluate(run, "fresh", &population, fit->places, &record);
        fit->fresh_verdicts[i] = record.verdict;
    }
    fit->evaluations = run->state.evaluations;
    return status;
}

/* ---- Opening ---------------------------------------------------------------------------------------- */

static enum abscopal_status log_open(struct calibration_run *run, const struct calibration *calibration,
                                     struct abscopal_error *error)
{
    const struct abscopal_calibrate_options *options = run->options;
    char *path = NULL, *head = calibration_log_head(calibration, run->calibrator.inputs, options->engine);
    if (head == NULL || asprintf(&path, "%s/evaluations.csv", options->directory) < 0) {
        free(head);
        return error_no_memory(error);
    }
    const enum abscopal_status status = options->resume != 0
                                            ? calibration_log_resume(&run->log, calibration, path, head, error)
                                            : calibration_log_begin(&run->log, calibration, path, head, error);
    free(path);
    return status;
}

enum abscopal_status calibration_run_open(struct calibration_run *run, const struct calibration *calibration,
                                          const struct abscopal_calibrate_options *options, struct calibration_fit *fit,
                                          struct abscopal_error *error)
{
    *run = (struct calibration_run){.options = options, .fit = fit, .started = clock_seconds()};
    run->state.best_objective = HUGE_VAL;
    run->state.at_most = 1 + 2 * calibration->variable_count + calibration->fresh_count;
    run->state.at_most += calibration->global != GLOBAL_NONE ? (size_t)calibration->global_evaluations : 0;
    run->state.at_most += calibration->local != LOCAL_NONE ? (size_t)calibration->local_evaluations : 0;
    run->simulated = calloc(calibration->target_count, sizeof *run->simulated);
    if (run->simulated == NULL)
        return error_no_memory(error);
    enum abscopal_status status = calibrator_open(&run->calibrator, calibration, error);
    if (status == ABSCOPAL_OK) {
        run->calibrator.measure = calibration_measure;
        run->calibrator.threads = options->threads;
        run->calibrator.engine = options->engine;
        run->calibrator.progress = evaluation_progress;
        run->calibrator.progress_context = run;
        status = log_open(run, calibration, error);
        if (status != ABSCOPAL_OK)
            calibrator_close(&run->calibrator);
    }
    if (status != ABSCOPAL_OK)
        free(run->simulated);
    return status;
}

void calibration_run_close(struct calibration_run *run)
{
    calibration_log_close(&run->log);
    calibrator_close(&run->calibrator);
    free(run->simulated);
}
