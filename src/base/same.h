#ifndef BASE_SAME_H
#define BASE_SAME_H

#include <stdbool.h>

/*
 * What two names, or two readings, are to each other.  Untold: all that either
 * has is stand-ins, or they contradict each other nowhere but no character that
 * can be read agrees.
 */
enum { NAMES_DIFFER, NAMES_UNTOLD, NAMES_AGREE };

/*
 * As a reader takes them, or -1 when there is no memory or a text is no UTF-8.
 * Width, blanks, what sets the parts of a name apart (・ , . =), characters that
 * can not be seen, the size of kana, the kind of dash and apostrophe and the case
 * of letters do not matter, nor a dash or apostrophe behind a Latin letter; a dash
 * after kana is ー, 々 and 〻 the kanji before them, ゝ and ゞ the kana before them, and
 * old and variant shapes of a kanji (base/kanji.h) are that kanji.  In a reading
 * hiragana and katakana are one, too.  ● and other stand-ins for what could not
 * be shown match any one character.
 */
int	same_name(const char *a, const char *b);
int	same_kana(const char *a, const char *b);

/* Whether all of it could be shown: no stand-in, and nothing that is no UTF-8. */
bool	same_is_shown(const char *s);

/* Character for character, with the same stand-ins and nothing else; well-formed UTF-8. */
int	same_shown(const char *a, const char *b);

/* Width and blanks do not matter, as in an address; 1, 0, -1 when there is no memory. */
int	same_text(const char *a, const char *b);

#endif
