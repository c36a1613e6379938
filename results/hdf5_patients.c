#include "results/hdf5_patients.h"

#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/error.h"
#include "trial/allocation.h"
#include "trial/courses.h"
#include "trial/outcomes.h"

const char *hdf5_text_keep(struct hdf5_reader *reader, struct abscopal_results *results, char *text)
{
    struct results_origin *origin = results->origin;
    char **const texts = text != NULL ? realloc(origin->texts, (origin->text_count + 1) * sizeof *origin->texts) : NULL;
    if (texts == NULL) {
        if (reader->status == ABSCOPAL_OK)
            reader->status = error_no_memory(reader->error);
        free(text);
        return NULL;
    }
    origin->texts = texts;
    texts[origin->text_count++] = text;
    return text;
}

/* The number, if the variable may have it there; else fails and returns the least one that it may have. */
static int64_t within(struct hdf5_reader *reader, const char *name, int64_t value, int64_t least, int64_t most)
{
    if (value >= least && value <= most)
        return value;
    reader_fail(reader, "variable %s has a value of %" PRId64 ": the file is damaged, or of another version", name,
                value);
    return least;
}

/* ---- Patients --------------------------------------------------------------------------------------- */

/* A real number of each patient goes to its place there. */
static void reals_read(struct hdf5_reader *reader, struct abscopal_results *results, const char *name, size_t member)
{
    double *values = reader_reals(reader, name, 0);
    for (size_t i = 0; values != NULL && i < results->patient_count; i++)
        memcpy((char *)&results->patients[i] + member, &values[i], sizeof *values);
    free(values);
}

/* The same of each lesion: `member` is that of the first, `step` bytes before the next. */
static void lesion_reals_read(struct hdf5_reader *reader, struct abscopal_results *results, const char *name,
                              size_t member, size_t step)
{
    double *values = reader_reals(reader, name, 0);
    for (size_t i = 0; values != NULL && i < results->patient_count; i++)
        for (size_t lesion = 0; lesion < results->lesion_count; lesion++)
            memcpy((char *)&results->patients[i] + member + lesion * step, &values[i * results->lesion_count + lesion],
                   sizeof *values);
    free(values);
}

#define MEMBER(name) offsetof(struct patient_result, name)

static void draws_read(struct hdf5_reader *reader, struct abscopal_results *results)
{
    int64_t *ids = reader_integers(reader, "patient", 0), *lesions = reader_integers(reader, "lesion_count", 0);
    signed char *classes = reader_flags(reader, "pdl1_class", 0);
    double *parameters = reader_reals(reader, "parameter_value", 0);
    const int64_t class_count = (int64_t)results->trial->cohort.pdl1_class_count;
    for (size_t i = 0; reader->status == ABSCOPAL_OK && i < results->patient_count; i++) {
        struct virtual_patient *patient = &results->patients[i].patient;
        if (i > 0 && ids[i] <= ids[i - 1])
            reader_fail(reader, "patient %" PRId64 " stands after patient %" PRId64 ": the file is damaged", ids[i],
                        ids[i - 1]);
        patient->id = (uint64_t)within(reader, "patient", ids[i], 1, INT64_MAX);
        patient->lesion_count = (int)within(reader, "lesion_count", lesions[i], 1, (int64_t)results->lesion_count);
        patient->pdl1_class = (int)within(reader, "pdl1_class", classes[i], -1, class_count - 1);
        patient->baseline_sum_of_diameters_mm = NAN; /* the one asked for, which files do not have */
        for (int index = 0; index < PARAMETER_COUNT; index++)
            parameter_set(&patient->parameters, index, parameters[i * PARAMETER_COUNT + (size_t)index]);
    }
    free(ids);
    free(lesions);
    free(classes);
    free(parameters);
    reals_read(reader, results, "body_weight", MEMBER(patient.body_weight_kg));
    reals_read(reader, results, "body_height", MEMBER(patient.body_height_cm));
    lesion_reals_read(reader, results, "relative_lesion_size", MEMBER(patient.relative_lesion_size), sizeof(double));
    const size_t step = sizeof(struct lesion_factors), first = MEMBER(patient.lesion_factors);
    lesion_reals_read(reader, results, "lesion_growth", first + offsetof(struct lesion_factors, growth), step);
    lesion_reals_read(reader, results, "lesion_infiltration", first + offsetof(struct lesion_factors, infiltration),
                      step);
    lesion_reals_read(reader, results, "lesion_pdl1", first + offsetof(struct lesion_factors, pdl1), step);
    lesion_reals_read(reader, results, "lesion_antigen", first + offsetof(struct lesion_factors, antigen), step);
    lesion_reals_read(reader, results, "lesion_radiosensitivity",
                      first + offsetof(struct lesion_factors, radiosensitivity), step);
}

static void baselines_read(struct hdf5_reader *reader, struct abscopal_results *results)
{
    const int64_t rules = (int64_t)1 << results->trial->cohort.rule_count, arms = (int64_t)results->arm_count;
    signed char *statuses = reader_flags(reader, "patient_status", 0);
    int64_t *failed = reader_integers(reader, "rules_failed", 0), *arm = reader_integers(reader, "allocated_arm", 0);
    double *outputs = reader_reals(reader, "baseline_output", 0);
    for (size_t i = 0; reader->status == ABSCOPAL_OK && i < results->patient_count; i++) {
        struct patient_result *patient = &results->patients[i];
        const int64_t status = within(reader, "patient_status", statuses[i], 0, ABSCOPAL_PATIENT_STATUS_COUNT - 1);
        const int64_t allocated = within(reader, "allocated_arm", arm[i], -1, arms);
        patient->status = (enum abscopal_patient_status)status;
        patient->rules_failed = (uint32_t)within(reader, "rules_failed", failed[i], 0, rules - 1);
        memcpy(patient->baseline_outputs, outputs + i * PLAUSIBLE_OUTPUT_COUNT, sizeof patient->baseline_outputs);
        results->allocation[i] = allocated > 0                             ? (int)allocated - 1
                                 : allocated == 0                          ? ALLOCATION_ALL_ARMS
                                 : status == ABSCOPAL_PATIENT_NOT_SELECTED ? ALLOCATION_NOT_SELECTED
                                                                           : ALLOCATION_NOT_ELIGIBLE;
    }
    free(statuses);
    free(failed);
    free(arm);
    free(outputs);
    reals_read(reader, results, "growth_days", MEMBER(growth_days));
    reals_read(reader, results, "baseline_sum_of_diameters", MEMBER(baseline_sum_of_diameters_mm));
}

/* Index of the arm of that name; -1 for none. */
static int arm_find(struct hdf5_reader *reader, const struct abscopal_results *results, const char *name)
{
    if (name[0] == '\0')
        return -1;
    for (size_t arm = 0; arm < results->arm_count; arm++)
        if (strcmp(results->trial->file.arms[arm].name, name) == 0)
            return (int)arm;
    reader_fail(reader, "variable failure_arm names an arm that there is not: the file is damaged");
    return -1;
}

/* The results keep what texts they need. */
static void failures_read(struct hdf5_reader *reader, struct abscopal_results *results)
{
    int64_t *codes = reader_integers(reader, "failure_code", 0),
            *lesions = reader_integers(reader, "failure_lesion", 0);
    double *days = reader_reals(reader, "failure_day", 0);
    char **arms = reader_texts(reader, "failure_arm"), **reasons = reader_texts(reader, "failure_reason");
    char **states = reader_texts(reader, "failure_state");
    for (size_t i = 0; reader->status == ABSCOPAL_OK && i < results->patient_count; i++) {
        if (codes[i] == 0)
            continue;
        struct integration_failure *failure = &results->patients[i].failure;
        const char *reason = hdf5_text_keep(reader, results, strdup(reasons[i]));
        const char *state = hdf5_text_keep(reader, results, strdup(states[i]));
        *failure = (struct integration_failure){
            .arm = arm_find(reader, results, arms[i]),
            .code = (int)within(reader, "failure_code", codes[i], INT_MIN, -1),
            .reason = reason != NULL ? reason : "",
            .day = days[i],
            .worst_state = state != NULL ? state : "",
            .worst_lesion = (int)within(reader, "failure_lesion", lesions[i], 0, MODEL_MAX_LESIONS) - 1,
            .last_event = ""};
    }
    free(codes);
    free(lesions);
    free(days);
    reader_texts_free(arms);
    reader_texts_free(reasons);
    reader_texts_free(states);
}

void hdf5_patients_read(struct hdf5_reader *reader, struct abscopal_results *results)
{
    for (size_t i = 0; i < results->patient_count; i++)
        results_start_patient(results, i);
    draws_read(reader, results);
    baselines_read(reader, results);
    failures_read(reader, results);
    if (reader_has_attribute(reader, "effective_sample_size"))
        results->weights = reader_reals(reader, "weight", 0);
}

/* ---- Arms ------------------------------------------------------------------------------------------- */

/* A bit for each of the patient's lesions that has that value. */
static unsigned char lesions_with(signed char value, const signed char *flags, int lesions)
{
    unsigned set = 0;
    for (int lesion = 0; lesion < lesions; lesion++)
        set |= flags[lesion] == value ? 1U << lesion : 0;
    return (unsigned char)set;
}

/* What was given, of those who completed the arm. */
static void given_read(struct hdf5_reader *reader, struct abscopal_results *results, size_t arm)
{
    signed char *statuses = reader_flags(reader, "status", arm), *irradiated = reader_flags(reader, "irradiated", arm);
    signed char *target = reader_flags(reader, "target", arm);
    int64_t *doses = reader_integers(reader, "doses_given", arm);
    int64_t *fractions = reader_integers(reader, "fractions_given", arm);
    int64_t *switches = reader_integers(reader, "switches", arm);
    for (size_t i = 0; reader->status == ABSCOPAL_OK && i < results->patient_count; i++) {
        struct arm_result *row = &results->arms[results_row(results, arm, i)];
        const int64_t status = within(reader, "status", statuses[i], 0, ABSCOPAL_PATIENT_STATUS_COUNT - 1);
        const int lesions = results->patients[i].patient.lesion_count;
        *row = (struct arm_result){.status = (enum abscopal_patient_status)status};
        if (status != ABSCOPAL_PATIENT_COMPLETED)
            continue;
        row->doses = (int)within(reader, "doses_given", doses[i], 0, INT_MAX);
        row->fractions = (int)within(reader, "fractions_given", fractions[i], 0, INT_MAX);
        row->switches = (int)within(reader, "switches", switches[i], 0, INT_MAX);
        row->irradiated = lesions_with(1, irradiated + i * results->lesion_count, lesions);
        row->non_target = lesions_with(0, target + i * results->lesion_count, lesions);
    }
    free(statuses);
    free(irradiated);
    free(target);
    free(doses);
    free(fractions);
    free(switches);
}

/* What visits found. */
static void seen_read(struct hdf5_reader *reader, struct abscopal_results *results, size_t arm)
{
    double *diameters_mm = reader_reals(reader, "diameter", arm);
    int64_t *new_lesions = reader_integers(reader, "new_lesions", arm);
    const size_t visits = results->patient_count * results->visit_count, first = arm * visits;
    if (reader->status == ABSCOPAL_OK)
        memcpy(results->diameters_mm + first * results->lesion_count, diameters_mm,
               visits * results->lesion_count * sizeof *diameters_mm);
    for (size_t i = 0; reader->status == ABSCOPAL_OK && i < visits; i++)
        results->new_lesions[first + i] = (signed char)within(reader, "new_lesions", new_lesions[i], -1, SCHAR_MAX);
    free(diameters_mm);
    free(new_lesions);
}

static void courses_read(struct hdf5_reader *reader, struct abscopal_results *results, size_t arm)
{
    static const char *const names[COURSE_QUANTITY_COUNT] = {[COURSE_SUM_OF_DIAMETERS] = "course_sum_of_diameters",
                                                             [COURSE_LYMPHOCYTES] = "course_lymphocytes",
                                                             [COURSE_DRUG] = "course_drug",
                                                             [COURSE_PD1_OCCUPANCY] = "course_pd1_occupancy",
                                                             [COURSE_CD8_DENSITY] = "course_cd8_density"};
    const size_t values = results->patient_count * results->course_count;
    for (int quantity = 0; results->course_count > 0 && quantity < COURSE_QUANTITY_COUNT; quantity++) {
        float *course = reader_reals32(reader, names[quantity], arm);
        if (course != NULL)
            memcpy(courses_of(results, (enum course_quantity)quantity, results_row(results, arm, 0)), course,
                   values * sizeof *course);
        free(course);
    }
}

void hdf5_arms_read(struct hdf5_reader *reader, struct abscopal_results *results)
{
    struct outcomes_room room;
    const bool good = outcomes_room_open(&room, results);
    if (!good && reader->status == ABSCOPAL_OK)
        reader->status = error_no_memory(reader->error);
    for (size_t arm = 0; reader->status == ABSCOPAL_OK && arm < results->arm_count; arm++) {
        given_read(reader, results, arm);
        seen_read(reader, results, arm);
        courses_read(reader, results, arm);
        for (size_t i = 0; reader->status == ABSCOPAL_OK && i < results->patient_count; i++)
            if (results->arms[results_row(results, arm, i)].status == ABSCOPAL_PATIENT_COMPLETED)
                outcomes_classify(results, arm, i, &room);
    }
    outcomes_room_close(&room);
}
