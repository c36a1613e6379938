#include "results/maker.h"

#include <hdf5.h>
#include <stdio.h>
#include <sundials/sundials_version.h>

#include "abscopal.h"
#include "results/machine.h"

struct results_maker results_maker_of(const struct abscopal_results *results)
{
    if (results != NULL && results->origin != NULL)
        return results->origin->maker;
    struct results_maker maker = {.version = ""};
    unsigned major = 0, minor = 0, release = 0;
    snprintf(maker.version, sizeof maker.version, "%s", abscopal_version());
    if (SUNDIALSGetVersion(maker.sundials, (int)sizeof maker.sundials) != 0)
        maker.sundials[0] = '\0';
    if (H5get_libversion(&major, &minor, &release) >= 0)
        snprintf(maker.hdf5, sizeof maker.hdf5, "%u.%u.%u", major, minor, release);
    snprintf(maker.compiler, sizeof maker.compiler, "%s", build_compiler());
    snprintf(maker.commit, sizeof maker.commit, "%s", build_commit() != NULL ? build_commit() : "");
    return maker;
}
