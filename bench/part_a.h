/* Part A of the model (docs/model.md, preset qspio-nsclc-2020) under nivolumab, as a user of another solver would write
 * it: straight C for this one system, with its exact sparse Jacobian. Its states are those that change in that run; the
 * published model has two more, for an antibody against PD-L1. part_a_check.c holds it equal to the library's.
 *
 * Units: day, cell, litre, nM, molecule/um^2. Every function but part_a_prepare needs part_a_prepare to have returned 0
 * once before; then they may be called from any thread. */
#ifndef ABSCOPAL_BENCH_PART_A_H
#define ABSCOPAL_BENCH_PART_A_H

#include "model/model.h"

enum { PART_A_STATES = 48, PART_A_DRUG_BLOOD = 29 };

/* The run that is compared: nivolumab on day 0 and every 14 days, output every day. */
enum { PART_A_DOSES = 29, PART_A_DOSE_INTERVAL_DAYS = 14, PART_A_LAST_DAY = 400, PART_A_OUTPUTS = 401 };
#define PART_A_DOSE_MG 240.0

/* Computes the constants from the library's table of parameters. Returns 0, or -1 when that no longer fits. */
int part_a_prepare(void);

/* The library's model of that run. */
void part_a_library_model(struct model *model);

/* How a state is called here and in QSP-IO, and where it stands in the library's state; NULL and -1 past the last one.
 */
const char *part_a_symbol(int state);
const char *part_a_published_name(int state);
int part_a_library_index(int state);

/* The symbol of a constant, with its value; NULL past the last one. */
const char *part_a_constant(int index, double *value);

/* The published initial state before the first dose, and the library's absolute tolerances; [PART_A_STATES]. */
void part_a_start(double *state);
void part_a_absolute_tolerances(double *tolerance);

/* What one dose adds to state PART_A_DRUG_BLOOD, nM. */
double part_a_dose_nanomolar(void);

/* d(state)/dt, per day; both [PART_A_STATES]. */
void part_a_rates(const double *state, double *rate);

/* d(rate[row])/d(state[column]) into jacobian[row + PART_A_STATES * column]. Only entries that can be other than 0 are
 * written: the rest must be 0 beforehand. */
void part_a_jacobian(const double *state, double *jacobian);

/* The entries that part_a_jacobian writes, and the diagonal, as compressed columns with ascending rows: column_start
 * [PART_A_STATES + 1], row [PART_A_STATES * PART_A_STATES]. Returns their number. */
int part_a_pattern(int *column_start, int *row);

/* Tumour volume, L: what solvers are compared by. */
double part_a_tumour_volume_l(const double *state);

#endif
