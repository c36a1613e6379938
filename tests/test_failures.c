/* A sick patient: what each engine says of it, what it may take, and that nobody beside it is any different. */
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

/* ---- Sick patients ---------------------------------------------------------------------------------- */

enum sickness {
    STATE_NOT_A_NUMBER,
    STATE_INFINITE,
    PARAMETER_NOT_A_NUMBER,
    DOSE_NOT_A_NUMBER,
    DOSE_INFINITE,
    DOSE_BEYOND_BOUNDS,
    DOSE_NEGATIVE,
    GROWTH_WITHOUT_END,
    STEPS_WITHOUT_END,
    TIME_WITHOUT_END,
    SICKNESSES
};

static const struct {
    int code;
    double day; /* -1: some day */
} expected[SICKNESSES] = {
    [STATE_NOT_A_NUMBER] = {COURSE_NOT_FINITE, 0},     [STATE_INFINITE] = {COURSE_NOT_FINITE, 0},
    [PARAMETER_NOT_A_NUMBER] = {COURSE_NOT_FINITE, 0}, [DOSE_NOT_A_NUMBER] = {COURSE_NOT_FINITE, 1.5},
    [DOSE_INFINITE] = {COURSE_NOT_FINITE, 1.5},        [DOSE_BEYOND_BOUNDS] = {COURSE_RAN_AWAY, 1.5},
    [DOSE_NEGATIVE] = {COURSE_RAN_AWAY, 1.5},          [GROWTH_WITHOUT_END] = {COURSE_RAN_AWAY, -1},
    [STEPS_WITHOUT_END] = {COURSE_TOO_MANY_STEPS, -1}, [TIME_WITHOUT_END] = {COURSE_TOOK_TOO_LONG, -1},
};

static void add_dose(struct kept_course *kept, double nmol)
{
    kept_add_event(kept, (struct course_event){.day = 1.5, .kind = EVENT_BOLUS, .amount_nmol = nmol});
}

/* 4 days of two lesions on nivolumab, with what is wrong. */
static void make_sick(struct kept_course *kept, enum sickness sickness)
{
    kept_patient(kept, 2, KEPT_NIVOLUMAB_IPILIMUMAB, 0, 4);
    kept_add_outputs(kept, 0, 0.5, 4);
    kept_add_infusions(kept, 0, 1600, 0.5, 1, 2);
    switch (sickness) {
    case STATE_NOT_A_NUMBER:
        kept->start[state_index(&kept->model, "cd8_blood")] = NAN;
        break;
    case STATE_INFINITE:
        kept->start[state_index(&kept->model, "il2")] = INFINITY;
        break;
    case PARAMETER_NOT_A_NUMBER:
        kept->model.parameters.killing_rate = NAN;
        break;
    case DOSE_NOT_A_NUMBER:
        add_dose(kept, NAN);
        break;
    case DOSE_INFINITE:
        add_dose(kept, INFINITY);
        break;
    case DOSE_BEYOND_BOUNDS:
        add_dose(kept, 1e32);
        break;
    case DOSE_NEGATIVE:
        add_dose(kept, -1e6);
        break;
    case GROWTH_WITHOUT_END: /* antigen that nothing takes away, and much of it */
        kept->model.parameters.antigen_degradation_rate = kept->model.parameters.antigen_uptake_rate = 0;
        kept->model.parameters.cancer_death_rate = 1;
        kept->model.derived.self.released_nanomolar *= 1e25;
        break;
    case STEPS_WITHOUT_END:
        kept->course.limits.steps = 40;
        break;
    case TIME_WITHOUT_END: /* longer than this it takes on any machine */
        kept->course.limits.seconds = 1e-9;
        break;
    case SICKNESSES:
        break;
    }
}

static void assert_expected(const struct kept_course *kept, enum sickness sickness)
{
    const struct course *course = &kept->course;
    const struct integrator_failure *failure = &course->failure;
    assert_int_equal(course->result, COURSE_FAILED);
    assert_int_equal(failure->code, expected[sickness].code);
    assert_string_equal(failure->reason, course_failure_name((enum course_failure)failure->code));
    assert_true(failure->day == course->day && failure->day >= 0 && failure->day <= 4);
    assert_true(expected[sickness].day < 0 || fabs(failure->day - expected[sickness].day) < 1e-9);
    assert_in_range(failure->worst_state, 0, model_state_count(&kept->model) - 1);
    for (size_t i = 0; i < kept->shown_count; i++) /* what a patient showed before was no nonsense */
        assert_true(kept->shown_day[i] <= failure->day);
    for (int i = 0; i < kept->model.drug_count; i++)
        assert_true(kept->model.drugs[i].infusion_nmol_per_d == 0);
}

static struct kept_course sick, healthy[2 * LANES_MAXIMUM], alone[2 * LANES_MAXIMUM];

static void both_engines_say_what_it_is(void **unused)
{
    (void)unused;
    for (int i = 0; i < SICKNESSES; i++) {
        const enum sickness sickness = (enum sickness)i;
        for (int cvode = 0; cvode < 2; cvode++) {
            make_sick(&sick, sickness);
            (cvode ? kept_run_with_cvode : kept_run)(&sick, 1e-6);
            print_message("  %s: %s on day %.6g, %s\n", cvode ? "cvode" : "batch", sick.course.failure.reason,
                          sick.course.day, model_state_describe(&sick.model, sick.course.failure.worst_state).name);
            assert_expected(&sick, sickness);
        }
    }
}

/* ---- Neighbours ------------------------------------------------------------------------------------- */

static void make_healthy(struct kept_course *kept, int number)
{
    kept_patient(kept, 2, KEPT_NIVOLUMAB_IPILIMUMAB, number, 3);
    kept_keep_states(kept);
    kept_add_outputs(kept, 0, 0.25, 3);
    kept_add_infusions(kept, 0, 1600, 0.5, 1, 2);
    kept_add_fractions(kept, 0, 8, 1, 0.75, 1);
}

/* In every lane in turn, from the start or behind others, with every set of instructions: those beside a sick patient,
 * and those who take the lane after it, are what they are alone, to the last bit. */
static void neighbours_do_not_notice(void **unused)
{
    (void)unused;
    const struct lanes_functions *functions;
    for (int set = 0; (functions = lanes_choice(set)) != NULL; set++) {
        const int lanes = functions->count, count = 2 * lanes - 1;
        for (int i = 0; i < count; i++) {
            struct kept_course *const one = &alone[i];
            make_healthy(&alone[i], i);
            make_healthy(&healthy[i], i);
            kept_run_in_batch(functions, &one, 1);
            assert_int_equal(alone[i].course.result, COURSE_ENDED);
        }
        for (int sickness = 0; sickness < SICKNESSES; sickness++) {
            for (int lane = 0; lane < lanes; lane++) {
                struct kept_course *list[2 * LANES_MAXIMUM] = {NULL};
                make_sick(&sick, (enum sickness)sickness);
                for (int i = 0; i < count; i++)
                    list[i < lane ? i : i + 1] = &healthy[i];
                list[lane] = &sick;
                kept_run_in_batch(functions, list, (size_t)count + 1);
                assert_expected(&sick, (enum sickness)sickness);
                for (int i = 0; i < count; i++)
                    assert_same_course(&healthy[i], &alone[i]);
            }
        }
        for (int i = 0; i < count; i++) {
            kept_free(&alone[i]);
            kept_free(&healthy[i]);
        }
        print_message("  %s: %d kinds of sick patients in each of %d lanes\n", functions->instructions, SICKNESSES,
                      lanes);
    }
}

/* All lanes sick at once: nobody is lost, and each says what is wrong with itself. */
static void all_may_be_sick(void **unused)
{
    (void)unused;
    struct kept_course *const all = calloc(SICKNESSES, sizeof *all);
    struct kept_course *list[SICKNESSES];
    assert_non_null(all);
    for (int i = 0; i < SICKNESSES; i++) {
        make_sick(&all[i], (enum sickness)i);
        list[i] = &all[i];
    }
    kept_run_in_batch(lanes_best(), list, SICKNESSES);
    for (int i = 0; i < SICKNESSES; i++)
        assert_expected(&all[i], (enum sickness)i);
    free(all);
}

/* ---- Limits ----------------------------------------------------------------------------------------- */

typedef void run_course(struct kept_course *kept, double relative_tolerance);

/* As many steps as the course needs, or all the time in the world, change nothing; one step less ends it. Steps of an
 * earlier segment count. */
static void a_course_may_take_what_it_needs(void **unused)
{
    (void)unused;
    run_course *const engines[] = {kept_run, kept_run_with_cvode};
    for (int i = 0; i < 2; i++) {
        make_healthy(&alone[0], 0);
        engines[i](&alone[0], 1e-6);
        const long needed = alone[0].course.work.attempts;
        make_healthy(&healthy[0], 0);
        healthy[0].course.limits = (struct course_limits){.steps = needed, .seconds = 1e9};
        engines[i](&healthy[0], 1e-6);
        assert_same_course(&healthy[0], &alone[0]);
        assert_int_equal(healthy[0].course.spent.steps, needed);
        assert_true(healthy[0].course.spent.seconds > 0);
        for (int earlier = 0; earlier < 2; earlier++) {
            kept_free(&healthy[0]);
            make_healthy(&healthy[0], 0);
            healthy[0].course.limits.steps = earlier ? needed + 6 : needed - 1;
            healthy[0].course.spent.steps = earlier ? 7 : 0;
            engines[i](&healthy[0], 1e-6);
            assert_int_equal(healthy[0].course.result, COURSE_FAILED);
            assert_int_equal(healthy[0].course.failure.code, COURSE_TOO_MANY_STEPS);
            assert_true(healthy[0].course.day > 2);
        }
        kept_free(&healthy[0]);
        kept_free(&alone[0]);
    }
}

/* As many doses as there is room for, as near to each other as days that differ: every one is given. */
static void an_event_storm_is_lived_through(void **unused)
{
    (void)unused;
    run_course *const engines[] = {kept_run, kept_run_with_cvode};
    for (int i = 0; i < 2; i++) {
        kept_patient(&sick, 1, KEPT_NIVOLUMAB_IPILIMUMAB, 0, 3);
        struct drug_constants *drug = &sick.model.drugs[0];
        drug->peripheral_flow_l_per_d = drug->tumour_flow_l_per_d = drug->node_flow_l_per_d = 0;
        drug->clearance_l_per_d = drug->lymphatic_drainage_per_d = 0;
        for (int k = 0; k < KEPT_EVENTS; k++)
            kept_add_event(&sick, (struct course_event){.day = 1 + 2e-9 * k, .kind = EVENT_BOLUS, .amount_nmol = 1});
        engines[i](&sick, 1e-6);
        assert_int_equal(sick.course.result, COURSE_ENDED);
        assert_close(model_drug_blood_nanomolar(sick.state, 0) * sick.model.parameters.blood_volume, KEPT_EVENTS, 1e-9);
        assert_true(sick.course.work.attempts < 100 * KEPT_EVENTS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_engines_say_what_it_is),
        cmocka_unit_test(neighbours_do_not_notice),
        cmocka_unit_test(all_may_be_sick),
        cmocka_unit_test(a_course_may_take_what_it_needs),
        cmocka_unit_test(an_event_storm_is_lived_through),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
