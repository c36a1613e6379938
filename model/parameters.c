#include "model/parameters.h"

#include <string.h>

#define PARAMETER_ROW(name, symbol, unit, value, lower, upper, meaning, source) \
    {#name, symbol, unit, value, lower, upper, meaning, source},
static const struct parameter_description table[PARAMETER_COUNT] = {PARAMETER_TABLE(PARAMETER_ROW)};
#undef PARAMETER_ROW

const struct parameter_description *parameter_describe(int index)
{
    return index >= 0 && index < PARAMETER_COUNT ? &table[index] : NULL;
}

int parameter_find(const char *name)
{
    for (int index = 0; index < PARAMETER_COUNT; index++)
        if (strcmp(table[index].name, name) == 0)
            return index;
    return -1;
}

/* The struct holds doubles only, in the order of the table, so it may be read as an array. */
double parameter_get(const struct parameters *parameters, int index)
{
    double value;
    memcpy(&value, (const char *)parameters + (size_t)index * sizeof value, sizeof value);
    return value;
}

void parameter_set(struct parameters *parameters, int index, double value)
{
    memcpy((char *)parameters + (size_t)index * sizeof value, &value, sizeof value);
}

void parameters_default(struct parameters *parameters)
{
    for (int index = 0; index < PARAMETER_COUNT; index++)
        parameter_set(parameters, index, table[index].value);
}
