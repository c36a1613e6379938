/* Where every random number comes from: a keyed function, so that any of them can be had without the others. */
#ifndef ABSCOPAL_COHORTS_RANDOM_STREAM_H
#define ABSCOPAL_COHORTS_RANDOM_STREAM_H

#include <stdint.h>

/* What a number is for; those of different purposes have nothing in common. */
enum random_purpose { RANDOM_DRAW, RANDOM_LATIN_HYPERCUBE, RANDOM_SOBOL, RANDOM_BOOTSTRAP };

/* 256 random bits: Threefry 4x64 with 20 rounds (Salmon 2011, doi:10.1145/2063384.2063405) on the four words of `place`
 * under the key (seed, purpose, 0, 0). */
void random_block(uint64_t seed, enum random_purpose purpose, const uint64_t place[4], uint64_t block[4]);

/* A word for a name: FNV-1a, 64 bits (draft-eastlake-fnv), a well-known hash with published test values, so that anyone
 * can recompute a stream. */
uint64_t random_name_hash(const char *name);

/* The middle of one of 2^52 equal intervals of (0, 1), by the upper 52 bits of a word: never 0 or 1, and every step is
 * exact. */
double random_fraction(uint64_t word);

#endif
