/* The keys of one treatment. */
#include "protocols/trial_file.h"
#include "protocols/trial_keys.h"

/* A century: what is longer is a slip. */
enum { LONGEST_DAYS = 36525 };

static const struct input_value text = {.kind = VALUE_TEXT};
static const struct input_value boolean = {.kind = VALUE_BOOLEAN};
static const struct input_value probability = {VALUE_QUANTITY, .unit = "1", .upper = 1};
static const struct input_value count = {VALUE_INTEGER, .lower = 1, .upper = TREATMENT_MOST_DOSES};
static const struct input_value from_zero = {VALUE_QUANTITY, .unit = "d", .upper = LONGEST_DAYS};
static const struct input_value above_zero = {VALUE_QUANTITY, .unit = "d", .upper = LONGEST_DAYS, .above = true};

/* ---- When it begins and ends ------------------------------------------------------------------------ */

static const struct input_key after_rows[] = {
    {"block", "the id of a treatment further up in the list", &text, KEY_NEEDED},
    {"lag", "time from the end of its last dose or fraction", &from_zero, KEY_OPTIONAL},
};
const struct input_mapping after_keys = {"after", after_rows, sizeof after_rows / sizeof *after_rows};
static const struct input_value after_mapping = {VALUE_MAPPING, .mapping = &after_keys};
static const struct input_value after = {VALUE_TEXT, .instead = &after_mapping};

/* In the order of enum treatment_begin from BEGIN_AT_PROGRESSION on. */
static const char *const events[] = {"progression", "response", "complete response", "best response"};
static const struct input_value event = {VALUE_CHOICE, .choices = events,
                                         .choice_count = sizeof events / sizeof *events};
static const struct input_value remaining = {VALUE_INTEGER, .lower = 1, .upper = MODEL_MAX_LESIONS};
static const struct input_key when_rows[] = {
    {"event", "what a visit has to find", &event, KEY_NEEDED},
    {"lag", "time from that visit", &from_zero, KEY_OPTIONAL},
    {"remaining", "only when at most so many lesions can be seen", &remaining, KEY_OPTIONAL},
};
const struct input_mapping when_keys = {"when", when_rows, sizeof when_rows / sizeof *when_rows};
static const struct input_value when_mapping = {VALUE_MAPPING, .mapping = &when_keys};
static const struct input_value when = {VALUE_CHOICE, .choices = events, .choice_count = sizeof events / sizeof *events,
                                        .instead = &when_mapping};

static const char *const conditions[] = {"progression"};
static const struct input_value unless = {VALUE_CHOICE, .choices = conditions, .choice_count = 1};

/* As the bits of enum treatment_end. */
static const char *const end_names[] = {"progression", "confirmed progression", "complete response"};
enum { ENDS = sizeof end_names / sizeof *end_names };
static const struct input_value one_end = {VALUE_CHOICE, .choices = end_names, .choice_count = ENDS};
static const struct input_value several_ends = {VALUE_LIST, .item = &one_end, .least = 1, .most = ENDS};
static const struct input_value ends = {VALUE_CHOICE, .choices = end_names, .choice_count = ENDS,
                                        .instead = &several_ends};

static const struct input_value intervals = {VALUE_LIST, .item = &above_zero, .least = 1,
                                             .most = TREATMENT_MOST_STEPS + 1};
static const struct input_value every = {VALUE_QUANTITY, .unit = "d", .upper = LONGEST_DAYS, .above = true,
                                         .instead = &intervals};

/* ---- Drugs ------------------------------------------------------------------------------------------ */

/* Larger than anything given to a patient; what lies beyond is a slip of the unit. */
static const struct input_value mass_by_weight = {VALUE_QUANTITY, .unit = "mg/kg", .upper = 1e3, .above = true};
static const struct input_value mass_by_surface = {VALUE_QUANTITY, .unit = "mg/m^2", .upper = 1e5, .above = true,
                                                   .instead = &mass_by_weight};
static const struct input_value either_mass = {VALUE_QUANTITY, .unit = "mg", .upper = 1e5, .above = true,
                                               .instead = &mass_by_surface};
static const struct input_value masses = {VALUE_LIST, .item = &either_mass, .least = 1,
                                          .most = TREATMENT_MOST_STEPS + 1, .instead = &mass_by_surface};
static const struct input_value dose = {VALUE_QUANTITY, .unit = "mg", .upper = 1e5, .above = true, .instead = &masses};

static const struct input_value lymphocytes = {VALUE_QUANTITY, .unit = "cell/uL", .upper = 1e5, .above = true};
static const struct input_key delay_rows[] = {
    {"lymphocytes_below", "T cells in blood below which a dose is put off", &lymphocytes, KEY_NEEDED},
    {"by", "time until they are looked at again", &above_zero, KEY_NEEDED},
    {"at_most", "put off by more than this in all, the treatment ends", &above_zero, KEY_NEEDED},
};
const struct input_mapping delay_keys = {"delay", delay_rows, sizeof delay_rows / sizeof *delay_rows};
static const struct input_value delay = {VALUE_MAPPING, .mapping = &delay_keys};

static const struct input_key drug_rows[] = {
    {"drug", "antibody of the model's library or of the trial's own drugs", &text, KEY_NEEDED},
    {"dose", "a mass, or a mass by body weight or surface; of a list the last goes on", &dose, KEY_NEEDED},
    {"start", "time of the first dose", &from_zero, KEY_OPTIONAL},
    {"every", "time from one dose to the next; of a list the last goes on", &every, KEY_OPTIONAL},
    {"doses", "how many", &count, KEY_OPTIONAL},
    {"over", "length of the infusion; a bolus without", &above_zero, KEY_OPTIONAL},
    {"id", "a name for 'after'", &text, KEY_OPTIONAL},
    {"after", "begins when that treatment is over", &after, KEY_OPTIONAL},
    {"when", "begins at the visit that finds this", &when, KEY_OPTIONAL},
    {"unless", "does not begin in those who have progressed before", &unless, KEY_OPTIONAL},
    {"until", "what ends it", &ends, KEY_OPTIONAL},
    {"for", "length of the treatment: no dose begins so long after the first, or later", &above_zero, KEY_OPTIONAL},
    {"missed", "probability that a dose is not given", &probability, KEY_OPTIONAL},
    {"delay", "puts off doses of those with few lymphocytes", &delay, KEY_OPTIONAL},
};
const struct input_mapping drug_treatment_keys = {"a drug treatment", drug_rows, sizeof drug_rows / sizeof *drug_rows};

/* ---- Radiotherapy ----------------------------------------------------------------------------------- */

static const struct input_value gray = {VALUE_QUANTITY, .unit = "Gy", .upper = 100, .above = true};
/* Larger than any course; what lies beyond is a slip of the unit. */
static const struct input_value effective_gray = {VALUE_QUANTITY, .unit = "Gy", .upper = 1000, .above = true};
static const struct input_value within_day = {VALUE_QUANTITY, .unit = "d", .upper = 1, .above = true};

static const char *const lesion_names[] = {"largest", "smallest", "all", "progressed", "remaining"};
static const struct input_value lesion_number = {VALUE_INTEGER, .lower = 1, .upper = MODEL_MAX_LESIONS};
static const struct input_value lesion_list = {VALUE_LIST, .item = &lesion_number, .least = 1,
                                               .most = MODEL_MAX_LESIONS};
static const struct input_key ranked_lesions_rows[] = {
    {"largest", "so many of the largest", &lesion_number, KEY_OPTIONAL},
    {"smallest", "so many of the smallest", &lesion_number, KEY_OPTIONAL},
};
const struct input_mapping ranked_lesions_keys = {"lesions", ranked_lesions_rows,
                                                  sizeof ranked_lesions_rows / sizeof *ranked_lesions_rows};
static const struct input_value ranked_lesions = {VALUE_MAPPING, .mapping = &ranked_lesions_keys,
                                                  .instead = &lesion_list};
static const struct input_value lesions = {VALUE_CHOICE, .choices = lesion_names,
                                           .choice_count = sizeof lesion_names / sizeof *lesion_names,
                                           .instead = &ranked_lesions};

static const struct input_value share = {VALUE_QUANTITY, .unit = "1", .upper = 1, .above = true};
static const struct input_value volume = {VALUE_QUANTITY, .unit = "mL", .upper = 10000, .above = true};
static const struct input_key coverage_rows[] = {
    {"share", "share of large lesions that lies in the field", &share, KEY_NEEDED},
    {"above", "volume above which a lesion is large", &volume, KEY_NEEDED},
};
const struct input_mapping coverage_keys = {"coverage", coverage_rows, sizeof coverage_rows / sizeof *coverage_rows};
static const struct input_value coverage_mapping = {VALUE_MAPPING, .mapping = &coverage_keys};
static const struct input_value coverage = {VALUE_QUANTITY, .unit = "1", .upper = 1, .above = true,
                                            .instead = &coverage_mapping};

static const struct input_key radiotherapy_rows[] = {
    {"radiotherapy", "dose of one fraction", &gray, KEY_OPTIONAL},
    {"bed", "instead of that: biologically effective dose of all fractions", &effective_gray, KEY_OPTIONAL},
    {"alpha_beta", "of the biologically effective dose", &gray, KEY_OPTIONAL},
    {"fractions", "how many in all", &count, KEY_OPTIONAL},
    {"start", "time of the first fraction", &from_zero, KEY_OPTIONAL},
    {"every", "time from one day with radiotherapy to the next; of a list the last goes on", &every, KEY_OPTIONAL},
    {"per_day", "fractions on each of these days", &count, KEY_OPTIONAL},
    {"apart", "time between fractions of one day", &within_day, KEY_OPTIONAL},
    {"weekdays", "what is due on a weekend is given on Monday; day 0 is a Monday", &boolean, KEY_OPTIONAL},
    {"lesions", "which ones: by number or by what they are when it is planned", &lesions, KEY_OPTIONAL},
    {"coverage", "share of each lesion that lies in the field", &coverage, KEY_OPTIONAL},
    {"nodes", "the draining lymph nodes lie in the field, too", &boolean, KEY_OPTIONAL},
    {"id", "a name for 'after'", &text, KEY_OPTIONAL},
    {"after", "begins when that treatment is over", &after, KEY_OPTIONAL},
    {"when", "begins at the visit that finds this", &when, KEY_OPTIONAL},
    {"unless", "does not begin in those who have progressed before", &unless, KEY_OPTIONAL},
    {"until", "what ends it", &ends, KEY_OPTIONAL},
    {"for", "length of the treatment: no fraction begins so long after the first, or later", &above_zero, KEY_OPTIONAL},
    {"missed", "probability that a fraction is not given", &probability, KEY_OPTIONAL},
};
const struct input_mapping radiotherapy_keys = {"a radiotherapy treatment", radiotherapy_rows,
                                                sizeof radiotherapy_rows / sizeof *radiotherapy_rows};

static const struct input_value radiotherapy = {VALUE_MAPPING, .mapping = &radiotherapy_keys};
const struct input_value treatment_value = {VALUE_MAPPING, .mapping = &drug_treatment_keys, .instead = &radiotherapy};
