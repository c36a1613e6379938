/* The trial file: what it says, in the model's units, before any patient is known.
 * docs/protocols.md is the language; this is what the reader makes of it. */
#ifndef ABSCOPAL_PROTOCOLS_TRIAL_FILE_H
#define ABSCOPAL_PROTOCOLS_TRIAL_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "abscopal.h"
#include "model/antibodies.h"
#include "model/model.h"
#include "protocols/named_texts.h"

enum treatment_kind { TREATMENT_DRUG, TREATMENT_RADIOTHERAPY };

/* Which lesions a course of radiotherapy hits, as they are when it is planned: at baseline or, where it waits for
 * something, at the visit that tells. A listed lesion that a patient does not have is left out for that patient. */
enum lesion_choice {
    LESIONS_LISTED,
    LESIONS_LARGEST,
    LESIONS_SMALLEST,
    LESIONS_ALL,
    LESIONS_PROGRESSED, /* those that have grown by 20 % and 5 mm from their own nadir; if none has, that which grew
                           most */
    LESIONS_REMAINING   /* those that can still be seen */
};

/* When a treatment begins. */
enum treatment_begin {
    BEGIN_ON_DAY,         /* on a day of the trial */
    BEGIN_AFTER_BLOCK,    /* after the last dose or fraction of another treatment of the arm is over */
    BEGIN_AT_PROGRESSION, /* all that follow: at the visit that finds it */
    BEGIN_AT_RESPONSE,    /* partial or complete */
    BEGIN_AT_COMPLETE_RESPONSE,
    BEGIN_AT_BEST_RESPONSE /* the sum of diameters has fallen by less than a twentieth since the visit before */
};

/* What ends a treatment before its time, at the visit that finds it: a set of these. */
enum treatment_end {
    END_AT_PROGRESSION = 1,
    END_AT_CONFIRMED_PROGRESSION = 2, /* of iRECIST; of RECIST, at a second visit in a row with progression */
    END_AT_COMPLETE_RESPONSE = 4
};

/* Doses of one treatment at most, and steps of a list of doses or intervals. */
enum { TREATMENT_MOST_DOSES = 1000, TREATMENT_MOST_STEPS = 20, TREATMENT_MOST_IN_ARM = 100 };

/* What comes first and differs from what goes on: loading doses, first cycles. */
struct dose_steps {
    int count;
    double value[TREATMENT_MOST_STEPS];
};

/* One line of an arm: a drug given `count` times, or `count` fractions of radiotherapy. */
struct treatment {
    char *id; /* by which others name it; NULL without */
    enum treatment_kind kind;
    enum treatment_begin begin;
    double start_days;         /* BEGIN_ON_DAY: the day; others: the lag after what it waits for */
    size_t after;              /* BEGIN_AFTER_BLOCK: index of that treatment in the arm */
    int most_remaining;        /* BEGIN_AT_...: only when at most so many lesions can still be seen; 0: however many */
    unsigned end;              /* enum treatment_end, joined */
    bool unless_progressed;    /* does not begin in those who have progressed before */
    double duration_days;      /* nothing begins so long after the first or later; 0: no limit */
    double missed_probability; /* of each dose or fraction */
    double interval_days;      /* between doses, or between days with radiotherapy; 0 when count is 1 */
    struct dose_steps first_intervals; /* days, before that one */
    int count;                         /* doses, or fractions; at most, where something may end them */
    bool open_ended;                   /* the file has no count: as many as there is time for */
    double known_end_days;             /* when the last of it is over, where the file alone tells; NaN otherwise */

    /* Drugs. */
    const struct antibody *antibody; /* of the preset's library or of the trial's own drugs; NULL for radiotherapy */
    double dose_mg;                  /* or mg per kg of body weight or m^2 of body surface */
    struct dose_steps first_doses;   /* in the same unit, before that one */
    bool dose_per_body_weight, dose_per_body_surface; /* at most one of them */
    double infusion_days;                             /* 0: bolus */
    double least_lymphocytes_per_ul; /* with fewer in blood, this dose and those after it are put off; 0: never */
    double delay_days;               /* by so much, and looked at again then */
    double longest_delay_days;       /* in all; then the treatment ends */

    /* Radiotherapy. */
    double fraction_gray; /* of a biologically effective dose: what each fraction of it comes to */
    int fractions_per_day;
    double within_day_days; /* between fractions of one day; 6 h unless the file says otherwise */
    bool weekdays;          /* day 0 is a Monday; fractions due on days 5 and 6 of a week move to the next Monday,
                             * and the days after count from there */
    enum lesion_choice lesion_choice;
    int lesions[MODEL_MAX_LESIONS]; /* from 0, for LESIONS_LISTED */
    int lesion_count;               /* of these, or how many of the largest or smallest */
    double coverage; /* share of each lesion that lies in the field, above 0 to 1; 1 unless the file says otherwise */
    double coverage_above_l; /* for lesions above this volume when it is planned; others lie in it whole */
    bool nodes;              /* the draining nodes lie in the field too */
};

struct arm {
    char *name;
    struct treatment *treatments;
    size_t treatment_count;
    bool switches;          /* at progression the treatments of another arm replace these */
    size_t switch_to;       /* that arm */
    double switch_lag_days; /* its day 0 comes so long after the visit that finds progression */
};

/* What can divide patients before treatment: what is drawn for each. */
enum patient_quantity {
    QUANTITY_LESIONS,     /* number of target lesions */
    QUANTITY_BASELINE_MM, /* sum of diameters wanted at baseline */
    QUANTITY_BODY_WEIGHT, /* kg */
    QUANTITY_LYMPHOCYTES, /* per uL of blood; known at baseline, not before, and so no stratum */
    QUANTITY_PDL1_CLASS,  /* of the cohort; no stratum, which PD-L1 itself can be */
    QUANTITY_PARAMETER    /* of the model */
};

/* A PD-L1 class by name, and where the file has it: which there are only the cohort knows. */
struct pdl1_choice {
    char *name;
    int line, column;
};

/* Eligible are those with least <= quantity <= most; strata are divided at `least` alone, upwards. */
struct patient_limit {
    enum patient_quantity quantity;
    int parameter;      /* index in the parameter table */
    double least, most; /* in the unit of the quantity; -infinity and infinity where there is none */
};

/* A period of imaging: every so often from the end of the period before, until a day; the last one's is that of the
 * trial unless the file says otherwise. */
struct imaging_period {
    double every_days, until_days;
};

struct imaging {
    struct imaging_period *periods; /* none: every imaging_interval_days */
    size_t period_count;
    double *also_days; /* further visits, ascending */
    size_t also_count;
    double error;              /* standard deviation of the logarithm of each measured diameter; 0: exact */
    double missed_probability; /* of each visit after baseline */
};

/* Arms, arms that patients can be randomised to, drug files and visits at most. */
enum { TRIAL_MOST_ARMS = 1000, TRIAL_MOST_RANDOMISED_ARMS = 20, TRIAL_MOST_DRUG_FILES = 32, TRIAL_MOST_VISITS = 10000 };

/* Who is in which arm. */
struct allocation {
    bool disjoint; /* each patient in one arm; otherwise all in all */
    int *ratio;    /* [arm] */
    struct patient_limit *strata;
    size_t stratum_count; /* cuts: 2 to the power of so many strata */
};

/* What was published of an arm, to stand beside what is predicted. */
struct observed {
    char *arm;                         /* its name in this file */
    char *endpoint;                    /* such as "best_response_rate", see docs/protocols.md */
    double value, lower, upper, level; /* NaN where none was published */
    double at_days;                    /* the day that it holds for; NaN: none */
    int patients;                      /* 0: not published */
    char *source;
};

struct trial_file {
    char *path;
    char *text; /* the file as given */
    char *name;
    enum model_preset preset;
    struct model_options options; /* the preset's, with what the file switches on or off */
    /* Antibodies of the trial's own, each from a file (protocols/drug_file.h); treatments point into the array. */
    struct antibody *drugs;
    size_t drug_count;
    char *drug_text;          /* those files as given, each after a line "---"; NULL without any */
    struct named_texts files; /* drug files and records as given, by their names here */
    char *cohort_path;        /* relative to the working directory, or NULL: the published state, one patient */
    double until_days;
    double imaging_interval_days; /* of the first period */
    struct imaging imaging;
    double detection_limit_mm; /* below it a lesion counts as gone; 2 mm unless the file says otherwise */
    double minimum_stable_days, confirmation_days; /* of the response criteria; 0: not asked for */
    bool irecist;                                  /* progression is to be confirmed */
    bool irradiated_are_non_target; /* lesions that are to be irradiated, as planned at baseline, are no targets */
    struct patient_limit *eligibility;
    size_t eligibility_count;
    struct pdl1_choice *classes; /* QUANTITY_PDL1_CLASS among these: the classes that take part */
    size_t class_count;
    unsigned class_mask; /* the same by their numbers in the cohort, a bit for each; known once that is read */
    struct allocation allocation;
    struct arm *arms;
    size_t arm_count;
    char *registry, *setting, *left_out; /* of a real trial; NULL where the file says nothing */
    struct observed *observed;
    size_t observed_count;
};

/* When each dose or fraction starts, in days, when the first is on that day: fills days[count], ascending, with
 * weekends left out where asked. */
void treatment_days(const struct treatment *treatment, double start_days, double *days);

/* The visits from day 0, the baseline, to the end of the trial: fills days[], ascending, unless it is NULL; returns how
 * many. */
size_t trial_file_visits(const struct trial_file *trial, double *days);

/* The different drugs of an arm and of those that it can switch to, in order of appearance: fills
 * drugs[MODEL_MAX_DRUGS] and returns how many, or MODEL_MAX_DRUGS + 1 when there are more (which no trial file that was
 * read has). */
int arm_drugs(const struct trial_file *trial, const struct arm *arm, const struct antibody **drugs);

/* Whether what is given may depend on what visits find or on chance, so that a course has to stop for it. */
bool arm_is_adaptive(const struct arm *arm);

/* Reads and checks a trial file (not the cohort it names). On error returns the status, fills `error` with file,
 * line, column and what to write instead, and leaves `trial` empty, which is safe to free. */
enum abscopal_status trial_file_read(const char *path, struct trial_file *trial, struct abscopal_error *error);
/* The same of a text that stands for that of the file. */
enum abscopal_status trial_file_read_text(const char *path, const char *text, struct trial_file *trial,
                                          struct abscopal_error *error);
/* The same without any other file: `stored` has the texts of those that it names besides its cohort. */
enum abscopal_status trial_file_read_stored(const char *path, const char *text, const struct named_texts *stored,
                                            struct trial_file *trial, struct abscopal_error *error);
void trial_file_free(struct trial_file *trial);

#endif
