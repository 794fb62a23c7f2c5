/*
 * Asks a service the way shikaku does and prints one line for each question:
 * what the client made of the answer.  Test tool; the request is a JSON file:
 *
 *	{"url": "...", "client_cert": F, "client_key": F, "ca": F, "plain": false,
 *	 "deadline_ms": 3000, "do": ["health", "wait", "challenge", "number", "card", "visual"],
 *	 "as_of": "2026-11-22", "insurer_number": "...", "number": "...",
 *	 "birthdate": "1980-02-17", "card_cert": PEM, "card_key": PEM,
 *	 "then_cert": F, "then_key": F}
 *
 * With then_cert the same is asked again as another clinic, and once more as
 * the first, whose connection was kept meanwhile.
 *
 * "wait" is half a second of nothing.
 *
 * Exit status: that of the first failure, which ends the run.
 */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <time.h>

#include "base/date.h"
#include "base/hash.h"
#include "json/json.h"
#include "net/elig.h"

struct probe {
	const struct json	*in;
	struct elig		*elig;
	long long		 deadline;
	struct elig_challenge	 challenge;
	struct elig_answer	 answer;
};

static int
day_of(const struct probe *p, const char *key)
{
	const char *s = js_str(p->in, key);

	return s != NULL ? date_parse_iso(s, strlen(s)) : DATE_NONE;
}

static uint8_t *
read_cert(const char *path, int *n)
{
	FILE *f = path != NULL ? fopen(path, "rb") : NULL;
	X509 *x = f != NULL ? PEM_read_X509(f, NULL, NULL, NULL) : NULL;
	uint8_t *der = NULL;

	*n = x != NULL ? i2d_X509(x, &der) : 0;
	X509_free(x);
	if (f != NULL)
		fclose(f);
	return der;
}

static void
add_field(struct buf *b, const void *p, size_t n)
{
	const uint8_t len[] = { (uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8),
	    (uint8_t)n };

	buf_add(b, len, sizeof(len));
	buf_add(b, p, n);
}

static int
sign(const char *path, const struct buf *message, uint8_t out[static 512], size_t *n)
{
	FILE *f = path != NULL ? fopen(path, "rb") : NULL;
	EVP_PKEY *key = f != NULL ? PEM_read_PrivateKey(f, NULL, NULL, NULL) : NULL;
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	int ok;

	*n = 512;
	ok = key != NULL && EVP_DigestSignInit(c, NULL, EVP_sha256(), NULL, key) == 1 &&
	    EVP_DigestSign(c, out, n, (const uint8_t *)message->p, message->n) == 1;
	EVP_MD_CTX_free(c);
	EVP_PKEY_free(key);
	if (f != NULL)
		fclose(f);
	return ok ? 0 : -1;
}

/* docs/service.md, "The signed message". */
static int
sign_enquiry(const struct probe *p, struct span cert, const char *at, uint8_t out[static 512],
    size_t *n)
{
	static const char context[] = "shikaku eligibility enquiry v1";
	uint8_t hash[HASH_SHA256_LEN];
	struct buf m = BUF_INIT;
	int rc;

	hash_sha256(cert.p, cert.n, hash);
	add_field(&m, context, strlen(context));
	add_field(&m, elig_origin(p->elig), strlen(elig_origin(p->elig)));
	add_field(&m, p->challenge.bytes, sizeof(p->challenge.bytes));
	add_field(&m, elig_institution(p->elig), strlen(elig_institution(p->elig)));
	add_field(&m, hash, sizeof(hash));
	add_field(&m, at, strlen(at));
	rc = sign(js_str(p->in, "card_key"), &m, out, n);
	buf_free(&m);
	return rc;
}

static int
do_health(struct probe *p, struct err *e)
{
	return elig_health(p->elig, p->deadline, e);
}

static int
do_challenge(struct probe *p, struct err *e)
{
	return elig_challenge(p->elig, p->deadline, &p->challenge, e);
}

static int
do_number(struct probe *p, struct err *e)
{
	const struct elig_number_request q = {
		.as_of = day_of(p, "as_of"),
		.insurer_number = js_str(p->in, "insurer_number"),
		.symbol = js_str(p->in, "symbol"),
		.number = js_str(p->in, "number"),
		.branch = js_str(p->in, "branch"),
		.birthdate = day_of(p, "birthdate"),
	};

	return elig_by_number(p->elig, &q, p->deadline, &p->answer, e);
}

static int
do_card(struct probe *p, struct err *e)
{
	struct elig_card_request q = { .as_of = day_of(p, "as_of") };
	const time_t now = time(NULL);
	uint8_t signature[512], *der;
	char at[sizeof("YYYYMMDDHHMMSSZ")];
	struct tm tm;
	size_t n = 0;
	int len, rc;

	strftime(at, sizeof(at), "%Y%m%d%H%M%SZ", gmtime_r(&now, &tm));
	der = read_cert(js_str(p->in, "card_cert"), &len);
	q.cert = (struct span){ der, (size_t)len };
	memcpy(q.challenge, p->challenge.bytes, sizeof(q.challenge));
	q.signed_at = at;
	rc = sign_enquiry(p, q.cert, at, signature, &n) < 0 ?
	    err_set(e, ERR_USAGE, "card_key does not sign") : 0;
	q.signature = (struct span){ signature, n };
	if (rc == 0)
		rc = elig_by_card(p->elig, &q, p->deadline, &p->answer, e);
	OPENSSL_free(der);
	return rc;
}

static int
do_visual(struct probe *p, struct err *e)
{
	struct elig_visual_request q = { .as_of = day_of(p, "as_of"), .operator_id = "desk1",
	    .face_compared = true };
	uint8_t *der;
	int len, rc;

	der = read_cert(js_str(p->in, "card_cert"), &len);
	q.cert = (struct span){ der, (size_t)len };
	memcpy(q.challenge, p->challenge.bytes, sizeof(q.challenge));
	rc = elig_by_visual(p->elig, &q, p->deadline, &p->answer, e);
	OPENSSL_free(der);
	return rc;
}

static const struct {
	const char	*name;
	int		(*run)(struct probe *, struct err *);
} actions[] = {
	{ "health", do_health },
	{ "challenge", do_challenge },
	{ "number", do_number },
	{ "card", do_card },
	{ "visual", do_visual },
};

static void
print_answer(const struct elig_answer *a)
{
	struct buf b = BUF_INIT;
	struct jw w = { &b, false };

	elig_answer_write(a, NULL, &w);
	printf(" %s", b.p != NULL ? b.p : "");
	if (a->refusal_code != NULL)
		printf(" refusal=%s retryable=%d", a->refusal_code, a->retryable);
	buf_free(&b);
}

static int
run(struct probe *p, const char *name, struct err *e)
{
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (name == NULL || strcmp(actions[i].name, name) != 0)
			continue;
		p->answer = (struct elig_answer)ELIG_ANSWER_INIT;
		actions[i].run(p, e);
		printf("%s %s", name, err_name(e->code));
		if (i >= 2)
			print_answer(&p->answer);
		printf("%s%s\n", e->code != ERR_NONE ? " " : "", e->msg);
		elig_answer_free(&p->answer);
		return e->code == ERR_NONE ? 0 : -1;
	}
	return err_set(e, ERR_USAGE, "no such question");
}

static void
ask_all(struct probe *p, struct err *e)
{
	static const struct timespec half = { 0, 500000000 };

	for (size_t i = 0; e->code == ERR_NONE && i < js_len(js_get(p->in, "do")); i++) {
		const char *name = js_as_str(js_at(js_get(p->in, "do"), i));

		if (name != NULL && strcmp(name, "wait") == 0)
			nanosleep(&half, NULL);
		else
			run(p, name, e);
	}
}

static void
ask_as_another(struct probe *p, struct elig_service s, struct err *e)
{
	struct elig *first = p->elig;

	s.client_cert = js_str(p->in, "then_cert");
	s.client_key = js_str(p->in, "then_key");
	if (s.client_cert == NULL || e->code != ERR_NONE)
		return;
	if (elig_open(&p->elig, &s, e) == 0)
		ask_all(p, e);
	elig_close(p->elig);
	p->elig = first;
	ask_all(p, e);
}

int
main(int argc, char **argv)
{
	struct probe p = { 0 };
	struct elig_service s = { 0 };
	struct err e = ERR_INIT;
	long long ms = 3000;
	struct json *in;

	if (argc != 2 || (in = js_parse_file(argv[1], 65536, &e)) == NULL) {
		fprintf(stderr, "usage: net-probe REQUEST.json %s\n", e.msg);
		return 2;
	}
	p.in = in;
	s.url = js_str(in, "url");
	s.client_cert = js_str(in, "client_cert");
	s.client_key = js_str(in, "client_key");
	s.ca = js_str(in, "ca");
	js_bool(in, "plain", &s.plain);
	js_int(in, "deadline_ms", &ms);
	p.deadline = https_clock_ms() + ms;
	if (elig_open(&p.elig, &s, &e) < 0)
		printf("open %s %s\n", err_name(e.code), e.msg);
	ask_all(&p, &e);
	ask_as_another(&p, s, &e);
	elig_close(p.elig);
	js_free(in);
	return err_exit_status(e.code);
}
