/* Results read back from an open result file, for those who want more of the file than results hold. */
#ifndef ABSCOPAL_RESULTS_HDF5_RESULTS_H
#define ABSCOPAL_RESULTS_HDF5_RESULTS_H

#include "results/hdf5_reader.h"

/* What abscopal_results_read_hdf5 returns, of a reader that reader_open has opened; NULL when that or this has failed.
 */
struct abscopal_results *hdf5_results_read(struct hdf5_reader *reader);

#endif
