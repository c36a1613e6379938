/* The batch engine: courses of many patients at once, one in each vector lane, each with its own time and step. A lane
 * whose course has ended takes the next one, so that no patient waits for another. What a patient's course is does not
 * depend on who shares the vector, nor on the lane: the results are the same bits. The method is in solver/lanes.h. */
#ifndef ABSCOPAL_SOLVER_BATCH_H
#define ABSCOPAL_SOLVER_BATCH_H

#include <stdbool.h>

#include "solver/course.h"
#include "solver/parts.h"

struct batch;

/* Where courses come from and go to. Both are called from the thread that runs the batch. */
struct batch_queue {
    struct course *(*next)(void *context); /* the next course to begin, or NULL when there are no more */
    void (*finished)(struct course *course, void *context);
    void *context;
};

/* Room for one batch of patients whose models have the layout of `model`: the same preset, options, number of lesions
 * and drugs in the same order (model_same_layout). NULL without memory. One thread uses a batch at a time. */
struct batch *batch_create(const struct model *model);
/* The same with one of the processor's other sets of instructions (lanes_choice). For tests and benchmarks. */
struct lanes_functions;
struct batch *batch_create_with(const struct lanes_functions *functions, const struct model *model);
void batch_free(struct batch *batch);

/* Runs courses until there are no more. Every course handed over comes back through `finished` exactly once, with its
 * result, in the order in which they end. Its state, events and outputs are the caller's and must last until then. */
void batch_run(struct batch *batch, const struct batch_queue *queue);

/* For benchmarks (solver/parts.h): puts the same patient, at a state on day 0, into every lane, and takes steps for
 * half a day; false when that fails. Then parts of steps can be run, but no courses any more. The model must be of the
 * batch's layout. */
bool batch_hold(struct batch *batch, const struct model *model, const double *state, double relative_tolerance);
void batch_run_part(struct batch *batch, enum step_part part, long count);

/* How many patients stand side by side on this processor, and by which instructions, such as "AVX-512". */
int batch_lane_count(void);
const char *batch_instructions(void);

#endif
