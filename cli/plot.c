#include "cli/commands.h"
#include "cli/guard.h"
#include "cli/report_files.h"

struct settings {
    struct report_files files;
    int64_t patient;
};

#define MEMBER(name) offsetof(struct settings, name)

/* clang-format off */
static const struct option_row options[] = {
    {'p', "patient", "K", OPTION_INTEGER, MEMBER(patient), 1, 1e9,
     "the patient to show, from 1; needed"},
    {'o', "output", "FILE.html", OPTION_TEXT, MEMBER(files.html), 0, 0,
     "write the page here (default: patient-K.html)"},
    {0, "figures", "DIR", OPTION_TEXT, MEMBER(files.figures), 0, 0,
     "draw every figure as a file in this folder, too (needs nodejs)"},
    {0, "format", "FORMAT", OPTION_TEXT, MEMBER(files.format), 0, 0,
     "of figures: svg or png (needs librsvg2-bin; default: svg)"},
    {0, "json", "FILE", OPTION_TEXT, MEMBER(files.json), 0, 0,
     "write what the page shows as JSON, too"},
    {.name = "help"},
};
/* clang-format on */

static const struct command command = {
    .name = "plot",
    .operands = "OUT.h5",
    .summary = "Shows one patient of results in every arm: lesions, responses and courses over time, as one page.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .examples = "  abscopal plot outcomes.h5 --patient 7\n"
                "  abscopal plot outcomes.h5 --patient 7 -o seven.html --figures seven",
};

static enum exit_code plot(const char *path, const struct settings *settings)
{
    struct abscopal_error error = {0};
    enum exit_code code;
    if (!report_files_check(command.name, &settings->files, &code))
        return code;
    if (!guard_passes(path, guard_read_results, &code))
        return code;
    abscopal_results *results = abscopal_results_read_hdf5(path, &error);
    if (!results)
        return report_error(&error);
    abscopal_report *report =
        abscopal_report_of_patient(results, file_name_of(path), (size_t)settings->patient, &error);
    abscopal_results_free(results);
    return report_files_write(command.name, report, &settings->files, &error);
}

enum exit_code command_plot(int argc, char **argv)
{
    struct settings settings = {0};
    char usual[64];
    enum exit_code code;
    if (!options_accept(&command, argc, argv, &settings, &code))
        return code;
    const char *path = options_single_operand(&command, argc, argv);
    if (!path)
        return EXIT_BAD_INPUT;
    if (settings.patient == 0) {
        fprintf(stderr, "abscopal plot: which patient? Write --patient K\n");
        return EXIT_BAD_INPUT;
    }
    snprintf(usual, sizeof usual, "patient-%lld.html", (long long)settings.patient);
    if (!settings.files.html)
        settings.files.html = usual;
    return plot(path, &settings);
}
