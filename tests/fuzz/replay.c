/* Runs a target without libFuzzer: each file of its corpus as it is, and then cut short and with bytes changed, always
 * the same ones. The test is that nothing crashes, hangs or, in the build with sanitizers, does what it may not. */
#include "fuzz.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CUTS = 16, CHANGES = 24, LARGEST = 1 << 22 };

/* xorshift64* (Vigna 2016, doi:10.1145/2845077). */
static uint64_t random_next(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

/* From memory of just this size, so that a sanitizer sees what reads beyond. */
static void bytes_run(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);
    if (copy == NULL)
        abort();
    memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static size_t file_run(uint8_t *data, size_t size)
{
    uint64_t state = UINT64_C(0x9e3779b97f4a7c15) ^ size;
    size_t runs = 1, step = size / CUTS + 1;
    bytes_run(data, size);
    for (size_t cut = 0; cut < size; cut += step, runs++)
        bytes_run(data, cut);
    for (int i = 0; i < CHANGES && size > 0; i++, runs++) {
        static const uint8_t telling[] = {'\0', '\n', '"', '[', '{', ':', ',', '-', '9', 0xff};
        const uint64_t drawn = random_next(&state);
        const size_t at = (size_t)(drawn >> 8) % size;
        const uint8_t before = data[at];
        data[at] = (uint8_t)(i % 2 == 0 ? before ^ (1U << (drawn & 7)) : telling[(size_t)i / 2 % sizeof telling]);
        bytes_run(data, size);
        data[at] = before;
    }
    return runs;
}

static int file_is(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

int main(int argc, char **argv)
{
    struct dirent **entries = NULL;
    size_t runs = 0;
    const int count = argc == 2 ? scandir(argv[1], &entries, file_is, alphasort) : -1;
    if (count <= 0) {
        fprintf(stderr, "usage: replay_NAME FOLDER, with at least one file in it\n");
        return 2;
    }
    uint8_t *data = malloc(LARGEST);
    for (int i = 0; i < count && data != NULL; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", argv[1], entries[i]->d_name);
        FILE *file = fopen(path, "rb");
        if (file == NULL) {
            perror(path);
            return 1;
        }
        const size_t size = fread(data, 1, LARGEST, file);
        fclose(file);
        runs += file_run(data, size);
        free(entries[i]);
    }
    free(entries);
    free(data);
    printf("%d files, %zu runs\n", count, runs);
    return runs > 0 ? 0 : 1;
}
