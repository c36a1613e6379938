/* The two ways to integrate, behind one interface: course after course with CVODE, or many at once in vector lanes. */
#ifndef ABSCOPAL_TRIAL_ENGINE_H
#define ABSCOPAL_TRIAL_ENGINE_H

#include <stddef.h>

#include "abscopal.h"
#include "solver/batch.h"

/* The engine for what was `asked`, which may leave it to us; and whether there is such an engine at all: ABSCOPAL_OK or
 * ABSCOPAL_BAD_INPUT. */
enum abscopal_engine engine_chosen(enum abscopal_engine asked);
enum abscopal_status engine_check(enum abscopal_engine asked, struct abscopal_error *error);

/* How many courses an engine runs at once in one thread, and by which instructions, such as "AVX-512": where
 * these differ, so do the last digits. */
size_t engine_lane_count(enum abscopal_engine kind);
const char *engine_instructions(enum abscopal_engine kind);

/* What one thread integrates with. */
struct engine;

/* Ready for `layouts` different layouts of models, of which nothing is held before a course of it comes. NULL without
 * memory. Made and used by one thread. */
struct engine *engine_create(enum abscopal_engine kind, size_t layouts);
void engine_free(struct engine *engine);

/* Runs the courses of a queue until there are no more. All have models of one layout (as batch_create says), which the
 * caller numbers from 0; memory for it is found at its first course and kept. Courses come back without memory as
 * COURSE_NO_MEMORY. The queue may be asked again after it had none, as a finished course may bring another. */
void engine_run(struct engine *engine, size_t layout, const struct batch_queue *queue);

/* Runs a single course. */
void engine_run_one(struct engine *engine, size_t layout, struct course *course);

#endif
