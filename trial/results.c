/* The results of a run: made empty, filled in by its threads. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <omp.h>

#include "trial/allocation.h"
#include "trial/courses.h"
#include "trial/patient.h"
#include "trial/virtual_trial.h"

/* Of whom one alone may be run. */
static size_t count_sampled(const struct abscopal_trial *trial, const struct abscopal_run_options *options)
{
    return options->patients > 0 ? options->patients : abscopal_trial_patient_count(trial);
}

/* False without memory. */
static bool make_courses(struct abscopal_results *results, double every_days)
{
    const double until = results->trial->file.until_days;
    const size_t rows = COURSE_QUANTITY_COUNT * results->arm_count * results->patient_count;
    if (every_days == 0)
        return true;
    results->course_count = courses_grid(every_days, until, NULL);
    results->course_days = calloc(results->course_count, sizeof *results->course_days);
    results->courses = calloc(rows * results->course_count + 1, sizeof *results->courses);
    if (results->course_days == NULL || results->courses == NULL)
        return false;
    courses_grid(every_days, until, results->course_days);
    return true;
}

struct abscopal_results *results_create(const struct abscopal_trial *trial, const struct abscopal_run_options *options)
{
    return results_create_some(trial, options, options->only_patient > 0 ? 1 : count_sampled(trial, options));
}

struct abscopal_results *results_create_some(const struct abscopal_trial *trial,
                                             const struct abscopal_run_options *options, size_t patients)
{
    struct abscopal_results *results = calloc(1, sizeof *results);
    if (results == NULL)
        return NULL;
    results->trial = trial;
    results->seed = trial_seed(trial, options->seed);
    results->relative_tolerance = trial_relative_tolerance(options->relative_tolerance);
    results->engine = engine_chosen(options->engine);
    results->instructions = engine_instructions(results->engine);
    results->lanes = engine_lane_count(results->engine);
    results->threads = options->threads > 0 ? options->threads : omp_get_num_procs();
    results->arm_count = trial->file.arm_count;
    results->sampled_count = count_sampled(trial, options);
    results->patient_count = patients;
    results->visit_count = trial_file_visits(&trial->file, NULL);
    results->lesion_count = (size_t)trial_most_lesions(trial);
    const size_t arm_patients = results->arm_count * results->patient_count;
    const size_t visits = arm_patients * results->visit_count;
    results->visit_days = calloc(results->visit_count, sizeof *results->visit_days);
    results->patients = calloc(results->patient_count, sizeof *results->patients);
    results->arms = calloc(arm_patients, sizeof *results->arms);
    results->allocation = calloc(results->patient_count, sizeof *results->allocation);
    results->diameters_mm = calloc(visits * results->lesion_count, sizeof *results->diameters_mm);
    results->responses = calloc(visits, sizeof *results->responses);
    results->new_lesions = calloc(visits, sizeof *results->new_lesions);
    results->tallies = calloc(results_tally_count(results), sizeof *results->tallies);
    const bool weighted = trial->has_cohort && trial->cohort.population.weights != NULL;
    results->weights = weighted ? calloc(results->patient_count, sizeof *results->weights) : NULL;
    if (results->visit_days == NULL || results->patients == NULL || results->arms == NULL ||
        results->allocation == NULL || results->diameters_mm == NULL || results->responses == NULL ||
        results->new_lesions == NULL || results->tallies == NULL || (weighted && results->weights == NULL) ||
        !make_courses(results, options->course_every_days)) {
        abscopal_results_free(results);
        return NULL;
    }
    trial_file_visits(&trial->file, results->visit_days);
    return results;
}

void results_start_patient(struct abscopal_results *results, size_t patient)
{
    struct patient_result *result = &results->patients[patient];
    result->status = ABSCOPAL_PATIENT_NOT_RUN;
    result->growth_days = NAN;
    result->rules_failed = 0;
    for (int i = 0; i < PLAUSIBLE_OUTPUT_COUNT; i++)
        result->baseline_outputs[i] = NAN;
    result->baseline_sum_of_diameters_mm = NAN;
    result->failure = integration_failure_none();
    const size_t visits = results->visit_count, width = visits * results->lesion_count;
    for (size_t arm = 0; arm < results->arm_count; arm++) {
        const size_t row = results_row(results, arm, patient);
        for (size_t i = 0; i < width; i++)
            results->diameters_mm[row * width + i] = NAN;
        memset(results->responses + row * visits, -1, visits);
        memset(results->new_lesions + row * visits, -1, visits);
        courses_clear(results, row);
        results->arms[row].status = ABSCOPAL_PATIENT_NOT_RUN;
    }
}

void results_allocate(struct abscopal_results *results, uint64_t first, struct allocation_cursor *cursor)
{
    const struct abscopal_trial *trial = results->trial;
    const bool all = trial->file.eligibility_count == 0 && !trial->file.allocation.disjoint && results->weights == NULL;
    for (size_t row = 0; row < results->patient_count; row++)
        results->allocation[row] = ALLOCATION_ALL_ARMS;
    if (cursor->done >= first)
        *cursor = (struct allocation_cursor){.done = 0};
    /* Those before the first one asked for count, too: a patient's arm is the same whoever else is run. */
    for (uint64_t id = cursor->done + 1; !all && id < first + results->patient_count; id++) {
        struct virtual_patient patient;
        const double weight = population_weight(&trial->cohort.population, id);
        int arm = ALLOCATION_NOT_SELECTED;
        if (weight > 0) {
            trial_patient_draw(trial, results->seed, results->sampled_count, id, &patient);
            arm = allocation_next(&cursor->state, &trial->file, results->seed, &patient);
        }
        if (id >= first)
            results->allocation[id - first] = arm;
        if (id >= first && results->weights != NULL)
            results->weights[id - first] = weight;
    }
    cursor->done = first + results->patient_count - 1;
}

static void origin_free(struct results_origin *origin)
{
    if (origin == NULL)
        return;
    for (size_t i = 0; i < origin->text_count; i++)
        free(origin->texts[i]);
    free(origin->texts);
    abscopal_trial_free(origin->trial);
    free(origin);
}

void abscopal_results_free(abscopal_results *results)
{
    if (results == NULL)
        return;
    if (results->pages != NULL)
        results->pages_free(results);
    origin_free(results->origin);
    free(results->visit_days);
    free(results->patients);
    free(results->arms);
    free(results->allocation);
    free(results->diameters_mm);
    free(results->responses);
    free(results->new_lesions);
    free(results->tallies);
    free(results->course_days);
    free(results->courses);
    free(results->weights);
    free(results);
}

size_t abscopal_results_patient_count(const abscopal_results *results, enum abscopal_patient_status status)
{
    size_t count = 0;
    for (size_t i = 0; i < results->patient_count; i++)
        count += results_patient(results, i)->status == status;
    return count;
}
