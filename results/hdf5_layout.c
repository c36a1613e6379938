#include "results/hdf5_layout.h"

enum { MOST_VARIABLES = 4096, MOST_ATTRIBUTES = 256, MOST_FILTERS = 2 };

/* A variable's dataset. */
struct layout {
    hid_t dataset, properties;
    const char *name;
    int rank;
    hsize_t extent[H5S_MAX_RANK];
    hsize_t value_bytes; /* in the file */
    hsize_t bytes;       /* of all values */
    bool deflated;
};

/* False on overflow. */
static bool multiply(hsize_t *product, hsize_t factor)
{
    return !__builtin_mul_overflow(*product, factor, product);
}

/* ---- Types ------------------------------------------------------------------------------------------ */

bool hdf5_type_is_ours(hid_t type)
{
    const hid_t numbers[] = {H5T_IEEE_F64LE, H5T_IEEE_F32LE, H5T_STD_I8LE,  H5T_STD_I16LE, H5T_STD_I32LE,
                             H5T_STD_I64LE,  H5T_STD_U8LE,   H5T_STD_U16LE, H5T_STD_U32LE, H5T_STD_U64LE};
    if (H5Tget_class(type) == H5T_STRING)
        return H5Tis_variable_str(type) > 0 && H5Tget_cset(type) == H5T_CSET_UTF8;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (H5Tequal(type, numbers[i]) > 0)
            return true;
    return false;
}

static void type_check(struct hdf5_reader *reader, struct layout *layout)
{
    enum { TEXT_BYTES = 16 }; /* length, address and index of a text of any length */
    const hid_t type = H5Dget_type(layout->dataset);
    if (!hdf5_type_is_ours(type))
        reader_fail(reader, "variable %s has a type that abscopal does not write", layout->name);
    else
        layout->value_bytes = H5Tget_class(type) == H5T_STRING ? TEXT_BYTES : H5Tget_size(type);
    H5Tclose(type);
}

static void extent_check(struct hdf5_reader *reader, struct layout *layout)
{
    const hid_t space = H5Dget_space(layout->dataset);
    const H5S_class_t class = H5Sget_simple_extent_type(space);
    layout->rank = class == H5S_SIMPLE || class == H5S_SCALAR ? H5Sget_simple_extent_ndims(space) : -1;
    bool good = layout->rank >= 0 && layout->rank <= H5S_MAX_RANK &&
                H5Sget_simple_extent_dims(space, layout->extent, NULL) == layout->rank;
    layout->bytes = layout->value_bytes;
    for (int i = 0; good && i < layout->rank; i++)
        good = multiply(&layout->bytes, layout->extent[i]);
    if (!good)
        reader_fail(reader, "variable %s has dimensions that no file can have", layout->name);
    H5Sclose(space);
}

/* ---- Where values are ------------------------------------------------------------------------------- */

/* Shuffle and deflate, each at most once: twice deflated, a byte could become a million. */
static void filters_check(struct hdf5_reader *reader, struct layout *layout)
{
    const int count = H5Pget_nfilters(layout->properties);
    bool shuffled = false, good = count >= 0 && count <= MOST_FILTERS;
    for (int i = 0; good && i < count; i++) {
        unsigned flags = 0, configuration = 0;
        size_t values = 0;
        const H5Z_filter_t filter =
            H5Pget_filter2(layout->properties, (unsigned)i, &flags, &values, NULL, 0, NULL, &configuration);
        bool *seen = filter == H5Z_FILTER_SHUFFLE ? &shuffled : filter == H5Z_FILTER_DEFLATE ? &layout->deflated : NULL;
        good = seen != NULL && !*seen;
        if (good)
            *seen = true;
    }
    if (!good)
        reader_fail(reader, "variable %s is compressed otherwise than by shuffle and deflate", layout->name);
}

static void claim_refuse(struct hdf5_reader *reader, const struct layout *layout, hsize_t stored)
{
    reader_fail(reader, "variable %s claims %llu bytes and has %llu in the file: the file is damaged", layout->name,
                (unsigned long long)layout->bytes, (unsigned long long)stored);
}

/* In one piece, or within the description of the variable. */
static void piece_check(struct hdf5_reader *reader, const struct layout *layout, hsize_t *left)
{
    const hsize_t stored = H5Dget_storage_size(layout->dataset);
    if (stored < layout->bytes || stored > *left)
        claim_refuse(reader, layout, stored);
    else
        *left -= stored;
}

/* Every chunk is there, and has neither more nor less in the file than deflate can make of it. */
static void chunks_check(struct hdf5_reader *reader, const struct layout *layout, const hsize_t *chunk,
                         hsize_t chunk_bytes, hsize_t *left)
{
    const hsize_t most = layout->deflated ? chunk_bytes + chunk_bytes / 1000 + 64 : chunk_bytes;
    hsize_t place[H5S_MAX_RANK] = {0};
    for (int axis = 0; axis >= 0;) {
        hsize_t stored = 0;
        if (H5Dget_chunk_storage_size(layout->dataset, place, &stored) < 0 || stored == 0 || stored > most ||
            stored > *left || chunk_bytes / (layout->deflated ? MOST_INFLATED : 1) > stored) {
            reader_fail(reader, "variable %s has a part of %llu bytes that stands for %llu: the file is damaged",
                        layout->name, (unsigned long long)stored, (unsigned long long)chunk_bytes);
            return;
        }
        *left -= stored;
        for (axis = layout->rank - 1; axis >= 0; axis--) { /* the next place, as an odometer goes on */
            place[axis] += chunk[axis];
            if (place[axis] < layout->extent[axis])
                break;
            place[axis] = 0;
        }
    }
}

static void chunked_check(struct hdf5_reader *reader, const struct layout *layout, hsize_t *left)
{
    hsize_t chunk[H5S_MAX_RANK] = {0}, chunk_bytes = layout->value_bytes, count = 1;
    bool good = layout->rank > 0 && H5Pget_chunk(layout->properties, layout->rank, chunk) == layout->rank;
    for (int i = 0; good && i < layout->rank; i++)
        good = chunk[i] > 0 && multiply(&chunk_bytes, chunk[i]) &&
               multiply(&count, (layout->extent[i] + chunk[i] - 1) / chunk[i]);
    /* Each of them takes a byte. */
    if (!good || count > *left || chunk_bytes / MOST_INFLATED > *left)
        claim_refuse(reader, layout, *left);
    else
        chunks_check(reader, layout, chunk, chunk_bytes, left);
}

static void storage_check(struct hdf5_reader *reader, struct layout *layout, hsize_t *left)
{
    const H5D_layout_t kind = H5Pget_layout(layout->properties);
    if (H5Pget_external_count(layout->properties) != 0) {
        reader_fail(reader, "variable %s is stored in another file, which is not read", layout->name);
        return;
    }
    if (kind != H5D_COMPACT && kind != H5D_CONTIGUOUS && kind != H5D_CHUNKED) {
        reader_fail(reader, "variable %s is made of other variables or files, which are not read", layout->name);
        return;
    }
    filters_check(reader, layout);
    if (reader->status != ABSCOPAL_OK || layout->bytes == 0)
        return;
    if (kind == H5D_CHUNKED)
        chunked_check(reader, layout, left);
    else
        piece_check(reader, layout, left);
}

/* ---- The file --------------------------------------------------------------------------------------- */

struct checked {
    struct hdf5_reader *reader;
    hsize_t left; /* bytes of the file that no variable has claimed yet */
};

/* Called for each link of the file; goes on after 0. */
static herr_t variable_check(hid_t file, const char *name, const H5L_info_t *link, void *checked_pointer)
{
    struct checked *checked = checked_pointer;
    struct hdf5_reader *reader = checked->reader;
    if (link->type != H5L_TYPE_HARD) {
        reader_fail(reader, "%s is a link to somewhere else, which is not followed", name);
        return 1;
    }
    const hid_t object = H5Oopen(file, name, H5P_DEFAULT);
    if (object < 0) {
        reader_fail(reader, "variable %s cannot be opened: the file is damaged", name);
    } else if (H5Iget_type(object) != H5I_DATASET) {
        reader_fail(reader, "%s is no variable: abscopal writes nothing else", name);
    } else {
        struct layout layout = {.dataset = object, .properties = H5Dget_create_plist(object), .name = name};
        type_check(reader, &layout);
        if (reader->status == ABSCOPAL_OK)
            extent_check(reader, &layout);
        if (reader->status == ABSCOPAL_OK)
            storage_check(reader, &layout, &checked->left);
        H5Pclose(layout.properties);
    }
    if (object >= 0)
        H5Oclose(object);
    return reader->status == ABSCOPAL_OK ? 0 : 1;
}

void hdf5_layout_check(struct hdf5_reader *reader)
{
    H5G_info_t group = {.nlinks = 0};
    H5O_info_t root = {.num_attrs = 0};
    struct checked checked = {.reader = reader};
    if (reader->status != ABSCOPAL_OK)
        return;
    if (H5Fget_filesize(reader->file, &checked.left) < 0 || H5Gget_info(reader->file, &group) < 0 ||
        H5Oget_info2(reader->file, &root, H5O_INFO_NUM_ATTRS) < 0 || group.nlinks > MOST_VARIABLES ||
        root.num_attrs > MOST_ATTRIBUTES)
        reader_fail(reader, "has %llu variables and %llu attributes: the file is damaged",
                    (unsigned long long)group.nlinks, (unsigned long long)root.num_attrs);
    else if (H5Literate(reader->file, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, variable_check, &checked) < 0)
        reader_fail(reader, "has a list of variables that cannot be read: the file is damaged");
}
