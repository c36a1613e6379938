#include "protocols/nonmem_read.h"

#include <ctype.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "protocols/error.h"
#include "protocols/file_read.h"

const char nonmem_columns[] = "ID,TIME,EVID,CMT,AMT,RATE,II,ADDL,GY,COURSE,COVERAGE,ABOVE,NODES,LESIONS,DRUG,UNIT,ARM";

enum column {
    COLUMN_ID,
    COLUMN_TIME,
    COLUMN_EVID,
    COLUMN_AMT,
    COLUMN_RATE,
    COLUMN_II,
    COLUMN_ADDL,
    COLUMN_SS,
    COLUMN_GY,
    COLUMN_COURSE,
    COLUMN_COVERAGE,
    COLUMN_ABOVE,
    COLUMN_NODES,
    NUMBER_COLUMNS,
    COLUMN_LESIONS = NUMBER_COLUMNS,
    COLUMN_DRUG,
    COLUMN_UNIT,
    COLUMN_ARM,
    COLUMNS
};
static const char *const column_names[COLUMNS] = {"ID",    "TIME",    "EVID", "AMT",    "RATE",     "II",
                                                  "ADDL",  "SS",      "GY",   "COURSE", "COVERAGE", "ABOVE",
                                                  "NODES", "LESIONS", "DRUG", "UNIT",   "ARM"};

enum { MOST_FIELDS = 100 };

struct reader {
    struct yaml_document *document;
    const struct yaml_node *node;
    const char *path;
    int line;
    const struct trial_file *trial;
    struct arm *arm;
    int place[COLUMNS]; /* of each column in a line; -1: there is none */
    double number[NUMBER_COLUMNS];
    const char *text[COLUMNS]; /* "" when absent */
    /* Fractions so far, for each treatment of the arm. */
    double *fraction_days; /* [TREATMENT_MOST_IN_ARM][TREATMENT_MOST_DOSES] */
    double course[TREATMENT_MOST_IN_ARM];
};

static void fail(struct reader *reader, const char *what)
{
    yaml_fail(reader->document, reader->node, "'%.200s', line %d: %s", reader->path, reader->line, what);
}

/* ---- Lines ------------------------------------------------------------------------------------------ */

/* Divides a line in place at its commas; fields may stand in double quotes, doubled within. Returns how many. */
static int fields_split(char *line, char **fields)
{
    int count = 0;
    line[strcspn(line, "\r\n")] = '\0';
    while (count < MOST_FIELDS) {
        char *to = line;
        fields[count++] = to;
        const bool quoted = *line == '"';
        line += quoted;
        while (*line != '\0' && (quoted ? !(line[0] == '"' && line[1] != '"') : *line != ',')) {
            line += quoted && line[0] == '"';
            *to++ = *line++;
        }
        line += strcspn(line, ","); /* past the closing quote */
        const bool last = *line == '\0';
        *to = '\0';
        if (last)
            return count;
        line++;
    }
    return count;
}

static void names_read(struct reader *reader, char *line)
{
    char *fields[MOST_FIELDS];
    const int count = fields_split(line, fields);
    for (int column = 0; column < COLUMNS; column++) {
        reader->place[column] = -1;
        for (int i = 0; i < count; i++)
            if (strcasecmp(fields[i], column_names[column]) == 0)
                reader->place[column] = i;
    }
    static const enum column needed[] = {COLUMN_TIME, COLUMN_EVID};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (reader->place[needed[i]] < 0)
            yaml_fail(reader->document, reader->node, "'%.200s' has no column %s; its first line names the columns",
                      reader->path, column_names[needed[i]]);
    if (reader->place[COLUMN_ARM] < 0 && reader->place[COLUMN_ID] < 0)
        yaml_fail(reader->document, reader->node, "'%.200s' has neither a column ARM nor a column ID", reader->path);
}

static bool is_absent(const char *text)
{
    return text[0] == '\0' || strcmp(text, ".") == 0;
}

static bool number_read(const char *text, double *number)
{
    char *rest;
    *number = strtod(text, &rest);
    return rest != text && *rest == '\0' && isfinite(*number);
}

static void line_read(struct reader *reader, char *line)
{
    char *fields[MOST_FIELDS];
    const int count = fields_split(line, fields);
    for (int column = 0; column < COLUMNS; column++) {
        const int place = reader->place[column];
        const char *text = place >= 0 && place < count ? fields[place] : "";
        reader->text[column] = is_absent(text) ? "" : text;
        if (column >= NUMBER_COLUMNS)
            continue;
        reader->number[column] = 0;
        if (!is_absent(text) && !number_read(text, &reader->number[column]) && column != COLUMN_ID) {
            char what[200];
            snprintf(what, sizeof what, "%s '%.64s' is no number", column_names[column], text);
            fail(reader, what);
        }
    }
}

/* ---- Doses ------------------------------------------------------------------------------------------ */

static struct treatment *treatment_add(struct reader *reader, enum treatment_kind kind)
{
    struct arm *arm = reader->arm;
    if (arm->treatment_count == TREATMENT_MOST_IN_ARM) {
        fail(reader, "more treatments than an arm can have, which are 100");
        return NULL;
    }
    struct treatment *treatment = &arm->treatments[arm->treatment_count++];
    *treatment = (struct treatment){.kind = kind,
                                    .begin = BEGIN_ON_DAY,
                                    .start_days = reader->number[COLUMN_TIME],
                                    .count = 1,
                                    .fractions_per_day = 1};
    return treatment;
}

static const struct antibody *drug_find(struct reader *reader, const char *name)
{
    const struct trial_file *trial = reader->trial;
    const struct antibody *known;
    for (size_t i = 0; (known = model_preset_antibody(trial->preset, i)) != NULL; i++)
        if (strcmp(known->name, name) == 0)
            return known;
    for (size_t i = 0; i < trial->drug_count; i++)
        if (strcmp(trial->drugs[i].name, name) == 0)
            return &trial->drugs[i];
    char what[200];
    snprintf(what, sizeof what, "the trial has no drug '%.64s'; 'abscopal list drugs' names those there are", name);
    fail(reader, name[0] != '\0' ? what : "a dose needs its drug, in a column DRUG");
    return NULL;
}

static void dose_read(struct reader *reader)
{
    const double *number = reader->number;
    const double amount = number[COLUMN_AMT], rate = number[COLUMN_RATE], additional = number[COLUMN_ADDL];
    const char *unit = reader->text[COLUMN_UNIT];
    if (!(amount > 0))
        fail(reader, "the AMT of a dose has to be above 0");
    if (rate < 0)
        fail(reader, "rates and durations that a model fits (RATE -1 and -2) are not known here; give the rate");
    if (additional < 0 || additional != floor(additional) || additional >= TREATMENT_MOST_DOSES)
        fail(reader, "ADDL has to be a whole number from 0 to 999");
    if (additional > 0 && !(number[COLUMN_II] > 0))
        fail(reader, "additional doses (ADDL) need the interval between them (II)");
    if (unit[0] != '\0' && strcmp(unit, "mg") != 0 && strcmp(unit, "mg/kg") != 0 && strcmp(unit, "mg/m^2") != 0)
        fail(reader, "UNIT has to be mg, mg/kg or mg/m^2");
    const struct antibody *drug = drug_find(reader, reader->text[COLUMN_DRUG]);
    struct treatment *treatment =
        reader->document->status == ABSCOPAL_OK ? treatment_add(reader, TREATMENT_DRUG) : NULL;
    if (treatment == NULL)
        return;
    treatment->antibody = drug;
    treatment->dose_mg = amount;
    treatment->dose_per_body_weight = strcmp(unit, "mg/kg") == 0;
    treatment->dose_per_body_surface = strcmp(unit, "mg/m^2") == 0;
    treatment->infusion_days = rate > 0 ? amount / rate : 0;
    treatment->count = 1 + (int)additional;
    treatment->interval_days = additional > 0 ? number[COLUMN_II] : 0;
    const double last = treatment->start_days + additional * treatment->interval_days;
    const double until = reader->trial->until_days;
    if (additional > 0 && treatment->infusion_days > treatment->interval_days)
        fail(reader, "the infusion (AMT over RATE) is longer than the interval between doses (II)");
    else if (last >= until || last + treatment->infusion_days > until)
        fail(reader, "its last dose is not over before the trial ends ('until')");
}

/* ---- Radiotherapy ----------------------------------------------------------------------------------- */

const char *nonmem_lesion_choice(enum lesion_choice choice)
{
    static const char *const names[] = {
        [LESIONS_LISTED] = "", [LESIONS_LARGEST] = "largest",       [LESIONS_SMALLEST] = "smallest",
        [LESIONS_ALL] = "all", [LESIONS_PROGRESSED] = "progressed", [LESIONS_REMAINING] = "remaining"};
    return names[choice];
}

/* A word such as "all" or "largest", or "largest 2". */
static bool lesion_choice_read(const char *text, struct treatment *treatment)
{
    for (enum lesion_choice choice = LESIONS_LARGEST; choice <= LESIONS_REMAINING; choice++) {
        const char *name = nonmem_lesion_choice(choice);
        const size_t length = strlen(name);
        if (choice == LESIONS_PROGRESSED || strncmp(text, name, length) != 0)
            continue;
        const bool ranked = choice == LESIONS_LARGEST || choice == LESIONS_SMALLEST;
        const char *rest = text + length;
        const bool counted =
            ranked && rest[0] == ' ' && rest[1] >= '1' && rest[1] <= '0' + MODEL_MAX_LESIONS && rest[2] == '\0';
        if (!counted && rest[0] != '\0')
            return false;
        treatment->lesion_choice = choice;
        treatment->lesion_count = counted ? rest[1] - '0' : 1;
        return true;
    }
    return false;
}

static void lesions_read(struct reader *reader, struct treatment *treatment)
{
    const char *text = reader->text[COLUMN_LESIONS];
    treatment->lesion_choice = LESIONS_LARGEST;
    treatment->lesion_count = 1;
    if (text[0] == '\0' || lesion_choice_read(text, treatment))
        return;
    treatment->lesion_choice = LESIONS_LISTED;
    treatment->lesion_count = 0;
    while (*text != '\0') {
        char *rest;
        const long lesion = strtol(text, &rest, 10);
        if (rest == text || lesion < 1 || lesion > MODEL_MAX_LESIONS || treatment->lesion_count == MODEL_MAX_LESIONS) {
            fail(reader, "LESIONS has to be numbers of lesions with blanks between, or largest, smallest (how many "
                         "after a blank), all or remaining");
            return;
        }
        treatment->lesions[treatment->lesion_count++] = (int)lesion - 1;
        text = rest;
    }
}

/* The treatment of the fraction's course, begun if need be; its index, or -1. */
static int course_find(struct reader *reader)
{
    const double course = reader->number[COLUMN_COURSE];
    for (size_t i = 0; i < reader->arm->treatment_count; i++)
        if (reader->arm->treatments[i].kind == TREATMENT_RADIOTHERAPY && reader->course[i] == course &&
            reader->arm->treatments[i].fraction_gray == reader->number[COLUMN_GY])
            return (int)i;
    struct treatment *treatment = treatment_add(reader, TREATMENT_RADIOTHERAPY);
    if (treatment == NULL)
        return -1;
    treatment->count = 0;
    treatment->fraction_gray = reader->number[COLUMN_GY];
    treatment->coverage = reader->number[COLUMN_COVERAGE] > 0 ? reader->number[COLUMN_COVERAGE] : 1;
    treatment->coverage_above_l = reader->number[COLUMN_ABOVE];
    treatment->nodes = reader->number[COLUMN_NODES] > 0;
    lesions_read(reader, treatment);
    reader->course[treatment - reader->arm->treatments] = course;
    return (int)(treatment - reader->arm->treatments);
}

static void fraction_read(struct reader *reader)
{
    const double *number = reader->number;
    if (reader->trial->preset == PRESET_QSPIO_NSCLC_2020)
        fail(reader, "this model has no radiotherapy; write 'model: nsclc'");
    if (!(number[COLUMN_GY] > 0))
        fail(reader, "an event (EVID 2) is a fraction of radiotherapy and needs its dose in Gy, in a column GY");
    if (number[COLUMN_COVERAGE] < 0 || number[COLUMN_COVERAGE] > 1 || number[COLUMN_ABOVE] < 0)
        fail(reader, "COVERAGE has to be a share from 0 to 1 and ABOVE a volume in L");
    if (number[COLUMN_TIME] >= reader->trial->until_days)
        fail(reader, "this fraction comes after the trial ends ('until')");
    const int index = reader->document->status == ABSCOPAL_OK ? course_find(reader) : -1;
    if (index < 0)
        return;
    struct treatment *treatment = &reader->arm->treatments[index];
    double *days = reader->fraction_days + (size_t)index * TREATMENT_MOST_DOSES;
    if (treatment->count == TREATMENT_MOST_DOSES)
        fail(reader, "more than 1000 fractions in one course");
    else if (treatment->count > 0 && number[COLUMN_TIME] <= days[treatment->count - 1])
        fail(reader, "fractions of one course have to come one after another in TIME");
    else
        days[treatment->count++] = number[COLUMN_TIME];
}

static bool gives_days(const struct treatment *treatment, const double *days, double *scratch)
{
    treatment_days(treatment, treatment->start_days, scratch);
    for (int i = 0; i < treatment->count; i++)
        if (fabs(scratch[i] - days[i]) > 1e-6)
            return false;
    return true;
}

/* At intervals of their own, of which there may be so many as a list holds. */
static bool intervals_find(struct treatment *treatment, const double *days, double *scratch)
{
    const int per_day = treatment->fractions_per_day, last = (treatment->count - 1) / per_day;
    struct dose_steps *first = &treatment->first_intervals;
    if (last < 2 || last - 1 > TREATMENT_MOST_STEPS)
        return false;
    for (int i = 0; i + 1 < last; i++)
        first->value[i] = days[(i + 1) * per_day] - days[i * per_day];
    treatment->interval_days = days[last * per_day] - days[(last - 1) * per_day];
    first->count = last - 1;
    if (gives_days(treatment, days, scratch))
        return true;
    first->count = 0;
    return false;
}

/* How often, so many on a day: at equal intervals, at a list of intervals, or at 1 d and more on weekdays. */
static bool rhythm_find(struct treatment *treatment, const double *days, double *scratch)
{
    enum { MOST_WEEKDAY_INTERVAL = 7 };
    for (int per_day = 1; per_day <= treatment->count && days[per_day - 1] - days[0] < 1; per_day++) {
        treatment->fractions_per_day = per_day;
        treatment->within_day_days = per_day > 1 ? days[1] - days[0] : 0.25;
        treatment->weekdays = false;
        treatment->interval_days = per_day < treatment->count ? days[per_day] - days[0] : 1;
        if (gives_days(treatment, days, scratch) || intervals_find(treatment, days, scratch))
            return true;
        treatment->weekdays = true;
        for (int interval = 1; interval <= MOST_WEEKDAY_INTERVAL; interval++) {
            treatment->interval_days = interval;
            if (gives_days(treatment, days, scratch))
                return true;
        }
    }
    return false;
}

static void rhythms_find(struct reader *reader)
{
    double scratch[TREATMENT_MOST_DOSES];
    for (size_t i = 0; i < reader->arm->treatment_count && reader->document->status == ABSCOPAL_OK; i++) {
        struct treatment *treatment = &reader->arm->treatments[i];
        const double *days = reader->fraction_days + i * TREATMENT_MOST_DOSES;
        if (treatment->kind != TREATMENT_RADIOTHERAPY || rhythm_find(treatment, days, scratch))
            continue;
        yaml_fail(reader->document, reader->node,
                  "'%.200s': the fractions of %g Gy of course %g come at more different intervals than can be kept; "
                  "give each part a COURSE of its own",
                  reader->path, treatment->fraction_gray, reader->course[i]);
    }
}

/* ---- The file --------------------------------------------------------------------------------------- */

static bool is_of_arm(const struct reader *reader, const char *name)
{
    return strcmp(reader->text[reader->place[COLUMN_ARM] >= 0 ? COLUMN_ARM : COLUMN_ID], name) == 0;
}

static void record_read(struct reader *reader)
{
    const double event = reader->number[COLUMN_EVID];
    if (event == 0)
        return;
    if (reader->number[COLUMN_SS] != 0)
        fail(reader, "patients come untreated, not at a steady state (SS)");
    if (reader->number[COLUMN_TIME] < 0)
        fail(reader, "TIME must not be before day 0, the baseline");
    if (event == 1)
        dose_read(reader);
    else if (event == 2)
        fraction_read(reader);
    else
        fail(reader, "EVID has to be 0 (passed over), 1 (a dose) or 2 (a fraction)");
}

static void lines_read(struct reader *reader, FILE *file, const char *name)
{
    char *line = NULL;
    size_t room = 0;
    while (reader->document->status == ABSCOPAL_OK && getline(&line, &room, file) >= 0) {
        reader->line++;
        if (reader->line == 1) {
            names_read(reader, line);
            continue;
        }
        if (line[strspn(line, " \t\r\n")] == '\0')
            continue;
        line_read(reader, line);
        if (reader->document->status == ABSCOPAL_OK && is_of_arm(reader, name))
            record_read(reader);
    }
    free(line);
    rhythms_find(reader);
    if (reader->document->status == ABSCOPAL_OK && reader->arm->treatment_count == 0)
        yaml_fail(reader->document, reader->node, "'%.200s' has no doses of an arm '%.64s'", reader->path, name);
}

char *nonmem_text(struct yaml_document *document, const struct yaml_node *node, const char *path)
{
    char problem[FILE_PROBLEM_SIZE];
    enum abscopal_status status;
    size_t size = 0;
    char *text = file_read(path, FILE_LARGEST_RECORDS, &size, &status, problem);
    if (status == ABSCOPAL_NO_MEMORY)
        document->status = error_no_memory(document->error);
    else if (status != ABSCOPAL_OK)
        yaml_fail(document, node, "'%.200s' %s; paths are relative to the trial file", path, problem);
    else if (strlen(text) < size)
        yaml_fail(document, node, "'%.200s' is no text: it has a zero byte", path);
    if (document->status == ABSCOPAL_OK)
        return text;
    free(text);
    return NULL;
}

void nonmem_read(struct yaml_document *document, const struct yaml_node *node, const char *path, const char *text,
                 const char *name, const struct trial_file *trial, struct arm *arm)
{
    if (document->status != ABSCOPAL_OK)
        return;
    struct reader reader = {.document = document, .node = node, .path = path, .trial = trial, .arm = arm};
    reader.fraction_days =
        yaml_allocate(document, (size_t)TREATMENT_MOST_IN_ARM * TREATMENT_MOST_DOSES, sizeof *reader.fraction_days);
    arm->treatments = yaml_allocate(document, TREATMENT_MOST_IN_ARM, sizeof *arm->treatments);
    FILE *file = document->status == ABSCOPAL_OK ? fmemopen((char *)text, strlen(text), "r") : NULL;
    if (document->status == ABSCOPAL_OK && file == NULL)
        document->status = error_no_memory(document->error);
    /* A program that uses the library may have chosen a locale with decimal commas. */
    const locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (file != NULL && c_locale != (locale_t)0) {
        const locale_t before = uselocale(c_locale);
        lines_read(&reader, file, name);
        uselocale(before);
    }
    if (c_locale != (locale_t)0)
        freelocale(c_locale);
    if (file != NULL)
        fclose(file);
    free(reader.fraction_days);
}
