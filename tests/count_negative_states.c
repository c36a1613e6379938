/* Counts states that went negative, though none may, over a whole trial: each state of each patient and arm once a day.
 *     count_negative_states TRIAL PATIENTS
 * prints how many patient-arms ran and how many were not integrated, then for each state that was ever below minus its
 * absolute tolerance how often, and the lowest value in units of that tolerance and of the state's largest value. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "trial/single.h"

enum { STATES = 400, LONGEST_DAYS = 2000 };

struct extremes {
    const char *name;
    double tolerance, lowest, largest;
    long below_tolerance, below_hundredfold, seen;
};

/* One row for each name of a state, whatever lesion or drug it belongs to. */
static struct extremes table[STATES];
static int rows;

static struct extremes *find(const struct state_description *state)
{
    for (int i = 0; i < rows; i++)
        if (table[i].name == state->name)
            return &table[i];
    if (rows == STATES)
        abort();
    table[rows] = (struct extremes){.name = state->name, .tolerance = state->absolute_tolerance};
    return &table[rows++];
}

static void observe(const struct model *model, double day, const double *state, size_t output, void *context)
{
    (void)day, (void)output, (void)context;
    for (int i = 0; i < model_state_count(model); i++) {
        const struct state_description description = model_state_describe(model, i);
        struct extremes *row = find(&description);
        row->seen++;
        row->lowest = fmin(row->lowest, state[i]);
        row->largest = fmax(row->largest, state[i]);
        row->below_tolerance += state[i] < -row->tolerance;
        row->below_hundredfold += state[i] < -100 * row->tolerance;
    }
}

static void report(long run, long failed, long not_plausible)
{
    long seen = 0, below = 0;
    for (int i = 0; i < rows; i++) {
        seen += table[i].seen;
        below += table[i].below_hundredfold;
        if (table[i].below_tolerance > 0)
            printf("%s: %ld below its tolerance, %ld below 100 times that, lowest %.3g (%.3g of its largest)\n",
                   table[i].name, table[i].below_tolerance, table[i].below_hundredfold, table[i].lowest,
                   table[i].lowest / table[i].largest);
    }
    printf("%ld patient-arms, %ld not integrated, %ld patients not plausible; %ld of %ld values below minus 100 "
           "tolerances\n",
           run, failed, not_plausible, below, seen);
}

int main(int argc, char **argv)
{
    struct abscopal_error error;
    const long patients = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
    abscopal_trial *trial = patients > 0 ? abscopal_trial_read(argv[1], &error) : NULL;
    if (trial == NULL || trial->file.until_days > LONGEST_DAYS) {
        fprintf(stderr, "usage: count_negative_states TRIAL PATIENTS\n");
        return 2;
    }
    static double days[LONGEST_DAYS + 1];
    const size_t count = (size_t)trial->file.until_days + 1;
    for (size_t i = 0; i < count; i++)
        days[i] = (double)i;
    long run = 0, failed = 0, not_plausible = 0;
    struct single_patient single;
    if (!single_patient_open(&single, trial, engine_chosen(ABSCOPAL_ENGINE_DEFAULT), 1e-6))
        return EXIT_FAILURE;
    for (long id = 1; id <= patients; id++) {
        struct integration_failure failure;
        const enum abscopal_patient_status status =
            single_patient_grow(&single, trial->cohort.seed, (uint64_t)id, &failure);
        not_plausible += status == ABSCOPAL_PATIENT_NOT_PLAUSIBLE;
        failed += status == ABSCOPAL_PATIENT_NOT_INTEGRATED;
        for (size_t arm = 0; arm < trial->file.arm_count && status == ABSCOPAL_PATIENT_COMPLETED; arm++) {
            run++;
            failed +=
                single_patient_treat(&single, arm, days, count, observe, NULL, &failure) != ABSCOPAL_PATIENT_COMPLETED;
        }
    }
    single_patient_close(&single);
    report(run, failed, not_plausible);
    abscopal_trial_free(trial);
    return 0;
}
