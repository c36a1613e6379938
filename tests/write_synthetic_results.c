/* Writes made-up results for the checks in other languages: write_synthetic_results FILE.h5 FILE.json [PATIENTS] */
#include <stdio.h>
#include <stdlib.h>

#include "abscopal.h"
#include "tests/synthetic_results.h"

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: write_synthetic_results FILE.h5 FILE.json [PATIENTS]\n");
        return 2;
    }
    struct abscopal_results *results = synthetic_results_new(argc > 3 ? strtoul(argv[3], NULL, 10) : 30, true);
    if (results == NULL)
        return 1;
    struct abscopal_error error;
    char text[1600];
    enum abscopal_status status = abscopal_results_write_hdf5(results, argv[1], &error);
    if (status == ABSCOPAL_OK)
        status = abscopal_results_write_json(results, argv[2], &error);
    if (status != ABSCOPAL_OK)
        fprintf(stderr, "%s\n", abscopal_error_text(&error, text, sizeof text));
    synthetic_results_free(results);
    return status == ABSCOPAL_OK ? 0 : 1;
}
