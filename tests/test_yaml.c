/* The YAML layer: what the syntax allows, where errors are, and that nothing is dropped without a word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input_files.h"
#include "protocols/yaml.h"

static enum abscopal_status read_and_free(const char *path, struct abscopal_error *error)
{
    struct yaml_document document;
    enum abscopal_status status = yaml_read(path, &document, error);
    yaml_free(&document);
    return status;
}

static void test_refused(void **state)
{
    (void)state;
    static const struct malformed table[] = {
        {"a: 1\n", ""},
        {"", " is empty"},
        {"# only a comment\n", " is empty"},
        {"- a\n", "1:1: the file must consist of 'key: value' lines"},
        {"word\n", "1:1: the file must consist of 'key: value' lines"},
        {"a: 1\nb: [1, 2\n", "3:1: not YAML: flow sequence without a closing bracket"},
        {"a: \"one\n", "1:5: not YAML: double-quoted scalar without closing quote"},
        {"a: 1\n- b\n", "2:1: not YAML: did not find expected key"},
        {"a:\n\tb: 1\n", "2:1: a tab in the indentation; YAML wants spaces"},
        {"a:\n  b: 1\n  \tc: 2\n", "3:3: a tab in the indentation; YAML wants spaces"},
        {"a: 1\nb: 2\na: 3\n", "3:1: key 'a' is given twice, first in line 1; keep one"},
        {"a: {b: 1, 'b': 2}\n", "1:11: key 'b' is given twice, first in line 1; keep one"},
        {"a: 1\n---\nb: 2\n", " holds more than one YAML document; remove what follows '---'"},
        {"a: *b\n", "1:5: alias '*b' refers to no anchor '&b' above it"},
        {"a: &b [1, *b]\n", "1:12: alias '*b' refers to no anchor '&b' above it"},
        {"a: &b {c: 1}\nd: {<<: *b}\n", "2:5: merge keys (<<) are not part of YAML 1.2; repeat the entries"},
        {"a: !!str 1\n", "1:10: tags (!name) have no meaning here; remove it"},
        {"? [a, b]\n: 1\n", "1:3: a key must be a word"},
        {"a: \"b\\0c\"\n", "1:5: the text has a zero byte in it"},
        {"a: b\xff\n", "1:5: byte 0xff is not UTF-8 text; save the file as UTF-8"},
        {"a: \xc3\xa9\xc3(\n", "1:5: byte 0xc3 is not UTF-8 text; save the file as UTF-8"},
        {"a: \xed\xa0\x80\n", "1:4: byte 0xed is not UTF-8 text; save the file as UTF-8"},
        {"a: \xc0\x80\n", "1:4: byte 0xc0 is not UTF-8 text; save the file as UTF-8"},
        {"a: \xf0\x9f\x92", "1:4: byte 0xf0 is not UTF-8 text; save the file as UTF-8"},
        {"a: 1\nb: \x01\n", "2:4: control character 0x01; this must be a text file"},
        {"a: \xc2\x9b"
         "31m\n",
         "1:4: control character 0x9b; this must be a text file"},
        {"a: b\nc: |\n  d\n", "3:1: a block of text (| or >) has no use here; write the value in one line"},
        {"a: >-\n  d", "2:1: a block of text (| or >) has no use here; write the value in one line"},
        {"a: \"b\xe2\x80\xa8\"\n", "1:6: a Unicode line break; use plain ones"},
        {"a: [[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]\n", "1:19: nested more than 16 levels deep"},
    };
    assert_int_equal(input_file_differences(read_and_free, table, sizeof table / sizeof *table), 0);
}

static void test_files(void **state)
{
    (void)state;
    struct abscopal_error error;
    assert_int_equal(read_and_free("/nowhere", &error), ABSCOPAL_BAD_INPUT);
    assert_string_equal(error.message, "cannot be opened: No such file or directory");
    assert_string_equal(error.file, "/nowhere");
    assert_int_equal(read_and_free("/tmp", &error), ABSCOPAL_BAD_INPUT);
    assert_string_equal(error.message, "is a folder; name a file");
    assert_int_equal(read_and_free("/dev/zero", &error), ABSCOPAL_BAD_INPUT);
    assert_string_equal(error.message, "is a device, a pipe or a socket; write it to a file and name that");
    assert_int_equal(read_and_free(input_file_write("zero.yaml", "a: 1\0b: 2", 9), &error), ABSCOPAL_BAD_INPUT);
    assert_string_equal(error.message, "control character 0x00; this must be a text file");
    assert_true(error.line == 1 && error.column == 5);
    assert_int_equal(read_and_free("/nowhere", NULL), ABSCOPAL_BAD_INPUT);
}

/* Line and column of keys and values, counted in characters, and the text as it stands. */
static void test_places(void **state)
{
    (void)state;
    static const char text[] = "\xef\xbb\xbf"
                               "one: 'quoted text'\r\n"
                               "two:\r\n"
                               "  - \xc2\xb5\xc2\xb5: [x, \"y\"]\r\n"
                               "  -\r\n"
                               "  - 'it''s'\r\n"
                               "three: &t {four: 4}\r\n"
                               "five: *t\r\n";
    struct yaml_document document;
    struct abscopal_error error;
    const char *path = input_file_write("places.yaml", text, sizeof text - 1);
    assert_int_equal(yaml_read(path, &document, &error), ABSCOPAL_OK);
    assert_string_equal(document.text, text);
    const struct yaml_node *one = yaml_find(document.root, "one");
    assert_string_equal(one->text, "quoted text");
    assert_true(one->line == 1 && one->column == 6);
    const struct yaml_node *two = yaml_find(document.root, "two");
    assert_true(two->kind == YAML_SEQUENCE && two->item_count == 3 && two->line == 3 && two->column == 3);
    const struct yaml_node *list = yaml_find(two->items[0], "\xc2\xb5\xc2\xb5");
    assert_true(list->line == 3 && list->column == 9 && list->items[1]->column == 13);
    assert_string_equal(list->items[1]->text, "y");
    assert_string_equal(two->items[1]->text, "");
    assert_string_equal(two->items[2]->text, "it's");
    assert_ptr_equal(yaml_find(document.root, "five"), yaml_find(document.root, "three"));
    assert_string_equal(yaml_find(yaml_find(document.root, "five"), "four")->text, "4");
    assert_null(yaml_find(document.root, "six"));
    yaml_free(&document);
}

/* Examples 7.7 and 7.9 of the YAML 1.2.2 specification, line ends of Windows, and more doubled quotes than libfyaml can
 * take without losing memory (its issue 233), which the sanitizers and valgrind watch. */
static void test_single_quotes(void **state)
{
    (void)state;
    static const char *const quoted[][2] = {
        {"'here''s to \"quotes\"'", "here's to \"quotes\""},
        {"' 1st non-empty\n\n 2nd non-empty \t\n 3rd non-empty '", " 1st non-empty\n2nd non-empty 3rd non-empty "},
        {"'one  two \r\n  three\r\n\r\n\r\n  four'", "one  two three\n\nfour"},
        {"''''''''''''''''''''''", "''''''''''"},
        {"''", ""},
        {"' '", " "},
        {"'\\ # : - x'", "\\ # : - x"},
    };
    for (size_t i = 0; i < sizeof quoted / sizeof *quoted; i++) {
        struct yaml_document document;
        char text[128];
        snprintf(text, sizeof text, "a: [%s, b]\n", quoted[i][0]);
        assert_int_equal(yaml_read_text("quotes.yaml", text, &document, NULL), ABSCOPAL_OK);
        assert_string_equal(yaml_find(document.root, "a")->items[0]->text, quoted[i][1]);
        yaml_free(&document);
    }
}

/* Lists of aliases of lists of aliases (billion laughs): nodes are shared, not copied; more levels than are allowed, or
 * more anchors, are refused. */
static void test_aliases_do_not_multiply(void **state)
{
    (void)state;
    char text[4000] = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    struct yaml_document document;
    struct abscopal_error error;
    size_t used = strlen(text);
    for (int i = 1; i < 30; i++) {
        used += (size_t)sprintf(text + used, "a%d: &a%d [", i, i);
        for (int j = 0; j < 10; j++)
            used += (size_t)sprintf(text + used, "*a%d,", i - 1);
        used += (size_t)sprintf(text + used, "]\n");
    }
    assert_int_equal(yaml_read_text("laughs.yaml", text, &document, &error), ABSCOPAL_OK);
    size_t nodes = 0;
    for (const struct yaml_node *node = document.made; node != NULL; node = node->next_made)
        nodes++;
    assert_in_range(nodes, 30, 500);
    yaml_free(&document);
    used = 0;
    char *anchors = malloc(16 * (YAML_MOST_ANCHORS + 2));
    for (int i = 0; i <= YAML_MOST_ANCHORS; i++)
        used += (size_t)sprintf(anchors + used, "%s&a%d 1", i == 0 ? "a: [" : ",", i);
    sprintf(anchors + used, "]\n");
    assert_int_equal(yaml_read_text("anchors.yaml", anchors, &document, &error), ABSCOPAL_BAD_INPUT);
    assert_string_equal(error.message, "more than 1000 anchors");
    free(anchors);
}

/* One key more than a mapping may have. */
static void test_keys_are_limited(void **state)
{
    (void)state;
    struct yaml_document document;
    struct abscopal_error error;
    size_t used = 0;
    char *text = malloc(16 * (YAML_MOST_KEYS + 2));
    for (int i = 0; i <= YAML_MOST_KEYS; i++)
        used += (size_t)sprintf(text + used, "k%d: 1\n", i);
    assert_int_equal(yaml_read_text("keys.yaml", text, &document, &error), ABSCOPAL_BAD_INPUT);
    assert_string_equal(error.message, "more than 1000 keys in a mapping");
    free(text);
}

/* The first error is the one that is kept, and getters after it return nothing. */
static void test_errors_stick(void **state)
{
    (void)state;
    struct yaml_document document;
    struct abscopal_error error;
    const char *path = input_file_write("stick.yaml", "a: 1 d\nb: 2 d\nc: {}\n", 20);
    assert_int_equal(yaml_read(path, &document, &error), ABSCOPAL_OK);
    assert_true(yaml_quantity(&document, yaml_find(document.root, "a"), "a", "d") == 1);
    assert_true(yaml_quantity(&document, yaml_find(document.root, "a"), "a", "mg") == 0);
    assert_true(yaml_quantity(&document, yaml_find(document.root, "b"), "b", "d") == 0);
    assert_null(yaml_require(&document, document.root, "this", "z", "z: 1"));
    assert_null(yaml_allocate(&document, 1, 1));
    yaml_fail(&document, NULL, "later");
    assert_int_equal(document.status, ABSCOPAL_BAD_INPUT);
    assert_string_equal(error.message, "a: '1 d' is a time; write a mass of drug, in mg for instance");
    assert_true(error.line == 1 && error.column == 4);
    yaml_free(&document);
}

/* Every prefix of a real file, and every file with one byte changed, is read or refused, nothing else (the sanitizers
 * and valgrind watch). */
static void test_damaged_files(void **state)
{
    (void)state;
    static const char text[] =
        "name: \"n\\u00e9\"\narms:\n- &a {drug: 'x', l: [1, 2]}\n- *a\nb: t\n  u\n? c\n: \"d\\\n  e\"\n";
    static const char bytes[] = {'\0', '\n', ' ', ':', '-', '[', '}', '&',   '*',
                                 '"',  '\'', '#', '|', '?', '!', '%', '\xc3'};
    char damaged[sizeof text];
    int accepted = 0;
    int refused = 0;
    for (size_t length = 0; length < sizeof text; length++)
        for (size_t b = 0; b <= sizeof bytes; b++) {
            memcpy(damaged, text, sizeof text);
            if (b < sizeof bytes)
                damaged[length] = bytes[b];
            size_t size = b < sizeof bytes ? sizeof text - 1 : length;
            struct abscopal_error error;
            enum abscopal_status status = read_and_free(input_file_write("damaged.yaml", damaged, size), &error);
            assert_true(status == ABSCOPAL_OK || (status == ABSCOPAL_BAD_INPUT && error.message[0] != '\0'));
            accepted += status == ABSCOPAL_OK;
            refused += status != ABSCOPAL_OK;
        }
    assert_true(accepted > 100 && refused > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_errors_stick),
        cmocka_unit_test(test_damaged_files),
        cmocka_unit_test(test_single_quotes),
        cmocka_unit_test(test_aliases_do_not_multiply),
        cmocka_unit_test(test_keys_are_limited),
    };
    return cmocka_run_group_tests(tests, input_folder_make, input_folder_remove);
}
