/* What is predicted of a twin: quantiles of a mixture, day by day. */
#include <math.h>
#include <stdlib.h>

#include "protocols/error.h"
#include "trial/twin.h"
#include "trial/twin_courses.h"

/* Progression of what is measured, as RECIST 1.1 has it of sums (Eisenhauer 2009, doi:10.1016/j.ejca.2008.10.026). */
static const double progression_factor = 1.2, progression_mm = 5;

/* Memory of one arm. */
struct room {
    size_t members, days, seen, scans, measured;
    const struct twin_member **who;      /* [member] of those who completed the arm */
    double *given;                       /* [member][measured] logarithms under the treatment given */
    double *under;                       /* [member][day] the same under the arm, on the days of bands */
    double *at_scans;                    /* [member][scan] */
    double *trial_days, *scan_days;      /* of the trial */
    double *gains;                       /* [seen] */
    double *weights;                     /* [member] */
    struct twin_prediction *predictions; /* [member] */
};

static void room_close(struct room *room)
{
    free(room->who);
    free(room->given);
    free(room->under);
    free(room->at_scans);
    free(room->trial_days);
    free(room->scan_days);
    free(room->gains);
    free(room->weights);
    free(room->predictions);
}

static bool room_open(struct room *room, const struct abscopal_twin *twin, size_t members)
{
    const double last_used = twin->measured.rows[twin->used - 1].day;
    const double last = twin->bands[twin->band_count - 1].day;
    room->days = twin->band_count;
    room->measured = twin->used;
    room->scans = last > last_used ? (size_t)((last - last_used) / twin->options.every_days) + 1 : 0;
    room->who = calloc(members, sizeof *room->who);
    room->given = calloc(members * room->measured, sizeof *room->given);
    room->under = calloc(members * room->days, sizeof *room->under);
    room->at_scans = calloc(members * room->scans + 1, sizeof *room->at_scans);
    room->trial_days = calloc(room->days, sizeof *room->trial_days);
    room->scan_days = calloc(room->scans + 1, sizeof *room->scan_days);
    room->gains = calloc(room->measured, sizeof *room->gains);
    room->weights = calloc(members, sizeof *room->weights);
    room->predictions = calloc(members, sizeof *room->predictions);
    if (room->who == NULL || room->given == NULL || room->under == NULL || room->at_scans == NULL ||
        room->trial_days == NULL || room->scan_days == NULL || room->gains == NULL || room->weights == NULL ||
        room->predictions == NULL)
        return false;
    const double end = twin->population->visit_days[twin->population->visit_count - 1];
    for (size_t i = 0; i < room->days; i++)
        room->trial_days[i] = twin->bands[i].day + twin->start_day;
    for (size_t i = 0; i < room->scans; i++)
        room->scan_days[i] = fmin(last_used + (double)(i + 1) * twin->options.every_days + twin->start_day, end);
    return true;
}

static void members_read(struct room *room, const struct twin_evidence *evidence, size_t arm,
                         const struct twin_member *members, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct twin_member *member = &members[i];
        const size_t at = room->members;
        if (twin_course(member->results, evidence->arm, member->patient, evidence->sums, evidence->days, room->measured,
                        room->given + at * room->measured) &&
            twin_course(member->results, arm, member->patient, evidence->sums, room->trial_days, room->days,
                        room->under + at * room->days) &&
            twin_course(member->results, arm, member->patient, evidence->sums, room->scan_days, room->scans,
                        room->at_scans + at * room->scans))
            room->who[room->members++] = member;
    }
}

/* At how many scans, each half an interval or more before that day, a member has progressed. */
static size_t scans_progressed(const struct room *room, const struct abscopal_twin *twin, size_t member, double day)
{
    const double *given = room->given + member * room->measured;
    const double until = day + twin->start_day - twin->options.every_days / 2;
    double smallest = INFINITY;
    size_t progressed = 0;
    for (size_t i = 0; i < room->measured; i++)
        smallest = fmin(smallest, exp(given[i]));
    for (size_t i = 0; i < room->scans && room->scan_days[i] <= until; i++) {
        const double mm = exp(room->at_scans[member * room->scans + i]);
        progressed += mm >= progression_factor * smallest && mm - smallest >= progression_mm;
        smallest = fmin(smallest, mm);
    }
    return progressed;
}

static void band_fill(struct room *room, const struct abscopal_twin *twin, const struct twin_evidence *evidence,
                      size_t index, struct abscopal_twin_band *band)
{
    const double variance = twin_likelihood_day(&evidence->likelihood, band->day, room->gains);
    for (size_t i = 0; i < room->members; i++) {
        room->predictions[i] = twin_predict(&evidence->likelihood, room->given + i * room->measured,
                                            room->under[i * room->days + index], room->gains, variance);
        room->weights[i] =
            room->who[i]->weight * pow(twin->options.continued, (double)scans_progressed(room, twin, i, band->day));
    }
    const struct {
        double share, *mm;
    } quantiles[] = {{0.05, &band->lower90},
                     {0.25, &band->lower50},
                     {0.5, &band->median},
                     {0.75, &band->upper50},
                     {0.95, &band->upper90}};
    for (size_t i = 0; i < sizeof quantiles / sizeof *quantiles; i++)
        *quantiles[i].mm =
            exp(twin_mixture_quantile(room->predictions, room->weights, room->members, quantiles[i].share));
    band->share_below = isnan(band->observed)
                            ? (double)NAN
                            : twin_mixture_share(room->predictions, room->weights, room->members, log(band->observed));
}

enum abscopal_status twin_bands_fill(struct abscopal_twin *twin, const struct twin_evidence *evidence, size_t arm,
                                     const struct twin_member *members, size_t count, struct abscopal_error *error)
{
    struct room room = {0};
    enum abscopal_status status = ABSCOPAL_OK;
    if (room_open(&room, twin, count)) {
        members_read(&room, evidence, arm, members, count);
        if (room.members == 0)
            status = error_set(error, ABSCOPAL_BAD_INPUT, NULL, 0, 0,
                               "no virtual patient of this twin completed arm '%.60s'",
                               twin->population->trial->file.arms[arm].name);
    } else {
        status = error_no_memory(error);
    }
    if (status == ABSCOPAL_OK) {
        for (size_t i = 0; i < twin->band_count; i++)
            band_fill(&room, twin, evidence, i, &twin->bands[arm * twin->band_count + i]);
    }
    room_close(&room);
    return status;
}
