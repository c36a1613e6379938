#include "cli/output.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool output_is_free(const char *command, const char *path, bool replace)
{
    if (replace || access(path, F_OK) != 0)
        return true;
    fprintf(stderr, "abscopal %s: %s is there already; add --force to replace it, or name another file\n", command,
            path);
    return false;
}

bool output_can_be_written(const char *command, const char *path)
{
    char folder[PATH_MAX] = ".";
    const char *slash = strrchr(path, '/');
    if (slash) {
        size_t length = slash == path ? 1 : (size_t)(slash - path);
        if (length >= sizeof folder) {
            fprintf(stderr, "abscopal %s: cannot write %s: the path is too long\n", command, path);
            return false;
        }
        snprintf(folder, sizeof folder, "%.*s", (int)length, path);
    }
    if (access(folder, W_OK | X_OK) == 0)
        return true;
    fprintf(stderr, "abscopal %s: cannot write %s: folder %s: %s\n", command, path, folder, strerror(errno));
    return false;
}
