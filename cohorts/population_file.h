/* Virtual populations: how much each plausible patient of a cohort counts (docs/population.md). A file of them is CSV,
 * the columns patient and weight, below a head of comments that says what the weights are of. */
#ifndef ABSCOPAL_COHORTS_POPULATION_FILE_H
#define ABSCOPAL_COHORTS_POPULATION_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "abscopal.h"

struct yaml_document;

struct population {
    char *path;
    char *name; /* of the file, as the cohort file has it; NULL: no cohort file names it */
    uint64_t seed;
    uint64_t cohort; /* population_cohort_hash of the cohort that the weights were made for */
    size_t patients;
    double *weights; /* [patients], finite, not negative, at least one above 0; NULL: there is no population */
};

/* Reads the file and checks it to the letter. Returns ABSCOPAL_BAD_INPUT, with the place and what to write instead, or
 * ABSCOPAL_NO_MEMORY, both with an empty population, or ABSCOPAL_OK. */
enum abscopal_status population_file_read(const char *path, struct population *population,
                                          struct abscopal_error *error);
void population_free(struct population *population);

/* Writes what population_file_read reads, with all digits, and the effective number of patients. Errors are the
 * stream's; the locale must have a decimal point. */
void population_file_write(FILE *file, const struct population *population);

/* Of patient `id`, from 1; 1 without a population, and beyond it. */
double population_weight(const struct population *population, uint64_t id);

/* (sum of weights)^2 / (sum of their squares): Kish 1965, Survey Sampling, 11.7. 0 without any. */
double population_effective(const double *weights, size_t count);

/* Tells cohorts apart whose patients differ: FNV-1a (64 bits) of the file's text without comments, blank lines, and the
 * keys name, patients, seed and population, which stand at the beginning of a line. */
uint64_t population_cohort_hash(const char *text);

/* Reads the file that the key `population` of a cohort file names, if it has that key, relative to it, and checks that
 * its weights are of this cohort, its seed and at least so many patients. With texts that stand for files the
 * population has a name and no weights. Errors are the document's. */
void population_key_read(struct yaml_document *document, size_t patients, uint64_t seed, struct population *population);

/* Whether a run of patients up to that number with that seed has weights: ABSCOPAL_BAD_INPUT and what to do, or
 * ABSCOPAL_OK, as without a population. `design` is the number of patients that a Latin hypercube is for, 0 where those
 * of another number would be the same. */
enum abscopal_status population_check_run(const struct population *population, uint64_t seed, uint64_t patients,
                                          uint64_t design, struct abscopal_error *error);

#endif
