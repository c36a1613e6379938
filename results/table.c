/* Outcomes and failures as text for people. Composed in memory, then written at once, so that one check sees every
 * error of the stream. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "abscopal.h"
#include "protocols/error.h"
#include "results/failures.h"
#include "results/output.h"
#include "results/published.h"
#include "results/rejections.h"
#include "results/summary.h"
#include "results/table_arms.h"
#include "results/text.h"
#include "trial/virtual_trial.h"

static void write_eligible(FILE *text, const struct abscopal_results *results)
{
    const size_t not_eligible = abscopal_results_patient_count(results, ABSCOPAL_PATIENT_NOT_ELIGIBLE);
    fprintf(text, "%zu eligible, %zu not eligible, ", results->patient_count - not_eligible, not_eligible);
}

static void write_title(FILE *text, const struct abscopal_results *results)
{
    const bool has_cohort = results->trial->has_cohort;
    const size_t not_run = abscopal_results_patient_count(results, ABSCOPAL_PATIENT_NOT_RUN);
    text_write_name(text, results->trial->file.name, 0);
    fprintf(text, "\n%zu %s%s, ", results->patient_count, results->patient_count == 1 ? "patient" : "patients",
            has_cohort ? " sampled" : " from the published state");
    if (results->trial->file.eligibility_count > 0)
        write_eligible(text, results);
    fprintf(text, "%zu not plausible, %zu not integrated, ",
            abscopal_results_patient_count(results, ABSCOPAL_PATIENT_NOT_PLAUSIBLE),
            abscopal_results_patient_count(results, ABSCOPAL_PATIENT_NOT_INTEGRATED));
    if (not_run > 0)
        fprintf(text, "%zu not run, ", not_run);
    if (results->weights != NULL)
        fprintf(text, "%zu not selected, ", abscopal_results_patient_count(results, ABSCOPAL_PATIENT_NOT_SELECTED));
    fprintf(text, "%zu analysed\n", abscopal_results_patient_count(results, ABSCOPAL_PATIENT_COMPLETED));
    if (results->weights != NULL)
        fprintf(text, "weighted as in %s: effective sample size %.1f\n", results->trial->cohort.population.name,
                abscopal_results_effective_patients(results));
    if (has_cohort)
        fprintf(text, "seed %" PRIu64 ", ", results->seed);
    fprintf(text, "relative tolerance %g, engine %s", results->relative_tolerance,
            abscopal_engine_name(results->engine));
    if (results->lanes > 1)
        fprintf(text, " (%s, %zu lanes)", results->instructions, results->lanes);
    fputs(results->trial->file.irecist ? "\niRECIST" : "\nRECIST 1.1", text);
    if (results_confirm(results))
        fprintf(text, ", best responses confirmed after %.6g d", results->trial->file.confirmation_days);
    if (results->trial->file.irradiated_are_non_target)
        fputs(", irradiated lesions non-target", text);
    fprintf(text, "; in brackets 95 %% intervals; NR: not reached; horizon: day %.6g\n\n",
            results->visit_days[results->visit_count - 1]);
}

static enum abscopal_status compose_table(FILE *text, const struct abscopal_results *results)
{
    write_title(text, results);
    enum abscopal_status status = table_write_arms(text, results);
    if (status == ABSCOPAL_OK)
        rejections_write(text, results);
    if (status == ABSCOPAL_OK && !failures_write_counts(text, results))
        status = ABSCOPAL_NO_MEMORY;
    if (status == ABSCOPAL_OK)
        status = published_write(text, results);
    fputs("\nResearch use only, not for treating patients.\n", text);
    return status;
}

static enum abscopal_status compose_failures(FILE *text, const struct abscopal_results *results)
{
    failures_write_all(text, results);
    return ABSCOPAL_OK;
}

/* Removes blanks at the ends of lines, which columns leave; returns the new size. */
static size_t strip_line_ends(char *text, size_t size)
{
    size_t kept = 0;
    for (size_t i = 0; i < size; i++) {
        while (text[i] == '\n' && kept > 0 && text[kept - 1] == ' ')
            kept--;
        text[kept++] = text[i];
    }
    return kept;
}

static enum abscopal_status write_composed(const struct abscopal_results *results, FILE *file,
                                           enum abscopal_status (*compose)(FILE *text,
                                                                           const struct abscopal_results *results),
                                           struct abscopal_error *error)
{
    char *bytes = NULL;
    size_t size = 0;
    FILE *text = open_memstream(&bytes, &size);
    if (text == NULL)
        return error_no_memory(error);
    enum abscopal_status status = compose(text, results);
    const bool complete = !ferror(text);
    if (fclose(text) != 0 || !complete || status != ABSCOPAL_OK)
        status = error_no_memory(error);
    else
        status = output_write_stream(file, bytes, strip_line_ends(bytes, size), error);
    free(bytes);
    return status;
}

enum abscopal_status abscopal_results_write_table(const abscopal_results *results, FILE *file,
                                                  struct abscopal_error *error)
{
    return write_composed(results, file, compose_table, error);
}

enum abscopal_status abscopal_results_write_failures(const abscopal_results *results, FILE *file,
                                                     struct abscopal_error *error)
{
    return write_composed(results, file, compose_failures, error);
}
