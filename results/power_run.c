/* abscopal_power_run: from the design to what its simulated trials have found. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/error.h"
#include "results/power.h"
#include "trial/clock.h"
#include "trial/endpoints.h"

const double power_targets[POWER_TARGETS] = {0.8, 0.9};

/* ---- Progress --------------------------------------------------------------------------------------- */

struct power_counter {
    const struct abscopal_power_options *options;
    size_t done, total;
    double started;
};

static int count_trials(size_t trials, void *context)
{
    struct power_counter *counter = context;
    counter->done += trials;
    if (counter->done > counter->total)
        counter->total = counter->done;
    return counter->options->trials == NULL
               ? 0
               : counter->options->trials(counter->done, counter->total, clock_seconds() - counter->started,
                                          counter->options->progress_context);
}

/* ---- Closed forms ----------------------------------------------------------------------------------- */

double power_closed_form(const struct abscopal_power *power, size_t comparison, const struct power_effect *effect,
                         double power_wanted)
{
    const struct power_file *design = &power->design;
    const double comparisons = design->bonferroni ? (double)(design->arm_count - 1) : 1;
    const double alpha = design->alpha / comparisons;
    const double ratio = (double)design->ratio[comparison + 1] / design->ratio[0];
    if (!power_is_survival(design))
        return power_size_of_shares(effect->first, effect->other, ratio, alpha, design->sides, power_wanted);
    const struct power_estimate *point = &power->points[power->point_count - 1];
    const double events = (point->share[0] + ratio * point->share[comparison + 1]) / (1 + ratio);
    return power_size_of_hazards(effect->effect.value, events, ratio, alpha, design->sides, power_wanted);
}

bool power_group_is_enough(const struct abscopal_power *power, const struct power_group_found *found, size_t comparison)
{
    const size_t largest = power->design.sizes[power->design.size_count - 1];
    return found->needs[comparison][0].reached && found->needs[comparison][0].patients <= (double)largest;
}

struct abscopal_share power_share(size_t count, size_t trials)
{
    return endpoints_share(count, trials);
}

/* ---- Sizes ------------------------------------------------------------------------------------------ */

/* Those with which all comparisons have the power wanted, each looked for from where the closed form has it. */
static enum abscopal_status needs_find(const struct abscopal_power *power, const struct power_simulation *simulation,
                                       const struct power_effect *effects, struct power_need (*needs)[POWER_TARGETS])
{
    enum { LEAST = 4 };
    const struct power_file *design = &power->design;
    enum abscopal_status status = ABSCOPAL_OK;
    for (size_t i = 0; i + 1 < design->arm_count && status == ABSCOPAL_OK; i++) {
        const double size = power_closed_form(power, i, &effects[i], power_targets[0]);
        size_t first = (size_t)fmin(fmax(isnan(size) ? 0 : ceil(size), LEAST), (double)design->most_patients);
        for (size_t target = 0; target < POWER_TARGETS && status == ABSCOPAL_OK; target++) {
            needs[i][target] = (struct power_need){.power = power_targets[target]};
            status = power_find(simulation, i, first, design->most_patients, design->trials, &needs[i][target]);
            if (status == ABSCOPAL_OK && target + 1 < POWER_TARGETS)
                first = power_size_after(simulation, &needs[i][target], power_targets[target + 1]);
        }
    }
    return status;
}

static enum abscopal_status points_simulate(struct abscopal_power *power, const struct power_simulation *simulation)
{
    const struct power_file *design = &power->design;
    enum abscopal_status status = ABSCOPAL_OK;
    for (size_t i = 0; i < design->size_count && status == ABSCOPAL_OK; i++) {
        status = power_simulate(simulation, design->sizes[i], design->trials, false, &power->points[i]);
        if (status == ABSCOPAL_OK && design->null_trials > 0)
            status = power_simulate(simulation, design->sizes[i], design->null_trials, true, &power->nulls[i]);
        power->point_count = i + 1;
    }
    return status;
}

static enum abscopal_status effects_find(const struct power_source *source, struct power_effect *effects)
{
    enum abscopal_status status = ABSCOPAL_OK;
    for (size_t arm = 1; arm < source->design->arm_count && status == ABSCOPAL_OK; arm++)
        status = power_source_effect(source, arm, &effects[arm - 1]);
    return status;
}

/* ---- Subgroups -------------------------------------------------------------------------------------- */

/* One of them: its patients are a population of their own. Too few to draw from are left without sizes. */
static enum abscopal_status group_find(const struct abscopal_power *power, const struct power_source *whole,
                                       const struct power_subgroups *subgroups,
                                       const struct power_simulation *simulation, struct power_group_found *found)
{
    enum { FEWEST = 30 };
    const struct abscopal_results *results = whole->results;
    struct power_source source;
    bool *within = calloc(results->patient_count, sizeof *within);
    if (within == NULL)
        return ABSCOPAL_NO_MEMORY;
    for (size_t i = 0; i < whole->population.count; i++) {
        const double value = power_quantity(results, subgroups, whole->patients[i]);
        const bool is_within = value >= found->group.least && value < found->group.most;
        within[whole->patients[i]] = is_within;
        found->members += is_within;
    }
    enum abscopal_status status = ABSCOPAL_OK;
    if (found->members >= FEWEST)
        status = power_source_open(whole->design, results, within, &source, NULL);
    free(within);
    if (found->members < FEWEST || status != ABSCOPAL_OK)
        return status;
    struct power_simulation own = *simulation;
    own.population = &source.population;
    status = effects_find(&source, found->effects);
    if (status == ABSCOPAL_OK)
        status = needs_find(power, &own, found->effects, found->needs);
    power_source_close(&source);
    return status;
}

static enum abscopal_status groups_find(struct abscopal_power *power, const struct power_source *whole,
                                        const struct power_simulation *simulation)
{
    const struct power_file *design = &power->design;
    enum abscopal_status status = ABSCOPAL_OK;
    power->groups = calloc((size_t)POWER_MOST_GROUPS * (design->subgroup_count + 1), sizeof *power->groups);
    if (power->groups == NULL)
        return ABSCOPAL_NO_MEMORY;
    for (size_t i = 0; i < design->subgroup_count; i++) {
        struct power_group groups[POWER_MOST_GROUPS];
        const size_t count = power_groups_find(whole, &design->subgroups[i], groups);
        for (size_t g = 0; g < count && status == ABSCOPAL_OK; g++) {
            struct power_group_found *found = &power->groups[power->group_count++];
            found->group = groups[g];
            status = group_find(power, whole, &design->subgroups[i], simulation, found);
        }
    }
    return status;
}

/* ---- The whole -------------------------------------------------------------------------------------- */

static enum abscopal_status population_tell(struct abscopal_power *power, const struct power_source *source)
{
    const struct abscopal_results *results = source->results;
    double sum = 0, squares = 0;
    for (size_t i = 0; i < source->population.count; i++) {
        const double weight = results_weight(results, source->patients[i]);
        sum += weight;
        squares += weight * weight;
    }
    power->members = source->population.count;
    power->patients = results->patient_count;
    power->effective = sum * sum / squares;
    power->cohort_seed = results->seed;
    power->trial_name = strdup(results->trial->file.name);
    return power->trial_name != NULL ? ABSCOPAL_OK : ABSCOPAL_NO_MEMORY;
}

static enum abscopal_status simulate_all(struct abscopal_power *power, const struct abscopal_results *results,
                                         const struct abscopal_power_options *options, struct abscopal_error *error)
{
    struct power_source source;
    const struct power_file *design = &power->design;
    struct power_counter counter = {.options = options,
                                    .total = design->size_count * (design->trials + design->null_trials),
                                    .started = clock_seconds()};
    enum abscopal_status status = power_source_open(design, results, NULL, &source, error);
    if (status != ABSCOPAL_OK)
        return status;
    const struct power_simulation simulation = {.population = &source.population,
                                                .conduct = &power->conduct,
                                                .seed = design->trial_seed,
                                                .threads = options->threads,
                                                .progress = count_trials,
                                                .context = &counter};
    status = population_tell(power, &source);
    if (status == ABSCOPAL_OK)
        status = effects_find(&source, power->effects);
    if (status == ABSCOPAL_OK)
        status = points_simulate(power, &simulation);
    if (status == ABSCOPAL_OK)
        status = needs_find(power, &simulation, power->effects, power->needs);
    if (status == ABSCOPAL_OK)
        status = groups_find(power, &source, &simulation);
    power_source_close(&source);
    if (status == ABSCOPAL_INTERRUPTED)
        return error_set(error, status, NULL, 0, 0, "stopped");
    return status == ABSCOPAL_NO_MEMORY ? error_no_memory(error) : status;
}

/* The design's own patients. */
static abscopal_results *patients_run(const struct power_file *design, abscopal_trial *trial,
                                      const struct abscopal_power_options *options, struct abscopal_error *error)
{
    const struct abscopal_run_options run = {.patients = design->patients,
                                             .seed = design->seed,
                                             .threads = options->threads,
                                             .engine = options->engine,
                                             .progress = options->progress,
                                             .progress_context = options->progress_context};
    return abscopal_run(trial, &run, error);
}

static enum abscopal_status power_make(struct abscopal_power *power, const struct abscopal_power_options *options,
                                       struct abscopal_error *error)
{
    const struct power_file *design = &power->design;
    abscopal_trial *trial = abscopal_trial_read(design->trial_path, error);
    if (trial == NULL)
        return error->status;
    abscopal_results *results = options->results != NULL ? abscopal_results_read_hdf5(options->results, error)
                                                         : patients_run(design, trial, options, error);
    enum abscopal_status status = results != NULL ? ABSCOPAL_OK : error->status;
    if (results != NULL) {
        power->other_text = strcmp(results->trial->file.text, trial->file.text) != 0;
        status = simulate_all(power, results, options, error);
    }
    abscopal_results_free(results);
    abscopal_trial_free(trial);
    return status;
}

abscopal_power *abscopal_power_run(const char *path, const struct abscopal_power_options *options,
                                   struct abscopal_error *error)
{
    static const struct abscopal_power_options usual = {.results = NULL};
    struct abscopal_error local;
    struct abscopal_error *said = error != NULL ? error : &local;
    struct abscopal_power *power = calloc(1, sizeof *power);
    if (power == NULL) {
        error_no_memory(said);
        return NULL;
    }
    enum abscopal_status status = power_file_read(path, &power->design, said);
    if (status == ABSCOPAL_OK && power_conduct_make(&power->design, &power->conduct) != ABSCOPAL_OK)
        status = error_set(said, ABSCOPAL_BAD_INPUT, path, 0, 0, "there are no bounds for these looks");
    if (status == ABSCOPAL_OK)
        status = power_make(power, options != NULL ? options : &usual, said);
    if (status == ABSCOPAL_OK)
        return power;
    abscopal_power_free(power);
    return NULL;
}

void abscopal_power_free(abscopal_power *power)
{
    if (power == NULL)
        return;
    power_file_free(&power->design);
    free(power->trial_name);
    free(power->groups);
    free(power);
}

/* ---- What was found --------------------------------------------------------------------------------- */

size_t abscopal_power_point_count(const abscopal_power *power)
{
    return power->point_count;
}

size_t abscopal_power_comparison_count(const abscopal_power *power)
{
    return power->design.arm_count - 1;
}

enum abscopal_status abscopal_power_point(const abscopal_power *power, size_t comparison, size_t point,
                                          struct abscopal_power_point *found)
{
    if (point >= power->point_count || comparison + 1 >= power->design.arm_count)
        return ABSCOPAL_BAD_INPUT;
    const struct power_estimate *estimate = &power->points[point], *null = &power->nulls[point];
    *found = (struct abscopal_power_point){
        .patients_per_arm = estimate->patients_per_arm,
        .patients = estimate->total,
        .power = power_share(estimate->in_favour[comparison], estimate->trials),
        .rejected = power_share(estimate->rejects[comparison], estimate->trials),
        .type_1_error = power_share(null->rejects[comparison], null->trials),
        .mean_days = estimate->mean_day,
        .mean_enrolled = estimate->mean_enrolled,
    };
    return ABSCOPAL_OK;
}

enum abscopal_status abscopal_power_patients(const abscopal_power *power, size_t comparison, size_t target,
                                             struct abscopal_estimate *patients)
{
    if (target >= POWER_TARGETS || comparison + 1 >= power->design.arm_count)
        return ABSCOPAL_BAD_INPUT;
    const struct power_need *need = &power->needs[comparison][target];
    *patients = (struct abscopal_estimate){need->patients, need->lower, need->upper};
    return ABSCOPAL_OK;
}
