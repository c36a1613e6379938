/* Files for the targets that want a path. */
#include "fuzz.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_FILES = 16, LONGEST_PATH = 512 };

static char folder[LONGEST_PATH]; /* of this process; "" before the first file */

struct written {
    char name[64], path[LONGEST_PATH];
};

static void fail(const char *what)
{
    perror(what);
    abort();
}

static int entry_remove(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status, (void)type, (void)place;
    return remove(path);
}

static void folder_remove(void)
{
    nftw(folder, entry_remove, MOST_FILES, FTW_DEPTH | FTW_PHYS);
}

static void folder_make(void)
{
    const char *parent = getenv("TMPDIR");
    if (parent == NULL)
        parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(folder, sizeof folder, "%s/abscopal-fuzz-XXXXXX", parent);
    if (mkdtemp(folder) == NULL)
        fail(folder);
    atexit(folder_remove);
}

/* The path of a name, with the folder in front of it made. */
static const char *path_of(const char *name)
{
    static struct written files[MOST_FILES];
    static size_t count;
    for (size_t i = 0; i < count; i++)
        if (strcmp(files[i].name, name) == 0)
            return files[i].path;
    if (folder[0] == '\0')
        folder_make();
    if (count == MOST_FILES || strlen(name) >= sizeof files->name)
        fail("too many files");
    struct written *file = &files[count++];
    snprintf(file->name, sizeof file->name, "%s", name);
    snprintf(file->path, sizeof file->path, "%.400s/%s", folder, name);
    char *slash = strrchr(file->path, '/');
    *slash = '\0';
    if (mkdir(file->path, S_IRWXU) != 0 && errno != EEXIST)
        fail(file->path);
    *slash = '/';
    return file->path;
}

const char *fuzz_file(const char *name, const uint8_t *data, size_t size)
{
    const char *path = path_of(name);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(data, 1, size, file) != size || fclose(file) != 0)
        fail(path);
    return path;
}

const char *fuzz_file_of_source(const char *name, const char *source)
{
    const char *path = path_of(name);
    char whole[LONGEST_PATH];
    uint8_t bytes[1 << 16];
    if (access(path, F_OK) == 0)
        return path;
    snprintf(whole, sizeof whole, "%s/%s", FUZZ_SOURCE_FOLDER, source);
    FILE *file = fopen(whole, "rb");
    if (file == NULL)
        fail(whole);
    const size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    return fuzz_file(name, bytes, size);
}

char *fuzz_text(const uint8_t *data, size_t size)
{
    char *text = size > 0 && memchr(data, '\0', size) != NULL ? NULL : malloc(size + 1);
    if (text == NULL)
        return NULL;
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    return text;
}
