#include "results/machine.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include <omp.h>
#include <sundials/sundials_version.h>

const char *build_compiler(void)
{
#ifdef __clang__
    return __VERSION__;
#else
    return "GCC " __VERSION__;
#endif
}

const char *build_type(void)
{
#ifdef ABSCOPAL_BUILD_TYPE
    return ABSCOPAL_BUILD_TYPE;
#else
    return "";
#endif
}

const char *build_commit(void)
{
#ifdef ABSCOPAL_COMMIT
    return ABSCOPAL_COMMIT;
#else
    return NULL;
#endif
}

/* The value of the first "model name : value" of /proc/cpuinfo, which has none on some processors. */
static bool read_model_name(char *name, size_t size)
{
    static const char key[] = "model name";
    FILE *file = fopen("/proc/cpuinfo", "re");
    char line[256];
    bool found = false;
    while (file != NULL && !found && fgets(line, sizeof line, file) != NULL) {
        const char *colon = strchr(line, ':');
        if (strncmp(line, key, sizeof key - 1) != 0 || colon == NULL)
            continue;
        line[strcspn(line, "\n")] = '\0';
        colon += 1 + strspn(colon + 1, " \t");
        found = *colon != '\0';
        snprintf(name, size, "%s", colon);
    }
    if (file != NULL)
        fclose(file);
    return found;
}

void machine_describe(struct machine *machine)
{
    struct utsname system;
    if (!read_model_name(machine->processor, sizeof machine->processor))
        snprintf(machine->processor, sizeof machine->processor, "%s",
                 uname(&system) == 0 ? system.machine : "unknown processor");
    machine->processors = omp_get_num_procs();
    if (SUNDIALSGetVersion(machine->sundials, (int)sizeof machine->sundials) != 0)
        machine->sundials[0] = '\0';
}
