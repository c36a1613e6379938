#include "trial/endpoints.h"

#include <math.h>

#include "trial/proportions.h"
#include "trial/survival.h"

struct abscopal_share endpoints_share(size_t count, size_t total)
{
    const struct proportion share = proportion_wilson(count, total);
    return (struct abscopal_share){
        .count = total == 0 ? 0 : count, .fraction = share.value, .lower = share.lower, .upper = share.upper};
}

enum abscopal_status endpoints_kaplan_meier_median(const double *time, const bool *event, size_t n, double *median)
{
    *median = NAN;
    const struct survival_data data = {.time = time, .event = event, .n = n};
    struct survival_curve curve;
    const enum abscopal_status status = survival_curve_fit(&data, SURVIVAL_LOG_LOG, &curve);
    if (status == ABSCOPAL_OK)
        *median = survival_quantile(&curve, 0.5).value;
    survival_curve_free(&curve);
    return status;
}
