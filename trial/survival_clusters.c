#include "trial/survival_clusters.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

struct row {
    double time, covariate, weight, risk; /* risk: exp(coefficient * covariate) */
    bool event;
    size_t cluster, copies;
};

/* Sums over the events of one time, or up to it. `dying` is what those count who have their event then: with Efron's
 * ties they are at risk in part. */
struct hazard {
    double plain, moment;             /* of the hazard; of the hazard times the mean covariate */
    double dying_plain, dying_moment; /* the same for those with an event */
    double mean;                      /* of the covariate among those at risk, over the events */
};

/* Those at risk: their risks, and these times the covariate and its square. */
struct risk_sums {
    double risk, first, second;
};

struct scratch {
    size_t n;
    struct row *rows;       /* ascending in time */
    struct hazard *hazards; /* [first row of a time] */
    double *scores;         /* [cluster] of one copy */
    size_t *copies;         /* [cluster] */
};

static int row_compare(const void *left, const void *right)
{
    const struct row *a = left, *b = right;
    return (a->time > b->time) - (a->time < b->time);
}

static void risk_add(struct risk_sums *sums, const struct row *row)
{
    const double risk = (double)row->copies * row->weight * row->risk;
    sums->risk += risk;
    sums->first += risk * row->covariate;
    sums->second += risk * row->covariate * row->covariate;
}

/* The events of one time: of `dying` patients with these sums among those at risk, each with their mean weight. Adds to
 * the information. */
static struct hazard hazard_of(const struct risk_sums *at_risk, const struct risk_sums *dying, size_t events,
                               double dying_weight, enum survival_ties ties, double *information)
{
    struct hazard hazard = {0};
    const double weight = dying_weight / (double)events;
    for (size_t k = 0; k < events; k++) {
        const double part = ties == SURVIVAL_EFRON ? (double)k / (double)events : 0;
        const double risk = at_risk->risk - part * dying->risk;
        const double mean = (at_risk->first - part * dying->first) / risk;
        hazard.plain += weight / risk;
        hazard.moment += weight * mean / risk;
        hazard.dying_plain += (1 - part) * weight / risk;
        hazard.dying_moment += (1 - part) * weight * mean / risk;
        hazard.mean += mean / (double)events;
        *information += weight * ((at_risk->second - part * dying->second) / risk - mean * mean);
    }
    return hazard;
}

/* Fills in hazards, from the last time to the first; returns the information. */
static double hazards_fill(struct scratch *scratch, enum survival_ties ties)
{
    double information = 0;
    struct risk_sums at_risk = {0};
    for (size_t next = scratch->n, first; next > 0; next = first) {
        struct risk_sums dying = {0};
        size_t events = 0;
        double dying_weight = 0;
        for (first = next; first > 0 && scratch->rows[first - 1].time >= scratch->rows[next - 1].time; first--) {
            const struct row *row = &scratch->rows[first - 1];
            risk_add(&at_risk, row);
            if (row->event) {
                risk_add(&dying, row);
                events += row->copies;
                dying_weight += (double)row->copies * row->weight;
            }
        }
        scratch->hazards[first] = hazard_of(&at_risk, &dying, events, dying_weight, ties, &information);
    }
    return information;
}

/* Score residuals (Therneau 1990, doi:10.1093/biomet/77.1.147) for the coefficient, summed over clusters into scores;
 * returns the information, and the whole score in *score. */
static double scores_fill(struct scratch *scratch, size_t clusters, double coefficient, enum survival_ties ties,
                          double *score)
{
    for (size_t i = 0; i < clusters; i++)
        scratch->scores[i] = 0;
    for (size_t i = 0; i < scratch->n; i++)
        scratch->rows[i].risk = exp(coefficient * scratch->rows[i].covariate);
    const double information = hazards_fill(scratch, ties);
    double plain = 0, moment = 0; /* of the times before */
    *score = 0;
    for (size_t first = 0, next; first < scratch->n; first = next) {
        const struct hazard *now = &scratch->hazards[first];
        for (next = first; next < scratch->n && scratch->rows[next].time <= scratch->rows[first].time; next++) {
            const struct row *row = &scratch->rows[next];
            const double own_plain = plain + (row->event ? now->dying_plain : now->plain);
            const double own_moment = moment + (row->event ? now->dying_moment : now->moment);
            const double residual =
                (row->event ? row->covariate - now->mean : 0) - row->risk * (row->covariate * own_plain - own_moment);
            scratch->scores[row->cluster] += row->weight * residual;
            *score += (double)row->copies * row->weight * residual;
        }
        plain += now->plain;
        moment += now->moment;
    }
    return information;
}

static double sum_of_squares(const struct scratch *scratch, size_t clusters)
{
    double sum = 0;
    for (size_t i = 0; i < clusters; i++)
        sum += (double)scratch->copies[i] * scratch->scores[i] * scratch->scores[i];
    return sum;
}

static struct survival_clustered estimate(struct scratch *scratch, size_t clusters, double coefficient)
{
    struct survival_clustered result = {
        .standard_error = NAN, .lower = NAN, .upper = NAN, .score = {.chi_square = NAN, .p = NAN}};
    double score;
    scores_fill(scratch, clusters, 0, SURVIVAL_BRESLOW, &score);
    const double variance = sum_of_squares(scratch, clusters);
    /* Where patients have the same outcome in both groups their scores cancel, but for rounding. */
    double largest = 0, all = 0; /* weight; patients */
    for (size_t i = 0; i < scratch->n; i++) {
        largest = fmax(largest, scratch->rows[i].weight);
        all += (double)scratch->rows[i].copies;
    }
    const double rounding = 1e-20 * largest * largest * all;
    if (variance > rounding) {
        const double chi_square = score * score / variance;
        result.score = (struct survival_test){
            .chi_square = chi_square, .degrees_of_freedom = 1, .p = gsl_cdf_chisq_Q(chi_square, 1)};
    }
    if (!isfinite(coefficient))
        return result;
    const double information = scores_fill(scratch, clusters, coefficient, SURVIVAL_EFRON, &score);
    if (!(information > 0))
        return result;
    result.standard_error = sqrt(sum_of_squares(scratch, clusters)) / information;
    const double half_width = survival_normal_quantile() * result.standard_error;
    result.lower = exp(coefficient - half_width);
    result.upper = exp(coefficient + half_width);
    return result;
}

static bool is_valid(const struct survival_data *data, const double *covariate, const size_t *cluster,
                     size_t cluster_count)
{
    if (!survival_data_valid(data))
        return false;
    for (size_t i = 0; i < data->n; i++)
        if (!isfinite(covariate[i]) || cluster[i] >= cluster_count)
            return false;
    return true;
}

/* Those who are there. False where members of a cluster differ in their copies. */
static bool rows_fill(struct scratch *scratch, const struct survival_data *data, const double *covariate,
                      const size_t *cluster)
{
    for (size_t i = 0; i < data->n; i++) {
        const double weight = data->weight == NULL ? 1 : data->weight[i];
        const size_t copies = survival_data_copies(data, i);
        size_t *const of_cluster = &scratch->copies[cluster[i]];
        if (copies == 0)
            continue;
        if (*of_cluster != 0 && *of_cluster != copies)
            return false;
        *of_cluster = copies;
        if (weight > 0)
            scratch->rows[scratch->n++] = (struct row){.time = data->time[i],
                                                       .covariate = covariate[i],
                                                       .weight = weight,
                                                       .event = data->event[i],
                                                       .cluster = cluster[i],
                                                       .copies = copies};
    }
    qsort(scratch->rows, scratch->n, sizeof *scratch->rows, row_compare);
    return true;
}

enum abscopal_status survival_cluster(const struct survival_data *data, const double *covariate, const size_t *cluster,
                                      size_t cluster_count, double coefficient, struct survival_clustered *clustered)
{
    if (!is_valid(data, covariate, cluster, cluster_count))
        return ABSCOPAL_BAD_INPUT;
    struct scratch scratch = {.n = 0,
                              .rows = malloc((data->n + 1) * sizeof *scratch.rows),
                              .hazards = malloc((data->n + 1) * sizeof *scratch.hazards),
                              .scores = malloc((cluster_count + 1) * sizeof *scratch.scores),
                              .copies = calloc(cluster_count + 1, sizeof *scratch.copies)};
    enum abscopal_status status = ABSCOPAL_NO_MEMORY;
    if (scratch.rows != NULL && scratch.hazards != NULL && scratch.scores != NULL && scratch.copies != NULL) {
        status = rows_fill(&scratch, data, covariate, cluster) ? ABSCOPAL_OK : ABSCOPAL_BAD_INPUT;
        if (status == ABSCOPAL_OK)
            *clustered = estimate(&scratch, cluster_count, coefficient);
    }
    free(scratch.rows);
    free(scratch.hazards);
    free(scratch.scores);
    free(scratch.copies);
    return status;
}
