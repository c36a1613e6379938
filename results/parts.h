/* Finished parts of a work that is not: a folder beside the file that is to come, in which every part has a file of its
 * own, so that nothing is lost when the work is stopped, and a file `signature` that says what all of it depends on. */
#ifndef ABSCOPAL_RESULTS_PARTS_H
#define ABSCOPAL_RESULTS_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "abscopal.h"

struct parts {
    char *folder;     /* OUTPUT.parts; NULL: nothing is kept */
    char *signature;  /* what stands there */
    const char *kind; /* of a part, such as "block": the first word of its name, and with an s what messages say */
    const char *work; /* what they are parts of, such as "run" */
    const char *ending;
};

enum parts_use {
    PARTS_BEGIN,   /* there must be no such folder */
    PARTS_GO_ON,   /* it is used if it is there and of this signature */
    PARTS_EXISTING /* it must be there; its signature is not compared */
};

/* Opens the folder, and makes it unless it is to exist, for lines of text that say all that the parts depend on. Of
 * `parts`, kind, work and ending are given. Returns ABSCOPAL_BAD_INPUT (the folder is there, or not, or of another
 * signature: the message has the first line that differs), ABSCOPAL_OUTPUT_FAILED, ABSCOPAL_NO_MEMORY or ABSCOPAL_OK;
 * on error there is nothing to close. */
enum abscopal_status parts_open(struct parts *parts, const char *output, const char *signature, enum parts_use use,
                                struct abscopal_error *error);
void parts_close(struct parts *parts);

/* Path of a part, to be freed; NULL without memory. */
char *parts_path(const struct parts *parts, size_t part);
bool parts_have(const struct parts *parts, size_t part);

/* What a part is of, to be freed: the signature and its number, for a seal (results/seal.h). NULL without memory. */
char *parts_seal(const struct parts *parts, size_t part);

/* Whether a part is there, sealed as this one and as it was then. */
bool parts_hold(const struct parts *parts, size_t part);

/* Removes the folder with its parts, once the whole is in place. */
void parts_remove(const struct parts *parts);

#endif
