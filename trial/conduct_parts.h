/* What conduct.c and conduct_plan.c have between them. */
#ifndef ABSCOPAL_TRIAL_CONDUCT_PARTS_H
#define ABSCOPAL_TRIAL_CONDUCT_PARTS_H

#include "trial/conduct.h"

/* Plans a treatment to begin on that day. Which lesions it irradiates is decided now, by these diameters. */
void conduct_plan_block(struct conduct *conduct, struct block *block, double start_day, const struct model *model,
                        const double *state, const double *diameters_mm);

/* Plans those that come after others, as far as it is known when these are over. */
void conduct_plan_followers(struct conduct *conduct, const struct model *model, const double *state,
                            const double *diameters_mm);

/* Lesions, a bit for each, that radiotherapy is to irradiate as planned now, were nothing to end it before. */
unsigned conduct_planned_lesions(const struct conduct *conduct);

/* Puts off doses that are due on that day but that the patient is not fit for. */
void conduct_delay(struct conduct *conduct, const struct model *model, const double *state, double day);

#endif
