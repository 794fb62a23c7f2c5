/*
 * The decision engine inside another program:
 *
 *	cc embed.c -lshikaku -ljson-c -lsodium -lutf8proc -lcrypto
 *
 * A woman of 72 comes for the first time; the reader is out of order.  She
 * has her card and a 資格情報のお知らせ on which 2割 is printed.
 */
#include <shikaku/decide.h>

#include <stdio.h>
#include <string.h>

static const char facts[] =
    "{ \"visit_date\": \"2026-11-22\", \"visit\": \"first\", \"birthdate\": \"1954-05-03\","
    "  \"card\": { \"medium\": \"card\", \"read\": \"reader_fault\" },"
    "  \"online\": null,"
    "  \"documents\": { \"eligibility_certificate\": null, \"portal\": null, \"portal_pdf\": null,"
    "    \"notice\": { \"valid_to\": \"2027-07-31\", \"copay_percent\": 20,"
    "                \"insurer_number\": \"138057\", \"number\": \"1234567\" } } }";

static int
fail(const struct shikaku_error *e)
{
	fprintf(stderr, "%s: %s (%s)\n", e->code, shikaku_error_text(e, SHIKAKU_EN), e->message);
	return e->exit_status;
}

static const char *
or_dash(const char *s)
{
	return s != NULL ? s : "-";
}

static void
print(const struct shikaku_verdict *v)
{
	switch (shikaku_verdict_kind(v)) {
	case SHIKAKU_INSURED:
	case SHIKAKU_SELF_PAY:
		printf("ratio: %d%%%s, by way of %s\n", shikaku_verdict_copay_percent(v),
		    shikaku_verdict_provisional(v) ? " for now" : "",
		    or_dash(shikaku_verdict_string(v, "path")));
		printf("claim: %s, insurer %s, number %s\n",
		    or_dash(shikaku_verdict_string(v, "claim.basis")),
		    or_dash(shikaku_verdict_string(v, "claim.insurer_number")),
		    or_dash(shikaku_verdict_string(v, "claim.number")));
		break;
	case SHIKAKU_NEED:
		/* ask, put the answer into the facts, decide again */
		printf("needed: %s: %s\n", or_dash(shikaku_verdict_string(v, "need.0.fact")),
		    or_dash(shikaku_verdict_string(v, "need.0.question")));
		break;
	case SHIKAKU_REFER:
		printf("a person must look\n");
		break;
	}
	for (size_t i = 0; i < shikaku_verdict_count(v, "follow_up"); i++) {
		char path[48];

		snprintf(path, sizeof(path), "follow_up.%zu.text", i);
		printf("later: %s\n", or_dash(shikaku_verdict_string(v, path)));
	}
}

int
main(int argc, char **argv)
{
	const struct shikaku_decide_options options = { .language = SHIKAKU_EN };
	const char *given = argc > 1 ? argv[1] : facts;
	struct shikaku_error e;
	struct shikaku_rules *rules;
	struct shikaku_verdict *verdict;

	/* once; any number of threads may use them */
	if ((rules = shikaku_rules_embedded(&e)) == NULL)
		return fail(&e);
	verdict = shikaku_decide(rules, given, strlen(given), &options, &e);
	if (verdict != NULL)
		print(verdict);
	shikaku_verdict_free(verdict);
	shikaku_rules_free(rules);
	return verdict != NULL ? 0 : fail(&e);
}
