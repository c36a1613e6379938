/* The keys of input files as tables: what each is called, what it may hold and what it means. Readers take from them
 * the keys that are known and the ranges that values must lie in, and results/schema.c a JSON Schema, so that the two
 * say the same. */
#ifndef ABSCOPAL_PROTOCOLS_INPUT_KEYS_H
#define ABSCOPAL_PROTOCOLS_INPUT_KEYS_H

#include "protocols/yaml.h"

enum value_kind {
    VALUE_TEXT,     /* one line */
    VALUE_QUANTITY, /* in `unit`, from lower (or above it) to upper */
    VALUE_INTEGER,  /* from lower to upper */
    VALUE_BOOLEAN,  /* true or false */
    VALUE_SWITCH,   /* on or off */
    VALUE_CHOICE,   /* one of `choices`, or of `named` */
    VALUE_LIST,     /* `least` to `most` times `item` */
    VALUE_MAPPING,  /* with the keys of `mapping` */
    VALUE_NAMED     /* a mapping from names that are known elsewhere, `named`, or from any (NULL), to `item` */
};

struct input_mapping;

/* A name that a table elsewhere holds, such as that of a parameter. */
struct input_name {
    const char *name, *meaning; /* NULL: there are no more */
};

struct input_value {
    enum value_kind kind;
    const char *unit;
    double lower, upper;
    bool above; /* more than lower, which is 0 */
    const char *const *choices;
    size_t choice_count;
    const struct input_value *item;
    size_t least, most;
    const struct input_mapping *mapping;
    struct input_name (*named)(size_t index); /* NULL in VALUE_NAMED: any name */
    const struct input_value *instead;        /* what it may be instead; NULL: nothing else */
};

/* What is needed with certain others alone counts as optional. */
enum key_presence { KEY_OPTIONAL, KEY_NEEDED };

struct input_key {
    const char *name;
    const char *meaning; /* one line */
    const struct input_value *value;
    enum key_presence presence;
};

/* `what` says in messages what the mapping is, such as "a drug treatment". */
struct input_mapping {
    const char *what;
    const struct input_key *keys;
    size_t key_count;
};

/* Most keys of a mapping in these tables. */
enum { INPUT_MOST_KEYS = 32 };

/* Fails unless the node is a mapping with these keys alone; see yaml_check_keys. */
void input_keys_check(struct yaml_document *document, const struct yaml_node *node,
                      const struct input_mapping *mapping);

/* What the table says of a key, which must be in it. */
const struct input_value *input_value_of(const struct input_mapping *mapping, const char *key);

/* That, or what may stand instead of it, of that kind; of quantities in that unit. NULL without. */
const struct input_value *input_value_find(const struct input_value *value, enum value_kind kind, const char *unit);

/* The value of a key that may be missing, checked against its row; `otherwise` when it is. Named by the key in
 * messages. */
double input_quantity(struct yaml_document *document, const struct yaml_node *node, const struct input_mapping *mapping,
                      const char *key, double otherwise);
int input_integer(struct yaml_document *document, const struct yaml_node *node, const struct input_mapping *mapping,
                  const char *key, int otherwise);

/* The same of any node, with a row and a name for messages; NULL returns 0. */
double input_quantity_read(struct yaml_document *document, const struct yaml_node *node, const char *name,
                           const struct input_value *value);
size_t input_choice_read(struct yaml_document *document, const struct yaml_node *node, const char *name,
                         const struct input_value *value);

#endif
