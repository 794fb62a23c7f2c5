#include "softcard/apdu.h"

static size_t
be16(const uint8_t *p)
{
	return (size_t)p[0] << 8 | p[1];
}

/* Body of a short APDU: [Lc data] [Le]. */
static int
short_body(const uint8_t *p, size_t n, struct apdu *a)
{
	if (n == 1) {
		a->le = p[0] != 0 ? p[0] : 256;
		return 0;
	}
	a->data = (struct span){ p + 1, p[0] };
	if (n == 1 + a->data.n)
		return 0;
	if (n != 2 + a->data.n)
		return -1;
	a->le = p[n - 1] != 0 ? p[n - 1] : 256;
	return 0;
}

/* Body of an extended APDU: 00, then [Lc Lc data] [Le Le]. */
static int
extended_body(const uint8_t *p, size_t n, struct apdu *a)
{
	size_t le = 0;

	a->extended = true;
	if (n > 3) {
		a->data = (struct span){ p + 3, be16(p + 1) };
		if (a->data.n == 0)
			return -1;
		if (n == 3 + a->data.n)
			return 0;
		if (n != 5 + a->data.n)
			return -1;
	}
	le = be16(p + n - 2);
	a->le = le != 0 ? le : 65536;
	return 0;
}

int
apdu_parse(const uint8_t *cmd, size_t n, struct apdu *out)
{
	if (n < 4)
		return -1;
	*out = (struct apdu){ cmd[0], cmd[1], cmd[2], cmd[3], { NULL, 0 }, 0, false };
	if (n == 4)
		return 0;
	if (n == 5 || cmd[4] != 0)
		return short_body(cmd + 4, n - 4, out);
	return n < 7 ? -1 : extended_body(cmd + 4, n - 4, out);
}
