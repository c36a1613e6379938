#include "cohorts/growth.h"

#include <math.h>

void growth_begin(struct growth *growth, struct model *model, const struct virtual_patient *patient,
                  double relative_tolerance, double *state)
{
    *growth = (struct growth){.course = {.model = model,
                                         .relative_tolerance = relative_tolerance,
                                         .end_day = GROWTH_SETTLING_DAYS,
                                         .state = state},
                              .patient = patient,
                              .days = NAN};
    model_tumour_free_state(model, state);
}

/* Puts the first cells into the settled body. Returns false for a sum of diameters smaller than that of the seeds:
 * there is no such baseline to grow to. */
static bool seed(struct growth *growth)
{
    struct course *course = &growth->course;
    const double baseline = growth->patient->baseline_sum_of_diameters_mm;
    growth->seeded = true;
    model_seed_lesions(course->model, growth->patient->relative_lesion_size, course->state);
    course->end_day = GROWTH_LONGEST_DAYS;
    course->target_sum_of_diameters_mm = baseline;
    return model_sum_of_diameters_mm(course->model, course->state) < baseline;
}

bool growth_goes_on(struct growth *growth)
{
    const struct course *course = &growth->course;
    switch (course->result) {
    case COURSE_ENDED:
        if (!growth->seeded && seed(growth))
            return true;
        growth->result = GROWTH_NEVER_REACHED;
        break;
    case COURSE_TARGET:
        growth->result = GROWTH_REACHED;
        growth->days = course->day;
        break;
    case COURSE_NO_LIVING_CELLS:
        growth->result = GROWTH_NEVER_REACHED;
        break;
    case COURSE_FAILED:
        growth->result = GROWTH_FAILED;
        break;
    case COURSE_NO_MEMORY:
        growth->result = GROWTH_NO_MEMORY;
        break;
    }
    return false;
}
