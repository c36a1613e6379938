/* The preset qspio-nsclc-2020 against trajectories of the original model in MATLAB SimBiology (MODEL.md, part A): every
 * column within 1e-3 of the reference, relative to the larger of its value and a thousandth of the column's largest. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "batch_course.h"
#include "model/model.h"
#include "solver/course.h"

/* The engine under test: all that follows has to hold for either. */
static void (*run_course)(struct course *course);

enum { COLUMNS = 12, MAXIMUM_ROWS = 400, MAXIMUM_DOSES = 8 };

static const char *const column_names[COLUMNS] = {"time_days",        "cancer_cells",         "dead_cells",
                                                  "t_cells",          "tumour_volume_l",      "tumour_diameter_cm",
                                                  "pd1_occupancy",    "tcell_density_per_ul", "drug_plasma_molar",
                                                  "drug_tumor_molar", "cd8_tumor_cells",      "treg_tumor_cells"};

struct trajectory {
    size_t rows;
    double value[MAXIMUM_ROWS][COLUMNS];
};

static int read_reference(const char *arm, struct trajectory *reference)
{
    const char *shared = getenv("ABSCOPAL_SHARED");
    char path[512];
    snprintf(path, sizeof path, "%s/reference/qspio_nsclc_%s.csv", shared != NULL ? shared : "../shared", arm);
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        print_message("skipped: %s is absent\n", path);
        return -1;
    }
    char line[1024];
    assert_non_null(fgets(line, sizeof line, file));
    reference->rows = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        assert_true(reference->rows < MAXIMUM_ROWS);
        char *at = line;
        for (int column = 0; column < COLUMNS; column++) {
            char *end;
            reference->value[reference->rows][column] = strtod(at, &end);
            assert_ptr_not_equal(at, end);
            at = *end == ',' ? end + 1 : end;
        }
        reference->rows++;
    }
    fclose(file);
    return 0;
}

static void observe(const struct model *model, double day, const double *state, size_t output, void *context)
{
    struct trajectory *trajectory = context;
    struct lesion_output lesion;
    model_lesion_output(model, state, 0, &lesion);
    const double t_cells = lesion.cd8_cells + lesion.treg_cells;
    const double row[COLUMNS] = {day,
                                 lesion.cancer_cells,
                                 lesion.dead_cells,
                                 t_cells,
                                 lesion.volume_l,
                                 lesion.diameter_mm / 10,
                                 lesion.pd1_inhibition,
                                 lesion.cd8_per_ul,
                                 model_drug_blood_nanomolar(state, 0) * 1e-9,
                                 lesion.drug_nanomolar[0] * 1e-9,
                                 lesion.cd8_cells,
                                 lesion.treg_cells};
    memcpy(trajectory->value[output], row, sizeof row);
    trajectory->rows = output + 1;
}

static void simulate(double dose_mg, double interval, int doses, double tolerance, const struct trajectory *reference,
                     struct trajectory *trajectory)
{
    struct parameters parameters;
    parameters_default(&parameters);
    const struct antibody *antibody = model_preset_antibody(PRESET_QSPIO_NSCLC_2020, 0);
    struct model model;
    const struct model_settings settings = {.preset = PRESET_QSPIO_NSCLC_2020,
                                            .parameters = &parameters,
                                            .lesion_count = 1,
                                            .antibodies = &antibody,
                                            .drug_count = 1};
    model_prepare(&model, &settings);
    struct course_event events[MAXIMUM_DOSES] = {0};
    for (int i = 0; i < doses; i++)
        events[i] = (struct course_event){
            .day = i * interval, .kind = EVENT_BOLUS, .amount_nmol = dose_mg / antibody->molar_mass_g_per_mol * 1e6};
    double days[MAXIMUM_ROWS];
    for (size_t row = 0; row < reference->rows; row++)
        days[row] = reference->value[row][0];
    double *state = calloc((size_t)model_state_count(&model), sizeof *state);
    assert_non_null(state);
    model_published_state(&model, state);
    struct course course = {.model = &model,
                            .events = events,
                            .event_count = (size_t)doses,
                            .output_days = days,
                            .output_count = reference->rows,
                            .observe = observe,
                            .context = trajectory,
                            .relative_tolerance = tolerance,
                            .end_day = days[reference->rows - 1],
                            .state = state};
    run_course(&course);
    assert_int_equal(course.result, COURSE_ENDED);
    print_message("  %ld steps, %ld right-hand sides, %ld Jacobians, %ld restarts\n", course.work.steps,
                  course.work.right_hand_sides, course.work.jacobians, course.work.restarts);
    free(state);
}

static void compare(const char *arm, double dose_mg, double interval, int doses)
{
    static struct trajectory reference, trajectory;
    if (read_reference(arm, &reference) != 0)
        skip();
    simulate(dose_mg, interval, doses, 1e-6, &reference, &trajectory);
    assert_int_equal(trajectory.rows, reference.rows);
    for (int column = 1; column < COLUMNS; column++) {
        double largest = 0, worst = 0;
        for (size_t row = 0; row < reference.rows; row++)
            largest = fmax(largest, fabs(reference.value[row][column]));
        for (size_t row = 0; row < reference.rows; row++) {
            const double scale = fmax(fabs(reference.value[row][column]), 1e-3 * largest);
            worst = fmax(worst, fabs(trajectory.value[row][column] - reference.value[row][column]) / scale);
        }
        print_message("  %s %-20s %.2e\n", arm, column_names[column], worst);
        assert_true(worst < 1e-3);
    }
}

static void matches_a1(void **unused)
{
    (void)unused;
    compare("A1", 200, 21, 4);
}

static void matches_a2(void **unused)
{
    (void)unused;
    compare("A2", 240, 14, 6);
}

static void matches_a6(void **unused)
{
    (void)unused;
    compare("A6", 50, 42, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_a1),
        cmocka_unit_test(matches_a2),
        cmocka_unit_test(matches_a6),
    };
    run_course = course_run;
    const int failed = cmocka_run_group_tests_name("cvode", tests, NULL, NULL);
    run_course = course_run_in_batch;
    return failed + cmocka_run_group_tests_name("batch", tests, NULL, NULL);
}
