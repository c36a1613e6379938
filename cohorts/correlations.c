#include "cohorts/correlations.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include "cohorts/drawn.h"

static_assert((int)CORRELATIONS_LARGEST == DRAWN_LESIONS_OWN - DRAWN_BASELINE, "room for all that can be correlated");

/* What is left of a quantity's variance once the others are known; with less than this it is as good as theirs. */
static const double least_variance = 1e-9;

static const struct input_value name_value = {VALUE_CHOICE, .named = correlations_name};
static const struct input_value pair_value = {VALUE_LIST, .item = &name_value, .least = 2, .most = 2};
static const struct input_value correlation_value = {VALUE_QUANTITY, .unit = "1", .lower = -1, .upper = 1};
static const struct input_key rows[] = {
    {"between", "two quantities that are drawn", &pair_value, KEY_NEEDED},
    {"value", "correlation of their normal scores", &correlation_value, KEY_NEEDED},
};
const struct input_mapping correlation_keys = {"a correlation", rows, sizeof rows / sizeof *rows};
static const struct input_value item_value = {VALUE_MAPPING, .mapping = &correlation_keys};
const struct input_value correlations_value = {VALUE_LIST, .item = &item_value, .least = 1, .most = 1000};

/* Places of drawn.h from the first that has a distribution of its own. */
struct input_name correlations_name(size_t index)
{
    const int place = DRAWN_BASELINE + (int)index;
    if (place >= DRAWN_LESIONS_OWN)
        return (struct input_name){NULL, NULL};
    return (struct input_name){drawn_name(place), place < DRAWN_PARAMETERS
                                                      ? "attribute of the patient"
                                                      : parameter_describe(place - DRAWN_PARAMETERS)->meaning};
}

/* ---- Reading ---------------------------------------------------------------------------------------- */

/* One entry of the list. */
struct pair {
    int places[2];
    double value;
    const struct yaml_node *node; /* of the value */
};

static int place_read(struct yaml_document *document, const struct yaml_node *node, const bool *varied)
{
    enum { NAMES = DRAWN_LESIONS_OWN - DRAWN_BASELINE };
    const char *names[NAMES];
    for (size_t i = 0; i < NAMES; i++)
        names[i] = correlations_name(i).name;
    const int place = DRAWN_BASELINE + (int)yaml_choice(document, node, "quantity of a patient", names, NAMES);
    if (document->status == ABSCOPAL_OK && !varied[place])
        yaml_fail(document, node, "%s is the same in all patients; give it a distribution or leave this out",
                  drawn_name(place));
    return place;
}

static void pair_read(struct yaml_document *document, const struct yaml_node *node, const bool *varied,
                      const struct pair *before, size_t before_count, struct pair *pair)
{
    input_keys_check(document, node, &correlation_keys);
    const struct yaml_node *between =
        yaml_require(document, node, "a correlation", "between", "between: [body_weight, baseline_sum_of_diameters]");
    pair->node = yaml_require(document, node, "a correlation", "value", "value: 0.4");
    if (document->status != ABSCOPAL_OK)
        return;
    if (between->kind != YAML_SEQUENCE || between->item_count != 2) {
        yaml_fail(document, between, "between must be two names, [one, another]");
        return;
    }
    for (int i = 0; i < 2; i++)
        pair->places[i] = place_read(document, between->items[i], varied);
    pair->value = input_quantity_read(document, pair->node, "value", input_value_of(&correlation_keys, "value"));
    if (document->status != ABSCOPAL_OK)
        return;
    if (pair->places[0] == pair->places[1])
        yaml_fail(document, between, "a correlation is between two different quantities");
    for (size_t i = 0; i < before_count; i++)
        if ((before[i].places[0] == pair->places[0] && before[i].places[1] == pair->places[1]) ||
            (before[i].places[0] == pair->places[1] && before[i].places[1] == pair->places[0]))
            yaml_fail(document, between, "the correlation between %s and %s is given in line %d already; keep one",
                      drawn_name(pair->places[0]), drawn_name(pair->places[1]), before[i].node->line);
}

/* ---- The matrix ------------------------------------------------------------------------------------- */

/* The quantities that pairs name, each once, in the order of drawn.h. */
static void collect(const struct pair *pairs, size_t pair_count, struct correlated *correlated)
{
    bool named[DRAWN_COUNT] = {false};
    for (size_t i = 0; i < pair_count; i++)
        named[pairs[i].places[0]] = named[pairs[i].places[1]] = true;
    for (int place = 0; place < DRAWN_COUNT; place++)
        if (named[place])
            correlated->places[correlated->count++] = place;
}

static size_t row_of(const struct correlated *correlated, int place)
{
    size_t row = 0;
    while (correlated->places[row] != place)
        row++;
    return row;
}

/* Lower triangle of the matrix, row after row. */
static double *entry_of(const struct correlated *correlated, size_t row, size_t column)
{
    return correlated->factor + row * (row + 1) / 2 + column;
}

static void fill_matrix(const struct pair *pairs, size_t pair_count, const struct correlated *correlated)
{
    for (size_t i = 0; i < correlated->count; i++)
        *entry_of(correlated, i, i) = 1;
    for (size_t i = 0; i < pair_count; i++) {
        const size_t one = row_of(correlated, pairs[i].places[0]), other = row_of(correlated, pairs[i].places[1]);
        *entry_of(correlated, one > other ? one : other, one > other ? other : one) = pairs[i].value;
    }
}

/* Puts its Cholesky factor in the place of the matrix. Returns the first row that depends on those before it, or the
 * number of rows. */
static size_t factorise(const struct correlated *correlated)
{
    for (size_t i = 0; i < correlated->count; i++)
        for (size_t j = 0; j <= i; j++) {
            double *entry = entry_of(correlated, i, j);
            for (size_t k = 0; k < j; k++)
                *entry -= *entry_of(correlated, i, k) * *entry_of(correlated, j, k);
            if (i == j && !(*entry > least_variance))
                return i;
            *entry = i == j ? sqrt(*entry) : *entry / *entry_of(correlated, j, j);
        }
    return correlated->count;
}

static void matrix_make(struct yaml_document *document, const struct yaml_node *list, const struct pair *pairs,
                        size_t pair_count, struct correlated *correlated)
{
    collect(pairs, pair_count, correlated);
    correlated->factor =
        yaml_allocate(document, correlated->count * (correlated->count + 1) / 2, sizeof *correlated->factor);
    if (correlated->factor == NULL)
        return;
    fill_matrix(pairs, pair_count, correlated);
    const size_t row = factorise(correlated);
    if (row == correlated->count)
        return;
    const struct yaml_node *last = list;
    for (size_t i = 0; i < pair_count; i++)
        if (pairs[i].places[0] == correlated->places[row] || pairs[i].places[1] == correlated->places[row])
            last = pairs[i].node;
    yaml_fail(document, last,
              "no patients can have the correlations of %s together with the others (their matrix is not positive "
              "definite); bring this value nearer to 0, or give the correlations that are left out",
              drawn_name(correlated->places[row]));
}

void correlations_read(struct yaml_document *document, struct cohort *cohort)
{
    const struct yaml_node *list = yaml_find(document->root, "correlations");
    if (document->status != ABSCOPAL_OK || list == NULL)
        return;
    bool varied[DRAWN_COUNT];
    drawn_varied(cohort, varied);
    const size_t count = yaml_list(document, list, "correlations", correlations_value.most);
    struct pair *pairs = count > 0 ? yaml_allocate(document, count, sizeof *pairs) : NULL;
    for (size_t i = 0; i < count && document->status == ABSCOPAL_OK; i++)
        pair_read(document, list->items[i], varied, pairs, i, &pairs[i]);
    if (document->status == ABSCOPAL_OK)
        matrix_make(document, list, pairs, count, &cohort->correlated);
    free(pairs);
}

/* ---- Drawing ---------------------------------------------------------------------------------------- */

void correlations_apply(const struct correlated *correlated, double *uniforms)
{
    double scores[CORRELATIONS_LARGEST];
    for (size_t i = 0; i < correlated->count; i++)
        scores[i] = uniforms[i] <= 0.5 ? gsl_cdf_ugaussian_Pinv(uniforms[i]) : gsl_cdf_ugaussian_Qinv(1 - uniforms[i]);
    for (size_t i = 1; i < correlated->count; i++) {
        double sum = 0;
        for (size_t j = 0; j <= i; j++)
            sum += *entry_of(correlated, i, j) * scores[j];
        uniforms[i] = fmin(fmax(gsl_cdf_ugaussian_P(sum), 0x1p-53), 1 - 0x1p-53);
    }
}
