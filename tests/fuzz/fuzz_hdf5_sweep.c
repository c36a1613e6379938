/* Files of a sweep that are sound as HDF5, and changed in what they hold. */
#include "fuzz.h"

#include "hdf5_files.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hdf5_file_read_all(hdf5_file_changed(HDF5_SWEEP, data, size));
    return 0;
}
