/* What stands in for mpi.c in a build without MPI: one process, which leads. */
#include "cli/mpi.h"
#include "cli/mpi_launch.h"

struct ranks {
    int strangers;
};

enum exit_code ranks_run(int argc, char **argv, enum exit_code (*run)(int argc, char **argv, struct ranks *ranks))
{
    struct ranks ranks = {.strangers = launch_size(false)};
    return run(argc, argv, &ranks);
}

int ranks_count(const struct ranks *ranks)
{
    (void)ranks;
    return 1;
}

bool ranks_lead(const struct ranks *ranks)
{
    (void)ranks;
    return true;
}

bool ranks_allow(const struct ranks *ranks, const char *output, bool shard)
{
    return launch_allows(1, ranks->strangers, "this abscopal is built without MPI (CMake option ABSCOPAL_MPI)", output,
                         shard);
}

enum abscopal_status ranks_run_blocks(struct ranks *ranks, const abscopal_trial *trial,
                                      const struct abscopal_run_options *run_options,
                                      const struct abscopal_file_options *file_options, struct abscopal_error *error)
{
    (void)ranks;
    return abscopal_run_blocks(trial, run_options, file_options, error);
}
