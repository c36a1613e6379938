/* In place of results/sbml*.c where the library is built without libSBML. */
#include "abscopal.h"
#include "protocols/error.h"

int abscopal_has_sbml(void)
{
    return 0;
}

enum abscopal_status abscopal_trial_write_sbml(const abscopal_trial *trial, const struct abscopal_sbml_options *options,
                                               const char *path, struct abscopal_sbml_written *written,
                                               struct abscopal_error *error)
{
    (void)trial, (void)options, (void)path, (void)written;
    return error_set(error, ABSCOPAL_BAD_INPUT, NULL, 0, 0,
                     "this program was built without libSBML, which writes SBML: install it (Debian: libsbml5-dev) and "
                     "build again");
}
