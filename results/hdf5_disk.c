#include "results/hdf5_disk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

/* What HDF5 holds of an open file; its own part first. */
struct disk_file {
    H5FD_t own;
    struct hdf5_disk *disk;
    haddr_t allocated; /* bytes that HDF5 has given away */
    haddr_t end;       /* of what is written */
};

static const haddr_t most_bytes = ((haddr_t)1 << 62) - 1;

static H5FD_t *disk_open(const char *name, unsigned flags, hid_t access, haddr_t most)
{
    (void)name, (void)flags, (void)most;
    struct hdf5_disk *const *given = H5Pget_driver_info(access);
    struct disk_file *file = given != NULL ? calloc(1, sizeof *file) : NULL;
    if (file == NULL)
        return NULL;
    file->disk = *given;
    return &file->own;
}

static herr_t disk_close(H5FD_t *own)
{
    free((struct disk_file *)own);
    return 0;
}

/* As HDF5's own driver for files has it. */
static herr_t disk_query(const H5FD_t *own, unsigned long *features)
{
    (void)own;
    *features = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
                H5FD_FEAT_AGGREGATE_SMALLDATA;
    return 0;
}

static haddr_t disk_get_allocated(const H5FD_t *own, H5FD_mem_t type)
{
    (void)type;
    return ((const struct disk_file *)own)->allocated;
}

static herr_t disk_set_allocated(H5FD_t *own, H5FD_mem_t type, haddr_t address)
{
    (void)type;
    ((struct disk_file *)own)->allocated = address;
    return 0;
}

static haddr_t disk_get_end(const H5FD_t *own, H5FD_mem_t type)
{
    (void)type;
    return ((const struct disk_file *)own)->end;
}

static void note_failure(struct hdf5_disk *disk)
{
    if (disk->failure == 0)
        disk->failure = errno != 0 ? errno : EIO;
}

/* What lies behind the end, or could not be written, is zeros. */
static herr_t disk_read(H5FD_t *own, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t size, void *buffer)
{
    const struct disk_file *file = (const struct disk_file *)own;
    char *to = buffer;
    (void)type, (void)transfer;
    while (size > 0) {
        const ssize_t got = pread(file->disk->descriptor, to, size, (off_t)address);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            note_failure(file->disk);
        if (got <= 0)
            break;
        to += got;
        address += (haddr_t)got;
        size -= (size_t)got;
    }
    memset(to, 0, size);
    return 0;
}

static herr_t disk_write(H5FD_t *own, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t size, const void *buffer)
{
    struct disk_file *file = (struct disk_file *)own;
    const char *from = buffer;
    (void)type, (void)transfer;
    if (address + size > file->end)
        file->end = address + size;
    while (size > 0 && file->disk->failure == 0) {
        const ssize_t written = pwrite(file->disk->descriptor, from, size, (off_t)address);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0) {
            note_failure(file->disk);
            break;
        }
        from += written;
        address += (haddr_t)written;
        size -= (size_t)written;
    }
    return 0;
}

static herr_t disk_truncate(H5FD_t *own, hid_t transfer, hbool_t closing)
{
    struct disk_file *file = (struct disk_file *)own;
    (void)transfer, (void)closing;
    if (file->end == file->allocated)
        return 0;
    if (file->disk->failure == 0 && ftruncate(file->disk->descriptor, (off_t)file->allocated) != 0)
        note_failure(file->disk);
    file->end = file->allocated;
    return 0;
}

hid_t hdf5_disk_set(hid_t access, struct hdf5_disk *disk)
{
    const H5FD_class_t driver = {.name = "abscopal disk",
                                 .maxaddr = most_bytes,
                                 .fc_degree = H5F_CLOSE_STRONG,
                                 .fapl_size = sizeof disk,
                                 .open = disk_open,
                                 .close = disk_close,
                                 .query = disk_query,
                                 .get_eoa = disk_get_allocated,
                                 .set_eoa = disk_set_allocated,
                                 .get_eof = disk_get_end,
                                 .read = disk_read,
                                 .write = disk_write,
                                 .truncate = disk_truncate,
                                 .fl_map = H5FD_FLMAP_DICHOTOMY};
    const hid_t id = H5FDregister(&driver);
    if (id < 0 || H5Pset_driver(access, id, &disk) < 0)
        return H5I_INVALID_HID;
    return id;
}
