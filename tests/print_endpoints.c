/* Prints endpoints of random data with ties and censoring as CSV, for tests/check_survival.R:
 *     print_endpoints km        case,time,event,median, a row for each patient
 *     print_endpoints wilson    count,total,lower,upper,exact_lower,exact_upper */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "trial/endpoints.h"
#include "trial/proportions.h"

enum { CASES = 400, MAX_PATIENTS = 60 };

/* xorshift64 (Marsaglia 2003, doi:10.18637/jss.v008.i14). */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static int print_medians(void)
{
    uint64_t random = 20250701;
    printf("case,time,event,median\n");
    for (int number = 0; number < CASES; number++) {
        double time[MAX_PATIENTS], median;
        bool event[MAX_PATIENTS];
        const size_t n = 1 + next_random(&random) % MAX_PATIENTS;
        const uint64_t visits = 1 + next_random(&random) % 12; /* few visits, many ties */
        const uint64_t censored_in_eight = next_random(&random) % 8;
        for (size_t i = 0; i < n; i++) {
            time[i] = 40 * (double)(1 + next_random(&random) % visits);
            event[i] = next_random(&random) % 8 >= censored_in_eight;
        }
        if (endpoints_kaplan_meier_median(time, event, n, &median) != ABSCOPAL_OK)
            return 1;
        for (size_t i = 0; i < n; i++)
            printf("%d,%.17g,%d,%.17g\n", number, time[i], event[i], median);
    }
    return 0;
}

static int print_shares(void)
{
    printf("count,total,lower,upper,exact_lower,exact_upper\n");
    for (size_t total = 1; total < 500; total += 1 + total / 7)
        for (size_t count = 0; count <= total; count += 1 + total / 20) {
            const struct abscopal_share share = endpoints_share(count, total);
            const struct proportion exact = proportion_exact(count, total);
            printf("%zu,%zu,%.17g,%.17g,%.17g,%.17g\n", count, total, share.lower, share.upper, exact.lower,
                   exact.upper);
        }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "km") == 0)
        return print_medians();
    if (argc == 2 && strcmp(argv[1], "wilson") == 0)
        return print_shares();
    fprintf(stderr, "usage: print_endpoints km | wilson\n");
    return 2;
}
