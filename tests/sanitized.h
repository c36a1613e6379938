/* Whether a sanitizer watches the test: whole courses take it ten times as long, so that it has fewer patients. */
#ifndef ABSCOPAL_TESTS_SANITIZED_H
#define ABSCOPAL_TESTS_SANITIZED_H

enum { SANITIZED = ABSCOPAL_SANITIZED };

#endif
