/* Equilibria of a patient left alone, and their stability by the eigenvalues of the exact Jacobian. */
#ifndef ABSCOPAL_SOLVER_EQUILIBRIUM_H
#define ABSCOPAL_SOLVER_EQUILIBRIUM_H

#include <stdbool.h>

#include "model/model.h"

/* A system of rates with an exact Jacobian; the model's is equilibrium_system_of_model. */
struct equilibrium_system {
    int size;
    void (*rates)(void *context, const double *state, double *rate);
    /* matrix[size][size], by rows: d(rate of row)/d(state of column). */
    void (*jacobian)(void *context, const double *state, double *matrix);
    double (*absolute_tolerance)(void *context, int index); /* above 0, in the state's unit */
    void *context;
};

enum equilibrium_result {
    EQUILIBRIUM_FOUND,
    EQUILIBRIUM_NOT_FOUND, /* the iteration did not settle, or settled below 0 */
    EQUILIBRIUM_NO_MEMORY
};

struct equilibrium_workspace;

/* Room for systems of at most `size` states; NULL without memory. One thread uses it at a time. */
struct equilibrium_workspace *equilibrium_workspace_create(int size);
void equilibrium_workspace_free(struct equilibrium_workspace *workspace);

/* From a state near it to an equilibrium, in the place of `state`, by pseudo-transient continuation (Kelley and Keyes
 * 1998, doi:10.1137/S0036142996304796): steps of implicit Euler whose length grows to 1e8 d, where they are Newton's.
 * What the rates keep (a sum of states that is constant, a state without a rate, a lesion without cells) the steps
 * keep, too, so that such neutral directions need no care. It is found when a step changes no state by more than 1e-7
 * of it plus that of its absolute tolerance, and no state is below 0 by more than its absolute tolerance. */
enum equilibrium_result equilibrium_find(const struct equilibrium_system *system,
                                         struct equilibrium_workspace *workspace, double *state);

/* Eigenvalues of the Jacobian at a state, 1/d, without the rows and columns of states that are `held` where they are
 * (held[size]; NULL: none is): fills real_parts[] and imaginary[], the largest real part first, and returns how many
 * there are, or -1 when the iteration fails or without memory. They are found as s + 1/m from the eigenvalues m of
 * (J - s)^-1, by GSL's gsl_eigen_nonsymm (balanced, Hessenberg form, implicit double shifts): the fastest rates are
 * 1e13 times the slowest, and of J itself the rounding of the fast ones would drown those on which stability depends.
 * That of an eigenvalue is 1e-16 of its square, and 1e-10 1/d of the smallest. */
int equilibrium_eigenvalues(const struct equilibrium_system *system, struct equilibrium_workspace *workspace,
                            const double *state, const bool *held, double *real_parts, double *imaginary);

/* What an eigenvalue may be above 0 and count as 0, 1/d: a change over more than 2700 years. Neutral directions (sums
 * that the rates keep) have 0 but for rounding. */
#define EQUILIBRIUM_NEUTRAL 1e-6

/* The model's system, for as long as the model stays where it is. NULL without memory. */
struct equilibrium_model;
struct equilibrium_model *equilibrium_model_create(const struct model *model);
void equilibrium_model_free(struct equilibrium_model *model);
struct equilibrium_system equilibrium_model_system(struct equilibrium_model *model);

#endif
