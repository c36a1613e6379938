#include "cohorts/sobol.h"

#include "cohorts/random_stream.h"

enum { SCRAMBLED_DIGITS = 52, DIGITS_OF_BLOCK = 8 };

static int degree_of(uint16_t polynomial)
{
    int degree = 0;
    while (polynomial >> (degree + 1) != 0)
        degree++;
    return degree;
}

/* Direction numbers as fractions of 2^32, as many as asked for: the recurrence of Bratley and Fox (1988,
 * doi:10.1145/42288.214372, equation 2). */
static void find_directions(int dimension, int count, uint32_t *directions)
{
    const struct sobol_direction *row = &sobol_directions[dimension];
    const int degree = degree_of(row->polynomial);
    for (int j = 0; j < count; j++) {
        if (degree == 0) { /* the first dimension: van der Corput's sequence */
            directions[j] = (uint32_t)1 << (SOBOL_DIGITS - 1 - j);
        } else if (j < degree) {
            directions[j] = (uint32_t)row->initial[j] << (SOBOL_DIGITS - 1 - j);
        } else {
            directions[j] = directions[j - degree] >> degree;
            for (int k = 1; k <= degree; k++)
                if ((row->polynomial >> (degree - k) & 1) != 0)
                    directions[j] ^= directions[j - k];
        }
    }
}

uint32_t sobol_point(int dimension, uint32_t index)
{
    uint32_t directions[SOBOL_DIGITS], point = 0;
    const uint32_t gray = index ^ index >> 1;
    int count = 0;
    while (count < SOBOL_DIGITS && gray >> count != 0)
        count++;
    find_directions(dimension, count, directions);
    for (int j = 0; j < count; j++)
        if ((gray >> j & 1) != 0)
            point ^= directions[j];
    return point;
}

double sobol_uniform(uint64_t seed, int dimension, uint32_t index)
{
    const uint64_t digits = (uint64_t)sobol_point(dimension, index) << (64 - SOBOL_DIGITS);
    uint64_t scrambled = 0;
    /* The bits that flip are the nodes of a binary tree whose branches are the digits; a block has those of eight
     * levels, the first at 1 and the children of each at twice its place. */
    for (int first = 0; first < SCRAMBLED_DIGITS; first += DIGITS_OF_BLOCK) {
        uint64_t block[4];
        const uint64_t before = first == 0 ? 0 : digits >> (64 - first);
        const uint64_t place[4] = {before, (uint64_t)dimension, (uint64_t)first, 0};
        random_block(seed, RANDOM_SOBOL, place, block);
        unsigned node = 1;
        for (int i = first; i < first + DIGITS_OF_BLOCK; i++) {
            const unsigned digit = (unsigned)(digits >> (63 - i) & 1);
            const uint64_t flip = block[node / 64] >> (node % 64) & 1;
            scrambled |= (uint64_t)(digit ^ flip) << (63 - i);
            node = 2 * node + digit;
        }
    }
    return random_fraction(scrambled);
}
