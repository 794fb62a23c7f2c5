/* The bulk enquiry without a network: receipts, results, and units brought to their questions. */
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
#include "net/bulk_units.h"
#include "net/reply.h"

#define RECEPTION "1928150275403719"
#define UNITS	3

static const struct elig_header header = { "20261122", "1310000011", "a1b2" };

static struct elig_number_request questions[UNITS] = {
	{ .insurer_number = "06132013", .symbol = "12", .number = "345", .id = "row1" },
	{ .insurer_number = "39131016", .number = "01234567", .id = "row2" },
	{ .insurer_number = "06132013", .symbol = "12", .number = "346", .branch = "02",
	    .id = "row3" },
};

static char *
replaced(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	char *out = NULL;

	assert_non_null(at);
	if (asprintf(&out, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)) < 0)
		abort();
	return out;
}

/* --- receipts --------------------------------------------------------------------------------- */

static const char receipt[] = "{\"XmlMsg\":{\"MessageHeader\":{"
    "\"ProcessExecutionTime\":\"20261122060003\",\"MedicalInstitutionCode\":\"1310000011\","
    "\"ArbitraryFileIdentifier\":\"a1b2\",\"CharacterCodeIdentifier\":\"0\"},"
    "\"MessageBody\":{\"ReceptionNumber\":\"" RECEPTION "\","
    "\"ReceptionDateTime\":\"20261122060004\"}}}";

/* One change to a good text. */
struct change_row {
	const char	*name;
	const char	*from, *to;
	bool		 good;
};

static const struct change_row receipts[] = {
	{ "good", "", "", true },
	{ "unknown keys are tolerated", "\"MessageBody\":{", "\"New\":1,\"MessageBody\":{\"New\":[],",
	    true },
	{ "another file's", "a1b2", "a1b3", false },
	{ "another clinic's", "1310000011", "1310000025", false },
	{ "Shift_JIS", "CodeIdentifier\":\"0\"", "CodeIdentifier\":\"1\"", false },
	{ "no such time", "20261122060003", "20261122246060", false },
	{ "no such time of reception", "20261122060004", "20261131060004", false },
	{ "the number empty", RECEPTION, "", false },
	{ "the number of letters", RECEPTION, "12a", false },
	{ "the number with a blank", RECEPTION, " 12", false },
	{ "the number of 40 digits", RECEPTION, "1234567890123456789012345678901234567890", true },
	{ "the number of 41 digits", RECEPTION, "12345678901234567890123456789012345678901", false },
	{ "the number a number", "\"" RECEPTION "\"", "12", false },
	{ "the number missing", "\"ReceptionNumber\"", "\"Number\"", false },
	{ "the time of reception missing", "\"ReceptionDateTime\"", "\"Time\"", false },
	{ "the identifier missing", "\"ArbitraryFileIdentifier\"", "\"Identifier\"", false },
	{ "no body", "\"MessageBody\":{", "\"Body\":{", false },
	{ "no header", "\"MessageHeader\":{", "\"Header\":{", false },
	{ "no message", "\"XmlMsg\":{", "\"Msg\":{", false },
	{ "a body null", "\"MessageBody\":{", "\"MessageBody\":null,\"x\":{", false },
	{ "a key twice", "\"MessageBody\":{", "\"MessageBody\":{},\"MessageBody\":{", false },
	{ "cut short", "\"}}}", "\"}}", false },
};

static void
test_receipt(void **state)
{
	const struct change_row *r = *state;
	char *text = replaced(receipt, r->from, r->to);
	struct bulk_receipt got = { "", "" };
	struct err e = ERR_INIT;

	assert_int_equal(bulk_read_receipt(text, strlen(text), &header, &got, &e),
	    r->good ? 0 : -1);
	assert_int_equal(e.code, r->good ? ERR_NONE : ERR_REPLY_MALFORMED);
	if (r->good) {
		assert_true(bulk_is_reception(got.reception));
		assert_non_null(strstr(text, got.reception));
		assert_string_equal(got.time, "20261122060004");
	}
	free(text);
}

/* --- results ---------------------------------------------------------------------------------- */

#define ECHO1 "{\"InsurerNumber\":\"06132013\",\"InsuredCardSymbol\":\"12\","	\
	"\"InsuredIdentificationNumber\":\"345\",\"Birthdate\":\"19800217\","	\
	"\"ArbitraryIdentifier\":\"row1\"}"
#define UNIT1 "{\"QualificationConfirmSearchInfo\":" ECHO1			\
	",\"ProcessingResultStatus\":\"1\",\"ProcessingResultCode\":\"\","	\
	"\"ProcessingResultMessage\":\"\",\"QualificationValidity\":\"1\","	\
	"\"ResultOfQualificationConfirmation\":[{\"InsurerNumber\":\"06132013\","	\
	"\"InsuredIdentificationNumber\":\"345\",\"Birthdate\":\"19800217\","	\
	"\"LimitApplicationCertificateChanged\":\"0\"}],\"ReferenceNumber\":\"77\"}"
#define UNIT2 "{\"QualificationConfirmSearchInfo\":{\"InsurerNumber\":\"39131016\","	\
	"\"InsuredIdentificationNumber\":\"01234567\",\"Birthdate\":\"19800217\","	\
	"\"ArbitraryIdentifier\":\"row2\"},\"ProcessingResultStatus\":\"1\","	\
	"\"ProcessingResultCode\":\"\",\"ProcessingResultMessage\":\"\","	\
	"\"QualificationValidity\":\"4\",\"ResultOfQualificationConfirmation\":[]}"
#define UNIT3 "{\"QualificationConfirmSearchInfo\":{\"InsurerNumber\":\"06132013\","	\
	"\"InsuredCardSymbol\":\"12\",\"InsuredIdentificationNumber\":\"346\","	\
	"\"InsuredBranchNumber\":\"02\",\"Birthdate\":\"19800217\","		\
	"\"ArbitraryIdentifier\":\"row3\"},\"ProcessingResultStatus\":\"2\","	\
	"\"ProcessingResultCode\":\"E42\",\"ProcessingResultMessage\":\"m\","	\
	"\"ResultOfQualificationConfirmation\":[]}"
#define RESULT_HEADER(segment, all, normal, errors)				\
	"\"MessageHeader\":{\"ProcessExecutionTime\":\"20261122060103\","	\
	"\"QualificationConfirmationDate\":\"20261122\","			\
	"\"MedicalInstitutionCode\":\"1310000011\","				\
	"\"ArbitraryFileIdentifier\":\"a1b2\",\"ReceptionNumber\":\"" RECEPTION "\","	\
	"\"SegmentOfResult\":\"" segment "\",\"NumberOfProcessingResult\":\"" all "\"," \
	"\"NumberOfNormalProcessing\":\"" normal "\",\"NumberOfError\":\"" errors "\","	\
	"\"CharacterCodeIdentifier\":\"0\"}"
#define RESULT(segment, units) "{\"XmlMsg\":{" RESULT_HEADER(segment, "3", "2", "1")	\
	",\"MessageBody\":{\"BulkConfirmUnit\":[" units "]}}}"

static const char whole[] = RESULT("1", UNIT1 "," UNIT2 "," UNIT3);

static const struct result_row {
	struct change_row	 change;
	enum bulk_segment	 segment;
	size_t			 units;
} results[] = {
#define GOOD(name, from, to, segment, units) { { name, from, to, true }, segment, units }
#define BAD(name, from, to) { { name, from, to, false }, BULK_WORKING, 0 }
	GOOD("good", "", "", BULK_DONE, 3),
	GOOD("worked on, with units", "SegmentOfResult\":\"1\"", "SegmentOfResult\":\"2\"",
	    BULK_WORKING, 3),
	GOOD("units no objects are not looked at", "[" UNIT1, "[1," UNIT1, BULK_DONE, 4),
	GOOD("an empty ErrorCode", "\"SegmentOfResult\"", "\"ErrorCode\":\"\",\"SegmentOfResult\"",
	    BULK_DONE, 3),
	GOOD("failed", "\"SegmentOfResult\":\"1\"",
	    "\"SegmentOfResult\":\"9\",\"ErrorCode\":\"E9\",\"ErrorMessage\":\"m\"", BULK_FAILED,
	    0),
	BAD("failed without ErrorCode", "\"SegmentOfResult\":\"1\"", "\"SegmentOfResult\":\"9\""),
	BAD("failed with an empty ErrorCode", "\"SegmentOfResult\":\"1\"",
	    "\"SegmentOfResult\":\"9\",\"ErrorCode\":\"\",\"ErrorMessage\":\"m\""),
	BAD("ErrorCode although it did not fail", "\"SegmentOfResult\"",
	    "\"ErrorCode\":\"E1\",\"SegmentOfResult\""),
	BAD("ErrorCode a number", "\"SegmentOfResult\"", "\"ErrorCode\":1,\"SegmentOfResult\""),
	BAD("SegmentOfResult 3", "OfResult\":\"1\"", "OfResult\":\"3\""),
	BAD("SegmentOfResult empty", "OfResult\":\"1\"", "OfResult\":\"\""),
	BAD("done, without a body", "\"MessageBody\":{", "\"Body\":{"),
	BAD("units an object", "\"BulkConfirmUnit\":[", "\"BulkConfirmUnit\":{},\"x\":["),
	BAD("units missing", "\"BulkConfirmUnit\":[", "\"Units\":["),
	BAD("as of another day", "Date\":\"20261122", "Date\":\"20261121"),
	BAD("another file's", "a1b2", "a1b3"),
	BAD("another clinic's", "1310000011", "1310000025"),
	BAD("another reception number", RECEPTION, "1928150275403710"),
	BAD("Shift_JIS", "CodeIdentifier\":\"0\"", "CodeIdentifier\":\"1\""),
	BAD("counts that do not add up", "NumberOfError\":\"1\"", "NumberOfError\":\"0\""),
	BAD("a count of letters", "NumberOfError\":\"1\"", "NumberOfError\":\"x\""),
	BAD("a count empty", "NumberOfError\":\"1\"", "NumberOfError\":\"\""),
	BAD("a count negative", "NumberOfError\":\"1\"", "NumberOfError\":\"-1\""),
	BAD("a count of ten digits", "NumberOfError\":\"1\"", "NumberOfError\":\"0000000001\""),
	BAD("a count a number", "NumberOfError\":\"1\"", "NumberOfError\":1,\"x\":\"\""),
	BAD("a count missing", "\"NumberOfNormalProcessing\"", "\"Normal\""),
	BAD("a key twice", "{\"XmlMsg\"", "{\"XmlMsg\":{},\"XmlMsg\""),
	BAD("cut short", "]}}}", "]}}"),
#undef GOOD
#undef BAD
};

static int
read_whole(const char *text, struct bulk_result *r, struct err *e)
{
	return bulk_read_result(text, strlen(text), &header, RECEPTION, r, e);
}

static void
test_result(void **state)
{
	const struct result_row *r = *state;
	char *text = replaced(whole, r->change.from, r->change.to);
	struct bulk_result got;
	struct err e = ERR_INIT;

	assert_int_equal(read_whole(text, &got, &e), r->change.good ? 0 : -1);
	assert_int_equal(e.code, r->change.good ? ERR_NONE : ERR_REPLY_MALFORMED);
	assert_int_equal(got.doc != NULL, r->change.good);
	assert_int_equal(js_len(got.units), r->units);
	assert_int_equal(got.segment, r->segment);
	assert_int_equal(got.code != NULL, r->segment == BULK_FAILED);
	js_free(got.doc);
	free(text);
}

static void
test_result_without_body(void **state)
{
	static const char text[] = "{\"XmlMsg\":{" RESULT_HEADER("2", "0", "0", "0") "}}";
	struct bulk_result got;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(read_whole(text, &got, &e), 0);
	assert_int_equal(got.segment, BULK_WORKING);
	assert_null(got.units);
	assert_int_equal(got.worked_off, 0);
	js_free(got.doc);
}

/* Cut at each byte and with each byte spoilt it is refused or read, never more. */
static void
test_result_spoilt(void **state)
{
	char *text = strdup(whole);
	struct bulk_result got;

	(void)state;
	for (size_t n = 0; n + 1 < sizeof(whole); n++) {
		struct err e = ERR_INIT;

		assert_int_equal(bulk_read_result(whole, n, &header, RECEPTION, &got, &e), -1);
		assert_null(got.doc);
		text[n] ^= 0x15;
		err_clear(&e);
		if (read_whole(text, &got, &e) < 0)
			assert_null(got.doc);
		js_free(got.doc);
		text[n] ^= 0x15;
	}
	free(text);
}

/* --- units ------------------------------------------------------------------------------------ */

/*
 * Results one after the other, and what comes of them: a letter for each unit
 * in the order given, A answered, R refused, M missing, T torn or malformed,
 * F failed with the file; a point between results.
 */
static const struct units_row {
	const char	*name;
	const char	*text[4];
	const char	*want;
	size_t		 left;
	struct bulk_oddities odd;
} unit_rows[] = {
#define ODD(s, r, c) { s, r, c }
	{ "all at once", { RESULT("1", UNIT1 "," UNIT2 "," UNIT3) }, "1A2A3R.", 0, ODD(0, 0, 0) },
	{ "out of order", { RESULT("1", UNIT3 "," UNIT1 "," UNIT2) }, "1A2A3R.", 0,
	    ODD(0, 0, 0) },
	{ "one missing", { RESULT("1", UNIT3 "," UNIT1) }, "1A2M3R.", 0, ODD(0, 0, 0) },
	{ "none at all", { RESULT("1", "") }, "1M2M3M.", 0, ODD(0, 0, 0) },
	{ "one twice, equal", { RESULT("1", UNIT1 "," UNIT2 "," UNIT3 "," UNIT1) }, "1A2A3R.", 0,
	    ODD(0, 1, 0) },
	{ "one three times, equal", { RESULT("1", UNIT1 "," UNIT1 "," UNIT1) }, "1A2M3M.", 0,
	    ODD(0, 2, 0) },
	{ "one twice, different", { RESULT("1", UNIT1 "," UNIT2 "," UNIT3 ","
	    "{\"QualificationConfirmSearchInfo\":" ECHO1 "}") }, "1T2A3R.", 0, ODD(0, 0, 1) },
	{ "a stranger", { RESULT("1", UNIT1 "," UNIT2 "," UNIT3
	    ",{\"QualificationConfirmSearchInfo\":{\"ArbitraryIdentifier\":\"row4\"}}") },
	    "1A2A3R.", 0, ODD(1, 0, 0) },
	{ "units without identifier, or no objects", { RESULT("1", UNIT1 "," UNIT2 "," UNIT3
	    ",{},1,null,[],{\"QualificationConfirmSearchInfo\":\"row1\"}") }, "1A2A3R.", 0,
	    ODD(5, 0, 0) },
	{ "in parts", { RESULT("2", UNIT2), RESULT("2", UNIT2 "," UNIT1),
	    RESULT("1", UNIT1 "," UNIT2 "," UNIT3) }, "2A.1A.3R.", 0, ODD(0, 0, 0) },
	{ "nothing at first", { RESULT("2", ""), RESULT("2", ""), RESULT("1", UNIT1 "," UNIT2) },
	    "..1A2A3M.", 0, ODD(0, 0, 0) },
	{ "still worked on", { RESULT("2", UNIT2) }, "2A.", 2, ODD(0, 0, 0) },
	{ "what is final stays, whatever comes later", { RESULT("2", UNIT1), RESULT("1",
	    "{\"QualificationConfirmSearchInfo\":" ECHO1 "}," UNIT2 "," UNIT3) }, "1A.2A3R.", 0,
	    ODD(0, 0, 1) },
	{ "twice different in a part", { RESULT("2", UNIT1 ","
	    "{\"QualificationConfirmSearchInfo\":" ECHO1 "}"), RESULT("1", UNIT1 "," UNIT2 ","
	    UNIT3) }, "1T.2A3R.", 0, ODD(0, 0, 1) },
	{ "a unit with nothing in it", { RESULT("1", UNIT2 "," UNIT3
	    ",{\"QualificationConfirmSearchInfo\":" ECHO1 "}") }, "1T2A3R.", 0, ODD(0, 0, 0) },
#undef ODD
};

static char
letter(const struct elig_answer *a, const struct err *e)
{
	assert_int_equal(a->by, ELIG_BY_NUMBER);
	assert_null(a->doc);
	if (e->code == ERR_NONE) {
		assert_int_equal(a->outcome, ELIG_ANSWERED);
		return 'A';
	}
	assert_int_not_equal(a->outcome, ELIG_ANSWERED);
	assert_true(a->validity == 0 && a->results == NULL);
	if (e->code == ERR_SERVICE_REFUSED)
		return a->code != NULL && strcmp(a->code, "E42") == 0 ? 'R' : 'F';
	assert_int_equal(e->code, ERR_REPLY_MALFORMED);
	if (strstr(e->msg, "missing") != NULL && strstr(e->msg, "unit") != NULL) {
		assert_true(a->retryable);
		return 'M';
	}
	return 'T';
}

static void
drain(struct bulk_units *u, struct buf *said)
{
	struct elig_answer a;
	struct err e = ERR_INIT;
	size_t i;

	while (bulk_units_next(u, &i, &a, &e))
		buf_addf(said, "%zu%c", i + 1, letter(&a, &e));
	buf_addc(said, '.');
}

static struct bulk_units *
units(void)
{
	struct bulk_units *u;
	struct err e = ERR_INIT;

	assert_int_equal(bulk_units_new(&u, questions, UNITS, &e), 0);
	assert_int_equal(bulk_units_left(u), UNITS);
	return u;
}

static void
take(struct bulk_units *u, const char *text)
{
	struct bulk_result r;
	struct err e = ERR_INIT;

	assert_int_equal(read_whole(text, &r, &e), 0);
	assert_int_equal(bulk_units_take(u, &r, &e), 0);
}

static void
test_units(void **state)
{
	const struct units_row *r = *state;
	struct bulk_units *u = units();
	struct buf said = BUF_INIT;

	for (size_t i = 0; i < N(r->text) && r->text[i] != NULL; i++) {
		take(u, r->text[i]);
		drain(u, &said);
	}
	assert_string_equal(said.p, r->want);
	assert_int_equal(bulk_units_left(u), r->left);
	assert_memory_equal(bulk_units_oddities(u), &r->odd, sizeof(r->odd));
	buf_free(&said);
	bulk_units_free(u);
}

static void
test_units_fail(void **state)
{
	struct elig_answer like = ELIG_ANSWER_INIT;
	struct bulk_units *u = units();
	struct buf said = BUF_INIT;
	struct err why = ERR_INIT;

	(void)state;
	drain(u, &said);
	take(u, RESULT("2", UNIT2));
	drain(u, &said);
	err_set(&why, ERR_SERVICE_REFUSED, "reply: SegmentOfResult 9");
	like.code = "E9";
	bulk_units_fail(u, &like, &why);
	drain(u, &said);
	drain(u, &said);
	assert_string_equal(said.p, ".2A.1F3F..");
	assert_int_equal(bulk_units_left(u), 0);
	buf_free(&said);
	bulk_units_free(u);
}

static void
test_units_identifiers(void **state)
{
	struct elig_number_request twice[2] = { questions[0], questions[0] };
	struct bulk_units *u;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(bulk_units_new(&u, twice, 2, &e), -1);
	assert_int_equal(e.code, ERR_USAGE);
	assert_string_equal(e.msg, "units 1 and 2: the same identifier");
	err_clear(&e);
	twice[1].id = "";
	assert_int_equal(bulk_units_new(&u, twice, 2, &e), -1);
	err_clear(&e);
	twice[1].id = NULL;
	assert_int_equal(bulk_units_new(&u, twice, 2, &e), -1);
	assert_string_equal(e.msg, "unit 2: has no identifier");
	err_clear(&e);
	assert_int_equal(bulk_units_new(&u, twice, 0, &e), -1);
	assert_null(u);
}

/* One change to a good unit: it is refused, and only it. */
static const struct change_row unit_changes[] = {
	{ "good", "", "", true },
	{ "another insurer asked", "\"06132013\"", "\"06132021\"", false },
	{ "another symbol asked", "\"12\"", "\"13\"", false },
	{ "another number asked", "\"345\"", "\"346\"", false },
	{ "another birth date asked", "\"19800217\"", "\"19800218\"", false },
	{ "a branch that was not asked", "\"InsuredCardSymbol\"",
	    "\"InsuredBranchNumber\":\"01\",\"InsuredCardSymbol\"", false },
	{ "another person's birth date", "345\",\"Birthdate\":\"19800217\",\"Limit",
	    "345\",\"Birthdate\":\"19800218\",\"Limit", false },
	{ "another insurer's result", "[{\"InsurerNumber\":\"06132013\"",
	    "[{\"InsurerNumber\":\"39131016\"", false },
	{ "valid without a result", "\"ResultOfQualificationConfirmation\":[", "\"x\":[", false },
	{ "results an object", "\"ResultOfQualificationConfirmation\":[",
	    "\"ResultOfQualificationConfirmation\":{},\"x\":[", false },
	{ "validity 0", "Validity\":\"1\"", "Validity\":\"0\"", false },
	{ "validity missing", "\"QualificationValidity\"", "\"Validity\"", false },
	{ "status 3", "ResultStatus\":\"1\"", "ResultStatus\":\"3\"", false },
	{ "status missing", "\"ProcessingResultStatus\"", "\"Status\"", false },
	{ "code missing", "\"ProcessingResultCode\"", "\"Code\"", false },
	{ "an impossible date", "\"LimitApplicationCertificateChanged\"",
	    "\"QualificationDate\":\"20261131\",\"x\"", false },
	{ "whether 限度額 changed, of no code", "Changed\":\"0\"", "Changed\":\"2\"", false },
};

static void
test_unit(void **state)
{
	const struct change_row *r = *state;
	char *unit = replaced(UNIT1, r->from, r->to), *text = NULL;
	struct bulk_units *u = units();
	struct buf said = BUF_INIT;

	if (asprintf(&text, "{\"XmlMsg\":{" RESULT_HEADER("1", "3", "2", "1")
	    ",\"MessageBody\":{\"BulkConfirmUnit\":[%s,%s,%s]}}}", UNIT2, unit, UNIT3) < 0)
		abort();
	take(u, text);
	drain(u, &said);
	assert_string_equal(said.p, r->good ? "1A2A3R." : "1T2A3R.");
	buf_free(&said);
	bulk_units_free(u);
	free(text);
	free(unit);
}

static void
test_requests(void **state)
{
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(request_bulk(&b, &header, questions, 2, &e), 0);
	assert_string_equal(b.p, "{\"MessageHeader\":{"
	    "\"QualificationConfirmationDate\":\"20261122\","
	    "\"MedicalInstitutionCode\":\"1310000011\",\"ArbitraryFileIdentifier\":\"a1b2\"},"
	    "\"QualificationConfirmSearchInfo\":[{\"InsurerNumber\":\"06132013\","
	    "\"InsuredCardSymbol\":\"12\",\"InsuredIdentificationNumber\":\"345\","
	    "\"Birthdate\":\"19800217\",\"LimitApplicationCertificateRelatedConsFlg\":\"0\","
	    "\"ArbitraryIdentifier\":\"row1\"},{\"InsurerNumber\":\"39131016\","
	    "\"InsuredIdentificationNumber\":\"01234567\",\"Birthdate\":\"19800217\","
	    "\"LimitApplicationCertificateRelatedConsFlg\":\"0\","
	    "\"ArbitraryIdentifier\":\"row2\"}]}");
	buf_reset(&b);
	assert_int_equal(request_bulk_result(&b, "1310000011", RECEPTION, &e), 0);
	assert_string_equal(b.p, "{\"MessageHeader\":{\"MedicalInstitutionCode\":\"1310000011\"},"
	    "\"ReceptionNumber\":\"" RECEPTION "\"}");
	buf_free(&b);
}

static void
test_request_incomplete(void **state)
{
	struct elig_number_request two[2] = { questions[0], questions[1] };
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	two[1].number = NULL;
	assert_int_equal(request_bulk(&b, &header, two, 2, &e), -1);
	assert_int_equal(e.code, ERR_USAGE);
	assert_int_equal(strncmp(e.msg, "unit 2: ", 8), 0);
	assert_int_equal(b.n, 0);
	buf_free(&b);
}

int
main(void)
{
	int failed;

	for (size_t i = 0; i < UNITS; i++)
		questions[i].birthdate = date_from_ymd(1980, 2, 17);
	ADD_ALL(test_receipt, receipts, "receipt");
	for (size_t i = 0; i < N(results); i++)
		add(test_result, &results[i], "result", results[i].change.name);
	add(test_result_without_body, NULL, "result", "worked on, nothing to show yet");
	add(test_result_spoilt, NULL, "result", "every byte cut or spoilt");
	ADD_ALL(test_units, unit_rows, "units");
	add(test_units_fail, NULL, "units", "the file fails after a part");
	add(test_units_identifiers, NULL, "units", "each needs an identifier of its own");
	ADD_ALL(test_unit, unit_changes, "unit");
	add(test_requests, NULL, "request", "a file, and the question for its result");
	add(test_request_incomplete, NULL, "request", "which unit is not complete");
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = _cmocka_run_group_tests("bulk", tests, n_tests, NULL, NULL);
	for (size_t i = 0; i < n_tests; i++)
		free((void *)(uintptr_t)tests[i].name);
	return failed;
}
