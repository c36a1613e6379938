#include "cli/report_files.h"

#include <string.h>

#include "cli/figures.h"
#include "cli/output.h"

bool report_files_check(const char *command, const struct report_files *files, enum exit_code *code)
{
    *code = EXIT_BAD_INPUT;
    if (files->format && !files->figures) {
        fprintf(stderr, "abscopal %s: --format is of figures; write --figures DIR, too\n", command);
        return false;
    }
    if (files->format && strcmp(files->format, "svg") != 0 && strcmp(files->format, "png") != 0) {
        fprintf(stderr, "abscopal %s: --format is svg or png, not '%s'\n", command, files->format);
        return false;
    }
    *code = EXIT_OUTPUT_FAILED;
    return (!files->figures || figures_can_be_drawn(command, files->format ? files->format : "svg")) &&
           (!files->html || output_can_be_written(command, files->html)) &&
           (!files->json || output_can_be_written(command, files->json));
}

const char *file_name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

enum exit_code report_files_write(const char *command, abscopal_report *report, const struct report_files *files,
                                  const struct abscopal_error *error)
{
    struct abscopal_error failure = {0};
    if (!report)
        return report_error(error);
    enum abscopal_status status = ABSCOPAL_OK;
    if (files->html)
        status = abscopal_report_write_html(report, files->html, &failure);
    if (status == ABSCOPAL_OK && files->html)
        fprintf(stderr, "abscopal %s: wrote %s\n", command, files->html);
    if (status == ABSCOPAL_OK && files->json)
        status = abscopal_report_write_json(report, files->json, &failure);
    enum exit_code code = status == ABSCOPAL_OK ? EXIT_DONE : report_error(&failure);
    if (code == EXIT_DONE && files->figures)
        code = figures_draw(command, report, files->figures, files->format ? files->format : "svg");
    abscopal_report_free(report);
    return code;
}
