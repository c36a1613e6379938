/* Trials from texts and results as arrays, for other languages; a part of abscopal.h, which includes it. The Python
 * package (docs/python.md) is made of these. */
#ifndef ABSCOPAL_ARRAYS_H
#define ABSCOPAL_ARRAYS_H

#include "abscopal.h"

#ifdef __cplusplus
extern "C" {
#endif

/* abscopal_trial_read of a text, at most a mebibyte, that stands for that of the file at `path`: files that it names
 * are found from there, and messages name it. There need not be such a file. Errors as abscopal_trial_read. */
ABSCOPAL_API abscopal_trial *abscopal_trial_read_text(const char *path, const char *text, struct abscopal_error *error);

/* The text that a trial was read from. */
ABSCOPAL_API const char *abscopal_trial_text(const abscopal_trial *trial);

/* The trial of results, which lives as long as they do. */
ABSCOPAL_API const abscopal_trial *abscopal_results_trial(const abscopal_results *results);

/* What made the results, with the names that the attributes of an HDF5 file have. Texts are borrowed. */
struct abscopal_results_description {
    const char *model;        /* the preset */
    const char *engine;       /* "cvode" or "batch" */
    const char *instructions; /* of its vectors, such as "AVX-512"; "" without vectors */
    uint64_t seed;
    size_t lanes;              /* courses at once in one thread */
    size_t sampled_patients;   /* of the cohort, of whom one alone may have been run */
    double relative_tolerance; /* of the integration */
    int weighted;              /* 1: patients have weights, those of a virtual population */
    char version[64];          /* of the abscopal that ran them */
};
ABSCOPAL_API void abscopal_results_describe(const abscopal_results *results,
                                            struct abscopal_results_description *description);

/* Types of values, as C has them. */
enum abscopal_value_type {
    ABSCOPAL_VALUE_REAL,    /* double; NaN stands for "none" */
    ABSCOPAL_VALUE_REAL32,  /* float; the same */
    ABSCOPAL_VALUE_INTEGER, /* int64_t */
    ABSCOPAL_VALUE_FLAG,    /* signed char, whose meanings abscopal_results_flag tells */
    ABSCOPAL_VALUE_TEXT     /* const char *, UTF-8, never NULL, borrowed: lives as long as the results */
};

enum { ABSCOPAL_MOST_DIMENSIONS = 4 };

/* A variable of results: what a file of them has under that name (docs/results.md). Those called as a dimension are
 * the names or numbers along it. Texts live as long as the library is loaded. */
struct abscopal_variable {
    const char *name;
    const char *units;   /* "1" for what has none */
    const char *meaning; /* in English */
    enum abscopal_value_type type;
    size_t bytes;                                     /* of all values */
    size_t rank;                                      /* dimensions; 0: a single value */
    const char *dimensions[ABSCOPAL_MOST_DIMENSIONS]; /* their names, the slowest first (C order) */
    size_t shape[ABSCOPAL_MOST_DIMENSIONS];           /* and sizes */
    size_t flag_count;                                /* values that ABSCOPAL_VALUE_FLAG can have */
};

/* How many variables these results have, and one of them, from 0. Returns ABSCOPAL_BAD_INPUT when there is none. */
ABSCOPAL_API size_t abscopal_results_variable_count(const abscopal_results *results);
ABSCOPAL_API enum abscopal_status abscopal_results_variable(const abscopal_results *results, size_t index,
                                                            struct abscopal_variable *variable);

/* A value that a flag can have, from 0 to flag_count - 1, and its name, such as "partial", cut at size. Returns
 * ABSCOPAL_BAD_INPUT when there is none, or ABSCOPAL_NO_MEMORY. */
ABSCOPAL_API enum abscopal_status abscopal_results_flag(const abscopal_results *results, const char *variable,
                                                        size_t index, signed char *value, char *name, size_t size);

/* Copies all values of a variable, in C order and with its shape, to `values`, which has room for `bytes`: exactly
 * abscopal_variable.bytes. They are, bit for bit, those of the file that abscopal_results_write_hdf5 makes. Returns
 * ABSCOPAL_BAD_INPUT when there is no such variable in these results, when `bytes` is another number, or when the
 * results are for summaries only (abscopal_run_to_file). */
ABSCOPAL_API enum abscopal_status abscopal_results_array(const abscopal_results *results, const char *name,
                                                         void *values, size_t bytes, struct abscopal_error *error);

#ifdef __cplusplus
}
#endif
#endif
