/* Virtual twins for people and as CSV. */
#include <math.h>

#include "results/composed.h"
#include "results/text.h"
#include "trial/twin.h"

/* Effective numbers that bands say little by. */
static const double few = 20;

/* What is written: one twin for people, or several as CSV. */
struct written {
    const abscopal_twin *const *twins;
    size_t count;
};

/* ---- For people ------------------------------------------------------------------------------------- */

static const char *quantity_of(const abscopal_twin *twin)
{
    return twin->measured.are_sums ? "sum of diameters" : "longest diameter of one lesion";
}

static void write_head(FILE *text, const abscopal_twin *twin)
{
    const struct trial_file *trial = &twin->population->trial->file;
    fputs("Research use only. Not for treating patients.\n\nvirtual twin of ", text);
    text_write_name(text, twin->measured.path, 0);
    fputs(" in ", text);
    text_write_name(text, trial->name, 0);
    fprintf(text, "\n%s, %zu of %zu measurements used; days count from the first treatment of arm ", quantity_of(twin),
            twin->used, twin->measured.count);
    text_write_name(text, trial->arms[twin->arm].name, 0);
    fprintf(text, "\n%zu virtual patients to begin with, effective number %.1f; weighed by the measurements %.1f\n",
            twin->candidates, twin->prior_effective, twin->weighed);
    if (twin->refined)
        fprintf(
            text,
            "refined: %.0f particles that began at %zu of these patients, %zu stages, %zu courses, %.0f %% of the last "
            "moves accepted\n",
            twin->effective, twin->ancestors, twin->stages, twin->runs, 100 * twin->acceptance);
    else if (twin->weighed < few)
        fputs("these are few: the bands say little\n", text);
}

static void write_observed(FILE *text, const struct abscopal_twin_band *band)
{
    if (isnan(band->observed))
        fprintf(text, "  %9s", "");
    else
        fprintf(text, "  %s%*.1f", band->below ? "<" : "", band->below ? 8 : 9, band->observed);
}

static void write_arm(FILE *text, const abscopal_twin *twin, size_t arm)
{
    const double last_used = twin->measured.rows[twin->used - 1].day;
    fputs("\narm ", text);
    text_write_name(text, twin->population->trial->file.arms[arm].name, 0);
    fprintf(text, "%s, mm\n%6s  %9s  %7s  %-16s  %-16s\n", arm == twin->arm ? ", which was given" : "", "day",
            "measured", "median", "50 %", "90 %");
    for (size_t i = 0; i < twin->band_count; i++) {
        const struct abscopal_twin_band *band = &twin->bands[arm * twin->band_count + i];
        if (band->day <= last_used)
            continue;
        fprintf(text, "%6.0f", band->day);
        write_observed(text, band);
        fprintf(text, "  %7.1f  %6.1f to %6.1f  %6.1f to %6.1f\n", band->median, band->lower50, band->upper50,
                band->lower90, band->upper90);
    }
}

static void write_table(FILE *text, const void *context)
{
    const abscopal_twin *twin = context;
    write_head(text, twin);
    for (size_t arm = 0; arm < twin->population->arm_count; arm++)
        write_arm(text, twin, arm);
    fputs("\nBands are of what is measured, errors included.\n"
          "Research use only. Not for treating patients.\n",
          text);
}

/* ---- CSV -------------------------------------------------------------------------------------------- */

static void write_number(FILE *text, double number)
{
    if (isnan(number))
        fputc(',', text);
    else
        fprintf(text, ",%.6g", number);
}

static void write_rows(FILE *text, const abscopal_twin *twin, size_t arm)
{
    for (size_t i = 0; i < twin->band_count; i++) {
        const struct abscopal_twin_band *band = &twin->bands[arm * twin->band_count + i];
        const double numbers[] = {band->median,  band->lower50,     band->upper50,  band->lower90,
                                  band->upper90, band->share_below, twin->effective};
        text_write_csv_field(text, twin->measured.path);
        fputc(',', text);
        text_write_csv_field(text, twin->population->trial->file.arms[arm].name);
        fprintf(text, ",%d,%g", arm == twin->arm, band->day);
        write_number(text, band->observed);
        fprintf(text, ",%d,%d", band->below != 0, band->used != 0);
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
            write_number(text, numbers[k]);
        fputs("\r\n", text);
    }
}

static void write_csv(FILE *text, const void *context)
{
    const struct written *written = context;
    fputs("patient,arm,given,day,observed_mm,below,used,median_mm,lower50_mm,upper50_mm,lower90_mm,upper90_mm,"
          "share_below,effective\r\n",
          text);
    for (size_t i = 0; i < written->count; i++)
        for (size_t arm = 0; arm < written->twins[i]->population->arm_count; arm++)
            write_rows(text, written->twins[i], arm);
}

/* ---- Files ------------------------------------------------------------------------------------------ */

enum abscopal_status abscopal_twin_write_table(const abscopal_twin *twin, FILE *file, struct abscopal_error *error)
{
    return composed_write_stream(file, write_table, twin, error);
}

enum abscopal_status abscopal_twin_write_csv(const abscopal_twin *const *twins, size_t count, const char *path,
                                             struct abscopal_error *error)
{
    return composed_write_file(path, write_csv, &(struct written){twins, count}, error);
}
