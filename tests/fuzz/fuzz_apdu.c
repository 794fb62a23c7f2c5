/*
 * The bytes are a card's answers, each with its length before it (16 bits,
 * big-endian); the whole flow is driven by them.  Whatever they are: it ends,
 * nothing off the list is sent, there is at most one VERIFY, and what comes
 * out is within its bounds.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "card/apdu.h"
#include "card/jpki.h"
#include "card/message.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct answers {
	const uint8_t	*p;
	size_t		 n;
	size_t		 at;
	int		 verifies;
	int		 sent;
};

static int
transmit(void *ctx, const uint8_t *cmd, size_t n, uint8_t *rsp, size_t rsp_max, size_t *rsp_len,
    struct err *e)
{
	struct answers *a = ctx;
	size_t len;

	if (apdu_allowed(cmd, n) == NULL)
		abort();
	a->verifies += n > 5 && cmd[1] == 0x20;
	/* 12 commands, 4096 single-byte reads, and each can be followed up twice. */
	if (++a->sent > 3 * (12 + JPKI_CERTIFICATE_MAX))
		abort();
	if (a->n - a->at < 2)
		return err_set(e, ERR_CARD_REMOVED, "no more answers");
	len = (size_t)(a->p[a->at] << 8 | a->p[a->at + 1]);
	a->at += 2;
	if (len > a->n - a->at)
		len = a->n - a->at;
	if (len > rsp_max)
		return err_set(e, ERR_CARD_UNREADABLE, "too long");
	memcpy(rsp, a->p + a->at, len);
	a->at += len;
	*rsp_len = len;
	return 0;
}

static int
look(const struct card_io *io, uint8_t *cert, size_t *n, struct err *e)
{
	char token[JPKI_TOKEN_LEN + 1];
	bool sign, auth, needs_pin;
	int left;

	if (jpki_select(io, e) < 0 || jpki_token(io, token, e) < 0)
		return -1;
	if (strlen(token) > JPKI_TOKEN_LEN)
		abort();
	if (jpki_tries(io, &left, e) < 0)
		return -1;
	if (left < JPKI_TRIES_VERIFIED || left > 15)
		abort();
	if (left == 0 && jpki_availability(io, &sign, &auth, e) < 0)
		return -1;
	return jpki_certificate(io, cert, n, &needs_pin, e);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t pin[] = { '4', '7', '1', '1' }, no_pin[] = { '4', '7', '1', 0xb1 };
	static const uint8_t digest[JPKI_DIGEST_LEN];
	struct answers a = { data, size, 0, 0, 0 };
	const struct card_io io = { transmit, &a };
	uint8_t cert[JPKI_CERTIFICATE_MAX], sig[JPKI_SIGNATURE_MAX];
	struct err e = ERR_INIT, format = ERR_INIT;
	size_t n = 0, sig_len = 0;

	if (jpki_verify(&io, no_pin, &format) == 0 || format.code != ERR_PIN_FORMAT || a.sent > 0)
		abort();
	if (look(&io, cert, &n, &e) < 0 || n > sizeof(cert))
		return n > sizeof(cert) ? (abort(), 0) : 0;
	if (jpki_verify(&io, pin, &e) == 0 &&
	    jpki_sign(&io, digest, sig, sizeof(sig), &sig_len, &e) == 0)
		jpki_leave(&io, &e);
	if (a.verifies > 1 || sig_len > sizeof(sig))
		abort();
	return 0;
}
