/* YAML input: a file as a tree of nodes that know their line and column, and getters that check what they get.
 *
 * libfyaml reads the syntax; we take its events, since they carry the place of every node, and build a small tree of
 * our own. What a trial or cohort file has no use for is an error rather than ignored: a second document, tags, merge
 * keys, keys that are not plain words, the same key twice. Aliases are resolved.
 *
 * Errors stick: the first one is kept in the document (and in the caller's struct abscopal_error), and from then on
 * every getter returns 0, false or NULL at once. So a reader gets its values in a row and looks at `status` before it
 * uses them. */
#ifndef ABSCOPAL_PROTOCOLS_YAML_H
#define ABSCOPAL_PROTOCOLS_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "abscopal.h"

struct named_texts;

enum yaml_kind { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };

struct yaml_node {
    enum yaml_kind kind;
    int line, column;  /* from 1 */
    char *text;        /* of a scalar; "" when it is empty */
    size_t start, end; /* bytes [start, end) of the file's text that a scalar's text stands in, quotes left out */
    /* The items of a sequence; of a mapping, key and value in turn. Not owned: an alias is the node itself. */
    struct yaml_node **items;
    size_t item_count, item_capacity;
    struct yaml_node *next_made; /* all nodes of the document, to free them */
};

struct yaml_document {
    char *path;
    char *text; /* the file as given */
    const struct yaml_node *root;
    struct yaml_node *made;
    enum abscopal_status status;
    struct abscopal_error *error;
    const struct named_texts *stored; /* stand for the files that this one names; NULL: these are read */
};

/* Deepest nesting, most keys in a mapping and most anchors; protocols/file_read.h has the largest file. */
enum { YAML_DEEPEST = 16, YAML_MOST_KEYS = 1000, YAML_MOST_ANCHORS = 1000 };

/* Reads the file; the root is a mapping. On failure returns the status, with the place, and the document is empty but
 * for status and error. `error` may be NULL and must outlive the document. */
enum abscopal_status yaml_read(const char *path, struct yaml_document *document, struct abscopal_error *error);
/* The same of a text, such as a file's with values of its own (protocols/vary.h); messages name the path. */
enum abscopal_status yaml_read_text(const char *path, const char *text, struct yaml_document *document,
                                    struct abscopal_error *error);
void yaml_free(struct yaml_document *document);

/* The file's text, path or any copy, handed to the caller; NULL (as an error) when there is no memory. */
char *yaml_copy(struct yaml_document *document, const char *text);
/* A path relative to the folder of the document's file, which stands at that node, as one relative to the working
 * directory; as yaml_copy. Fails, too, when the document may not name that file (file_allowed), unless texts stand for
 * files. */
char *yaml_path_beside(struct yaml_document *document, const struct yaml_node *node, const char *path);
/* A zeroed array, as calloc; NULL with the error set when there is no memory or count is 0. */
void *yaml_allocate(struct yaml_document *document, size_t count, size_t size);

/* Records an error at the node (NULL: of the whole file) unless there is one already; returns the status. */
__attribute__((format(printf, 3, 4))) enum abscopal_status
yaml_fail(struct yaml_document *document, const struct yaml_node *node, const char *format, ...);

/* ---- Mappings. `what` says in messages what the mapping is, such as "a drug treatment". */

/* Fails unless the node is a mapping whose keys are all among the known ones: with the nearest one and, if these are
 * few or none is near, all. */
void yaml_check_keys(struct yaml_document *document, const struct yaml_node *mapping, const char *what,
                     const char *const *known, size_t known_count);
/* The value of the key, or NULL without failing. */
const struct yaml_node *yaml_find(const struct yaml_node *mapping, const char *key);
/* The same, failing when the key is missing; the message ends with `write`, an example of the whole entry. */
const struct yaml_node *yaml_require(struct yaml_document *document, const struct yaml_node *mapping, const char *what,
                                     const char *key, const char *write);

/* ---- Values. `name` says in messages what the value is, mostly the key. A NULL node returns 0, false or NULL. */

/* A line of text of 1 to 200 bytes, borrowed from the document. */
const char *yaml_text(struct yaml_document *document, const struct yaml_node *node, const char *name);
/* A quantity, converted to that unit ("" or "1" for a pure number). */
double yaml_quantity(struct yaml_document *document, const struct yaml_node *node, const char *name, const char *unit);
/* The same, within [lower, upper]. */
double yaml_quantity_within(struct yaml_document *document, const struct yaml_node *node, const char *name,
                            const char *unit, double lower, double upper);
/* The same, more than 0 and at most upper. */
double yaml_quantity_positive(struct yaml_document *document, const struct yaml_node *node, const char *name,
                              const char *unit, double upper);
long long yaml_integer_within(struct yaml_document *document, const struct yaml_node *node, const char *name,
                              long long lower, long long upper);
bool yaml_boolean(struct yaml_document *document, const struct yaml_node *node, const char *name);
/* Which of the names the text is; 0 and failing when none, with the nearest name and, if there are few, all. */
size_t yaml_choice(struct yaml_document *document, const struct yaml_node *node, const char *name,
                   const char *const *choices, size_t choice_count);
/* Number of items of a sequence that must have 1 to `most`; 0 on failure. */
size_t yaml_list(struct yaml_document *document, const struct yaml_node *node, const char *name, size_t most);

#endif
