#include "protocols/drug_file.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/units.h"
#include "protocols/yaml.h"

enum { LONGEST_NAME = 40, CONSTANT_COUNT = 15 };

#define MEMBER(name) offsetof(struct antibody, name)

/* The ranges are wide: from antibody fragments to IgM, and from what hardly moves to what is gone in minutes. */
/* clang-format off */
static const struct drug_constant constants[CONSTANT_COUNT] = {
    {"molar_mass", "g/mol", 1e3, 1e6, false, false, 1, MEMBER(molar_mass_g_per_mol), "146000 g/mol",
     "of the antibody"},
    {"peripheral_flow", "L/d", 0, 1e3, false, false, 1, MEMBER(peripheral_flow_l_per_d), "0.7 L/d",
     "permeability-surface flow between blood and peripheral tissue"},
    {"tumour_flow", "L/d", 0, 1e3, false, false, 1, MEMBER(tumour_flow_l_per_d), "0.0074 L/d",
     "permeability-surface flow between blood and a lesion of 3 cm"},
    {"node_flow", "L/d", 0, 1e3, false, false, 1, MEMBER(node_flow_l_per_d), "0.00028 L/d",
     "permeability-surface flow between blood and the draining nodes"},
    {"lymphatic_drainage", "1/d", 0, 1e3, false, false, 1, MEMBER(lymphatic_drainage_per_d), "2.2 /d",
     "of lesions and nodes"},
    {"clearance", "L/d", 0, 1e3, false, false, 1, MEMBER(clearance_l_per_d), "0.3 L/d",
     "linear, from blood"},
    {"saturable_clearance", "nmol/d", 0, 1e6, true, true, 1, MEMBER(saturable_clearance_nmol_per_d), "5.6 nmol/d",
     "from blood, at saturation"},
    {"saturable_half", "nM", 0, 1e6, true, true, 1, MEMBER(saturable_half_nanomolar), "1.7 nM",
     "blood concentration at half of it"},
    {"gamma_blood", "1", 0, 1, true, false, 1, MEMBER(gamma_blood), "0.61",
     "share of blood that the drug can enter"},
    {"gamma_peripheral", "1", 0, 1, true, false, 1, MEMBER(gamma_peripheral), "0.05",
     "share of peripheral tissue that the drug can enter"},
    {"gamma_tumour", "1", 0, 1, true, false, 1, MEMBER(gamma_tumour), "0.52",
     "share of a lesion that the drug can enter"},
    {"gamma_node", "1", 0, 1, true, false, 1, MEMBER(gamma_node), "0.2",
     "share of the nodes that the drug can enter"},
    /* Per molar and second, in which it is published, is 86400e-9 per nanomolar and day. */
    {"on_rate", "1/M/s", 1, 1e10, false, false, 86400 * 1e-9, MEMBER(on_rate_per_nanomolar_d), "5e5 /M/s",
     "of one arm to the target"},
    {"dissociation", "nM", 0, 1e6, true, false, 1, MEMBER(dissociation_nanomolar), "4 nM",
     "of one arm from the target: its constant in solution"},
    {"cross_arm", "1", 0, 1e6, false, false, 1, MEMBER(cross_arm_3d), "100",
     "chi: binding of the second arm over that of the first, before division by the synapse's width; 0 for one arm"},
};
/* clang-format on */

static const char *const target_names[ANTIBODY_TARGET_COUNT] = {
    [TARGET_PD1] = "PD-1",
    [TARGET_PDL1] = "PD-L1",
    [TARGET_CTLA4] = "CTLA-4",
};

const struct drug_constant *drug_constant_describe(size_t index)
{
    return index < CONSTANT_COUNT ? &constants[index] : NULL;
}

static double *constant_of(struct antibody *drug, const struct drug_constant *constant)
{
    return (double *)((char *)drug + constant->member);
}

double drug_constant_get(const struct antibody *drug, const struct drug_constant *constant)
{
    double value;
    memcpy(&value, (const char *)drug + constant->member, sizeof value);
    return value / constant->model_unit;
}

const char *drug_target_name(enum antibody_target target)
{
    return (unsigned)target < ANTIBODY_TARGET_COUNT ? target_names[target] : NULL;
}

/* The name becomes part of column names, so it must be a plain word. */
static char *name_read(struct yaml_document *document, const struct yaml_node *node)
{
    const char *name = yaml_text(document, node, "name");
    if (name == NULL)
        return NULL;
    bool plain = isalpha((unsigned char)name[0]) != 0;
    for (const char *at = name; *at != '\0'; at++)
        plain = plain && (unsigned char)*at < 0x80 && (isalnum((unsigned char)*at) || *at == '-' || *at == '_');
    if (plain && strlen(name) <= LONGEST_NAME)
        return yaml_copy(document, name);
    yaml_fail(document, node,
              "name: '%.64s' must be a word of at most %d letters, digits, '-' and '_' that starts with a letter", name,
              LONGEST_NAME);
    return NULL;
}

static double within_read(struct yaml_document *document, const struct yaml_node *node,
                          const struct drug_constant *constant)
{
    if (constant->lower_excluded)
        return yaml_quantity_positive(document, node, constant->name, constant->unit, constant->upper);
    return yaml_quantity_within(document, node, constant->name, constant->unit, constant->lower, constant->upper);
}

/* A kilogram is one of the patient everywhere else, but nobody means that by kg/mol. */
static double molar_mass_read(struct yaml_document *document, const struct yaml_node *node,
                              const struct drug_constant *constant)
{
    char problem[UNIT_TEXT_SIZE];
    struct unit kilograms;
    struct quantity quantity;
    if (node == NULL || node->kind != YAML_SCALAR || !unit_parse("kg/mol", &kilograms, problem) ||
        !quantity_parse(node->text, &quantity, problem) || !unit_same_dimension(&quantity.unit, &kilograms))
        return within_read(document, node, constant);
    return 1e3 *
           yaml_quantity_within(document, node, constant->name, "kg/mol", constant->lower / 1e3, constant->upper / 1e3);
}

static void constants_read(struct yaml_document *document, const char *what, struct antibody *drug)
{
    for (size_t i = 0; i < CONSTANT_COUNT; i++) {
        const struct drug_constant *constant = &constants[i];
        char example[96];
        snprintf(example, sizeof example, "%s: %s", constant->name, constant->example);
        const struct yaml_node *node = constant->optional
                                           ? yaml_find(document->root, constant->name)
                                           : yaml_require(document, document->root, what, constant->name, example);
        double value = constant->member == MEMBER(molar_mass_g_per_mol) ? molar_mass_read(document, node, constant)
                                                                        : within_read(document, node, constant);
        *constant_of(drug, constant) = value * constant->model_unit;
    }
    const struct yaml_node *most = yaml_find(document->root, "saturable_clearance");
    const struct yaml_node *half = yaml_find(document->root, "saturable_half");
    if (most != NULL && half == NULL)
        yaml_fail(document, most, "'saturable_clearance' needs 'saturable_half', the concentration at half of it");
    else if (half != NULL && most == NULL)
        yaml_fail(document, half, "'saturable_half' needs 'saturable_clearance', what is cleared at saturation");
}

static enum antibody_target target_read(struct yaml_document *document, const struct yaml_node *node)
{
    /* PD-L1 stands first so that PDL-1 is not taken for a misspelt PD-1. */
    static const enum antibody_target targets[] = {TARGET_PDL1, TARGET_PDL1,  TARGET_PD1,
                                                   TARGET_PD1,  TARGET_CTLA4, TARGET_CTLA4};
    static const char *const names[] = {"PD-L1", "PDL1", "PD-1", "PD1", "CTLA-4", "CTLA4"};
    return targets[yaml_choice(document, node, "target", names, sizeof names / sizeof *names)];
}

static void drug_read(struct yaml_document *document, struct antibody *drug)
{
    static const char *const what = "the drug";
    const char *keys[CONSTANT_COUNT + 3] = {"name", "target"};
    for (size_t i = 0; i < CONSTANT_COUNT; i++)
        keys[2 + i] = constants[i].name;
    keys[CONSTANT_COUNT + 2] = "source";
    yaml_check_keys(document, document->root, what, keys, sizeof keys / sizeof *keys);
    const struct yaml_node *name = yaml_require(document, document->root, what, "name", "name: my-antibody");
    drug->name = name_read(document, name);
    const struct yaml_node *target = yaml_require(document, document->root, what, "target", "target: PD-1");
    drug->target = target_read(document, target);
    constants_read(document, what, drug);
    const struct yaml_node *source =
        yaml_require(document, document->root, what, "source", "source: Bajaj 2017 PMID 28019091");
    drug->source = yaml_copy(document, yaml_text(document, source, "source"));
}

/* Of a document as read, which it frees. */
static enum abscopal_status document_read(struct yaml_document *document, struct antibody *drug, char **text)
{
    drug_read(document, drug);
    if (text != NULL)
        *text = yaml_copy(document, document->text);
    const enum abscopal_status status = document->status;
    yaml_free(document);
    if (status != ABSCOPAL_OK)
        drug_file_free(drug);
    return status;
}

enum abscopal_status drug_file_read(const char *path, struct antibody *drug, char **text, struct abscopal_error *error)
{
    struct yaml_document document;
    *drug = (struct antibody){.name = NULL};
    const enum abscopal_status status = yaml_read(path, &document, error);
    return status == ABSCOPAL_OK ? document_read(&document, drug, text) : status;
}

enum abscopal_status drug_file_read_text(const char *path, const char *text, struct antibody *drug,
                                         struct abscopal_error *error)
{
    struct yaml_document document;
    *drug = (struct antibody){.name = NULL};
    const enum abscopal_status status = yaml_read_text(path, text, &document, error);
    return status == ABSCOPAL_OK ? document_read(&document, drug, NULL) : status;
}

void drug_file_free(struct antibody *drug)
{
    free((char *)drug->name); /* the library's are constants; these are copies */
    free((char *)drug->source);
    *drug = (struct antibody){.name = NULL};
}
