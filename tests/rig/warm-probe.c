/*
 * How long from "the card is ready" to the answer: with the connection warmed
 * and the challenge fetched while the card was read, and one after the other.
 *   warm-probe URL CERT KEY CA CARD-CERTIFICATE.der ROUNDS
 * prints one line a round: milliseconds warmed, milliseconds sequential.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/date.h"
#include "desk/enquiry.h"

#define CARD_MS		400	/* a real card takes about this long to be read */
#define DEADLINE_MS	10000

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
card_is_read(void)
{
	const struct timespec t = { 0, CARD_MS * 1000000L };

	nanosleep(&t, NULL);
}

static int
ask(struct elig *service, const struct elig_challenge *challenge, struct span cert, struct err *e)
{
	struct elig_visual_request q = { .as_of = date_of_unix_jst((long long)time(NULL)),
		.cert = cert, .operator_id = "bench", .face_compared = true };
	struct elig_answer answer = ELIG_ANSWER_INIT;
	int rc;

	memcpy(q.challenge, challenge->bytes, sizeof(q.challenge));
	rc = elig_by_visual(service, &q, https_clock_ms() + DEADLINE_MS, &answer, e);
	elig_answer_free(&answer);
	return rc;
}

static double
warmed(const struct elig_service *s, struct span cert, struct err *e)
{
	struct elig_challenge challenge;
	struct enquiry *q;
	double from, ms = -1;

	if (enquiry_start(&q, s, https_clock_ms() + DEADLINE_MS, e) < 0)
		return -1;
	card_is_read();
	from = now_ms();
	if (enquiry_challenge(q, https_clock_ms() + DEADLINE_MS, &challenge, e) == 0 &&
	    ask(enquiry_service(q), &challenge, cert, e) == 0)
		ms = now_ms() - from;
	enquiry_stop(q);
	return ms;
}

static double
sequential(const struct elig_service *s, struct span cert, struct err *e)
{
	struct elig_challenge challenge;
	struct elig *service;
	double from, ms = -1;

	card_is_read();
	from = now_ms();
	if (elig_open(&service, s, e) < 0)
		return -1;
	if (elig_challenge(service, https_clock_ms() + DEADLINE_MS, &challenge, e) == 0 &&
	    ask(service, &challenge, cert, e) == 0)
		ms = now_ms() - from;
	elig_close(service);
	return ms;
}

int
main(int argc, char **argv)
{
	struct elig_service s = { 0 };
	static uint8_t der[4096];
	struct err e = ERR_INIT;
	size_t n;
	FILE *f;

	if (argc != 7 || (f = fopen(argv[5], "rb")) == NULL) {
		fprintf(stderr, "usage: warm-probe URL CERT KEY CA CARD-CERTIFICATE.der ROUNDS\n");
		return 2;
	}
	n = fread(der, 1, sizeof(der), f);
	fclose(f);
	s = (struct elig_service){ argv[1], argv[2], argv[3], argv[4], false };
	for (int i = atoi(argv[6]); i > 0 && e.code == ERR_NONE; i--) {
		const double a = warmed(&s, (struct span){ der, n }, &e);
		const double b = sequential(&s, (struct span){ der, n }, &e);

		printf("%.3f %.3f\n", a, b);
	}
	if (e.code != ERR_NONE)
		fprintf(stderr, "%s\n", e.msg);
	return e.code != ERR_NONE;
}
