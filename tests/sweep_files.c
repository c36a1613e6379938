#include "sweep_files.h"

#include <string.h>

#include "input_files.h"

static const char cohort[] = "name: c\npatients: 9\nseed: 1\nlesions: 1\nbaseline_sum_of_diameters: 40 mm\n"
                             "parameters:\n"
                             "  killing_rate: {distribution: lognormal, median: 18 /d, log_sd: 0.3}\n";
#define DRUG "{id: drug, drug: nivolumab, dose: 240 mg, start: 0 d}"
#define RADIATION "{id: rt, radiotherapy: 8 Gy, fractions: 3, every: 2 d, start: 0 d, lesions: largest}"
#define TRIAL_HEAD "name: t\nmodel: nsclc\ncohort: cohort.yaml\nuntil: 400 d\nimaging: {every: 40 d}\n"
#define ARMS                                                    \
    "arms:\n  - {name: alone, treatments: [" DRUG "]}\n"        \
    "  - {name: both, treatments: [" RADIATION ", " DRUG "]}\n" \
    "  - {name: at once, treatments: [" RADIATION "]}\n"

int sweep_files_make(void **state)
{
    static const struct {
        const char *name, *text;
    } files[] = {
        {"cohort.yaml", cohort},
        {"trial.yaml", TRIAL_HEAD ARMS},
        {"randomised.yaml", TRIAL_HEAD ARMS "allocation: {patients: randomised}\n"},
        {"switches.yaml", TRIAL_HEAD "arms:\n  - {name: alone, treatments: [" DRUG "]}\n"
                                     "  - {name: both, treatments: [" DRUG "], at_progression: {switch_to: alone}}\n"},
        {"single.yaml", TRIAL_HEAD "arms:\n  - {name: both, treatments: [" RADIATION ", " DRUG "]}\n"},
        {"published.yaml", "name: t\nmodel: qspio-nsclc-2020\nuntil: 9 d\nimaging: {every: 1 d}\narms:\n"
                           "  - {name: alone, treatments: [" DRUG "]}\n  - {name: both, treatments: [" DRUG "]}\n"},
    };
    const int made = input_folder_make(state);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        input_file_write(files[i].name, files[i].text, strlen(files[i].text));
    return made;
}
