#include "desk/card_look.h"

/* Whether an anchor issued it; with no anchors nobody can tell. */
static int
known_issuer(const struct reader_card *card, const struct x509_anchors *anchors, struct err *e)
{
	if (anchors == NULL || x509_anchors_count(anchors) == 0)
		return -1;
	return x509_check_issuer(card->certificate, card->certificate_len, anchors, e) == 0;
}

static void
refuse(struct card_look *out, enum card_refusal why, enum err_code code, const char *text)
{
	out->why = why;
	err_set(&out->refused, code, "%s", text);
}

void
card_look(const struct reader_card *card, const struct x509_anchors *anchors, bool test_mode,
    struct card_look *out)
{
	struct err issuer = ERR_INIT;

	*out = (struct card_look){ .known_issuer = -1, .refused = ERR_INIT };
	if (x509_info(card->certificate, card->certificate_len, &out->cert, &out->refused) < 0) {
		out->why = CARD_CERT_UNREADABLE;
		return;
	}
	out->readable = true;
	out->generation = x509_generation(&out->cert, anchors);
	out->known_issuer = known_issuer(card, anchors, &issuer);
	if (!out->cert.authentication)
		refuse(out, CARD_NOT_AUTHENTICATION, ERR_CARD_CERT,
		    "not an authentication certificate");
	else if (!out->cert.known_key)
		refuse(out, CARD_UNKNOWN_KEY, ERR_CARD_CERT,
		    "a key of a kind this version does not know");
	else if (out->cert.test && !test_mode)
		refuse(out, CARD_OF_TESTS, ERR_CARD_NOT_JPKI, "a card of the test hierarchy");
	else if (out->known_issuer == 0)
		refuse(out, CARD_UNKNOWN_ISSUER, ERR_CARD_NOT_JPKI, issuer.msg);
}
