#include "batch_course.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- Patients --------------------------------------------------------------------------------------- */

static void observe(const struct model *model, double day, const double *state, size_t output, void *context)
{
    struct kept_course *kept = context;
    assert_true(output == kept->shown_count && output < KEPT_DAYS);
    kept->shown_day[output] = day;
    if (kept->shown != NULL)
        memcpy(kept->shown[output], state, (size_t)model_state_count(model) * sizeof *state);
    kept->shown_count++;
}

static void make_course(struct kept_course *kept, double end_day)
{
    kept->course = (struct course){.model = &kept->model,
                                   .events = kept->events,
                                   .output_days = kept->days,
                                   .observe = observe,
                                   .context = kept,
                                   .relative_tolerance = 1e-6,
                                   .end_day = end_day,
                                   .state = kept->state};
}

void kept_patient(struct kept_course *kept, int lesions, enum kept_drugs drugs, int number, double end_day)
{
    static const struct lesion_factors factors[MODEL_MAX_LESIONS] = {
        {1, 1, 1, 1, 1}, {1.2, 0.8, 2, 0.5, 0.9}, {0.9, 1.1, 0.3, 1, 1.2}, {1, 2, 1, 3, 1}, {1.1, 1, 0.5, 1, 0.8}};
    static const double relative_size[MODEL_MAX_LESIONS] = {1, 3, 2, 0.3, 0.01};
    memset(kept, 0, sizeof *kept);
    struct parameters parameters;
    parameters_default(&parameters);
    parameters.cancer_growth_rate *= 1 + 0.3 * sin(1.7 * number);
    parameters.killing_rate *= 1 + 0.5 * sin(0.7 * number);
    parameters.pdl1_per_cancer_cell *= 1 + 0.9 * sin(2.3 * number);
    const struct antibody *antibodies[2] = {model_preset_antibody(PRESET_NSCLC, drugs == KEPT_DURVALUMAB ? 3 : 0),
                                            model_preset_antibody(PRESET_NSCLC, 4)};
    const struct model_settings settings = {.preset = PRESET_NSCLC,
                                            .parameters = &parameters,
                                            .lesion_count = lesions,
                                            .factors = factors,
                                            .antibodies = antibodies,
                                            .drug_count = drugs == KEPT_NO_DRUG                ? 0
                                                          : drugs == KEPT_NIVOLUMAB_IPILIMUMAB ? 2
                                                                                               : 1};
    model_prepare(&kept->model, &settings);
    assert_true(model_state_count(&kept->model) <= KEPT_STATES);
    model_tumour_free_state(&kept->model, kept->start);
    double seeds[MODEL_MAX_LESIONS];
    for (int i = 0; i < lesions; i++)
        seeds[i] = relative_size[i] * 1e9 / parameters.seed_cancer_cells;
    model_seed_lesions(&kept->model, seeds, kept->start);
    make_course(kept, end_day);
}

void kept_published(struct kept_course *kept, double end_day)
{
    memset(kept, 0, sizeof *kept);
    struct parameters parameters;
    parameters_default(&parameters);
    const struct antibody *nivolumab = model_preset_antibody(PRESET_QSPIO_NSCLC_2020, 0);
    const struct model_settings settings = {.preset = PRESET_QSPIO_NSCLC_2020,
                                            .parameters = &parameters,
                                            .lesion_count = 1,
                                            .antibodies = &nivolumab,
                                            .drug_count = 1};
    model_prepare(&kept->model, &settings);
    model_published_state(&kept->model, kept->start);
    make_course(kept, end_day);
    for (int i = 0; 14.0 * i < end_day; i++)
        kept_add_event(kept, (struct course_event){.day = 14.0 * i,
                                                   .kind = EVENT_BOLUS,
                                                   .amount_nmol = 240 / nivolumab->molar_mass_g_per_mol * 1e6});
}

void kept_add_event(struct kept_course *kept, struct course_event event)
{
    assert_true(kept->course.event_count < KEPT_EVENTS);
    kept->events[kept->course.event_count++] = event;
    course_sort_events(kept->events, kept->course.event_count);
}

void kept_add_infusions(struct kept_course *kept, int drug, double nmol, double hours, double interval_days, int count)
{
    const double length = hours / 24;
    for (int i = 0; i < count; i++) {
        const struct course_event start = {
            .day = i * interval_days, .kind = EVENT_INFUSION_START, .drug = drug, .nmol_per_d = nmol / length};
        struct course_event end = start;
        end.day += length;
        end.kind = EVENT_INFUSION_END;
        kept_add_event(kept, start);
        kept_add_event(kept, end);
    }
}

void kept_add_fractions(struct kept_course *kept, int lesion, double gray, double coverage, double first_day, int count)
{
    for (int i = 0; i < count; i++)
        kept_add_event(kept,
                       (struct course_event){
                           .day = first_day + 2.0 * i,
                           .kind = EVENT_FRACTION,
                           .fraction = {.lesion = lesion, .gray = gray, .coverage = coverage, .nodes = coverage < 1}});
}

void kept_add_output(struct kept_course *kept, double day)
{
    assert_true(kept->course.output_count < KEPT_DAYS);
    kept->days[kept->course.output_count++] = day;
}

void kept_add_outputs(struct kept_course *kept, double first, double interval, double last)
{
    for (int i = 0; first + interval * i <= last; i++)
        kept_add_output(kept, first + interval * i);
}

void kept_keep_states(struct kept_course *kept)
{
    kept->shown = calloc(KEPT_DAYS, sizeof *kept->shown);
    assert_non_null(kept->shown);
}

void kept_free(struct kept_course *kept)
{
    free(kept->shown);
    kept->shown = NULL;
}

/* ---- Runs ------------------------------------------------------------------------------------------- */

static void rewind_course(struct kept_course *kept)
{
    memcpy(kept->state, kept->start, sizeof kept->state);
    kept->shown_count = 0;
    kept->returned = 0;
}

void kept_run_with_cvode(struct kept_course *kept, double relative_tolerance)
{
    rewind_course(kept);
    kept->course.relative_tolerance = relative_tolerance;
    course_run(&kept->course);
}

struct line {
    struct course *const *courses;
    size_t count, next;
    int *returned; /* [count] */
};

static struct course *next_in_line(void *context)
{
    struct line *line = context;
    return line->next < line->count ? line->courses[line->next++] : NULL;
}

static void count_return(struct course *course, void *context)
{
    struct line *line = context;
    for (size_t i = 0; i < line->count; i++)
        if (line->courses[i] == course) {
            assert_true(i < line->next);
            line->returned[i]++;
        }
}

static void run_line(const struct lanes_functions *functions, struct course *const *courses, size_t count)
{
    int *returned = calloc(count + 1, sizeof *returned);
    assert_non_null(returned);
    struct batch *batch = batch_create_with(functions, courses[0]->model);
    assert_non_null(batch);
    struct line line = {.courses = courses, .count = count, .returned = returned};
    const struct batch_queue queue = {.next = next_in_line, .finished = count_return, .context = &line};
    batch_run(batch, &queue);
    batch_free(batch);
    assert_int_equal(line.next, count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(returned[i], 1);
    free(returned);
}

void kept_run_in_batch(const struct lanes_functions *functions, struct kept_course *const *list, size_t count)
{
    struct course **courses = calloc(count, sizeof *courses);
    assert_non_null(courses);
    for (size_t i = 0; i < count; i++) {
        rewind_course(list[i]);
        courses[i] = &list[i]->course;
    }
    run_line(functions, courses, count);
    for (size_t i = 0; i < count; i++)
        list[i]->returned = 1;
    free(courses);
}

void kept_run(struct kept_course *kept, double relative_tolerance)
{
    kept->course.relative_tolerance = relative_tolerance;
    kept_run_in_batch(lanes_best(), &kept, 1);
}

void course_run_in_batch(struct course *course)
{
    run_line(lanes_best(), &course, 1);
}

/* ---- Comparison ------------------------------------------------------------------------------------- */

void assert_same_course(const struct kept_course *one, const struct kept_course *other)
{
    const struct course *a = &one->course, *b = &other->course;
    const size_t bytes = (size_t)model_state_count(a->model) * sizeof *a->state;
    assert_int_equal(a->result, b->result);
    assert_memory_equal(&a->day, &b->day, sizeof a->day);
    assert_memory_equal(a->state, b->state, bytes);
    assert_int_equal(a->last_event == NULL ? -1 : a->last_event - a->events,
                     b->last_event == NULL ? -1 : b->last_event - b->events);
    assert_int_equal(one->shown_count, other->shown_count);
    assert_memory_equal(one->shown_day, other->shown_day, one->shown_count * sizeof *one->shown_day);
    for (size_t i = 0; i < one->shown_count && one->shown != NULL && other->shown != NULL; i++)
        assert_memory_equal(one->shown[i], other->shown[i], bytes);
    assert_int_equal(a->work.steps, b->work.steps);
    assert_int_equal(a->work.right_hand_sides, b->work.right_hand_sides);
    assert_int_equal(a->work.jacobians, b->work.jacobians);
    assert_int_equal(a->work.restarts, b->work.restarts);
    assert_int_equal(a->failure.code, b->failure.code);
    if (a->failure.code == 0)
        return;
    assert_string_equal(a->failure.reason, b->failure.reason);
    assert_memory_equal(&a->failure.day, &b->failure.day, sizeof a->failure.day);
    assert_memory_equal(&a->failure.step_days, &b->failure.step_days, sizeof a->failure.step_days);
    assert_int_equal(a->failure.worst_state, b->failure.worst_state);
}
