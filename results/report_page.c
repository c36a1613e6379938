#include "results/report_page.h"

#include <string.h>

#include "results/output.h"
#include "results/report_files.h"

/* Writes text with another text in place of each '<': within a page no text may look like a tag. */
static enum abscopal_status write_without_tags(FILE *file, const char *text, size_t size, const char *replacement,
                                               struct abscopal_error *error)
{
    const char *const end = text + size;
    while (text < end) {
        const char *tag = memchr(text, '<', (size_t)(end - text));
        const char *const stop = tag != NULL ? tag : end;
        enum abscopal_status status = output_write_stream(file, text, (size_t)(stop - text), error);
        if (status == ABSCOPAL_OK && tag != NULL)
            status = output_write_stream(file, replacement, strlen(replacement), error);
        if (status != ABSCOPAL_OK)
            return status;
        text = tag != NULL ? tag + 1 : end;
    }
    return ABSCOPAL_OK;
}

/* The files of one part, in order, each between two texts. */
static enum abscopal_status write_part(FILE *file, enum report_part part, const char *before, const char *after,
                                       struct abscopal_error *error)
{
    size_t count;
    const struct report_file *files = report_files(&count);
    for (size_t i = 0; i < count; i++) {
        if (files[i].part != part)
            continue;
        enum abscopal_status status = output_write_stream(file, before, strlen(before), error);
        if (status == ABSCOPAL_OK)
            status = output_write_stream(file, files[i].begin, (size_t)(files[i].end - files[i].begin), error);
        if (status == ABSCOPAL_OK)
            status = output_write_stream(file, after, strlen(after), error);
        if (status != ABSCOPAL_OK)
            return status;
    }
    return ABSCOPAL_OK;
}

static const struct report_file *find_part(enum report_part part)
{
    size_t count;
    const struct report_file *file = report_files(&count);
    while (file->part != part)
        file++;
    return file;
}

static enum abscopal_status write_scripts(FILE *file, struct abscopal_error *error)
{
    static const enum report_part parts[] = {REPORT_LIBRARY, REPORT_FIGURES, REPORT_PAGE};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const enum abscopal_status status = write_part(file, parts[i], "<script>\n", "</script>\n", error);
        if (status != ABSCOPAL_OK)
            return status;
    }
    return ABSCOPAL_OK;
}

/* What stands for a name between two pairs of braces in the template. */
static enum abscopal_status write_named(FILE *file, const char *name, const char *json, size_t size,
                                        struct abscopal_error *error)
{
    if (strncmp(name, "style}}", 7) == 0)
        return write_part(file, REPORT_STYLE, "", "", error);
    if (strncmp(name, "data}}", 6) == 0) /* '<' is in the texts of JSON alone, where an escape means the same */
        return write_without_tags(file, json, size, "\\u003c", error);
    if (strncmp(name, "licences}}", 10) == 0) {
        const struct report_file *licences = find_part(REPORT_LICENCES);
        return write_without_tags(file, licences->begin, (size_t)(licences->end - licences->begin), "&lt;", error);
    }
    return write_scripts(file, error);
}

enum abscopal_status report_page_write(FILE *file, const char *json, size_t size, struct abscopal_error *error)
{
    const struct report_file *template = find_part(REPORT_TEMPLATE);
    const char *text = template->begin; /* ends with a 0, as every file held does */
    for (;;) {
        const char *mark = strstr(text, "{{");
        const size_t length = mark != NULL ? (size_t)(mark - text) : strlen(text);
        enum abscopal_status status = output_write_stream(file, text, length, error);
        if (status != ABSCOPAL_OK || mark == NULL)
            return status;
        status = write_named(file, mark + 2, json, size, error);
        if (status != ABSCOPAL_OK)
            return status;
        text = strstr(mark, "}}") + 2;
    }
}

enum abscopal_status report_figures_script_write(FILE *file, const char *json, size_t size,
                                                 struct abscopal_error *error)
{
    /* The libraries look for modules of node unless these names are taken from them. */
    static const char before[] = "(function (exports, module, define, require) {\n",
                      after[] = "\n}).call(globalThis);\n";
    static const char data[] = "\nconst reportData = ";
    enum abscopal_status status = output_write_stream(file, "\"use strict\";\n", 14, error);
    if (status == ABSCOPAL_OK)
        status = write_part(file, REPORT_LIBRARY, before, after, error);
    if (status == ABSCOPAL_OK)
        status = write_part(file, REPORT_FIGURES, "", "\n", error);
    if (status == ABSCOPAL_OK)
        status = output_write_stream(file, data, sizeof data - 1, error);
    if (status == ABSCOPAL_OK)
        status =
            json != NULL ? output_write_stream(file, json, size, error) : output_write_stream(file, "null", 4, error);
    if (status == ABSCOPAL_OK)
        status = output_write_stream(file, ";\n", 2, error);
    if (status == ABSCOPAL_OK)
        status = write_part(file, REPORT_NODE, "", "", error);
    return status;
}
