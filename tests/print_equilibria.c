/* Prints, as JSON, eigenvalues at random states and at an equilibrium of the model, with the Jacobian there by complex
 * steps (Squire 1998, doi:10.1137/S003614459631241X) in units of the states' magnitudes, for check_equilibrium.py. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random_state.h"
#include "rates_complex.h"
#include "solver/course.h"
#include "solver/equilibrium.h"

enum { STATES = 400 };

static void print_list(const char *name, const double *values, int count)
{
    printf("\"%s\": [", name);
    for (int i = 0; i < count; i++)
        printf("%s%.17g", i > 0 ? ", " : "", values[i]);
    printf("]");
}

static void print_jacobian(const struct model *model, const double *state, int size)
{
    static double pairs[2 * STATES], rates[2 * STATES], row[STATES * STATES];
    double scale[STATES];
    for (int i = 0; i < size; i++)
        scale[i] = fabs(state[i]) + model_state_describe(model, i).absolute_tolerance;
    for (int column = 0; column < size; column++) {
        for (int i = 0; i < size; i++) {
            pairs[2 * i] = state[i];
            pairs[2 * i + 1] = i == column ? 1e-40 : 0;
        }
        rates_complex_step(model, pairs, rates);
        for (int i = 0; i < size; i++)
            row[i * size + column] = rates[2 * i + 1] / 1e-40 * (scale[column] / scale[i]);
    }
    print_list("jacobian", row, size * size);
}

static int print_case(const struct model *model, const double *state, const char *name, const char *separator)
{
    const int size = model_state_count(model);
    double real_parts[STATES], imaginary[STATES];
    struct equilibrium_model *of = equilibrium_model_create(model);
    struct equilibrium_workspace *workspace = equilibrium_workspace_create(size);
    if (of == NULL || workspace == NULL)
        return 1;
    const struct equilibrium_system system = equilibrium_model_system(of);
    if (equilibrium_eigenvalues(&system, workspace, state, NULL, real_parts, imaginary) != size)
        return 1;
    printf("%s{\"name\": \"%s\", \"size\": %d, ", separator, name, size);
    print_list("real", real_parts, size);
    printf(", ");
    print_list("imaginary", imaginary, size);
    printf(", ");
    print_jacobian(model, state, size);
    printf("}");
    equilibrium_workspace_free(workspace);
    equilibrium_model_free(of);
    return 0;
}

/* Left alone for a century from a seeded tumour, and brought to rest. */
static int print_equilibrium(struct model *model)
{
    double state[STATES] = {0};
    const double sizes[MODEL_MAX_LESIONS] = {1000, 300, 100, 30, 10};
    model_tumour_free_state(model, state);
    model_seed_lesions(model, sizes, state);
    struct course course = {.model = model, .relative_tolerance = 1e-6, .end_day = 36525, .state = state};
    course_run(&course);
    struct equilibrium_model *of = equilibrium_model_create(model);
    struct equilibrium_workspace *workspace = equilibrium_workspace_create(model_state_count(model));
    if (of == NULL || workspace == NULL || course.result != COURSE_ENDED)
        return 1;
    const struct equilibrium_system system = equilibrium_model_system(of);
    const bool found = equilibrium_find(&system, workspace, state) == EQUILIBRIUM_FOUND;
    equilibrium_workspace_free(workspace);
    equilibrium_model_free(of);
    return found ? print_case(model, state, "equilibrium", ", ") : 1;
}

int main(void)
{
    static struct model model;
    double state[STATES];
    int failed = 0;
    printf("[");
    for (int number = 0; number < 3; number++) {
        random_state_model(1 + 2 * number, number, &model);
        random_state_fill(&model, number, state);
        failed |= print_case(&model, state, "random state", number > 0 ? ", " : "");
    }
    random_state_model(2, 0, &model);
    failed |= print_equilibrium(&model);
    printf("]\n");
    return failed;
}
