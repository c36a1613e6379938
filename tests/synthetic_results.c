#include "tests/synthetic_results.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "trial/allocation.h"
#include "trial/courses.h"
#include "trial/criteria.h"

enum { ARMS = 2, VISITS = 11, COURSE_DAYS = 5, TEXT_BYTES = 70000 };

/* A number in [0, 1) from four small ones (SplitMix64, doi:10.1145/2714064.2660195). */
static double scatter(size_t a, size_t b, size_t c, size_t d)
{
    uint64_t z = 0x9E3779B97F4A7C15u * (1 + a + 7 * b + 7919 * c + 104729 * d);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (double)((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
}

/* "name: ...\n# filler\n..." of TEXT_BYTES. */
static char *long_text(void)
{
    char *text = malloc(TEXT_BYTES + 1);
    if (text == NULL)
        return NULL;
    for (size_t i = 0; i < TEXT_BYTES; i++)
        text[i] = i % 40 == 39 ? '\n' : i % 40 == 0 ? '#' : (char)('a' + i % 26);
    text[TEXT_BYTES] = '\0';
    return text;
}

static void fill_patient(struct patient_result *patient, size_t index, bool has_cohort)
{
    struct virtual_patient *virtual_patient = &patient->patient;
    virtual_patient->id = index + 1;
    parameters_default(&virtual_patient->parameters);
    parameter_set(&virtual_patient->parameters, 3, 10 + scatter(index, 3, 0, 9));
    virtual_patient->lesion_count = has_cohort ? 1 + (int)(index % MODEL_MAX_LESIONS) : 1;
    for (int lesion = 0; lesion < MODEL_MAX_LESIONS; lesion++)
        virtual_patient->relative_lesion_size[lesion] = lesion == 0 ? 1 : scatter(index, (size_t)lesion, 1, 8);
    for (int lesion = 0; lesion < MODEL_MAX_LESIONS; lesion++)
        virtual_patient->lesion_factors[lesion] = (struct lesion_factors){
            0.5 + scatter(index, (size_t)lesion, 10, 8), 0.5 + scatter(index, (size_t)lesion, 11, 8),
            0.5 + scatter(index, (size_t)lesion, 12, 8), 0.5 + scatter(index, (size_t)lesion, 13, 8),
            0.5 + scatter(index, (size_t)lesion, 14, 8)};
    virtual_patient->pdl1_class = has_cohort ? (int)(index % 2) : -1;
    virtual_patient->body_height_cm = 150 + 50 * scatter(index, 0, 4, 7);
    virtual_patient->body_weight_kg = 50 + 50 * scatter(index, 0, 2, 7);
    virtual_patient->baseline_sum_of_diameters_mm = 20 * virtual_patient->lesion_count;
    patient->growth_days = 300 + 900 * scatter(index, 0, 3, 6);
    patient->baseline_sum_of_diameters_mm = virtual_patient->baseline_sum_of_diameters_mm;
    for (size_t output = 0; output < PLAUSIBLE_OUTPUT_COUNT; output++)
        patient->baseline_outputs[output] = 10 * scatter(index, output, 5, 7);
    patient->status = ABSCOPAL_PATIENT_COMPLETED;
    patient->failure = (struct integration_failure){.arm = -1, .worst_lesion = -1};
    if (!has_cohort)
        return;
    switch (index) {
    case 4: /* grown, but fails both rules */
        patient->status = ABSCOPAL_PATIENT_NOT_PLAUSIBLE;
        patient->rules_failed = 3;
        break;
    case 8: /* in the second arm only */
        patient->status = ABSCOPAL_PATIENT_NOT_INTEGRATED;
        patient->failure =
            (struct integration_failure){1, -4, "CV_CONV_FAILURE", 123.5, "cancer_cells", 1, "bolus", 112};
        break;
    case 12: /* in growth */
        patient->status = ABSCOPAL_PATIENT_NOT_INTEGRATED;
        patient->failure = (struct integration_failure){-1, -1, "CV_TOO_MUCH_WORK", 77, "blood_il2", -1, "", 0};
        break;
    case 29:
        patient->status = ABSCOPAL_PATIENT_NOT_RUN;
        break;
    }
    if (patient->status != ABSCOPAL_PATIENT_COMPLETED && index != 8) {
        patient->growth_days = NAN;
        patient->baseline_sum_of_diameters_mm = NAN;
    }
}

/* Diameter over that at baseline: falls, then comes back; spread so that every response occurs. */
static double course(double day, size_t arm, size_t patient, size_t lesion)
{
    const double fall = 0.04 * pow(scatter(arm, patient, 0, 1), 3) * (1 + 0.1 * scatter(arm, patient, lesion, 5));
    const double rise = 0.006 * pow(scatter(arm, patient, lesion, 2), 2);
    return exp(-fall * day) + rise * rise * day * day;
}

/* In the second arm the first lesion is irradiated, in every seventh patient all are. */
static void fill_given(struct abscopal_results *results, size_t arm, size_t patient, const double *measured)
{
    struct arm_result *row = &results->arms[results_row(results, arm, patient)];
    const size_t lesions = (size_t)results->patients[patient].patient.lesion_count;
    const size_t first = arm == 0 ? 0 : patient % 7 == 3 ? lesions : 1; /* not irradiated */
    double outside[VISITS * MODEL_MAX_LESIONS];
    enum response response[VISITS];
    row->doses = 29 - (int)(patient % 4);
    row->fractions = arm == 0 ? 0 : 3;
    row->switches = patient % 11 == 5;
    row->irradiated = (unsigned char)((1U << first) - 1);
    row->out_of_field =
        (struct patient_outcome){.best = RESPONSE_NOT_EVALUABLE, .best_confirmed = RESPONSE_NOT_EVALUABLE};
    if (first == lesions)
        return;
    for (size_t visit = 0; visit < VISITS; visit++)
        for (size_t lesion = first; lesion < lesions; lesion++)
            outside[visit * (lesions - first) + lesion - first] = measured[visit * lesions + lesion];
    criteria_classify(&results->trial->file, results->visit_days, outside,
                      results->new_lesions + results_row(results, arm, patient) * VISITS, VISITS, lesions - first, 0,
                      response, &row->out_of_field);
}

static void fill_arm(struct abscopal_results *results, size_t arm, size_t patient)
{
    const size_t row = results_row(results, arm, patient), columns = results->lesion_count;
    const size_t lesions = (size_t)results->patients[patient].patient.lesion_count;
    double *diameters = results->diameters_mm + row * VISITS * columns;
    signed char *responses = results->responses + row * VISITS, *new_lesions = results->new_lesions + row * VISITS;
    double measured[VISITS * MODEL_MAX_LESIONS];
    enum response response[VISITS];
    results->arms[row].status = results->patients[patient].status;
    if (patient == 8 && arm == 0)
        results->arms[row].status = ABSCOPAL_PATIENT_COMPLETED;
    for (size_t i = 0; i < VISITS * columns; i++)
        diameters[i] = NAN;
    memset(responses, -1, VISITS);
    memset(new_lesions, -1, VISITS);
    if (results->arms[row].status != ABSCOPAL_PATIENT_COMPLETED)
        return;
    for (size_t visit = 0; visit < VISITS; visit++)
        for (size_t lesion = 0; lesion < lesions; lesion++) {
            const bool missed = patient % 9 == 2 && visit == 1 + patient % 10;
            const double diameter =
                missed ? (double)NAN : 20 * course(results->visit_days[visit], arm, patient, lesion);
            measured[visit * lesions + lesion] = diameters[visit * columns + lesion] = diameter;
        }
    /* In every fifth patient, one at day 160 or, where that visit was missed, at the next; another at day 320. */
    for (size_t visit = 0; visit < VISITS; visit++) {
        const bool missed = isnan(measured[visit * lesions]);
        const int there = patient % 5 != 2 ? 0 : (visit >= 4) + (visit >= 8);
        new_lesions[visit] = (signed char)(missed ? new_lesions[visit - 1] : there);
    }
    criteria_classify(&results->trial->file, results->visit_days, measured, new_lesions, VISITS, lesions, 0, response,
                      &results->arms[row].outcome);
    for (size_t visit = 0; visit < VISITS; visit++)
        responses[visit] = (signed char)response[visit];
    fill_given(results, arm, patient, measured);
}

static void fill_courses(struct abscopal_results *results, size_t arm, size_t patient)
{
    const size_t row = results_row(results, arm, patient);
    courses_clear(results, row);
    if (results->arms[row].status != ABSCOPAL_PATIENT_COMPLETED)
        return;
    for (size_t quantity = 0; quantity < COURSE_QUANTITY_COUNT; quantity++)
        for (size_t i = 0; i < results->course_count; i++)
            courses_of(results, (enum course_quantity)quantity, row)[i] =
                (float)(scatter(arm, patient, 20 + quantity, i) * course(results->course_days[i], arm, patient, 0));
}

static struct abscopal_trial *trial_new(bool has_cohort)
{
    static struct arm arms[ARMS] = {{.name = (char *)"nivolumab"}, {.name = (char *)"αPD-1 + 8 Gy × 3"}};
    struct abscopal_trial *trial = calloc(1, sizeof *trial);
    static struct pdl1_class classes[] = {{(char *)"low or none", 1e5}, {(char *)"high", INFINITY}};
    static struct plausible_rule rules[] = {{.text = "cd8_density from 1 to 300 cell/uL"},
                                            {.text = "treg_ratio up to 2"}};
    static struct named_text files[] = {{(char *)"../drugs/abc.yaml", (char *)"name: abc-123\n"},
                                        {(char *)"Dosierung.csv", (char *)"ARM,TIME,EVID,GY\nα,0,2,8\n"}};
    if (trial == NULL)
        return NULL;
    trial->file = (struct trial_file){.text = long_text(),
                                      .name = (char *)"synthetic trial",
                                      .preset = has_cohort ? PRESET_NSCLC : PRESET_QSPIO_NSCLC_2020,
                                      .until_days = 400,
                                      .imaging_interval_days = 40,
                                      .detection_limit_mm = 2,
                                      .minimum_stable_days = has_cohort ? 60 : 0,
                                      .confirmation_days = has_cohort ? 28 : 0,
                                      .arms = arms,
                                      .arm_count = ARMS};
    trial->has_cohort = has_cohort;
    if (has_cohort) {
        trial->cohort.text = (char *)"name: größte Läsion\npatients: 30\n";
        trial->cohort.pdl1_classes = classes;
        trial->cohort.pdl1_class_count = sizeof classes / sizeof *classes;
        trial->cohort.rules = rules;
        trial->cohort.rule_count = sizeof rules / sizeof *rules;
        trial->file.drug_text = (char *)"---\nname: abc-123\n";
        trial->file.files = (struct named_texts){files, sizeof files / sizeof *files};
    }
    return trial;
}

struct abscopal_results *synthetic_results_new(size_t patients, bool has_cohort)
{
    struct abscopal_results *results = calloc(1, sizeof *results);
    if (results == NULL)
        return NULL;
    const size_t lesions = has_cohort ? MODEL_MAX_LESIONS : 1, rows = ARMS * patients;
    const size_t course_days = has_cohort ? COURSE_DAYS : 0;
    *results =
        (struct abscopal_results){.trial = trial_new(has_cohort),
                                  .seed = 20250701,
                                  .relative_tolerance = 1e-6,
                                  .engine = ABSCOPAL_ENGINE_BATCH,
                                  .instructions = "AVX-512",
                                  .lanes = 8,
                                  .wall_seconds = 1.5,
                                  .threads = 2,
                                  .arm_count = ARMS,
                                  .patient_count = patients,
                                  .visit_count = VISITS,
                                  .lesion_count = lesions,
                                  .visit_days = calloc(VISITS, sizeof(double)),
                                  .patients = calloc(patients + 1, sizeof(struct patient_result)),
                                  .allocation = calloc(patients + 1, sizeof(int)),
                                  .arms = calloc(rows + 1, sizeof(struct arm_result)),
                                  .diameters_mm = calloc(rows * VISITS * lesions + 1, sizeof(double)),
                                  .responses = calloc(rows * VISITS + 1, 1),
                                  .new_lesions = calloc(rows * VISITS + 1, 1),
                                  .course_count = course_days,
                                  .course_days = calloc(course_days + 1, sizeof(double)),
                                  .courses = calloc(COURSE_QUANTITY_COUNT * rows * course_days + 1, sizeof(float))};
    if (results->trial == NULL || results->trial->file.text == NULL || results->visit_days == NULL ||
        results->patients == NULL || results->arms == NULL || results->diameters_mm == NULL ||
        results->allocation == NULL || results->responses == NULL || results->new_lesions == NULL ||
        results->course_days == NULL || results->courses == NULL) {
        synthetic_results_free(results);
        return NULL;
    }
    for (size_t visit = 0; visit < VISITS; visit++)
        results->visit_days[visit] = 40 * (double)visit;
    for (size_t i = 0; i < course_days; i++)
        results->course_days[i] = 100 * (double)i;
    for (size_t patient = 0; patient < patients; patient++) {
        results->allocation[patient] = patient % 13 == 6 ? (int)(patient % 2) : ALLOCATION_ALL_ARMS;
        fill_patient(&results->patients[patient], patient, has_cohort);
        for (size_t arm = 0; arm < ARMS; arm++)
            fill_arm(results, arm, patient);
        for (size_t arm = 0; arm < ARMS; arm++)
            fill_courses(results, arm, patient);
    }
    return results;
}

void synthetic_results_free(struct abscopal_results *results)
{
    if (results == NULL)
        return;
    if (results->trial != NULL)
        free(results->trial->file.text);
    free((struct abscopal_trial *)results->trial);
    free(results->visit_days);
    free(results->patients);
    free(results->allocation);
    free(results->arms);
    free(results->diameters_mm);
    free(results->responses);
    free(results->new_lesions);
    free(results->course_days);
    free(results->courses);
    free(results);
}
