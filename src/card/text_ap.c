#include "card/text_ap.h"

#include <string.h>

#include "card/tlv.h"

enum ef { EF_PERSON = 0x02, EF_TEXT_PIN = 0x11 };

int
text_ap_select(const struct card_io *io, bool *there, struct err *e)
{
	static const uint8_t cmd[] = { 0x00, 0xa4, 0x04, 0x0c, 0x0a,
	    0xd3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x08 };
	struct apdu_answer a;

	*there = false;
	if (apdu_send(io, cmd, sizeof(cmd), &a, e) < 0)
		return -1;
	switch (sw_kind(a.sw)) {
	case SW_OK:
		*there = true;
		return 0;
	case SW_NOT_FOUND:
		return 0;
	default:
		return ef_sw_error(e, "SELECT text AP", a.sw);
	}
}

int
text_ap_tries(const struct card_io *io, int *left, struct err *e)
{
	return ef_tries(io, EF_TEXT_PIN, left, e);
}

int
text_ap_verify(const struct card_io *io, const uint8_t pin[static EF_PIN_LEN], struct err *e)
{
	return ef_verify(io, EF_TEXT_PIN, pin, e);
}

/* How long the object is, from its first bytes. */
static int
object_length(const struct card_io *io, size_t *len, struct err *e)
{
	struct apdu_answer a;
	struct tlv t;

	*len = 0;
	if (ef_head(io, EF_PERSON, TLV_HEADER_MAX, &a, e) < 0)
		return -1;
	if (tlv_header(a.data, a.n, &t) == 0 && t.tag == PERSON_TAG &&
	    t.n <= PERSON_OBJECT_MAX - t.header)
		*len = t.header + t.n;
	explicit_bzero(&a, sizeof(a));
	return *len > 0 ? 0 : err_set(e, ERR_CARD_UNREADABLE, "basic four: no object, or too long");
}

int
text_ap_person(const struct card_io *io, uint8_t out[static PERSON_OBJECT_MAX], size_t *n,
    struct err *e)
{
	size_t len;

	*n = 0;
	if (object_length(io, &len, e) < 0)
		return -1;
	if (ef_read_all(io, out, len, e) < 0) {
		explicit_bzero(out, PERSON_OBJECT_MAX);
		return err_prefix(e, "basic four");
	}
	*n = len;
	return 0;
}
