#include "cli/options.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAXIMUM_OPTIONS = 32, MAXIMUM_ENGINES = 8, LONG_ONLY = 256 };

static const struct {
    enum exit_code code;
    const char *meaning;
} exit_codes[] = {
    {EXIT_DONE, "done"},
    {EXIT_INTERNAL, "internal failure, such as out of memory"},
    {EXIT_BAD_INPUT, "bad input: a file or the command line says something wrong"},
    {EXIT_NOT_INTEGRATED, "more patients not integrated than --max-failures allows, or the one simulated"},
    {EXIT_OUTPUT_FAILED, "a result could not be written"},
    {EXIT_NOT_MET, "a calibration ended without meeting what its file asks for"},
    {EXIT_NOT_THE_SAME, "patients of a file of results come out otherwise when they are run again"},
    {EXIT_INTERRUPTED, "interrupted (Ctrl-C or SIGTERM)"},
};

void print_exit_codes(FILE *file)
{
    for (size_t i = 0; i < sizeof exit_codes / sizeof exit_codes[0]; i++)
        fprintf(file, "  %3d  %s\n", exit_codes[i].code, exit_codes[i].meaning);
}

enum exit_code exit_code_of(enum abscopal_status status)
{
    switch (status) {
    case ABSCOPAL_OK:
        return EXIT_DONE;
    case ABSCOPAL_BAD_INPUT:
        return EXIT_BAD_INPUT;
    case ABSCOPAL_NOT_INTEGRATED:
        return EXIT_NOT_INTEGRATED;
    case ABSCOPAL_OUTPUT_FAILED:
        return EXIT_OUTPUT_FAILED;
    case ABSCOPAL_INTERRUPTED:
        return EXIT_INTERRUPTED;
    case ABSCOPAL_NO_MEMORY:
        break;
    }
    return EXIT_INTERNAL;
}

enum exit_code report_error(const struct abscopal_error *error)
{
    char text[sizeof error->file + sizeof error->message + 32];
    /* A message with a place starts with it, which is what editors look for. */
    const char *prefix = error->file[0] ? "" : "abscopal: ";
    fprintf(stderr, "%s%s\n", prefix, abscopal_error_text(error, text, sizeof text));
    return exit_code_of(error->status);
}

/* ---- Nearest name ---------------------------------------------------------------------------------- */

enum { LONGEST_NAME = 63 };

static size_t edit_distance(const char *a, const char *b)
{
    size_t length = strlen(b);
    if (strlen(a) > LONGEST_NAME || length > LONGEST_NAME)
        return SIZE_MAX;
    size_t row[LONGEST_NAME + 1];
    for (size_t j = 0; j <= length; j++)
        row[j] = j;
    for (size_t i = 0; a[i]; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < length; j++) {
            size_t substituted = diagonal + (a[i] != b[j]);
            size_t shifted = 1 + (row[j] < row[j + 1] ? row[j] : row[j + 1]);
            diagonal = row[j + 1];
            row[j + 1] = substituted < shifted ? substituted : shifted;
        }
    }
    return row[length];
}

const char *nearest_name(const char *word, const char *const *names, size_t count)
{
    const char *nearest = NULL;
    size_t least = 1 + strlen(word) / 2; /* beyond half the letters wrong, a guess would only puzzle */
    for (size_t i = 0; i < count; i++) {
        size_t distance = edit_distance(word, names[i]);
        if (distance <= least && distance < strlen(names[i]) && (!nearest || distance < least)) {
            nearest = names[i];
            least = distance;
        }
    }
    return nearest;
}

/* ---- Values ---------------------------------------------------------------------------------------- */

/* A plain decimal number at the start of text: no space before it, no infinity, no hexadecimal. Sets *end past it. */
static bool read_number(const char *text, double *value, const char **end)
{
    size_t length = strspn(text, "+-.0123456789eE");
    char *stop;
    errno = 0;
    *value = strtod(text, &stop);
    *end = stop;
    return length > 0 && stop > text && (size_t)(stop - text) <= length && errno == 0;
}

static bool read_integer(const char *text, const struct option_row *row, int64_t *integer)
{
    char *end;
    if (text[strspn(text, "-0123456789")] != '\0')
        return false;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    *integer = value;
    return end > text && *end == '\0' && errno == 0 && (double)value >= row->lower && (double)value <= row->upper;
}

static bool read_real(const char *text, const struct option_row *row, const char *suffix, double *real)
{
    const char *end;
    return read_number(text, real, &end) && strcmp(end, suffix) == 0 && *real >= row->lower && *real <= row->upper;
}

static bool read_days(const char *text, const struct option_row *row, double *days)
{
    static const struct {
        const char *unit;
        double per_day;
    } units[] = {{"d", 1}, {"h", 24}, {"min", 1440}};
    double value;
    const char *end;
    if (!read_number(text, &value, &end))
        return false;
    end += strspn(end, " ");
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        *days = value / units[i].per_day;
        if (strcmp(end, units[i].unit) == 0)
            return *days >= row->lower && *days <= row->upper;
    }
    return false;
}

/* All engines but the default one, which is one of them. Returns how many. */
static size_t engine_names(const char **names)
{
    size_t count = 0;
    while (count < MAXIMUM_ENGINES && abscopal_engine_name((enum abscopal_engine)(count + 1)) != NULL) {
        names[count] = abscopal_engine_name((enum abscopal_engine)(count + 1));
        count++;
    }
    return count;
}

static bool read_engine(const char *text, enum abscopal_engine *engine)
{
    const char *names[MAXIMUM_ENGINES];
    const size_t count = engine_names(names);
    for (size_t i = 0; i < count; i++)
        if (strcmp(text, names[i]) == 0) {
            *engine = (enum abscopal_engine)(i + 1);
            return true;
        }
    return false;
}

/* Reads the text into the member that the row names. What a wrong text leaves there is never used. */
static bool read_value(const char *text, const struct option_row *row, void *settings)
{
    void *member = (char *)settings + row->member;
    switch (row->kind) {
    case OPTION_FLAG:
        *(bool *)member = true;
        return true;
    case OPTION_TEXT:
        *(const char **)member = text;
        return text[0] != '\0';
    case OPTION_INTEGER:
        return read_integer(text, row, member);
    case OPTION_REAL:
        return read_real(text, row, "", member);
    case OPTION_PERCENT:
        if (!read_real(text, row, "%", member))
            return false;
        *(double *)member /= 100;
        return true;
    case OPTION_DURATION:
        return read_days(text, row, member);
    case OPTION_DURATION_OR_OFF:
        *(double *)member = 0;
        return strcmp(text, "off") == 0 || read_days(text, row, member);
    case OPTION_ENGINE:
        return read_engine(text, member);
    case OPTION_HELP:
        break;
    }
    return false;
}

/* "cvode or batch; did you mean 'batch'?" */
static void explain_engine(const char *text)
{
    const char *names[MAXIMUM_ENGINES];
    const size_t count = engine_names(names);
    for (size_t i = 0; i < count; i++)
        fprintf(stderr, "%s%s", i == 0 ? "" : i + 1 < count ? ", " : " or ", names[i]);
    const char *nearest = nearest_name(text, names, count);
    if (nearest)
        fprintf(stderr, "; did you mean '%s'?", nearest);
    fputc('\n', stderr);
}

static void explain_value(const struct command *command, const struct option_row *row, const char *text)
{
    fprintf(stderr, "abscopal %s: --%s cannot be '%s': write ", command->name, row->name, text);
    switch (row->kind) {
    case OPTION_INTEGER:
        fprintf(stderr, "a whole number from %.0f to %.0f\n", row->lower, row->upper);
        break;
    case OPTION_REAL:
        fprintf(stderr, "a number from %g to %g\n", row->lower, row->upper);
        break;
    case OPTION_PERCENT:
        fprintf(stderr, "a percentage from %g%% to %g%%, such as 1%%\n", row->lower, row->upper);
        break;
    case OPTION_DURATION:
        fprintf(stderr, "a time in d, h or min from %g d to %g d, such as '12 h'\n", row->lower, row->upper);
        break;
    case OPTION_DURATION_OR_OFF:
        fprintf(stderr, "off, or a time in d, h or min from %g d to %g d, such as '7 d'\n", row->lower, row->upper);
        break;
    case OPTION_TEXT:
        fprintf(stderr, "%s\n", row->value);
        break;
    case OPTION_ENGINE:
        explain_engine(text);
        break;
    case OPTION_HELP:
    case OPTION_FLAG:
        break;
    }
}

/* ---- Help ------------------------------------------------------------------------------------------ */

static void print_help(const struct command *command)
{
    printf("Usage: abscopal %s %s [options]\n\n%s\n\nOptions:\n", command->name, command->operands, command->summary);
    for (size_t i = 0; i < command->option_count; i++) {
        const struct option_row *row = &command->options[i];
        char forms[64];
        char letter[8] = "    ";
        if (row->letter)
            snprintf(letter, sizeof letter, "-%c, ", row->letter);
        snprintf(forms, sizeof forms, "%s--%s %s", letter, row->name, row->value ? row->value : "");
        printf("  %-24s %s\n", forms, row->help);
    }
    printf("\nExamples:\n%s\n\nExit codes:\n", command->examples);
    print_exit_codes(stdout);
    printf("\nResearch use only. Not for treating patients.\n");
}

/* ---- Shared rows ------------------------------------------------------------------------------------ */

/* clang-format off */
static const struct option_row shared_rows[] = {
    {'s', "seed", "S", OPTION_INTEGER, 0, 0, 0x1p53,
     "seed of the cohort (default: the cohort file's)"},
    {'j', "threads", "THREADS", OPTION_INTEGER, 0, 1, 4096,
     "threads (default: one for each processor); results do not depend on it"},
    {0, "rtol", "X", OPTION_REAL, 0, 1e-12, 0.01,
     "relative tolerance of the integration (default: 1e-6)"},
    {0, "engine", "ENGINE", OPTION_ENGINE, 0, 0, 0,
     "how to integrate: cvode or batch (default: batch)"},
    {0, "max-steps", "N", OPTION_INTEGER, 0, 1, 1e9,
     "steps of growth, and of each arm, beyond which a patient is given up (default: 1000000)"},
    {0, "max-seconds", "T", OPTION_REAL, 0, 0.001, 1e9,
     "the same in seconds (default: none); with it the results depend on the machine"},
    {'q', "quiet", NULL, OPTION_FLAG, 0, 0, 0,
     "show no progress"},
    {'h', "help", NULL, OPTION_HELP, 0, 0, 0,
     "show this text"},
};
/* clang-format on */

/* Gives the command rows[option_count] of its own, with shared ones filled in. */
static void fill_rows(struct command *command, struct option_row *rows)
{
    for (size_t i = 0; i < command->option_count; i++) {
        rows[i] = command->options[i];
        for (size_t k = 0; rows[i].help == NULL && k < sizeof shared_rows / sizeof shared_rows[0]; k++) {
            if (strcmp(rows[i].name, shared_rows[k].name) != 0)
                continue;
            rows[i] = shared_rows[k];
            rows[i].member = command->options[i].member;
        }
    }
    command->options = rows;
}

/* ---- Command line ---------------------------------------------------------------------------------- */

/* The row getopt_long speaks of by its `val`: the letter, or LONG_ONLY + index. NULL for none. */
static const struct option_row *find_row(const struct command *command, int value)
{
    for (size_t i = 0; i < command->option_count; i++)
        if (value == (int)i + LONG_ONLY || (value != 0 && value == command->options[i].letter))
            return &command->options[i];
    return NULL;
}

static void explain_unknown(const struct command *command, const char *argument)
{
    const char *names[MAXIMUM_OPTIONS];
    char word[LONGEST_NAME + 1];
    for (size_t i = 0; i < command->option_count; i++)
        names[i] = command->options[i].name;
    size_t length = strcspn(argument, "=");
    const char *nearest = NULL;
    if (strncmp(argument, "--", 2) == 0 && length - 2 < sizeof word) {
        snprintf(word, sizeof word, "%.*s", (int)(length - 2), argument + 2);
        nearest = nearest_name(word, names, command->option_count);
    }
    fprintf(stderr, "abscopal %s: unknown option '%.*s'", command->name, (int)length, argument);
    if (nearest)
        fprintf(stderr, "; did you mean '--%s'?", nearest);
    fprintf(stderr, " ('abscopal %s --help' lists them)\n", command->name);
}

/* Reports what getopt_long refused: '?' for an unknown option or a value given to a flag, ':' for a missing value. */
static void explain_refusal(const struct command *command, int refusal, const char *argument)
{
    const struct option_row *row = find_row(command, optopt);
    char letter[3] = {'-', (char)optopt, '\0'};
    if (refusal == ':' && row)
        fprintf(stderr, "abscopal %s: --%s needs a value: %s\n", command->name, row->name, row->value);
    else if (row)
        fprintf(stderr, "abscopal %s: --%s takes no value\n", command->name, row->name);
    else
        explain_unknown(command, optopt ? letter : argument);
}

static void fill_getopt_tables(const struct command *command, struct option *long_options, char *letters)
{
    *letters++ = ':'; /* tell a missing value from an unknown option */
    for (size_t i = 0; i < command->option_count; i++) {
        const struct option_row *row = &command->options[i];
        long_options[i] = (struct option){
            .name = row->name, .has_arg = row->value ? required_argument : no_argument, .val = LONG_ONLY + (int)i};
        if (!row->letter)
            continue;
        *letters++ = (char)row->letter;
        if (row->value)
            *letters++ = ':';
    }
    *letters = '\0';
    long_options[command->option_count] = (struct option){0};
}

enum options_outcome { OPTIONS_READ, OPTIONS_HELP_SHOWN, OPTIONS_WRONG };

static enum options_outcome read_all(const struct command *command, int argc, char **argv, void *settings)
{
    struct option long_options[MAXIMUM_OPTIONS + 1];
    char letters[2 + 2 * MAXIMUM_OPTIONS];
    fill_getopt_tables(command, long_options, letters);
    opterr = 0;
    for (;;) {
        optopt = 0;
        int read = getopt_long(argc, argv, letters, long_options, NULL);
        if (read == -1)
            return OPTIONS_READ;
        const struct option_row *row = find_row(command, read);
        if (!row) {
            explain_refusal(command, read, argv[optind - 1]);
            return OPTIONS_WRONG;
        }
        if (row->kind == OPTION_HELP) {
            print_help(command);
            return OPTIONS_HELP_SHOWN;
        }
        if (!read_value(optarg ? optarg : "", row, settings)) {
            explain_value(command, row, optarg ? optarg : "");
            return OPTIONS_WRONG;
        }
    }
}

/* With the shared rows filled in. */
static enum options_outcome options_read(const struct command *command, int argc, char **argv, void *settings)
{
    struct option_row rows[MAXIMUM_OPTIONS];
    struct command whole = *command;
    fill_rows(&whole, rows);
    return read_all(&whole, argc, argv, settings);
}

bool options_accept(const struct command *command, int argc, char **argv, void *settings, enum exit_code *code)
{
    const enum options_outcome outcome = options_read(command, argc, argv, settings);
    *code = outcome == OPTIONS_WRONG ? EXIT_BAD_INPUT : EXIT_DONE;
    return outcome == OPTIONS_READ;
}

static void refuse_second_operand(const struct command *command, char **argv)
{
    const char *operand = command->operands + strspn(command->operands, "[");
    fprintf(stderr, "abscopal %s: one %.*s at a time, not also '%s'\n", command->name, (int)strcspn(operand, "]"),
            operand, argv[optind + 1]);
}

const char *options_single_operand(const struct command *command, int argc, char **argv)
{
    if (argc - optind == 1)
        return argv[optind];
    if (argc > optind)
        refuse_second_operand(command, argv);
    else
        fprintf(stderr, "abscopal %s: which %s? ('abscopal %s --help' shows an example)\n", command->name,
                command->operands, command->name);
    return NULL;
}

bool options_optional_operand(const struct command *command, int argc, char **argv, const char **operand)
{
    *operand = argc > optind ? argv[optind] : NULL;
    if (argc - optind <= 1)
        return true;
    refuse_second_operand(command, argv);
    return false;
}
