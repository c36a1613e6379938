/* Reading what a trial file says beside its arms: imaging, response criteria, who may take part, who is in which arm,
 * and what was published of a real trial. Parts of the trial file's reader; on failure the document's status says so.
 */
#ifndef ABSCOPAL_PROTOCOLS_TRIAL_DESIGN_H
#define ABSCOPAL_PROTOCOLS_TRIAL_DESIGN_H

#include "protocols/trial_file.h"
#include "protocols/yaml.h"

/* Needs the horizon. */
void trial_design_read_imaging(struct yaml_document *document, struct trial_file *trial);

void trial_design_read_response(struct yaml_document *document, struct trial_file *trial);

/* `eligibility` and `allocation`; needs the arms. */
void trial_design_read_patients(struct yaml_document *document, struct trial_file *trial);

/* `strata` of an allocation, there or elsewhere; a missing node is none. The strata are to be freed with free. */
void trial_design_read_strata(struct yaml_document *document, const struct yaml_node *node,
                              struct allocation *allocation);

/* `registry`, `setting`, `left_out` and `observed`; needs the arms. */
void trial_design_read_published(struct yaml_document *document, struct trial_file *trial);

void trial_design_free(struct trial_file *trial);

#endif
