/* A patient's measured diameters, as CSV. docs/twin.md says what may stand in it. */
#ifndef ABSCOPAL_PROTOCOLS_DIAMETERS_FILE_H
#define ABSCOPAL_PROTOCOLS_DIAMETERS_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "abscopal.h"

enum { DIAMETERS_MOST = 1000 };

/* What was measured on a day, mm; or, `below`, that it was smaller than that. */
struct measured_diameter {
    double day; /* since the first dose or fraction; negative: before it */
    double mm;
    bool below;
    int line; /* of the file */
};

struct diameters {
    char *path;
    bool are_sums; /* of all target lesions; otherwise of the lesion that was the largest at first */
    size_t count;
    struct measured_diameter *rows; /* [count], by day, ascending */
};

/* A lesion that is not seen or too small to measure is below this: RECIST 1.1 has it entered as 5 mm (Eisenhauer 2009,
 * doi:10.1016/j.ejca.2008.10.026, 4.3.2). */
#define DIAMETERS_TOO_SMALL_MM 5.0

/* Reads a file whose first line that is no comment (#) names the columns: `day`, and `longest_diameter_mm` or
 * `sum_of_diameters_mm`, and perhaps `note`, which is not read. A diameter is a number of mm up to 1000, `<5` for less
 * than 5 mm, or empty where nothing was measured; 0 is `<5`. Returns ABSCOPAL_BAD_INPUT, with file, line and column, or
 * ABSCOPAL_NO_MEMORY; `diameters` is then empty, which is safe to free. */
enum abscopal_status diameters_file_read(const char *path, struct diameters *diameters, struct abscopal_error *error);
void diameters_free(struct diameters *diameters);

#endif
