#include <string.h>

#include "softcard/card.h"

#define EF_BLOCK	256	/* EFs are some blocks long, their objects are not */

void
file_pad(struct buf *ef)
{
	do
		buf_addc(ef, (char)0xff);
	while (ef->n % EF_BLOCK != 0 && !ef->failed);
}

static void
add_u32(struct buf *b, uint32_t v)
{
	const uint8_t p[] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8),
	    (uint8_t)v };

	buf_add(b, p, sizeof(p));
}

/* s in a field of width bytes, filled up with fill. */
static void
add_field(struct buf *b, const char *s, char fill, size_t width)
{
	const size_t n = strlen(s);

	buf_add(b, s, n < width ? n : width);
	for (size_t i = n; i < width; i++)
		buf_addc(b, fill);
}

/* A PKCS #11 CK_TOKEN_INFO of 160 bytes, numbers big-endian. */
void
file_token(struct buf *ef, const char *label)
{
	static const uint32_t numbers[] = {
		0x0000040d,		/* flags */
		1, 0, 1, 0,		/* sessions: most and open, any and R/W */
		16, 6,			/* longest and shortest PIN */
		0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff	/* memory: not told */
	};

	add_field(ef, label, ' ', 32);
	add_field(ef, "00000000000000000000000000000001", '0', 32);
	add_field(ef, "E16R01NJ", ' ', 16);
	add_field(ef, "0000000020500003", '0', 16);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		add_u32(ef, numbers[i]);
	add_field(ef, "03", ' ', 2);
	add_field(ef, "01", ' ', 2);
	add_field(ef, "9999999999999999", '9', 16);
}

/* The byte of an absent certificate is not known; 00 is assumed. */
void
file_availability(struct buf *ef, bool sign, bool auth)
{
	buf_addc(ef, sign ? (char)0x8f : 0);
	buf_addc(ef, auth ? (char)0x8f : 0);
	buf_addc(ef, 0);
}

static void
add_length(struct buf *b, size_t n, bool non_minimal)
{
	if (non_minimal || n > 0xff) {
		buf_addc(b, (char)0x82);
		buf_addc(b, (char)(n >> 8));
	} else if (n > 0x7f)
		buf_addc(b, (char)0x81);
	buf_addc(b, (char)n);
}

static void
add_tlv(struct buf *b, uint8_t tag2, const char *value)
{
	buf_addc(b, (char)0xdf);
	buf_addc(b, (char)tag2);
	add_length(b, strlen(value), false);
	buf_adds(b, value);
}

#define OFFSETS_LEN	11	/* DF21: tag, length, four 16-bit offsets */

static size_t
header_len(size_t content, bool non_minimal)
{
	return non_minimal || content > 0xff ? 5 : content > 0x7f ? 4 : 3;
}

/* FF20 { DF21 offsets in the EF, DF22 name, DF23 address, DF24 birth, DF25 sex } */
void
file_basic_four(struct buf *ef, const struct holder *h, bool non_minimal)
{
	const char *const value[] = { h->name, h->address, h->birthdate, h->sex };
	struct buf body = BUF_INIT;
	size_t at[4], base;

	for (uint8_t i = 0; i < 4; i++) {
		at[i] = body.n;
		add_tlv(&body, (uint8_t)(0x22 + i), value[i]);
	}
	base = header_len(OFFSETS_LEN + body.n, non_minimal) + OFFSETS_LEN;

	buf_add(ef, "\xff\x20", 2);
	add_length(ef, OFFSETS_LEN + body.n, non_minimal);
	buf_add(ef, "\xdf\x21\x08", 3);
	for (size_t i = 0; i < 4; i++) {
		buf_addc(ef, (char)((base + at[i]) >> 8));
		buf_addc(ef, (char)(base + at[i]));
	}
	buf_add(ef, body.p, body.n);
	if (body.failed) {
		buf_free(ef);
		ef->failed = 1;
	}
	buf_free(&body);
}
