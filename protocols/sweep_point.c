/* A point of a sweep: what the trial says there. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/error.h"
#include "protocols/sweep_read.h"
#include "protocols/vary.h"

enum { MOST_CHANGES = SWEEP_MOST_AXES * (SWEEP_MOST_PATHS + 2) };

double sweep_range_at(const struct sweep_axis *axis, double share)
{
    return axis->logarithmic ? axis->lower * exp(share * log(axis->upper / axis->lower))
                             : axis->lower + share * (axis->upper - axis->lower);
}

void sweep_position_text(const struct sweep_axis *axis, double position, char *text, size_t size)
{
    char number[VARY_NUMBER_SIZE];
    if (!axis->numeric) {
        snprintf(text, size, "%s", axis->levels[(size_t)position].name);
        return;
    }
    vary_number_text(position, axis->unit, number);
    snprintf(text, size, "%s", number);
}

/* Changes of the trial's text, with the memory of what they say. */
struct changes {
    struct vary_change all[MOST_CHANGES];
    char *paths[MOST_CHANGES];
    char *numbers[MOST_CHANGES]; /* NULL: the text is the sweep's */
    size_t count;
    bool failed; /* no memory */
};

static void change_add(struct changes *changes, size_t arm, const char *path, const char *text, bool copy)
{
    const size_t i = changes->count++;
    changes->paths[i] = sweep_arm_path(arm, path);
    changes->numbers[i] = copy ? strdup(text) : NULL;
    changes->all[i] = (struct vary_change){changes->paths[i], copy ? changes->numbers[i] : text};
    changes->failed = changes->failed || changes->paths[i] == NULL || changes->all[i].text == NULL;
}

/* The later of the two treatments starts so long after the other, which starts on day 0. */
static void lag_add(struct changes *changes, size_t arm, const struct sweep_axis *axis, double lag_days)
{
    const char *const ids[] = {axis->lag_of, axis->lag_after};
    const double starts[] = {fmax(lag_days, 0), fmax(-lag_days, 0)};
    for (int i = 0; i < 2; i++) {
        char path[320], number[VARY_NUMBER_SIZE];
        snprintf(path, sizeof path, "treatments/%s/start", ids[i]);
        vary_number_text(starts[i], "d", number);
        change_add(changes, arm, path, number, true);
    }
}

static void axis_add(struct changes *changes, size_t arm, const struct sweep_axis *axis, double position)
{
    char number[VARY_NUMBER_SIZE];
    if (axis->lag_of != NULL) {
        lag_add(changes, arm, axis, position);
        return;
    }
    if (axis->numeric) {
        vary_number_text(position, axis->unit, number);
        for (size_t i = 0; i < axis->path_count; i++)
            change_add(changes, arm, axis->paths[i], number, true);
        return;
    }
    const struct sweep_level *level = &axis->levels[(size_t)position];
    for (size_t i = 0; i < level->setting_count; i++)
        change_add(changes, arm, level->settings[i].path, level->settings[i].text, false);
}

void sweep_point_text(const struct sweep_file *sweep, const double *at, char *text, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; i < sweep->axis_count && used < size; i++) {
        char position[VARY_NUMBER_SIZE];
        sweep_position_text(&sweep->axes[i], at[i], position, sizeof position);
        const int wrote =
            snprintf(text + used, size - used, "%s%s %.60s", i > 0 ? ", " : "", sweep->axes[i].name, position);
        used += wrote > 0 ? (size_t)wrote : 0;
    }
}

char *sweep_trial_text(const struct sweep_file *sweep, const double *at, size_t *arm, struct abscopal_error *error)
{
    char problem[VARY_PROBLEM_SIZE] = "out of memory", *text = NULL;
    struct changes *changes = calloc(1, sizeof *changes);
    if (changes == NULL) {
        error_no_memory(error);
        return NULL;
    }
    *arm = sweep->arm;
    for (size_t i = 0; i < sweep->axis_count; i++)
        if (!sweep->axes[i].numeric && sweep->axes[i].levels[(size_t)at[i]].arm != SWEEP_NO_ARM)
            *arm = sweep->axes[i].levels[(size_t)at[i]].arm;
    for (size_t i = 0; i < sweep->axis_count; i++)
        axis_add(changes, *arm, &sweep->axes[i], at[i]);
    if (!changes->failed)
        text = vary_text(&sweep->trial, changes->all, changes->count, problem);
    for (size_t i = 0; i < changes->count; i++) {
        free(changes->paths[i]);
        free(changes->numbers[i]);
    }
    free(changes);
    if (text == NULL && strcmp(problem, "out of memory") == 0) {
        error_no_memory(error);
    } else if (text == NULL) {
        char where[ABSCOPAL_MESSAGE_SIZE / 2];
        sweep_point_text(sweep, at, where, sizeof where);
        error_set(error, ABSCOPAL_BAD_INPUT, sweep->path, 0, 0, "at %s the trial cannot be changed: %s", where,
                  problem);
    }
    return text;
}
