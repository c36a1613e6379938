/* Treatments of an arm as NONMEM-style records: one dose or event a line, comma-separated, with a line of names. */
#ifndef ABSCOPAL_PROTOCOLS_NONMEM_READ_H
#define ABSCOPAL_PROTOCOLS_NONMEM_READ_H

#include "protocols/trial_file.h"
#include "protocols/yaml.h"

/* The columns as they are written. Read are those of the names known, in any order and letter case; others are passed
 * over, and "." or nothing is 0 or absent.
 *     ID        the arm's number, from 1; read where there is no ARM
 *     TIME      d since the trial's day 0
 *     EVID      1: a dose; 2: a fraction of radiotherapy (an "other" event, which may say nothing of doses); when read
 *               0, an observation, is passed over, and 3 and 4, resets, are refused
 *     CMT       the drug's number, from 1, in order of appearance in the trial; 0 of fractions. Not read: DRUG says it
 *     AMT       of UNIT
 *     RATE      of UNIT per d; 0: a bolus
 *     II, ADDL  interval in d and number of further doses
 *     SS        not written; 0 when read
 *     GY        Gy of a fraction
 *     COURSE    which fractions have one field and make one treatment: its number in the arm
 *     COVERAGE, ABOVE   share in the field, of lesions above so many L; 0 when read: all of it
 *     NODES     1 where the draining nodes are in the field
 *     LESIONS   numbers with blanks between, or a choice as in trial files
 *     DRUG      its name in the trial
 *     UNIT      mg or mg/kg
 *     ARM       the arm's name */
extern const char nonmem_columns[];

/* Drugs of a trial at most. */
enum { NONMEM_MOST_DRUGS = 64 };

/* The choice's name in trial files; "" for a list of lesions. */
const char *nonmem_lesion_choice(enum lesion_choice choice);

/* The file's text, to be freed; NULL, with the document failed at the node, when it cannot be read. */
char *nonmem_text(struct yaml_document *document, const struct yaml_node *node, const char *path);

/* Reads the treatments of the arm so called in the file's text, for the trial, whose preset, drugs and horizon have
 * been read, into `arm`, in order of their first lines. On failure the document's status says so, with the file and its
 * line, at the node. */
void nonmem_read(struct yaml_document *document, const struct yaml_node *node, const char *path, const char *text,
                 const char *name, const struct trial_file *trial, struct arm *arm);

#endif
