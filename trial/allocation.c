#include "trial/allocation.h"

static double quantity_of(const struct patient_limit *limit, const struct virtual_patient *patient)
{
    switch (limit->quantity) {
    case QUANTITY_LESIONS:
        return patient->lesion_count;
    case QUANTITY_BASELINE_MM:
        return patient->baseline_sum_of_diameters_mm;
    case QUANTITY_BODY_WEIGHT:
        return patient->body_weight_kg;
    case QUANTITY_LYMPHOCYTES: /* not known yet */
    case QUANTITY_PDL1_CLASS:  /* no number */
    case QUANTITY_PARAMETER:
        break;
    }
    return parameter_get(&patient->parameters, limit->parameter);
}

bool allocation_is_eligible(const struct trial_file *trial, const struct virtual_patient *patient)
{
    for (size_t i = 0; i < trial->eligibility_count; i++) {
        const struct patient_limit *limit = &trial->eligibility[i];
        if (limit->quantity == QUANTITY_LYMPHOCYTES)
            continue;
        if (limit->quantity == QUANTITY_PDL1_CLASS) {
            if (patient->pdl1_class < 0 || (trial->class_mask >> patient->pdl1_class & 1) == 0)
                return false;
            continue;
        }
        const double quantity = quantity_of(limit, patient);
        if (!(quantity >= limit->least && quantity <= limit->most))
            return false;
    }
    return true;
}

bool allocation_stays_eligible(const struct trial_file *trial, double lymphocytes_per_ul)
{
    for (size_t i = 0; i < trial->eligibility_count; i++) {
        const struct patient_limit *limit = &trial->eligibility[i];
        if (limit->quantity == QUANTITY_LYMPHOCYTES &&
            !(lymphocytes_per_ul >= limit->least && lymphocytes_per_ul <= limit->most))
            return false;
    }
    return true;
}

size_t allocation_stratum(const struct allocation *allocation, const struct virtual_patient *patient)
{
    size_t stratum = 0;
    for (size_t i = 0; i < allocation->stratum_count; i++)
        stratum |= (size_t)(quantity_of(&allocation->strata[i], patient) >= allocation->strata[i].least) << i;
    return stratum;
}

/* The arm at a place of a block: the parts of the ratio, twice, are dealt out at random. */
static int deal(const int *ratio, size_t arm_count, uint64_t seed, uint64_t block_key, size_t place, size_t block_size)
{
    size_t left[TRIAL_MOST_RANDOMISED_ARMS], total = block_size;
    int chosen = 0;
    for (size_t arm = 0; arm < arm_count; arm++)
        left[arm] = 2 * (size_t)ratio[arm];
    for (size_t i = 0; i <= place; i++, total--) {
        double rest = sampling_uniform(seed, block_key, "allocation", i) * (double)total;
        for (chosen = 0; (size_t)chosen + 1 < arm_count && rest >= (double)left[chosen]; chosen++)
            rest -= (double)left[chosen];
        while (left[chosen] == 0)
            chosen--; /* rounding alone leads here */
        left[chosen]--;
    }
    return chosen;
}

int allocation_randomise(struct allocation_state *state, const int *ratio, size_t arm_count, uint64_t seed,
                         size_t stratum)
{
    size_t block_size = 0;
    for (size_t arm = 0; arm < arm_count; arm++)
        block_size += 2 * (size_t)ratio[arm];
    if (block_size == 0)
        return ALLOCATION_ALL_ARMS; /* there are none */
    const size_t number = state->in_stratum[stratum]++;
    const uint64_t key = (uint64_t)(number / block_size) * 16 + stratum + 1;
    return deal(ratio, arm_count, seed, key, number % block_size, block_size);
}

int allocation_next(struct allocation_state *state, const struct trial_file *trial, uint64_t seed,
                    const struct virtual_patient *patient)
{
    const struct allocation *allocation = &trial->allocation;
    if (!allocation_is_eligible(trial, patient))
        return ALLOCATION_NOT_ELIGIBLE;
    if (!allocation->disjoint)
        return ALLOCATION_ALL_ARMS;
    return allocation_randomise(state, allocation->ratio, trial->arm_count, seed,
                                allocation_stratum(allocation, patient));
}
