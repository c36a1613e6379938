/* The analysis data sets of one arm, as rows of CSV (RFC 4180, lines end as on Unix). docs/results.md says what every
 * variable is. */
#ifndef ABSCOPAL_RESULTS_ADAM_TABLES_H
#define ABSCOPAL_RESULTS_ADAM_TABLES_H

#include <stdio.h>

#include "results/adam_source.h"

enum adam_table { ADAM_ADSL, ADAM_ADTR, ADAM_ADRS, ADAM_ADTTE, ADAM_TABLE_COUNT };

/* "adsl.csv", ... */
const char *adam_table_file(enum adam_table table);

/* The line of names. */
void adam_table_begin(enum adam_table table, FILE *file, const struct adam_source *source);

/* The rows of everyone who was treated in the arm, in the order of patients. Errors are the stream's. The locale must
 * have a decimal point. */
void adam_table_write(enum adam_table table, FILE *file, const struct adam_source *source, const struct adam_arm *arm);

#endif
