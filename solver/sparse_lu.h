/* LU factors of a sparse matrix whose pattern never changes: the analysis, done once for a pattern. What it finds is a
 * plan, a set of flat index lists, that sparse_lu_execute.h carries out without searching, for numbers or for vectors
 * of numbers. Pivots are taken from the diagonal in an order that keeps fill small (Markowitz 1957,
 * doi:10.1287/mnsc.3.3.255); the size of the pivots is checked in every factorisation, not here.
 *
 * Lesions couple only through what they share. Their states are eliminated first, lesion by lesion and each in the same
 * order, so that one piece of code serves all of them: for the usual models it is written at build time, statement by
 * statement (write_lu_code.c), and is three times as fast as going through the lists. */
#ifndef ABSCOPAL_SOLVER_SPARSE_LU_H
#define ABSCOPAL_SOLVER_SPARSE_LU_H

#include <stdint.h>

/* Equal blocks of states at the end of the state array, of which no two are coupled directly: lesions. */
struct sparse_lu_blocks {
    int count, first, stride; /* states first + i stride up to first + (i + 1) stride are block i */
};

/* The k-th pivot is the diagonal of state pivot[k]. Entries are stored pivot by pivot:
 *     diagonal | L multipliers of its column | U entries of its row         from start[k] to start[k + 1] - 1
 * and index[] tells of an L entry the state of its row, of a U entry that of its column. A place is an index into the
 * entries. Blocks have their pivots and entries one after another, block_pivots and block_entries each; then comes what
 * is shared. A plan is read-only once made; threads may share it. */
struct sparse_lu_plan {
    int size;          /* of the matrix */
    int pattern_count; /* entries of the pattern it was made for */
    int entry_count;   /* places: L, diagonal, U, with fill */
    int fill_count, update_count;
    struct sparse_lu_blocks blocks;
    int block_pivots, block_entries;
    int code; /* which generated code carries it out; -1: none, go through the lists */

    uint16_t *place;    /* [pattern_count] where the pattern's entries go */
    uint16_t *diagonal; /* [size] place of the diagonal of state i */
    uint16_t *fill;     /* [fill_count] places that no entry of the pattern goes to: to be cleared before factoring */
    uint16_t *pivot;    /* [size] the state eliminated k-th */
    uint16_t *start;    /* [size + 1] */
    uint16_t *upper_start; /* [size] place of the first U entry of pivot k */
    uint16_t *index;       /* [entry_count] */
    uint16_t *target; /* [update_count] for each pivot, each L entry l and each U entry u of it, the last first: the
                         place of entries[target] -= entries[l] * entries[u] */
};

/* Analyses a pattern of compressed sparse columns: column j holds entries column_start[j] to column_start[j + 1] - 1,
 * whose rows are row[]. Diagonal entries may be absent. `blocks` may be NULL. Returns 0; or -1 without memory or where
 * the indices do not fit in 16 bits (then nothing is held). */
int sparse_lu_plan_create(int size, const int *column_start, const int *row, const struct sparse_lu_blocks *blocks,
                          struct sparse_lu_plan *plan);
void sparse_lu_plan_free(struct sparse_lu_plan *plan);

/* A number that tells plans apart by what is done: for one block (index -1: for what is shared). Of equal blocks it is
 * the same, and of the shared part whatever the number of blocks. */
uint64_t sparse_lu_plan_signature(const struct sparse_lu_plan *plan, int block);

#endif
