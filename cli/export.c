#include "cli/commands.h"
#include "cli/export_nonmem.h"
#include "cli/export_sbml.h"
#include "cli/guard.h"

struct settings {
    const char *adam, *nonmem, *sbml, *sedml, *arm;
    int64_t patient, patients, seed;
    double relative_tolerance;
    enum abscopal_engine engine;
    bool force;
};

#define MEMBER(name) offsetof(struct settings, name)

/* clang-format off */
static const struct option_row options[] = {
    {0, "adam", "DIR", OPTION_TEXT, MEMBER(adam), 0, 0,
     "write ADSL, ADTR, ADRS and ADTTE of OUT.h5 as CSV to this folder"},
    {0, "nonmem", "FILE", OPTION_TEXT, MEMBER(nonmem), 0, 0,
     "write the planned dosing of TRIAL.yaml as NONMEM-style records to this CSV file"},
    {0, "sbml", "FILE", OPTION_TEXT, MEMBER(sbml), 0, 0,
     "write the model of one patient in one arm of TRIAL.yaml as SBML to this file"},
    {0, "sedml", "FILE", OPTION_TEXT, MEMBER(sedml), 0, 0,
     "with --sbml: write how to simulate it as SED-ML to this file"},
    {'a', "arm", "NAME", OPTION_TEXT, MEMBER(arm), 0, 0,
     "with --sbml: arm of the trial (default: the first)"},
    {'p', "patient", "K", OPTION_INTEGER, MEMBER(patient), 1, 1e9,
     "with --sbml: patient of the cohort, from 1 (default: 1)"},
    {'n', "patients", "N", OPTION_INTEGER, MEMBER(patients), 1, 1e9,
     "with --sbml: patients of the run that it is one of (default: the cohort file's)"},
    {.name = "seed", .member = MEMBER(seed)},
    {.name = "rtol", .member = MEMBER(relative_tolerance)},
    {.name = "engine", .member = MEMBER(engine)},
    {'f', "force", NULL, OPTION_FLAG, MEMBER(force), 0, 0,
     "replace these files in a folder that is not empty, or SBML and SED-ML that are there"},
    {.name = "help"},
};
/* clang-format on */

static const struct command command = {
    .name = "export",
    .operands = "OUT.h5|TRIAL.yaml",
    .summary =
        "Writes results as analysis data sets of the CDISC ADaM model, a trial's dosing as records, or a patient's "
        "model as SBML.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .examples = "  abscopal export outcomes.h5 --adam adam\n"
                "  abscopal export protocols/nivolumab-rt-six-arms.yaml --nonmem dosing.csv\n"
                "  abscopal export protocols/nivolumab-rt-six-arms.yaml --patient 7 --sbml patient7.xml --sedml "
                "patient7.sedml",
};

static enum exit_code export_sbml(const char *path, const struct settings *settings)
{
    const struct abscopal_sbml_options asked = {.arm = settings->arm,
                                                .patient = (size_t)settings->patient,
                                                .patients = (size_t)settings->patients,
                                                .seed = settings->seed,
                                                .relative_tolerance = settings->relative_tolerance,
                                                .engine = settings->engine,
                                                .sedml_path = settings->sedml};
    return export_trial_sbml(path, &asked, settings->sbml, settings->force);
}

enum exit_code command_export(int argc, char **argv)
{
    struct settings settings = {.seed = -1};
    struct abscopal_error error = {0};
    enum exit_code code;
    if (!options_accept(&command, argc, argv, &settings, &code))
        return code;
    const char *path = options_single_operand(&command, argc, argv);
    if (!path)
        return EXIT_BAD_INPUT;
    if (!!settings.adam + !!settings.nonmem + !!settings.sbml != 1) {
        fprintf(stderr,
                "abscopal export: as what? Write --adam DIR for analysis data sets in that folder, --nonmem FILE for "
                "dosing records, or --sbml FILE for a patient's model\n");
        return EXIT_BAD_INPUT;
    }
    if (settings.sedml && !settings.sbml) {
        fprintf(stderr, "abscopal export: --sedml says how to simulate what --sbml writes; add --sbml FILE\n");
        return EXIT_BAD_INPUT;
    }
    if (settings.sbml)
        return export_sbml(path, &settings);
    if (settings.nonmem)
        return export_trial_nonmem(path, settings.nonmem);
    if (!guard_passes(path, guard_read_results, &code))
        return code;
    if (abscopal_export_adam(path, settings.adam, settings.force, &error) != ABSCOPAL_OK)
        return report_error(&error);
    return EXIT_DONE;
}
