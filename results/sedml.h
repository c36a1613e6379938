/* How to simulate an SBML document of ours, as SED-ML (Level 1 Version 4). */
#ifndef ABSCOPAL_RESULTS_SEDML_H
#define ABSCOPAL_RESULTS_SEDML_H

#include "model/model.h"

/* A uniform time course of the SBML file, a point a day from day 0 to `until_days`, with CVODE, and reports and plots
 * of diameters, cancer cells and drugs. The SBML file is named relative to the folder of `path`, where the text is to
 * stand. The caller frees the text with free(); NULL without memory. */
char *sedml_text(const char *sbml_path, const char *path, const struct model *model, double until_days);

#endif
