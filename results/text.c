#include "results/text.h"

int text_width(const char *text)
{
    int width = 0;
    for (; *text != '\0'; text++)
        width += ((unsigned char)*text & 0xC0) != 0x80;
    return width;
}

void text_write_name(FILE *file, const char *name, int width)
{
    for (const char *c = name; *c != '\0'; c++)
        fputc((unsigned char)*c < 0x20 || *c == 0x7F ? '?' : *c, file);
    for (int column = text_width(name); column < width; column++)
        fputc(' ', file);
}
