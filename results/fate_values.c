#include "results/fate_values.h"

#include <math.h>
#include <string.h>

static const struct fate_course *course_of(const struct abscopal_fates *fates, size_t arm, size_t patient)
{
    return &fates->courses[results_row(fates->results, arm, patient)];
}

const char *fate_arm_name(const struct abscopal_fates *fates, size_t arm)
{
    return fates->trial->file.arms[arm].name;
}

bool fate_is_known(const struct abscopal_fates *fates, size_t arm, size_t patient)
{
    return course_of(fates, arm, patient)->status == ABSCOPAL_PATIENT_COMPLETED;
}

static const struct patient_outcome *outcome_of(const struct abscopal_fates *fates, size_t arm, size_t patient)
{
    return &fates->results->arms[results_row(fates->results, arm, patient)].outcome;
}

/* ---- Values ----------------------------------------------------------------------------------------- */

static double status(const struct abscopal_fates *fates, size_t arm, size_t patient)
{
    return course_of(fates, arm, patient)->status;
}

static double lesions(const struct abscopal_fates *fates, size_t arm, size_t patient)
{
    (void)arm;
    return results_patient(fates->results, patient)->patient.lesion_count;
}

static double response_at_horizon(const struct abscopal_fates *fates, size_t arm, size_t patient)
{
    return fate_is_known(fates, arm, patient) ? (double)outcome_of(fates, arm, patient)->at_horizon : NAN;
}

static double untreated_fate(const struct abscopal_fates *fates, size_t arm, size_t patient)
{
    return fate_is_known(fates, arm, patient) ? (double)fates->patients[patient].untreated.fate : NAN;
}

static double fate(const struct abscopal_fates *fates, size_t arm, size_t patient)
{
    return fate_is_known(fates, arm, patient) ? (double)course_of(fates, arm, patient)->fate.fate : NAN;
}

static double basis(const struct abscopal_fates *fates, size_t arm, size_t patient)
{
    return fate_is_known(fates, arm, patient) ? (double)course_of(fates, arm, patient)->fate.basis : NAN;
}

static double after_days(const struct abscopal_fates *fates, size_t arm, size_t patient)
{
    return course_of(fates, arm, patient)->fate.after_days;
}

static double living_lesions(const struct abscopal_fates *fates, size_t arm, size_t patient)
{
    double count = 0;
    for (int i = 0; i < MODEL_MAX_LESIONS; i++)
        count += course_of(fates, arm, patient)->fate.living >> i & 1;
    return fate_is_known(fates, arm, patient) ? count : (double)NAN;
}

static double decided_day(const struct abscopal_fates *fates, size_t arm, size_t patient)
{
    return course_of(fates, arm, patient)->decided_day;
}

static double cycles(const struct abscopal_fates *fates, size_t arm, size_t patient)
{
    return fate_is_known(fates, arm, patient) ? (double)course_of(fates, arm, patient)->cycles : NAN;
}

static double cycles_needed(const struct abscopal_fates *fates, size_t arm, size_t patient)
{
    const int needed = course_of(fates, arm, patient)->cycles_needed;
    return needed >= 0 ? (double)needed : NAN;
}

static double stop_day(const struct abscopal_fates *fates, size_t arm, size_t patient)
{
    return course_of(fates, arm, patient)->stop_day;
}

static double dose(const struct abscopal_fates *fates, size_t arm, size_t patient)
{
    return fate_is_known(fates, arm, patient) ? course_of(fates, arm, patient)->dose_mg : NAN;
}

static double dose_needed(const struct abscopal_fates *fates, size_t arm, size_t patient)
{
    return course_of(fates, arm, patient)->dose_needed_mg;
}

static double exceptions(const struct abscopal_fates *fates, size_t arm, size_t patient)
{
    return fates->every_day && fate_is_known(fates, arm, patient) ? (double)course_of(fates, arm, patient)->exceptions
                                                                  : NAN;
}

/* clang-format off */
static const struct fate_value values[] = {
    {"status", "1", "what became of the patient in the arm", 0,
     "completed not_plausible not_integrated not_run not_eligible not_allocated not_selected", status},
    {"lesions", "1", "number of lesions", 0, NULL, lesions},
    {"response_at_horizon", "1", "response at the last visit", 0, "CR PR SD PD NE NON-CR/NON-PD", response_at_horizon},
    {"untreated_fate", "1", "fate of the patient never treated", 0, "tumour-free controlled maximal undecided",
     untreated_fate},
    {"fate", "1", "fate of the patient left alone after the arm", 0, "tumour-free controlled maximal undecided", fate},
    {"basis", "1", "by what that fate is known", 0, "no_cells resistant_cells equilibrium none", basis},
    {"after_days", "d", "being left alone after which it was known", 6, NULL, after_days},
    {"living_lesions", "1", "lesions that then have living cancer cells", 0, NULL, living_lesions},
    {"decided_day", "d", "first day from which on the patient left alone has that fate", 6, NULL, decided_day},
    {"cycles", "1", "days of drug doses", 0, NULL, cycles},
    {"cycles_needed", "1", "cycles after which drugs can stop without changing the fate", 0, NULL, cycles_needed},
    {"stop_day", "d", "day of the last of those; none where no drug is needed", 6, NULL, stop_day},
    {"dose", "mg", "of all drugs of the arm together", 6, NULL, dose},
    {"dose_needed", "mg", "of those cycles", 6, NULL, dose_needed},
    {"exceptions", "1", "days and numbers of cycles before those that have that fate too, where all were looked at", 0,
     NULL, exceptions},
};
/* clang-format on */

const struct fate_value *fate_values(size_t *count)
{
    *count = sizeof values / sizeof *values;
    return values;
}
