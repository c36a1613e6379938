#include "results/digest.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include <sha2.h>

_Static_assert(DIGEST_SIZE == SHA256_DIGEST_STRING_LENGTH, "hexadecimal digits of a SHA-256");

char *digest_text(const char *text, char digest[DIGEST_SIZE])
{
    return SHA256Data((const uint8_t *)text, strlen(text), digest);
}

int digest_file(int descriptor, size_t bytes, const char *text, char digest[DIGEST_SIZE])
{
    enum { PIECE = 1 << 16 };
    uint8_t piece[PIECE];
    SHA2_CTX sum;
    SHA256Init(&sum);
    for (size_t done = 0; done < bytes;) {
        const size_t left = bytes - done;
        const ssize_t got = pread(descriptor, piece, left < PIECE ? left : PIECE, (off_t)done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got < 0 ? errno : EIO; /* shorter than it was */
        SHA256Update(&sum, piece, (size_t)got);
        done += (size_t)got;
    }
    SHA256Update(&sum, (const uint8_t *)text, strlen(text));
    SHA256End(&sum, digest);
    return 0;
}
