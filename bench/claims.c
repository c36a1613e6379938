/* How long a process waits for its next block: the protocol of cli/mpi.c with blocks that take a set time and do
 * nothing. Compiled by bench/many_machines.py, run by mpirun: claims BLOCKS MILLISECONDS. Each process prints how many
 * blocks it had and the sum of its waits; a block that two had, or none, is an error. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <mpi.h>

#include "cli/mpi.h"

static size_t block_count;
static long block_nanoseconds;

static double seconds_now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Stands in for the library's. */
enum abscopal_status abscopal_run_blocks(const abscopal_trial *trial, const struct abscopal_run_options *run_options,
                                         const struct abscopal_file_options *file_options, struct abscopal_error *error)
{
    (void)trial;
    (void)run_options;
    (void)error;
    const struct timespec work = {.tv_sec = block_nanoseconds / 1000000000, .tv_nsec = block_nanoseconds % 1000000000};
    double waited = 0, longest = 0;
    size_t count = 0, sum = 0;
    for (;;) {
        const double asked = seconds_now();
        const size_t block = file_options->claim(block_count, file_options->claim_context);
        const double wait = seconds_now() - asked;
        waited += wait;
        longest = wait > longest ? wait : longest;
        if (block >= block_count)
            break;
        count++;
        sum += block;
        nanosleep(&work, NULL);
    }
    int rank = 0;
    if (MPI_Comm_rank(MPI_COMM_WORLD, &rank) != MPI_SUCCESS)
        return ABSCOPAL_NO_MEMORY;
    printf("{\"rank\": %d, \"blocks\": %zu, \"sum\": %zu, \"seconds\": %.9g, \"longest\": %.9g}\n", rank, count, sum,
           waited, longest);
    return ABSCOPAL_OK;
}

static enum exit_code claim_all(int argc, char **argv, struct ranks *ranks)
{
    (void)argc;
    (void)argv;
    const struct abscopal_run_options run_options = {.threads = 1};
    const struct abscopal_file_options file_options = {.output = "none"};
    struct abscopal_error error;
    return ranks_run_blocks(ranks, NULL, &run_options, &file_options, &error) == ABSCOPAL_OK ? EXIT_DONE
                                                                                             : EXIT_INTERNAL;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return EXIT_BAD_INPUT;
    block_count = strtoul(argv[1], NULL, 10);
    block_nanoseconds = (long)(1e6 * strtod(argv[2], NULL));
    return (int)ranks_run(argc, argv, claim_all);
}
