#include "desk/card_look.h"

#include <string.h>

#include "net/https.h"

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

static bool
is_taken(const struct reader_card *card, const struct x509_anchors *anchors, bool test_mode,
    struct card_look *look)
{
	*look = (struct card_look){ .known_issuer = -1, .refused = ERR_INIT };
	if (!card->certificate_needs_pin)
		card_look(card, anchors, test_mode, look);
	return !card->certificate_needs_pin && look->refused.code == ERR_NONE;
}

void
card_choose(struct reader *r, const struct reader_request *rq, const struct x509_anchors *anchors,
    bool test_mode, int timeout_ms, struct reader_card *card, struct card_look *look)
{
	const long long deadline_ms = https_clock_ms() + timeout_ms;
	struct reader_request other = { .trace_file = rq->trace_file };
	struct reader_list l;
	struct reader_card its;
	struct card_look its_look;
	struct err ignored = ERR_INIT;
	bool found = false, looked = false;

	if (is_taken(card, anchors, test_mode, look) || rq->card_file != NULL ||
	    reader_readers(r, https_left_ms(deadline_ms), &l, &ignored) < 0)
		return;
	for (size_t i = 0; i < l.n && !found; i++) {
		if (!reader_is_meant(&l, i, rq->reader_name) || !l.reader[i].present ||
		    strcmp(l.reader[i].name, card->reader) == 0)
			continue;
		other.reader_name = l.reader[i].name;
		looked = true;
		err_clear(&ignored);
		found = reader_open(r, &other, https_left_ms(deadline_ms), &its, &ignored) == 0 &&
		    is_taken(&its, anchors, test_mode, &its_look);
	}
	if (found) {
		*card = its;
		*look = its_look;
	} else if (looked) {
		other.reader_name = card->reader;
		err_clear(&ignored);
		(void)reader_open(r, &other, https_left_ms(deadline_ms), &its, &ignored);
	}
	explicit_bzero(&its, sizeof(its));
}
