/* The file of a virtual population: which cohort, which trials show what its patients do, and the shares in bins of it
 * that weights are to give. docs/population.md is the language. */
#ifndef ABSCOPAL_COHORTS_POPULATION_PLAN_H
#define ABSCOPAL_COHORTS_POPULATION_PLAN_H

#include <stddef.h>
#include <stdint.h>

#include "abscopal.h"
#include "protocols/input_keys.h"

/* What patients are told apart by. */
enum plan_quantity_kind {
    PLAN_BASELINE_SUM_OF_DIAMETERS, /* as reached, mm */
    PLAN_LARGEST_LESION_DIAMETER,   /* measured at baseline, mm */
    PLAN_LESIONS,
    PLAN_BODY_WEIGHT, /* kg */
    PLAN_BEST_CHANGE,
    PLAN_LARGEST_LESION_CHANGE,
    PLAN_RESPONSE, /* best overall response, an enum response of trial/response.h: CR, PR, SD, PD, NE, NON-CR/NON-PD are
                      0 to 5 */
    PLAN_PARAMETER
};
enum { PLAN_MOST_TRIALS = 8, PLAN_MOST_MATCHES = 16, PLAN_MOST_BINS = 50, PLAN_QUANTITIES = 2, PLAN_RESPONSES = 6 };

/* Of a response a bin holds one value, of others what is at or above its lower edge and below its upper one, which the
 * last bin includes. */
struct plan_quantity {
    enum plan_quantity_kind kind;
    int parameter;    /* of PLAN_PARAMETER */
    const char *name; /* as in the file; static */
    const char *unit; /* of the edges; static */
    size_t bin_count;
    double edges[PLAN_MOST_BINS + 1]; /* ascending; of a response the values [bin_count] */
};

struct plan_match {
    int line, column;
    size_t trial;
    char *arm; /* NULL: the first */
    size_t quantity_count;
    struct plan_quantity quantities[PLAN_QUANTITIES];
    size_t cell_count; /* bins of the quantities, multiplied */
    double *shares;    /* [bin of the first][bin of the second]; of sum 1 */
};

struct plan_trial {
    char *name, *path;
    int line, column;
};

enum plan_method { PLAN_PREVALENCE, PLAN_ACCEPTANCE };

struct population_plan {
    char *path, *name, *cohort_path;
    size_t patients;
    uint64_t seed;
    size_t trial_count, match_count;
    struct plan_trial trials[PLAN_MOST_TRIALS];
    struct plan_match *matches;
    enum plan_method method;
    double least_effective;
};

extern const struct input_mapping population_plan_keys;

/* Reads and checks the file; trials, arms and cohort are read by those who run them. Errors as of cohort_file_read; the
 * plan may be freed in any case. */
enum abscopal_status population_plan_read(const char *path, struct population_plan *plan, struct abscopal_error *error);
void population_plan_free(struct population_plan *plan);

/* The value's bin, or -1. */
int plan_quantity_bin(const struct plan_quantity *quantity, double value);

/* "-30 to -10 %", "3 to 4", "CR": the bin in words, written to text, which is returned. */
char *plan_quantity_bin_text(const struct plan_quantity *quantity, size_t bin, char *text, size_t size);

/* The cell of a match in words: "CR; 24 to 37 mm". */
char *plan_match_cell_text(const struct plan_match *match, size_t cell, char *text, size_t size);

#endif
