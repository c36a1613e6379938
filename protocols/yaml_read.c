/* From a file to a tree of nodes. The getters are in yaml.c. */
#include <stdlib.h>
#include <string.h>

#include <libfyaml.h>

#include "protocols/characters.h"
#include "protocols/error.h"
#include "protocols/file_read.h"
#include "protocols/yaml.h"

struct anchor {
    char *name;
    struct yaml_node *node;
};

/* The tree under construction: the open mappings and sequences from the root down, and the anchors seen. */
struct builder {
    struct yaml_document *document;
    struct yaml_node *open[YAML_DEEPEST];
    char *open_anchor[YAML_DEEPEST]; /* name to give to the node once it is closed, or NULL */
    size_t depth;
    struct anchor anchors[YAML_MOST_ANCHORS];
    size_t anchor_count;
    struct yaml_node *root;
    int documents;
};

/* ---- The file */

static char *file_load(struct yaml_document *document, size_t *size)
{
    char problem[FILE_PROBLEM_SIZE];
    enum abscopal_status status;
    char *text = file_read(document->path, FILE_LARGEST_TEXT, size, &status, problem);
    if (status == ABSCOPAL_BAD_INPUT)
        yaml_fail(document, NULL, "%s", problem);
    else if (status != ABSCOPAL_OK)
        document->status = error_no_memory(document->error);
    return text;
}

/* Next line (U+0085), line and paragraph separator (U+2028, U+2029): line breaks to some readers only, libfyaml in two
 * minds about them. */
static bool line_break_is(const char *text)
{
    return strncmp(text, "\xc2\x85", 2) == 0 || strncmp(text, "\xe2\x80\xa8", 3) == 0 ||
           strncmp(text, "\xe2\x80\xa9", 3) == 0;
}

/* libfyaml ends quietly at a byte that is not UTF-8 and drops the rest of the file, so we look first. */
static void characters_check(struct yaml_document *document, size_t size)
{
    const char *text = document->text;
    struct yaml_node place = {.line = 1, .column = 1};
    for (size_t at = 0; at < size && document->status == ABSCOPAL_OK;) {
        unsigned char c = (unsigned char)text[at];
        const size_t length = character_length(text + at, size - at);
        if (length == 0)
            yaml_fail(document, &place, "byte 0x%02x is not UTF-8 text; save the file as UTF-8", c);
        else if (length > 1 && line_break_is(text + at))
            yaml_fail(document, &place, "a Unicode line break; use plain ones");
        else if (c != '\t' && c != '\n' && c != '\r' && character_is_control(text + at, length))
            yaml_fail(document, &place, "control character 0x%02x; this must be a text file",
                      (unsigned)(unsigned char)text[at + length - 1]);
        at += length;
        place.column++;
        if (c == '\n') {
            place.line++;
            place.column = 1;
        }
    }
}

/* ---- Building the tree */

static struct yaml_node *node_new(struct builder *builder, enum yaml_kind kind, struct fy_event *event)
{
    struct yaml_node *node = yaml_allocate(builder->document, 1, sizeof *node);
    if (node == NULL)
        return NULL;
    node->kind = kind;
    const struct fy_mark *mark = fy_event_start_mark(event);
    struct yaml_node *parent = builder->depth > 0 ? builder->open[builder->depth - 1] : NULL;
    if (mark != NULL) {
        node->line = mark->line + 1;
        node->column = mark->column + 1;
    } else if (parent != NULL) { /* an empty value has no place: that of its key, or of the list */
        const struct yaml_node *before = parent->item_count > 0 ? parent->items[parent->item_count - 1] : parent;
        node->line = before->line;
        node->column = before->column;
    }
    node->next_made = builder->document->made;
    builder->document->made = node;
    return node;
}

static void key_check(struct builder *builder, const struct yaml_node *mapping, const struct yaml_node *key)
{
    if (key->kind != YAML_SCALAR) {
        yaml_fail(builder->document, key, "a key must be a word");
    } else if (strcmp(key->text, "<<") == 0) {
        yaml_fail(builder->document, key, "merge keys (<<) are not part of YAML 1.2; repeat the entries");
    } else if (mapping->item_count / 2 >= YAML_MOST_KEYS) {
        yaml_fail(builder->document, key, "more than %d keys in a mapping", YAML_MOST_KEYS);
    }
    for (size_t i = 0; builder->document->status == ABSCOPAL_OK && i + 1 < mapping->item_count; i += 2)
        if (strcmp(mapping->items[i]->text, key->text) == 0)
            yaml_fail(builder->document, key, "key '%.64s' is given twice, first in line %d; keep one", key->text,
                      mapping->items[i]->line);
}

/* Puts a node where it belongs: the root, the next item, key or value. */
static void node_place(struct builder *builder, struct yaml_node *node)
{
    if (builder->depth == 0) {
        builder->root = node;
        return;
    }
    struct yaml_node *parent = builder->open[builder->depth - 1];
    if (parent->kind == YAML_MAPPING && parent->item_count % 2 == 0) {
        key_check(builder, parent, node);
        if (builder->document->status != ABSCOPAL_OK)
            return;
    }
    if (parent->item_count == parent->item_capacity) {
        size_t capacity = parent->item_capacity == 0 ? 8 : 2 * parent->item_capacity;
        struct yaml_node **items = realloc(parent->items, capacity * sizeof *items);
        if (items == NULL) {
            builder->document->status = error_no_memory(builder->document->error);
            return;
        }
        parent->items = items;
        parent->item_capacity = capacity;
    }
    parent->items[parent->item_count++] = node;
}

/* Token text with a final zero, or NULL: no memory, or an error. */
static char *token_copy(struct builder *builder, struct fy_token *token, const struct yaml_node *node)
{
    size_t length = 0;
    if (builder->document->status != ABSCOPAL_OK)
        return NULL;
    const char *text = token != NULL ? fy_token_get_text(token, &length) : "";
    if (text == NULL || memchr(text, '\0', length) != NULL) {
        yaml_fail(builder->document, node, "the text has a zero byte in it");
        return NULL;
    }
    char *copy = yaml_allocate(builder->document, length + 1, 1);
    if (copy != NULL)
        memcpy(copy, text, length);
    return copy;
}

/* The blanks and line breaks that a line break within quotes stands among become one blank, or as many line breaks as
 * there are but one (YAML 1.2.2, 7.3.2). Moves both on. */
static void fold(const char **from, const char *end, char **to)
{
    int breaks = 0;
    const char *at = *from;
    for (; at < end && strchr(" \t\r\n", *at) != NULL; at++)
        breaks += *at == '\n' || (*at == '\r' && !(at + 1 < end && at[1] == '\n'));
    if (breaks == 0) {
        while (*from < at)
            *(*to)++ = *(*from)++;
        return;
    }
    *from = at;
    *(*to)++ = breaks == 1 ? ' ' : '\n';
    for (int i = 2; i < breaks; i++)
        *(*to)++ = '\n';
}

/* The text in single quotes as it stands in the file. libfyaml 0.7 to 0.9 lose memory when they are asked for one with
 * several doubled quotes (its issue 233). */
static char *quoted_copy(struct builder *builder, const struct yaml_node *node)
{
    const char *from = builder->document->text + node->start, *end = builder->document->text + node->end;
    char *copy = yaml_allocate(builder->document, node->end - node->start + 1, 1), *to = copy;
    while (copy != NULL && from < end) {
        if (strchr(" \t\r\n", *from) != NULL) {
            fold(&from, end, &to);
            continue;
        }
        from += from[0] == '\'' && from + 1 < end && from[1] == '\'';
        *to++ = *from++;
    }
    return copy;
}

/* Takes over the name. */
static void anchor_add(struct builder *builder, char *name, struct yaml_node *node)
{
    if (name == NULL)
        return;
    if (builder->anchor_count == YAML_MOST_ANCHORS) {
        yaml_fail(builder->document, node, "more than %d anchors", YAML_MOST_ANCHORS);
        free(name);
        return;
    }
    builder->anchors[builder->anchor_count++] = (struct anchor){name, node};
}

static void scalar_add(struct builder *builder, struct fy_event *event, char *anchor)
{
    struct yaml_node *node = node_new(builder, YAML_SCALAR, event);
    struct fy_token *token = fy_event_get_token(event);
    enum fy_scalar_style style = token != NULL ? fy_token_scalar_style(token) : FYSS_PLAIN;
    /* Besides, libfyaml 0.7 to 0.9 read uninitialised memory for the text of a block cut short. */
    if (node != NULL && (style == FYSS_LITERAL || style == FYSS_FOLDED))
        yaml_fail(builder->document, node, "a block of text (| or >) has no use here; write the value in one line");
    if (node != NULL) {
        const struct fy_mark *start = fy_event_start_mark(event), *end = fy_event_end_mark(event);
        node->start = start != NULL ? start->input_pos : 0;
        node->end = end != NULL ? end->input_pos : node->start;
        node->text = style == FYSS_SINGLE_QUOTED ? quoted_copy(builder, node) : token_copy(builder, token, node);
    }
    if (node == NULL || node->text == NULL) {
        free(anchor);
        return;
    }
    if ((style == FYSS_DOUBLE_QUOTED || style == FYSS_SINGLE_QUOTED) && node->column > 1)
        node->column--; /* the mark is behind the quote */
    node_place(builder, node);
    anchor_add(builder, anchor, node);
}

/* A node is placed and given its anchor when it closes, so an alias cannot refer to a node it is inside of. */
static void node_open(struct builder *builder, enum yaml_kind kind, struct fy_event *event, char *anchor)
{
    struct yaml_node *node = node_new(builder, kind, event);
    if (node == NULL || builder->depth == YAML_DEEPEST) {
        yaml_fail(builder->document, node, "nested more than %d levels deep", YAML_DEEPEST);
        free(anchor);
        return;
    }
    builder->open[builder->depth] = node;
    builder->open_anchor[builder->depth] = anchor;
    builder->depth++;
}

static void node_close(struct builder *builder)
{
    builder->depth--;
    struct yaml_node *node = builder->open[builder->depth];
    char *anchor = builder->open_anchor[builder->depth];
    builder->open_anchor[builder->depth] = NULL;
    node_place(builder, node);
    anchor_add(builder, anchor, node);
}

static void alias_add(struct builder *builder, struct fy_event *event)
{
    struct yaml_node *node = node_new(builder, YAML_SCALAR, event); /* for its place, and its name as text */
    if (node == NULL || (node->text = token_copy(builder, fy_event_get_token(event), node)) == NULL)
        return;
    for (size_t i = builder->anchor_count; i-- > 0;)
        if (strcmp(builder->anchors[i].name, node->text) == 0) {
            node_place(builder, builder->anchors[i].node);
            return;
        }
    yaml_fail(builder->document, node, "alias '*%.64s' refers to no anchor '&%.64s' above it", node->text, node->text);
}

/* Fails on a tag; returns the anchor's name, to be freed, or NULL. */
static char *properties_read(struct builder *builder, struct fy_event *event)
{
    const struct fy_mark *mark = fy_event_start_mark(event);
    struct yaml_node here = {.line = mark != NULL ? mark->line + 1 : 0, .column = mark != NULL ? mark->column + 1 : 0};
    if (fy_event_get_tag_token(event) != NULL)
        yaml_fail(builder->document, &here, "tags (!name) have no meaning here; remove it");
    struct fy_token *token = fy_event_get_anchor_token(event);
    return token != NULL ? token_copy(builder, token, &here) : NULL;
}

static void event_take(struct builder *builder, struct fy_event *event)
{
    switch (event->type) {
    case FYET_DOCUMENT_START:
        if (builder->documents++ > 0)
            yaml_fail(builder->document, NULL, "holds more than one YAML document; remove what follows '---'");
        break;
    case FYET_SCALAR:
        scalar_add(builder, event, properties_read(builder, event));
        break;
    case FYET_MAPPING_START:
        node_open(builder, YAML_MAPPING, event, properties_read(builder, event));
        break;
    case FYET_SEQUENCE_START:
        node_open(builder, YAML_SEQUENCE, event, properties_read(builder, event));
        break;
    case FYET_MAPPING_END:
    case FYET_SEQUENCE_END:
        node_close(builder);
        break;
    case FYET_ALIAS:
        alias_add(builder, event);
        break;
    case FYET_NONE:
    case FYET_STREAM_START:
    case FYET_STREAM_END:
    case FYET_DOCUMENT_END:
        break;
    }
}

/* ---- Syntax errors */

/* A tab in the indentation is the commonest slip, and what the parser says of it does not help. */
static bool tab_find(const char *text, struct yaml_node *place)
{
    int line = 1;
    for (const char *at = text; *at != '\0'; line++) {
        size_t indent = strspn(at, " \t");
        const char *tab = memchr(at, '\t', indent);
        if (tab != NULL && at[indent] != '\n' && at[indent] != '\r' && at[indent] != '#') {
            place->line = line;
            place->column = (int)(tab - at) + 1;
            return true;
        }
        at += strcspn(at, "\n");
        at += *at == '\n';
    }
    return false;
}

static void syntax_fail(struct builder *builder, struct fy_diag *diagnostics)
{
    struct yaml_node place = {.line = 0};
    if (tab_find(builder->document->text, &place)) {
        yaml_fail(builder->document, &place, "a tab in the indentation; YAML wants spaces");
        return;
    }
    void *iterator = NULL;
    const struct fy_diag_error *first = fy_diag_errors_iterate(diagnostics, &iterator);
    if (first == NULL) {
        yaml_fail(builder->document, NULL, "is not YAML");
        return;
    }
    place.line = first->line;
    place.column = first->column;
    yaml_fail(builder->document, &place, "not YAML: %s", first->msg);
}

static void builder_free(struct builder *builder)
{
    for (size_t i = 0; i < builder->depth; i++)
        free(builder->open_anchor[i]);
    for (size_t i = 0; i < builder->anchor_count; i++)
        free(builder->anchors[i].name);
    free(builder);
}

static void events_take(struct builder *builder, size_t size)
{
    struct fy_diag_cfg diagnostics_options;
    fy_diag_cfg_default(&diagnostics_options);
    diagnostics_options.fp = NULL; /* nothing is printed */
    struct fy_diag *diagnostics = fy_diag_create(&diagnostics_options);
    if (diagnostics != NULL)
        fy_diag_set_collect_errors(diagnostics, true);
    struct fy_parse_cfg options = {.flags = FYPCF_QUIET | FYPCF_JSON_NONE, .diag = diagnostics};
    struct fy_parser *parser = diagnostics != NULL ? fy_parser_create(&options) : NULL;
    if (parser == NULL || fy_parser_set_string(parser, builder->document->text, size) != 0) {
        builder->document->status = error_no_memory(builder->document->error);
    } else {
        struct fy_event *event;
        while (builder->document->status == ABSCOPAL_OK && (event = fy_parser_parse(parser)) != NULL) {
            event_take(builder, event);
            fy_parser_event_free(parser, event);
        }
        if (builder->document->status == ABSCOPAL_OK && fy_parser_get_stream_error(parser))
            syntax_fail(builder, diagnostics);
    }
    fy_parser_destroy(parser);
    fy_diag_destroy(diagnostics);
}

/* From the text, which the document has if all is well so far, to the tree. */
static enum abscopal_status tree_read(struct yaml_document *document, size_t size, struct abscopal_error *error)
{
    if (document->text != NULL)
        characters_check(document, size);
    struct builder *builder = yaml_allocate(document, 1, sizeof *builder);
    if (builder != NULL) {
        builder->document = document;
        events_take(builder, size);
        document->root = builder->root;
        if (document->status == ABSCOPAL_OK && document->root == NULL)
            yaml_fail(document, NULL, "is empty");
        else if (document->status == ABSCOPAL_OK && document->root->kind != YAML_MAPPING)
            yaml_fail(document, document->root, "the file must consist of 'key: value' lines");
        builder_free(builder);
    }
    if (document->status == ABSCOPAL_OK)
        return ABSCOPAL_OK;
    enum abscopal_status status = document->status;
    yaml_free(document);
    *document = (struct yaml_document){.status = status, .error = error};
    return status;
}

enum abscopal_status yaml_read(const char *path, struct yaml_document *document, struct abscopal_error *error)
{
    size_t size = 0;
    *document = (struct yaml_document){.error = error};
    document->path = yaml_copy(document, path);
    document->text = document->path != NULL ? file_load(document, &size) : NULL;
    return tree_read(document, size, error);
}

enum abscopal_status yaml_read_text(const char *path, const char *text, struct yaml_document *document,
                                    struct abscopal_error *error)
{
    *document = (struct yaml_document){.error = error};
    document->path = yaml_copy(document, path);
    document->text = yaml_copy(document, text);
    return tree_read(document, strlen(text), error);
}

void yaml_free(struct yaml_document *document)
{
    for (struct yaml_node *node = document->made, *next; node != NULL; node = next) {
        next = node->next_made;
        free(node->text);
        free(node->items);
        free(node);
    }
    free(document->path);
    free(document->text);
    *document = (struct yaml_document){.status = document->status, .error = document->error};
}
