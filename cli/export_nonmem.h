/* 'abscopal export --nonmem'. */
#ifndef ABSCOPAL_CLI_EXPORT_NONMEM_H
#define ABSCOPAL_CLI_EXPORT_NONMEM_H

#include "abscopal.h"
#include "cli/options.h"

/* Reads a trial file, writes its records, and says on standard error what they leave out. */
enum exit_code export_trial_nonmem(const char *trial_path, const char *path);

#endif
