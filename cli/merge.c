#include "cli/commands.h"
#include "cli/outcomes.h"
#include "cli/output.h"

struct settings {
    const char *json;
    double maximum_failures;
    bool force;
};

#define MEMBER(name) offsetof(struct settings, name)

/* clang-format off */
static const struct option_row options[] = {
    {0, "force", NULL, OPTION_FLAG, MEMBER(force), 0, 0,
     "replace OUT.h5 if it is there"},
    {0, "json", "FILE", OPTION_TEXT, MEMBER(json), 0, 0,
     "write the outcome table as JSON"},
    {0, "max-failures", "P%", OPTION_PERCENT, MEMBER(maximum_failures), 0, 100,
     "patients not integrated beyond which the exit code is 3 (default: 1%)"},
    {.name = "help"},
};
/* clang-format on */

static const struct command command = {
    .name = "merge",
    .operands = "OUT.h5",
    .summary =
        "Puts the file of a run together from the blocks that its shards have left in OUT.h5.parts, and prints the\n"
        "outcomes.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .examples = "  abscopal run protocols/nivolumab-rt-six-arms.yaml -n 100 -o outcomes.h5 --shard 1/2\n"
                "  abscopal run protocols/nivolumab-rt-six-arms.yaml -n 100 -o outcomes.h5 --shard 2/2\n"
                "  abscopal merge outcomes.h5",
};

enum exit_code command_merge(int argc, char **argv)
{
    struct settings settings = {.maximum_failures = 0.01};
    struct abscopal_error error = {0};
    enum exit_code code;
    if (!options_accept(&command, argc, argv, &settings, &code))
        return code;
    const char *path = options_single_operand(&command, argc, argv);
    if (!path)
        return EXIT_BAD_INPUT;
    if (!output_can_be_written("merge", path) || (settings.json && !output_can_be_written("merge", settings.json)))
        return EXIT_OUTPUT_FAILED;
    abscopal_results *results = abscopal_merge(path, settings.force, &error);
    if (!results)
        return report_error(&error);
    code = outcomes_tell("merge", results, settings.json, settings.maximum_failures, false);
    abscopal_results_free(results);
    return code;
}
