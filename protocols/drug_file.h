/* The drug file: one antibody of the user's own. docs/drugs.md is the language. */
#ifndef ABSCOPAL_PROTOCOLS_DRUG_FILE_H
#define ABSCOPAL_PROTOCOLS_DRUG_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "abscopal.h"
#include "model/antibodies.h"

/* A number that an antibody has, as drug files write it. */
struct drug_constant {
    const char *name; /* key in a drug file */
    const char *unit;
    double lower, upper; /* what a drug file may say */
    bool lower_excluded; /* the value must be above `lower` */
    bool optional;       /* 0 when absent */
    double model_unit;   /* what one `unit` is in the unit of the member of struct antibody */
    size_t member;       /* offset in struct antibody */
    const char *example; /* a usual value with its unit */
    const char *meaning;
};

/* Row `index` of the table of constants, or NULL. */
const struct drug_constant *drug_constant_describe(size_t index);

/* The antibody's value of that constant, in `unit`. */
double drug_constant_get(const struct antibody *drug, const struct drug_constant *constant);

/* The target as drug files write it, such as "PD-L1", or NULL. */
const char *drug_target_name(enum antibody_target target);

/* Reads and checks a drug file; `text` receives the file as given unless it is NULL, to be freed. On error returns the
 * status, fills `error` with file, line, column and what to write instead, and leaves `drug` empty, which is safe to
 * free. The drug's texts are its own; drug_file_free frees them. */
enum abscopal_status drug_file_read(const char *path, struct antibody *drug, char **text, struct abscopal_error *error);
/* The same of a text that stands for that of the file. */
enum abscopal_status drug_file_read_text(const char *path, const char *text, struct antibody *drug,
                                         struct abscopal_error *error);
void drug_file_free(struct antibody *drug);

#endif
