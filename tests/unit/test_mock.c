/* The mock's parts without a network: people, dates, grace, challenges, the signed message, faults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rows.h"

#include "base/date.h"
#include "mock/card.h"
#include "mock/challenge.h"
#include "mock/elements.h"
#include "mock/faults.h"
#include "mock/message.h"
#include "mock/people.h"
#include "mock/service.h"

/* --- people: search and validity ------------------------------------------------------------ */

#define RESULT(insurer, symbol, number, branch, more) \
	"{\"InsurerNumber\":\"" insurer "\"," symbol "\"InsuredIdentificationNumber\":\"" number "\"," \
	branch "\"Birthdate\":\"19800217\"" more "}"
#define SYMBOL(s)	"\"InsuredCardSymbol\":\"" s "\","
#define BRANCH(s)	"\"InsuredBranchNumber\":\"" s "\","
#define FROM(d)		",\"QualificationDate\":\"" d "\""
#define UNTIL(d)	",\"DisqualificationDate\":\"" d "\""

static const char people_text[] = "{\"people\":["
    "{\"id\":\"plain\",\"certificate_sha256\":[\"0000000000000000000000000000000000000000000000000000000000000001\"],"
    "\"results\":[" RESULT("06132013", SYMBOL("12"), "345", BRANCH("00"), FROM("20150401")) "]},"
    "{\"id\":\"kouki\",\"results\":[" RESULT("39131016", "", "01234567", "", "") "]},"
    "{\"id\":\"left\",\"results\":[" RESULT("138016", SYMBOL("A-1"), "7", BRANCH("01"), FROM("20200401") UNTIL("20261101")) "]},"
    "{\"id\":\"moved\",\"certificate_sha256\":[\"0000000000000000000000000000000000000000000000000000000000000002\"],"
    "\"results\":["
    RESULT("06139992", SYMBOL("3"), "1", BRANCH("00"), FROM("20100401") UNTIL("20261001")) ","
    RESULT("06135552", SYMBOL("4"), "2", BRANCH("00"), FROM("20261001")) "]},"
    "{\"id\":\"twice\",\"certificate_sha256\":[\"0000000000000000000000000000000000000000000000000000000000000003\"],"
    "\"results\":["
    RESULT("06139992", SYMBOL("5"), "1", BRANCH("00"), "") ","
    RESULT("06135552", SYMBOL("5"), "1", BRANCH("00"), "") "]},"
    "{\"id\":\"twin-a\",\"results\":[" RESULT("06132013", SYMBOL("40"), "77", BRANCH("01"), "") "]},"
    "{\"id\":\"twin-b\",\"results\":[" RESULT("06132013", SYMBOL("40"), "77", BRANCH("02"), "") "]},"
    "{\"id\":\"forced\",\"QualificationValidity\":\"5\",\"results\":[" RESULT("06132013", SYMBOL("9"), "9", "", "") "]},"
    "{\"id\":\"nothing\",\"certificate_sha256\":[\"0000000000000000000000000000000000000000000000000000000000000004\"],"
    "\"results\":[]}]}";

static struct people *people;

static int
load_people(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	people = people_parse(people_text, strlen(people_text), &e);
	if (people == NULL)
		fprintf(stderr, "%s\n", e.msg);
	return people != NULL ? 0 : -1;
}

static int
free_people(void **state)
{
	(void)state;
	people_free(people);
	return 0;
}

static const struct search_row {
	const char	*name;
	const char	*insurer, *symbol, *number, *branch, *birthdate;
	int		 date;
	char		 validity;
	const char	*id;		/* NULL: nobody named */
	bool		 result;
} searches[] = {
	{ "as it stands", "06132013", "12", "345", "00", "19800217", 20261122, '1', "plain", true },
	{ "insurer number padded with a space", " 6132013", "12", "345", "00", "19800217", 20261122, '1', "plain", true },
	{ "full width", "０６１３２０１３", "１２", "３４５", "００", "19800217", 20261122, '1', "plain", true },
	{ "leading zeros of the number", "06132013", "12", "000345", "00", "19800217", 20261122, '1', "plain", true },
	{ "branch absent in the request", "06132013", "12", "345", NULL, "19800217", 20261122, '1', "plain", true },
	{ "branch empty equals 00", "06132013", "12", "345", "", "19800217", 20261122, '1', "plain", true },
	{ "another branch", "06132013", "12", "345", "01", "19800217", 20261122, '4', NULL, false },
	{ "symbol's zeros count", "06132013", "012", "345", "00", "19800217", 20261122, '4', NULL, false },
	{ "another birth date", "06132013", "12", "345", "00", "19800218", 20261122, '4', NULL, false },
	{ "before its first day", "06132013", "12", "345", "00", "19800217", 20150331, '4', "plain", false },
	{ "on its first day", "06132013", "12", "345", "00", "19800217", 20150401, '1', "plain", true },
	{ "後期: no symbol, branch 00 equals none", "39131016", NULL, "1234567", "00", "19800217", 20261122, '1', "kouki", true },
	{ "後期: a symbol it does not have", "39131016", "1", "1234567", NULL, "19800217", 20261122, '4', NULL, false },
	{ "its last day", "138016", "A-1", "7", "1", "19800217", 20261031, '1', "left", true },
	{ "the first day without", "138016", "A-1", "7", "1", "19800217", 20261101, '2', "left", true },
	{ "padded to eight digits with zeros", "00138016", "Ａ－１", "7", "1", "19800217", 20261031, '1', "left", true },
	{ "old numbers, newer insurance", "06139992", "3", "1", "00", "19800217", 20261122, '3', "moved", true },
	{ "old numbers on their last day", "06139992", "3", "1", "00", "19800217", 20260930, '1', "moved", true },
	{ "new numbers before their first day", "06135552", "4", "2", "00", "19800217", 20260930, '4', "moved", false },
	{ "new numbers", "06135552", "4", "2", "00", "19800217", 20261001, '1', "moved", true },
	{ "two people without a branch", "06132013", "40", "77", NULL, "19800217", 20261122, '5', NULL, false },
	{ "one of two with it", "06132013", "40", "77", "2", "19800217", 20261122, '1', "twin-b", true },
	{ "forced 5 gives no result", "06132013", "9", "9", NULL, "19800217", 20261122, '5', "forced", false },
};

static int
day(int yyyymmdd)
{
	return date_from_ymd(yyyymmdd / 10000, yyyymmdd / 100 % 100, yyyymmdd % 100);
}

static void
check_finding(struct finding f, char validity, const char *id, bool result)
{
	assert_int_equal(f.validity, validity);
	if (id == NULL)
		assert_null(f.person);
	else
		assert_string_equal(f.person->id, id);
	assert_int_equal(f.record != NULL, result);
}

static void
test_search(void **state)
{
	const struct search_row *row = *state;
	struct numbers n;

	assert_int_equal(numbers_set(&n, row->insurer, row->symbol, row->number, row->branch,
	    row->birthdate), 0);
	check_finding(people_by_number(people, &n, day(row->date)), row->validity, row->id,
	    row->result);
}

static const struct card_row {
	const char	*name;
	uint8_t		 hash;		/* last byte; the others are 0 */
	int		 date;
	char		 validity;	/* 0: nobody holds it */
	bool		 result;
	const char	*number;	/* of the result given */
} cards[] = {
	{ "in force", 1, 20261122, '1', true, "345" },
	{ "not yet insured", 1, 20150331, '4', false, NULL },
	{ "changed insurance: the new one", 2, 20261122, '1', true, "2" },
	{ "changed insurance, asked for the past: the old one", 2, 20260930, '1', true, "1" },
	{ "two in force", 3, 20261122, '5', false, NULL },
	{ "no insurance on record", 4, 20261122, '4', false, NULL },
	{ "a certificate nobody holds", 9, 20261122, 0, false, NULL },
};

static void
test_card(void **state)
{
	const struct card_row *row = *state;
	uint8_t hash[HASH_SHA256_LEN] = { 0 };
	const struct person *who;
	struct finding f;

	hash[HASH_SHA256_LEN - 1] = row->hash;
	who = people_by_certificate(people, hash);
	assert_int_equal(who != NULL, row->validity != 0);
	if (who == NULL)
		return;
	f = people_of_card(who, day(row->date));
	check_finding(f, row->validity, who->id, row->result);
	if (row->number != NULL)
		assert_string_equal(js_str(f.record->json, "InsuredIdentificationNumber"), row->number);
}

/* --- results: official names only ------------------------------------------------------------ */

#define OK_RESULT "\"InsurerNumber\":\"06132013\",\"InsuredIdentificationNumber\":\"1\",\"Birthdate\":\"19800217\""

static const struct element_row {
	const char	*name;
	const char	*json;
	const char	*fault;		/* NULL: good; else part of the message */
} elements[] = {
	{ "the least there is", "{" OK_RESULT "}", NULL },
	{ "an insurer number led by spaces", "{\"InsurerNumber\":\"  138016\",\"InsuredIdentificationNumber\":\"1\",\"Birthdate\":\"19800217\"}", NULL },
	{ "an unknown name", "{" OK_RESULT ",\"Nmae\":\"x\"}", "\"Nmae\" is no official" },
	{ "a number for a text", "{" OK_RESULT ",\"Sex1\":1}", "Sex1: not a string" },
	{ "a code that is none", "{" OK_RESULT ",\"Sex1\":\"9\"}", "Sex1: not a code" },
	{ "ratio in tenths", "{" OK_RESULT ",\"InsuredPartialContributionRatio\":\"3\"}", "InsuredPartialContributionRatio" },
	{ "a day that does not exist", "{" OK_RESULT ",\"QualificationDate\":\"20260230\"}", "QualificationDate: not a date" },
	{ "nested", "{" OK_RESULT ",\"ElderlyRecipientCertificateInfo\":{\"ElderlyRecipientContributionRatio\":\"020\"}}", NULL },
	{ "a nested name outside", "{" OK_RESULT ",\"ElderlyRecipientContributionRatio\":\"020\"}", "no official" },
	{ "an unknown nested name", "{" OK_RESULT ",\"ElderlyRecipientCertificateInfo\":{\"Ratio\":\"020\"}}", "\"Ratio\" is no official" },
	{ "a list", "{" OK_RESULT ",\"SpecificDiseasesCertificateList\":{\"SpecificDiseasesCertificateInfo\":[{\"SpecificDiseasesDiseaseCategory\":\"1\"}]}}", NULL },
	{ "a list of texts", "{" OK_RESULT ",\"SpecificDiseasesCertificateList\":{\"SpecificDiseasesCertificateInfo\":[\"1\"]}}", "not an object" },
	{ "no birth date", "{\"InsurerNumber\":\"06132013\",\"InsuredIdentificationNumber\":\"1\"}", "\"Birthdate\" is missing" },
	{ "null", "{" OK_RESULT ",\"Name\":null}", "Name: not a string" },
};

static void
test_element(void **state)
{
	const struct element_row *row = *state;
	struct err e = ERR_INIT;
	struct json *doc = js_parse(row->json, strlen(row->json), &e);
	int rc;

	assert_non_null(doc);
	rc = elements_check(doc, &e);
	assert_int_equal(rc, row->fault == NULL ? 0 : -1);
	if (row->fault != NULL)
		assert_non_null(strstr(e.msg, row->fault));
	js_free(doc);
}

/* --- the certificate's life ------------------------------------------------------------------- */

#define JST(d, h, m, s)	((long long)(d) * 86400 + (h) * 3600 + (m) * 60 + (s) - 9 * 3600)

static const struct life_row {
	const char	*name;
	int		 end;		/* YYYYMMDD, 23:59:59 JST */
	int		 now;
	int		 hour;		/* JST */
	enum lifetime	 want;
} lives[] = {
	{ "long to go", 20280217, 20261122, 12, LIFETIME_GOOD },
	{ "three months and a day to go", 20270223, 20261122, 12, LIFETIME_GOOD },
	{ "three months to go", 20270222, 20261122, 12, LIFETIME_ENDS_SOON },
	{ "three months from 30 November is 28 February", 20270228, 20261130, 12, LIFETIME_ENDS_SOON },
	{ "a day more than that", 20270301, 20261130, 12, LIFETIME_GOOD },
	{ "its last hour", 20261122, 20261122, 23, LIFETIME_ENDS_SOON },
	{ "the first hour after", 20261122, 20261123, 0, LIFETIME_IN_GRACE },
	{ "decision.md: ended 10 August, visit 22 November", 20260810, 20261122, 12, LIFETIME_IN_GRACE },
	{ "the last day of grace", 20260810, 20261130, 23, LIFETIME_IN_GRACE },
	{ "the day after", 20260810, 20261201, 0, LIFETIME_OVER },
	{ "ended on a month's last day", 20260831, 20261130, 23, LIFETIME_IN_GRACE },
	{ "grace over the turn of the year", 20261130, 20270228, 23, LIFETIME_IN_GRACE },
	{ "and the day after", 20261130, 20270301, 0, LIFETIME_OVER },
	{ "grace to 29 February", 20271101, 20280229, 23, LIFETIME_IN_GRACE },
	{ "not begun", 20280217, 20200101, 12, LIFETIME_NOT_YET },
};

static void
test_life(void **state)
{
	const struct life_row *row = *state;
	const long long begin = JST(day(20210101), 0, 0, 0);

	assert_int_equal(card_lifetime(begin, JST(day(row->end), 23, 59, 59),
	    JST(day(row->now), row->hour, 30, 0)), row->want);
}

/* --- challenges --------------------------------------------------------------------------------- */

static struct challenges table;

static struct client
client(uint8_t n)
{
	struct client c = { .hash = { n } };

	return c;
}

static int
reset_table(void **state)
{
	(void)state;
	table = (struct challenges){ 0 };
	return 0;
}

static void
test_challenge_once(void **state)
{
	const struct client a = client(1);
	uint8_t c[CHALLENGE_LEN];

	(void)state;
	assert_int_equal(challenge_give(&table, &a, 1000, c), 0);
	assert_true(challenge_take(&table, &a, 1001, c));
	assert_false(challenge_take(&table, &a, 1001, c));
}

static void
test_challenge_time(void **state)
{
	const struct client a = client(1);
	uint8_t c[CHALLENGE_LEN], d[CHALLENGE_LEN];

	(void)state;
	assert_int_equal(challenge_give(&table, &a, 1000, c), 0);
	assert_int_equal(challenge_give(&table, &a, 1000, d), 0);
	assert_memory_not_equal(c, d, CHALLENGE_LEN);
	assert_true(challenge_take(&table, &a, 1000 + CHALLENGE_SECONDS - 1, c));
	assert_false(challenge_take(&table, &a, 1000 + CHALLENGE_SECONDS, d));
}

static void
test_challenge_client(void **state)
{
	const struct client a = client(1), b = client(2);
	uint8_t c[CHALLENGE_LEN];

	(void)state;
	assert_int_equal(challenge_give(&table, &a, 1000, c), 0);
	assert_false(challenge_take(&table, &b, 1001, c));
	assert_true(challenge_take(&table, &a, 1001, c));
}

static void
test_challenge_never_given(void **state)
{
	const struct client none = client(0);
	const uint8_t zero[CHALLENGE_LEN] = { 0 };

	(void)state;
	assert_false(challenge_take(&table, &none, 1000, zero));
}

static void
test_challenge_share(void **state)
{
	const struct client a = client(1);
	uint8_t first[CHALLENGE_LEN], c[CHALLENGE_LEN];

	(void)state;
	assert_int_equal(challenge_give(&table, &a, 1000, first), 0);
	for (int i = 0; i < CHALLENGE_PER_CLIENT; i++)
		assert_int_equal(challenge_give(&table, &a, 1001, c), 0);
	assert_false(challenge_take(&table, &a, 1002, first));
	assert_true(challenge_take(&table, &a, 1002, c));
}

static void
test_challenge_full(void **state)
{
	uint8_t c[CHALLENGE_LEN];
	struct client late;

	(void)state;
	for (int i = 0; i < CHALLENGE_SLOTS; i++) {
		const struct client some = client((uint8_t)(i / CHALLENGE_PER_CLIENT));

		assert_int_equal(challenge_give(&table, &some, 1000, c), 0);
	}
	late = client(200);
	assert_int_equal(challenge_give(&table, &late, 1001, c), -1);
	assert_int_equal(challenge_give(&table, &late, 1000 + CHALLENGE_SECONDS, c), 0);
}

/* --- the signed message --------------------------------------------------------------------------- */

static void
test_message(void **state)
{
	static const char want[] = "\0\0\0\x1eshikaku eligibility enquiry v1"
	    "\0\0\0\x16https://qs.example:443\0\0\0\x20\xcc";
	uint8_t challenge[CHALLENGE_LEN] = { 0xcc }, hash[HASH_SHA256_LEN] = { 0xdd };
	struct message m = { PURPOSE_ENQUIRY, "https://qs.example:443", challenge, "1310000011",
		hash, "20261122001500Z" };
	struct buf b = BUF_INIT;

	(void)state;
	message_build(&m, &b);
	assert_int_equal(b.n, 6 * 4 + 30 + 22 + 32 + 10 + 32 + 15);
	assert_memory_equal(b.p, want, sizeof(want) - 1);
	assert_memory_equal(b.p + b.n - 19, "\0\0\0\x0f" "20261122001500Z", 19);
	m.purpose = PURPOSE_REGISTRATION;
	message_build(&m, &b);
	assert_int_equal(b.n, 6 * 4 + 28 + 22 + 32 + 10 + 32 + 15);
	assert_memory_equal(b.p, "\0\0\0\x1cshikaku card registration v1\0\0\0\x16", 36);
	buf_free(&b);
}

static const struct time_row {
	const char	*name;
	const char	*text;
	long long	 want;
} times[] = {
	{ "a time", "20261122001500Z", 1795306500 },
	{ "the epoch", "19700101000000Z", 0 },
	{ "no Z", "20261122001500", -1 },
	{ "an offset", "20261122001500+", -1 },
	{ "hour 24", "20261122240000Z", -1 },
	{ "second 60", "20261122000060Z", -1 },
	{ "30 February", "20260230000000Z", -1 },
	{ "letters", "2026112200150xZ", -1 },
	{ "empty", "", -1 },
};

static void
test_time(void **state)
{
	const struct time_row *row = *state;

	assert_int_equal(message_time(row->text), row->want);
}

/* --- requests without a network --------------------------------------------------------------------- */

#define CHALLENGE_44	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define KANJI_20	"健保健保健保健保健保健保健保健保健保健保"
#define NUMBER_OF(insurer, symbol)									\
	"{\"MessageHeader\":{\"QualificationConfirmationDate\":\"20261122\","				\
	"\"MedicalInstitutionCode\":\"1310000011\",\"ArbitraryFileIdentifier\":\"x\"},"			\
	"\"QualificationConfirmSearchInfo\":{\"InsurerNumber\":\"" insurer "\",\"InsuredCardSymbol\":\"" symbol "\"," \
	"\"InsuredIdentificationNumber\":\"345\",\"Birthdate\":\"19800217\"}}"

static const struct request_row {
	const char	*name;
	const char	*method, *path, *body;
	int		 status;
} requests[] = {
	{ "health", "GET", "/v1/health", "", 200 },
	{ "wrong method", "POST", "/v1/health", "{}", 405 },
	{ "no such path", "GET", "/v2/health", "", 404 },
	{ "challenge", "POST", "/v1/challenge", "{}", 200 },
	{ "challenge with a member", "POST", "/v1/challenge", "{\"a\":1}", 400 },
	{ "challenge with a list", "POST", "/v1/challenge", "[]", 400 },
	{ "no body", "POST", "/v1/qualification/number", "", 400 },
	{ "empty object", "POST", "/v1/qualification/card", "{}", 400 },
	{ "null", "POST", "/v1/qualification/card/visual", "null", 400 },
	{ "registration: empty object", "POST", "/v1/registration", "{}", 400 },
	{ "registration: wrong method", "GET", "/v1/registration", "", 405 },
	{ "an insurer of nine digits", "POST", "/v1/qualification/number", NUMBER_OF("006132013", "12"), 400 },
	{ "a symbol of twenty characters", "POST", "/v1/qualification/number", NUMBER_OF("06132013", KANJI_20), 200 },
	{ "a symbol of twenty-one", "POST", "/v1/qualification/number", NUMBER_OF("06132013", KANJI_20 "a"), 400 },
	{ "number", "POST", "/v1/qualification/number",
	    "{\"MessageHeader\":{\"QualificationConfirmationDate\":\"20261122\",\"MedicalInstitutionCode\":\"1310000011\","
	    "\"ArbitraryFileIdentifier\":\"x\"},\"QualificationConfirmSearchInfo\":{\"InsurerNumber\":\"06132013\","
	    "\"InsuredCardSymbol\":\"12\",\"InsuredIdentificationNumber\":\"345\",\"Birthdate\":\"19800217\"}}", 200 },
};

static void
test_request(void **state)
{
	const struct request_row *row = *state;
	static struct service s;
	const struct client who = client(1);
	const struct request q = { row->method, row->path, "application/json", row->body,
		strlen(row->body), &who, 1795306500, 0 };
	struct err e = ERR_INIT;
	struct json *doc;
	struct reply r;

	s.people = people;
	service_answer(&s, &q, &r);
	assert_int_equal(r.status, row->status);
	doc = js_parse(r.body.p, r.body.n, &e);
	assert_non_null(doc);
	assert_int_equal(js_get(doc, "error") != NULL, row->status != 200);
	js_free(doc);
	buf_free(&r.body);
}

/* A registration in which old is replaced by new; as agreed, its certificate is found to be none. */
static const struct registration_row {
	const char	*name;
	const char	*old, *new;
	int		 status;
} registrations[] = {
	{ "as agreed", "", "", 422 },
	{ "no header", "\"MessageHeader\":", "\"x\":", 400 },
	{ "no authentication", "\"CardAuthentication\":", "\"x\":", 400 },
	{ "a header of a list", "{\"MedicalInstitutionCode\":\"1310000011\",\"ArbitraryFileIdentifier\":\"x\"}", "[]", 400 },
	{ "an authentication null", "\"CardAuthentication\":{", "\"CardAuthentication\":null,\"x\":{", 400 },
	{ "a date", "{\"MedicalInstitutionCode\"", "{\"QualificationConfirmationDate\":\"20261122\",\"MedicalInstitutionCode\"", 400 },
	{ "a consent", "\"CardAuthentication\"", "\"LimitApplicationCertificateRelatedConsFlg\":\"1\",\"CardAuthentication\"", 400 },
	{ "a face compared", "\"Challenge\"", "\"FaceCompared\":true,\"Challenge\"", 400 },
	{ "no institution", "MedicalInstitutionCode", "Institution", 400 },
	{ "an institution of nine digits", "1310000011", "131000001", 400 },
	{ "another institution", "1310000011", "1310000029", 403 },
	{ "no identifier", "ArbitraryFileIdentifier", "Identifier", 400 },
	{ "an empty identifier", "\"x\"", "\"\"", 400 },
	{ "an identifier a number", "\"x\"", "1", 400 },
	{ "no certificate", "\"Certificate\"", "\"Certificat\"", 400 },
	{ "a certificate that is no base64", "MIIC", "MII=C", 400 },
	{ "no challenge", "\"Challenge\"", "\"Challeng\"", 400 },
	{ "a challenge of 33 bytes", "AAAA=", "AAAAA", 400 },
	{ "a challenge empty", CHALLENGE_44, "", 400 },
	{ "no time", "\"SignedAt\"", "\"Signed\"", 400 },
	{ "a time in Japan", "001500Z", "0015+9", 400 },
	{ "no such time", "20261122001500Z", "20261131001500Z", 400 },
	{ "another algorithm", "sha256With", "sha1With", 400 },
	{ "no signature", "\"Signature\"", "\"Signatur\"", 400 },
	{ "an empty signature", "c2ln", "", 400 },
	{ "a member twice", "\"Signature\"", "\"SignedAt\":\"20261122001500Z\",\"Signature\"", 400 },
	{ "cut short", "\"}}", "\"}", 400 },
	{ "more behind it", "\"}}", "\"}}{}", 400 },
};

static void
test_registration(void **state)
{
	static const char good[] = "{\"MessageHeader\":{\"MedicalInstitutionCode\":\"1310000011\","
	    "\"ArbitraryFileIdentifier\":\"x\"},\"CardAuthentication\":{\"Certificate\":\"MIIC\","
	    "\"Challenge\":\"" CHALLENGE_44 "\",\"SignedAt\":\"20261122001500Z\","
	    "\"SignatureAlgorithm\":\"sha256WithRSAEncryption\",\"Signature\":\"c2ln\"}}";
	const struct registration_row *row = *state;
	const char *at = strstr(good, row->old);
	static struct service s;
	const struct client who = { .institution = "1310000011" };
	char body[1024];
	struct reply r;

	assert_non_null(at);
	snprintf(body, sizeof(body), "%.*s%s%s", (int)(at - good), good, row->new, at + strlen(row->old));
	const struct request q = { "POST", "/v1/registration", "application/json", body, strlen(body),
		&who, 1795306500, 0 };

	s.people = people;
	service_answer(&s, &q, &r);
	assert_int_equal(r.status, row->status);
	assert_non_null(strstr(r.body.p, row->status == 422 ? "CERTIFICATE_MALFORMED" :
	    row->status == 403 ? "INSTITUTION_MISMATCH" : "REQUEST_MALFORMED"));
	buf_free(&r.body);
}

static void
test_request_cut_anywhere(void **state)
{
	const char *body = requests[N(requests) - 1].body;
	static struct service s;
	const struct client who = client(1);

	(void)state;
	s.people = people;
	for (size_t n = 0; n < strlen(body); n++) {
		char *part = strndup(body, n);
		const struct request q = { "POST", "/v1/qualification/number", "application/json",
			part, n, &who, 1795306500, 0 };
		struct reply r;

		service_answer(&s, &q, &r);
		assert_int_equal(r.status, 400);
		buf_free(&r.body);
		free(part);
	}
}

int
main(void)
{
	static const struct CMUnitTest table_tests[] = {
		cmocka_unit_test_setup(test_challenge_once, reset_table),
		cmocka_unit_test_setup(test_challenge_time, reset_table),
		cmocka_unit_test_setup(test_challenge_client, reset_table),
		cmocka_unit_test_setup(test_challenge_never_given, reset_table),
		cmocka_unit_test_setup(test_challenge_share, reset_table),
		cmocka_unit_test_setup(test_challenge_full, reset_table),
		cmocka_unit_test(test_message),
		cmocka_unit_test(test_request_cut_anywhere),
	};

	ADD_ALL(test_search, searches, "search");
	ADD_ALL(test_card, cards, "by card");
	ADD_ALL(test_element, elements, "elements");
	ADD_ALL(test_life, lives, "lifetime");
	ADD_ALL(test_time, times, "time");
	ADD_ALL(test_request, requests, "request");
	ADD_ALL(test_registration, registrations, "registration");
	for (size_t i = 0; i < N(table_tests); i++)
		tests[n_tests++] = table_tests[i];
	return _cmocka_run_group_tests("mock", tests, n_tests, load_people, free_people);
}
