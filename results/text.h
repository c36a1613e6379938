/* Text from files and its width on a terminal. */
#ifndef ABSCOPAL_RESULTS_TEXT_H
#define ABSCOPAL_RESULTS_TEXT_H

#include <stdio.h>

/* Columns a UTF-8 text takes, one for each code point: right for what is written left to right without combining
 * marks or East Asian wide characters. */
int text_width(const char *text);

/* Writes a name from a file, with control characters shown as '?' (they could move the cursor), filled up to `width`.
 */
void text_write_name(FILE *file, const char *name, int width);

/* Writes "label: text" and a line feed, broken at blanks where a line would be wider than `width`, further lines
 * indented by two. Control characters as above, but line feeds and tabs are blanks. */
void text_write_paragraph(FILE *file, const char *label, const char *text, int width);

/* Writes a field of CSV (RFC 4180), in quotes where it needs them; `joined` writes two texts with a hyphen between. */
void text_write_csv_field(FILE *file, const char *text);
void text_write_csv_field_joined(FILE *file, const char *text, const char *further);

#endif
