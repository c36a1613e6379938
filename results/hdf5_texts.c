/* A file has each of its texts once, so that all together are not longer than the file. A damaged one may refer to one
 * text many times, and HDF5 would copy it as often: memory for texts is handed out here, up to the size of the file. */
#include "results/hdf5_texts.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/error.h"

struct piece {
    struct piece *next;
    alignas(max_align_t) char bytes[];
};

struct texts_room {
    struct piece *pieces;
    size_t left; /* bytes that may still be asked for */
};

static void *piece_take(size_t size, void *room_pointer)
{
    struct texts_room *room = room_pointer;
    struct piece *piece = size <= room->left ? malloc(sizeof *piece + size) : NULL;
    if (piece == NULL)
        return NULL;
    room->left -= size;
    piece->next = room->pieces;
    room->pieces = piece;
    return piece->bytes;
}

/* All at once at the end, since HDF5 forgets them when it fails half way. */
static void piece_return(void *memory, void *room_pointer)
{
    (void)memory, (void)room_pointer;
}

static void room_free(struct texts_room *room)
{
    while (room->pieces != NULL) {
        struct piece *next = room->pieces->next;
        free(room->pieces);
        room->pieces = next;
    }
}

/* Into texts[count] of the room. */
static bool texts_fetch(hid_t dataset, struct texts_room *room, char **texts)
{
    const hid_t type = H5Tcopy(H5T_C_S1), transfer = H5Pcreate(H5P_DATASET_XFER);
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    H5Pset_vlen_mem_manager(transfer, piece_take, room, piece_return, room);
    const bool good = H5Dread(dataset, type, H5S_ALL, H5S_ALL, transfer, texts) >= 0;
    H5Pclose(transfer);
    H5Tclose(type);
    return good;
}

static void no_memory(struct hdf5_reader *reader)
{
    if (reader->status == ABSCOPAL_OK)
        reader->status = error_no_memory(reader->error);
}

char **hdf5_texts_read(struct hdf5_reader *reader, hid_t dataset, const char *name)
{
    const hid_t space = H5Dget_space(dataset);
    const hssize_t points = H5Sget_simple_extent_npoints(space);
    const size_t count = points > 0 ? (size_t)points : 0;
    hsize_t file_bytes = 0;
    H5Fget_filesize(reader->file, &file_bytes);
    struct texts_room room = {.left = (size_t)file_bytes};
    char **stored = calloc(count + 1, sizeof *stored), **texts = calloc(count + 1, sizeof *texts);
    if (stored == NULL || texts == NULL)
        no_memory(reader);
    else if (count > 0 && !texts_fetch(dataset, &room, stored))
        reader_fail(reader, "cannot read variable %s: the file is damaged", name);
    for (size_t i = 0; stored != NULL && texts != NULL && reader->status == ABSCOPAL_OK && i < count; i++) {
        texts[i] = strdup(stored[i] != NULL ? stored[i] : "");
        if (texts[i] == NULL)
            no_memory(reader);
    }
    room_free(&room);
    free(stored);
    H5Sclose(space);
    if (reader->status == ABSCOPAL_OK)
        return texts;
    reader_texts_free(texts);
    return NULL;
}
