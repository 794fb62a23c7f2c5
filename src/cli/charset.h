#ifndef CLI_CHARSET_H
#define CLI_CHARSET_H

/*
 * Everything is written in UTF-8: names have characters that no other set of a
 * terminal has.  Where the locale names another one and a person would see it,
 * says so on standard error, in ASCII.  The locale C names none.
 */
void	charset_warn(void);

#endif
