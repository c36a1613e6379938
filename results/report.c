/* Reports: the data of a page as text, and the files made of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abscopal.h"
#include "protocols/error.h"
#include "results/output.h"
#include "results/report.h"
#include "results/report_page.h"
#include "results/rows.h"

struct abscopal_report {
    char *json; /* one object */
    size_t size;
};

/* Takes the reference. */
static abscopal_report *report_make(json_t *data, struct abscopal_error *error)
{
    char *text = data != NULL ? json_dumps(data, JSON_COMPACT) : NULL;
    abscopal_report *report = text != NULL ? malloc(sizeof *report) : NULL;
    json_decref(data);
    if (report != NULL) {
        *report = (abscopal_report){.json = text, .size = strlen(text)};
        return report;
    }
    free(text);
    error_no_memory(error);
    return NULL;
}

void abscopal_report_free(abscopal_report *report)
{
    if (report == NULL)
        return;
    free(report->json);
    free(report);
}

static const char *text_or_empty(const char *text)
{
    return text != NULL ? text : "";
}

abscopal_report *abscopal_report_of_trial(const abscopal_results *results, const char *name,
                                          struct abscopal_error *error)
{
    const struct report_run run = {.results = results, .label = "", .file = text_or_empty(name)};
    if (results->pages != NULL) {
        rows_refuse(name, error);
        return NULL;
    }
    return report_make(report_trial_data(&run), error);
}

abscopal_report *abscopal_report_of_two(const abscopal_results *first, const char *first_name,
                                        const abscopal_results *second, const char *second_name,
                                        struct abscopal_error *error)
{
    const struct report_run runs[] = {{.results = first, .label = "A", .file = text_or_empty(first_name)},
                                      {.results = second, .label = "B", .file = text_or_empty(second_name)}};
    if (first->pages != NULL || second->pages != NULL) {
        rows_refuse(NULL, error);
        return NULL;
    }
    return report_make(report_compare_data(runs), error);
}

abscopal_report *abscopal_report_of_patient(const abscopal_results *results, const char *name, size_t patient,
                                            struct abscopal_error *error)
{
    const struct report_run run = {.results = results, .label = "", .file = text_or_empty(name)};
    size_t row = 0;
    if (results->pages != NULL) {
        rows_refuse(name, error);
        return NULL;
    }
    while (row < results->patient_count && results->patients[row].patient.id != patient)
        row++;
    if (row < results->patient_count)
        return report_make(report_patient_data(&run, row), error);
    if (results->patient_count == 1)
        error_set(error, ABSCOPAL_BAD_INPUT, name, 0, 0, "there is no patient %zu: these are results of patient %llu",
                  patient, (unsigned long long)results->patients[0].patient.id);
    else
        error_set(error, ABSCOPAL_BAD_INPUT, name, 0, 0, "there is no patient %zu: write a number from 1 to %zu",
                  patient, results->patient_count);
    return NULL;
}

abscopal_report *abscopal_report_of_sweep(const abscopal_sweep *sweep, const char *name, struct abscopal_error *error)
{
    return report_make(report_sweep_data(sweep, text_or_empty(name)), error);
}

/* ---- Files ------------------------------------------------------------------------------------------ */

typedef enum abscopal_status text_writer(FILE *file, const char *json, size_t size, struct abscopal_error *error);

/* What the writer writes, as a file; in memory first, so that nothing half-written is left. */
static enum abscopal_status write_through(const abscopal_report *report, text_writer *writer, const char *path,
                                          struct abscopal_error *error)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL)
        return error_no_memory(error);
    enum abscopal_status status = writer(stream, report->json, report->size, error);
    if (fclose(stream) != 0 && status == ABSCOPAL_OK)
        status = error_no_memory(error);
    if (status == ABSCOPAL_OK)
        status = output_write_file(path, text, size, error);
    free(text);
    return status;
}

enum abscopal_status abscopal_report_write_html(const abscopal_report *report, const char *path,
                                                struct abscopal_error *error)
{
    return write_through(report, report_page_write, path, error);
}

enum abscopal_status abscopal_report_write_script(const abscopal_report *report, const char *path,
                                                  struct abscopal_error *error)
{
    return write_through(report, report_figures_script_write, path, error);
}

static enum abscopal_status write_line(FILE *file, const char *json, size_t size, struct abscopal_error *error)
{
    return fwrite(json, 1, size, file) == size && fputc('\n', file) != EOF ? ABSCOPAL_OK : error_no_memory(error);
}

enum abscopal_status abscopal_report_write_json(const abscopal_report *report, const char *path,
                                                struct abscopal_error *error)
{
    return write_through(report, write_line, path, error);
}
