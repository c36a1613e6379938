#include "protocols/nearest.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* Longer words are not compared; no name we know is as long. */
enum { LONGEST = 63 };

static int equal(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Restricted Damerau-Levenshtein distance; both words at most LONGEST long. */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t d[LONGEST + 1][LONGEST + 1];
    for (size_t i = 0; i <= a_length; i++)
        d[i][0] = i;
    for (size_t j = 0; j <= b_length; j++)
        d[0][j] = j;
    for (size_t i = 1; i <= a_length; i++)
        for (size_t j = 1; j <= b_length; j++) {
            size_t cost = equal(a[i - 1], b[j - 1]) ? 0 : 1;
            d[i][j] = smaller(smaller(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + cost);
            if (i > 1 && j > 1 && equal(a[i - 1], b[j - 2]) && equal(a[i - 2], b[j - 1]))
                d[i][j] = smaller(d[i][j], d[i - 2][j - 2] + 1);
        }
    return d[a_length][b_length];
}

const char *nearest_name(const char *word, const char *const *names, size_t count)
{
    size_t length = strlen(word);
    if (length == 0 || length > LONGEST)
        return NULL;
    const char *best = NULL;
    /* Half of a short word may be wrong, three letters of a long one. */
    size_t best_distance = smaller(length / 2, 3) + 1;
    for (size_t index = 0; index < count; index++) {
        size_t name_length = strlen(names[index]);
        if (name_length > LONGEST)
            continue;
        size_t d = distance(word, length, names[index], name_length);
        if (d < best_distance) {
            best_distance = d;
            best = names[index];
        }
    }
    for (size_t index = 0; best == NULL && length >= 3 && index < count; index++)
        if (strncasecmp(word, names[index], length) == 0)
            best = names[index];
    return best;
}
