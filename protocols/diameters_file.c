#include "protocols/diameters_file.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/characters.h"
#include "protocols/error.h"
#include "protocols/file_read.h"
#include "protocols/units.h"

static const double most_mm = 1000, least_day = -3650, most_day = 36500;

enum column { COLUMN_DAY, COLUMN_DIAMETER, COLUMN_SUM, COLUMN_NOTE, COLUMNS };
static const char *const column_names[COLUMNS] = {"day", "longest_diameter_mm", "sum_of_diameters_mm", "note"};

struct reading {
    char *text; /* what is left */
    int line;
    int places[COLUMNS]; /* of each column in a line, from 0; -1: there is none */
    int columns;
    struct diameters *diameters;
    struct abscopal_error *error;
};

__attribute__((format(printf, 3, 4))) static enum abscopal_status fail(const struct reading *reading, int column,
                                                                       const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    error_set_list(reading->error, ABSCOPAL_BAD_INPUT, reading->diameters->path, reading->line, column, format,
                   arguments);
    va_end(arguments);
    return ABSCOPAL_BAD_INPUT;
}

/* The next line without its end; NULL after the last. Lines may end as on Windows. */
static char *next_line(struct reading *reading)
{
    char *const line = reading->text;
    if (line == NULL || line[0] == '\0')
        return NULL;
    char *const end = strchr(line, '\n');
    reading->text = end != NULL ? end + 1 : line + strlen(line);
    if (end != NULL)
        *end = '\0';
    const size_t length = strlen(line);
    if (length > 0 && line[length - 1] == '\r')
        line[length - 1] = '\0';
    characters_make_plain(line);
    reading->line++;
    return line;
}

/* Cuts a field off without blanks around it; *rest becomes what follows the comma, or NULL after the last. */
static char *field_cut(char **rest)
{
    char *field = *rest + strspn(*rest, " ");
    char *const comma = strchr(field, ',');
    *rest = comma != NULL ? comma + 1 : NULL;
    if (comma != NULL)
        *comma = '\0';
    size_t length = strlen(field);
    while (length > 0 && field[length - 1] == ' ')
        field[--length] = '\0';
    return field;
}

static bool number_read(const char *text, double *number)
{
    char problem[UNIT_TEXT_SIZE];
    return text[0] != '\0' && text[strspn(text, "0123456789.eE+-")] == '\0' &&
           quantity_convert(text, "1", number, problem) && isfinite(*number);
}

static enum abscopal_status names_read(struct reading *reading)
{
    char *line;
    do
        line = next_line(reading);
    while (line != NULL && line[0] == '#');
    reading->line += line == NULL; /* where it should have been */
    for (int i = 0; i < COLUMNS; i++)
        reading->places[i] = -1;
    for (char *rest = line; rest != NULL; reading->columns++) {
        const char *name = field_cut(&rest);
        int column = 0;
        while (column < COLUMNS && strcmp(name, column_names[column]) != 0)
            column++;
        if (column == COLUMNS || reading->places[column] >= 0)
            return fail(reading, 1,
                        "column '%.40s': write 'day' and 'longest_diameter_mm' or 'sum_of_diameters_mm', "
                        "each once, and 'note' if you like",
                        name);
        reading->places[column] = reading->columns;
    }
    if (reading->places[COLUMN_DAY] < 0 || (reading->places[COLUMN_DIAMETER] < 0) == (reading->places[COLUMN_SUM] < 0))
        return fail(reading, 1,
                    "the first line names the columns: write 'day,longest_diameter_mm' or "
                    "'day,sum_of_diameters_mm'");
    reading->diameters->are_sums = reading->places[COLUMN_SUM] >= 0;
    return ABSCOPAL_OK;
}

static enum abscopal_status diameter_read(const struct reading *reading, const char *text,
                                          struct measured_diameter *row)
{
    row->below = text[0] == '<';
    if (!number_read(text + row->below, &row->mm) || !(row->mm >= 0 && row->mm <= most_mm))
        return fail(reading, 1,
                    "diameter '%.40s': write a number of mm from 0 to %g, '<5' for less than 5 mm, or "
                    "nothing where none was measured",
                    text, most_mm);
    if (row->mm == 0) {
        row->below = true;
        row->mm = DIAMETERS_TOO_SMALL_MM;
    }
    return ABSCOPAL_OK;
}

static enum abscopal_status row_read(struct reading *reading, char *line)
{
    struct diameters *diameters = reading->diameters;
    const int wanted = reading->places[diameters->are_sums ? COLUMN_SUM : COLUMN_DIAMETER];
    struct measured_diameter row = {.line = reading->line};
    const char *day = "", *diameter = "";
    int fields = 0;
    for (char *rest = line; rest != NULL; fields++) {
        const char *field = field_cut(&rest);
        day = fields == reading->places[COLUMN_DAY] ? field : day;
        diameter = fields == wanted ? field : diameter;
    }
    if (fields != reading->columns)
        return fail(reading, 1, "a row has %d fields, as the line of names", reading->columns);
    if (!number_read(day, &row.day) || !(row.day >= least_day && row.day <= most_day))
        return fail(reading, 1, "day '%.40s': write a number of days since the first treatment, from %g to %g", day,
                    least_day, most_day);
    if (diameter[0] == '\0')
        return ABSCOPAL_OK;
    if (diameters->count == DIAMETERS_MOST)
        return fail(reading, 1, "there are more than %d measurements", DIAMETERS_MOST);
    if (diameters->count > 0 && row.day <= diameters->rows[diameters->count - 1].day)
        return fail(reading, 1, "day %g does not come after day %g of the row before: sort rows by day, one a day",
                    row.day, diameters->rows[diameters->count - 1].day);
    const enum abscopal_status status = diameter_read(reading, diameter, &row);
    if (status == ABSCOPAL_OK)
        diameters->rows[diameters->count++] = row;
    return status;
}

static enum abscopal_status rows_read(struct reading *reading)
{
    enum abscopal_status status = ABSCOPAL_OK;
    for (char *line; status == ABSCOPAL_OK && (line = next_line(reading)) != NULL;)
        if (line[0] != '\0')
            status = row_read(reading, line);
    if (status == ABSCOPAL_OK && reading->diameters->count == 0)
        status = fail(reading, 0, "there is no measured diameter");
    return status;
}

enum abscopal_status diameters_file_read(const char *path, struct diameters *diameters, struct abscopal_error *error)
{
    char problem[FILE_PROBLEM_SIZE];
    size_t size;
    enum abscopal_status status;
    *diameters = (struct diameters){.path = strdup(path), .rows = calloc(DIAMETERS_MOST, sizeof *diameters->rows)};
    struct reading reading = {.diameters = diameters, .error = error};
    if (diameters->path == NULL || diameters->rows == NULL) {
        diameters_free(diameters);
        return error_no_memory(error);
    }
    char *const text = file_read(path, FILE_LARGEST_TEXT, &size, &status, problem);
    if (text == NULL)
        status = status == ABSCOPAL_BAD_INPUT ? fail(&reading, 0, "%s", problem) : error_no_memory(error);
    for (size_t i = 0; text != NULL && i < size; i++)
        if (text[i] == '\0')
            text[i] = '?'; /* no text has it: what follows will not do */
    if (text != NULL) {
        reading.text = text;
        status = names_read(&reading);
    }
    if (status == ABSCOPAL_OK)
        status = rows_read(&reading);
    free(text);
    if (status != ABSCOPAL_OK)
        diameters_free(diameters);
    return status;
}

void diameters_free(struct diameters *diameters)
{
    free(diameters->path);
    free(diameters->rows);
    *diameters = (struct diameters){0};
}
