/*
 * A program that embeds libshikaku, from card to verdict:
 *
 *	lib-host URL CLIENT-CERT CLIENT-KEY CA CARD-CA card FILE DATE	PIN on stdin
 *	... register FILE DATE		as card; a card that is not registered is registered
 *	... reuse FILE DATE		the same with the enquiry's signature, which must not do
 *	lib-host URL CLIENT-CERT CLIENT-KEY CA CARD-CA number INSURER SYMBOL NUMBER BRANCH BIRTH DATE
 *
 * The card is the software card in process.  Prints what it learns, a line each.
 */
#include <shikaku/card.h>
#include <shikaku/certificate.h>
#include <shikaku/client.h>
#include <shikaku/decide.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "softcard/softcard.h"

#define TIMEOUT_MS	5000

struct host {
	struct shikaku_client	*client;
	struct shikaku_card	*card;
	struct shikaku_answer	*answer;
	struct shikaku_message	 message;
	uint8_t			 sig[SHIKAKU_SIGNATURE_MAX];
	size_t			 sig_len;
	const char		*date;
	const char		*card_ca;
	char			 card_facts[200];
};

static enum shikaku_io
transmit(void *ctx, const uint8_t *cmd, size_t n, uint8_t *rsp, size_t rsp_max, size_t *rsp_len)
{
	struct err e = ERR_INIT;

	if (softcard_transmit(ctx, cmd, n, rsp, rsp_max, rsp_len, &e) == 0)
		return SHIKAKU_IO_OK;
	return e.code == ERR_CARD_REMOVED ? SHIKAKU_IO_REMOVED : SHIKAKU_IO_BROKEN;
}

static enum shikaku_io
power_cycle(void *ctx)
{
	softcard_power(ctx, SOFTCARD_ON);
	return SHIKAKU_IO_OK;
}

static int
check_issuer(const struct host *h, const uint8_t *der, size_t n, struct shikaku_error *e)
{
	struct shikaku_anchors *anchors = shikaku_anchors_new(e);
	static char pem[SHIKAKU_PEM_MAX];
	FILE *f = fopen(h->card_ca, "r");
	size_t len = f != NULL ? fread(pem, 1, sizeof(pem), f) : 0;
	int rc = -1;

	if (f != NULL)
		fclose(f);
	if (anchors != NULL && shikaku_anchors_add(anchors, pem, len, e) == 0)
		rc = shikaku_certificate_check(der, n, anchors, e);
	shikaku_anchors_free(anchors);
	return rc;
}

static int
read_card(struct host *h, const struct shikaku_card_io *io, struct shikaku_error *e)
{
	struct shikaku_certificate info;
	uint8_t pin[SHIKAKU_PIN_LEN];
	const uint8_t *der;
	size_t n;
	int rc = -1;

	if (shikaku_card_open(&h->card, io, e) < 0)
		return -1;
	der = shikaku_card_certificate(h->card, &n);
	printf("tries %d, certificate %zu bytes\n", shikaku_card_tries_left(h->card), n);
	if (shikaku_certificate_read(der, n, &info, e) < 0 || check_issuer(h, der, n, e) < 0 ||
	    shikaku_client_challenge(h->client, (long long)time(NULL), TIMEOUT_MS, &h->message,
	    NULL, e) < 0)
		return -1;
	snprintf(h->card_facts, sizeof(h->card_facts), ",\"card\":{\"medium\":\"card\","
	    "\"read\":\"ok\",\"identity\":\"pin\",\"certificate_not_after\":\"%s\"}",
	    info.not_after);
	if (fread(pin, 1, sizeof(pin), stdin) == sizeof(pin) &&
	    shikaku_card_verify(h->card, pin, false, e) == 0)
		rc = shikaku_card_sign(h->card, &h->message, h->sig, &h->sig_len, e);
	explicit_bzero(pin, sizeof(pin));
	return rc;
}

static int
enquire(struct host *h, struct shikaku_error *e)
{
	struct shikaku_card_enquiry q = { .visit_date = h->date, .message = &h->message,
		.signature = h->sig, .signature_len = h->sig_len };

	q.certificate = shikaku_card_certificate(h->card, &q.certificate_len);
	return shikaku_client_by_card(h->client, &q, TIMEOUT_MS, &h->answer, e);
}

/* Another challenge, signed for that in the same card session. */
static int
sign_again(struct host *h, enum shikaku_purpose purpose, struct shikaku_error *e)
{
	if (shikaku_client_challenge(h->client, (long long)time(NULL), TIMEOUT_MS, &h->message,
	    NULL, e) < 0)
		return -1;
	h->message.purpose = purpose;
	return shikaku_card_sign(h->card, &h->message, h->sig, &h->sig_len, e);
}

static int
send_registration(struct host *h, struct shikaku_error *e)
{
	struct shikaku_registration q = { .message = &h->message, .signature = h->sig,
		.signature_len = h->sig_len };

	q.certificate = shikaku_card_certificate(h->card, &q.certificate_len);
	return shikaku_client_register(h->client, &q, TIMEOUT_MS, &h->answer, e);
}

/* After an enquiry that was refused because the card is not registered. */
static int
register_card(struct host *h, bool reuse, struct shikaku_error *e)
{
	shikaku_answer_free(h->answer);
	h->answer = NULL;
	if (sign_again(h, reuse ? SHIKAKU_PURPOSE_ENQUIRY : SHIKAKU_PURPOSE_REGISTRATION, e) < 0)
		return -1;
	if (reuse) {
		/* the library refuses what says so; what does not, the service */
		if (send_registration(h, e) < 0)
			printf("unchanged: %s\n", e->code);
		h->message.purpose = SHIKAKU_PURPOSE_REGISTRATION;
	}
	if (send_registration(h, e) < 0)
		return -1;
	printf("registered\n");
	if (sign_again(h, SHIKAKU_PURPOSE_ENQUIRY, e) < 0)
		return -1;
	return enquire(h, e);
}

static bool
not_registered(const struct host *h)
{
	const char *refusal = h->answer != NULL ? shikaku_answer_refusal(h->answer) : NULL;

	return refusal != NULL && strcmp(refusal, "CARD_NOT_REGISTERED") == 0;
}

static int
by_card(struct host *h, const char *how, const char *file, struct shikaku_error *e)
{
	struct err se = ERR_INIT;
	struct softcard *soft = softcard_load(file, &se);
	const struct shikaku_card_io io = { transmit, power_cycle, soft };
	int rc = -1;

	if (soft == NULL) {
		fprintf(stderr, "%s\n", se.msg);
		exit(99);
	}
	softcard_power(soft, SOFTCARD_ON);
	if (read_card(h, &io, e) == 0) {
		rc = enquire(h, e);
		if (rc < 0 && strcmp(how, "card") != 0 && not_registered(h)) {
			*e = (struct shikaku_error){ .exit_status = 0 };
			rc = register_card(h, strcmp(how, "reuse") == 0, e);
		}
	}
	shikaku_card_close(h->card);
	softcard_free(soft);
	return rc;
}

static int
by_number(struct host *h, char **argv, struct shikaku_error *e)
{
	const struct shikaku_number_enquiry q = { .visit_date = h->date,
		.insurer_number = argv[0], .symbol = *argv[1] != '\0' ? argv[1] : NULL,
		.number = argv[2], .branch = *argv[3] != '\0' ? argv[3] : NULL,
		.birthdate = argv[4] };

	return shikaku_client_by_number(h->client, &q, TIMEOUT_MS, &h->answer, e);
}

static void
decide(const struct host *h)
{
	const struct shikaku_decide_options options = { .assume_none = true };
	struct shikaku_rules *rules = shikaku_rules_embedded(NULL);
	const char *online = shikaku_answer_online(h->answer);
	const size_t room = strlen(online) + 400;
	char *facts = malloc(room);
	struct shikaku_verdict *v;

	snprintf(facts, room, "{\"visit_date\":\"%s\"%s,\"online\":%s}", h->date, h->card_facts,
	    online);
	v = shikaku_decide(rules, facts, strlen(facts), &options, NULL);
	printf("%s\n", v != NULL ? shikaku_verdict_json(v) : "no verdict");
	shikaku_verdict_free(v);
	shikaku_rules_free(rules);
	free(facts);
}

int
main(int argc, char **argv)
{
	struct shikaku_error e = { .exit_status = 0 };
	struct host h = { .date = argv[argc - 1] };
	int rc;

	if (argc < 9)
		return 2;
	h.card_ca = argv[5];
	rc = shikaku_client_open(&h.client, &(struct shikaku_service){ argv[1], argv[2], argv[3],
	    argv[4] }, &e);
	if (rc == 0)
		rc = strcmp(argv[6], "number") == 0 ? by_number(&h, argv + 7, &e) :
		    by_card(&h, argv[6], argv[7], &e);
	if (rc < 0)
		printf("error %s, exit %d, tries %d\n", e.code, e.exit_status, e.tries_left);
	if (h.answer != NULL) {
		printf("outcome %d, refusal %s\n", (int)shikaku_answer_outcome(h.answer),
		    shikaku_answer_refusal(h.answer) != NULL ?
		    shikaku_answer_refusal(h.answer) : "none");
		decide(&h);
	}
	shikaku_answer_free(h.answer);
	shikaku_client_close(h.client);
	return e.exit_status;
}
