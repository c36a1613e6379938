/* Parts of the reader of calibration files. */
#ifndef ABSCOPAL_COHORTS_CALIBRATION_READ_H
#define ABSCOPAL_COHORTS_CALIBRATION_READ_H

#include "cohorts/calibration_file.h"
#include "protocols/yaml.h"

struct calibration_reader {
    struct yaml_document *document;                             /* the calibration file */
    struct yaml_document contents[1 + CALIBRATION_MOST_TRIALS]; /* the cohort, then the trials */
    const char **arms[CALIBRATION_MOST_TRIALS];                 /* names, of each trial */
    size_t arm_counts[CALIBRATION_MOST_TRIALS];
    double until_days[CALIBRATION_MOST_TRIALS];
};

/* Once the inputs have been read. Errors stick to the document. */
void calibration_read_targets(struct calibration_reader *reader, struct calibration *calibration);
void calibration_read_variables(struct calibration_reader *reader, struct calibration *calibration);

#endif
