/* The batch engine at what happens on the way and at the end: events, last cells, targets, failures. */
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

static struct kept_course kept, other;

/* ---- Last cells ------------------------------------------------------------------------------------- */

/* One lesion whose cells only die, at 2/d: cells = start exp(-2 t), and T cells do nothing. */
static void make_dying(struct kept_course *course, double end_day)
{
    kept_patient(course, 1, KEPT_NIVOLUMAB_IPILIMUMAB, 0, end_day);
    struct parameters *p = &course->model.parameters;
    p->cancer_growth_rate = p->killing_rate = p->cancer_turnover_rate = 0;
    p->cancer_death_rate = 2;
    course->start[state_index(&course->model, "cancer_cells")] = 1e4;
}

static double last_cell_day(void)
{
    return log(1e4 / MODEL_LAST_CELL) / 2;
}

/* With a target that can no longer be reached the course ends where the last cell dies. */
static void the_last_cell_dies_on_its_day(void **unused)
{
    (void)unused;
    const double exact = last_cell_day();
    make_dying(&kept, 20);
    make_dying(&other, 20);
    kept.course.target_sum_of_diameters_mm = other.course.target_sum_of_diameters_mm = 1e3;
    kept_run(&kept, 1e-9);
    kept_run_with_cvode(&other, 1e-9);
    print_message("  day %.9f, by CVODE %.9f, exact %.9f\n", kept.course.day, other.course.day, exact);
    assert_int_equal(kept.course.result, COURSE_NO_LIVING_CELLS);
    assert_int_equal(other.course.result, COURSE_NO_LIVING_CELLS);
    assert_true(fabs(kept.course.day - exact) < 1e-6);
    assert_true(fabs(kept.course.day - other.course.day) < 1e-6);
    assert_true(model_cancer_cells(&kept.model, kept.state, 0) == 0);
    kept_run(&kept, 1e-6);
    print_message("  at the default tolerance %.1e d off\n", kept.course.day - exact);
    assert_true(fabs(kept.course.day - exact) < 1e-4);
}

/* Exponential to the last, then none for good; the day on which that is does not depend on the outputs. */
static void a_lesion_without_cells_has_none(void **unused)
{
    (void)unused;
    make_dying(&kept, 10);
    kept_keep_states(&kept);
    kept_add_outputs(&kept, 0, 0.03125, 10);
    kept_run(&kept, 1e-8);
    assert_int_equal(kept.course.result, COURSE_ENDED);
    assert_int_equal(kept.shown_count, 321);
    for (size_t i = 0; i < kept.shown_count; i++) {
        const double cells = model_cancer_cells(&kept.model, kept.shown[i], 0), day = kept.shown_day[i];
        if (day < last_cell_day())
            assert_close(cells, 1e4 * exp(-2 * day), 1e-5);
        else
            assert_true(cells == 0);
    }
    make_dying(&other, 10);
    kept_run(&other, 1e-8);
    assert_memory_equal(other.state, kept.state, (size_t)model_state_count(&kept.model) * sizeof(double));
    kept_free(&kept);
}

/* Two lesions die out at once, within one step, or far apart: each where it should. */
static void each_lesion_has_its_own_day(void **unused)
{
    (void)unused;
    static const double ratios[] = {1, 1 + 1e-10, 1.01, 1e3};
    for (size_t i = 0; i < sizeof ratios / sizeof *ratios; i++) {
        kept_patient(&kept, 2, KEPT_NIVOLUMAB_IPILIMUMAB, 0, 9);
        kept_keep_states(&kept);
        struct parameters *p = &kept.model.parameters;
        p->cancer_growth_rate = p->killing_rate = p->cancer_turnover_rate = 0;
        p->cancer_death_rate = 2;
        double days[2];
        for (int lesion = 0; lesion < 2; lesion++) {
            const double cells = lesion == 0 ? 1e4 : 1e4 * ratios[i];
            kept.start[state_index_of(&kept.model, "cancer_cells", lesion, -1)] = cells;
            days[lesion] = log(cells / MODEL_LAST_CELL) / 2;
        }
        const double outputs[] = {days[0] - 1e-5, days[0] + 1e-5, days[1] - 1e-5, days[1] + 1e-5};
        for (int j = days[1] < days[0] + 1e-5 ? 2 : 0; j < 4; j++)
            kept_add_output(&kept, outputs[j]);
        kept_run(&kept, 1e-9);
        assert_int_equal(kept.course.result, COURSE_ENDED);
        assert_int_equal(kept.shown_count, kept.course.output_count);
        for (size_t j = 0; j < kept.shown_count; j++)
            for (int lesion = 0; lesion < 2; lesion++)
                assert_true((model_cancer_cells(&kept.model, kept.shown[j], lesion) == 0) ==
                            (kept.shown_day[j] > days[lesion]));
        kept_free(&kept);
    }
}

/* A fraction leaves less than a cell: gone at once, and for good. */
static void a_curative_dose_clears_the_lesion(void **unused)
{
    (void)unused;
    kept_patient(&kept, 2, KEPT_NIVOLUMAB_IPILIMUMAB, 0, 20);
    kept_keep_states(&kept);
    kept_add_fractions(&kept, 0, 60, 1, 3, 2);
    kept_add_outputs(&kept, 0, 0.5, 20);
    kept_run(&kept, 1e-6);
    assert_int_equal(kept.course.result, COURSE_ENDED);
    for (size_t i = 0; i < kept.shown_count; i++) {
        if (kept.shown_day[i] >= 5)
            assert_true(model_cancer_cells(&kept.model, kept.shown[i], 0) == 0);
        assert_true(model_cancer_cells(&kept.model, kept.shown[i], 1) > 1e9);
    }
    kept_free(&kept);
}

/* A dose just before, on and just after the day of the last cell, as near as days that count as one: the dose is given
 * once, and the course is the one that it is without such a coincidence. */
static void a_stop_may_fall_on_the_last_cell(void **unused)
{
    (void)unused;
    make_dying(&kept, 20);
    kept.course.target_sum_of_diameters_mm = 1e3;
    kept_run(&kept, 1e-8);
    const double day = kept.course.day;
    const double offsets[] = {-2e-9, -5e-10, -1e-13, 0, 5e-10, 2e-9};
    double first = 0;
    for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++) {
        make_dying(&other, 6);
        kept_keep_states(&other);
        kept_add_event(&other, (struct course_event){
                                   .day = day + offsets[i], .kind = EVENT_BOLUS, .drug = 0, .amount_nmol = 1000});
        kept_add_output(&other, day + offsets[i]);
        kept_run(&other, 1e-8);
        assert_int_equal(other.course.result, COURSE_ENDED);
        assert_true(other.course.day == 6);
        const double blood = model_drug_blood_nanomolar(other.shown[0], 0),
                     end = model_drug_blood_nanomolar(other.state, 0);
        assert_close(blood, 1000 / other.model.parameters.blood_volume, 1e-12);
        first = i == 0 ? end : first;
        assert_close(end, first, 1e-5);
        assert_true(model_cancer_cells(&other.model, other.state, 0) == 0);
        kept_free(&other);
    }
}

/* ---- Targets ---------------------------------------------------------------------------------------- */

static void make_growing(struct kept_course *course, int lesions, double factor)
{
    kept_patient(course, lesions, KEPT_NIVOLUMAB_IPILIMUMAB, 0, 2000);
    course->model.parameters.killing_rate = 0;
    course->course.target_sum_of_diameters_mm = factor * model_sum_of_diameters_mm(&course->model, course->start);
}

static void a_target_is_reached_to_rounding(void **unused)
{
    (void)unused;
    const double factors[] = {1 + 1e-9, 1.01, 1.2};
    for (int lesions = 1; lesions <= 3; lesions += 2)
        for (size_t i = 0; i < sizeof factors / sizeof *factors; i++) {
            make_growing(&kept, lesions, factors[i]);
            make_growing(&other, lesions, factors[i]);
            kept_add_outputs(&kept, 0, 7, 2000);
            kept_run(&kept, 1e-8);
            kept_run_with_cvode(&other, 1e-8);
            assert_int_equal(kept.course.result, COURSE_TARGET);
            assert_int_equal(other.course.result, COURSE_TARGET);
            const double sum = model_sum_of_diameters_mm(&kept.model, kept.state);
            assert_close(sum, kept.course.target_sum_of_diameters_mm, 1e-9);
            assert_true(fabs(kept.course.day - other.course.day) <= 1e-5 * other.course.day);
            assert_int_equal(kept.shown_count, 1 + (size_t)(kept.course.day / 7));
        }
}

/* From below, that is: a tumour that is larger from the start and shrinks goes on to its end. */
static void a_target_is_not_reached_from_above(void **unused)
{
    (void)unused;
    make_dying(&kept, 1);
    kept.start[state_index(&kept.model, "cancer_cells")] = 1e9;
    kept.start[state_index(&kept.model, "dead_cells")] = 1e9;
    const double sum = model_sum_of_diameters_mm(&kept.model, kept.start);
    const double targets[] = {0.5 * sum, 0.999 * sum, sum * (1 - 1e-12)};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        kept.course.target_sum_of_diameters_mm = targets[i];
        kept_run_with_cvode(&kept, 1e-8);
        assert_int_equal(kept.course.result, COURSE_ENDED);
        kept_run(&kept, 1e-8);
        assert_int_equal(kept.course.result, COURSE_ENDED);
    }
    assert_true(model_sum_of_diameters_mm(&kept.model, kept.state) < 0.999 * sum);
}

static void without_cells_no_target_is_waited_for(void **unused)
{
    (void)unused;
    make_growing(&kept, 2, 1.5);
    for (int lesion = 0; lesion < 2; lesion++)
        kept.start[state_index_of(&kept.model, "cancer_cells", lesion, -1)] = lesion == 0 ? 0 : 0.5;
    kept_run(&kept, 1e-6);
    assert_int_equal(kept.course.result, COURSE_NO_LIVING_CELLS);
    assert_true(kept.course.day == 0 && kept.course.work.steps == 0);
    make_growing(&kept, 2, 1.5);
    kept_add_fractions(&kept, 0, 80, 1, 3, 1);
    kept_add_fractions(&kept, 1, 80, 1, 4, 1);
    kept_run(&kept, 1e-6);
    assert_int_equal(kept.course.result, COURSE_NO_LIVING_CELLS);
    assert_true(kept.course.day == 4);
}

/* ---- Events ----------------------------------------------------------------------------------------- */

static void add_bolus(struct kept_course *course, double day, double nmol)
{
    kept_add_event(course, (struct course_event){.day = day, .kind = EVENT_BOLUS, .amount_nmol = nmol});
}

/* A drug that stays in the blood: what is there is what was given. */
static void make_closed(struct kept_course *course, double end_day)
{
    kept_patient(course, 1, KEPT_NIVOLUMAB_IPILIMUMAB, 0, end_day);
    struct drug_constants *drug = &course->model.drugs[0];
    drug->peripheral_flow_l_per_d = drug->tumour_flow_l_per_d = drug->node_flow_l_per_d = 0;
    drug->clearance_l_per_d = drug->lymphatic_drainage_per_d = 0;
}

static void every_event_happens_once(void **unused)
{
    (void)unused;
    const double end = 8;
    /* Before the start, at it, within a nanoday of each other, of the end, at it and after. */
    const double days[] = {-1, -1e-8, 0, 2, 2 + 4e-10, 5, 5 + 3e-9, end - 1e-12, end, end + 1e-10, end + 1e-8, 9};
    const bool counts[] = {false, false, true, true, true, true, true, true, true, true, false, false};
    double given = 0;
    make_closed(&kept, end);
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        add_bolus(&kept, days[i], exp2((double)i));
        given += counts[i] ? exp2((double)i) : 0;
    }
    kept_run(&kept, 1e-8);
    assert_int_equal(kept.course.result, COURSE_ENDED);
    assert_true(kept.course.day == end);
    assert_close(model_drug_blood_nanomolar(kept.state, 0) * kept.model.parameters.blood_volume, given, 1e-12);
    /* The start, day 2 (one stop for two events), days 5 and 5 + 3e-9, and at most the one just before the end. */
    assert_in_range(kept.course.work.restarts, 4, 5);
}

/* An infusion of a day gives its dose, also when a second one overlaps it. */
static void infusions_add_up(void **unused)
{
    (void)unused;
    make_closed(&kept, 3);
    kept_add_infusions(&kept, 0, 1000, 24, 0.5, 2);
    kept_run(&kept, 1e-8);
    assert_close(model_drug_blood_nanomolar(kept.state, 0) * kept.model.parameters.blood_volume, 2000, 1e-9);
    assert_true(kept.model.drugs[0].infusion_nmol_per_d == 0);
}

/* Washout of a drug that is only cleared is exponential; under an infusion it comes to a steady state. */
static void washout_is_exponential_and_infusion_comes_to_rest(void **unused)
{
    (void)unused;
    make_closed(&kept, 30);
    kept_keep_states(&kept);
    kept.model.drugs[0].clearance_l_per_d = 2;
    add_bolus(&kept, 0, 1000);
    kept_add_outputs(&kept, 0, 1, 30);
    kept_run(&kept, 1e-9);
    const double volume = kept.model.parameters.blood_volume, rate = 2 / volume;
    for (size_t i = 0; i < kept.shown_count; i++)
        assert_close(model_drug_blood_nanomolar(kept.shown[i], 0), 1000 / volume * exp(-rate * kept.shown_day[i]),
                     1e-6);
    kept_free(&kept);
    make_closed(&kept, 60);
    kept.model.drugs[0].clearance_l_per_d = 2;
    kept_add_infusions(&kept, 0, 50 * 60, 24 * 60, 100, 1);
    kept.course.event_count = 1; /* it goes on beyond the end */
    kept_run(&kept, 1e-9);
    assert_close(model_drug_blood_nanomolar(kept.state, 0), 25 * -expm1(-rate * 60), 1e-7);
}

/* ---- Failures --------------------------------------------------------------------------------------- */

static void assert_failed(const struct kept_course *course, double day)
{
    const struct integrator_failure *failure = &course->course.failure;
    assert_int_equal(course->course.result, COURSE_FAILED);
    assert_int_equal(failure->code, COURSE_NOT_FINITE);
    assert_string_equal(failure->reason, "NOT_FINITE");
    assert_true(failure->day == course->course.day && fabs(failure->day - day) < 1e-6);
    assert_true(failure->step_days >= 0 && failure->step_days < 1e-9);
    assert_in_range(failure->worst_state, 0, model_state_count(&course->model) - 1);
    assert_true(course->course.work.jacobians < 2000);
    for (int i = 0; i < course->model.drug_count; i++)
        assert_true(course->model.drugs[i].infusion_nmol_per_d == 0);
}

/* At the start, and on the day on which something impossible is given, after outputs up to then. */
static void failures_say_when(void **unused)
{
    (void)unused;
    make_closed(&kept, 20);
    kept.start[state_index(&kept.model, "treg_blood")] = NAN;
    kept_run(&kept, 1e-6);
    assert_failed(&kept, 0);
    static const double amounts[] = {NAN, INFINITY, -INFINITY, 1e300};
    for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++) {
        make_closed(&kept, 20);
        kept.model.drugs[0].tumour_flow_l_per_d = 0.1;
        kept_add_infusions(&kept, 1, 500, 24, 6.5, 2);
        kept_add_outputs(&kept, 0, 0.25, 20);
        add_bolus(&kept, 7, amounts[i]);
        kept_run(&kept, 1e-6);
        if (i == 3) { /* a number, if no possible one */
            assert_int_equal(kept.course.failure.code, COURSE_RAN_AWAY);
            assert_true(kept.course.day == 7);
            continue;
        }
        assert_failed(&kept, 7);
        assert_int_equal(kept.shown_count, 28); /* up to the day before: what it came to on day 7 is none */
        assert_ptr_equal(kept.course.last_event, &kept.events[kept.course.event_count - 2]);
    }
}

/* One patient for every number of the model, each with that number changed, all in one batch. */
static struct kept_course *run_each_changed(double (*const *changes)(double), int change_count)
{
    struct kept_course *const patients = calloc(MODEL_NUMBER_COUNT, sizeof *patients);
    struct kept_course **list = calloc(MODEL_NUMBER_COUNT, sizeof *list);
    if (patients == NULL || list == NULL)
        abort();
    for (int i = 0; i < MODEL_NUMBER_COUNT; i++) {
        kept_patient(&patients[i], 1, KEPT_NIVOLUMAB_IPILIMUMAB, 0, 0.02);
        add_bolus(&patients[i], 0, 1000);
        double *const number = &model_numbers(&patients[i].model)[i];
        *number = changes[i % change_count](*number);
        list[i] = &patients[i];
    }
    kept_run_in_batch(lanes_best(), list, MODEL_NUMBER_COUNT);
    free(list);
    return patients;
}

static double break_number(double number)
{
    (void)number;
    return NAN;
}

/* Whatever number is not one: where the rates come out as none, the course fails; where they do not depend on it, the
 * course is the usual one to the last bit. */
static void a_broken_number_fails_or_does_not_matter(void **unused)
{
    (void)unused;
    kept_patient(&other, 1, KEPT_NIVOLUMAB_IPILIMUMAB, 0, 0.02);
    add_bolus(&other, 0, 1000);
    kept_run(&other, 1e-6);
    double (*const change)(double) = break_number;
    struct kept_course *const patients = run_each_changed(&change, 1);
    const int size = model_state_count(&other.model);
    int failed = 0;
    for (int i = 0; i < MODEL_NUMBER_COUNT; i++) {
        double rates[KEPT_STATES], sum = 0;
        kept_patient(&kept, 1, KEPT_NIVOLUMAB_IPILIMUMAB, 0, 0.02);
        model_numbers(&kept.model)[i] = NAN;
        model_rates(&kept.model, kept.start, rates);
        for (int j = 0; j < size; j++)
            sum += rates[j];
        if (isnan(sum)) {
            assert_failed(&patients[i], 0);
            failed++;
        } else if (patients[i].course.result == COURSE_ENDED) {
            assert_memory_equal(patients[i].state, other.state, (size_t)size * sizeof(double));
        }
    }
    print_message("  %d of %d numbers matter\n", failed, MODEL_NUMBER_COUNT);
    assert_in_range(failed, 100, MODEL_NUMBER_COUNT);
    free(patients);
}

static double negate(double number)
{
    return -number;
}

static double enlarge(double number)
{
    return 1e6 * number;
}

static double vanish(double number)
{
    return 0 * number;
}

/* Numbers that no patient has: the course ends or fails, with a bounded number of steps, and the next one comes. */
static void absurd_numbers_come_to_an_end(void **unused)
{
    (void)unused;
    double (*const changes[])(double) = {negate, enlarge, vanish};
    struct kept_course *const patients = run_each_changed(changes, 3);
    int failed = 0;
    long attempts = 0;
    for (int i = 0; i < MODEL_NUMBER_COUNT; i++) {
        const struct course *course = &patients[i].course;
        attempts = course->work.jacobians > attempts ? course->work.jacobians : attempts;
        if (course->result == COURSE_FAILED)
            failed++;
        else
            assert_int_equal(course->result, COURSE_ENDED);
        for (int j = 0; j < model_state_count(course->model) && course->result == COURSE_ENDED; j++)
            assert_true(isfinite(course->state[j]));
    }
    print_message("  %d of %d fail, at most %ld attempts\n", failed, MODEL_NUMBER_COUNT, attempts);
    assert_true(failed > 0 && attempts < 100000);
    free(patients);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_cell_dies_on_its_day),
        cmocka_unit_test(a_lesion_without_cells_has_none),
        cmocka_unit_test(each_lesion_has_its_own_day),
        cmocka_unit_test(a_curative_dose_clears_the_lesion),
        cmocka_unit_test(a_stop_may_fall_on_the_last_cell),
        cmocka_unit_test(a_target_is_reached_to_rounding),
        cmocka_unit_test(a_target_is_not_reached_from_above),
        cmocka_unit_test(without_cells_no_target_is_waited_for),
        cmocka_unit_test(every_event_happens_once),
        cmocka_unit_test(infusions_add_up),
        cmocka_unit_test(washout_is_exponential_and_infusion_comes_to_rest),
        cmocka_unit_test(failures_say_when),
        cmocka_unit_test(a_broken_number_fails_or_does_not_matter),
        cmocka_unit_test(absurd_numbers_come_to_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
