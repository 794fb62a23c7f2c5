/*
 * Whatever the service sends.  The first byte says what it is read as: c and n
 * an answer by card and by number, r one to a registration, e an error object, h a challenge, d a Date
 * header, o (of the configuration, not the service) a URL.
 *
 * Besides "no crash": what is accepted is an answer with a validity of the code
 * table, one that fits the decision's facts as valid JSON; what is refused
 * leaves no results behind.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "net/elig.h"
#include "net/origin.h"

static const struct elig_header header = { "20261122", "1310000011", "a1b2" };
static const uint8_t challenge[ELIG_CHALLENGE_LEN];
static const uint8_t cert[] = "certificate";

static void
check_written(const struct elig_answer *a)
{
	struct buf b = BUF_INIT;
	struct jw w = { &b, false };
	struct err e = ERR_INIT;
	struct json *doc;

	elig_answer_write(a, NULL, &w);
	if ((doc = js_parse(b.p, b.n, &e)) == NULL && e.code != ERR_NOMEM)
		abort();
	js_free(doc);
	buf_free(&b);
}

static void
check_answer(int rc, const struct elig_answer *a, const struct err *e)
{
	if ((rc == 0) != (a->outcome == ELIG_ANSWERED) || (rc == 0) != (e->code == ERR_NONE))
		abort();
	if (rc == 0 && (a->validity < '1' || a->validity > '6'))
		abort();
	if (rc < 0 && (a->validity != 0 || a->results != NULL))
		abort();
	if (a->validity == '1' && (js_len(a->results) < 1 || js_len(a->results) > ELIG_RESULTS_MAX))
		abort();
	check_written(a);
}

static void
answer(bool number, const char *text, size_t n)
{
	const struct elig_number_request search = { .insurer_number = "06132013", .symbol = "12",
	    .number = "345", .birthdate = date_from_ymd(1980, 2, 17) };
	const struct span der = { cert, sizeof(cert) - 1 };
	const struct reply_expect by_card = { &header, challenge, der, NULL };
	const struct reply_expect by_number = { &header, NULL, { NULL, 0 }, &search };
	struct elig_answer a = ELIG_ANSWER_INIT;
	struct err e = ERR_INIT;
	const int rc = reply_read(text, n, number ? &by_number : &by_card, &a, &e);

	check_answer(rc, &a, &e);
	elig_answer_free(&a);
}

/* Never an answer to an enquiry, whatever it says. */
static void
registration(const char *text, size_t n)
{
	const struct span der = { cert, sizeof(cert) - 1 };
	const struct reply_expect x = { &header, challenge, der, NULL };
	struct elig_answer a = ELIG_ANSWER_INIT;
	struct err e = ERR_INIT;
	const int rc = reply_read_registration(text, n, &x, &a, &e);

	if ((rc == 0) != (e.code == ERR_NONE) || a.outcome == ELIG_ANSWERED || a.validity != 0 ||
	    a.results != NULL || (rc == 0 && a.doc != NULL))
		abort();
	check_written(&a);
	elig_answer_free(&a);
}

static void
error(const char *text, size_t n)
{
	static const long statuses[] = { 302, 400, 422, 429, 503 };

	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		struct elig_answer a = ELIG_ANSWER_INIT;
		struct err e = ERR_INIT;
		const int rc = reply_read_error(statuses[i], text, n, &a, &e);

		if (rc == 0)
			abort();
		check_answer(rc, &a, &e);
		elig_answer_free(&a);
	}
}

static void
one_challenge(const char *text, size_t n)
{
	struct elig_challenge c = { 0 };
	struct err e = ERR_INIT;

	if (reply_read_challenge(text, n, &c, &e) == 0 && c.expires_in < 1)
		abort();
}

/* Its own output is the one spelling. */
static void
origin(const char *url)
{
	char once[ORIGIN_MAX], twice[ORIGIN_MAX];
	struct err e = ERR_INIT;

	if (origin_of_url(url, true, once, &e) < 0)
		return;
	if (origin_of_url(once, true, twice, &e) < 0 || strcmp(once, twice) != 0)
		abort();
}

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;
	size_t n;

	if (size < 1)
		return 0;
	n = size - 1;
	if ((text = malloc(n + 1)) == NULL)
		return 0;
	memcpy(text, data + 1, n);
	text[n] = '\0';
	switch (data[0]) {
	case 'c':
	case 'n':
		answer(data[0] == 'n', text, n);
		break;
	case 'r':
		registration(text, n);
		break;
	case 'e':
		error(text, n);
		break;
	case 'h':
		one_challenge(text, n);
		break;
	case 'd':
		httpdate_parse(text);
		break;
	case 'o':
		origin(text);
		break;
	}
	free(text);
	return 0;
}
