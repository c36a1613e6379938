#include "trial/twin.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/error.h"
#include "protocols/nearest.h"
#include "trial/twin_courses.h"
#include "trial/twin_weights.h"

/* ---- Options ---------------------------------------------------------------------------------------- */

static const struct abscopal_twin_options defaults = {.error_log_sd = 0.05,
                                                      .drift_log_sd = 0.1,
                                                      .degrees = 2,
                                                      .continued = 0.66,
                                                      .every_days = 42,
                                                      .enough = 50,
                                                      .particles = 200};
enum { LEAST_PARTICLES = 50, MOST_PARTICLES = 10000 };

static struct abscopal_twin_options options_of(const struct abscopal_twin_options *asked)
{
    if (asked == NULL)
        return defaults;
    struct abscopal_twin_options options = *asked;
    options.error_log_sd = asked->error_log_sd != 0 ? asked->error_log_sd : defaults.error_log_sd;
    options.drift_log_sd = asked->drift_log_sd >= 0 ? asked->drift_log_sd : defaults.drift_log_sd;
    options.degrees = asked->degrees != 0 ? asked->degrees : defaults.degrees;
    options.continued = asked->continued != 0 ? asked->continued : defaults.continued;
    options.every_days = asked->every_days != 0 ? asked->every_days : defaults.every_days;
    options.enough = asked->enough != 0 ? asked->enough : defaults.enough;
    options.particles = asked->particles != 0 ? asked->particles : defaults.particles;
    return options;
}

static enum abscopal_status options_check(const struct abscopal_twin_options *options, struct abscopal_error *error)
{
    const char *wrong = NULL;
    if (!(options->error_log_sd > 0 && options->error_log_sd <= 1))
        wrong = "the error of a measurement is from above 0 to 100 %";
    else if (!(options->drift_log_sd <= 1))
        wrong = "the drift over 100 days is from 0 to 100 %";
    else if (!(options->degrees >= 1 && options->degrees <= 1e6))
        wrong = "degrees of freedom are from 1 to 1000000";
    else if (!(options->continued > 0 && options->continued <= 1))
        wrong = "the share of those progressed who are scanned again is from above 0 to 1";
    else if (!(options->every_days >= 1 && options->every_days <= 1000))
        wrong = "the time between scans is from 1 to 1000 days";
    else if (options->particles < LEAST_PARTICLES || options->particles > MOST_PARTICLES)
        wrong = "particles are from 50 to 10000";
    else if (isnan(options->enough) || options->enough > 1e6)
        wrong = "an effective number that is enough is at most 1000000";
    else if (options->lesions < 0 || options->lesions > MODEL_MAX_LESIONS)
        wrong = "target lesions are 1 to 5";
    return wrong == NULL ? ABSCOPAL_OK : error_set(error, ABSCOPAL_BAD_INPUT, NULL, 0, 0, "%s", wrong);
}

static enum abscopal_status population_check(const struct abscopal_results *population, struct abscopal_error *error)
{
    const char *wrong = NULL;
    if (population->pages != NULL)
        wrong = "these results were run to a file, and hold no diameters: read that file";
    else if (!population->trial->has_cohort)
        wrong = "this trial has no cohort and so no population to find a twin in; name a cohort in the trial file";
    else if (population->trial->file.allocation.disjoint)
        wrong = "patients of this trial are randomised, so that alternatives are not of the same patient; take "
                "'allocation' out of the trial file";
    return wrong == NULL ? ABSCOPAL_OK
                         : error_set(error, ABSCOPAL_BAD_INPUT, population->trial->file.path, 0, 0, "%s", wrong);
}

/* ---- Who and what ----------------------------------------------------------------------------------- */

static enum abscopal_status arm_find(struct abscopal_twin *twin, struct abscopal_error *error)
{
    const struct trial_file *trial = &twin->population->trial->file;
    const char *names[TRIAL_MOST_ARMS];
    for (size_t arm = 0; arm < trial->arm_count; arm++)
        names[arm] = trial->arms[arm].name;
    while (twin->options.arm != NULL && twin->arm < trial->arm_count &&
           strcmp(twin->options.arm, names[twin->arm]) != 0)
        twin->arm++;
    if (twin->arm < trial->arm_count)
        return ABSCOPAL_OK;
    const char *near = nearest_name(twin->options.arm, names, trial->arm_count);
    return error_set(error, ABSCOPAL_BAD_INPUT, trial->path, 0, 0, "has no arm '%.60s'; did you mean '%.60s'?",
                     twin->options.arm, near != NULL ? near : names[0]);
}

static enum abscopal_status class_find(const struct abscopal_twin *twin, int *class, struct abscopal_error *error)
{
    const struct cohort *cohort = &twin->population->trial->cohort;
    const char *asked = twin->options.pdl1;
    *class = -1;
    for (size_t i = 0; asked != NULL && i < cohort->pdl1_class_count; i++)
        if (strcmp(asked, cohort->pdl1_classes[i].name) == 0)
            *class = (int)i;
    if (asked == NULL || *class >= 0)
        return ABSCOPAL_OK;
    char names[ABSCOPAL_MESSAGE_SIZE / 2] = "";
    for (size_t i = 0, at = 0; i < cohort->pdl1_class_count && at < sizeof names; i++)
        at += (size_t)snprintf(names + at, sizeof names - at, "%s'%.30s'", i > 0 ? ", " : "",
                               cohort->pdl1_classes[i].name);
    return error_set(error, ABSCOPAL_BAD_INPUT, cohort->path, 0, 0, "has no class '%.60s' of PD-L1; it has %s", asked,
                     names[0] != '\0' ? names : "none: leave the class out");
}

/* The patient's days are those since the first treatment of the arm. */
static enum abscopal_status days_check(struct abscopal_twin *twin, struct abscopal_error *error)
{
    const struct abscopal_results *population = twin->population;
    const struct diameters *measured = &twin->measured;
    if (twin_first_treatment(&population->trial->file, twin->arm, &twin->start_day) != ABSCOPAL_OK)
        return error_no_memory(error);
    if (isnan(twin->start_day))
        twin->start_day = 0;
    const double end = population->visit_days[population->visit_count - 1];
    for (size_t i = 0; i < measured->count; i++) {
        const double day = measured->rows[i].day + twin->start_day;
        if (day < 0)
            return error_set(
                error, ABSCOPAL_BAD_INPUT, measured->path, measured->rows[i].line, 1,
                "day %g is %g days before the trial begins: let treatment start %g days later in the trial "
                "file, so that its day 0 is the first scan or earlier",
                measured->rows[i].day, -day, -day);
        if (day > end)
            return error_set(error, ABSCOPAL_BAD_INPUT, measured->path, measured->rows[i].line, 1,
                             "day %g comes after the last visit of the trial, which is on day %g since treatment "
                             "began: let the trial go on for longer ('until')",
                             measured->rows[i].day, end - twin->start_day);
    }
    return ABSCOPAL_OK;
}

/* ---- Days ------------------------------------------------------------------------------------------- */

/* Days of measurements, and every so many from the first treatment on. */
static bool bands_open(struct abscopal_twin *twin)
{
    const struct abscopal_results *population = twin->population;
    const double end = population->visit_days[population->visit_count - 1] - twin->start_day;
    const size_t grid = end >= 0 ? (size_t)(end / twin->options.every_days * (1 + 1e-12)) + 1 : 0;
    const size_t arms = population->arm_count, most = grid + twin->measured.count;
    twin->bands = calloc(arms * most, sizeof *twin->bands);
    if (twin->bands == NULL)
        return false;
    const double first_day = twin->measured.rows[0].day;
    size_t next = 0;
    for (size_t i = 0; i < grid || next < twin->measured.count;) {
        const double day = i < grid ? fmin((double)i * twin->options.every_days, end) : INFINITY;
        struct abscopal_twin_band *band = &twin->bands[twin->band_count];
        const struct measured_diameter *row = next < twin->measured.count ? &twin->measured.rows[next] : NULL;
        if (row != NULL && row->day <= day) {
            *band = (struct abscopal_twin_band){
                .day = row->day, .observed = row->mm, .below = row->below, .used = next < twin->used};
            next++;
            i += day == row->day;
        } else {
            i++;
            if (day < first_day)
                continue;
            *band = (struct abscopal_twin_band){.day = day, .observed = NAN, .share_below = NAN};
        }
        twin->band_count++;
    }
    for (size_t arm = 1; arm < arms; arm++)
        memcpy(twin->bands + arm * twin->band_count, twin->bands, twin->band_count * sizeof *twin->bands);
    return true;
}

/* ---- The fit ---------------------------------------------------------------------------------------- */

/* What a fit needs besides the twin. */
struct fit {
    struct abscopal_twin *twin;
    struct twin_evidence evidence;
    double *days, *prior, *logs, *weights; /* the latter three of every patient of the population */
    struct twin_refined refined;
    struct abscopal_error *error;
};

static bool fit_open(struct fit *fit)
{
    const struct abscopal_twin *twin = fit->twin;
    const struct twin_error error = {twin->options.error_log_sd, twin->options.drift_log_sd, twin->options.degrees};
    const size_t patients = twin->population->patient_count;
    fit->days = calloc(twin->used + 1, sizeof *fit->days);
    fit->prior = calloc(patients, sizeof *fit->prior);
    fit->logs = calloc(patients, sizeof *fit->logs);
    fit->weights = calloc(patients, sizeof *fit->weights);
    const bool likelihood = twin_likelihood_open(&fit->evidence.likelihood, &error, twin->measured.rows, twin->used);
    if (fit->days == NULL || fit->prior == NULL || fit->logs == NULL || fit->weights == NULL || !likelihood)
        return false;
    for (size_t i = 0; i < twin->used; i++)
        fit->days[i] = twin->measured.rows[i].day + twin->start_day;
    fit->evidence.population = twin->population;
    fit->evidence.arm = twin->arm;
    fit->evidence.sums = twin->measured.are_sums;
    fit->evidence.days = fit->days;
    fit->evidence.lesions = twin->options.lesions;
    return true;
}

static void fit_close(struct fit *fit)
{
    free(fit->days);
    free(fit->prior);
    free(fit->logs);
    free(fit->weights);
    twin_likelihood_close(&fit->evidence.likelihood);
    twin_refined_free(&fit->refined);
}

static enum abscopal_status population_weigh(struct fit *fit)
{
    struct abscopal_twin *twin = fit->twin;
    const struct abscopal_results *population = twin->population;
    double room[DIAMETERS_MOST];
    double all = 0, squares = 0;
    for (size_t i = 0; i < population->patient_count; i++) {
        const double weight = results_weight(population, i);
        fit->logs[i] =
            weight > 0 ? twin_evidence_log_likelihood(&fit->evidence, population, twin->arm, i, room) : -INFINITY;
        fit->prior[i] = fit->logs[i] > -INFINITY ? weight : 0;
        twin->candidates += fit->prior[i] > 0;
        all += fit->prior[i];
        squares += fit->prior[i] * fit->prior[i];
    }
    for (size_t i = 0; i < population->patient_count && all > 0; i++)
        fit->prior[i] /= all;
    twin->prior_effective = squares > 0 ? all * all / squares : 0;
    twin->weighed = twin->effective = twin_weigh(fit->prior, fit->logs, population->patient_count, fit->weights);
    return twin->weighed > 0
               ? ABSCOPAL_OK
               : error_set(fit->error, ABSCOPAL_BAD_INPUT, population->trial->file.path, 0, 0,
                           "the population has nobody of that class and number of lesions who completed arm '%.60s'",
                           population->trial->file.arms[twin->arm].name);
}

static enum abscopal_status population_refine(struct fit *fit)
{
    struct abscopal_twin *twin = fit->twin;
    if (twin->weighed >= twin->options.enough)
        return ABSCOPAL_OK;
    const struct twin_refine_options options = {.particles = twin->options.particles,
                                                .threads = twin->options.threads,
                                                .progress = twin->options.progress,
                                                .progress_context = twin->options.progress_context};
    const enum abscopal_status status =
        twin_refine(&fit->evidence, fit->prior, fit->logs, &options, &fit->refined, fit->error);
    if (status != ABSCOPAL_OK)
        return status;
    twin->refined = true;
    twin->stages = fit->refined.stages;
    twin->runs = fit->refined.runs;
    twin->ancestors = fit->refined.ancestors;
    twin->acceptance = fit->refined.acceptance;
    twin->effective = (double)options.particles;
    return ABSCOPAL_OK;
}

static enum abscopal_status predict(struct fit *fit)
{
    struct abscopal_twin *twin = fit->twin;
    const struct abscopal_results *results = twin->refined ? fit->refined.results : twin->population;
    const size_t patients = results->patient_count;
    struct twin_member members[TWIN_MOST_MEMBERS];
    size_t chosen[TWIN_MOST_MEMBERS] = {0}, positive = 0, count = 0;
    const double *weights = twin->refined ? fit->refined.weights : fit->weights;
    for (size_t i = 0; i < patients; i++)
        positive += weights[i] > 0;
    if (positive > TWIN_MOST_MEMBERS)
        twin_resample(weights, patients, 0.5, TWIN_MOST_MEMBERS, chosen);
    for (size_t i = 0; i < patients && positive <= TWIN_MOST_MEMBERS; i++)
        if (weights[i] > 0)
            chosen[count++] = i;
    count = positive > TWIN_MOST_MEMBERS ? TWIN_MOST_MEMBERS : positive;
    for (size_t i = 0; i < count; i++)
        members[i] = (struct twin_member){results, chosen[i],
                                          positive > TWIN_MOST_MEMBERS ? 1.0 / TWIN_MOST_MEMBERS : weights[chosen[i]]};
    if (!bands_open(twin))
        return error_no_memory(fit->error);
    enum abscopal_status status = ABSCOPAL_OK;
    for (size_t arm = 0; arm < twin->population->arm_count && status == ABSCOPAL_OK; arm++)
        status = twin_bands_fill(twin, &fit->evidence, arm, members, count, fit->error);
    return status;
}

static enum abscopal_status twin_make(struct abscopal_twin *twin, struct abscopal_error *error)
{
    struct fit fit = {.twin = twin, .error = error};
    enum abscopal_status status = arm_find(twin, error);
    if (status == ABSCOPAL_OK)
        status = class_find(twin, &fit.evidence.pdl1_class, error);
    if (status == ABSCOPAL_OK)
        status = days_check(twin, error);
    const size_t first = twin->options.first;
    twin->used = first > 0 && first < twin->measured.count ? first : twin->measured.count;
    if (status == ABSCOPAL_OK && !fit_open(&fit))
        status = error_no_memory(error);
    if (status == ABSCOPAL_OK)
        status = population_weigh(&fit);
    if (status == ABSCOPAL_OK)
        status = population_refine(&fit);
    if (status == ABSCOPAL_OK)
        status = predict(&fit);
    fit_close(&fit);
    return status;
}

abscopal_twin *abscopal_twin_fit(const abscopal_results *population, const char *path,
                                 const struct abscopal_twin_options *options, struct abscopal_error *error)
{
    struct abscopal_twin *twin = calloc(1, sizeof *twin);
    if (twin == NULL) {
        error_no_memory(error);
        return NULL;
    }
    twin->population = population;
    twin->options = options_of(options);
    enum abscopal_status status = options_check(&twin->options, error);
    if (status == ABSCOPAL_OK)
        status = population_check(population, error);
    if (status == ABSCOPAL_OK)
        status = diameters_file_read(path, &twin->measured, error);
    if (status == ABSCOPAL_OK)
        status = twin_make(twin, error);
    if (status == ABSCOPAL_OK)
        return twin;
    abscopal_twin_free(twin);
    return NULL;
}

void abscopal_twin_free(abscopal_twin *twin)
{
    if (twin == NULL)
        return;
    diameters_free(&twin->measured);
    free(twin->bands);
    free(twin);
}

/* ---- What it says ----------------------------------------------------------------------------------- */

double abscopal_twin_effective(const abscopal_twin *twin)
{
    return twin->effective;
}

const struct abscopal_twin_band *abscopal_twin_bands(const abscopal_twin *twin, size_t arm, size_t *count)
{
    if (arm >= twin->population->arm_count)
        return NULL;
    *count = twin->band_count;
    return twin->bands + arm * twin->band_count;
}

enum abscopal_status abscopal_twin_serves(const abscopal_results *population, const char *population_path,
                                          const abscopal_trial *trial, struct abscopal_error *error)
{
    const struct abscopal_trial *own = population->trial;
    const char *differs = NULL;
    if (strcmp(own->file.text, trial->file.text) != 0)
        differs = "trial file";
    else if (own->has_cohort != trial->has_cohort ||
             (own->has_cohort && strcmp(own->cohort.text, trial->cohort.text) != 0))
        differs = "cohort file";
    return differs == NULL ? ABSCOPAL_OK
                           : error_set(error, ABSCOPAL_BAD_INPUT, population_path, 0, 0,
                                       "is of another %s than %.200s: name another file, to be made anew", differs,
                                       trial->file.path);
}
