#ifndef BASE_SAME_H
#define BASE_SAME_H

/*
 * Whether two names, or two readings, are the same to a reader: width, blanks
 * and the kind and size of kana (readings), vendor variants of kanji (names) do
 * not matter; ● and other stand-ins for what could not be shown match any one
 * character.  1, 0, or -1 when there is no memory or a text is no UTF-8.
 */
int	same_name(const char *a, const char *b);
int	same_kana(const char *a, const char *b);

/* Character for character, with the same stand-ins and nothing else; well-formed UTF-8. */
int	same_shown(const char *a, const char *b);

/* Width and blanks do not matter, as in an address; 1, 0, -1 as above. */
int	same_text(const char *a, const char *b);

#endif
