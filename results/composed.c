#include "results/composed.h"

#include <locale.h>
#include <stdbool.h>
#include <stdlib.h>

#include "protocols/error.h"
#include "results/output.h"

/* To be freed; NULL without memory. */
static char *compose(composed_writer *write, const void *context, size_t *size)
{
    char *bytes = NULL;
    locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    FILE *text = c_locale != (locale_t)0 ? open_memstream(&bytes, size) : NULL;
    if (text != NULL) {
        const locale_t before = uselocale(c_locale);
        write(text, context);
        uselocale(before);
        const bool complete = !ferror(text);
        if (fclose(text) != 0 || !complete) {
            free(bytes);
            bytes = NULL;
        }
    }
    if (c_locale != (locale_t)0)
        freelocale(c_locale);
    return bytes;
}

enum abscopal_status composed_write_file(const char *path, composed_writer *write, const void *context,
                                         struct abscopal_error *error)
{
    size_t size = 0;
    char *bytes = compose(write, context, &size);
    const enum abscopal_status status =
        bytes != NULL ? output_write_file(path, bytes, size, error) : error_no_memory(error);
    free(bytes);
    return status;
}

enum abscopal_status composed_write_stream(FILE *stream, composed_writer *write, const void *context,
                                           struct abscopal_error *error)
{
    size_t size = 0;
    char *bytes = compose(write, context, &size);
    const enum abscopal_status status =
        bytes != NULL ? output_write_stream(stream, bytes, size, error) : error_no_memory(error);
    free(bytes);
    return status;
}
