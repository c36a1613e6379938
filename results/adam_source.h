/* Results read back from a file, arm by arm, for the analysis data sets (results/adam.c). */
#ifndef ABSCOPAL_RESULTS_ADAM_SOURCE_H
#define ABSCOPAL_RESULTS_ADAM_SOURCE_H

#include "results/hdf5_reader.h"

/* What all arms share. */
struct adam_source {
    struct hdf5_reader reader;
    size_t arms, patients, visits, lesions;
    char *study;       /* registry number, or else the trial's name */
    bool in_all_arms;  /* patients are the same in all arms */
    bool confirmation; /* of responses is asked for */
    char **arm_names;
    int64_t *patient_numbers, *lesion_counts; /* [patient] */
    double *visit_days;                       /* [visit] */
    double *baseline_mm, *body_weight_kg;     /* [patient] */
    double *weights;                          /* [patient]; NULL: the file has none */
};

/* One arm: [patient], with further dimensions as in docs/results.md. */
struct adam_arm {
    size_t number; /* from 0 */
    const char *name;
    double *diameter, *progression_day, *response_day, *response_duration;
    signed char *status, *response, *best, *best_confirmed, *out_of_field, *progressed, *response_ended, *irradiated,
        *target;
    int64_t *doses, *fractions, *switches, *new_lesions;
};

/* Opens and checks the file. Returns ABSCOPAL_OK, ABSCOPAL_BAD_INPUT or ABSCOPAL_NO_MEMORY; to be closed in any case.
 */
enum abscopal_status adam_source_open(struct adam_source *source, const char *path, struct abscopal_error *error);
void adam_source_close(struct adam_source *source);

/* Reads an arm; the same errors. To be freed in any case. */
enum abscopal_status adam_arm_read(struct adam_source *source, size_t number, struct adam_arm *arm);
void adam_arm_free(struct adam_arm *arm);

#endif
