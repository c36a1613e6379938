#include "trial/population_run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cohorts/population_weights.h"
#include "protocols/error.h"
#include "trial/largest_lesion.h"
#include "trial/virtual_trial.h"

/* ---- Quantities ------------------------------------------------------------------------------------- */

double population_quantity(const struct abscopal_results *results, size_t arm, size_t patient,
                           const struct plan_quantity *quantity)
{
    const struct patient_result *result = &results->patients[patient];
    const size_t row = results_row(results, arm, patient);
    switch (quantity->kind) {
    case PLAN_BASELINE_SUM_OF_DIAMETERS:
        return result->baseline_sum_of_diameters_mm;
    case PLAN_LARGEST_LESION_DIAMETER:
        return largest_lesion_diameter_mm(results, arm, patient);
    case PLAN_LESIONS:
        return result->patient.lesion_count;
    case PLAN_BODY_WEIGHT:
        return result->patient.body_weight_kg;
    case PLAN_BEST_CHANGE:
        return results->arms[row].outcome.best_change;
    case PLAN_LARGEST_LESION_CHANGE:
        return largest_lesion_change(results, arm, patient);
    case PLAN_RESPONSE:
        return results->arms[row].outcome.best_confirmed;
    case PLAN_PARAMETER:
        return parameter_get(&result->patient.parameters, quantity->parameter);
    }
    return NAN;
}

double population_distance(const struct plan_match *match, const double *shares)
{
    const enum plan_quantity_kind kind = match->quantities[0].kind;
    if (match->quantity_count > 1 || kind == PLAN_RESPONSE || kind == PLAN_LESIONS)
        return NAN;
    double distance = 0, difference = 0;
    for (size_t bin = 0; bin < match->cell_count; bin++) {
        difference += shares[bin] - match->shares[bin];
        distance = fmax(distance, fabs(difference));
    }
    return distance;
}

/* ---- Trials ----------------------------------------------------------------------------------------- */

/* At the match of a plan. */
static enum abscopal_status fail_at(const struct population_plan *plan, const struct plan_match *match,
                                    struct abscopal_error *error, const char *message)
{
    return error_set(error, ABSCOPAL_BAD_INPUT, plan->path, match->line, match->column, "%s", message);
}

/* The trial with the plan's cohort, where everybody is in all arms: weights are of what each patient would do. NULL
 * with the error. */
static abscopal_trial *trial_open(const struct population_plan *plan, size_t index, struct abscopal_error *error)
{
    abscopal_trial *trial = trial_read_with_cohort(plan->trials[index].path, plan->cohort_path, error);
    if (trial == NULL)
        return NULL;
    if (!trial->has_cohort) {
        error_set(error, ABSCOPAL_BAD_INPUT, plan->path, plan->trials[index].line, plan->trials[index].column,
                  "the trial '%.200s' starts from the published state and takes no cohort: name another",
                  plan->trials[index].name);
        abscopal_trial_free(trial);
        return NULL;
    }
    population_free(&trial->cohort.population);
    trial->file.allocation.disjoint = false;
    return trial;
}

/* The arm of the match; as many as there are arms, with the error, when there is none of its name. */
static size_t arm_find(const struct population_plan *plan, const struct plan_match *match, const abscopal_trial *trial,
                       struct abscopal_error *error)
{
    char message[512];
    size_t arm = 0;
    while (match->arm != NULL && arm < trial->file.arm_count && strcmp(trial->file.arms[arm].name, match->arm) != 0)
        arm++;
    snprintf(message, sizeof message, "the trial '%.100s' has no arm '%.100s'; its first is '%.100s'",
             plan->trials[match->trial].name, match->arm != NULL ? match->arm : "", trial->file.arms[0].name);
    if (arm == trial->file.arm_count)
        fail_at(plan, match, error, message);
    return arm;
}

/* What is known of all patients while trials are run: cells [match][patient], and who is a candidate. */
struct sighting {
    int *cells;
    bool *candidates;
};

static int cell_of(const struct abscopal_results *results, size_t arm, size_t patient, const struct plan_match *match)
{
    int cell = 0;
    for (size_t i = 0; i < match->quantity_count; i++) {
        const struct plan_quantity *quantity = &match->quantities[i];
        const int bin = plan_quantity_bin(quantity, population_quantity(results, arm, patient, quantity));
        if (bin < 0)
            return -1;
        cell = cell * (int)quantity->bin_count + bin;
    }
    return cell;
}

static enum abscopal_status see(const struct population_plan *plan, size_t index, const abscopal_trial *trial,
                                const struct abscopal_results *results, struct sighting *seen,
                                struct abscopal_error *error)
{
    for (size_t patient = 0; patient < plan->patients; patient++)
        seen->candidates[patient] =
            seen->candidates[patient] && results->patients[patient].status == ABSCOPAL_PATIENT_COMPLETED;
    for (size_t m = 0; m < plan->match_count; m++) {
        const struct plan_match *match = &plan->matches[m];
        if (match->trial != index)
            continue;
        const size_t arm = arm_find(plan, match, trial, error);
        if (arm == trial->file.arm_count)
            return ABSCOPAL_BAD_INPUT;
        for (size_t patient = 0; patient < plan->patients; patient++)
            seen->cells[m * plan->patients + patient] =
                seen->candidates[patient] ? cell_of(results, arm, patient, match) : -1;
    }
    return ABSCOPAL_OK;
}

static enum abscopal_status trial_run(abscopal_population *population, size_t index,
                                      const struct abscopal_run_options *options, struct sighting *seen,
                                      struct abscopal_error *error)
{
    const struct population_plan *plan = &population->plan;
    abscopal_trial *trial = trial_open(plan, index, error);
    if (trial == NULL)
        return ABSCOPAL_BAD_INPUT;
    population->weights.cohort = population_cohort_hash(trial->cohort.text);
    struct abscopal_run_options own = *options;
    own.patients = plan->patients;
    own.seed = (int64_t)plan->seed;
    enum abscopal_status status = ABSCOPAL_OK;
    for (size_t m = 0; m < plan->match_count && status == ABSCOPAL_OK; m++) /* before hours of running */
        if (plan->matches[m].trial == index && arm_find(plan, &plan->matches[m], trial, error) == trial->file.arm_count)
            status = ABSCOPAL_BAD_INPUT;
    abscopal_results *results = status == ABSCOPAL_OK ? abscopal_run(trial, &own, error) : NULL;
    status = results != NULL ? see(plan, index, trial, results, seen, error) : ABSCOPAL_BAD_INPUT;
    abscopal_results_free(results);
    abscopal_trial_free(trial);
    return status;
}

/* ---- Weights ---------------------------------------------------------------------------------------- */

static enum abscopal_status gather(abscopal_population *population, const struct sighting *seen,
                                   struct abscopal_error *error)
{
    const struct population_plan *plan = &population->plan;
    population->ids = calloc(plan->patients, sizeof *population->ids);
    population->matches = calloc(plan->match_count, sizeof *population->matches);
    if (population->ids == NULL || population->matches == NULL)
        return error_no_memory(error);
    for (size_t patient = 0; patient < plan->patients; patient++)
        if (seen->candidates[patient])
            population->ids[population->candidates++] = patient + 1;
    for (size_t m = 0; m < plan->match_count; m++) {
        struct population_match *match = &population->matches[m];
        match->bins = calloc(plan->patients, sizeof *match->bins);
        match->sample = calloc(plan->matches[m].cell_count, sizeof *match->sample);
        match->shares = calloc(plan->matches[m].cell_count, sizeof *match->shares);
        if (match->bins == NULL || match->sample == NULL || match->shares == NULL)
            return error_no_memory(error);
        for (size_t i = 0; i < population->candidates; i++)
            match->bins[i] = seen->cells[m * plan->patients + population->ids[i] - 1];
    }
    if (population->candidates == 0)
        return error_set(error, ABSCOPAL_BAD_INPUT, plan->path, 0, 0,
                         "none of %zu patients completed every arm of every trial: there is nobody to weigh",
                         plan->patients);
    return ABSCOPAL_OK;
}

static struct weights_target target_of(const abscopal_population *population, size_t match)
{
    return (struct weights_target){.bin_count = population->plan.matches[match].cell_count,
                                   .shares = population->plan.matches[match].shares,
                                   .bins = population->matches[match].bins};
}

static enum abscopal_status fail_in_bin(const abscopal_population *population, enum weights_result result,
                                        const struct weights_failure *failure, struct abscopal_error *error)
{
    const struct plan_match *match = &population->plan.matches[failure->target];
    char cell[256], message[768], names[128];
    snprintf(names, sizeof names, "%s%s%s", match->quantities[0].name, match->quantity_count > 1 ? " and " : "",
             match->quantity_count > 1 ? match->quantities[1].name : "");
    plan_match_cell_text(match, failure->bin, cell, sizeof cell);
    if (result == WEIGHTS_EMPTY_BIN)
        snprintf(message, sizeof message,
                 "the bin '%s' of %s is to have %.6g %%, but none of the %zu patients who are in bins with shares "
                 "everywhere is in it: widen it, take more patients, or a cohort that varies more",
                 cell, names, 100 * match->shares[failure->bin], population->candidates);
    else
        snprintf(message, sizeof message,
                 "no weights give all bins their shares: the bin '%s' of %s is to have %.6g %% and comes to %.6g %%. "
                 "Shares contradict each other, or hardly anybody is in two bins at once: take wider bins, fewer "
                 "matches or more patients",
                 cell, names, 100 * match->shares[failure->bin], 100 * failure->reached);
    return fail_at(&population->plan, match, error, message);
}

static enum abscopal_status accept(abscopal_population *population, double *weights, struct abscopal_error *error)
{
    double sum = 0;
    weights_accept(weights, population->ids, population->candidates, population->plan.seed);
    for (size_t i = 0; i < population->candidates; i++)
        sum += weights[i];
    return sum > 0 ? ABSCOPAL_OK
                   : error_set(error, ABSCOPAL_BAD_INPUT, population->plan.path, 0, 0,
                               "none of %zu patients was accepted: take more, or method: prevalence",
                               population->candidates);
}

static enum abscopal_status weigh(abscopal_population *population, struct abscopal_error *error)
{
    const struct population_plan *plan = &population->plan;
    struct weights_target targets[PLAN_MOST_MATCHES];
    double *const weights = malloc(population->candidates * sizeof *weights);
    population->weights.weights = calloc(plan->patients, sizeof *population->weights.weights);
    if (weights == NULL || population->weights.weights == NULL) {
        free(weights);
        return error_no_memory(error);
    }
    for (size_t i = 0; i < population->candidates; i++)
        weights[i] = 1;
    for (size_t m = 0; m < plan->match_count; m++) {
        targets[m] = target_of(population, m);
        weights_shares(&targets[m], weights, population->candidates, population->matches[m].sample);
    }
    enum weights_result result = WEIGHTS_FOUND;
    struct weights_failure failure;
    enum abscopal_status status =
        weights_prevalence(targets, plan->match_count, population->candidates, weights, &result, &failure);
    if (status != ABSCOPAL_OK)
        status = error_no_memory(error);
    else if (result != WEIGHTS_FOUND)
        status = fail_in_bin(population, result, &failure, error);
    for (size_t i = 0; i < population->candidates && status == ABSCOPAL_OK; i++)
        if (!(weights[i] >= 1e-9)) /* what a file of weights can hold */
            weights[i] = 0;
    if (status == ABSCOPAL_OK && plan->method == PLAN_ACCEPTANCE)
        status = accept(population, weights, error);
    for (size_t i = 0; i < population->candidates && status == ABSCOPAL_OK; i++) {
        population->weights.weights[population->ids[i] - 1] = weights[i];
        population->largest_weight = fmax(population->largest_weight, weights[i]);
    }
    for (size_t m = 0; m < plan->match_count && status == ABSCOPAL_OK; m++)
        weights_shares(&targets[m], weights, population->candidates, population->matches[m].shares);
    free(weights);
    return status;
}

/* ---- The whole -------------------------------------------------------------------------------------- */

static enum abscopal_status run_all(abscopal_population *population, const struct abscopal_run_options *options,
                                    struct abscopal_error *error)
{
    const struct population_plan *plan = &population->plan;
    struct sighting seen = {.cells = calloc(plan->match_count * plan->patients, sizeof *seen.cells),
                            .candidates = malloc(plan->patients * sizeof *seen.candidates)};
    if (seen.cells == NULL || seen.candidates == NULL) {
        free(seen.cells);
        free(seen.candidates);
        return error_no_memory(error);
    }
    enum abscopal_status status = ABSCOPAL_OK;
    for (size_t patient = 0; patient < plan->patients; patient++)
        seen.candidates[patient] = true;
    for (size_t index = 0; index < plan->trial_count && status == ABSCOPAL_OK; index++)
        status = trial_run(population, index, options, &seen, error);
    if (status == ABSCOPAL_OK)
        status = gather(population, &seen, error);
    free(seen.cells);
    free(seen.candidates);
    return status == ABSCOPAL_OK ? weigh(population, error) : status;
}

abscopal_population *abscopal_population_weigh(const char *path, const struct abscopal_run_options *options,
                                               struct abscopal_error *error)
{
    static const struct abscopal_run_options defaults = {.seed = -1};
    if (options == NULL)
        options = &defaults;
    if (options->patients > 0 || options->seed >= 0 || options->only_patient > 0) {
        error_set(error, ABSCOPAL_BAD_INPUT, path, 0, 0,
                  "patients and seed of a virtual population are those of its file: write them there");
        return NULL;
    }
    abscopal_population *population = calloc(1, sizeof *population);
    if (population == NULL) {
        error_no_memory(error);
        return NULL;
    }
    enum abscopal_status status = population_plan_read(path, &population->plan, error);
    population->weights.seed = population->plan.seed;
    population->weights.patients = population->plan.patients;
    if (status == ABSCOPAL_OK)
        status = run_all(population, options, error);
    if (status == ABSCOPAL_OK)
        return population;
    abscopal_population_free(population);
    return NULL;
}

void abscopal_population_free(abscopal_population *population)
{
    if (population == NULL)
        return;
    for (size_t m = 0; population->matches != NULL && m < population->plan.match_count; m++) {
        free(population->matches[m].bins);
        free(population->matches[m].sample);
        free(population->matches[m].shares);
    }
    free(population->matches);
    free(population->ids);
    population_free(&population->weights);
    population_plan_free(&population->plan);
    free(population);
}

double abscopal_population_effective(const abscopal_population *population)
{
    return population_effective(population->weights.weights, population->weights.patients);
}

int abscopal_population_is_enough(const abscopal_population *population)
{
    return abscopal_population_effective(population) >= population->plan.least_effective;
}
