/* Units: the figures are the definitions of the units, or the published table in two notations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/parameters.h"
#include "protocols/units.h"

struct conversion {
    const char *text;
    const char *unit;
    double value;
};

static int conversion_differences(const struct conversion *table, size_t count, double tolerance)
{
    int differences = 0;
    for (size_t i = 0; i < count; i++) {
        char problem[UNIT_TEXT_SIZE] = "";
        double value = NAN;
        bool read = quantity_convert(table[i].text, table[i].unit, &value, problem);
        if (read && fabs(value - table[i].value) <= tolerance * fabs(table[i].value))
            continue;
        fprintf(stderr, "'%s' in %s is %.17g, not %.17g %s\n", table[i].text, table[i].unit, value, table[i].value,
                problem);
        differences++;
    }
    return differences;
}

/* What people write in protocols must come out exactly. */
static void test_exact(void **state)
{
    (void)state;
    static const struct conversion table[] = {
        {"240 mg", "mg", 240},
        {"240mg", "mg", 240},
        {"0.24 g", "mg", 240},
        {"3 mg/kg", "mg/kg", 3},
        {"14 d", "d", 14},
        {"14 days", "d", 14},
        {"6 weeks", "d", 42},
        {"6 h", "d", 0.25},
        {"30 min", "d", 30.0 / 1440},
        {"1 minute", "s", 60},
        {"0.0110 /d", "1/d", 0.0110},
        {"0.0110 1/d", "1/d", 0.0110},
        {"24 %", "1", 0.24},
        {"24%", "1", 0.24},
        {"121", "1", 121},
        {"-1.5e-3 mm", "mm", -1.5e-3},
        {"+.5 d", "d", 0.5},
        {"5. cm", "mm", 50},
        {"8 Gy", "Gy", 8},
        {"200 cGy", "Gy", 2},
        {"75 kg", "kg", 75},
        {"2.56 nM", "nM", 2.56},
        {"1 \xc2\xb5M", "nM", 1000},
        {"1 \xce\xbcm", "nm", 1000},
        {"16.4 molecule/um^2", "molecule/um^2", 16.4},
        {"1e0 d", "d", 1},
        {"1 d*d/d", "d", 1},
    };
    assert_int_equal(conversion_differences(table, sizeof table / sizeof *table, 0), 0);
}

static void test_definitions(void **state)
{
    (void)state;
    static const struct conversion table[] = {
        {"1e9 cell/mL", "cell/L", 1e12},
        {"1 L", "mm^3", 1e6},
        {"1 m^3", "L", 1e3},
        {"1 mL", "cm^3", 1},
        {"1 uL", "mm^3", 1},
        {"1 M", "mol/L", 1},
        {"1 nM", "nmol/L", 1},
        {"1 nM", "mol/m^3", 1e-6},
        {"1 /(M*s)", "1/nM/d", 86400e-9},
        {"1.66e-18 mol/cell", "nmol/cell", 1.66e-9},
        {"1 1/(s*molecule/um^2)", "um^2/molecule/d", 86400},
        {"1 s^-1", "1/min", 60},
        {"1 (mm/s)^2", "um^2/s^2", 1e6},
        {"0.07 1/day/milliliter", "1/d/L", 70},
        {"6e-6 nanomole/cell/hour", "nmol/cell/d", 1.44e-4},
        {"144000 1/day/molarity", "1/nM/d", 1.44e-4},
        {"6.7e-7 1/(centimeter^3*minute)", "1/L/d", 6.7e-7 * 1e3 * 1440},
        {"1 1/(micromolarity*nanometer*second)", "1/nM/um/s", 1},
        {"1374.44678594553 millimeter^3", "L", 1.37444678594553e-3},
        {"1e-8 molarity/cell", "nM/cell", 10},
        {"1 mg/kg", "ng/kg", 1e6},
        {"143.6 kDa", "g/mol", 143600},
        {"1 Da", "g/mol", 1},
        {"150 ug/umol", "kDa", 0.15},
        {"1e6 /M/s", "1/nM/d", 86.4},
    };
    assert_int_equal(conversion_differences(table, sizeof table / sizeof *table, 4e-16), 0);
}

struct refusal {
    const char *text;
    const char *unit;
    const char *problem;
};

static void test_refusals(void **state)
{
    (void)state;
    static const struct refusal table[] = {
        {"5 mg", "d", "'5 mg' is a mass of drug; write a time, in d for instance"},
        {"400", "d", "'400' has no unit; write a time, such as '400 d'"},
        {"3 mg/kg", "1", "'3 mg/kg' is a dose per body weight; write a pure number"},
        {"3 mg/kg", "mg", "'3 mg/kg' is a dose per body weight; write a mass of drug, in mg for instance"},
        {"75 g", "kg", "'75 g' is a mass of drug; write a body weight, in kg for instance"},
        {"3 mol", "molecule",
         "'3 mol' is an amount of substance; write a number of molecules, in molecule for instance"},
        {"143600 g", "g/mol", "'143600 g' is a mass of drug; write a molar mass, in g/mol for instance"},
        {"2 mL/min", "1/M/s", "'2 mL/min' is a flow; write an association rate, in 1/M/s for instance"},
        {"2 mg/d", "nmol/d",
         "'2 mg/d' is a quantity in time^-1 mass; write an amount per time, in nmol/d for instance"},
        {"3 cell", "1", "'3 cell' is a number of cells; write a pure number"},
        {"1 /d", "1/d/L", "'1 /d' is a rate; write a quantity in time^-1 length^-3, in 1/d/L for instance"},
        {"", "d", "'' does not start with a number"},
        {"soon", "d", "'soon' does not start with a number"},
        {"nan d", "d", "'nan d' does not start with a number"},
        {"inf d", "d", "'inf d' does not start with a number"},
        {"1e999 d", "d", "'1e999' is too large a number"},
        {"1e308 week", "s", "'1e308 week' is too large"},
        {"1,5 d", "d", "'1,5 d' has a comma; write decimals with a point"},
        {"0x10 d", "d", "unknown unit 'x'"},
        {"3 dayz", "d", "unknown unit 'dayz'; did you mean 'day'?"},
        {"3 MG", "mg", "unknown unit 'MG'; did you mean 'mg'?"},
        {"3 mg/", "mg", "the unit ends too early"},
        {"3 mg kg", "mg", "the unit cannot be read from 'kg' on; write it like mg/kg, 1/d or molecule/um^2"},
        {"3 um2", "um^2", "the unit cannot be read from '2' on; write it like mg/kg, 1/d or molecule/um^2"},
        {"3 um^2.5", "um^2", "the unit cannot be read from '.5' on; write it like mg/kg, 1/d or molecule/um^2"},
        {"3 um^x", "um^2", "a power must be a whole number from -9 to 9, as in um^2"},
        {"3 um^10", "um^2", "a power must be a whole number from -9 to 9, as in um^2"},
        {"3 (d", "d", "the unit lacks a closing parenthesis"},
        {"3 ((((((((((d))))))))))", "d", "the unit has too many parentheses"},
        {"3 ((cell^9)^9)^2", "cell", "the unit is out of range"},
        {"3 (cell^9)^9*cell^9*cell^9*cell", "cell", "the unit is out of range"},
        {"3 (m^9)^9*(m^9)^9", "m", "the unit is out of range"},
        {"1 d 2 h", "d", "the unit cannot be read from '2 h' on; write it like mg/kg, 1/d or molecule/um^2"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char problem[UNIT_TEXT_SIZE] = "";
        double value;
        assert_false(quantity_convert(table[i].text, table[i].unit, &value, problem));
        assert_string_equal(problem, table[i].problem);
    }
}

/* A program that uses the library may have set a locale with decimal commas. */
static void test_locale(void **state)
{
    (void)state;
    static const struct conversion table[] = {{"0.5 d", "h", 12}};
    const char *found = setlocale(LC_NUMERIC, "de_DE.UTF-8");
    int differences = conversion_differences(table, sizeof table / sizeof *table, 0);
    setlocale(LC_NUMERIC, "C");
    if (found == NULL)
        skip();
    assert_int_equal(differences, 0);
}

/* Every unit of the parameter table can be read, and the defaults lie in their ranges. */
static void test_parameter_table(void **state)
{
    (void)state;
    for (int i = 0; i < PARAMETER_COUNT; i++) {
        const struct parameter_description *row = parameter_describe(i);
        char problem[UNIT_TEXT_SIZE] = "";
        struct unit unit;
        if (!unit_parse(row->unit, &unit, problem))
            fail_msg("%s: %s", row->name, problem);
        if (!(row->value >= row->lower && row->value <= row->upper && row->lower < row->upper))
            fail_msg("%s: default %g outside %g to %g", row->name, row->value, row->lower, row->upper);
    }
}

static const struct parameter_description *find_symbol(const char *symbol)
{
    for (int i = 0; i < PARAMETER_COUNT; i++)
        if (strcmp(parameter_describe(i)->symbol, symbol) == 0)
            return parameter_describe(i);
    return NULL;
}

/* The published values (as evaluated by the original model, in its units) against the table's defaults (in ours). */
static void test_published_values(void **state)
{
    (void)state;
    const char *shared = getenv("ABSCOPAL_SHARED");
    char path[512];
    snprintf(path, sizeof path, "%s/model/qspio_nsclc_parameters_evaluated.csv", shared != NULL ? shared : "../shared");
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        fprintf(stderr, "skipped: %s is not there\n", path);
        skip();
    }
    char line[256];
    int compared = 0;
    int differences = 0;
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        char symbol[64];
        char figure[64];
        char unit[64];
        if (sscanf(line, "%63[^,],%63[^,],%63[^\r\n]", symbol, figure, unit) != 3)
            continue;
        const struct parameter_description *row = find_symbol(symbol);
        if (row == NULL)
            continue;
        char text[160];
        snprintf(text, sizeof text, "%s %s", figure, unit);
        const struct conversion published = {text, row->unit, row->value};
        differences += conversion_differences(&published, 1, 1e-14);
        compared++;
    }
    if (file != NULL)
        fclose(file);
    fprintf(stderr, "%d published values compared\n", compared);
    assert_true(compared >= 70);
    assert_int_equal(differences, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact),  cmocka_unit_test(test_definitions),     cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_locale), cmocka_unit_test(test_parameter_table), cmocka_unit_test(test_published_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
