/* The keys of calibration files, and the endpoints that they can name. */
#include "cohorts/calibration_keys.h"

#include "cohorts/calibration_file.h"

enum { MOST_PATIENTS = 1000000, MOST_EVALUATIONS = 1000000, LONGEST_DAYS = 36500, MOST_CHANGE = 100, MOST_MM = 1000 };

/* ---- Endpoints -------------------------------------------------------------------------------------- */

static const struct calibration_endpoint endpoints[] = {
    {"best_response_rate", "share with complete or partial response as best", MEASURE_SHARE, .of_day = true},
    {"response_rate", "share that responds on a day, or at the end", MEASURE_SHARE, .of_day = true},
    {"disease_control_rate", "share with complete or partial response or stable disease", MEASURE_SHARE,
     .of_day = true},
    {"abscopal_response_rate", "share that responds by the lesions that were not irradiated", MEASURE_SHARE,
     .of_day = true},
    {"complete_response_rate", "share with complete response", MEASURE_SHARE, .of_day = true},
    {"progressive_disease_rate", "share with progressive disease as best", MEASURE_SHARE, .of_day = true},
    {"progression_free_rate", "share without progression on a day, or at the end", MEASURE_SHARE, .of_day = true},
    {"median_progression_free_survival", "median of the Kaplan-Meier curve", .measure = MEASURE_TIME},
    {"best_change_quantile", "quantile of the best change of the sum of diameters", MEASURE_CHANGE, .quantile = true},
    {"largest_lesion_change_quantile", "quantile of the best change of the largest lesion", MEASURE_CHANGE,
     .quantile = true},
    {"largest_lesion_diameter_quantile", "quantile of the diameter of the largest lesion at baseline", MEASURE_LENGTH,
     .quantile = true},
    {"ongoing_responders_ratio", "patients with a response and without progression, arm over arm", MEASURE_RATIO,
     .over = true},
};
enum { ENDPOINT_COUNT = sizeof endpoints / sizeof *endpoints };

const struct calibration_endpoint *calibration_endpoint_describe(size_t index)
{
    return index < ENDPOINT_COUNT ? &endpoints[index] : NULL;
}

static struct input_name endpoint_name(size_t index)
{
    const struct calibration_endpoint *row = calibration_endpoint_describe(index);
    return row != NULL ? (struct input_name){row->name, row->meaning} : (struct input_name){NULL, NULL};
}

const char *calibration_measure_unit(enum calibration_measure measure)
{
    return measure == MEASURE_TIME ? "d" : measure == MEASURE_LENGTH ? "mm" : "1";
}

/* ---- Values ----------------------------------------------------------------------------------------- */

static const struct input_value text = {.kind = VALUE_TEXT};
static const struct input_value any = {VALUE_QUANTITY, .unit = NULL};
static const struct input_value patients = {VALUE_INTEGER, .lower = 1, .upper = MOST_PATIENTS};
static const struct input_value seed = {VALUE_INTEGER, .upper = (double)(INT64_MAX)};
static const struct input_value tolerance = {VALUE_QUANTITY, .unit = "1", .lower = 1e-12, .upper = 1e-2};
static const struct input_value positive = {VALUE_QUANTITY, .unit = "1", .upper = 1e6, .above = true};

/* ---- Fresh seeds ------------------------------------------------------------------------------------ */

static const struct input_value seeds = {VALUE_LIST, .item = &seed, .least = 1, .most = CALIBRATION_MOST_SEEDS};
static const struct input_key fresh_rows[] = {
    {"patients", "of each seed; 2000", &patients, KEY_OPTIONAL},
    {"seeds", "on which the outcome is shown, and which the search never sees", &seeds, KEY_NEEDED},
    {"tolerance", "relative tolerance of the integration; 1e-6", &tolerance, KEY_OPTIONAL},
};
const struct input_mapping calibration_fresh_keys = {"fresh", fresh_rows, sizeof fresh_rows / sizeof *fresh_rows};
static const struct input_value fresh = {VALUE_MAPPING, .mapping = &calibration_fresh_keys};

/* ---- Targets ---------------------------------------------------------------------------------------- */

static const struct input_value endpoint = {VALUE_CHOICE, .named = endpoint_name};
static const struct input_value length = {VALUE_QUANTITY, .unit = "mm", .upper = MOST_MM};
static const struct input_value days = {VALUE_QUANTITY, .unit = "d", .upper = LONGEST_DAYS, .instead = &length};
static const struct input_value value = {VALUE_QUANTITY, .unit = "1", .lower = -1, .upper = MOST_CHANGE,
                                         .instead = &days};
static const struct input_value length_positive = {VALUE_QUANTITY, .unit = "mm", .upper = MOST_MM, .above = true};
static const struct input_value days_positive = {VALUE_QUANTITY, .unit = "d", .upper = LONGEST_DAYS, .above = true,
                                                 .instead = &length_positive};
static const struct input_value within = {VALUE_QUANTITY, .unit = "1", .upper = MOST_CHANGE, .above = true,
                                          .instead = &days_positive};
static const struct input_value at = {VALUE_QUANTITY, .unit = "d", .upper = LONGEST_DAYS, .above = true};
static const struct input_value quantile = {VALUE_QUANTITY, .unit = "1", .upper = 1};
static const struct input_key target_rows[] = {
    {"trial", "name of a trial of this file", &text, KEY_NEEDED},
    {"arm", "name of one of its arms", &text, KEY_NEEDED},
    {"over", "the arm that it is compared with, for a ratio", &text, KEY_OPTIONAL},
    {"endpoint", "what was measured", &endpoint, KEY_NEEDED},
    {"at", "day for which the value holds", &at, KEY_OPTIONAL},
    {"quantile", "which one, for a quantile", &quantile, KEY_OPTIONAL},
    {"value", "to be met", &value, KEY_NEEDED},
    {"within", "it is met when no further off than this, which is also the unit of misfit", &within, KEY_NEEDED},
    {"weight", "of the squared misfit; 1", &positive, KEY_OPTIONAL},
};
const struct input_mapping calibration_target_keys = {"a target", target_rows,
                                                      sizeof target_rows / sizeof *target_rows};
static const struct input_value target = {VALUE_MAPPING, .mapping = &calibration_target_keys};
static const struct input_value targets = {VALUE_LIST, .item = &target, .least = 1, .most = CALIBRATION_MOST_TARGETS};

/* ---- Free variables --------------------------------------------------------------------------------- */

static const char *const scale_names[] = {"linear", "logarithmic"};
static const struct input_value scale = {VALUE_CHOICE, .choices = scale_names, .choice_count = 2};
static const struct input_value places = {VALUE_LIST, .item = &text, .least = 1, .most = CALIBRATION_MOST_PLACES};
static const struct input_value place = {VALUE_TEXT, .instead = &places};
static const struct input_key free_rows[] = {
    {"name", "what the variable is called in the report", &text, KEY_NEEDED},
    {"in", "the file that it is in: cohort, or the name of a trial", &text, KEY_NEEDED},
    {"set", "the path of a number in that file, or a list of paths", &place, KEY_NEEDED},
    {"lower", "least value, with the unit in which values are written", &any, KEY_NEEDED},
    {"upper", "largest value", &any, KEY_NEEDED},
    {"start", "where the search begins; the value in the file", &any, KEY_OPTIONAL},
    {"scale", "on which it is searched: linear, the default, or logarithmic", &scale, KEY_OPTIONAL},
    {"prior_sd", "pull to the start: a standard deviation as a share of the range, on that scale", &positive,
     KEY_OPTIONAL},
};
const struct input_mapping calibration_free_keys = {"a free variable", free_rows, sizeof free_rows / sizeof *free_rows};
static const struct input_value variable = {VALUE_MAPPING, .mapping = &calibration_free_keys};
static const struct input_value variables = {VALUE_LIST, .item = &variable, .least = 1, .most = CALIBRATION_MOST_FREE};

/* ---- The search ------------------------------------------------------------------------------------- */

/* In the order of enum calibration_global and enum calibration_local. */
static const char *const global_names[] = {"crs2", "isres", "direct", "none"};
static const char *const local_names[] = {"subplex", "bobyqa", "nelder-mead", "none"};
static const struct input_value global = {VALUE_CHOICE, .choices = global_names, .choice_count = 4};
static const struct input_value local = {VALUE_CHOICE, .choices = local_names, .choice_count = 4};
static const struct input_value evaluations = {VALUE_INTEGER, .lower = 1, .upper = MOST_EVALUATIONS};
static const struct input_key search_rows[] = {
    {"global", "first method: crs2, the default, isres, direct or none", &global, KEY_OPTIONAL},
    {"global_evaluations", "at most so many; 300", &evaluations, KEY_OPTIONAL},
    {"local", "second method, from the best so far: subplex, the default, bobyqa, nelder-mead or none", &local,
     KEY_OPTIONAL},
    {"local_evaluations", "at most so many; 200", &evaluations, KEY_OPTIONAL},
    {"stalled_after", "evaluations without improvement after which a method ends; 100", &evaluations, KEY_OPTIONAL},
};
const struct input_mapping calibration_search_keys = {"search", search_rows, sizeof search_rows / sizeof *search_rows};
static const struct input_value search = {VALUE_MAPPING, .mapping = &calibration_search_keys};

/* ---- The calibration -------------------------------------------------------------------------------- */

/* Names of trials are the file's own. */
static const struct input_value trials = {VALUE_NAMED, .item = &text, .least = 1, .most = CALIBRATION_MOST_TRIALS};
static const struct input_key calibration_rows[] = {
    {"name", "what the calibration is called", &text, KEY_NEEDED},
    {"cohort", "the cohort file whose values are the start, relative to this file's folder", &text, KEY_NEEDED},
    {"patients", "how many, in every evaluation the same", &patients, KEY_NEEDED},
    {"seed", "of these patients and of the search", &seed, KEY_NEEDED},
    {"tolerance", "relative tolerance of the integration while searching; 1e-4", &tolerance, KEY_OPTIONAL},
    {"fresh", "other patients on whom the outcome is shown", &fresh, KEY_OPTIONAL},
    {"trials", "trial files by names of your own, relative to this file's folder", &trials, KEY_NEEDED},
    {"targets", "what is to be met", &targets, KEY_NEEDED},
    {"free", "what may be changed for it", &variables, KEY_NEEDED},
    {"search", "how", &search, KEY_OPTIONAL},
};
const struct input_mapping calibration_keys = {"the calibration", calibration_rows,
                                               sizeof calibration_rows / sizeof *calibration_rows};
