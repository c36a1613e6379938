/* Result files that are sound as HDF5, and changed in what they hold: only our own code can go wrong. */
#include "fuzz.h"

#include "hdf5_files.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 0)
        hdf5_file_read_all(hdf5_file_changed(data[0] % 4 == 0 ? HDF5_PUBLISHED : HDF5_TRIAL, data + 1, size - 1));
    return 0;
}
