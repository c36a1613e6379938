/* What of the biology can be switched off in a trial file (`model_options`), so that a knock-out is one line.
 *
 * Each option mends something that goes wrong when the published core is driven with radiotherapy; off means as
 * published. The preset qspio-nsclc-2020 has them all off, nsclc all on. */
#ifndef ABSCOPAL_MODEL_OPTIONS_H
#define ABSCOPAL_MODEL_OPTIONS_H

#include <stdbool.h>

/* X(name, meaning when on, source) */
#define MODEL_OPTION_TABLE(X)                                                                                    \
    X(pd1_spread,                                                                                                \
      "PD-1, PD-L1, PD-L2 and the half-maximal occupancy as the cohort has them; off: published constants "      \
      "for every patient, with which PD-1 inhibits fully",                                                       \
      "MODEL.md B8: a third to a half of patients are PD-L1 negative")                                           \
    X(cell_ratios,                                                                                               \
      "killing, Treg inhibition and exhaustion follow ratios of the cells that meet; off: all divided by the "   \
      "lesion's cells, by which the Treg term vanishes",                                                         \
      "Robertson-Tessi 2012 PMID 22051568")                                                                      \
    X(memory, "CD8 memory with recall; off: none, priming consumes the naive clones for good",                   \
      "Kaech 2002 doi:10.1038/nri778; Akondy 2017 doi:10.1038/nature24633")                                      \
    X(maturation, "maturation signal as the cohort has it; off: published constants, which saturate maturation", \
      "HMGB1 as the signal: Scaffidi 2002 doi:10.1038/nature00858; prototype set A")                             \
    X(naive_recirculation,                                                                                       \
      "the node's naive cells pass through the field too, and recover; off: those of blood and "                 \
      "tissue only",                                                                                             \
      "MODEL.md B5; Yovino 2013 doi:10.3109/07357907.2012.762780")                                               \
    X(priming_competition, "cells that seek priming compete for APCs; off: all effectors of the node do",        \
      "effectors leave the APC they were primed on: Mempel 2004 doi:10.1038/nature02238")                        \
    X(mature_apc_life, "life of mature APCs as the cohort has it; off: published, 50 days",                      \
      "days, in mice: Kamath 2002 Blood 100:1734")                                                               \
    X(lymphatics, "transit through afferent and efferent lymph; off: none", "MODEL.md B2")                       \
    X(costimulation, "CTLA-4 removes CD80 and CD86, and antibodies against it undo that; off: no such effect",   \
      "Qureshi 2011 doi:10.1126/science.1202947")                                                                \
    X(resistance, "cancer cells that CD8 cells do not kill, as the cohort has them; off: none",                  \
      "McGranahan 2016 doi:10.1126/science.aaf1490")                                                             \
    X(scar, "part of the room of cleared cancer cells stays as scar, as the cohort has it; off: none",           \
      "Cottrell 2018 doi:10.1093/annonc/mdy218; Huang 2012 doi:10.1016/j.radonc.2011.12.018")                    \
    X(treg_depletion, "antibodies against CTLA-4 deplete Tregs of the tumour; off: they do not",                 \
      "Richards 2008 PMID 18723496")

#define OPTION_MEMBER(name, meaning, source) bool name;
struct model_options {
    MODEL_OPTION_TABLE(OPTION_MEMBER)
};
#undef OPTION_MEMBER

enum { MODEL_OPTION_COUNT = sizeof(struct model_options) / sizeof(bool) };

struct option_description {
    const char *name;
    const char *meaning;
    const char *source;
};

/* Row `index` of the table, or NULL. */
const struct option_description *model_option_describe(int index);

/* Row of the option of that name, or -1. */
int model_option_find(const char *name);

/* Value of row `index`, which must be valid. */
bool model_option_get(const struct model_options *options, int index);
void model_option_set(struct model_options *options, int index, bool on);

#endif
