#include "results/hdf5_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "protocols/error.h"
#include "results/hdf5_layout.h"
#include "results/hdf5_texts.h"

void reader_fail(struct hdf5_reader *reader, const char *format, ...)
{
    if (reader->status != ABSCOPAL_OK)
        return;
    va_list arguments;
    va_start(arguments, format);
    reader->status = error_set_list(reader->error, ABSCOPAL_BAD_INPUT, reader->path, 0, 0, format, arguments);
    va_end(arguments);
}

static void *allocate(struct hdf5_reader *reader, size_t count, size_t size)
{
    void *memory = reader->status == ABSCOPAL_OK ? calloc(count + 1, size) : NULL;
    if (memory == NULL && reader->status == ABSCOPAL_OK)
        reader->status = error_no_memory(reader->error);
    return memory;
}

/* ---- Attributes ------------------------------------------------------------------------------------- */

char *reader_text_attribute(struct hdf5_reader *reader, const char *name, const char *otherwise)
{
    return reader_text_attribute_of(reader, reader->file, name, otherwise);
}

char *reader_text_attribute_of(struct hdf5_reader *reader, hid_t object, const char *name, const char *otherwise)
{
    enum { LONGEST = 1 << 16 };
    if (reader->status != ABSCOPAL_OK)
        return NULL;
    if (H5Aexists(object, name) <= 0)
        return strdup(otherwise);
    const hid_t attribute = H5Aopen(object, name, H5P_DEFAULT), type = H5Aget_type(attribute);
    const hid_t space = H5Aget_space(attribute);
    const size_t size = H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) == 0 ? H5Tget_size(type) : 0;
    char *text = NULL;
    if (size == 0 || size > LONGEST || H5Sget_simple_extent_npoints(space) != 1 ||
        H5Aget_storage_size(attribute) != size)
        reader_fail(reader, "attribute %s is not a text as abscopal writes it", name);
    else
        text = allocate(reader, size, 1);
    if (text != NULL && H5Aread(attribute, type, text) < 0)
        reader_fail(reader, "cannot read attribute %s", name);
    H5Sclose(space);
    H5Tclose(type);
    H5Aclose(attribute);
    if (reader->status == ABSCOPAL_OK)
        return text;
    free(text);
    return NULL;
}

bool reader_has_attribute(const struct hdf5_reader *reader, const char *name)
{
    return reader->status == ABSCOPAL_OK && H5Aexists(reader->file, name) > 0;
}

/* The one number of an attribute, in the type of memory. */
static void number_attribute(struct hdf5_reader *reader, const char *name, H5T_class_t class, hid_t memory_type,
                             void *value)
{
    if (reader->status != ABSCOPAL_OK)
        return;
    const hid_t attribute = H5Aexists(reader->file, name) > 0 ? H5Aopen(reader->file, name, H5P_DEFAULT) : -1;
    const hid_t space = attribute >= 0 ? H5Aget_space(attribute) : -1;
    const hid_t type = attribute >= 0 ? H5Aget_type(attribute) : -1;
    if (attribute < 0 || H5Sget_simple_extent_npoints(space) != 1 || H5Tget_class(type) != class ||
        !hdf5_type_is_ours(type) || H5Aread(attribute, memory_type, value) < 0)
        reader_fail(reader, "attribute %s is missing or no number: was the file written by another version?", name);
    if (attribute >= 0) {
        H5Tclose(type);
        H5Sclose(space);
        H5Aclose(attribute);
    }
}

double reader_real_attribute(struct hdf5_reader *reader, const char *name)
{
    double value = 0;
    number_attribute(reader, name, H5T_FLOAT, H5T_NATIVE_DOUBLE, &value);
    return value;
}

uint64_t reader_unsigned_attribute(struct hdf5_reader *reader, const char *name)
{
    uint64_t value = 0;
    number_attribute(reader, name, H5T_INTEGER, H5T_NATIVE_UINT64, &value);
    return value;
}

/* ---- Variables -------------------------------------------------------------------------------------- */

static const struct result_variable *variable_find(const char *name)
{
    size_t count;
    const struct result_variable *variables = result_variables(&count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(variables[i].name, name) == 0)
            return &variables[i];
    return NULL;
}

/* Byte for byte as it is written. */
static bool has_type(hid_t dataset, enum value_type wanted)
{
    const hid_t type = H5Dget_type(dataset);
    bool good = false;
    switch (wanted) {
    case VALUE_REAL:
        good = H5Tequal(type, H5T_IEEE_F64LE) > 0;
        break;
    case VALUE_REAL32:
        good = H5Tequal(type, H5T_IEEE_F32LE) > 0;
        break;
    case VALUE_INTEGER:
        good = H5Tequal(type, H5T_STD_I64LE) > 0;
        break;
    case VALUE_FLAG:
        good = H5Tequal(type, H5T_STD_I8LE) > 0;
        break;
    case VALUE_TEXT:
        good = H5Tget_class(type) == H5T_STRING && hdf5_type_is_ours(type);
        break;
    }
    H5Tclose(type);
    return good;
}

/* Opens the variable's dataset; -1, having failed, when it is not as it must be. */
static hid_t dataset_open(struct hdf5_reader *reader, const struct result_variable *variable)
{
    if (reader->status != ABSCOPAL_OK)
        return -1;
    const hid_t dataset = H5Lexists(reader->file, variable->name, H5P_DEFAULT) > 0
                              ? H5Dopen2(reader->file, variable->name, H5P_DEFAULT)
                              : -1;
    if (dataset < 0) {
        reader_fail(reader, "there is no variable %s: was the file written by another version?", variable->name);
        return -1;
    }
    const hid_t space = H5Dget_space(dataset);
    hsize_t extent[H5S_MAX_RANK] = {0};
    bool good = has_type(dataset, variable->type) && H5Sget_simple_extent_ndims(space) == variable->shape->rank &&
                H5Sget_simple_extent_dims(space, extent, NULL) == variable->shape->rank;
    for (int i = 0; good && i < variable->shape->rank; i++)
        good = extent[i] == reader->sizes[variable->shape->dimensions[i]];
    H5Sclose(space);
    if (good)
        return dataset;
    H5Dclose(dataset);
    reader_fail(reader, "variable %s has other dimensions or another type than abscopal gives it", variable->name);
    return -1;
}

static hid_t memory_type_of(enum value_type type)
{
    switch (type) {
    case VALUE_REAL:
        return H5T_NATIVE_DOUBLE;
    case VALUE_REAL32:
        return H5T_NATIVE_FLOAT;
    case VALUE_INTEGER:
        return H5T_NATIVE_INT64;
    case VALUE_FLAG:
        return H5T_NATIVE_SCHAR;
    case VALUE_TEXT:
        break;
    }
    return H5I_INVALID_HID;
}

void *reader_numbers(struct hdf5_reader *reader, const struct result_variable *variable, size_t arm)
{
    const struct shape *shape = variable->shape;
    const size_t size = value_size(variable->type);
    const hid_t dataset = dataset_open(reader, variable);
    if (dataset < 0)
        return NULL;
    hsize_t start[MAX_RANK] = {0}, count[MAX_RANK] = {0};
    size_t values = 1;
    bool fits = true;
    for (int i = 0; i < shape->rank; i++) {
        const bool is_arm = shape->dimensions[i] == DIMENSION_ARM;
        start[i] = is_arm ? arm : 0;
        count[i] = is_arm ? 1 : reader->sizes[shape->dimensions[i]];
        fits = fits && !__builtin_mul_overflow(values, (size_t)count[i], &values);
    }
    fits = fits && values < SIZE_MAX / size - 1;
    void *memory = allocate(reader, fits ? values : SIZE_MAX / size - 1, size);
    const hid_t from = H5Dget_space(dataset), to = H5Screate_simple(shape->rank, count, NULL);
    if (memory != NULL && values > 0 &&
        (H5Sselect_hyperslab(from, H5S_SELECT_SET, start, NULL, count, NULL) < 0 ||
         H5Dread(dataset, memory_type_of(variable->type), to, from, H5P_DEFAULT, memory) < 0))
        reader_fail(reader, "cannot read variable %s: the file is damaged", variable->name);
    H5Sclose(to);
    H5Sclose(from);
    H5Dclose(dataset);
    if (reader->status == ABSCOPAL_OK)
        return memory;
    free(memory);
    return NULL;
}

double *reader_reals(struct hdf5_reader *reader, const char *name, size_t arm)
{
    return reader_numbers(reader, variable_find(name), arm);
}

int64_t *reader_integers(struct hdf5_reader *reader, const char *name, size_t arm)
{
    return reader_numbers(reader, variable_find(name), arm);
}

float *reader_reals32(struct hdf5_reader *reader, const char *name, size_t arm)
{
    return reader_numbers(reader, variable_find(name), arm);
}

signed char *reader_flags(struct hdf5_reader *reader, const char *name, size_t arm)
{
    return reader_numbers(reader, variable_find(name), arm);
}

char **reader_texts(struct hdf5_reader *reader, const char *name)
{
    const struct result_variable *variable = variable_find(name);
    const hid_t dataset = dataset_open(reader, variable);
    if (dataset < 0)
        return NULL;
    char **texts = hdf5_texts_read(reader, dataset, name);
    H5Dclose(dataset);
    return texts;
}

void reader_texts_free(char **texts)
{
    for (char **text = texts; text != NULL && *text != NULL; text++)
        free(*text);
    free(texts);
}

/* ---- The file --------------------------------------------------------------------------------------- */

static void check_source(struct hdf5_reader *reader)
{
    static const char *const program = "abscopal ";
    char *source = reader_text_attribute(reader, "source", "");
    if (source == NULL || strncmp(source, program, strlen(program)) != 0)
        reader_fail(reader, "not a result file of abscopal: write one with 'abscopal run TRIAL -o OUT.h5'");
    free(source);
}

/* Files of sweeps say what they are. */
static void check_trial(struct hdf5_reader *reader)
{
    if (reader_has_attribute(reader, "kind"))
        reader_fail(reader, "holds a sweep or a search, not the results of a trial: see 'abscopal report'");
}

/* The size of each dimension is that of the variable of its name. */
static void read_sizes(struct hdf5_reader *reader)
{
    size_t count;
    const struct result_variable *variables = result_variables(&count);
    for (size_t i = 0; i < DIMENSION_COUNT && reader->status == ABSCOPAL_OK; i++) {
        if (shape_is_optional(variables[i].shape) && H5Lexists(reader->file, variables[i].name, H5P_DEFAULT) <= 0)
            continue; /* a size of 0 */
        const hid_t dataset = H5Lexists(reader->file, variables[i].name, H5P_DEFAULT) > 0
                                  ? H5Dopen2(reader->file, variables[i].name, H5P_DEFAULT)
                                  : -1;
        const hid_t space = dataset >= 0 ? H5Dget_space(dataset) : -1;
        hsize_t extent = 0;
        if (space < 0 || H5Sget_simple_extent_ndims(space) != 1 ||
            H5Sget_simple_extent_dims(space, &extent, NULL) != 1 || extent > SIZE_MAX / sizeof(double))
            reader_fail(reader, "there is no variable %s with one dimension", variables[i].name);
        reader->sizes[variables[i].shape->dimensions[0]] = (size_t)extent;
        if (space >= 0)
            H5Sclose(space);
        if (dataset >= 0)
            H5Dclose(dataset);
    }
}

/* Every variable that the file must have, before room is made for what it claims. */
static void variables_check(struct hdf5_reader *reader)
{
    size_t count;
    const struct result_variable *variables = result_variables(&count);
    for (size_t i = 0; i < count && reader->status == ABSCOPAL_OK; i++) {
        bool is_there = true;
        for (int k = 0; k < variables[i].shape->rank; k++) {
            const enum dimension dimension = variables[i].shape->dimensions[k];
            is_there = is_there && (!dimension_is_optional(dimension) || reader->sizes[dimension] > 0);
        }
        const hid_t dataset = is_there ? dataset_open(reader, &variables[i]) : H5I_INVALID_HID;
        if (dataset >= 0)
            H5Dclose(dataset);
    }
}

enum abscopal_status reader_open(struct hdf5_reader *reader, const char *path, struct abscopal_error *error)
{
    if (reader_open_any(reader, path, error) == ABSCOPAL_OK)
        check_trial(reader);
    read_sizes(reader);
    variables_check(reader);
    return reader->status;
}

enum abscopal_status reader_open_any(struct hdf5_reader *reader, const char *path, struct abscopal_error *error)
{
    reader_open_unchecked(reader, path, error);
    hdf5_layout_check(reader);
    return reader->status;
}

/* HDF5 would wait for ever at a pipe, and does not say why it cannot open a file. */
static void check_readable(struct hdf5_reader *reader)
{
    struct stat about;
    const int descriptor = open(reader->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0 || fstat(descriptor, &about) != 0)
        reader_fail(reader, "cannot read: %s", strerror(errno));
    else if (!S_ISREG(about.st_mode))
        reader_fail(reader, "is %s: name a file that 'abscopal run TRIAL -o OUT.h5' has written",
                    S_ISDIR(about.st_mode)                               ? "a folder"
                    : S_ISFIFO(about.st_mode) || S_ISSOCK(about.st_mode) ? "a pipe"
                                                                         : "a device");
    if (descriptor >= 0)
        close(descriptor);
}

enum abscopal_status reader_open_unchecked(struct hdf5_reader *reader, const char *path, struct abscopal_error *error)
{
    *reader = (struct hdf5_reader){.file = -1, .path = path, .error = error};
    H5Eget_auto2(H5E_DEFAULT, &reader->print, &reader->print_data);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    /* A file could name any filter, for which HDF5 would look for a library to load. */
    H5PLget_loading_state(&reader->plugins);
    H5PLset_loading_state(0);
    check_readable(reader);
    if (reader->status != ABSCOPAL_OK)
        return reader->status;
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
    if (H5Fis_hdf5(path) > 0)
        reader->file = H5Fopen(path, H5F_ACC_RDONLY, access);
    H5Pclose(access);
    if (reader->file < 0)
        reader_fail(reader, "not an HDF5 file, or a damaged one: write one with 'abscopal run TRIAL -o OUT.h5'");
    check_source(reader);
    return reader->status;
}

void reader_close(struct hdf5_reader *reader)
{
    if (reader->file >= 0)
        H5Fclose(reader->file);
    H5PLset_loading_state(reader->plugins);
    H5Eset_auto2(H5E_DEFAULT, reader->print, reader->print_data);
}
