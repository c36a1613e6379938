#include "model/antibodies.h"

#include "model/model.h"

/* On-rates per molar and second as published, in per nanomolar and day. */
#define PER_MOLAR_SECOND (86400 * 1e-9)

static const struct antibody published_library[] = {
    {"nivolumab", TARGET_PD1, 143600, 0.0750190, 3.680640, 0.0750190, 2.16, 0.310232, 0, 0, 0.77378, 0.058847, 0.718,
     0.1, 1.3e6 * PER_MOLAR_SECOND, 2.6, 10,
     "Sove 2020 doi:10.1002/psp4.12546 (its rate constants times the blood volume of 5 L)"},
};

static const struct antibody library[] = {
    {"nivolumab", TARGET_PD1, 143600, 0.760320, 0.00736128, 0.00028080, 2.16, 0.370, 0, 0, 0.61, 0.0452, 0.522, 0.2,
     6.7e5 * PER_MOLAR_SECOND, 4.0, 100, "Bajaj 2017 PMID 28019091; binding Wang 2014 PMID 24872026"},
    {"pembrolizumab", TARGET_PD1, 149000, 0.791424, 0.00736128, 0.00028080, 2.16, 0.315, 0, 0, 0.698, 0.0789, 0.522,
     0.2, 6.7e5 * PER_MOLAR_SECOND, 4.0, 100, "Ahamadi 2016 PMID 27863186"},
    {"atezolizumab", TARGET_PDL1, 145000, 0.751680, 0.00736128, 0.00028080, 2.16, 0.324, 0, 0, 0.61, 0.068, 0.522, 0.2,
     4.3e5 * PER_MOLAR_SECOND, 0.4, 100, "Stroh 2017 PMID 27981577"},
    {"durvalumab", TARGET_PDL1, 146000, 0.480384, 0.00736128, 0.00028080, 2.16, 0.330, 5.6, 1.69, 0.70, 0.057, 0.522,
     0.2, 4.3e5 * PER_MOLAR_SECOND, 0.4, 100, "Baverel 2018 PMID 29243223"},
    {"ipilimumab", TARGET_CTLA4, 148000, 0.993600, 0.00736128, 0.00028080, 2.16, 0.524, 0, 0, 0.686, 0.0496, 0.522, 0.2,
     3.83e5 * PER_MOLAR_SECOND, 18.2, 100, "Feng 2014 PMID 24433434; binding Wang 2014 PMID 24872026"},
    {"tremelimumab", TARGET_CTLA4, 149000, 0.460598, 0.00736128, 0.00028080, 2.16, 0.3276, 0, 0, 0.794, 0.062, 0.522,
     0.2, 3.83e5 * PER_MOLAR_SECOND, 18.2, 100, "Wang 2014 PMID 24737343"},
};

static const char *const preset_names[MODEL_PRESET_COUNT] = {
    [PRESET_QSPIO_NSCLC_2020] = "qspio-nsclc-2020",
    [PRESET_NSCLC] = "nsclc",
};

void model_preset_options(enum model_preset preset, struct model_options *options)
{
    for (int index = 0; index < MODEL_OPTION_COUNT; index++)
        model_option_set(options, index, preset == PRESET_NSCLC);
}

const char *model_preset_name(enum model_preset preset)
{
    return (unsigned)preset < MODEL_PRESET_COUNT ? preset_names[preset] : NULL;
}

const struct antibody *model_preset_antibody(enum model_preset preset, size_t index)
{
    if (preset == PRESET_QSPIO_NSCLC_2020)
        return index < sizeof published_library / sizeof *published_library ? &published_library[index] : NULL;
    return index < sizeof library / sizeof *library ? &library[index] : NULL;
}
