#include "cli/calibrate_progress.h"

#include <math.h>
#include <stdio.h>

enum { LINES_EVERY = 10 };
static const double redraw_seconds = 0.1;

void calibrate_progress_start(struct calibrate_progress *progress, bool quiet)
{
    progress_start(&progress->progress, "evaluations", quiet);
    progress->reported = 0;
    progress->lowest = HUGE_VAL;
}

/* "search: 42 of 501 evaluations at most, objective 3.21, 0.52/s, 14:45 left at most". */
static void state_write(const struct abscopal_calibration_state *state, char *text, size_t size)
{
    const double done = (double)(state->evaluations - state->replayed) + state->evaluation;
    const double rate = state->seconds > 0 ? done / state->seconds : 0;
    const double left = (double)(state->at_most - state->evaluations) - state->evaluation;
    char time[32], objective[48] = "";
    if (isfinite(state->best_objective))
        snprintf(objective, sizeof objective, ", objective %.4g", state->best_objective);
    const int length = snprintf(text, size, "%s: %zu of %zu evaluations at most%s", state->stage, state->evaluations,
                                state->at_most, objective);
    if (rate <= 0 || length < 0 || (size_t)length >= size)
        return;
    progress_format_seconds(left / rate, time, sizeof time);
    snprintf(text + length, size - (size_t)length, ", %.2g/s, %s left at most", rate, time);
}

int calibrate_progress_update(const struct abscopal_calibration_state *state, void *context)
{
    struct calibrate_progress *progress = context;
    char text[192];
    const bool interrupted = progress_interrupted();
    if (progress->progress.quiet)
        return interrupted;
    if (progress->progress.terminal) {
        if (!progress->progress.drawn || state->seconds - progress->progress.drawn_seconds >= redraw_seconds) {
            state_write(state, text, sizeof text);
            progress_draw_line(text);
            progress->progress.drawn = true;
            progress->progress.drawn_seconds = state->seconds;
        }
    } else if (state->evaluations >= progress->reported + LINES_EVERY ||
               (state->evaluations > 0 && progress->reported == 0)) {
        state_write(state, text, sizeof text);
        fprintf(stderr, "%s\n", text);
        progress->reported = state->evaluations;
    }
    return interrupted;
}

void calibrate_progress_end(struct calibrate_progress *progress)
{
    progress_end(&progress->progress);
}
