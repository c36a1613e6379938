#include "trial/power_population.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/error.h"
#include "trial/criteria.h"
#include "trial/endpoints.h"
#include "trial/imaging.h"

/* ---- What visits find ------------------------------------------------------------------------------- */

static bool responds(enum power_endpoint endpoint, bool of_day, const struct patient_outcome *outcome)
{
    const enum response response = of_day ? outcome->at_horizon : outcome->best_confirmed;
    switch (endpoint) {
    case POWER_BEST_RESPONSE:
        return endpoints_is_response(outcome->best_confirmed);
    case POWER_RESPONSE:
    case POWER_ABSCOPAL_RESPONSE:
        return endpoints_is_response(response);
    case POWER_DISEASE_CONTROL:
        return endpoints_has(ENDPOINT_DISEASE_CONTROL, response);
    case POWER_COMPLETE_RESPONSE:
        return endpoints_has(ENDPOINT_COMPLETE_RESPONSE, response);
    case POWER_PROGRESSION_FREE_SURVIVAL:
        break;
    }
    return false;
}

/* Lesions that the endpoint looks at: a bit for each. */
static unsigned lesions_of(const struct power_source *source, size_t row, size_t lesions)
{
    const unsigned all = (1U << lesions) - 1;
    return source->design->endpoint == POWER_ABSCOPAL_RESPONSE ? all & ~(unsigned)source->results->arms[row].irradiated
                                                               : all;
}

/* Fills measured_mm[lesions of the record]. */
static void measure(const struct imaging *imaging, const struct power_record *record, const double *diameters_mm,
                    size_t visit, uint64_t seed, uint64_t patient, double *measured_mm)
{
    const bool missed = imaging_is_missed(imaging, seed, patient, visit);
    for (int lesion = 0; lesion < record->lesions; lesion++)
        measured_mm[lesion] =
            missed ? (double)NAN : diameters_mm[lesion] * imaging_error_factor(imaging, seed, patient, visit, lesion);
}

static void status_measure(const struct power_source *source, const struct imaging *imaging, size_t arm, size_t member,
                           uint64_t seed, uint64_t patient, struct power_status *status)
{
    const struct power_file *design = source->design;
    const struct power_population *population = &source->population;
    const struct power_record *record = &source->records[arm * population->count + member];
    const size_t first = power_fixed_row(population, arm, member);
    const bool of_day = power_is_of_day(design);
    struct criteria criteria;
    for (size_t visit = 0; visit < population->visit_count; visit++) {
        double measured_mm[MODEL_MAX_LESIONS];
        measure(imaging, record, source->diameters_mm + (first + visit) * MODEL_MAX_LESIONS, visit, seed, patient,
                measured_mm);
        if (visit == 0)
            criteria_begin(&criteria, &source->results->trial->file, record->lesions, record->non_target, 0,
                           measured_mm);
        else
            criteria_add(&criteria, population->visit_days[visit], measured_mm, source->new_lesions[first + visit]);
        const struct patient_outcome outcome = criteria_outcome(&criteria);
        status[visit] = (struct power_status){.day = outcome.pfs_day,
                                              .event = outcome.pfs_event,
                                              .responds = responds(design->endpoint, of_day, &outcome)};
    }
}

static void status_find(const struct power_population *population, size_t arm, size_t member, uint64_t seed,
                        uint64_t patient, struct power_status *status)
{
    const struct power_source *source = population->context;
    status_measure(source, &source->design->imaging, arm, member, seed, patient, status);
}

/* ---- Members ---------------------------------------------------------------------------------------- */

static enum abscopal_status arms_find(struct power_source *source, struct abscopal_error *error)
{
    const struct power_file *design = source->design;
    const struct abscopal_results *results = source->results;
    for (size_t i = 0; i < design->arm_count; i++) {
        size_t arm = 0;
        while (arm < results->arm_count && strcmp(results->trial->file.arms[arm].name, design->arms[i]) != 0)
            arm++;
        if (arm == results->arm_count)
            return error_set(error, ABSCOPAL_BAD_INPUT, design->path, 0, 0,
                             "the results have no arm '%.100s'; their first is '%.100s'", design->arms[i],
                             results->trial->file.arms[0].name);
        source->arms[i] = arm;
    }
    if (results->trial->file.allocation.disjoint)
        return error_set(error, ABSCOPAL_BAD_INPUT, design->path, 0, 0,
                         "patients of these results were randomised, each to one arm; run the trial without "
                         "'allocation'");
    return ABSCOPAL_OK;
}

static bool belongs(const struct power_source *source, size_t patient)
{
    const struct abscopal_results *results = source->results;
    if (!(results_weight(results, patient) > 0))
        return false;
    for (size_t i = 0; i < source->design->arm_count; i++) {
        const size_t row = results_row(results, source->arms[i], patient);
        if (results->arms[row].status != ABSCOPAL_PATIENT_COMPLETED ||
            lesions_of(source, row, (size_t)results->patients[patient].patient.lesion_count) == 0)
            return false;
    }
    return true;
}

static bool memory_take(struct power_source *source, size_t most, size_t visits)
{
    struct power_population *population = &source->population;
    const bool fixed = !(source->design->imaging.error > 0) && !(source->design->imaging.missed_probability > 0);
    const size_t rows = source->design->arm_count * most;
    source->records = malloc(rows * sizeof *source->records + 1);
    source->diameters_mm = malloc(rows * visits * MODEL_MAX_LESIONS * sizeof *source->diameters_mm + 1);
    source->new_lesions = malloc(rows * visits + 1);
    source->patients = calloc(most + 1, sizeof *source->patients);
    population->visit_days = malloc(visits * sizeof *population->visit_days);
    population->strata = malloc(most + 1);
    population->cumulative = calloc(most + 1, sizeof *population->cumulative);
    population->fixed = malloc((fixed ? rows * visits : 0) * sizeof *population->fixed + 1);
    return source->records != NULL && source->diameters_mm != NULL && source->new_lesions != NULL &&
           source->patients != NULL && population->visit_days != NULL && population->strata != NULL &&
           population->cumulative != NULL && population->fixed != NULL;
}

/* Visits up to the day on which patients are judged. */
static size_t visits_until(const struct power_file *design, const struct abscopal_results *results)
{
    const double rounding_days = 1e-9;
    size_t visits = 1;
    while (visits < results->visit_count &&
           (isnan(design->at_days) || results->visit_days[visits] <= design->at_days + rounding_days))
        visits++;
    return visits;
}

static void members_fill(struct power_source *source, const bool *within)
{
    const struct abscopal_results *results = source->results;
    struct power_population *population = &source->population;
    double sum = 0;
    for (size_t patient = 0; patient < results->patient_count; patient++) {
        const struct patient_result *result = results_patient(results, patient);
        if ((within != NULL && !within[patient]) || !belongs(source, patient))
            continue;
        sum += results_weight(results, patient);
        source->patients[population->count] = patient;
        population->strata[population->count] =
            (unsigned char)allocation_stratum(&source->design->allocation, &result->patient);
        population->cumulative[population->count++] = sum;
    }
    for (size_t i = 0; i < population->count; i++)
        population->cumulative[i] /= sum;
    if (results->weights == NULL) {
        free(population->cumulative);
        population->cumulative = NULL;
    }
}

/* Of a member in an arm: the lesions that the endpoint looks at, in their order. */
static void record_fill(struct power_source *source, size_t arm, size_t member)
{
    const struct abscopal_results *results = source->results;
    const struct power_population *population = &source->population;
    const size_t patient = source->patients[member], row = results_row(results, source->arms[arm], patient);
    const size_t lesions = (size_t)results->patients[patient].patient.lesion_count;
    const unsigned looked_at = lesions_of(source, row, lesions);
    const bool outside = source->design->endpoint == POWER_ABSCOPAL_RESPONSE; /* where all are targets */
    const size_t first = power_fixed_row(population, arm, member);
    struct power_record record = {.lesions = 0};
    for (size_t lesion = 0; lesion < lesions; lesion++) {
        if ((looked_at >> lesion & 1) == 0)
            continue;
        for (size_t visit = 0; visit < population->visit_count; visit++)
            source->diameters_mm[(first + visit) * MODEL_MAX_LESIONS + record.lesions] =
                results->diameters_mm[(row * results->visit_count + visit) * results->lesion_count + lesion];
        if (!outside && (results->arms[row].non_target >> lesion & 1) != 0)
            record.non_target |= (unsigned char)(1U << record.lesions);
        record.lesions++;
    }
    source->records[arm * population->count + member] = record;
    memcpy(source->new_lesions + first, results->new_lesions + row * results->visit_count, population->visit_count);
}

/* What was found, and what follows from it: once where nothing is measured anew. */
static void statuses_fill(struct power_source *source)
{
    struct power_population *population = &source->population;
    const struct imaging *imaging = &source->design->imaging;
    for (size_t arm = 0; arm < population->arm_count; arm++)
        for (size_t member = 0; member < population->count; member++)
            record_fill(source, arm, member);
    population->context = source;
    if (imaging->error > 0 || imaging->missed_probability > 0) {
        population->look = status_find;
        return;
    }
    for (size_t arm = 0; arm < population->arm_count; arm++)
        for (size_t member = 0; member < population->count; member++)
            status_find(population, arm, member, 0, 0, population->fixed + power_fixed_row(population, arm, member));
}

enum abscopal_status power_source_open(const struct power_file *design, const struct abscopal_results *results,
                                       const bool *within, struct power_source *source, struct abscopal_error *error)
{
    const size_t visits = visits_until(design, results);
    *source = (struct power_source){.design = design, .results = results};
    enum abscopal_status status = arms_find(source, error);
    if (status != ABSCOPAL_OK)
        return status;
    source->population.arm_count = design->arm_count;
    source->population.visit_count = visits;
    if (!memory_take(source, results->patient_count, visits)) {
        power_source_close(source);
        return error_no_memory(error);
    }
    memcpy(source->population.visit_days, results->visit_days, visits * sizeof *results->visit_days);
    members_fill(source, within);
    if (source->population.count < 2) {
        status =
            error_set(error, ABSCOPAL_BAD_INPUT, design->path, 0, 0,
                      "only %zu patients of the results completed all arms of the design%s", source->population.count,
                      design->endpoint == POWER_ABSCOPAL_RESPONSE ? " with a lesion that was not irradiated" : "");
        power_source_close(source);
        return status;
    }
    statuses_fill(source);
    return ABSCOPAL_OK;
}

void power_source_close(struct power_source *source)
{
    free(source->patients);
    free(source->records);
    free(source->diameters_mm);
    free(source->new_lesions);
    free(source->population.visit_days);
    free(source->population.strata);
    free(source->population.cumulative);
    free(source->population.fixed);
    *source = (struct power_source){.design = NULL};
}

/* ---- The population itself -------------------------------------------------------------------------- */

/* What members have at their last visit in the first arm and in another. */
struct outcomes {
    size_t n;
    bool *first, *other;
    struct patient_outcome *first_times, *other_times;
    size_t *patients;
    double *weights;
};

static bool outcomes_open(struct outcomes *outcomes, size_t n)
{
    *outcomes = (struct outcomes){.n = n,
                                  .first = malloc(n),
                                  .other = malloc(n),
                                  .first_times = calloc(n, sizeof(struct patient_outcome)),
                                  .other_times = calloc(n, sizeof(struct patient_outcome)),
                                  .patients = malloc(n * sizeof(size_t)),
                                  .weights = malloc(n * sizeof(double))};
    return outcomes->first != NULL && outcomes->other != NULL && outcomes->first_times != NULL &&
           outcomes->other_times != NULL && outcomes->patients != NULL && outcomes->weights != NULL;
}

static void outcomes_close(struct outcomes *outcomes)
{
    free(outcomes->first);
    free(outcomes->other);
    free(outcomes->first_times);
    free(outcomes->other_times);
    free(outcomes->patients);
    free(outcomes->weights);
}

/* As the results have it, whatever the design adds of errors. */
static struct power_status last_status(const struct power_source *source, size_t arm, size_t member,
                                       struct power_status *room)
{
    static const struct imaging exact = {.error = 0};
    status_measure(source, &exact, arm, member, 0, 0, room);
    return room[source->population.visit_count - 1];
}

static void outcomes_fill(const struct power_source *source, size_t arm, struct power_status *room,
                          struct outcomes *outcomes)
{
    for (size_t i = 0; i < outcomes->n; i++) {
        const struct power_status first = last_status(source, 0, i, room), other = last_status(source, arm, i, room);
        const bool survival = power_is_survival(source->design);
        outcomes->first[i] = survival ? first.event : first.responds;
        outcomes->other[i] = survival ? other.event : other.responds;
        outcomes->first_times[i] = (struct patient_outcome){.pfs_day = first.day, .pfs_event = first.event};
        outcomes->other_times[i] = (struct patient_outcome){.pfs_day = other.day, .pfs_event = other.event};
        outcomes->patients[i] = i;
        outcomes->weights[i] = results_weight(source->results, source->patients[i]);
    }
}

static enum abscopal_status effect_find(const struct power_source *source, const struct outcomes *outcomes,
                                        struct power_effect *effect)
{
    const double *weights = source->results->weights != NULL ? outcomes->weights : NULL;
    const double normal = survival_normal_quantile();
    enum abscopal_status status = ABSCOPAL_OK;
    effect->first = endpoints_share_weighted(outcomes->first, weights, outcomes->n).fraction;
    effect->other = endpoints_share_weighted(outcomes->other, weights, outcomes->n).fraction;
    if (!power_is_survival(source->design)) {
        const struct abscopal_estimate difference =
            endpoints_difference_paired(outcomes->other, outcomes->first, weights, outcomes->n);
        effect->effect = difference;
        effect->size_error = (difference.upper - difference.lower) / normal / fabs(difference.value);
        return status;
    }
    struct endpoint_comparison comparison;
    const struct endpoint_group first = {
        .n = outcomes->n, .outcomes = outcomes->first_times, .patients = outcomes->patients, .weights = weights};
    const struct endpoint_group other = {
        .n = outcomes->n, .outcomes = outcomes->other_times, .patients = outcomes->patients, .weights = weights};
    status = endpoints_compare(&other, &first, true, outcomes->n, &comparison);
    if (status != ABSCOPAL_OK)
        return status;
    effect->effect = comparison.hazard_ratio;
    effect->size_error = log(effect->effect.upper / effect->effect.lower) / normal / fabs(log(effect->effect.value));
    return status;
}

enum abscopal_status power_source_effect(const struct power_source *source, size_t arm, struct power_effect *effect)
{
    struct outcomes outcomes;
    enum abscopal_status status = ABSCOPAL_NO_MEMORY;
    struct power_status *room = malloc(source->population.visit_count * sizeof *room);
    if (outcomes_open(&outcomes, source->population.count) && room != NULL) {
        outcomes_fill(source, arm, room, &outcomes);
        status = effect_find(source, &outcomes, effect);
    }
    outcomes_close(&outcomes);
    free(room);
    return status;
}
