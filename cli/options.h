/* The options of a command: one table reads the command line and writes the help text, so that they agree. */
#ifndef ABSCOPAL_CLI_OPTIONS_H
#define ABSCOPAL_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "abscopal.h"

/* Exit codes. options.c holds what each means, for the help text. */
enum exit_code {
    EXIT_DONE = 0,
    EXIT_INTERNAL = 1,
    EXIT_BAD_INPUT = 2,
    EXIT_NOT_INTEGRATED = 3,
    EXIT_OUTPUT_FAILED = 4,
    EXIT_NOT_MET = 5,
    EXIT_NOT_THE_SAME = 6,
    EXIT_INTERRUPTED = 130 /* 128 + SIGINT, as shells report it */
};

/* The exit code for what became of a library call. */
enum exit_code exit_code_of(enum abscopal_status status);

/* Prints the error of a library call to stderr, for people and for editors that read file:line:column. Returns its
 * exit code. */
enum exit_code report_error(const struct abscopal_error *error);

/* What an option's value is, and so the type of the member of the command's settings that it fills in. */
enum option_kind {
    OPTION_HELP,           /* prints the help text; no member */
    OPTION_FLAG,           /* no value; bool */
    OPTION_TEXT,           /* any text but the empty one; const char * */
    OPTION_INTEGER,        /* within lower and upper; int64_t */
    OPTION_REAL,           /* within lower and upper; double */
    OPTION_PERCENT,        /* such as 2.5%, within lower and upper (per cent); double, as a fraction */
    OPTION_ENGINE,         /* the name of one; enum abscopal_engine */
    OPTION_DURATION,       /* such as 12h or '12 h', within lower and upper (days); double, in days */
    OPTION_DURATION_OR_OFF /* the same, or "off", which is 0 */
};

/* A row with a name and a member alone stands for the row of that name that commands share (options.c). */
struct option_row {
    int letter; /* of the short form, or 0 */
    const char *name;
    const char *value; /* what the help text calls the value, or NULL */
    enum option_kind kind;
    size_t member;       /* its offset in the settings */
    double lower, upper; /* exact for integers up to 2^53 */
    const char *help;    /* NULL: a shared row */
};

struct command {
    const char *name;
    const char *operands; /* as the help text shows them, such as "TRIAL" */
    const char *summary;
    const struct option_row *options;
    size_t option_count;
    const char *examples; /* one a line */
};

/* Reads argv (argv[0] is the command's name) into the command's settings, which hold the defaults. True when the
 * command goes on, with its operands in argv[optind] to argv[argc - 1]; otherwise *code is what it ends with, after the
 * help text or one message on stderr. */
bool options_accept(const struct command *command, int argc, char **argv, void *settings, enum exit_code *code);

/* Checks that there is exactly one operand; otherwise prints a message and returns NULL. */
const char *options_single_operand(const struct command *command, int argc, char **argv);

/* Checks that there is at most one operand, which *operand becomes, or NULL; otherwise prints a message and returns
 * false. */
bool options_optional_operand(const struct command *command, int argc, char **argv, const char **operand);

/* The name of the list nearest to `word` in edits (Levenshtein distance), or NULL when none is near. */
const char *nearest_name(const char *word, const char *const *names, size_t count);

/* The exit codes with their meaning, one a line. */
void print_exit_codes(FILE *file);

#endif
