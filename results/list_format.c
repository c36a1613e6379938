#include "results/list_format.h"

#include <jansson.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "results/text.h"

/* What a terminal shows without breaking lines, mostly. */
enum { LINE_WIDTH = 96, INDENT = 4, CELL_SIZE = 64, PARAGRAPH_SIZE = 1024 };

struct list_cell list_text(const char *text)
{
    return (struct list_cell){.kind = text != NULL && text[0] != '\0' ? CELL_TEXT : CELL_ABSENT, .text = text};
}

struct list_cell list_number(double number)
{
    return (struct list_cell){.kind = CELL_NUMBER, .number = number};
}

struct list_cell list_switch(bool on)
{
    return (struct list_cell){.kind = CELL_SWITCH, .on = on};
}

void list_row_add(struct list_table *table, const struct list_cell *cells)
{
    const size_t columns = table->column_count;
    struct list_cell *grown = realloc(table->cells, (table->row_count + 1) * columns * sizeof *grown);
    if (grown == NULL) {
        table->failed = true;
        return;
    }
    memcpy(grown + table->row_count * columns, cells, columns * sizeof *cells);
    table->cells = grown;
    table->row_count++;
}

static const struct list_cell *cell_at(const struct list_table *table, size_t row, size_t column)
{
    return &table->cells[row * table->column_count + column];
}

/* What stands in the cell; `buffer` has CELL_SIZE. */
static const char *cell_shown(const struct list_cell *cell, int digits, const char *absent, char *buffer)
{
    switch (cell->kind) {
    case CELL_TEXT:
        return cell->text;
    case CELL_SWITCH:
        return cell->on ? "on" : "off";
    case CELL_NUMBER:
        snprintf(buffer, CELL_SIZE, "%.*g", digits, cell->number);
        return buffer;
    case CELL_ABSENT:
        break;
    }
    return absent;
}

/* ---- CSV (RFC 4180, but lines end as on Unix) */

static void write_csv(const struct list_table *table, FILE *stream)
{
    char buffer[CELL_SIZE];
    for (size_t column = 0; column < table->column_count; column++)
        fprintf(stream, "%s%s", column > 0 ? "," : "", table->columns[column].name);
    fputc('\n', stream);
    for (size_t row = 0; row < table->row_count; row++) {
        for (size_t column = 0; column < table->column_count; column++) {
            if (column > 0)
                fputc(',', stream);
            text_write_csv_field(stream, cell_shown(cell_at(table, row, column), 15, "", buffer));
        }
        fputc('\n', stream);
    }
}

/* ---- JSON: an array with an object for each row */

static json_t *cell_json(const struct list_cell *cell)
{
    switch (cell->kind) {
    case CELL_TEXT:
        return json_string(cell->text);
    case CELL_SWITCH:
        return json_boolean(cell->on);
    case CELL_NUMBER:
        return json_real(cell->number);
    case CELL_ABSENT:
        break;
    }
    return json_null();
}

static bool write_json(const struct list_table *table, FILE *stream)
{
    json_t *rows = json_array();
    bool done = rows != NULL;
    for (size_t row = 0; done && row < table->row_count; row++) {
        json_t *object = json_object();
        for (size_t column = 0; done && column < table->column_count; column++)
            done =
                json_object_set_new(object, table->columns[column].name, cell_json(cell_at(table, row, column))) == 0;
        done = json_array_append_new(rows, object) == 0 && done;
    }
    done = done && json_dumpf(rows, stream, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) == 0;
    fputc('\n', stream);
    json_decref(rows);
    return done;
}

/* ---- Text */

/* Writes the words of a text, broken where the line would become too long; returns the column reached. */
static size_t write_words(FILE *stream, const char *text, size_t indent, size_t column)
{
    for (text += strspn(text, " "); *text != '\0'; text += strspn(text, " ")) {
        const size_t length = strcspn(text, " ");
        if (column > indent && column + 1 + length > LINE_WIDTH) {
            fprintf(stream, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            fputc(' ', stream);
            column++;
        }
        fwrite(text, 1, length, stream);
        column += length;
        text += length;
    }
    return column;
}

/* The cells that belong to the heading, or do not, as paragraphs. */
static void write_paragraphs(FILE *stream, const struct list_table *table, size_t row, bool heading, size_t indent)
{
    char buffer[CELL_SIZE];
    char words[PARAGRAPH_SIZE];
    size_t at = 0; /* column reached; 0 between paragraphs */
    for (size_t i = 0; i < table->column_count; i++) {
        const struct list_cell *cell = cell_at(table, row, i);
        const enum column_place place = table->columns[i].place;
        if (cell->kind == CELL_ABSENT || place == COLUMN_ALIGNED || place == COLUMN_LEFT_OUT ||
            (place == COLUMN_HEADING) != heading)
            continue;
        const char *shown = cell_shown(cell, 6, "-", buffer);
        snprintf(words, sizeof words, "%s%s%s", place == COLUMN_BRACKETED ? "[" : "", shown,
                 place == COLUMN_BRACKETED ? "]" : "");
        if (place == COLUMN_LABELLED)
            snprintf(words, sizeof words, "%s: %s", table->columns[i].name, shown);
        if (place == COLUMN_LABELLED && at > 0) {
            fputc('\n', stream);
            at = 0;
        } else if (place == COLUMN_HEADING && at > 0) {
            fputc(',', stream);
            at++;
        }
        if (at == 0)
            at = (size_t)fprintf(stream, "%*s", (int)indent, "");
        at = write_words(stream, words, indent, at);
    }
    if (at > 0)
        fputc('\n', stream);
}

static void find_widths(const struct list_table *table, size_t *widths)
{
    char buffer[CELL_SIZE];
    for (size_t column = 0; column < table->column_count; column++) {
        widths[column] = strlen(table->columns[column].name);
        for (size_t row = 0; row < table->row_count; row++) {
            const size_t width = strlen(cell_shown(cell_at(table, row, column), 6, "-", buffer));
            widths[column] = width > widths[column] ? width : widths[column];
        }
    }
}

/* The aligned columns of a row, or their names for a row of NULL. */
static void write_aligned(FILE *stream, const struct list_table *table, const struct list_cell *row,
                          const size_t *widths)
{
    char buffer[CELL_SIZE];
    size_t missing = 0; /* spaces that the column before lacks */
    for (size_t i = 0; i < table->column_count; i++) {
        if (table->columns[i].place != COLUMN_ALIGNED)
            continue;
        const char *shown = row != NULL ? cell_shown(&row[i], 6, "-", buffer) : table->columns[i].name;
        fprintf(stream, "%*s%s", (int)missing, "", shown);
        missing = widths[i] - strlen(shown) + 2;
    }
    fputc('\n', stream);
}

static bool heading_changes(const struct list_table *table, size_t row)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (table->columns[i].place == COLUMN_HEADING &&
            (row == 0 || cell_at(table, row, i)->text != cell_at(table, row - 1, i)->text))
            return true;
    return false;
}

static void write_text(const struct list_table *table, FILE *stream)
{
    size_t widths[LIST_MOST_COLUMNS];
    find_widths(table, widths);
    write_aligned(stream, table, NULL, widths);
    for (size_t row = 0; row < table->row_count; row++) {
        if (heading_changes(table, row)) {
            fputc('\n', stream);
            write_paragraphs(stream, table, row, true, 0);
        }
        write_aligned(stream, table, cell_at(table, row, 0), widths);
        write_paragraphs(stream, table, row, false, INDENT);
    }
}

bool list_write(const struct list_table *table, enum abscopal_list_format format, FILE *stream)
{
    locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (c_locale == (locale_t)0 || table->failed)
        return false;
    const locale_t before = uselocale(c_locale);
    bool done = true;
    if (format == ABSCOPAL_LIST_CSV)
        write_csv(table, stream);
    else if (format == ABSCOPAL_LIST_JSON)
        done = write_json(table, stream);
    else
        write_text(table, stream);
    uselocale(before);
    freelocale(c_locale);
    return done;
}
