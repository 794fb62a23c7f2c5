/*
 * What libpcsclite is to src/reader/pcsc.c, in this process.  One client, two
 * readers; the order of return values after a removal is the one seen with
 * pcscd 1.9.9 and vpcd.
 */
#include <stdio.h>
#include <string.h>
#include <winscard.h>

#include "card/apdu.h"
#include "table.h"

struct table table;

/* What one SCardConnect gave; stale when another card lies in the slot. */
static struct {
	bool	connected;
	int	slot;
	long	stay;		/* the slot's, when it was connected */
	bool	reset;		/* by somebody else: told until SCardReconnect */
	bool	gap;		/* gone, and pcscd has not looked yet */
	bool	begun;
	DWORD	protocol;
} handle;

static bool lost;		/* the context was a dead daemon's */
static long stay[SLOTS];	/* one more with every card that comes or goes */

const SCARD_IO_REQUEST g_rgSCardT0Pci = { SCARD_PROTOCOL_T0, sizeof(SCARD_IO_REQUEST) };
const SCARD_IO_REQUEST g_rgSCardT1Pci = { SCARD_PROTOCOL_T1, sizeof(SCARD_IO_REQUEST) };

static void
put_in(int slot, struct card *c)
{
	if (table.slot[slot] != NULL)
		softcard_power(table.slot[slot]->soft, SOFTCARD_OFF);
	table.slot[slot] = c;
	stay[slot]++;
}

void
table_lay(struct card *c, struct card *other)
{
	memset(&table, 0, sizeof(table));
	stay[0]++;
	stay[1]++;
	table.slot[0] = c;
	table.other = other;
}

bool
table_is_held(void)
{
	return handle.begun;
}

/* --- faults ------------------------------------------------------------------------------- */

static const struct fault *
fault_of(bool apdu, long at)
{
	for (size_t i = 0; i < table.faults; i++) {
		const struct fault *f = &table.fault[i];

		if (f->at == at && f->kind != KIND_NONE && (f->kind == KIND_CALL) == !apdu)
			return f;
	}
	return NULL;
}

/* Of every call but SCardTransmit: true when it is to return *rv and do nothing. */
static bool
spoilt(LONG *rv)
{
	const struct fault *f = fault_of(false, table.calls++);

	if (table.down || lost) {
		*rv = SCARD_E_NO_SERVICE;
		return true;
	}
	if (f == NULL)
		return false;
	table.hit = true;
	*rv = f->value;
	return *rv != SCARD_S_SUCCESS;
}

/* The card leaves, and perhaps another takes its place: what the call returns, and *got. */
static LONG
take_away(const struct fault *f, DWORD *got)
{
	struct card *was = table.slot[handle.slot];

	*got = 0;
	switch (f->kind) {
	case KIND_BACK:
		put_in(handle.slot, was);
		break;
	case KIND_SWAPPED:
		put_in(handle.slot, table.other);
		break;
	default:
		put_in(handle.slot, NULL);
		break;
	}
	switch (f->kind) {
	case KIND_NO_CARD:
		return SCARD_E_NO_SMARTCARD;
	case KIND_REMOVED:
		return SCARD_W_REMOVED_CARD;
	default:
		handle.gap = f->kind == KIND_EMPTY;
		return SCARD_S_SUCCESS;
	}
}

/* pcscd saw neither the one leave nor the other come: vpcd's slot was never empty. */
static void
slip_in(void)
{
	softcard_power(table.slot[handle.slot]->soft, SOFTCARD_OFF);
	table.slot[handle.slot] = table.other;
}

static size_t
spoil(const struct fault *f, uint8_t *rsp, size_t n)
{
	uint8_t sw[2];
	size_t data;

	table.lied = true;
	if (f->kind == KIND_SW) {
		rsp[0] = (uint8_t)(f->value >> 8);
		rsp[1] = (uint8_t)f->value;
		return 2;
	}
	data = n - 2;
	memcpy(sw, rsp + data, sizeof(sw));
	switch (f->kind) {
	case KIND_ONE_BYTE:
		return 1;
	case KIND_TOO_LONG:
		memset(rsp, 0x5a, 300);
		rsp[300] = 0x90;
		rsp[301] = 0x00;
		return 302;
	case KIND_NO_DATA:
		data = 0;
		break;
	case KIND_HALF:
		data /= 2;
		break;
	default:
		for (size_t i = 0; i < data; i++)
			rsp[i] = (uint8_t)(0xa5 + 31 * i);
		break;
	}
	memcpy(rsp + data, sw, sizeof(sw));
	return data + 2;
}

/* An APDU that goes wrong. */
static LONG
fault_apdu(const struct fault *f, const uint8_t *cmd, size_t n, uint8_t *rsp, DWORD *got)
{
	struct card *c = table.slot[handle.slot];

	table.hit = true;
	*got = 0;
	if ((f->acted && f->kind != KIND_SLIPPED_IN && f->kind != KIND_POWER) ||
	    (f->kind >= KIND_ONE_BYTE && f->kind < KIND_SW))
		*got = card_run(c, cmd, n, rsp);
	switch (f->kind) {
	case KIND_EMPTY:
	case KIND_REMOVED:
	case KIND_NO_CARD:
	case KIND_BACK:
	case KIND_SWAPPED:
		return take_away(f, got);
	case KIND_SLIPPED_IN:
		slip_in();
		*got = card_run(table.slot[handle.slot], cmd, n, rsp);
		return SCARD_S_SUCCESS;
	case KIND_RESET:
		softcard_power(c->soft, SOFTCARD_RESET);
		handle.reset = true;
		return SCARD_W_RESET_CARD;
	case KIND_POWER:
		softcard_power(c->soft, SOFTCARD_ON);
		*got = card_run(c, cmd, n, rsp);
		return SCARD_S_SUCCESS;
	case KIND_DIED:
		/* its readers lose power with it */
		softcard_power(c->soft, SOFTCARD_OFF);
		table.down = true;
		lost = true;
		handle.connected = handle.begun = false;
		return SCARD_E_NO_SERVICE;
	case KIND_RV:
		return f->value;
	default:
		*got = spoil(f, rsp, *got);
		return SCARD_S_SUCCESS;
	}
}

/* --- the calls ---------------------------------------------------------------------------- */

LONG
SCardEstablishContext(DWORD scope, LPCVOID r1, LPCVOID r2, LPSCARDCONTEXT ctx)
{
	LONG rv;

	(void)scope;
	(void)r1;
	(void)r2;
	lost = false;
	if (spoilt(&rv))
		return rv;
	*ctx = 1;
	return SCARD_S_SUCCESS;
}

LONG
SCardReleaseContext(SCARDCONTEXT ctx)
{
	LONG rv;

	(void)ctx;
	return spoilt(&rv) ? rv : SCARD_S_SUCCESS;
}

LONG
SCardListReaders(SCARDCONTEXT ctx, LPCSTR groups, LPSTR names, LPDWORD n)
{
	static const char all[] = "Table 00 00\0Table 00 01\0";
	LONG rv;

	(void)ctx;
	(void)groups;
	if (spoilt(&rv))
		return rv;
	if (*n < sizeof(all))
		return SCARD_E_INSUFFICIENT_BUFFER;
	memcpy(names, all, sizeof(all));
	*n = sizeof(all);
	return SCARD_S_SUCCESS;
}

static int
slot_of(const char *name)
{
	return name[strlen(name) - 1] == '1';
}

LONG
SCardGetStatusChange(SCARDCONTEXT ctx, DWORD timeout, SCARD_READERSTATE *st, DWORD n)
{
	LONG rv;

	(void)ctx;
	if (spoilt(&rv))
		return rv;
	for (DWORD i = 0; i < n; i++) {
		const bool pnp = st[i].szReader[0] == '\\';
		const DWORD now = pnp ? 0 : table.slot[slot_of(st[i].szReader)] != NULL ?
		    SCARD_STATE_PRESENT : SCARD_STATE_EMPTY;

		st[i].dwEventState = now | SCARD_STATE_CHANGED;
	}
	if (timeout == 0)
		return SCARD_S_SUCCESS;
	clock_wait((long long)timeout);
	return SCARD_E_TIMEOUT;
}

static LONG
take_card(int slot, LPDWORD protocol)
{
	if (table.slot[slot] == NULL)
		return SCARD_E_NO_SMARTCARD;
	handle.connected = true;
	handle.slot = slot;
	handle.stay = stay[slot];
	handle.reset = handle.gap = false;
	handle.protocol = stay[slot] % 2 == 0 ? SCARD_PROTOCOL_T0 : SCARD_PROTOCOL_T1;
	*protocol = handle.protocol;
	return SCARD_S_SUCCESS;
}

LONG
SCardConnect(SCARDCONTEXT ctx, LPCSTR name, DWORD share, DWORD protocols, LPSCARDHANDLE card,
    LPDWORD protocol)
{
	const int slot = slot_of(name);
	LONG rv;

	(void)ctx;
	(void)share;
	(void)protocols;
	if (spoilt(&rv))
		return rv;
	if ((rv = take_card(slot, protocol)) != SCARD_S_SUCCESS)
		return rv;
	if (!card_has_power(table.slot[slot]))
		softcard_power(table.slot[slot]->soft, SOFTCARD_ON);
	*card = 1;
	return SCARD_S_SUCCESS;
}

static void
power_as(int slot, DWORD disposition)
{
	if (table.slot[slot] != NULL && disposition == SCARD_UNPOWER_CARD)
		softcard_power(table.slot[slot]->soft, SOFTCARD_ON);
	else if (table.slot[slot] != NULL && disposition == SCARD_RESET_CARD)
		softcard_power(table.slot[slot]->soft, SOFTCARD_RESET);
}

LONG
SCardReconnect(SCARDHANDLE card, DWORD share, DWORD protocols, DWORD how, LPDWORD protocol)
{
	LONG rv;

	(void)card;
	(void)share;
	(void)protocols;
	if (spoilt(&rv))
		return rv;
	if (!handle.connected)
		return SCARD_E_INVALID_HANDLE;
	if ((rv = take_card(handle.slot, protocol)) != SCARD_S_SUCCESS)
		return rv;
	power_as(handle.slot, how);
	return SCARD_S_SUCCESS;
}

/* What a handle is worth now. */
static LONG
handle_state(void)
{
	if (!handle.connected)
		return SCARD_E_INVALID_HANDLE;
	if (handle.stay != stay[handle.slot]) {
		if (!handle.gap)
			return SCARD_W_REMOVED_CARD;
		handle.gap = false;
		return SCARD_E_NOT_TRANSACTED;
	}
	return handle.reset ? SCARD_W_RESET_CARD : SCARD_S_SUCCESS;
}

LONG
SCardDisconnect(SCARDHANDLE card, DWORD disposition)
{
	LONG rv;

	(void)card;
	if (spoilt(&rv))
		return rv;
	if (handle.connected && handle.stay == stay[handle.slot])
		power_as(handle.slot, disposition);
	handle.connected = handle.begun = false;
	return SCARD_S_SUCCESS;
}

LONG
SCardBeginTransaction(SCARDHANDLE card)
{
	LONG rv;

	(void)card;
	if (spoilt(&rv))
		return rv;
	if ((rv = handle_state()) == SCARD_S_SUCCESS)
		handle.begun = true;
	return rv;
}

LONG
SCardEndTransaction(SCARDHANDLE card, DWORD disposition)
{
	LONG rv;

	(void)card;
	if (spoilt(&rv))
		return rv;
	handle.begun = false;
	if ((rv = handle_state()) != SCARD_S_SUCCESS)
		return rv;
	power_as(handle.slot, disposition);
	/* pcscd tells it to everybody, to who asked for it too */
	handle.reset = disposition != SCARD_LEAVE_CARD;
	return SCARD_S_SUCCESS;
}

LONG
SCardTransmit(SCARDHANDLE card, const SCARD_IO_REQUEST *pci, LPCBYTE cmd, DWORD n,
    SCARD_IO_REQUEST *back, LPBYTE rsp, LPDWORD got)
{
	static uint8_t answer[SOFTCARD_RSP_MAX];
	const struct fault *f = fault_of(true, table.apdus++);
	LONG rv;

	(void)card;
	(void)back;
	table.wrong_pci += pci->dwProtocol != handle.protocol;
	table.verifies += card_is_verify(cmd, n);
	table.unlisted += apdu_allowed(cmd, n) == NULL;
	if (table.down || lost)
		return SCARD_E_NO_SERVICE;
	if ((rv = handle_state()) != SCARD_S_SUCCESS)
		return rv;
	if (table.slot[handle.slot] == NULL)
		return SCARD_W_REMOVED_CARD;
	if (f != NULL)
		rv = fault_apdu(f, cmd, n, answer, &n);
	else
		n = card_run(table.slot[handle.slot], cmd, n, answer);
	if (rv != SCARD_S_SUCCESS)
		return rv;
	if (n > *got)
		return SCARD_E_INSUFFICIENT_BUFFER;
	memcpy(rsp, answer, n);
	*got = n;
	return SCARD_S_SUCCESS;
}

const char *
pcsc_stringify_error(const LONG rv)
{
	static char text[32];

	snprintf(text, sizeof(text), "%08lX", (unsigned long)rv);
	return text;
}
