#include "results/dimensions.h"

#include "model/model.h"

size_t dimension_size(const struct abscopal_results *results, enum dimension dimension)
{
    switch (dimension) {
    case DIMENSION_ARM:
        return results->arm_count;
    case DIMENSION_PATIENT:
        return results->patient_count;
    case DIMENSION_VISIT:
        return results->visit_count;
    case DIMENSION_LESION:
        return results->lesion_count;
    case DIMENSION_PARAMETER:
        return PARAMETER_COUNT;
    case DIMENSION_OUTPUT:
        return PLAUSIBLE_OUTPUT_COUNT;
    case DIMENSION_COURSE_DAY:
        return results->course_count;
    case DIMENSION_INPUT_FILE:
        return results->trial->file.files.count;
    }
    return 0;
}

bool dimension_is_optional(enum dimension dimension)
{
    return dimension == DIMENSION_COURSE_DAY || dimension == DIMENSION_INPUT_FILE;
}

bool shape_is_optional(const struct shape *shape)
{
    for (int i = 0; i < shape->rank; i++)
        if (dimension_is_optional(shape->dimensions[i]))
            return true;
    return false;
}

bool shape_has(const struct shape *shape, enum dimension dimension)
{
    for (int i = 0; i < shape->rank; i++)
        if (shape->dimensions[i] == dimension)
            return true;
    return false;
}

bool shape_is_there(const struct abscopal_results *results, const struct shape *shape)
{
    for (int i = 0; i < shape->rank; i++)
        if (dimension_is_optional(shape->dimensions[i]) && dimension_size(results, shape->dimensions[i]) == 0)
            return false;
    return true;
}

size_t shape_row_values(const struct abscopal_results *results, const struct shape *shape)
{
    size_t values = 1;
    for (int i = 0; i < shape->rank; i++)
        if (shape->dimensions[i] != DIMENSION_ARM && shape->dimensions[i] != DIMENSION_PATIENT)
            values *= dimension_size(results, shape->dimensions[i]);
    return values;
}
