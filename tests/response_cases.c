#include "tests/response_cases.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_BYTES = 160 };

/* Texts of an outcome, as in the tables. */
struct texts {
    char responses[TEXT_BYTES], progression[TEXT_BYTES], pfs[TEXT_BYTES], response[TEXT_BYTES], depth[TEXT_BYTES],
        days[TEXT_BYTES];
    const char *best, *confirmed, *at_horizon;
};

static void responses_append(struct texts *texts, const char *name)
{
    const size_t used = strlen(texts->responses);
    snprintf(texts->responses + used, TEXT_BYTES - used, "%s%s", used > 0 ? " " : "", name);
}

static void days_append(struct texts *texts, double day)
{
    const size_t used = strlen(texts->days);
    snprintf(texts->days + used, TEXT_BYTES - used, isnan(day) ? "%s-" : "%s%g", used > 0 ? " " : "", day);
}

static void response_write(struct texts *texts, double from, double until, bool ended)
{
    if (isnan(from))
        snprintf(texts->response, TEXT_BYTES, isnan(until) && !ended ? "none" : "none, but it ends");
    else
        snprintf(texts->response, TEXT_BYTES, "%g to %g %s", from, until, ended ? "ended" : "censored");
}

static void depth_write(struct texts *texts, double change, double day)
{
    snprintf(texts->depth, TEXT_BYTES, isnan(change) && isnan(day) ? "none" : "%.2f on %g", change, day);
}

static struct recist_visit visit_of(const struct seen *seen)
{
    return (struct recist_visit){.day = seen->day,
                                 .diameters_mm = seen->mm,
                                 .non_target = (enum non_target_response)seen->non_target,
                                 .new_lesions = seen->new_lesions,
                                 .progression_suspected = seen->suspected,
                                 .new_lesion_sum_mm = seen->new_mm,
                                 .new_lesion_increase = seen->new_larger,
                                 .non_target_increase = seen->non_target_larger};
}

static size_t targets_of(const struct response_case *item)
{
    if (item->without_targets)
        return 0;
    return item->targets == 0 ? 1 : item->targets;
}

static struct recist_rules rules_of(const struct response_case *item)
{
    struct recist_rules rules = item->rules;
    if (rules.detection_limit_mm == 0)
        rules.detection_limit_mm = 2;
    return rules;
}

static bool is_visit(const struct response_case *item, int index)
{
    return index < CASE_VISITS && item->visits[index].day > 0;
}

static struct texts recist_texts(const struct response_case *item)
{
    struct texts texts = {.responses = ""};
    struct recist recist;
    const struct recist_rules rules = rules_of(item);
    const struct recist_visit baseline = visit_of(&item->visits[0]);
    recist_begin(&recist, &rules, item->nodes, targets_of(item), &baseline);
    if (item->censor_day > 0)
        recist_censor(&recist, item->censor_day);
    for (int index = 1; is_visit(item, index); index++) {
        const struct recist_visit visit = visit_of(&item->visits[index]);
        responses_append(&texts, response_name(recist_add(&recist, &visit)));
    }
    if (item->death_day > 0)
        recist_die(&recist, item->death_day);
    const struct patient_outcome *outcome = &recist.outcome;
    texts.best = response_name(outcome->best);
    texts.confirmed = response_name(outcome->best_confirmed);
    texts.at_horizon = response_name(outcome->at_horizon);
    snprintf(texts.progression, TEXT_BYTES, "%g %s", outcome->progression_day,
             outcome->progressed ? "progressed" : "censored");
    snprintf(texts.pfs, TEXT_BYTES, "%g %s", outcome->pfs_day, outcome->pfs_event ? "event" : "censored");
    response_write(&texts, outcome->response_day, outcome->response_end_day, outcome->response_ended);
    depth_write(&texts, outcome->best_change, outcome->best_change_day);
    days_append(&texts, outcome->confirmed_response_day);
    days_append(&texts, outcome->complete_day);
    days_append(&texts, outcome->last_assessment_day);
    return texts;
}

static struct texts irecist_texts(const struct response_case *item)
{
    struct texts texts = {.responses = ""};
    struct irecist irecist;
    const double within =
        item->confirm_within_days == 0 ? IRECIST_CONFIRM_WITHIN_DAYS : fmax(item->confirm_within_days, 0);
    const struct irecist_rules rules = {
        .recist = rules_of(item), .confirm_after_days = IRECIST_CONFIRM_AFTER_DAYS, .confirm_within_days = within};
    const struct recist_visit baseline = visit_of(&item->visits[0]);
    irecist_begin(&irecist, &rules, item->nodes, targets_of(item), &baseline);
    if (item->censor_day > 0)
        irecist_censor(&irecist, item->censor_day);
    for (int index = 1; is_visit(item, index); index++) {
        const struct recist_visit visit = visit_of(&item->visits[index]);
        responses_append(&texts, iresponse_name(irecist_add(&irecist, &visit)));
    }
    if (item->death_day > 0)
        irecist_die(&irecist, item->death_day);
    const struct irecist_outcome *outcome = &irecist.outcome;
    texts.best = iresponse_name(outcome->best);
    texts.confirmed = iresponse_name(outcome->best_confirmed);
    texts.at_horizon = iresponse_name(outcome->at_horizon);
    snprintf(texts.progression, TEXT_BYTES, "%g %s%s", outcome->progression_day, outcome->confirmed ? "confirmed " : "",
             outcome->progressed ? "progressed" : "censored");
    snprintf(texts.pfs, TEXT_BYTES, "%g %s", outcome->pfs_day, outcome->pfs_event ? "event" : "censored");
    response_write(&texts, outcome->response_day, outcome->response_end_day, outcome->response_ended);
    depth_write(&texts, outcome->best_change, outcome->best_change_day);
    days_append(&texts, outcome->confirmed_response_day);
    days_append(&texts, outcome->complete_day);
    days_append(&texts, outcome->last_assessment_day);
    days_append(&texts, outcome->confirmation_day);
    return texts;
}

/* Whether a text is not as expected, which it then prints. */
static bool differs(const struct response_case *item, const char *what, const char *text, const char *expected)
{
    if (expected == NULL || strcmp(text, expected) == 0)
        return false;
    fprintf(stderr, "%s: %s is \"%s\", not \"%s\" (%s)\n", item->name, what, text, expected, item->rule);
    return true;
}

static bool case_fails(const struct response_case *item, const struct texts *texts)
{
    bool fails = item->responses == NULL; /* which every case has */
    fails |= differs(item, "responses", texts->responses, item->responses);
    fails |= differs(item, "best", texts->best, item->best);
    fails |= differs(item, "confirmed", texts->confirmed, item->confirmed);
    fails |= differs(item, "at_horizon", texts->at_horizon, item->at_horizon);
    fails |= differs(item, "progression", texts->progression, item->progression);
    fails |= differs(item, "pfs", texts->pfs, item->pfs);
    fails |= differs(item, "response", texts->response, item->response);
    fails |= differs(item, "depth", texts->depth, item->depth);
    fails |= differs(item, "days", texts->days, item->days);
    return fails;
}

int recist_cases_fail(const struct response_case *cases, size_t count)
{
    int failed = 0;
    for (size_t i = 0; i < count; i++) {
        const struct texts texts = recist_texts(&cases[i]);
        failed += case_fails(&cases[i], &texts);
    }
    return failed;
}

int irecist_cases_fail(const struct response_case *cases, size_t count)
{
    int failed = 0;
    for (size_t i = 0; i < count; i++) {
        const struct texts texts = irecist_texts(&cases[i]);
        failed += case_fails(&cases[i], &texts);
    }
    return failed;
}
