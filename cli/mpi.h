/* Processes that share one run, on one machine or many: started together by mpirun or srun, they speak MPI (CMake
 * option ABSCOPAL_MPI; mpi.c, the only file with MPI). Without it, or started alone, there is one (mpi_absent.c).
 *
 * One of them, the leader (rank 0), reads the command line and the input first, hands out the blocks of patients, tells
 * errors and progress, and assembles the results. The others follow: each takes block after block and keeps it in the
 * part directory, which all of them see. */
#ifndef ABSCOPAL_CLI_MPI_H
#define ABSCOPAL_CLI_MPI_H

#include <stdbool.h>

#include "abscopal_files.h"
#include "cli/options.h"

struct ranks;

/* Joins the other processes, calls `run` and leaves them. In the leader, or alone, it is called at once and its exit
 * code returned; in a follower once the leader calls ranks_run_blocks, if it does, and 0 returned: what went wrong is
 * the leader's to tell. */
enum exit_code ranks_run(int argc, char **argv, enum exit_code (*run)(int argc, char **argv, struct ranks *ranks));

/* How many processes there are, and whether this one leads, as it does when it is alone. */
int ranks_count(const struct ranks *ranks);
bool ranks_lead(const struct ranks *ranks);

/* Whether processes that were started together can run as they are told to: with an output, where they keep their
 * blocks, and not with a shard. Otherwise prints a message. */
bool ranks_allow(const struct ranks *ranks, const char *output, bool shard);

/* abscopal_run_blocks in all processes at once: each block of patients is run by the one that asks for it first. With
 * `threads` 0, processes on the same processors share them out. In the leader the progress counts the courses of all,
 * and what went wrong in any process is returned, with its rank and host; a follower returns ABSCOPAL_OK when there is
 * nothing more for it to do. */
enum abscopal_status ranks_run_blocks(struct ranks *ranks, const abscopal_trial *trial,
                                      const struct abscopal_run_options *run_options,
                                      const struct abscopal_file_options *file_options, struct abscopal_error *error);

#endif
