#include "trial/survival_difference.h"

#include <math.h>
#include <stdlib.h>

/* For how long a row's survival counts, in the reading: of survival at a time 1 for the last row until then. */
static double row_width(const struct survival_curve *curve, size_t k, enum survival_reading reading, double time)
{
    const double begin = curve->rows[k].time, end = k + 1 < curve->count ? curve->rows[k + 1].time : INFINITY;
    if (reading == SURVIVAL_AT)
        return begin <= time && end > time ? 1 : 0;
    return fmax(fmin(end, time) - begin, 0);
}

/* What a patient of weight 1 moves the reading by, by the row at which he or she leaves: moved[0][k] censored there,
 * moved[1][k] with the event. log(survival) is moved by the sum of events / (at risk * left) as long as the patient is
 * at risk; an event takes 1 / left off it. */
static void moves_fill(const struct survival_curve *curve, enum survival_reading reading, double time, double *moved[2])
{
    double staying = 0, before = 0; /* before: by the rows before */
    double after = 0;               /* survival times width of this row and those after it */
    for (size_t k = 0; k < curve->count; k++)
        after += curve->rows[k].survival * row_width(curve, k, reading, time);
    for (size_t k = 0; k < curve->count; k++) {
        const struct survival_row *row = &curve->rows[k];
        const double weighed = row->survival * row_width(curve, k, reading, time);
        const double left = row->at_risk - row->events;
        const bool alive = row->survival > 0; /* else nothing moves what is 0 */
        if (alive && row->events > 0)
            staying += row->events / (row->at_risk * left);
        moved[0][k] = before + (alive ? after * staying : 0);
        moved[1][k] = before + (alive ? after * (staying - 1 / left) : 0);
        before += alive ? weighed * staying : 0;
        after -= weighed;
    }
}

static size_t row_of(const struct survival_curve *curve, double time)
{
    size_t low = 0, high = curve->count - 1; /* the row is there */
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (curve->rows[middle].time < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct survival_estimate read_curve(const struct survival_curve *curve, enum survival_reading reading,
                                           double time)
{
    return reading == SURVIVAL_AT ? survival_at(curve, time) : survival_restricted_mean(curve, time);
}

/* Adds sign times what each patient moves the reading by, or one of those who are alike. */
static enum abscopal_status sample_add(const struct survival_sample *sample, enum survival_reading reading, double time,
                                       double sign, double *influence, double *value)
{
    struct survival_curve curve;
    enum abscopal_status status = survival_curve_fit(&sample->data, SURVIVAL_PLAIN, &curve);
    if (status != ABSCOPAL_OK)
        return status;
    double *const room = malloc((2 * curve.count + 1) * sizeof *room);
    double *moved[] = {room, room + curve.count};
    if (room != NULL) {
        *value += sign * read_curve(&curve, reading, time).value;
        moves_fill(&curve, reading, time, moved);
        for (size_t i = 0; i < sample->data.n; i++) {
            const double weight = sample->data.weight != NULL ? sample->data.weight[i] : 1;
            if (weight > 0 && survival_data_copies(&sample->data, i) > 0)
                influence[sample->patient[i]] +=
                    sign * weight * moved[sample->data.event[i]][row_of(&curve, sample->data.time[i])];
        }
    } else {
        status = ABSCOPAL_NO_MEMORY;
    }
    free(room);
    survival_curve_free(&curve);
    return status;
}

/* Takes down the copies of patients whose numbers are in range. */
static bool sample_valid(const struct survival_sample *sample, size_t patient_count, size_t *copies)
{
    for (size_t i = 0; i < sample->data.n; i++) {
        const size_t own = survival_data_copies(&sample->data, i), patient = sample->patient[i];
        if (patient >= patient_count || (own > 0 && copies[patient] > 0 && copies[patient] != own))
            return false;
        copies[patient] = own > 0 ? own : copies[patient];
    }
    return true;
}

enum abscopal_status survival_difference(const struct survival_sample *first, const struct survival_sample *second,
                                         size_t patient_count, enum survival_reading reading, double time,
                                         struct survival_estimate *difference)
{
    double value = 0, squares = 0;
    double *const influence = calloc(patient_count + 1, sizeof *influence);
    size_t *const copies = calloc(patient_count + 1, sizeof *copies);
    enum abscopal_status status = ABSCOPAL_NO_MEMORY;
    if (influence != NULL && copies != NULL)
        status = sample_valid(first, patient_count, copies) && sample_valid(second, patient_count, copies)
                     ? ABSCOPAL_OK
                     : ABSCOPAL_BAD_INPUT;
    if (status == ABSCOPAL_OK)
        status = sample_add(first, reading, time, 1, influence, &value);
    if (status == ABSCOPAL_OK)
        status = sample_add(second, reading, time, -1, influence, &value);
    for (size_t i = 0; i < patient_count && status == ABSCOPAL_OK; i++)
        squares += (double)copies[i] * influence[i] * influence[i];
    free(influence);
    free(copies);
    *difference = (struct survival_estimate){value, NAN, NAN, NAN};
    if (status == ABSCOPAL_OK && !isnan(value) && squares > 0) {
        const double half_width = survival_normal_quantile() * sqrt(squares);
        *difference = (struct survival_estimate){value, sqrt(squares), value - half_width, value + half_width};
    }
    return status;
}
