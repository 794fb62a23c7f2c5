#ifndef UNIT_EXPECT_CASE_H
#define UNIT_EXPECT_CASE_H

/* A row, an answer, and what is expected of the day; included after cmocka.h. */

#include "list_text.h"

#include "batch/appraise.h"

struct expect_case {
	const char	*name;
	const char	*row;		/* members of a line of NDJSON, besides the id */
	char		 validity;	/* of the answer, OQSCD006; '\0': none */
	const char	*results;	/* of the answer, "": none */
	const char	*want;		/* status ratio path; changes; bring; warnings */
	struct found	 more;		/* of the enquiry, besides */
	const char	*today;		/* NULL: 2026-11-22 */
};

#define KENPO	"06132013"
#define KOKUHO	"138016"
#define KOUKI	"39131016"

#define ROW(day, born, insurer)							\
	"\"appointment\":\"" day "\",\"birthdate\":\"" born "\",\"insurer_number\":\""	\
	insurer "\",\"symbol\":\"12\",\"number\":\"345\""
#define SEEN(day)	",\"last_confirmed_on\":\"" day "\""
#define PAID(percent)	",\"last_copay_percent\":" #percent
#define ENDS(day)	",\"certificate_not_after\":\"" day "\""

#define RESULT(born, insurer)							\
	"\"Birthdate\":\"" born "\",\"InsurerNumber\":\"" insurer "\","		\
	"\"InsuredCardSymbol\":\"12\",\"InsuredIdentificationNumber\":\"345\","	\
	"\"InsuredCardClassification\":\"01\""
#define ELDERLY(ratio, from, to)						\
	",\"ElderlyRecipientCertificateInfo\":{"				\
	"\"ElderlyRecipientContributionRatio\":\"" ratio "\","			\
	"\"ElderlyRecipientValidStartDate\":\"" from "\","			\
	"\"ElderlyRecipientValidEndDate\":\"" to "\"}"
#define IN_KOUKI(born, ratio, to)						\
	"\"Birthdate\":\"" born "\",\"InsurerNumber\":\"" KOUKI "\","		\
	"\"InsuredIdentificationNumber\":\"345\","				\
	"\"InsuredPartialContributionRatio\":\"" ratio "\","			\
	"\"InsuredCardExpirationDate\":\"" to "\""
#define ONE(members)	"[{" members "}]"

/* At 46, where nothing but the law decides the ratio. */
#define ROW46(day)	ROW(day, "1980-02-17", KENPO)
#define RESULT46	RESULT("19800217", KENPO)
#define VALID46		"valid 30 online_card; ; ; "

#define PAPERS		"eligibility_certificate portal portal_pdf notice"
#define AT_70		"eligibility_certificate elderly_certificate portal portal_pdf notice"
#define NO_PORTAL	"eligibility_certificate portal_pdf notice"

static struct rulebase *rb;
static struct appraisal appraisal = APPRAISAL_INIT;

/* What was open while a case ran. */
struct sitting {
	FILE		*f;
	struct list	*list;
	struct json	*results;
};

static inline int
day_of(const char *iso)
{
	const int day = date_parse_iso(iso, strlen(iso));

	assert_int_not_equal(day, DATE_NONE);
	return day;
}

static inline struct json *
parse(const char *text)
{
	struct err e = ERR_INIT;
	struct json *doc = js_parse(text, strlen(text), &e);

	if (doc == NULL)
		fail_msg("%s", e.msg);
	return doc;
}

static inline void
sit(struct sitting *s, const struct expect_case *c, bool ja)
{
	struct found found = c->more;
	struct appraiser by = { rb, ja, day_of(c->today != NULL ? c->today : "2026-11-22") };
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	struct row row;

	buf_addf(&text, "{\"patient_id\":\"P1\",%s}\n", c->row);
	s->f = file_of(text.p, text.n);
	s->list = list_open(s->f, &e);
	assert_non_null(s->list);
	assert_int_not_equal(list_next(s->list, &row), 0);
	s->results = *c->results != '\0' ? parse(c->results) : NULL;
	found.validity = c->validity;
	found.results = s->results;
	assert_int_equal(appraise(&by, &row, &found, &appraisal), 0);
	assert_string_equal(appraisal.out.patient_id, "P1");
	buf_free(&text);
}

static inline void
rise(struct sitting *s)
{
	struct err e = ERR_INIT;

	js_free(s->results);
	list_close(s->list, &e);
	fclose(s->f);
}

static inline int
set_up(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	rb = rulebase_embedded(&e);
	return rb != NULL ? 0 : -1;
}

static inline int
tear_down(void **state)
{
	(void)state;
	appraisal_free(&appraisal);
	rulebase_free(rb);
	return 0;
}

#endif
