/* A table of what the model consists of, and its three forms: text for people, CSV and JSON for programs. */
#ifndef ABSCOPAL_RESULTS_LIST_FORMAT_H
#define ABSCOPAL_RESULTS_LIST_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "abscopal.h"

enum { LIST_MOST_COLUMNS = 10 };

/* Where a column stands in the text. CSV and JSON have all columns alike. */
enum column_place {
    COLUMN_ALIGNED,   /* in the row */
    COLUMN_BELOW,     /* in an indented paragraph below the row */
    COLUMN_BRACKETED, /* at its end, in brackets */
    COLUMN_LABELLED,  /* in an indented paragraph of its own, after the column's name */
    COLUMN_HEADING,   /* in a heading above the rows that share it */
    COLUMN_LEFT_OUT
};

struct list_column {
    const char *name;
    enum column_place place;
};

enum cell_kind { CELL_ABSENT, CELL_TEXT, CELL_NUMBER, CELL_SWITCH };

struct list_cell {
    enum cell_kind kind;
    const char *text; /* must outlive the table */
    double number;
    bool on;
};

struct list_table {
    const struct list_column *columns;
    size_t column_count; /* at most LIST_MOST_COLUMNS */
    struct list_cell *cells;
    size_t row_count;
    bool failed; /* a row could not be added: no memory */
};

/* A text, absent when it is empty or NULL. */
struct list_cell list_text(const char *text);
struct list_cell list_number(double number);
struct list_cell list_switch(bool on);

/* Appends a row of column_count cells. */
void list_row_add(struct list_table *table, const struct list_cell *cells);

/* Writes the table to a stream that does not fail, such as one in memory. Numbers have up to 15 digits, 6 in text. The
 * decimal sign is a point whatever the locale. Returns false when memory runs out. */
bool list_write(const struct list_table *table, enum abscopal_list_format format, FILE *stream);

#endif
