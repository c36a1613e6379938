#include "protocols/treatment.h"

#include <math.h>

#include "protocols/trial_keys.h"

static void lesions_list(struct yaml_document *document, const struct yaml_node *node, struct treatment *treatment)
{
    size_t count = yaml_list(document, node, "lesions", MODEL_MAX_LESIONS);
    for (size_t i = 0; i < count && document->status == ABSCOPAL_OK; i++) {
        const struct yaml_node *item = node->items[i];
        int lesion = (int)yaml_integer_within(document, item, "a lesion's number", 1, MODEL_MAX_LESIONS) - 1;
        for (size_t j = 0; j < i; j++)
            if (treatment->lesions[j] == lesion)
                yaml_fail(document, item, "lesion %d is listed twice", lesion + 1);
        treatment->lesions[i] = lesion;
    }
    treatment->lesion_choice = LESIONS_LISTED;
    treatment->lesion_count = (int)count;
}

/* {largest: 2} or {smallest: 2}. */
static void ranked_lesions_read(struct yaml_document *document, const struct yaml_node *node,
                                struct treatment *treatment)
{
    const bool largest = yaml_find(node, "largest") != NULL, smallest = yaml_find(node, "smallest") != NULL;
    input_keys_check(document, node, &ranked_lesions_keys);
    if (document->status == ABSCOPAL_OK && largest == smallest)
        yaml_fail(document, node,
                  "lesions must be so many of the largest or of the smallest; write {largest: 2} or "
                  "{smallest: 2}");
    treatment->lesion_choice = largest ? LESIONS_LARGEST : LESIONS_SMALLEST;
    treatment->lesion_count = input_integer(document, node, &ranked_lesions_keys, largest ? "largest" : "smallest", 1);
}

static void lesions_read(struct yaml_document *document, const struct yaml_node *node, struct treatment *treatment)
{
    static const enum lesion_choice choices[] = {LESIONS_LARGEST, LESIONS_SMALLEST, LESIONS_ALL, LESIONS_PROGRESSED,
                                                 LESIONS_REMAINING};
    treatment->lesion_choice = LESIONS_LARGEST;
    treatment->lesion_count = 1;
    if (node == NULL || document->status != ABSCOPAL_OK)
        return;
    if (node->kind == YAML_SEQUENCE) {
        lesions_list(document, node, treatment);
        return;
    }
    if (node->kind == YAML_MAPPING) {
        ranked_lesions_read(document, node, treatment);
        return;
    }
    if (node->kind == YAML_SCALAR && node->text[0] >= '0' && node->text[0] <= '9') {
        yaml_fail(document, node, "lesion numbers must be a list; write [%.40s]", node->text);
        return;
    }
    size_t choice =
        input_choice_read(document, node, "choice of lesions", input_value_of(&radiotherapy_keys, "lesions"));
    treatment->lesion_choice = choices[choice];
    if (document->status == ABSCOPAL_OK && treatment->lesion_choice == LESIONS_PROGRESSED &&
        treatment->begin != BEGIN_AT_PROGRESSION)
        yaml_fail(document, node,
                  "which lesions have progressed is known at progression alone; begin with 'when: progression'");
}

void treatment_read_per_day(struct yaml_document *document, const struct yaml_node *node, struct treatment *treatment)
{
    const struct yaml_node *per_day = yaml_find(node, "per_day");
    const struct yaml_node *apart = yaml_find(node, "apart");
    treatment->fractions_per_day = input_integer(document, node, &radiotherapy_keys, "per_day", 1);
    treatment->within_day_days = input_quantity(document, node, &radiotherapy_keys, "apart", 6.0 / 24.0);
    if (document->status != ABSCOPAL_OK)
        return;
    if (apart != NULL && treatment->fractions_per_day == 1)
        yaml_fail(document, apart, "'apart' is the time between fractions of one day; it needs 'per_day: 2' or more");
    else if ((treatment->fractions_per_day - 1) * treatment->within_day_days >= 1)
        yaml_fail(document, per_day, "%d fractions %.6g h apart do not fit into a day; lower 'per_day' or 'apart'",
                  treatment->fractions_per_day, 24 * treatment->within_day_days);
}

/* A share, or {share: 60 %, above: 65 mL}: large lesions in part, the others whole. */
static void coverage_read(struct yaml_document *document, const struct yaml_node *node, struct treatment *treatment)
{
    treatment->coverage = 1;
    if (node == NULL || document->status != ABSCOPAL_OK)
        return;
    if (node->kind == YAML_MAPPING) {
        input_keys_check(document, node, &coverage_keys);
        yaml_require(document, node, "coverage", "share", "share: 60 %");
        yaml_require(document, node, "coverage", "above", "above: 65 mL");
        treatment->coverage_above_l = input_quantity(document, node, &coverage_keys, "above", 0) / 1000;
        treatment->coverage = input_quantity(document, node, &coverage_keys, "share", 1);
        return;
    }
    treatment->coverage =
        input_quantity_read(document, node, "coverage", input_value_of(&radiotherapy_keys, "coverage"));
}

/* The dose d of each of n fractions whose biologically effective dose is BED: n d (1 + d/(alpha/beta)) = BED (Barendsen
 * 1982, Int J Radiat Oncol Biol Phys 8:1981; Fowler 1989, doi:10.1259/0007-1285-62-740-679). The root above 0, in the
 * form that does not cancel: for a large alpha/beta it tends to BED/n. */
static double fraction_of_bed(double bed_gray, double alpha_beta_gray, int fractions)
{
    const double each_gray = bed_gray / fractions;
    return 2 * each_gray / (1 + sqrt(1 + 4 * each_gray / alpha_beta_gray));
}

/* `bed` and `alpha_beta` instead of `radiotherapy`. After the count has been read. */
static void bed_read(struct yaml_document *document, const struct yaml_node *node, struct treatment *treatment)
{
    const struct yaml_node *bed = yaml_find(node, "bed");
    if (yaml_find(node, "radiotherapy") != NULL)
        yaml_fail(document, bed,
                  "the dose of a fraction is given ('radiotherapy') or follows from the biologically effective dose "
                  "('bed'); keep one");
    else if (treatment->open_ended)
        yaml_fail(document, bed,
                  "'bed' is shared out among the fractions; write how many, for instance 'fractions: 5'");
    yaml_require(document, node, "a biologically effective dose", "alpha_beta", "alpha_beta: 10 Gy");
    const double bed_gray = input_quantity(document, node, &radiotherapy_keys, "bed", 0);
    const double alpha_beta_gray = input_quantity(document, node, &radiotherapy_keys, "alpha_beta", 0);
    if (document->status != ABSCOPAL_OK)
        return;
    const double most_gray = input_value_of(&radiotherapy_keys, "radiotherapy")->upper;
    treatment->fraction_gray = fraction_of_bed(bed_gray, alpha_beta_gray, treatment->count);
    if (treatment->fraction_gray > most_gray)
        yaml_fail(document, bed,
                  "a fraction would be of %.4g Gy, more than %.6g Gy; lower 'bed' or write more "
                  "'fractions' than %d",
                  treatment->fraction_gray, most_gray, treatment->count);
}

static void fraction_read(struct yaml_document *document, const struct yaml_node *node, struct treatment *treatment)
{
    const struct yaml_node *alpha_beta = yaml_find(node, "alpha_beta");
    if (yaml_find(node, "bed") != NULL)
        bed_read(document, node, treatment);
    else if (alpha_beta != NULL)
        yaml_fail(document, alpha_beta,
                  "'alpha_beta' is that of a biologically effective dose and needs 'bed'; that of cancer cells is the "
                  "cohort's parameter 'alpha_beta_ratio'");
    else
        treatment->fraction_gray = input_quantity(document, node, &radiotherapy_keys, "radiotherapy", 0);
}

void treatment_read_radiotherapy(struct yaml_document *document, const struct yaml_node *node,
                                 const struct trial_file *trial, struct treatment *treatment)
{
    if (trial->preset == PRESET_QSPIO_NSCLC_2020)
        yaml_fail(document, yaml_find(node, yaml_find(node, "bed") != NULL ? "bed" : "radiotherapy"),
                  "the model %s has no radiotherapy; write 'model: %s'", model_preset_name(trial->preset),
                  model_preset_name(PRESET_NSCLC));
    fraction_read(document, node, treatment);
    if (document->status == ABSCOPAL_OK && treatment->fractions_per_day > treatment->count)
        yaml_fail(document, yaml_find(node, "per_day"),
                  "per_day is %d, but the course has only %d; 'fractions' counts all of them",
                  treatment->fractions_per_day, treatment->count);
    if (document->status == ABSCOPAL_OK && treatment->count > 1 && treatment_shortest_interval(treatment) < 1)
        yaml_fail(document, yaml_find(node, "every"),
                  "'every' counts days with radiotherapy and must be at least 1 d; for several fractions a day write "
                  "'per_day: 2' and 'apart: 6 h'");
    const struct yaml_node *weekdays = yaml_find(node, "weekdays");
    treatment->weekdays = weekdays != NULL && yaml_boolean(document, weekdays, "weekdays");
    lesions_read(document, yaml_find(node, "lesions"), treatment);
    coverage_read(document, yaml_find(node, "coverage"), treatment);
    const struct yaml_node *nodes = yaml_find(node, "nodes");
    treatment->nodes = nodes != NULL && yaml_boolean(document, nodes, "nodes");
}
