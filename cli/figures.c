#include "cli/figures.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- Programs --------------------------------------------------------------------------------------- */

static bool is_in_path(const char *program)
{
    const char *folders = getenv("PATH");
    while (folders && *folders) {
        char path[PATH_MAX];
        const size_t length = strcspn(folders, ":");
        const int written = snprintf(path, sizeof path, "%.*s/%s", (int)length, folders, program);
        if (length > 0 && written < (int)sizeof path && access(path, X_OK) == 0)
            return true;
        folders += length + (folders[length] == ':');
    }
    return false;
}

static bool needs(const char *command, const char *program, const char *package)
{
    if (is_in_path(program))
        return true;
    fprintf(stderr,
            "abscopal %s: figures are drawn with %s, which is not there: install the Debian package %s "
            "(apt-get install %s)\n",
            command, program, package, package);
    return false;
}

bool figures_can_be_drawn(const char *command, const char *format)
{
    return needs(command, "node", "nodejs") &&
           (strcmp(format, "png") != 0 || needs(command, "rsvg-convert", "librsvg2-bin"));
}

/* Runs a program, whose messages go to standard error and whose output nowhere. */
static bool run_program(char *const *arguments)
{
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status = -1;
    if (posix_spawn_file_actions_init(&actions) != 0)
        return false;
    const bool begun = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0) == 0 &&
                       posix_spawnp(&child, arguments[0], &actions, NULL, arguments, environ) == 0;
    posix_spawn_file_actions_destroy(&actions);
    if (!begun)
        return false;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return false;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* ---- Files ------------------------------------------------------------------------------------------ */

static bool join(char path[PATH_MAX], const char *folder, const char *name)
{
    return snprintf(path, PATH_MAX, "%s/%s", folder, name) < PATH_MAX;
}

static bool has_ending(const char *name, const char *ending)
{
    const size_t length = strlen(name), of_ending = strlen(ending);
    return length > of_ending && strcmp(name + length - of_ending, ending) == 0;
}

/* Calls `visit` for each file of a folder whose name has the ending; stops when one fails. Returns how many, or -1. */
static int each_file(const char *folder, const char *ending, bool (*visit)(const char *path, const char *context),
                     const char *context)
{
    DIR *listing = opendir(folder);
    int count = listing ? 0 : -1;
    const struct dirent *entry;
    while (count >= 0 && (entry = readdir(listing))) {
        char path[PATH_MAX];
        if (entry->d_name[0] == '.' || !has_ending(entry->d_name, ending))
            continue;
        count = join(path, folder, entry->d_name) && visit(path, context) ? count + 1 : -1;
    }
    if (listing)
        closedir(listing);
    return count;
}

static bool remove_one(const char *path, const char *context)
{
    (void)context;
    return unlink(path) == 0;
}

static bool move_one(const char *path, const char *folder)
{
    char target[PATH_MAX];
    return join(target, folder, strrchr(path, '/') + 1) && rename(path, target) == 0;
}

/* Beside the SVG, at twice its size: sharp on screens with small dots. */
static bool convert_one(const char *path, const char *context)
{
    char from[PATH_MAX], target[PATH_MAX];
    (void)context;
    snprintf(from, sizeof from, "%s", path);
    snprintf(target, sizeof target, "%.*s.png", (int)(strlen(path) - strlen(".svg")), path);
    char *const arguments[] = {(char[]){"rsvg-convert"},
                               (char[]){"--zoom"},
                               (char[]){"2"},
                               (char[]){"--background-color"},
                               (char[]){"white"},
                               (char[]){"--output"},
                               target,
                               from,
                               NULL};
    return run_program(arguments);
}

static void partial_remove(const char *partial)
{
    each_file(partial, "", remove_one, NULL);
    rmdir(partial);
}

/* ---- Drawing ---------------------------------------------------------------------------------------- */

/* Into the folder; false with a message printed. */
static enum exit_code draw(const char *command, const abscopal_report *report, char *partial, const char *format)
{
    struct abscopal_error error = {0};
    char script[PATH_MAX];
    if (!join(script, partial, "figures.js") || abscopal_report_write_script(report, script, &error) != ABSCOPAL_OK)
        return report_error(&error);
    char *const arguments[] = {(char[]){"node"}, script, partial, NULL};
    if (!run_program(arguments)) {
        fprintf(stderr, "abscopal %s: node failed to draw the figures\n", command);
        return EXIT_OUTPUT_FAILED;
    }
    if (strcmp(format, "png") == 0 && each_file(partial, ".svg", convert_one, NULL) < 0) {
        fprintf(stderr, "abscopal %s: rsvg-convert failed to convert the figures\n", command);
        return EXIT_OUTPUT_FAILED;
    }
    return EXIT_DONE;
}

static enum exit_code move_figures(const char *command, const char *partial, const char *folder, const char *format)
{
    const char *ending = strcmp(format, "png") == 0 ? ".png" : ".svg";
    const bool made = mkdir(folder, 0777) == 0;
    const int count = made || errno == EEXIST ? each_file(partial, ending, move_one, folder) : -1;
    if (count < 0) {
        fprintf(stderr, "abscopal %s: cannot write %s: %s\n", command, folder, strerror(errno));
        if (made)
            partial_remove(folder);
        return EXIT_OUTPUT_FAILED;
    }
    fprintf(stderr, "abscopal %s: wrote %d figures to %s\n", command, count, folder);
    return EXIT_DONE;
}

enum exit_code figures_draw(const char *command, const abscopal_report *report, const char *folder, const char *format)
{
    char partial[PATH_MAX];
    size_t length = strlen(folder);
    while (length > 1 && folder[length - 1] == '/')
        length--;
    if (snprintf(partial, sizeof partial, "%.*s.partial-XXXXXX", (int)length, folder) >= (int)sizeof partial ||
        !mkdtemp(partial)) {
        fprintf(stderr, "abscopal %s: cannot write %s: %s\n", command, folder, strerror(errno));
        return EXIT_OUTPUT_FAILED;
    }
    enum exit_code code = draw(command, report, partial, format);
    if (code == EXIT_DONE)
        code = move_figures(command, partial, folder, format);
    partial_remove(partial);
    return code;
}
