#include "trial/endpoint_classes.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* What is left of an outcome; days that nobody asks for are 0. */
static struct patient_outcome reduced(enum endpoint_likeness likeness, const struct patient_outcome *outcome)
{
    const bool responded = endpoints_is_response(outcome->best_confirmed);
    if (likeness == ENDPOINT_LIKE_IN_COMPARED)
        return (struct patient_outcome){.best_confirmed = responded ? RESPONSE_PARTIAL : RESPONSE_NOT_EVALUABLE,
                                        .pfs_day = outcome->pfs_day,
                                        .pfs_event = outcome->pfs_event};
    return (struct patient_outcome){.best_confirmed = outcome->best_confirmed,
                                    .at_horizon = outcome->at_horizon,
                                    .confirmed_response_day = responded ? outcome->confirmed_response_day : 0,
                                    .response_end_day = responded ? outcome->response_end_day : 0,
                                    .response_ended = responded && outcome->response_ended,
                                    .pfs_day = outcome->pfs_day,
                                    .pfs_event = outcome->pfs_event};
}

/* What tells one from another, without padding between. Without a patient in the arm all are 0. */
enum { KEY_WORDS = 7 };
struct key {
    uint64_t words[2 * KEY_WORDS];
};

static uint64_t bits_of(double day)
{
    uint64_t bits;
    memcpy(&bits, &day, sizeof bits);
    return bits;
}

static void key_fill(uint64_t *words, bool there, const struct patient_outcome *outcome)
{
    const uint64_t filled[KEY_WORDS] = {there,
                                        (uint64_t)outcome->best_confirmed,
                                        (uint64_t)outcome->at_horizon,
                                        bits_of(outcome->confirmed_response_day),
                                        bits_of(outcome->response_end_day),
                                        (uint64_t)outcome->response_ended << 1 | outcome->pfs_event,
                                        bits_of(outcome->pfs_day)};
    memcpy(words, filled, sizeof filled);
}

static struct key key_of(const struct endpoint_classes *classes, size_t i)
{
    struct key key;
    for (int arm = 0; arm < 2; arm++)
        key_fill(key.words + arm * KEY_WORDS, classes->copies[arm][i] > 0, &classes->outcomes[arm][i]);
    return key;
}

/* FNV-1a by words, then mixed: days have their last bits all 0. */
static size_t hash_of(const struct key *key)
{
    uint64_t hash = 14695981039346656037U;
    for (size_t i = 0; i < sizeof key->words / sizeof *key->words; i++) {
        hash = (hash ^ key->words[i]) * 1099511628211U;
        hash ^= hash >> 32;
    }
    return (size_t)hash;
}

/* Where the class stands or would stand. There is always a free slot. */
static size_t slot_of(const struct endpoint_classes *classes, const struct key *key)
{
    size_t slot = hash_of(key) & (classes->slot_count - 1);
    for (; classes->slots[slot] > 0; slot = (slot + 1) & (classes->slot_count - 1)) {
        const struct key other = key_of(classes, classes->slots[slot] - 1);
        if (memcmp(&other, key, sizeof other) == 0)
            break;
    }
    return slot;
}

/* Room for as many classes; false without memory, with what was there. */
static bool arrays_enlarge(struct endpoint_classes *classes, size_t room)
{
    size_t *const numbers = realloc(classes->numbers, room * sizeof *numbers);
    bool good = numbers != NULL;
    if (numbers != NULL)
        classes->numbers = numbers;
    for (int arm = 0; arm < 2; arm++) {
        struct patient_outcome *const outcomes = realloc(classes->outcomes[arm], room * sizeof *outcomes);
        size_t *const copies = realloc(classes->copies[arm], room * sizeof *copies);
        if (outcomes != NULL)
            classes->outcomes[arm] = outcomes;
        if (copies != NULL)
            classes->copies[arm] = copies;
        good = good && outcomes != NULL && copies != NULL;
    }
    return good;
}

/* Room for twice as many, at least for a few; half of the slots stay free. */
static bool grow(struct endpoint_classes *classes)
{
    const size_t room = classes->room > 0 ? 2 * classes->room : 64;
    if (!arrays_enlarge(classes, room))
        return false;
    size_t *const slots = calloc(2 * room, sizeof *slots);
    if (slots == NULL)
        return false;
    free(classes->slots);
    classes->slots = slots;
    classes->slot_count = 2 * room;
    classes->room = room;
    for (size_t i = 0; i < classes->n; i++) {
        const struct key key = key_of(classes, i);
        classes->slots[slot_of(classes, &key)] = i + 1;
    }
    return true;
}

bool endpoint_classes_add(struct endpoint_classes *classes, const struct patient_outcome *first,
                          const struct patient_outcome *second)
{
    const struct patient_outcome *const outcomes[] = {first, second};
    struct patient_outcome kept[2] = {0};
    struct key key;
    if (classes->n == classes->room && !grow(classes))
        return false;
    for (int arm = 0; arm < 2; arm++) {
        if (outcomes[arm] != NULL)
            kept[arm] = reduced(classes->likeness, outcomes[arm]);
        key_fill(key.words + arm * KEY_WORDS, outcomes[arm] != NULL, &kept[arm]);
    }
    const size_t slot = slot_of(classes, &key);
    if (classes->slots[slot] == 0) {
        const size_t i = classes->n++;
        for (int arm = 0; arm < 2; arm++) {
            classes->outcomes[arm][i] = kept[arm];
            classes->copies[arm][i] = 0;
        }
        classes->numbers[i] = i;
        classes->slots[slot] = i + 1;
    }
    for (int arm = 0; arm < 2; arm++)
        classes->copies[arm][classes->slots[slot] - 1] += outcomes[arm] != NULL;
    return true;
}

struct endpoint_group endpoint_classes_group(const struct endpoint_classes *classes, int arm)
{
    return (struct endpoint_group){.n = classes->n,
                                   .outcomes = classes->outcomes[arm],
                                   .patients = classes->numbers,
                                   .copies = classes->copies[arm]};
}

void endpoint_classes_free(struct endpoint_classes *classes)
{
    for (int arm = 0; arm < 2; arm++) {
        free(classes->outcomes[arm]);
        free(classes->copies[arm]);
    }
    free(classes->numbers);
    free(classes->slots);
    *classes = (struct endpoint_classes){.likeness = classes->likeness};
}
