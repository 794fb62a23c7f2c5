#include "base/base64.h"

#include <string.h>

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
base64_add(struct buf *b, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i += 3) {
		const size_t left = n - i;
		const uint32_t v = (uint32_t)p[i] << 16 |
		    (left > 1 ? (uint32_t)p[i + 1] << 8 : 0) | (left > 2 ? p[i + 2] : 0);

		buf_addc(b, alphabet[v >> 18]);
		buf_addc(b, alphabet[v >> 12 & 63]);
		buf_addc(b, left > 1 ? alphabet[v >> 6 & 63] : '=');
		buf_addc(b, left > 2 ? alphabet[v & 63] : '=');
	}
}

static int
sextet(char c)
{
	const char *at = c != '\0' ? strchr(alphabet, c) : NULL;

	return at != NULL ? (int)(at - alphabet) : -1;
}

/* Four characters to 1..3 bytes; -1 if they are not canonical. */
static int
quantum(const char *s, uint8_t out[static 3])
{
	const int pad = s[3] != '=' ? 0 : s[2] != '=' ? 1 : 2;
	uint32_t v = 0;

	for (int i = 0; i < 4 - pad; i++) {
		const int d = sextet(s[i]);

		if (d < 0)
			return -1;
		v |= (uint32_t)d << (18 - 6 * i);
	}
	if ((pad == 1 && (v & 0xff) != 0) || (pad == 2 && (v & 0xffff) != 0))
		return -1;
	out[0] = (uint8_t)(v >> 16);
	out[1] = (uint8_t)(v >> 8);
	out[2] = (uint8_t)v;
	return 3 - pad;
}

int
base64_decode(const char *s, uint8_t *out, size_t cap)
{
	const size_t len = strlen(s);
	size_t n = 0;

	if (len % 4 != 0 || len / 4 > cap / 3 + 1)
		return -1;
	for (size_t i = 0; i < len; i += 4) {
		uint8_t three[3];
		const int got = quantum(s + i, three);

		if (got < 0 || (got < 3 && i + 4 < len) || (size_t)got > cap - n)
			return -1;
		memcpy(out + n, three, (size_t)got);
		n += (size_t)got;
	}
	return (int)n;
}
