/*
 * Any status word, any command, and any bytes that are to begin with a TLV
 * object (card/tlv.h): the lengths a card gives are read nowhere else.
 */
#include "__fc_builtin.h"
#include "card/apdu.h"
#include "card/tlv.h"

#define BYTES	4096

/* Any word, any command. */
static void
words(void)
{
	const uint16_t sw = (uint16_t)Frama_C_interval(0, 65535);
	static uint8_t cmd[APDU_CMD_MAX];
	const size_t n = (size_t)Frama_C_interval(0, APDU_CMD_MAX);
	const int tries = sw_tries(sw);

	/*@ assert -1 <= tries <= 15; */
	Frama_C_make_unknown((char *)cmd, sizeof(cmd));
	(void)apdu_allowed(cmd, n);
	(void)apdu_expected(cmd, n);
}

/* Any bytes: as many as there are, to the last one that may be read, or any number of many. */
static void
object(const uint8_t *p, size_t n)
{
	struct tlv t;

	(void)tlv_header(p, n, &t);
	(void)tlv_whole(p, n, &t);
	/*@ assert t.header <= 7 && t.tag <= 0xffff && t.n <= 0xffffffff; */
}

static void
objects(void)
{
	static uint8_t bytes[BYTES];

	Frama_C_make_unknown((char *)bytes, sizeof(bytes));
	/*@ loop unroll 17; */
	for (size_t n = 0; n <= 16; n++)
		object(bytes + BYTES - n, n);
	object(bytes, (size_t)Frama_C_interval(0, BYTES));
}

int
main(void)
{
	words();
	objects();
	return 0;
}
