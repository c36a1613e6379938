/* Files of a patient's measured diameters, as CSV. */
#include "fuzz.h"

#include "protocols/diameters_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct abscopal_error error;
    struct diameters diameters;
    if (diameters_file_read(fuzz_file("patient.csv", data, size), &diameters, &error) == ABSCOPAL_OK)
        diameters_free(&diameters);
    return 0;
}
