/* One simulated trial. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cohorts/random_stream.h"
#include "trial/allocation.h"
#include "trial/power.h"
#include "trial/survival_comparison.h"

static_assert(sizeof(struct allocation_state) == POWER_MOST_STRATA * sizeof(size_t), "as many strata as are allocated");

struct enrolled {
    size_t arm, stratum;
    double entry_day, dropout_days;    /* since the trial began, and since entry */
    const struct power_status *status; /* [visit] */
    size_t seen;                       /* visits before dropout, the baseline included */
};

struct power_room {
    const struct power_population *population;
    const struct power_conduct *conduct;
    size_t most, count;
    struct enrolled *patients;   /* [count] in the order in which they come */
    struct power_status *status; /* [most][visit], measured anew */
    double *event_days;          /* [most] of the trial, ascending */
    /* What a look compares. */
    double *time;
    bool *event;
    size_t *group, *stratum;
};

struct power_room *power_room_create(const struct power_population *population, const struct power_conduct *conduct,
                                     size_t most_total)
{
    struct power_room *room = calloc(1, sizeof *room);
    if (room == NULL)
        return NULL;
    const size_t most = most_total + 1;
    *room = (struct power_room){
        .population = population,
        .conduct = conduct,
        .most = most,
        .patients = malloc(most * sizeof *room->patients),
        .status = population->look != NULL ? malloc(most * population->visit_count * sizeof *room->status) : malloc(1),
        .event_days = malloc(most * sizeof *room->event_days),
        .time = malloc(most * sizeof *room->time),
        .event = malloc(most * sizeof *room->event),
        .group = malloc(most * sizeof *room->group),
        .stratum = malloc(most * sizeof *room->stratum)};
    if (room->patients != NULL && room->status != NULL && room->event_days != NULL && room->time != NULL &&
        room->event != NULL && room->group != NULL && room->stratum != NULL)
        return room;
    power_room_free(room);
    return NULL;
}

void power_room_free(struct power_room *room)
{
    if (room == NULL)
        return;
    free(room->patients);
    free(room->status);
    free(room->event_days);
    free(room->time);
    free(room->event);
    free(room->group);
    free(room->stratum);
    free(room);
}

/* ---- Recruitment ------------------------------------------------------------------------------------ */

static size_t member_at(const struct power_population *population, double u)
{
    if (population->cumulative == NULL) {
        const size_t member = (size_t)(u * (double)population->count);
        return member < population->count ? member : population->count - 1;
    }
    size_t lower = 0, upper = population->count - 1;
    while (lower < upper) {
        const size_t middle = (lower + upper) / 2;
        if (population->cumulative[middle] > u)
            upper = middle;
        else
            lower = middle + 1;
    }
    return lower;
}

/* Visits up to the day of dropout. */
static size_t visits_seen(const struct power_population *population, double dropout_days)
{
    size_t seen = 1;
    while (seen < population->visit_count && population->visit_days[seen] <= dropout_days)
        seen++;
    return seen;
}

/* Patients come as a Poisson process: the waits are exponential. */
static void enrol(struct power_room *room, size_t total, uint64_t seed, bool null)
{
    const struct power_population *population = room->population;
    const struct power_conduct *conduct = room->conduct;
    struct allocation_state allocation = {{0}};
    double day = 0;
    for (size_t i = 0; i < total; i++) {
        struct enrolled *patient = &room->patients[i];
        const uint64_t place[4] = {i, 0, 0, 0};
        uint64_t words[4];
        random_block(seed, RANDOM_POWER, place, words);
        const size_t member = member_at(population, random_fraction(words[0]));
        if (conduct->recruits_per_day > 0)
            day -= log(random_fraction(words[1])) / conduct->recruits_per_day;
        patient->entry_day = day;
        patient->dropout_days = conduct->dropouts_per_day > 0
                                    ? -log(random_fraction(words[2])) / conduct->dropouts_per_day
                                    : (double)INFINITY;
        patient->stratum = population->strata[member];
        patient->arm =
            (size_t)allocation_randomise(&allocation, conduct->ratio, conduct->arm_count, seed, patient->stratum);
        patient->seen = visits_seen(population, patient->dropout_days);
        const size_t outcomes_of = null ? 0 : patient->arm;
        if (population->look != NULL) {
            struct power_status *status = room->status + i * population->visit_count;
            population->look(population, outcomes_of, member, seed, i + 1, status);
            patient->status = status;
        } else {
            patient->status = population->fixed + power_fixed_row(population, outcomes_of, member);
        }
    }
    room->count = total;
}

/* ---- Shares ----------------------------------------------------------------------------------------- */

/* The patients who came first, judged on their day. */
static void shares_read(const struct power_room *room, size_t patients, struct power_table *tables)
{
    const struct power_conduct *conduct = room->conduct;
    const size_t visits = room->population->visit_count;
    memset(tables, 0, conduct->arm_count * sizeof *tables);
    for (size_t i = 0; i < patients; i++) {
        const struct enrolled *patient = &room->patients[i];
        const bool whole = patient->seen == visits;
        if (!whole && conduct->dropouts_left_out)
            continue;
        const bool responds = (whole || !conduct->of_day) && patient->status[patient->seen - 1].responds;
        /* Each arm after the first has a table of its own; the first stands in all. */
        for (size_t arm = 1; arm < conduct->arm_count; arm++) {
            if (patient->arm != 0 && patient->arm != arm)
                continue;
            const size_t side = patient->arm == 0 ? 0 : 1;
            tables[arm].judged[patient->stratum][side]++;
            tables[arm].responses[patient->stratum][side] += responds;
        }
    }
}

/* ---- Times ------------------------------------------------------------------------------------------ */

/* The last visit that has been seen up to a day of the trial; the baseline at least. */
static size_t visit_by(const struct power_room *room, const struct enrolled *patient, double day)
{
    size_t visit = 0;
    while (visit + 1 < patient->seen && patient->entry_day + room->population->visit_days[visit + 1] <= day)
        visit++;
    return visit;
}

static int ascending(const void *left, const void *right)
{
    const double *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

/* The days of the trial on which events are seen that stand to the end; returns how many. */
static size_t event_days_find(struct power_room *room)
{
    size_t count = 0;
    for (size_t i = 0; i < room->count; i++) {
        const struct enrolled *patient = &room->patients[i];
        size_t visit = patient->seen;
        while (visit > 0 && patient->status[visit - 1].event)
            visit--;
        if (visit < patient->seen)
            room->event_days[count++] = patient->entry_day + room->population->visit_days[visit];
    }
    qsort(room->event_days, count, sizeof *room->event_days, ascending);
    return count;
}

/* An arm against the first as it stands on that day. False without memory. */
static bool times_compare(struct power_room *room, size_t arm, double day, double *statistic)
{
    const bool stratified = room->conduct->test == POWER_STRATIFIED_LOG_RANK;
    struct survival_data data = {.time = room->time, .event = room->event};
    struct survival_test test;
    enum survival_status status;
    double observed[2], expected[2];
    for (size_t i = 0; i < room->count; i++) {
        const struct enrolled *patient = &room->patients[i];
        if ((patient->arm != 0 && patient->arm != arm) || patient->entry_day > day)
            continue;
        const struct power_status *seen = &patient->status[visit_by(room, patient, day)];
        room->time[data.n] = seen->day;
        room->event[data.n] = seen->event;
        room->group[data.n] = patient->arm != 0;
        room->stratum[data.n++] = patient->stratum;
    }
    *statistic = 0;
    if (survival_log_rank(&data, room->group, 2, stratified ? room->stratum : NULL, observed, expected, &test,
                          &status) != ABSCOPAL_OK)
        return false;
    if (status == SURVIVAL_ESTIMATED && !isnan(test.chi_square))
        *statistic = (observed[1] < expected[1] ? 1 : -1) * sqrt(test.chi_square);
    return true;
}

static void events_count(const struct power_room *room, double day, struct power_trial *outcome)
{
    for (size_t i = 0; i < room->count; i++) {
        const struct enrolled *patient = &room->patients[i];
        if (patient->entry_day > day)
            continue;
        outcome->judged[patient->arm]++;
        outcome->events[patient->arm] += patient->status[visit_by(room, patient, day)].event;
    }
}

/* ---- Looks ------------------------------------------------------------------------------------------ */

/* When a look is, and at whom. */
struct look {
    bool there; /* a look at events that never come is not */
    double day;
    size_t patients; /* of shares: those who have been judged */
};

static struct look look_at(const struct power_room *room, size_t number, size_t events)
{
    const struct power_conduct *conduct = room->conduct;
    const double share = conduct->bounds.share[number];
    const bool last = number + 1 == conduct->bounds.looks;
    if (!conduct->survival) {
        const size_t patients = last ? room->count : (size_t)ceil(share * (double)room->count - 1e-9);
        return (struct look){true, room->patients[patients - 1].entry_day + conduct->judged_days, patients};
    }
    const double end = room->patients[room->count - 1].entry_day + conduct->follow_up_days;
    if (isnan(conduct->event_share))
        return (struct look){true, end, room->count};
    const double wanted = ceil(conduct->event_share * (double)room->count - 1e-9);
    const size_t needed = (size_t)fmax(1, ceil(share * wanted - 1e-9));
    const double day = needed <= events ? room->event_days[needed - 1] : (double)INFINITY;
    return (struct look){last || day < end, fmin(day, end), room->count};
}

static bool statistics_find(struct power_room *room, const struct look *look, double *statistics,
                            struct power_table *tables)
{
    const struct power_conduct *conduct = room->conduct;
    if (!conduct->survival)
        shares_read(room, look->patients, tables);
    for (size_t arm = 1; arm < conduct->arm_count; arm++) {
        if (!conduct->survival)
            statistics[arm] = power_shares_statistic(conduct->test, conduct->bounds.sides, &tables[arm]);
        else if (!times_compare(room, arm, look->day, &statistics[arm]))
            return false;
    }
    return true;
}

/* Whether every comparison has rejected, with this look. */
static bool decide(const struct power_conduct *conduct, size_t number, const double *statistics,
                   struct power_trial *outcome)
{
    const double bound = conduct->bounds.bound[number];
    bool all = true;
    for (size_t arm = 1; arm < conduct->arm_count; arm++) {
        const size_t i = arm - 1;
        if (outcome->rejects[i])
            continue;
        outcome->look[i] = (unsigned char)number;
        outcome->in_favour[i] = statistics[arm] >= bound;
        outcome->rejects[i] = outcome->in_favour[i] || (conduct->bounds.sides == 2 && statistics[arm] <= -bound);
        all = all && outcome->rejects[i];
    }
    return all;
}

static void shares_count(const struct power_conduct *conduct, const struct power_table *tables,
                         struct power_trial *outcome)
{
    for (size_t arm = 1; arm < conduct->arm_count; arm++)
        for (size_t stratum = 0; stratum < POWER_MOST_STRATA; stratum++) {
            outcome->events[arm] += tables[arm].responses[stratum][1];
            outcome->judged[arm] += tables[arm].judged[stratum][1];
            outcome->events[0] += arm == 1 ? tables[arm].responses[stratum][0] : 0;
            outcome->judged[0] += arm == 1 ? tables[arm].judged[stratum][0] : 0;
        }
}

bool power_trial_run(struct power_room *room, size_t patients_per_arm, uint64_t seed, uint64_t trial, bool null,
                     struct power_trial *outcome)
{
    const struct power_conduct *conduct = room->conduct;
    const uint64_t place[4] = {trial, null, 0, 1};
    uint64_t words[4];
    struct power_table tables[POWER_MOST_ARMS];
    double statistics[POWER_MOST_ARMS];
    struct look look = {.there = false};
    *outcome = (struct power_trial){.day = 0};
    memset(tables, 0, sizeof tables);
    random_block(seed, RANDOM_POWER, place, words);
    enrol(room, power_total(conduct, patients_per_arm), words[0], null);
    const size_t events = conduct->survival ? event_days_find(room) : 0;
    bool decided = false;
    for (size_t number = 0; number < conduct->bounds.looks && !decided; number++) {
        const struct look next = look_at(room, number, events);
        if (!next.there)
            continue;
        look = next;
        if (!statistics_find(room, &look, statistics, tables))
            return false;
        decided = decide(conduct, number, statistics, outcome);
    }
    outcome->day = look.day;
    while (outcome->enrolled < room->count && room->patients[outcome->enrolled].entry_day <= look.day)
        outcome->enrolled++;
    if (conduct->survival)
        events_count(room, look.day, outcome);
    else
        shares_count(conduct, tables, outcome);
    return true;
}
