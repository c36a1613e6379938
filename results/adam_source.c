#include "results/adam_source.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void check_values(struct adam_source *source)
{
    struct hdf5_reader *reader = &source->reader;
    if (reader->status != ABSCOPAL_OK)
        return;
    for (size_t visit = 0; visit < source->visits; visit++)
        if (!isfinite(source->visit_days[visit]) ||
            (visit > 0 && source->visit_days[visit] <= source->visit_days[visit - 1]))
            reader_fail(reader, "visit %zu is not later than the one before", visit + 1);
    for (size_t patient = 0; patient < source->patients; patient++)
        if (source->lesion_counts[patient] < 0 || source->lesion_counts[patient] > (int64_t)source->lesions)
            reader_fail(reader, "patient in row %zu has more lesions than the file has", patient + 1);
}

enum abscopal_status adam_source_open(struct adam_source *source, const char *path, struct abscopal_error *error)
{
    *source = (struct adam_source){0};
    struct hdf5_reader *reader = &source->reader;
    if (reader_open(reader, path, error) != ABSCOPAL_OK)
        return reader->status;
    source->arms = reader->sizes[DIMENSION_ARM];
    source->patients = reader->sizes[DIMENSION_PATIENT];
    source->visits = reader->sizes[DIMENSION_VISIT];
    source->lesions = reader->sizes[DIMENSION_LESION];
    char *title = reader_text_attribute(reader, "title", "trial");
    source->study = reader_text_attribute(reader, "registry", title != NULL ? title : "");
    free(title);
    char *allocation = reader_text_attribute(reader, "allocation", "");
    source->in_all_arms = allocation != NULL && strcmp(allocation, "randomised") != 0;
    free(allocation);
    source->confirmation = reader_real_attribute(reader, "confirmation_days") > 0;
    source->arm_names = reader_texts(reader, "arm");
    source->patient_numbers = reader_integers(reader, "patient", 0);
    source->lesion_counts = reader_integers(reader, "lesion_count", 0);
    source->visit_days = reader_reals(reader, "visit", 0);
    source->baseline_mm = reader_reals(reader, "baseline_sum_of_diameters", 0);
    source->body_weight_kg = reader_reals(reader, "body_weight", 0);
    if (reader_has_attribute(reader, "effective_sample_size"))
        source->weights = reader_reals(reader, "weight", 0);
    check_values(source);
    return reader->status;
}

void adam_source_close(struct adam_source *source)
{
    free(source->study);
    reader_texts_free(source->arm_names);
    free(source->patient_numbers);
    free(source->lesion_counts);
    free(source->visit_days);
    free(source->baseline_mm);
    free(source->body_weight_kg);
    free(source->weights);
    reader_close(&source->reader);
}

enum abscopal_status adam_arm_read(struct adam_source *source, size_t number, struct adam_arm *arm)
{
    struct hdf5_reader *reader = &source->reader;
    *arm = (struct adam_arm){.number = number,
                             .name = source->arm_names[number],
                             .diameter = reader_reals(reader, "diameter", number),
                             .progression_day = reader_reals(reader, "progression_day", number),
                             .response_day = reader_reals(reader, "response_day", number),
                             .response_duration = reader_reals(reader, "response_duration", number),
                             .status = reader_flags(reader, "status", number),
                             .response = reader_flags(reader, "response", number),
                             .best = reader_flags(reader, "best_response", number),
                             .best_confirmed = reader_flags(reader, "best_confirmed_response", number),
                             .out_of_field = reader_flags(reader, "out_of_field_response", number),
                             .progressed = reader_flags(reader, "progressed", number),
                             .response_ended = reader_flags(reader, "response_ended", number),
                             .irradiated = reader_flags(reader, "irradiated", number),
                             .target = reader_flags(reader, "target", number),
                             .doses = reader_integers(reader, "doses_given", number),
                             .fractions = reader_integers(reader, "fractions_given", number),
                             .switches = reader_integers(reader, "switches", number),
                             .new_lesions = reader_integers(reader, "new_lesions", number)};
    return reader->status;
}

void adam_arm_free(struct adam_arm *arm)
{
    double *const reals[] = {arm->diameter, arm->progression_day, arm->response_day, arm->response_duration};
    signed char *const flags[] = {arm->status,         arm->response,     arm->best,
                                  arm->best_confirmed, arm->out_of_field, arm->progressed,
                                  arm->response_ended, arm->irradiated,   arm->target};
    int64_t *const integers[] = {arm->doses, arm->fractions, arm->switches, arm->new_lesions};
    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++)
        free(reals[i]);
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        free(flags[i]);
    for (size_t i = 0; i < sizeof integers / sizeof *integers; i++)
        free(integers[i]);
}
