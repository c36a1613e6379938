/* 'abscopal export --nonmem'. */
#ifndef ABSCOPAL_CLI_EXPORT_NONMEM_H
#define ABSCOPAL_CLI_EXPORT_NONMEM_H

#include "abscopal.h"
#include "cli/options.h"

/* Writes the records of a trial, and says on standard error what they leave out. */
enum exit_code export_nonmem(const abscopal_trial *trial, const char *path);

#endif
