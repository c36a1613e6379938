/* The keys of sweep files, and the endpoints that they can name. */
#include "protocols/sweep_keys.h"

#include "protocols/sweep_file.h"

enum { MOST_PATIENTS = 1000000, MOST_EVALUATIONS = 100000, LONGEST_DAYS = 36525, MOST_GRAY = 10000 };

/* ---- Endpoints -------------------------------------------------------------------------------------- */

static const struct sweep_endpoint_row endpoints[] = {
    {"best_response_rate", "share with complete or partial response as best", SWEEP_SHARE, .of_day = true},
    {"response_rate", "share that responds on a day, or at the end", SWEEP_SHARE, .of_day = true},
    {"disease_control_rate", "share with complete or partial response or stable disease", SWEEP_SHARE, .of_day = true},
    {"complete_response_rate", "share with complete response", SWEEP_SHARE, .of_day = true},
    {"abscopal_response_rate", "share that responds by the lesions that were not irradiated", SWEEP_SHARE,
     .of_day = true},
    {"progressive_disease_rate", "share with progressive disease as best", SWEEP_SHARE, .of_day = true,
     .low_is_better = true},
    {"progression_free_rate", "share without progression on a day, or at the end", SWEEP_SURVIVAL, .of_day = true},
    {"mean_progression_free_survival", "mean progression-free time up to a day, or the end", SWEEP_MEAN_TIME,
     .of_day = true},
    {"median_progression_free_survival", "median of the Kaplan-Meier curve", .measure = SWEEP_MEDIAN_TIME},
    {"mean_best_change", "mean of the best change of the sum of diameters of target lesions", SWEEP_MEAN_CHANGE,
     .low_is_better = true},
    {"mean_change", "mean change of the sum of all diameters on a day, or at the end", SWEEP_MEAN_CHANGE,
     .of_day = true, .low_is_better = true},
    {"hazard_ratio", "of progression, over the reference", SWEEP_HAZARD_RATIO, .low_is_better = true},
};
enum { ENDPOINT_COUNT = sizeof endpoints / sizeof *endpoints };

const struct sweep_endpoint_row *sweep_endpoint_describe(size_t index)
{
    return index < ENDPOINT_COUNT ? &endpoints[index] : NULL;
}

static struct input_name endpoint_name(size_t index)
{
    const struct sweep_endpoint_row *row = sweep_endpoint_describe(index);
    return row != NULL ? (struct input_name){row->name, row->meaning} : (struct input_name){NULL, NULL};
}

const char *sweep_measure_unit(enum sweep_measure measure)
{
    return measure == SWEEP_MEAN_TIME || measure == SWEEP_MEDIAN_TIME ? "d" : "1";
}

/* ---- Values ----------------------------------------------------------------------------------------- */

static const struct input_value text = {.kind = VALUE_TEXT};
static const struct input_value any = {VALUE_QUANTITY, .unit = NULL};
static const struct input_value word = {VALUE_TEXT, .instead = &any};
static const struct input_value patients = {VALUE_INTEGER, .lower = 1, .upper = MOST_PATIENTS};
static const struct input_value seed = {VALUE_INTEGER, .upper = (double)(INT64_MAX)};
static const struct input_value tolerance = {VALUE_QUANTITY, .unit = "1", .lower = 1e-12, .upper = 1e-2};

/* ---- Axes ------------------------------------------------------------------------------------------- */

static const struct input_value settings = {VALUE_NAMED, .item = &word, .least = 1, .most = SWEEP_MOST_PATHS};
static const struct input_key choice_rows[] = {
    {"name", "what it is called", &text, KEY_NEEDED},
    {"set", "values by their paths in the arm", &settings, KEY_NEEDED},
};
const struct input_mapping sweep_choice_keys = {"a choice", choice_rows, sizeof choice_rows / sizeof *choice_rows};
static const struct input_value choice = {VALUE_MAPPING, .mapping = &sweep_choice_keys};
static const struct input_value choices = {VALUE_LIST, .item = &choice, .least = 1, .most = SWEEP_MOST_LEVELS};

static const struct input_key lag_rows[] = {
    {"of", "id of the treatment that starts so long", &text, KEY_NEEDED},
    {"after", "the start of this one; before it, where the lag is negative", &text, KEY_NEEDED},
};
const struct input_mapping sweep_lag_keys = {"lag", lag_rows, sizeof lag_rows / sizeof *lag_rows};
static const struct input_value lag = {VALUE_MAPPING, .mapping = &sweep_lag_keys};

static const char *const scale_names[] = {"linear", "logarithmic"};
static const struct input_value scale = {VALUE_CHOICE, .choices = scale_names, .choice_count = 2};
static const struct input_value paths = {VALUE_LIST, .item = &text, .least = 1, .most = SWEEP_MOST_PATHS};
static const struct input_value path = {VALUE_TEXT, .instead = &paths};
static const struct input_value values = {VALUE_LIST, .item = &word, .least = 1, .most = SWEEP_MOST_LEVELS};
static const struct input_value arms = {VALUE_LIST, .item = &text, .least = 1, .most = SWEEP_MOST_LEVELS};
static const struct input_value level_count = {VALUE_INTEGER, .lower = 2, .upper = SWEEP_MOST_LEVELS};
static const struct input_key axis_rows[] = {
    {"name", "of letters, digits and _: the axis in the file of results", &text, KEY_NEEDED},
    {"set", "the path of a value in the arm, or a list of paths", &path, KEY_OPTIONAL},
    {"lag", "instead of set: the time between the starts of two treatments", &lag, KEY_OPTIONAL},
    {"values", "a list of numbers or of words", &values, KEY_OPTIONAL},
    {"from", "instead of a list: least value, with its unit", &any, KEY_OPTIONAL},
    {"to", "largest value", &any, KEY_OPTIONAL},
    {"step", "from one value to the next", &any, KEY_OPTIONAL},
    {"points", "instead of step: how many values", &level_count, KEY_OPTIONAL},
    {"scale", "of from and to: linear, the default, or logarithmic", &scale, KEY_OPTIONAL},
    {"choices", "instead of set and values: named choices, each of several values", &choices, KEY_OPTIONAL},
    {"arms", "instead of all that: arms of the trial", &arms, KEY_OPTIONAL},
};
const struct input_mapping sweep_axis_keys = {"a variable", axis_rows, sizeof axis_rows / sizeof *axis_rows};
static const struct input_value axis = {VALUE_MAPPING, .mapping = &sweep_axis_keys};
static const struct input_value axes = {VALUE_LIST, .item = &axis, .least = 1, .most = SWEEP_MOST_AXES};

/* ---- Design, limits, endpoints ---------------------------------------------------------------------- */

static const struct input_value sobol_points = {VALUE_INTEGER, .lower = 2, .upper = SWEEP_MOST_POINTS};
static const struct input_key sobol_rows[] = {
    {"points", "how many", &sobol_points, KEY_NEEDED},
    {"seed", "of the scrambling; 0", &seed, KEY_OPTIONAL},
};
const struct input_mapping sweep_sobol_keys = {"sobol", sobol_rows, sizeof sobol_rows / sizeof *sobol_rows};
static const struct input_value sobol = {VALUE_MAPPING, .mapping = &sweep_sobol_keys};

static const struct input_value gray = {VALUE_QUANTITY, .unit = "Gy", .upper = MOST_GRAY};
static const struct input_value gray_positive = {VALUE_QUANTITY, .unit = "Gy", .upper = 1000, .above = true};
static const struct input_key limit_rows[] = {
    {"total_dose", "id of a radiotherapy whose total dose is limited", &text, KEY_OPTIONAL},
    {"fraction_dose", "the same of the dose of a fraction", &text, KEY_OPTIONAL},
    {"bed", "the same of the biologically effective dose", &text, KEY_OPTIONAL},
    {"alpha_beta", "with bed: of the tissue", &gray_positive, KEY_OPTIONAL},
    {"least", "points with less are left out", &gray, KEY_OPTIONAL},
    {"most", "points with more are left out", &gray, KEY_OPTIONAL},
};
const struct input_mapping sweep_limit_keys = {"a limit", limit_rows, sizeof limit_rows / sizeof *limit_rows};
static const struct input_value limit = {VALUE_MAPPING, .mapping = &sweep_limit_keys};
static const struct input_value limits = {VALUE_LIST, .item = &limit, .least = 1, .most = SWEEP_MOST_LIMITS};

static const struct input_value endpoint_choice = {VALUE_CHOICE, .named = endpoint_name};
static const struct input_value at = {VALUE_QUANTITY, .unit = "d", .upper = LONGEST_DAYS, .above = true};
static const struct input_key endpoint_rows[] = {
    {"endpoint", "which one", &endpoint_choice, KEY_NEEDED},
    {"at", "the day for which it holds", &at, KEY_OPTIONAL},
};
const struct input_mapping sweep_endpoint_keys = {"an endpoint", endpoint_rows,
                                                  sizeof endpoint_rows / sizeof *endpoint_rows};
static const struct input_value endpoint_mapping = {VALUE_MAPPING, .mapping = &sweep_endpoint_keys};
static const struct input_value endpoint = {VALUE_CHOICE, .named = endpoint_name, .instead = &endpoint_mapping};
static const struct input_value endpoint_list = {VALUE_LIST, .item = &endpoint, .least = 1,
                                                 .most = SWEEP_MOST_ENDPOINTS};

static const struct input_value position = {VALUE_NAMED, .item = &word, .least = 1, .most = SWEEP_MOST_AXES};
static const struct input_key reference_rows[] = {
    {"at", "a value of every variable", &position, KEY_NEEDED},
};
const struct input_mapping sweep_reference_keys = {"reference", reference_rows,
                                                   sizeof reference_rows / sizeof *reference_rows};
static const struct input_value reference_point = {VALUE_MAPPING, .mapping = &sweep_reference_keys};
static const struct input_value reference = {VALUE_TEXT, .instead = &reference_point};
static const char *const by_names[] = {"lesions"};
static const struct input_value by = {VALUE_CHOICE, .choices = by_names, .choice_count = 1};

/* ---- The search ------------------------------------------------------------------------------------- */

static const struct input_value seeds = {VALUE_LIST, .item = &seed, .least = 1, .most = SWEEP_MOST_SEEDS};
static const struct input_key fresh_rows[] = {
    {"patients", "of each seed; 2000", &patients, KEY_OPTIONAL},
    {"seeds", "of patients whom the search never sees", &seeds, KEY_NEEDED},
};
const struct input_mapping sweep_fresh_keys = {"fresh", fresh_rows, sizeof fresh_rows / sizeof *fresh_rows};
static const struct input_value fresh = {VALUE_MAPPING, .mapping = &sweep_fresh_keys};

/* In the order of enum calibration_global and enum calibration_local; direct and bobyqa are taken unless said. */
static const char *const global_names[] = {"crs2", "isres", "direct", "none"};
static const char *const local_names[] = {"subplex", "bobyqa", "nelder-mead", "none"};
static const struct input_value global = {VALUE_CHOICE, .choices = global_names, .choice_count = 4};
static const struct input_value local = {VALUE_CHOICE, .choices = local_names, .choice_count = 4};
static const struct input_value evaluations = {VALUE_INTEGER, .lower = 3, .upper = MOST_EVALUATIONS};
static const struct input_key search_rows[] = {
    {"endpoint", "what is to be best; the first of endpoints", &endpoint, KEY_OPTIONAL},
    {"evaluations", "points that are run at most", &evaluations, KEY_NEEDED},
    {"global", "first method: direct, the default, crs2, isres or none", &global, KEY_OPTIONAL},
    {"local", "second method, from the best so far: subplex, the default, bobyqa, nelder-mead or none", &local,
     KEY_OPTIONAL},
    {"fresh", "other patients on whom the best point is checked", &fresh, KEY_NEEDED},
};
const struct input_mapping sweep_search_keys = {"optimize", search_rows, sizeof search_rows / sizeof *search_rows};
static const struct input_value search = {VALUE_MAPPING, .mapping = &sweep_search_keys};

/* ---- The sweep -------------------------------------------------------------------------------------- */

static const struct input_key sweep_rows[] = {
    {"name", "what the sweep is called", &text, KEY_NEEDED},
    {"trial", "the trial file, relative to this file's folder", &text, KEY_NEEDED},
    {"cohort", "another cohort file than the trial's, relative to this file's folder", &text, KEY_OPTIONAL},
    {"patients", "how many, at every point the same; as many as the cohort says", &patients, KEY_OPTIONAL},
    {"seed", "of these patients; the cohort's", &seed, KEY_OPTIONAL},
    {"tolerance", "relative tolerance of the integration; 1e-6", &tolerance, KEY_OPTIONAL},
    {"arm", "the arm that varies; not needed where a variable lists arms", &text, KEY_OPTIONAL},
    {"reference", "what points are compared with: another arm, or values of all variables; the first other arm",
     &reference, KEY_OPTIONAL},
    {"vary", "the variables", &axes, KEY_NEEDED},
    {"sobol", "points of a low-discrepancy design instead of the grid", &sobol, KEY_OPTIONAL},
    {"limits", "what doses may be", &limits, KEY_OPTIONAL},
    {"endpoints", "what is wanted of every point", &endpoint_list, KEY_NEEDED},
    {"by", "endpoints for each number of lesions, too: lesions", &by, KEY_OPTIONAL},
    {"optimize", "how abscopal optimize searches for the best point", &search, KEY_OPTIONAL},
};
const struct input_mapping sweep_keys = {"the sweep", sweep_rows, sizeof sweep_rows / sizeof *sweep_rows};
