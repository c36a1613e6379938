#include "model_asserts.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

int state_index(const struct model *model, const char *name)
{
    for (int i = 0; i < model_state_count(model); i++)
        if (strcmp(model_state_describe(model, i).name, name) == 0)
            return i;
    fail_msg("no state %s", name);
    return -1;
}

int state_index_of(const struct model *model, const char *name, int lesion, int drug)
{
    for (int i = 0; i < model_state_count(model); i++) {
        const struct state_description state = model_state_describe(model, i);
        if (strcmp(state.name, name) == 0 && state.lesion == lesion && state.drug == drug)
            return i;
    }
    fail_msg("no state %s of lesion %d and drug %d", name, lesion, drug);
    return -1;
}

void assert_close(double value, double expected, double relative)
{
    if (!(fabs(value - expected) <= relative * fabs(expected)))
        fail_msg("%.15g is not %.15g to %g", value, expected, relative);
}
