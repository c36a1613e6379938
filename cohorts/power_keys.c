/* The keys of files of designs, and the endpoints, tests and quantities that they can name. */
#include "cohorts/power_keys.h"

#include "cohorts/power_file.h"
#include "protocols/trial_keys.h"

enum { MOST_STRATA = 4, MOST_VIRTUAL = 1000000, LONGEST_DAYS = 36525 };

/* ---- Names ------------------------------------------------------------------------------------------ */

static const char *const endpoint_names[] = {
    [POWER_BEST_RESPONSE] = "best_response_rate",
    [POWER_RESPONSE] = "response_rate",
    [POWER_ABSCOPAL_RESPONSE] = "abscopal_response_rate",
    [POWER_DISEASE_CONTROL] = "disease_control_rate",
    [POWER_COMPLETE_RESPONSE] = "complete_response_rate",
    [POWER_PROGRESSION_FREE_SURVIVAL] = "progression_free_survival",
};
static const char *const test_names[] = {
    [POWER_CHI_SQUARE] = "chi-square",
    [POWER_FISHER] = "fisher",
    [POWER_COCHRAN_MANTEL_HAENSZEL] = "cochran-mantel-haenszel",
    [POWER_LOG_RANK] = "log-rank",
    [POWER_STRATIFIED_LOG_RANK] = "stratified-log-rank",
};
enum {
    ENDPOINT_COUNT = sizeof endpoint_names / sizeof *endpoint_names,
    TEST_COUNT = sizeof test_names / sizeof *test_names
};

const char *power_endpoint_name(size_t endpoint)
{
    return endpoint < ENDPOINT_COUNT ? endpoint_names[endpoint] : NULL;
}

const char *power_test_name(size_t test)
{
    return test < TEST_COUNT ? test_names[test] : NULL;
}

/* ---- Values ----------------------------------------------------------------------------------------- */

static const struct input_value text = {.kind = VALUE_TEXT};
static const struct input_value any = {VALUE_QUANTITY, .unit = NULL};
static const struct input_value share = {VALUE_QUANTITY, .unit = "1", .upper = 1};
static const struct input_value share_above = {VALUE_QUANTITY, .unit = "1", .upper = 1, .above = true};
static const struct input_value time_above = {VALUE_QUANTITY, .unit = "d", .upper = LONGEST_DAYS, .above = true};
static const struct input_value seed = {VALUE_INTEGER, .upper = (double)(INT64_MAX)};
static const struct input_value virtual_patients = {VALUE_INTEGER, .lower = 1, .upper = MOST_VIRTUAL};
static const struct input_value arm_patients = {VALUE_INTEGER, .lower = 2, .upper = POWER_MOST_PATIENTS};
static const struct input_value sizes = {VALUE_LIST, .item = &arm_patients, .least = 1, .most = POWER_MOST_SIZES};
static const struct input_value arms = {VALUE_LIST, .item = &text, .least = 2, .most = POWER_MOST_ARMS};

static const struct input_value endpoint_name = {VALUE_CHOICE, .choices = endpoint_names,
                                                 .choice_count = ENDPOINT_COUNT};
static const struct input_key endpoint_rows[] = {
    {"endpoint", "which one", &endpoint_name, KEY_NEEDED},
    {"at", "of a share: the day on which patients are judged; the trial's last", &time_above, KEY_OPTIONAL},
};
const struct input_mapping power_endpoint_keys = {"an endpoint", endpoint_rows,
                                                  sizeof endpoint_rows / sizeof *endpoint_rows};
static const struct input_value endpoint_mapping = {VALUE_MAPPING, .mapping = &power_endpoint_keys};
static const struct input_value endpoint = {VALUE_CHOICE, .choices = endpoint_names, .choice_count = ENDPOINT_COUNT,
                                            .instead = &endpoint_mapping};

static const char *const multiplicity_names[] = {"bonferroni", "none"};
static const struct input_value multiplicity = {VALUE_CHOICE, .choices = multiplicity_names, .choice_count = 2};
static const struct input_value method = {VALUE_CHOICE, .choices = test_names, .choice_count = TEST_COUNT};
static const struct input_value alpha = {VALUE_QUANTITY, .unit = "1", .upper = 0.5, .above = true};
static const struct input_value sides = {VALUE_INTEGER, .lower = 1, .upper = 2};
static const struct input_key test_rows[] = {
    {"method", "chi-square for shares, log-rank for times; of strata cochran-mantel-haenszel or stratified-log-rank",
     &method, KEY_OPTIONAL},
    {"alpha", "level of the whole test; 5 %", &alpha, KEY_OPTIONAL},
    {"sides", "2 or, for the better side alone, 1; 2", &sides, KEY_OPTIONAL},
    {"multiplicity", "of three arms: both comparisons share alpha (bonferroni, the default), or none", &multiplicity,
     KEY_OPTIONAL},
};
const struct input_mapping power_test_keys = {"test", test_rows, sizeof test_rows / sizeof *test_rows};
static const struct input_value test = {VALUE_MAPPING, .mapping = &power_test_keys};

/* ---- Conduct ---------------------------------------------------------------------------------------- */

static const struct input_value part = {VALUE_INTEGER, .lower = 1, .upper = 100};
static const struct input_value ratio = {VALUE_LIST, .item = &part, .least = 2, .most = POWER_MOST_ARMS};
static const struct input_value stratum = {VALUE_MAPPING, .mapping = &stratum_keys};
static const struct input_value strata = {VALUE_LIST, .item = &stratum, .least = 1, .most = MOST_STRATA};
static const struct input_key allocation_rows[] = {
    {"ratio", "one number for each arm, in their order; equal parts without", &ratio, KEY_OPTIONAL},
    {"strata", "cuts, each of which divides all strata in two", &strata, KEY_OPTIONAL},
};
const struct input_mapping power_allocation_keys = {"allocation", allocation_rows,
                                                    sizeof allocation_rows / sizeof *allocation_rows};
static const struct input_value allocation = {VALUE_MAPPING, .mapping = &power_allocation_keys};

static const struct input_value recruits = {VALUE_INTEGER, .lower = 1, .upper = MOST_VIRTUAL};
static const struct input_key recruitment_rows[] = {
    {"patients", "how many come, on average, to all arms", &recruits, KEY_NEEDED},
    {"in", "this time", &time_above, KEY_NEEDED},
};
const struct input_mapping power_recruitment_keys = {"recruitment", recruitment_rows,
                                                     sizeof recruitment_rows / sizeof *recruitment_rows};
static const struct input_value recruitment = {VALUE_MAPPING, .mapping = &power_recruitment_keys};

static const char *const counted_names[] = {"no response", "left out"};
static const struct input_value counted = {VALUE_CHOICE, .choices = counted_names, .choice_count = 2};
static const struct input_key dropout_rows[] = {
    {"share", "of patients who have left", &share, KEY_NEEDED},
    {"by", "this day of theirs, at a constant rate", &time_above, KEY_NEEDED},
    {"count", "those of whom the last visit is missing: no response, the default, or left out", &counted, KEY_OPTIONAL},
};
const struct input_mapping power_dropout_keys = {"dropout", dropout_rows, sizeof dropout_rows / sizeof *dropout_rows};
static const struct input_value dropout = {VALUE_MAPPING, .mapping = &power_dropout_keys};

static const struct input_key imaging_rows[] = {
    {"error", "standard deviation of the logarithm of each measured diameter; 0", &share, KEY_OPTIONAL},
    {"missed", "probability that a visit after baseline is missed; 0", &share, KEY_OPTIONAL},
};
const struct input_mapping power_imaging_keys = {"imaging", imaging_rows, sizeof imaging_rows / sizeof *imaging_rows};
static const struct input_value imaging = {VALUE_MAPPING, .mapping = &power_imaging_keys};

static const struct input_value look_shares = {VALUE_LIST, .item = &share_above, .least = 1,
                                               .most = POWER_MOST_INTERIM_LOOKS};
/* In the order of enum group_sequential_bounds. */
static const char *const bounds_names[] = {"obrien-fleming", "pocock", "spending-obrien-fleming", "spending-pocock"};
static const struct input_value bounds = {VALUE_CHOICE, .choices = bounds_names, .choice_count = 4};
static const struct input_key looks_rows[] = {
    {"at", "shares of the information of looks before the last: of patients judged or of events", &look_shares,
     KEY_NEEDED},
    {"bounds", "obrien-fleming, pocock, spending-obrien-fleming (the default) or spending-pocock", &bounds,
     KEY_OPTIONAL},
};
const struct input_mapping power_looks_keys = {"looks", looks_rows, sizeof looks_rows / sizeof *looks_rows};
static const struct input_value looks = {VALUE_MAPPING, .mapping = &power_looks_keys};

/* ---- Subgroups -------------------------------------------------------------------------------------- */

static const struct {
    const char *name, *meaning, *unit;
} attributes[] = {
    [POWER_LESIONS] = {"lesions", "number of lesions", "1"},
    [POWER_BASELINE_SUM] = {"baseline_sum_of_diameters", "as reached at baseline", "mm"},
    [POWER_BODY_WEIGHT] = {"body_weight", "body weight", "kg"},
    [POWER_PDL1_CLASS] = {"pdl1_class", "a class of the cohort's pdl1_classes", "1"},
};
enum { ATTRIBUTES = sizeof attributes / sizeof *attributes };

static struct input_name quantity_name(size_t index)
{
    if (index < ATTRIBUTES)
        return (struct input_name){attributes[index].name, attributes[index].meaning};
    if (index < ATTRIBUTES + PLAUSIBLE_OUTPUT_COUNT) {
        const struct plausible_description *output = plausible_describe(index - ATTRIBUTES);
        return (struct input_name){output->name, output->meaning};
    }
    const struct parameter_description *row =
        index < ATTRIBUTES + PLAUSIBLE_OUTPUT_COUNT + PARAMETER_COUNT
            ? parameter_describe((int)(index - ATTRIBUTES) - PLAUSIBLE_OUTPUT_COUNT)
            : NULL;
    return row != NULL ? (struct input_name){row->name, row->meaning} : (struct input_name){NULL, NULL};
}

void power_quantity_find(struct yaml_document *document, const struct yaml_node *node, struct power_subgroups *read)
{
    const char *names[ATTRIBUTES + PLAUSIBLE_OUTPUT_COUNT + PARAMETER_COUNT];
    const size_t count = sizeof names / sizeof *names;
    for (size_t i = 0; i < count; i++)
        names[i] = quantity_name(i).name;
    const size_t chosen = yaml_choice(document, node, "quantity of a patient", names, count);
    read->name = names[chosen];
    if (chosen < ATTRIBUTES) {
        read->kind = (enum power_quantity_kind)chosen;
        read->unit = attributes[chosen].unit;
    } else if (chosen < ATTRIBUTES + PLAUSIBLE_OUTPUT_COUNT) {
        read->kind = POWER_OUTPUT;
        read->index = (int)(chosen - ATTRIBUTES);
        read->unit = plausible_describe((size_t)read->index)->unit;
    } else {
        read->kind = POWER_PARAMETER;
        read->index = (int)(chosen - ATTRIBUTES) - PLAUSIBLE_OUTPUT_COUNT;
        read->unit = parameter_describe(read->index)->unit;
    }
}

static const struct input_value quantity = {VALUE_CHOICE, .named = quantity_name};
static const struct input_value cuts = {VALUE_LIST, .item = &any, .least = 1, .most = POWER_MOST_CUTS};
static const struct input_value parts = {VALUE_INTEGER, .lower = 2, .upper = POWER_MOST_CUTS + 1};
static const struct input_key subgroup_rows[] = {
    {"by", "what is known of a patient at baseline", &quantity, KEY_NEEDED},
    {"from", "values at which a next subgroup begins, ascending", &cuts, KEY_OPTIONAL},
    {"parts", "instead: how many subgroups of as many patients each", &parts, KEY_OPTIONAL},
};
const struct input_mapping power_subgroup_keys = {"subgroups", subgroup_rows,
                                                  sizeof subgroup_rows / sizeof *subgroup_rows};
static const struct input_value subgroup = {VALUE_MAPPING, .mapping = &power_subgroup_keys};
static const struct input_value subgroups = {VALUE_LIST, .item = &subgroup, .least = 1, .most = POWER_MOST_SUBGROUPS};

/* ---- The design ------------------------------------------------------------------------------------- */

static const struct input_value trials = {VALUE_INTEGER, .lower = 100, .upper = POWER_MOST_TRIALS};
static const struct input_value null_trials = {VALUE_INTEGER, .upper = POWER_MOST_TRIALS};
static const struct input_key simulation_rows[] = {
    {"trials", "for each number of patients; 2000", &trials, KEY_OPTIONAL},
    {"null_trials", "the same with the outcomes of the first arm in all arms, for the type I error; 2000, 0: none",
     &null_trials, KEY_OPTIONAL},
    {"seed", "of these trials; 1", &seed, KEY_OPTIONAL},
};
const struct input_mapping power_simulation_keys = {"simulations", simulation_rows,
                                                    sizeof simulation_rows / sizeof *simulation_rows};
static const struct input_value simulations = {VALUE_MAPPING, .mapping = &power_simulation_keys};

static const struct input_key power_rows[] = {
    {"name", "what the design is called", &text, KEY_NEEDED},
    {"trial", "the trial file, relative to this file's folder", &text, KEY_NEEDED},
    {"patients", "virtual patients, run where no results are named; as many as the cohort says", &virtual_patients,
     KEY_OPTIONAL},
    {"seed", "of these patients; the cohort's", &seed, KEY_OPTIONAL},
    {"arms", "two or three arms of the trial; the first is what others are compared with", &arms, KEY_NEEDED},
    {"endpoint", "what is compared", &endpoint, KEY_NEEDED},
    {"test", "how", &test, KEY_OPTIONAL},
    {"allocation", "how patients are randomised", &allocation, KEY_OPTIONAL},
    {"patients_per_arm", "numbers of patients of the first arm, ascending", &sizes, KEY_NEEDED},
    {"most_patients", "per arm, up to which numbers for 80 and 90 % are looked for; 2000", &arm_patients, KEY_OPTIONAL},
    {"recruitment", "how fast patients come; all at once", &recruitment, KEY_OPTIONAL},
    {"dropout", "who leaves before the end; nobody", &dropout, KEY_OPTIONAL},
    {"imaging", "errors and missed visits, drawn anew in every simulated trial; none", &imaging, KEY_OPTIONAL},
    {"follow_up", "of times: after the last patient has come; as long as the trial", &time_above, KEY_OPTIONAL},
    {"events", "of times: share of patients with an event at which the last look is, or at the end of follow_up",
     &share_above, KEY_OPTIONAL},
    {"looks", "looks before the last; none", &looks, KEY_OPTIONAL},
    {"subgroups", "for which numbers are looked for, too", &subgroups, KEY_OPTIONAL},
    {"simulations", "how many", &simulations, KEY_OPTIONAL},
};
const struct input_mapping power_keys = {"the design", power_rows, sizeof power_rows / sizeof *power_rows};
