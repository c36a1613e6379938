/* Changes of an HDF5 file through HDF5: a small language of bytes, of which any text is one. */
#include <hdf5.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "hdf5_files.h"

enum { MOST_CHANGES = 6, NAME_SIZE = 64, MOST_VALUES = 1 << 16 };

struct changes {
    const uint8_t *data;
    size_t size, place;
    hid_t file;
};

static unsigned next(struct changes *changes)
{
    return changes->place < changes->size ? changes->data[changes->place++] : 0;
}

static unsigned next_wide(struct changes *changes)
{
    const unsigned low = next(changes);
    return low | next(changes) << 8;
}

/* The name of a variable or an attribute; "" where there are none. */
static void name_choose(struct changes *changes, bool attribute, char *name)
{
    H5G_info_t group = {.nlinks = 0};
    H5O_info_t root = {.num_attrs = 0};
    const unsigned which = next(changes);
    name[0] = '\0';
    H5Gget_info(changes->file, &group);
    H5Oget_info2(changes->file, &root, H5O_INFO_NUM_ATTRS);
    const hsize_t count = attribute ? root.num_attrs : group.nlinks;
    if (count > 0 && attribute)
        H5Aget_name_by_idx(changes->file, ".", H5_INDEX_NAME, H5_ITER_INC, which % count, name, NAME_SIZE, H5P_DEFAULT);
    else if (count > 0)
        H5Lget_name_by_idx(changes->file, ".", H5_INDEX_NAME, H5_ITER_INC, which % count, name, NAME_SIZE, H5P_DEFAULT);
}

/* ---- Values ----------------------------------------------------------------------------------------- */

static double number_choose(struct changes *changes)
{
    static const double telling[] = {0,           1,     -1,  2,     3,    6,     7,    8,  127, -128, 1e9, 2147483648,
                                     -2147483649, 1e-30, 0.5, 1e308, 1e18, -1e18, 1e-6, 25, 400, 1e5,  12,  20};
    enum { TELLING = sizeof telling / sizeof *telling };
    const unsigned which = next(changes);
    if (which < TELLING)
        return telling[which];
    return which == TELLING ? (double)NAN : which == TELLING + 1 ? (double)INFINITY : (double)which - 128;
}

/* One value, or those from there on. */
static void numbers_change(struct changes *changes, hid_t dataset, size_t count)
{
    double *values = calloc(count + 1, sizeof *values);
    const size_t first = count > 0 ? next_wide(changes) % count : 0, many = next(changes);
    const double number = number_choose(changes);
    if (values != NULL && H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0) {
        for (size_t i = first; i < count && i <= first + (many > 200 ? count : many % 8); i++)
            values[i] = number;
        H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    }
    free(values);
}

/* A piece of a text becomes another, which the bytes have. */
static char *text_change(struct changes *changes, const char *text)
{
    const size_t length = strlen(text), at = length > 0 ? next_wide(changes) % length : 0;
    size_t cut = next(changes) % 32, added = next(changes) % 32;
    cut = cut > length - at ? length - at : cut;
    char *other = malloc(length + added + 1);
    if (other == NULL)
        return NULL;
    memcpy(other, text, at);
    size_t end = at;
    for (; added > 0; added--)
        other[end++] = (char)(next(changes) | (changes->place >= changes->size));
    memcpy(other + end, text + at + cut, length - at - cut + 1);
    return other;
}

static void texts_change(struct changes *changes, hid_t dataset, size_t count)
{
    const hid_t type = H5Tcopy(H5T_C_S1), space = H5Dget_space(dataset);
    char **texts = calloc(count + 1, sizeof *texts);
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    if (texts != NULL && count > 0 && H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts) >= 0) {
        char **text = &texts[next(changes) % count];
        char *before = *text, *other = text_change(changes, before != NULL ? before : "");
        *text = other;
        H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts);
        *text = before;
        free(other);
        H5Dvlen_reclaim(type, space, H5P_DEFAULT, texts);
    }
    free(texts);
    H5Sclose(space);
    H5Tclose(type);
}

static void values_change(struct changes *changes, const char *name)
{
    const hid_t dataset = H5Dopen2(changes->file, name, H5P_DEFAULT);
    const hid_t space = H5Dget_space(dataset), type = H5Dget_type(dataset);
    const hssize_t count = H5Sget_simple_extent_npoints(space);
    const H5T_class_t class = H5Tget_class(type);
    if (count >= 0 && count <= MOST_VALUES && (class == H5T_FLOAT || class == H5T_INTEGER))
        numbers_change(changes, dataset, (size_t)count);
    else if (count >= 0 && count <= MOST_VALUES && class == H5T_STRING && H5Tis_variable_str(type) > 0)
        texts_change(changes, dataset, (size_t)count);
    H5Tclose(type);
    H5Sclose(space);
    H5Dclose(dataset);
}

/* ---- Types and extents ------------------------------------------------------------------------------ */

/* To be closed. */
static hid_t type_choose(struct changes *changes)
{
    static const hid_t *const numbers[] = {&H5T_IEEE_F64LE_g, &H5T_IEEE_F32LE_g, &H5T_STD_I64LE_g, &H5T_STD_I8LE_g,
                                           &H5T_STD_U64LE_g,  &H5T_IEEE_F64BE_g, &H5T_STD_I32BE_g, &H5T_STD_REF_OBJ_g,
                                           &H5T_STD_B8LE_g,   &H5T_UNIX_D64LE_g};
    enum { NUMBERS = sizeof numbers / sizeof *numbers };
    const unsigned which = next(changes) % (NUMBERS + 6);
    if (which < NUMBERS)
        return H5Tcopy(*numbers[which]);
    const hsize_t two = 2;
    hid_t type = H5Tcopy(H5T_C_S1);
    if (which < NUMBERS + 2) {
        H5Tset_size(type, H5T_VARIABLE);
        H5Tset_cset(type, which == NUMBERS ? H5T_CSET_UTF8 : H5T_CSET_ASCII);
    } else if (which == NUMBERS + 2) {
        H5Tset_size(type, 1 + next(changes));
    } else {
        H5Tclose(type);
        type = which == NUMBERS + 3   ? H5Tvlen_create(H5T_IEEE_F64LE)
               : which == NUMBERS + 4 ? H5Tarray_create2(H5T_IEEE_F64LE, 1, &two)
                                      : H5Tcreate(H5T_COMPOUND, sizeof(double));
        if (which > NUMBERS + 4)
            H5Tinsert(type, "a", 0, H5T_NATIVE_DOUBLE);
    }
    return type;
}

static hsize_t extent_choose(struct changes *changes)
{
    static const hsize_t telling[] = {0, 1, 2, 3, 4, 5, 12, 1000, 70000, 1000000, 1000000000, 1000000000000};
    return telling[next(changes) % (sizeof telling / sizeof *telling)];
}

static hid_t space_choose(struct changes *changes, int *rank, hsize_t *extent)
{
    const unsigned which = next(changes) % 8;
    *rank = which < 6 ? (int)which : 0;
    for (int i = 0; i < *rank; i++)
        extent[i] = extent_choose(changes);
    return which == 7   ? H5Screate(H5S_NULL)
           : *rank == 0 ? H5Screate(H5S_SCALAR)
                        : H5Screate_simple(*rank, extent, NULL);
}

static hid_t properties_choose(struct changes *changes, int rank, const hsize_t *extent)
{
    const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
    const unsigned which = next(changes);
    hsize_t chunk[8];
    for (int i = 0; i < rank; i++)
        chunk[i] = extent[i] == 0 ? 1 : extent[i] > 1000 ? 1000 : extent[i];
    if (rank > 0 && (which & 1) != 0) {
        H5Pset_chunk(properties, rank, chunk);
        if ((which & 2) != 0)
            H5Pset_deflate(properties, 4);
        if ((which & 4) != 0)
            H5Pset_fletcher32(properties);
        if ((which & 8) != 0)
            H5Pset_shuffle(properties);
    } else if ((which & 2) != 0) {
        H5Pset_layout(properties, H5D_COMPACT);
    } else if ((which & 4) != 0) {
        H5Pset_external(properties, "/etc/passwd", 0, H5F_UNLIMITED);
    }
    if ((which & 16) != 0)
        H5Pset_alloc_time(properties, H5D_ALLOC_TIME_EARLY);
    return properties;
}

/* Of the same extent, when it says so, and type; with values of 0. */
static void variable_replace(struct changes *changes, const char *name)
{
    const unsigned kept = next(changes);
    const hid_t old = H5Dopen2(changes->file, name, H5P_DEFAULT);
    hsize_t extent[H5S_MAX_RANK] = {0}, product = 1;
    int rank = 0;
    hid_t space = (kept & 1) != 0 ? H5Dget_space(old) : space_choose(changes, &rank, extent);
    if ((kept & 1) != 0)
        rank = H5Sget_simple_extent_dims(space, extent, NULL);
    const hid_t type = (kept & 2) != 0 ? H5Dget_type(old) : type_choose(changes);
    H5Dclose(old);
    for (int i = 0; i < rank; i++)
        product = extent[i] > MOST_VALUES ? MOST_VALUES + 1 : product * extent[i];
    const hid_t properties = properties_choose(changes, rank > 6 ? 0 : rank, extent);
    if (product > MOST_VALUES) /* only claimed: nobody wants to write that much */
        H5Pset_alloc_time(properties, (kept & 4) != 0 ? H5D_ALLOC_TIME_LATE : H5D_ALLOC_TIME_INCR);
    H5Ldelete(changes->file, name, H5P_DEFAULT);
    const hid_t dataset = H5Dcreate2(changes->file, name, type, space, H5P_DEFAULT, properties, H5P_DEFAULT);
    if (dataset >= 0 && product <= MOST_VALUES && H5Tget_class(type) == H5T_FLOAT) {
        double *zeros = calloc(product + 1, sizeof *zeros);
        if (zeros != NULL)
            H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, zeros);
        free(zeros);
    }
    if (dataset >= 0)
        H5Dclose(dataset);
    H5Pclose(properties);
    H5Tclose(type);
    H5Sclose(space);
}

/* ---- Links and attributes --------------------------------------------------------------------------- */

static void link_replace(struct changes *changes, const char *name)
{
    char other[NAME_SIZE];
    const unsigned which = next(changes) % 8;
    name_choose(changes, false, other);
    if (which != 5)
        H5Ldelete(changes->file, name, H5P_DEFAULT);
    if (which == 0)
        H5Lcreate_soft(other, changes->file, name, H5P_DEFAULT, H5P_DEFAULT);
    else if (which == 1)
        H5Lcreate_external("/etc/passwd", "/", changes->file, name, H5P_DEFAULT, H5P_DEFAULT);
    else if (which == 2)
        H5Gclose(H5Gcreate2(changes->file, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    else if (which == 3)
        H5Lcreate_hard(changes->file, other, changes->file, name, H5P_DEFAULT, H5P_DEFAULT);
    else if (which == 4)
        H5Lcreate_hard(changes->file, "/", changes->file, name, H5P_DEFAULT, H5P_DEFAULT);
    else if (which == 5)
        H5Ocopy(changes->file, name, changes->file, "copy", H5P_DEFAULT, H5P_DEFAULT);
    else if (which == 6)
        H5Lmove(changes->file, other, changes->file, name, H5P_DEFAULT, H5P_DEFAULT);
}

/* Of the file or of a variable. */
static void attribute_change(struct changes *changes, bool of_variable)
{
    static const char *const known[] = {
        "DIMENSION_LIST", "REFERENCE_LIST", "CLASS",         "NAME",       "units",           "long_name",
        "kind",           "flag_values",    "flag_meanings", "_FillValue", "sampled_patients"};
    char name[NAME_SIZE], variable[NAME_SIZE];
    hsize_t extent[H5S_MAX_RANK] = {0};
    int rank = 0;
    name_choose(changes, false, variable);
    const hid_t object =
        of_variable ? H5Oopen(changes->file, variable, H5P_DEFAULT) : H5Oopen(changes->file, "/", H5P_DEFAULT);
    if (of_variable || (next(changes) & 7) == 0)
        snprintf(name, sizeof name, "%s", known[next(changes) % (sizeof known / sizeof *known)]);
    else
        name_choose(changes, true, name);
    H5Adelete(object, name);
    if ((next(changes) & 3) != 0) {
        char bytes[512];
        const hid_t type = type_choose(changes);
        const hid_t space = (next(changes) & 3) != 0 ? H5Screate(H5S_SCALAR) : space_choose(changes, &rank, extent);
        const hssize_t count = H5Sget_simple_extent_npoints(space);
        for (size_t i = 0; i < sizeof bytes; i++)
            bytes[i] = (char)next(changes);
        const hid_t attribute = count >= 0 && count <= 16
                                    ? H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT)
                                    : H5I_INVALID_HID;
        if (attribute >= 0 && H5Tdetect_class(type, H5T_VLEN) <= 0 && H5Tis_variable_str(type) <= 0 &&
            H5Tget_size(type) * (size_t)count <= sizeof bytes)
            H5Awrite(attribute, type, bytes);
        if (attribute >= 0)
            H5Aclose(attribute);
        H5Sclose(space);
        H5Tclose(type);
    }
    H5Oclose(object);
}

static void change(struct changes *changes)
{
    char name[NAME_SIZE];
    const unsigned which = next(changes) % 12;
    if (which >= 8 && which <= 9) {
        attribute_change(changes, which == 9);
        return;
    }
    name_choose(changes, false, name);
    if (name[0] == '\0')
        return;
    if (which < 5)
        values_change(changes, name);
    else if (which == 5)
        H5Ldelete(changes->file, name, H5P_DEFAULT);
    else if (which == 6)
        variable_replace(changes, name);
    else if (which == 7)
        link_replace(changes, name);
    else
        values_change(changes, which == 10 ? "trial_text" : "cohort_text");
}

const char *hdf5_file_changed(enum hdf5_base base, const uint8_t *data, size_t size)
{
    size_t bytes_size;
    const uint8_t *bytes = hdf5_base_bytes(base, &bytes_size);
    const char *path = fuzz_file("made/changed.h5", bytes, bytes_size);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fclose_degree(access, H5F_CLOSE_STRONG); /* whatever a change leaves open */
    struct changes changes = {.data = data, .size = size, .file = H5Fopen(path, H5F_ACC_RDWR, access)};
    H5Pclose(access);
    if (changes.file < 0)
        abort();
    for (int i = 0; i < MOST_CHANGES && changes.place < size; i++)
        change(&changes);
    H5Fclose(changes.file);
    return path;
}
