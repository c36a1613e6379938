/* What a figure of speed depends on: the machine, and how the program was built. */
#ifndef ABSCOPAL_RESULTS_MACHINE_H
#define ABSCOPAL_RESULTS_MACHINE_H

struct machine {
    char processor[128]; /* as the system calls it */
    int processors;      /* that a run may use */
    char sundials[32];   /* version */
};

void machine_describe(struct machine *machine);

/* "GCC 12.2.0" or what clang calls itself. */
const char *build_compiler(void);

/* CMake's build type, such as "Release"; "" when it has none. */
const char *build_type(void);

/* The commit it was built from, marked when the tree had changes; NULL outside a git checkout. */
const char *build_commit(void);

#endif
