/* Factorisations and solutions written out at build time (write_lu_code.c): which there are. */
#ifndef ABSCOPAL_SOLVER_LU_CODE_H
#define ABSCOPAL_SOLVER_LU_CODE_H

#include <stdint.h>

/* The code for blocks and for what is shared with these signatures (sparse_lu_plan_signature; 0 for no blocks), or
 * -1. */
int lu_code_find(uint64_t block_signature, uint64_t shared_signature);

#endif
