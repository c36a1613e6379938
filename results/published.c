#include "results/published.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "results/summary.h"
#include "results/text.h"

static struct abscopal_estimate estimate_of_share(const struct abscopal_share *share)
{
    return (struct abscopal_estimate){share->fraction, share->lower, share->upper};
}

/* ---- Predictions ------------------------------------------------------------------------------------ */

bool published_is_time(const char *endpoint)
{
    return strncmp(endpoint, "median_", strlen("median_")) == 0;
}

/* Endpoints that an arm's summary holds. */
static bool from_summary(const char *endpoint, const struct abscopal_arm_summary *summary,
                         struct abscopal_estimate *estimate)
{
    const struct {
        const char *name;
        const struct abscopal_share *share;
        const struct abscopal_estimate *time;
    } known[] = {
        {"best_response_rate", &summary->best_response, NULL},
        {"disease_control_rate", &summary->disease_control, NULL},
        {"abscopal_response_rate", &summary->out_of_field_response, NULL},
        {"complete_response_rate", &summary->complete_response, NULL},
        {"progressive_disease_rate", &summary->progressive_disease, NULL},
        {"median_progression_free_survival", NULL, &summary->median_progression_free_days},
        {"median_duration_of_response", NULL, &summary->median_duration_of_response_days},
        {"median_time_to_response", NULL, &summary->median_time_to_response_days},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(endpoint, known[i].name) == 0) {
            *estimate = known[i].time != NULL ? *known[i].time : estimate_of_share(known[i].share);
            return true;
        }
    return false;
}

/* Shares of a day. */
static enum abscopal_status share_on(const struct abscopal_results *results, size_t arm, const char *endpoint,
                                     double day, struct abscopal_estimate *predicted)
{
    static const struct {
        const char *name;
        enum endpoint_share what;
    } known[] = {{"response_rate", ENDPOINT_RESPONSE_AT_HORIZON},
                 {"best_response_rate", ENDPOINT_BEST_RESPONSE},
                 {"disease_control_rate", ENDPOINT_DISEASE_CONTROL},
                 {"complete_response_rate", ENDPOINT_COMPLETE_RESPONSE},
                 {"progressive_disease_rate", ENDPOINT_PROGRESSIVE_DISEASE}};
    struct abscopal_share share = {.fraction = NAN, .lower = NAN, .upper = NAN};
    enum abscopal_status status = ABSCOPAL_OK;
    if (strcmp(endpoint, "abscopal_response_rate") == 0)
        status = results_out_of_field_response_on(results, arm, day, &share);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(endpoint, known[i].name) == 0)
            status = results_share_on(results, arm, known[i].what, day, &share);
    if (status == ABSCOPAL_OK)
        *predicted = estimate_of_share(&share);
    return status;
}

enum abscopal_status published_predict(const struct abscopal_results *results, size_t arm, const char *endpoint,
                                       double at_days, struct abscopal_estimate *predicted)
{
    const double day = isnan(at_days) ? results->trial->file.until_days : at_days;
    *predicted = (struct abscopal_estimate){.value = NAN, .lower = NAN, .upper = NAN};
    if (strcmp(endpoint, "progression_free_rate") == 0)
        return abscopal_results_progression_free(results, arm, day, predicted);
    if (!published_is_time(endpoint) && (!isnan(at_days) || strcmp(endpoint, "response_rate") == 0))
        return share_on(results, arm, endpoint, day, predicted);
    struct abscopal_arm_summary summary;
    const enum abscopal_status status = abscopal_results_summary(results, arm, &summary);
    if (status == ABSCOPAL_OK)
        from_summary(endpoint, &summary, predicted);
    return status;
}

size_t abscopal_trial_observed_count(const abscopal_trial *trial)
{
    return trial->file.observed_count;
}

/* Wilson's interval of a published share of so many patients, where none was published; what is progression-free
 * depends on who was censored, and has none. */
static void add_interval(struct abscopal_observed *observed)
{
    const bool is_share =
        !published_is_time(observed->endpoint) && strcmp(observed->endpoint, "progression_free_rate") != 0;
    struct abscopal_estimate *published = &observed->observed;
    if (!isnan(published->lower) || !isnan(published->upper) || !is_share || observed->patients == 0)
        return;
    const double count = round(published->value * (double)observed->patients);
    if (!(count >= 0 && count <= (double)observed->patients))
        return;
    const struct abscopal_share share = endpoints_share((size_t)count, observed->patients);
    published->lower = share.lower;
    published->upper = share.upper;
    observed->level = 0.95;
    observed->interval_added = 1;
}

/* A time that was not reached when the trial ended at `until` is later than that: whether it lies within an interval
 * that goes on, nobody knows. */
static int lies_within(const struct abscopal_estimate *predicted, const struct abscopal_estimate *observed,
                       double until)
{
    if (isnan(predicted->value) || isnan(observed->lower) || isnan(observed->upper))
        return -1;
    if (isinf(predicted->value) && observed->upper > until)
        return -1;
    return predicted->value >= observed->lower && predicted->value <= observed->upper;
}

enum abscopal_status abscopal_results_observed(const abscopal_results *results, size_t index,
                                               struct abscopal_observed *observed)
{
    const struct trial_file *file = &results->trial->file;
    if (index >= file->observed_count)
        return ABSCOPAL_BAD_INPUT;
    const struct observed *published = &file->observed[index];
    size_t arm = 0;
    while (arm < file->arm_count && strcmp(file->arms[arm].name, published->arm) != 0)
        arm++;
    *observed = (struct abscopal_observed){.arm = published->arm,
                                           .endpoint = published->endpoint,
                                           .source = published->source,
                                           .at_days = published->at_days,
                                           .patients = (size_t)published->patients,
                                           .level = published->level,
                                           .observed = {published->value, published->lower, published->upper}};
    const enum abscopal_status status =
        published_predict(results, arm, published->endpoint, published->at_days, &observed->predicted);
    add_interval(observed);
    observed->within = lies_within(&observed->predicted, &observed->observed, file->until_days);
    return status;
}

/* ---- Text ------------------------------------------------------------------------------------------- */

enum { CELL_SIZE = 192 };

char *published_label(char label[PUBLISHED_LABEL_SIZE], const struct abscopal_observed *observed)
{
    snprintf(label, PUBLISHED_LABEL_SIZE, isnan(observed->at_days) ? "%s" : "%s, day %.6g", observed->endpoint,
             observed->at_days);
    for (char *c = label; *c != '\0'; c++)
        *c = (char)(*c == '_' ? ' ' : *c);
    return label;
}

static void number_write(char *text, size_t size, double value, double scale)
{
    if (isinf(value))
        snprintf(text, size, "NR");
    else
        snprintf(text, size, "%.1f", value * scale);
}

/* "36.0 % (24.0-48.0)", "121.8 d (60.9-182.6), 4.0 months", "-". */
static void estimate_write(char *cell, const struct abscopal_estimate *estimate, double level, bool is_time,
                           const char *mark)
{
    char value[32], lower[32], upper[32], months[32] = "", of_level[32] = "";
    const double scale = is_time ? 1 : 100;
    snprintf(cell, CELL_SIZE, "-");
    if (isnan(estimate->value))
        return;
    number_write(value, sizeof value, estimate->value, scale);
    number_write(lower, sizeof lower, estimate->lower, scale);
    number_write(upper, sizeof upper, estimate->upper, scale);
    if (is_time && isfinite(estimate->value))
        snprintf(months, sizeof months, ", %.1f months", estimate->value / days_in_month());
    if (fabs(level - 0.95) > 1e-9)
        snprintf(of_level, sizeof of_level, "%.6g %%: ", 100 * level);
    const char *unit = isinf(estimate->value) ? "" : is_time ? " d" : " %";
    if (isnan(estimate->lower) && isnan(estimate->upper))
        snprintf(cell, CELL_SIZE, "%s%s%s", value, unit, months);
    else
        snprintf(cell, CELL_SIZE, "%s%s (%s%s%s-%s)%s", value, unit, mark, of_level,
                 isnan(estimate->lower) ? "?" : lower, isnan(estimate->upper) ? "?" : upper, months);
}

/* A line's cells, kept to find the widths of columns. */
struct line {
    char label[PUBLISHED_LABEL_SIZE], observed[CELL_SIZE], patients[32], predicted[CELL_SIZE];
    const char *arm, *within;
};

static struct line line_of(const struct abscopal_observed *observed)
{
    static const char *const answers[] = {"-", "no", "yes"};
    struct line line = {.arm = observed->arm, .within = answers[observed->within + 1]};
    const bool is_time = published_is_time(observed->endpoint);
    published_label(line.label, observed);
    estimate_write(line.observed, &observed->observed, observed->level, is_time, observed->interval_added ? "~" : "");
    estimate_write(line.predicted, &observed->predicted, 0.95, is_time, "");
    if (observed->patients > 0)
        snprintf(line.patients, sizeof line.patients, "%zu", observed->patients);
    else
        snprintf(line.patients, sizeof line.patients, "-");
    return line;
}

/* An arm's name stands above its lines, so that these fit. */
static void lines_write(FILE *text, const struct line *lines, size_t count)
{
    struct line title = {.label = "endpoint", .observed = "observed", .patients = "n", .predicted = "predicted"};
    int label = text_width(title.label), observed = text_width(title.observed), predicted = text_width(title.predicted);
    for (size_t i = 0; i < count; i++) {
        label = text_width(lines[i].label) > label ? text_width(lines[i].label) : label;
        observed = text_width(lines[i].observed) > observed ? text_width(lines[i].observed) : observed;
        predicted = text_width(lines[i].predicted) > predicted ? text_width(lines[i].predicted) : predicted;
    }
    fprintf(text, "  %-*s  %-*s  %5s  %-*s  %s\n", label, title.label, observed, title.observed, title.patients,
            predicted, title.predicted, "within");
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || strcmp(lines[i].arm, lines[i - 1].arm) != 0) {
            text_write_name(text, lines[i].arm, 0);
            fputc('\n', text);
        }
        fprintf(text, "  %-*s  %-*s  %5s  %-*s  %s\n", label, lines[i].label, observed, lines[i].observed,
                lines[i].patients, predicted, lines[i].predicted, lines[i].within);
    }
}

static void heading_write(FILE *text, const char *name, const char *value)
{
    enum { LINE_WIDTH = 110 };
    if (value == NULL)
        return;
    text_write_paragraph(text, name, value, LINE_WIDTH);
}

enum abscopal_status published_write(FILE *text, const struct abscopal_results *results)
{
    const struct trial_file *file = &results->trial->file;
    const size_t count = file->observed_count;
    if (file->registry == NULL && file->setting == NULL && file->left_out == NULL && count == 0)
        return ABSCOPAL_OK;
    fputc('\n', text);
    heading_write(text, "registry", file->registry);
    heading_write(text, "setting", file->setting);
    heading_write(text, "left out", file->left_out);
    if (count == 0)
        return ABSCOPAL_OK;
    struct line *lines = malloc(count * sizeof *lines);
    if (lines == NULL)
        return ABSCOPAL_NO_MEMORY;
    enum abscopal_status status = ABSCOPAL_OK;
    for (size_t i = 0; i < count && status == ABSCOPAL_OK; i++) {
        struct abscopal_observed observed;
        status = abscopal_results_observed(results, i, &observed);
        if (status == ABSCOPAL_OK)
            lines[i] = line_of(&observed);
    }
    fputs("\nPublished beside predicted; within: whether the prediction lies within the published interval\n"
          "(~: none was published; it is that of so many of n)\n\n",
          text);
    if (status == ABSCOPAL_OK)
        lines_write(text, lines, count);
    free(lines);
    return status;
}
