#include "results/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "results/digest.h"

static const char heading[] = "\nsha256 ";
enum { HEADING = sizeof heading - 1, SEAL = HEADING + DIGEST_SIZE };

/* The digest without its final zero, and a new line. */
static void seal_format(const char digest[DIGEST_SIZE], char seal[SEAL])
{
    memcpy(seal, heading, HEADING);
    memcpy(seal + HEADING, digest, DIGEST_SIZE - 1);
    seal[SEAL - 1] = '\n';
}

enum abscopal_status seal_write(struct output *output, const char *of, struct abscopal_error *error)
{
    char digest[DIGEST_SIZE], seal[SEAL];
    const off_t end = lseek(output->descriptor, 0, SEEK_END);
    const int cause = end < 0 ? errno : digest_file(output->descriptor, (size_t)end, of, digest);
    if (cause != 0)
        return output_failed(output->target, cause, error);
    seal_format(digest, seal);
    return output_write(output, seal, SEAL, error);
}

bool seal_holds(const char *path, const char *of)
{
    char digest[DIGEST_SIZE], seal[SEAL], there[SEAL];
    struct stat about;
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool holds = descriptor >= 0 && fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode) && about.st_size > SEAL &&
                 pread(descriptor, there, SEAL, about.st_size - SEAL) == SEAL &&
                 digest_file(descriptor, (size_t)about.st_size - SEAL, of, digest) == 0;
    if (holds) {
        seal_format(digest, seal);
        holds = memcmp(seal, there, SEAL) == 0;
    }
    if (descriptor >= 0)
        close(descriptor);
    return holds;
}
