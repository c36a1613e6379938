/* Files that a command will write. */
#ifndef ABSCOPAL_CLI_OUTPUT_H
#define ABSCOPAL_CLI_OUTPUT_H

#include <stdbool.h>

/* Results are written at the end of a command that may take hours: a folder that cannot take them shows here, before.
 * Otherwise prints a message of the command. */
bool output_can_be_written(const char *command, const char *path);

/* Results that took hours are not replaced by a slip: a file that is there needs `replace`. Otherwise prints a message
 * of the command. */
bool output_is_free(const char *command, const char *path, bool replace);

#endif
