/* The edge of the ranges that a cohort file may draw parameters from: the model is defined there, and the engines agree
 * on patients who need it (bench/edge_of_ranges.py draws thousands). */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/view.h"
#include "trial/single.h"

/* ---- The model -------------------------------------------------------------------------------------- */

static void assert_finite(const struct model *model, const double *state)
{
    double rate[MODEL_MAX_STATES];
    model_rates(model, state, rate);
    for (int i = 0; i < model_state_count(model); i++)
        if (!isfinite(state[i]) || !isfinite(rate[i]))
            fail_msg("%s is %g, its rate %g", model_state_describe(model, i).name, state[i], rate[i]);
}

/* A body before a tumour, with seeds, and after so many fractions that no lymphocyte is left. */
static void assert_defined(const struct parameters *parameters)
{
    static const double sizes[2] = {1, 1e-6};
    struct model model;
    double state[MODEL_MAX_STATES];
    const struct model_settings settings = {.preset = PRESET_NSCLC, .parameters = parameters, .lesion_count = 2};
    model_prepare(&model, &settings);
    model_tumour_free_state(&model, state);
    assert_finite(&model, state);
    model_seed_lesions(&model, sizes, state);
    assert_finite(&model, state);
    struct field_memory memory = {.course = -1};
    const struct fraction fraction = {.gray = 30, .coverage = 1, .nodes = true};
    for (int i = 0; i < 3; i++)
        model_irradiate(&model, &fraction, i, &memory, state);
    assert_finite(&model, state);
}

static void one_parameter_at_an_end_of_its_range(void **unused)
{
    (void)unused;
    for (int i = 0; i < 2 * PARAMETER_COUNT; i++) {
        struct parameters parameters;
        parameters_default(&parameters);
        const struct parameter_description *row = parameter_describe(i / 2);
        ((constant *)&parameters)[i / 2] = i % 2 ? row->upper : row->lower;
        assert_defined(&parameters);
    }
}

/* Two at once: a sum of two rates is 0 where both are. */
static void two_parameters_at_the_ends_of_their_ranges(void **unused)
{
    (void)unused;
    for (int i = 0; i < 2 * PARAMETER_COUNT; i++)
        for (int j = i + 2 - i % 2; j < 2 * PARAMETER_COUNT; j++) {
            struct parameters parameters;
            parameters_default(&parameters);
            const struct parameter_description *one = parameter_describe(i / 2), *other = parameter_describe(j / 2);
            ((constant *)&parameters)[i / 2] = i % 2 ? one->upper : one->lower;
            ((constant *)&parameters)[j / 2] = j % 2 ? other->upper : other->lower;
            assert_defined(&parameters);
        }
}

/* ---- Patients --------------------------------------------------------------------------------------- */

static void write_quantity(FILE *text, double value, const char *unit)
{
    fprintf(text, "%.17g%s%s", value, strcmp(unit, "1") != 0 ? " " : "", strcmp(unit, "1") != 0 ? unit : "");
}

/* Draw "ranges" of bench/edge_of_ranges.py. */
static char *write_cohort(void)
{
    char *cohort = NULL;
    size_t size = 0;
    FILE *text = open_memstream(&cohort, &size);
    assert_non_null(text);
    fputs("name: edge of the ranges\npatients: 10000\nseed: 1\nlesions: {1: 20 %, 2: 20 %, 3: 20 %, 4: 20 %, 5: 20 %}\n"
          "baseline_sum_of_diameters: {distribution: loguniform, lower: 1 mm, upper: 1000 mm}\n"
          "relative_lesion_size: {distribution: loguniform, lower: 1e-6, upper: 1}\n"
          "lesion_spread: {growth: 3, infiltration: 3, pdl1: 3, antigen: 3, radiosensitivity: 3}\n"
          "body_weight: {distribution: uniform, lower: 1 kg, upper: 500 kg}\n"
          "body_height: {distribution: uniform, lower: 30 cm, upper: 300 cm}\n"
          "new_lesions: {distribution: loguniform, lower: 1e-6 /d, upper: 1 /d}\nparameters:\n",
          text);
    for (int i = 0; i < PARAMETER_COUNT; i++) {
        const struct parameter_description *row = parameter_describe(i);
        struct parameters defaults;
        parameters_default(&defaults);
        const double usual = ((const constant *)&defaults)[i];
        const double lower = row->lower > 0 ? row->lower : 1e-6 * (usual > 0 ? fmin(usual, row->upper) : row->upper);
        fprintf(text, "  %s: {distribution: %s, lower: ", row->name,
                row->upper / lower >= 100 ? "loguniform" : "uniform");
        write_quantity(text, lower, row->unit);
        fputs(", upper: ", text);
        write_quantity(text, row->upper, row->unit);
        fputs("}\n", text);
    }
    fclose(text);
    return cohort;
}

static abscopal_trial *read_trial(void)
{
    static const char trial[] =
        "name: edge\nmodel: nsclc\ncohort: edge-cohort.yaml\nuntil: 100 d\nimaging: {every: 50 d}\n"
        "arms:\n  - name: nivolumab\n    treatments:\n      - {drug: nivolumab, dose: 240 mg, "
        "start: 0 d, every: 14 d, doses: 7, over: 30 min}\n";
    struct abscopal_error error = {0};
    char *cohort = write_cohort();
    const struct named_texts no_files = {0};
    abscopal_trial *read = trial_read_stored("edge.yaml", trial, &no_files, "edge-cohort.yaml", cohort, &error);
    if (read == NULL)
        fail_msg("%d: %s", error.line, error.message);
    free(cohort);
    return read;
}

struct shown {
    enum abscopal_patient_status status;
    struct integration_failure failure;
    double growth_days, sums_mm[3];
};

static void observe(const struct model *model, double day, const double *state, size_t output, void *context)
{
    (void)day;
    ((struct shown *)context)->sums_mm[output] = model_sum_of_diameters_mm(model, state);
}

static struct shown show(const abscopal_trial *trial, enum abscopal_engine engine, double tolerance, uint64_t id)
{
    static const double days[3] = {0, 50, 100};
    struct single_patient single;
    struct shown shown = {.failure = integration_failure_none()};
    assert_true(single_patient_open(&single, trial, engine, tolerance));
    shown.status = single_patient_grow(&single, 1, id, &shown.failure);
    shown.growth_days = single.room.growth.days;
    if (shown.status == ABSCOPAL_PATIENT_COMPLETED)
        shown.status = single_patient_treat(&single, 0, days, 3, observe, &shown, &shown.failure);
    single_patient_close(&single);
    return shown;
}

/* Patients whom the batch engine once failed on or, worse, got wrong: synapses that fill within 1e-15 d (19, 36, 302),
 * and interleukin-2 that jumped over the pole of its saturation to -8e8 nM (542) or T cells to 5e98 (2684, whose tumour
 * never grows). CVODE at a thousandth of the tolerance says what is right. */
static void the_engines_agree_on_the_edge(void **unused)
{
    (void)unused;
    static const uint64_t ids[] = {19, 36, 68, 302, 542, 2017, 2684};
    abscopal_trial *trial = read_trial();
    int completed = 0;
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        const struct shown batch = show(trial, ABSCOPAL_ENGINE_BATCH, 1e-6, ids[i]);
        const struct shown right = show(trial, ABSCOPAL_ENGINE_CVODE, 1e-9, ids[i]);
        print_message("  patient %d: status %d %s, growth %.6g d, %.6g mm, %.6g mm\n", (int)ids[i], batch.status,
                      batch.failure.reason, batch.growth_days, batch.sums_mm[1], batch.sums_mm[2]);
        assert_int_equal(batch.status, right.status);
        if (right.status != ABSCOPAL_PATIENT_COMPLETED)
            continue;
        completed++;
        assert_true(fabs(batch.growth_days / right.growth_days - 1) < 1e-4);
        for (int j = 0; j < 3; j++)
            assert_true(fabs(batch.sums_mm[j] / right.sums_mm[j] - 1) < 1e-4);
    }
    assert_true(completed > 2);
    abscopal_trial_free(trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_parameter_at_an_end_of_its_range),
        cmocka_unit_test(two_parameters_at_the_ends_of_their_ranges),
        cmocka_unit_test(the_engines_agree_on_the_edge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
