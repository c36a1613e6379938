#include "results/rows.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "protocols/error.h"
#include "results/maker.h"
#include "results/output.h"

/* Arrays of the results, in one file without a name; without a file, in memory that has none either. */
enum { ARRAY_COUNT = 7 };
struct results_pages {
    int descriptor; /* -1: none */
    size_t used;    /* bytes of the file */
    struct {
        char *memory;
        size_t bytes, patient_bytes;
        bool by_arm; /* [arm][patient] rather than [patient] */
    } arrays[ARRAY_COUNT];
    int count;
};

static size_t whole_pages(size_t bytes)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return (bytes + page) / page * page;
}

/* NULL with the system's reason in errno. Room on the disk is taken now, as there is no telling of it later. */
static void *pages_add(struct abscopal_results *rows, size_t patient_bytes, bool by_arm)
{
    struct results_pages *pages = rows->pages;
    const size_t size = whole_pages((by_arm ? rows->arm_count : 1) * rows->patient_count * patient_bytes);
    const bool on_disk = pages->descriptor >= 0;
    const int failure = on_disk ? posix_fallocate(pages->descriptor, (off_t)pages->used, (off_t)size) : 0;
    if (failure != 0) {
        errno = failure;
        return NULL;
    }
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, on_disk ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS,
                        pages->descriptor, on_disk ? (off_t)pages->used : 0);
    if (memory == MAP_FAILED)
        return NULL;
    pages->arrays[pages->count].memory = memory;
    pages->arrays[pages->count].bytes = size;
    pages->arrays[pages->count].patient_bytes = patient_bytes;
    pages->arrays[pages->count++].by_arm = by_arm;
    pages->used += size;
    return memory;
}

static void pages_free(struct abscopal_results *results)
{
    struct results_pages *pages = results->pages;
    for (int i = 0; i < pages->count; i++)
        munmap(pages->arrays[i].memory, pages->arrays[i].bytes);
    if (pages->descriptor >= 0)
        close(pages->descriptor);
    free(pages);
    results->pages = NULL;
    results->patients = NULL;
    results->arms = NULL;
    results->allocation = NULL;
    results->responses = results->new_lesions = NULL;
    results->diameters_mm = results->weights = NULL;
}

enum abscopal_status rows_refuse(const char *path, struct abscopal_error *error)
{
    return error_set(error, ABSCOPAL_BAD_INPUT, path, 0, 0,
                     "these results are for summaries only, as of a run into a file: read that file instead");
}

/* Whole pages, so that neighbours may go as well; and some before them, as the system maps pages around those that are
 * read, those that were let go before among them. */
static void pages_let_go(const struct abscopal_results *results, size_t first, size_t count)
{
    enum { BYTES_AROUND = 1 << 20 };
    const struct results_pages *pages = results->pages;
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    if (pages->descriptor < 0)
        return;
    for (int i = 0; i < pages->count; i++)
        for (size_t arm = 0; arm < (pages->arrays[i].by_arm ? results->arm_count : 1); arm++) {
            const size_t each = pages->arrays[i].patient_bytes, begin = results_row(results, arm, first) * each;
            const size_t skipped = begin > BYTES_AROUND ? (begin - BYTES_AROUND) / page * page : 0;
            const size_t end = begin + count * each;
            madvise(pages->arrays[i].memory + skipped, end - skipped, MADV_DONTNEED);
        }
}

/* Negative with the system's reason. The name is given up at once, so that nothing is left behind, whatever happens. */
static int nameless_file(const char *folder)
{
    char *path = NULL;
    if (asprintf(&path, "%s/rows-XXXXXX", folder) < 0)
        return -1;
    const int descriptor = mkostemp(path, O_CLOEXEC);
    if (descriptor >= 0)
        unlink(path);
    free(path);
    return descriptor;
}

/* False with the system's reason. */
static bool arrays_make(struct abscopal_results *rows, bool weighted)
{
    const size_t visits = rows->visit_count;
    const bool on_days =
        rows->trial->file.observed_count > 0; /* then responses out of field on a day may be asked for */
    rows->patients = pages_add(rows, sizeof *rows->patients, false);
    rows->arms = rows->patients != NULL ? pages_add(rows, sizeof *rows->arms, true) : NULL;
    rows->allocation = rows->arms != NULL ? pages_add(rows, sizeof *rows->allocation, false) : NULL;
    rows->responses = rows->allocation != NULL ? pages_add(rows, visits, true) : NULL;
    rows->new_lesions = rows->responses != NULL ? pages_add(rows, visits, true) : NULL;
    bool good = rows->new_lesions != NULL;
    if (good && on_days)
        rows->diameters_mm = pages_add(rows, visits * rows->lesion_count * sizeof *rows->diameters_mm, true);
    good = good && (!on_days || rows->diameters_mm != NULL);
    if (good && weighted)
        rows->weights = pages_add(rows, sizeof *rows->weights, false);
    return good && (!weighted || rows->weights != NULL);
}

/* One copy of every text: few are different. NULL without memory. */
static const char *text_keep(struct results_origin *origin, const char *text)
{
    if (text == NULL)
        return "";
    for (size_t i = 0; i < origin->text_count; i++)
        if (strcmp(origin->texts[i], text) == 0)
            return origin->texts[i];
    char *copy = strdup(text);
    char **const texts = copy != NULL ? realloc(origin->texts, (origin->text_count + 1) * sizeof *origin->texts) : NULL;
    if (texts == NULL) {
        free(copy);
        return NULL;
    }
    origin->texts = texts;
    return texts[origin->text_count++] = copy;
}

/* What does not depend on patients. */
static bool header_copy(struct abscopal_results *rows, const struct abscopal_results *block)
{
    rows->trial = block->trial;
    rows->seed = block->seed;
    rows->relative_tolerance = block->relative_tolerance;
    rows->engine = block->engine;
    rows->lanes = block->lanes;
    rows->threads = block->threads;
    rows->arm_count = block->arm_count;
    rows->visit_count = block->visit_count;
    rows->sampled_count = block->sampled_count;
    rows->lesion_count = block->lesion_count;
    rows->visit_days = malloc(block->visit_count * sizeof *rows->visit_days);
    rows->origin = calloc(1, sizeof *rows->origin);
    rows->course_days = malloc((block->course_count + 1) * sizeof *rows->course_days);
    if (rows->visit_days == NULL || rows->origin == NULL || rows->course_days == NULL)
        return false;
    rows->course_count = block->course_count;
    for (size_t i = 0; i < block->course_count; i++)
        rows->course_days[i] = block->course_days[i];
    rows->origin->maker = results_maker_of(block);
    memcpy(rows->visit_days, block->visit_days, block->visit_count * sizeof *rows->visit_days);
    rows->instructions = text_keep(rows->origin, block->instructions);
    return rows->instructions != NULL;
}

struct abscopal_results *rows_create(const struct abscopal_results *block, size_t patients, const char *folder,
                                     struct abscopal_error *error)
{
    struct abscopal_results *rows = calloc(1, sizeof *rows);
    struct results_pages *pages = calloc(1, sizeof *pages);
    if (rows == NULL || pages == NULL || !header_copy(rows, block)) {
        free(pages);
        abscopal_results_free(rows);
        error_no_memory(error);
        return NULL;
    }
    rows->patient_count = patients;
    rows->pages = pages;
    rows->pages_free = pages_free;
    rows->pages_let_go = pages_let_go;
    pages->descriptor = folder != NULL ? nameless_file(folder) : -1;
    if ((folder == NULL || pages->descriptor >= 0) && arrays_make(rows, block->weights != NULL))
        return rows;
    const int cause = errno;
    abscopal_results_free(rows);
    output_failed(folder, folder != NULL ? cause : ENOMEM, error);
    return NULL;
}

/* ---- Patients --------------------------------------------------------------------------------------- */

static bool failure_take(struct abscopal_results *rows, struct integration_failure *failure)
{
    if (failure->code == 0)
        return true;
    failure->reason = text_keep(rows->origin, failure->reason);
    failure->worst_state = failure->worst_state != NULL ? text_keep(rows->origin, failure->worst_state) : NULL;
    failure->last_event = text_keep(rows->origin, failure->last_event);
    return failure->reason != NULL && failure->last_event != NULL;
}

bool rows_fit(const struct abscopal_results *rows, const struct abscopal_results *block)
{
    return block->arm_count == rows->arm_count && block->visit_count == rows->visit_count &&
           block->lesion_count == rows->lesion_count && block->course_count == rows->course_count &&
           (block->weights != NULL) == (rows->weights != NULL) && block->seed == rows->seed &&
           block->relative_tolerance == rows->relative_tolerance && block->engine == rows->engine &&
           memcmp(block->visit_days, rows->visit_days, rows->visit_count * sizeof *rows->visit_days) == 0;
}

bool rows_take(struct abscopal_results *rows, const struct abscopal_results *block, size_t row)
{
    const size_t n = block->patient_count, visits = rows->visit_count;
    bool good = true;
    memcpy(rows->patients + row, block->patients, n * sizeof *rows->patients);
    memcpy(rows->allocation + row, block->allocation, n * sizeof *rows->allocation);
    if (rows->weights != NULL)
        memcpy(rows->weights + row, block->weights, n * sizeof *rows->weights);
    for (size_t i = 0; i < n; i++)
        good = failure_take(rows, &rows->patients[row + i].failure) && good;
    for (size_t arm = 0; arm < rows->arm_count; arm++) {
        const size_t to = results_row(rows, arm, row), from = results_row(block, arm, 0);
        memcpy(rows->arms + to, block->arms + from, n * sizeof *rows->arms);
        memcpy(rows->responses + to * visits, block->responses + from * visits, n * visits);
        memcpy(rows->new_lesions + to * visits, block->new_lesions + from * visits, n * visits);
        if (rows->diameters_mm != NULL)
            memcpy(rows->diameters_mm + to * visits * rows->lesion_count,
                   block->diameters_mm + from * visits * rows->lesion_count,
                   n * visits * rows->lesion_count * sizeof *rows->diameters_mm);
    }
    pages_let_go(rows, row, n);
    return good;
}
