#include "results/adam_tables.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "abscopal.h"
#include "results/text.h"
#include "trial/recist.h"

/* ---- Fields ----------------------------------------------------------------------------------------- */

struct line {
    FILE *file;
    bool begun;
};

static void separate(struct line *line)
{
    if (line->begun)
        fputc(',', line->file);
    line->begun = true;
}

static void put_text(struct line *line, const char *text)
{
    separate(line);
    text_write_csv_field(line->file, text);
}

static void put_integer(struct line *line, int64_t value)
{
    separate(line);
    fprintf(line->file, "%" PRId64, value);
}

/* All digits; nothing for what is missing. */
static void put_real(struct line *line, double value)
{
    char text[32];
    separate(line);
    if (!isfinite(value))
        return;
    snprintf(text, sizeof text, "%.15g", value);
    if (strtod(text, NULL) < value || strtod(text, NULL) > value)
        snprintf(text, sizeof text, "%.17g", value);
    fputs(text, line->file);
}

static void put_flag(struct line *line, bool value)
{
    put_text(line, value ? "Y" : "");
}

static void end(struct line *line)
{
    fputc('\n', line->file);
    line->begun = false;
}

/* ---- Subjects --------------------------------------------------------------------------------------- */

/* One patient in one arm. */
struct subject {
    const struct adam_source *source;
    const struct adam_arm *arm;
    size_t patient; /* row */
    int lesions;
};

/* Everybody who began treatment, integrated to the end or not. */
static bool is_subject(const struct adam_arm *arm, size_t patient)
{
    return arm->status[patient] == ABSCOPAL_PATIENT_COMPLETED ||
           arm->status[patient] == ABSCOPAL_PATIENT_NOT_INTEGRATED;
}

/* With outcomes. */
static bool is_evaluable(const struct subject *subject)
{
    return subject->arm->status[subject->patient] == ABSCOPAL_PATIENT_COMPLETED;
}

/* Number of the patient and, when all are in all arms, of the arm. */
static void subject_name(const struct subject *subject, char *name, size_t size)
{
    const int64_t number = subject->source->patient_numbers[subject->patient];
    if (subject->source->in_all_arms)
        snprintf(name, size, "%06" PRId64 "-A%zu", number, subject->arm->number + 1);
    else
        snprintf(name, size, "%06" PRId64, number);
}

static void put_keys(struct line *line, const struct subject *subject)
{
    char name[64];
    subject_name(subject, name, sizeof name);
    put_text(line, subject->source->study);
    separate(line);
    text_write_csv_field_joined(line->file, subject->source->study, name);
}

static void put_parameter(struct line *line, const struct subject *subject, const char *code, const char *name)
{
    put_keys(line, subject);
    put_text(line, subject->arm->name);
    put_text(line, code);
    put_text(line, name);
}

/* A day and its study day, which counts from 1. */
static void put_day(struct line *line, double day)
{
    put_real(line, day);
    put_real(line, day + 1);
}

static void put_visit(struct line *line, const struct subject *subject, size_t visit)
{
    char name[64] = "BASELINE";
    const double day = subject->source->visit_days[visit];
    if (visit > 0)
        snprintf(name, sizeof name, "DAY %.6g", day);
    put_day(line, day);
    put_text(line, name);
    put_integer(line, (int64_t)visit);
}

/* Last visit that counts: of the first progression, or of the trial. */
static bool is_analysed(const struct subject *subject, size_t visit)
{
    return subject->arm->progressed[subject->patient] != 1 ||
           subject->source->visit_days[visit] <= subject->arm->progression_day[subject->patient];
}

/* ---- ADSL ------------------------------------------------------------------------------------------- */

static void write_subject(FILE *file, const struct subject *subject)
{
    char name[64];
    struct line line = {file, false};
    const size_t patient = subject->patient;
    const struct adam_source *source = subject->source;
    const struct adam_arm *arm = subject->arm;
    subject_name(subject, name, sizeof name);
    put_keys(&line, subject);
    put_text(&line, name);
    put_integer(&line, source->patient_numbers[patient]);
    for (int i = 0; i < 4; i++) /* ARM, ACTARM, TRT01P, TRT01A */
        put_text(&line, arm->name);
    put_integer(&line, 0);
    put_text(&line, "Y");
    put_text(&line, is_evaluable(subject) ? "Y" : "N");
    put_integer(&line, subject->lesions);
    put_real(&line, source->baseline_mm[patient]);
    put_real(&line, source->body_weight_kg[patient]);
    const int64_t given[] = {arm->doses[patient], arm->fractions[patient], arm->switches[patient]};
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        put_real(&line, given[i] >= 0 ? (double)given[i] : (double)NAN);
    if (source->weights != NULL)
        put_real(&line, source->weights[patient]);
    end(&line);
}

/* ---- ADTR ------------------------------------------------------------------------------------------- */

static bool is_target(const struct subject *subject, int lesion)
{
    return subject->arm->target[subject->patient * subject->source->lesions + (size_t)lesion] == 1;
}

/* Diameter of a lesion at a visit, or with lesion < 0 the sum of the targets; NaN where one was not measured, or where
 * there is no target. */
static double measure(const struct subject *subject, size_t visit, int lesion)
{
    const double *diameters =
        subject->arm->diameter + (subject->patient * subject->source->visits + visit) * subject->source->lesions;
    if (lesion >= 0)
        return diameters[lesion];
    int targets = 0;
    double sum = 0;
    for (int i = 0; i < subject->lesions; i++)
        if (is_target(subject, i)) {
            sum += diameters[i];
            targets++;
        }
    return targets > 0 ? sum : (double)NAN;
}

static double percent_change(double value, double from)
{
    return from > 0 ? 100 * (value - from) / from : (double)NAN;
}

/* One parameter: rows of the visits at which it was measured. */
static void write_measurements(FILE *file, const struct subject *subject, int lesion)
{
    char code[16] = "SDIAM", name[64] = "Sum of Diameters of Target Lesions (mm)";
    const double base = measure(subject, 0, lesion);
    double nadir = NAN; /* before the visit at hand, baseline included */
    if (lesion >= 0) {
        snprintf(code, sizeof code, "LDIAM%d", lesion + 1);
        snprintf(name, sizeof name, "Diameter of %s Lesion %d (mm)",
                 is_target(subject, lesion) ? "Target" : "Non-Target", lesion + 1);
    }
    for (size_t visit = 0; visit < subject->source->visits; visit++) {
        const double value = measure(subject, visit, lesion);
        if (isnan(value))
            continue;
        struct line line = {file, false};
        put_parameter(&line, subject, code, name);
        put_visit(&line, subject, visit);
        put_real(&line, value);
        put_flag(&line, visit == 0);
        put_real(&line, base);
        put_real(&line, visit > 0 ? value - base : (double)NAN);
        put_real(&line, visit > 0 ? percent_change(value, base) : (double)NAN);
        put_real(&line, nadir);
        put_real(&line, value - nadir);
        put_real(&line, percent_change(value, nadir));
        const bool irradiated =
            lesion >= 0 && subject->arm->irradiated[subject->patient * subject->source->lesions + (size_t)lesion] == 1;
        put_text(&line, lesion < 0 ? "" : irradiated ? "Y" : "N");
        put_flag(&line, is_analysed(subject, visit));
        end(&line);
        nadir = isnan(nadir) || value < nadir ? value : nadir;
    }
}

static void write_tumour(FILE *file, const struct subject *subject)
{
    for (int lesion = -1; lesion < subject->lesions && is_evaluable(subject); lesion++)
        write_measurements(file, subject, lesion);
}

/* ---- ADRS ------------------------------------------------------------------------------------------- */

/* AVALC and AVAL, numbered as in admiralonco. */
static void put_response(struct line *line, signed char response)
{
    static const int numbers[RESPONSE_COUNT] = {1, 2, 3, 5, 6, 4};
    const bool known = response >= 0 && response < RESPONSE_COUNT;
    put_text(line, known ? response_name((enum response)response) : "");
    put_real(line, known ? numbers[response] : (double)NAN);
}

static const signed char *responses_of(const struct subject *subject)
{
    return subject->arm->response + subject->patient * subject->source->visits;
}

static void write_visit_responses(FILE *file, const struct subject *subject)
{
    for (size_t visit = 1; visit < subject->source->visits; visit++) {
        struct line line = {file, false};
        put_parameter(&line, subject, "OVRLRESP", "Overall Response by Investigator");
        put_visit(&line, subject, visit);
        put_response(&line, responses_of(subject)[visit]);
        put_flag(&line, is_analysed(subject, visit));
        end(&line);
    }
}

/* From the visit on that has found one. */
static void write_new_lesions(FILE *file, const struct subject *subject)
{
    const int64_t *found = subject->arm->new_lesions + subject->patient * subject->source->visits;
    for (size_t visit = 1; visit < subject->source->visits; visit++) {
        struct line line = {file, false};
        if (found[visit] <= 0)
            continue;
        put_parameter(&line, subject, "NEWLES", "New Lesions Found so Far");
        put_visit(&line, subject, visit);
        put_text(&line, "Y");
        put_integer(&line, found[visit]);
        put_flag(&line, is_analysed(subject, visit));
        end(&line);
    }
}

/* A best response, of the day given; NaN: that of the first visit that counts with it. */
static void write_best(FILE *file, const struct subject *subject, const char *code, const char *name,
                       signed char response, double day)
{
    const struct adam_source *source = subject->source;
    struct line line = {file, false};
    for (size_t visit = 1; isnan(day) && visit < source->visits && is_analysed(subject, visit); visit++)
        if (responses_of(subject)[visit] == response)
            day = source->visit_days[visit];
    put_parameter(&line, subject, code, name);
    put_day(&line, day);
    put_text(&line, "");
    put_text(&line, "");
    put_response(&line, response);
    put_flag(&line, true);
    end(&line);
}

static void write_responses(FILE *file, const struct subject *subject)
{
    const size_t patient = subject->patient;
    const struct adam_arm *arm = subject->arm;
    if (!is_evaluable(subject))
        return;
    write_visit_responses(file, subject);
    write_new_lesions(file, subject);
    write_best(file, subject, "BOR", "Best Overall Response", arm->best[patient], NAN);
    if (subject->source->confirmation)
        write_best(file, subject, "CBOR", "Best Overall Response, Confirmed", arm->best_confirmed[patient],
                   arm->response_day[patient]);
    if (arm->out_of_field[patient] >= 0)
        write_best(file, subject, "OOFBOR", "Best Overall Response Outside the Field", arm->out_of_field[patient],
                   INFINITY);
}

/* ---- ADTTE ------------------------------------------------------------------------------------------ */

/* `censored` says why, NULL for an event. */
static void write_time(FILE *file, const struct subject *subject, const char *code, const char *name, double start,
                       double days, const char *event, const char *censored)
{
    struct line line = {file, false};
    put_parameter(&line, subject, code, name);
    put_real(&line, start);
    put_day(&line, start + days);
    put_real(&line, days);
    put_integer(&line, censored != NULL);
    put_text(&line, event);
    put_text(&line, censored != NULL ? censored : "");
    end(&line);
}

static void write_times(FILE *file, const struct subject *subject)
{
    const size_t patient = subject->patient;
    const struct adam_arm *arm = subject->arm;
    static const char *const progression = "PROGRESSIVE DISEASE", *const none = "NO PROGRESSIVE DISEASE";
    static const char *const last = "LAST EVALUABLE TUMOUR ASSESSMENT", *const start = "TREATMENT START";
    if (!is_evaluable(subject))
        return;
    const double day = arm->progression_day[patient];
    const bool progressed = arm->progressed[patient] == 1;
    write_time(file, subject, "PFS", "Progression-Free Survival (days)", 0, day, progressed ? progression : none,
               progressed ? NULL
               : day > 0  ? last
                          : start);
    if (isnan(arm->response_day[patient]))
        return;
    const bool ended = arm->response_ended[patient] == 1;
    write_time(file, subject, "RSD", "Duration of Response (days)", arm->response_day[patient],
               arm->response_duration[patient], ended ? progression : none, ended ? NULL : last);
    write_time(file, subject, "TTR", "Time to Response (days)", 0, arm->response_day[patient], "RESPONSE", NULL);
}

/* ---- Tables ----------------------------------------------------------------------------------------- */

static const struct {
    const char *file, *names;
    void (*write)(FILE *file, const struct subject *subject);
} tables[ADAM_TABLE_COUNT] = {
    [ADAM_ADSL] = {"adsl.csv",
                   "STUDYID,USUBJID,SUBJID,PATIENT,ARM,ACTARM,TRT01P,TRT01A,TRTSDT,FASFL,EFFFL,LESIONN,BASESUM,"
                   "WEIGHTBL,DOSEN,FRACN,SWITCHN",
                   write_subject},
    [ADAM_ADTR] = {"adtr.csv",
                   "STUDYID,USUBJID,TRTP,PARAMCD,PARAM,ADT,ADY,AVISIT,AVISITN,AVAL,ABLFL,BASE,CHG,PCHG,NADIR,CHGNAD,"
                   "PCHGNAD,IRRADFL,ANL01FL",
                   write_tumour},
    [ADAM_ADRS] = {"adrs.csv", "STUDYID,USUBJID,TRTP,PARAMCD,PARAM,ADT,ADY,AVISIT,AVISITN,AVALC,AVAL,ANL01FL",
                   write_responses},
    [ADAM_ADTTE] = {"adtte.csv", "STUDYID,USUBJID,TRTP,PARAMCD,PARAM,STARTDT,ADT,ADY,AVAL,CNSR,EVNTDESC,CNSDTDSC",
                    write_times},
};

const char *adam_table_file(enum adam_table table)
{
    return tables[table].file;
}

void adam_table_begin(enum adam_table table, FILE *file, const struct adam_source *source)
{
    fprintf(file, "%s%s\n", tables[table].names, table == ADAM_ADSL && source->weights != NULL ? ",WEIGHT" : "");
}

void adam_table_write(enum adam_table table, FILE *file, const struct adam_source *source, const struct adam_arm *arm)
{
    for (size_t patient = 0; patient < source->patients; patient++)
        if (is_subject(arm, patient))
            tables[table].write(file, &(struct subject){source, arm, patient, (int)source->lesion_counts[patient]});
}
