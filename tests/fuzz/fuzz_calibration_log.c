/* The log that a calibration goes on from. Bytes that do not begin as a head follow the right one. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "results/calibration_log.h"

static const char head[] = "# Evaluations\nnumber,stage,seed,patients,verdict,plausible,x,y,objective,t,u\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct calibration calibration = {.variable_count = 2, .target_count = 2};
    struct calibration_log log;
    struct abscopal_error error;
    double places[2] = {0.5, 0.25}, simulated[2];
    struct calibration_record record = {
        .stage = "start", .seed = 1, .patients = 10, .places = places, .simulated = simulated};
    const size_t head_size = size > 0 && data[0] == '#' ? 0 : sizeof head - 1;
    uint8_t *whole = malloc(head_size + size + 1);
    if (whole == NULL)
        abort();
    memcpy(whole, head, head_size);
    if (size > 0)
        memcpy(whole + head_size, data, size);
    const char *path = fuzz_file("log.csv", whole, head_size + size);
    free(whole);
    if (calibration_log_resume(&log, &calibration, path, strdup(head), &error) != ABSCOPAL_OK)
        return 0;
    bool replayed = true;
    while (replayed && calibration_log_replay(&log, &record, &replayed, &error) == ABSCOPAL_OK)
        ;
    calibration_log_close(&log);
    return 0;
}
