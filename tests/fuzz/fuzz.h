/* Targets for fuzzing: each fuzz_NAME.c gives bytes to one reader of files as a file might have them. libFuzzer runs
 * them (ABSCOPAL_FUZZ, scripts/fuzz), and every ordinary test run does with the corpora (replay.c). */
#ifndef ABSCOPAL_TESTS_FUZZ_FUZZ_H
#define ABSCOPAL_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* The target: reads the bytes and frees what came of them. Returns 0; -1 tells libFuzzer not to keep them. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Writes the bytes to a file of that name in a folder of this process's own, in memory where there is such a file
 * system, and removed at its end; a name may have a folder in front. Returns its path, which stays; aborts when it
 * cannot be written. One file of a name at a time. */
const char *fuzz_file(const char *name, const uint8_t *data, size_t size);

/* The same, once, with the contents of a file of the source tree, such as "cohorts/advanced-nsclc.yaml": for what the
 * files under test name. */
const char *fuzz_file_of_source(const char *name, const char *source);

/* The bytes as a text with a final zero, to be freed; NULL when they have a zero, which ends any text. */
char *fuzz_text(const uint8_t *data, size_t size);

#endif
