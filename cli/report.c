#include <unistd.h>

#include "cli/commands.h"
#include "cli/guard.h"
#include "cli/report_files.h"

struct settings {
    struct report_files files;
    bool compare;
};

#define MEMBER(name) offsetof(struct settings, name)

/* clang-format off */
static const struct option_row options[] = {
    {'o', "output", "FILE.html", OPTION_TEXT, MEMBER(files.html), 0, 0,
     "write the report as one HTML page"},
    {0, "figures", "DIR", OPTION_TEXT, MEMBER(files.figures), 0, 0,
     "draw every figure as a file in this folder (needs nodejs)"},
    {0, "format", "FORMAT", OPTION_TEXT, MEMBER(files.format), 0, 0,
     "of figures: svg or png (needs librsvg2-bin; default: svg)"},
    {0, "json", "FILE", OPTION_TEXT, MEMBER(files.json), 0, 0,
     "write what the report shows as JSON"},
    {0, "compare", NULL, OPTION_FLAG, MEMBER(compare), 0, 0,
     "set the results of two files side by side, with differences"},
    {.name = "help"},
};
/* clang-format on */

static const struct command command = {
    .name = "report",
    .operands = "OUT.h5 [SECOND.h5]",
    .summary = "Makes a report of results: one page that a browser shows without a network.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .examples = "  abscopal report outcomes.h5 -o report.html\n"
                "  abscopal report outcomes.h5 --figures figures --format png\n"
                "  abscopal report --compare first.h5 second.h5 -o both.html",
};

static enum exit_code report_sweep(const char *path, const struct report_files *files)
{
    struct abscopal_error error = {0};
    abscopal_sweep *sweep = abscopal_sweep_read_hdf5(path, &error);
    if (!sweep)
        return report_error(&error);
    abscopal_report *report = abscopal_report_of_sweep(sweep, file_name_of(path), &error);
    abscopal_sweep_free(sweep);
    return report_files_write(command.name, report, files, &error);
}

static enum exit_code report_one(const char *path, const struct report_files *files)
{
    struct abscopal_error error = {0};
    if (abscopal_is_sweep_hdf5(path))
        return report_sweep(path, files);
    abscopal_results *results = abscopal_results_read_hdf5(path, &error);
    if (!results)
        return report_error(&error);
    abscopal_report *report = abscopal_report_of_trial(results, file_name_of(path), &error);
    abscopal_results_free(results);
    return report_files_write(command.name, report, files, &error);
}

static enum exit_code report_two(char **paths, const struct report_files *files)
{
    struct abscopal_error error = {0};
    abscopal_results *first = abscopal_results_read_hdf5(paths[0], &error);
    abscopal_results *second = first ? abscopal_results_read_hdf5(paths[1], &error) : NULL;
    abscopal_report *report =
        second ? abscopal_report_of_two(first, file_name_of(paths[0]), second, file_name_of(paths[1]), &error) : NULL;
    abscopal_results_free(first);
    abscopal_results_free(second);
    return report_files_write(command.name, report, files, &error);
}

static enum exit_code refuse(const char *message)
{
    fprintf(stderr, "abscopal report: %s\n", message);
    return EXIT_BAD_INPUT;
}

enum exit_code command_report(int argc, char **argv)
{
    struct settings settings = {0};
    enum exit_code code;
    if (!options_accept(&command, argc, argv, &settings, &code))
        return code;
    const int operands = argc - optind;
    if (settings.compare && operands != 2)
        return refuse("--compare needs two files; write 'abscopal report --compare A.h5 B.h5 -o both.html'");
    if (!settings.compare && operands == 2)
        return refuse("to set two files side by side write --compare, too");
    const char *path = settings.compare ? argv[optind] : options_single_operand(&command, argc, argv);
    if (!path)
        return EXIT_BAD_INPUT;
    if (!settings.files.html && !settings.files.json && !settings.files.figures)
        return refuse("where to? Write --output FILE.html, --figures DIR or --json FILE");
    if (!report_files_check(command.name, &settings.files, &code))
        return code;
    if (!guard_passes(path, settings.compare ? guard_read_results : guard_read_any, &code) ||
        (settings.compare && !guard_passes(argv[optind + 1], guard_read_results, &code)))
        return code;
    return settings.compare ? report_two(argv + optind, &settings.files) : report_one(path, &settings.files);
}
