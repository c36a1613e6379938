/* Putting together an SBML document; shared by the files that do. */
#ifndef ABSCOPAL_RESULTS_SBML_PARTS_H
#define ABSCOPAL_RESULTS_SBML_PARTS_H

#include <sbml/SBMLTypes.h>

#include "results/sbml_document.h"
#include "results/sbml_formulas.h"

struct sbml_writer {
    const struct sbml_request *request;
    struct sbml_patient patient;
    Model_t *sbml;
    struct abscopal_error *error;
    enum abscopal_status status; /* the first that was not good */
    char *text;                  /* of the formula at hand */
    size_t text_size;
    FILE *stream; /* into it */
};

/* The first status that is not good stays. */
void sbml_fail(struct sbml_writer *writer, enum abscopal_status status);

/* A formula of the model's, expanded and read; NULL, with the writer's status set, when it cannot be. The caller frees
 * it with ASTNode_free. */
ASTNode_t *sbml_formula_read(struct sbml_writer *writer, const struct sbml_place *place, const char *pattern);

/* An expanded name; cut at its size. */
void sbml_name_expand(struct sbml_writer *writer, const struct sbml_place *place, const char *pattern, char *name,
                      size_t size);

/* The unit's identifier; the unit is defined by the first that needs it. */
void sbml_unit_define(struct sbml_writer *writer, const char *unit, size_t length, char id[SBML_ID_SIZE]);

/* A parameter of that value, NaN for none; of a variable the value is that of day 0. */
void sbml_add_parameter(struct sbml_writer *writer, const char *id, const char *unit, double value, bool fixed,
                        const char *name);

/* Constants with the formulas of their values, and quantities with their rules. */
void sbml_add_constant(struct sbml_writer *writer, const struct sbml_place *place, const struct sbml_formula *row);
void sbml_add_quantity(struct sbml_writer *writer, const struct sbml_place *place, const struct sbml_formula *row);

/* What is given, and the deaths of lesions' last cells, as events, with the parameters that these need. */
void sbml_add_fields(struct sbml_writer *writer);
void sbml_add_events(struct sbml_writer *writer);

#endif
