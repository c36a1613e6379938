/* Input files for tests: written to a folder of their own, read, and what the reader says compared. */
#ifndef ABSCOPAL_TESTS_INPUT_FILES_H
#define ABSCOPAL_TESTS_INPUT_FILES_H

#include <stddef.h>

#include "abscopal.h"

/* A malformed text and what is said of it, from the line number on: "3:5: until has no value". */
struct malformed {
    const char *text;
    const char *said;
};

/* Makes the folder, and removes it with all that was written to it; 0 when that worked (as cmocka's fixtures). */
int input_folder_make(void **state);
int input_folder_remove(void **state);

/* Writes `size` bytes to a file of that name in the folder and returns its path, valid until the next call. */
const char *input_file_write(const char *name, const char *text, size_t size);

/* Reads a file and frees what it read. */
typedef enum abscopal_status input_file_reader(const char *path, struct abscopal_error *error);

/* Reads the text and compares what is said of it ("" for none). Prints a difference; returns the number of them, 0 or
 * 1. */
int input_file_difference(input_file_reader *reader, const struct malformed *expected);

/* The same of a whole table. */
int input_file_differences(input_file_reader *reader, const struct malformed *table, size_t count);

#endif
