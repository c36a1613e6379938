/* The batch engine against CVODE, and what outputs show and leave alone. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "batch_course.h"
#include "model_asserts.h"

/* ---- Agreement with CVODE --------------------------------------------------------------------------- */

struct difference {
    double state;    /* of any state, relative to the larger of its value and a thousandth of its largest */
    double diameter; /* relative */
    int worst;       /* state */
};

static struct difference find_difference(const struct kept_course *one, const struct kept_course *other)
{
    struct difference found = {.state = 0};
    const struct model *model = &one->model;
    assert_int_equal(one->course.result, COURSE_ENDED);
    assert_int_equal(other->course.result, COURSE_ENDED);
    assert_int_equal(one->shown_count, one->course.output_count);
    assert_int_equal(other->shown_count, one->course.output_count);
    for (int i = 0; i < model_state_count(model); i++) {
        double largest = model_state_describe(model, i).absolute_tolerance;
        for (size_t j = 0; j < other->shown_count; j++)
            largest = fmax(largest, fabs(other->shown[j][i]));
        for (size_t j = 0; j < other->shown_count; j++) {
            const double scale = fmax(fabs(other->shown[j][i]), 1e-3 * largest);
            const double difference = fabs(one->shown[j][i] - other->shown[j][i]) / scale;
            if (difference > found.state)
                found.worst = i;
            found.state = fmax(found.state, difference);
        }
    }
    for (size_t j = 0; j < other->shown_count; j++)
        for (int i = 0; i < model->lesion_count; i++)
            found.diameter = fmax(
                found.diameter,
                fabs(model_diameter_mm(model, one->shown[j], i) / model_diameter_mm(model, other->shown[j], i) - 1));
    return found;
}

/* Both engines at tight tolerances, where each has converged; then the batch at the default one against that. CVODE
 * needs a tighter one, as it keeps within its tolerance less far: at 1e-10 it is wrong by 1e-7 in some states. */
static void compare_engines(struct kept_course *batch, struct kept_course *cvode, const char *name)
{
    kept_keep_states(batch);
    kept_keep_states(cvode);
    kept_run_with_cvode(cvode, 1e-12);
    kept_run(batch, 1e-10);
    const struct difference tight = find_difference(batch, cvode);
    kept_run(batch, 1e-6);
    const struct difference usual = find_difference(batch, cvode);
    print_message("  %-24s at 1e-10: %.1e (%s), diameter %.1e; at 1e-6: %.1e (%s), diameter %.1e\n", name, tight.state,
                  model_state_describe(&batch->model, tight.worst).name, tight.diameter, usual.state,
                  model_state_describe(&batch->model, usual.worst).name, usual.diameter);
    kept_free(batch);
    kept_free(cvode);
    assert_true(tight.state < 1e-7 && tight.diameter < 1e-9);
    assert_true(usual.state < 3e-4 && usual.diameter < 1e-7);
}

static void the_published_preset_agrees(void **unused)
{
    (void)unused;
    static struct kept_course batch, cvode;
    struct kept_course *const both[] = {&batch, &cvode};
    for (int i = 0; i < 2; i++) {
        kept_published(both[i], 30);
        kept_add_outputs(both[i], 0, 0.5, 30);
    }
    compare_engines(&batch, &cvode, "published");
}

/* Infusions of both antibodies, and fractions that cover lesions in full and in part, nodes included. */
static void treat(struct kept_course *kept)
{
    kept_add_infusions(kept, 0, 1600, 0.5, 10, 2);
    if (kept->model.drug_count > 1)
        kept_add_infusions(kept, 1, 500, 1.5, 21, 1);
    kept_add_fractions(kept, 0, 8, 1, 1, 3);
    if (kept->model.lesion_count > 1)
        kept_add_fractions(kept, 1, 6, 0.7, 0.5, 2);
    kept_add_outputs(kept, 0, 0.5, kept->course.end_day);
}

static void two_drugs_and_fractions_agree(void **unused)
{
    (void)unused;
    static struct kept_course batch, cvode;
    for (int lesions = 1; lesions <= 5; lesions += 2) {
        kept_patient(&batch, lesions, KEPT_NIVOLUMAB_IPILIMUMAB, lesions, 15);
        kept_patient(&cvode, lesions, KEPT_NIVOLUMAB_IPILIMUMAB, lesions, 15);
        treat(&batch);
        treat(&cvode);
        compare_engines(&batch, &cvode, lesions == 1 ? "1 lesion, PD-1, CTLA-4" : "more lesions");
    }
}

static void an_antibody_against_pdl1_agrees(void **unused)
{
    (void)unused;
    static struct kept_course batch, cvode;
    kept_patient(&batch, 2, KEPT_DURVALUMAB, 1, 15);
    kept_patient(&cvode, 2, KEPT_DURVALUMAB, 1, 15);
    treat(&batch);
    treat(&cvode);
    compare_engines(&batch, &cvode, "2 lesions, PD-L1");
}

/* ---- Outputs ---------------------------------------------------------------------------------------- */

static void make_treated(struct kept_course *kept, double end_day)
{
    kept_patient(kept, 2, KEPT_NIVOLUMAB_IPILIMUMAB, 0, end_day);
    kept_add_infusions(kept, 0, 1600, 0.5, 14, 3);
    kept_add_fractions(kept, 0, 8, 1, 1, 3);
}

/* No bit of the end, no step, and no bit of another output depends on what is asked for. */
static void outputs_do_not_change_the_course(void **unused)
{
    (void)unused;
    static struct kept_course none, few, many;
    make_treated(&none, 40);
    make_treated(&few, 40);
    make_treated(&many, 40);
    kept_add_outputs(&few, 0, 10, 40);
    kept_add_outputs(&many, 0, 0.125, 40);
    kept_keep_states(&few);
    kept_keep_states(&many);
    kept_run(&none, 1e-6);
    kept_run(&few, 1e-6);
    kept_run(&many, 1e-6);
    const size_t bytes = (size_t)model_state_count(&none.model) * sizeof(double);
    assert_memory_equal(few.state, none.state, bytes);
    assert_memory_equal(many.state, none.state, bytes);
    assert_int_equal(few.course.work.jacobians, none.course.work.jacobians);
    assert_int_equal(many.course.work.jacobians, none.course.work.jacobians);
    for (size_t i = 0; i < few.shown_count; i++)
        assert_memory_equal(few.shown[i], many.shown[80 * i], bytes);
    assert_memory_equal(few.shown[4], few.state, bytes);
    kept_free(&few);
    kept_free(&many);
}

/* Hundreds of outputs within a minute lie within one step, and come in order, each by itself. */
static void many_outputs_fit_in_one_step(void **unused)
{
    (void)unused;
    static struct kept_course dense, ends;
    kept_patient(&dense, 1, KEPT_NO_DRUG, 0, 40);
    kept_patient(&ends, 1, KEPT_NO_DRUG, 0, 40);
    const double first = 30, last = 30 + 1.0 / 1440;
    for (int i = 0; i <= 300; i++)
        kept_add_output(&dense, first + (last - first) * i / 300);
    kept_add_output(&ends, first);
    kept_add_output(&ends, last);
    kept_keep_states(&dense);
    kept_keep_states(&ends);
    kept_run(&dense, 1e-6);
    kept_run(&ends, 1e-6);
    assert_int_equal(dense.shown_count, 301);
    assert_int_equal(dense.course.work.steps, ends.course.work.steps);
    assert_true(dense.course.work.steps < 1000);
    const int size = model_state_count(&dense.model), cells = state_index(&dense.model, "cancer_cells");
    assert_memory_equal(dense.shown[0], ends.shown[0], (size_t)size * sizeof(double));
    assert_memory_equal(dense.shown[300], ends.shown[1], (size_t)size * sizeof(double));
    for (int i = 0; i <= 300; i++) {
        const double share = i / 300.0;
        const double expected = (1 - share) * ends.shown[0][cells] + share * ends.shown[1][cells];
        assert_true(dense.shown_day[i] == dense.days[i]);
        assert_close(dense.shown[i][cells], expected, 1e-9);
    }
    kept_free(&dense);
    kept_free(&ends);
}

/* The state after the events of that day, at the start and at the end as well. */
static void outputs_come_after_events(void **unused)
{
    (void)unused;
    static struct kept_course kept;
    kept_patient(&kept, 1, KEPT_NIVOLUMAB_IPILIMUMAB, 0, 12);
    const double volume = kept.model.parameters.blood_volume;
    const double days[] = {0, 5, 5 + 5e-10, 12};
    for (int i = 0; i < 4; i++) {
        kept_add_output(&kept, days[i]);
        if (i != 2)
            kept_add_event(&kept,
                           (struct course_event){.day = days[i], .kind = EVENT_BOLUS, .amount_nmol = 500 * volume});
    }
    kept_keep_states(&kept);
    kept_run(&kept, 1e-8);
    const int blood = state_index_of(&kept.model, "drug_blood", -1, 0);
    assert_int_equal(kept.shown_count, 4);
    assert_true(kept.shown[0][blood] == 500);
    assert_true(kept.shown[1][blood] > 500 && kept.shown[1][blood] < 1000);
    assert_true(kept.shown[2][blood] == kept.shown[1][blood]);
    assert_true(kept.shown[3][blood] > 500 && kept.shown[3][blood] == kept.state[blood]);
    assert_ptr_equal(kept.course.last_event, &kept.events[2]);
    kept_free(&kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_preset_agrees),     cmocka_unit_test(two_drugs_and_fractions_agree),
        cmocka_unit_test(an_antibody_against_pdl1_agrees), cmocka_unit_test(outputs_do_not_change_the_course),
        cmocka_unit_test(many_outputs_fit_in_one_step),    cmocka_unit_test(outputs_come_after_events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
