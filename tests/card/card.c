/* The cards of the table, whose inside can be looked at. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "softcard/card.h"
#include "table.h"

void
card_load(struct card *c, const char *path)
{
	struct err e = ERR_INIT;

	memset(c, 0, sizeof(*c));
	if ((c->soft = softcard_load(path, &e)) == NULL) {
		fprintf(stderr, "card-campaign: %s\n", e.msg);
		exit(1);
	}
	c->text_tries = c->soft->pin[PIN_TEXT].tries;
}

void
card_fresh(struct card *c, int tries)
{
	c->tries = c->soft->pin[PIN_AUTH].tries = tries;
	c->soft->pin[PIN_TEXT].tries = c->text_tries;
	c->verifies = 0;
	softcard_power(c->soft, SOFTCARD_OFF);
}

int
card_tries(const struct card *c)
{
	return c->soft->pin[PIN_AUTH].tries;
}

int
card_text_tries(const struct card *c)
{
	return c->soft->pin[PIN_TEXT].tries;
}

bool
card_is_open(const struct card *c)
{
	return c->soft->powered &&
	    (c->soft->pin[PIN_AUTH].verified || c->soft->pin[PIN_TEXT].verified);
}

bool
card_has_power(const struct card *c)
{
	return c->soft->powered;
}

bool
card_holds(const struct card *c, const uint8_t *der, size_t n)
{
	const struct buf *ef = &card_ef(c->soft, AP_JPKI, 0x000a)->data;

	return n > 0 && n <= ef->n && memcmp(ef->p, der, n) == 0;
}

bool
card_is_verify(const uint8_t *cmd, size_t n)
{
	return n > 5 && cmd[1] == 0x20;
}

size_t
card_run(struct card *c, const uint8_t *cmd, size_t n, uint8_t rsp[SOFTCARD_RSP_MAX])
{
	struct err e = ERR_INIT;
	size_t got = 0;

	c->verifies += card_is_verify(cmd, n);
	if (softcard_transmit(c->soft, cmd, n, rsp, SOFTCARD_RSP_MAX, &got, &e) < 0) {
		rsp[0] = 0x6f;
		rsp[1] = 0x00;
		got = 2;
	}
	return got;
}
