#include <getopt.h>

#include "cli/commands.h"

static const struct option_row options[] = {
    {.name = "help"},
};

static const struct command command = {
    .name = "check",
    .operands = "FILE...",
    .summary = "Checks trial, cohort, drug, calibration and population files as 'run' and 'calibrate' would read them.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .examples = "  abscopal check protocols/nivolumab-rt-six-arms.yaml cohorts/advanced-nsclc.yaml",
};

enum exit_code command_check(int argc, char **argv)
{
    enum exit_code code;
    if (!options_accept(&command, argc, argv, NULL, &code))
        return code;
    if (optind == argc) {
        fprintf(stderr, "abscopal check: which FILE? ('abscopal check --help' shows an example)\n");
        return EXIT_BAD_INPUT;
    }
    /* All files are checked; the first failure decides the exit code. */
    for (int i = optind; i < argc; i++) {
        struct abscopal_error error = {0};
        if (abscopal_check_file(argv[i], &error) == ABSCOPAL_OK) {
            printf("%s: correct\n", argv[i]);
            continue;
        }
        enum exit_code failure = report_error(&error);
        if (code == EXIT_DONE)
            code = failure;
    }
    return code;
}
