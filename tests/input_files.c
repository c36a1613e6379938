#include "input_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_FILES = 16 };

static char folder[] = "/tmp/abscopal-test-XXXXXX";
static char paths[MOST_FILES][64];
static int path_count;

int input_folder_make(void **state)
{
    (void)state;
    return mkdtemp(folder) != NULL ? 0 : -1;
}

int input_folder_remove(void **state)
{
    (void)state;
    for (int i = 0; i < path_count; i++)
        unlink(paths[i]);
    return rmdir(folder);
}

const char *input_file_write(const char *name, const char *text, size_t size)
{
    static char path[64];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int known = 0;
    while (known < path_count && strcmp(paths[known], path) != 0)
        known++;
    if (known == path_count && path_count < MOST_FILES)
        memcpy(paths[path_count++], path, sizeof path);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(text, 1, size, file) != size || fclose(file) != 0) {
        perror(path);
        abort();
    }
    return path;
}

int input_file_difference(input_file_reader *reader, const struct malformed *expected)
{
    struct abscopal_error error = {.status = ABSCOPAL_OK};
    const char *path = input_file_write("input.yaml", expected->text, strlen(expected->text));
    enum abscopal_status status = reader(path, &error);
    char said[2 * ABSCOPAL_MESSAGE_SIZE] = "";
    if (status != ABSCOPAL_OK)
        abscopal_error_text(&error, said, sizeof said);
    size_t path_length = strlen(path);
    const char *after_path = strncmp(said, path, path_length) == 0 ? said + path_length + 1 : said;
    if (strcmp(after_path, expected->said) == 0 && status == error.status)
        return 0;
    fprintf(stderr, "---- of\n%s\n---- is said\n%s\n---- rather than\n%s\n", expected->text, after_path,
            expected->said);
    return 1;
}

int input_file_differences(input_file_reader *reader, const struct malformed *table, size_t count)
{
    int differences = 0;
    for (size_t i = 0; i < count; i++)
        differences += input_file_difference(reader, &table[i]);
    return differences;
}
