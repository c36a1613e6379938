#include "results/text.h"

#include <stdbool.h>
#include <string.h>

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

void text_write_paragraph(FILE *file, const char *label, const char *text, int width)
{
    static const char *const blanks = " \n\r\t";
    fprintf(file, "%s:", label);
    int column = text_width(label) + 1;
    for (text += strspn(text, blanks); *text != '\0'; text += strspn(text, blanks)) {
        const size_t length = strcspn(text, blanks);
        int word = 0;
        for (size_t i = 0; i < length; i++)
            word += ((unsigned char)text[i] & 0xC0) != 0x80;
        const bool breaks = column + 1 + word > width;
        fputs(breaks ? "\n  " : " ", file);
        column = (breaks ? 2 : column + 1) + word;
        for (size_t i = 0; i < length; i++)
            fputc((unsigned char)text[i] < 0x20 || text[i] == 0x7F ? '?' : text[i], file);
        text += length;
    }
    fputc('\n', file);
}

static bool needs_quotes(const char *text)
{
    return strpbrk(text, ",\"\r\n") != NULL;
}

static void write_doubling_quotes(FILE *file, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '"')
            fputc('"', file);
        fputc(*text, file);
    }
}

void text_write_csv_field(FILE *file, const char *text)
{
    if (!needs_quotes(text)) {
        fputs(text, file);
        return;
    }
    fputc('"', file);
    write_doubling_quotes(file, text);
    fputc('"', file);
}

void text_write_csv_field_joined(FILE *file, const char *text, const char *further)
{
    const bool quoted = needs_quotes(text) || needs_quotes(further);
    if (quoted)
        fputc('"', file);
    write_doubling_quotes(file, text);
    fputc('-', file);
    write_doubling_quotes(file, further);
    if (quoted)
        fputc('"', file);
}
