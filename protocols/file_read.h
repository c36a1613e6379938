/* Opening and reading files that others may have written: only regular ones, none larger than its kind can be, and no
 * file from outside the folders that belong to the file which names it (docs/security.md). */
#ifndef ABSCOPAL_PROTOCOLS_FILE_READ_H
#define ABSCOPAL_PROTOCOLS_FILE_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "abscopal.h"

/* Room for what is wrong with a file. */
enum { FILE_PROBLEM_SIZE = 512 };

/* Largest files, in bytes. Weights: 10^7 patients with all digits. */
enum {
    FILE_LARGEST_TEXT = 1 << 20,
    FILE_LARGEST_RECORDS = 16 << 20,
    FILE_LARGEST_LOG = 64 << 20,
    FILE_LARGEST_WEIGHTS = 512 << 20
};

/* Opens a regular file of at most so many bytes for reading. NULL with the status: ABSCOPAL_BAD_INPUT when it is not
 * there, cannot be opened, is a folder, device, pipe or socket, or is larger; ABSCOPAL_NO_MEMORY. `problem` becomes
 * what is wrong and what to do, such as "cannot be opened: No such file or directory". Waits for nothing. */
FILE *file_open(const char *path, size_t most_bytes, enum abscopal_status *status, char problem[FILE_PROBLEM_SIZE]);

/* Whether what is open is such a file; false with what is wrong in `problem`. */
bool file_check(int descriptor, size_t most_bytes, char problem[FILE_PROBLEM_SIZE]);

/* All bytes of such a file with a zero behind them, to be freed; *size becomes how many. NULL as file_open, and when it
 * cannot be read. */
char *file_read(const char *path, size_t most_bytes, size_t *size, enum abscopal_status *status,
                char problem[FILE_PROBLEM_SIZE]);

/* Whether a file that the file `of` names may be read: where symbolic links lead to taken, it lies in the folder tree
 * that begins two folders above that of `of` (nearer where that would be the file system's root, the user's home folder
 * or one above it; a file directly in one of those may name others in the same folder alone), or in one of the folders
 * of the environment variable ABSCOPAL_FOLDERS, which colons divide. A file that is not there may: it cannot be read.
 * False with what is wrong and what to do in `problem`. */
bool file_allowed(const char *of, const char *file, char problem[FILE_PROBLEM_SIZE]);

#endif
