/* Outcomes and failures as text for people. Composed in memory, then written at once, so that one check sees every
 * error of the stream. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "abscopal.h"
#include "protocols/error.h"
#include "results/output.h"
#include "results/text.h"
#include "trial/virtual_trial.h"

enum { SHARE_WIDTH = 21 }; /* of "100.0 % (100.0-100.0)" */

static void write_share(FILE *text, const struct abscopal_share *share)
{
    char cell[64] = "-";
    if (!isnan(share->fraction))
        snprintf(cell, sizeof cell, "%.1f %% (%.1f-%.1f)", 100 * share->fraction, 100 * share->lower,
                 100 * share->upper);
    fprintf(text, "  %-*s", SHARE_WIDTH, cell);
}

static void write_median(FILE *text, double days)
{
    if (isnan(days))
        fputs("  -\n", text);
    else if (isinf(days))
        fputs("  not reached\n", text);
    else
        fprintf(text, "  %.6g d\n", days);
}

static void write_title(FILE *text, const struct abscopal_results *results)
{
    const bool has_cohort = results->trial->has_cohort;
    const size_t not_run = abscopal_results_patient_count(results, ABSCOPAL_PATIENT_NOT_RUN);
    text_write_name(text, results->trial->file.name, 0);
    fprintf(text, "\n%zu %s%s, %zu not plausible, %zu not integrated, ", results->patient_count,
            results->patient_count == 1 ? "patient" : "patients", has_cohort ? " sampled" : " from the published state",
            abscopal_results_patient_count(results, ABSCOPAL_PATIENT_NOT_PLAUSIBLE),
            abscopal_results_patient_count(results, ABSCOPAL_PATIENT_NOT_INTEGRATED));
    if (not_run > 0)
        fprintf(text, "%zu not run, ", not_run);
    fprintf(text, "%zu analysed\n", abscopal_results_patient_count(results, ABSCOPAL_PATIENT_COMPLETED));
    if (has_cohort)
        fprintf(text, "seed %" PRIu64 ", ", results->seed);
    fprintf(text, "relative tolerance %g, engine %s", results->relative_tolerance,
            abscopal_engine_name(results->engine));
    if (results->instructions[0] != '\0')
        fprintf(text, " (%s, %zu lanes)", results->instructions, results->lanes);
    fprintf(text, "\nRECIST 1.1; in brackets 95 %% Wilson intervals; horizon: day %.6g\n\n",
            results->visit_days[results->visit_count - 1]);
}

static enum abscopal_status write_rows(FILE *text, const struct abscopal_results *results)
{
    int width = text_width("arm");
    for (size_t arm = 0; arm < results->arm_count; arm++) {
        const int name_width = text_width(results->trial->file.arms[arm].name);
        width = name_width > width ? name_width : width;
    }
    fprintf(text, "%-*s  %6s  %-*s  %-*s  %-*s  %s\n", width, "arm", "n", SHARE_WIDTH, "ORR at horizon", SHARE_WIDTH,
            "best ORR", SHARE_WIDTH, "DCR", "median PFS");
    for (size_t arm = 0; arm < results->arm_count; arm++) {
        struct abscopal_arm_summary summary;
        const enum abscopal_status status = abscopal_results_summary(results, arm, &summary);
        if (status != ABSCOPAL_OK)
            return status;
        text_write_name(text, summary.name, width);
        fprintf(text, "  %6zu", summary.patients);
        write_share(text, &summary.response_at_horizon);
        write_share(text, &summary.best_response);
        write_share(text, &summary.disease_control);
        write_median(text, summary.median_progression_free_days);
    }
    return ABSCOPAL_OK;
}

static enum abscopal_status compose_table(FILE *text, const struct abscopal_results *results)
{
    write_title(text, results);
    const enum abscopal_status status = write_rows(text, results);
    fputs("\nResearch use only, not for treating patients.\n", text);
    return status;
}

/* " in arm" or in growth, on which day, why, and the state at fault. */
static void write_failure(FILE *text, const struct abscopal_results *results, const struct patient_result *patient)
{
    const struct integration_failure *failure = &patient->failure;
    fprintf(text, "patient %" PRIu64 ", ", patient->patient.id);
    if (failure->arm < 0) {
        fputs("growth to baseline", text);
    } else {
        fputs("arm \"", text);
        text_write_name(text, results->trial->file.arms[failure->arm].name, 0);
        fputs("\"", text);
    }
    fprintf(text, ", day %.6g: %s (%d)", failure->day, failure->reason != NULL ? failure->reason : "no reason given",
            failure->code);
    if (failure->worst_state != NULL)
        fprintf(text, ", worst state %s", failure->worst_state);
    if (failure->worst_state != NULL && failure->worst_lesion >= 0)
        fprintf(text, " of lesion %d", failure->worst_lesion + 1);
    if (failure->last_event != NULL && failure->last_event[0] != '\0')
        fprintf(text, ", last event %s on day %.6g", failure->last_event, failure->last_event_day);
    fputc('\n', text);
}

static enum abscopal_status compose_failures(FILE *text, const struct abscopal_results *results)
{
    for (size_t patient = 0; patient < results->patient_count; patient++)
        if (results->patients[patient].status == ABSCOPAL_PATIENT_NOT_INTEGRATED)
            write_failure(text, results, &results->patients[patient]);
    return ABSCOPAL_OK;
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
        status = output_write_stream(file, bytes, size, error);
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
