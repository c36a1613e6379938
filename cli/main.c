/* The command abscopal: finds the subcommand, of which each has a file of its own. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abscopal.h"
#include "cli/commands.h"

static const struct {
    const char *name;
    enum exit_code (*run)(int argc, char **argv);
    const char *summary;
} commands[] = {
    {"run", command_run, "run a virtual trial and print its outcomes"},
    {"merge", command_merge, "put a run together from what its shards have left"},
    {"simulate", command_simulate, "write one patient's course as CSV"},
    {"sweep", command_sweep, "run an arm over doses and times, and print the best"},
    {"optimize", command_optimize, "search for the best dose and time, and check it on fresh patients"},
    {"power", command_power, "find how many patients a trial needs"},
    {"sensitivity", command_sensitivity, "find which quantities of a cohort an outcome depends on"},
    {"fate", command_fate, "find where patients go who are left alone, and the earliest stop of drugs"},
    {"report", command_report, "make a report of results, as one page for a browser"},
    {"plot", command_plot, "show one patient of results, as one page for a browser"},
    {"inspect", command_inspect, "print what is in a file of results"},
    {"twin", command_twin, "find virtual patients like a measured one, and predict it"},
    {"verify", command_verify, "run patients of a file of results again, and compare"},
    {"export", command_export, "write results as analysis data sets (ADaM)"},
    {"check", command_check, "check trial, cohort, drug, calibration, population, sweep and design files"},
    {"list", command_list, "list states, parameters, drugs, presets or options of the model"},
    {"calibrate", command_calibrate, "fit or weigh a cohort to agree with what is published"},
    {"bench", command_bench, "measure how fast this machine integrates patients"},
};
enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

static void print_usage(FILE *file)
{
    fprintf(file, "Usage: abscopal COMMAND [options]\n\n"
                  "Virtual clinical trials of radiotherapy and immune checkpoint inhibitors.\n\nCommands:\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(file, "  %-24s %s\n", commands[i].name, commands[i].summary);
    fprintf(file, "\nOptions:\n"
                  "  -h, --help               show this text; 'abscopal COMMAND --help' shows a command's\n"
                  "  -V, --version            show the version\n\n"
                  "Examples:\n  abscopal run protocols/nivolumab-rt-six-arms.yaml -o outcomes.h5\n\nExit codes:\n");
    print_exit_codes(file);
    fprintf(file, "\nResearch use only. Not for treating patients.\n");
}

/* A closed standard stream would hand its number to the next file opened, and messages would land in results. A
 * closed one is opened so that writing to it fails. */
static bool open_standard_streams(void)
{
    for (int number = STDIN_FILENO; number <= STDERR_FILENO; number++)
        if (fcntl(number, F_GETFD) == -1 && open("/dev/null", O_RDONLY) != number)
            return false;
    return true;
}

/* A full disk or a closed stream shows only when the buffer is written out. */
static enum exit_code finish_output(enum exit_code code)
{
    errno = 0;
    bool failed = ferror(stdout) != 0;
    failed = fflush(stdout) != 0 || failed;
    if (!failed)
        return code;
    if (code != EXIT_OUTPUT_FAILED) /* otherwise said already */
        fprintf(stderr, "abscopal: cannot write to standard output%s%s\n", errno ? ": " : "",
                errno ? strerror(errno) : "");
    return code == EXIT_DONE || code == EXIT_NOT_INTEGRATED || code == EXIT_NOT_MET || code == EXIT_NOT_THE_SAME
               ? EXIT_OUTPUT_FAILED
               : code;
}

static enum exit_code unknown_command(const char *word)
{
    const char *names[COMMAND_COUNT + 2] = {[COMMAND_COUNT] = "--help", [COMMAND_COUNT + 1] = "--version"};
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        names[i] = commands[i].name;
    const char *nearest = nearest_name(word, names, COMMAND_COUNT + 2);
    fprintf(stderr, "abscopal: unknown %s '%s'", word[0] == '-' ? "option" : "command", word);
    if (nearest)
        fprintf(stderr, "; did you mean '%s'?", nearest);
    fprintf(stderr, " ('abscopal --help' lists them)\n");
    return EXIT_BAD_INPUT;
}

static enum exit_code dispatch(int argc, char **argv)
{
    if (argc < 2) {
        print_usage(stderr);
        return EXIT_BAD_INPUT;
    }
    const char *word = argv[1];
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        print_usage(stdout);
        return EXIT_DONE;
    }
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
        printf("abscopal %s\n", abscopal_version());
        return EXIT_DONE;
    }
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(word, commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    return unknown_command(word);
}

int main(int argc, char **argv)
{
    if (!open_standard_streams())
        return EXIT_INTERNAL;
    /* A file beyond the limit of its size (ulimit -f) is then an error like any other, with a message. */
    signal(SIGXFSZ, SIG_IGN);
    return (int)finish_output(dispatch(argc, argv));
}
