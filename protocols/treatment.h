/* Reading one treatment of an arm; a part of the trial file's reader. */
#ifndef ABSCOPAL_PROTOCOLS_TREATMENT_H
#define ABSCOPAL_PROTOCOLS_TREATMENT_H

#include "protocols/trial_file.h"
#include "protocols/yaml.h"

/* Reads and checks one item of `treatments`. Uses the trial's preset, drugs, cohort and horizon, which must have been
 * read. On failure the document's status says so. */
void treatment_read(struct yaml_document *document, const struct yaml_node *node, const struct trial_file *trial,
                    struct treatment *treatment);

#endif
