#include "cli/commands.h"
#include "cli/guard.h"

struct settings {
    bool json;
};

#define MEMBER(name) offsetof(struct settings, name)

/* clang-format off */
static const struct option_row options[] = {
    {0, "json", NULL, OPTION_FLAG, MEMBER(json), 0, 0,
     "print one JSON object for programs"},
    {.name = "help"},
};
/* clang-format on */

static const struct command command = {
    .name = "inspect",
    .operands = "OUT.h5",
    .summary = "Prints what is in a file of results or of a sweep: what made it, patients, and every variable.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .examples = "  abscopal inspect outcomes.h5\n"
                "  abscopal inspect outcomes.h5 --json",
};

enum exit_code command_inspect(int argc, char **argv)
{
    struct settings settings = {0};
    struct abscopal_error error = {0};
    enum exit_code code;
    if (!options_accept(&command, argc, argv, &settings, &code))
        return code;
    const char *path = options_single_operand(&command, argc, argv);
    if (!path)
        return EXIT_BAD_INPUT;
    if (!guard_passes(path, guard_read_inspected, &code))
        return code;
    if (abscopal_inspect_hdf5(path, settings.json, stdout, &error) != ABSCOPAL_OK)
        return report_error(&error);
    return EXIT_DONE;
}
