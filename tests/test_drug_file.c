/* Drug files: what a good one says, what is said of bad ones, to the letter, and drugs of a trial's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input_files.h"
#include "model/model.h"
#include "protocols/drug_file.h"
#include "protocols/trial_file.h"

static enum abscopal_status read_and_free(const char *path, struct abscopal_error *error)
{
    struct antibody drug;
    enum abscopal_status status = drug_file_read(path, &drug, NULL, error);
    drug_file_free(&drug);
    return status;
}

/* A correct drug file; each key has a line of its own, in this order. */
static const char *const lines[] = {
    "name: abc-123",
    "target: PD-L1",
    "molar_mass: 146 kDa",
    "peripheral_flow: 0.48 L/d",
    "tumour_flow: 0.0074 L/d",
    "node_flow: 0.28 mL/d",
    "lymphatic_drainage: 0.09 /h",
    "clearance: 0.33 L/d",
    "saturable_clearance: 5.6 nmol/d",
    "saturable_half: 1690 pM",
    "gamma_blood: 70 %",
    "gamma_peripheral: 0.057",
    "gamma_tumour: 0.522",
    "gamma_node: 0.2",
    "on_rate: 4.3e5 /M/s",
    "dissociation: 0.4 nM",
    "cross_arm: 100",
    "source: a test",
};
enum { LINES = sizeof lines / sizeof *lines };

/* The file with the line of that key written differently, or left out for "". */
static const char *with(const char *key, const char *line)
{
    static char text[2048];
    size_t used = 0;
    for (size_t i = 0; i < LINES; i++) {
        bool other = key != NULL && strncmp(lines[i], key, strlen(key)) == 0 && lines[i][strlen(key)] == ':';
        const char *written = other ? line : lines[i];
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", written, written[0] != '\0' ? "\n" : "");
    }
    return text;
}

#define KNOWN                                                                                                 \
    "name, target, molar_mass, peripheral_flow, tumour_flow, node_flow, lymphatic_drainage, clearance, "      \
    "saturable_clearance, saturable_half, gamma_blood, gamma_peripheral, gamma_tumour, gamma_node, on_rate, " \
    "dissociation, cross_arm, source"

static void test_errors(void **state)
{
    (void)state;
    static const struct {
        const char *key, *line, *said;
    } table[] = {
        {NULL, NULL, ""},
        {"name", "name: abc 123",
         "1:7: name: 'abc 123' must be a word of at most 40 letters, digits, '-' and '_' that starts with a letter"},
        {"name", "name: 1abc",
         "1:7: name: '1abc' must be a word of at most 40 letters, digits, '-' and '_' that starts with a letter"},
        {"name", "name: 'a,b'",
         "1:7: name: 'a,b' must be a word of at most 40 letters, digits, '-' and '_' that starts with a letter"},
        {"target", "target: PDL1", ""},
        {"target", "target: PDL-1",
         "2:9: unknown target 'PDL-1'; did you mean 'PD-L1'? Known: PD-L1, PDL1, PD-1, PD1, CTLA-4, CTLA4"},
        {"target", "target: LAG-3", "2:9: unknown target 'LAG-3'. Known: PD-L1, PDL1, PD-1, PD1, CTLA-4, CTLA4"},
        {"molar_mass", "molar_mass: 146 kg/mol", ""},
        {"molar_mass", "molar_mass: 146",
         "3:13: molar_mass: '146' has no unit; write a molar mass, such as '146 g/mol'"},
        {"molar_mass", "molar_mass: 146 Da", "3:13: molar_mass must be from 1000 g/mol to 1000000 g/mol, not 146 Da"},
        {"molar_mass", "molar_mass: 146000 kg/mol",
         "3:13: molar_mass must be from 1 kg/mol to 1000 kg/mol, not 146000 kg/mol"},
        {"molar_mass", "molar_mass: 146 kg",
         "3:13: molar_mass: '146 kg' is a body weight; write a molar mass, in g/mol for instance"},
        {"tumour_flow", "tumour_flow: 0.0074",
         "5:14: tumour_flow: '0.0074' has no unit; write a flow, such as '0.0074 L/d'"},
        {"clearance", "clearance: -0.3 L/d", "8:12: clearance must be from 0 L/d to 1000 L/d, not -0.3 L/d"},
        {"clearance", "clearance: 0.3 /d", "8:12: clearance: '0.3 /d' is a rate; write a flow, in L/d for instance"},
        {"clearance", "clearence: 0.3 L/d", "8:1: unknown key 'clearence' in the drug; did you mean 'clearance'?"},
        {"clearance", "half_life: 17 d", "8:1: unknown key 'half_life' in the drug. Known keys: " KNOWN},
        {"saturable_half", "", "9:22: 'saturable_clearance' needs 'saturable_half', the concentration at half of it"},
        {"saturable_clearance", "",
         "9:17: 'saturable_half' needs 'saturable_clearance', what is cleared at saturation"},
        {"saturable_clearance", "saturable_clearance: 0 nmol/d",
         "9:22: saturable_clearance must be more than 0 nmol/d and at most 1000000 nmol/d, not 0 nmol/d"},
        {"saturable_clearance", "saturable_clearance: 5 mg/d",
         "9:22: saturable_clearance: '5 mg/d' is a quantity in time^-1 mass; write an amount per time, in nmol/d for "
         "instance"},
        {"gamma_blood", "gamma_blood: 0", "11:14: gamma_blood must be more than 0 and at most 1, not 0"},
        {"gamma_node", "gamma_node: 20", "14:13: gamma_node must be more than 0 and at most 1, not 20"},
        {"on_rate", "on_rate: 4.3e5 /s",
         "15:10: on_rate: '4.3e5 /s' is a rate; write an association rate, in 1/M/s for instance"},
        {"on_rate", "on_rate: 0 /M/s", "15:10: on_rate must be from 1 1/M/s to 1e+10 1/M/s, not 0 /M/s"},
        {"dissociation", "dissociation: 0 nM",
         "16:15: dissociation must be more than 0 nM and at most 1000000 nM, not 0 nM"},
        {"cross_arm", "cross_arm: none", "17:12: cross_arm: 'none' does not start with a number"},
        {"source", "source:", "18:1: source has no value"},
    };
    int differences = 0;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const struct malformed whole = {with(table[i].key, table[i].line), table[i].said};
        differences += input_file_difference(read_and_free, &whole);
    }
    assert_int_equal(differences, 0);
}

/* Every key is needed, but for the pair of saturable clearance. */
static void test_missing(void **state)
{
    (void)state;
    int needed = 0;
    for (size_t i = 0; i < LINES; i++) {
        char key[64];
        char said[256];
        struct abscopal_error error;
        snprintf(key, sizeof key, "%.*s", (int)strcspn(lines[i], ":"), lines[i]);
        snprintf(said, sizeof said, "the drug lacks '%s'; write for instance '%s: ", key, key);
        const char *text = with(key, "");
        const char *path = input_file_write("missing.yaml", text, strlen(text));
        assert_int_equal(read_and_free(path, &error), ABSCOPAL_BAD_INPUT);
        needed += strncmp(error.message, said, strlen(said)) == 0;
    }
    assert_int_equal(needed, LINES - 2);
}

static void test_values(void **state)
{
    (void)state;
    struct antibody drug;
    char *text = NULL;
    const char *written = with(NULL, NULL);
    const char *path = input_file_write("values.yaml", written, strlen(written));
    assert_int_equal(drug_file_read(path, &drug, &text, NULL), ABSCOPAL_OK);
    assert_string_equal(text, written);
    assert_string_equal(drug.name, "abc-123");
    assert_string_equal(drug.source, "a test");
    assert_int_equal(drug.target, TARGET_PDL1);
    const double found[] = {drug.molar_mass_g_per_mol,
                            drug.peripheral_flow_l_per_d,
                            drug.tumour_flow_l_per_d,
                            drug.node_flow_l_per_d,
                            drug.lymphatic_drainage_per_d,
                            drug.clearance_l_per_d,
                            drug.saturable_half_nanomolar,
                            drug.saturable_clearance_nmol_per_d,
                            drug.gamma_blood,
                            drug.gamma_peripheral,
                            drug.gamma_tumour,
                            drug.gamma_node,
                            drug.on_rate_per_nanomolar_d,
                            drug.dissociation_nanomolar,
                            drug.cross_arm_3d};
    static const double expected[] = {146000, 0.48,  0.0074, 0.00028, 2.16,   0.33, 1.69, 5.6,
                                      0.7,    0.057, 0.522,  0.2,     37.152, 0.4,  100};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        assert_true(fabs(found[i] / expected[i] - 1) < 1e-15);
    free(text);
    drug_file_free(&drug);
}

/* ---- The library, from the table that it was made from: each row as a drug file gives the library's drug. */

/* Columns of the table, from the third on, as keys and units of a drug file. */
static const struct {
    const char *key, *unit;
} columns[] = {{"molar_mass", "g/mol"},
               {"peripheral_flow", "L/d"},
               {"tumour_flow", "L/d"},
               {"node_flow", "L/d"},
               {"lymphatic_drainage", "/d"},
               {"clearance", "L/d"},
               {"saturable_clearance", "nmol/d"},
               {"saturable_half", "nM"},
               {"gamma_blood", ""},
               {"gamma_peripheral", ""},
               {"gamma_tumour", ""},
               {"gamma_node", ""},
               {"on_rate", "/M/s"},
               {"dissociation", "nM"},
               {"cross_arm", ""}};

/* A drug file from a row of the table. The row is cut up. */
static size_t drug_text(char *row, char *text, size_t size)
{
    const char *name = strsep(&row, ",");
    const char *target = strsep(&row, ",");
    size_t used = (size_t)snprintf(text, size, "name: %s\ntarget: %s\nsource: the table\n", name,
                                   strcmp(target, "PD1") == 0    ? "PD-1"
                                   : strcmp(target, "PDL1") == 0 ? "PD-L1"
                                                                 : "CTLA-4");
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        const char *value = strsep(&row, ",");
        if (value != NULL && value[0] != '\0')
            used += (size_t)snprintf(text + used, size - used, "%s: %s %s\n", columns[i].key, value, columns[i].unit);
    }
    return used;
}

static const struct antibody *library_drug(const char *name)
{
    const struct antibody *drug;
    if (strcmp(name, "nivolumab_qspio2020") == 0)
        return model_preset_antibody(PRESET_QSPIO_NSCLC_2020, 0);
    for (size_t i = 0; (drug = model_preset_antibody(PRESET_NSCLC, i)) != NULL; i++)
        if (strcmp(drug->name, name) == 0)
            return drug;
    return NULL;
}

static void test_library(void **state)
{
    (void)state;
    const char *shared = getenv("ABSCOPAL_SHARED");
    char path[512];
    snprintf(path, sizeof path, "%s/model/antibodies.csv", shared != NULL ? shared : "../shared");
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        fprintf(stderr, "skipped: %s is not there\n", path);
        skip();
    }
    char row[512];
    int compared = 0;
    if (file != NULL && fgets(row, sizeof row, file) == NULL)
        fail_msg("%s is empty", path);
    while (file != NULL && fgets(row, sizeof row, file) != NULL) {
        char text[2048];
        struct antibody drug;
        size_t size = drug_text(row, text, sizeof text);
        assert_int_equal(drug_file_read(input_file_write("row.yaml", text, size), &drug, NULL, NULL), ABSCOPAL_OK);
        const struct antibody *library = library_drug(drug.name);
        assert_non_null(library);
        assert_int_equal(drug.target, library->target);
        const struct drug_constant *entry;
        for (size_t i = 0; (entry = drug_constant_describe(i)) != NULL; i++)
            if (drug_constant_get(&drug, entry) != drug_constant_get(library, entry))
                fail_msg("%s of %s: %.17g rather than %.17g", entry->name, drug.name, drug_constant_get(&drug, entry),
                         drug_constant_get(library, entry));
        drug_file_free(&drug);
        compared++;
    }
    if (file != NULL)
        fclose(file);
    assert_int_equal(compared, 7);
}

/* ---- Drugs of a trial's own */

static enum abscopal_status read_trial_and_free(const char *path, struct abscopal_error *error)
{
    struct trial_file trial;
    enum abscopal_status status = trial_file_read(path, &trial, error);
    trial_file_free(&trial);
    return status;
}

#define TRIAL "name: t\nmodel: nsclc\ncohort: cohort.yaml\nuntil: 100 d\nimaging: {every: 10 d}\n"
#define ARMS(drug) "arms: [{name: a, treatments: [{drug: " drug ", dose: 3 mg/kg, start: 0 d}]}]\n"

static void test_trial_errors(void **state)
{
    (void)state;
    static const struct malformed table[] = {
        {TRIAL "drugs: [one.yaml]\n" ARMS("abc-123"), ""},
        {TRIAL "drugs: [one.yaml]\n" ARMS("abc-124"),
         "7:38: unknown drug 'abc-124'; did you mean 'abc-123'? Known: nivolumab, pembrolizumab, atezolizumab, "
         "durvalumab, ipilimumab, tremelimumab, abc-123"},
        {TRIAL "drugs: one.yaml\n" ARMS("abc-123"), "6:8: drugs must be a list"},
        {TRIAL "drugs: []\n" ARMS("nivolumab"), "6:8: drugs must not be empty"},
        {TRIAL "drugs: [one.yaml, {}]\n" ARMS("nivolumab"), "6:19: a drug file must be a single value, not a mapping"},
        {TRIAL "drugs: [/nowhere/one.yaml]\n" ARMS("abc-123"),
         "6:9: drug file '/nowhere/one.yaml' cannot be read: No such file or directory; paths are relative to the "
         "trial "
         "file"},
        {TRIAL "drugs: [one.yaml, two.yaml]\n" ARMS("abc-123"),
         "6:19: the model nsclc has a drug 'nivolumab' already; give the one of this file another name"},
        {TRIAL "drugs: [one.yaml, one.yaml]\n" ARMS("abc-123"),
         "6:19: two drug files define 'abc-123'; give one of them another name"},
        {"name: t\nmodel: qspio-nsclc-2020\ndrugs: [one.yaml]\n",
         "3:8: the model qspio-nsclc-2020 is as published and takes no drugs of your own; write 'model: nsclc'"},
    };
    assert_int_equal(input_file_differences(read_trial_and_free, table, sizeof table / sizeof *table), 0);

    /* A mistake in a drug file is reported where it is. */
    struct abscopal_error error;
    static const char text[] = TRIAL "drugs: [bad.yaml]\n" ARMS("abc-123");
    assert_int_equal(read_trial_and_free(input_file_write("trial.yaml", text, sizeof text - 1), &error),
                     ABSCOPAL_BAD_INPUT);
    assert_string_equal(strrchr(error.file, '/'), "/bad.yaml");
    assert_true(error.line == 11 && error.column == 14);
    assert_string_equal(error.message, "gamma_blood must be more than 0 and at most 1, not 7");
}

static void test_trial_drugs(void **state)
{
    (void)state;
    struct trial_file trial;
    static const char text[] = TRIAL "drugs: [one.yaml, three.yaml]\n"
                                     "arms:\n- name: a\n  treatments:\n"
                                     "  - {drug: xyz_9, dose: 10 mg, start: 0 d}\n"
                                     "  - {drug: nivolumab, dose: 10 mg, start: 0 d}\n"
                                     "  - {drug: abc-123, dose: 10 mg, start: 0 d}\n"
                                     "  - {drug: xyz_9, dose: 10 mg, start: 7 d}\n";
    assert_int_equal(trial_file_read(input_file_write("trial.yaml", text, sizeof text - 1), &trial, NULL), ABSCOPAL_OK);
    assert_int_equal(trial.drug_count, 2);
    const struct treatment *treatments = trial.arms[0].treatments;
    assert_ptr_equal(treatments[0].antibody, &trial.drugs[1]);
    assert_ptr_equal(treatments[1].antibody, model_preset_antibody(PRESET_NSCLC, 0));
    assert_ptr_equal(treatments[2].antibody, &trial.drugs[0]);
    assert_ptr_equal(treatments[3].antibody, &trial.drugs[1]);
    assert_true(trial.drugs[1].clearance_l_per_d == 0.5 && trial.drugs[1].target == TARGET_PDL1);
    char expected[4096];
    int used = snprintf(expected, sizeof expected, "---\n%s", with(NULL, NULL));
    snprintf(expected + used, sizeof expected - (size_t)used, "---\n%s", with("name", "name: xyz_9  "));
    *strstr(strstr(expected, "xyz_9"), "0.33") = '\0'; /* up to where the third file differs */
    assert_memory_equal(trial.drug_text, expected, strlen(expected));
    trial_file_free(&trial);
}

static int folder_with_files(void **state)
{
    if (input_folder_make(state) != 0)
        return -1;
    input_file_write("cohort.yaml", "", 0);
    static const struct {
        const char *file, *key, *line;
    } files[] = {{"one.yaml", NULL, NULL},
                 {"two.yaml", "name", "name: Nivolumab"},
                 {"three.yaml", "clearance", "clearance: 0.5 L/d"},
                 {"bad.yaml", "gamma_blood", "gamma_blood: 7"}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char text[2048];
        snprintf(text, sizeof text, "%s", with(files[i].key, files[i].line));
        char *name = strstr(text, "abc-123");
        for (size_t j = 0; strcmp(files[i].file, "three.yaml") == 0 && j < 7; j++)
            name[j] = "xyz_9  "[j];
        input_file_write(files[i].file, text, strlen(text));
    }
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors),  cmocka_unit_test(test_missing),      cmocka_unit_test(test_values),
        cmocka_unit_test(test_library), cmocka_unit_test(test_trial_errors), cmocka_unit_test(test_trial_drugs),
    };
    return cmocka_run_group_tests(tests, folder_with_files, input_folder_remove);
}
