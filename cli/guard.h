/* Files of HDF5 from elsewhere, tried by a process of their own first.
 *
 * The library reads a file's layout and values without trust (results/hdf5_layout.h), but what stands between them and
 * the bytes is HDF5's, and version 1.10.8 crashes on some files whose own structures are damaged, such as the heap that
 * texts are in. So a child process reads the whole file first, with bounds on its memory and processor time, and sends
 * back what came of it. If it crashes or never ends, that is all the command knows of the file, and says so. If it
 * fails, its message is the command's. Only a file that the child has read to the end is read by the command, too: by
 * the same steps from the same state of memory, of which the child had a copy, so that what did not crash there does
 * not here either, unless the file was changed meanwhile.
 *
 * Weighed against it: catching the signal and going on is undefined, as memory may be damaged already; a checksum in
 * the file finds flipped bits but not a file made to do harm, and files of earlier versions have none; handing the
 * child's results over would need a format of its own, with a reader to be trusted in turn; doing all the work in the
 * child would spare the second reading, but would put every signal, terminal and exit code of a long run through two
 * processes. */
#ifndef ABSCOPAL_CLI_GUARD_H
#define ABSCOPAL_CLI_GUARD_H

#include "cli/options.h"

/* Reads a file as the command will, and forgets what was in it. */
typedef enum abscopal_status guarded_reader(const char *path, struct abscopal_error *error);

/* Results of a trial; results or a sweep; anything, as `inspect` shows it. */
guarded_reader guard_read_results, guard_read_any, guard_read_inspected;

/* Whether the file can be read; otherwise prints the message, and *code is what to end with. To be called before there
 * are any threads. */
bool guard_passes(const char *path, guarded_reader *read, enum exit_code *code);

#endif
