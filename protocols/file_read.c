#include "protocols/file_read.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- Reading ---------------------------------------------------------------------------------------- */

bool file_check(int descriptor, size_t most_bytes, char problem[FILE_PROBLEM_SIZE])
{
    struct stat found;
    if (fstat(descriptor, &found) != 0)
        snprintf(problem, FILE_PROBLEM_SIZE, "cannot be opened: %s", strerror(errno));
    else if (S_ISDIR(found.st_mode))
        snprintf(problem, FILE_PROBLEM_SIZE, "is a folder; name a file");
    else if (!S_ISREG(found.st_mode))
        snprintf(problem, FILE_PROBLEM_SIZE, "is a device, a pipe or a socket; write it to a file and name that");
    else if ((unsigned long long)found.st_size > most_bytes)
        snprintf(problem, FILE_PROBLEM_SIZE,
                 "has %lld bytes; a file of this kind has at most %zu. Is it the right one?", (long long)found.st_size,
                 most_bytes);
    else
        return true;
    return false;
}

FILE *file_open(const char *path, size_t most_bytes, enum abscopal_status *status, char problem[FILE_PROBLEM_SIZE])
{
    *status = ABSCOPAL_BAD_INPUT;
    /* Not to wait for the other end of a pipe, nor to make a terminal this process's own. */
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0) {
        snprintf(problem, FILE_PROBLEM_SIZE, "cannot be opened: %s", strerror(errno));
        return NULL;
    }
    FILE *file = NULL;
    if (file_check(descriptor, most_bytes, problem)) {
        file = fdopen(descriptor, "rb");
        *status = file != NULL ? ABSCOPAL_OK : ABSCOPAL_NO_MEMORY;
        snprintf(problem, FILE_PROBLEM_SIZE, "out of memory");
    }
    if (file == NULL)
        close(descriptor);
    return file;
}

/* The rest of the file, which can be larger than it said: some, as those of /proc, have no size, others grow. */
static char *rest_read(FILE *file, size_t most_bytes, size_t *size, enum abscopal_status *status, char *problem)
{
    enum { FIRST = 1 << 14 };
    size_t room = 0;
    char *text = NULL;
    *size = 0;
    *status = ABSCOPAL_OK;
    do {
        room = room == 0 ? FIRST : 2 * room;
        char *larger = realloc(text, room);
        if (larger == NULL) {
            *status = ABSCOPAL_NO_MEMORY;
            snprintf(problem, FILE_PROBLEM_SIZE, "out of memory");
            break;
        }
        text = larger;
        *size += fread(text + *size, 1, room - 1 - *size, file);
    } while (*size == room - 1 && *size <= most_bytes);
    if (*status == ABSCOPAL_OK && ferror(file)) {
        *status = ABSCOPAL_BAD_INPUT;
        snprintf(problem, FILE_PROBLEM_SIZE, "cannot be read: %s", strerror(errno));
    } else if (*status == ABSCOPAL_OK && *size > most_bytes) {
        *status = ABSCOPAL_BAD_INPUT;
        snprintf(problem, FILE_PROBLEM_SIZE, "has more than the %zu bytes of the largest file of this kind",
                 most_bytes);
    }
    if (*status == ABSCOPAL_OK) {
        text[*size] = '\0';
        return text;
    }
    free(text);
    return NULL;
}

char *file_read(const char *path, size_t most_bytes, size_t *size, enum abscopal_status *status,
                char problem[FILE_PROBLEM_SIZE])
{
    FILE *file = file_open(path, most_bytes, status, problem);
    if (file == NULL)
        return NULL;
    char *text = rest_read(file, most_bytes, size, status, problem);
    fclose(file);
    return text;
}

/* ---- Folders ---------------------------------------------------------------------------------------- */

/* Whether a path is the folder or lies in it, however deep; both without links. */
static bool path_within(const char *path, const char *folder)
{
    const size_t length = strlen(folder);
    if (strcmp(folder, "/") == 0)
        return true;
    return strncmp(path, folder, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

/* Cuts the last step of an absolute path off; that of the root stays. */
static void step_cut(char *path)
{
    char *slash = strrchr(path, '/');
    slash[slash == path ? 1 : 0] = '\0';
}

/* The root of the file system, the user's home folder and what is above that belong to no file. */
static bool folder_is_common(const char *folder)
{
    char home[PATH_MAX];
    const char *named = secure_getenv("HOME");
    if (strcmp(folder, "/") == 0)
        return true;
    return named != NULL && realpath(named, home) != NULL && strcmp(home, "/") != 0 && path_within(home, folder);
}

/* The folder of a file, and the highest one that belongs to it. False when there is none. */
static bool folders_find(const char *of, char folder[PATH_MAX], char tree[PATH_MAX])
{
    enum { LEVELS_ABOVE = 2 };
    char beside[PATH_MAX], above[PATH_MAX];
    const char *slash = strrchr(of, '/');
    const int length = slash == NULL ? 1 : slash == of ? 1 : (int)(slash - of);
    if (length >= PATH_MAX)
        return false;
    snprintf(beside, sizeof beside, "%.*s", length, slash == NULL ? "." : of);
    if (realpath(beside, folder) == NULL)
        return false;
    snprintf(tree, PATH_MAX, "%s", folder);
    snprintf(above, sizeof above, "%s", folder);
    for (int level = 0; level < LEVELS_ABOVE; level++) {
        step_cut(above);
        if (folder_is_common(above))
            break;
        snprintf(tree, PATH_MAX, "%s", above);
    }
    return true;
}

/* Whether one of the folders of the environment variable has it. */
static bool path_is_added(const char *path)
{
    const char *at = secure_getenv("ABSCOPAL_FOLDERS");
    char named[PATH_MAX], folder[PATH_MAX];
    while (at != NULL && *at != '\0') {
        const size_t length = strcspn(at, ":");
        if (length > 0 && length < sizeof named) {
            snprintf(named, sizeof named, "%.*s", (int)length, at);
            if (realpath(named, folder) != NULL && path_within(path, folder))
                return true;
        }
        at += length + (at[length] == ':');
    }
    return false;
}

bool file_allowed(const char *of, const char *file, char problem[FILE_PROBLEM_SIZE])
{
    static const char *const remedy =
        "put it there, or name its folder in the environment variable ABSCOPAL_FOLDERS if you trust this file";
    char path[PATH_MAX], folder[PATH_MAX], tree[PATH_MAX], own[PATH_MAX];
    if (realpath(file, path) == NULL || path_is_added(path))
        return true;
    if (!folders_find(of, folder, tree)) {
        snprintf(problem, FILE_PROBLEM_SIZE, "'%.120s' cannot be named by a file without a folder", file);
        return false;
    }
    snprintf(own, sizeof own, "%s", path);
    step_cut(own);
    const bool alone = folder_is_common(folder);
    if (alone ? strcmp(own, folder) == 0 : path_within(path, tree))
        return true;
    if (alone)
        snprintf(problem, FILE_PROBLEM_SIZE, "'%.120s' is not in %.120s itself, where this file may name others; %s",
                 file, folder, remedy);
    else
        snprintf(problem, FILE_PROBLEM_SIZE, "'%.120s' lies outside of %.120s, where this file may name others; %s",
                 file, tree, remedy);
    return false;
}
