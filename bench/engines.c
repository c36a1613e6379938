/* Times the library's own engines on part A: `cvode`, one patient after another, and `batch`, many in vector lanes. All
 * that a patient takes is timed: constants, initial state, events and outputs.
 *
 * With --spread X patients differ: killing rate, cancer growth, clones and clearance of dead cells are each multiplied
 * by exp(X u), u from -1 to 1 and evenly spread, so that lanes cannot keep step by being the same patient. Without it
 * all are the published patient, and the program fails when their results are not the same bits. */
#include "bench/measure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/batch.h"
#include "solver/course.h"

enum { MOST_STATES = 256, MOST_EVENTS = 401 };

/* Everything that one patient needs while being integrated. */
struct slot {
    struct course course; /* first, so that a course leads to its slot */
    struct model model;
    double state[MOST_STATES];
    double volume_l[PART_A_OUTPUTS];
    struct slot *next_free;
};

/* One run over all patients, shared by the threads. */
struct population {
    const struct measure_options *options;
    struct model published;
    struct course_event events[MOST_EVENTS];
    size_t event_count;
    double output_days[PART_A_OUTPUTS];
    bool is_first;                         /* this run finds volume_l */
    long begun, finished, unequal, failed; /* patients; begun counts those that were asked for beyond the last, too */
    struct integrator_work work;
    double volume_l[PART_A_OUTPUTS]; /* of the published patient */
};

/* What one thread has. */
struct worker {
    struct population *population;
    struct slot *free;
    bool no_memory;
    long finished, unequal, failed;
    struct integrator_work work;
};

static void plan(struct population *population, const struct measure_options *options)
{
    population->options = options;
    part_a_library_model(&population->published);
    const double amount_nmol = part_a_dose_nanomolar() * population->published.parameters.blood_volume;
    for (int dose = 0; dose < MOST_EVENTS && dose * options->interval_days < PART_A_LAST_DAY; dose++)
        population->events[population->event_count++] = (struct course_event){
            .day = dose * options->interval_days, .kind = EVENT_BOLUS, .amount_nmol = amount_nmol};
    for (int day = 0; day < PART_A_OUTPUTS; day++)
        population->output_days[day] = day;
}

/* Weyl sequences: evenly spread over -1 to 1 in every direction, and 0 for the first patient. Without spread 1. */
static double spread_factor(long patient, double irrational, double spread)
{
    const double turns = (double)patient * irrational;
    return exp(spread * 2 * (turns - floor(turns + 0.5)));
}

static void make_patient(const struct population *population, long patient, struct model *model)
{
    const double spread = population->options->spread;
    struct parameters parameters = population->published.parameters;
    parameters.killing_rate *= spread_factor(patient, sqrt(2), spread);
    parameters.cancer_growth_rate *= spread_factor(patient, sqrt(3), spread);
    parameters.cd8_clones *= spread_factor(patient, sqrt(5), spread);
    parameters.dead_cell_clearance_rate *= spread_factor(patient, sqrt(7), spread);
    const struct antibody *const nivolumab = model_preset_antibody(PRESET_QSPIO_NSCLC_2020, 0);
    const struct model_settings settings = {.preset = PRESET_QSPIO_NSCLC_2020,
                                            .parameters = &parameters,
                                            .lesion_count = 1,
                                            .antibodies = &nivolumab,
                                            .drug_count = 1};
    model_prepare(model, &settings);
}

static void observe(const struct model *model, double day, const double *state, size_t output, void *context)
{
    (void)day;
    struct slot *slot = context;
    struct lesion_output lesion;
    model_lesion_output(model, state, 0, &lesion);
    slot->volume_l[output] = lesion.volume_l;
}

/* All that this program knows of the form of a course. */
static void make_course(const struct population *population, long patient, struct slot *slot)
{
    make_patient(population, patient, &slot->model);
    model_published_state(&slot->model, slot->state);
    slot->course = (struct course){.model = &slot->model,
                                   .events = population->events,
                                   .event_count = population->event_count,
                                   .output_days = population->output_days,
                                   .output_count = PART_A_OUTPUTS,
                                   .observe = observe,
                                   .context = slot,
                                   .relative_tolerance = population->options->relative_tolerance,
                                   .start_day = 0,
                                   .end_day = PART_A_LAST_DAY,
                                   .state = slot->state};
}

/* The next patient of all threads, or NULL. */
static struct course *next_course(void *context)
{
    struct worker *worker = context;
    long patient;
#pragma omp atomic capture
    patient = worker->population->begun++;
    if (patient >= worker->population->options->patients)
        return NULL;
    struct slot *slot = worker->free;
    if (slot != NULL)
        worker->free = slot->next_free;
    else
        slot = malloc(sizeof *slot);
    if (slot == NULL) {
        worker->no_memory = true;
        return NULL;
    }
    make_course(worker->population, patient, slot);
    return &slot->course;
}

static bool same_volumes(const double *one, const double *other)
{
    for (int output = 0; output < PART_A_OUTPUTS; output++)
        if (one[output] != other[output])
            return false;
    return true;
}

static void finish_course(struct course *course, void *context)
{
    struct worker *worker = context;
    struct slot *slot = (struct slot *)course;
    worker->finished++;
    worker->failed += course->result != COURSE_ENDED;
    worker->work.steps += course->work.steps;
    worker->work.right_hand_sides += course->work.right_hand_sides;
    worker->work.jacobians += course->work.jacobians;
    if (worker->population->is_first)
        memcpy(worker->population->volume_l, slot->volume_l, sizeof slot->volume_l);
    else if (!(worker->population->options->spread > 0))
        worker->unequal += !same_volumes(slot->volume_l, worker->population->volume_l);
    slot->next_free = worker->free;
    worker->free = slot;
}

/* One thread's share. Returns false without memory. */
static bool run_worker(struct worker *worker, bool batch)
{
    if (batch) {
        struct batch *lanes = batch_create(&worker->population->published);
        if (lanes == NULL)
            return false;
        const struct batch_queue queue = {next_course, finish_course, worker};
        batch_run(lanes, &queue);
        batch_free(lanes);
    } else {
        for (struct course *course = next_course(worker); course != NULL; course = next_course(worker)) {
            course_run(course);
            finish_course(course, worker);
        }
    }
    return !worker->no_memory;
}

static void free_slots(struct worker *worker)
{
    while (worker->free != NULL) {
        struct slot *slot = worker->free;
        worker->free = slot->next_free;
        free(slot);
    }
}

/* All patients once, on all threads. Returns false when one was not integrated or differs from the first. */
static bool run_population(struct population *population, bool batch)
{
    population->begun = population->finished = population->unequal = population->failed = 0;
    population->work = (struct integrator_work){0};
    bool all_ran = true;
#pragma omp parallel num_threads(population->options->threads)
    {
        struct worker worker = {.population = population};
        const bool ran = run_worker(&worker, batch);
        free_slots(&worker);
#pragma omp critical
        {
            all_ran = all_ran && ran;
            population->finished += worker.finished;
            population->unequal += worker.unequal;
            population->failed += worker.failed;
            population->work.steps += worker.work.steps;
            population->work.right_hand_sides += worker.work.right_hand_sides;
            population->work.jacobians += worker.work.jacobians;
        }
    }
    if (population->unequal > 0 || population->failed > 0)
        fprintf(stderr, "of %ld patients %ld failed and %ld differ from the first\n", population->finished,
                population->failed, population->unequal);
    return all_ran && population->finished == population->options->patients && population->unequal == 0 &&
           population->failed == 0;
}

/* The published patient alone, with whom the others are compared: not timed, as it also warms up. */
static bool run_first(struct population *population, bool batch)
{
    const struct measure_options *options = population->options;
    struct measure_options alone = *options;
    alone.patients = alone.threads = 1;
    alone.spread = 0;
    population->options = &alone;
    population->is_first = true;
    const bool ran = run_population(population, batch);
    population->options = options;
    population->is_first = false;
    return ran;
}

static bool measure(struct population *population, bool batch)
{
    char detail[64];
    snprintf(detail, sizeof detail, batch ? "%d lanes, %s" : "one patient at a time", batch_lane_count(),
             batch_instructions());
    struct measurement measurement = {.volume_l = population->volume_l, .detail = detail};
    struct integrator_work work = {0};
    if (!run_first(population, batch))
        return false;
    const struct measure_time start = measure_now();
    while (measurement.patients == 0 || measurement.time.wall < 1e3 * population->options->seconds) {
        if (!run_population(population, batch))
            return false;
        measurement.patients += population->finished;
        measurement.time = measure_since(start);
        work = population->work;
    }
    const double patients = population->options->patients;
    measurement.steps_per_patient = (double)work.steps / patients;
    measurement.right_hand_sides_per_patient = (double)work.right_hand_sides / patients;
    measurement.jacobians_per_patient = (double)work.jacobians / patients;
    return measure_print(&measurement);
}

int main(int argc, char **argv)
{
    struct measure_options options;
    const bool usable = measure_options_read(argc, argv, &options) &&
                        (strcmp(options.method, "cvode") == 0 || strcmp(options.method, "batch") == 0);
    if (!usable) {
        fprintf(stderr, "usage: engines cvode|batch [--tolerance X] [--seconds X] [--patients N] [--threads N] "
                        "[--interval DAYS] [--spread X]\n");
        return 2;
    }
    static struct population population;
    if (part_a_prepare() != 0)
        return EXIT_FAILURE;
    plan(&population, &options);
    return measure(&population, strcmp(options.method, "batch") == 0) ? EXIT_SUCCESS : EXIT_FAILURE;
}
