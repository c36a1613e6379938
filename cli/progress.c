#include "cli/progress.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { DEFAULT_WIDTH = 80, MINIMUM_BAR = 10, MAXIMUM_BAR = 40, USUAL_STATE = 46 };
static const double redraw_seconds = 0.1;

static volatile sig_atomic_t interrupted;

/* A second signal of either kind ends the program, whatever it is doing; the first set that kind to do so by itself. */
static void note_interrupt(int signal_number)
{
    if (interrupted)
        raise(signal_number);
    interrupted = 1;
}

void progress_start(struct progress *progress, const char *counted, bool quiet)
{
    const char *terminal_type = getenv("TERM");
    bool capable = terminal_type && strcmp(terminal_type, "dumb") != 0;
    *progress = (struct progress){.counted = counted, .quiet = quiet, .terminal = capable && isatty(STDERR_FILENO)};

    struct sigaction action = {.sa_handler = note_interrupt, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static size_t terminal_width(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return DEFAULT_WIDTH;
}

bool progress_interrupted(void)
{
    return interrupted != 0;
}

void progress_format_seconds(double seconds, char *text, size_t size)
{
    long whole = seconds < 1e7 ? (long)(seconds + 0.5) : 9999999;
    if (whole >= 3600)
        snprintf(text, size, "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
    else
        snprintf(text, size, "%ld:%02ld", whole / 60, whole % 60);
}

/* "42 %, 588/1400 courses, 310/s, 0:37 left". */
static void format_state(const char *counted, size_t finished, size_t total, double seconds, char *text, size_t size)
{
    double rate = seconds > 0 ? (double)finished / seconds : 0;
    int length =
        snprintf(text, size, "%3zu %%, %zu/%zu %s", total ? 100 * finished / total : 100, finished, total, counted);
    if (rate <= 0 || length < 0 || (size_t)length >= size)
        return;
    char time[32];
    bool done = finished >= total;
    progress_format_seconds(done ? seconds : (double)(total - finished) / rate, time, sizeof time);
    snprintf(text + length, size - (size_t)length, ", %.2g/s, %s %s", rate, time, done ? "in all" : "left");
}

static void draw_bar(size_t finished, size_t total, const char *state)
{
    size_t width = terminal_width();
    size_t text = strlen(state) > USUAL_STATE ? strlen(state) : USUAL_STATE; /* keeps the bar from changing length */
    size_t taken = text + 4; /* brackets, a space, and the last column, which some terminals wrap at */
    size_t room = width > taken ? width - taken : 0;
    size_t bar = room > MAXIMUM_BAR ? MAXIMUM_BAR : room;
    fputc('\r', stderr);
    if (bar >= MINIMUM_BAR) {
        size_t filled = total ? bar * finished / total : bar;
        fputc('[', stderr);
        for (size_t i = 0; i < bar; i++)
            fputc(i < filled ? '#' : '.', stderr);
        fputs("] ", stderr);
    }
    fprintf(stderr, "%.*s\033[K", (int)(width - 1), state);
    fflush(stderr);
}

void progress_draw_line(const char *text)
{
    fprintf(stderr, "\r%.*s\033[K", (int)(terminal_width() - 1), text);
    fflush(stderr);
}

int progress_update(size_t finished, size_t total, double seconds, void *context)
{
    struct progress *progress = context;
    bool last = finished >= total;
    char state[96];
    format_state(progress->counted, finished, total, seconds, state, sizeof state);
    if (interrupted && !progress->told && !progress->quiet) {
        progress_end(progress);
        fputs("stopping after the current patients; once more to stop at once\n", stderr);
        progress->told = true;
    }
    if (progress->quiet)
        return interrupted != 0;
    if (progress->terminal) {
        if (last || !progress->drawn || seconds - progress->drawn_seconds >= redraw_seconds) {
            draw_bar(finished, total, state);
            progress->drawn = true;
            progress->drawn_seconds = seconds;
        }
    } else if (total > 0 && 10 * finished / total > progress->tenths) {
        progress->tenths = 10 * finished / total;
        fprintf(stderr, "%s\n", state);
    }
    return interrupted != 0;
}

void progress_end(struct progress *progress)
{
    if (progress->drawn)
        fputc('\n', stderr);
    progress->drawn = false;
}
