/* "Did you mean ...?": the known name closest to a misspelt one. */
#ifndef ABSCOPAL_PROTOCOLS_NEAREST_H
#define ABSCOPAL_PROTOCOLS_NEAREST_H

#include <stddef.h>

/* The name that the word was probably meant to be: one that it abbreviates (three letters or more), or the one fewest
 * insertions, deletions, substitutions and swaps of neighbours away (Damerau 1964, doi:10.1145/363958.363994), letter
 * case aside. NULL when none is near. */
const char *nearest_name(const char *word, const char *const *names, size_t count);

#endif
