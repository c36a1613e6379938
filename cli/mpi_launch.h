/* What the environment says of how this process was started. */
#ifndef ABSCOPAL_CLI_MPI_LAUNCH_H
#define ABSCOPAL_CLI_MPI_LAUNCH_H

#include <stdbool.h>

/* As one of an MPI program's processes, be it the only one: by mpirun, or by srun with --mpi. */
bool launch_by_mpi(void);

/* How many processes mpirun started together, or, when `slurm`, srun; otherwise 1. */
int launch_size(bool slurm);

/* Whether so many processes that see each other, or so many strangers, can run with this output, or NULL, and with or
 * without a shard. Otherwise prints a message, for strangers with the reason why they are. */
bool launch_allows(int processes, int strangers, const char *reason, const char *output, bool shard);

#endif
