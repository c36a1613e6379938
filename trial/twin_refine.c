#include "trial/twin_refine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include "cohorts/drawn.h"
#include "protocols/error.h"
#include "trial/twin_courses.h"
#include "trial/twin_weights.h"

/* How near a particle is to its ancestor, when patients of the population do not all count the same. */
static const double usual_nearness = 0.9;

/* Moves between two tempers, tempers at most, and the acceptance between which a step keeps its length. */
enum { MOVES = 3, MOST_STAGES = 12 };
static const double rare = 0.15, frequent = 0.4;

struct cloud {
    const struct twin_evidence *evidence;
    const struct twin_refine_options *options;
    struct abscopal_trial given; /* the trial with the treatment given alone */
    size_t given_arm;            /* in it */
    size_t count;
    size_t *ancestors;                /* [particle] row of the population */
    double *scores;                   /* [particle][DRAWN_COUNT] of the ancestor */
    double *own, *moved;              /* [particle][DRAWN_COUNT] standard normals, and those proposed */
    double *logs, *moved_logs;        /* [particle] logarithms of the likelihood */
    double *weights, *room;           /* [particle] */
    struct virtual_patient *patients; /* [particle] */
    size_t *chosen;                   /* [particle] */
    double nearness, temper, step;
    size_t sweeps, accepted, proposed; /* the latter two since the temper was last raised */
    size_t runs, stages;
    struct abscopal_error *error;
};

double twin_evidence_log_likelihood(const struct twin_evidence *evidence, const struct abscopal_results *results,
                                    size_t arm, size_t patient, double *room)
{
    const struct virtual_patient *who = &results->patients[patient].patient;
    if ((evidence->pdl1_class >= 0 && who->pdl1_class != evidence->pdl1_class) ||
        (evidence->lesions > 0 && who->lesion_count != evidence->lesions) ||
        !twin_course(results, arm, patient, evidence->sums, evidence->days, evidence->likelihood.count, room))
        return -INFINITY;
    return twin_log_likelihood(&evidence->likelihood, room);
}

/* ---- Memory ----------------------------------------------------------------------------------------- */

static void cloud_close(struct cloud *cloud)
{
    free(cloud->ancestors);
    free(cloud->scores);
    free(cloud->own);
    free(cloud->moved);
    free(cloud->logs);
    free(cloud->moved_logs);
    free(cloud->weights);
    free(cloud->room);
    free(cloud->patients);
    free(cloud->chosen);
}

static bool cloud_open(struct cloud *cloud)
{
    const struct twin_evidence *evidence = cloud->evidence;
    const struct abscopal_trial *trial = evidence->population->trial;
    bool adaptive = false;
    for (size_t arm = 0; arm < trial->file.arm_count; arm++)
        adaptive = adaptive || arm_is_adaptive(&trial->file.arms[arm]);
    cloud->given = *trial;
    cloud->given_arm = adaptive ? evidence->arm : 0; /* arms may switch to one another: then all stay */
    if (!adaptive) {
        cloud->given.file.arms = &trial->file.arms[evidence->arm];
        cloud->given.file.arm_count = 1;
    }
    const size_t n = cloud->count, numbers = n * DRAWN_COUNT;
    cloud->ancestors = calloc(n, sizeof *cloud->ancestors);
    cloud->scores = calloc(numbers, sizeof *cloud->scores);
    cloud->own = calloc(numbers, sizeof *cloud->own);
    cloud->moved = calloc(numbers, sizeof *cloud->moved);
    cloud->logs = calloc(n, sizeof *cloud->logs);
    cloud->moved_logs = calloc(n, sizeof *cloud->moved_logs);
    cloud->weights = calloc(n, sizeof *cloud->weights);
    cloud->room = calloc(n + evidence->likelihood.count, sizeof *cloud->room);
    cloud->patients = calloc(n, sizeof *cloud->patients);
    cloud->chosen = calloc(n, sizeof *cloud->chosen);
    return cloud->ancestors != NULL && cloud->scores != NULL && cloud->own != NULL && cloud->moved != NULL &&
           cloud->logs != NULL && cloud->moved_logs != NULL && cloud->weights != NULL && cloud->room != NULL &&
           cloud->patients != NULL && cloud->chosen != NULL;
}

/* ---- Numbers ---------------------------------------------------------------------------------------- */

static uint64_t seed_of(const struct cloud *cloud)
{
    return cloud->evidence->population->seed;
}

/* A standard normal number of a particle. */
static double normal(const struct cloud *cloud, size_t particle, const char *name, size_t draw)
{
    return gsl_cdf_ugaussian_Pinv(sampling_uniform(seed_of(cloud), particle + 1, name, draw));
}

static double score_of(double uniform)
{
    return uniform <= 0.5 ? gsl_cdf_ugaussian_Pinv(uniform) : gsl_cdf_ugaussian_Qinv(1 - uniform);
}

static void ancestor_set(struct cloud *cloud, size_t particle, size_t row)
{
    const struct abscopal_results *population = cloud->evidence->population;
    double *const scores = cloud->scores + particle * DRAWN_COUNT;
    sample_numbers(&population->trial->cohort, population->seed, population->sampled_count,
                   population->patients[row].patient.id, scores);
    for (size_t place = 0; place < DRAWN_COUNT; place++)
        scores[place] = score_of(scores[place]);
    cloud->ancestors[particle] = row;
}

static void patients_make(struct cloud *cloud, const double *own)
{
    const struct abscopal_results *population = cloud->evidence->population;
    const double nearness = cloud->nearness, apart = sqrt(1 - nearness * nearness);
    for (size_t i = 0; i < cloud->count; i++) {
        double numbers[DRAWN_COUNT];
        for (size_t place = 0; place < DRAWN_COUNT; place++) {
            const size_t at = i * DRAWN_COUNT + place;
            const double share = gsl_cdf_ugaussian_P(nearness * cloud->scores[at] + apart * own[at]);
            numbers[place] = fmin(fmax(share, 0x1p-53), 1 - 0x1p-53);
        }
        sample_patient_of(&population->trial->cohort, numbers, population->seed,
                          population->patients[cloud->ancestors[i]].patient.id, &cloud->patients[i]);
    }
}

/* ---- Runs ------------------------------------------------------------------------------------------- */

static struct abscopal_results *cloud_run(struct cloud *cloud, const struct abscopal_trial *trial, const double *own)
{
    const struct abscopal_results *population = cloud->evidence->population;
    patients_make(cloud, own);
    const struct abscopal_run_options options = {.seed = (int64_t)population->seed,
                                                 .threads = cloud->options->threads,
                                                 .relative_tolerance = population->relative_tolerance,
                                                 .engine = population->engine,
                                                 .progress = cloud->options->progress,
                                                 .progress_context = cloud->options->progress_context};
    return virtual_trial_run_given(trial, &options, cloud->patients, cloud->count, cloud->error);
}

/* Logarithms of the likelihood of particles with these numbers of their own. */
static bool cloud_judge(struct cloud *cloud, const double *own, double *logs)
{
    struct abscopal_results *results = cloud_run(cloud, &cloud->given, own);
    if (results == NULL)
        return false;
    for (size_t i = 0; i < cloud->count; i++)
        logs[i] = twin_evidence_log_likelihood(cloud->evidence, results, cloud->given_arm, i, cloud->room);
    cloud->runs += cloud->count;
    abscopal_results_free(results);
    return true;
}

/* ---- Steps ------------------------------------------------------------------------------------------ */

/* Particles become copies of those chosen, which are in ascending order. */
static void cloud_choose(struct cloud *cloud)
{
    const size_t size = DRAWN_COUNT * sizeof(double);
    /* `moved` and `moved_logs` hold nothing between sweeps. */
    for (size_t i = 0; i < cloud->count; i++) {
        memcpy(cloud->moved + i * DRAWN_COUNT, cloud->own + cloud->chosen[i] * DRAWN_COUNT, size);
        cloud->moved_logs[i] = cloud->logs[cloud->chosen[i]];
        cloud->room[i] = (double)cloud->ancestors[cloud->chosen[i]];
    }
    memcpy(cloud->own, cloud->moved, cloud->count * size);
    memcpy(cloud->logs, cloud->moved_logs, cloud->count * sizeof *cloud->logs);
    for (size_t i = 0; i < cloud->count; i++)
        if (cloud->ancestors[i] != (size_t)cloud->room[i])
            ancestor_set(cloud, i, (size_t)cloud->room[i]);
}

/* By weights; all then have the same. */
static void cloud_resample(struct cloud *cloud)
{
    const double u = sampling_uniform(seed_of(cloud), 0, "twin resampling", 1 + cloud->stages);
    twin_resample(cloud->weights, cloud->count, u, cloud->count, cloud->chosen);
    cloud_choose(cloud);
    for (size_t i = 0; i < cloud->count; i++)
        cloud->weights[i] = 1 / (double)cloud->count;
}

/* One move of every particle. */
static bool cloud_move(struct cloud *cloud)
{
    const size_t numbers = cloud->count * DRAWN_COUNT, first = cloud->sweeps * DRAWN_COUNT;
    const double kept = sqrt(1 - cloud->step * cloud->step);
    size_t accepted = 0;
    for (size_t at = 0; at < numbers; at++)
        cloud->moved[at] = kept * cloud->own[at] +
                           cloud->step * normal(cloud, at / DRAWN_COUNT, "twin move", first + at % DRAWN_COUNT);
    if (!cloud_judge(cloud, cloud->moved, cloud->moved_logs))
        return false;
    for (size_t i = 0; i < cloud->count; i++) {
        const double gain = cloud->temper * (cloud->moved_logs[i] - cloud->logs[i]);
        if (!(log(sampling_uniform(seed_of(cloud), i + 1, "twin acceptance", cloud->sweeps)) < gain))
            continue;
        memcpy(cloud->own + i * DRAWN_COUNT, cloud->moved + i * DRAWN_COUNT, DRAWN_COUNT * sizeof *cloud->own);
        cloud->logs[i] = cloud->moved_logs[i];
        accepted++;
    }
    cloud->sweeps++;
    cloud->accepted += accepted;
    cloud->proposed += cloud->count;
    const double share = (double)accepted / (double)cloud->count;
    cloud->step *= share < rare ? 0.6 : share > frequent ? 1.5 : 1;
    cloud->step = fmin(cloud->step, 1);
    return true;
}

static bool cloud_moves(struct cloud *cloud)
{
    bool good = true;
    cloud->accepted = cloud->proposed = 0;
    for (int move = 0; move < MOVES && good; move++)
        good = cloud_move(cloud);
    cloud->stages++;
    return good;
}

/* Of a population whose patients all count the same: the patients chosen are a sample of what is wanted. */
static bool cloud_begin_at(struct cloud *cloud, const double *log_likelihoods)
{
    memcpy(cloud->own, cloud->scores, cloud->count * DRAWN_COUNT * sizeof *cloud->own);
    for (size_t i = 0; i < cloud->count; i++) {
        cloud->logs[i] = log_likelihoods[cloud->chosen[i]];
        cloud->weights[i] = 1 / (double)cloud->count;
    }
    return true;
}

/* Of another: particles near the patients chosen, weighted for the temper that they can bear. */
static bool cloud_begin_near(struct cloud *cloud, const double *log_likelihoods)
{
    const size_t numbers = cloud->count * DRAWN_COUNT;
    for (size_t i = 0; i < cloud->count; i++)
        cloud->moved_logs[i] = -cloud->temper * log_likelihoods[cloud->chosen[i]];
    for (size_t at = 0; at < numbers; at++)
        cloud->own[at] = normal(cloud, at / DRAWN_COUNT, "twin start", at % DRAWN_COUNT);
    if (!cloud_judge(cloud, cloud->own, cloud->logs))
        return false;
    cloud->temper = twin_temper(NULL, cloud->logs, cloud->moved_logs, cloud->count, (double)cloud->count / 2, 0,
                                cloud->temper, cloud->weights);
    for (size_t i = 0; i < cloud->count; i++)
        cloud->weights[i] =
            cloud->logs[i] > -INFINITY ? cloud->temper * cloud->logs[i] + cloud->moved_logs[i] : -INFINITY;
    return twin_weigh(NULL, cloud->weights, cloud->count, cloud->weights) > 0;
}

/* Ancestors, by their weights at the temper at which enough of them count. */
static bool cloud_begin(struct cloud *cloud, const double *prior, const double *log_likelihoods, double *weights)
{
    const size_t patients = cloud->evidence->population->patient_count;
    double least = INFINITY, most = 0;
    for (size_t i = 0; i < patients; i++) {
        least = prior[i] > 0 ? fmin(least, prior[i]) : least;
        most = fmax(most, prior[i]);
    }
    cloud->nearness = least < most ? usual_nearness : 0;
    cloud->temper = twin_temper(prior, log_likelihoods, NULL, patients, (double)cloud->count / 4, 0, 1, weights);
    for (size_t i = 0; i < patients; i++)
        weights[i] = log_likelihoods[i] > -INFINITY ? cloud->temper * log_likelihoods[i] : -INFINITY;
    twin_weigh(prior, weights, patients, weights);
    twin_resample(weights, patients, sampling_uniform(seed_of(cloud), 0, "twin resampling", 0), cloud->count,
                  cloud->chosen);
    for (size_t i = 0; i < cloud->count; i++)
        ancestor_set(cloud, i, cloud->chosen[i]);
    return cloud->nearness > 0 ? cloud_begin_near(cloud, log_likelihoods) : cloud_begin_at(cloud, log_likelihoods);
}

/* Raises the temper as far as half of the particles count, or all the way when there have been enough stages. */
static void cloud_heat(struct cloud *cloud)
{
    const double before = cloud->temper;
    const double after = cloud->stages + 1 >= MOST_STAGES
                             ? 1
                             : twin_temper(NULL, cloud->logs, NULL, cloud->count, (double)cloud->count / 2, 0,
                                           1 - before, cloud->weights) +
                                   before;
    cloud->temper = after;
    for (size_t i = 0; i < cloud->count; i++)
        cloud->weights[i] = cloud->logs[i] > -INFINITY ? (after - before) * cloud->logs[i] : -INFINITY;
    twin_weigh(NULL, cloud->weights, cloud->count, cloud->weights);
}

static bool cloud_refine(struct cloud *cloud, const double *prior, const double *log_likelihoods, double *weights)
{
    bool good = cloud_begin(cloud, prior, log_likelihoods, weights);
    while (good) {
        cloud_resample(cloud);
        good = cloud_moves(cloud);
        if (cloud->temper >= 1)
            break;
        if (good)
            cloud_heat(cloud);
    }
    return good;
}

static size_t count_ancestors(const struct cloud *cloud)
{
    size_t different = 0;
    for (size_t i = 0; i < cloud->count; i++) {
        size_t before = 0;
        while (before < i && cloud->ancestors[before] != cloud->ancestors[i])
            before++;
        different += before == i;
    }
    return different;
}

enum abscopal_status twin_refine(const struct twin_evidence *evidence, const double *prior,
                                 const double *log_likelihoods, const struct twin_refine_options *options,
                                 struct twin_refined *refined, struct abscopal_error *error)
{
    struct abscopal_error own = {0};
    struct cloud cloud = {
        .evidence = evidence, .options = options, .count = options->particles, .step = 0.5, .error = &own};
    *refined = (struct twin_refined){0};
    double *const weights = calloc(evidence->population->patient_count, sizeof *weights);
    if (cloud_open(&cloud) && weights != NULL) {
        if (cloud_refine(&cloud, prior, log_likelihoods, weights))
            refined->results = cloud_run(&cloud, evidence->population->trial, cloud.own);
        else if (own.status == ABSCOPAL_OK)
            error_set(&own, ABSCOPAL_BAD_INPUT, NULL, 0, 0,
                      "no virtual patient near those of the population has a course like the measurements");
    } else {
        error_no_memory(&own);
    }
    if (refined->results != NULL) {
        refined->weights = cloud.weights;
        cloud.weights = NULL;
        refined->stages = cloud.stages;
        refined->runs = cloud.runs;
        refined->ancestors = count_ancestors(&cloud);
        refined->acceptance = (double)cloud.accepted / (double)cloud.proposed;
    } else if (error != NULL) {
        *error = own;
    }
    cloud_close(&cloud);
    free(weights);
    return refined->results != NULL ? ABSCOPAL_OK : own.status;
}

void twin_refined_free(struct twin_refined *refined)
{
    abscopal_results_free(refined->results);
    free(refined->weights);
    *refined = (struct twin_refined){0};
}
