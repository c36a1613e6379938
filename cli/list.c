#include <string.h>
#include <unistd.h>

#include "cli/commands.h"

struct settings {
    const char *format, *preset;
};

/* In the order of enum abscopal_list_kind, enum abscopal_list_format and enum abscopal_schema_kind. */
static const char *const kinds[] = {"states", "parameters", "drugs", "presets", "options", "fluxes", "schema"};
static const char *const schemas[] = {"trial", "cohort", "calibration", "population", "sweep", "power"};
static const char *const formats[] = {"text", "csv", "json"};
enum {
    KIND_COUNT = sizeof kinds / sizeof *kinds,
    FORMAT_COUNT = sizeof formats / sizeof *formats,
    SCHEMA_COUNT = sizeof schemas / sizeof *schemas
};

#define MEMBER(name) offsetof(struct settings, name)

/* clang-format off */
static const struct option_row options[] = {
    {'f', "format", "FORMAT", OPTION_TEXT, MEMBER(format), 0, 0,
     "text, csv or json (default: text)"},
    {0, "preset", "NAME", OPTION_TEXT, MEMBER(preset), 0, 0,
     "model preset (default: nsclc; for presets: all)"},
    {.name = "help"},
};
/* clang-format on */

static const struct command command = {
    .name = "list",
    .operands = "TABLE",
    .summary = "Lists what the model consists of. TABLE is states, parameters, drugs, presets, options or\n"
               "fluxes; or 'schema trial', 'schema cohort' or 'schema calibration', JSON Schemas of input files for\n"
               "editors.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .examples = "  abscopal list parameters\n"
                "  abscopal list drugs --format csv\n"
                "  abscopal list schema trial",
};

/* Which of the names the word is; -1 with a message when none. */
static int find_word(const char *what, const char *word, const char *const *names, int count)
{
    for (int i = 0; i < count; i++)
        if (strcmp(word, names[i]) == 0)
            return i;
    const char *nearest = nearest_name(word, names, (size_t)count);
    fprintf(stderr, "abscopal list: unknown %s '%s'", what, word);
    if (nearest)
        fprintf(stderr, "; did you mean '%s'?", nearest);
    fprintf(stderr, "%s Known:", nearest ? "" : ".");
    for (int i = 0; i < count; i++)
        fprintf(stderr, "%s %s", i > 0 ? "," : "", names[i]);
    fputc('\n', stderr);
    return -1;
}

/* The words after `list`: "schema" and which. */
static enum exit_code list_schema(int argc, char **argv)
{
    struct abscopal_error error = {0};
    if (argc - optind != 2) {
        fputs("abscopal list: which schema? Write 'schema trial', 'schema cohort', 'schema calibration', "
              "'schema population', 'schema sweep' or 'schema power'\n",
              stderr);
        return EXIT_BAD_INPUT;
    }
    const int kind = find_word("schema", argv[optind + 1], schemas, SCHEMA_COUNT);
    if (kind < 0)
        return EXIT_BAD_INPUT;
    return abscopal_list_schema((enum abscopal_schema_kind)kind, stdout, &error) == ABSCOPAL_OK ? EXIT_DONE
                                                                                                : report_error(&error);
}

enum exit_code command_list(int argc, char **argv)
{
    struct settings settings = {.format = "text"};
    enum exit_code code;
    if (!options_accept(&command, argc, argv, &settings, &code))
        return code;
    if (argc > optind && strcmp(argv[optind], "schema") == 0)
        return list_schema(argc, argv);
    const char *word = options_single_operand(&command, argc, argv);
    const int kind = word ? find_word("table", word, kinds, KIND_COUNT) : -1;
    const int format = kind >= 0 ? find_word("format", settings.format, formats, FORMAT_COUNT) : -1;
    if (format < 0)
        return EXIT_BAD_INPUT;
    struct abscopal_error error = {0};
    if (abscopal_list((enum abscopal_list_kind)kind, (enum abscopal_list_format)format, settings.preset, stdout,
                      &error) != ABSCOPAL_OK)
        return report_error(&error);
    return EXIT_DONE;
}
