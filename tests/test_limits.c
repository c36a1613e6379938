/* Limits in which the full model becomes a simpler one. */
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
#include "solver/course.h"

/* The engine under test: all that follows has to hold for either. */
static void (*run_course)(struct course *course);

enum { STATES = 400, DAYS = 85 };

struct record {
    double diameter_mm[DAYS], lymphocytes[DAYS], blood[DAYS];
};

static void observe(const struct model *model, double day, const double *state, size_t output, void *context)
{
    (void)day;
    struct record *record = context;
    record->diameter_mm[output] = model_diameter_mm(model, state, 0);
    record->lymphocytes[output] = model_lymphocytes_per_ul(model, state);
    record->blood[output] = model->drug_count > 0 ? model_drug_blood_nanomolar(state, 0) : 0;
}

static void run(struct model *model, double *state, bool irradiate, double tolerance, struct record *record)
{
    double days[DAYS];
    for (int i = 0; i < DAYS; i++)
        days[i] = i;
    struct course_event events[7];
    size_t count = 0;
    for (int i = 0; i < 4 && model->drug_count > 0; i++)
        events[count++] = (struct course_event){.day = 21.0 * i, .kind = EVENT_BOLUS, .amount_nmol = 1400};
    for (int i = 0; i < 3 && irradiate; i++)
        events[count++] = (struct course_event){
            .day = 2.0 * i, .kind = EVENT_FRACTION, .fraction = {.lesion = 0, .gray = 8, .coverage = 1}};
    course_sort_events(events, count);
    struct course course = {.model = model,
                            .events = events,
                            .event_count = count,
                            .output_days = days,
                            .output_count = DAYS,
                            .observe = observe,
                            .context = record,
                            .relative_tolerance = tolerance,
                            .end_day = DAYS - 1,
                            .state = state};
    run_course(&course);
    assert_int_equal(course.result, COURSE_ENDED);
}

static double largest_difference(const struct record *a, const struct record *b)
{
    double worst = 0;
    for (int i = 0; i < DAYS; i++) {
        worst = fmax(worst, fabs(a->diameter_mm[i] / b->diameter_mm[i] - 1));
        worst = fmax(worst, fabs(a->lymphocytes[i] / b->lymphocytes[i] - 1));
        if (b->blood[i] > 0)
            worst = fmax(worst, fabs(a->blood[i] / b->blood[i] - 1));
    }
    return worst;
}

/* Part A from its published state, with lymphatics of that transit rate or without any. */
static void run_published(bool lymphatics, double transit_rate, struct record *record)
{
    struct parameters parameters;
    parameters_default(&parameters);
    parameters.lymphatic_transit_rate = transit_rate;
    struct model_options options;
    model_preset_options(PRESET_QSPIO_NSCLC_2020, &options);
    options.lymphatics = lymphatics;
    const struct antibody *antibody = model_preset_antibody(PRESET_QSPIO_NSCLC_2020, 0);
    const struct model_settings settings = {.preset = PRESET_QSPIO_NSCLC_2020,
                                            .options = &options,
                                            .parameters = &parameters,
                                            .lesion_count = 1,
                                            .antibodies = &antibody,
                                            .drug_count = 1};
    struct model model;
    model_prepare(&model, &settings);
    double state[STATES];
    model_published_state(&model, state);
    run(&model, state, false, 1e-8, record);
}

/* The faster the lymph, the closer to Part A: the difference falls with the transit rate and vanishes. */
static void fast_lymph_gives_part_a_back(void **unused)
{
    (void)unused;
    static struct record published, slow, fast, instant;
    run_published(false, 4, &published);
    run_published(true, 4, &slow);
    run_published(true, 4e3, &fast);
    run_published(true, 4e7, &instant);
    const double a = largest_difference(&slow, &published), b = largest_difference(&fast, &published);
    const double c = largest_difference(&instant, &published);
    print_message("  4 /d: %.2e, 4e3 /d: %.2e, 4e7 /d: %.2e\n", a, b, c);
    assert_true(b < a / 500 && c < 1e-6);
}

static void prepare(struct model *model, int lesions, bool with_ctla4, const struct model_options *options)
{
    static const struct antibody *antibodies[2];
    antibodies[0] = model_preset_antibody(PRESET_NSCLC, 0);
    antibodies[1] = model_preset_antibody(PRESET_NSCLC, 4);
    assert_int_equal(antibodies[1]->target, TARGET_CTLA4);
    struct parameters parameters;
    parameters_default(&parameters);
    const struct model_settings settings = {.preset = PRESET_NSCLC,
                                            .options = options,
                                            .parameters = &parameters,
                                            .lesion_count = lesions,
                                            .antibodies = antibodies,
                                            .drug_count = with_ctla4 ? 2 : 1};
    model_prepare(model, &settings);
}

/* A tumour-bearing state: the published one with a lesion of these cells. */
static void start(const struct model *model, const double *sizes, double *state)
{
    model_tumour_free_state(model, state);
    double cells[MODEL_MAX_LESIONS];
    for (int i = 0; i < model->lesion_count; i++)
        cells[i] = sizes[i] * 1e9 / model->parameters.seed_cancer_cells;
    model_seed_lesions(model, cells, state);
}

/* Without an antibody against CTLA-4, co-stimulation and Treg depletion change nothing, whether modelled or not, and
 * whether such a drug belongs to the arm but is not given. */
static void ctla4_matters_only_with_a_drug(void **unused)
{
    (void)unused;
    static struct record with, without, idle;
    struct model model;
    struct model_options options;
    double state[STATES];
    const double size = 1;
    prepare(&model, 1, false, NULL);
    start(&model, &size, state);
    run(&model, state, true, 1e-9, &with);
    model_preset_options(PRESET_NSCLC, &options);
    options.costimulation = options.treg_depletion = false;
    prepare(&model, 1, false, &options);
    start(&model, &size, state);
    run(&model, state, true, 1e-9, &without);
    prepare(&model, 1, true, NULL);
    start(&model, &size, state);
    run(&model, state, true, 1e-9, &idle);
    print_message("  switched off: %.2e, present but not given: %.2e\n", largest_difference(&with, &without),
                  largest_difference(&idle, &with));
    assert_true(largest_difference(&with, &without) < 1e-6);
    assert_true(largest_difference(&idle, &with) < 1e-6);
}

/* Four of five lesions without cells: the one-lesion model, but for the 1e-9 L that each empty lesion still is, 2e-7 of
 * the tumour here. At a tight tolerance, since the solver's error norm is a mean over all states, idle ones included.
 */
static void empty_lesions_do_not_count(void **unused)
{
    (void)unused;
    static struct record one, five;
    struct model model;
    double state[STATES];
    const double sizes[MODEL_MAX_LESIONS] = {10, 0, 0, 0, 0};
    prepare(&model, 1, false, NULL);
    start(&model, sizes, state);
    run(&model, state, true, 1e-11, &one);
    prepare(&model, 5, false, NULL);
    start(&model, sizes, state);
    run(&model, state, true, 1e-11, &five);
    print_message("  %.2e\n", largest_difference(&five, &one));
    assert_true(largest_difference(&five, &one) < 1e-6);
}

/* Lesions that are equal stay equal, and the order of lesions does not matter. */
static void equal_lesions_stay_equal(void **unused)
{
    (void)unused;
    struct model model;
    double state[STATES];
    static struct record record;
    const double sizes[MODEL_MAX_LESIONS] = {1, 1, 1, 1, 1};
    prepare(&model, 5, true, NULL);
    start(&model, sizes, state);
    run(&model, state, false, 1e-8, &record);
    for (int lesion = 1; lesion < 5; lesion++)
        assert_true(fabs(model_diameter_mm(&model, state, lesion) / model_diameter_mm(&model, state, 0) - 1) < 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fast_lymph_gives_part_a_back),
        cmocka_unit_test(ctla4_matters_only_with_a_drug),
        cmocka_unit_test(empty_lesions_do_not_count),
        cmocka_unit_test(equal_lesions_stay_equal),
    };
    run_course = course_run;
    const int failed = cmocka_run_group_tests_name("cvode", tests, NULL, NULL);
    run_course = course_run_in_batch;
    return failed + cmocka_run_group_tests_name("batch", tests, NULL, NULL);
}
