/* Files of measured diameters: what a good one says, and what is said of bad ones, to the letter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "input_files.h"
#include "protocols/diameters_file.h"

static enum abscopal_status read_and_free(const char *path, struct abscopal_error *error)
{
    struct diameters diameters;
    const enum abscopal_status status = diameters_file_read(path, &diameters, error);
    diameters_free(&diameters);
    return status;
}

#define NAMES "day,longest_diameter_mm\n"
#define COLUMNS_ARE "write 'day' and 'longest_diameter_mm' or 'sum_of_diameters_mm', each once, and 'note' if you like"
#define FIRST_LINE "the first line names the columns: write 'day,longest_diameter_mm' or 'day,sum_of_diameters_mm'"

static void test_bad_files(void **state)
{
    (void)state;
    static const struct malformed table[] = {
        {NAMES "-7,42\n40,38.5\n", ""},
        {"# of a patient\nnote,sum_of_diameters_mm,day\r\nfirst scan, 80 ,-3\r\n,<5,40\r\n\r\nmissed,,80\r\n,0,120",
         ""},
        {"", "1:1: " FIRST_LINE},
        {"day,size\n", "1:1: column 'size': " COLUMNS_ARE},
        {"day,day,longest_diameter_mm\n", "1:1: column 'day': " COLUMNS_ARE},
        {"day,note\n", "1:1: " FIRST_LINE},
        {"day,longest_diameter_mm,sum_of_diameters_mm\n", "1:1: " FIRST_LINE},
        {NAMES, "1:0: there is no measured diameter"},
        {NAMES "1,\n", "2:0: there is no measured diameter"},
        {NAMES "1\n", "2:1: a row has 2 fields, as the line of names"},
        {NAMES "1,2,3\n", "2:1: a row has 2 fields, as the line of names"},
        {NAMES "one,2\n", "2:1: day 'one': write a number of days since the first treatment, from -3650 to 36500"},
        {NAMES "1e9,2\n", "2:1: day '1e9': write a number of days since the first treatment, from -3650 to 36500"},
        {NAMES "1,2 cm\n",
         "2:1: diameter '2 cm': write a number of mm from 0 to 1000, '<5' for less than 5 mm, or nothing "
         "where none was measured"},
        {NAMES "1,-2\n", "2:1: diameter '-2': write a number of mm from 0 to 1000, '<5' for less than 5 mm, or nothing "
                         "where none was measured"},
        {NAMES "1,nan\n",
         "2:1: diameter 'nan': write a number of mm from 0 to 1000, '<5' for less than 5 mm, or nothing "
         "where none was measured"},
        {NAMES "1,2\n1,3\n", "3:1: day 1 does not come after day 1 of the row before: sort rows by day, one a day"},
    };
    assert_int_equal(input_file_differences(read_and_free, table, sizeof table / sizeof *table), 0);
}

static void test_what_is_read(void **state)
{
    (void)state;
    static const char text[] =
        "# of a patient\nnote,sum_of_diameters_mm,day\r\nfirst,80.5,-3\r\n,<10,40\r\n,,80\r\n,0,120";
    struct diameters diameters;
    assert_int_equal(diameters_file_read(input_file_write("sum.csv", text, sizeof text - 1), &diameters, NULL),
                     ABSCOPAL_OK);
    assert_true(diameters.are_sums);
    assert_int_equal(diameters.count, 3);
    assert_true(diameters.rows[0].day == -3 && diameters.rows[0].mm == 80.5 && !diameters.rows[0].below);
    assert_true(diameters.rows[1].day == 40 && diameters.rows[1].mm == 10 && diameters.rows[1].below);
    assert_true(diameters.rows[2].day == 120 && diameters.rows[2].mm == 5 && diameters.rows[2].below);
    assert_int_equal(diameters.rows[2].line, 6);
    diameters_free(&diameters);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_bad_files), cmocka_unit_test(test_what_is_read)};
    return cmocka_run_group_tests(tests, input_folder_make, input_folder_remove);
}
