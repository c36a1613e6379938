/* Writes out, at build time, the factorisation and the solution of the Jacobian's matrix for the usual models:
 * statement by statement, so that the compiler keeps in registers what the lists of a plan would send through memory.
 *
 *     write_lu_code HEADER SOURCE [none]
 *
 * HEADER has the code, for whatever `real` is where it is included (sparse_lu_execute.h); SOURCE finds it by signature.
 * Any other model goes through the lists. With `none` all do: a sanitizer takes minutes to compile this code. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/model.h"
#include "solver/jacobian.h"
#include "solver/lu_code.h"
#include "solver/sparse_lu.h"

enum { MAXIMUM_CODES = 32 };

/* While writing, there is no code yet. */
int lu_code_find(uint64_t block_signature, uint64_t shared_signature)
{
    (void)block_signature, (void)shared_signature;
    return -1;
}

/* The usual models: no drug, one drug of each kind, and those of two kinds that are given together, in either order. */
static const struct {
    enum model_preset preset;
    int drug_count;
    enum antibody_target targets[2];
} usual[] = {
    {PRESET_NSCLC, 0, {0}},
    {PRESET_NSCLC, 1, {TARGET_PD1}},
    {PRESET_NSCLC, 1, {TARGET_PDL1}},
    {PRESET_NSCLC, 1, {TARGET_CTLA4}},
    {PRESET_NSCLC, 2, {TARGET_PD1, TARGET_CTLA4}},
    {PRESET_NSCLC, 2, {TARGET_CTLA4, TARGET_PD1}},
    {PRESET_NSCLC, 2, {TARGET_PDL1, TARGET_CTLA4}},
    {PRESET_NSCLC, 2, {TARGET_CTLA4, TARGET_PDL1}},
    {PRESET_QSPIO_NSCLC_2020, 0, {0}},
    {PRESET_QSPIO_NSCLC_2020, 1, {TARGET_PD1}},
};
enum { USUAL_COUNT = sizeof usual / sizeof *usual };

static const struct antibody *antibody_of(enum antibody_target target)
{
    const struct antibody *antibody;
    for (size_t i = 0; (antibody = model_preset_antibody(PRESET_NSCLC, i)) != NULL; i++)
        if (antibody->target == target)
            return antibody;
    return NULL;
}

/* The plan of a usual model with one lesion. */
static int make_plan(int number, struct sparse_lu_plan *plan)
{
    struct parameters parameters;
    parameters_default(&parameters);
    const struct antibody *antibodies[2];
    for (int i = 0; i < usual[number].drug_count; i++)
        antibodies[i] = antibody_of(usual[number].targets[i]);
    const struct model_settings settings = {.preset = usual[number].preset,
                                            .parameters = &parameters,
                                            .lesion_count = 1,
                                            .antibodies = antibodies,
                                            .drug_count = usual[number].drug_count};
    struct model model;
    model_prepare(&model, &settings);
    struct jacobian jacobian;
    if (jacobian_create(&model, &jacobian) != 0)
        return -1;
    const struct sparse_lu_blocks blocks = jacobian_blocks(&model);
    const int result = sparse_lu_plan_create(jacobian.size, jacobian.column_start, jacobian.row, &blocks, plan);
    jacobian_free(&jacobian);
    return result;
}

/* ---- Names ------------------------------------------------------------------------------------------ */

/* Of a plan with one block: which part is being written. */
struct part {
    const struct sparse_lu_plan *plan;
    int number;
    int from, to; /* pivots */
    bool block;
    FILE *file;
};

static bool in_block(const struct part *part, int state)
{
    return state >= part->plan->blocks.first;
}

/* The local variable of a state. */
static void write_state(const struct part *part, int state)
{
    if (in_block(part, state))
        fprintf(part->file, "x%d", state - part->plan->blocks.first);
    else
        fprintf(part->file, "y%d", state);
}

/* An entry, seen from the part. */
static void write_entry(const struct part *part, int place)
{
    const int shared = part->plan->block_entries;
    if (part->block && place >= shared)
        fprintf(part->file, "s[%d]", place - shared);
    else
        fprintf(part->file, "m[%d]", part->block ? place : place - shared);
}

/* ---- Statements ------------------------------------------------------------------------------------- */

/* What is subtracted from an entry: the product of an L entry and a U entry of one pivot. */
struct update {
    int target, lower, upper;
};

/* Those of the part's pivots, in the order of a factorisation; the caller's. */
static struct update *list_updates(const struct part *part, int *count)
{
    const struct sparse_lu_plan *plan = part->plan;
    struct update *const updates = malloc(((size_t)plan->update_count + 1) * sizeof *updates);
    if (updates == NULL)
        exit(EXIT_FAILURE);
    const uint16_t *target = plan->target;
    *count = 0;
    for (int k = 0; k < part->to; k++)
        for (int l = plan->start[k] + 1; l < plan->upper_start[k]; l++)
            for (int u = plan->start[k + 1] - 1; u >= plan->upper_start[k]; u--, target++)
                if (k >= part->from)
                    updates[(*count)++] = (struct update){*target, l, u};
    return updates;
}

/* All that is subtracted from one entry, at once: it is loaded and stored once. */
static void write_updates(const struct part *part, const struct update *updates, int count, int place)
{
    bool any = false;
    for (int i = 0; i < count; i++) {
        if (updates[i].target != place)
            continue;
        if (!any) {
            fprintf(part->file, "    ");
            write_entry(part, place);
            fprintf(part->file, " = ");
            write_entry(part, place);
        }
        fprintf(part->file, " - ");
        write_entry(part, updates[i].lower);
        fprintf(part->file, " * ");
        write_entry(part, updates[i].upper);
        any = true;
    }
    if (any)
        fprintf(part->file, ";\n");
}

/* One pivot: its entries as earlier pivots leave them, its reciprocal and its multipliers. */
static void write_pivot(const struct part *part, int k, const struct update *updates, int count)
{
    const struct sparse_lu_plan *plan = part->plan;
    for (int place = plan->start[k]; place < plan->start[k + 1]; place++) {
        write_updates(part, updates, count, place);
        fprintf(part->file, "    ");
        if (place == plan->start[k]) {
            fprintf(part->file, "r[%d] = 1 / ", k - part->from);
            write_entry(part, place);
            fprintf(part->file, ";\n");
        } else if (place < plan->upper_start[k]) {
            write_entry(part, place);
            fprintf(part->file, " *= r[%d];\n", k - part->from);
        }
    }
}

static void write_factor(const struct part *part)
{
    const struct sparse_lu_plan *plan = part->plan;
    int count;
    struct update *const updates = list_updates(part, &count);
    fprintf(part->file, "static void lu%d_factor_%s(real *restrict m, real *restrict r%s)\n{\n", part->number,
            part->block ? "block" : "shared", part->block ? ", real *restrict s" : "");
    for (int k = part->from; k < part->to; k++)
        write_pivot(part, k, updates, count);
    for (int place = plan->start[part->to]; place < plan->entry_count; place++)
        write_updates(part, updates, count, place);
    fprintf(part->file, "}\n\n");
    free(updates);
}

/* Marks the states that take part in the entries below (or right of) the part's pivots, with the pivots themselves
 * where they have any, or always. Returns a list of [plan->size], the caller's. */
static bool *mark_states(const struct part *part, bool upper, bool always)
{
    const struct sparse_lu_plan *plan = part->plan;
    bool *const marked = calloc((size_t)plan->size, sizeof *marked);
    if (marked == NULL)
        exit(EXIT_FAILURE);
    for (int k = part->from; k < part->to; k++) {
        const int from = upper ? plan->upper_start[k] : plan->start[k] + 1;
        const int to = upper ? plan->start[k + 1] : plan->upper_start[k];
        marked[plan->pivot[k]] = marked[plan->pivot[k]] || always || to > from;
        for (int place = from; place < to; place++)
            marked[plan->index[place]] = true;
    }
    return marked;
}

/* Marks the states in which forward elimination of the part leaves something new. A list as above. */
static bool *mark_changed(const struct part *part)
{
    const struct sparse_lu_plan *plan = part->plan;
    bool *const changed = calloc((size_t)plan->size, sizeof *changed);
    if (changed == NULL)
        exit(EXIT_FAILURE);
    for (int k = part->from; k < part->to; k++)
        for (int l = plan->start[k] + 1; l < plan->upper_start[k]; l++)
            changed[plan->index[l]] = true;
    return changed;
}

/* Loads them. The part's own states are read as the right-hand side, but for those in `done`, which may be NULL. */
static void write_loads(const struct part *part, bool upper, bool always, const bool *done)
{
    const struct sparse_lu_plan *plan = part->plan;
    bool *const named = mark_states(part, upper, always);
    for (int state = 0; state < plan->size; state++) {
        if (!named[state])
            continue;
        const bool own = part->block == in_block(part, state);
        const int index = state - (part->block && own ? plan->blocks.first : 0);
        fprintf(part->file, "    real ");
        write_state(part, state);
        if (own && (done == NULL || !done[state]))
            fprintf(part->file, " = sparse_lu_right_side(f, x, %d);\n", index);
        else
            fprintf(part->file, " = %s[%d];\n", own ? "x" : "y", index);
    }
    free(named);
}

static void write_store(const struct part *part, int state)
{
    if (part->block && in_block(part, state))
        fprintf(part->file, "    x[%d] = ", state - part->plan->blocks.first);
    else
        fprintf(part->file, "    %s[%d] = ", part->block ? "y" : "x", state);
    write_state(part, state);
    fprintf(part->file, ";\n");
}

static void write_forward(const struct part *part)
{
    const struct sparse_lu_plan *plan = part->plan;
    for (int k = part->from; k < part->to; k++) {
        for (int l = plan->start[k] + 1; l < plan->upper_start[k]; l++) {
            fprintf(part->file, "    ");
            write_state(part, plan->index[l]);
            fprintf(part->file, " -= ");
            write_entry(part, l);
            fprintf(part->file, " * ");
            write_state(part, plan->pivot[k]);
            fprintf(part->file, ";\n");
        }
    }
}

static void write_backward(const struct part *part)
{
    const struct sparse_lu_plan *plan = part->plan;
    for (int k = part->to - 1; k >= part->from; k--) {
        for (int u = plan->upper_start[k]; u < plan->start[k + 1]; u++) {
            fprintf(part->file, "    ");
            write_state(part, plan->pivot[k]);
            fprintf(part->file, " -= ");
            write_entry(part, u);
            fprintf(part->file, " * ");
            write_state(part, plan->index[u]);
            fprintf(part->file, ";\n");
        }
        fprintf(part->file, "    ");
        write_state(part, plan->pivot[k]);
        fprintf(part->file, " *= r[%d];\n", k - part->from);
        write_store(part, plan->pivot[k]);
    }
}

/* Stores what forward elimination of a block has changed: its own states, and those shared that its rows reach. */
static void write_forward_stores(const struct part *part, const bool *changed)
{
    for (int state = 0; state < part->plan->size; state++)
        if (changed[state])
            write_store(part, state);
}

/* ---- Codes ------------------------------------------------------------------------------------------ */

/* Forward and backward of a block do not share their locals: what the first leaves, the second finds in x. */
static void write_block_solution(const struct part *block)
{
    bool *const changed = mark_changed(block);
    fprintf(block->file,
            "static void lu%d_forward_block(const real *restrict m, const real *restrict f, real *restrict x,\n"
            "                               real *restrict y)\n{\n",
            block->number);
    write_loads(block, false, false, NULL);
    write_forward(block);
    write_forward_stores(block, changed);
    fprintf(
        block->file,
        "}\n\nstatic void lu%d_backward_block(const real *restrict m, const real *restrict r, const real *restrict f,\n"
        "                                real *restrict x, const real *restrict y)\n{\n",
        block->number);
    write_loads(block, true, true, changed);
    write_backward(block);
    fprintf(block->file, "}\n\n");
    free(changed);
}

static void write_code(FILE *file, int number, const struct sparse_lu_plan *plan)
{
    const struct part block = {plan, number, 0, plan->block_pivots, true, file};
    const struct part shared = {plan, number, plan->block_pivots, plan->size, false, file};
    write_factor(&block);
    write_factor(&shared);
    write_block_solution(&block);
    fprintf(file,
            "static void lu%d_solve_shared(const real *restrict m, const real *restrict r, const real *restrict f,\n"
            "                              real *restrict x)\n{\n",
            number);
    write_loads(&shared, true, true, NULL);
    write_forward(&shared);
    write_backward(&shared);
    fprintf(file, "}\n\n");
}

static void write_table(FILE *file, const int *codes, int count)
{
    fprintf(file, "static const struct lu_code lu_codes[] = {\n");
    for (int i = 0; i < count; i++)
        fprintf(file,
                "    {lu%d_factor_block, lu%d_factor_shared, lu%d_forward_block, lu%d_solve_shared, "
                "lu%d_backward_block},\n",
                codes[i], codes[i], codes[i], codes[i], codes[i]);
    fprintf(file, "    {0}, /* not used */\n};\n");
}

static void write_finder(FILE *file, const uint64_t (*signatures)[2], int count)
{
    fprintf(file, "#include \"solver/lu_code.h\"\n\nint lu_code_find(uint64_t block_signature, uint64_t "
                  "shared_signature)\n{\n    static const uint64_t known[][2] = {\n");
    for (int i = 0; i < count; i++)
        fprintf(file, "        {0x%016llx, 0x%016llx},\n", (unsigned long long)signatures[i][0],
                (unsigned long long)signatures[i][1]);
    fprintf(file,
            "        {0, 0}, /* not used */\n    };\n    for (int i = 0; i < %d; i++)\n        if (known[i][0] == "
            "block_signature && known[i][1] "
            "== shared_signature)\n            return i;\n    return -1;\n}\n",
            count);
}

static bool write_all(FILE *header, FILE *source, int usual_count)
{
    uint64_t signatures[MAXIMUM_CODES][2];
    int codes[MAXIMUM_CODES], count = 0;
    fprintf(header, "/* Written by write_lu_code at build time. */\n\n");
    for (int number = 0; number < usual_count; number++) {
        struct sparse_lu_plan plan;
        if (make_plan(number, &plan) != 0)
            return false;
        signatures[count][0] = sparse_lu_plan_signature(&plan, 0);
        signatures[count][1] = sparse_lu_plan_signature(&plan, -1);
        codes[count] = number;
        bool known = false;
        for (int i = 0; i < count; i++)
            known = known || (signatures[i][0] == signatures[count][0] && signatures[i][1] == signatures[count][1]);
        if (!known) {
            write_code(header, number, &plan);
            count++;
        }
        sparse_lu_plan_free(&plan);
    }
    write_table(header, codes, count);
    write_finder(source, (const uint64_t(*)[2])signatures, count);
    return true;
}

int main(int argument_count, char **arguments)
{
    const bool none = argument_count == 4 && strcmp(arguments[3], "none") == 0;
    if (argument_count != 3 && !none) {
        fprintf(stderr, "Usage: write_lu_code HEADER SOURCE [none]\n");
        return EXIT_FAILURE;
    }
    FILE *header = fopen(arguments[1], "w"), *source = fopen(arguments[2], "w");
    bool written = header != NULL && source != NULL && write_all(header, source, none ? 0 : USUAL_COUNT);
    if (header != NULL)
        written = fclose(header) == 0 && written;
    if (source != NULL)
        written = fclose(source) == 0 && written;
    if (!written)
        fprintf(stderr, "write_lu_code: cannot write %s and %s\n", arguments[1], arguments[2]);
    return written ? EXIT_SUCCESS : EXIT_FAILURE;
}
