/*
 * Commands of the fuzzer's own, sent as the program sends its: each a length, so
 * many bytes, and the status word it is answered with.  Whatever is tried, the
 * card sees only SELECTs of two applications and the ISD, of the seven files
 * this program reads or uses, each in its own application; reads of a file
 * that may be read; four digits for a PIN, to a PIN; a DigestInfo, to the key.
 * The file of the individual number (0001 of the text AP) is never one of them.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "card/gate.h"
#include "must.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The card, as it stands by itself. */
struct card {
	uint16_t	sw;
	uint8_t		ap;	/* 'j' JPKI, 't' text, 'i' ISD, 0: none selected */
	uint8_t		ef;
	int		sent;
};

static void
check_select(struct card *c, const uint8_t *cmd, size_t n)
{
	static const uint8_t jpki[] = { 0xd3, 0x92, 0xf0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01 };
	static const uint8_t text[] = { 0xd3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x08 };
	static const uint8_t isd[] = { 0xa0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00 };
	uint8_t ap;

	must(n > 5 && n == 5u + cmd[4] && cmd[3] == 0x0c);
	if (cmd[2] == 0x02) {
		must(cmd[4] == 2 && cmd[5] == 0 && c->ap != 0);
		must(strchr(c->ap == 'j' ? "\x06\x08\x0a\x17\x18" : c->ap == 't' ? "\x02\x11" : "",
		    cmd[6]) != NULL && cmd[6] != 0);
		c->ef = c->sw == 0x9000 ? cmd[6] : 0;
		return;
	}
	must(cmd[2] == 0x04);
	ap = n == 15 && memcmp(cmd + 5, jpki, 10) == 0 ? 'j' :
	    n == 15 && memcmp(cmd + 5, text, 10) == 0 ? 't' : 'i';
	must(ap != 'i' || (n == 12 && memcmp(cmd + 5, isd, 7) == 0));
	c->ap = c->sw == 0x9000 ? ap : 0;
	c->ef = 0;
}

static void
check_pin(const struct card *c, const uint8_t *cmd, size_t n)
{
	must(cmd[2] == 0 && cmd[3] == 0x80);
	must((c->ap == 'j' && c->ef == 0x18) || (c->ap == 't' && c->ef == 0x11));
	must(n == 4 || (n == 9 && cmd[4] == 4));
	for (size_t i = 5; i < n; i++)
		must(cmd[i] >= '0' && cmd[i] <= '9');
}

static bool
may_be_read(const struct card *c)
{
	return (c->ap == 'j' && (c->ef == 0x06 || c->ef == 0x08 || c->ef == 0x0a)) ||
	    (c->ap == 't' && c->ef == 0x02);
}

static int
transmit(void *ctx, const uint8_t *cmd, size_t n, uint8_t *rsp, size_t rsp_max, size_t *rsp_len,
    struct err *e)
{
	struct card *c = ctx;

	must(n >= 4 && n <= APDU_CMD_MAX && rsp_max >= 2);
	must(++c->sent <= 3);
	must(cmd[0] == (cmd[1] == 0x2a ? 0x80 : 0x00));
	switch (cmd[1]) {
	case 0xa4:
		check_select(c, cmd, n);
		break;
	case 0xb0:
		must(n == 5 && cmd[2] < 0x10 && may_be_read(c));
		break;
	case 0x20:
		check_pin(c, cmd, n);
		break;
	case 0x2a:
		must(n == 57 && cmd[4] == 51 && c->ap == 'j' && c->ef == 0x17);
		break;
	default:
		must(cmd[1] == 0xc0 && n == 5 && (may_be_read(c) || (c->ap == 'j' && c->ef == 0x17)));
	}
	if (c->sw == 0)
		return err_set(e, ERR_CARD_UNREADABLE, "no answer");
	rsp[0] = (uint8_t)(c->sw >> 8);
	rsp[1] = (uint8_t)c->sw;
	*rsp_len = 2;
	return 0;
}

static void
send_one(const struct card_io *io, struct card *c, const uint8_t *p, size_t n)
{
	struct apdu_answer a;
	struct err e = ERR_INIT;
	uint8_t *cmd = malloc(n + (n == 0));
	int rc;

	must(cmd != NULL);
	memcpy(cmd, p, n);
	c->sent = 0;
	rc = apdu_send(io, cmd, n, &a, &e);
	must((rc == 0) == (e.code == ERR_NONE));
	must(rc < 0 ? e.msg[0] != '\0' : c->sent > 0 && a.n == 0);
	must(c->sent > 0 || e.code == ERR_INTERNAL);
	free(cmd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct card c = { .ap = 0 };
	const struct card_io below = { transmit, &c };
	struct gate g = { .below = &below };
	const struct card_io io = gate_io(&g);

	gate_reset(&g);
	while (size >= 3) {
		const size_t n = data[2] < size - 3 ? data[2] : size - 3;

		c.sw = (uint16_t)(data[0] << 8 | data[1]);
		send_one(&io, &c, data + 3, n);
		data += 3 + n;
		size -= 3 + n;
	}
	return 0;
}
