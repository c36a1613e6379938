#include "results/report_page.h"

#include "protocols/error.h"

enum abscopal_status report_page_write(FILE *file, const char *json, size_t size, struct abscopal_error *error)
{
    return fwrite(json, 1, size, file) == size ? ABSCOPAL_OK : error_no_memory(error);
}

enum abscopal_status report_figures_script_write(FILE *file, const char *json, size_t size,
                                                 struct abscopal_error *error)
{
    return fwrite(json, 1, size, file) == size ? ABSCOPAL_OK : error_no_memory(error);
}
