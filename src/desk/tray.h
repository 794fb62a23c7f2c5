#ifndef DESK_TRAY_H
#define DESK_TRAY_H

#include "desk/reader.h"

/*
 * The cards on the readers, from one patient to the next: which one is to be
 * taken.  A card that was dealt with stays so until it is taken away, so that
 * one left lying is not checked again.  No I/O; zeroed before use.
 */
struct tray {
	struct reader_list	list;	/* as told last */
	struct {
		char	name[READER_NAME_MAX];
		int	changes;
	} done[READER_MAX];		/* where a card lies that was dealt with */
	size_t			dones;
};

/* How the readers are now, those that are meant (reader_is_meant()). */
void	tray_update(struct tray *t, const struct reader_list *now, const char *wanted);

/* The place in t->list of the first card that is new, or -1; *cards: how many there are. */
int	tray_next(const struct tray *t, size_t *cards);

/* Every card that lies there was dealt with. */
void	tray_done(struct tray *t);
/* What lies there is new again. */
void	tray_again(struct tray *t);

/* Does a card lie there that was dealt with? */
bool	tray_lies(const struct tray *t);

#endif
