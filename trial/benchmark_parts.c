/* Times the parts of a step and counts them up. The parts depend on lesions and drugs, so they are timed for each
 * number of lesions and each arm of which courses were run; the patient is the first one who has so many lesions. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/parts.h"
#include "solver/rosenbrock.h"
#include "trial/benchmark.h"
#include "trial/clock.h"
#include "trial/single.h"

/* A part is repeated until it takes this long, and timed so often. The shortest time counts: what makes it longer comes
 * from outside. */
static const double shortest_seconds = 5e-4;
enum { TIMES = 15 };

/* What is timed: of one patient and of one output in ns. */
struct part_times {
    double ns[BENCHMARK_COUNTED_PARTS];
    double attempt_ns, output_ns;
};

/* What the engine has spent, in ns of all courses together. */
struct part_sums {
    double ns[BENCHMARK_COUNTED_PARTS];
    double attempts_ns, outputs_ns;
    double outputs;
};

long benchmark_count(enum abscopal_engine engine, const struct integrator_work *work, enum benchmark_part part)
{
    switch (part) {
    case BENCHMARK_RIGHT_HAND_SIDES:
        return work->right_hand_sides;
    case BENCHMARK_JACOBIANS:
    case BENCHMARK_FACTORISATIONS: /* each for a new Jacobian */
        return work->jacobians;
    case BENCHMARK_SOLUTIONS: /* a stage has one each; an iteration of Newton too, but not the first slope of a start */
        return engine == ABSCOPAL_ENGINE_BATCH ? ROSENBROCK_STAGES * work->attempts
                                               : work->right_hand_sides - work->restarts;
    case BENCHMARK_STEPPING:
    case BENCHMARK_REST:
        break;
    }
    return 0;
}

/* ---- Clocks ----------------------------------------------------------------------------------------- */

static double seconds_of(struct step_parts *parts, enum step_part part, long count)
{
    const double start = clock_thread_seconds();
    step_parts_run(parts, part, count);
    return clock_thread_seconds() - start;
}

/* Nanoseconds of one part. */
static double time_part(struct step_parts *parts, enum step_part part)
{
    long count = 16;
    while (seconds_of(parts, part, count) < shortest_seconds)
        count *= 2;
    double least = INFINITY;
    for (int i = 0; i < TIMES; i++)
        least = fmin(least, seconds_of(parts, part, count));
    return 1e9 * least / (double)count;
}

static void time_parts(struct step_parts *parts, bool lanes, struct part_times *times)
{
    const double share = 1.0 / step_parts_patients(parts);
    const double rates = time_part(parts, STEP_RATES), linearisation = time_part(parts, STEP_LINEARISATION);
    const double factorisation = time_part(parts, STEP_FACTORISATION), copy = time_part(parts, STEP_COPY);
    times->ns[BENCHMARK_RIGHT_HAND_SIDES] = share * rates;
    times->ns[BENCHMARK_JACOBIANS] = share * (linearisation - rates);
    times->ns[BENCHMARK_FACTORISATIONS] = share * (factorisation - linearisation);
    times->ns[BENCHMARK_SOLUTIONS] = share * (time_part(parts, STEP_SOLUTION) - copy);
    times->attempt_ns = lanes ? share * time_part(parts, STEP_ATTEMPT) : NAN;
    times->output_ns = time_part(parts, STEP_OUTPUT);
}

/* ---- Courses ---------------------------------------------------------------------------------------- */

/* What is timed, and what it adds up to. */
struct attribution {
    const struct abscopal_results *results;
    enum abscopal_engine engine;
    struct single_patient single;
    double *state; /* a patient's, a quarter through an arm; NULL until then */
    struct part_sums sums;
};

/* Adds what the courses of a tally have cost, judging by a model at a state. What cannot be timed, as it cannot be
 * integrated, is left with the rest. */
static void add_courses(struct attribution *attribution, int arm, const struct model *model, const double *state)
{
    const struct abscopal_results *results = attribution->results;
    const struct course_tally *tally = &results->tallies[results_tally(results, model->lesion_count, arm)];
    const bool lanes = attribution->engine == ABSCOPAL_ENGINE_BATCH;
    struct part_times times;
    struct part_sums *sums = &attribution->sums;
    struct step_parts *parts = step_parts_create(lanes, model, state, results->relative_tolerance);
    if (parts == NULL)
        return;
    time_parts(parts, lanes, &times);
    step_parts_free(parts);
    for (int part = 0; part < BENCHMARK_COUNTED_PARTS; part++)
        sums->ns[part] +=
            times.ns[part] * (double)benchmark_count(attribution->engine, &tally->work, (enum benchmark_part)part);
    sums->attempts_ns += times.attempt_ns * (double)tally->work.attempts;
    if (arm < 0)
        return;
    const double outputs = (double)tally->courses * (double)results->visit_count;
    sums->outputs += outputs;
    sums->outputs_ns += outputs * times.output_ns;
}

static void keep_state(const struct model *model, double day, const double *state, size_t output, void *context)
{
    (void)day, (void)output;
    struct attribution *attribution = context;
    const size_t bytes = (size_t)model_state_count(model) * sizeof *state;
    free(attribution->state);
    attribution->state = malloc(bytes);
    if (attribution->state != NULL)
        memcpy(attribution->state, state, bytes);
}

static bool arms_were_run(const struct abscopal_results *results, int lesions)
{
    size_t courses = 0;
    for (size_t arm = 0; arm < results->arm_count; arm++)
        courses += results->tallies[results_tally(results, lesions, (int)arm)].courses;
    return courses > 0;
}

/* The first patient with so many lesions who can be grown; growth is timed with the first of all. False when there is
 * none. */
static bool grow_patient(struct attribution *attribution, int lesions)
{
    const struct abscopal_results *results = attribution->results;
    struct single_patient *single = &attribution->single;
    struct integration_failure failure;
    single->patients = results->sampled_count;
    bool growth_timed = results->tallies[results_tally(results, lesions, -1)].courses == 0;
    for (size_t id = 1; id <= results->patient_count; id++) {
        trial_patient_draw(results->trial, results->seed, results->sampled_count, id, &single->patient);
        if (single->patient.lesion_count != lesions)
            continue;
        if (!growth_timed) {
            trial_patient_grow(results->trial, &single->patient, results->relative_tolerance, &single->room);
            add_courses(attribution, -1, &single->room.model, single->room.state);
            growth_timed = true;
        }
        if (!arms_were_run(results, lesions))
            return false;
        if (single_patient_grow(single, results->seed, id, &failure) == ABSCOPAL_PATIENT_COMPLETED)
            return true;
    }
    return false;
}

static void add_arm(struct attribution *attribution, size_t arm)
{
    const struct abscopal_results *results = attribution->results;
    struct single_patient *single = &attribution->single;
    struct integration_failure failure;
    const double day = 0.25 * results->trial->file.until_days;
    const struct course_tally *tally =
        &results->tallies[results_tally(results, single->patient.lesion_count, (int)arm)];
    if (tally->courses == 0)
        return;
    const bool completed =
        single_patient_treat(single, arm, &day, 1, keep_state, attribution, &failure) == ABSCOPAL_PATIENT_COMPLETED;
    if (completed && attribution->state != NULL)
        add_courses(attribution, (int)arm, &single->room.model, attribution->state);
}

/* Returns false when told to stop. */
static bool add_all(struct attribution *attribution, bool (*stop)(void *context), void *context)
{
    const struct abscopal_results *results = attribution->results;
    for (int lesions = 1; lesions <= (int)results->lesion_count; lesions++) {
        if (!grow_patient(attribution, lesions))
            continue;
        for (size_t arm = 0; arm < results->arm_count; arm++) {
            if (stop(context))
                return false;
            add_arm(attribution, arm);
        }
    }
    return true;
}

/* Of one patient in ms; what is left of the time of a patient goes to what cannot be timed by itself. */
static void attribute(const struct part_sums *sums, struct benchmark_engine *engine)
{
    const double ms = 1e-6 / (double)engine->patients;
    double counted = 0;
    for (int part = 0; part < BENCHMARK_COUNTED_PARTS; part++) {
        const long count = benchmark_count(engine->engine, &engine->work, (enum benchmark_part)part);
        engine->ms[part] = ms * sums->ns[part];
        engine->ns[part] = count > 0 ? sums->ns[part] / (double)count : NAN;
        counted += engine->ms[part];
    }
    engine->output_ns = sums->outputs > 0 ? sums->outputs_ns / sums->outputs : NAN;
    if (engine->engine == ABSCOPAL_ENGINE_BATCH) {
        engine->attempt_ns = sums->attempts_ns / (double)engine->work.attempts;
        engine->ms[BENCHMARK_STEPPING] = ms * sums->attempts_ns - counted;
        engine->ms[BENCHMARK_REST] = engine->processor_ms - ms * sums->attempts_ns;
    } else {
        engine->ms[BENCHMARK_REST] = ms * sums->outputs_ns;
        engine->ms[BENCHMARK_STEPPING] = engine->processor_ms - counted - engine->ms[BENCHMARK_REST];
    }
}

enum abscopal_status benchmark_time_parts(const struct abscopal_results *results, struct benchmark_engine *engine,
                                          bool (*stop)(void *context), void *context)
{
    struct attribution attribution = {.results = results, .engine = engine->engine};
    enum abscopal_status status = ABSCOPAL_NO_MEMORY;
    if (single_patient_open(&attribution.single, results->trial, engine->engine, results->relative_tolerance)) {
        status = add_all(&attribution, stop, context) ? ABSCOPAL_OK : ABSCOPAL_INTERRUPTED;
        attribute(&attribution.sums, engine);
    }
    single_patient_close(&attribution.single);
    free(attribution.state);
    return status;
}
