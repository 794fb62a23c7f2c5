/* The service client without a network: origins, requests, replies, dates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rows.h"

#include "base/base64.h"
#include "base/date.h"
#include "base/hash.h"
#include "net/elig.h"
#include "net/httpdate.h"
#include "net/origin.h"

/* --- origins ------------------------------------------------------------------------------- */

static const struct origin_row {
	const char	*name;
	const char	*url;
	bool		 plain;
	const char	*want;	/* NULL: refused */
} origins[] = {
	{ "the default port is written", "https://qs.example.jp", false,
	    "https://qs.example.jp:443" },
	{ "443 too", "https://qs.example.jp:443", false, "https://qs.example.jp:443" },
	{ "lower case", "HTTPS://QS.Example.JP:8443/", false, "https://qs.example.jp:8443" },
	{ "one label", "https://localhost:1", false, "https://localhost:1" },
	{ "hyphens inside", "https://a-b.c--d.jp", false, "https://a-b.c--d.jp:443" },
	{ "a label that begins with a digit", "https://qs.4ever", false, "https://qs.4ever:443" },
	{ "IPv4", "https://127.0.0.1:65535", false, "https://127.0.0.1:65535" },
	{ "IPv6", "https://[::1]:8443", false, "https://[::1]:8443" },
	{ "IPv6 has one spelling", "https://[2001:DB8:0:0::01]", false,
	    "https://[2001:db8::1]:443" },
	{ "plain to this machine", "http://127.0.0.1:8080", true, "http://127.0.0.1:8080" },
	{ "plain to localhost", "http://localhost", true, "http://localhost:80" },
	{ "plain to ::1", "http://[::1]:80", true, "http://[::1]:80" },
	{ "plain allows https", "https://127.0.0.1", true, "https://127.0.0.1:443" },
	{ "plain elsewhere", "http://qs.example.jp", true, NULL },
	{ "plain to 127.example.jp", "http://127.example.jp", true, NULL },
	{ "http without plain", "http://127.0.0.1:8080", false, NULL },
	{ "another scheme", "ftp://qs.example.jp", false, NULL },
	{ "no scheme", "qs.example.jp:443", false, NULL },
	{ "empty", "", false, NULL },
	{ "no host", "https://", false, NULL },
	{ "only a port", "https://:443", false, NULL },
	{ "user name", "https://me@qs.example.jp", false, NULL },
	{ "user name and password", "https://me:secret@qs.example.jp:443", false, NULL },
	{ "path", "https://qs.example.jp/v1", false, NULL },
	{ "two slashes", "https://qs.example.jp//", false, NULL },
	{ "query", "https://qs.example.jp?x", false, NULL },
	{ "fragment", "https://qs.example.jp/#x", false, NULL },
	{ "escape", "https://qs%2eexample.jp", false, NULL },
	{ "space", "https://qs.example.jp ", false, NULL },
	{ "line break", "https://qs.example.jp\r\n", false, NULL },
	{ "not ASCII", "https://\xe8\xb3\x87\xe6\xa0\xbc.jp", false, NULL },
	{ "empty label", "https://qs..jp", false, NULL },
	{ "final dot", "https://qs.example.jp.", false, NULL },
	{ "label begins with a hyphen", "https://-qs.jp", false, NULL },
	{ "label ends with a hyphen", "https://qs-.jp", false, NULL },
	{ "host ends with a hyphen", "https://qs.jp-", false, NULL },
	{ "label of 64",
	    "https://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.jp",
	    false, NULL },
	{ "short IPv4", "https://127.1", false, NULL },
	{ "hexadecimal IPv4", "https://0x7f000001", false, NULL },
	{ "IPv4 out of range", "https://127.0.0.256", false, NULL },
	{ "one number", "https://2130706433", false, NULL },
	{ "IPv6 without its bracket", "https://[::1", false, NULL },
	{ "IPv6 zone", "https://[fe80::1%25eth0]", false, NULL },
	{ "no IPv6", "https://[qs.jp]", false, NULL },
	{ "IPv6 and rubbish", "https://[::1]x:443", false, NULL },
	{ "empty port", "https://qs.jp:", false, NULL },
	{ "port 0", "https://qs.jp:0", false, NULL },
	{ "port with a zero before", "https://qs.jp:0443", false, NULL },
	{ "port 65536", "https://qs.jp:65536", false, NULL },
	{ "port of six digits", "https://qs.jp:100000", false, NULL },
	{ "port of letters", "https://qs.jp:https", false, NULL },
};

static void
test_origin(void **state)
{
	const struct origin_row *r = *state;
	char got[ORIGIN_MAX] = "";
	struct err e = ERR_INIT;

	if (r->want != NULL) {
		assert_int_equal(origin_of_url(r->url, r->plain, got, &e), 0);
		assert_string_equal(got, r->want);
	} else {
		assert_int_equal(origin_of_url(r->url, r->plain, got, &e), -1);
		assert_int_equal(e.code, ERR_CONFIG);
	}
}

static void
test_origin_longest(void **state)
{
	char url[400] = "https://", got[ORIGIN_MAX];
	struct err e = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < 253; i++)
		url[8 + i] = i % 2 ? '.' : 'a';
	strcpy(url + 8 + 253, ":65535");
	assert_int_equal(origin_of_url(url, false, got, &e), 0);
	assert_string_equal(got, url);
	strcpy(url + 8 + 253, ".a");
	assert_int_equal(origin_of_url(url, false, got, &e), -1);
}

/* --- base64 -------------------------------------------------------------------------------- */

static const struct base64_row {
	const char	*name;
	const char	*text;
	int		 want;	/* bytes, -1: refused */
	const char	*bytes;
} base64s[] = {
	{ "nothing", "", 0, "" },
	{ "one byte", "Zg==", 1, "f" },
	{ "two bytes", "Zm8=", 2, "fo" },
	{ "three bytes", "Zm9v", 3, "foo" },
	{ "six bytes", "Zm9vYmFy", 6, "foobar" },
	{ "the last letters", "+/+/", 3, "\xfb\xff\xbf" },
	{ "the URL alphabet", "-_-_", -1, NULL },
	{ "no padding", "Zg", -1, NULL },
	{ "half the padding", "Zg=", -1, NULL },
	{ "only padding", "====", -1, NULL },
	{ "three of padding", "Z===", -1, NULL },
	{ "padding inside", "Zg==Zg==", -1, NULL },
	{ "padding before a letter", "Zg=v", -1, NULL },
	{ "unused bits, one byte", "Zh==", -1, NULL },
	{ "unused bits, two bytes", "Zm9=", -1, NULL },
	{ "a line break", "Zm9v\n", -1, NULL },
	{ "a space", "Zm 9", -1, NULL },
	{ "seven bytes for six", "Zm9vYmFyMQ==", -1, NULL },
	{ "far too long", "Zm9vYmFyZm9vYmFyZm9vYmFy", -1, NULL },
};

static void
test_base64(void **state)
{
	const struct base64_row *r = *state;
	struct buf b = BUF_INIT;
	uint8_t got[6];

	assert_int_equal(base64_decode(r->text, got, sizeof(got)), r->want);
	if (r->want < 0)
		return;
	assert_memory_equal(got, r->bytes, (size_t)r->want);
	base64_add(&b, got, (size_t)r->want);
	assert_string_equal(b.p != NULL ? b.p : "", r->text);
	buf_free(&b);
}

/* --- HTTP dates ---------------------------------------------------------------------------- */

static const struct date_row {
	const char	*name;
	const char	*text;
	long long	 want;
} dates[] = {
	{ "of the RFC", "Sun, 06 Nov 1994 08:49:37 GMT", 784111777 },
	{ "the first", "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
	{ "after 2038", "Tue, 19 Jan 2038 03:14:08 GMT", 2147483648 },
	{ "a leap day", "Tue, 29 Feb 2028 23:59:59 GMT", 1835481599 },
	{ "a leap second", "Sat, 31 Dec 2016 23:59:60 GMT", 1483228800 },
	{ "wrong day of the week", "Mon, 06 Nov 1994 08:49:37 GMT", HTTPDATE_NONE },
	{ "no leap year", "Thu, 29 Feb 2026 00:00:00 GMT", HTTPDATE_NONE },
	{ "before 1970", "Wed, 31 Dec 1969 23:59:59 GMT", HTTPDATE_NONE },
	{ "hour 24", "Sun, 06 Nov 1994 24:00:00 GMT", HTTPDATE_NONE },
	{ "minute 60", "Sun, 06 Nov 1994 08:60:00 GMT", HTTPDATE_NONE },
	{ "no month", "Sun, 06 Nou 1994 08:49:37 GMT", HTTPDATE_NONE },
	{ "month across two names", "Sun, 06 ovD 1994 08:49:37 GMT", HTTPDATE_NONE },
	{ "a sign", "Sun, +6 Nov 1994 08:49:37 GMT", HTTPDATE_NONE },
	{ "another zone", "Sun, 06 Nov 1994 08:49:37 JST", HTTPDATE_NONE },
	{ "half a year", "Sat, 06 Nov 20x4 08:49:37 GMT", HTTPDATE_NONE },
	{ "a dot in the day", "Sun, 0. Nov 1994 08:49:37 GMT", HTTPDATE_NONE },
	{ "the old form", "Sunday, 06-Nov-94 08:49:37 GMT", HTTPDATE_NONE },
	{ "cut short", "Sun, 06 Nov 1994 08:49:37", HTTPDATE_NONE },
	{ "nothing", "", HTTPDATE_NONE },
};

static void
test_date(void **state)
{
	const struct date_row *r = *state;

	assert_int_equal(httpdate_parse(r->text), r->want);
}

/* Each byte of a good date put out of its range. */
static void
test_date_bytes(void **state)
{
	char text[] = "Sun, 06 Nov 1994 08:49:37 GMT";

	(void)state;
	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		static const char with[] = { '/', ':', ' ', 'x', '\0' };
		const char was = text[i];

		for (size_t k = 0; k < sizeof(with); k++) {
			text[i] = with[k];
			assert_int_equal(httpdate_parse(text),
			    with[k] == was ? 784111777 : HTTPDATE_NONE);
		}
		text[i] = was;
	}
}

/* --- replies ------------------------------------------------------------------------------- */

static const uint8_t cert[] = "not a certificate, but hashed as one";
static uint8_t challenge[ELIG_CHALLENGE_LEN];
static const struct elig_header header = { "20261122", "1310000011", "a1b2" };
static struct elig_number_request search;
static struct buf by_card = BUF_INIT, by_number = BUF_INIT;

#define MESSAGE(by, extra)						\
	"{\"XmlMsg\":{\"MessageHeader\":{"				\
	"\"ProcessExecutionTime\":\"20261122091503\","			\
	"\"QualificationConfirmationDate\":\"20261122\","		\
	"\"MedicalInstitutionCode\":\"1310000011\","			\
	"\"ArbitraryFileIdentifier\":\"a1b2\","				\
	"\"ReferenceClassification\":\"" by "\",\"SegmentOfResult\":\"1\"," \
	"\"CharacterCodeIdentifier\":\"0\"},\"MessageBody\":{"		\
	"\"ProcessingResultStatus\":\"1\",\"ProcessingResultCode\":\"\"," \
	"\"ProcessingResultMessage\":\"\"," extra "\"QualificationValidity\":\"1\"," \
	"\"ResultList\":{\"ResultOfQualificationConfirmation\":[{"	\
	"\"InsurerNumber\":\"06132013\",\"InsuredCardClassification\":\"01\"," \
	"\"Name\":\"\xe5\xb1\xb1\xe7\x94\xb0\",\"Sex1\":\"1\",\"Birthdate\":\"19800217\"," \
	"\"ElderlyRecipientCertificateInfo\":{\"ElderlyRecipientContributionRatio\":\"020\"," \
	"\"ElderlyRecipientValidEndDate\":\"20270731\"},"		\
	"\"SomethingNew\":{\"x\":[1]}}]}}}"

#define SEARCH_INFO							\
	"\"QualificationConfirmSearchInfo\":{\"InsurerNumber\":\"06132013\"," \
	"\"InsuredCardSymbol\":\"12\",\"InsuredIdentificationNumber\":\"345\"," \
	"\"Birthdate\":\"19800217\"},"

static void
make_replies(void)
{
	uint8_t hash[HASH_SHA256_LEN];
	char hex[2 * HASH_SHA256_LEN + 1];

	for (size_t i = 0; i < sizeof(challenge); i++)
		challenge[i] = (uint8_t)(3 * i);
	hash_sha256(cert, sizeof(cert), hash);
	hex_encode(hash, sizeof(hash), hex);
	buf_adds(&by_card, MESSAGE("1", "") ",\"Binding\":{\"Challenge\":\"");
	base64_add(&by_card, challenge, sizeof(challenge));
	buf_addf(&by_card, "\",\"CertificateSha256\":\"%s\"}}", hex);
	buf_adds(&by_number, MESSAGE("2", SEARCH_INFO) "}");
	search = (struct elig_number_request){ .as_of = 0, .insurer_number = "06132013",
	    .symbol = "12", .number = "345", .birthdate = date_from_ymd(1980, 2, 17) };
}

static int
read_reply(bool number, const char *text, size_t n, struct elig_answer *a, struct err *e)
{
	const struct reply_expect x = { &header, number ? NULL : challenge,
	    { cert, number ? 0 : sizeof(cert) }, number ? &search : NULL };

	return reply_read(text, n, &x, a, e);
}

/* The only ways a reading may end, whatever the bytes were. */
static void
read_checked(bool number, const char *text, size_t n, enum err_code want)
{
	struct elig_answer a = ELIG_ANSWER_INIT;
	struct err e = ERR_INIT;
	const int rc = read_reply(number, text, n, &a, &e);

	assert_string_equal(err_name(e.code), err_name(want));
	assert_int_equal(rc, want == ERR_NONE ? 0 : -1);
	assert_int_equal(a.outcome, want == ERR_NONE ? ELIG_ANSWERED : ELIG_ERROR);
	assert_int_equal(a.by, number ? ELIG_BY_NUMBER : ELIG_BY_CARD);
	if (want != ERR_NONE)
		assert_true(a.results == NULL && a.validity == 0);
	elig_answer_free(&a);
}

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

/* One change to a good reply. */
static const struct change_row {
	const char	*name;
	bool		 number;
	const char	*from, *to;
	enum err_code	 want;
} changes[] = {
#define BAD ERR_REPLY_MALFORMED
	{ "good, by card", false, "", "", ERR_NONE },
	{ "good, by number", true, "", "", ERR_NONE },
	{ "a warning beside the answer", false, "ResultMessage\":\"\"",
	    "ResultMessage\":\"ends soon\"",
	    ERR_NONE },
	{ "unknown keys are tolerated", false, "\"XmlMsg\":{",
	    "\"New\":[1],\"XmlMsg\":{\"New\":{},",
	    ERR_NONE },
	{ "empty elements count as absent", false, "\"Birthdate\":\"19800217\"",
	    "\"Birthdate\":\"\"",
	    ERR_NONE },
	{ "padded insurer number", true, "[{\"InsurerNumber\":\"06132013\"",
	    "[{\"InsurerNumber\":\" 6132013\"", ERR_NONE },
	{ "an empty ErrorCode", false, "\"SegmentOfResult\"",
	    "\"ErrorCode\":\"\",\"SegmentOfResult\"",
	    ERR_NONE },

	{ "SegmentOfResult 9", false, "SegmentOfResult\":\"1\"",
	    "SegmentOfResult\":\"9\",\"ErrorCode\":\"E1\",\"ErrorMessage\":\"m\"",
	    ERR_SERVICE_REFUSED },
	{ "SegmentOfResult 2", false, "SegmentOfResult\":\"1\"",
	    "SegmentOfResult\":\"2\",\"ErrorCode\":\"E1\",\"ErrorMessage\":\"m\"",
	    ERR_SERVICE_REFUSED },
	{ "SegmentOfResult 9 without ErrorCode", false, "SegmentOfResult\":\"1\"",
	    "SegmentOfResult\":\"9\"", BAD },
	{ "ErrorCode beside a normal end", false, "\"SegmentOfResult\"",
	    "\"ErrorCode\":\"E1\",\"SegmentOfResult\"", BAD },
	{ "ErrorCode a number", false, "\"SegmentOfResult\"", "\"ErrorCode\":1,\"SegmentOfResult\"",
	    BAD },
	{ "ProcessingResultStatus 2", false, "ResultStatus\":\"1\"", "ResultStatus\":\"2\"",
	    ERR_SERVICE_REFUSED },
	{ "ProcessingResultStatus 2, by number", true, "ResultStatus\":\"1\"",
	    "ResultStatus\":\"2\"",
	    ERR_SERVICE_REFUSED },

	{ "SegmentOfResult 3", false, "SegmentOfResult\":\"1\"", "SegmentOfResult\":\"3\"", BAD },
	{ "SegmentOfResult empty", false, "SegmentOfResult\":\"1\"", "SegmentOfResult\":\"\"",
	    BAD },
	{ "SegmentOfResult 11", false, "SegmentOfResult\":\"1\"", "SegmentOfResult\":\"11\"", BAD },
	{ "ProcessingResultStatus 0", false, "ResultStatus\":\"1\"", "ResultStatus\":\"0\"", BAD },
	{ "Shift_JIS", false, "CodeIdentifier\":\"0\"", "CodeIdentifier\":\"1\"", BAD },
	{ "validity 0", false, "Validity\":\"1\"", "Validity\":\"0\"", BAD },
	{ "validity 7", false, "Validity\":\"1\"", "Validity\":\"7\"", BAD },
	{ "validity 1 with a blank", false, "Validity\":\"1\"", "Validity\":\"1 \"", BAD },
	{ "validity 2", false, "Validity\":\"1\"", "Validity\":\"2\"", ERR_NONE },
	{ "validity 6", false, "Validity\":\"1\"", "Validity\":\"6\"", ERR_NONE },
	{ "no such time", false, "20261122091503", "20261122246060", BAD },
	{ "no such day", false, "20261122091503", "20261131091503", BAD },
	{ "a time of letters", false, "20261122091503", "2026112209150a", BAD },

	{ "another date", false, "ConfirmationDate\":\"20261122", "ConfirmationDate\":\"20261121",
	    BAD },
	{ "another clinic", false, "1310000011", "1310000025", BAD },
	{ "another request's identifier", false, "a1b2", "a1b3", BAD },
	{ "by number when asked by card", false, "Classification\":\"1\"", "Classification\":\"2\"",
	    BAD },
	{ "by card when asked by number", true, "Classification\":\"2\"", "Classification\":\"1\"",
	    BAD },
	{ "by neither", false, "ReferenceClassification\":\"1\"", "ReferenceClassification\":\"3\"",
	    BAD },
	{ "another request's challenge (replay)", false, "\"Challenge\":\"A", "\"Challenge\":\"B",
	    BAD },
	{ "challenge no base64", false, "\"Challenge\":\"A", "\"Challenge\":\"!", BAD },
	{ "challenge too long", false, "\"Challenge\":\"", "\"Challenge\":\"AAAA", BAD },
	{ "another certificate", false, "\"CertificateSha256\":\"", "\"CertificateSha256\":\"0",
	    BAD },
	{ "a binding by number", true, "{\"XmlMsg\"", "{\"Binding\":{},\"XmlMsg\"", BAD },

	{ "echo of another insurer", true, "\"06132013\"", "\"06132021\"", BAD },
	{ "echo of another symbol", true, "\"12\"", "\"13\"", BAD },
	{ "echo of another number", true, "\"345\"", "\"346\"", BAD },
	{ "echo of another birth date", true, "\"19800217\"", "\"19800218\"", BAD },
	{ "echo of a branch not asked for", true, "\"InsuredCardSymbol\"",
	    "\"InsuredBranchNumber\":\"01\",\"InsuredCardSymbol\"", BAD },
	{ "echo of an empty branch", true, "\"InsuredCardSymbol\"",
	    "\"InsuredBranchNumber\":\"\",\"InsuredCardSymbol\"", ERR_NONE },
	{ "another person's birth date", true, "\"Sex1\":\"1\",\"Birthdate\":\"19800217\"",
	    "\"Sex1\":\"1\",\"Birthdate\":\"19810217\"", BAD },
	{ "another insurer's result", true, "[{\"InsurerNumber\":\"06132013\"",
	    "[{\"InsurerNumber\":\"39131016\"", BAD },
	{ "valid without a birth date", true, "\"Sex1\":\"1\",\"Birthdate\":\"19800217\"",
	    "\"Sex1\":\"1\"", BAD },

	{ "valid without results", false, "\"ResultOfQualificationConfirmation\":[", "\"None\":[",
	    BAD },
	{ "valid with ResultList gone", false, "\"ResultList\":{", "\"NoList\":{", BAD },
	{ "results null", false, "\"ResultList\":{", "\"ResultList\":null,\"x\":{", BAD },
	{ "ResultList a string", false, "\"ResultList\":{", "\"ResultList\":\"\",\"x\":{", BAD },
	{ "results an object", false, "\"ResultOfQualificationConfirmation\":[",
	    "\"ResultOfQualificationConfirmation\":{},\"x\":[", BAD },
	{ "not found, no list", false, "\"1\",\"ResultList\":{", "\"4\",\"x\":{", ERR_NONE },
	{ "not found, an empty list", false, "\"1\",\"ResultList\":{",
	    "\"4\",\"ResultList\":{},\"x\":{", ERR_NONE },
	{ "not found, list a string", false, "\"1\",\"ResultList\":{",
	    "\"4\",\"ResultList\":\"\",\"x\":{", BAD },
	{ "not found, results a string", false,
	    "\"1\",\"ResultList\":{\"ResultOfQualificationConfirmation\":[",
	    "\"4\",\"ResultList\":{\"ResultOfQualificationConfirmation\":\"\",\"x\":[", BAD },
	{ "a result a string", false, "Confirmation\":[{", "Confirmation\":[\"x\",{", BAD },
	{ "a result null", false, "Confirmation\":[{", "Confirmation\":[null,{", BAD },
	{ "a result a list", false, "Confirmation\":[{", "Confirmation\":[[],{", BAD },
	{ "20 results", false, "Confirmation\":[{",
	    "Confirmation\":[{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{",
	    ERR_NONE },
	{ "21 results", false, "Confirmation\":[{",
	    "Confirmation\":[{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{", BAD },

	{ "ratio 25 %", false, "Ratio\":\"020\"", "Ratio\":\"025\"", BAD },
	{ "ratio 20", false, "Ratio\":\"020\"", "Ratio\":\"20\"", BAD },
	{ "ratio of two codes", false, "Ratio\":\"020\"", "Ratio\":\"020 030\"", BAD },
	{ "ratio a number", false, "Ratio\":\"020\"", "Ratio\":20", BAD },
	{ "ratio 1e999", false, "Ratio\":\"020\"", "Ratio\":1e999", BAD },
	{ "own ratio 300", false, "\"Sex1\"",
	    "\"InsuredPartialContributionRatio\":\"300\",\"Sex1\"", BAD },
	{ "own ratio 030", false, "\"Sex1\"",
	    "\"InsuredPartialContributionRatio\":\"030\",\"Sex1\"",
	    ERR_NONE },
	{ "birth on 30 February", false, "Birthdate\":\"19800217\"", "Birthdate\":\"19800230\"",
	    BAD },
	{ "birth in letters", false, "Birthdate\":\"19800217\"", "Birthdate\":\"1980Feb7\"", BAD },
	{ "birth in ISO", false, "Birthdate\":\"19800217\"", "Birthdate\":\"1980-02-17\"", BAD },
	{ "birth in 1899", false, "Birthdate\":\"19800217\"", "Birthdate\":\"18991231\"", BAD },
	{ "end of validity in month 13", false, "20270731", "20271331", BAD },
	{ "insurer of letters", false, "InsurerNumber\":\"06132013\"",
	    "InsurerNumber\":\"0613201X\"", BAD },
	{ "insurer of nine digits", false, "InsurerNumber\":\"06132013\"",
	    "InsurerNumber\":\"061320130\"",
	    BAD },
	{ "insurer null", false, "InsurerNumber\":\"06132013\"", "InsurerNumber\":null", BAD },
	{ "class 99", false, "Classification\":\"01\"", "Classification\":\"99\"", BAD },
	{ "class A1", false, "Classification\":\"01\"", "Classification\":\"A1\"", ERR_NONE },
	{ "class 05", false, "Classification\":\"01\"", "Classification\":\"05\"", ERR_NONE },
	{ "sex 4", false, "Sex1\":\"1\"", "Sex1\":\"4\"", BAD },
	{ "group a string", false, "ElderlyRecipientCertificateInfo\":{",
	    "ElderlyRecipientCertificateInfo\":\"\",\"x\":{", BAD },
	{ "group a list of numbers", false, "ElderlyRecipientCertificateInfo\":{",
	    "ElderlyRecipientCertificateInfo\":[1],\"x\":{", BAD },
	{ "group a list of groups", false, "ElderlyRecipientCertificateInfo\":{",
	    "ElderlyRecipientCertificateInfo\":[{}],\"x\":{", ERR_NONE },
	{ "group a list with a bad ratio", false, "ElderlyRecipientCertificateInfo\":{",
	    "ElderlyRecipientCertificateInfo\":[{},{\"ElderlyRecipientContributionRatio\":\"1\"}],"
	    "\"x\":{", BAD },
	{ "name with a NUL", false, "\"Name\":\"", "\"Name\":\"\\u0000", BAD },
	{ "unpaired surrogate", false, "\"Name\":\"", "\"Name\":\"\\ud800", ERR_NONE },

	{ "a key twice", false, "\"Sex1\"", "\"Sex1\":\"2\",\"Sex1\"", BAD },
	{ "the answer twice", false, "\"XmlMsg\"", "\"XmlMsg\":{},\"XmlMsg\"", BAD },
	{ "validity twice", false, "\"QualificationValidity\"",
	    "\"QualificationValidity\":\"2\",\"QualificationValidity\"", BAD },
	{ "a key with an escape", false, "\"Sex1\"", "\"Sex\\u0031\"", BAD },
	{ "a byte-order mark", false, "{\"XmlMsg\"", "\xef\xbb\xbf{\"XmlMsg\"", BAD },
	{ "not UTF-8", false, "\"Name\":\"", "\"Name\":\"\xff", BAD },
	{ "a comment", false, "{\"XmlMsg\"", "/**/{\"XmlMsg\"", BAD },
	{ "two documents", false, "{\"XmlMsg\"", "{}{\"XmlMsg\"", BAD },
	{ "a list around it", false, "{\"XmlMsg\"", "[{\"XmlMsg\"", BAD },
#undef BAD
};

static void
test_change(void **state)
{
	const struct change_row *r = *state;
	char *text = replaced(r->number ? by_number.p : by_card.p, r->from, r->to);

	read_checked(r->number, text, strlen(text), r->want);
	free(text);
}

/* Each of these must be there and have its type. */
static const struct member_row {
	const char	*name;
	bool		 number;
} members[] = {
	{ "XmlMsg", false },
	{ "MessageHeader", false },
	{ "ProcessExecutionTime", false },
	{ "QualificationConfirmationDate", false },
	{ "MedicalInstitutionCode", false },
	{ "ArbitraryFileIdentifier", false },
	{ "ReferenceClassification", false },
	{ "SegmentOfResult", false },
	{ "CharacterCodeIdentifier", false },
	{ "MessageBody", false },
	{ "ProcessingResultStatus", false },
	{ "ProcessingResultCode", false },
	{ "ProcessingResultMessage", false },
	{ "QualificationValidity", false },
	{ "ResultList", false },
	{ "ResultOfQualificationConfirmation", false },
	{ "Binding", false },
	{ "Challenge", false },
	{ "CertificateSha256", false },
	{ "QualificationConfirmSearchInfo", true },
	{ "InsurerNumber", true },
	{ "InsuredCardSymbol", true },
	{ "InsuredIdentificationNumber", true },
	{ "Birthdate", true },
};

static void
test_missing(void **state)
{
	const struct member_row *r = *state;
	char key[80], other[80], *text;

	snprintf(key, sizeof(key), "\"%s\":", r->name);
	snprintf(other, sizeof(other), "\"X%s\":", r->name);
	text = replaced(r->number ? by_number.p : by_card.p, key, other);
	read_checked(r->number, text, strlen(text), ERR_REPLY_MALFORMED);
	free(text);
}

static void
test_wrong_type(void **state)
{
	static const char *const values[] = { "null", "true", "0", "1", "-1", "1.5", "\"\\u0000\"",
	    "[]", "[\"1\"]", "{\"x\":1}", "9223372036854775808", "\"\xf0\x9f\x98\x80\"" };
	const struct member_row *r = *state;
	/* any string will do for these two, and nothing but their type is checked */
	const bool free_text = strncmp(r->name, "ProcessingResultC", 17) == 0 ||
	    strncmp(r->name, "ProcessingResultM", 17) == 0;
	char key[80], other[120], *text;

	for (size_t i = 0; i < N(values) - free_text; i++) {
		snprintf(key, sizeof(key), "\"%s\":", r->name);
		snprintf(other, sizeof(other), "\"%s\":%s,\"XX\":", r->name, values[i]);
		text = replaced(r->number ? by_number.p : by_card.p, key, other);
		read_checked(r->number, text, strlen(text), ERR_REPLY_MALFORMED);
		free(text);
	}
}

static void
test_binding(void **state)
{
	char *text = replaced(by_card.p, "", ""), *last = text + strlen(text) - 4;

	(void)state;
	*last = *last == '0' ? '1' : '0';
	read_checked(false, text, strlen(text), ERR_REPLY_MALFORMED);
	free(text);
}

static void
test_truncated(void **state)
{
	(void)state;
	for (size_t n = 0; n < by_card.n; n++)
		read_checked(false, by_card.p, n, ERR_REPLY_MALFORMED);
	for (size_t n = 0; n < by_number.n; n++)
		read_checked(true, by_number.p, n, ERR_REPLY_MALFORMED);
}

/* Every byte replaced: never a crash, never an answer that is not one. */
static void
test_spoilt(void **state)
{
	static const char with[] = { '\0', '"', '{', ']', ',', '9', '\\', '\x7f', '\xff' };

	(void)state;
	for (size_t n = 0; n < by_card.n; n++) {
		const char was = by_card.p[n];

		for (size_t k = 0; k < sizeof(with); k++) {
			struct elig_answer a = ELIG_ANSWER_INIT;
			struct err e = ERR_INIT;
			const int rc = (by_card.p[n] = with[k],
			    read_reply(false, by_card.p, by_card.n, &a, &e));

			assert_int_equal(rc == 0, a.outcome == ELIG_ANSWERED);
			assert_int_equal(rc == 0, e.code == ERR_NONE);
			elig_answer_free(&a);
		}
		by_card.p[n] = was;
	}
}

static void
test_deep(void **state)
{
	const char brackets[] = { '[', '{' };
	char *text = malloc(100000);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < sizeof(brackets); i++) {
		memset(text, brackets[i], 100000);
		read_checked(false, text, 100000, ERR_REPLY_MALFORMED);
	}
	free(text);
}

static void
test_long_string(void **state)
{
	char *big = malloc(5000), *text;

	(void)state;
	assert_non_null(big);
	memset(big, 'a', 4999);
	big[4999] = '\0';
	memcpy(big, "Message\":\"", 10);
	text = replaced(by_card.p, "Message\":\"", big);	/* the first is ...ResultMessage */
	read_checked(false, text, strlen(text), ERR_REPLY_MALFORMED);
	free(text);
	memcpy(big, "\"Name\":\"", 8);
	text = replaced(by_card.p, "\"Name\":\"", big);
	read_checked(false, text, strlen(text), ERR_REPLY_MALFORMED);
	free(text);
	free(big);
}

static void
test_good(void **state)
{
	struct elig_answer a = ELIG_ANSWER_INIT;
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;
	struct jw w = { &b, false };
	char *text = replaced(by_card.p, "ResultMessage\":\"\"", "ResultMessage\":\"ends soon\"");
	long long ahead;

	(void)state;
	assert_int_equal(read_reply(false, text, strlen(text), &a, &e), 0);
	free(text);
	assert_int_equal(a.validity, '1');
	assert_int_equal(js_len(a.results), 1);
	assert_null(a.code);
	assert_string_equal(a.message, "ends soon");
	assert_false(elig_clock_skew(&a, 1000, &ahead));
	a.server_date = 990;
	assert_true(elig_clock_skew(&a, 1000, &ahead));
	assert_int_equal(ahead, 10);
	elig_answer_write(&a, NULL, &w);
	assert_string_equal(b.p,
	    "{\"outcome\":\"answered\",\"by\":\"card\",\"QualificationValidity\":\"1\","
	    "\"results\":[{\"InsurerNumber\":\"06132013\",\"InsuredCardClassification\":\"01\","
	    "\"Name\":\"\xe5\xb1\xb1\xe7\x94\xb0\",\"Sex1\":\"1\",\"Birthdate\":\"19800217\","
	    "\"ElderlyRecipientCertificateInfo\":{\"ElderlyRecipientContributionRatio\":\"020\","
	    "\"ElderlyRecipientValidEndDate\":\"20270731\"},\"SomethingNew\":{\"x\":[1]}}]}");
	buf_free(&b);
	elig_answer_free(&a);
}

static void
test_refused_reason(void **state)
{
	char *text = replaced(by_card.p, "SegmentOfResult\":\"1\"",
	    "SegmentOfResult\":\"9\",\"ErrorCode\":\"E1\",\"ErrorMessage\":\"busy\"");
	struct elig_answer a = ELIG_ANSWER_INIT;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(read_reply(false, text, strlen(text), &a, &e), -1);
	assert_string_equal(a.code, "E1");
	assert_string_equal(a.message, "busy");
	assert_null(strstr(e.msg, "busy"));
	elig_answer_free(&a);
	free(text);
}

/* --- error objects, challenges --------------------------------------------------------------- */

#define ERROR(code, retry)						\
	"{\"error\":{\"code\":\"" code "\",\"retryable\":" retry ",\"text_desk\":\"d\"," \
	"\"text_technician\":\"t\"}}"

static const struct error_row {
	const char		*name;
	long			 status;
	const char		*text;
	enum err_code		 want;
	enum elig_refusal	 refusal;
	bool			 retryable;
	const char		*outcome;
} errors[] = {
#define X(name, status)							\
	{ #name, status, ERROR(#name, "false"),				\
	    REFUSAL_##name == REFUSAL_MAINTENANCE ? ERR_SERVICE_MAINTENANCE : ERR_SERVICE_REFUSED, \
	    REFUSAL_##name, false,					\
	    REFUSAL_##name == REFUSAL_MAINTENANCE ? "maintenance" : "error" },
	ELIG_REFUSAL_LIST(X)
#undef X
	{ "retryable is the service's word", 429, ERROR("OVERLOADED", "true"), ERR_SERVICE_REFUSED,
	    REFUSAL_OVERLOADED, true, "error" },
	{ "a code we do not know", 422, ERROR("FULL_MOON", "false"), ERR_SERVICE_REFUSED,
	    REFUSAL_OTHER, false, "error" },
	{ "a code of another status", 400, ERROR("CERTIFICATE_REVOKED", "false"),
	    ERR_REPLY_MALFORMED,
	    REFUSAL_NONE, false, "error" },
	{ "a code with an escape sequence", 422, ERROR("\\u001b[2J", "false"), ERR_REPLY_MALFORMED,
	    REFUSAL_NONE, false, "error" },
	{ "an empty code", 422, ERROR("", "false"), ERR_REPLY_MALFORMED, REFUSAL_NONE, false,
	    "error" },
	{ "retryable a string", 422, ERROR("CARD_UNKNOWN", "\"no\""), ERR_REPLY_MALFORMED,
	    REFUSAL_NONE, false, "error" },
	{ "a text missing", 422, "{\"error\":{\"code\":\"CARD_UNKNOWN\",\"retryable\":false,"
	    "\"text_desk\":\"d\"}}", ERR_REPLY_MALFORMED, REFUSAL_NONE, false, "error" },
	{ "no object", 500, "{}", ERR_REPLY_MALFORMED, REFUSAL_NONE, false, "error" },
	{ "no JSON", 503, "<h1>503</h1>", ERR_SERVICE_UNREACHABLE, REFUSAL_NONE, true, "unreachable" },
	{ "nothing", 502, "", ERR_SERVICE_UNREACHABLE, REFUSAL_NONE, true, "unreachable" },
	{ "a gateway's own words", 504, "{\"message\":\"Endpoint request timed out\"}",
	    ERR_SERVICE_UNREACHABLE, REFUSAL_NONE, true, "unreachable" },
	{ "another status' code by a gateway", 503, ERROR("OVERLOADED", "true"),
	    ERR_SERVICE_UNREACHABLE, REFUSAL_NONE, true, "unreachable" },
	{ "a code we do not know, by 502", 502, ERROR("FULL_MOON", "false"), ERR_SERVICE_REFUSED,
	    REFUSAL_OTHER, false, "error" },
	{ "no JSON, by no gateway", 501, "<h1>501</h1>", ERR_REPLY_MALFORMED, REFUSAL_NONE, false,
	    "error" },
	{ "no JSON, by no gateway either", 505, "<h1>505</h1>", ERR_REPLY_MALFORMED, REFUSAL_NONE,
	    false, "error" },
	{ "a redirect", 302, ERROR("FULL_MOON", "false"), ERR_REPLY_MALFORMED, REFUSAL_NONE, false,
	    "error" },
	{ "status 204", 204, "", ERR_REPLY_MALFORMED, REFUSAL_NONE, false, "error" },
	{ "status 399", 399, ERROR("FULL_MOON", "false"), ERR_REPLY_MALFORMED, REFUSAL_NONE, false,
	    "error" },
	{ "status 400", 400, ERROR("FULL_MOON", "false"), ERR_SERVICE_REFUSED, REFUSAL_OTHER, false,
	    "error" },
	{ "status 599", 599, ERROR("FULL_MOON", "false"), ERR_SERVICE_REFUSED, REFUSAL_OTHER, false,
	    "error" },
	{ "status 600", 600, ERROR("FULL_MOON", "false"), ERR_REPLY_MALFORMED, REFUSAL_NONE, false,
	    "error" },
};

static void
test_error(void **state)
{
	const struct error_row *r = *state;
	struct elig_answer a = ELIG_ANSWER_INIT;
	struct err e = ERR_INIT;

	assert_int_equal(reply_read_error(r->status, r->text, strlen(r->text), &a, &e), -1);
	assert_string_equal(err_name(e.code), err_name(r->want));
	assert_int_equal(a.refusal, r->refusal);
	assert_int_equal(a.retryable, r->retryable);
	assert_string_equal(elig_outcome_name(a.outcome), r->outcome);
	assert_int_equal(a.text_desk != NULL, r->refusal != REFUSAL_NONE);
	elig_answer_free(&a);
}

#define B32 "AAMGCQwPEhUYGx4hJCcqLTAzNjk8P0JFSEtOUVRXWl0="

static const struct challenge_row {
	const char	*name;
	const char	*text;
	bool		 good;
} challenges[] = {
	{ "good", "{\"Challenge\":\"" B32 "\",\"ExpiresInSeconds\":60}", true },
	{ "unknown keys", "{\"Challenge\":\"" B32 "\",\"ExpiresInSeconds\":60,\"x\":1}", true },
	{ "31 bytes", "{\"Challenge\":\"AAMGCQwPEhUYGx4hJCcqLTAzNjk8P0JFSEtOUVRXWg==\","
	    "\"ExpiresInSeconds\":60}", false },
	{ "missing", "{\"ExpiresInSeconds\":60}", false },
	{ "a number", "{\"Challenge\":1,\"ExpiresInSeconds\":60}", false },
	{ "no life", "{\"Challenge\":\"" B32 "\"}", false },
	{ "life 0", "{\"Challenge\":\"" B32 "\",\"ExpiresInSeconds\":0}", false },
	{ "life of a day", "{\"Challenge\":\"" B32 "\",\"ExpiresInSeconds\":86400}", false },
	{ "life a string", "{\"Challenge\":\"" B32 "\",\"ExpiresInSeconds\":\"60\"}", false },
	{ "a list", "[]", false },
	{ "nothing", "", false },
};

static void
test_challenge(void **state)
{
	const struct challenge_row *r = *state;
	struct elig_challenge c = { 0 };
	struct err e = ERR_INIT;

	assert_int_equal(reply_read_challenge(r->text, strlen(r->text), &c, &e), r->good ? 0 : -1);
	assert_int_equal(e.code, r->good ? ERR_NONE : ERR_REPLY_MALFORMED);
	if (r->good) {
		assert_int_equal(c.expires_in, 60);
		assert_int_equal(c.bytes[31], 93);
	}
}

static void
test_health(void **state)
{
	static const struct { const char *text; int want; } rows[] = {
		{ "{\"status\":\"ok\"}", 0 },
		{ "{\"status\":\"ok\",\"x\":1}", 0 },
		{ "{\"status\":\"ill\"}", -1 },
		{ "{\"status\":true}", -1 },
		{ "{}", -1 },
		{ "\"ok\"", -1 },
		{ "", -1 },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct err e = ERR_INIT;

		assert_int_equal(reply_read_health(rows[i].text, strlen(rows[i].text), &e),
		    rows[i].want);
	}
}

static void
test_outcomes(void **state)
{
	static const struct { enum err_code code; const char *want; } rows[] = {
		{ ERR_SERVICE_UNREACHABLE, "{\"outcome\":\"unreachable\",\"by\":\"number\"}" },
		{ ERR_SERVICE_TIMEOUT, "{\"outcome\":\"timeout\",\"by\":\"number\"}" },
		{ ERR_SERVICE_MAINTENANCE, "{\"outcome\":\"maintenance\",\"by\":\"number\"}" },
		{ ERR_SERVICE_REFUSED, "{\"outcome\":\"error\",\"by\":\"number\"}" },
		{ ERR_TLS_PEER_MISMATCH, "{\"outcome\":\"error\",\"by\":\"number\"}" },
		{ ERR_REPLY_MALFORMED, "{\"outcome\":\"error\",\"by\":\"number\"}" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct elig_answer a = ELIG_ANSWER_INIT;
		const struct err e = { .code = rows[i].code };
		struct buf b = BUF_INIT;
		struct jw w = { &b, false };

		elig_answer_fail(&a, ELIG_BY_NUMBER, &e);
		elig_answer_write(&a, NULL, &w);
		assert_string_equal(b.p, rows[i].want);
		buf_free(&b);
	}
}

/* --- requests ------------------------------------------------------------------------------ */

#define HEADER_TEXT							\
	"{\"MessageHeader\":{\"QualificationConfirmationDate\":\"20261122\"," \
	"\"MedicalInstitutionCode\":\"1310000011\",\"ArbitraryFileIdentifier\":\"a1b2\"},"

static void
test_request_card(void **state)
{
	struct elig_card_request q = { .cert = { cert, 3 }, .signed_at = "20261122001500Z",
	    .signature = { cert, 4 }, .limit_consent = true };
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	memcpy(q.challenge, challenge, sizeof(q.challenge));
	assert_int_equal(request_by_card(&b, &header, &q, &e), 0);
	assert_string_equal(b.p, HEADER_TEXT "\"CardAuthentication\":{\"Certificate\":\"bm90\","
	    "\"Challenge\":\"" B32 "\",\"SignedAt\":\"20261122001500Z\","
	    "\"SignatureAlgorithm\":\"sha256WithRSAEncryption\",\"Signature\":\"bm90IA==\"},"
	    "\"LimitApplicationCertificateRelatedConsFlg\":\"1\"}");
	buf_free(&b);
	q.signature.n = 0;
	assert_int_equal(request_by_card(&b, &header, &q, &e), -1);
	buf_free(&b);
}

static void
test_request_visual(void **state)
{
	struct elig_visual_request q = { .cert = { cert, 3 }, .operator_id = "desk1",
	    .face_compared = true };
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	memcpy(q.challenge, challenge, sizeof(q.challenge));
	assert_int_equal(request_by_visual(&b, &header, &q, &e), 0);
	assert_string_equal(b.p, HEADER_TEXT "\"VisualConfirmation\":{\"Certificate\":\"bm90\","
	    "\"Challenge\":\"" B32 "\",\"OperatorIdentifier\":\"desk1\",\"FaceCompared\":true},"
	    "\"LimitApplicationCertificateRelatedConsFlg\":\"0\"}");
	buf_free(&b);
}

static void
test_request_number(void **state)
{
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(request_by_number(&b, &header, &search, &e), 0);
	assert_string_equal(b.p, HEADER_TEXT "\"QualificationConfirmSearchInfo\":{"
	    "\"InsurerNumber\":\"06132013\",\"InsuredCardSymbol\":\"12\","
	    "\"InsuredIdentificationNumber\":\"345\",\"Birthdate\":\"19800217\","
	    "\"LimitApplicationCertificateRelatedConsFlg\":\"0\"}}");
	buf_free(&b);
}

static void
test_request_header(void **state)
{
	struct elig_header a, b;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(request_header(&a, "1310000011", date_from_ymd(2026, 11, 22), NULL, &e), 0);
	assert_int_equal(request_header(&b, "1310000011", date_from_ymd(2026, 11, 22), NULL, &e), 0);
	assert_string_equal(a.date, "20261122");
	assert_string_equal(a.institution, "1310000011");
	assert_int_equal(strlen(a.file_id), ELIG_FILE_ID_LEN);
	assert_string_not_equal(a.file_id, b.file_id);
	assert_int_equal(request_header(&a, "1310000011", DATE_NONE, NULL, &e), -1);
}

int
main(void)
{
	int failed;

	make_replies();
	ADD_ALL(test_origin, origins, "origin");
	add(test_origin_longest, NULL, "origin", "the longest host");
	ADD_ALL(test_base64, base64s, "base64");
	ADD_ALL(test_date, dates, "date");
	add(test_date_bytes, NULL, "date", "each byte matters");
	ADD_ALL(test_change, changes, "reply");
	ADD_ALL(test_missing, members, "reply: missing");
	ADD_ALL(test_wrong_type, members, "reply: of another type");
	add(test_binding, NULL, "reply", "the certificate's hash to its last digit");
	add(test_truncated, NULL, "reply", "cut at every byte");
	add(test_spoilt, NULL, "reply", "every byte spoilt");
	add(test_deep, NULL, "reply", "100,000 levels");
	add(test_long_string, NULL, "reply", "a string too long");
	add(test_good, NULL, "reply", "what is read, and written as a fact");
	add(test_refused_reason, NULL, "reply", "the reason for no answer is kept");
	ADD_ALL(test_error, errors, "error");
	ADD_ALL(test_challenge, challenges, "challenge");
	add(test_health, NULL, "health", "only \"ok\" is good");
	add(test_outcomes, NULL, "answer", "failures as facts");
	add(test_request_card, NULL, "request", "by card");
	add(test_request_visual, NULL, "request", "by visual confirmation");
	add(test_request_number, NULL, "request", "by number");
	add(test_request_header, NULL, "request", "its own identifier each time");
	failed = _cmocka_run_group_tests("net", tests, n_tests, NULL, NULL);
	for (size_t i = 0; i < n_tests; i++)
		free((void *)(uintptr_t)tests[i].name);
	buf_free(&by_card);
	buf_free(&by_number);
	return failed;
}
