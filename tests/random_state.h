/* Random but bodily possible states, the same in every run. */
#ifndef ABSCOPAL_TESTS_RANDOM_STATE_H
#define ABSCOPAL_TESTS_RANDOM_STATE_H

#include "model/model.h"

/* A model of preset nsclc with default parameters, the first drugs of its library, and lesions that differ. */
void random_state_model(int lesions, int drugs, struct model *model);

/* Fills the state: each value is the published one (or a usual size) times a factor between 0.1 and 10, drawn from
 * stream `number`. The depleted share lies between 0 and 1. */
void random_state_fill(const struct model *model, int number, double *state);

/* A model with parameters around their defaults, lesions that differ, and options at random but all on in every second
 * case; infusions run in two of three. */
void random_state_varied_model(int number, int lesions, int drugs, enum model_preset preset, struct model *model);

/* One of a series of such models with a state: the published preset first, then nsclc with all numbers of lesions and
 * of drugs. The state has room for MODEL_MAX_STATES. */
void random_state_case(int number, struct model *model, double *state);

#endif
