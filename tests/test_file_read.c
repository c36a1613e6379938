/* Files that others may have written: which are opened at all, and which files they may name (docs/security.md). The
 * expectations are the rules of that manual. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "protocols/characters.h"
#include "protocols/error.h"
#include "protocols/file_read.h"

enum { PATH_SIZE = 256 };

static char folder[] = "/tmp/abscopal-test-XXXXXX";

static const char *path_in(const char *name)
{
    static char paths[4][PATH_SIZE];
    static int turn;
    char *path = paths[turn++ % 4];
    snprintf(path, PATH_SIZE, "%s/%s", folder, name);
    return path;
}

static void text_write(const char *name, const char *text)
{
    FILE *file = fopen(path_in(name), "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0 && fclose(file) == 0);
}

static void folder_add(const char *name)
{
    assert_int_equal(mkdir(path_in(name), S_IRWXU), 0);
}

/* home/, home/study/, home/study/cohorts/, home/study/protocols/trials/, other/, each with a file. */
static int tree_make(void **state)
{
    static const char *const folders[] = {
        "home",  "home/study", "home/study/cohorts", "home/study/protocols", "home/study/protocols/trials",
        "other", "home/study2"};
    static const char *const files[] = {"x.yaml",
                                        "home/x.yaml",
                                        "home/study/x.yaml",
                                        "home/study/cohorts/x.yaml",
                                        "home/study/protocols/trials/x.yaml",
                                        "other/x.yaml",
                                        "home/study2/x.yaml"};
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        folder_add(folders[i]);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        text_write(files[i], "a: 1\n");
    return setenv("HOME", path_in("home"), 1) != 0 || unsetenv("ABSCOPAL_FOLDERS") != 0;
}

static int entry_remove(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status, (void)type, (void)place;
    return remove(path);
}

static int tree_remove(void **state)
{
    (void)state;
    return nftw(folder, entry_remove, 8, FTW_DEPTH | FTW_PHYS);
}

/* What is said of a path that cannot be read. */
static const char *refused(const char *path, size_t most_bytes)
{
    static char problem[FILE_PROBLEM_SIZE];
    enum abscopal_status status = ABSCOPAL_OK;
    size_t size = 0;
    problem[0] = '\0';
    char *text = file_read(path, most_bytes, &size, &status, problem);
    free(text);
    assert_null(text);
    assert_int_equal(status, ABSCOPAL_BAD_INPUT);
    return problem;
}

/* Neither waits for a pipe's other end nor reads without end. */
static void only_regular_files_are_opened(void **state)
{
    static const char *const special = "is a device, a pipe or a socket; write it to a file and name that";
    (void)state;
    assert_string_equal(refused(path_in("absent"), 10), "cannot be opened: No such file or directory");
    assert_string_equal(refused(folder, 10), "is a folder; name a file");
    assert_string_equal(refused("/dev/zero", 10), special);
    assert_string_equal(refused("/dev/null", 10), special);
    assert_int_equal(mkfifo(path_in("pipe"), S_IRUSR | S_IWUSR), 0);
    assert_string_equal(refused(path_in("pipe"), 10), special);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path_in("socket"));
    const int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_true(descriptor >= 0 && bind(descriptor, (struct sockaddr *)&address, sizeof address) == 0);
    assert_string_equal(refused(path_in("socket"), 10), "cannot be opened: No such device or address");
    close(descriptor);
}

static void size_is_limited(void **state)
{
    enum abscopal_status status;
    char problem[FILE_PROBLEM_SIZE];
    size_t size = 0;
    (void)state;
    text_write("ten", "0123456789");
    char *text = file_read(path_in("ten"), 10, &size, &status, problem);
    assert_non_null(text);
    assert_int_equal(size, 10);
    assert_string_equal(text, "0123456789");
    free(text);
    assert_string_equal(refused(path_in("ten"), 9),
                        "has 10 bytes; a file of this kind has at most 9. Is it the right one?");
    /* A file that says it has no bytes, but has. */
    assert_string_equal(refused("/proc/self/maps", 100),
                        "has more than the 100 bytes of the largest file of this kind");
    /* Larger than the first allocation. */
    text_write("long", "");
    assert_int_equal(truncate(path_in("long"), 100000), 0);
    text = file_read(path_in("long"), 100000, &size, &status, problem);
    assert_non_null(text);
    assert_int_equal(size, 100000);
    free(text);
}

static bool allowed(const char *of, const char *file)
{
    char problem[FILE_PROBLEM_SIZE];
    return file_allowed(path_in(of), path_in(file), problem);
}

static void files_name_others_of_their_tree(void **state)
{
    (void)state;
    assert_true(allowed("home/study/protocols/trials/t.yaml", "home/study/cohorts/x.yaml"));
    assert_true(allowed("home/study/protocols/trials/t.yaml", "home/study/protocols/trials/../../cohorts/x.yaml"));
    assert_true(allowed("home/study/protocols/trials/t.yaml", "home/study/x.yaml"));
    assert_false(allowed("home/study/protocols/trials/t.yaml", "home/x.yaml"));
    assert_false(allowed("home/study/protocols/trials/t.yaml", "other/x.yaml"));
    /* The home folder is nobody's tree, nor is a name that begins alike. */
    assert_true(allowed("home/study/t.yaml", "home/study/cohorts/x.yaml"));
    assert_false(allowed("home/study/t.yaml", "home/x.yaml"));
    assert_false(allowed("home/study/t.yaml", "home/study2/x.yaml"));
    /* Directly in it, or above: files beside it. */
    assert_true(allowed("home/t.yaml", "home/x.yaml"));
    assert_false(allowed("home/t.yaml", "home/study/x.yaml"));
    assert_true(allowed("t.yaml", "x.yaml"));
    assert_false(allowed("t.yaml", "home/x.yaml"));
    assert_false(allowed("t.yaml", "other/x.yaml"));
    /* What is not there cannot be read. */
    assert_true(allowed("home/study/t.yaml", "absent.yaml"));
    char problem[FILE_PROBLEM_SIZE];
    assert_false(file_allowed("/t.yaml", "/etc/passwd", problem));
    assert_string_equal(problem, "'/etc/passwd' is not in / itself, where this file may name others; put it there, or "
                                 "name its folder in the environment variable ABSCOPAL_FOLDERS if you trust this file");
    assert_false(file_allowed("/usr/share/doc/t.yaml", "/etc/passwd", problem));
    assert_string_equal(problem,
                        "'/etc/passwd' lies outside of /usr, where this file may name others; put it there, or "
                        "name its folder in the environment variable ABSCOPAL_FOLDERS if you trust this file");
}

static void links_are_followed_first(void **state)
{
    (void)state;
    assert_int_equal(symlink(path_in("other/x.yaml"), path_in("home/study/cohorts/link.yaml")), 0);
    assert_int_equal(symlink(path_in("other"), path_in("home/study/link")), 0);
    assert_int_equal(symlink(path_in("home/study"), path_in("other/study")), 0);
    assert_false(allowed("home/study/t.yaml", "home/study/cohorts/link.yaml"));
    assert_false(allowed("home/study/t.yaml", "home/study/link/x.yaml"));
    assert_true(allowed("other/study/t.yaml", "home/study/x.yaml"));
    assert_false(allowed("other/study/t.yaml", "other/x.yaml"));
}

static void environment_adds_folders(void **state)
{
    char folders[3 * PATH_SIZE];
    (void)state;
    snprintf(folders, sizeof folders, "/nowhere::%s:%s", path_in("home/study2"), path_in("other/"));
    assert_int_equal(setenv("ABSCOPAL_FOLDERS", folders, 1), 0);
    assert_true(allowed("home/study/t.yaml", "other/x.yaml"));
    assert_true(allowed("home/study/t.yaml", "home/study2/x.yaml"));
    assert_false(allowed("home/study/t.yaml", "home/x.yaml"));
    assert_int_equal(unsetenv("ABSCOPAL_FOLDERS"), 0);
}

/* C0, DEL, C1 as UTF-8 and as bytes; letters, and cut ones. */
static void messages_do_not_steer_terminals(void **state)
{
    struct abscopal_error error;
    (void)state;
    error_set(&error, ABSCOPAL_BAD_INPUT, "a\x1b]0;b\a.yaml", 1, 1, "'%s'",
              "\x1b[31m\x7f \xc2\x9b"
              "31m \x9b"
              "31m \xc2\xb5g \xe2\x98\xba \xe2\x98");
    assert_string_equal(error.message, "'?[31m? ?"
                                       "?31m ?31m \xc2\xb5g \xe2\x98\xba ?"
                                       "?'");
    assert_string_equal(error.file, "a?]0;b?.yaml");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_regular_files_are_opened),   cmocka_unit_test(size_is_limited),
        cmocka_unit_test(files_name_others_of_their_tree), cmocka_unit_test(links_are_followed_first),
        cmocka_unit_test(environment_adds_folders),        cmocka_unit_test(messages_do_not_steer_terminals),
    };
    return cmocka_run_group_tests(tests, tree_make, tree_remove);
}
