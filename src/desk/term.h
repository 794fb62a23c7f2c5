#ifndef DESK_TERM_H
#define DESK_TERM_H

#include "base/buf.h"

/*
 * The person's terminal: standard input, read key by key, and standard error.
 * It is in this mode only while a call waits; it is left as it was found
 * whatever happens, a signal included (which then ends the process as it would
 * have), and while the process is stopped.  Full-width letters and digits are the plain ones, capitals small ones.
 */
#define TERM_END	(-1)	/* Ctrl-D, or the terminal is gone */

/*
 * From term_quiet() to term_loud() it shows nothing of what is typed either
 * where no call waits, which then is thrown away: a PIN is typed too early, or
 * once more.  Another process that is to read the terminal wants it loud.
 */
void	term_quiet(void);
void	term_loud(void);

/*
 * Shows the prompt; the next key that is one of keys, or TERM_END.  Enter does
 * nothing, any other key rings.
 */
int	term_key(const char *prompt, const char *keys);

/*
 * Shows the prompt; a line that the person types and corrects, without its end,
 * appended to out; "" where nothing was typed.  An Enter that comes right after
 * the prompt belongs to the key before and does nothing.  0, or TERM_END.
 */
int	term_line(const char *prompt, struct buf *out);

/*
 * Calls turn(ctx), which does not take long, again and again: what it returns
 * when that is not 0; or 0 when one of keys was pressed meanwhile.
 */
int	term_until_key(const char *keys, int (*turn)(void *ctx), void *ctx);

/*
 * Waits until one of keys is pressed, which is returned; or 0 when one of the n
 * descriptors (-1: none) can be read, ms have passed or a signal came; or
 * TERM_END.  Other keys do nothing.  keys NULL: nobody sits there.
 */
#define TERM_FDS_MAX	4
int	term_wait(const char *keys, const int *fds, size_t n, int ms);

/*
 * Shows the prompt and waits for Enter, or the end of the terminal; nothing that
 * is typed before it is shown or kept.
 */
void	term_until_enter(const char *prompt);

/*
 * Takes away what was typed, and where that is anything, or somebody types
 * within a second of term_pin_typed(), also what follows until nobody has typed
 * for a second: whoever types a PIN once more does not answer the question that
 * is now to be shown.
 */
void	term_settle(void);
void	term_pin_typed(void);

/* Before somebody else reads the terminal: the Enter that habit puts after a key is taken away. */
void	term_swallow_enter(void);

#endif
