#include "card/apdu.h"

#include <string.h>

#define BIT(place)	(1u << (place))
#define ANYWHERE	(~0u)
#define IN_JPKI		(BIT(APDU_JPKI) | BIT(APDU_TOKEN) | BIT(APDU_AVAILABILITY) |	\
			    BIT(APDU_CERTIFICATE) | BIT(APDU_KEY) | BIT(APDU_PIN))
#define IN_TEXT		(BIT(APDU_TEXT) | BIT(APDU_PERSON) | BIT(APDU_TEXT_PIN))
#define AT_DATA		(BIT(APDU_TOKEN) | BIT(APDU_AVAILABILITY) |			\
			    BIT(APDU_CERTIFICATE) | BIT(APDU_PERSON))
#define AT_PIN		(BIT(APDU_PIN) | BIT(APDU_TEXT_PIN))

/*
 * Every command this program may send, in hexadecimal; a small letter stands
 * for one free digit: x any, n decimal.  READ BINARY has offsets below 4096,
 * so bit 8 of P1 (SFI form, which would choose a file) cannot be set.  Where
 * each may be sent, and where the card is after it (APDU_NOWHERE: as before).
 */
static const struct command {
	const char	*name;
	const char	*bytes;
	unsigned int	 where;
	enum apdu_place	 then;
} allowed[] = {
	{ "SELECT JPKI AP",             "00A4040C0AD392F000260100000001", ANYWHERE, APDU_JPKI },
	{ "SELECT text AP",             "00A4040C0AD3921000310001010408", ANYWHERE, APDU_TEXT },
	{ "SELECT ISD",                 "00A4040C07A0000001510000", ANYWHERE, APDU_ISD },
	{ "SELECT 0006 token",          "00A4020C020006", IN_JPKI, APDU_TOKEN },
	{ "SELECT 0008 availability",   "00A4020C020008", IN_JPKI, APDU_AVAILABILITY },
	{ "SELECT 000A certificate",    "00A4020C02000A", IN_JPKI, APDU_CERTIFICATE },
	{ "SELECT 0017 key",            "00A4020C020017", IN_JPKI, APDU_KEY },
	{ "SELECT 0018 PIN",            "00A4020C020018", IN_JPKI, APDU_PIN },
	{ "SELECT 0002 basic four",     "00A4020C020002", IN_TEXT, APDU_PERSON },
	{ "SELECT 0011 text PIN",       "00A4020C020011", IN_TEXT, APDU_TEXT_PIN },
	{ "READ BINARY",                "00B00xxxxx", AT_DATA, APDU_NOWHERE },
	{ "PIN status",                 "00200080", AT_PIN, APDU_NOWHERE },
	{ "VERIFY",                     "00200080043n3n3n3n", AT_PIN, APDU_NOWHERE },
	{ "COMPUTE DIGITAL SIGNATURE",  "802A008033"
	    "3031300D060960864801650304020105000420"
	    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" "xx",
	    BIT(APDU_KEY), APDU_NOWHERE },
	{ "GET RESPONSE",               "00C00000xx", AT_DATA | BIT(APDU_KEY), APDU_NOWHERE },
};

static bool
digit_matches(char pattern, unsigned int digit)
{
	if (pattern == 'x')
		return true;
	if (pattern == 'n')
		return digit <= 9;
	return (unsigned char)"0123456789ABCDEF"[digit] == (unsigned char)pattern;
}

static bool
bytes_match(const char *pattern, const uint8_t *cmd, size_t n)
{
	if (strlen(pattern) != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!digit_matches(pattern[2 * i], cmd[i] >> 4) ||
		    !digit_matches(pattern[2 * i + 1], cmd[i] & 15))
			return false;
	return true;
}

static const struct command *
find(const uint8_t *cmd, size_t n)
{
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		if (bytes_match(allowed[i].bytes, cmd, n))
			return &allowed[i];
	return NULL;
}

const char *
apdu_allowed(const uint8_t *cmd, size_t n)
{
	const struct command *c = find(cmd, n);

	return c != NULL ? c->name : NULL;
}

bool
apdu_fits(enum apdu_place at, const uint8_t *cmd, size_t n)
{
	const struct command *c = find(cmd, n);

	return c != NULL && (c->where & BIT(at)) != 0;
}

enum apdu_place
apdu_after(enum apdu_place at, const uint8_t *cmd, size_t n, uint16_t sw)
{
	const struct command *c = find(cmd, n);

	if (c == NULL)
		return APDU_NOWHERE;
	if (c->then == APDU_NOWHERE)
		return at;
	if (sw == 0x9000)
		return c->then;
	/* a SELECT that failed: of a file in the AP, or of another AP */
	if (c->where == ANYWHERE)
		return APDU_NOWHERE;
	return c->where == IN_JPKI ? APDU_JPKI : APDU_TEXT;
}

enum sw_kind
sw_kind(uint16_t sw)
{
	switch (sw) {
	case 0x9000:
		return SW_OK;
	case 0x6282:
		return SW_EOF;
	case 0x6300:
		return SW_NO_COUNT;
	case 0x63c0:
	case 0x6983:
	case 0x6984:
		return SW_BLOCKED;
	case 0x6982:
		return SW_SECURITY;
	case 0x6a82:
		return SW_NOT_FOUND;
	case 0x6f00:
		return SW_MEMORY;
	}
	if ((sw & 0xfff0) == 0x63c0)
		return SW_TRIES;
	if (sw >> 8 == 0x64 || sw >> 8 == 0x65)
		return SW_MEMORY;
	return SW_OTHER;
}

int
sw_tries(uint16_t sw)
{
	switch (sw_kind(sw)) {
	case SW_TRIES:
		return sw & 15;
	case SW_BLOCKED:
		return 0;
	default:
		return -1;
	}
}

static size_t
length_of(uint8_t le)
{
	return le == 0 ? APDU_DATA_MAX : le;
}

size_t
apdu_expected(const uint8_t *cmd, size_t n)
{
	if (n != 5 && (n < 6 || n != 6 + (size_t)cmd[4]))
		return 0;
	if (cmd[1] == 0x2a && cmd[n - 1] == 0x00)
		return APDU_ANSWER_MAX;
	return length_of(cmd[n - 1]);
}

/* One exchange; what it brings is added to out, which holds at most want bytes. */
static int
exchange(const struct card_io *io, const uint8_t *cmd, size_t n, size_t want,
    struct apdu_answer *out, struct err *e)
{
	uint8_t rsp[APDU_RSP_MAX];
	size_t got = 0;
	int rc = -1;

	if (apdu_allowed(cmd, n) == NULL)
		return err_set(e, ERR_INTERNAL, "refused: %zu bytes that are not on the list", n);
	if (io->transmit(io->ctx, cmd, n, rsp, sizeof(rsp), &got, e) < 0)
		goto out;
	if (got < 2 || got > sizeof(rsp)) {
		err_set(e, ERR_CARD_UNREADABLE, "answer of %zu bytes", got);
		goto out;
	}
	got -= 2;
	out->sw = (uint16_t)(rsp[got] << 8 | rsp[got + 1]);
	if (got > want - out->n) {
		err_set(e, ERR_CARD_UNREADABLE, "answer with %zu bytes of data, %zu asked for",
		    got, want - out->n);
		goto out;
	}
	memcpy(out->data + out->n, rsp, got);
	out->n += got;
	rc = 0;
out:
	explicit_bzero(rsp, sizeof(rsp));
	return rc;
}

static int
repeat_with_le(const struct card_io *io, const uint8_t *cmd, size_t n, size_t want,
    struct apdu_answer *out, struct err *e)
{
	uint8_t again[APDU_CMD_MAX];

	memcpy(again, cmd, n);
	again[n - 1] = (uint8_t)out->sw;
	if (length_of(again[n - 1]) > want)
		return err_set(e, ERR_CARD_UNREADABLE, "SW %04X for %zu bytes", out->sw, want);
	out->n = 0;
	return exchange(io, again, n, want, out, e);
}

static int
follow(const struct card_io *io, const uint8_t *cmd, size_t n, size_t want,
    struct apdu_answer *out, struct err *e)
{
	if (want > 0 && out->sw >> 8 == 0x6c)
		if (repeat_with_le(io, cmd, n, want, out, e) < 0)
			return -1;
	for (bool more = true; more && out->n < want && out->sw >> 8 == 0x61;) {
		const uint8_t get[] = { 0x00, 0xc0, 0x00, 0x00, (uint8_t)out->sw };
		const size_t before = out->n;

		if (exchange(io, get, sizeof(get), want, out, e) < 0)
			return -1;
		more = out->n > before;
	}
	return 0;
}

int
apdu_send(const struct card_io *io, const uint8_t *cmd, size_t n, struct apdu_answer *out,
    struct err *e)
{
	const char *name = apdu_allowed(cmd, n);
	const size_t want = apdu_expected(cmd, n);

	out->n = 0;
	out->sw = 0;
	if (exchange(io, cmd, n, want, out, e) < 0 || follow(io, cmd, n, want, out, e) < 0)
		return err_prefix(e, "%s", name == NULL ? "command" : name);
	return 0;
}
