#include "results/nonmem.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>

#include "protocols/error.h"
#include "protocols/nonmem_read.h"
#include "results/output.h"
#include "trial/conduct.h"
#include "trial/virtual_trial.h"

/* ---- The plan of an arm ----------------------------------------------------------------------------- */

/* One record: doses of one amount at equal intervals, or one fraction. */
struct record {
    double day, amount, interval_days;
    int additional;
    const struct treatment *treatment;
    size_t course; /* of radiotherapy: number of the treatment in the arm, from 1 */
};

struct plan {
    struct record *records;
    size_t count;
    double *days; /* scratch of one treatment */
};

static bool same_interval(double a, double b)
{
    return fabs(a - b) <= 1e-9;
}

static double amount_of(const struct treatment *treatment, int index)
{
    if (treatment->kind == TREATMENT_RADIOTHERAPY)
        return treatment->fraction_gray;
    return index < treatment->first_doses.count ? treatment->first_doses.value[index] : treatment->dose_mg;
}

/* Doses join the record before when amount and interval are its own. Fractions stay single: records of other events may
 * not have additional doses. */
static void plan_dose(struct plan *plan, const struct treatment *treatment, size_t course, int index)
{
    struct record *last = plan->count > 0 ? &plan->records[plan->count - 1] : NULL;
    const double amount = amount_of(treatment, index);
    if (index > 0 && treatment->kind == TREATMENT_DRUG && last->amount == amount) {
        const double interval = plan->days[index] - plan->days[index - 1];
        if (last->additional == 0 || same_interval(interval, last->interval_days)) {
            last->interval_days = last->additional == 0 ? interval : last->interval_days;
            last->additional++;
            return;
        }
    }
    plan->records[plan->count++] =
        (struct record){.day = plan->days[index], .amount = amount, .treatment = treatment, .course = course};
}

/* By day; drugs before radiotherapy of the same day. Stable. */
static void sort_records(struct record *records, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const struct record record = records[i];
        size_t place = i;
        for (; place > 0; place--) {
            const struct record *before = &records[place - 1];
            if (before->day < record.day ||
                (before->day == record.day && before->treatment->kind <= record.treatment->kind))
                break;
            records[place] = *before;
        }
        records[place] = record;
    }
}

/* Returns how many treatments are left out. */
static size_t plan_arm(struct plan *plan, const struct trial_file *trial, const struct arm *arm)
{
    size_t left_out = 0;
    plan->count = 0;
    for (size_t i = 0; i < arm->treatment_count; i++) {
        const struct treatment *treatment = &arm->treatments[i];
        const double start_day = conduct_planned_start(trial, arm, i, plan->days);
        if (isnan(start_day)) {
            left_out++;
            continue;
        }
        const int count = conduct_planned_days(trial, treatment, start_day, plan->days);
        for (int k = 0; k < count; k++)
            plan_dose(plan, treatment, i + 1, k);
    }
    sort_records(plan->records, plan->count);
    return left_out;
}

static bool plan_open(struct plan *plan, const struct trial_file *trial)
{
    size_t records = 1;
    for (size_t arm = 0; arm < trial->arm_count; arm++) {
        size_t count = 0;
        for (size_t i = 0; i < trial->arms[arm].treatment_count; i++)
            count += (size_t)trial->arms[arm].treatments[i].count;
        records = count > records ? count : records;
    }
    *plan = (struct plan){.records = malloc(records * sizeof *plan->records),
                          .days = malloc(conduct_most_days(trial) * sizeof *plan->days)};
    return plan->records != NULL && plan->days != NULL;
}

static void plan_close(struct plan *plan)
{
    free(plan->records);
    free(plan->days);
}

/* ---- Records ---------------------------------------------------------------------------------------- */

/* Drugs are numbered, from 1, as they appear in the file. */
static int compartment_of(const struct trial_file *trial, const struct antibody *drug)
{
    const struct antibody *seen[NONMEM_MOST_DRUGS];
    int count = 0;
    for (size_t arm = 0; arm < trial->arm_count; arm++) {
        for (size_t i = 0; i < trial->arms[arm].treatment_count; i++) {
            const struct antibody *next = trial->arms[arm].treatments[i].antibody;
            int known = 0;
            while (known < count && seen[known] != next)
                known++;
            if (next == drug)
                return known + 1;
            if (next != NULL && known == count && count < NONMEM_MOST_DRUGS)
                seen[count++] = next;
        }
    }
    return count;
}

static void write_quoted(FILE *stream, const char *text)
{
    fputc('"', stream);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            fputc('"', stream);
        fputc(*text, stream);
    }
    fputc('"', stream);
}

static void write_lesions(FILE *stream, const struct treatment *treatment)
{
    if (treatment->lesion_choice != LESIONS_LISTED)
        fputs(nonmem_lesion_choice(treatment->lesion_choice), stream);
    if (treatment->lesion_choice != LESIONS_LISTED && treatment->lesion_count > 1)
        fprintf(stream, " %d", treatment->lesion_count);
    for (int i = 0; treatment->lesion_choice == LESIONS_LISTED && i < treatment->lesion_count; i++)
        fprintf(stream, "%s%d", i > 0 ? " " : "", treatment->lesions[i] + 1);
}

static void write_record(FILE *stream, const struct trial_file *trial, size_t arm, const struct record *record)
{
    const struct treatment *treatment = record->treatment;
    const bool drug = treatment->kind == TREATMENT_DRUG;
    fprintf(stream, "%zu,%.15g,%d,", arm + 1, record->day, drug ? 1 : 2);
    if (drug) {
        const double rate = treatment->infusion_days > 0 ? record->amount / treatment->infusion_days : 0;
        fprintf(stream, "%d,%.15g,%.15g,%.15g,%d,0,0,0,0,0,.,", compartment_of(trial, treatment->antibody),
                record->amount, rate, record->interval_days, record->additional);
    } else {
        fprintf(stream, "0,0,0,0,0,%.15g,%zu,%.15g,%.15g,%d,", record->amount, record->course, treatment->coverage,
                treatment->coverage_above_l, treatment->nodes);
        write_lesions(stream, treatment);
        fputc(',', stream);
    }
    fprintf(stream, "%s,%s,", drug ? treatment->antibody->name : ".",
            !drug                              ? "."
            : treatment->dose_per_body_weight  ? "mg/kg"
            : treatment->dose_per_body_surface ? "mg/m^2"
                                               : "mg");
    write_quoted(stream, trial->arms[arm].name);
    fputc('\n', stream);
}

enum abscopal_status nonmem_write(const struct trial_file *trial, FILE *stream, size_t *left_out)
{
    struct plan plan;
    *left_out = 0;
    const locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0); /* decimal points in any locale */
    const bool good = plan_open(&plan, trial) && c_locale != (locale_t)0;
    const locale_t before = good ? uselocale(c_locale) : (locale_t)0;
    if (good)
        fprintf(stream, "%s\n", nonmem_columns);
    for (size_t arm = 0; good && arm < trial->arm_count; arm++) {
        *left_out += plan_arm(&plan, trial, &trial->arms[arm]);
        for (size_t i = 0; i < plan.count; i++)
            write_record(stream, trial, arm, &plan.records[i]);
    }
    if (good)
        uselocale(before);
    if (c_locale != (locale_t)0)
        freelocale(c_locale);
    plan_close(&plan);
    return good ? ABSCOPAL_OK : ABSCOPAL_NO_MEMORY;
}

enum abscopal_status abscopal_trial_write_nonmem(const abscopal_trial *trial, const char *path, size_t *left_out,
                                                 struct abscopal_error *error)
{
    char *text = NULL;
    size_t size = 0, ignored;
    FILE *stream = open_memstream(&text, &size);
    enum abscopal_status status = stream != NULL
                                      ? nonmem_write(&trial->file, stream, left_out != NULL ? left_out : &ignored)
                                      : ABSCOPAL_NO_MEMORY;
    if (stream != NULL && fclose(stream) != 0)
        status = ABSCOPAL_NO_MEMORY;
    if (status == ABSCOPAL_OK)
        status = output_write_file(path, text, size, error);
    else
        error_no_memory(error);
    free(text);
    return status;
}
