/*
 * The bytes are the file of the certificate on a card that answers honestly,
 * the first byte says how much at a time.  What is read is the first object of
 * the file, whole and nothing behind it, as another reading of its length
 * says; or it is refused because there is no such object.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "card/jpki.h"
#include "must.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct file {
	const uint8_t	*p;
	size_t		 n;
	size_t		 at_once;	/* bytes an answer may have */
};

static int
transmit(void *ctx, const uint8_t *cmd, size_t n, uint8_t *rsp, size_t rsp_max, size_t *rsp_len,
    struct err *e)
{
	const struct file *f = ctx;
	size_t at, len = 0;

	(void)e;
	if (cmd[1] == 0xb0) {
		at = (size_t)cmd[2] << 8 | cmd[3];
		len = cmd[n - 1] == 0 ? 256 : cmd[n - 1];
		len = len < f->at_once ? len : f->at_once;
		len = at < f->n ? (len < f->n - at ? len : f->n - at) : 0;
		must(len + 2 <= rsp_max);
		memcpy(rsp, f->p + (len > 0 ? at : 0), len);
	}
	rsp[len] = 0x90;
	rsp[len + 1] = 0x00;
	*rsp_len = len + 2;
	return 0;
}

/* Of the SEQUENCE at p, header and all; 0 where there is none that a card may have. */
static size_t
sequence_length(const uint8_t *p, size_t n)
{
	size_t len = 0;
	int more;

	if (n < 4 || p[0] != 0x30)
		return 0;
	if ((p[1] & 0x80) == 0)
		return 2u + p[1];
	more = p[1] & 0x7f;
	if (more < 1 || more > 2)
		return 0;
	for (int i = 0; i < more; i++)
		len = len * 256 + p[2 + i];
	return 2u + (size_t)more + len;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct file f;
	const struct card_io io = { transmit, &f };
	uint8_t out[JPKI_CERTIFICATE_MAX];
	struct err e = ERR_INIT;
	bool needs_pin;
	size_t n, want;
	int rc;

	if (size < 1)
		return 0;
	f = (struct file){ data + 1, size - 1, data[0] < 4 ? 256 : data[0] };
	want = sequence_length(f.p, f.n);
	rc = jpki_certificate(&io, out, &n, &needs_pin, &e);
	must(!needs_pin && (rc == 0) == (want > 4 && want <= sizeof(out) && want <= f.n));
	if (rc == 0)
		must(n == want && memcmp(out, f.p, n) == 0);
	else
		must(e.code == ERR_CARD_UNREADABLE && n == 0);
	return 0;
}
