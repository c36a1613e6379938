/* 'abscopal export --sbml'. */
#ifndef ABSCOPAL_CLI_EXPORT_SBML_H
#define ABSCOPAL_CLI_EXPORT_SBML_H

#include "abscopal.h"
#include "cli/options.h"

/* Reads a trial file, writes one patient in one arm as SBML to `path` and, if the options name a file for it, SED-ML,
 * and says what libSBML found. Files that are there are replaced only if `replace`. */
enum exit_code export_trial_sbml(const char *trial_path, const struct abscopal_sbml_options *options, const char *path,
                                 bool replace);

#endif
