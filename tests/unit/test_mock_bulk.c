/* 一括照会 in the mock without a network: files, units, progress, what is kept, faults, counters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "rows.h"

#include "mock/faults.h"
#include "mock/service.h"

#define NOW	1795306500LL	/* 2026-11-22 09:15:00 JST */

/* --- a service with a few people ------------------------------------------------------------- */

#define WHO(number, date)	"\"InsurerNumber\":\"06132013\",\"InsuredCardSymbol\":\"12\","	\
	"\"InsuredIdentificationNumber\":\"" number "\",\"Birthdate\":\"" date "\""

static const char people_text[] = "{\"people\":["
    "{\"id\":\"plain\",\"results\":[{" WHO("345", "19800217") ",\"QualificationDate\":\"20150401\"}]},"
    "{\"id\":\"all\",\"results\":[{" WHO("500", "19530301") ",\"InsuredPartialContributionRatio\":\"010\","
    "\"PreschoolClassification\":\"1\",\"ReasonOfLoss\":\"03\",\"ReferenceNumber\":\"chart-9\","
    "\"ElderlyRecipientCertificateInfo\":{\"ElderlyRecipientContributionRatio\":\"020\"},"
    "\"LimitApplicationCertificateRelatedConsFlg\":\"1\",\"LimitApplicationCertificateRelatedConsTime\":\"20261122090000\","
    "\"LimitApplicationCertificateRelatedInfo\":{\"LimitApplicationCertificateClassificationFlag\":\"B04\","
    "\"LimitApplicationCertificateDate\":\"20260801\"},"
    "\"SpecificDiseasesCertificateRelatedConsFlg\":\"1\",\"SpecificDiseasesCertificateList\":"
    "{\"SpecificDiseasesCertificateInfo\":[{\"SpecificDiseasesDiseaseCategory\":\"1\"}]},"
    "\"PharmacistsInfoConsFlg\":\"1\",\"PharmacistsInfoConsTime\":\"20261122090000\","
    "\"PharmacistsInfoAvailableTime\":\"20261123090000\"}]},"
    "{\"id\":\"left\",\"results\":[{" WHO("7", "19800217") ",\"DisqualificationDate\":\"20261101\"}]},"
    "{\"id\":\"twin-a\",\"results\":[{" WHO("77", "20120303") ",\"InsuredBranchNumber\":\"01\"}]},"
    "{\"id\":\"twin-b\",\"results\":[{" WHO("77", "20120303") ",\"InsuredBranchNumber\":\"02\"}]}]}";

static struct people *people;
static struct service service;
static long long clock_ms;

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
	bulk_free(&service.bulk);
	people_free(people);
	return 0;
}

/* A service that has heard of nothing. */
static void
begin(void)
{
	const struct bulk_config config = BULK_CONFIG_INIT;

	bulk_free(&service.bulk);
	service = (struct service){ .people = people, .bulk.config = config };
	clock_ms = 5000000;
}

/* What the service answers to a clinic; the caller frees with js_free(). */
static struct json *
ask_as(const char *institution, const char *path, const char *body, int status)
{
	struct client who = { .hash = { 1 } };
	const struct request q = { "POST", path, "application/json", body, strlen(body), &who,
		NOW, clock_ms };
	struct err e = ERR_INIT;
	struct json *doc;
	struct reply r;

	snprintf(who.institution, sizeof(who.institution), "%s", institution);
	service_answer(&service, &q, &r);
	doc = js_parse(r.body.p, r.body.n, &e);
	assert_non_null(doc);
	if (r.status != status)
		fprintf(stderr, "%.300s\n", r.body.p);
	assert_int_equal(r.status, status);
	buf_free(&r.body);
	return doc;
}

static struct json *
ask(const char *path, const char *body, int status)
{
	return ask_as("", path, body, status);
}

#define HEADER(code, file) "\"MessageHeader\":{\"QualificationConfirmationDate\":\"20261122\","	\
	"\"MedicalInstitutionCode\":\"" code "\",\"ArbitraryFileIdentifier\":\"" file "\"}"
#define FILE_OF(units)	"{" HEADER("1310000011", "f1") ",\"QualificationConfirmSearchInfo\":" units "}"
#define UNIT(id)	"{" WHO("345", "19800217") ",\"ArbitraryIdentifier\":\"" id "\"}"

static const struct json *
header_of(const struct json *doc)
{
	return js_get(js_get(doc, "XmlMsg"), "MessageHeader");
}

static const struct json *
body_of(const struct json *doc)
{
	return js_get(js_get(doc, "XmlMsg"), "MessageBody");
}

static const struct json *
units_of(const struct json *doc)
{
	return js_get(body_of(doc), "BulkConfirmUnit");
}

static const char *
error_of(const struct json *doc, const char *key)
{
	const char *s = js_str(js_get(doc, "error"), key);

	assert_non_null(s);
	return s;
}

/* Sends the file and keeps its ReceptionNumber. */
static void
upload(const char *body, char reception[static BULK_RECEPTION_LEN + 1])
{
	struct json *doc = ask("/v1/bulk", body, 202);

	snprintf(reception, BULK_RECEPTION_LEN + 1, "%s", js_str(body_of(doc), "ReceptionNumber"));
	assert_int_equal(strspn(reception, "0123456789"), BULK_RECEPTION_LEN);
	js_free(doc);
}

static struct json *
result_as(const char *institution, const char *reception, int status)
{
	char body[200];

	snprintf(body, sizeof(body), "{\"MessageHeader\":{\"MedicalInstitutionCode\":\"%s\"},"
	    "\"ReceptionNumber\":\"%s\"}", institution, reception);
	return ask("/v1/bulk/result", body, status);
}

static struct json *
result(const char *reception, int status)
{
	return result_as("1310000011", reception, status);
}

/* --- the form of a file ------------------------------------------------------------------------ */

static const struct form_row {
	const char	*name;
	const char	*body;
	int		 status;
	const char	*detail;	/* part of the technician's sentence */
} forms[] = {
	{ "one unit", FILE_OF("[" UNIT("a") "]"), 202, NULL },
	{ "as many as allowed", FILE_OF("[" UNIT("a") "," UNIT("b") "," UNIT("c") "]"), 202, NULL },
	{ "one more", FILE_OF("[" UNIT("a") "," UNIT("b") "," UNIT("c") "," UNIT("d") "]"), 413, "too many units" },
	{ "none", FILE_OF("[]"), 400, "not an array of one or more" },
	{ "no array", FILE_OF(UNIT("a")), 400, "not an array" },
	{ "a text for a unit", FILE_OF("[\"a\"]"), 400, "unit 1: QualificationConfirmSearchInfo: not an object" },
	{ "an unknown name", FILE_OF("[" UNIT("a") ",{\"ArbitraryIdentifier\":\"b\",\"BirthDate\":\"19800217\"}]"), 400,
	    "unit 2: QualificationConfirmSearchInfo: unknown key \"BirthDate\"" },
	{ "a number for a text", FILE_OF("[{\"ArbitraryIdentifier\":\"a\",\"Birthdate\":19800217}]"), 400,
	    "unit 1: Birthdate: of the wrong type" },
	{ "null", FILE_OF("[{\"ArbitraryIdentifier\":\"a\",\"InsuredCardSymbol\":null}]"), 400, "of the wrong type" },
	{ "an identifier missing", FILE_OF("[{" WHO("345", "19800217") "}]"), 400, "unit 1: ArbitraryIdentifier: missing" },
	{ "an identifier empty", FILE_OF("[" UNIT("") "]"), 400, "ArbitraryIdentifier: empty" },
	{ "an identifier twice", FILE_OF("[" UNIT("a") "," UNIT("b") "," UNIT("a") "]"), 400,
	    "ArbitraryIdentifier: stands twice" },
	{ "what is known of 限度額 as a text", FILE_OF("[{\"ArbitraryIdentifier\":\"a\","
	    "\"LimitApplicationCertificateRelatedInfo\":\"A03\"}]"), 400, "of the wrong type" },
	{ "no header", "{\"QualificationConfirmSearchInfo\":[" UNIT("a") "]}", 400, "MessageHeader: missing" },
	{ "another name beside", "{" HEADER("1310000011", "f1") ",\"QualificationConfirmSearchInfo\":[" UNIT("a") "],\"x\":1}",
	    400, "unknown key" },
	{ "an institution code too short", "{" HEADER("131000001", "f1") ",\"QualificationConfirmSearchInfo\":[" UNIT("a") "]}",
	    400, "not 10 digits" },
};

static void
test_form(void **state)
{
	const struct form_row *row = *state;
	struct json *doc;

	begin();
	service.bulk.config.units_max = 3;
	doc = ask("/v1/bulk", row->body, row->status);
	if (row->detail != NULL)
		assert_non_null(strstr(error_of(doc, "text_technician"), row->detail));
	else
		assert_string_equal(js_str(header_of(doc), "ArbitraryFileIdentifier"), "f1");
	assert_int_equal(service.bulk.n, row->detail == NULL);
	js_free(doc);
}

static void
test_cut_anywhere(void **state)
{
	const char *body = forms[1].body;

	(void)state;
	begin();
	for (size_t n = 0; n < strlen(body); n++) {
		char *part = strndup(body, n);

		js_free(ask("/v1/bulk", part, 400));
		free(part);
	}
	assert_int_equal(service.bulk.n, 0);
}

static void
test_other_institution(void **state)
{
	struct json *doc;

	(void)state;
	begin();
	doc = ask_as("1310000029", "/v1/bulk", forms[0].body, 403);
	assert_string_equal(error_of(doc, "code"), "INSTITUTION_MISMATCH");
	js_free(doc);
	doc = ask_as("1310000029", "/v1/bulk/result", "{\"MessageHeader\":{\"MedicalInstitutionCode\":"
	    "\"1310000011\"},\"ReceptionNumber\":\"1\"}", 403);
	js_free(doc);
}

/* --- what a unit finds --------------------------------------------------------------------------- */

#define KNOWN(flag, date) ",\"LimitApplicationCertificateRelatedInfo\":{"	\
	"\"LimitApplicationCertificateClassificationFlag\":\"" flag "\","	\
	"\"LimitApplicationCertificateDate\":\"" date "\"}"
#define KNOWN_NONE ",\"LimitApplicationCertificateRelatedInfo\":{}"

static const struct unit_row {
	const char	*name;
	const char	*question;	/* its members but the identifier */
	const char	*validity;	/* NULL: it is an error */
	const char	*changed;	/* NULL: no result; for an error: what the message names */
} units[] = {
	{ "in force, nothing known: cannot be told", WHO("345", "19800217"), "1", "1" },
	{ "nothing known of 限度額, and nothing there", WHO("345", "19800217") KNOWN_NONE, "1", "0" },
	{ "nothing known of 限度額, but something there", WHO("500", "19530301") KNOWN_NONE, "1", "1" },
	{ "the same 限度額", WHO("500", "19530301") KNOWN("B04", "20260801"), "1", "0" },
	{ "another class", WHO("500", "19530301") KNOWN("B05", "20260801"), "1", "1" },
	{ "one element less known", WHO("500", "19530301")
	    ",\"LimitApplicationCertificateRelatedInfo\":{\"LimitApplicationCertificateDate\":\"20260801\"}", "1", "1" },
	{ "known, but no longer there", WHO("345", "19800217") KNOWN("B04", "20260801"), "1", "1" },
	{ "a consent has no effect", WHO("500", "19530301") ",\"LimitApplicationCertificateRelatedConsFlg\":\"1\"", "1", "1" },
	{ "ended", WHO("7", "19800217"), "2", "1" },
	{ "nobody", WHO("999", "19800217"), "4", NULL },
	{ "two people", WHO("77", "20120303"), "5", NULL },
	{ "one of them by branch", WHO("77", "20120303") ",\"InsuredBranchNumber\":\"2\"", "1", "1" },
	{ "no insurer number", "\"InsuredIdentificationNumber\":\"345\",\"Birthdate\":\"19800217\"", NULL, "InsurerNumber: missing" },
	{ "a day that does not exist", WHO("345", "19800230"), NULL, "Birthdate: not a date" },
	{ "an empty number", WHO("", "19800217"), NULL, "InsuredIdentificationNumber: empty" },
	{ "a number too long", WHO("1234567890123456789012345678901234567890123456789012345678901", "19800217"), NULL,
	    "InsuredIdentificationNumber" },
	{ "a consent that is none", WHO("345", "19800217") ",\"LimitApplicationCertificateRelatedConsFlg\":\"2\"", NULL,
	    "LimitApplicationCertificateRelatedConsFlg" },
	{ "a 限度額 that is none", WHO("345", "19800217") KNOWN("Z1", "20260801"), NULL,
	    "LimitApplicationCertificateClassificationFlag: not a code" },
};

static void
check_unit_error(const struct json *unit, const char *what)
{
	assert_string_equal(js_str(unit, "ProcessingResultStatus"), "2");
	assert_string_equal(js_str(unit, "ProcessingResultCode"), "UNIT_MALFORMED");
	assert_non_null(strstr(js_str(unit, "ProcessingResultMessage"), what));
	assert_false(js_has(unit, "QualificationValidity"));
	assert_int_equal(js_len(js_get(unit, "ResultOfQualificationConfirmation")), 0);
}

static void
check_unit(const struct json *unit, const struct unit_row *row)
{
	const struct json *results = js_get(unit, "ResultOfQualificationConfirmation");

	assert_string_equal(js_str(unit, "ProcessingResultStatus"), "1");
	assert_string_equal(js_str(unit, "QualificationValidity"), row->validity);
	assert_int_equal(js_len(results), row->changed != NULL);
	if (row->changed != NULL)
		assert_string_equal(js_str(js_at(results, 0), "LimitApplicationCertificateChanged"),
		    row->changed);
}

/* Each beside another one, which it must not disturb. */
static void
test_unit(void **state)
{
	const struct unit_row *row = *state;
	char reception[BULK_RECEPTION_LEN + 1], body[1200];
	const struct json *unit;
	struct json *doc;

	begin();
	snprintf(body, sizeof(body), "{" HEADER("1310000011", "f1") ",\"QualificationConfirmSearchInfo\":["
	    "{%s,\"ArbitraryIdentifier\":\"it\"}," UNIT("other") "]}", row->question);
	upload(body, reception);
	doc = result(reception, 200);
	assert_int_equal(js_len(units_of(doc)), 2);
	unit = js_at(units_of(doc), 0);
	assert_string_equal(js_str(js_get(unit, "QualificationConfirmSearchInfo"), "ArbitraryIdentifier"), "it");
	assert_false(js_has(js_get(unit, "QualificationConfirmSearchInfo"), "LimitApplicationCertificateRelatedInfo"));
	if (row->validity != NULL)
		check_unit(unit, row);
	else
		check_unit_error(unit, row->changed);
	assert_string_equal(js_str(js_at(units_of(doc), 1), "QualificationValidity"), "1");
	assert_string_equal(js_str(header_of(doc), "NumberOfProcessingResult"), "2");
	assert_string_equal(js_str(header_of(doc), "NumberOfNormalProcessing"), row->validity != NULL ? "2" : "1");
	assert_string_equal(js_str(header_of(doc), "NumberOfError"), row->validity != NULL ? "0" : "1");
	js_free(doc);
}

static const struct member_row {
	const char	*name;
	bool		 given;
} members[] = {
	{ "InsuredPartialContributionRatio", true },
	{ "ElderlyRecipientCertificateInfo", true },
	{ "PreschoolClassification", true },
	{ "ReasonOfLoss", true },
	{ "LimitApplicationCertificateChanged", true },
	{ "LimitApplicationCertificateRelatedInfo", false },
	{ "LimitApplicationCertificateRelatedConsFlg", false },
	{ "LimitApplicationCertificateRelatedConsTime", false },
	{ "SpecificDiseasesCertificateList", false },
	{ "SpecificDiseasesCertificateRelatedConsFlg", false },
	{ "PharmacistsInfoConsFlg", false },
	{ "PharmacistsInfoConsTime", false },
	{ "PharmacistsInfoAvailableTime", false },
	{ "ReferenceNumber", false },
};

static void
test_member(void **state)
{
	const struct member_row *row = *state;
	char reception[BULK_RECEPTION_LEN + 1];
	const struct json *unit;
	struct json *doc;

	begin();
	upload(FILE_OF("[{" WHO("500", "19530301") ",\"ArbitraryIdentifier\":\"a\"}]"), reception);
	doc = result(reception, 200);
	unit = js_at(units_of(doc), 0);
	assert_int_equal(js_has(js_at(js_get(unit, "ResultOfQualificationConfirmation"), 0), row->name),
	    row->given);
	assert_string_equal(js_str(unit, "ReferenceNumber"), "chart-9");
	js_free(doc);
}

/* --- how far it is --------------------------------------------------------------------------------- */

static const struct progress_row {
	const char	*name;
	long long	 ms, unit_ms, after;
	bool		 partial;
	const char	*segment, *count;
	size_t		 given;
	bool		 body;
} progresses[] = {
	{ "at once", 0, 0, 0, false, "1", "3", 3, true },
	{ "a moment too early", 100, 0, 99, false, "2", "0", 0, false },
	{ "on time", 100, 0, 100, false, "1", "3", 3, true },
	{ "unit by unit, none yet", 100, 10, 109, false, "2", "0", 0, false },
	{ "unit by unit, two", 100, 10, 129, false, "2", "2", 0, false },
	{ "unit by unit, all", 100, 10, 130, false, "1", "3", 3, true },
	{ "partial: none yet", 100, 10, 109, true, "2", "0", 0, false },
	{ "partial: one", 100, 10, 110, true, "2", "1", 1, true },
	{ "partial: two", 0, 10, 29, true, "2", "2", 2, true },
	{ "partial: all", 0, 10, 30, true, "1", "3", 3, true },
};

static void
test_progress(void **state)
{
	const struct progress_row *row = *state;
	char reception[BULK_RECEPTION_LEN + 1];
	struct json *doc;

	begin();
	service.bulk.config.ms = row->ms;
	service.bulk.config.unit_ms = row->unit_ms;
	service.bulk.config.partial = row->partial;
	upload(forms[1].body, reception);
	clock_ms += row->after;
	doc = result(reception, 200);
	assert_string_equal(js_str(header_of(doc), "ReceptionNumber"), reception);
	assert_string_equal(js_str(header_of(doc), "SegmentOfResult"), row->segment);
	assert_string_equal(js_str(header_of(doc), "NumberOfProcessingResult"), row->count);
	assert_int_equal(js_len(units_of(doc)), row->given);
	assert_int_equal(body_of(doc) != NULL, row->body);
	js_free(doc);
}

/* --- what is kept ------------------------------------------------------------------------------------ */

static void
test_same_file_again(void **state)
{
	char first[BULK_RECEPTION_LEN + 1], again[BULK_RECEPTION_LEN + 1];

	(void)state;
	begin();
	upload(FILE_OF("[" UNIT("a") "]"), first);
	clock_ms += 1000;
	upload(FILE_OF(" [ " UNIT("a") " ] "), again);
	assert_string_equal(first, again);
	assert_int_equal(service.bulk.n, 1);
	assert_int_equal(service.bulk.taken, 1);
}

static void
test_same_name_other_questions(void **state)
{
	char reception[BULK_RECEPTION_LEN + 1];
	struct json *doc;

	(void)state;
	begin();
	upload(FILE_OF("[" UNIT("a") "]"), reception);
	doc = ask("/v1/bulk", FILE_OF("[" UNIT("b") "]"), 409);
	assert_string_equal(error_of(doc, "code"), "FILE_IDENTIFIER_REUSED");
	js_free(doc);
	js_free(result(reception, 200));
}

static void
test_institutions_apart(void **state)
{
	char one[BULK_RECEPTION_LEN + 1], two[BULK_RECEPTION_LEN + 1];
	struct json *doc;

	(void)state;
	begin();
	upload(FILE_OF("[" UNIT("a") "]"), one);
	upload("{" HEADER("1310000029", "f1") ",\"QualificationConfirmSearchInfo\":[" UNIT("b") "]}", two);
	assert_string_not_equal(one, two);
	doc = result_as("1310000029", one, 404);
	assert_string_equal(error_of(doc, "code"), "RECEPTION_UNKNOWN");
	js_free(doc);
	js_free(result_as("1310000029", two, 200));
}

static void
test_retention(void **state)
{
	char reception[BULK_RECEPTION_LEN + 1], later[BULK_RECEPTION_LEN + 1];

	(void)state;
	begin();
	service.bulk.config.keep_s = 60;
	upload(FILE_OF("[" UNIT("a") "]"), reception);
	clock_ms += 59999;
	js_free(result(reception, 200));
	clock_ms += 1;
	js_free(result(reception, 404));
	assert_int_equal(service.bulk.n, 0);
	assert_int_equal(service.bulk.bytes, 0);
	upload(FILE_OF("[" UNIT("b") "]"), later);
	assert_string_not_equal(reception, later);
}

/* Uploads files f0, f1, ... until one is refused; how many were taken. */
static size_t
fill(char first[static BULK_RECEPTION_LEN + 1])
{
	char body[500], reception[BULK_RECEPTION_LEN + 1];

	for (size_t i = 0; i < BULK_FILES_MAX; i++) {
		snprintf(body, sizeof(body), "{\"MessageHeader\":{\"QualificationConfirmationDate\":\"20261122\","
		    "\"MedicalInstitutionCode\":\"1310000011\",\"ArbitraryFileIdentifier\":\"n%zu\"},"
		    "\"QualificationConfirmSearchInfo\":[" UNIT("a") "]}", i);
		upload(body, i == 0 ? first : reception);
	}
	return service.bulk.n;
}

static void
test_no_room(void **state)
{
	char first[BULK_RECEPTION_LEN + 1], late[BULK_RECEPTION_LEN + 1];
	struct json *doc;

	(void)state;
	begin();
	assert_int_equal(fill(first), BULK_FILES_MAX);
	doc = ask("/v1/bulk", forms[0].body, 429);
	assert_string_equal(error_of(doc, "code"), "OVERLOADED");
	js_free(doc);
	/* one that was delivered makes room, and only that one */
	js_free(result(first, 200));
	upload(forms[0].body, late);
	js_free(result(first, 404));
	assert_int_equal(service.bulk.n, BULK_FILES_MAX);
}

static void
test_ten_thousand(void **state)
{
	char reception[BULK_RECEPTION_LEN + 1];
	struct buf b = BUF_INIT;
	struct json *doc;

	(void)state;
	begin();
	buf_adds(&b, "{" HEADER("1310000011", "big") ",\"QualificationConfirmSearchInfo\":[");
	for (int i = 0; i < 10000; i++)
		buf_addf(&b, "%s{" WHO("345", "19800217") ",\"ArbitraryIdentifier\":\"r%d\"}", i ? "," : "", i);
	buf_adds(&b, "]}");
	upload(b.p, reception);
	assert_true(service.bulk.bytes < 8u << 20);
	doc = result(reception, 200);
	assert_int_equal(js_len(units_of(doc)), 10000);
	for (size_t i = 0; i < 10000; i++) {
		char want[16];

		snprintf(want, sizeof(want), "r%zu", i);
		assert_string_equal(js_str(js_get(js_at(units_of(doc), i),
		    "QualificationConfirmSearchInfo"), "ArbitraryIdentifier"), want);
	}
	js_free(doc);
	buf_free(&b);
}

/* --- faults of a result --------------------------------------------------------------------------------- */

static const struct spoil_row {
	const char	*name;
	struct fault	 fault;
	const char	*ids;		/* as given; '!' behind one that is an error */
	const char	*segment, *counts;
} spoils[] = {
	{ "pending without a body", { .kind = FAULT_BULK_PENDING }, "", "2", "0 0 0" },
	{ "pending with one unit", { .kind = FAULT_BULK_PENDING, .amount = 1 }, "a", "2", "1 1 0" },
	{ "pending with more than there are", { .kind = FAULT_BULK_PENDING, .amount = 9 }, "abc", "2", "3 3 0" },
	{ "failed", { .kind = FAULT_BULK_FAILED, .text = "FILE_FAILED" }, "", "9", "0 0 0" },
	{ "shuffled", { .kind = FAULT_UNITS_SHUFFLED, .amount = 1 }, "cab", "1", "3 3 0" },
	{ "shuffled otherwise", { .kind = FAULT_UNITS_SHUFFLED, .amount = 3 }, "bca", "1", "3 3 0" },
	{ "the second missing", { .kind = FAULT_UNIT_MISSING, .amount = 2 }, "ac", "1", "2 2 0" },
	{ "the last missing", { .kind = FAULT_UNIT_MISSING, .amount = 3 }, "ab", "1", "2 2 0" },
	{ "one missing that is not there", { .kind = FAULT_UNIT_MISSING, .amount = 4 }, "abc", "1", "3 3 0" },
	{ "the first twice", { .kind = FAULT_UNIT_TWICE, .amount = 1 }, "abca", "1", "4 4 0" },
	{ "an error", { .kind = FAULT_UNIT_ERROR, .amount = 2, .text = "UNIT_FAILED" }, "ab!c", "1", "3 2 1" },
};

static void
add_ids(const struct json *doc, struct buf *ids)
{
	for (size_t i = 0; i < js_len(units_of(doc)); i++) {
		const struct json *unit = js_at(units_of(doc), i);

		buf_adds(ids, js_str(js_get(unit, "QualificationConfirmSearchInfo"), "ArbitraryIdentifier"));
		if (strcmp(js_str(unit, "ProcessingResultStatus"), "1") != 0)
			buf_addc(ids, '!');
	}
}

static void
test_spoil(void **state)
{
	const struct spoil_row *row = *state;
	char reception[BULK_RECEPTION_LEN + 1], counts[80];
	struct buf body = BUF_INIT, ids = BUF_INIT;
	struct err e = ERR_INIT;
	struct json *doc;

	begin();
	upload(forms[1].body, reception);
	bulk_write_result(&body, &service.bulk, service.bulk.first, NOW, clock_ms);
	fault_apply_bulk(&row->fault, &body);
	assert_non_null(doc = js_parse(body.p, body.n, &e));
	buf_adds(&ids, "");
	add_ids(doc, &ids);
	assert_string_equal(ids.p, row->ids);
	assert_int_equal(body_of(doc) != NULL, *row->ids != '\0');
	assert_string_equal(js_str(header_of(doc), "SegmentOfResult"), row->segment);
	assert_int_equal(js_has(header_of(doc), "ErrorCode"), row->fault.kind == FAULT_BULK_FAILED);
	snprintf(counts, sizeof(counts), "%s %s %s", js_str(header_of(doc), "NumberOfProcessingResult"),
	    js_str(header_of(doc), "NumberOfNormalProcessing"), js_str(header_of(doc), "NumberOfError"));
	assert_string_equal(counts, row->counts);
	js_free(doc);
	buf_free(&body);
	buf_free(&ids);
}

/* What is no result of a file stays as it is, byte by byte. */
static void
test_spoil_other(void **state)
{
	static const char *const others[] = { "{\"status\":\"ok\"}", "{\"XmlMsg\":{\"MessageHeader\":{}}}", "no JSON",
		"{\"XmlMsg\":{\"MessageHeader\":{},\"MessageBody\":{\"ReceptionNumber\":\"1\"}}}" };

	(void)state;
	for (size_t i = 0; i < N(others); i++)
		for (size_t k = 0; k < N(spoils); k++) {
			struct buf body = BUF_INIT;

			buf_adds(&body, others[i]);
			fault_apply_bulk(&spoils[k].fault, &body);
			assert_string_equal(body.p, others[i]);
			buf_free(&body);
		}
}

/* --- counters ---------------------------------------------------------------------------------------------- */

/* The line of the counts that begins so, as a document; NULL: none. */
static struct json *
line_of(const char *path, const char *begin_with)
{
	struct json *doc = NULL;
	struct err e = ERR_INIT;
	char *line = NULL;
	size_t cap = 0;
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	while (doc == NULL && getline(&line, &cap, f) > 0)
		if (strncmp(line, begin_with, strlen(begin_with)) == 0)
			doc = js_parse(line, strlen(line), &e);
	free(line);
	fclose(f);
	return doc;
}

static void
expect(const char *path, const char *line, const char *key, long long want)
{
	struct json *doc = line_of(path, line);
	long long n = -1;

	assert_non_null(doc);
	assert_true(js_int(doc, key, &n));
	assert_int_equal(n, want);
	js_free(doc);
}

static void
make_path(char path[static 64])
{
	snprintf(path, 64, "/tmp/mock-stats-%ld", (long)getpid());
}

static void
test_counts(void **state)
{
	char path[64], reception[BULK_RECEPTION_LEN + 1];
	struct err e = ERR_INIT;

	(void)state;
	make_path(path);
	begin();
	service.bulk.config.ms = 10;
	assert_non_null(service.stats = stats_new(&e));
	upload(forms[1].body, reception);
	upload(forms[1].body, reception);
	js_free(result(reception, 200));
	clock_ms += 10;
	js_free(result(reception, 200));
	js_free(ask("/v1/qualification/number", "{" HEADER("1310000011", "f1")
	    ",\"QualificationConfirmSearchInfo\":" UNIT("b") "}", 200));
	js_free(ask("/v1/bulk", FILE_OF("[]"), 400));
	assert_int_equal(stats_write(service.stats, path, &e), 0);
	expect(path, "{\"file\":\"f1\"", "uploads", 2);
	expect(path, "{\"file\":\"f1\"", "polls", 1);
	expect(path, "{\"file\":\"f1\"", "results", 1);
	expect(path, "{\"question\":\"a\"", "bulk", 1);
	expect(path, "{\"question\":\"a\"", "single", 0);
	expect(path, "{\"question\":\"b\"", "bulk", 1);
	expect(path, "{\"question\":\"b\"", "single", 1);
	stats_free(service.stats);
	service.stats = NULL;
	unlink(path);
}

/* Without an identifier: the same question is known again, and nothing of it is shown. */
static void
test_counts_unnamed(void **state)
{
	static const char *const bodies[] = {
		"{" HEADER("1310000011", "f1") ",\"QualificationConfirmSearchInfo\":{" WHO("345", "19800217") "}}",
		"{" HEADER("1310000011", "f2") ",\"QualificationConfirmSearchInfo\": {" WHO("345", "19800217") "}}",
		"{" HEADER("1310000011", "f1") ",\"QualificationConfirmSearchInfo\":{" WHO("346", "19800217") "}}" };
	char path[64];
	struct err e = ERR_INIT;
	struct json *doc;

	(void)state;
	make_path(path);
	begin();
	assert_non_null(service.stats = stats_new(&e));
	for (size_t i = 0; i < N(bodies); i++)
		js_free(ask("/v1/qualification/number", bodies[i], 200));
	assert_int_equal(stats_write(service.stats, path, &e), 0);
	expect(path, "{\"question\":\"#", "single", 2);
	assert_non_null(doc = line_of(path, "{\"question\":\"#"));
	assert_int_equal(strlen(js_str(doc, "question")), 33);
	js_free(doc);
	stats_free(service.stats);
	service.stats = NULL;
	unlink(path);
}

static void
test_counts_many(void **state)
{
	char path[64], id[16], line[40];
	struct err e = ERR_INIT;
	struct stats *s = stats_new(&e);
	struct stat st;

	(void)state;
	make_path(path);
	assert_non_null(s);
	for (int round = 0; round < 3; round++)
		for (int i = 0; i < 20000; i += round + 1) {
			snprintf(id, sizeof(id), "r%d", i);
			stats_count(s, COUNTER_SINGLE, id);
		}
	/* the same identifier of another kind is another one */
	stats_count(s, COUNTER_UPLOAD, "r6");
	stats_connection(s);
	assert_int_equal(stats_write(s, path, &e), 0);
	for (int i = 0; i < 20000; i += 997) {
		snprintf(line, sizeof(line), "{\"question\":\"r%d\"", i);
		expect(path, line, "single", 1 + (i % 2 == 0) + (i % 3 == 0));
	}
	expect(path, "{\"file\":\"r6\"", "uploads", 1);
	expect(path, "{\"connections\"", "connections", 1);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stats_write(s, "/nonexistent/directory/stats", &e), -1);
	assert_int_equal(e.code, ERR_DISK);
	stats_free(s);
	unlink(path);
}

int
main(void)
{
	static const struct CMUnitTest single[] = {
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_other_institution),
		cmocka_unit_test(test_same_file_again),
		cmocka_unit_test(test_same_name_other_questions),
		cmocka_unit_test(test_institutions_apart),
		cmocka_unit_test(test_retention),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_ten_thousand),
		cmocka_unit_test(test_spoil_other),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_counts_unnamed),
		cmocka_unit_test(test_counts_many),
	};

	ADD_ALL(test_form, forms, "file");
	ADD_ALL(test_unit, units, "unit");
	ADD_ALL(test_member, members, "result");
	ADD_ALL(test_progress, progresses, "progress");
	ADD_ALL(test_spoil, spoils, "fault");
	for (size_t i = 0; i < N(single); i++)
		tests[n_tests++] = single[i];
	return _cmocka_run_group_tests("mock bulk", tests, n_tests, load_people, free_people);
}
