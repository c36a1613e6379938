/* Patients and their arms read back from a result file, into results that stand empty for them. Nothing is trusted:
 * errors are the reader's (results/hdf5_reader.h). */
#ifndef ABSCOPAL_RESULTS_HDF5_PATIENTS_H
#define ABSCOPAL_RESULTS_HDF5_PATIENTS_H

#include "results/hdf5_reader.h"

/* Has the results own the text, as of now; NULL, having failed, without memory. */
const char *hdf5_text_keep(struct hdf5_reader *reader, struct abscopal_results *results, char *text);

/* What is known of patients before treatment, and why any were not integrated. */
void hdf5_patients_read(struct hdf5_reader *reader, struct abscopal_results *results);

/* What was seen of them in each arm, and the outcomes that follow from it; courses where there are any. */
void hdf5_arms_read(struct hdf5_reader *reader, struct abscopal_results *results);

#endif
