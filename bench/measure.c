#include "bench/measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool read_number(const char *text, double *number)
{
    char *end;
    *number = strtod(text, &end);
    return end != text && *end == '\0' && *number >= 0;
}

static bool set_option(struct measure_options *options, const char *name, double number)
{
    if (strcmp(name, "--tolerance") == 0)
        options->relative_tolerance = number;
    else if (strcmp(name, "--absolute") == 0)
        options->absolute_factor = number;
    else if (strcmp(name, "--seconds") == 0)
        options->seconds = number;
    else if (strcmp(name, "--patients") == 0)
        options->patients = (int)number;
    else if (strcmp(name, "--threads") == 0)
        options->threads = (int)number;
    else if (strcmp(name, "--interval") == 0)
        options->interval_days = number;
    else if (strcmp(name, "--spread") == 0)
        options->spread = number;
    else
        return false;
    return true;
}

bool measure_options_read(int count, char **arguments, struct measure_options *options)
{
    *options = (struct measure_options){.relative_tolerance = 1e-6,
                                        .absolute_factor = 1,
                                        .seconds = 0.5,
                                        .patients = 1,
                                        .threads = 1,
                                        .interval_days = PART_A_DOSE_INTERVAL_DAYS};
    if (count < 2 || count % 2 != 0)
        return false;
    options->method = arguments[1];
    for (int i = 2; i + 1 < count; i += 2) {
        double number;
        if (!read_number(arguments[i + 1], &number) || !set_option(options, arguments[i], number))
            return false;
    }
    return options->patients > 0 && options->threads > 0 && options->interval_days > 0;
}

static double milliseconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return 1e3 * (double)now.tv_sec + 1e-6 * (double)now.tv_nsec;
}

struct measure_time measure_now(void)
{
    return (struct measure_time){milliseconds(CLOCK_MONOTONIC), milliseconds(CLOCK_PROCESS_CPUTIME_ID)};
}

struct measure_time measure_since(struct measure_time start)
{
    const struct measure_time now = measure_now();
    return (struct measure_time){now.wall - start.wall, now.processor - start.processor};
}

/* JSON has no word for what is not known but null. */
static void print_count(const char *name, double count)
{
    if (count >= 0)
        printf("\"%s\": %.10g, ", name, count);
    else
        printf("\"%s\": null, ", name);
}

bool measure_print(const struct measurement *measurement)
{
    const double patients = (double)measurement->patients;
    printf("{\"patients\": %ld, \"ms_per_patient\": %.6g, \"processor_ms_per_patient\": %.6g, ", measurement->patients,
           measurement->time.wall / patients, measurement->time.processor / patients);
    print_count("steps", measurement->steps_per_patient);
    print_count("right_hand_sides", measurement->right_hand_sides_per_patient);
    print_count("jacobians", measurement->jacobians_per_patient);
    printf("\"detail\": \"%s\", \"volume_l\": [", measurement->detail);
    for (int output = 0; output < PART_A_OUTPUTS; output++)
        printf("%s%.17g", output > 0 ? ", " : "", measurement->volume_l[output]);
    printf("]}\n");
    return fflush(stdout) == 0 && ferror(stdout) == 0;
}
