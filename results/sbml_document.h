/* The model of one patient and what is given as an SBML document (Level 3 Version 1 Core). */
#ifndef ABSCOPAL_RESULTS_SBML_DOCUMENT_H
#define ABSCOPAL_RESULTS_SBML_DOCUMENT_H

#include "abscopal.h"
#include "results/sbml_expand.h"
#include "solver/course.h"

struct sbml_request {
    const struct model *model;         /* infusions running at day 0 included */
    const double *state;               /* at day 0, before its events */
    const struct course_event *events; /* sorted */
    size_t event_count;
    const char *name;         /* of the model, for people */
    const char *const *notes; /* paragraphs for people, NULL at the end */
};

/* The document as text, which the caller frees with free(), and what libSBML's check of its consistency says,
 * unless `check` is NULL. NULL with
 * ABSCOPAL_BAD_INPUT (a lesion has two fractions at one time), or ABSCOPAL_NO_MEMORY. */
char *sbml_document_text(const struct sbml_request *request, struct abscopal_sbml_check *check,
                         struct abscopal_error *error);

/* The identifier of a state, such as lesion1_cancer_cells. */
void sbml_state_id(const struct sbml_patient *patient, int state, char id[SBML_NAME_SIZE]);

/* Rounds of Newton's method that the binding equilibrium of the node takes at most, with one to spare. */
int sbml_costimulation_rounds(const struct model *model);

#endif
