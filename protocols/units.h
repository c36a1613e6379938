/* Quantities with units, such as "240 mg", "0.0110 /d" or "1e9 cell/mL", and their dimensions.
 *
 * A parser of our own rather than UDUNITS-2: that library has neither cell nor molecule nor molar, takes "M" and
 * "h" for other things, and reduces mg/kg to a pure number, so that a dose by body weight and a fraction could be
 * exchanged unnoticed, which is just the mistake a dimension check is for.
 *
 * Seven dimensions are independent besides mass: time, length, amount of substance, absorbed dose, cell, molecule and
 * body weight. "kg" is always a kilogram of the patient; the masses of drugs are g, mg, ug and ng. So mg/kg is a dose
 * per body weight and cancels to nothing else. */
#ifndef ABSCOPAL_PROTOCOLS_UNITS_H
#define ABSCOPAL_PROTOCOLS_UNITS_H

#include <stdbool.h>
#include <stddef.h>

enum dimension {
    DIMENSION_TIME,
    DIMENSION_LENGTH,
    DIMENSION_MASS, /* of drug */
    DIMENSION_BODY_WEIGHT,
    DIMENSION_AMOUNT,
    DIMENSION_CELL,
    DIMENSION_MOLECULE,
    DIMENSION_ABSORBED_DOSE
};
enum { DIMENSION_COUNT = 8 };

/* A unit as a multiple of base units (second, micrometre, nanogram, kilogram of body, nanomole, cell, molecule, gray).
 * The multiple is kept as a fraction so that common conversions round once or not at all. */
struct unit {
    double numerator, denominator;
    int exponent[DIMENSION_COUNT];
};

struct quantity {
    double value;
    struct unit unit;
};

/* Room for any problem or description below. */
enum { UNIT_TEXT_SIZE = 256 };

/* Reads a unit: symbols and names of the table in units.c, "1" and "%", joined by * and /, with whole powers (um^2)
 * and parentheses; a leading / stands for 1/. The empty text is a pure number. On failure returns false and writes
 * what is wrong and what to write instead to `problem`, of UNIT_TEXT_SIZE. */
bool unit_parse(const char *text, struct unit *unit, char *problem);

/* Reads a decimal number followed by a unit, with or without a space between. As unit_parse on failure; a number too
 * large for a double is one. The decimal sign is a point whatever the locale. */
bool quantity_parse(const char *text, struct quantity *quantity, char *problem);

/* The unit of a quantity's text: what stands behind its number and the blanks after that; part of the text. */
const char *quantity_unit_text(const char *text);

bool unit_same_dimension(const struct unit *a, const struct unit *b);

/* The value in that unit, which must have the same dimension. */
double quantity_in(const struct quantity *quantity, const struct unit *unit);

/* What the unit measures, with an article: "a time", "a dose per body weight", "a pure number", or for rarer ones
 * "a quantity in cell/length^3". Written to `text`, of UNIT_TEXT_SIZE, which is returned. */
char *unit_describe(const struct unit *unit, char *text);

/* All at once: reads `text` and converts it to the unit `unit_text`, which must be a valid unit. On failure returns
 * false and says in `problem` (UNIT_TEXT_SIZE) what is wrong, the wrong dimension included. */
bool quantity_convert(const char *text, const char *unit_text, double *value, char *problem);

#endif
