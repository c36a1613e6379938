/* A batch that has been at rest takes further courses as if it were new, also where options are off, so that some
 * states never change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "batch_course.h"

enum { MOST = 16 };

static struct kept_course first[MOST], again[MOST], alone;

struct pile {
    struct kept_course *courses;
    int count, next;
};

static struct course *next_of_pile(void *context)
{
    struct pile *pile = context;
    if (pile->next == pile->count)
        return NULL;
    struct kept_course *kept = &pile->courses[pile->next++];
    memcpy(kept->state, kept->start, sizeof kept->state);
    return &kept->course;
}

static void put_away(struct course *course, void *context)
{
    (void)course, (void)context;
}

static void make_patient(struct kept_course *kept, int number, double end_day)
{
    kept_patient(kept, 2, KEPT_NO_DRUG, number, end_day);
    kept->model.options.resistance = kept->model.options.memory = kept->model.options.scar = false;
}

/* At first there are so many courses, and lanes without any; then there is one for each. */
static void check_after(int courses)
{
    const struct lanes_functions *functions = lanes_best();
    const int lanes = functions->count < MOST ? functions->count : MOST;
    for (int i = 0; i < lanes; i++) {
        make_patient(&first[i], i, i == 0 ? 2000 : 1 + i);
        make_patient(&again[i], lanes + i, 300);
    }
    struct batch *batch = batch_create_with(functions, &first[0].model);
    assert_non_null(batch);
    struct pile piles[] = {{first, courses < lanes ? courses : lanes, 0}, {again, lanes, 0}};
    for (int i = 0; i < 2; i++) {
        const struct batch_queue queue = {next_of_pile, put_away, &piles[i]};
        batch_run(batch, &queue);
    }
    batch_free(batch);
    for (int i = 0; i < lanes; i++) {
        assert_int_equal(again[i].course.result, COURSE_ENDED);
        make_patient(&alone, lanes + i, 300);
        kept_run(&alone, 1e-6);
        assert_memory_equal(again[i].state, alone.state, (size_t)model_state_count(&alone.model) * sizeof *alone.state);
    }
}

static void lanes_that_had_no_patient_are_as_new(void **unused)
{
    (void)unused;
    check_after(1);
    check_after(3);
}

static void lanes_at_rest_are_as_new(void **unused)
{
    (void)unused;
    check_after(MOST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lanes_that_had_no_patient_are_as_new),
        cmocka_unit_test(lanes_at_rest_are_as_new),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
