/* Fates: what is proved of resistant cells and of plans by numbers that can be worked out, and whole fates against
 * CVODE over ten years, which nothing in the program's way of deciding uses. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "batch_course.h"
#include "model/view.h"
#include "model_asserts.h"
#include "sanitized.h"
#include "trial/fate.h"
#include "trial/fate_plan.h"
#include "trial/single.h"
#include "trial_runs.h"

static struct kept_course kept;

/* ---- Resistant cells -------------------------------------------------------------------------------- */

/* One resistant cell beside nothing else grows as the logistic equation says, to the largest number of cells. */
static void a_resistant_cell_grows_to_the_largest_tumour(void **unused)
{
    (void)unused;
    kept_patient(&kept, 2, KEPT_NO_DRUG, 0, 20000);
    model_tumour_free_state(&kept.model, kept.start);
    kept.start[state_index_of(&kept.model, "resistant_cells", 1, -1)] = 1;
    struct fate fate;
    const struct fate_patient nothing = {.equilibrium_count = 0};
    assert_true(fate_decide(&kept.model, kept.start, 0, &nothing, &fate));
    assert_int_equal(fate.fate, ABSCOPAL_FATE_MAXIMAL);
    assert_int_equal(fate.basis, FATE_BY_RESISTANT_CELLS);
    assert_int_equal(fate.living, 2);
    kept_run_with_cvode(&kept, 1e-8);
    const struct parameters *p = &kept.model.parameters;
    const double growth = p->cancer_growth_rate * kept.model.factors[1].growth, death = p->cancer_death_rate;
    const double largest = 4.18879020479e12 * (1 - death / growth); /* of a lesion of 200 mm, docs/model.md */
    assert_close(fate_largest_cells(&kept.model, 1), largest, 1e-10);
    assert_close(model_living_cells(&kept.model, kept.state, 1), largest, 1e-4);
    assert_true(model_living_cells(&kept.model, kept.state, 0) == 0);
}

/* Less than a cell, none at all, or the option off: nothing is certain, or all is gone. */
static void without_a_resistant_cell_nothing_is_certain(void **unused)
{
    (void)unused;
    const struct fate_patient nothing = {.equilibrium_count = 0};
    struct fate fate;
    kept_patient(&kept, 1, KEPT_NO_DRUG, 0, 1);
    kept.start[state_index(&kept.model, "resistant_cells")] = 0.5;
    assert_false(fate_decide(&kept.model, kept.start, 0, &nothing, &fate));
    kept.start[state_index(&kept.model, "resistant_cells")] = 1e13; /* above the largest number: it falls at first */
    assert_false(fate_decide(&kept.model, kept.start, 0, &nothing, &fate));
    kept.start[state_index(&kept.model, "resistant_cells")] = 0;
    assert_false(fate_decide(&kept.model, kept.start, 0, &nothing, &fate));
    assert_int_equal(fate.fate, ABSCOPAL_FATE_UNDECIDED);
    kept.start[state_index(&kept.model, "cancer_cells")] = 0;
    kept.start[state_index(&kept.model, "doomed_cells")] = 1e9;
    assert_true(fate_decide(&kept.model, kept.start, 0, &nothing, &fate));
    assert_int_equal(fate.fate, ABSCOPAL_FATE_TUMOUR_FREE);
}

/* ---- Equilibria ------------------------------------------------------------------------------------- */

/* Near a stable equilibrium the fate is known once drugs have had a year to leave, and not by an equilibrium of other
 * lesions. */
static void equilibria_decide(void **unused)
{
    (void)unused;
    struct fate_patient patient = {.equilibrium_count = 1};
    struct fate_equilibrium *equilibrium = &patient.equilibria[0];
    struct fate fate;
    kept_patient(&kept, 2, KEPT_NIVOLUMAB_IPILIMUMAB, 0, 20000);
    kept.model.options.resistance = false;
    kept_run(&kept, 1e-6);
    struct model without = kept.model;
    without.drug_count = 0;
    without.has_ctla4_antibody = false;
    assert_true(fate_find_equilibrium(&kept.model, kept.state, &without, equilibrium));
    assert_int_equal(equilibrium->living, 3);
    for (int i = 0; i < 2; i++)
        assert_close(equilibrium->cells[i], model_living_cells(&kept.model, kept.state, i), 1e-2);
    print_message("  largest eigenvalue %.1e/d, fate %s\n", equilibrium->largest_eigenvalue_per_d,
                  abscopal_fate_name(equilibrium->fate));
    assert_false(fate_decide(&kept.model, kept.state, 300, &patient, &fate));
    assert_true(fate_decide(&kept.model, kept.state, 400, &patient, &fate));
    assert_int_equal(fate.basis, FATE_BY_EQUILIBRIUM);
    kept.state[state_index_of(&kept.model, "cancer_cells", 1, -1)] = 0;
    assert_false(fate_decide(&kept.model, kept.state, 400, &patient, &fate));
    /* From a seed the way to rest is long: no equilibrium is near, and none is claimed. */
    assert_false(fate_find_equilibrium(&kept.model, kept.start, &without, equilibrium));
}

/* ---- Plans ------------------------------------------------------------------------------------------ */

/* Two drugs on day 0, half an hour after one another, a fraction on day 1, the first drug again on day 14; 1 nmol/d of
 * a drug of 143600 g/mol for half a day is 0.0718 mg. */
static void a_plan_has_cycles_and_days(void **unused)
{
    (void)unused;
    kept_patient(&kept, 1, KEPT_NIVOLUMAB_IPILIMUMAB, 0, 30);
    const struct course_event events[] = {
        {.day = 14, .kind = EVENT_INFUSION_START, .drug = 0, .nmol_per_d = 1},
        {.day = 0, .kind = EVENT_INFUSION_START, .drug = 0, .nmol_per_d = 1},
        {.day = 0.5 / 24, .kind = EVENT_BOLUS, .drug = 1, .amount_nmol = 1000},
        {.day = 0.5, .kind = EVENT_INFUSION_END, .drug = 0, .nmol_per_d = 1},
        {.day = 14.5, .kind = EVENT_INFUSION_END, .drug = 0, .nmol_per_d = 1},
        {.day = 1, .kind = EVENT_FRACTION, .fraction = {.gray = 8, .coverage = 1}},
        {.day = 20, .kind = EVENT_FRACTION, .fraction = {.gray = 8, .coverage = 1}},
    };
    /* As a trial hands them over that was stopped for a decision while the second infusion ran. */
    const struct course_event later[] = {
        {.day = 14.25, .kind = EVENT_INFUSION_START, .drug = 0, .nmol_per_d = 1},
        {.day = 14.5, .kind = EVENT_INFUSION_END, .drug = 0, .nmol_per_d = 1},
    };
    const double visits[] = {0, 10, 20, 30};
    struct fate_plan plan = {.events = NULL};
    assert_true(fate_plan_add(&plan, events, 7, 0) && fate_plan_add(&plan, later, 2, 14.25));
    assert_int_equal(plan.event_count, 7);
    assert_true(fate_plan_finish(&plan, &kept.model, visits, 4, 30));
    assert_int_equal(plan.cycle_count, 2);
    assert_close(plan.cycles[0].dose_mg, 0.0718 + 148, 1e-12);
    assert_close(plan.cycles[1].dose_mg, 0.0718, 1e-12);
    const double days[] = {0, 10, 14, 20, 30};
    assert_int_equal(plan.day_count, 5);
    assert_memory_equal(plan.days, days, sizeof days);
    assert_int_equal(plan.cycles[0].place, 0);
    assert_int_equal(plan.cycles[1].place, 2);
    assert_true(plan.last_fraction_day == 20);
    struct course_event kept_events[7];
    double last = 0;
    const size_t counts[] = {2, 5, 7};
    const double lasts[] = {20, 20, 20};
    for (size_t cycles = 0; cycles <= 2; cycles++) {
        assert_int_equal(fate_plan_stopped(&plan, cycles, kept_events, &last), counts[cycles]);
        assert_true(last == lasts[cycles]);
    }
    fate_plan_free(&plan);
}

/* ---- Whole fates ------------------------------------------------------------------------------------ */

static abscopal_trial *trial;

static int read_trial(void **unused)
{
    (void)unused;
    trial = trial_runs_read("protocols/nivolumab-rt-six-arms.yaml");
    return 0;
}

static int free_trial(void **unused)
{
    (void)unused;
    abscopal_trial_free(trial);
    return 0;
}

enum { PATIENTS = SANITIZED ? 7 : 14 };

static abscopal_fates *find(int threads, int every_day)
{
    struct abscopal_error error;
    const struct abscopal_fate_options options = {
        .patients = PATIENTS, .seed = -1, .threads = threads, .every_day = every_day};
    abscopal_fates *fates = abscopal_fates_run(trial, &options, &error);
    if (fates == NULL)
        print_message("%s\n", error.message);
    assert_non_null(fates);
    return fates;
}

/* As shipped every lesion has resistant cells, which no treatment of these arms kills to the last. */
static void with_resistant_cells_all_regrow(void **unused)
{
    (void)unused;
    abscopal_fates *fates = find(2, 0);
    size_t known = 0;
    for (size_t i = 0; i < PATIENTS * fates->results->arm_count; i++) {
        const struct fate_course *course = &fates->courses[i];
        if (course->status != ABSCOPAL_PATIENT_COMPLETED)
            continue;
        known++;
        assert_int_equal(course->fate.fate, ABSCOPAL_FATE_MAXIMAL);
        assert_int_equal(course->fate.basis, FATE_BY_RESISTANT_CELLS);
        assert_true(course->decided_day == 0 && course->cycles_needed == 0 && course->dose_needed_mg == 0);
    }
    assert_true(known > 6 * PATIENTS / 2);
    abscopal_fates_free(fates);
}

static void ignore_output(const struct model *model, double day, const double *state, size_t output, void *context)
{
    (void)model, (void)day, (void)state, (void)output, (void)context;
}

/* What CVODE makes of the arm and ten years after it. */
static enum abscopal_fate after_ten_years(struct single_patient *single, uint64_t id, size_t arm)
{
    struct integration_failure failure;
    assert_int_equal(single_patient_grow(single, 1, id, &failure), ABSCOPAL_PATIENT_COMPLETED);
    assert_int_equal(single_patient_treat(single, arm, NULL, 0, ignore_output, NULL, &failure),
                     ABSCOPAL_PATIENT_COMPLETED);
    struct course course = {.model = &single->room.model,
                            .relative_tolerance = 1e-8,
                            .start_day = 400,
                            .end_day = 400 + 3652.5,
                            .state = single->room.state};
    course_run(&course);
    assert_int_equal(course.result, COURSE_ENDED);
    enum abscopal_fate fate = ABSCOPAL_FATE_TUMOUR_FREE;
    for (int i = 0; i < course.model->lesion_count; i++) {
        const double cells = model_living_cells(course.model, course.state, i);
        if (cells >= fate_largest_cells(course.model, i) / 2)
            return ABSCOPAL_FATE_MAXIMAL;
        if (cells > 0)
            fate = ABSCOPAL_FATE_UNDECIDED; /* controlled, or not there yet */
    }
    return fate;
}

/* Without resistant cells fates differ. They are the same with any number of threads, bisection finds what looking at
 * every day finds, and whoever has come to an end after ten years has come to it. */
static void without_resistance_fates_differ(void **unused)
{
    (void)unused;
    trial->file.options.resistance = false;
    abscopal_fates *fates = find(1, 0), *threaded = find(3, 0), *everywhere = find(2, 1);
    const size_t arms = fates->results->arm_count;
    struct single_patient single;
    assert_true(single_patient_open(&single, trial, ABSCOPAL_ENGINE_CVODE, 1e-8));
    int counts[ABSCOPAL_FATE_COUNT] = {0}, ended = 0, needed = 0;
    for (size_t row = 0; row < PATIENTS * arms; row++) {
        const struct fate_course *a = &fates->courses[row], *b = &threaded->courses[row],
                                 *c = &everywhere->courses[row];
        assert_int_equal(a->status, b->status);
        if (a->status != ABSCOPAL_PATIENT_COMPLETED)
            continue;
        assert_memory_equal(&a->fate.after_days, &b->fate.after_days, sizeof a->fate.after_days);
        assert_true(a->fate.fate == b->fate.fate && a->fate.living == b->fate.living);
        assert_true(a->decided_day == b->decided_day && a->cycles_needed == b->cycles_needed);
        assert_true(a->fate.fate == c->fate.fate);
        if (c->exceptions == 0)
            assert_true(a->decided_day == c->decided_day && a->cycles_needed == c->cycles_needed);
        assert_int_equal(a->cycles, fates->results->arms[row].doses); /* these arms have one drug */
        assert_close(a->dose_mg, 240.0 * a->cycles, 1e-9);
        counts[a->fate.fate]++;
        needed += a->cycles_needed > 0;
        if (row / PATIENTS != 4) /* one arm will do for CVODE */
            continue;
        const enum abscopal_fate then = after_ten_years(&single, row % PATIENTS + 1, row / PATIENTS);
        if (then != ABSCOPAL_FATE_UNDECIDED) {
            assert_int_equal(a->fate.fate, then);
            ended++;
        }
    }
    print_message("  %d tumour-free, %d controlled, %d maximal, %d undecided; %d compared with CVODE\n", counts[0],
                  counts[1], counts[2], counts[3], ended);
    assert_true(counts[0] > 2 && counts[1] > 2 && counts[2] > 20 && counts[3] == 0 && ended > 5 && needed > 3);
    single_patient_close(&single);
    abscopal_fates_free(fates);
    abscopal_fates_free(threaded);
    abscopal_fates_free(everywhere);
}

/* Where visits decide what is given, cycles are what was given in the run. */
static void what_visits_decide_is_counted(void **unused)
{
    (void)unused;
    struct abscopal_error error;
    abscopal_trial *adaptive = trial_runs_read("protocols/trials/pembro-rt.yaml");
    const struct abscopal_fate_options options = {.patients = 60, .seed = -1, .threads = 2};
    abscopal_fates *fates = abscopal_fates_run(adaptive, &options, &error);
    assert_non_null(fates);
    int known = 0, fewest = 1000, most = 0;
    for (size_t i = 0; i < 60 * fates->results->arm_count; i++) {
        const struct fate_course *course = &fates->courses[i];
        assert_int_equal(course->status, fates->results->arms[i].status);
        if (course->status != ABSCOPAL_PATIENT_COMPLETED)
            continue;
        known++;
        assert_int_equal(course->cycles, fates->results->arms[i].doses);
        fewest = course->cycles < fewest ? course->cycles : fewest;
        most = course->cycles > most ? course->cycles : most;
    }
    print_message("  %d patients with %d to %d cycles\n", known, fewest, most);
    assert_true(known > 10 && fewest < most);
    abscopal_fates_free(fates);
    abscopal_trial_free(adaptive);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_resistant_cell_grows_to_the_largest_tumour),
        cmocka_unit_test(without_a_resistant_cell_nothing_is_certain),
        cmocka_unit_test(equilibria_decide),
        cmocka_unit_test(a_plan_has_cycles_and_days),
        cmocka_unit_test(with_resistant_cells_all_regrow),
        cmocka_unit_test(what_visits_decide_is_counted),
        cmocka_unit_test(without_resistance_fates_differ),
    };
    return cmocka_run_group_tests(tests, read_trial, free_trial);
}
