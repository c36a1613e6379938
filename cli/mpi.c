/* Blocks of patients shared out among MPI processes.
 *
 * The leader has a thread that does nothing but answer the others, so that neither a long course nor the writing of a
 * block keeps them waiting; it is the only one to call MPI meanwhile. It looks for messages every two milliseconds:
 * waiting inside MPI would keep a processor busy. A follower waits for its next block alike. Messages are less than two
 * kilobytes and as many as blocks. */
#include "cli/mpi.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <mpi.h>

#include "cli/mpi_launch.h"
#include "cli/progress.h"

enum tag { TAG_ORDER = 1, TAG_CLAIM, TAG_BLOCK, TAG_END };
enum order { ORDER_RUN, ORDER_LEAVE };

/* How a follower has ended, sent as its bytes: all processes are of the same build (the part directory's signature). */
struct ending {
    struct abscopal_error error;
    uint64_t finished_courses;
    char host[MPI_MAX_PROCESSOR_NAME];
};

struct ranks {
    int rank, count;
    int strangers;
    int processors;      /* this one may run on */
    int processor_share; /* of them: others may run on the same ones */
    bool told_end;       /* a follower, that it has ended */

    /* Of the leader. */
    pthread_t service;
    bool serving;
    bool no_service;          /* the thread could not be started */
    atomic_bool all_ended;    /* the followers */
    atomic_bool stopping;     /* no more blocks are handed out */
    atomic_size_t next_block; /* to be handed out */
    atomic_size_t followers_courses;
    size_t *courses;       /* finished by each rank */
    struct ending failure; /* the first, but any failure goes before a follower that was merely stopped */
    int failed_rank, failed_count;

    const struct abscopal_run_options *options; /* as the caller gave them */
    const struct abscopal_file_options *files;
    size_t own_courses, total_courses;
    double seconds;
};

static void nap(long milliseconds)
{
    const struct timespec time = {.tv_nsec = milliseconds * 1000000};
    nanosleep(&time, NULL);
}

int ranks_count(const struct ranks *ranks)
{
    return ranks->count;
}

bool ranks_lead(const struct ranks *ranks)
{
    return ranks->rank == 0;
}

bool ranks_allow(const struct ranks *ranks, const char *output, bool shard)
{
    return launch_allows(ranks->count, ranks->strangers,
                         "MPI sees one; start it with the mpirun of the MPI it is built with or with 'srun --mpi=pmix'",
                         output, shard);
}

/* ---- Followers -------------------------------------------------------------------------------------- */

/* Receives a number from the leader without keeping a processor busy. */
static uint64_t receive_number(enum tag tag)
{
    uint64_t number = 0;
    int there = 0;
    for (;;) {
        MPI_Iprobe(0, (int)tag, MPI_COMM_WORLD, &there, MPI_STATUS_IGNORE);
        if (there)
            break;
        nap(1);
    }
    MPI_Recv(&number, 1, MPI_UINT64_T, 0, (int)tag, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    return number;
}

static size_t follower_claim(size_t blocks, void *context)
{
    (void)blocks;
    const struct ranks *ranks = context;
    const uint64_t finished = ranks->own_courses;
    MPI_Send(&finished, 1, MPI_UINT64_T, 0, TAG_CLAIM, MPI_COMM_WORLD);
    return (size_t)receive_number(TAG_BLOCK);
}

static int follower_progress(size_t finished, size_t total, double seconds, void *context)
{
    struct ranks *ranks = context;
    (void)total;
    (void)seconds;
    ranks->own_courses = finished;
    return progress_interrupted();
}

static void tell_end(struct ranks *ranks, struct ending *ending)
{
    int length = 0;
    ending->finished_courses = ranks->own_courses;
    MPI_Get_processor_name(ending->host, &length);
    MPI_Send(ending, (int)sizeof *ending, MPI_BYTE, 0, TAG_END, MPI_COMM_WORLD);
    ranks->told_end = true;
}

static void follow(struct ranks *ranks, const abscopal_trial *trial, struct abscopal_run_options *run_options,
                   struct abscopal_file_options *file_options)
{
    run_options->progress = follower_progress;
    file_options->resume = true; /* what the leader has begun */
    file_options->claim = follower_claim;
    file_options->estimated = NULL;
    struct ending ending = {0};
    ending.error.status = abscopal_run_blocks(trial, run_options, file_options, &ending.error);
    tell_end(ranks, &ending);
}

/* Runs what the leader runs. When that does not come as far as the leader did, say because only this machine lacks a
 * file, it has been told here. */
static void follower_run(struct ranks *ranks, int argc, char **argv,
                         enum exit_code (*run)(int argc, char **argv, struct ranks *ranks))
{
    if (receive_number(TAG_ORDER) != ORDER_RUN)
        return;
    run(argc, argv, ranks);
    struct ending ending = {.error = {.status = ABSCOPAL_BAD_INPUT, .message = "could not begin; see its message"}};
    if (!ranks->told_end)
        tell_end(ranks, &ending);
    receive_number(TAG_ORDER);
}

/* ---- The leader ------------------------------------------------------------------------------------- */

static void order_all(const struct ranks *ranks, enum order order)
{
    const uint64_t number = order;
    for (int rank = 1; rank < ranks->count; rank++)
        MPI_Send(&number, 1, MPI_UINT64_T, rank, TAG_ORDER, MPI_COMM_WORLD);
}

/* The next block; one that there is not when no more are to be begun. */
static size_t hand_out(struct ranks *ranks)
{
    return atomic_load(&ranks->stopping) ? SIZE_MAX : atomic_fetch_add(&ranks->next_block, 1);
}

static void note_courses(struct ranks *ranks, int rank, uint64_t finished)
{
    atomic_fetch_add(&ranks->followers_courses, (size_t)finished - ranks->courses[rank]);
    ranks->courses[rank] = (size_t)finished;
}

static void note_ending(struct ranks *ranks, int rank)
{
    struct ending ending;
    MPI_Recv(&ending, (int)sizeof ending, MPI_BYTE, rank, TAG_END, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    note_courses(ranks, rank, ending.finished_courses);
    if (ending.error.status == ABSCOPAL_OK)
        return;
    atomic_store(&ranks->stopping, true);
    if (ending.error.status != ABSCOPAL_INTERRUPTED)
        ranks->failed_count++;
    if (ranks->failure.error.status == ABSCOPAL_OK ||
        (ranks->failure.error.status == ABSCOPAL_INTERRUPTED && ending.error.status != ABSCOPAL_INTERRUPTED)) {
        ranks->failure = ending;
        ranks->failed_rank = rank;
    }
}

/* The leader's thread: until all followers have ended. */
static void *serve(void *context)
{
    struct ranks *ranks = context;
    order_all(ranks, ORDER_RUN);
    for (int left = ranks->count - 1; left > 0;) {
        MPI_Status status;
        int there = 0;
        MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &there, &status);
        if (!there) {
            nap(2);
        } else if (status.MPI_TAG == TAG_CLAIM) {
            uint64_t number = 0;
            MPI_Recv(&number, 1, MPI_UINT64_T, status.MPI_SOURCE, TAG_CLAIM, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            note_courses(ranks, status.MPI_SOURCE, number);
            number = hand_out(ranks);
            MPI_Send(&number, 1, MPI_UINT64_T, status.MPI_SOURCE, TAG_BLOCK, MPI_COMM_WORLD);
        } else {
            note_ending(ranks, status.MPI_SOURCE);
            left--;
        }
    }
    atomic_store(&ranks->all_ended, true);
    return NULL;
}

/* The first claim shows that the part directory is there, so the others may begin. */
static size_t leader_claim(size_t blocks, void *context)
{
    struct ranks *ranks = context;
    if (!ranks->serving) {
        ranks->no_service = pthread_create(&ranks->service, NULL, serve, ranks) != 0;
        if (ranks->no_service)
            return blocks;
        ranks->serving = true;
    }
    return hand_out(ranks);
}

static int leader_progress(size_t finished, size_t total, double seconds, void *context)
{
    struct ranks *ranks = context;
    ranks->own_courses = finished;
    ranks->total_courses = total;
    ranks->seconds = seconds;
    int stop = 0;
    if (ranks->options->progress != NULL)
        stop = ranks->options->progress(finished + atomic_load(&ranks->followers_courses), total, seconds,
                                        ranks->options->progress_context);
    if (stop != 0)
        atomic_store(&ranks->stopping, true);
    return stop;
}

/* That of one process, as if it were alone. */
static void leader_estimated(const struct abscopal_run_estimate *estimate, void *context)
{
    const struct ranks *ranks = context;
    struct abscopal_run_estimate shared = *estimate;
    shared.seconds /= ranks->count;
    ranks->files->estimated(&shared, ranks->files->estimated_context);
}

static double seconds_now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* The followers are still busy with their last blocks. */
static void wait_for_followers(struct ranks *ranks)
{
    const double ended = seconds_now(), before = ranks->seconds;
    while (!atomic_load(&ranks->all_ended)) {
        nap(20);
        leader_progress(ranks->own_courses, ranks->total_courses, before + seconds_now() - ended, ranks);
    }
    pthread_join(ranks->service, NULL);
}

/* The error of the leader goes before those of others, and any of them before a mere interruption. */
static enum abscopal_status judge(const struct ranks *ranks, enum abscopal_status own, struct abscopal_error *error)
{
    const struct ending *failure = &ranks->failure;
    const enum abscopal_status theirs = failure->error.status;
    if (own != ABSCOPAL_OK && own != ABSCOPAL_INTERRUPTED)
        return own;
    if (theirs != ABSCOPAL_OK && theirs != ABSCOPAL_INTERRUPTED) {
        char others[64] = "";
        *error = failure->error;
        if (ranks->failed_count > 1)
            snprintf(others, sizeof others, "; %d other processes failed, too", ranks->failed_count - 1);
        snprintf(error->message, sizeof error->message, "process %d, on %.*s: %.*s%s", ranks->failed_rank, 64,
                 failure->host, ABSCOPAL_MESSAGE_SIZE - 256, failure->error.message, others);
        return theirs;
    }
    if (own == ABSCOPAL_OK && theirs == ABSCOPAL_OK)
        return ABSCOPAL_OK;
    *error = (struct abscopal_error){.status = ABSCOPAL_INTERRUPTED};
    snprintf(error->message, sizeof error->message,
             "stopped after %zu of %zu courses by %d processes; what was finished is kept in %s.parts",
             ranks->own_courses + atomic_load(&ranks->followers_courses), ranks->total_courses, ranks->count,
             ranks->files->output);
    return ABSCOPAL_INTERRUPTED;
}

static enum abscopal_status lead(struct ranks *ranks, const abscopal_trial *trial,
                                 struct abscopal_run_options *run_options, struct abscopal_file_options *file_options,
                                 struct abscopal_error *error)
{
    ranks->courses = calloc((size_t)ranks->count, sizeof *ranks->courses);
    if (ranks->courses == NULL) {
        *error = (struct abscopal_error){.status = ABSCOPAL_NO_MEMORY, .message = "out of memory"};
        return ABSCOPAL_NO_MEMORY;
    }
    run_options->progress = leader_progress;
    file_options->claim = leader_claim;
    if (file_options->estimated != NULL)
        file_options->estimated = leader_estimated;
    enum abscopal_status status = abscopal_run_blocks(trial, run_options, file_options, error);
    if (status != ABSCOPAL_OK)
        atomic_store(&ranks->stopping, true);
    if (ranks->serving)
        wait_for_followers(ranks);
    if (status == ABSCOPAL_OK && ranks->no_service) {
        *error = (struct abscopal_error){.status = ABSCOPAL_NO_MEMORY,
                                         .message = "cannot start the thread that answers other processes"};
        status = ABSCOPAL_NO_MEMORY;
    }
    free(ranks->courses);
    return judge(ranks, status, error);
}

/* ---- All -------------------------------------------------------------------------------------------- */

/* mpirun may bind a process to fewer processors than it was told to have threads. */
static void warn_if_bound(const struct ranks *ranks, int threads)
{
    if (threads > ranks->processors && ranks->processors < sysconf(_SC_NPROCESSORS_ONLN))
        fprintf(stderr,
                "abscopal run: %d threads share the %d processor%s that this process is bound to; 'mpirun --map-by "
                "slot:PE=%d' or 'srun --cpus-per-task=%d' gives them one each\n",
                threads, ranks->processors, ranks->processors == 1 ? "" : "s", threads, threads);
}

enum abscopal_status ranks_run_blocks(struct ranks *ranks, const abscopal_trial *trial,
                                      const struct abscopal_run_options *run_options,
                                      const struct abscopal_file_options *file_options, struct abscopal_error *error)
{
    if (ranks->count == 1)
        return abscopal_run_blocks(trial, run_options, file_options, error);
    struct abscopal_run_options shared_run = *run_options;
    struct abscopal_file_options shared_files = *file_options;
    ranks->options = run_options;
    ranks->files = file_options;
    shared_run.progress_context = ranks;
    shared_files.claim_context = ranks;
    shared_files.estimated_context = ranks;
    if (shared_run.threads == 0)
        shared_run.threads = ranks->processor_share;
    if (ranks->rank == 0) {
        warn_if_bound(ranks, shared_run.threads);
        return lead(ranks, trial, &shared_run, &shared_files, error);
    }
    follow(ranks, trial, &shared_run, &shared_files);
    return ABSCOPAL_OK;
}

/* Processes of one machine that may run on the very same processors have an equal share of them. */
static void share_processors(struct ranks *ranks)
{
    cpu_set_t own;
    MPI_Comm machine;
    int processes = 1, alike = 0; /* this process among them */
    CPU_ZERO(&own);
    if (sched_getaffinity(0, sizeof own, &own) != 0)
        CPU_ZERO(&own);
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &machine);
    MPI_Comm_size(machine, &processes);
    cpu_set_t *all = calloc((size_t)processes, sizeof *all);
    if (all == NULL) {
        MPI_Abort(MPI_COMM_WORLD, EXIT_INTERNAL);
        abort();
    }
    MPI_Allgather(&own, (int)sizeof own, MPI_BYTE, all, (int)sizeof own, MPI_BYTE, machine);
    for (int i = 0; i < processes; i++)
        alike += CPU_EQUAL(&own, &all[i]) != 0;
    free(all);
    MPI_Comm_free(&machine);
    ranks->processors = CPU_COUNT(&own) > 0 ? CPU_COUNT(&own) : (int)sysconf(_SC_NPROCESSORS_ONLN);
    ranks->processor_share = alike > 0 && ranks->processors > alike ? ranks->processors / alike : 1;
}

/* mpirun passes SIGUSR1 on and nothing more, whereas SIGTERM and SIGINT make it kill what does not end in a second. */
static void end_on_user_signal(int signal_number)
{
    (void)signal_number;
    raise(SIGTERM);
}

static bool join(struct ranks *ranks)
{
    int provided = MPI_THREAD_SINGLE;
    MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &provided);
    MPI_Comm_rank(MPI_COMM_WORLD, &ranks->rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks->count);
    if (ranks->count == 1)
        return true;
    ranks->strangers = 1;
    signal(SIGUSR1, end_on_user_signal);
    share_processors(ranks);
    if (provided >= MPI_THREAD_SERIALIZED)
        return true;
    if (ranks->rank == 0)
        fputs("abscopal run: this MPI does not let a second thread call it (MPI_THREAD_SERIALIZED); run parts of the "
              "patients with --shard instead\n",
              stderr);
    return false;
}

enum exit_code ranks_run(int argc, char **argv, enum exit_code (*run)(int argc, char **argv, struct ranks *ranks))
{
    struct ranks ranks = {.count = 1, .strangers = launch_size(true)};
    if (!launch_by_mpi())
        return run(argc, argv, &ranks);
    enum exit_code code = EXIT_INTERNAL;
    if (join(&ranks)) {
        if (ranks.rank == 0) {
            code = run(argc, argv, &ranks);
            order_all(&ranks, ORDER_LEAVE);
        } else {
            code = EXIT_DONE;
            follower_run(&ranks, argc, argv, run);
        }
    }
    MPI_Finalize();
    return code;
}
