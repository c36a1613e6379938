#include "model/options.h"

#include <stddef.h>
#include <string.h>

#define OPTION_ROW(name, meaning, source) {#name, meaning, source},
static const struct option_description table[MODEL_OPTION_COUNT] = {MODEL_OPTION_TABLE(OPTION_ROW)};
#undef OPTION_ROW

const struct option_description *model_option_describe(int index)
{
    return index >= 0 && index < MODEL_OPTION_COUNT ? &table[index] : NULL;
}

int model_option_find(const char *name)
{
    for (int index = 0; index < MODEL_OPTION_COUNT; index++)
        if (strcmp(table[index].name, name) == 0)
            return index;
    return -1;
}

/* The struct holds booleans only, in the order of the table. */
bool model_option_get(const struct model_options *options, int index)
{
    bool on;
    memcpy(&on, (const char *)options + (size_t)index * sizeof on, sizeof on);
    return on;
}

void model_option_set(struct model_options *options, int index, bool on)
{
    memcpy((char *)options + (size_t)index * sizeof on, &on, sizeof on);
}
