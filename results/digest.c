#include "results/digest.h"

#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#include <sha2.h>

_Static_assert(DIGEST_SIZE == SHA256_DIGEST_STRING_LENGTH, "hexadecimal digits of a SHA-256");

char *digest_text(const char *text, char digest[DIGEST_SIZE])
{
    return SHA256Data((const uint8_t *)text, strlen(text), digest);
}
