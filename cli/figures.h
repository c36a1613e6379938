/* Drawing the figures of a report as files, with programs of other packages. */
#ifndef ABSCOPAL_CLI_FIGURES_H
#define ABSCOPAL_CLI_FIGURES_H

#include <stdbool.h>

#include "cli/options.h"

/* Whether the programs are there that draw in a format, "svg" or "png"; otherwise prints a message of the command that
 * names the Debian package. */
bool figures_can_be_drawn(const char *command, const char *format);

/* Draws every figure of the report into a folder, which is made if need be; files of these names are replaced, others
 * stay. What is drawn stands beside the folder until all is there. On failure prints a message and leaves no file. */
enum exit_code figures_draw(const char *command, const abscopal_report *report, const char *folder, const char *format);

#endif
