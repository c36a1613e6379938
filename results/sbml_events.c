/* What is given to the patient, and the death of a lesion's last cell, as SBML events. All that happens at one time is
 * one event, so that it does not matter in which order a simulator takes events of one time. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/error.h"
#include "results/sbml_parts.h"

/* ---- Fields of radiotherapy ------------------------------------------------------------------------- */

/* Fractions of one course and size are numbered alike; one field is those of one lesion. */
static bool same_course(const struct fraction *a, const struct fraction *b)
{
    return a->course == b->course && a->gray == b->gray && a->coverage == b->coverage;
}

/* The number of a fraction's course, from 1, in the order in which they begin. */
static int course_number(const struct sbml_request *request, const struct fraction *fraction)
{
    int number = 0;
    for (size_t i = 0; i < request->event_count; i++) {
        const struct course_event *event = &request->events[i];
        bool seen = event->kind != EVENT_FRACTION;
        for (size_t j = 0; j < i && !seen; j++)
            seen = request->events[j].kind == EVENT_FRACTION &&
                   same_course(&request->events[j].fraction, &event->fraction);
        number += !seen;
        if (event->kind == EVENT_FRACTION && same_course(&event->fraction, fraction))
            break;
    }
    return number;
}

static struct sbml_place field_of(const struct sbml_request *request, const struct fraction *fraction)
{
    return (struct sbml_place){.lesion = fraction->lesion, .drug = -1, .course = course_number(request, fraction)};
}

static void add_field_parameter(struct sbml_writer *writer, const struct sbml_place *place, const char *pattern,
                                const char *unit, double value, bool fixed, const char *name)
{
    char id[SBML_NAME_SIZE];
    sbml_name_expand(writer, place, pattern, id, sizeof id);
    sbml_add_parameter(writer, id, unit, value, fixed, name);
}

static void add_field(struct sbml_writer *writer, const struct fraction *fraction)
{
    const struct sbml_place place = field_of(writer->request, fraction);
    const struct sbml_formula_table constants = sbml_field_constants(), quantities = sbml_field_quantities();
    add_field_parameter(writer, &place, "|gray", "Gy", fraction->gray, true, "dose of a fraction");
    add_field_parameter(writer, &place, "|coverage", "1", fraction->coverage, true, "share of the lesion in the field");
    add_field_parameter(writer, &place, "|course", "1", fraction->course + 1, true, "number of the course");
    for (size_t i = 0; i < constants.count; i++)
        sbml_add_constant(writer, &place, &constants.rows[i]);
    for (size_t i = 0; i < quantities.count; i++)
        sbml_add_quantity(writer, &place, &quantities.rows[i]);
}

void sbml_add_fields(struct sbml_writer *writer)
{
    const struct sbml_request *request = writer->request;
    for (int lesion = 0; lesion < request->model->lesion_count; lesion++) {
        const struct sbml_place place = {.lesion = lesion, .drug = -1};
        add_field_parameter(writer, &place, "@unrepaired_gray", "Gy", 0, false,
                            "dose whose damage is not yet repaired");
        add_field_parameter(writer, &place, "@field_share", "1", 0, false,
                            "share of the living cells inside the field of the last course");
        add_field_parameter(writer, &place, "@field_course", "1", 0, false, "number of the last course");
    }
    for (size_t i = 0; i < request->event_count; i++) {
        const struct course_event *event = &request->events[i];
        bool seen = event->kind != EVENT_FRACTION;
        for (size_t j = 0; j < i && !seen; j++)
            seen = request->events[j].kind == EVENT_FRACTION &&
                   request->events[j].fraction.lesion == event->fraction.lesion &&
                   same_course(&request->events[j].fraction, &event->fraction);
        if (!seen)
            add_field(writer, &event->fraction);
    }
}

/* ---- Changes of one time ---------------------------------------------------------------------------- */

/* The events of one time, [count]. */
struct moment {
    const struct course_event *events;
    size_t count;
};

static void assign(struct sbml_writer *writer, Event_t *event, const struct sbml_place *place, const char *id_pattern,
                   const char *pattern)
{
    char id[SBML_NAME_SIZE];
    sbml_name_expand(writer, place, id_pattern, id, sizeof id);
    ASTNode_t *formula = sbml_formula_read(writer, place, pattern);
    EventAssignment_t *assignment = Event_createEventAssignment(event);
    EventAssignment_setVariable(assignment, id);
    EventAssignment_setMath(assignment, formula);
    ASTNode_free(formula);
}

/* What is left of a state of the body: a product over the fractions of this time, with the loss each takes. Only those
 * with nodes in the field when `nodes`. */
static void put_left(struct sbml_writer *writer, const struct moment *moment, bool nodes, const char *loss,
                     FILE *stream)
{
    for (size_t i = 0; i < moment->count; i++) {
        const struct fraction *fraction = &moment->events[i].fraction;
        if (moment->events[i].kind != EVENT_FRACTION || (nodes && !fraction->nodes))
            continue;
        const struct sbml_place place = field_of(writer->request, fraction);
        fprintf(stream, " * (1 - radiotherapy%d_lesion%d_%s)", place.course, place.lesion + 1, loss);
    }
}

/* The states that radiotherapy thins out, and by what: as recirculating lymphocytes do, always or where naive cells of
 * the node recirculate, and as the cells of nodes in the field do. */
struct thinned {
    const char *state;
    bool recirculates, recirculates_in_node;
    const char *node_loss; /* NULL: none */
};

static const struct thinned thinned_states[] = {
    {"naive_cd8_blood", true, false, NULL},
    {"naive_cd8_peripheral", true, false, NULL},
    {"naive_treg_blood", true, false, NULL},
    {"naive_treg_peripheral", true, false, NULL},
    {"cd8_blood", true, false, NULL},
    {"cd8_peripheral", true, false, NULL},
    {"treg_blood", true, false, NULL},
    {"treg_peripheral", true, false, NULL},
    {"cd8_lymph", true, false, NULL},
    {"treg_lymph", true, false, NULL},
    {"naive_cd8_node", false, true, "node_tcell_loss"},
    {"naive_treg_node", false, true, "node_tcell_loss"},
    {"memory_cd8", false, true, "node_tcell_loss"},
    {"activated_cd8", false, false, "node_tcell_loss"},
    {"activated_treg", false, false, "node_tcell_loss"},
    {"cd8_node", false, false, "node_tcell_loss"},
    {"treg_node", false, false, "node_tcell_loss"},
    {"apc_node", false, false, "node_apc_loss"},
    {"mature_apc_node", false, false, "node_apc_loss"},
};

/* The states of the body at fractions. */
static void thin_body(struct sbml_writer *writer, Event_t *event, const struct moment *moment)
{
    static const struct sbml_place nowhere = {.lesion = -1, .drug = -1};
    const bool in_node = writer->request->model->options.naive_recirculation;
    char *formula = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&formula, &size);
    for (size_t i = 0; stream != NULL && i < sizeof thinned_states / sizeof *thinned_states; i++) {
        const struct thinned *row = &thinned_states[i];
        rewind(stream);
        fputs(row->state, stream);
        const long unchanged = ftell(stream);
        if (row->recirculates || (row->recirculates_in_node && in_node))
            put_left(writer, moment, false, "lymphocyte_loss", stream);
        if (row->node_loss != NULL)
            put_left(writer, moment, true, row->node_loss, stream);
        const bool changed = ftell(stream) > unchanged;
        fputc('\0', stream);
        if (changed && fflush(stream) == 0)
            assign(writer, event, &nowhere, row->state, formula);
    }
    if (stream != NULL && in_node) {
        rewind(stream);
        fputs("1 - (1 - depleted_share)", stream);
        put_left(writer, moment, false, "lymphocyte_loss", stream);
        fputc('\0', stream);
        if (fflush(stream) == 0)
            assign(writer, event, &nowhere, "depleted_share", formula);
    }
    if (stream == NULL || fclose(stream) != 0)
        writer->status = error_no_memory(writer->error);
    free(formula);
}

static void irradiate(struct sbml_writer *writer, Event_t *event, const struct moment *moment)
{
    const struct sbml_formula_table changes = sbml_fraction_changes();
    unsigned seen = 0;
    for (size_t i = 0; i < moment->count; i++) {
        const struct fraction *fraction = &moment->events[i].fraction;
        if (moment->events[i].kind != EVENT_FRACTION)
            continue;
        if ((seen >> fraction->lesion & 1U) != 0)
            writer->status = error_set(writer->error, ABSCOPAL_BAD_INPUT, NULL, 0, 0,
                                       "lesion %d has two fractions of radiotherapy at one time, on day %.6g, which an "
                                       "SBML event cannot tell apart: give them at different times of the day",
                                       fraction->lesion + 1, moment->events[i].day);
        seen |= 1U << fraction->lesion;
        const struct sbml_place place = field_of(writer->request, fraction);
        for (size_t k = 0; k < changes.count && writer->status == ABSCOPAL_OK; k++)
            assign(writer, event, &place, changes.rows[k].id, changes.rows[k].formula);
    }
    if (seen != 0)
        thin_body(writer, event, moment);
}

/* A drug's boluses and the rate of its infusions from then on, which `rate` was before. */
static void dose(struct sbml_writer *writer, Event_t *event, const struct moment *moment, int drug, double *rate)
{
    const struct sbml_place place = {.lesion = -1, .drug = drug};
    double bolus_nmol = 0;
    bool infusion = false;
    for (size_t i = 0; i < moment->count; i++) {
        const struct course_event *given = &moment->events[i];
        if (given->kind == EVENT_FRACTION || given->drug != drug)
            continue;
        infusion = infusion || given->kind != EVENT_BOLUS;
        if (given->kind == EVENT_BOLUS)
            bolus_nmol += given->amount_nmol;
        else
            *rate += given->kind == EVENT_INFUSION_START ? given->nmol_per_d : -given->nmol_per_d;
    }
    char formula[160];
    if (bolus_nmol > 0) {
        snprintf(formula, sizeof formula, "#drug_blood + %.17g [nmol] / blood_volume", bolus_nmol);
        assign(writer, event, &place, "#drug_blood", formula);
    }
    if (infusion) {
        snprintf(formula, sizeof formula, "%.17g [nmol/d]", *rate);
        assign(writer, event, &place, "#infusion", formula);
    }
}

/* ---- Events ----------------------------------------------------------------------------------------- */

static Event_t *add_event(struct sbml_writer *writer, const char *id, const char *name, const char *when,
                          const struct sbml_place *place)
{
    Event_t *event = Model_createEvent(writer->sbml);
    Event_setId(event, id);
    Event_setName(event, name);
    Event_setUseValuesFromTriggerTime(event, 1);
    Trigger_t *trigger = Event_createTrigger(event);
    /* False before day 0, so that what is given on day 0 is given. */
    Trigger_setInitialValue(trigger, 0);
    Trigger_setPersistent(trigger, 1);
    ASTNode_t *condition = sbml_formula_read(writer, place, when);
    Trigger_setMath(trigger, condition);
    ASTNode_free(condition);
    return event;
}

/* What people call it, such as "day 14: nivolumab infusion starts; 8 Gy to lesion 1". */
static void name_moment(const struct sbml_writer *writer, const struct moment *moment, char *name, size_t size)
{
    size_t end = (size_t)snprintf(name, size, "day %.6g:", moment->events[0].day);
    for (size_t i = 0; i < moment->count && end < size; i++) {
        const struct course_event *given = &moment->events[i];
        const char *separator = i > 0 ? ";" : "";
        if (given->kind == EVENT_FRACTION)
            end += (size_t)snprintf(name + end, size - end, "%s %g Gy to lesion %d", separator, given->fraction.gray,
                                    given->fraction.lesion + 1);
        else
            end += (size_t)snprintf(name + end, size - end, "%s %s %s", separator, writer->patient.drugs[given->drug],
                                    given->kind == EVENT_BOLUS            ? "bolus"
                                    : given->kind == EVENT_INFUSION_START ? "infusion starts"
                                                                          : "infusion ends");
    }
}

static void add_moment(struct sbml_writer *writer, const struct moment *moment, int number, double *rates)
{
    static const struct sbml_place nowhere = {.lesion = -1, .drug = -1};
    char id[32], name[256], when[64];
    snprintf(id, sizeof id, "given_%d", number);
    snprintf(when, sizeof when, "time >= %.17g [d]", moment->events[0].day);
    name_moment(writer, moment, name, sizeof name);
    Event_t *event = add_event(writer, id, name, when, &nowhere);
    for (int drug = 0; drug < writer->request->model->drug_count; drug++)
        dose(writer, event, moment, drug, &rates[drug]);
    irradiate(writer, event, moment);
}

/* A lesion has no living cells any more where it has less than one. */
static void add_last_cell(struct sbml_writer *writer, int lesion)
{
    const struct sbml_place place = {.lesion = lesion, .drug = -1};
    char id[32], name[64];
    snprintf(id, sizeof id, "lesion%d_last_cell", lesion + 1);
    snprintf(name, sizeof name, "lesion %d: the last cancer cell dies", lesion + 1);
    Event_t *event = add_event(writer, id, name, "@cancer_cells < 0.9 [cell]", &place);
    assign(writer, event, &place, "@cancer_cells", "0 [cell]");
    assign(writer, event, &place, "@resistant_cells",
           "piecewise(0 [cell], @resistant_cells < 0.9 [cell], @resistant_cells)");
}

void sbml_add_events(struct sbml_writer *writer)
{
    const struct sbml_request *request = writer->request;
    double rates[MODEL_MAX_DRUGS] = {0};
    int number = 0;
    for (int drug = 0; drug < request->model->drug_count; drug++)
        rates[drug] = request->model->drugs[drug].infusion_nmol_per_d;
    for (size_t i = 0; i < request->event_count && writer->status == ABSCOPAL_OK;) {
        struct moment moment = {.events = &request->events[i], .count = 1};
        while (i + moment.count < request->event_count &&
               moment.events[moment.count].day <= moment.events[0].day + COURSE_SIMULTANEOUS_DAYS)
            moment.count++;
        add_moment(writer, &moment, ++number, rates);
        i += moment.count;
    }
    for (int lesion = 0; lesion < request->model->lesion_count; lesion++)
        add_last_cell(writer, lesion);
}
