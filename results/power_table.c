/* The power of a design for people. */
#include <inttypes.h>
#include <math.h>

#include "results/composed.h"
#include "results/power.h"
#include "results/text.h"

enum { CELL = 64, LINE_WIDTH = 110 };

/* ---- Cells ------------------------------------------------------------------------------------------ */

static const char *share_text(const struct abscopal_share *share, char text[CELL])
{
    if (isnan(share->fraction))
        snprintf(text, CELL, "-");
    else
        snprintf(text, CELL, "%.1f %% (%.1f-%.1f)", 100 * share->fraction, 100 * share->lower, 100 * share->upper);
    return text;
}

/* "115 (110-121)", "> 2000". */
static const char *need_text(const struct power_need *need, size_t most, char text[CELL])
{
    if (!need->reached)
        snprintf(text, CELL, "> %zu", most);
    else if (isfinite(need->upper))
        snprintf(text, CELL, "%.0f (%.0f-%.0f)", need->patients, need->lower, need->upper);
    else
        snprintf(text, CELL, "%.0f (%.0f-?)", need->patients, need->lower);
    return text;
}

static const char *effect_text(const struct power_file *design, const struct power_effect *effect, char text[CELL])
{
    const struct abscopal_estimate *value = &effect->effect;
    if (isnan(value->value))
        snprintf(text, CELL, "-");
    else if (power_is_survival(design))
        snprintf(text, CELL, "%.2f (%.2f-%.2f)", value->value, value->lower, value->upper);
    else
        snprintf(text, CELL, "%+.1f points (%+.1f to %+.1f)", 100 * value->value, 100 * value->lower,
                 100 * value->upper);
    return text;
}

/* ---- The design ------------------------------------------------------------------------------------- */

static void looks_write(FILE *file, const struct abscopal_power *power)
{
    const struct group_sequential *bounds = &power->conduct.bounds;
    if (bounds->looks == 1)
        return;
    fputs("looks at", file);
    for (size_t look = 0; look < bounds->looks; look++) {
        if (isfinite(bounds->bound[look]))
            fprintf(file, "%s %.4g %% (bound %.3f)", look > 0 ? "," : "", 100 * bounds->share[look],
                    bounds->bound[look]);
        else
            fprintf(file, "%s %.4g %% (no bound)", look > 0 ? "," : "", 100 * bounds->share[look]);
    }
    fputc('\n', file);
}

static void heading_write(FILE *file, const struct abscopal_power *power)
{
    const struct power_file *design = &power->design;
    text_write_paragraph(file, "design", design->name, LINE_WIDTH);
    text_write_paragraph(file, "trial", power->trial_name, LINE_WIDTH);
    fputs(power_endpoint_name(design->endpoint), file);
    if (!isnan(design->at_days))
        fprintf(file, ", day %.6g", design->at_days);
    fprintf(file, "; %s, %s-sided, alpha %.4g %%%s\n", power_test_name(design->test),
            design->sides == 2 ? "two" : "one", 100 * design->alpha,
            design->arm_count > 2 ? design->bonferroni ? " of both comparisons (Bonferroni)" : " of each comparison"
                                  : "");
    looks_write(file, power);
    fprintf(file, "drawn from %zu virtual patients (of %zu, seed %" PRIu64 ") who completed all arms", power->members,
            power->patients, power->cohort_seed);
    if (power->effective < (double)power->members - 0.5)
        fprintf(file, ", as many as %.0f who all count the same", power->effective);
    fprintf(file, "; %zu trials for each number, %zu without an effect\n", design->trials, design->null_trials);
    if (power->other_text)
        fputs("note: these results are of a trial file that reads otherwise than the design's\n", file);
    fputs("Research use only. Not for treating patients.\n", file);
}

static void effects_write(FILE *file, const struct abscopal_power *power)
{
    const struct power_file *design = &power->design;
    const char *what = power_is_survival(design) ? "event seen" : "responds";
    char text[CELL];
    int width = text_width(design->arms[0]);
    for (size_t arm = 1; arm < design->arm_count; arm++)
        width = text_width(design->arms[arm]) > width ? text_width(design->arms[arm]) : width;
    fprintf(file, "\nIn the population, before dropout and errors\n%-*s  %10s  %s\n", width, "arm", what,
            power_is_survival(design) ? "hazard ratio (95 %)" : "less the first (95 %)");
    text_write_name(file, design->arms[0], width);
    fprintf(file, "  %8.1f %%\n", 100 * power->effects[0].first);
    for (size_t arm = 1; arm < design->arm_count; arm++) {
        text_write_name(file, design->arms[arm], width);
        fprintf(file, "  %8.1f %%  %s\n", 100 * power->effects[arm - 1].other,
                effect_text(design, &power->effects[arm - 1], text));
    }
}

/* ---- The curve -------------------------------------------------------------------------------------- */

static void needs_write(FILE *file, const struct abscopal_power *power, size_t comparison)
{
    const struct power_file *design = &power->design;
    const struct power_need *needs = power->needs[comparison];
    char text[CELL];
    for (size_t target = 0; target < POWER_TARGETS; target++) {
        const struct power_need *need = &needs[target];
        fprintf(file, "for %.0f %%: %s patients per arm", 100 * need->power,
                need_text(need, design->most_patients, text));
        if (!need->reached) {
            const struct abscopal_share there = power_share(need->successes, need->trials);
            fprintf(file, "; with %zu the power is %s", need->simulated, share_text(&there, text));
        }
        const double closed = power_closed_form(power, comparison, &power->effects[comparison], need->power);
        if (isfinite(closed))
            fprintf(file, "; closed form of the population's effect%s: %.0f",
                    power->conduct.bounds.looks > 1 ? ", without looks" : "", ceil(closed));
        fputc('\n', file);
    }
    if (isfinite(power->effects[comparison].size_error))
        fprintf(file, "For lack of virtual patients alone these numbers are uncertain by %.0f %% (standard error).\n",
                100 * power->effects[comparison].size_error);
}

static void rejections_write(FILE *file, const struct abscopal_power *power, size_t comparison)
{
    const struct group_sequential *bounds = &power->conduct.bounds;
    if (bounds->looks == 1)
        return;
    fputs("\nshare of trials that reject first at each look\npatients per arm", file);
    for (size_t look = 0; look < bounds->looks; look++)
        fprintf(file, "  %6.4g %%", 100 * bounds->share[look]);
    fputc('\n', file);
    for (size_t i = 0; i < power->point_count; i++) {
        const struct power_estimate *point = &power->points[i];
        fprintf(file, "%16zu", point->patients_per_arm);
        for (size_t look = 0; look < bounds->looks; look++)
            fprintf(file, "  %6.1f %%", 100 * (double)point->at_look[comparison][look] / (double)point->trials);
        fputc('\n', file);
    }
}

static void curve_write(FILE *file, const struct abscopal_power *power, size_t comparison)
{
    const struct power_file *design = &power->design;
    fputc('\n', file);
    text_write_name(file, design->arms[comparison + 1], 0);
    fputs(" against ", file);
    text_write_name(file, design->arms[0], 0);
    fprintf(file, "\n%16s  %5s  %-19s  %-19s  %8s  %8s\n", "patients per arm", "all", "power (95 %)",
            "type I error (95 %)", "days", "enrolled");
    for (size_t i = 0; i < power->point_count; i++) {
        struct abscopal_power_point point;
        char right[CELL], wrong[CELL];
        abscopal_power_point(power, comparison, i, &point);
        fprintf(file, "%16zu  %5zu  %-19s  %-19s  %8.0f  %8.1f\n", point.patients_per_arm, point.patients,
                share_text(&point.power, right), share_text(&point.type_1_error, wrong), point.mean_days,
                point.mean_enrolled);
    }
    needs_write(file, power, comparison);
    rejections_write(file, power, comparison);
}

/* At least one of both comparisons. */
static void family_write(FILE *file, const struct abscopal_power *power)
{
    if (power->design.arm_count < 3)
        return;
    fprintf(file, "\nat least one comparison rejects\n%16s  %-19s  %-19s\n", "patients per arm", "share (95 %)",
            "type I error (95 %)");
    for (size_t i = 0; i < power->point_count; i++) {
        char right[CELL], wrong[CELL];
        const struct abscopal_share any = power_share(power->points[i].any, power->points[i].trials),
                                    error = power_share(power->nulls[i].any, power->nulls[i].trials);
        fprintf(file, "%16zu  %-19s  %-19s\n", power->points[i].patients_per_arm, share_text(&any, right),
                share_text(&error, wrong));
    }
}

/* ---- Subgroups -------------------------------------------------------------------------------------- */

static void groups_write(FILE *file, const struct abscopal_power *power, size_t comparison)
{
    const struct power_file *design = &power->design;
    int width = text_width("subgroup");
    for (size_t i = 0; i < power->group_count; i++)
        width = text_width(power->groups[i].group.name) > width ? text_width(power->groups[i].group.name) : width;
    fputs("\nTrials of a subgroup alone, ", file);
    text_write_name(file, design->arms[comparison + 1], 0);
    fprintf(file, "; *: 80 %% with at most %zu per arm\n%-*s  %8s  %7s  %7s  %-30s  %-16s  %s\n",
            design->sizes[design->size_count - 1], width, "subgroup", "patients", "first", "arm",
            power_is_survival(design) ? "hazard ratio" : "difference", "for 80 %", "for 90 %");
    for (size_t i = 0; i < power->group_count; i++) {
        const struct power_group_found *found = &power->groups[i];
        const struct power_effect *effect = &found->effects[comparison];
        char difference[CELL], first[CELL], second[CELL];
        text_write_name(file, found->group.name, width);
        if (found->needs[comparison][0].trials == 0) {
            fprintf(file, "  %8zu  too few to draw from\n", found->members);
            continue;
        }
        fprintf(file, "  %8zu  %5.1f %%  %5.1f %%  %-30s  %-16s  %s%s\n", found->members, 100 * effect->first,
                100 * effect->other, effect_text(design, effect, difference),
                need_text(&found->needs[comparison][0], design->most_patients, first),
                need_text(&found->needs[comparison][1], design->most_patients, second),
                power_group_is_enough(power, found, comparison) ? " *" : "");
    }
}

static void table_write(FILE *file, const void *context)
{
    const struct abscopal_power *power = context;
    heading_write(file, power);
    effects_write(file, power);
    for (size_t i = 0; i + 1 < power->design.arm_count; i++)
        curve_write(file, power, i);
    family_write(file, power);
    for (size_t i = 0; i + 1 < power->design.arm_count && power->group_count > 0; i++)
        groups_write(file, power, i);
    fputs("\nPower is that of the model's effect: how far the model is from patients is not in these intervals.\n",
          file);
}

enum abscopal_status abscopal_power_write_table(const abscopal_power *power, FILE *file, struct abscopal_error *error)
{
    return composed_write_stream(file, table_write, power, error);
}
