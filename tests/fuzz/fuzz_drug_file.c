/* Drug files. */
#include "fuzz.h"

#include <stdlib.h>

#include "protocols/drug_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct abscopal_error error;
    struct antibody drug;
    char *text = fuzz_text(data, size);
    if (text == NULL)
        return -1;
    if (drug_file_read_text("drug.yaml", text, &drug, &error) == ABSCOPAL_OK)
        drug_file_free(&drug);
    free(text);
    return 0;
}
