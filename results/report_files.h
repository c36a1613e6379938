/* The files of which report pages are made (results/report/), held in the library. */
#ifndef ABSCOPAL_RESULTS_REPORT_FILES_H
#define ABSCOPAL_RESULTS_REPORT_FILES_H

#include <stddef.h>

enum report_part {
    REPORT_LIBRARY, /* plotting library, for a browser and for node */
    REPORT_FIGURES, /* specifications of the figures, for both too */
    REPORT_PAGE,    /* script of the page alone */
    REPORT_NODE,    /* script of node alone */
    REPORT_TEMPLATE,
    REPORT_STYLE,
    REPORT_LICENCES
};

struct report_file {
    enum report_part part;
    const char *begin, *end;
};

/* All of them, the scripts in the order in which they have to run; `count` takes how many there are. */
const struct report_file *report_files(size_t *count);

#endif
