#include "cohorts/random_stream.h"

#include <Random123/threefry.h>

void random_block(uint64_t seed, enum random_purpose purpose, const uint64_t place[4], uint64_t block[4])
{
    const threefry4x64_ctr_t counter = {{place[0], place[1], place[2], place[3]}};
    const threefry4x64_key_t key = {{seed, purpose, 0, 0}};
    const threefry4x64_ctr_t found = threefry4x64_R(20, counter, key);
    for (int i = 0; i < 4; i++)
        block[i] = found.v[i];
}

uint64_t random_name_hash(const char *name)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (; *name != '\0'; name++)
        hash = (hash ^ (unsigned char)*name) * 0x100000001b3;
    return hash;
}

double random_fraction(uint64_t word)
{
    return ((double)(word >> 12) + 0.5) * 0x1p-52;
}
