#include "results/failures.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "results/text.h"
#include "solver/course.h"
#include "trial/patient.h"

/* ---- One by one ------------------------------------------------------------------------------------- */

/* What a reason that both engines have means; "" for those of one engine, which docs/results.md explains. */
static const char *meaning(int code)
{
    switch (code) {
    case COURSE_TOO_MANY_STEPS:
        return ", more steps than --max-steps allows";
    case COURSE_TOOK_TOO_LONG:
        return ", took longer than --max-seconds allows";
    case COURSE_NOT_FINITE:
        return ", infinite or not a number";
    case COURSE_RAN_AWAY:
        return ", an amount beyond bounds or far below 0";
    default:
        return "";
    }
}

static void write_place(FILE *text, const struct abscopal_trial *trial, int arm)
{
    if (arm < 0) {
        fputs("growth to baseline", text);
        return;
    }
    fputs("arm \"", text);
    text_write_name(text, trial->file.arms[arm].name, 0);
    fputs("\"", text);
}

static const char *reason_of(const struct integration_failure *failure)
{
    return failure->reason != NULL ? failure->reason : "no reason given";
}

void failures_write_one(FILE *text, const struct abscopal_trial *trial, uint64_t patient,
                        const struct integration_failure *failure)
{
    fprintf(text, "patient %" PRIu64 ", ", patient);
    write_place(text, trial, failure->arm);
    fprintf(text, ", day %.6g: %s (%d%s)", failure->day, reason_of(failure), failure->code, meaning(failure->code));
    if (failure->worst_state != NULL)
        fprintf(text, ", worst state %s", failure->worst_state);
    if (failure->worst_state != NULL && failure->worst_lesion >= 0)
        fprintf(text, " of lesion %d", failure->worst_lesion + 1);
    if (failure->last_event != NULL && failure->last_event[0] != '\0')
        fprintf(text, ", last event %s on day %.6g", failure->last_event, failure->last_event_day);
}

/* As a shell takes it for one word. */
static void write_word(FILE *text, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+,:@%-";
    if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
        fputs(word, text);
        return;
    }
    fputc('\'', text);
    for (const char *at = word; *at != '\0'; at++)
        if (*at == '\'')
            fputs("'\\''", text);
        else
            fputc((unsigned char)*at < ' ' ? '?' : *at, text);
    fputc('\'', text);
}

static void write_command(FILE *text, const struct abscopal_results *results, const struct patient_result *patient)
{
    const struct abscopal_trial *trial = results->trial;
    const int code = patient->failure.code;
    fputs("to repeat the first of them alone: abscopal simulate ", text);
    write_word(text, trial->file.path != NULL ? trial->file.path : "TRIAL");
    fprintf(text, " --patient %" PRIu64, patient->patient.id);
    if (patient->failure.arm >= 0) {
        fputs(" --arm ", text);
        write_word(text, trial->file.arms[patient->failure.arm].name);
    }
    if (trial->has_cohort)
        fprintf(text, " --seed %" PRIu64, results->seed);
    if (trial->has_cohort && trial->cohort.sampling == SAMPLING_LATIN_HYPERCUBE)
        fprintf(text, " --patients %zu", results->sampled_count);
    if (results->relative_tolerance != trial_relative_tolerance(0))
        fprintf(text, " --rtol %.17g", results->relative_tolerance);
    fprintf(text, " --engine %s --csv course.csv%s\n", abscopal_engine_name(results->engine),
            code == COURSE_TOO_MANY_STEPS || code == COURSE_TOOK_TOO_LONG ? ", with the limits of this run" : "");
}

void failures_write_all(FILE *text, const struct abscopal_results *results)
{
    const struct patient_result *first = NULL;
    for (size_t i = 0; i < results->patient_count; i++) {
        const struct patient_result *patient = results_patient(results, i);
        if (patient->status != ABSCOPAL_PATIENT_NOT_INTEGRATED)
            continue;
        failures_write_one(text, results->trial, patient->patient.id, &patient->failure);
        fputc('\n', text);
        first = first != NULL ? first : patient;
    }
    if (first != NULL)
        write_command(text, results, first);
}

/* ---- By reason -------------------------------------------------------------------------------------- */

struct group {
    const char *reason;
    int arm;
    size_t patients;
};

/* By reason, then growth before the arms. */
static int compare(const void *left, const void *right)
{
    const struct group *a = left, *b = right;
    const int order = strcmp(a->reason, b->reason);
    return order != 0 ? order : (a->arm > b->arm) - (a->arm < b->arm);
}

/* The groups in their order, to be freed, and how many; NULL without memory. */
static struct group *count_groups(const struct abscopal_results *results, size_t *count)
{
    const size_t failed = abscopal_results_patient_count(results, ABSCOPAL_PATIENT_NOT_INTEGRATED);
    struct group *groups = calloc(failed + 1, sizeof *groups);
    size_t n = 0;
    *count = 0;
    for (size_t i = 0; groups != NULL && i < results->patient_count; i++) {
        const struct patient_result *patient = results_patient(results, i);
        if (patient->status == ABSCOPAL_PATIENT_NOT_INTEGRATED)
            groups[n++] =
                (struct group){.reason = reason_of(&patient->failure), .arm = patient->failure.arm, .patients = 1};
    }
    if (groups == NULL)
        return NULL;
    qsort(groups, n, sizeof *groups, compare);
    for (size_t i = 0; i < n; i++)
        if (*count > 0 && compare(&groups[*count - 1], &groups[i]) == 0)
            groups[*count - 1].patients++;
        else
            groups[(*count)++] = groups[i];
    return groups;
}

bool failures_write_counts(FILE *text, const struct abscopal_results *results)
{
    static const char heading[] = "not integrated", growth[] = "growth to baseline";
    size_t count;
    struct group *groups = count_groups(results, &count);
    if (groups == NULL)
        return false;
    int width = text_width(heading), place_width = text_width(growth);
    for (size_t i = 0; i < count; i++) {
        const int reason = text_width(groups[i].reason);
        const int place = groups[i].arm < 0 ? 0 : text_width(results->trial->file.arms[groups[i].arm].name);
        width = reason > width ? reason : width;
        place_width = place > place_width ? place : place_width;
    }
    if (count > 0)
        fprintf(text, "\n%-*s  %-*s  patients\n", width, heading, place_width, "where first");
    for (size_t i = 0; i < count; i++) {
        text_write_name(text, groups[i].reason, width);
        fputs("  ", text);
        text_write_name(text, groups[i].arm < 0 ? growth : results->trial->file.arms[groups[i].arm].name, place_width);
        fprintf(text, "  %8zu\n", groups[i].patients);
    }
    free(groups);
    return true;
}

json_t *failures_json(const struct abscopal_results *results)
{
    size_t count;
    struct group *groups = count_groups(results, &count);
    json_t *list = groups != NULL ? json_array() : NULL;
    for (size_t i = 0; list != NULL && i < count; i++) {
        const char *arm = groups[i].arm < 0 ? NULL : results->trial->file.arms[groups[i].arm].name;
        if (json_array_append_new(list, json_pack("{s:s, s:s?, s:I}", "reason", groups[i].reason, "arm", arm,
                                                  "patients", (json_int_t)groups[i].patients)) != 0) {
            json_decref(list);
            list = NULL;
        }
    }
    free(groups);
    return list;
}
