/* Records of doses and fractions, as CSV, that a trial file names; of those accepted, the records are written again. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

#include "protocols/trial_file.h"
#include "results/nonmem.h"

static const char trial_text[] =
    "name: t\nmodel: nsclc\ncohort: c.yaml\nuntil: 300 d\nimaging: {every: 42 d}\narms:\n"
    "- {name: a, treatments: {records: r.csv}}\n- {name: b, treatments: {records: r.csv, arm: '2'}}\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct abscopal_error error;
    struct trial_file trial;
    char *text = fuzz_text(data, size), *written = NULL;
    size_t written_size = 0, left_out = 0;
    if (text == NULL)
        return -1;
    char file[] = "r.csv";
    struct named_text record = {file, text};
    const struct named_texts stored = {&record, 1};
    if (trial_file_read_stored("t.yaml", trial_text, &stored, &trial, &error) == ABSCOPAL_OK) {
        FILE *records = open_memstream(&written, &written_size);
        if (records == NULL)
            abort();
        nonmem_write(&trial, records, &left_out);
        fclose(records);
        free(written);
        trial_file_free(&trial);
    }
    free(text);
    return 0;
}
