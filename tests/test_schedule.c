/* Which course comes next: each of them once, growth before arms, whatever the threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <omp.h>
#include <sched.h>

#include "trial/schedule.h"

enum { PATIENTS = 400, ARMS = 5, LISTS = 3, LESIONS = 4 };

/* Two arms without drugs, two with one list of drugs and one with another. */
static const struct schedule_arm all_arms[ARMS] = {{1, 10}, {0, 5}, {2, 70}, {1, 40}, {0, 12}};

/* What was seen of each course. */
struct seen {
    atomic_int growths[PATIENTS], arms[PATIENTS][ARMS];
    atomic_int early; /* arms taken before their patient's growth was over */
    atomic_int wrong; /* courses in a layout that is not theirs */
    atomic_int grown[PATIENTS];
};

static int lesions_of(size_t patient)
{
    return 1 + (int)(patient * patient % 7 % LESIONS);
}

/* Every ninth patient does not grow. */
static bool is_treatable(size_t patient)
{
    return patient % 9 != 4;
}

static void begin(struct schedule *schedule, size_t patients, bool grown)
{
    int lesions[PATIENTS];
    for (size_t patient = 0; patient < patients; patient++)
        lesions[patient] = lesions_of(patient);
    schedule_begin(schedule, lesions, patients, grown);
}

static void note(struct schedule *schedule, size_t layout, const struct schedule_item *item, struct seen *seen)
{
    const size_t patient = item->patient, list = item->arm < 0 ? 0 : all_arms[item->arm].drug_list;
    if (layout != (size_t)(lesions_of(patient) - 1) * LISTS + list)
        atomic_fetch_add(&seen->wrong, 1);
    if (item->arm == SCHEDULE_GROWTH) {
        atomic_fetch_add(&seen->growths[patient], 1);
        atomic_store(&seen->grown[patient], 1);
        schedule_grown(schedule, patient, is_treatable(patient));
    } else {
        atomic_fetch_add(&seen->arms[patient][item->arm], 1);
        if (!atomic_load(&seen->grown[patient]))
            atomic_fetch_add(&seen->early, 1);
    }
}

/* As a thread of a run works, but that it leaves a layout after a few courses, so that threads meet more often. */
static void work(struct schedule *schedule, struct seen *seen)
{
    size_t layout;
    struct schedule_item item;
    while (!schedule_done(schedule)) {
        if (!schedule_choose(schedule, &layout)) {
            sched_yield();
            continue;
        }
        for (int i = 0; i < 3 && schedule_next(schedule, layout, &item); i++)
            note(schedule, layout, &item, seen);
        schedule_leave(schedule, layout);
    }
}

static void assert_each_once(struct seen *seen, size_t patients, bool grown)
{
    assert_int_equal(atomic_load(&seen->wrong), 0);
    assert_int_equal(atomic_load(&seen->early), 0);
    for (size_t patient = 0; patient < patients; patient++) {
        assert_int_equal(atomic_load(&seen->growths[patient]), !grown);
        for (size_t arm = 0; arm < ARMS; arm++)
            assert_int_equal(atomic_load(&seen->arms[patient][arm]), grown || is_treatable(patient));
    }
}

/* The same schedule serves a block after another, the last of them smaller. */
static void every_course_is_taken_once(void **unused)
{
    (void)unused;
    static struct seen seen;
    struct schedule *schedule = schedule_create(PATIENTS, LESIONS, all_arms, ARMS);
    assert_non_null(schedule);
    assert_int_equal(schedule_layout_count(schedule), LESIONS * LISTS);
    static const size_t patients[] = {PATIENTS, PATIENTS, 17, 1};
    for (size_t block = 0; block < sizeof patients / sizeof *patients; block++) {
        seen = (struct seen){.early = 0};
        begin(schedule, patients[block], false);
        assert_false(schedule_done(schedule));
#pragma omp parallel num_threads(4)
        work(schedule, &seen);
        assert_each_once(&seen, patients[block], false);
    }
    schedule_free(schedule);
}

static void grown_patients_are_only_treated(void **unused)
{
    (void)unused;
    static struct seen seen;
    struct schedule *schedule = schedule_create(PATIENTS, LESIONS, all_arms, ARMS);
    assert_non_null(schedule);
    for (size_t patient = 0; patient < PATIENTS; patient++)
        atomic_store(&seen.grown[patient], 1);
    begin(schedule, PATIENTS, true);
#pragma omp parallel num_threads(2)
    work(schedule, &seen);
    assert_each_once(&seen, PATIENTS, true);
    schedule_free(schedule);
}

/* A second thread goes where no other is, and only helps when all else is taken; nothing is offered that cannot be
 * begun. */
static void threads_spread_over_layouts(void **unused)
{
    (void)unused;
    struct schedule *schedule = schedule_create(PATIENTS, LESIONS, all_arms, ARMS);
    assert_non_null(schedule);
    static const int lesions[] = {3, 3, 3, 2, 2, 2};
    size_t first = 0, second = 0, third = 0;
    struct schedule_item item, grown[3];
    schedule_begin(schedule, lesions, 6, false);
    assert_true(schedule_choose(schedule, &first) && schedule_choose(schedule, &second));
    assert_int_equal(first, 2 * LISTS);
    assert_int_equal(second, 1 * LISTS);
    for (int i = 0; i < 3; i++)
        assert_true(schedule_next(schedule, first, &grown[i]) && grown[i].arm == SCHEDULE_GROWTH);
    assert_false(schedule_next(schedule, first, &item));
    schedule_leave(schedule, first);
    assert_true(schedule_choose(schedule, &third));
    assert_int_equal(third, second);
    for (int i = 0; i < 3; i++)
        assert_true(schedule_next(schedule, second, &item) && item.arm == SCHEDULE_GROWTH);
    schedule_leave(schedule, second);
    schedule_leave(schedule, third);
    /* All growths are on their way: nothing to begin, yet not done. */
    assert_false(schedule_choose(schedule, &first));
    assert_false(schedule_done(schedule));
    schedule_grown(schedule, grown[0].patient, true);
    assert_true(schedule_choose(schedule, &first));
    assert_int_equal(first / LISTS, 2);
    schedule_free(schedule);
}

/* Of what is ready, the arm that takes longest comes first. */
static void long_arms_come_first(void **unused)
{
    (void)unused;
    struct schedule *schedule = schedule_create(PATIENTS, LESIONS, all_arms, ARMS);
    assert_non_null(schedule);
    static const int lesions[] = {1, 1}, expected[] = {3, 3, 0, 0};
    struct schedule_item item;
    schedule_begin(schedule, lesions, 2, true);
    for (int i = 0; i < 4; i++) {
        assert_true(schedule_next(schedule, 1, &item));
        assert_int_equal(item.arm, expected[i]);
        assert_int_equal(item.patient, i % 2);
    }
    assert_false(schedule_next(schedule, 1, &item));
    schedule_free(schedule);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_course_is_taken_once),
        cmocka_unit_test(grown_patients_are_only_treated),
        cmocka_unit_test(threads_spread_over_layouts),
        cmocka_unit_test(long_arms_come_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
