/* YAML as a file has it, any bytes: telling kinds of files apart, and the way through the tree that checks and changes
 * of values take. */
#include "fuzz.h"

#include "abscopal.h"
#include "protocols/vary.h"
#include "protocols/yaml.h"

static void node_walk(struct yaml_document *document, const struct yaml_node *node, int depth)
{
    yaml_text(document, node, "a text");
    yaml_quantity_within(document, node, "a quantity", "d", 0, 1);
    yaml_integer_within(document, node, "a number", -1, 10);
    yaml_boolean(document, node, "a switch");
    yaml_list(document, node, "a list", 100);
    document->status = ABSCOPAL_OK;
    /* Aliases make a tree of a few lines very large; two of each level tell enough. */
    for (size_t i = 0; i < node->item_count && i < 2 && depth < YAML_DEEPEST; i++)
        node_walk(document, node->items[i], depth + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct abscopal_error error;
    struct yaml_document document;
    enum abscopal_file_kind kind;
    const char *path = fuzz_file("protocols/input.yaml", data, size);
    abscopal_file_kind(path, &kind, &error);
    if (yaml_read(path, &document, &error) != ABSCOPAL_OK)
        return 0;
    node_walk(&document, document.root, 0);
    yaml_free(&document);
    return 0;
}
