#ifndef CARD_READER_LIST_H
#define CARD_READER_LIST_H

#include <stdbool.h>
#include <stddef.h>

/* The card readers there are, as the helper sees them and the desk is told of them. */
#define READER_MAX	16	/* what pcscd can hold */
#define READER_NAME_MAX	128	/* bytes with the NUL */

struct reader_list {
	size_t	n;
	struct {
		char		name[READER_NAME_MAX];
		bool		present;	/* some card lies there */
		bool		exclusive;	/* another program has the card for itself */
		int		changes;	/* 0..65535: another when a card came or went */
		unsigned long	state;		/* the helper's alone: as SCardGetStatusChange gave it */
	} reader[READER_MAX];
};

/*
 * Whether --reader means the i-th: it is called just that, or has that in its
 * name where no reader is called just that.  NULL means every one.
 */
bool	reader_is_meant(const struct reader_list *l, size_t i, const char *wanted);

#endif
