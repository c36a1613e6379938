/* What is planned for each arm: a row for each treatment. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "protocols/nonmem_read.h"
#include "results/json_value.h"
#include "results/report.h"
#include "trial/conduct.h"

/* A text that grows. */
struct words {
    FILE *stream;
    char *text;
    size_t size;
};

static bool words_open(struct words *words)
{
    *words = (struct words){0};
    words->stream = open_memstream(&words->text, &words->size);
    return words->stream != NULL;
}

/* The text as JSON. */
static json_t *words_close(struct words *words)
{
    const bool good = fclose(words->stream) == 0;
    json_t *json = good ? json_stringn(words->text, words->size) : NULL;
    free(words->text);
    return json;
}

/* ---- Words ------------------------------------------------------------------------------------------ */

static void write_steps(FILE *text, const struct dose_steps *first, double last)
{
    for (int i = 0; i < first->count; i++)
        fprintf(text, "%.6g, ", first->value[i]);
    fprintf(text, "%.6g", last);
}

static void write_label(FILE *text, const struct treatment *treatment)
{
    if (treatment->kind == TREATMENT_RADIOTHERAPY) {
        fprintf(text, "%d x %.6g Gy", treatment->count, treatment->fraction_gray);
        return;
    }
    fprintf(text, "%s ", treatment->antibody->name);
    write_steps(text, &treatment->first_doses, treatment->dose_mg);
    fputs(treatment->dose_per_body_weight ? " mg/kg" : treatment->dose_per_body_surface ? " mg/m^2" : " mg", text);
}

/* "30 min", "6 h", "21 d": the largest of these units of which it is a whole number. */
static void write_duration(FILE *text, double days)
{
    if (days < 1 - 1e-9 && fabs(days * 24 - round(days * 24)) < 1e-6)
        fprintf(text, "%.6g h", days * 24);
    else if (days < 1 - 1e-9)
        fprintf(text, "%.6g min", days * 24 * 60);
    else
        fprintf(text, "%.6g d", days);
}

static void write_lesions(FILE *text, const struct treatment *treatment)
{
    if (treatment->lesion_choice == LESIONS_LISTED) {
        fputs(treatment->lesion_count == 1 ? "lesion" : "lesions", text);
        for (int i = 0; i < treatment->lesion_count; i++)
            fprintf(text, "%s %d", i > 0 ? "," : "", treatment->lesions[i] + 1);
        return;
    }
    fprintf(text, "%s lesion%s", nonmem_lesion_choice(treatment->lesion_choice),
            treatment->lesion_choice == LESIONS_LARGEST || treatment->lesion_choice == LESIONS_SMALLEST ? "" : "s");
}

static void write_drug_detail(FILE *text, const struct treatment *treatment, int planned)
{
    if (treatment->count > 1) {
        fputs("every ", text);
        write_steps(text, &treatment->first_intervals, treatment->interval_days);
        fputs(" d, ", text);
    }
    if (planned >= 0)
        fprintf(text, "%d dose%s", planned, planned == 1 ? "" : "s");
    else
        fprintf(text, treatment->open_ended ? "as often as there is time" : "at most %d doses", treatment->count);
    if (treatment->infusion_days > 0) {
        fputs(", over ", text);
        write_duration(text, treatment->infusion_days);
    }
}

static void write_radiotherapy_detail(FILE *text, const struct treatment *treatment, int planned)
{
    const int fractions = planned >= 0 ? planned : treatment->count;
    fprintf(text, "%d fraction%s of %.6g Gy", fractions, fractions == 1 ? "" : "s", treatment->fraction_gray);
    if (treatment->fractions_per_day > 1) {
        fprintf(text, ", %d a day ", treatment->fractions_per_day);
        write_duration(text, treatment->within_day_days);
        fputs(" apart", text);
    }
    if (treatment->interval_days > 0) {
        fputs(", every ", text);
        write_steps(text, &treatment->first_intervals, treatment->interval_days);
        fputs(" d", text);
    }
    if (treatment->weekdays)
        fputs(" on weekdays", text);
    fputs(", ", text);
    write_lesions(text, treatment);
    if (treatment->nodes)
        fputs(" and the draining nodes", text);
    if (treatment->coverage < 1)
        fprintf(text, ", %.6g %% of each in the field", 100 * treatment->coverage);
    if (treatment->coverage < 1 && treatment->coverage_above_l > 0)
        fprintf(text, " above %.6g mL", 1000 * treatment->coverage_above_l);
}

/* What else decides on single doses. */
static void write_conditions(FILE *text, const struct treatment *treatment)
{
    if (treatment->duration_days > 0)
        fprintf(text, ", for at most %.6g d", treatment->duration_days);
    if (treatment->least_lymphocytes_per_ul > 0)
        fprintf(text, ", put off by %.6g d while lymphocytes are below %.6g per uL (by at most %.6g d)",
                treatment->delay_days, treatment->least_lymphocytes_per_ul, treatment->longest_delay_days);
    if (treatment->missed_probability > 0)
        fprintf(text, ", each missed with probability %.6g", treatment->missed_probability);
}

static json_t *detail_json(const struct treatment *treatment, int planned)
{
    struct words words;
    if (!words_open(&words))
        return NULL;
    if (treatment->kind == TREATMENT_DRUG)
        write_drug_detail(words.stream, treatment, planned);
    else
        write_radiotherapy_detail(words.stream, treatment, planned);
    write_conditions(words.stream, treatment);
    return words_close(&words);
}

static json_t *label_json(const struct treatment *treatment)
{
    struct words words;
    if (!words_open(&words))
        return NULL;
    write_label(words.stream, treatment);
    return words_close(&words);
}

/* What it waits for: "at progression, 7 d later, with at most 3 lesions left"; null for what begins on a day. */
static json_t *begins_json(const struct arm *arm, const struct treatment *treatment)
{
    static const char *const findings[] = {[BEGIN_AT_PROGRESSION] = "at progression",
                                           [BEGIN_AT_RESPONSE] = "at response",
                                           [BEGIN_AT_COMPLETE_RESPONSE] = "at complete response",
                                           [BEGIN_AT_BEST_RESPONSE] = "at best response"};
    struct words words;
    if (treatment->begin == BEGIN_ON_DAY && !treatment->unless_progressed)
        return json_null();
    if (!words_open(&words))
        return NULL;
    if (treatment->begin == BEGIN_AFTER_BLOCK) {
        fputs("after ", words.stream);
        write_label(words.stream, &arm->treatments[treatment->after]);
    } else if (treatment->begin != BEGIN_ON_DAY) {
        fputs(findings[treatment->begin], words.stream);
    }
    if (treatment->begin != BEGIN_ON_DAY && treatment->start_days > 0)
        fprintf(words.stream, ", %.6g d later", treatment->start_days);
    if (treatment->most_remaining > 0)
        fprintf(words.stream, ", with at most %d lesion%s left", treatment->most_remaining,
                treatment->most_remaining == 1 ? "" : "s");
    if (treatment->unless_progressed)
        fprintf(words.stream, "%sunless progressed", treatment->begin != BEGIN_ON_DAY ? ", " : "");
    return words_close(&words);
}

/* "until progression or complete response"; null for what nothing ends. */
static json_t *ends_json(const struct treatment *treatment)
{
    static const struct {
        enum treatment_end end;
        const char *name;
    } known[] = {{END_AT_PROGRESSION, "progression"},
                 {END_AT_CONFIRMED_PROGRESSION, "confirmed progression"},
                 {END_AT_COMPLETE_RESPONSE, "complete response"}};
    struct words words;
    const char *joint = "until ";
    if (treatment->end == 0)
        return json_null();
    if (!words_open(&words))
        return NULL;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if ((treatment->end & known[i].end) != 0) {
            fprintf(words.stream, "%s%s", joint, known[i].name);
            joint = " or ";
        }
    return words_close(&words);
}

/* ---- Rows ------------------------------------------------------------------------------------------- */

static json_t *row_json(const struct trial_file *trial, const struct arm *arm, size_t index, double *days)
{
    const struct treatment *treatment = &arm->treatments[index];
    const double start_day = conduct_planned_start(trial, arm, index, days);
    const int planned = isnan(start_day) ? -1 : conduct_planned_days(trial, treatment, start_day, days);
    json_t *list = json_numbers(days, planned > 0 ? (size_t)planned : 0);
    return json_pack("{s:o, s:s, s:o, s:o, s:o, s:o}", "label", label_json(treatment), "kind",
                     treatment->kind == TREATMENT_DRUG ? "drug" : "radiotherapy", "days", list, "begins",
                     begins_json(arm, treatment), "ends", ends_json(treatment), "detail",
                     detail_json(treatment, planned));
}

/* What an arm goes over to, as a row that waits. */
static json_t *switch_json(const struct trial_file *trial, const struct arm *arm)
{
    struct words words;
    if (!words_open(&words))
        return NULL;
    fputs("at progression", words.stream);
    if (arm->switch_lag_days > 0)
        fprintf(words.stream, ", %.6g d later", arm->switch_lag_days);
    return json_pack("{s:s+, s:s, s:[], s:o, s:n, s:s}", "label", "treatments of ", trial->arms[arm->switch_to].name,
                     "kind", "drug", "days", "begins", words_close(&words), "ends", "detail",
                     "instead of those of this arm");
}

static json_t *arm_json(const struct trial_file *trial, const struct arm *arm, double *days)
{
    json_t *rows = json_array();
    for (size_t i = 0; rows != NULL && i < arm->treatment_count; i++)
        json_list_add(&rows, row_json(trial, arm, i, days));
    if (arm->switches)
        json_list_add(&rows, switch_json(trial, arm));
    return json_pack("{s:s, s:o}", "arm", arm->name, "rows", rows);
}

json_t *report_design(const struct abscopal_results *results)
{
    const struct trial_file *trial = &results->trial->file;
    double *const days = malloc(conduct_most_days(trial) * sizeof *days);
    json_t *arms = days != NULL ? json_array() : NULL;
    for (size_t arm = 0; arms != NULL && arm < trial->arm_count; arm++)
        json_list_add(&arms, arm_json(trial, &trial->arms[arm], days));
    free(days);
    return arms;
}
