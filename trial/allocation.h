/* Who takes part, and in which arm. Decided from what is drawn for a patient, before any course is run. */
#ifndef ABSCOPAL_TRIAL_ALLOCATION_H
#define ABSCOPAL_TRIAL_ALLOCATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cohorts/sampling.h"
#include "protocols/trial_file.h"

/* Whether a patient is within all limits of the trial on what is known before baseline. */
bool allocation_is_eligible(const struct trial_file *trial, const struct virtual_patient *patient);

/* Whether the patient is within the others, too, as found at baseline. Those who are not have been randomised. */
bool allocation_stays_eligible(const struct trial_file *trial, double lymphocytes_per_ul);

/* Whoever is not selected (of weight 0 in the cohort's virtual population) is not asked for in allocation_next. */
enum { ALLOCATION_ALL_ARMS = -1, ALLOCATION_NOT_ELIGIBLE = -2, ALLOCATION_NOT_SELECTED = -3 };

/* Where the allocation of patients, one after another from number 1, stands. Zeroed to begin with. */
struct allocation_state {
    size_t in_stratum[16]; /* eligible patients so far */
};

/* The stratum of a patient, from 0: a bit for each cut. */
size_t allocation_stratum(const struct allocation *allocation, const struct virtual_patient *patient);

/* The arm of the next patient of a stratum: randomised in permuted blocks of twice the ratio (of at most
 * TRIAL_MOST_RANDOMISED_ARMS arms) within strata (Zelen 1974, doi:10.1016/0021-9681(74)90015-0), keyed by (seed,
 * stratum, block). */
int allocation_randomise(struct allocation_state *state, const int *ratio, size_t arm_count, uint64_t seed,
                         size_t stratum);

/* The arm of the next patient of a trial, or ALLOCATION_...: randomised as above where its patients are. */
int allocation_next(struct allocation_state *state, const struct trial_file *trial, uint64_t seed,
                    const struct virtual_patient *patient);

#endif
