/*
 * The bytes are EF 0002 of the 券面事項入力補助AP, filler and all: read through
 * the gate from a card that has them, and parsed as they are.  Both find the same
 * person or none; every text is UTF-8 within its bounds; nothing is read beyond
 * the object, and what is found is the same person as itself.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "card/gate.h"
#include "card/text_ap.h"
#include "decide/same_person.h"
#include "must.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct file {
	const uint8_t	*p;
	size_t		 n;
	size_t		 read;	/* the furthest byte that was asked for */
	int		 sent;
};

/* 9000 to everything; READ BINARY has what is there. */
static int
transmit(void *ctx, const uint8_t *cmd, size_t n, uint8_t *rsp, size_t rsp_max, size_t *rsp_len,
    struct err *e)
{
	struct file *f = ctx;
	size_t len = 0;

	(void)n;
	(void)e;
	must(rsp_max >= 258);
	must(++f->sent < 64);
	if (cmd[1] == 0xb0) {
		const size_t at = (size_t)cmd[2] << 8 | cmd[3], want = cmd[4] == 0 ? 256 : cmd[4];

		len = at < f->n ? f->n - at : 0;
		len = len < want ? len : want;
		memcpy(rsp, f->p + at, len);
		f->read = at + want > f->read ? at + want : f->read;
	}
	rsp[len] = 0x90;
	rsp[len + 1] = 0x00;
	*rsp_len = len + 2;
	return 0;
}

static int
from_card(const uint8_t *data, size_t size, struct person *out)
{
	static const uint8_t pin[] = { '4', '7', '1', '1' };
	struct file f = { data, size, 0, 0 };
	const struct card_io below = { transmit, &f };
	struct gate g = { .below = &below, .at = APDU_NOWHERE };
	const struct card_io io = gate_io(&g);
	uint8_t object[PERSON_OBJECT_MAX];
	struct err e = ERR_INIT;
	bool there;
	size_t n = 0;

	must(text_ap_select(&io, &there, &e) == 0 && there);
	must(text_ap_verify(&io, pin, &e) == 0);
	if (text_ap_person(&io, object, &n, &e) < 0)
		return -1;
	must(n > 2 && n <= PERSON_OBJECT_MAX && (f.read == n || n < 7));
	return person_parse(object, n, out, &e);
}

static void
check(const struct person *h)
{
	const size_t name = strlen(h->name), address = strlen(h->address);
	const struct holder self = { h->name, h->address, h->birthdate, h->sex };
	struct buf b = BUF_INIT;
	struct jw w = { &b, false };
	struct err e = ERR_INIT;
	struct person_parts parts;
	struct json *j;

	must(name > 0 && name <= PERSON_NAME_MAX && text_is_utf8(h->name, name));
	must(address <= PERSON_ADDRESS_MAX && text_is_utf8(h->address, address));
	must(h->sex == '\0' || h->sex == '1' || h->sex == '2');
	jw_open(&w, NULL, '{');
	jw_str(&w, "Name", h->name);
	jw_close(&w, '}');
	j = js_parse(b.p, b.n, &e);
	must(j != NULL && same_person(&self, j, &parts) != OTHER_PERSON);
	js_free(j);
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct person bare, read;
	struct err e = ERR_INIT;
	const int rc = person_parse(data, size, &bare, &e);

	must(rc == 0 || e.code == ERR_CARD_UNREADABLE);
	if (rc == 0)
		check(&bare);
	if (from_card(data, size, &read) == 0)
		must(rc == 0 && memcmp(&read, &bare, sizeof(read)) == 0);
	return 0;
}
