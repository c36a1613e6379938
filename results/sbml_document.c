#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/costimulation.h"
#include "protocols/error.h"
#include "results/sbml_parts.h"

/* ---- Rows of tables ---------------------------------------------------------------------------------- */

typedef void add_one(struct sbml_writer *writer, const struct sbml_place *place, const struct sbml_formula *row);

/* Every row wherever it stands. */
static void add_table(struct sbml_writer *writer, struct sbml_formula_table table, add_one *add)
{
    for (size_t i = 0; i < table.count && writer->status == ABSCOPAL_OK; i++) {
        const struct sbml_formula *row = &table.rows[i];
        struct sbml_place place;
        bool there = sbml_place_first(&writer->patient, row->id, &place);
        for (; there; there = sbml_place_next(&writer->patient, row->id, &place))
            if (sbml_holds(&writer->patient, &place, row->when))
                add(writer, &place, row);
    }
}

struct member {
    const char *id, *unit;
    size_t offset;
    const char *when, *meaning;
};

#define DRUG(member) offsetof(struct antibody, member)
static const struct member drug_members[] = {
    {"#peripheral_flow", "L/d", DRUG(peripheral_flow_l_per_d), NULL, "flow between blood and tissue"},
    {"#tumour_flow", "L/d", DRUG(tumour_flow_l_per_d), NULL, "flow from blood into a lesion of the reference volume"},
    {"#node_flow", "L/d", DRUG(node_flow_l_per_d), NULL, "flow between blood and node"},
    {"#lymphatic_drainage", "1/d", DRUG(lymphatic_drainage_per_d), NULL, "from lesions and node"},
    {"#clearance", "L/d", DRUG(clearance_l_per_d), NULL, "linear clearance"},
    {"#saturable_clearance", "nmol/d", DRUG(saturable_clearance_nmol_per_d), "saturates", "at saturation"},
    {"#saturable_half", "nM", DRUG(saturable_half_nanomolar), "saturates", "concentration at half of it"},
    {"#gamma_blood", "1", DRUG(gamma_blood), NULL, "share of blood that the drug can enter"},
    {"#gamma_peripheral", "1", DRUG(gamma_peripheral), NULL, "share of tissue that the drug can enter"},
    {"#gamma_tumour", "1", DRUG(gamma_tumour), NULL, "share of a lesion that the drug can enter"},
    {"#gamma_node", "1", DRUG(gamma_node), NULL, "share of the node that the drug can enter"},
    {"#on_rate", "1/nM/d", DRUG(on_rate_per_nanomolar_d), NULL, "one arm on its target"},
    {"#dissociation", "nM", DRUG(dissociation_nanomolar), NULL, "one arm and its target"},
    {"#cross_arm", "1", DRUG(cross_arm_3d), NULL, "chi: second arm over first, before division by the synapse's width"},
};
#undef DRUG

#define FACTOR(member) offsetof(struct lesion_factors, member)
static const struct member lesion_members[] = {
    {"@growth_factor", "1", FACTOR(growth), NULL, "of cancer_growth_rate"},
    {"@infiltration_factor", "1", FACTOR(infiltration), NULL, "of the entry of T cells"},
    {"@pdl1_factor", "1", FACTOR(pdl1), NULL, "of PD-L1 and PD-L2"},
    {"@antigen_factor", "1", FACTOR(antigen), NULL, "of the release of neo-antigen"},
    {"@radiosensitivity_factor", "1", FACTOR(radiosensitivity), NULL, "of radiosensitivity_alpha"},
};
#undef FACTOR

static void add_members(struct sbml_writer *writer, const struct member *members, size_t count)
{
    const struct model *model = writer->request->model;
    for (size_t i = 0; i < count; i++) {
        struct sbml_place place;
        bool there = sbml_place_first(&writer->patient, members[i].id, &place);
        for (; there; there = sbml_place_next(&writer->patient, members[i].id, &place)) {
            const void *from = place.drug >= 0 ? (const void *)model->antibodies[place.drug]
                                               : (const void *)&model->factors[place.lesion];
            double value;
            char id[SBML_NAME_SIZE];
            if (!sbml_holds(&writer->patient, &place, members[i].when))
                continue;
            memcpy(&value, (const char *)from + members[i].offset, sizeof value);
            sbml_name_expand(writer, &place, members[i].id, id, sizeof id);
            sbml_add_parameter(writer, id, members[i].unit, value, true, members[i].meaning);
        }
    }
}

static void add_parameters(struct sbml_writer *writer)
{
    const struct model *model = writer->request->model;
    for (int i = 0; i < PARAMETER_COUNT; i++) {
        const struct parameter_description *row = parameter_describe(i);
        sbml_add_parameter(writer, row->name, row->unit, parameter_get(&model->parameters, i), true, row->meaning);
    }
    add_members(writer, lesion_members, sizeof lesion_members / sizeof *lesion_members);
    add_members(writer, drug_members, sizeof drug_members / sizeof *drug_members);
    for (int drug = 0; drug < model->drug_count; drug++) {
        char id[SBML_NAME_SIZE];
        snprintf(id, sizeof id, "%s_infusion", writer->patient.drugs[drug]);
        sbml_add_parameter(writer, id, "nmol/d", model->drugs[drug].infusion_nmol_per_d, false, "running infusions");
    }
    if (model->options.costimulation && model->has_ctla4_antibody)
        sbml_add_parameter(writer, "resting_costimulation", "1", model->derived.resting_costimulation, true,
                           "co-stimulation where no CTLA-4 is blocked");
}

/* ---- Compartments and states ------------------------------------------------------------------------ */

static Compartment_t *add_compartment(struct sbml_writer *writer, const char *id, const char *name, bool fixed)
{
    char litre[SBML_ID_SIZE];
    sbml_unit_define(writer, "L", 1, litre);
    Compartment_t *compartment = Model_createCompartment(writer->sbml);
    Compartment_setId(compartment, id);
    Compartment_setName(compartment, name);
    Compartment_setConstant(compartment, fixed);
    Compartment_setSpatialDimensions(compartment, 3);
    Compartment_setUnits(compartment, litre);
    return compartment;
}

/* Their volumes; lymph has none in the model. */
static void add_compartments(struct sbml_writer *writer)
{
    static const char *const constant_volumes[][3] = {{"blood", "blood", "blood_volume"},
                                                      {"peripheral", "peripheral tissue", "peripheral_volume"},
                                                      {"node", "draining lymph nodes", "node_volume_l"}};
    static const struct sbml_place nowhere = {.lesion = -1, .drug = -1};
    for (size_t i = 0; i < sizeof constant_volumes / sizeof *constant_volumes; i++) {
        add_compartment(writer, constant_volumes[i][0], constant_volumes[i][1], true);
        ASTNode_t *volume = sbml_formula_read(writer, &nowhere, constant_volumes[i][2]);
        InitialAssignment_t *assignment = Model_createInitialAssignment(writer->sbml);
        InitialAssignment_setSymbol(assignment, constant_volumes[i][0]);
        InitialAssignment_setMath(assignment, volume);
        ASTNode_free(volume);
    }
    Compartment_t *lymph = add_compartment(writer, "lymph", "lymph, whose volume does not matter", true);
    Compartment_setSize(lymph, 1);
    for (int lesion = 0; lesion < writer->request->model->lesion_count; lesion++) {
        char id[SBML_ID_SIZE], name[SBML_ID_SIZE];
        snprintf(id, sizeof id, "lesion%d", lesion + 1);
        snprintf(name, sizeof name, "lesion %d", lesion + 1);
        add_compartment(writer, id, name, false);
        ASTNode_t *volume = sbml_formula_read(writer, &(struct sbml_place){.lesion = lesion, .drug = -1}, "@volume_l");
        Rule_t *rule = Model_createAssignmentRule(writer->sbml);
        Rule_setVariable(rule, id);
        Rule_setMath(rule, volume);
        ASTNode_free(volume);
    }
}

void sbml_state_id(const struct sbml_patient *patient, int state, char id[SBML_NAME_SIZE])
{
    const struct state_description row = model_state_describe(patient->model, state);
    char lesion[24] = "";
    if (row.lesion >= 0)
        snprintf(lesion, sizeof lesion, "lesion%d_", row.lesion + 1);
    snprintf(id, SBML_NAME_SIZE, "%s%s%s%s", lesion, row.drug >= 0 ? patient->drugs[row.drug] : "",
             row.drug >= 0 ? "_" : "", row.name);
}

static bool ends_with(const char *text, const char *end)
{
    const size_t length = strlen(text), wanted = strlen(end);
    return length >= wanted && strcmp(text + length - wanted, end) == 0;
}

/* Where cells and amounts are. */
static void compartment_of(const struct state_description *row, char id[SBML_ID_SIZE])
{
    const bool lymph =
        ends_with(row->name, "_lymph") || ends_with(row->name, "_afferent") || ends_with(row->name, "_efferent");
    if (row->lesion >= 0)
        snprintf(id, SBML_ID_SIZE, "lesion%d", row->lesion + 1);
    else
        snprintf(id, SBML_ID_SIZE, "%s",
                 lymph                                 ? "lymph"
                 : ends_with(row->name, "_blood")      ? "blood"
                 : ends_with(row->name, "_peripheral") ? "peripheral"
                                                       : "node");
}

/* Cells and amounts are species, counted and not divided by volumes, which change. Concentrations, densities and shares
 * are parameters, whose balances the model writes as such. */
static void add_state(struct sbml_writer *writer, int index)
{
    const struct state_description row = model_state_describe(writer->request->model, index);
    const double value = writer->request->state[index];
    char id[SBML_NAME_SIZE], name[256];
    sbml_state_id(&writer->patient, index, id);
    if (row.lesion >= 0)
        snprintf(name, sizeof name, "lesion %d: %s", row.lesion + 1, row.meaning);
    else
        snprintf(name, sizeof name, "%s", row.meaning);
    if (strcmp(row.unit, "cell") != 0 && strcmp(row.unit, "nmol") != 0) {
        sbml_add_parameter(writer, id, row.unit, value, false, name);
        return;
    }
    char unit[SBML_ID_SIZE], compartment[SBML_ID_SIZE];
    sbml_unit_define(writer, row.unit, strlen(row.unit), unit);
    compartment_of(&row, compartment);
    Species_t *species = Model_createSpecies(writer->sbml);
    Species_setId(species, id);
    Species_setName(species, name);
    Species_setCompartment(species, compartment);
    Species_setInitialAmount(species, value);
    Species_setSubstanceUnits(species, unit);
    Species_setHasOnlySubstanceUnits(species, 1);
    Species_setBoundaryCondition(species, 0);
    Species_setConstant(species, 0);
}

static void add_rate(struct sbml_writer *writer, const struct sbml_place *place, const struct sbml_formula *row)
{
    char id[SBML_NAME_SIZE];
    sbml_name_expand(writer, place, row->id, id, sizeof id);
    ASTNode_t *formula = sbml_formula_read(writer, place, row->formula);
    Rule_t *rule = Model_createRateRule(writer->sbml);
    Rule_setVariable(rule, id);
    Rule_setMath(rule, formula);
    ASTNode_free(formula);
}

static void add_function(struct sbml_writer *writer, const struct sbml_place *place, const struct sbml_formula *row)
{
    ASTNode_t *formula = sbml_formula_read(writer, place, row->formula);
    FunctionDefinition_t *function = Model_createFunctionDefinition(writer->sbml);
    FunctionDefinition_setId(function, row->id);
    FunctionDefinition_setName(function, row->meaning);
    FunctionDefinition_setMath(function, formula);
    ASTNode_free(formula);
}

/* Rounds until a step of Newton's method settles, as costimulation_solve takes them, and one more. */
static int rounds_at(const struct derived_constants *d, double ligand, double free_ctla4)
{
    struct costimulation_equilibrium e = {.cd28 = d->cd28_per_um2, .ctla4_share = 1};
    for (int round = 1; round < 60; round++) {
        costimulation_read(d, ligand, free_ctla4, &e);
        const double error28 = log(e.cd28 / d->cd28_per_um2 * e.load28), error4 = log(e.ctla4_share * e.load4);
        const double determinant = e.j11 * e.j22 - e.j12 * e.j21;
        const double step28 = real_limited((error28 * e.j22 - e.j12 * error4) / determinant, 2);
        const double step4 = real_limited((e.j11 * error4 - e.j21 * error28) / determinant, 2);
        e.cd28 *= exp(-step28);
        e.ctla4_share *= exp(-step4);
        if (fabs(step28) < 1e-9 && fabs(step4) < 1e-9)
            return round + 1;
    }
    return 60;
}

int sbml_costimulation_rounds(const struct model *model)
{
    if (!model->options.costimulation || !model->has_ctla4_antibody)
        return 0;
    const int grid = 8;
    int most = 1;
    for (int i = 1; i <= grid; i++)
        for (int j = 0; j <= grid; j++) {
            const double share = (double)i / grid * (1 - model->derived.resting_ligand), free = (double)j / grid;
            const int rounds = rounds_at(&model->derived, model->derived.resting_ligand + share, free);
            most = rounds > most ? rounds : most;
        }
    return most;
}

/* ---- The document ----------------------------------------------------------------------------------- */

static void write_escaped(FILE *stream, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '<')
            fputs("&lt;", stream);
        else if (*text == '&')
            fputs("&amp;", stream);
        else
            fputc((unsigned char)*text < ' ' ? ' ' : *text, stream);
    }
}

static void add_notes(struct sbml_writer *writer)
{
    rewind(writer->stream);
    fputs("<body xmlns=\"http://www.w3.org/1999/xhtml\">", writer->stream);
    for (const char *const *note = writer->request->notes; note != NULL && *note != NULL; note++) {
        fputs("<p>", writer->stream);
        write_escaped(writer->stream, *note);
        fputs("</p>", writer->stream);
    }
    fputs("</body>", writer->stream);
    fputc('\0', writer->stream);
    if (fflush(writer->stream) != 0)
        sbml_fail(writer, ABSCOPAL_NO_MEMORY);
    else
        SBase_setNotesString((SBase_t *)writer->sbml, writer->text);
}

static void describe_model(struct sbml_writer *writer)
{
    char day[SBML_ID_SIZE], litre[SBML_ID_SIZE], cell[SBML_ID_SIZE], mm[SBML_ID_SIZE], um2[SBML_ID_SIZE];
    sbml_unit_define(writer, "d", 1, day);
    sbml_unit_define(writer, "L", 1, litre);
    sbml_unit_define(writer, "cell", 4, cell);
    sbml_unit_define(writer, "mm", 2, mm);
    sbml_unit_define(writer, "um^2", 4, um2);
    Model_setId(writer->sbml, "abscopal");
    Model_setName(writer->sbml, writer->request->name);
    Model_setTimeUnits(writer->sbml, day);
    Model_setVolumeUnits(writer->sbml, litre);
    Model_setSubstanceUnits(writer->sbml, cell);
    Model_setExtentUnits(writer->sbml, cell);
    Model_setLengthUnits(writer->sbml, mm);
    Model_setAreaUnits(writer->sbml, um2);
    add_notes(writer);
}

static void write_model(struct sbml_writer *writer)
{
    describe_model(writer);
    add_table(writer, sbml_functions(), add_function);
    add_compartments(writer);
    for (int i = 0; i < model_state_count(writer->request->model); i++)
        add_state(writer, i);
    add_parameters(writer);
    add_table(writer, sbml_constants(), sbml_add_constant);
    if (writer->patient.radiotherapy)
        sbml_add_fields(writer);
    add_table(writer, sbml_lesion_quantities(), sbml_add_quantity);
    add_table(writer, sbml_quantities(), sbml_add_quantity);
    add_table(writer, sbml_drug_quantities(), sbml_add_quantity);
    add_table(writer, sbml_rates(), add_rate);
    sbml_add_events(writer);
}

static void check_document(SBMLDocument_t *document, struct abscopal_sbml_check *check)
{
    *check = (struct abscopal_sbml_check){0};
    SBMLDocument_checkConsistency(document);
    for (unsigned i = 0; i < SBMLDocument_getNumErrors(document); i++) {
        const SBMLError_t *found = SBMLDocument_getError(document, i);
        if (XMLError_isError((const XMLError_t *)found) || XMLError_isFatal((const XMLError_t *)found)) {
            if (check->errors++ == 0)
                snprintf(check->first, sizeof check->first, "%s", XMLError_getMessage((const XMLError_t *)found));
        } else {
            check->warnings++;
        }
    }
}

static bool has_radiotherapy(const struct sbml_request *request)
{
    for (size_t i = 0; i < request->event_count; i++)
        if (request->events[i].kind == EVENT_FRACTION)
            return true;
    return false;
}

char *sbml_document_text(const struct sbml_request *request, struct abscopal_sbml_check *check,
                         struct abscopal_error *error)
{
    struct sbml_writer writer = {.request = request,
                                 .patient = {.model = request->model, .radiotherapy = has_radiotherapy(request)},
                                 .error = error};
    char *text = NULL;
    SBMLDocument_t *document = SBMLDocument_createWithLevelAndVersion(3, 1);
    writer.stream = open_memstream(&writer.text, &writer.text_size);
    if (document != NULL && writer.stream != NULL) {
        sbml_patient_name_drugs(&writer.patient);
        writer.patient.rounds = sbml_costimulation_rounds(request->model);
        writer.sbml = SBMLDocument_createModel(document);
        write_model(&writer);
        if (writer.status == ABSCOPAL_OK) {
            if (check != NULL)
                check_document(document, check);
            text = writeSBMLToString(document);
        }
    }
    if (text == NULL && (writer.status == ABSCOPAL_OK || writer.status == ABSCOPAL_NO_MEMORY))
        error_no_memory(error);
    if (writer.stream != NULL)
        fclose(writer.stream);
    free(writer.text);
    if (document != NULL)
        SBMLDocument_free(document);
    return text;
}
