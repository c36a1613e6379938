#include <getopt.h>

#include "cli/commands.h"

static const struct option_row options[] = {
    {'h', "help", NULL, OPTION_HELP, 0, 0, 0, "show this text"},
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
    switch (options_read(&command, argc, argv, NULL)) {
    case OPTIONS_HELP_SHOWN:
        return EXIT_DONE;
    case OPTIONS_WRONG:
        return EXIT_BAD_INPUT;
    case OPTIONS_READ:
        break;
    }
    if (optind == argc) {
        fprintf(stderr, "abscopal check: which FILE? ('abscopal check --help' shows an example)\n");
        return EXIT_BAD_INPUT;
    }
    /* All files are checked; the first failure decides the exit code. */
    enum exit_code code = EXIT_DONE;
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
