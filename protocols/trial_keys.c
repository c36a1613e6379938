/* The keys of a trial beside its treatments. */
#include "protocols/trial_keys.h"
#include "protocols/trial_file.h"

enum {
    LONGEST_DAYS = 36525,
    MOST_PERIODS = 20,
    MOST_LIMITS = 20,
    MOST_STRATA = 4,
    MOST_CLASSES = 6,
    MOST_OBSERVED = 500
};

static const struct input_value text = {.kind = VALUE_TEXT};
static const struct input_value share = {VALUE_QUANTITY, .unit = "1", .upper = 1};
static const struct input_value above_zero = {VALUE_QUANTITY, .unit = "d", .upper = LONGEST_DAYS, .above = true};

/* ---- Arms ------------------------------------------------------------------------------------------- */

static const struct input_value lag = {VALUE_QUANTITY, .unit = "d", .upper = LONGEST_DAYS};
static const struct input_key switch_rows[] = {
    {"switch_to", "the arm whose treatments replace these", &text, KEY_NEEDED},
    {"lag", "time from the visit that finds progression to day 0 of that arm", &lag, KEY_OPTIONAL},
};
const struct input_mapping switch_keys = {"at_progression", switch_rows, sizeof switch_rows / sizeof *switch_rows};
static const struct input_value switched = {VALUE_MAPPING, .mapping = &switch_keys};

static const struct input_key records_rows[] = {
    {"records", "a CSV file of NONMEM-style records (docs/nonmem.md)", &text, KEY_NEEDED},
    {"arm", "the arm's name there; its own unless given", &text, KEY_OPTIONAL},
};
const struct input_mapping records_keys = {"treatments from records", records_rows,
                                           sizeof records_rows / sizeof *records_rows};
static const struct input_value records = {VALUE_MAPPING, .mapping = &records_keys};
static const struct input_value treatments = {VALUE_LIST, .item = &treatment_value, .least = 1,
                                              .most = TREATMENT_MOST_IN_ARM, .instead = &records};
static const struct input_key arm_rows[] = {
    {"name", "no two alike", &text, KEY_NEEDED},
    {"treatments", "drugs and radiotherapy", &treatments, KEY_NEEDED},
    {"at_progression", "another arm whose treatments replace these then", &switched, KEY_OPTIONAL},
};
const struct input_mapping arm_keys = {"an arm", arm_rows, sizeof arm_rows / sizeof *arm_rows};
static const struct input_value arm = {VALUE_MAPPING, .mapping = &arm_keys};

/* ---- Imaging and criteria --------------------------------------------------------------------------- */

static const struct input_key period_rows[] = {
    {"every", "time between visits, from the end of the period before", &above_zero, KEY_NEEDED},
    {"until", "end of the period, from day 0; needed but for the last", &above_zero, KEY_OPTIONAL},
};
const struct input_mapping imaging_period_keys = {"a period of imaging", period_rows,
                                                  sizeof period_rows / sizeof *period_rows};
static const struct input_value period = {VALUE_MAPPING, .mapping = &imaging_period_keys};
static const struct input_value periods = {VALUE_LIST, .item = &period, .least = 1, .most = MOST_PERIODS};
static const struct input_value further_visits = {VALUE_LIST, .item = &above_zero, .least = 1,
                                                  .most = TRIAL_MOST_VISITS};
static const struct input_key imaging_rows[] = {
    {"every", "time between visits", &above_zero, KEY_OPTIONAL},
    {"schedule", "periods with times between visits of their own", &periods, KEY_OPTIONAL},
    {"also", "further visits, ascending", &further_visits, KEY_OPTIONAL},
    {"error", "standard deviation of the logarithm of each measured diameter", &share, KEY_OPTIONAL},
    {"missed", "probability that a visit after baseline is missed", &share, KEY_OPTIONAL},
};
const struct input_mapping imaging_keys = {"imaging", imaging_rows, sizeof imaging_rows / sizeof *imaging_rows};
static const struct input_value imaging = {VALUE_MAPPING, .mapping = &imaging_keys};

static const char *const criteria_names[] = {"recist", "irecist"};
static const struct input_value criteria = {VALUE_CHOICE, .choices = criteria_names, .choice_count = 2};
static const char *const irradiated_names[] = {"target", "non-target"};
static const struct input_value irradiated = {VALUE_CHOICE, .choices = irradiated_names, .choice_count = 2};
static const struct input_value within_year = {VALUE_QUANTITY, .unit = "d", .upper = 365, .above = true};
static const struct input_key response_rows[] = {
    {"criteria", "RECIST 1.1, or iRECIST, where progression is to be confirmed", &criteria, KEY_OPTIONAL},
    {"minimum_stable", "time after baseline from which stable disease counts as best response", &within_year,
     KEY_OPTIONAL},
    {"confirmation", "time after which a response has to be seen again", &within_year, KEY_OPTIONAL},
    {"irradiated", "what lesions are that the arm irradiates, as planned at baseline", &irradiated, KEY_OPTIONAL},
};
const struct input_mapping response_keys = {"response", response_rows, sizeof response_rows / sizeof *response_rows};
static const struct input_value response = {VALUE_MAPPING, .mapping = &response_keys};

/* ---- Patients --------------------------------------------------------------------------------------- */

struct input_name patient_quantity_name(size_t index)
{
    static const struct input_name attributes[] = {
        {"lesions", "number of target lesions"},
        {"baseline_sum_of_diameters", "sum of diameters at baseline, in mm"},
        {"body_weight", "in kg"},
        {"lymphocytes", "T cells in blood at baseline, per uL"},
        {"pdl1_class", "class by PD-L1, of the cohort's: a list of those who take part"},
    };
    enum { ATTRIBUTES = sizeof attributes / sizeof *attributes };
    if (index < ATTRIBUTES)
        return attributes[index];
    const struct parameter_description *row = parameter_describe((int)(index - ATTRIBUTES));
    return row != NULL ? (struct input_name){row->name, row->meaning} : (struct input_name){NULL, NULL};
}

/* In the unit, and within the range, of the quantity that it limits. */
static const struct input_value bound = {VALUE_QUANTITY, .unit = NULL};
static const struct input_key limit_rows[] = {
    {"least", "not less than this", &bound, KEY_OPTIONAL},
    {"most", "not more than this", &bound, KEY_OPTIONAL},
};
const struct input_mapping limit_keys = {"a limit", limit_rows, sizeof limit_rows / sizeof *limit_rows};
static const struct input_value classes = {VALUE_LIST, .item = &text, .least = 1, .most = MOST_CLASSES};
static const struct input_value limit = {VALUE_MAPPING, .mapping = &limit_keys, .instead = &classes};
static const struct input_value eligibility = {VALUE_NAMED, .named = patient_quantity_name, .item = &limit, .least = 1,
                                               .most = MOST_LIMITS};

static const struct input_key stratum_rows[] = {
    {"by", "a quantity of the patient, as in eligibility", &text, KEY_NEEDED},
    {"from", "divides those with less from those with at least this", &bound, KEY_NEEDED},
};
const struct input_mapping stratum_keys = {"a stratum", stratum_rows, sizeof stratum_rows / sizeof *stratum_rows};
static const struct input_value stratum = {VALUE_MAPPING, .mapping = &stratum_keys};
static const struct input_value strata = {VALUE_LIST, .item = &stratum, .least = 1, .most = MOST_STRATA};
static const char *const allocation_names[] = {"in all arms", "randomised"};
static const struct input_value who = {VALUE_CHOICE, .choices = allocation_names, .choice_count = 2};
static const struct input_value part = {VALUE_INTEGER, .lower = 1, .upper = 100};
static const struct input_value ratio = {VALUE_LIST, .item = &part, .least = 1, .most = TRIAL_MOST_RANDOMISED_ARMS};
static const struct input_key allocation_rows[] = {
    {"patients", "whether each patient goes through every arm or is in one", &who, KEY_NEEDED},
    {"ratio", "one number for each arm, in their order; equal parts without", &ratio, KEY_OPTIONAL},
    {"strata", "cuts, each of which divides all strata in two", &strata, KEY_OPTIONAL},
};
const struct input_mapping allocation_keys = {"allocation", allocation_rows,
                                              sizeof allocation_rows / sizeof *allocation_rows};
static const struct input_value allocation = {VALUE_MAPPING, .mapping = &allocation_keys};

/* ---- What was published ----------------------------------------------------------------------------- */

/* Those of shares first, then those of times; trial_published.c has their number. */
static const char *const endpoint_names[] = {
    "best_response_rate",          "response_rate",
    "disease_control_rate",        "abscopal_response_rate",
    "complete_response_rate",      "progressive_disease_rate",
    "progression_free_rate",       "median_progression_free_survival",
    "median_duration_of_response", "median_time_to_response",
};
static const struct input_value endpoint = {VALUE_CHOICE, .choices = endpoint_names,
                                            .choice_count = sizeof endpoint_names / sizeof *endpoint_names};
static const struct input_value share_or_time = {
    VALUE_QUANTITY, .unit = "1", .upper = 1,
    .instead = &(const struct input_value){VALUE_QUANTITY, .unit = "d", .upper = LONGEST_DAYS}};
static const struct input_value interval = {VALUE_LIST, .item = &share_or_time, .least = 2, .most = 2};
static const struct input_value level = {VALUE_QUANTITY, .unit = "1", .lower = 0.5, .upper = 0.999};
static const struct input_value patients = {VALUE_INTEGER, .lower = 1, .upper = 100000};
static const struct input_key observed_rows[] = {
    {"arm", "name of an arm of this file", &text, KEY_NEEDED},
    {"endpoint", "what was measured", &endpoint, KEY_NEEDED},
    {"value", "a share or a time", &share_or_time, KEY_NEEDED},
    {"interval", "its confidence interval", &interval, KEY_OPTIONAL},
    {"level", "of that interval, where it was published", &level, KEY_OPTIONAL},
    {"at", "day for which the value holds", &above_zero, KEY_OPTIONAL},
    {"patients", "in the arm", &patients, KEY_OPTIONAL},
    {"source", "paper and table, or registry entry", &text, KEY_NEEDED},
};
const struct input_mapping observed_keys = {"an observed outcome", observed_rows,
                                            sizeof observed_rows / sizeof *observed_rows};
static const struct input_value outcome = {VALUE_MAPPING, .mapping = &observed_keys};
static const struct input_value outcomes = {VALUE_LIST, .item = &outcome, .least = 1, .most = MOST_OBSERVED};

/* ---- The trial -------------------------------------------------------------------------------------- */

static struct input_name option_name(size_t index)
{
    if (index >= MODEL_OPTION_COUNT)
        return (struct input_name){NULL, NULL};
    const struct option_description *option = model_option_describe((int)index);
    return (struct input_name){option->name, option->meaning};
}

static const struct input_value on_or_off = {.kind = VALUE_SWITCH};
static const struct input_value options = {VALUE_NAMED, .named = option_name, .item = &on_or_off};
static struct input_name preset_name(size_t index)
{
    return (struct input_name){index < MODEL_PRESET_COUNT ? model_preset_name((enum model_preset)index) : NULL, NULL};
}

static const struct input_value preset = {VALUE_CHOICE, .named = preset_name};
static const struct input_value drugs = {VALUE_LIST, .item = &text, .least = 1, .most = TRIAL_MOST_DRUG_FILES};
static const struct input_value millimetres = {VALUE_QUANTITY, .unit = "mm", .upper = 50};
static const struct input_value arms = {VALUE_LIST, .item = &arm, .least = 1, .most = TRIAL_MOST_ARMS};
static const struct input_key trial_rows[] = {
    {"name", "what the trial is called", &text, KEY_NEEDED},
    {"model", "model preset", &preset, KEY_NEEDED},
    {"model_options", "parts of the model switched on or off", &options, KEY_OPTIONAL},
    {"cohort", "the cohort file, relative to this file's folder", &text, KEY_OPTIONAL},
    {"drugs", "drug files, relative to this file's folder", &drugs, KEY_OPTIONAL},
    {"until", "length of the trial from day 0, the baseline", &above_zero, KEY_NEEDED},
    {"imaging", "when and how well lesions are measured", &imaging, KEY_NEEDED},
    {"detection_limit", "a lesion below this diameter counts as gone", &millimetres, KEY_OPTIONAL},
    {"response", "response criteria", &response, KEY_OPTIONAL},
    {"arms", "what is given to whom", &arms, KEY_NEEDED},
    {"eligibility", "who takes part: quantities of a patient and their limits", &eligibility, KEY_OPTIONAL},
    {"allocation", "who is in which arm", &allocation, KEY_OPTIONAL},
    {"registry", "number of a real trial", &text, KEY_OPTIONAL},
    {"setting", "clinical setting", &text, KEY_OPTIONAL},
    {"left_out", "what this file leaves out of the real trial", &text, KEY_OPTIONAL},
    {"observed", "what was published", &outcomes, KEY_OPTIONAL},
};
const struct input_mapping trial_keys = {"the trial", trial_rows, sizeof trial_rows / sizeof *trial_rows};
