#include "cohorts/saltelli.h"

#include "cohorts/sobol.h"

bool saltelli_begin(struct saltelli_design *design, const struct cohort *cohort, uint64_t seed, uint64_t rows)
{
    design->seed = seed;
    design->rows = rows;
    factors_find(cohort, &design->factors);
    return 2 * design->factors.dimension_count <= SOBOL_DIMENSIONS;
}

int saltelli_factor_count(const struct saltelli_design *design)
{
    return design->factors.count + 1;
}

uint64_t saltelli_row_patients(const struct saltelli_design *design)
{
    return SALTELLI_FIRST_FACTOR + (uint64_t)saltelli_factor_count(design);
}

uint64_t saltelli_patients(const struct saltelli_design *design)
{
    return design->rows * saltelli_row_patients(design);
}

const char *saltelli_factor_name(const struct saltelli_design *design, int factor)
{
    return factor < design->factors.count ? design->factors.items[factor].name : "chance";
}

/* Whether the patient has the factor of B. */
static bool is_of_b(const struct saltelli_design *design, uint64_t id, int factor)
{
    const uint64_t member = (id - 1) % saltelli_row_patients(design);
    return member == SALTELLI_B || member == SALTELLI_FIRST_FACTOR + (uint64_t)factor;
}

double saltelli_uniform(const struct saltelli_design *design, uint64_t id, int place)
{
    const struct factors *factors = &design->factors;
    const int first = is_of_b(design, id, factors->of[place]) ? factors->dimension_count : 0;
    return sobol_uniform(design->seed, first + factors->dimension[place],
                         (uint32_t)((id - 1) / saltelli_row_patients(design)));
}

uint64_t saltelli_chance(const struct saltelli_design *design, uint64_t id)
{
    const uint64_t row = (id - 1) / saltelli_row_patients(design);
    return 1 + row + (is_of_b(design, id, design->factors.count) ? design->rows : 0);
}
