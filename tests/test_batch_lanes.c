/* A patient's course in the batch engine does not depend on who stands beside, in which lane, or in which order: the
 * same bits, for every set of vector instructions. Across sets of instructions it agrees to rounding. */
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

/* ---- Patients of all kinds -------------------------------------------------------------------------- */

enum { PATIENTS = 11 };

/* Patients who have nothing in common but the layout of their models. */
static void make_patient(struct kept_course *kept, int number)
{
    static const double end_days[PATIENTS] = {3, 1.5, 3, 0, 1, 1.5, 3, 0.75, 1000, 3, 1.5};
    kept_patient(kept, 2, KEPT_NIVOLUMAB_IPILIMUMAB, number, end_days[number]);
    if (number != 2)
        kept_add_outputs(kept, 0, number == 5 ? 0.1 : 0.75, fmin(end_days[number], 4));
    kept_add_infusions(kept, number % 2, 1600, 0.5, 1 + number / 8.0, 2);
    switch (number) {
    case 4: /* fails at once */
        kept->model.parameters.killing_rate = NAN;
        break;
    case 6: /* fails on the way */
        kept_add_event(kept, (struct course_event){.day = 1.25, .kind = EVENT_BOLUS, .amount_nmol = NAN});
        break;
    case 7: /* needs many more steps than others */
        kept->course.relative_tolerance = 1e-8;
        break;
    case 8: /* grows to a size */
        kept->course.target_sum_of_diameters_mm = 1.01 * model_sum_of_diameters_mm(&kept->model, kept->start);
        kept->model.parameters.killing_rate = 0;
        break;
    case 9: /* is cured at once, and looks for a size */
        kept_add_fractions(kept, 0, 30, 1, 0.5, 2);
        kept_add_fractions(kept, 1, 30, 1, 0.5, 2);
        kept->course.target_sum_of_diameters_mm = 1e3;
        break;
    default: /* 3 ends where it starts; of the others, those with an even number lose their first lesion on the way */
        if (number % 2 == 0)
            kept->model.parameters.cancer_death_rate = 10;
        kept_add_fractions(kept, 0, 8 + number, 1, 0.25, 2);
        kept_add_fractions(kept, 1, 6, 0.8, 0.5, 1);
        break;
    }
}

static struct kept_course alone[PATIENTS], crowd[PATIENTS];

static int make_patients(void **unused)
{
    (void)unused;
    for (int i = 0; i < PATIENTS; i++) {
        make_patient(&alone[i], i);
        make_patient(&crowd[i], i);
        kept_keep_states(&alone[i]);
        kept_keep_states(&crowd[i]);
    }
    return 0;
}

static int free_patients(void **unused)
{
    (void)unused;
    for (int i = 0; i < PATIENTS; i++) {
        kept_free(&alone[i]);
        kept_free(&crowd[i]);
    }
    return 0;
}

static void run_each_alone(const struct lanes_functions *functions)
{
    for (int i = 0; i < PATIENTS; i++) {
        struct kept_course *const one = &alone[i];
        kept_run_in_batch(functions, &one, 1);
    }
}

/* They are what they are meant to be, or the tests below would show little. */
static void patients_end_in_all_ways(void **unused)
{
    (void)unused;
    run_each_alone(lanes_best());
    const int cells = state_index(&alone[0].model, "cancer_cells");
    assert_true(alone[0].course.result == COURSE_ENDED && alone[0].state[cells] == 0);
    assert_true(alone[3].course.result == COURSE_ENDED && alone[3].course.work.steps == 0);
    assert_true(alone[4].course.result == COURSE_FAILED && alone[4].course.day == 0);
    assert_true(alone[6].course.result == COURSE_FAILED && fabs(alone[6].course.day - 1.25) < 1e-6);
    assert_true(alone[8].course.result == COURSE_TARGET);
    assert_true(alone[9].course.result == COURSE_NO_LIVING_CELLS);
}

/* ---- The same bits ---------------------------------------------------------------------------------- */

static void check_order(const struct lanes_functions *functions, const int *order, int count)
{
    struct kept_course *list[PATIENTS] = {NULL};
    for (int i = 0; i < count; i++)
        list[i] = &crowd[order[i]];
    kept_run_in_batch(functions, list, (size_t)count);
    for (int i = 0; i < count; i++)
        assert_same_course(&crowd[order[i]], &alone[order[i]]);
}

/* All of them together, each first in turn, so that each stands in each lane; then backwards. Where there are other
 * instructions than the best, as many orders as they have lanes. */
static void neighbours_lanes_and_order_do_not_matter(void **unused)
{
    (void)unused;
    const struct lanes_functions *functions;
    for (int set = 0; (functions = lanes_choice(set)) != NULL; set++) {
        print_message("  %s\n", functions->instructions);
        run_each_alone(functions);
        int order[PATIENTS];
        for (int first = 0; first < (set == 0 ? PATIENTS : functions->count); first++) {
            for (int i = 0; i < PATIENTS; i++)
                order[i] = (first + i) % PATIENTS;
            check_order(functions, order, PATIENTS);
        }
        for (int i = 0; i < PATIENTS; i++)
            order[i] = PATIENTS - 1 - i;
        check_order(functions, order, PATIENTS);
    }
}

/* One patient beside each other one by himself, those who fail included. */
static void no_neighbour_matters(void **unused)
{
    (void)unused;
    run_each_alone(lanes_best());
    for (int other = 1; other < PATIENTS; other++)
        check_order(lanes_best(), (const int[]){other, 0}, 2);
}

/* A line of courses, and those who have come back from it. */
struct line {
    struct kept_course *waiting[4]; /* NULL at the end */
    int next, returned;
    struct kept_course *back[4];
};

static struct course *hand_over(void *context)
{
    struct line *line = context;
    struct kept_course *const kept = line->waiting[line->next];
    if (kept == NULL)
        return NULL;
    line->next++;
    memcpy(kept->state, kept->start, sizeof kept->state);
    kept->shown_count = 0;
    return &kept->course;
}

static void note_return(struct course *course, void *context)
{
    struct line *line = context;
    assert_true(line->returned < 3);
    line->back[line->returned++] = course->context;
}

/* A batch has no memory of those who were in it before. */
static void a_batch_can_be_used_again(void **unused)
{
    (void)unused;
    run_each_alone(lanes_best());
    struct batch *batch = batch_create(&crowd[0].model);
    assert_non_null(batch);
    for (int i = 0; i < PATIENTS; i++) {
        struct line line = {.waiting = {&crowd[i * 7 % PATIENTS]}};
        const struct batch_queue queue = {.next = hand_over, .finished = note_return, .context = &line};
        batch_run(batch, &queue);
        assert_int_equal(line.returned, 1);
        assert_same_course(line.back[0], &alone[i * 7 % PATIENTS]);
    }
    batch_free(batch);
}

/* ---- The queue -------------------------------------------------------------------------------------- */

static void an_empty_queue_is_done_at_once(void **unused)
{
    (void)unused;
    struct line line = {.next = 0};
    const struct batch_queue queue = {.next = hand_over, .finished = note_return, .context = &line};
    struct batch *batch = batch_create(&crowd[0].model);
    assert_non_null(batch);
    batch_run(batch, &queue);
    batch_run(batch, &queue);
    batch_free(batch);
    assert_int_equal(line.returned, 0);
    assert_int_equal(lanes_best()->count, batch_lane_count());
    assert_string_equal(lanes_best()->instructions, batch_instructions());
    assert_in_range(batch_lane_count(), 1, LANES_MAXIMUM);
}

/* Fewer courses than lanes, as many, and more, some of them over at their start. */
static void every_course_comes_back_once(void **unused)
{
    (void)unused;
    const struct lanes_functions *functions;
    for (int set = 0; (functions = lanes_choice(set)) != NULL; set++)
        for (int count = 1; count <= 2 * functions->count + 1; count++) {
            static struct kept_course few[2 * LANES_MAXIMUM + 1];
            struct kept_course *list[2 * LANES_MAXIMUM + 1] = {NULL};
            for (int i = 0; i < count; i++) {
                kept_patient(&few[i], 1, KEPT_NO_DRUG, i, i % 3 == 1 ? 0 : 1 + i % 2);
                kept_add_outputs(&few[i], 0, 0.5, few[i].course.end_day);
                list[i] = &few[i];
            }
            kept_run_in_batch(functions, list, (size_t)count); /* it counts those that come back */
            for (int i = 0; i < count; i++) {
                assert_int_equal(few[i].course.result, COURSE_ENDED);
                assert_true(few[i].course.day == few[i].course.end_day);
                assert_int_equal(few[i].shown_count, few[i].course.output_count);
            }
        }
}

/* They come back in the order in which they end, not in which they were handed over. */
static void a_short_course_does_not_wait(void **unused)
{
    (void)unused;
    static struct kept_course longest, shortest;
    kept_patient(&longest, 1, KEPT_NO_DRUG, 0, 20);
    kept_patient(&shortest, 1, KEPT_NO_DRUG, 1, 1);
    struct line line = {.waiting = {&longest, &shortest}};
    const struct batch_queue queue = {.next = hand_over, .finished = note_return, .context = &line};
    struct batch *batch = batch_create(&longest.model);
    assert_non_null(batch);
    batch_run(batch, &queue);
    batch_free(batch);
    assert_int_equal(line.returned, 2);
    assert_ptr_equal(line.back[0], &shortest);
    assert_ptr_equal(line.back[1], &longest);
}

/* ---- Sets of instructions --------------------------------------------------------------------------- */

/* Relative to the state or, where there is next to nothing, to a thousand absolute tolerances. */
static double largest_difference(const struct kept_course *one, const struct kept_course *other, int *worst)
{
    double largest = 0;
    for (int i = 0; i < model_state_count(&one->model); i++) {
        const double tolerance = model_state_describe(&one->model, i).absolute_tolerance;
        const double size = fmax(fabs(other->state[i]), 1e3 * tolerance);
        const double difference = fabs(one->state[i] - other->state[i]) / size;
        if (difference > largest)
            *worst = i;
        largest = fmax(largest, difference);
    }
    return largest;
}

static void make_long_course(struct kept_course *kept, int lesions)
{
    if (lesions == 0) {
        kept_published(kept, 400);
        return;
    }
    kept_patient(kept, lesions, KEPT_NIVOLUMAB_IPILIMUMAB, lesions, 400);
    kept_add_infusions(kept, 0, 1600, 0.5, 21, 19);
    kept_add_fractions(kept, 0, 4, 1, 1, 3);
}

/* After 400 days. They round differently, which parts the courses by next to nothing until a step that one accepts is
 * just rejected by the other, or is just too long for the next stop; then by what the tolerance of 1e-6 allows. */
static void sets_of_instructions_agree(void **unused)
{
    (void)unused;
    static struct kept_course best, other;
    struct kept_course *const of_best = &best, *const of_other = &other;
    for (int lesions = 0; lesions <= 2; lesions += 2) {
        make_long_course(&best, lesions);
        make_long_course(&other, lesions);
        kept_run_in_batch(lanes_best(), &of_best, 1);
        for (int set = 1; lanes_choice(set) != NULL; set++) {
            kept_run_in_batch(lanes_choice(set), &of_other, 1);
            int worst = 0;
            const double difference = largest_difference(&other, &best, &worst);
            const double diameters = model_sum_of_diameters_mm(&other.model, other.state) /
                                         model_sum_of_diameters_mm(&best.model, best.state) -
                                     1;
            print_message("  %d lesions, %s and %s: %.1e (%s), diameters %.1e; %ld and %ld attempts\n", lesions,
                          lanes_best()->instructions, lanes_choice(set)->instructions, difference,
                          model_state_describe(&best.model, worst).name, diameters, best.course.work.jacobians,
                          other.course.work.jacobians);
            assert_true(difference < 5e-6 && fabs(diameters) < 1e-8);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patients_end_in_all_ways),       cmocka_unit_test(neighbours_lanes_and_order_do_not_matter),
        cmocka_unit_test(no_neighbour_matters),           cmocka_unit_test(a_batch_can_be_used_again),
        cmocka_unit_test(an_empty_queue_is_done_at_once), cmocka_unit_test(every_course_comes_back_once),
        cmocka_unit_test(a_short_course_does_not_wait),   cmocka_unit_test(sets_of_instructions_agree),
    };
    return cmocka_run_group_tests(tests, make_patients, free_patients);
}
