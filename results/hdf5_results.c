/* A result file read back into results that stand for those of the run. The trial is read from the texts in the file,
 * outcomes are derived anew from what visits saw, and then every variable is compared with what these results would
 * write: what is shown of a file is what it says, or the file is refused. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abscopal.h"
#include "protocols/error.h"
#include "results/hdf5_patients.h"
#include "results/hdf5_results.h"
#include "trial/courses.h"
#include "trial/patient.h"

enum { MOST_PATIENTS = 1000000000 };

/* ---- The trial -------------------------------------------------------------------------------------- */

/* "OUT.h5/trial_text", which stands in messages for the file that the text was; NULL, having failed, without memory. */
static char *path_of(struct hdf5_reader *reader, const char *variable)
{
    const size_t size = strlen(reader->path) + strlen(variable) + 2;
    char *path = reader->status == ABSCOPAL_OK ? malloc(size) : NULL;
    if (path != NULL)
        snprintf(path, size, "%s/%s", reader->path, variable);
    else if (reader->status == ABSCOPAL_OK)
        reader->status = error_no_memory(reader->error);
    return path;
}

/* Drug files and records. */
static void files_read(struct hdf5_reader *reader, struct named_texts *files)
{
    const size_t count = reader->sizes[DIMENSION_INPUT_FILE];
    char **names = count > 0 ? reader_texts(reader, "input_file") : NULL;
    char **texts = count > 0 ? reader_texts(reader, "input_text") : NULL;
    for (size_t i = 0; reader->status == ABSCOPAL_OK && i < count; i++)
        if (!named_texts_add(files, names[i], texts[i]))
            reader->status = error_no_memory(reader->error);
    reader_texts_free(names);
    reader_texts_free(texts);
}

static struct abscopal_trial *trial_read(struct hdf5_reader *reader)
{
    struct named_texts files = {0};
    struct abscopal_error unasked = {0}, *error = reader->error != NULL ? reader->error : &unasked;
    files_read(reader, &files);
    char **text = reader_texts(reader, "trial_text"), **cohort = reader_texts(reader, "cohort_text");
    char *path = path_of(reader, "trial_text"), *cohort_path = path_of(reader, "cohort_text");
    struct abscopal_trial *trial = NULL;
    if (reader->status == ABSCOPAL_OK) {
        trial = trial_read_stored(path, text[0], &files, cohort_path, cohort[0], error);
        reader->status = trial != NULL ? ABSCOPAL_OK : error->status;
    }
    free(path);
    free(cohort_path);
    reader_texts_free(text);
    reader_texts_free(cohort);
    named_texts_free(&files);
    return trial;
}

/* ---- What made the results -------------------------------------------------------------------------- */

static enum abscopal_engine engine_read(struct hdf5_reader *reader)
{
    char *name = reader_text_attribute(reader, "engine", "");
    int engine = ABSCOPAL_ENGINE_DEFAULT + 1;
    while (name != NULL && abscopal_engine_name((enum abscopal_engine)engine) != NULL &&
           strcmp(abscopal_engine_name((enum abscopal_engine)engine), name) != 0)
        engine++;
    if (name != NULL && abscopal_engine_name((enum abscopal_engine)engine) == NULL)
        reader_fail(reader, "there is no engine '%.40s': was the file written by another version?", name);
    free(name);
    return reader->status == ABSCOPAL_OK ? (enum abscopal_engine)engine : ABSCOPAL_ENGINE_DEFAULT;
}

static void attribute_copy(struct hdf5_reader *reader, const char *name, const char *prefix, char *to, size_t size)
{
    char *text = reader_text_attribute(reader, name, "");
    if (text == NULL)
        return;
    const size_t length = strncmp(text, prefix, strlen(prefix)) == 0 ? strlen(prefix) : 0;
    if (strlen(text) >= size)
        reader_fail(reader, "attribute %s is longer than abscopal writes it", name);
    else
        snprintf(to, size, "%s", text + length);
    free(text);
}

static void maker_read(struct hdf5_reader *reader, struct results_maker *maker)
{
    attribute_copy(reader, "source", "abscopal ", maker->version, sizeof maker->version);
    attribute_copy(reader, "sundials_version", "", maker->sundials, sizeof maker->sundials);
    attribute_copy(reader, "hdf5_version", "", maker->hdf5, sizeof maker->hdf5);
    attribute_copy(reader, "compiler", "", maker->compiler, sizeof maker->compiler);
    attribute_copy(reader, "commit", "", maker->commit, sizeof maker->commit);
}

static void provenance_read(struct hdf5_reader *reader, struct abscopal_results *results)
{
    const char *instructions = hdf5_text_keep(reader, results, reader_text_attribute(reader, "instructions", ""));
    results->instructions = instructions != NULL ? instructions : "";
    results->seed = reader_unsigned_attribute(reader, "seed");
    results->relative_tolerance = reader_real_attribute(reader, "relative_tolerance");
    results->lanes = (size_t)reader_unsigned_attribute(reader, "lanes");
    results->threads = 0;
    maker_read(reader, &results->origin->maker);
}

/* How many patients the run's cohort had, of whom the file may hold some; files of old do not say it. */
static void sampled_read(struct hdf5_reader *reader, struct abscopal_results *results)
{
    uint64_t largest = 0;
    for (size_t i = 0; i < results->patient_count; i++)
        largest = results->patients[i].patient.id > largest ? results->patients[i].patient.id : largest;
    results->sampled_count = (size_t)largest;
    if (!reader_has_attribute(reader, "sampled_patients"))
        return;
    results->sampled_count = (size_t)reader_unsigned_attribute(reader, "sampled_patients");
    if (results->sampled_count < largest)
        reader_fail(reader, "holds patient %" PRIu64 " of %zu: the file is damaged", largest, results->sampled_count);
}

/* ---- Empty results ---------------------------------------------------------------------------------- */

/* What the trial in the file makes of a dimension; of patients and days of courses, which are the run's, what the file
 * has. */
static size_t trial_size(const struct hdf5_reader *reader, const struct abscopal_trial *trial, enum dimension dimension)
{
    switch (dimension) {
    case DIMENSION_ARM:
        return trial->file.arm_count;
    case DIMENSION_VISIT:
        return trial_file_visits(&trial->file, NULL);
    case DIMENSION_LESION:
        return (size_t)trial_most_lesions(trial);
    case DIMENSION_PARAMETER:
        return PARAMETER_COUNT;
    case DIMENSION_OUTPUT:
        return PLAUSIBLE_OUTPUT_COUNT;
    case DIMENSION_INPUT_FILE:
        return trial->file.files.count;
    case DIMENSION_PATIENT:
    case DIMENSION_COURSE_DAY:
        break;
    }
    return reader->sizes[dimension];
}

/* Everything that will have an index in memory is as long as in the file, which has been found to hold that much. */
static void sizes_check(struct hdf5_reader *reader, const struct abscopal_trial *trial)
{
    size_t count;
    const struct result_variable *variables = result_variables(&count);
    for (int i = 0; i < DIMENSION_COUNT; i++) {
        const size_t size = trial_size(reader, trial, (enum dimension)i);
        if (reader->sizes[i] != size)
            reader_fail(reader,
                        "there are %zu of variable %s where the trial in the file makes %zu: was the file "
                        "changed, or written by another version?",
                        reader->sizes[i], variables[i].name, size);
    }
}

/* With courses of the days that the file has. */
static bool make_courses(struct hdf5_reader *reader, struct abscopal_results *results)
{
    const size_t count = reader->sizes[DIMENSION_COURSE_DAY];
    if (count == 0)
        return true;
    results->course_days = reader_reals(reader, "course_day", 0);
    results->courses =
        calloc(COURSE_QUANTITY_COUNT * results->arm_count * results->patient_count * count, sizeof *results->courses);
    results->course_count = count;
    for (size_t i = 0; results->course_days != NULL && i < count; i++)
        if (!isfinite(results->course_days[i]) || (i > 0 && results->course_days[i] <= results->course_days[i - 1]))
            reader_fail(reader, "day %zu of courses is not later than the one before", i + 1);
    return results->course_days != NULL && results->courses != NULL;
}

/* Of this size, with memory for everything; takes the trial, also on failure. */
static struct abscopal_results *results_open(struct hdf5_reader *reader, struct abscopal_trial *trial)
{
    const size_t patients = reader->sizes[DIMENSION_PATIENT];
    if (patients == 0 || patients > MOST_PATIENTS || reader->sizes[DIMENSION_COURSE_DAY] > COURSE_MOST_DAYS)
        reader_fail(reader, "%zu patients and %zu days of courses: the file is damaged", patients,
                    reader->sizes[DIMENSION_COURSE_DAY]);
    sizes_check(reader, trial);
    const struct abscopal_run_options options = {.patients = patients, .engine = engine_read(reader)};
    struct abscopal_results *results = reader->status == ABSCOPAL_OK ? results_create(trial, &options) : NULL;
    struct results_origin *origin = results != NULL ? calloc(1, sizeof *origin) : NULL;
    if (origin == NULL) {
        if (reader->status == ABSCOPAL_OK)
            reader->status = error_no_memory(reader->error);
        abscopal_results_free(results);
        abscopal_trial_free(trial);
        return NULL;
    }
    origin->trial = trial;
    results->origin = origin;
    if (!make_courses(reader, results) && reader->status == ABSCOPAL_OK)
        reader->status = error_no_memory(reader->error);
    return results;
}

/* ---- Checks ----------------------------------------------------------------------------------------- */

/* What is derived may differ in the last digits on another machine. */
static bool reals_agree(double stored, double derived)
{
    const double rounding = 1e-9;
    return (isnan(stored) && isnan(derived)) || stored == derived ||
           fabs(stored - derived) <= rounding * fmax(fabs(stored), fabs(derived));
}

static bool numbers_agree(enum value_type type, const char *stored, const char *derived, size_t count)
{
    if (type != VALUE_REAL)
        return memcmp(stored, derived, count * value_size(type)) == 0;
    for (size_t i = 0; i < count; i++) {
        double one, other;
        memcpy(&one, stored + i * sizeof one, sizeof one);
        memcpy(&other, derived + i * sizeof other, sizeof other);
        if (!reals_agree(one, other))
            return false;
    }
    return true;
}

static bool texts_agree(char **stored, const char *const *derived, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(stored[i], derived[i]) != 0)
            return false;
    return true;
}

/* All patients of an arm, or what there is once where the variable has no such dimensions. `texts` are all of a text
 * variable. */
static bool arm_agrees(struct hdf5_reader *reader, const struct abscopal_results *results,
                       const struct result_variable *variable, size_t arm, char **texts, void *derived)
{
    const size_t patients = shape_has(variable->shape, DIMENSION_PATIENT) ? results->patient_count : 1;
    const size_t values = shape_row_values(results, variable->shape);
    char *stored = texts == NULL ? reader_numbers(reader, variable, arm) : NULL;
    bool agree = true;
    for (size_t i = 0; reader->status == ABSCOPAL_OK && agree && i < patients; i++) {
        variable->fill(results, arm, i, derived);
        agree = texts != NULL
                    ? texts_agree(texts + (arm * patients + i) * values, derived, values)
                    : numbers_agree(variable->type, stored + i * values * value_size(variable->type), derived, values);
    }
    free(stored);
    return agree;
}

static void variable_check(struct hdf5_reader *reader, const struct abscopal_results *results,
                           const struct result_variable *variable)
{
    const size_t arms = shape_has(variable->shape, DIMENSION_ARM) ? results->arm_count : 1;
    void *derived = malloc((shape_row_values(results, variable->shape) + 1) * value_size(variable->type));
    char **texts = variable->type == VALUE_TEXT ? reader_texts(reader, variable->name) : NULL;
    bool agree = true;
    if (derived == NULL && reader->status == ABSCOPAL_OK)
        reader->status = error_no_memory(reader->error);
    for (size_t arm = 0; reader->status == ABSCOPAL_OK && agree && arm < arms; arm++)
        agree = arm_agrees(reader, results, variable, arm, texts, derived);
    if (!agree)
        reader_fail(reader,
                    "variable %s is not what follows from the rest of the file: was this changed, or written by "
                    "another version?",
                    variable->name);
    free(derived);
    reader_texts_free(texts);
}

static void variables_check(struct hdf5_reader *reader, const struct abscopal_results *results)
{
    size_t count;
    const struct result_variable *variables = result_variables(&count);
    for (size_t i = 0; reader->status == ABSCOPAL_OK && i < count; i++)
        if (shape_is_there(results, variables[i].shape))
            variable_check(reader, results, &variables[i]);
}

/* ---- The file --------------------------------------------------------------------------------------- */

struct abscopal_results *hdf5_results_read(struct hdf5_reader *reader)
{
    struct abscopal_results *results = NULL;
    struct abscopal_trial *trial = trial_read(reader);
    if (trial != NULL)
        results = results_open(reader, trial);
    if (results != NULL && reader->status == ABSCOPAL_OK) {
        provenance_read(reader, results);
        hdf5_patients_read(reader, results);
        sampled_read(reader, results);
        hdf5_arms_read(reader, results);
        variables_check(reader, results);
    }
    if (reader->status == ABSCOPAL_OK)
        return results;
    abscopal_results_free(results);
    return NULL;
}

abscopal_results *abscopal_results_read_hdf5(const char *path, struct abscopal_error *error)
{
    struct hdf5_reader reader;
    reader_open(&reader, path, error);
    abscopal_results *results = hdf5_results_read(&reader);
    reader_close(&reader);
    return results;
}
