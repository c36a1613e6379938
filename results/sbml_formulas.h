/* The model's equations as formulas, for SBML: a second writing of what the headers of model/ compute, held to them by
 * tests/check_sbml.py. Patterns are expanded for a patient (results/sbml_expand.h):
 *     @        lesion1_, lesion2_, ...: the row stands once for each lesion
 *     #        the drug's identifier and _: once for each drug
 *     %        cd8 or treg: once for each kind of T cell; ~ is then the antigen that drives it
 *     ~        self or neo: once for each antigen; % is then the kind of T cell that it drives
 *     $        0, 1, ...: once for each round of an iteration, & being the number of the next; in the formula of a row
 *              that has neither in its name, that of the last
 *     |        radiotherapy1_lesion1_, ...: once for each field of radiotherapy; @ is then its lesion
 *     [unit]   the unit of the number before it
 *     {+lesions:x}  + x of every lesion; {+pd1:x}, {+pdl1:x}, {+ctla4:x} of every drug against that target;
 *              {-lesions:x}, ... subtract; a sum that begins with + begins without it
 *     {?when:x}     x where the condition holds
 * A condition is a list of words, all of which must hold, or with ! in front must not: the name of a model option;
 * published (the preset), ctla4 (some drug is against it), radiotherapy (there is some); of a drug pd1, pdl1, against
 * (any of these two) or saturates. */
#ifndef ABSCOPAL_RESULTS_SBML_FORMULAS_H
#define ABSCOPAL_RESULTS_SBML_FORMULAS_H

#include <stddef.h>

struct sbml_formula {
    const char *id;
    const char *unit;    /* NULL: that of the flux or state of that name */
    const char *when;    /* NULL: always */
    const char *formula; /* the same units */
    const char *meaning; /* NULL: that of the flux or state of that name */
};

struct sbml_formula_table {
    const struct sbml_formula *rows;
    size_t count;
};
#define SBML_TABLE(array) ((struct sbml_formula_table){(array), sizeof(array) / sizeof *(array)})

/* Functions, whose formulas are lambdas; constants that follow from parameters; quantities that follow from the state
 * at any time, named fluxes among them; and the rates of states. Order does not matter: formulas name each other. */
struct sbml_formula_table sbml_functions(void);
struct sbml_formula_table sbml_constants(void);
struct sbml_formula_table sbml_quantities(void);
struct sbml_formula_table sbml_lesion_quantities(void);
struct sbml_formula_table sbml_drug_quantities(void);
struct sbml_formula_table sbml_rates(void);

/* Constants and quantities of fields of radiotherapy; and what a fraction does to the lesion in the field. */
struct sbml_formula_table sbml_field_constants(void);
struct sbml_formula_table sbml_field_quantities(void);
struct sbml_formula_table sbml_fraction_changes(void);

#endif
