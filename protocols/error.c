#include "protocols/error.h"

#include <stdio.h>

#include "protocols/characters.h"

enum abscopal_status error_set_list(struct abscopal_error *error, enum abscopal_status status, const char *file,
                                    int line, int column, const char *format, va_list arguments)
{
    if (error == NULL)
        return status;
    error->status = status;
    error->line = line;
    error->column = column;
    snprintf(error->file, sizeof error->file, "%s", file != NULL ? file : "");
    /* clang-tidy takes lists for uninitialised when it looks at more than one file: */
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized) */
    vsnprintf(error->message, sizeof error->message, format, arguments);
    /* Messages quote what files say, and a file must not steer the terminal that shows them. */
    characters_make_plain(error->message);
    characters_make_plain(error->file);
    return status;
}

enum abscopal_status error_set(struct abscopal_error *error, enum abscopal_status status, const char *file, int line,
                               int column, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    error_set_list(error, status, file, line, column, format, arguments);
    va_end(arguments);
    return status;
}

enum abscopal_status error_no_memory(struct abscopal_error *error)
{
    return error_set(error, ABSCOPAL_NO_MEMORY, NULL, 0, 0, "out of memory");
}

const char *abscopal_version(void)
{
    return ABSCOPAL_VERSION;
}

const char *abscopal_status_name(enum abscopal_status status)
{
    switch (status) {
    case ABSCOPAL_OK:
        return "done";
    case ABSCOPAL_BAD_INPUT:
        return "bad input";
    case ABSCOPAL_NO_MEMORY:
        return "out of memory";
    case ABSCOPAL_NOT_INTEGRATED:
        return "not integrated";
    case ABSCOPAL_OUTPUT_FAILED:
        return "output failed";
    case ABSCOPAL_INTERRUPTED:
        return "interrupted";
    }
    return "unknown status";
}

char *abscopal_error_text(const struct abscopal_error *error, char *text, size_t size)
{
    if (error->file[0] != '\0' && error->line > 0)
        snprintf(text, size, "%s:%d:%d: %s", error->file, error->line, error->column, error->message);
    else if (error->file[0] != '\0')
        snprintf(text, size, "%s: %s", error->file, error->message);
    else
        snprintf(text, size, "%s", error->message);
    return text;
}
