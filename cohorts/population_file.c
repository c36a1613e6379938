#include "cohorts/population_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/error.h"
#include "protocols/file_read.h"
#include "protocols/units.h"
#include "protocols/yaml.h"

enum { MOST_PATIENTS = 10000000 };
static const double largest_weight = 1e9, smallest_weight = 1e-9;

static const char *const make_again = "make the file with 'abscopal calibrate FILE -o OUT.csv'";

/* ---- Reading ---------------------------------------------------------------------------------------- */

struct reading {
    FILE *file;
    char *line; /* without its end */
    size_t capacity;
    int number; /* of the line, from 1 */
    bool has_seed, has_patients, has_cohort;
    struct population *population;
    struct abscopal_error *error;
};

__attribute__((format(printf, 3, 4))) static enum abscopal_status fail(const struct reading *reading, int column,
                                                                       const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    error_set_list(reading->error, ABSCOPAL_BAD_INPUT, reading->population->path, reading->number, column, format,
                   arguments);
    va_end(arguments);
    return ABSCOPAL_BAD_INPUT;
}

/* False at the end of the file. Lines may end as on Windows. */
static bool next_line(struct reading *reading)
{
    const ssize_t length = getline(&reading->line, &reading->capacity, reading->file);
    reading->number++;
    if (length < 0)
        return false;
    size_t end = (size_t)length;
    for (size_t i = 0; i < end; i++)
        if (reading->line[i] == '\0')
            reading->line[i] = '?'; /* no text has it: what follows will not do */
    while (end > 0 && (reading->line[end - 1] == '\n' || reading->line[end - 1] == '\r'))
        reading->line[--end] = '\0';
    return true;
}

/* A whole number of digits alone, at most 2^63 - 1; false without. */
static bool whole_number(const char *text, uint64_t *number)
{
    const size_t digits = strspn(text, "0123456789");
    if (digits == 0 || text[digits] != '\0')
        return false;
    errno = 0;
    *number = strtoull(text, NULL, 10);
    return errno == 0 && *number <= INT64_MAX;
}

/* What stands after "# key: "; NULL when the line says something else. */
static const char *head_value(const char *line, const char *key)
{
    const size_t length = strlen(key);
    if (strncmp(line, "# ", 2) != 0 || strncmp(line + 2, key, length) != 0 || line[2 + length] != ':')
        return NULL;
    const char *value = line + 2 + length + 1;
    return value + strspn(value, " ");
}

static enum abscopal_status head_line_read(struct reading *reading)
{
    struct population *population = reading->population;
    const char *const line = reading->line;
    const char *value = head_value(line, "seed");
    uint64_t patients = 0;
    if (value != NULL) {
        reading->has_seed = whole_number(value, &population->seed);
        return reading->has_seed ? ABSCOPAL_OK : fail(reading, 1, "the seed is a whole number: write '# seed: 1'");
    }
    value = head_value(line, "patients");
    if (value != NULL) {
        reading->has_patients = whole_number(value, &patients) && patients > 0 && patients <= MOST_PATIENTS;
        population->patients = (size_t)patients;
        return reading->has_patients
                   ? ABSCOPAL_OK
                   : fail(reading, 1, "the number of patients is a whole number from 1 to %d", MOST_PATIENTS);
    }
    value = head_value(line, "cohort");
    if (value == NULL)
        return ABSCOPAL_OK;
    reading->has_cohort = strlen(value) == 16 && strspn(value, "0123456789abcdef") == 16;
    population->cohort = reading->has_cohort ? strtoull(value, NULL, 16) : 0;
    return reading->has_cohort ? ABSCOPAL_OK : fail(reading, 1, "the cohort is told by 16 hexadecimal digits");
}

static enum abscopal_status head_read(struct reading *reading)
{
    bool more;
    enum abscopal_status status = ABSCOPAL_OK;
    while ((more = next_line(reading)) && reading->line[0] == '#' && status == ABSCOPAL_OK)
        status = head_line_read(reading);
    if (status != ABSCOPAL_OK)
        return status;
    const char *missing = !reading->has_seed       ? "seed: 1"
                          : !reading->has_patients ? "patients: 5000"
                          : !reading->has_cohort   ? "cohort: (16 hexadecimal digits)"
                                                   : NULL;
    if (missing != NULL)
        return fail(reading, 1, "no line '# %s' before the names of the columns: %s", missing, make_again);
    if (!more || strcmp(reading->line, "patient,weight") != 0)
        return fail(reading, 1, "the columns are 'patient,weight': write this line below the comments");
    return ABSCOPAL_OK;
}

static enum abscopal_status weight_read(struct reading *reading, size_t patient)
{
    char *const comma = strchr(reading->line, ',');
    uint64_t number = 0;
    if (comma == NULL || strchr(comma + 1, ',') != NULL)
        return fail(reading, 1, "a row has two fields, patient and weight");
    *comma = '\0';
    if (!whole_number(reading->line, &number) || number != patient)
        return fail(reading, 1, "patient '%.40s' where %zu comes next: one row for each patient, in order",
                    reading->line, patient);
    const int column = (int)(comma - reading->line) + 2;
    const char *const text = comma + 1;
    char problem[UNIT_TEXT_SIZE];
    double weight = 0;
    if (text[0] == '\0' || text[strspn(text, "0123456789.eE+-")] != '\0' ||
        !quantity_convert(text, "1", &weight, problem))
        return fail(reading, column, "weight '%.40s' is no number", text);
    if (weight < 0 || (weight > 0 && weight < smallest_weight) || weight > largest_weight)
        return fail(reading, column, "weight %s: it must be 0, or from %g to %g", text, smallest_weight,
                    largest_weight);
    reading->population->weights[patient - 1] = weight;
    return ABSCOPAL_OK;
}

static enum abscopal_status rows_read(struct reading *reading)
{
    struct population *population = reading->population;
    population->weights = calloc(population->patients, sizeof *population->weights);
    if (population->weights == NULL)
        return error_no_memory(reading->error);
    enum abscopal_status status = ABSCOPAL_OK;
    for (size_t patient = 1; patient <= population->patients && status == ABSCOPAL_OK; patient++) {
        if (!next_line(reading))
            return fail(reading, 1, "the file ends after %zu of %zu patients: %s", patient - 1, population->patients,
                        make_again);
        status = weight_read(reading, patient);
    }
    if (status == ABSCOPAL_OK && next_line(reading))
        status = fail(reading, 1, "a row after the last of %zu patients: remove it", population->patients);
    if (status == ABSCOPAL_OK && !(population_effective(population->weights, population->patients) > 0)) {
        reading->number = 0;
        status = fail(reading, 0, "all weights are 0: nobody is left to run");
    }
    return status;
}

enum abscopal_status population_file_read(const char *path, struct population *population, struct abscopal_error *error)
{
    struct reading reading = {.population = population, .error = error};
    *population = (struct population){.path = strdup(path)};
    if (population->path == NULL)
        return error_no_memory(error);
    char problem[FILE_PROBLEM_SIZE];
    enum abscopal_status status;
    reading.file = file_open(path, FILE_LARGEST_WEIGHTS, &status, problem);
    if (status == ABSCOPAL_OK)
        status = head_read(&reading);
    else
        status = status == ABSCOPAL_BAD_INPUT ? fail(&reading, 0, "%s", problem) : error_no_memory(error);
    if (status == ABSCOPAL_OK)
        status = rows_read(&reading);
    if (reading.file != NULL)
        fclose(reading.file);
    free(reading.line);
    if (status != ABSCOPAL_OK)
        population_free(population);
    return status;
}

void population_free(struct population *population)
{
    free(population->path);
    free(population->name);
    free(population->weights);
    *population = (struct population){0};
}

/* ---- Writing ---------------------------------------------------------------------------------------- */

void population_file_write(FILE *file, const struct population *population)
{
    fputs("# virtual population of abscopal: how much each patient counts\n", file);
    fprintf(file, "# seed: %" PRIu64 "\n# patients: %zu\n# cohort: %016" PRIx64 "\n", population->seed,
            population->patients, population->cohort);
    fprintf(file, "# effective sample size: %.6g\npatient,weight\n",
            population_effective(population->weights, population->patients));
    for (size_t i = 0; i < population->patients; i++)
        fprintf(file, "%zu,%.17g\n", i + 1, population->weights[i]);
}

/* ---- Weights ---------------------------------------------------------------------------------------- */

double population_weight(const struct population *population, uint64_t id)
{
    return population->weights != NULL && id >= 1 && id <= population->patients ? population->weights[id - 1] : 1;
}

double population_effective(const double *weights, size_t count)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < count; i++) {
        sum += weights[i];
        squares += weights[i] * weights[i];
    }
    return squares > 0 ? sum * sum / squares : 0;
}

/* Whether a line says nothing of who the patients are. */
static bool line_says_nothing(const char *line, size_t length)
{
    static const char *const keys[] = {"name:", "patients:", "seed:", "population:"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (length >= strlen(keys[i]) && strncmp(line, keys[i], strlen(keys[i])) == 0)
            return true;
    return length == 0;
}

uint64_t population_cohort_hash(const char *text)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (const char *line = text; *line != '\0';) {
        const size_t whole = strcspn(line, "\r\n");
        size_t length = whole;
        for (size_t i = 0; i < whole && length == whole; i++)
            if (line[i] == '#' && (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t'))
                length = i;
        while (length > 0 && (line[length - 1] == ' ' || line[length - 1] == '\t'))
            length--;
        if (!line_says_nothing(line, length))
            for (size_t i = 0; i <= length; i++)
                hash = (hash ^ (unsigned char)(i < length ? line[i] : '\n')) * 0x100000001b3;
        line += whole + (line[whole] != '\0');
    }
    return hash;
}

/* ---- Of a cohort ------------------------------------------------------------------------------------ */

void population_key_read(struct yaml_document *document, size_t patients, uint64_t seed, struct population *population)
{
    const struct yaml_node *node = yaml_find(document->root, "population");
    const char *name = yaml_text(document, node, "population");
    if (name != NULL && document->stored != NULL) {
        population->name = yaml_copy(document, name);
        return;
    }
    char *path = name != NULL ? yaml_path_beside(document, node, name) : NULL;
    if (path == NULL)
        return;
    const enum abscopal_status status = population_file_read(path, population, document->error);
    free(path);
    if (status == ABSCOPAL_OK)
        population->name = yaml_copy(document, name);
    if (status != ABSCOPAL_OK)
        document->status = status;
    else if (population->cohort != population_cohort_hash(document->text))
        yaml_fail(document, node,
                  "the weights in '%.200s' were made for another cohort: make them again with 'abscopal calibrate', or "
                  "write population: on a line of its own and put back what else was changed",
                  population->path);
    else if (population->seed != seed)
        yaml_fail(document, node,
                  "the weights in '%.200s' are of seed %" PRIu64 ": write seed: %" PRIu64
                  ", or make them again with 'abscopal calibrate'",
                  population->path, population->seed, population->seed);
    else if (population->patients < patients)
        yaml_fail(document, node,
                  "there are weights of %zu patients in '%.200s': write patients: %zu, or make more with 'abscopal "
                  "calibrate'",
                  population->patients, population->path, population->patients);
}

enum abscopal_status population_check_run(const struct population *population, uint64_t seed, uint64_t patients,
                                          uint64_t design, struct abscopal_error *error)
{
    if (population->weights == NULL)
        return ABSCOPAL_OK;
    if (seed != population->seed)
        return error_set(error, ABSCOPAL_BAD_INPUT, population->path, 0, 0,
                         "these weights are of the patients of seed %" PRIu64 ", not %" PRIu64
                         ": run with seed %" PRIu64
                         ", remove population: from the cohort file, or make weights of the other seed with 'abscopal "
                         "calibrate'",
                         population->seed, seed, population->seed);
    if (patients > population->patients)
        return error_set(error, ABSCOPAL_BAD_INPUT, population->path, 0, 0,
                         "there are weights of %zu patients, not %" PRIu64
                         ": run at most as many, remove population: from the cohort file, or make more with 'abscopal "
                         "calibrate'",
                         population->patients, patients);
    if (design != 0 && design != population->patients)
        return error_set(
            error, ABSCOPAL_BAD_INPUT, population->path, 0, 0,
            "these weights are of a Latin hypercube of %zu patients, and one of %" PRIu64
            " has others: run with %zu, remove population: from the cohort file, or make weights of %" PRIu64
            " with 'abscopal calibrate'",
            population->patients, design, population->patients, design);
    return ABSCOPAL_OK;
}
