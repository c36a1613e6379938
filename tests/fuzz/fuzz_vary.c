/* Changes of values in input files: the first line is the path of a value, the second the new text, the rest the file.
 * What comes out must be the same file but for that value. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/vary.h"

static void document_change(struct yaml_document *document, const char *path, const char *value)
{
    char problem[VARY_PROBLEM_SIZE];
    const struct vary_change change = {path, value};
    struct yaml_document changed;
    double number;
    vary_find_number(document, path, "d", &number, problem);
    char *text = vary_text(document, &change, 1, problem);
    if (text == NULL)
        return;
    if (yaml_read_text("changed.yaml", text, &changed, NULL) != ABSCOPAL_OK)
        abort();
    const struct yaml_node *node = vary_find(&changed, path, problem);
    if (node == NULL || strcmp(node->text, value) != 0)
        abort();
    yaml_free(&changed);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct yaml_document document;
    char *text = fuzz_text(data, size), *rest = text;
    if (text == NULL)
        return -1;
    const char *path = strsep(&rest, "\n"), *value = rest != NULL ? strsep(&rest, "\n") : NULL;
    if (rest != NULL && yaml_read_text("file.yaml", rest, &document, NULL) == ABSCOPAL_OK) {
        document_change(&document, path, value);
        yaml_free(&document);
    }
    free(text);
    return 0;
}
