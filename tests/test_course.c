/* Integration through events: against closed forms, and against what must not matter. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "batch_course.h"
#include "model/model.h"
#include "model_asserts.h"
#include "random_state.h"
#include "solver/course.h"

/* The engine under test: all that follows has to hold for either. */
static void (*run_course)(struct course *course);

enum { STATES = 200, OUTPUTS = 2000 };

/* A course and what it showed of one state. */
struct record {
    int state;
    size_t outputs;
    double day[OUTPUTS], value[OUTPUTS];
    double diameter_mm[OUTPUTS];
};

static void observe(const struct model *model, double day, const double *state, size_t output, void *context)
{
    struct record *record = context;
    assert_true(output == record->outputs && output < OUTPUTS);
    record->day[output] = day;
    record->value[output] = state[record->state];
    record->diameter_mm[output] = model_diameter_mm(model, state, 0);
    record->outputs++;
}

static void run(struct model *model, const struct course_event *events, size_t event_count, const double *days,
                size_t day_count, double end, double tolerance, double *state, struct record *record)
{
    struct course course = {.model = model,
                            .events = events,
                            .event_count = event_count,
                            .output_days = days,
                            .output_count = day_count,
                            .observe = observe,
                            .context = record,
                            .relative_tolerance = tolerance,
                            .end_day = end,
                            .state = state};
    record->outputs = 0;
    run_course(&course);
    assert_int_equal(course.result, COURSE_ENDED);
    assert_true(course.day == end);
    assert_int_equal(record->outputs, day_count);
}

/* An antibody that goes to blood and peripheral tissue only: two compartments, solved in closed form. */
static struct antibody two_compartment_antibody(void)
{
    struct antibody antibody = *model_preset_antibody(PRESET_NSCLC, 0);
    antibody.tumour_flow_l_per_d = antibody.node_flow_l_per_d = antibody.lymphatic_drainage_per_d = 0;
    return antibody;
}

/* Blood concentration a time after a bolus of 1 nmol (standard two-compartment model). */
static double unit_bolus(const struct model *model, double day)
{
    const struct antibody *a = model->antibodies[0];
    const double blood = model->parameters.blood_volume, tissue = model->parameters.peripheral_volume;
    const double k10 = a->clearance_l_per_d / blood, k12 = a->peripheral_flow_l_per_d / a->gamma_blood / blood;
    const double k21 = a->peripheral_flow_l_per_d / a->gamma_peripheral / tissue;
    const double sum = k10 + k12 + k21, root = sqrt(sum * sum - 4 * k10 * k21);
    const double fast = (sum + root) / 2, slow = (sum - root) / 2;
    return ((fast - k21) * exp(-fast * day) + (k21 - slow) * exp(-slow * day)) / (fast - slow) / blood;
}

/* The same for an infusion of 1 nmol over `length` days: the integral of unit_bolus. */
static double unit_infusion(const struct model *model, double day, double length)
{
    double sum = 0;
    enum { STEPS = 20000 };
    const double end = fmin(day, length);
    for (int i = 0; i < STEPS; i++)
        sum += unit_bolus(model, day - (i + 0.5) / STEPS * end) * end / STEPS;
    return sum / length;
}

static void doses_follow_the_two_compartment_solution(void **unused)
{
    (void)unused;
    const struct antibody antibody = two_compartment_antibody(), *list[] = {&antibody};
    struct parameters parameters;
    parameters_default(&parameters);
    struct model model;
    const struct model_settings settings = {
        .preset = PRESET_NSCLC, .parameters = &parameters, .lesion_count = 1, .antibodies = list, .drug_count = 1};
    model_prepare(&model, &settings);
    const double length = 0.5;
    struct course_event events[] = {
        {.day = 14, .kind = EVENT_INFUSION_END, .nmol_per_d = 0},
        {.day = 0, .kind = EVENT_BOLUS, .amount_nmol = 1000},
        {.day = 14, .kind = EVENT_INFUSION_START, .nmol_per_d = 2000 / length},
        {.day = 14 + length, .kind = EVENT_INFUSION_END, .nmol_per_d = 2000 / length},
    };
    course_sort_events(events, 4);
    const double days[] = {0, 0.1, 1, 7, 14, 14.25, 14.5, 15, 30, 60};
    double state[STATES];
    model_tumour_free_state(&model, state);
    struct record record = {.state = state_index(&model, "drug_blood")};
    run(&model, events, 4, days, sizeof days / sizeof *days, 60, 1e-9, state, &record);
    for (size_t i = 0; i < record.outputs; i++) {
        double expected = 1000 * unit_bolus(&model, days[i]);
        if (days[i] > 14)
            expected += 2000 * unit_infusion(&model, days[i] - 14, length);
        assert_close(record.value[i], expected, 1e-6);
    }
}

/* Without clearance, all of many doses is in the body at the end, however given. */
static void delivered_is_scheduled(void **unused)
{
    (void)unused;
    struct antibody antibody = two_compartment_antibody();
    antibody.clearance_l_per_d = 0;
    const struct antibody *list[] = {&antibody};
    struct parameters parameters;
    parameters_default(&parameters);
    struct model model;
    const struct model_settings settings = {
        .preset = PRESET_NSCLC, .parameters = &parameters, .lesion_count = 1, .antibodies = list, .drug_count = 1};
    model_prepare(&model, &settings);
    enum { DOSES = 29 };
    struct course_event events[3 * DOSES];
    for (int i = 0; i < DOSES; i++) {
        events[3 * i] = (struct course_event){.day = 14.0 * i, .kind = EVENT_BOLUS, .amount_nmol = 300};
        events[3 * i + 1] = (struct course_event){.day = 14.0 * i, .kind = EVENT_INFUSION_START, .nmol_per_d = 48000};
        events[3 * i + 2] =
            (struct course_event){.day = 14.0 * i + 1.0 / 48, .kind = EVENT_INFUSION_END, .nmol_per_d = 48000};
    }
    course_sort_events(events, 3 * DOSES);
    double state[STATES];
    model_tumour_free_state(&model, state);
    struct record record = {.state = 0};
    run(&model, events, 3 * DOSES, NULL, 0, 400, 1e-8, state, &record);
    const double total = state[state_index(&model, "drug_blood")] * parameters.blood_volume +
                         state[state_index(&model, "drug_peripheral")] * parameters.peripheral_volume;
    assert_close(total, DOSES * (300 + 1000.0), 1e-9);
}

/* No T cells, no death: logistic growth in closed form. */
static void growth_without_immunity_is_logistic(void **unused)
{
    (void)unused;
    struct model model;
    random_state_model(1, 0, &model);
    model.parameters.cancer_death_rate = model.parameters.killing_rate = 0;
    double state[STATES];
    model_tumour_free_state(&model, state);
    const double one = 1;
    model_seed_lesions(&model, &one, state);
    struct record record = {.state = state_index(&model, "cancer_cells")};
    double days[20];
    for (int i = 0; i < 20; i++)
        days[i] = 100.0 * i;
    run(&model, NULL, 0, days, 20, 2000, 1e-9, state, &record);
    const double limit = model.derived.maximum_cancer_cells, start = model.parameters.seed_cancer_cells;
    for (size_t i = 0; i < record.outputs; i++)
        assert_close(record.value[i], limit / (1 + (limit / start - 1) * exp(-0.012 * days[i])), 1e-6);
}

static void make_treated_start(struct model *model, double *state)
{
    random_state_model(2, 1, model);
    struct model without;
    random_state_model(2, 0, &without);
    double start[STATES];
    random_state_fill(&without, 11, start);
    model_add_drugs(&without, start, model, state);
}

static size_t make_events(struct course_event *events)
{
    size_t count = 0;
    for (int i = 0; i < 4; i++)
        events[count++] = (struct course_event){.day = 14.0 * i, .kind = EVENT_BOLUS, .amount_nmol = 1600};
    for (int i = 0; i < 3; i++)
        events[count++] = (struct course_event){
            .day = 2.0 * i, .kind = EVENT_FRACTION, .fraction = {.lesion = 0, .gray = 8, .coverage = 1}};
    course_sort_events(events, count);
    return count;
}

/* Asking for more outputs changes no bit of the others. */
static void outputs_do_not_change_the_course(void **unused)
{
    (void)unused;
    struct course_event events[16];
    const size_t event_count = make_events(events);
    static double fine[OUTPUTS], coarse[OUTPUTS];
    for (int i = 0; i <= 600; i++)
        fine[i] = 0.1 * i;
    for (int i = 0; i <= 6; i++)
        coarse[i] = fine[100 * i];
    double first[STATES], second[STATES];
    struct model model;
    static struct record many, few;
    make_treated_start(&model, first);
    memcpy(second, first, sizeof second);
    run(&model, events, event_count, fine, 601, 60, 1e-6, first, &many);
    run(&model, events, event_count, coarse, 7, 60, 1e-6, second, &few);
    assert_memory_equal(first, second, (size_t)model_state_count(&model) * sizeof *first);
    for (int i = 0; i <= 6; i++)
        assert_true(few.diameter_mm[i] == many.diameter_mm[100 * i]);
}

/* Tighter tolerances converge: the result at 1e-6 is good to 1e-4 against 1e-10. */
static void tolerance_controls_the_error(void **unused)
{
    (void)unused;
    struct course_event events[16];
    const size_t event_count = make_events(events);
    const double days[] = {10, 20, 40, 60};
    double state[STATES];
    struct model model;
    static struct record loose, tight;
    make_treated_start(&model, state);
    run(&model, events, event_count, days, 4, 60, 1e-6, state, &loose);
    make_treated_start(&model, state);
    run(&model, events, event_count, days, 4, 60, 1e-10, state, &tight);
    for (int i = 0; i < 4; i++)
        assert_close(loose.diameter_mm[i], tight.diameter_mm[i], 1e-5);
}

/* Infusion ends, infusion starts, boluses, fractions; then as put in. */
static void simultaneous_events_have_one_order(void **unused)
{
    (void)unused;
    struct course_event events[] = {
        {.day = 7, .kind = EVENT_FRACTION, .fraction = {.lesion = 1}},
        {.day = 7, .kind = EVENT_FRACTION, .fraction = {.lesion = 0}},
        {.day = 7, .kind = EVENT_BOLUS},
        {.day = 7 + 1e-12, .kind = EVENT_INFUSION_START},
        {.day = 7, .kind = EVENT_INFUSION_END},
        {.day = 3, .kind = EVENT_FRACTION, .fraction = {.lesion = 4}},
    };
    course_sort_events(events, 6);
    const enum course_event_kind kinds[] = {EVENT_FRACTION, EVENT_INFUSION_END, EVENT_INFUSION_START,
                                            EVENT_BOLUS,    EVENT_FRACTION,     EVENT_FRACTION};
    const int lesions[] = {4, 0, 0, 0, 1, 0};
    for (int i = 0; i < 6; i++) {
        assert_int_equal(events[i].kind, kinds[i]);
        assert_int_equal(events[i].fraction.lesion, lesions[i]);
    }
}

/* An output on the day of a dose shows the state just after it. */
static void outputs_come_after_events(void **unused)
{
    (void)unused;
    struct model model;
    double state[STATES];
    make_treated_start(&model, state);
    const struct course_event event = {.day = 5, .kind = EVENT_BOLUS, .amount_nmol = 500};
    const double days[] = {0, 5, 6};
    struct record record = {.state = state_index(&model, "drug_blood")};
    run(&model, &event, 1, days, 3, 6, 1e-6, state, &record);
    assert_true(record.value[0] == 0);
    assert_close(record.value[1], 100, 1e-12);
    assert_true(record.value[2] > 0 && record.value[2] < 100);
}

/* Killed to below one cell, a lesion has none for good, and its remains are cleared exponentially. */
static void the_last_cell_dies(void **unused)
{
    (void)unused;
    struct model model;
    random_state_model(2, 0, &model);
    model.parameters.cancer_growth_rate = 0;
    model.parameters.cancer_death_rate = 2;
    model.parameters.cd8_activation_rate = 0;
    double state[STATES];
    model_tumour_free_state(&model, state);
    const double sizes[] = {1, 1e-3};
    model_seed_lesions(&model, sizes, state);
    double days[41];
    for (int i = 0; i <= 40; i++)
        days[i] = i;
    struct record record = {.state = state_index(&model, "cancer_cells")};
    run(&model, NULL, 0, days, 41, 40, 1e-8, state, &record);
    const double gone = log(model.parameters.seed_cancer_cells / MODEL_LAST_CELL) / 2;
    for (int i = 0; i <= 40; i++) {
        if (i < gone)
            assert_close(record.value[i], model.parameters.seed_cancer_cells * exp(-2.0 * i), 1e-5);
        else
            assert_true(record.value[i] == 0);
    }
    assert_true(model_cancer_cells(&model, state, 1) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doses_follow_the_two_compartment_solution),
        cmocka_unit_test(delivered_is_scheduled),
        cmocka_unit_test(growth_without_immunity_is_logistic),
        cmocka_unit_test(outputs_do_not_change_the_course),
        cmocka_unit_test(tolerance_controls_the_error),
        cmocka_unit_test(simultaneous_events_have_one_order),
        cmocka_unit_test(outputs_come_after_events),
        cmocka_unit_test(the_last_cell_dies),
    };
    run_course = course_run;
    const int failed = cmocka_run_group_tests_name("cvode", tests, NULL, NULL);
    run_course = course_run_in_batch;
    return failed + cmocka_run_group_tests_name("batch", tests, NULL, NULL);
}
