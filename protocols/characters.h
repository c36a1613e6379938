/* Characters of texts that others may have written. */
#ifndef ABSCOPAL_PROTOCOLS_CHARACTERS_H
#define ABSCOPAL_PROTOCOLS_CHARACTERS_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the UTF-8 character at text (RFC 3629), 0 when there is none: what follows is cut short, overlong, a
 * surrogate or past U+10FFFF. */
size_t character_length(const char *text, size_t left);

/* Whether a character (of that length) is one of control, which a terminal may obey: C0, DEL or C1 (U+0080 to U+009F).
 */
bool character_is_control(const char *text, size_t length);

/* Control characters, and bytes that are not UTF-8, which some terminals take for C1, become question marks. */
void characters_make_plain(char *text);

#endif
