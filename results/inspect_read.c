#include "results/inspect_read.h"

#include <hdf5_hl.h>
#include <stdlib.h>
#include <string.h>

#include "results/hdf5_texts.h"
#include "results/json_value.h"

enum { NAME_SIZE = 256 };

/* ---- Attributes ------------------------------------------------------------------------------------- */

/* Of a file that may have bytes that are no UTF-8. */
static json_t *text_json(const char *text)
{
    json_t *value = json_string(text != NULL ? text : "");
    return value != NULL ? value : json_string("(not UTF-8)");
}

/* A text or a number; null for what abscopal does not write. */
static json_t *attribute_json(struct hdf5_reader *reader, const char *name)
{
    const hid_t attribute = H5Aopen(reader->file, name, H5P_DEFAULT), type = H5Aget_type(attribute);
    const H5T_class_t class = H5Tget_class(type);
    H5Tclose(type);
    H5Aclose(attribute);
    if (class == H5T_INTEGER)
        return json_seed(reader_unsigned_attribute(reader, name));
    if (class == H5T_FLOAT)
        return json_number_or_null(reader_real_attribute(reader, name));
    char *text = class == H5T_STRING ? reader_text_attribute(reader, name, "") : NULL;
    json_t *value = text != NULL ? text_json(text) : json_null();
    free(text);
    return value;
}

/* In the order in which they were written, where the file knows it. */
static json_t *attributes_json(struct hdf5_reader *reader)
{
    json_t *all = json_object();
    H5O_info_t root = {.num_attrs = 0};
    H5Oget_info2(reader->file, &root, H5O_INFO_NUM_ATTRS);
    for (hsize_t i = 0; i < root.num_attrs && reader->status == ABSCOPAL_OK; i++) {
        char name[NAME_SIZE];
        if (H5Aget_name_by_idx(reader->file, ".", H5_INDEX_CRT_ORDER, H5_ITER_INC, i, name, sizeof name, H5P_DEFAULT) <
                0 &&
            H5Aget_name_by_idx(reader->file, ".", H5_INDEX_NAME, H5_ITER_INC, i, name, sizeof name, H5P_DEFAULT) < 0)
            continue;
        json_object_set_new(all, name, attribute_json(reader, name));
    }
    return all;
}

/* ---- Variables -------------------------------------------------------------------------------------- */

static herr_t take_name(hid_t dataset, unsigned axis, hid_t scale, void *name)
{
    (void)dataset, (void)axis;
    H5Iget_name(scale, name, NAME_SIZE);
    return 1; /* the first will do */
}

/* Whether a variable is a scale. HDF5's high-level library says so too, but forgets to close what it found when the
 * mark is no text. */
static bool is_scale(hid_t dataset)
{
    enum { MARK_BYTES = 32 };
    char mark[MARK_BYTES + 1] = "";
    if (H5Aexists(dataset, "CLASS") <= 0)
        return false;
    const hid_t attribute = H5Aopen(dataset, "CLASS", H5P_DEFAULT), type = H5Aget_type(attribute);
    if (H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) == 0 && H5Tget_size(type) <= MARK_BYTES &&
        H5Aget_storage_size(attribute) == H5Tget_size(type))
        H5Aread(attribute, type, mark);
    H5Tclose(type);
    H5Aclose(attribute);
    return strcmp(mark, "DIMENSION_SCALE") == 0;
}

/* Whether the list of scales is one: HDF5's high-level library takes it for that without a look. */
static bool scales_are_there(hid_t dataset)
{
    if (H5Aexists(dataset, "DIMENSION_LIST") <= 0)
        return false;
    const hid_t list = H5Aopen(dataset, "DIMENSION_LIST", H5P_DEFAULT), type = H5Aget_type(list);
    const hid_t space = H5Aget_space(list), axes = H5Dget_space(dataset);
    const hid_t item = H5Tget_class(type) == H5T_VLEN ? H5Tget_super(type) : H5I_INVALID_HID;
    const bool good = item >= 0 && H5Tequal(item, H5T_STD_REF_OBJ) > 0 && H5Sget_simple_extent_ndims(space) == 1 &&
                      H5Sget_simple_extent_npoints(space) == H5Sget_simple_extent_ndims(axes);
    if (item >= 0)
        H5Tclose(item);
    H5Sclose(axes);
    H5Sclose(space);
    H5Tclose(type);
    H5Aclose(list);
    return good;
}

/* The name of a scale of that axis; the variable's own where it is one itself; null where there is none. */
static json_t *dimension_json(hid_t dataset, const char *variable, unsigned axis)
{
    char name[NAME_SIZE] = "";
    if (is_scale(dataset))
        return text_json(variable);
    if (scales_are_there(dataset))
        H5DSiterate_scales(dataset, axis, NULL, take_name, name);
    return name[0] != '\0' ? text_json(name + (name[0] == '/')) : json_null();
}

static const char *type_name(hid_t dataset, hid_t type)
{
    const size_t size = H5Tget_size(type);
    switch (H5Tget_class(type)) {
    case H5T_STRING:
        return "text";
    case H5T_FLOAT:
        return size == sizeof(float) ? "float" : "double";
    case H5T_INTEGER:
        return H5Aexists(dataset, "flag_values") > 0 ? "flag"
               : size == 1                           ? "int8"
               : size == sizeof(int32_t)             ? "int32"
                                                     : "int64";
    default:
        return "other";
    }
}

/* "shuffle, deflate 4"; "" for none. */
static void compression_write(hid_t dataset, char *text, size_t size)
{
    const hid_t properties = H5Dget_create_plist(dataset);
    const int filters = H5Pget_nfilters(properties);
    size_t length = 0;
    text[0] = '\0';
    for (int i = 0; i < filters && length < size; i++) {
        unsigned flags = 0, values[8] = {0}, configuration = 0;
        size_t count = sizeof values / sizeof *values;
        char name[64] = "";
        const H5Z_filter_t filter =
            H5Pget_filter2(properties, (unsigned)i, &flags, &count, values, sizeof name, name, &configuration);
        length += (size_t)snprintf(text + length, size - length, "%s%.40s", i > 0 ? ", " : "", name);
        if (filter == H5Z_FILTER_DEFLATE && count > 0 && length < size)
            length += (size_t)snprintf(text + length, size - length, " %u", values[0]);
    }
    H5Pclose(properties);
}

/* Bytes of texts of any length, each with its final zero; 0 when they cannot be read. */
static hsize_t characters_count(struct hdf5_reader *reader, hid_t dataset, const char *name)
{
    char **texts = hdf5_texts_read(reader, dataset, name);
    hsize_t bytes = 0;
    for (char **text = texts; text != NULL && *text != NULL; text++)
        bytes += strlen(*text) + 1;
    reader_texts_free(texts);
    return bytes;
}

/* Bytes of its values as they are, and in the file. Texts stand there beside the variable's references to them. */
static void bytes_count(struct hdf5_reader *reader, hid_t dataset, const char *name, hsize_t *bytes, hsize_t *stored)
{
    const hid_t space = H5Dget_space(dataset), type = H5Dget_type(dataset);
    const hssize_t points = H5Sget_simple_extent_npoints(space);
    *bytes = points > 0 ? (hsize_t)points * H5Tget_size(type) : 0;
    *stored = H5Dget_storage_size(dataset);
    if (H5Tget_class(type) == H5T_STRING && points > 0) {
        *bytes = characters_count(reader, dataset, name);
        *stored += *bytes;
    }
    H5Tclose(type);
    H5Sclose(space);
}

static json_t *variable_json(struct hdf5_reader *reader, hid_t dataset, const char *name)
{
    enum { MOST_AXES = H5S_MAX_RANK };
    const hid_t space = H5Dget_space(dataset), type = H5Dget_type(dataset);
    hsize_t extent[MOST_AXES] = {0}, bytes, stored;
    char compression[256];
    const int rank = H5Sget_simple_extent_dims(space, extent, NULL);
    json_t *dimensions = json_array(), *sizes = json_array();
    for (int axis = 0; axis < rank; axis++) {
        json_list_add(&dimensions, dimension_json(dataset, name, (unsigned)axis));
        json_list_add(&sizes, json_integer((json_int_t)extent[axis]));
    }
    char *units = reader_text_attribute_of(reader, dataset, "units", "");
    char *meaning = reader_text_attribute_of(reader, dataset, "long_name", "");
    bytes_count(reader, dataset, name, &bytes, &stored);
    compression_write(dataset, compression, sizeof compression);
    json_t *variable =
        json_pack("{s:o, s:o, s:o, s:s, s:o, s:o, s:I, s:I, s:o*}", "name", text_json(name), "dimensions", dimensions,
                  "sizes", sizes, "type", type_name(dataset, type), "units", text_json(units), "meaning",
                  text_json(meaning), "bytes", (json_int_t)bytes, "stored_bytes", (json_int_t)stored, "compression",
                  compression[0] != '\0' ? text_json(compression) : NULL);
    free(units);
    free(meaning);
    H5Tclose(type);
    H5Sclose(space);
    return variable;
}

/* In the order in which they were written, and the sizes of those that are dimensions. */
static json_t *variables_json(struct hdf5_reader *reader, json_t *dimensions)
{
    json_t *list = json_array();
    H5G_info_t root = {.nlinks = 0};
    H5Gget_info(reader->file, &root);
    for (hsize_t i = 0; i < root.nlinks && reader->status == ABSCOPAL_OK; i++) {
        char name[NAME_SIZE] = "";
        if (H5Lget_name_by_idx(reader->file, ".", H5_INDEX_CRT_ORDER, H5_ITER_INC, i, name, sizeof name, H5P_DEFAULT) <
            0)
            H5Lget_name_by_idx(reader->file, ".", H5_INDEX_NAME, H5_ITER_INC, i, name, sizeof name, H5P_DEFAULT);
        const hid_t object = H5Oopen(reader->file, name, H5P_DEFAULT);
        if (object >= 0 && H5Iget_type(object) == H5I_DATASET) {
            json_t *variable = variable_json(reader, object, name);
            if (is_scale(object))
                json_object_set(dimensions, name, json_array_get(json_object_get(variable, "sizes"), 0));
            json_list_add(&list, variable);
        }
        if (object >= 0)
            H5Oclose(object);
    }
    return list;
}

/* ---- Patients --------------------------------------------------------------------------------------- */

/* How many values are each flag: {"completed": 177, ...}, by the meanings that the variable has. */
static json_t *counts_json(const signed char *values, size_t count, const signed char *flags, size_t flag_count,
                           const char *meanings)
{
    json_t *counts = json_object();
    const char *word = meanings;
    for (size_t i = 0; i < flag_count && *word != '\0'; i++) {
        char name[NAME_SIZE];
        const size_t length = strcspn(word, " ");
        size_t those = 0;
        for (size_t k = 0; k < count; k++)
            those += values[k] == flags[i];
        snprintf(name, sizeof name, "%.*s", (int)(length < sizeof name ? length : sizeof name - 1), word);
        json_object_set_new(counts, name, json_integer((json_int_t)those));
        word += length + strspn(word + length, " ");
    }
    return counts;
}

static bool are_flags(hid_t attribute)
{
    const hid_t type = H5Aget_type(attribute);
    const bool good = H5Tequal(type, H5T_STD_I8LE) > 0;
    H5Tclose(type);
    return good;
}

/* Of each row of a variable of flags; NULL when the file has none of that shape. */
static json_t *statuses_json(struct hdf5_reader *reader, const char *name, int wanted_rank)
{
    enum { MOST_FLAGS = 32 };
    const size_t most_values = (size_t)1 << 32;
    const hid_t dataset =
        H5Lexists(reader->file, name, H5P_DEFAULT) > 0 ? H5Dopen2(reader->file, name, H5P_DEFAULT) : H5I_INVALID_HID;
    const hid_t space = dataset >= 0 ? H5Dget_space(dataset) : H5I_INVALID_HID;
    const hid_t flags = dataset >= 0 && H5Aexists(dataset, "flag_values") > 0
                            ? H5Aopen(dataset, "flag_values", H5P_DEFAULT)
                            : H5I_INVALID_HID;
    const hid_t type = dataset >= 0 ? H5Dget_type(dataset) : H5I_INVALID_HID;
    const hssize_t flag_count = flags >= 0 && are_flags(flags) ? (hssize_t)H5Aget_storage_size(flags) : 0;
    hsize_t extent[H5S_MAX_RANK] = {0, 1};
    signed char known[MOST_FLAGS], *values = NULL;
    json_t *rows = NULL;
    if (space >= 0 && H5Tequal(type, H5T_STD_I8LE) > 0 && H5Sget_simple_extent_ndims(space) == wanted_rank &&
        flag_count > 0 && flag_count <= MOST_FLAGS && H5Sget_simple_extent_dims(space, extent, NULL) == wanted_rank &&
        (size_t)H5Sget_simple_extent_npoints(space) < most_values)
        values = malloc((size_t)H5Sget_simple_extent_npoints(space) + 1);
    char *meanings = values != NULL ? reader_text_attribute_of(reader, dataset, "flag_meanings", "") : NULL;
    if (meanings != NULL && H5Aread(flags, H5T_NATIVE_SCHAR, known) >= 0 &&
        H5Dread(dataset, H5T_NATIVE_SCHAR, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0) {
        const size_t count = (size_t)(wanted_rank == 1 ? extent[0] : extent[1]);
        rows = json_array();
        for (size_t row = 0; row < (wanted_rank == 1 ? 1 : (size_t)extent[0]); row++)
            json_list_add(&rows, counts_json(values + row * count, count, known, (size_t)flag_count, meanings));
    }
    free(meanings);
    free(values);
    if (flags >= 0)
        H5Aclose(flags);
    if (type >= 0)
        H5Tclose(type);
    if (space >= 0)
        H5Sclose(space);
    if (dataset >= 0)
        H5Dclose(dataset);
    return rows;
}

/* The same of each arm, with its name. */
static json_t *arms_json(struct hdf5_reader *reader)
{
    json_t *rows = statuses_json(reader, "status", 2), *arms = json_array();
    reader->sizes[DIMENSION_ARM] = json_array_size(rows);
    char **names = rows != NULL ? reader_texts(reader, "arm") : NULL;
    for (size_t i = 0; names != NULL && i < json_array_size(rows); i++)
        json_list_add(&arms, json_pack("{s:o, s:O}", "name", text_json(names[i]), "patients", json_array_get(rows, i)));
    reader_texts_free(names);
    json_decref(rows);
    return arms;
}

/* ---- The file --------------------------------------------------------------------------------------- */

json_t *inspect_read(struct hdf5_reader *reader)
{
    char *kind = reader_text_attribute(reader, "kind", "trial"); /* which files of trials do not say */
    hsize_t bytes = 0;
    H5Fget_filesize(reader->file, &bytes);
    json_t *dimensions = json_object(), *attributes = attributes_json(reader);
    json_t *variables = variables_json(reader, dimensions);
    json_t *all = statuses_json(reader, "patient_status", 1), *arms = arms_json(reader);
    json_t *patients = json_incref(json_array_get(all, 0));
    json_decref(all);
    json_t *root = json_pack("{s:o, s:o, s:I, s:o, s:o, s:o*, s:o, s:o}", "file", text_json(reader->path), "kind",
                             text_json(kind), "bytes", (json_int_t)bytes, "attributes", attributes, "dimensions",
                             dimensions, "patients", patients, "arms", arms, "variables", variables);
    free(kind);
    if (reader->status == ABSCOPAL_OK)
        return root;
    json_decref(root);
    return NULL;
}
