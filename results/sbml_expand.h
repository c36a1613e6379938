/* From the patterns of results/sbml_formulas.h to formulas of one patient. */
#ifndef ABSCOPAL_RESULTS_SBML_EXPAND_H
#define ABSCOPAL_RESULTS_SBML_EXPAND_H

#include <stdbool.h>
#include <stdio.h>

#include "model/model.h"

enum { SBML_ID_SIZE = 64, SBML_NAME_SIZE = 192 };

/* What patterns are expanded for. */
struct sbml_patient {
    const struct model *model;
    char drugs[MODEL_MAX_DRUGS][SBML_ID_SIZE]; /* identifiers */
    bool radiotherapy;
    int rounds; /* of the iteration for co-stimulation */
};

/* Where a pattern is expanded: what its characters stand for. */
struct sbml_place {
    int lesion, drug; /* from 0, or -1 */
    int kind;         /* 0: CD8 cells and neo-antigen; 1: Tregs and self antigen */
    int round;
    int course; /* of a field, from 1; 0: no field */
};

/* The identifiers of the model's drugs: their names, with _ for what an identifier may not have. */
void sbml_patient_name_drugs(struct sbml_patient *patient);

/* The identifier of a unit such as "um^2/molecule/d". */
void sbml_unit_id(const char *unit, size_t length, char id[SBML_ID_SIZE]);

/* Whether the condition holds there; NULL always does. */
bool sbml_holds(const struct sbml_patient *patient, const struct sbml_place *place, const char *when);

/* Writes the pattern expanded. Units met are passed on, so that they can be defined. */
typedef void sbml_unit_met(const char *unit, size_t length, void *context);
void sbml_expand(const struct sbml_patient *patient, const struct sbml_place *place, const char *pattern, FILE *stream,
                 sbml_unit_met *met, void *context);

/* The first place for a row of that name, and the one after a place; false past the last. Fields are not gone
 * through. */
bool sbml_place_first(const struct sbml_patient *patient, const char *id, struct sbml_place *place);
bool sbml_place_next(const struct sbml_patient *patient, const char *id, struct sbml_place *place);

#endif
