#include "trial/schedule.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

/* The patients with one number of lesions. */
struct group {
    size_t first, count;       /* their places in order[] and ready[] */
    atomic_size_t taken;       /* for growth; may exceed count */
    atomic_size_t ready_count; /* places of ready[] given out */
    atomic_size_t grown;       /* whose growth is over, treatable or not */
};

/* The arms with one list of drugs. */
struct arm_list {
    size_t count;
    size_t *arms; /* the longest first */
};

struct schedule {
    size_t group_count, list_count, arm_count, patient_count;
    struct group *groups;   /* [group], by lesions less 1 */
    atomic_size_t *workers; /* [group][list]: threads in the layout */
    atomic_size_t *taken;   /* [group][arm]: how many of the group's ready patients */
    struct arm_list *lists; /* [list] */
    size_t *arms;           /* [arm], those of one list together */
    size_t *costs;          /* [arm] */
    size_t cost_of_all;     /* arms */
    int *lesion_counts;     /* [patient] */
    size_t *order;          /* [patient], by group */
    atomic_size_t *ready;   /* [patient], by group: one more than the patient, 0 for none yet */
};

/* ---- Making ----------------------------------------------------------------------------------------- */

/* Puts an arm into its list, before those that take less time. */
static void list_arm(struct schedule *schedule, struct arm_list *list, size_t arm)
{
    size_t place = list->count++;
    for (; place > 0 && schedule->costs[list->arms[place - 1]] < schedule->costs[arm]; place--)
        list->arms[place] = list->arms[place - 1];
    list->arms[place] = arm;
}

static void list_arms(struct schedule *schedule, const struct schedule_arm *arms)
{
    size_t *next = schedule->arms;
    for (size_t arm = 0; arm < schedule->arm_count; arm++) {
        schedule->costs[arm] = arms[arm].cost;
        schedule->cost_of_all += arms[arm].cost;
    }
    for (size_t i = 0; i < schedule->list_count; i++) {
        struct arm_list *list = &schedule->lists[i];
        list->arms = next;
        for (size_t arm = 0; arm < schedule->arm_count; arm++)
            if (arms[arm].drug_list == i)
                list_arm(schedule, list, arm);
        next += list->count;
    }
}

static bool allocate(struct schedule *schedule, size_t patients)
{
    const size_t groups = schedule->group_count, arms = schedule->arm_count + 1; /* never nothing to allocate */
    schedule->groups = calloc(groups, sizeof *schedule->groups);
    schedule->workers = calloc(groups * schedule->list_count, sizeof *schedule->workers);
    schedule->taken = calloc(groups * arms, sizeof *schedule->taken);
    schedule->lists = calloc(schedule->list_count, sizeof *schedule->lists);
    schedule->arms = calloc(arms, sizeof *schedule->arms);
    schedule->costs = calloc(arms, sizeof *schedule->costs);
    schedule->lesion_counts = calloc(patients, sizeof *schedule->lesion_counts);
    schedule->order = calloc(patients, sizeof *schedule->order);
    schedule->ready = calloc(patients, sizeof *schedule->ready);
    return schedule->groups != NULL && schedule->workers != NULL && schedule->taken != NULL &&
           schedule->lists != NULL && schedule->arms != NULL && schedule->costs != NULL &&
           schedule->lesion_counts != NULL && schedule->order != NULL && schedule->ready != NULL;
}

struct schedule *schedule_create(size_t patients_at_most, int lesions_at_most, const struct schedule_arm *arms,
                                 size_t arm_count)
{
    struct schedule *schedule = calloc(1, sizeof *schedule);
    if (schedule == NULL)
        return NULL;
    schedule->group_count = (size_t)lesions_at_most;
    schedule->arm_count = arm_count;
    schedule->list_count = 1;
    for (size_t arm = 0; arm < arm_count; arm++)
        if (arms[arm].drug_list >= schedule->list_count)
            schedule->list_count = arms[arm].drug_list + 1;
    if (!allocate(schedule, patients_at_most)) {
        schedule_free(schedule);
        return NULL;
    }
    list_arms(schedule, arms);
    return schedule;
}

void schedule_free(struct schedule *schedule)
{
    if (schedule == NULL)
        return;
    free(schedule->groups);
    free(schedule->workers);
    free(schedule->taken);
    free(schedule->lists);
    free(schedule->arms);
    free(schedule->costs);
    free(schedule->lesion_counts);
    free(schedule->order);
    free(schedule->ready);
    free(schedule);
}

size_t schedule_layout_count(const struct schedule *schedule)
{
    return schedule->group_count * schedule->list_count;
}

/* ---- A block ---------------------------------------------------------------------------------------- */

static struct group *group_of(const struct schedule *schedule, size_t patient)
{
    return &schedule->groups[schedule->lesion_counts[patient] - 1];
}

static void start_groups(struct schedule *schedule)
{
    for (size_t i = 0; i < schedule->group_count; i++) {
        struct group *group = &schedule->groups[i];
        group->count = 0;
        atomic_store(&group->taken, 0);
        atomic_store(&group->ready_count, 0);
        atomic_store(&group->grown, 0);
    }
    for (size_t i = 0; i < schedule_layout_count(schedule); i++)
        atomic_store(&schedule->workers[i], 0);
    for (size_t i = 0; i < schedule->group_count * schedule->arm_count; i++)
        atomic_store(&schedule->taken[i], 0);
    for (size_t patient = 0; patient < schedule->patient_count; patient++) {
        group_of(schedule, patient)->count++;
        atomic_store(&schedule->ready[patient], 0);
    }
}

void schedule_begin(struct schedule *schedule, const int *lesion_counts, size_t patients, bool grown)
{
    schedule->patient_count = patients;
    for (size_t patient = 0; patient < patients; patient++)
        schedule->lesion_counts[patient] = lesion_counts[patient];
    start_groups(schedule);
    size_t first = 0;
    for (size_t i = 0; i < schedule->group_count; i++) {
        schedule->groups[i].first = first;
        first += schedule->groups[i].count;
        schedule->groups[i].count = 0;
    }
    for (size_t patient = 0; patient < patients; patient++) {
        struct group *group = group_of(schedule, patient);
        schedule->order[group->first + group->count++] = patient;
    }
    if (!grown)
        return;
    for (size_t i = 0; i < schedule->group_count; i++)
        atomic_store(&schedule->groups[i].taken, schedule->groups[i].count);
    for (size_t patient = 0; patient < patients; patient++)
        schedule_grown(schedule, patient, true);
}

void schedule_grown(struct schedule *schedule, size_t patient, bool treatable)
{
    struct group *group = group_of(schedule, patient);
    if (treatable) {
        const size_t place = atomic_fetch_add(&group->ready_count, 1);
        atomic_store(&schedule->ready[group->first + place], patient + 1);
    }
    atomic_fetch_add(&group->grown, 1);
}

/* ---- Choosing --------------------------------------------------------------------------------------- */

static size_t left_of(size_t count, size_t taken)
{
    return count > taken ? count - taken : 0;
}

static size_t growths_left(const struct group *group)
{
    return left_of(group->count, atomic_load(&group->taken));
}

/* How many of the group's patients have been taken for an arm. */
static atomic_size_t *taken_of(const struct schedule *schedule, size_t group, size_t arm)
{
    return &schedule->taken[group * schedule->arm_count + arm];
}

/* A measure of the time that the layout takes: the cost of a course grows with its lesions. */
static double work_left(const struct schedule *schedule, size_t layout)
{
    const size_t group = layout / schedule->list_count;
    const struct arm_list *list = &schedule->lists[layout % schedule->list_count];
    const size_t ready = atomic_load(&schedule->groups[group].ready_count);
    size_t work = 0;
    for (size_t i = 0; i < list->count; i++)
        work += left_of(ready, atomic_load(taken_of(schedule, group, list->arms[i]))) * schedule->costs[list->arms[i]];
    if (list == schedule->lists)
        work += growths_left(&schedule->groups[group]) * (1 + schedule->cost_of_all);
    return (double)work * (double)(group + 2);
}

bool schedule_choose(struct schedule *schedule, size_t *layout)
{
    for (;;) {
        double most = 0;
        size_t workers = 0;
        for (size_t i = schedule_layout_count(schedule); i-- > 0;) {
            size_t present = atomic_load(&schedule->workers[i]);
            const double share = work_left(schedule, i) / (double)(present + 1);
            if (share > most) {
                most = share;
                workers = present;
                *layout = i;
            }
        }
        if (!(most > 0))
            return false;
        /* Not when another thread has gone there meanwhile: it may be better to go elsewhere. */
        if (atomic_compare_exchange_strong(&schedule->workers[*layout], &workers, workers + 1))
            return true;
    }
}

void schedule_leave(struct schedule *schedule, size_t layout)
{
    atomic_fetch_sub(&schedule->workers[layout], 1);
}

static bool next_growth(struct schedule *schedule, struct group *group, struct schedule_item *item)
{
    if (growths_left(group) == 0)
        return false;
    const size_t place = atomic_fetch_add(&group->taken, 1);
    if (place >= group->count)
        return false;
    *item = (struct schedule_item){schedule->order[group->first + place], SCHEDULE_GROWTH};
    return true;
}

/* The next ready patient for an arm. */
static bool next_treatment(struct schedule *schedule, size_t index, size_t arm, struct schedule_item *item)
{
    const struct group *group = &schedule->groups[index];
    atomic_size_t *taken = taken_of(schedule, index, arm);
    size_t place = atomic_load(taken);
    while (place < group->count) {
        const size_t patient = atomic_load(&schedule->ready[group->first + place]);
        if (patient == 0)
            return false; /* not grown yet */
        /* When another thread was first, `place` becomes what there is now. */
        if (atomic_compare_exchange_weak(taken, &place, place + 1)) {
            *item = (struct schedule_item){patient - 1, (int)arm};
            return true;
        }
    }
    return false;
}

bool schedule_next(struct schedule *schedule, size_t layout, struct schedule_item *item)
{
    const size_t group = layout / schedule->list_count;
    const struct arm_list *list = &schedule->lists[layout % schedule->list_count];
    if (list == schedule->lists && next_growth(schedule, &schedule->groups[group], item))
        return true;
    for (size_t i = 0; i < list->count; i++)
        if (next_treatment(schedule, group, list->arms[i], item))
            return true;
    return false;
}

bool schedule_done(const struct schedule *schedule)
{
    for (size_t i = 0; i < schedule->group_count; i++)
        if (atomic_load(&schedule->groups[i].grown) < schedule->groups[i].count)
            return false;
    for (size_t layout = 0; layout < schedule_layout_count(schedule); layout++)
        if (work_left(schedule, layout) > 0)
            return false;
    return true;
}
