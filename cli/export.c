#include "cli/commands.h"
#include "cli/export_nonmem.h"
#include "cli/guard.h"

struct settings {
    const char *adam, *nonmem;
    bool force;
};

#define MEMBER(name) offsetof(struct settings, name)

/* clang-format off */
static const struct option_row options[] = {
    {0, "adam", "DIR", OPTION_TEXT, MEMBER(adam), 0, 0,
     "write ADSL, ADTR, ADRS and ADTTE of OUT.h5 as CSV to this folder"},
    {0, "nonmem", "FILE", OPTION_TEXT, MEMBER(nonmem), 0, 0,
     "write the planned dosing of TRIAL.yaml as NONMEM-style records to this CSV file"},
    {'f', "force", NULL, OPTION_FLAG, MEMBER(force), 0, 0,
     "replace these files in a folder that is not empty"},
    {.name = "help"},
};
/* clang-format on */

static const struct command command = {
    .name = "export",
    .operands = "OUT.h5|TRIAL.yaml",
    .summary = "Writes results as analysis data sets of the CDISC ADaM model, or a trial's dosing as records.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .examples = "  abscopal export outcomes.h5 --adam adam\n"
                "  abscopal export protocols/nivolumab-rt-six-arms.yaml --nonmem dosing.csv",
};

enum exit_code command_export(int argc, char **argv)
{
    struct settings settings = {0};
    struct abscopal_error error = {0};
    enum exit_code code;
    if (!options_accept(&command, argc, argv, &settings, &code))
        return code;
    const char *path = options_single_operand(&command, argc, argv);
    if (!path)
        return EXIT_BAD_INPUT;
    if (!settings.adam == !settings.nonmem) {
        fprintf(stderr,
                "abscopal export: as what? Write --adam DIR for analysis data sets in that folder, or --nonmem FILE "
                "for dosing records\n");
        return EXIT_BAD_INPUT;
    }
    if (settings.nonmem)
        return export_trial_nonmem(path, settings.nonmem);
    if (!guard_passes(path, guard_read_results, &code))
        return code;
    if (abscopal_export_adam(path, settings.adam, settings.force, &error) != ABSCOPAL_OK)
        return report_error(&error);
    return EXIT_DONE;
}
