/* What running patients of a file again has found. */
#ifndef ABSCOPAL_RESULTS_VERIFY_H
#define ABSCOPAL_RESULTS_VERIFY_H

#include <stdbool.h>

#include "results/variables.h"

/* One variable, over all patients run again and all arms. */
struct verified_variable {
    const struct result_variable *variable;
    double tolerance; /* relative; 0: none, texts and whole numbers */
    size_t values;    /* compared */
    size_t changed;   /* of these: not the same to the bit */
    size_t beyond;    /* of these: farther apart than the tolerance */
    /* The pair of values that is the farthest apart of those beyond or, without any, of those changed. */
    double difference; /* infinity where it is no number */
    char stored[48], again[48];
    uint64_t patient;
    size_t arm; /* SIZE_MAX: the variable has none */
};

struct abscopal_verification {
    char *path;
    char **arms; /* [arm_count], names */
    size_t patient_count, stored_count, arm_count;
    struct results_maker stored, own;
    char instructions[2][32]; /* of the file's maker, and one's own */
    size_t lanes[2];
    bool same_program, weighted;
    double tolerance;                    /* relative, of what another build has integrated */
    struct verified_variable *variables; /* [variable_count], those that depend on the patient */
    size_t variable_count;
};

#endif
