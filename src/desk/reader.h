#ifndef DESK_READER_H
#define DESK_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "card/jpki.h"
#include "card/message.h"

/*
 * The desk's side of shikaku-reader, the program that reads the card and
 * alone sees the PIN.  Every machine wait has a deadline in milliseconds; at
 * the deadline the helper is killed, because PC/SC calls may block for ever,
 * and the error is ERR_READER_TIMEOUT.  After that, or after ERR_READER_HELPER,
 * only reader_stop() is of use.
 */
#define READER_MAX	16
#define READER_NAME_MAX	128	/* bytes with the NUL */

struct reader;	/* one running shikaku-reader */

struct reader_request {
	const char	*reader_name;	/* part of a name; NULL: where a My Number card answers */
	const char	*card_file;	/* fixture card in place of PC/SC, or NULL */
	const char	*trace_file;	/* APDU log, or NULL */
	int		 wait_ms;	/* for a card to be presented; 0 if it must lie there */
};

struct reader_card {
	char			reader[READER_NAME_MAX];
	char			token[JPKI_TOKEN_LEN + 1];
	enum jpki_medium	medium;		/* a card or a phone */
	int			tries_left;	/* 0 blocked, -1 not known */
	bool			no_sign_certificate;	/* looked at when blocked: likely no PIN */
	bool			certificate_needs_pin;	/* a phone: no more can be done here */
	uint8_t			certificate[JPKI_CERTIFICATE_MAX];
	size_t			certificate_len;
};

struct reader_list {
	size_t	n;
	struct {
		char	name[READER_NAME_MAX];
		bool	present;	/* some card lies there */
	} reader[READER_MAX];
};

/*
 * Starts the helper beside the running program, or in ../libexec/shikaku.
 * Call it before any thread exists.
 */
int	reader_start(struct reader **out, struct err *e);
/* Lets the helper leave the card and waits for it, 1 s at most; harmless on NULL. */
void	reader_stop(struct reader *r);

int	reader_readers(struct reader *r, int timeout_ms, struct reader_list *out, struct err *e);

/* Finds the card and reads its certificate; wait_ms is added to timeout_ms. */
int	reader_open(struct reader *r, const struct reader_request *rq, int timeout_ms,
	    struct reader_card *out, struct err *e);

/*
 * A PIN for the next verify.  ERR_PIN_NONE when none was given (Enter alone),
 * ERR_PIN_FORMAT when it is not four digits, ERR_INTERRUPTED at Ctrl-C.  On
 * the terminal it takes as long as the person does.  fd stays the caller's.
 */
int	reader_pin_tty(struct reader *r, const char *prompt, struct err *e);
int	reader_pin_fd(struct reader *r, int fd, int timeout_ms, struct err *e);

/*
 * One VERIFY, of the card that was opened, with the PIN entered last; it is
 * gone afterwards.  e->tries_left says what is left where the card told it.
 * With one try left, or an unknown number, ERR_PIN_LAST_TRY unless last_try.
 */
int	reader_verify(struct reader *r, bool last_try, int timeout_ms, struct err *e);

/* Signs as often as wanted between a reader_verify() and the reader_close(). */
int	reader_sign(struct reader *r, const struct sign_fields *f, int timeout_ms, uint8_t *sig,
	    size_t sig_max, size_t *sig_len, struct err *e);

/* Leaves the card without power and without the PIN; the helper stays. */
int	reader_close(struct reader *r, int timeout_ms, struct err *e);

/* After reader_close(): waits wait_ms for the card to be taken away; ERR_READER_TIMEOUT if not. */
int	reader_removed(struct reader *r, int wait_ms, struct err *e);

#endif
