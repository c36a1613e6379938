/* What several tests of the model and the solver ask for; each fails the running test instead of returning an error. */
#ifndef ABSCOPAL_TESTS_MODEL_ASSERTS_H
#define ABSCOPAL_TESTS_MODEL_ASSERTS_H

#include "model/model.h"

/* Index of the state of that name; of the first lesion and drug where there are several. */
int state_index(const struct model *model, const char *name);

/* Index of the state of that name, lesion and drug; both count from 0, and -1 is for states without. */
int state_index_of(const struct model *model, const char *name, int lesion, int drug);

/* The value is the expected one to that relative error. */
void assert_close(double value, double expected, double relative);

#endif
