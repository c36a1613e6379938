#include "trial/response.h"

const char *response_name(enum response response)
{
    static const char *const names[RESPONSE_COUNT] = {"CR", "PR", "SD", "PD", "NE", "NON-CR/NON-PD"};
    return names[response];
}

/* Table 2: patients with non-target disease alone. */
static enum response overall_without_targets(enum non_target_response non_target)
{
    switch (non_target) {
    case NON_TARGET_COMPLETE:
        return RESPONSE_COMPLETE;
    case NON_TARGET_PRESENT:
        return RESPONSE_NON_CR_NON_PD;
    default: /* not evaluable, or no disease at all */
        return RESPONSE_NOT_EVALUABLE;
    }
}

enum response response_overall(bool has_targets, enum response target, enum non_target_response non_target,
                               bool new_lesion)
{
    if (new_lesion || non_target == NON_TARGET_PROGRESSIVE)
        return RESPONSE_PROGRESSIVE;
    if (!has_targets)
        return overall_without_targets(non_target);
    const bool others_gone = non_target == NON_TARGET_NONE || non_target == NON_TARGET_COMPLETE;
    return target == RESPONSE_COMPLETE && !others_gone ? RESPONSE_PARTIAL : target;
}

bool response_is_lost(const struct recist_rules *rules, bool was_complete, bool target_seen,
                      enum non_target_response non_target)
{
    return rules->reappearance_is_pd && was_complete && (target_seen || non_target == NON_TARGET_PRESENT);
}
