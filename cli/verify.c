#include "cli/commands.h"
#include "cli/guard.h"
#include "cli/progress.h"

struct settings {
    int64_t patients, patient, sample_seed, threads;
    bool all, quiet;
};

#define MEMBER(name) offsetof(struct settings, name)

/* clang-format off */
static const struct option_row options[] = {
    {'n', "patients", "N", OPTION_INTEGER, MEMBER(patients), 1, 1000000000,
     "patients to run again, drawn at random (default: 20)"},
    {0, "sample-seed", "S", OPTION_INTEGER, MEMBER(sample_seed), 0, 0x1p53,
     "seed of that draw (default: 0)"},
    {0, "all", NULL, OPTION_FLAG, MEMBER(all), 0, 0,
     "run every patient again"},
    {'p', "patient", "K", OPTION_INTEGER, MEMBER(patient), 1, 0x1p53,
     "run patient K again, alone"},
    {.name = "threads", .member = MEMBER(threads)},
    {.name = "quiet", .member = MEMBER(quiet)},
    {.name = "help"},
};
/* clang-format on */

static const struct command command = {
    .name = "verify",
    .operands = "OUT.h5",
    .summary =
        "Runs patients of a file of results again and says whether everything it has of them comes out the same.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .examples = "  abscopal verify outcomes.h5\n"
                "  abscopal verify outcomes.h5 -n 100 --sample-seed 7\n"
                "  abscopal verify outcomes.h5 --all",
};

static enum exit_code verify(const char *path, const struct settings *settings)
{
    struct abscopal_error error = {0};
    struct progress progress;
    enum exit_code code;
    if (!guard_passes(path, guard_read_results, &code))
        return code;
    progress_start(&progress, "courses", settings->quiet);
    const struct abscopal_verify_options verify_options = {.patients =
                                                               settings->all ? SIZE_MAX : (size_t)settings->patients,
                                                           .seed = (uint64_t)settings->sample_seed,
                                                           .only_patient = (size_t)settings->patient,
                                                           .threads = (int)settings->threads,
                                                           .progress = progress_update,
                                                           .progress_context = &progress};
    abscopal_verification *verification = abscopal_verify(path, &verify_options, &error);
    progress_end(&progress);
    if (!verification)
        return report_error(&error);
    code = abscopal_verification_agrees(verification) ? EXIT_DONE : EXIT_NOT_THE_SAME;
    if (abscopal_verification_write(verification, stdout, &error) != ABSCOPAL_OK)
        code = report_error(&error);
    abscopal_verification_free(verification);
    return code;
}

enum exit_code command_verify(int argc, char **argv)
{
    struct settings settings = {0};
    enum exit_code code;
    if (!options_accept(&command, argc, argv, &settings, &code))
        return code;
    if ((settings.all != 0) + (settings.patient != 0) + (settings.patients != 0) > 1) {
        fputs("abscopal verify: write one of --patients, --patient and --all\n", stderr);
        return EXIT_BAD_INPUT;
    }
    const char *path = options_single_operand(&command, argc, argv);
    return path ? verify(path, &settings) : EXIT_BAD_INPUT;
}
