#include "card/jpki.h"

#include <string.h>

#include "card/ef.h"
#include "card/message.h"
#include "card/tlv.h"

#define TAG_SEQUENCE	0x30

enum ef {
	EF_TOKEN = 0x06,
	EF_AVAILABILITY = 0x08,
	EF_CERTIFICATE = 0x0a,
	EF_KEY = 0x17,
	EF_PIN = 0x18
};

static const struct {
	const char	*name;
	const char	*label;
} media[] = {
#define X(id, name, label) { name, label },
	JPKI_MEDIUM_LIST(X)
#undef X
};

const char *
jpki_medium_name(enum jpki_medium m)
{
	return media[m].name;
}

/* The whole label: that of the 住基カード is a prefix of the My Number card's. */
enum jpki_medium
jpki_medium_of(const char *token)
{
	for (size_t i = 0; i < JPKI_OTHER; i++)
		if (strcmp(media[i].label, token) == 0)
			return (enum jpki_medium)i;
	return JPKI_OTHER;
}

bool
jpki_is_phone(enum jpki_medium m)
{
	return m == JPKI_PHONE || m == JPKI_PHONE_IOS;
}

int
jpki_select(const struct card_io *io, struct err *e)
{
	bool absent;

	return jpki_select_told(io, &absent, e);
}

/*
 * How cards without the application say so: it is not found (6A82), or they
 * know no such command (6D00), class (6E00) or way to select (6A81, 6A86), or
 * their applications are none of ISO 7816-4's (6999).  Any other word is of a
 * card that can not say what it has.
 */
static bool
says_no_such_ap(uint16_t sw)
{
	switch (sw) {
	case 0x6999:
	case 0x6a81:
	case 0x6a82:
	case 0x6a86:
	case 0x6d00:
	case 0x6e00:
		return true;
	default:
		return false;
	}
}

int
jpki_select_told(const struct card_io *io, bool *absent, struct err *e)
{
	static const uint8_t cmd[] = { 0x00, 0xa4, 0x04, 0x0c, 0x0a,
	    0xd3, 0x92, 0xf0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01 };
	struct apdu_answer a;

	*absent = false;
	if (apdu_send(io, cmd, sizeof(cmd), &a, e) < 0)
		return -1;
	/* One card in the field answers its first command after power-up so. */
	if (a.sw == 0x6f00 && apdu_send(io, cmd, sizeof(cmd), &a, e) < 0)
		return -1;
	*absent = sw_kind(a.sw) == SW_NOT_FOUND;
	if (sw_kind(a.sw) == SW_OK)
		return 0;
	return says_no_such_ap(a.sw) ?
	    err_set(e, ERR_CARD_NOT_JPKI, "SELECT JPKI AP: SW %04X", a.sw) :
	    ef_sw_error(e, "SELECT JPKI AP", a.sw);
}

int
jpki_token(const struct card_io *io, char out[static JPKI_TOKEN_LEN + 1], struct err *e)
{
	struct apdu_answer a;
	size_t n = JPKI_TOKEN_LEN;

	if (ef_head(io, EF_TOKEN, JPKI_TOKEN_LEN, &a, e) < 0)
		return -1;
	while (n > 0 && (a.data[n - 1] == ' ' || a.data[n - 1] == '\0'))
		n--;
	for (size_t i = 0; i < n; i++)
		out[i] = a.data[i] > ' ' && a.data[i] < 0x7f ? (char)a.data[i] : '?';
	out[n] = '\0';
	return 0;
}

int
jpki_availability(const struct card_io *io, bool *sign, bool *auth, struct err *e)
{
	struct apdu_answer a;

	if (ef_head(io, EF_AVAILABILITY, 3, &a, e) < 0)
		return -1;
	*sign = a.data[0] == 0x8f;
	*auth = a.data[1] == 0x8f;
	return 0;
}

int
jpki_tries(const struct card_io *io, int *left, struct err *e)
{
	return ef_tries(io, EF_PIN, left, e);
}

/*
 * Total length of the object whose first bytes are p: SEQUENCE with a length
 * of one to three bytes, as a certificate of at most 4096 bytes has.  0 if p
 * begins anything else.
 */
static size_t
object_length(const uint8_t p[static 4])
{
	struct tlv t;

	return tlv_header(p, 4, &t) == 0 && t.tag == TAG_SEQUENCE ? t.header + t.n : 0;
}

int
jpki_certificate(const struct card_io *io, uint8_t out[static JPKI_CERTIFICATE_MAX], size_t *n,
    bool *needs_pin, struct err *e)
{
	struct apdu_answer a;
	size_t len;

	*n = 0;
	*needs_pin = false;
	if (ef_select(io, EF_CERTIFICATE, e) < 0 || ef_read(io, 0, 4, &a, e) < 0)
		return -1;
	if (sw_kind(a.sw) == SW_SECURITY) {
		*needs_pin = true;
		return 0;
	}
	if (!ef_read_ok(&a) || a.n != 4)
		return err_set(e, ERR_CARD_UNREADABLE, "certificate: %zu bytes, SW %04X",
		    a.n, a.sw);
	len = object_length(a.data);
	if (len <= 4 || len > JPKI_CERTIFICATE_MAX)
		return err_set(e, ERR_CARD_UNREADABLE, "certificate: a length of %zu", len);
	if (ef_read_all(io, out, len, e) < 0)
		return err_prefix(e, "certificate");
	*n = len;
	return 0;
}

int
jpki_verify(const struct card_io *io, const uint8_t pin[static JPKI_PIN_LEN], struct err *e)
{
	return ef_verify(io, EF_PIN, pin, e);
}

int
jpki_sign(const struct card_io *io, const uint8_t digest[static JPKI_DIGEST_LEN], uint8_t *sig,
    size_t sig_max, size_t *sig_len, struct err *e)
{
	uint8_t cmd[5 + DIGEST_INFO_LEN + 1] = { 0x80, 0x2a, 0x00, 0x80, DIGEST_INFO_LEN };
	struct apdu_answer a;

	/* After VERIFY the current EF is the PIN. */
	if (ef_select(io, EF_KEY, e) < 0)
		return -1;
	digest_info(digest, cmd + 5);
	if (apdu_send(io, cmd, sizeof(cmd), &a, e) < 0)
		return -1;
	if (sw_kind(a.sw) != SW_OK)
		return ef_sw_error(e, "COMPUTE DIGITAL SIGNATURE", a.sw);
	if (a.n == 0 || a.n > sig_max)
		return err_set(e, ERR_CARD_UNREADABLE, "a signature of %zu bytes", a.n);
	memcpy(sig, a.data, a.n);
	*sig_len = a.n;
	return 0;
}

int
jpki_leave(const struct card_io *io, struct err *e)
{
	static const uint8_t cmd[] = { 0x00, 0xa4, 0x04, 0x0c, 0x07,
	    0xa0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00 };
	struct apdu_answer a;

	if (apdu_send(io, cmd, sizeof(cmd), &a, e) < 0)
		return -1;
	if (sw_kind(a.sw) != SW_OK)
		return ef_sw_error(e, "SELECT ISD", a.sw);
	return 0;
}
