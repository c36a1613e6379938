#include "results/table_arms.h"

#include <math.h>
#include <stdlib.h>

#include "results/summary.h"
#include "results/text.h"

/* Of "100.0 % (100.0-100.0)", "1234.5 d (1000-1461)", "+12.5 % (-10.5 to +33.3)", "0.55 (0.30-1.00)". */
enum { SHARE_WIDTH = 21, TIME_WIDTH = 20, DIFFERENCE_WIDTH = 26, RATIO_WIDTH = 20, CELL_SIZE = 96 };

static void write_cell(FILE *text, const char *cell, int width)
{
    fprintf(text, "  %-*s", width, cell);
}

static void write_share(FILE *text, const struct abscopal_share *share)
{
    char cell[CELL_SIZE] = "-";
    if (!isnan(share->fraction))
        snprintf(cell, sizeof cell, "%.1f %% (%.1f-%.1f)", 100 * share->fraction, 100 * share->lower,
                 100 * share->upper);
    write_cell(text, cell, SHARE_WIDTH);
}

/* A day, or that it was not reached, or that there is none. */
static const char *day_text(char *buffer, size_t size, double days)
{
    if (isnan(days))
        return "?";
    if (isinf(days))
        return "NR";
    snprintf(buffer, size, "%.5g", days);
    return buffer;
}

static void write_median(FILE *text, const struct abscopal_estimate *days)
{
    char cell[CELL_SIZE] = "-", value[32], lower[32], upper[32];
    const bool has_limits = !isnan(days->lower) || !isnan(days->upper);
    if (!isnan(days->value))
        snprintf(cell, sizeof cell, has_limits ? "%s%s (%s-%s)" : "%s%s", day_text(value, sizeof value, days->value),
                 isinf(days->value) ? "" : " d", day_text(lower, sizeof lower, days->lower),
                 day_text(upper, sizeof upper, days->upper));
    write_cell(text, cell, TIME_WIDTH);
}

/* A mean, to whole days. */
static void write_mean(FILE *text, const struct abscopal_estimate *days)
{
    char cell[CELL_SIZE] = "-";
    if (!isnan(days->lower))
        snprintf(cell, sizeof cell, "%.0f d (%.0f-%.0f)", days->value, days->lower, days->upper);
    else if (!isnan(days->value))
        snprintf(cell, sizeof cell, "%.0f d", days->value);
    write_cell(text, cell, TIME_WIDTH);
}

static void write_rate(FILE *text, const struct abscopal_estimate *share)
{
    char cell[CELL_SIZE] = "-";
    if (!isnan(share->lower))
        snprintf(cell, sizeof cell, "%.1f %% (%.1f-%.1f)", 100 * share->value, 100 * share->lower, 100 * share->upper);
    else if (!isnan(share->value))
        snprintf(cell, sizeof cell, "%.1f %%", 100 * share->value);
    write_cell(text, cell, SHARE_WIDTH);
}

static void write_difference(FILE *text, const struct abscopal_estimate *difference)
{
    char cell[CELL_SIZE] = "-";
    if (!isnan(difference->value))
        snprintf(cell, sizeof cell, "%+.1f %% (%+.1f to %+.1f)", 100 * difference->value, 100 * difference->lower,
                 100 * difference->upper);
    write_cell(text, cell, DIFFERENCE_WIDTH);
}

static void write_ratio(FILE *text, const struct abscopal_estimate *ratio)
{
    char cell[CELL_SIZE] = "-";
    if (isinf(ratio->value))
        snprintf(cell, sizeof cell, "infinite");
    else if (!isnan(ratio->lower))
        snprintf(cell, sizeof cell, "%.2f (%.2f-%.2f)", ratio->value, ratio->lower, ratio->upper);
    else if (!isnan(ratio->value))
        snprintf(cell, sizeof cell, "%.2f", ratio->value);
    write_cell(text, cell, RATIO_WIDTH);
}

static void write_p(FILE *text, double p)
{
    char cell[CELL_SIZE] = "-";
    if (p < 1e-4)
        snprintf(cell, sizeof cell, "< 0.0001");
    else if (!isnan(p))
        snprintf(cell, sizeof cell, "%.4f", p);
    write_cell(text, cell, 0);
}

/* ---- Blocks ----------------------------------------------------------------------------------------- */

struct heading {
    const char *name;
    int width;
};

static void write_heading(FILE *text, const char *first, int width, const struct heading *headings, size_t count)
{
    fprintf(text, "%-*s", width, first);
    for (size_t i = 0; i < count; i++)
        write_cell(text, headings[i].name, i + 1 < count ? headings[i].width : 0);
    fputc('\n', text);
}

static void write_responses(FILE *text, const struct abscopal_arm_summary *summaries, size_t arms, int width)
{
    static const struct heading headings[] = {{"ORR at horizon", SHARE_WIDTH}, {"best ORR", SHARE_WIDTH}, {"DCR", 0}};
    fprintf(text, "%-*s  %6s", width, "arm", "n");
    write_heading(text, "", 0, headings, sizeof headings / sizeof *headings);
    for (size_t arm = 0; arm < arms; arm++) {
        const struct abscopal_arm_summary *summary = &summaries[arm];
        text_write_name(text, summary->name, width);
        fprintf(text, "  %6zu", summary->patients);
        write_share(text, &summary->response_at_horizon);
        write_share(text, &summary->best_response);
        write_share(text, &summary->disease_control);
        fputc('\n', text);
    }
}

static void write_further_responses(FILE *text, const struct abscopal_arm_summary *summaries, size_t arms, int width)
{
    static const struct heading headings[] = {
        {"CR", SHARE_WIDTH}, {"out-of-field ORR", SHARE_WIDTH}, {"     n", 6}, {"best change, median", 0}};
    write_heading(text, "arm", width, headings, sizeof headings / sizeof *headings);
    for (size_t arm = 0; arm < arms; arm++) {
        text_write_name(text, summaries[arm].name, width);
        write_share(text, &summaries[arm].complete_response);
        write_share(text, &summaries[arm].out_of_field_response);
        fprintf(text, "  %6zu", summaries[arm].out_of_field_patients);
        write_difference(text, &summaries[arm].median_best_change);
        fputc('\n', text);
    }
}

static void write_times(FILE *text, const struct abscopal_arm_summary *summaries, size_t arms, int width)
{
    static const struct heading headings[] = {{"median PFS", TIME_WIDTH},
                                              {"mean PFS in trial", TIME_WIDTH},
                                              {"time to response", TIME_WIDTH},
                                              {"duration of response", 0}};
    write_heading(text, "arm", width, headings, sizeof headings / sizeof *headings);
    for (size_t arm = 0; arm < arms; arm++) {
        text_write_name(text, summaries[arm].name, width);
        write_median(text, &summaries[arm].median_progression_free_days);
        write_mean(text, &summaries[arm].mean_progression_free_days);
        write_median(text, &summaries[arm].median_time_to_response_days);
        write_median(text, &summaries[arm].median_duration_of_response_days);
        fputc('\n', text);
    }
}

size_t table_months(const struct abscopal_results *results, int *months)
{
    static const int usual[TABLE_MOST_MONTHS] = {6, 12, 24};
    size_t count = 0;
    while (count < TABLE_MOST_MONTHS && usual[count] * days_in_month() <= results->trial->file.until_days) {
        months[count] = usual[count];
        count++;
    }
    return count;
}

static enum abscopal_status write_survival(FILE *text, const struct abscopal_results *results, int width)
{
    int months[TABLE_MOST_MONTHS];
    char names[TABLE_MOST_MONTHS][32];
    struct heading headings[TABLE_MOST_MONTHS];
    const size_t count = table_months(results, months);
    if (count == 0)
        return ABSCOPAL_OK;
    for (size_t i = 0; i < count; i++) {
        snprintf(names[i], sizeof names[i], "PFS at %d months", months[i]);
        headings[i] = (struct heading){names[i], SHARE_WIDTH};
    }
    fputc('\n', text);
    write_heading(text, "arm", width, headings, count);
    for (size_t arm = 0; arm < results->arm_count; arm++) {
        text_write_name(text, results->trial->file.arms[arm].name, width);
        for (size_t i = 0; i < count; i++) {
            struct abscopal_estimate share;
            const enum abscopal_status status =
                abscopal_results_progression_free(results, arm, months[i] * days_in_month(), &share);
            if (status != ABSCOPAL_OK)
                return status;
            write_rate(text, &share);
        }
        fputc('\n', text);
    }
    return ABSCOPAL_OK;
}

/* A row for each arm and PD-L1 class of the cohort; nothing without classes. */
static enum abscopal_status write_classes(FILE *text, const struct abscopal_results *results, int width)
{
    const struct cohort *cohort = &results->trial->cohort;
    int class_width = text_width("PD-L1");
    for (size_t i = 0; i < cohort->pdl1_class_count; i++) {
        const int own = text_width(cohort->pdl1_classes[i].name);
        class_width = own > class_width ? own : class_width;
    }
    if (cohort->pdl1_class_count > 0)
        fprintf(text, "\n%-*s  %-*s  %6s  best ORR\n", width, "arm", class_width, "PD-L1", "n");
    for (size_t row = 0; row < results->arm_count * cohort->pdl1_class_count; row++) {
        const size_t arm = row / cohort->pdl1_class_count, class = row % cohort->pdl1_class_count;
        size_t patients;
        struct abscopal_share share;
        const enum abscopal_status status = results_best_response_of_class(results, arm, class, &patients, &share);
        if (status != ABSCOPAL_OK)
            return status;
        text_write_name(text, results->trial->file.arms[arm].name, width);
        fputs("  ", text);
        text_write_name(text, cohort->pdl1_classes[class].name, class_width);
        fprintf(text, "  %6zu", patients);
        write_share(text, &share);
        fputc('\n', text);
    }
    return ABSCOPAL_OK;
}

static enum abscopal_status write_comparisons(FILE *text, const struct abscopal_results *results, int width)
{
    static const struct heading headings[] = {
        {"best ORR, difference", DIFFERENCE_WIDTH}, {"hazard ratio, PFS", RATIO_WIDTH}, {"log-rank p", 0}};
    fputs("\nAgainst ", text);
    text_write_name(text, results->trial->file.arms[0].name, 0);
    fputs(results->trial->file.allocation.disjoint ? ", of other patients\n" : ", of the same patients\n", text);
    write_heading(text, "arm", width, headings, sizeof headings / sizeof *headings);
    for (size_t arm = 1; arm < results->arm_count; arm++) {
        struct abscopal_arm_comparison comparison;
        const enum abscopal_status status = abscopal_results_comparison(results, arm, &comparison);
        if (status != ABSCOPAL_OK)
            return status;
        text_write_name(text, comparison.name, width);
        write_difference(text, &comparison.best_response_difference);
        write_ratio(text, &comparison.hazard_ratio);
        write_p(text, comparison.log_rank_p);
        fputc('\n', text);
    }
    return ABSCOPAL_OK;
}

static enum abscopal_status write_blocks(FILE *text, const struct abscopal_results *results,
                                         const struct abscopal_arm_summary *summaries)
{
    int width = text_width("arm");
    for (size_t arm = 0; arm < results->arm_count; arm++) {
        const int name_width = text_width(summaries[arm].name);
        width = name_width > width ? name_width : width;
    }
    write_responses(text, summaries, results->arm_count, width);
    fputc('\n', text);
    write_further_responses(text, summaries, results->arm_count, width);
    fputc('\n', text);
    write_times(text, summaries, results->arm_count, width);
    enum abscopal_status status = write_survival(text, results, width);
    if (status == ABSCOPAL_OK)
        status = write_classes(text, results, width);
    if (status != ABSCOPAL_OK || results->arm_count < 2)
        return status;
    return write_comparisons(text, results, width);
}

enum abscopal_status table_write_arms(FILE *text, const struct abscopal_results *results)
{
    struct abscopal_arm_summary *summaries = calloc(results->arm_count + 1, sizeof *summaries);
    enum abscopal_status status = summaries != NULL ? ABSCOPAL_OK : ABSCOPAL_NO_MEMORY;
    for (size_t arm = 0; arm < results->arm_count && status == ABSCOPAL_OK; arm++)
        status = abscopal_results_summary(results, arm, &summaries[arm]);
    if (status == ABSCOPAL_OK)
        status = write_blocks(text, results, summaries);
    free(summaries);
    return status;
}
