#include "cohorts/latin_hypercube.h"

#include <math.h>

#include "cohorts/random_stream.h"

/* Few values make poor networks, so that small permutations walk within this many bits. */
enum { LEAST_BITS = 8, ROUNDS = 10 };

struct network {
    uint64_t seed, name_hash, draw;
    int left_bits, right_bits;
};

static uint64_t low_bits(uint64_t word, int bits)
{
    return word & (((uint64_t)1 << bits) - 1);
}

static uint64_t permute(const struct network *network, uint64_t value)
{
    uint64_t left = value >> network->right_bits, right = low_bits(value, network->right_bits);
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t block[4];
        const uint64_t place[4] = {round % 2 == 0 ? left : right, network->name_hash, network->draw, (uint64_t)round};
        random_block(network->seed, RANDOM_LATIN_HYPERCUBE, place, block);
        if (round % 2 == 0)
            right ^= low_bits(block[0], network->right_bits);
        else
            left ^= low_bits(block[0], network->left_bits);
    }
    return left << network->right_bits | right;
}

uint64_t latin_hypercube_stratum(uint64_t seed, uint64_t patients, uint64_t patient, const char *name, uint64_t draw)
{
    int bits = LEAST_BITS;
    while ((patients - 1) >> bits != 0)
        bits++;
    const struct network network = {.seed = seed,
                                    .name_hash = random_name_hash(name),
                                    .draw = draw,
                                    .left_bits = bits / 2,
                                    .right_bits = bits - bits / 2};
    uint64_t value = patient - 1;
    do
        value = permute(&network, value);
    while (value >= patients);
    return value;
}

double latin_hypercube_uniform(uint64_t stratum, uint64_t patients, double within)
{
    const double end = (double)(stratum + 1);
    return fmin((double)stratum + within, nextafter(end, 0)) / (double)patients;
}
