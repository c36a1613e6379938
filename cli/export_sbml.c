#include "cli/export_sbml.h"

#include <stdio.h>

#include "cli/output.h"

enum exit_code export_trial_sbml(const char *trial_path, const struct abscopal_sbml_options *options, const char *path,
                                 bool replace)
{
    struct abscopal_error error = {0};
    struct abscopal_sbml_written written = {.events = 0};
    const char *const files[] = {path, options->sedml_path};
    for (int i = 0; i < 2 && files[i]; i++) {
        if (!output_is_free("export", files[i], replace))
            return EXIT_BAD_INPUT;
        if (!output_can_be_written("export", files[i]))
            return EXIT_OUTPUT_FAILED;
    }
    abscopal_trial *trial = abscopal_trial_read(trial_path, &error);
    if (!trial)
        return report_error(&error);
    const enum abscopal_status status = abscopal_trial_write_sbml(trial, options, path, &written, &error);
    abscopal_trial_free(trial);
    if (status != ABSCOPAL_OK)
        return report_error(&error);
    printf("%s: %d %s, %zu events; libSBML: %zu errors, %zu warnings\n", path, written.lesions,
           written.lesions == 1 ? "lesion" : "lesions", written.events, written.check.errors, written.check.warnings);
    if (written.as_decided)
        fprintf(stderr, "abscopal export: this arm decides at visits; '%s' has what was decided for this patient\n",
                path);
    return EXIT_DONE;
}
