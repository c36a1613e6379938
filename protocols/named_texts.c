#include "protocols/named_texts.h"

#include <stdlib.h>
#include <string.h>

bool named_texts_add(struct named_texts *texts, const char *name, const char *text)
{
    if (named_texts_find(texts, name) != NULL)
        return true;
    struct named_text *const items = realloc(texts->items, (texts->count + 1) * sizeof *items);
    if (items == NULL)
        return false;
    texts->items = items;
    const struct named_text added = {strdup(name), strdup(text)};
    if (added.name != NULL && added.text != NULL) {
        items[texts->count++] = added;
        return true;
    }
    free(added.name);
    free(added.text);
    return false;
}

const char *named_texts_find(const struct named_texts *texts, const char *name)
{
    for (size_t i = 0; i < texts->count; i++)
        if (strcmp(texts->items[i].name, name) == 0)
            return texts->items[i].text;
    return NULL;
}

void named_texts_free(struct named_texts *texts)
{
    for (size_t i = 0; i < texts->count; i++) {
        free(texts->items[i].name);
        free(texts->items[i].text);
    }
    free(texts->items);
    *texts = (struct named_texts){0};
}
