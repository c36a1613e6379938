/* Fates: where patients go who are left to themselves, decided by what is proved or by stable equilibria, and the days
 * and doses from which on they go there. */
#ifndef ABSCOPAL_TRIAL_FATE_H
#define ABSCOPAL_TRIAL_FATE_H

#include <stdbool.h>

#include "trial/virtual_trial.h"

/* By what a fate is known. The numbers stand in files. */
enum fate_basis {
    FATE_BY_NO_CELLS,        /* no living cancer cell is left, and none comes from nothing */
    FATE_BY_RESISTANT_CELLS, /* which nothing but radiotherapy kills, and which grow to the largest tumour */
    FATE_BY_EQUILIBRIUM,     /* the course came near a stable equilibrium */
    FATE_BY_NOTHING          /* none of these within FATE_LONGEST_DAYS */
};
enum { FATE_BASIS_COUNT = 4 };
const char *fate_basis_name(enum fate_basis basis);

#define FATE_YEAR_DAYS 365.25
#define FATE_LONGEST_DAYS (1000 * FATE_YEAR_DAYS)

struct fate {
    enum abscopal_fate fate;
    enum fate_basis basis;
    double after_days; /* of being left alone the basis held; NaN: never */
    int living;        /* a bit for each lesion that has living cells in the end, or when the basis held */
};

/* An equilibrium of a patient without drugs. */
struct fate_equilibrium {
    int living;                      /* a bit for each lesion that has living cells */
    double cells[MODEL_MAX_LESIONS]; /* living */
    double sum_of_diameters_mm;
    double largest_eigenvalue_per_d; /* real part; NaN: not computed */
    enum abscopal_fate fate;
};
enum { FATE_MOST_EQUILIBRIA = 8 };

struct fate_patient {
    struct fate untreated;
    int equilibrium_count; /* stable ones, as whole arms and no treatment lead to them */
    struct fate_equilibrium
        equilibria[FATE_MOST_EQUILIBRIA]; /* in the order in which they were found, untreated first */
};

/* A patient in an arm. */
struct fate_course {
    enum abscopal_patient_status status; /* completed: what follows is known */
    struct fate fate;                    /* left alone after the whole arm */
    double decided_day;                  /* NaN: undecided */
    int cycles, cycles_needed;           /* days of drug doses; needed: -1 where undecided */
    double stop_day;                     /* of the last cycle needed; NaN: none is */
    double dose_mg, dose_needed_mg;      /* of all drugs together */
    int exceptions; /* where looked at everywhere: days and cycles at which the fate changes back */
};

struct abscopal_fates {
    const struct abscopal_trial *trial;
    struct abscopal_results *results; /* of the same patients and arms */
    bool every_day;
    struct fate_patient *patients; /* [patient] */
    struct fate_course *courses;   /* [results_row] */
};

/* ---- Deciding --------------------------------------------------------------------------------------- */

/* Most living cells that a lesion holds in the end: where growth without killing equals death. 0: it cannot grow. */
double fate_largest_cells(const struct model *model, int lesion);

/* The fate of a state left alone for so many days, with nothing to come, when it is certain or near one of the stable
 * equilibria; false when it is not known yet. */
bool fate_decide(const struct model *model, const double *state, double alone_days, const struct fate_patient *patient,
                 struct fate *fate);

/* The equilibrium next to a state of `model`, without its drugs: by Newton's method from there, with its stability.
 * False when none is found that is stable and near. `without` is the same patient without drugs. */
bool fate_find_equilibrium(const struct model *model, const double *state, const struct model *without,
                           struct fate_equilibrium *equilibrium);

/* ---- Blocks of patients ----------------------------------------------------------------------------- */

/* What the threads share. */
struct fate_run {
    struct abscopal_fates *fates;
    const double *baselines; /* [patient][baseline_states] */
    size_t baseline_states;
};

struct fate_worker;

/* NULL without memory. Made and used by one thread. */
struct fate_worker *fate_worker_create(const struct fate_run *run);
void fate_worker_free(struct fate_worker *worker);

/* Finds all fates of the patients in rows `first` to first + count - 1. False without memory. */
bool fate_worker_run(struct fate_worker *worker, size_t first, size_t count);

enum { FATE_BLOCK_PATIENTS = 48 };

#endif
