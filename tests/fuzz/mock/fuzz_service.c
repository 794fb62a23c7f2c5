/*
 * Requests to the service, with 0x1e between them: method, path and content
 * type, each ended by a blank or a line's end, and the body.  The service
 * knows three people and trusts no card.  Whatever is sent, each answer is one
 * object of JSON, and an error with all it has to say just when the status says
 * so (docs/service.md).  Sixteen ones stand for the ReceptionNumber of the
 * first file taken in, which nobody can guess.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../must.h"
#include "mock/service.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUESTS_MAX	8
#define WORD_MAX	64
#define NOW		1795311000LL	/* 2026-11-22 10:30 in Japan */

#define NUMBERS(insurer, number, birth)	"[{\"InsurerNumber\":\"" insurer "\","	\
    "\"InsuredIdentificationNumber\":\"" number "\",\"Birthdate\":\"" birth "\""

static const char people_text[] = "{\"people\":["
    "{\"id\":\"plain\",\"results\":" NUMBERS("06132013", "345", "19800217")
    ",\"InsuredCardSymbol\":\"12\",\"InsuredBranchNumber\":\"00\"}]},"
    "{\"id\":\"kouki\",\"results\":" NUMBERS("39131016", "01234567", "19400217") "}]},"
    "{\"id\":\"left\",\"results\":" NUMBERS("138016", "7", "19700101")
    ",\"DisqualificationDate\":\"20261101\"}]}]}";

struct words {
	char		method[WORD_MAX];
	char		path[WORD_MAX];
	char		type[WORD_MAX];
	const char	*body;
	size_t		 n;
};

static void
take_word(struct words *w, char out[static WORD_MAX], const char *ends)
{
	size_t len = 0;

	while (w->n > 0 && strchr(ends, *w->body) == NULL) {
		if (len < WORD_MAX - 1)
			out[len++] = *w->body;
		w->body++;
		w->n--;
	}
	out[len] = '\0';
	if (w->n > 0) {
		w->body++;
		w->n--;
	}
}

/* A body of our own strict reading: nothing is doubled or ill-formed. */
static void
check_reply(const struct reply *r)
{
	struct err e = ERR_INIT;
	struct json *doc = js_parse(r->body.p, r->body.n, &e);
	const struct json *error = js_get(doc, "error");
	bool again;

	must(js_type(doc) == JS_OBJECT);
	must((r->status == 200 || r->status == 202) == (error == NULL));
	must((r->status == 405) == (r->allow != NULL));
	if (error != NULL) {
		must(r->status >= 400 && r->status <= 599);
		must(js_str(error, "code") != NULL && js_bool(error, "retryable", &again));
		must(js_str(error, "text_desk") != NULL && js_str(error, "text_technician") != NULL);
	}
	js_free(doc);
}

static void
put_reception(const struct service *s, char *body, size_t n)
{
	static const char ones[] = "1111111111111111";
	char *at;

	_Static_assert(sizeof(ones) == BULK_RECEPTION_LEN + 1, "in place of a ReceptionNumber");
	if (s->bulk.first != NULL && (at = memmem(body, n, ones, sizeof(ones) - 1)) != NULL)
		memcpy(at, s->bulk.first->reception, BULK_RECEPTION_LEN);
}

static void
ask(struct service *s, const struct client *client, int nth, struct words w)
{
	struct reply r;
	char *body;

	take_word(&w, w.method, " ");
	take_word(&w, w.path, " ");
	take_word(&w, w.type, "\n");
	if (w.n > service_body_max(w.path))
		return;
	must((body = malloc(w.n + (w.n == 0))) != NULL);
	memcpy(body, w.body, w.n);
	put_reception(s, body, w.n);
	const struct request q = { .method = w.method, .path = w.path,
		.content_type = w.type[0] != '\0' ? w.type : NULL, .body = body, .n = w.n,
		.client = client, .now = NOW + nth, .now_ms = 1000LL * nth };

	must(service_path_name(w.path)[0] != '\0');
	service_answer(s, &q, &r);
	check_reply(&r);
	buf_free(&r.body);
	free(body);
}

static void
ask_all(struct service *s, const char *p, size_t n)
{
	static const struct client clients[] = { { .institution = "1310000011" },
		{ .institution = "" } };

	for (int nth = 0; n > 0 && nth < REQUESTS_MAX; nth++) {
		const char *end = memchr(p, 0x1e, n);
		const size_t len = end != NULL ? (size_t)(end - p) : n;

		ask(s, &clients[nth / 4 % 2], nth, (struct words){ .body = p, .n = len });
		p += len + (end != NULL);
		n -= len + (end != NULL);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct service s;
	struct err e = ERR_INIT;

	if (s.people == NULL) {
		s.people = people_parse(people_text, sizeof(people_text) - 1, &e);
		s.anchors = anchors_new();
		must(s.people != NULL && s.anchors != NULL);
	}
	memset(&s.challenges, 0, sizeof(s.challenges));
	s.bulk = (struct bulk){ .config = BULK_CONFIG_INIT };
	s.bulk.config.units_max = 100;
	ask_all(&s, (const char *)data, size);
	bulk_free(&s.bulk);
	return 0;
}
