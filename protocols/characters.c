#include "protocols/characters.h"

#include <string.h>

size_t character_length(const char *text, size_t left)
{
    const unsigned char *byte = (const unsigned char *)text;
    const size_t length = byte[0] < 0x80 ? 1 : byte[0] < 0xc2 ? 0 : byte[0] < 0xe0 ? 2 : byte[0] < 0xf0 ? 3 : 4;
    if (length == 0 || length > left || byte[0] > 0xf4)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((byte[i] & 0xc0) != 0x80)
            return 0;
    if ((byte[0] == 0xe0 && byte[1] < 0xa0) || (byte[0] == 0xed && byte[1] > 0x9f) ||
        (byte[0] == 0xf0 && byte[1] < 0x90) || (byte[0] == 0xf4 && byte[1] > 0x8f))
        return 0;
    return length;
}

bool character_is_control(const char *text, size_t length)
{
    const unsigned char *byte = (const unsigned char *)text;
    return length == 1 ? byte[0] < 0x20 || byte[0] == 0x7f : length == 2 && byte[0] == 0xc2 && byte[1] < 0xa0;
}

void characters_make_plain(char *text)
{
    const char *end = text + strlen(text);
    for (char *at = text; at < end;) {
        const size_t length = character_length(at, (size_t)(end - at)), step = length > 0 ? length : 1;
        if (length == 0 || character_is_control(at, length))
            memset(at, '?', step);
        at += step;
    }
}
