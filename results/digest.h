/* SHA-256 of a text (FIPS 180-4), by which one tells whether two runs had the same input. */
#ifndef ABSCOPAL_RESULTS_DIGEST_H
#define ABSCOPAL_RESULTS_DIGEST_H

/* 64 hexadecimal digits and a final zero. */
enum { DIGEST_SIZE = 65 };

/* Returns `digest`. */
char *digest_text(const char *text, char digest[DIGEST_SIZE]);

#endif
