#include "trial/endpoint_tally.h"

#include <math.h>

#include "trial/proportions.h"

void endpoint_tally_add(struct endpoint_tally *tally, bool having, double weight, size_t copies)
{
    const double all = weight * (double)copies;
    tally->patients += copies;
    tally->count += having ? copies : 0;
    tally->having += having ? all : 0;
    tally->all += all;
    tally->squares += weight * all;
}

double endpoint_tally_effective(const struct endpoint_tally *tally)
{
    return tally->squares > 0 ? tally->all * tally->all / tally->squares : 0;
}

struct abscopal_share endpoint_tally_share(const struct endpoint_tally *tally)
{
    const struct proportion share = proportion_wilson_of(tally->all > 0 ? tally->having / tally->all : (double)NAN,
                                                         endpoint_tally_effective(tally));
    return (struct abscopal_share){
        .count = tally->count, .fraction = share.value, .lower = share.lower, .upper = share.upper};
}
