/* Input files with other values in some places: a number, or any other single value such as a word, is found by its
 * path and its text replaced where it stands, so that comments and layout stay, and the ordinary readers check what
 * comes of it.
 *
 * A path is the way from the root of the file, its steps divided by slashes: a mapping's keys, and of a list the
 * position from 0 or, where items have a `name` or an `id`, that: "parameters/killing_rate/median",
 * "arms/1/treatments/0/start", "arms/8 Gy x 3/treatments/0/start". A slash within a step is written ~1, a tilde ~0 (as
 * in JSON Pointer, RFC 6901). An alias stands for what it names: a change there changes all its places. */
#ifndef ABSCOPAL_PROTOCOLS_VARY_H
#define ABSCOPAL_PROTOCOLS_VARY_H

#include "protocols/yaml.h"

enum { VARY_PROBLEM_SIZE = 512, VARY_NUMBER_SIZE = 320 };

/* The scalar at the path, or NULL with what is wrong, the nearest name included, in `problem` (VARY_PROBLEM_SIZE). */
const struct yaml_node *vary_find(const struct yaml_document *document, const char *path, char *problem);

/* The same, where the scalar must be a quantity such as "18 /d"; its value in `unit` becomes *value. False with what is
 * wrong in `problem`. */
bool vary_find_number(const struct yaml_document *document, const char *path, const char *unit, double *value,
                      char *problem);

/* Text for a scalar: the value with as few digits as read back the same, and the unit ("" or "1": none). */
void vary_number_text(double value, const char *unit, char text[VARY_NUMBER_SIZE]);

struct vary_change {
    const char *path, *text;
};

/* The document's text with these changes, to be freed, each of another scalar. NULL with what is wrong in `problem`: a
 * path that is not there, two of the same scalar, a text that the file's syntax takes for something else, no memory
 * ("out of memory"). */
char *vary_text(const struct yaml_document *document, const struct vary_change *changes, size_t count, char *problem);

#endif
