/* Progress of a run on stderr: a bar on a terminal, a line at every tenth elsewhere. */
#ifndef ABSCOPAL_CLI_PROGRESS_H
#define ABSCOPAL_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

struct progress {
    const char *counted; /* what is, such as "courses" */
    bool quiet;
    bool terminal;
    bool drawn;           /* a bar stands on the current line */
    bool told;            /* that it is going to stop */
    double drawn_seconds; /* when it was drawn */
    size_t tenths;        /* already reported, elsewhere */
};

/* Also catches Ctrl-C and SIGTERM from here on: progress_update then asks the run to stop. A second one ends the
 * process. */
void progress_start(struct progress *progress, const char *counted, bool quiet);

/* An abscopal_progress callback; context is the struct progress. Returns 1 after Ctrl-C, otherwise 0. */
int progress_update(size_t finished, size_t total, double seconds, void *context);

/* What other displays of progress are made of: whether Ctrl-C was pressed since progress_start; "1:02:03" or "2:03";
 * one line in place of the one that stands on the terminal, cut at its width. */
bool progress_interrupted(void);
void progress_format_seconds(double seconds, char *text, size_t size);
void progress_draw_line(const char *text);

/* Ends the bar's line, if there is one. */
void progress_end(struct progress *progress);

#endif
