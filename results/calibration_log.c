#include "results/calibration_log.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "protocols/error.h"
#include "protocols/file_read.h"
#include "protocols/trial_references.h"
#include "results/calibration_report.h"
#include "results/machine.h"
#include "results/text.h"
#include "trial/engine.h"

enum { MOST_REFERENCES = 1100 };

/* ---- Head ------------------------------------------------------------------------------------------- */

/* FNV-1a of 64 bits (Fowler, Noll and Vo): tells a changed file from the one it was, no more. */
static uint64_t hash_text(const char *text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return hash;
}

static void hash_write(FILE *head, const char *what, const char *text)
{
    fprintf(head, "# %s: %016llx\n", what, (unsigned long long)hash_text(text));
}

/* A file that a trial names, as hash_text; one that cannot be read counts as empty: the trial's reader will say so. */
static void reference_write(FILE *head, struct yaml_document *trial, const struct trial_reference *reference)
{
    char *path = yaml_path_beside(trial, NULL, reference->path), *text = NULL;
    char problem[FILE_PROBLEM_SIZE];
    enum abscopal_status status;
    size_t size = 0;
    if (path != NULL)
        text = file_read(path, FILE_LARGEST_RECORDS, &size, &status, problem);
    hash_write(head, reference->path, text != NULL ? text : "");
    free(text);
    free(path);
}

static void references_write(FILE *head, const struct yaml_document *trial)
{
    struct trial_reference *references = calloc(MOST_REFERENCES, sizeof *references);
    struct yaml_document reader = *trial; /* so that errors stay here */
    size_t count = references != NULL ? trial_references(trial, references, MOST_REFERENCES) : 0;
    for (size_t i = 0; i < count && i < MOST_REFERENCES; i++)
        reference_write(head, &reader, &references[i]);
    free(references);
}

/* As the report names it. */
static void target_write(FILE *head, const struct calibration *calibration, const struct calibration_target *target)
{
    char *name = NULL;
    size_t size = 0;
    FILE *text = open_memstream(&name, &size);
    if (text == NULL)
        return;
    calibration_write_target(text, calibration, target);
    if (fclose(text) == 0)
        text_write_csv_field(head, name);
    free(name);
}

static void columns_write(FILE *head, const struct calibration *calibration)
{
    fputs("number,stage,seed,patients,verdict,plausible", head);
    for (size_t i = 0; i < calibration->variable_count; i++) {
        fputc(',', head);
        text_write_csv_field(head, calibration->variables[i].name);
    }
    fputs(",objective", head);
    for (size_t i = 0; i < calibration->target_count; i++) {
        fputc(',', head);
        target_write(head, calibration, &calibration->targets[i]);
    }
    fputc('\n', head);
}

char *calibration_log_head(const struct calibration *calibration, const struct yaml_document *inputs,
                           enum abscopal_engine engine)
{
    char *text = NULL;
    size_t size = 0;
    FILE *head = open_memstream(&text, &size);
    if (head == NULL)
        return NULL;
    const enum abscopal_engine chosen = engine_chosen(engine);
    const char *commit = build_commit();
    fputs("# Evaluations of a calibration (docs/calibration.md): variables as shares of their ranges\n", head);
    fprintf(head, "# version: %s, commit %s\n", abscopal_version(), commit != NULL ? commit : "unknown");
    fprintf(head, "# engine: %s %s\n", abscopal_engine_name(chosen), engine_instructions(chosen));
    hash_write(head, "calibration file", calibration->file.text);
    hash_write(head, "cohort file", calibration->cohort.text);
    for (size_t i = 0; i < calibration->trial_count; i++) {
        fprintf(head, "# trial %s\n", calibration->trials[i].name);
        hash_write(head, "trial file", calibration->trials[i].text);
        references_write(head, &inputs[1 + i]);
    }
    columns_write(head, calibration);
    const bool failed = ferror(head) != 0;
    if (fclose(head) != 0 || failed) {
        free(text);
        return NULL;
    }
    return text;
}

/* ---- Writing ---------------------------------------------------------------------------------------- */

static enum abscopal_status write_failed(const char *path, struct abscopal_error *error)
{
    return error_set(error, ABSCOPAL_OUTPUT_FAILED, path, 0, 0, "cannot write: %s", strerror(errno));
}

static enum abscopal_status give_up(struct calibration_log *log, enum abscopal_status status)
{
    calibration_log_close(log);
    return status;
}

static bool log_open(struct calibration_log *log, const struct calibration *calibration, const char *path, char *head,
                     const char *mode)
{
    *log = (struct calibration_log){.calibration = calibration, .path = strdup(path), .head = head};
    log->file = log->path != NULL ? fopen(path, mode) : NULL;
    return log->file != NULL;
}

enum abscopal_status calibration_log_begin(struct calibration_log *log, const struct calibration *calibration,
                                           const char *path, char *head, struct abscopal_error *error)
{
    if (!log_open(log, calibration, path, head, "wxe"))
        return give_up(log, write_failed(path, error));
    if (fputs(head, log->file) < 0 || fflush(log->file) != 0)
        return give_up(log, write_failed(path, error));
    return ABSCOPAL_OK;
}

enum abscopal_status calibration_log_add(struct calibration_log *log, const struct calibration_record *record,
                                         struct abscopal_error *error)
{
    FILE *file = log->file;
    fprintf(file, "%zu,%s,%llu,%zu,%s,%zu", ++log->next, record->stage, (unsigned long long)record->seed,
            record->patients, calibrate_verdict_name(record->verdict), record->plausible);
    for (size_t i = 0; i < log->calibration->variable_count; i++)
        fprintf(file, ",%a", record->places[i]);
    fprintf(file, ",%.17g", record->objective);
    for (size_t i = 0; i < log->calibration->target_count; i++)
        fprintf(file, ",%.17g", record->simulated[i]);
    fputc('\n', file);
    return fflush(file) == 0 && !ferror(file) ? ABSCOPAL_OK : write_failed(log->path, error);
}

static void records_free(struct calibration_log *log)
{
    for (size_t i = 0; i < log->record_count; i++) {
        free(log->records[i].places);
        free((char *)log->records[i].stage);
    }
    free(log->records);
}

void calibration_log_close(struct calibration_log *log)
{
    if (log->file != NULL)
        fclose(log->file);
    records_free(log);
    free(log->path);
    free(log->head);
    *log = (struct calibration_log){.file = NULL};
}

/* ---- Reading ---------------------------------------------------------------------------------------- */

/* The next field of a line, up to a comma or its end, moved past; NULL when there is none. */
static char *field_next(char **line)
{
    return *line != NULL ? strsep(line, ",\n") : NULL;
}

static bool number_next(char **line, double *number)
{
    char *field = field_next(line), *end = NULL;
    *number = field != NULL ? strtod(field, &end) : 0;
    return field != NULL && end != field && *end == '\0';
}

static bool count_next(char **line, unsigned long long *number)
{
    char *field = field_next(line), *end = NULL;
    *number = field != NULL ? strtoull(field, &end, 10) : 0;
    return field != NULL && end != field && *end == '\0';
}

static bool verdict_next(char **line, enum calibrate_verdict *verdict)
{
    const char *field = field_next(line);
    for (int i = 0; field != NULL && i < CALIBRATE_VERDICTS; i++)
        if (strcmp(field, calibrate_verdict_name((enum calibrate_verdict)i)) == 0) {
            *verdict = (enum calibrate_verdict)i;
            return true;
        }
    return false;
}

/* Reads a line into a record with memory; false when it is damaged. */
static bool record_read(const struct calibration_log *log, char *line, struct calibration_record *record)
{
    unsigned long long number, seed, patients, plausible;
    bool good = count_next(&line, &number) && number == log->record_count + 1;
    const char *stage = good ? field_next(&line) : NULL;
    good = stage != NULL && count_next(&line, &seed) && count_next(&line, &patients) &&
           verdict_next(&line, &record->verdict) && count_next(&line, &plausible);
    if (!good || record->places == NULL || record->simulated == NULL)
        return false;
    record->stage = strdup(stage);
    record->seed = seed;
    record->patients = (size_t)patients;
    record->plausible = (size_t)plausible;
    for (size_t i = 0; good && i < log->calibration->variable_count; i++)
        good = number_next(&line, &record->places[i]);
    good = good && number_next(&line, &record->objective);
    for (size_t i = 0; good && i < log->calibration->target_count; i++)
        good = number_next(&line, &record->simulated[i]);
    return good && record->stage != NULL && line != NULL && *line == '\0';
}

/* Room for another record; NULL without memory. */
static struct calibration_record *record_add(struct calibration_log *log)
{
    const size_t width = log->calibration->variable_count + log->calibration->target_count;
    struct calibration_record *records = realloc(log->records, (log->record_count + 1) * sizeof *records);
    if (records == NULL)
        return NULL;
    log->records = records;
    struct calibration_record *record = &records[log->record_count];
    *record = (struct calibration_record){.places = calloc(width, sizeof *record->places)};
    record->simulated = record->places != NULL ? record->places + log->calibration->variable_count : NULL;
    return record->places != NULL ? record : NULL;
}

/* The head's lines must be those of ours; what differs names the cause. */
static enum abscopal_status head_check(const struct calibration_log *log, FILE *file, struct abscopal_error *error)
{
    char *line = NULL;
    size_t size = 0;
    int number = 0;
    enum abscopal_status status = ABSCOPAL_OK;
    for (const char *ours = log->head; *ours != '\0' && status == ABSCOPAL_OK;) {
        const size_t length = strcspn(ours, "\n") + 1;
        const ssize_t got = getline(&line, &size, file);
        number++;
        if (got < 0 || (size_t)got != length || strncmp(line, ours, length) != 0)
            status =
                error_set(error, ABSCOPAL_BAD_INPUT, log->path, number, 1,
                          "is the log of another calibration: now it is '%.*s' there; calibrate into a new folder, "
                          "or with the files and the build of then",
                          (int)(length > 200 ? 200 : length - 1), ours);
        ours += length;
    }
    free(line);
    return status;
}

/* Reads the records; *whole becomes where the last whole line ends. */
static enum abscopal_status records_read(struct calibration_log *log, FILE *file, off_t *whole,
                                         struct abscopal_error *error)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t got;
    enum abscopal_status status = ABSCOPAL_OK;
    *whole = ftello(file);
    while (status == ABSCOPAL_OK && (got = getline(&line, &size, file)) > 0 && line[got - 1] == '\n') {
        struct calibration_record *record = record_add(log);
        if (record == NULL)
            status = error_no_memory(error);
        else if (!record_read(log, line, record))
            status = error_set(error, ABSCOPAL_BAD_INPUT, log->path, 0, 0,
                               "evaluation %zu is damaged; remove it and what follows, or calibrate into a new folder",
                               log->record_count + 1);
        log->record_count += record != NULL;
        *whole = ftello(file);
    }
    free(line);
    return status;
}

enum abscopal_status calibration_log_resume(struct calibration_log *log, const struct calibration *calibration,
                                            const char *path, char *head, struct abscopal_error *error)
{
    if (!log_open(log, calibration, path, head, "r+e")) {
        const int cause = errno;
        return give_up(log, cause == ENOENT ? error_set(error, ABSCOPAL_BAD_INPUT, path, 0, 0,
                                                        "is not there, so there is nothing to resume; leave out "
                                                        "--resume to begin")
                                            : write_failed(path, error));
    }
    off_t whole = 0;
    char problem[FILE_PROBLEM_SIZE];
    if (!file_check(fileno(log->file), FILE_LARGEST_LOG, problem))
        return give_up(log, error_set(error, ABSCOPAL_BAD_INPUT, path, 0, 0, "%s", problem));
    enum abscopal_status status = head_check(log, log->file, error);
    if (status == ABSCOPAL_OK)
        status = records_read(log, log->file, &whole, error);
    if (status == ABSCOPAL_OK && (ftruncate(fileno(log->file), whole) != 0 || fseeko(log->file, whole, SEEK_SET) != 0))
        status = write_failed(path, error);
    return status == ABSCOPAL_OK ? ABSCOPAL_OK : give_up(log, status);
}

enum abscopal_status calibration_log_replay(struct calibration_log *log, struct calibration_record *record,
                                            bool *replayed, struct abscopal_error *error)
{
    const struct calibration *calibration = log->calibration;
    *replayed = log->next < log->record_count;
    if (!*replayed)
        return ABSCOPAL_OK;
    const struct calibration_record *logged = &log->records[log->next];
    if (strcmp(logged->stage, record->stage) != 0 || logged->seed != record->seed ||
        logged->patients != record->patients ||
        memcmp(logged->places, record->places, calibration->variable_count * sizeof *record->places) != 0)
        return error_set(error, ABSCOPAL_BAD_INPUT, log->path, 0, 0,
                         "evaluation %zu is not the one that comes next here, as it would be with the same program on "
                         "the same kind of machine; calibrate into a new folder",
                         log->next + 1);
    log->next++;
    record->verdict = logged->verdict;
    record->plausible = logged->plausible;
    record->objective = logged->objective;
    memcpy(record->simulated, logged->simulated, calibration->target_count * sizeof *record->simulated);
    return ABSCOPAL_OK;
}
