#include "solver/sparse_lu.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "solver/lu_code.h"

/* The matrix as it fills in: filled[row * size + column], in states. */
struct elimination {
    int size;
    const struct sparse_lu_blocks *blocks; /* NULL: none */
    bool *filled;
    bool *eliminated;
    int *row_count, *column_count; /* off the diagonal, among states not yet eliminated */
    int *level;                    /* pivots of one level do not need each other */
    int *order;                    /* [size] states in the order of elimination */
    int *rows, *columns;           /* scratch */
};

static void elimination_free(struct elimination *work)
{
    free(work->filled);
    free(work->eliminated);
    free(work->row_count);
}

static int elimination_create(int size, const int *column_start, const int *row, struct elimination *work)
{
    const size_t count = (size_t)size;
    memset(work, 0, sizeof *work);
    work->size = size;
    work->filled = calloc(count * count + 1, sizeof *work->filled);
    work->eliminated = calloc(count + 1, sizeof *work->eliminated);
    work->row_count = calloc(6 * count + 1, sizeof *work->row_count);
    if (work->filled == NULL || work->eliminated == NULL || work->row_count == NULL) {
        elimination_free(work);
        return -1;
    }
    work->column_count = work->row_count + size;
    work->level = work->column_count + size;
    work->order = work->level + size;
    work->rows = work->order + size;
    work->columns = work->rows + size;
    for (int column = 0; column < size; column++) {
        work->filled[column * size + column] = true;
        for (int entry = column_start[column]; entry < column_start[column + 1]; entry++) {
            if (row[entry] == column)
                continue;
            work->filled[row[entry] * size + column] = true;
            work->row_count[row[entry]]++;
            work->column_count[column]++;
        }
    }
    return 0;
}

/* Blocks in their order, then what is shared. */
static int rank_of(const struct elimination *work, int state)
{
    const struct sparse_lu_blocks *blocks = work->blocks;
    if (blocks == NULL || blocks->count == 0 || state < blocks->first)
        return work->size;
    return (state - blocks->first) / blocks->stride;
}

/* The state whose elimination can fill in the least: the fewest entries of its column times those of its row. A little
 * more is accepted for a pivot that need not wait for many others. */
static int find_pivot(const struct elimination *work)
{
    int best = -1, least = 0, lowest_rank = 0;
    for (int state = 0; state < work->size; state++) {
        if (work->eliminated[state])
            continue;
        const int rank = rank_of(work, state);
        const int cost = work->row_count[state] * work->column_count[state] + 2 * work->level[state];
        if (best < 0 || rank < lowest_rank || (rank == lowest_rank && cost < least)) {
            best = state;
            least = cost;
            lowest_rank = rank;
        }
    }
    return best;
}

static void eliminate(struct elimination *work, int pivot)
{
    const int size = work->size;
    int rows = 0, columns = 0;
    work->eliminated[pivot] = true;
    for (int state = 0; state < size; state++) {
        if (work->eliminated[state])
            continue;
        const bool below = work->filled[state * size + pivot], right = work->filled[pivot * size + state];
        if (below) {
            work->rows[rows++] = state;
            work->row_count[state]--;
        }
        if (right) {
            work->columns[columns++] = state;
            work->column_count[state]--;
        }
        /* Levels count within a block, or within what is shared, so that equal blocks have equal levels. */
        if ((below || right) && rank_of(work, state) == rank_of(work, pivot) &&
            work->level[state] <= work->level[pivot])
            work->level[state] = work->level[pivot] + 1;
    }
    for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
            bool *filled = &work->filled[work->rows[i] * size + work->columns[j]];
            if (!*filled) {
                *filled = true;
                work->row_count[work->rows[i]]++;
                work->column_count[work->columns[j]]++;
            }
        }
    }
}

/* Pivots by levels: the same factors with the same fill, but neighbours in the order seldom wait for one another. */
static void order_by_level(struct elimination *work)
{
    for (int i = 1; i < work->size; i++) {
        const int state = work->order[i], rank = rank_of(work, state);
        int place = i;
        for (; place > 0 && rank_of(work, work->order[place - 1]) == rank &&
               work->level[work->order[place - 1]] > work->level[state];
             place--)
            work->order[place] = work->order[place - 1];
        work->order[place] = state;
    }
}

static void find_order(struct elimination *work)
{
    for (int k = 0; k < work->size; k++) {
        work->order[k] = find_pivot(work);
        eliminate(work, work->order[k]);
    }
    order_by_level(work);
}

static bool is_filled(const struct elimination *work, int row, int column)
{
    return work->filled[work->order[row] * work->size + work->order[column]];
}

/* How long the lists become; `row` and `column` count pivots from here on. */
static void count_lists(const struct elimination *work, struct sparse_lu_plan *plan)
{
    for (int k = 0; k < work->size; k++) {
        int below = 0, right = 0;
        for (int other = k + 1; other < work->size; other++) {
            below += is_filled(work, other, k);
            right += is_filled(work, k, other);
        }
        plan->entry_count += 1 + below + right;
        plan->update_count += below * right;
    }
    plan->fill_count = plan->entry_count;
}

/* All lists in one piece of memory, which begins at `place`. */
static int allocate_lists(struct sparse_lu_plan *plan)
{
    if (plan->entry_count > UINT16_MAX || plan->update_count > UINT16_MAX || plan->pattern_count > UINT16_MAX)
        return -1;
    const size_t size = (size_t)plan->size;
    const struct {
        uint16_t **list;
        size_t length;
    } lists[] = {
        {&plan->place, (size_t)plan->pattern_count},
        {&plan->diagonal, size},
        {&plan->fill, (size_t)plan->fill_count},
        {&plan->pivot, size},
        {&plan->start, size + 1},
        {&plan->upper_start, size},
        {&plan->index, (size_t)plan->entry_count},
        {&plan->target, (size_t)plan->update_count},
    };
    const size_t count = sizeof lists / sizeof *lists;
    size_t total = 0;
    for (size_t i = 0; i < count; i++)
        total += lists[i].length;
    uint16_t *memory = malloc(total * sizeof *memory + 1);
    if (memory == NULL)
        return -1;
    for (size_t i = 0; i < count; i++) {
        *lists[i].list = memory;
        memory += lists[i].length;
    }
    return 0;
}

/* Numbers the entries from 1; number[row * size + column], in pivots, is 0 where there is none. Those of U stand last
 * pivot first, as the solution finds them: the one that is waited for comes at the end of a row's sum. */
static void place_entries(const struct elimination *work, struct sparse_lu_plan *plan, int *number)
{
    const int size = work->size;
    int place = 0;
    for (int k = 0; k < size; k++) {
        const int state = work->order[k];
        plan->pivot[k] = (uint16_t)state;
        plan->start[k] = plan->diagonal[state] = (uint16_t)place;
        plan->index[place] = (uint16_t)state;
        number[k * size + k] = ++place;
        for (int row = k + 1; row < size; row++) {
            if (!is_filled(work, row, k))
                continue;
            plan->index[place] = (uint16_t)work->order[row];
            number[row * size + k] = ++place;
        }
        plan->upper_start[k] = (uint16_t)place;
        for (int column = size - 1; column > k; column--) {
            if (!is_filled(work, k, column))
                continue;
            plan->index[place] = (uint16_t)work->order[column];
            number[k * size + column] = ++place;
        }
    }
    plan->start[size] = (uint16_t)place;
}

/* What a factorisation does, pivot by pivot. */
static void list_updates(const int *number, struct sparse_lu_plan *plan)
{
    const int size = plan->size;
    int update = 0;
    for (int k = 0; k < size; k++)
        for (int row = k + 1; row < size; row++)
            for (int column = k + 1; column < size; column++)
                if (number[row * size + k] > 0 && number[k * size + column] > 0)
                    plan->target[update++] = (uint16_t)(number[row * size + column] - 1);
}

/* Where the pattern's entries go, and where none goes. */
static int place_pattern(const int *column_start, const int *row, const int *number, struct sparse_lu_plan *plan)
{
    const int size = plan->size;
    int *position = malloc((size_t)size * sizeof *position + 1);
    bool *taken = calloc((size_t)plan->entry_count + 1, sizeof *taken);
    const bool enough = position != NULL && taken != NULL;
    if (enough) {
        for (int k = 0; k < size; k++)
            position[plan->pivot[k]] = k;
        for (int column = 0; column < size; column++) {
            for (int entry = column_start[column]; entry < column_start[column + 1]; entry++) {
                const int place = number[position[row[entry]] * size + position[column]] - 1;
                plan->place[entry] = (uint16_t)place;
                taken[place] = true;
            }
        }
        plan->fill_count = 0;
        for (int place = 0; place < plan->entry_count; place++)
            if (!taken[place])
                plan->fill[plan->fill_count++] = (uint16_t)place;
    }
    free(position);
    free(taken);
    return enough ? 0 : -1;
}

static void find_code(struct sparse_lu_plan *plan)
{
    plan->block_pivots = plan->blocks.count > 0 ? plan->blocks.stride : 0;
    plan->block_entries = plan->blocks.count > 0 ? plan->start[plan->block_pivots] : 0;
    const uint64_t shared = sparse_lu_plan_signature(plan, -1);
    for (int block = 1; block < plan->blocks.count; block++)
        if (sparse_lu_plan_signature(plan, block) != sparse_lu_plan_signature(plan, 0)) {
            plan->code = -1;
            return;
        }
    plan->code = lu_code_find(plan->blocks.count > 0 ? sparse_lu_plan_signature(plan, 0) : 0, shared);
}

int sparse_lu_plan_create(int size, const int *column_start, const int *row, const struct sparse_lu_blocks *blocks,
                          struct sparse_lu_plan *plan)
{
    memset(plan, 0, sizeof *plan);
    plan->size = size;
    plan->pattern_count = column_start[size];
    if (blocks != NULL)
        plan->blocks = *blocks;
    struct elimination work;
    if (elimination_create(size, column_start, row, &work) != 0)
        return -1;
    work.blocks = blocks;
    find_order(&work);
    count_lists(&work, plan);
    int *number = calloc((size_t)size * (size_t)size + 1, sizeof *number);
    int result = number != NULL && allocate_lists(plan) == 0 ? 0 : -1;
    if (result == 0) {
        place_entries(&work, plan, number);
        list_updates(number, plan);
        result = place_pattern(column_start, row, number, plan);
    }
    free(number);
    elimination_free(&work);
    if (result != 0)
        sparse_lu_plan_free(plan);
    else
        find_code(plan);
    return result;
}

void sparse_lu_plan_free(struct sparse_lu_plan *plan)
{
    free(plan->place);
    memset(plan, 0, sizeof *plan);
}

/* ---- Signatures ------------------------------------------------------------------------------------- */

/* FNV-1a (Fowler, Noll and Vo), of 64 bits. */
static void mix(uint64_t *signature, int number)
{
    for (int byte = 0; byte < 4; byte++)
        *signature = (*signature ^ ((unsigned)number >> 8 * byte & 0xff)) * 0x100000001b3;
}

/* A number counted from the beginning of the block it lies in, marked; or from that of what is shared. */
static void mix_relative(uint64_t *signature, int number, int block_first, int block_count, int shared_first)
{
    const bool inside = number >= block_first && number < block_first + block_count;
    mix(signature, inside ? 1 : 0);
    mix(signature, inside ? number - block_first : number - shared_first);
}

uint64_t sparse_lu_plan_signature(const struct sparse_lu_plan *plan, int block)
{
    const int blocks = plan->blocks.count, shared_pivot = blocks * plan->block_pivots;
    const int shared_entry = blocks * plan->block_entries;
    const bool shared = block < 0;
    const int from = shared ? shared_pivot : block * plan->block_pivots;
    const int to = shared ? plan->size : from + plan->block_pivots;
    const int first_state = shared ? 0 : plan->blocks.first + block * plan->blocks.stride;
    const int states = shared ? 0 : plan->blocks.stride;
    const int first_entry = shared ? 0 : block * plan->block_entries, entries = shared ? 0 : plan->block_entries;
    uint64_t signature = 0xcbf29ce484222325;
    int update = 0;
    for (int k = 0; k < from; k++)
        update += (plan->upper_start[k] - plan->start[k] - 1) * (plan->start[k + 1] - plan->upper_start[k]);
    for (int k = from; k < to; k++) {
        const int lower = plan->upper_start[k] - plan->start[k] - 1, upper = plan->start[k + 1] - plan->upper_start[k];
        mix(&signature, lower);
        mix(&signature, upper);
        for (int place = plan->start[k]; place < plan->start[k + 1]; place++)
            mix_relative(&signature, plan->index[place], first_state, states, 0);
        for (int i = 0; i < lower * upper; i++)
            mix_relative(&signature, plan->target[update++], first_entry, entries, shared_entry);
    }
    return signature;
}
