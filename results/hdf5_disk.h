/* Where HDF5 writes a file on disk: a driver for its virtual file layer that keeps failures to itself.
 *
 * When the disk is full under the driver that HDF5 1.10 has for this, its H5Fclose fails half way and the program
 * crashes as it ends. Here HDF5 is told that all is well, writing ends with the first failure, and the caller asks for
 * it once the file is closed. */
#ifndef ABSCOPAL_RESULTS_HDF5_DISK_H
#define ABSCOPAL_RESULTS_HDF5_DISK_H

#include <hdf5.h>

/* An open file, new and empty, and the errno of the first failure; 0: there was none. */
struct hdf5_disk {
    int descriptor;
    int failure;
};

/* Makes a property list of file access write to that file, whatever its name there is. The disk must outlive the file;
 * the caller closes its descriptor after that. Returns the driver, to be given to H5FDunregister once the file is
 * closed; negative on failure. */
hid_t hdf5_disk_set(hid_t access, struct hdf5_disk *disk);

#endif
