/* Reading one treatment of an arm; a part of the trial file's reader. */
#ifndef ABSCOPAL_PROTOCOLS_TREATMENT_H
#define ABSCOPAL_PROTOCOLS_TREATMENT_H

#include "protocols/input_keys.h"
#include "protocols/trial_file.h"
#include "protocols/yaml.h"

/* Reads and checks the `index`-th item of the list `treatments` of an arm, whose earlier treatments have been read.
 * Uses the trial's preset, drugs, cohort, horizon and imaging, which must have been read. On failure the document's
 * status says so. */
void treatment_read(struct yaml_document *document, const struct yaml_node *treatments, const struct trial_file *trial,
                    const struct arm *arm, size_t index, struct treatment *treatment);

/* What each kind has of its own. Parts of treatment_read. */
void treatment_read_drug(struct yaml_document *document, const struct yaml_node *node, const struct trial_file *trial,
                         struct treatment *treatment);
void treatment_read_radiotherapy(struct yaml_document *document, const struct yaml_node *node,
                                 const struct trial_file *trial, struct treatment *treatment);

/* The shortest time between doses, or between days with radiotherapy; 0 when there is one of them. */
double treatment_shortest_interval(const struct treatment *treatment);

/* Several fractions on one day: `per_day` and `apart`. Before the count is read. */
void treatment_read_per_day(struct yaml_document *document, const struct yaml_node *node, struct treatment *treatment);

/* An infusion has to be over before the next begins. After the intervals have been read. */
void treatment_check_infusion(struct yaml_document *document, const struct yaml_node *node,
                              const struct treatment *treatment);

/* A quantity, or a list of them: the last goes on, those before it come first. Returns the last, in the unit. */
double treatment_read_steps(struct yaml_document *document, const struct yaml_node *node, const char *name,
                            const struct input_value *value, struct dose_steps *first);

#endif
