#include "results/sbml_expand.h"

#include <ctype.h>
#include <string.h>

/* ---- Identifiers ------------------------------------------------------------------------------------ */

void sbml_patient_name_drugs(struct sbml_patient *patient)
{
    for (int drug = 0; drug < patient->model->drug_count; drug++) {
        char number[12] = "", *const id = patient->drugs[drug];
        const char *name = patient->model->antibodies[drug]->name;
        const bool letter = isalpha((unsigned char)name[0]) != 0;
        snprintf(id, SBML_ID_SIZE - sizeof number, "%s%s", letter ? "" : "drug_", name);
        for (char *c = id; *c != '\0'; c++)
            if (!isalnum((unsigned char)*c) || (unsigned char)*c > 127)
                *c = '_';
        for (int other = 0; other < drug; other++)
            if (strcmp(patient->drugs[other], id) == 0)
                snprintf(number, sizeof number, "_%d", drug + 1);
        snprintf(id + strlen(id), sizeof number, "%s", number);
    }
}

void sbml_unit_id(const char *unit, size_t length, char id[SBML_ID_SIZE])
{
    size_t end = 0;
    if (length == 1 && unit[0] == '1') {
        snprintf(id, SBML_ID_SIZE, "dimensionless");
        return;
    }
    for (size_t i = 0; i < length && end + 6 < SBML_ID_SIZE; i++) {
        if (unit[i] == '/')
            end += (size_t)snprintf(id + end, SBML_ID_SIZE - end, "%s", end > 0 ? "_per_" : "per_");
        else if (unit[i] == '*')
            id[end++] = '_';
        else if (unit[i] != '^' && !(unit[i] == '1' && i == 0))
            id[end++] = unit[i];
    }
    id[end] = '\0';
}

/* ---- Conditions ------------------------------------------------------------------------------------- */

static bool word_is(const char *word, size_t length, const char *name)
{
    return strlen(name) == length && strncmp(word, name, length) == 0;
}

static bool drug_is(const struct sbml_patient *patient, const struct sbml_place *place, enum antibody_target target)
{
    return patient->model->antibodies[place->drug]->target == target;
}

static bool word_holds(const struct sbml_patient *patient, const struct sbml_place *place, const char *word,
                       size_t length)
{
    const struct model *model = patient->model;
    if (word_is(word, length, "published"))
        return model->preset == PRESET_QSPIO_NSCLC_2020;
    if (word_is(word, length, "radiotherapy"))
        return patient->radiotherapy;
    if (word_is(word, length, "ctla4"))
        return place->drug >= 0 ? drug_is(patient, place, TARGET_CTLA4) : model->has_ctla4_antibody;
    if (word_is(word, length, "pd1"))
        return drug_is(patient, place, TARGET_PD1);
    if (word_is(word, length, "pdl1"))
        return drug_is(patient, place, TARGET_PDL1);
    if (word_is(word, length, "against"))
        return !drug_is(patient, place, TARGET_CTLA4);
    if (word_is(word, length, "saturates"))
        return model->antibodies[place->drug]->saturable_clearance_nmol_per_d > 0;
    for (int option = 0; option < MODEL_OPTION_COUNT; option++)
        if (word_is(word, length, model_option_describe(option)->name))
            return model_option_get(&model->options, option);
    return false;
}

static bool all_hold(const struct sbml_patient *patient, const struct sbml_place *place, const char *when,
                     const char *end)
{
    while (when < end) {
        const bool inverted = *when == '!';
        when += inverted;
        size_t length = 0;
        while (when + length < end && when[length] != ' ')
            length++;
        if (word_holds(patient, place, when, length) == inverted)
            return false;
        when += length;
        when += when < end;
    }
    return true;
}

bool sbml_holds(const struct sbml_patient *patient, const struct sbml_place *place, const char *when)
{
    return when == NULL || all_hold(patient, place, when, when + strlen(when));
}

/* ---- Places ----------------------------------------------------------------------------------------- */

bool sbml_place_first(const struct sbml_patient *patient, const char *id, struct sbml_place *place)
{
    const bool drugs = strchr(id, '#') != NULL, lesions = strchr(id, '@') != NULL;
    const bool rounds = strpbrk(id, "$&") != NULL;
    *place =
        (struct sbml_place){.lesion = lesions ? 0 : -1, .drug = drugs ? 0 : -1, .round = rounds ? 0 : patient->rounds};
    return !drugs || patient->model->drug_count > 0;
}

bool sbml_place_next(const struct sbml_patient *patient, const char *id, struct sbml_place *place)
{
    if (strpbrk(id, "%~") != NULL && ++place->kind < 2)
        return true;
    place->kind = 0;
    /* The last round's values are what the one before it leaves. */
    if (strpbrk(id, "$&") != NULL && ++place->round < patient->rounds)
        return true;
    if (place->drug >= 0 && ++place->drug < patient->model->drug_count)
        return true;
    if (place->drug >= 0)
        place->drug = 0;
    return place->lesion >= 0 && ++place->lesion < patient->model->lesion_count;
}

/* ---- Patterns --------------------------------------------------------------------------------------- */

struct expansion {
    const struct sbml_patient *patient;
    FILE *stream;
    sbml_unit_met *met;
    void *context;
    char last; /* character written that is no blank */
};

static void expand(struct expansion *e, const struct sbml_place *place, const char *pattern, const char *end);

static void put(struct expansion *e, const char *text)
{
    fputs(text, e->stream);
    for (; *text != '\0'; text++)
        e->last = *text != ' ' ? *text : e->last;
}

/* One term of a sum. */
static void put_term(struct expansion *e, char sign, const struct sbml_place *place, const char *term, const char *end)
{
    if (sign == '-')
        put(e, " - ");
    else if (e->last != '\0' && e->last != '(')
        put(e, " + ");
    expand(e, place, term, end);
}

static void expand_sum(struct expansion *e, const struct sbml_place *place, const char *group, const char *colon,
                       const char *end)
{
    const struct model *model = e->patient->model;
    struct sbml_place here = *place;
    const char *over = group + 1;
    const size_t length = (size_t)(colon - over);
    if (word_is(over, length, "lesions")) {
        for (here.lesion = 0; here.lesion < model->lesion_count; here.lesion++)
            put_term(e, *group, &here, colon + 1, end);
        return;
    }
    for (here.drug = 0; here.drug < model->drug_count; here.drug++)
        if (all_hold(e->patient, &here, over, colon))
            put_term(e, *group, &here, colon + 1, end);
}

/* A group from behind its opening brace to its closing one. */
static void expand_group(struct expansion *e, const struct sbml_place *place, const char *group, const char *end)
{
    const char *colon = memchr(group, ':', (size_t)(end - group));
    if (colon == NULL)
        return;
    if (*group != '?')
        expand_sum(e, place, group, colon, end);
    else if (all_hold(e->patient, place, group + 1, colon))
        expand(e, place, colon + 1, end);
}

static const char *closing(const char *open, const char *end)
{
    int depth = 0;
    for (; open < end; open++) {
        depth += *open == '{';
        depth -= *open == '}';
        if (depth == 0)
            return open;
    }
    return end;
}

static void expand_character(struct expansion *e, const struct sbml_place *place, char c)
{
    char text[SBML_ID_SIZE + 48] = {c, '\0'};
    switch (c) {
    case '@':
        snprintf(text, sizeof text, "lesion%d_", place->lesion + 1);
        break;
    case '#':
        snprintf(text, sizeof text, "%s_", e->patient->drugs[place->drug]);
        break;
    case '%':
        snprintf(text, sizeof text, "%s", place->kind == 0 ? "cd8" : "treg");
        break;
    case '~':
        snprintf(text, sizeof text, "%s", place->kind == 0 ? "neo" : "self");
        break;
    case '$':
        snprintf(text, sizeof text, "%d", place->round);
        break;
    case '&':
        snprintf(text, sizeof text, "%d", place->round + 1);
        break;
    case '|':
        snprintf(text, sizeof text, "radiotherapy%d_lesion%d_", place->course, place->lesion + 1);
        break;
    default:
        break;
    }
    put(e, text);
}

static void expand(struct expansion *e, const struct sbml_place *place, const char *pattern, const char *end)
{
    for (; pattern < end; pattern++) {
        if (*pattern == '{') {
            const char *close = closing(pattern, end);
            expand_group(e, place, pattern + 1, close);
            pattern = close;
        } else if (*pattern == '[') {
            const char *close = memchr(pattern, ']', (size_t)(end - pattern));
            const size_t length = (size_t)(close - pattern) - 1;
            char id[SBML_ID_SIZE];
            sbml_unit_id(pattern + 1, length, id);
            if (e->met != NULL)
                e->met(pattern + 1, length, e->context);
            put(e, id);
            pattern = close;
        } else {
            expand_character(e, place, *pattern);
        }
    }
}

void sbml_expand(const struct sbml_patient *patient, const struct sbml_place *place, const char *pattern, FILE *stream,
                 sbml_unit_met *met, void *context)
{
    struct expansion e = {.patient = patient, .stream = stream, .met = met, .context = context};
    expand(&e, place, pattern, pattern + strlen(pattern));
}
