#ifndef DESK_READER_H
#define DESK_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "card/jpki.h"
#include "card/message.h"
#include "card/person.h"
#include "card/reader_list.h"

/*
 * The desk's side of shikaku-reader, the program that reads the card and
 * alone sees the PIN.  Every machine wait has a deadline in milliseconds; at
 * the deadline the helper is killed, because PC/SC calls may block for ever,
 * and the error is ERR_READER_TIMEOUT.  After that, or after ERR_READER_HELPER,
 * only reader_stop() is of use.
 */
struct reader;	/* one running shikaku-reader */

struct reader_request {
	const char	*reader_name;	/* part of a name; NULL: where a My Number card answers */
	const char	*card_file;	/* fixture card in place of PC/SC, or NULL */
	const char	*trace_file;	/* APDU log, one for the whole run, or NULL */
	/*
	 * For a card to be presented; 0 if it must lie there.  In a wait a card of
	 * another kind is none (ERR_CARD_NONE) while another reader is empty.
	 */
	int		 wait_ms;
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

/* What else is free to be known of the card. */
struct reader_inspection {
	bool	text_ap;	/* it has the 券面事項入力補助AP; a phone has not */
	int	text_tries_left;	/* of its PIN: 0 blocked, -1 not known */
	bool	availability;	/* the card told which certificates it has */
	bool	sign, auth;
};

/*
 * Starts the helper beside the running program, or in ../libexec/shikaku.
 * Call it from the main thread: the helper ends when the thread does that started it.
 */
int	reader_start(struct reader **out, struct err *e);
/* Lets the helper leave the card and waits for it, 1 s at most; harmless on NULL. */
void	reader_stop(struct reader *r);

/* -1 with e where the APDU log of this run is not whole, as of the last answer. */
int	reader_trace_kept(struct err *e);

int	reader_readers(struct reader *r, int timeout_ms, struct reader_list *out, struct err *e);

/* Finds the card and reads its certificate; wait_ms is added to timeout_ms. */
int	reader_open(struct reader *r, const struct reader_request *rq, int timeout_ms,
	    struct reader_card *out, struct err *e);

/*
 * Of the card that was opened; spends no try.  Ends what was verified, as
 * reader_person() does.
 */
int	reader_inspect(struct reader *r, int timeout_ms, struct reader_inspection *out,
	    struct err *e);

/* The card's PINs that this program can use: 利用者証明用, 券面事項入力補助用. */
enum reader_pin { READER_PIN_AUTH, READER_PIN_TEXT };

/*
 * A PIN for the next reader_verify() or, of the other kind, reader_person():
 * neither takes one that was entered for the other.  ERR_PIN_NONE when none was given (Enter alone),
 * ERR_PIN_FORMAT when it is not four digits, ERR_INTERRUPTED at Ctrl-C.  On
 * the terminal it takes as long as the person does.  fd stays the caller's; one
 * that gives nothing in time is ERR_PIN_NONE too, and then as after
 * ERR_READER_TIMEOUT only reader_stop() is of use.
 */
int	reader_pin_tty(struct reader *r, enum reader_pin which, const char *prompt,
	    struct err *e);
int	reader_pin_fd(struct reader *r, enum reader_pin which, int fd, int timeout_ms,
	    struct err *e);
/* Whether the last one was asked for at all: the helper was there. */
bool	reader_pin_asked(const struct reader *r);
/* Whether there were full-width digits in the PIN entered last: an input method is on. */
bool	reader_pin_wide(const struct reader *r);

/*
 * One VERIFY, of the card that was opened, with the PIN entered last; it is
 * gone afterwards.  e->tries_left says what is left where the card told it.
 * With one try left, or an unknown number, ERR_PIN_LAST_TRY unless last_try.
 */
int	reader_verify(struct reader *r, bool last_try, int timeout_ms, struct err *e);

/* Signs as often as wanted between a reader_verify() and the reader_close(). */
int	reader_sign(struct reader *r, const struct sign_fields *f, int timeout_ms, uint8_t *sig,
	    size_t sig_max, size_t *sig_len, struct err *e);

/*
 * Whose card it is: one VERIFY with the PIN entered for it, as reader_verify(),
 * and the 基本4情報.  The card is then left without power, but stays open.  out
 * is the caller's to keep in locked memory and to wipe.
 */
int	reader_person(struct reader *r, bool last_try, int timeout_ms, struct person *out,
	    struct err *e);

/* Leaves the card without power and without the PIN; the helper stays. */
int	reader_close(struct reader *r, int timeout_ms, struct err *e);

/*
 * The readers as they change: reader_watch() asks and returns at once,
 * reader_fd() can be read when there is an answer, and reader_watched() takes
 * it.  first: how they are now; else the next change after what was answered
 * last.  Nothing else may be asked in between but the reader_stop().  An error
 * leaves nothing to wait for: ask again later with first.
 */
int	reader_watch(struct reader *r, bool first, struct err *e);
int	reader_fd(const struct reader *r);
int	reader_watched(struct reader *r, struct reader_list *out, struct err *e);

#endif
