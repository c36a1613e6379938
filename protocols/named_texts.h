/* Texts of files by the names that another file gives them: what came of a trial can be read without its files. */
#ifndef ABSCOPAL_PROTOCOLS_NAMED_TEXTS_H
#define ABSCOPAL_PROTOCOLS_NAMED_TEXTS_H

#include <stdbool.h>
#include <stddef.h>

struct named_text {
    char *name, *text;
};

struct named_texts {
    struct named_text *items;
    size_t count;
};

/* Appends copies; a name that is there already is left as it is. False without memory. */
bool named_texts_add(struct named_texts *texts, const char *name, const char *text);
/* NULL when there is none of that name. */
const char *named_texts_find(const struct named_texts *texts, const char *name);
void named_texts_free(struct named_texts *texts);

#endif
