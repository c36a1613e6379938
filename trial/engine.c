#include "trial/engine.h"

#include <stdlib.h>

#include "protocols/error.h"
#include "solver/alone.h"

/* What runs when nothing is said. The help texts of the command, the public header and docs/commands.md say so too. */
static const enum abscopal_engine default_engine = ABSCOPAL_ENGINE_BATCH;

struct engine {
    enum abscopal_engine kind;
    size_t layout_count;
    struct batch *batches[]; /* [layout_count]; NULL: none yet */
};

const char *abscopal_engine_name(enum abscopal_engine engine)
{
    switch (engine) {
    case ABSCOPAL_ENGINE_DEFAULT:
        return abscopal_engine_name(default_engine);
    case ABSCOPAL_ENGINE_CVODE:
        return "cvode";
    case ABSCOPAL_ENGINE_BATCH:
        return "batch";
    }
    return NULL;
}

enum abscopal_engine engine_chosen(enum abscopal_engine asked)
{
    return asked == ABSCOPAL_ENGINE_DEFAULT ? default_engine : asked;
}

enum abscopal_status engine_check(enum abscopal_engine asked, struct abscopal_error *error)
{
    if (abscopal_engine_name(asked) != NULL)
        return ABSCOPAL_OK;
    return error_set(error, ABSCOPAL_BAD_INPUT, NULL, 0, 0,
                     "there is no engine %d; give ABSCOPAL_ENGINE_CVODE, ABSCOPAL_ENGINE_BATCH or "
                     "ABSCOPAL_ENGINE_DEFAULT",
                     (int)asked);
}

size_t engine_lane_count(enum abscopal_engine kind)
{
    return kind == ABSCOPAL_ENGINE_BATCH ? (size_t)batch_lane_count() : 1;
}

const char *engine_instructions(enum abscopal_engine kind)
{
    return kind == ABSCOPAL_ENGINE_BATCH ? batch_instructions() : alone_best()->instructions;
}

struct engine *engine_create(enum abscopal_engine kind, size_t layouts)
{
    struct engine *engine = calloc(1, sizeof *engine + layouts * sizeof *engine->batches);
    if (engine == NULL)
        return NULL;
    engine->kind = kind;
    engine->layout_count = layouts;
    return engine;
}

void engine_free(struct engine *engine)
{
    if (engine == NULL)
        return;
    for (size_t layout = 0; layout < engine->layout_count; layout++)
        if (engine->batches[layout] != NULL)
            batch_free(engine->batches[layout]);
    free(engine);
}

/* ---- Running ---------------------------------------------------------------------------------------- */

/* A queue whose first course is already at hand: it says what layout the others have. */
struct opened_queue {
    struct course *first; /* until it is handed over */
    const struct batch_queue *rest;
};

static struct course *next_of_opened(void *context)
{
    struct opened_queue *queue = context;
    struct course *first = queue->first;
    queue->first = NULL;
    return first != NULL ? first : queue->rest->next(queue->rest->context);
}

static void finished_of_opened(struct course *course, void *context)
{
    const struct opened_queue *queue = context;
    queue->rest->finished(course, queue->rest->context);
}

static void run_batch(struct batch **batch, struct course *first, const struct batch_queue *queue)
{
    if (*batch == NULL)
        *batch = batch_create(first->model);
    struct opened_queue opened = {first, queue};
    const struct batch_queue whole = {next_of_opened, finished_of_opened, &opened};
    if (*batch != NULL) {
        batch_run(*batch, &whole);
        return;
    }
    first->result = COURSE_NO_MEMORY;
    queue->finished(first, queue->context);
}

void engine_run(struct engine *engine, size_t layout, const struct batch_queue *queue)
{
    for (struct course *course = queue->next(queue->context); course != NULL; course = queue->next(queue->context)) {
        if (engine->kind == ABSCOPAL_ENGINE_BATCH) {
            run_batch(&engine->batches[layout], course, queue);
        } else {
            course_run(course);
            queue->finished(course, queue->context);
        }
    }
}

static struct course *next_of_one(void *context)
{
    struct course **course = context;
    struct course *only = *course;
    *course = NULL;
    return only;
}

static void ignore_finished(struct course *course, void *context)
{
    (void)course, (void)context;
}

void engine_run_one(struct engine *engine, size_t layout, struct course *course)
{
    const struct batch_queue queue = {next_of_one, ignore_finished, &course};
    engine_run(engine, layout, &queue);
}
