/* Writes to standard output the page of a report, or the script of its figures, for data on standard input. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/report_page.h"

/* All of a stream, which may be of any size; NULL when it cannot be read. */
static char *read_all(FILE *file, size_t *size)
{
    char *bytes = NULL;
    size_t capacity = 0;
    for (*size = 0;;) {
        if (*size == capacity) {
            capacity = capacity > 0 ? 2 * capacity : 65536;
            char *larger = realloc(bytes, capacity);
            if (larger == NULL)
                break;
            bytes = larger;
        }
        const size_t count = fread(bytes + *size, 1, capacity - *size, file);
        *size += count;
        if (count == 0)
            return bytes;
    }
    free(bytes);
    return NULL;
}

int main(int argc, char **argv)
{
    const char *const what = argc == 2 ? argv[1] : "";
    if (strcmp(what, "page") != 0 && strcmp(what, "figures") != 0 && strcmp(what, "script") != 0) {
        fputs("usage: write_report_page page|figures < DATA, or write_report_page script\n", stderr);
        return 2;
    }
    size_t size = 0;
    char *json = strcmp(what, "script") != 0 ? read_all(stdin, &size) : NULL;
    struct abscopal_error error = {0};
    const enum abscopal_status status = strcmp(what, "page") == 0
                                            ? report_page_write(stdout, json, size, &error)
                                            : report_figures_script_write(stdout, json, size, &error);
    free(json);
    if (status != ABSCOPAL_OK)
        fprintf(stderr, "%s\n", error.message);
    return status == ABSCOPAL_OK ? 0 : 1;
}
