#include "results/sweep.h"
#include "protocols/error.h"
abscopal_sweep *abscopal_sweep_read_hdf5(const char *path, struct abscopal_error *error)
{
    error_set(error, ABSCOPAL_BAD_INPUT, path, 0, 0, "not yet");
    return NULL;
}
