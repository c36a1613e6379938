/* The files that a trial file names, besides its cohort. */
#ifndef ABSCOPAL_PROTOCOLS_TRIAL_REFERENCES_H
#define ABSCOPAL_PROTOCOLS_TRIAL_REFERENCES_H

#include "protocols/yaml.h"

struct trial_reference {
    char place[64];   /* protocols/vary.h */
    const char *path; /* as written: relative to the trial file's folder; the document's */
};

/* Drug files and records of treatments, in the order in which they stand: fills references[most] and returns how many
 * there are, which may be more. */
size_t trial_references(const struct yaml_document *document, struct trial_reference *references, size_t most);

#endif
