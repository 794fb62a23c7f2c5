#ifndef SHIKAKU_ERROR_H
#define SHIKAKU_ERROR_H

#include <stdbool.h>

/*
 * libshikaku: the decision engine, the card and the client of the online
 * eligibility service, for a レセコン or another program that has its own
 * main().  Start with <shikaku/decide.h>; docs/examples/embed.c uses it.
 *
 * Rules for all of it:
 *
 *   results	int functions return 0, or -1 and fill the struct shikaku_error
 *		they are given; pointer functions return NULL in its place.  It
 *		is written on failure only and may be NULL.
 *   ownership	what a function named _open, _new, _load, _parse, _embedded or
 *		_decide gives you is yours to close or free; every other
 *		pointer is borrowed and says from what.  NULL may be freed.
 *   text	UTF-8, NUL-terminated.  Texts of a card, a service or a rule
 *		file are not yours: escape them before a terminal or a page.
 *   threads	nothing is shared between objects.  One object is used by one
 *		thread at a time; struct shikaku_rules, once there, and
 *		struct shikaku_anchors, once filled, by any number.
 *   the host	is left alone: no output, no signal handler, no child process,
 *		no clock but the monotonic one for deadlines.  Files are read
 *		where a path is given.  libcurl, libcrypto and libsodium set
 *		themselves up, which they do once and safely.
 *
 * Link with libshikaku.a -ljson-c -lsodium -lutf8proc -lcrypto.
 */
#ifdef __cplusplus
#define SHIKAKU_API	extern "C" __attribute__((visibility("default")))
#else
#define SHIKAKU_API	__attribute__((visibility("default")))
#endif

enum shikaku_language { SHIKAKU_JA, SHIKAKU_EN };

/*
 * What went wrong.  exit_status and code are stable and listed by "shikaku
 * help exit"; message is not.  No field ever holds a PIN, a key or a value
 * of the patient's.
 */
struct shikaku_error {
	int	exit_status;	/* 2..130: what the command line would end with */
	char	code[32];	/* "PIN_WRONG", "SERVICE_TIMEOUT", ... */
	int	tries_left;	/* of the PIN, where the card told it; else -1 */
	bool	pin_sent;	/* to the card, which may have counted it */
	char	message[240];	/* English, for the log and the technician */
};

/* Whether the same call can succeed later with nothing changed, and costs nothing: never with pin_sent. */
SHIKAKU_API bool	 shikaku_error_retryable(const struct shikaku_error *e);

/* One sentence for the desk; a constant. */
SHIKAKU_API const char	*shikaku_error_text(const struct shikaku_error *e,
			    enum shikaku_language language);

/* "MAJOR.MINOR.PATCH"; a constant. */
SHIKAKU_API const char	*shikaku_version(void);

#endif
