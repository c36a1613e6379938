/* SHA-256 (FIPS 180-4) of a text, by which one tells whether two runs had the same input, or of a file. */
#ifndef ABSCOPAL_RESULTS_DIGEST_H
#define ABSCOPAL_RESULTS_DIGEST_H

#include <stddef.h>

/* 64 hexadecimal digits and a final zero. */
enum { DIGEST_SIZE = 65 };

/* Returns `digest`. */
char *digest_text(const char *text, char digest[DIGEST_SIZE]);

/* Of the first bytes of an open file, and a text after them. Returns 0, or an errno when they cannot be read. */
int digest_file(int descriptor, size_t bytes, const char *text, char digest[DIGEST_SIZE]);

#endif
