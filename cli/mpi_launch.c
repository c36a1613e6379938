#include "cli/mpi_launch.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

/* Open MPI's mpirun, PMIx (srun --mpi=pmix), and PMI as MPICH, its relatives and srun --mpi=pmi2 have it. */
static const char *const set_by_mpi[] = {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK", "PMI_SIZE"};

bool launch_by_mpi(void)
{
    for (size_t i = 0; i < sizeof set_by_mpi / sizeof set_by_mpi[0]; i++)
        if (getenv(set_by_mpi[i]) != NULL)
            return true;
    return false;
}

int launch_size(bool slurm)
{
    /* The first that is set counts: what mpirun starts on another node of Slurm is started by a step of its own. */
    const char *const sizes[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", slurm ? "SLURM_STEP_NUM_TASKS" : NULL};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0] && sizes[i] != NULL; i++) {
        const char *text = getenv(sizes[i]);
        if (text == NULL)
            continue;
        const long size = strtol(text, NULL, 10);
        return size > 1 && size < 1000000 ? (int)size : 1;
    }
    return 1;
}

bool launch_allows(int processes, int strangers, const char *reason, const char *output, bool shard)
{
    if (processes > 1 && output == NULL)
        fprintf(stderr, "abscopal run: %d processes need --output OUT.h5, beside which they keep finished patients\n",
                processes);
    else if (processes > 1 && shard)
        fprintf(stderr,
                "abscopal run: --shard is for runs that do not see each other; these %d processes share all patients "
                "out among them without it\n",
                processes);
    else if (strangers > 1 && !shard)
        fprintf(stderr,
                "abscopal run: started as one of %d processes, all of which would do the same: %s, or give each "
                "a --shard of its own\n",
                strangers, reason);
    else
        return true;
    return false;
}
