#include "results/report_files.h"

/* part, name in C, path from the root. Scripts stand in the order in which they have to run. */
#define FILES(X)                                                                         \
    X(REPORT_LIBRARY, vega, "results/report/vendor/vega.min.js")                         \
    X(REPORT_LIBRARY, vega_lite, "results/report/vendor/vega-lite.min.js")               \
    X(REPORT_LIBRARY, vega_interpreter, "results/report/vendor/vega-interpreter.min.js") \
    X(REPORT_PAGE, vega_tooltip, "results/report/vendor/vega-tooltip.min.js")            \
    X(REPORT_FIGURES, figures_common, "results/report/figures_common.js")                \
    X(REPORT_FIGURES, figures_trial, "results/report/figures_trial.js")                  \
    X(REPORT_FIGURES, figures_patients, "results/report/figures_patients.js")            \
    X(REPORT_FIGURES, figures_sweep, "results/report/figures_sweep.js")                  \
    X(REPORT_FIGURES, figures_contour, "results/report/figures_contour.js")              \
    X(REPORT_FIGURES, figures_others, "results/report/figures_others.js")                \
    X(REPORT_FIGURES, figures_reading, "results/report/figures_reading.js")              \
    X(REPORT_FIGURES, figures, "results/report/figures.js")                              \
    X(REPORT_PAGE, page_text, "results/report/page_text.js")                             \
    X(REPORT_PAGE, page_tables, "results/report/page_tables.js")                         \
    X(REPORT_PAGE, page_others, "results/report/page_others.js")                         \
    X(REPORT_PAGE, page, "results/report/page.js")                                       \
    X(REPORT_NODE, figures_node, "results/report/figures_node.js")                       \
    X(REPORT_TEMPLATE, page_template, "results/report/page.html")                        \
    X(REPORT_STYLE, page_style, "results/report/page.css")                               \
    X(REPORT_LICENCES, licences, "results/report/vendor/LICENSES.txt")

/* The assembler takes the bytes in, from the folder of the source, which the compiler is told of as REPORT_ROOT. C has
 * no #embed before C23, and arrays of numbers would be three megabytes of source. Hidden, so that the shared library
 * exports what its header declares and no more. */
#define EMBED(part, name, path)                                                                         \
    __asm__(".pushsection .rodata\n"                                                                    \
            ".global report_bytes_" #name "\n.hidden report_bytes_" #name "\nreport_bytes_" #name ":\n" \
            ".incbin \"" REPORT_ROOT "/" path "\"\n"                                                    \
            ".global report_end_" #name "\n.hidden report_end_" #name "\nreport_end_" #name ":\n"       \
            ".byte 0\n.popsection\n");                                                                  \
    __attribute__((visibility("hidden"))) extern const char report_bytes_##name[], report_end_##name[];
FILES(EMBED)

const struct report_file *report_files(size_t *count)
{
#define ROW(part, name, path) {part, report_bytes_##name, report_end_##name},
    static const struct report_file files[] = {FILES(ROW)};
    *count = sizeof files / sizeof *files;
    return files;
}
