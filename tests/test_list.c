/* Lists of what the model consists of: CSV and JSON say what the tables say, to the last digit written there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abscopal.h"
#include "model/model.h"
#include "protocols/drug_file.h"

enum { MOST_COLUMNS = 12, CELL_SIZE = 512 };

static char *list(enum abscopal_list_kind kind, enum abscopal_list_format format, const char *preset)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    assert_int_equal(abscopal_list(kind, format, preset, stream, NULL), ABSCOPAL_OK);
    fclose(stream);
    assert_int_equal(strlen(text), size);
    return text;
}

/* One line of CSV as RFC 4180 has it; returns the number of cells, and where the next line starts. */
static int read_csv_row(const char **at, char cells[MOST_COLUMNS][CELL_SIZE])
{
    int count = 0;
    for (bool more = true; more; count++) {
        assert_true(count < MOST_COLUMNS);
        size_t length = 0;
        bool quoted = **at == '"';
        *at += quoted;
        while (quoted ? **at != '"' || (*at)[1] == '"' : strchr(",\n", **at) == NULL) {
            assert_true(**at != '\0' && **at != '\r' && (quoted || **at != '"') && length + 1 < CELL_SIZE);
            *at += quoted && **at == '"';
            cells[count][length++] = *(*at)++;
        }
        cells[count][length] = '\0';
        *at += quoted;
        more = **at == ',';
        assert_true(more || **at == '\n');
        (*at)++;
    }
    return count;
}

/* What a cell should hold: a text ("" for nothing), or a number. */
struct expected {
    const char *column, *text;
    double number;
};

static bool csv_says(const char *cell, const struct expected *expected)
{
    char *end;
    if (expected->text != NULL)
        return strcmp(cell, expected->text) == 0;
    return strtod(cell, &end) == expected->number && *end == '\0' && end > cell;
}

static bool json_says(const json_t *value, const struct expected *expected)
{
    if (expected->text == NULL)
        return json_is_number(value) && json_number_value(value) == expected->number;
    if (json_is_boolean(value))
        return strcmp(expected->text, json_is_true(value) ? "on" : "off") == 0;
    return expected->text[0] == '\0' ? json_is_null(value)
                                     : json_is_string(value) && strcmp(json_string_value(value), expected->text) == 0;
}

/* A list in both forms, read row by row. */
struct reader {
    char *csv;
    const char *at;
    json_t *json;
    size_t row;
    int columns;
    char names[MOST_COLUMNS][CELL_SIZE];
};

static void reader_open(struct reader *reader, enum abscopal_list_kind kind, const char *preset)
{
    *reader = (struct reader){.csv = list(kind, ABSCOPAL_LIST_CSV, preset)};
    reader->at = reader->csv;
    reader->columns = read_csv_row(&reader->at, reader->names);
    char *text = list(kind, ABSCOPAL_LIST_JSON, preset);
    reader->json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_true(json_is_array(reader->json));
    free(text);
}

/* The next row must hold the cells expected and no others. */
static void row_expect(struct reader *reader, const struct expected *expected, int count)
{
    char cells[MOST_COLUMNS][CELL_SIZE];
    assert_int_equal(read_csv_row(&reader->at, cells), count);
    const json_t *object = json_array_get(reader->json, reader->row++);
    assert_int_equal(json_object_size(object), count);
    assert_int_equal(reader->columns, count);
    for (int i = 0; i < count; i++) {
        assert_string_equal(reader->names[i], expected[i].column);
        if (!csv_says(cells[i], &expected[i]) || !json_says(json_object_get(object, expected[i].column), &expected[i]))
            fail_msg("row %zu (%s), %s: '%s' rather than '%s' or %.17g", reader->row, cells[0], expected[i].column,
                     cells[i], expected[i].text != NULL ? expected[i].text : "-", expected[i].number);
    }
}

static void reader_close(struct reader *reader)
{
    assert_int_equal(*reader->at, '\0');
    assert_int_equal(json_array_size(reader->json), reader->row);
    assert_true(reader->row > 0);
    free(reader->csv);
    json_decref(reader->json);
}

static void test_parameters(void **state)
{
    (void)state;
    struct reader reader;
    reader_open(&reader, ABSCOPAL_LIST_PARAMETERS, NULL);
    for (int i = 0; i < PARAMETER_COUNT; i++) {
        const struct parameter_description *row = parameter_describe(i);
        const struct expected expected[] = {
            {"name", row->name, 0},       {"default", NULL, row->value}, {"unit", row->unit, 0},
            {"lower", NULL, row->lower},  {"upper", NULL, row->upper},   {"published", row->symbol, 0},
            {"meaning", row->meaning, 0}, {"source", row->source, 0},
        };
        row_expect(&reader, expected, sizeof expected / sizeof *expected);
    }
    reader_close(&reader);
}

static void test_states(void **state)
{
    (void)state;
    struct parameters parameters;
    parameters_default(&parameters);
    const struct antibody *drug = model_preset_antibody(PRESET_QSPIO_NSCLC_2020, 0);
    const struct model_settings settings = {.preset = PRESET_QSPIO_NSCLC_2020,
                                            .parameters = &parameters,
                                            .lesion_count = 1,
                                            .antibodies = &drug,
                                            .drug_count = 1};
    struct model model;
    model_prepare(&model, &settings);
    double *start = calloc((size_t)model_state_count(&model), sizeof *start);
    model_published_state(&model, start);
    struct reader reader;
    reader_open(&reader, ABSCOPAL_LIST_STATES, "qspio-nsclc-2020");
    for (int i = 0; i < model_state_count(&model); i++) {
        const struct state_description row = model_state_describe(&model, i);
        static const char *const of[] = {"patient", "lesion", "drug", "lesion, drug"};
        char figure[32];
        snprintf(figure, sizeof figure, "%.15g", start[i]); /* the published figures have up to 15 digits */
        const struct expected expected[] = {
            {"name", row.name, 0},
            {"of", of[(row.lesion >= 0) + 2 * (row.drug >= 0)], 0},
            {"unit", row.unit, 0},
            {"default", NULL, strtod(figure, NULL)},
            {"lower", NULL, 0},
            {"absolute_tolerance", NULL, row.absolute_tolerance},
            {"published", row.published, 0},
            {"meaning", row.meaning, 0},
        };
        row_expect(&reader, expected, sizeof expected / sizeof *expected);
    }
    reader_close(&reader);
    free(start);
}

static void test_drugs(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum model_preset preset;
    } presets[] = {{"qspio-nsclc-2020", PRESET_QSPIO_NSCLC_2020}, {NULL, PRESET_NSCLC}};
    for (size_t p = 0; p < 2; p++) {
        struct reader reader;
        const struct antibody *drug;
        reader_open(&reader, ABSCOPAL_LIST_DRUGS, presets[p].name);
        for (size_t d = 0; (drug = model_preset_antibody(presets[p].preset, d)) != NULL; d++) {
            static const char *const targets[] = {
                [TARGET_PD1] = "PD-1", [TARGET_PDL1] = "PD-L1", [TARGET_CTLA4] = "CTLA-4"};
            const struct drug_constant *row;
            for (size_t c = 0; (row = drug_constant_describe(c)) != NULL; c++) {
                const double value = round(drug_constant_get(drug, row) * 1e9) / 1e9;
                const struct expected expected[] = {
                    {"drug", drug->name, 0},
                    {"target", targets[drug->target], 0},
                    {"source", drug->source, 0},
                    {"name", row->name, 0},
                    {"default", row->optional && value == 0 ? "" : NULL, value},
                    {"unit", row->unit, 0},
                    {"lower", NULL, row->lower},
                    {"upper", NULL, row->upper},
                    {"meaning", row->meaning, 0},
                };
                row_expect(&reader, expected, sizeof expected / sizeof *expected);
            }
        }
        reader_close(&reader);
    }
}

static void test_options_and_presets(void **state)
{
    (void)state;
    for (int preset = 0; preset < MODEL_PRESET_COUNT; preset++) {
        struct reader reader;
        reader_open(&reader, ABSCOPAL_LIST_OPTIONS, model_preset_name((enum model_preset)preset));
        for (int i = 0; i < MODEL_OPTION_COUNT; i++) {
            const struct option_description *row = model_option_describe(i);
            const struct expected expected[] = {{"name", row->name, 0},
                                                {"default", preset == PRESET_NSCLC ? "on" : "off", 0},
                                                {"meaning", row->meaning, 0},
                                                {"source", row->source, 0}};
            row_expect(&reader, expected, sizeof expected / sizeof *expected);
        }
        reader_close(&reader);
    }
    char *all = list(ABSCOPAL_LIST_PRESETS, ABSCOPAL_LIST_CSV, NULL);
    char *one = list(ABSCOPAL_LIST_PRESETS, ABSCOPAL_LIST_CSV, "nsclc");
    char *published = list(ABSCOPAL_LIST_PRESETS, ABSCOPAL_LIST_CSV, "qspio-nsclc-2020");
    assert_non_null(strstr(all, "\nqspio-nsclc-2020,1,"));
    assert_non_null(strstr(all, "\nnsclc,5,"));
    assert_non_null(strstr(one, ",\"nivolumab, pembrolizumab, atezolizumab, durvalumab, ipilimumab, tremelimumab\","));
    assert_non_null(strstr(published, ",nivolumab,\n"));
    assert_true(strlen(one) < strlen(all) && strstr(one, "qspio") == NULL);
    free(all);
    free(one);
    free(published);
}

static void test_fluxes(void **state)
{
    (void)state;
    struct parameters parameters;
    parameters_default(&parameters);
    const struct antibody *drug = model_preset_antibody(PRESET_NSCLC, 0);
    const struct model_settings settings = {
        .preset = PRESET_NSCLC, .parameters = &parameters, .lesion_count = 1, .antibodies = &drug, .drug_count = 1};
    struct model model;
    model_prepare(&model, &settings);
    struct reader reader;
    reader_open(&reader, ABSCOPAL_LIST_FLUXES, NULL);
    for (int i = 0; i < model_flux_count(&model); i++) {
        const struct flux_description row = model_flux_describe(&model, i);
        static const char *const of[] = {"patient", "drug", "lesion", "lesion, drug"};
        const struct expected expected[] = {{"kind", row.kind, 0},
                                            {"name", row.name, 0},
                                            {"of", of[(row.lesion < 0 ? 0 : 2) + (row.drug < 0 ? 0 : 1)], 0},
                                            {"unit", row.unit, 0},
                                            {"meaning", row.meaning, 0}};
        row_expect(&reader, expected, sizeof expected / sizeof *expected);
    }
    reader_close(&reader);
}

/* For people: every row is there, each column begins where its name does, and no line is too long for a terminal. */
static void test_text(void **state)
{
    (void)state;
    char *text = list(ABSCOPAL_LIST_PARAMETERS, ABSCOPAL_LIST_TEXT, NULL);
    char *header = strtok(text, "\n");
    const ptrdiff_t unit = strstr(header, "unit") - header;
    int rows = 0;
    for (const char *line = strtok(NULL, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        assert_true(strlen(line) <= 100);
        if (line[0] == ' ')
            continue;
        const struct parameter_description *row = parameter_describe(rows++);
        assert_memory_equal(line, row->name, strlen(row->name));
        assert_memory_equal(line + unit, row->unit, strlen(row->unit));
        assert_true(line[unit - 1] == ' ');
    }
    assert_int_equal(rows, PARAMETER_COUNT);
    free(text);
}

/* Programs read a point, whatever the locale of the one that writes. */
static void test_locale(void **state)
{
    (void)state;
    char *before = list(ABSCOPAL_LIST_PARAMETERS, ABSCOPAL_LIST_CSV, NULL);
    const char *found = setlocale(LC_NUMERIC, "de_DE.UTF-8");
    char *after = list(ABSCOPAL_LIST_PARAMETERS, ABSCOPAL_LIST_CSV, NULL);
    const bool same = strcmp(before, after) == 0;
    setlocale(LC_NUMERIC, "C");
    free(before);
    free(after);
    assert_true(same);
    if (found == NULL)
        skip();
}

static void test_errors(void **state)
{
    (void)state;
    struct abscopal_error error;
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    assert_int_equal(abscopal_list(ABSCOPAL_LIST_DRUGS, ABSCOPAL_LIST_CSV, "nsclcc", stream, &error),
                     ABSCOPAL_BAD_INPUT);
    assert_string_equal(error.message, "unknown preset 'nsclcc'; did you mean 'nsclc'? Known: qspio-nsclc-2020, nsclc");
    assert_int_equal(abscopal_list(ABSCOPAL_LIST_DRUGS, ABSCOPAL_LIST_CSV, "", stream, &error), ABSCOPAL_BAD_INPUT);
    assert_string_equal(error.message, "unknown preset ''. Known: qspio-nsclc-2020, nsclc");
    assert_int_equal(
        abscopal_list((enum abscopal_list_kind)(ABSCOPAL_LIST_FLUXES + 1), ABSCOPAL_LIST_CSV, NULL, stream, &error),
        ABSCOPAL_BAD_INPUT);
    assert_int_equal(
        abscopal_list(ABSCOPAL_LIST_DRUGS, (enum abscopal_list_format)(ABSCOPAL_LIST_JSON + 1), NULL, stream, &error),
        ABSCOPAL_BAD_INPUT);
    fclose(stream);
    assert_int_equal(size, 0);
    free(text);
    FILE *full = fopen("/dev/full", "w");
    assert_non_null(full);
    assert_int_equal(abscopal_list(ABSCOPAL_LIST_STATES, ABSCOPAL_LIST_TEXT, NULL, full, &error),
                     ABSCOPAL_OUTPUT_FAILED);
    assert_string_equal(error.message, "cannot write: No space left on device");
    fclose(full);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parameters), cmocka_unit_test(test_states),
        cmocka_unit_test(test_drugs),      cmocka_unit_test(test_options_and_presets),
        cmocka_unit_test(test_text),       cmocka_unit_test(test_locale),
        cmocka_unit_test(test_errors),     cmocka_unit_test(test_fluxes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
