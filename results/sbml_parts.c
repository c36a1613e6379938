#include "results/sbml_parts.h"

#include <math.h>
#include <string.h>

#include "protocols/error.h"

/* ---- Formulas and units ----------------------------------------------------------------------------- */

void sbml_fail(struct sbml_writer *writer, enum abscopal_status status)
{
    if (writer->status == ABSCOPAL_OK)
        writer->status = status;
}

/* 10 to `scale` times `multiplier` of the kind, to an exponent. */
struct base_unit {
    const char *name;
    UnitKind_t kind;
    int scale;
    double multiplier;
};

static const struct base_unit base_units[] = {
    {"d", UNIT_KIND_SECOND, 0, 86400}, {"cell", UNIT_KIND_ITEM, 0, 1}, {"molecule", UNIT_KIND_ITEM, 0, 1},
    {"L", UNIT_KIND_LITRE, 0, 1},      {"mol", UNIT_KIND_MOLE, 0, 1},  {"nmol", UNIT_KIND_MOLE, -9, 1},
    {"um", UNIT_KIND_METRE, -6, 1},    {"mm", UNIT_KIND_METRE, -3, 1}, {"nm", UNIT_KIND_METRE, -9, 1},
    {"Gy", UNIT_KIND_GRAY, 0, 1},
};

static void define_factor(UnitDefinition_t *definition, const char *name, size_t length, int exponent)
{
    if (length == 2 && strncmp(name, "nM", 2) == 0) {
        define_factor(definition, "nmol", 4, exponent);
        define_factor(definition, "L", 1, -exponent);
        return;
    }
    for (size_t i = 0; i < sizeof base_units / sizeof *base_units; i++) {
        if (strlen(base_units[i].name) != length || strncmp(base_units[i].name, name, length) != 0)
            continue;
        Unit_t *unit = UnitDefinition_createUnit(definition);
        Unit_setKind(unit, base_units[i].kind);
        Unit_setExponent(unit, exponent);
        Unit_setScale(unit, base_units[i].scale);
        Unit_setMultiplier(unit, base_units[i].multiplier);
    }
}

void sbml_unit_define(struct sbml_writer *writer, const char *unit, size_t length, char id[SBML_ID_SIZE])
{
    sbml_unit_id(unit, length, id);
    if (strcmp(id, "dimensionless") == 0 || Model_getUnitDefinitionById(writer->sbml, id) != NULL)
        return;
    UnitDefinition_t *definition = Model_createUnitDefinition(writer->sbml);
    UnitDefinition_setId(definition, id);
    int sign = 1;
    for (size_t i = 0; i < length;) {
        size_t end = i;
        while (end < length && strchr("/*^", unit[end]) == NULL)
            end++;
        const bool powered = end + 1 < length && unit[end] == '^';
        define_factor(definition, unit + i, end - i, sign * (powered ? unit[end + 1] - '0' : 1));
        end += powered ? 2 : 0;
        sign = end < length && unit[end] == '/' ? -1 : 1;
        i = end + 1;
    }
}

static void define_met_unit(const char *unit, size_t length, void *context)
{
    char id[SBML_ID_SIZE];
    sbml_unit_define(context, unit, length, id);
}

/* Numbers without a unit are counts and ratios. */
static void declare_plain_numbers(ASTNode_t *formula)
{
    if (ASTNode_isNumber(formula) && !ASTNode_isSetUnits(formula))
        ASTNode_setUnits(formula, "dimensionless");
    for (unsigned i = 0; i < ASTNode_getNumChildren(formula); i++)
        declare_plain_numbers(ASTNode_getChild(formula, i));
}

ASTNode_t *sbml_formula_read(struct sbml_writer *writer, const struct sbml_place *place, const char *pattern)
{
    rewind(writer->stream);
    sbml_expand(&writer->patient, place, pattern, writer->stream, define_met_unit, writer);
    fputc('\0', writer->stream);
    if (fflush(writer->stream) != 0) {
        sbml_fail(writer, ABSCOPAL_NO_MEMORY);
        return NULL;
    }
    ASTNode_t *formula = SBML_parseL3Formula(writer->text);
    if (formula == NULL && writer->status == ABSCOPAL_OK)
        writer->status =
            error_set(writer->error, ABSCOPAL_BAD_INPUT, NULL, 0, 0, "libSBML cannot read the formula '%s': %s",
                      writer->text, SBML_getLastParseL3Error());
    if (formula != NULL)
        declare_plain_numbers(formula);
    return formula;
}

void sbml_name_expand(struct sbml_writer *writer, const struct sbml_place *place, const char *pattern, char *name,
                      size_t size)
{
    FILE *stream = fmemopen(name, size, "w");
    name[0] = name[size - 1] = '\0';
    if (stream == NULL) {
        sbml_fail(writer, ABSCOPAL_NO_MEMORY);
        return;
    }
    sbml_expand(&writer->patient, place, pattern, stream, NULL, NULL);
    fclose(stream);
    name[size - 1] = '\0';
}

/* ---- Parameters ------------------------------------------------------------------------------------- */

void sbml_add_parameter(struct sbml_writer *writer, const char *id, const char *unit, double value, bool fixed,
                        const char *name)
{
    char unit_id[SBML_ID_SIZE];
    sbml_unit_define(writer, unit, strlen(unit), unit_id);
    Parameter_t *parameter = Model_createParameter(writer->sbml);
    Parameter_setId(parameter, id);
    Parameter_setName(parameter, name);
    Parameter_setUnits(parameter, unit_id);
    Parameter_setConstant(parameter, fixed);
    if (!isnan(value))
        Parameter_setValue(parameter, value);
}

/* The flux of that name, such as lesion1_flux_cancer_growth. */
static bool find_flux(const struct sbml_writer *writer, const char *id, struct flux_description *flux)
{
    const struct model *model = writer->request->model;
    for (int i = 0; i < model_flux_count(model); i++) {
        char lesion[24] = "", name[SBML_NAME_SIZE];
        *flux = model_flux_describe(model, i);
        if (flux->lesion >= 0)
            snprintf(lesion, sizeof lesion, "lesion%d_", flux->lesion + 1);
        snprintf(name, sizeof name, "%sflux_%s_%s", lesion,
                 flux->drug >= 0 ? writer->patient.drugs[flux->drug] : flux->kind, flux->name);
        if (strcmp(name, id) == 0)
            return true;
    }
    return false;
}

static void add_row(struct sbml_writer *writer, const struct sbml_place *place, const struct sbml_formula *row,
                    bool fixed)
{
    char id[SBML_NAME_SIZE], meaning[256], name[sizeof meaning + 32];
    struct flux_description flux = {.kind = "", .name = "", .unit = "1", .meaning = "", .drug = -1};
    sbml_name_expand(writer, place, row->id, id, sizeof id);
    if (row->unit == NULL && !find_flux(writer, id, &flux))
        sbml_fail(writer, error_set(writer->error, ABSCOPAL_BAD_INPUT, NULL, 0, 0, "there is no flux '%s'", id));
    if (row->meaning == NULL)
        snprintf(meaning, sizeof meaning, "%s %s, %s", flux.drug >= 0 ? writer->patient.drugs[flux.drug] : flux.kind,
                 flux.name, flux.meaning);
    else
        sbml_name_expand(writer, place, row->meaning, meaning, sizeof meaning);
    if (place->lesion >= 0)
        snprintf(name, sizeof name, "lesion %d: %s", place->lesion + 1, meaning);
    else
        snprintf(name, sizeof name, "%s", meaning);
    sbml_add_parameter(writer, id, row->unit != NULL ? row->unit : flux.unit, NAN, fixed, name);
    ASTNode_t *formula = sbml_formula_read(writer, place, row->formula);
    if (fixed) {
        InitialAssignment_t *assignment = Model_createInitialAssignment(writer->sbml);
        InitialAssignment_setSymbol(assignment, id);
        InitialAssignment_setMath(assignment, formula);
    } else {
        Rule_t *rule = Model_createAssignmentRule(writer->sbml);
        Rule_setVariable(rule, id);
        Rule_setMath(rule, formula);
    }
    ASTNode_free(formula);
}

void sbml_add_constant(struct sbml_writer *writer, const struct sbml_place *place, const struct sbml_formula *row)
{
    add_row(writer, place, row, true);
}

void sbml_add_quantity(struct sbml_writer *writer, const struct sbml_place *place, const struct sbml_formula *row)
{
    add_row(writer, place, row, false);
}
