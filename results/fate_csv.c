/* Fates as CSV: a row for every patient and arm. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "results/composed.h"
#include "results/fate_values.h"
#include "results/text.h"

/* Name number `flag` of a list with blanks between. */
static void write_flag(FILE *file, const char *meanings, int flag)
{
    for (; flag > 0; flag--)
        meanings = strchr(meanings, ' ') + 1;
    fprintf(file, "%.*s", (int)strcspn(meanings, " "), meanings);
}

static void write_value(FILE *file, const struct fate_value *value, double number)
{
    fputc(',', file);
    if (isnan(number))
        return;
    if (value->flag_meanings != NULL)
        write_flag(file, value->flag_meanings, (int)number);
    else
        fprintf(file, "%.*g", value->digits > 0 ? value->digits : 15, number);
}

static void write_rows(FILE *file, const void *context)
{
    const struct abscopal_fates *fates = context;
    size_t count = 0;
    const struct fate_value *values = fate_values(&count);
    fputs("patient,arm", file);
    for (size_t i = 0; i < count; i++)
        fprintf(file, ",%s", values[i].name);
    fputc('\n', file);
    for (size_t patient = 0; patient < fates->results->patient_count; patient++)
        for (size_t arm = 0; arm < fates->results->arm_count; arm++) {
            fprintf(file, "%llu,", (unsigned long long)results_patient(fates->results, patient)->patient.id);
            text_write_csv_field(file, fate_arm_name(fates, arm));
            for (size_t i = 0; i < count; i++)
                write_value(file, &values[i], values[i].of(fates, arm, patient));
            fputc('\n', file);
        }
}

enum abscopal_status abscopal_fates_write_csv(const abscopal_fates *fates, const char *path,
                                              struct abscopal_error *error)
{
    return composed_write_file(path, write_rows, fates, error);
}
