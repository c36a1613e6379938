/* Classes of patients by PD-L1 on their cancer cells, as trials report their outcomes. */
#ifndef ABSCOPAL_COHORTS_PDL1_CLASSES_H
#define ABSCOPAL_COHORTS_PDL1_CLASSES_H

#include "cohorts/cohort_file.h"
#include "protocols/input_keys.h"

extern const struct input_mapping pdl1_class_keys;
extern const struct input_value pdl1_classes_value;

/* Reads 'pdl1_classes' of a cohort file. On failure the document's status says so. */
void pdl1_classes_read(struct yaml_document *document, struct cohort *cohort);
void pdl1_classes_free(struct cohort *cohort);

/* The class, from 0, of a patient with so many molecules on a cancer cell; -1 when the cohort has no classes. */
int pdl1_class_of(const struct cohort *cohort, double pdl1_per_cancer_cell);

#endif
