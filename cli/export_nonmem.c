#include "cli/export_nonmem.h"

#include <stdio.h>

enum exit_code export_trial_nonmem(const char *trial_path, const char *path)
{
    struct abscopal_error error = {0};
    size_t left_out = 0;
    abscopal_trial *trial = abscopal_trial_read(trial_path, &error);
    if (!trial)
        return report_error(&error);
    const enum abscopal_status status = abscopal_trial_write_nonmem(trial, path, &left_out, &error);
    abscopal_trial_free(trial);
    if (status != ABSCOPAL_OK)
        return report_error(&error);
    if (left_out > 0)
        fprintf(stderr, "abscopal export: %zu %s for what a visit finds and %s not in '%s'\n", left_out,
                left_out == 1 ? "treatment waits" : "treatments wait", left_out == 1 ? "is" : "are", path);
    return EXIT_DONE;
}
