/* Quantities and units, as they stand in all input files. */
#include "fuzz.h"

#include <stdlib.h>

#include "protocols/units.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const wanted[] = {"", "1", "mg", "mg/kg", "d", "1/M/s", "molecule/um^2"};
    char problem[UNIT_TEXT_SIZE], described[UNIT_TEXT_SIZE];
    struct unit unit;
    struct quantity quantity;
    double value;
    char *text = fuzz_text(data, size);
    if (text == NULL)
        return -1;
    if (unit_parse(text, &unit, problem))
        unit_describe(&unit, described);
    if (quantity_parse(text, &quantity, problem))
        unit_describe(&quantity.unit, described);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        quantity_convert(text, wanted[i], &value, problem);
    (void)quantity_unit_text(text);
    free(text);
    return 0;
}
