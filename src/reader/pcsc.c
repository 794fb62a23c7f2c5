#include "reader/pcsc.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <winscard.h>

#define PROTOCOLS	(SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1)
#define BUSY_TRIES	16	/* at BUSY_MS each: about 3 s, 16 * 200 ms */
#define BUSY_MS		200
#define ANSWER_MAX	65538	/* bytes: the longest answer a driver can deliver */
#define PNP		"\\\\?PnP?\\Notification"

/* DWORD and LONG are 64 bits wide on Linux: they stay in this file. */
struct pcsc {
	SCARDCONTEXT	ctx;
	SCARDHANDLE	card;
	DWORD		protocol;
	bool		connected;
	bool		begun;
	uint8_t		answer[ANSWER_MAX];
};

/* What a return value means when a card is being read; what is not here is unreadable. */
static const struct {
	LONG		rv;
	enum err_code	code;
} meaning[] = {
	{ SCARD_E_NO_SERVICE,		ERR_PCSC_DOWN },
	{ SCARD_E_SERVICE_STOPPED,	ERR_PCSC_DOWN },
	{ SCARD_F_COMM_ERROR,		ERR_PCSC_DOWN },
	{ SCARD_E_INVALID_HANDLE,	ERR_PCSC_DOWN },
	{ SCARD_E_CANCELLED,		ERR_PCSC_DOWN },
	/* pcscd hung up: it died just now, or may not serve us */
	{ SCARD_W_SECURITY_VIOLATION,	ERR_PCSC_DOWN },
	{ SCARD_E_NO_READERS_AVAILABLE,	ERR_READER_NONE },
	{ SCARD_E_UNKNOWN_READER,	ERR_READER_NONE },
	{ SCARD_E_READER_UNAVAILABLE,	ERR_READER_NONE },
	{ SCARD_E_SHARING_VIOLATION,	ERR_READER_BUSY },
	{ SCARD_E_NO_SMARTCARD,		ERR_CARD_NONE },
	{ SCARD_W_REMOVED_CARD,		ERR_CARD_REMOVED },
	{ SCARD_W_RESET_CARD,		ERR_CARD_REMOVED },
	{ SCARD_E_NOT_TRANSACTED,	ERR_CARD_REMOVED },
	{ SCARD_E_NO_MEMORY,		ERR_NOMEM },
};

static int
pcsc_error(struct err *e, const char *what, LONG rv)
{
	enum err_code code = ERR_CARD_UNREADABLE;

	for (size_t i = 0; i < sizeof(meaning) / sizeof(meaning[0]); i++)
		if (meaning[i].rv == rv)
			code = meaning[i].code;
	return err_set(e, code, "%s: %s (%08lX)", what, pcsc_stringify_error(rv),
	    (unsigned long)rv & 0xffffffff);
}

struct pcsc *
pcsc_new(struct err *e)
{
	struct pcsc *p = calloc(1, sizeof(*p));
	LONG rv;

	if (p == NULL) {
		err_set(e, ERR_NOMEM, "PC/SC");
		return NULL;
	}
	rv = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &p->ctx);
	if (rv == SCARD_S_SUCCESS)
		return p;
	pcsc_error(e, "SCardEstablishContext", rv);
	free(p);
	return NULL;
}

void
pcsc_free(struct pcsc *p)
{
	if (p == NULL)
		return;
	pcsc_disconnect(p, true);
	SCardReleaseContext(p->ctx);
	explicit_bzero(p->answer, sizeof(p->answer));
	free(p);
}

/* The names of a multi-string of n bytes, which is not trusted to end as it should. */
static void
take_names(struct reader_list *out, const char *multi, size_t n)
{
	size_t len;

	for (size_t at = 0; at < n && multi[at] != '\0'; at += len + 1) {
		len = strnlen(multi + at, n - at);
		if (len == n - at || out->n == READER_MAX)
			return;
		if (len < READER_NAME_MAX)
			memcpy(out->reader[out->n++].name, multi + at, len + 1);
	}
}

static int
list_names(struct pcsc *p, struct reader_list *out, struct err *e)
{
	char multi[READER_MAX * READER_NAME_MAX + 1];
	DWORD n = sizeof(multi);
	const LONG rv = SCardListReaders(p->ctx, NULL, multi, &n);

	if (rv == SCARD_E_NO_READERS_AVAILABLE)
		return 0;
	if (rv != SCARD_S_SUCCESS)
		return pcsc_error(e, "SCardListReaders", rv);
	if (n <= sizeof(multi))
		take_names(out, multi, n);
	return 0;
}

/* One entry a reader, then the one that waits for new readers. */
static DWORD
states_of(const struct reader_list *l, SCARD_READERSTATE *st, bool seen)
{
	memset(st, 0, (READER_MAX + 1) * sizeof(*st));
	for (size_t i = 0; i < l->n; i++) {
		st[i].szReader = l->reader[i].name;
		st[i].dwCurrentState = seen ? l->reader[i].state : SCARD_STATE_UNAWARE;
	}
	st[l->n].szReader = PNP;
	return l->n + 1;
}

int
pcsc_readers(struct pcsc *p, struct reader_list *out, struct err *e)
{
	SCARD_READERSTATE st[READER_MAX + 1];
	DWORD n;
	LONG rv;

	memset(out, 0, sizeof(*out));
	if (list_names(p, out, e) < 0)
		return -1;
	if (out->n == 0)
		return 0;
	n = states_of(out, st, false) - 1;
	rv = SCardGetStatusChange(p->ctx, 0, st, n);
	if (rv != SCARD_S_SUCCESS && rv != SCARD_E_TIMEOUT)
		return pcsc_error(e, "SCardGetStatusChange", rv);
	for (size_t i = 0; i < out->n; i++) {
		out->reader[i].state = st[i].dwEventState & ~(DWORD)SCARD_STATE_CHANGED;
		out->reader[i].present = (st[i].dwEventState & SCARD_STATE_PRESENT) != 0;
		out->reader[i].exclusive = (st[i].dwEventState & SCARD_STATE_EXCLUSIVE) != 0;
		out->reader[i].changes = (int)(st[i].dwEventState >> 16 & 0xffff);
	}
	return 0;
}

int
pcsc_wait(struct pcsc *p, const struct reader_list *seen, int timeout_ms, struct err *e)
{
	SCARD_READERSTATE st[READER_MAX + 1];
	const DWORD n = states_of(seen, st, true);
	const LONG rv = SCardGetStatusChange(p->ctx, (DWORD)timeout_ms, st, n);

	if (rv == SCARD_E_TIMEOUT)
		return 0;
	/* A reader that was unplugged meanwhile is a change too. */
	if (rv == SCARD_S_SUCCESS || rv == SCARD_E_UNKNOWN_READER)
		return 1;
	if (rv == SCARD_E_CANCELLED)
		return err_set(e, ERR_PCSC_DOWN, "pcscd stopped while a card was awaited");
	return pcsc_error(e, "SCardGetStatusChange", rv);
}

static void
pause_ms(long ms)
{
	const struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

/* Again with a power cycle: another program may have cut the power, or left its PIN open. */
static LONG
connect_once(struct pcsc *p, const char *name)
{
	if (name != NULL)
		return SCardConnect(p->ctx, name, SCARD_SHARE_SHARED, PROTOCOLS, &p->card,
		    &p->protocol);
	return SCardReconnect(p->card, SCARD_SHARE_SHARED, PROTOCOLS, SCARD_UNPOWER_CARD,
	    &p->protocol);
}

/*
 * Connects to the named reader, or again to the same when name is NULL.
 * Another program's exclusive use is waited for; PROTO_MISMATCH is answered
 * once for nothing after a client died on a mute card.
 */
static LONG
connect_patiently(struct pcsc *p, const char *name)
{
	bool mismatch = false;
	int busy = 0;
	LONG rv;

	for (;;) {
		rv = connect_once(p, name);
		if (rv == SCARD_E_PROTO_MISMATCH && !mismatch)
			mismatch = true;
		else if (rv == SCARD_E_SHARING_VIOLATION && ++busy < BUSY_TRIES)
			pause_ms(BUSY_MS);
		else
			return rv;
	}
}

int
pcsc_connect(struct pcsc *p, const char *name, struct err *e)
{
	LONG rv;

	pcsc_disconnect(p, true);
	rv = connect_patiently(p, name);
	if (rv == SCARD_S_SUCCESS) {
		p->connected = true;
		return 0;
	}
	if (rv == SCARD_W_REMOVED_CARD)
		rv = SCARD_E_NO_SMARTCARD;
	return pcsc_error(e, "SCardConnect", rv);
}

void
pcsc_disconnect(struct pcsc *p, bool unpower)
{
	const DWORD how = unpower ? SCARD_UNPOWER_CARD : SCARD_LEAVE_CARD;

	if (p->begun)
		SCardEndTransaction(p->card, how);
	if (p->connected)
		SCardDisconnect(p->card, how);
	p->begun = false;
	p->connected = false;
}

static int
begin(void *ctx, struct err *e)
{
	struct pcsc *p = ctx;
	LONG rv = SCardBeginTransaction(p->card);

	/* Reset or exchanged since the last time: whose card it is now, the caller finds out. */
	for (int i = 0; i < 2 && (rv == SCARD_W_RESET_CARD || rv == SCARD_W_REMOVED_CARD); i++) {
		rv = connect_patiently(p, NULL);
		if (rv == SCARD_S_SUCCESS)
			rv = SCardBeginTransaction(p->card);
	}
	if (rv == SCARD_E_NO_SMARTCARD)
		rv = SCARD_W_REMOVED_CARD;
	if (rv != SCARD_S_SUCCESS)
		return pcsc_error(e, "SCardBeginTransaction", rv);
	p->begun = true;
	return 0;
}

static void
end(void *ctx, bool unpower)
{
	struct pcsc *p = ctx;

	if (p->begun)
		SCardEndTransaction(p->card, unpower ? SCARD_UNPOWER_CARD : SCARD_LEAVE_CARD);
	p->begun = false;
}

static int
power_cycle(void *ctx, struct err *e)
{
	struct pcsc *p = ctx;
	const LONG rv = SCardReconnect(p->card, SCARD_SHARE_SHARED, PROTOCOLS, SCARD_UNPOWER_CARD,
	    &p->protocol);

	if (rv == SCARD_E_NO_SMARTCARD)
		return pcsc_error(e, "SCardReconnect", SCARD_W_REMOVED_CARD);
	if (rv != SCARD_S_SUCCESS)
		return pcsc_error(e, "SCardReconnect", rv);
	return 0;
}

static int
transmit(void *ctx, const uint8_t *cmd, size_t n, uint8_t *rsp, size_t rsp_max, size_t *rsp_len,
    struct err *e)
{
	struct pcsc *p = ctx;
	DWORD got = sizeof(p->answer);
	const LONG rv = SCardTransmit(p->card,
	    p->protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1, cmd, n, NULL, p->answer,
	    &got);

	*rsp_len = 0;
	if (rv == SCARD_E_NO_SMARTCARD)
		return pcsc_error(e, "SCardTransmit", SCARD_W_REMOVED_CARD);
	if (rv != SCARD_S_SUCCESS)
		return pcsc_error(e, "SCardTransmit", rv);
	/* A card taken away in the middle: success, and nothing came. */
	if (got == 0)
		return err_set(e, ERR_CARD_REMOVED, "SCardTransmit: an empty answer");
	if (got > rsp_max)
		return err_set(e, ERR_CARD_UNREADABLE, "SCardTransmit: %lu bytes for at most %zu",
		    got, rsp_max);
	memcpy(rsp, p->answer, got);
	*rsp_len = got;
	return 0;
}

struct transport
pcsc_transport(struct pcsc *p)
{
	return (struct transport){ { transmit, p }, p, begin, end, power_cycle };
}
