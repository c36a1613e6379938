#include "protocols/units.h"

#include <ctype.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/nearest.h"

enum { LONGEST_SYMBOL = 31, DEEPEST_NESTING = 8, LARGEST_POWER = 9, LARGEST_EXPONENT = 99, LONGEST_NUMBER = 63 };

struct unit_symbol {
    const char *name;
    double numerator, denominator; /* in base units */
    enum dimension dimension;
    int exponent;
    int per; /* 0: the dimension above; 1: over volume, a concentration; 2: over amount, a molar mass */
};

static const struct unit_symbol symbols[] = {
    {"s", 1, 1, DIMENSION_TIME, 1, 0},
    {"second", 1, 1, DIMENSION_TIME, 1, 0},
    {"seconds", 1, 1, DIMENSION_TIME, 1, 0},
    {"min", 60, 1, DIMENSION_TIME, 1, 0},
    {"minute", 60, 1, DIMENSION_TIME, 1, 0},
    {"minutes", 60, 1, DIMENSION_TIME, 1, 0},
    {"h", 3600, 1, DIMENSION_TIME, 1, 0},
    {"hour", 3600, 1, DIMENSION_TIME, 1, 0},
    {"hours", 3600, 1, DIMENSION_TIME, 1, 0},
    {"d", 86400, 1, DIMENSION_TIME, 1, 0},
    {"day", 86400, 1, DIMENSION_TIME, 1, 0},
    {"days", 86400, 1, DIMENSION_TIME, 1, 0},
    {"week", 604800, 1, DIMENSION_TIME, 1, 0},
    {"weeks", 604800, 1, DIMENSION_TIME, 1, 0},
    {"nm", 1, 1e3, DIMENSION_LENGTH, 1, 0},
    {"nanometer", 1, 1e3, DIMENSION_LENGTH, 1, 0},
    {"nanometre", 1, 1e3, DIMENSION_LENGTH, 1, 0},
    {"um", 1, 1, DIMENSION_LENGTH, 1, 0},
    {"micrometer", 1, 1, DIMENSION_LENGTH, 1, 0},
    {"micrometre", 1, 1, DIMENSION_LENGTH, 1, 0},
    {"mm", 1e3, 1, DIMENSION_LENGTH, 1, 0},
    {"millimeter", 1e3, 1, DIMENSION_LENGTH, 1, 0},
    {"millimetre", 1e3, 1, DIMENSION_LENGTH, 1, 0},
    {"cm", 1e4, 1, DIMENSION_LENGTH, 1, 0},
    {"centimeter", 1e4, 1, DIMENSION_LENGTH, 1, 0},
    {"centimetre", 1e4, 1, DIMENSION_LENGTH, 1, 0},
    {"m", 1e6, 1, DIMENSION_LENGTH, 1, 0},
    {"meter", 1e6, 1, DIMENSION_LENGTH, 1, 0},
    {"metre", 1e6, 1, DIMENSION_LENGTH, 1, 0},
    {"L", 1e15, 1, DIMENSION_LENGTH, 3, 0},
    {"l", 1e15, 1, DIMENSION_LENGTH, 3, 0},
    {"liter", 1e15, 1, DIMENSION_LENGTH, 3, 0},
    {"litre", 1e15, 1, DIMENSION_LENGTH, 3, 0},
    {"mL", 1e12, 1, DIMENSION_LENGTH, 3, 0},
    {"ml", 1e12, 1, DIMENSION_LENGTH, 3, 0},
    {"milliliter", 1e12, 1, DIMENSION_LENGTH, 3, 0},
    {"millilitre", 1e12, 1, DIMENSION_LENGTH, 3, 0},
    {"uL", 1e9, 1, DIMENSION_LENGTH, 3, 0},
    {"ul", 1e9, 1, DIMENSION_LENGTH, 3, 0},
    {"microliter", 1e9, 1, DIMENSION_LENGTH, 3, 0},
    {"microlitre", 1e9, 1, DIMENSION_LENGTH, 3, 0},
    {"g", 1e9, 1, DIMENSION_MASS, 1, 0},
    {"gram", 1e9, 1, DIMENSION_MASS, 1, 0},
    {"mg", 1e6, 1, DIMENSION_MASS, 1, 0},
    {"milligram", 1e6, 1, DIMENSION_MASS, 1, 0},
    {"ug", 1e3, 1, DIMENSION_MASS, 1, 0},
    {"microgram", 1e3, 1, DIMENSION_MASS, 1, 0},
    {"ng", 1, 1, DIMENSION_MASS, 1, 0},
    {"nanogram", 1, 1, DIMENSION_MASS, 1, 0},
    {"Da", 1e9, 1, DIMENSION_MASS, 1, 2},
    {"dalton", 1e9, 1, DIMENSION_MASS, 1, 2},
    {"kDa", 1e12, 1, DIMENSION_MASS, 1, 2},
    {"kilodalton", 1e12, 1, DIMENSION_MASS, 1, 2},
    {"kg", 1, 1, DIMENSION_BODY_WEIGHT, 1, 0},
    {"kilogram", 1, 1, DIMENSION_BODY_WEIGHT, 1, 0},
    {"mol", 1e9, 1, DIMENSION_AMOUNT, 1, 0},
    {"mole", 1e9, 1, DIMENSION_AMOUNT, 1, 0},
    {"mmol", 1e6, 1, DIMENSION_AMOUNT, 1, 0},
    {"millimole", 1e6, 1, DIMENSION_AMOUNT, 1, 0},
    {"umol", 1e3, 1, DIMENSION_AMOUNT, 1, 0},
    {"micromole", 1e3, 1, DIMENSION_AMOUNT, 1, 0},
    {"nmol", 1, 1, DIMENSION_AMOUNT, 1, 0},
    {"nanomole", 1, 1, DIMENSION_AMOUNT, 1, 0},
    {"pmol", 1, 1e3, DIMENSION_AMOUNT, 1, 0},
    {"picomole", 1, 1e3, DIMENSION_AMOUNT, 1, 0},
    {"M", 1e9, 1, DIMENSION_AMOUNT, 1, 1},
    {"molar", 1e9, 1, DIMENSION_AMOUNT, 1, 1},
    {"molarity", 1e9, 1, DIMENSION_AMOUNT, 1, 1},
    {"mM", 1e6, 1, DIMENSION_AMOUNT, 1, 1},
    {"millimolarity", 1e6, 1, DIMENSION_AMOUNT, 1, 1},
    {"uM", 1e3, 1, DIMENSION_AMOUNT, 1, 1},
    {"micromolarity", 1e3, 1, DIMENSION_AMOUNT, 1, 1},
    {"nM", 1, 1, DIMENSION_AMOUNT, 1, 1},
    {"nanomolarity", 1, 1, DIMENSION_AMOUNT, 1, 1},
    {"pM", 1, 1e3, DIMENSION_AMOUNT, 1, 1},
    {"picomolarity", 1, 1e3, DIMENSION_AMOUNT, 1, 1},
    {"cell", 1, 1, DIMENSION_CELL, 1, 0},
    {"cells", 1, 1, DIMENSION_CELL, 1, 0},
    {"molecule", 1, 1, DIMENSION_MOLECULE, 1, 0},
    {"molecules", 1, 1, DIMENSION_MOLECULE, 1, 0},
    {"Gy", 1, 1, DIMENSION_ABSORBED_DOSE, 1, 0},
    {"gray", 1, 1, DIMENSION_ABSORBED_DOSE, 1, 0},
    {"cGy", 1, 1e2, DIMENSION_ABSORBED_DOSE, 1, 0},
    {"%", 1, 1e2, DIMENSION_TIME, 0, 0},
    {"percent", 1, 1e2, DIMENSION_TIME, 0, 0},
    {"dimensionless", 1, 1, DIMENSION_TIME, 0, 0},
};

enum { SYMBOL_COUNT = sizeof symbols / sizeof *symbols };

static const struct unit pure_number = {1, 1, {0}};

/* ---- Reading a unit, by recursive descent:
 *     product = [/] factor {(* or /) factor}
 *     factor  = (symbol | 1 | "(" product ")") [^ whole number] */

struct unit_reader {
    const char *at;
    int nesting;
    char *problem;
};

static bool read_product(struct unit_reader *reader, struct unit *unit);

static void skip_spaces(struct unit_reader *reader)
{
    while (*reader->at == ' ' || *reader->at == '\t')
        reader->at++;
}

/* unit *= factor^power. False when it has no use: nested powers would soon be larger than an int. */
static bool unit_multiply(struct unit *unit, const struct unit *factor, int power, char *problem)
{
    bool in_range = true;
    double up = power >= 0 ? factor->numerator : factor->denominator;
    double down = power >= 0 ? factor->denominator : factor->numerator;
    for (int i = 0; i < abs(power); i++) {
        unit->numerator *= up;
        unit->denominator *= down;
    }
    for (int i = 0; i < DIMENSION_COUNT; i++) {
        unit->exponent[i] += power * factor->exponent[i];
        in_range = in_range && abs(unit->exponent[i]) <= LARGEST_EXPONENT;
    }
    if (!in_range)
        snprintf(problem, UNIT_TEXT_SIZE, "the unit is out of range");
    return in_range;
}

static bool symbol_unknown(const char *name, char *problem)
{
    const char *names[SYMBOL_COUNT];
    for (int i = 0; i < SYMBOL_COUNT; i++)
        names[i] = symbols[i].name;
    const char *near = nearest_name(name, names, SYMBOL_COUNT);
    if (near != NULL)
        snprintf(problem, UNIT_TEXT_SIZE, "unknown unit '%s'; did you mean '%s'?", name, near);
    else
        snprintf(problem, UNIT_TEXT_SIZE, "unknown unit '%s'", name);
    return false;
}

/* Copies the letters of a symbol, with the micro sign and the Greek mu (both two bytes of UTF-8) as u. */
static size_t read_letters(struct unit_reader *reader, char name[LONGEST_SYMBOL + 1])
{
    size_t length = 0;
    for (; length < LONGEST_SYMBOL; length++) {
        if (strncmp(reader->at, "\xc2\xb5", 2) == 0 || strncmp(reader->at, "\xce\xbc", 2) == 0) {
            name[length] = 'u';
            reader->at += 2;
        } else if (isalpha((unsigned char)*reader->at) || *reader->at == '_') {
            name[length] = *reader->at++;
        } else {
            break;
        }
    }
    name[length] = '\0';
    return length;
}

static bool read_symbol(struct unit_reader *reader, struct unit *unit)
{
    char name[LONGEST_SYMBOL + 1];
    *unit = pure_number;
    if (*reader->at == '%') {
        snprintf(name, sizeof name, "%%");
        reader->at++;
    } else if (*reader->at == '1' && !isdigit((unsigned char)reader->at[1])) {
        reader->at++;
        return true;
    } else if (read_letters(reader, name) == 0) {
        if (*reader->at == '\0')
            snprintf(reader->problem, UNIT_TEXT_SIZE, "the unit ends too early");
        else
            snprintf(reader->problem, UNIT_TEXT_SIZE,
                     "the unit cannot be read from '%.32s' on; write it like mg/kg, 1/d or molecule/um^2", reader->at);
        return false;
    }
    for (int i = 0; i < SYMBOL_COUNT; i++) {
        const struct unit_symbol *symbol = &symbols[i];
        if (strcmp(symbol->name, name) != 0)
            continue;
        unit->numerator = symbol->numerator;
        unit->denominator = symbol->denominator;
        unit->exponent[symbol->dimension] = symbol->exponent;
        if (symbol->per == 1) {
            unit->denominator *= 1e15; /* um^3 in a litre */
            unit->exponent[DIMENSION_LENGTH] = -3;
        } else if (symbol->per == 2) {
            unit->denominator *= 1e9; /* nanomoles in a mole */
            unit->exponent[DIMENSION_AMOUNT] = -1;
        }
        return true;
    }
    return symbol_unknown(name, reader->problem);
}

static bool read_power(struct unit_reader *reader, int *power)
{
    *power = 1;
    if (*reader->at != '^')
        return true;
    reader->at++;
    bool negative = *reader->at == '-';
    if (negative)
        reader->at++;
    if (!isdigit((unsigned char)*reader->at) || isdigit((unsigned char)reader->at[1])) {
        snprintf(reader->problem, UNIT_TEXT_SIZE, "a power must be a whole number from -%d to %d, as in um^2",
                 LARGEST_POWER, LARGEST_POWER);
        return false;
    }
    *power = *reader->at++ - '0';
    if (negative)
        *power = -*power;
    return true;
}

static bool read_factor(struct unit_reader *reader, struct unit *unit)
{
    struct unit inner = pure_number;
    skip_spaces(reader);
    if (*reader->at == '(') {
        reader->at++;
        if (++reader->nesting > DEEPEST_NESTING) {
            snprintf(reader->problem, UNIT_TEXT_SIZE, "the unit has too many parentheses");
            return false;
        }
        if (!read_product(reader, &inner))
            return false;
        if (*reader->at != ')') {
            snprintf(reader->problem, UNIT_TEXT_SIZE, "the unit lacks a closing parenthesis");
            return false;
        }
        reader->at++;
        reader->nesting--;
    } else if (!read_symbol(reader, &inner)) {
        return false;
    }
    int power = 1;
    if (!read_power(reader, &power))
        return false;
    *unit = pure_number;
    return unit_multiply(unit, &inner, power, reader->problem);
}

static bool read_product(struct unit_reader *reader, struct unit *unit)
{
    *unit = pure_number;
    skip_spaces(reader);
    int power = 1;
    if (*reader->at == '/') {
        power = -1;
        reader->at++;
    }
    for (;;) {
        struct unit factor;
        if (!read_factor(reader, &factor) || !unit_multiply(unit, &factor, power, reader->problem))
            return false;
        skip_spaces(reader);
        if (*reader->at != '*' && *reader->at != '/')
            return true;
        power = *reader->at++ == '*' ? 1 : -1;
    }
}

bool unit_parse(const char *text, struct unit *unit, char *problem)
{
    struct unit_reader reader = {text, 0, problem};
    *unit = pure_number;
    skip_spaces(&reader);
    if (*reader.at == '\0')
        return true;
    if (!read_product(&reader, unit))
        return false;
    if (*reader.at != '\0') {
        snprintf(problem, UNIT_TEXT_SIZE,
                 "the unit cannot be read from '%.32s' on; write it like mg/kg, 1/d or molecule/um^2", reader.at);
        return false;
    }
    if (!isnormal(unit->numerator) || !isnormal(unit->denominator)) {
        snprintf(problem, UNIT_TEXT_SIZE, "the unit is out of range");
        return false;
    }
    return true;
}

/* ---- Quantities */

/* Length of the decimal number that the text starts with, 0 when there is none. */
static size_t number_length(const char *text)
{
    size_t at = text[0] == '+' || text[0] == '-' ? 1 : 0;
    size_t digits = 0;
    for (; isdigit((unsigned char)text[at]); at++)
        digits++;
    if (text[at] == '.')
        for (at++; isdigit((unsigned char)text[at]); at++)
            digits++;
    if (digits == 0)
        return 0;
    if (text[at] == 'e' || text[at] == 'E') {
        size_t exponent = at + 1;
        if (text[exponent] == '+' || text[exponent] == '-')
            exponent++;
        if (isdigit((unsigned char)text[exponent])) {
            for (at = exponent; isdigit((unsigned char)text[at]); at++)
                ;
        }
    }
    return at;
}

/* strtod of the C locale: the program that uses the library may have chosen one with decimal commas. */
static double number_value(const char *text)
{
    locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (c_locale == (locale_t)0)
        return NAN;
    double value = strtod_l(text, NULL, c_locale);
    freelocale(c_locale);
    return value;
}

bool quantity_parse(const char *text, struct quantity *quantity, char *problem)
{
    size_t length = number_length(text);
    if (length == 0 || length > LONGEST_NUMBER) {
        snprintf(problem, UNIT_TEXT_SIZE, "'%.64s' does not start with a number", text);
        return false;
    }
    if (text[length] == ',') {
        snprintf(problem, UNIT_TEXT_SIZE, "'%.64s' has a comma; write decimals with a point", text);
        return false;
    }
    char number[LONGEST_NUMBER + 1];
    memcpy(number, text, length);
    number[length] = '\0';
    quantity->value = number_value(number);
    if (!isfinite(quantity->value)) {
        snprintf(problem, UNIT_TEXT_SIZE, "'%s' is too large a number", number);
        return false;
    }
    return unit_parse(text + length, &quantity->unit, problem);
}

const char *quantity_unit_text(const char *text)
{
    text += number_length(text);
    return text + strspn(text, " ");
}

bool unit_same_dimension(const struct unit *a, const struct unit *b)
{
    return memcmp(a->exponent, b->exponent, sizeof a->exponent) == 0;
}

double quantity_in(const struct quantity *quantity, const struct unit *unit)
{
    double up = quantity->unit.numerator * unit->denominator;
    double down = quantity->unit.denominator * unit->numerator;
    return up == down ? quantity->value : quantity->value * up / down;
}

/* ---- Descriptions */

static const struct {
    const char *unit;
    const char *name;
} named_dimensions[] = {
    {"", "a pure number"},
    {"s", "a time"},
    {"1/s", "a rate"},
    {"m", "a length"},
    {"m^2", "an area"},
    {"L", "a volume"},
    {"g", "a mass of drug"},
    {"kg", "a body weight"},
    {"mg/kg", "a dose per body weight"},
    {"mg/m^2", "a dose per body surface"},
    {"mol", "an amount of substance"},
    {"M", "a concentration"},
    {"g/mol", "a molar mass"},
    {"L/d", "a flow"},
    {"1/M/s", "an association rate"},
    {"mol/d", "an amount per time"},
    {"Gy", "an absorbed dose"},
    {"cell", "a number of cells"},
    {"cell/L", "a density of cells"},
    {"molecule", "a number of molecules"},
    {"molecule/um^2", "a surface density"},
};

static const char *const dimension_names[DIMENSION_COUNT] = {
    [DIMENSION_TIME] = "time",         [DIMENSION_LENGTH] = "length",
    [DIMENSION_MASS] = "mass",         [DIMENSION_BODY_WEIGHT] = "body weight",
    [DIMENSION_AMOUNT] = "amount",     [DIMENSION_CELL] = "cell",
    [DIMENSION_MOLECULE] = "molecule", [DIMENSION_ABSORBED_DOSE] = "absorbed dose",
};

char *unit_describe(const struct unit *unit, char *text)
{
    char problem[UNIT_TEXT_SIZE];
    for (size_t i = 0; i < sizeof named_dimensions / sizeof *named_dimensions; i++) {
        struct unit named;
        if (unit_parse(named_dimensions[i].unit, &named, problem) && unit_same_dimension(unit, &named)) {
            snprintf(text, UNIT_TEXT_SIZE, "%s", named_dimensions[i].name);
            return text;
        }
    }
    size_t used = (size_t)snprintf(text, UNIT_TEXT_SIZE, "a quantity in");
    for (int i = 0; i < DIMENSION_COUNT && used < UNIT_TEXT_SIZE; i++)
        if (unit->exponent[i] == 1)
            used += (size_t)snprintf(text + used, UNIT_TEXT_SIZE - used, " %s", dimension_names[i]);
        else if (unit->exponent[i] != 0)
            used +=
                (size_t)snprintf(text + used, UNIT_TEXT_SIZE - used, " %s^%d", dimension_names[i], unit->exponent[i]);
    return text;
}

static void dimension_refuse(const char *text, const struct unit *given, const char *unit_text,
                             const struct unit *wanted, char *problem)
{
    char given_text[UNIT_TEXT_SIZE];
    char wanted_text[UNIT_TEXT_SIZE];
    unit_describe(given, given_text);
    unit_describe(wanted, wanted_text);
    if (unit_same_dimension(given, &pure_number) && strchr(text, '%') == NULL)
        snprintf(problem, UNIT_TEXT_SIZE, "'%.40s' has no unit; write %.60s, such as '%.40s %.40s'", text, wanted_text,
                 text, unit_text);
    else if (unit_same_dimension(wanted, &pure_number))
        snprintf(problem, UNIT_TEXT_SIZE, "'%.40s' is %.60s; write %.60s", text, given_text, wanted_text);
    else
        snprintf(problem, UNIT_TEXT_SIZE, "'%.40s' is %.60s; write %.60s, in %.40s for instance", text, given_text,
                 wanted_text, unit_text);
}

bool quantity_convert(const char *text, const char *unit_text, double *value, char *problem)
{
    struct unit unit;
    struct quantity quantity;
    if (!unit_parse(unit_text, &unit, problem) || !quantity_parse(text, &quantity, problem))
        return false;
    if (!unit_same_dimension(&quantity.unit, &unit)) {
        dimension_refuse(text, &quantity.unit, unit_text, &unit, problem);
        return false;
    }
    *value = quantity_in(&quantity, &unit);
    if (!isfinite(*value)) {
        snprintf(problem, UNIT_TEXT_SIZE, "'%.64s' is too large", text);
        return false;
    }
    return true;
}
