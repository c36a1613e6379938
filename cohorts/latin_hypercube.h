/* Latin hypercube (McKay 1979, doi:10.1080/00401706.1979.10489755): of N patients, each quantity's values lie one in
 * each of N equally likely strata, in an order of its own. */
#ifndef ABSCOPAL_COHORTS_LATIN_HYPERCUBE_H
#define ABSCOPAL_COHORTS_LATIN_HYPERCUBE_H

#include <stdint.h>

/* Stratum of a patient (from 1 to `patients`), from 0 to patients - 1; no two patients have the same. A permutation of
 * its own for each seed, name and draw, whose values can be had one by one: a Feistel network of ten rounds, as in FF1
 * (NIST SP 800-38G), over the next power of two, walked until it comes to lie below `patients` (Black and Rogaway 2002,
 * doi:10.1007/3-540-45760-7_9). */
uint64_t latin_hypercube_stratum(uint64_t seed, uint64_t patients, uint64_t patient, const char *name, uint64_t draw);

/* A number in (0, 1) at a place within that stratum that `within`, in (0, 1), says. */
double latin_hypercube_uniform(uint64_t stratum, uint64_t patients, double within);

#endif
