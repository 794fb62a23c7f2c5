#include "net/reply.h"

#include <string.h>

#include "base/base64.h"
#include "base/date.h"
#include "base/hash.h"
#include "net/result.h"

static struct json *
parse(const char *text, size_t n, struct err *e)
{
	struct err why = ERR_INIT;
	struct json *doc = js_parse(text, n, &why);

	if (doc == NULL)
		err_set(e, why.code == ERR_NOMEM ? ERR_NOMEM : ERR_REPLY_MALFORMED,
		    "reply: %s", why.msg);
	return doc;
}

static int
malformed(struct err *e, const char *key, const char *why)
{
	return err_set(e, ERR_REPLY_MALFORMED, "reply: %s: %s", key, why);
}

/* A string member that must be there. */
static int
need(const struct json *o, const char *key, const char **out, struct err *e)
{
	const struct json *v = js_get(o, key);

	if (v == NULL)
		return malformed(e, key, "missing");
	if ((*out = js_as_str(v)) == NULL)
		return malformed(e, key, "not a string");
	if (strlen(*out) > REPLY_STRING_MAX)
		return malformed(e, key, "too long");
	return 0;
}

static int
need_object(const struct json *o, const char *key, const struct json **out, struct err *e)
{
	*out = js_get(o, key);
	return js_type(*out) == JS_OBJECT ? 0 : malformed(e, key, "missing or not an object");
}

/* A member that repeats what was asked. */
static int
need_echo(const struct json *o, const char *key, const char *want, struct err *e)
{
	const char *s;

	if (need(o, key, &s, e) < 0)
		return -1;
	return strcmp(s, want) == 0 ? 0 : malformed(e, key, "not what was asked");
}

/* A member of one character out of codes. */
static int
need_code(const struct json *o, const char *key, const char *codes, char *out, struct err *e)
{
	const char *s;

	if (need(o, key, &s, e) < 0)
		return -1;
	if (strlen(s) != 1 || strchr(codes, *s) == NULL)
		return malformed(e, key, "not in its code table");
	*out = *s;
	return 0;
}

/* ProcessExecutionTime: YYYYMMDDhhmmss. */
static bool
is_time(const char *s)
{
	return strlen(s) == 14 && strspn(s, "0123456789") == 14 &&
	    date_parse_compact(s, 8) != DATE_NONE && strncmp(s + 8, "24", 2) < 0 &&
	    s[10] < '6' && s[12] < '6';
}

/* A normal end has no ErrorCode; any other end has one. */
static int
read_error_code(const struct json *header, char segment, struct elig_answer *a, struct err *e)
{
	const char *code;

	if (segment == '1') {
		if (js_get(header, "ErrorCode") == NULL)
			return 0;
		if (need(header, "ErrorCode", &code, e) < 0)
			return -1;
		return *code == '\0' ? 0 : malformed(e, "ErrorCode", "beside a normal end");
	}
	if (need(header, "ErrorCode", &a->code, e) < 0 ||
	    need(header, "ErrorMessage", &a->message, e) < 0)
		return -1;
	if (*a->code == '\0')
		return malformed(e, "ErrorCode", "empty");
	return err_set(e, ERR_SERVICE_REFUSED, "reply: SegmentOfResult %c", segment);
}

static int
read_header(const struct json *msg, const struct reply_expect *x, struct elig_answer *a,
    struct err *e)
{
	const struct json *h;
	const char *time;
	char segment, by, charset;

	if (need_object(msg, "MessageHeader", &h, e) < 0 ||
	    need(h, "ProcessExecutionTime", &time, e) < 0)
		return -1;
	if (!is_time(time))
		return malformed(e, "ProcessExecutionTime", "not a time");
	if (need_echo(h, "QualificationConfirmationDate", x->header->date, e) < 0 ||
	    need_echo(h, "MedicalInstitutionCode", x->header->institution, e) < 0 ||
	    need_echo(h, "ArbitraryFileIdentifier", x->header->file_id, e) < 0 ||
	    need_code(h, "ReferenceClassification", "12", &by, e) < 0 ||
	    need_code(h, "SegmentOfResult", "129", &segment, e) < 0 ||
	    need_code(h, "CharacterCodeIdentifier", "0", &charset, e) < 0)
		return -1;
	if (by - '0' != (int)a->by)
		return malformed(e, "ReferenceClassification", "not what was asked");
	return read_error_code(h, segment, a, e);
}

static int
check_binding(const struct json *doc, const struct reply_expect *x, struct err *e)
{
	uint8_t challenge[ELIG_CHALLENGE_LEN], hash[HASH_SHA256_LEN], want[HASH_SHA256_LEN];
	const struct json *o = js_get(doc, "Binding");
	const char *s;

	if (x->search != NULL)
		return o == NULL ? 0 : malformed(e, "Binding", "in an answer by number");
	if (need_object(doc, "Binding", &o, e) < 0 || need(o, "Challenge", &s, e) < 0)
		return -1;
	if (base64_decode(s, challenge, sizeof(challenge)) != (int)sizeof(challenge) ||
	    memcmp(challenge, x->challenge, sizeof(challenge)) != 0)
		return malformed(e, "Challenge", "of another enquiry");
	if (need(o, "CertificateSha256", &s, e) < 0)
		return -1;
	hash_sha256(x->cert.p, x->cert.n, want);
	if (hex_decode(s, hash, sizeof(hash)) < 0 || memcmp(hash, want, sizeof(hash)) != 0)
		return malformed(e, "CertificateSha256", "of another certificate");
	return 0;
}

/* What was not asked for may be left out or empty, but not filled in. */
static int
check_search_member(const struct json *o, const char *key, const char *want, struct err *e)
{
	const char *s;

	if (want != NULL)
		return need_echo(o, key, want, e);
	if (js_get(o, key) == NULL)
		return 0;
	if (need(o, key, &s, e) < 0)
		return -1;
	return *s == '\0' ? 0 : malformed(e, key, "not what was asked");
}

static int
check_search(const struct json *body, const struct elig_number_request *q, struct err *e)
{
	char birthdate[ELIG_DATE_LEN + 1];
	const struct json *o;

	request_date(q->birthdate, birthdate);
	if (need_object(body, "QualificationConfirmSearchInfo", &o, e) < 0 ||
	    check_search_member(o, "InsurerNumber", q->insurer_number, e) < 0 ||
	    check_search_member(o, "InsuredCardSymbol", q->symbol, e) < 0 ||
	    check_search_member(o, "InsuredIdentificationNumber", q->number, e) < 0 ||
	    check_search_member(o, "InsuredBranchNumber", q->branch, e) < 0 ||
	    check_search_member(o, "Birthdate", birthdate, e) < 0)
		return -1;
	return 0;
}

/* Insurer numbers are padded with spaces or zeros, now one way, now the other. */
static bool
same_insurer(const char *a, const char *b)
{
	return strcmp(a + strspn(a, " 0"), b + strspn(b, " 0")) == 0;
}

/*
 * An answer by number is about the person who was asked for: nobody else's
 * birth date, and if it says "valid", one result of that insurer.
 */
static int
check_person(const struct elig_answer *a, const struct elig_number_request *q, struct err *e)
{
	char birthdate[ELIG_DATE_LEN + 1];
	bool found = false;

	request_date(q->birthdate, birthdate);
	for (size_t i = 0; i < js_len(a->results); i++) {
		const struct json *r = js_at(a->results, i);
		const char *born = js_str(r, "Birthdate"), *insurer = js_str(r, "InsurerNumber");

		if (born != NULL && *born != '\0' && strcmp(born, birthdate) != 0)
			return malformed(e, "Birthdate", "of another person");
		if (born != NULL && *born != '\0' && insurer != NULL)
			found = found || same_insurer(insurer, q->insurer_number);
	}
	if (a->validity == '1' && !found)
		return malformed(e, "ResultList", "not of the person asked for");
	return 0;
}

static int
read_results(const struct json *body, struct elig_answer *a, struct err *e)
{
	const struct json *list = js_get(body, "ResultList"), *all;

	if (list != NULL && js_type(list) != JS_OBJECT)
		return malformed(e, "ResultList", "not an object");
	all = js_get(list, "ResultOfQualificationConfirmation");
	if (all != NULL && js_type(all) != JS_ARRAY)
		return malformed(e, "ResultOfQualificationConfirmation", "not an array");
	if (js_len(all) > ELIG_RESULTS_MAX)
		return malformed(e, "ResultOfQualificationConfirmation", "too many");
	for (size_t i = 0; i < js_len(all); i++) {
		if (result_check(js_at(all, i), e) < 0) {
			err_prefix(e, "reply: result %zu", i + 1);
			return -1;
		}
	}
	if (a->validity == '1' && js_len(all) == 0)
		return malformed(e, "ResultList", "empty although QualificationValidity is 1");
	a->results = all;
	return 0;
}

static int
read_body(const struct json *msg, const struct reply_expect *x, struct elig_answer *a,
    struct err *e)
{
	const struct json *b;
	char status;

	if (need_object(msg, "MessageBody", &b, e) < 0 ||
	    need_code(b, "ProcessingResultStatus", "12", &status, e) < 0 ||
	    need(b, "ProcessingResultCode", &a->code, e) < 0 ||
	    need(b, "ProcessingResultMessage", &a->message, e) < 0)
		return -1;
	if (status == '2')
		return err_set(e, ERR_SERVICE_REFUSED, "reply: ProcessingResultStatus 2");
	if (*a->code == '\0')
		a->code = NULL;
	if (*a->message == '\0')
		a->message = NULL;
	if (need_code(b, "QualificationValidity", "123456", &a->validity, e) < 0 ||
	    read_results(b, a, e) < 0)
		return -1;
	if (x->search == NULL)
		return 0;
	return check_search(b, x->search, e) < 0 ? -1 : check_person(a, x->search, e);
}

static int
read_message(const struct reply_expect *x, struct elig_answer *a, struct err *e)
{
	const struct json *msg;

	if (need_object(a->doc, "XmlMsg", &msg, e) < 0 || read_header(msg, x, a, e) < 0 ||
	    check_binding(a->doc, x, e) < 0)
		return -1;
	return read_body(msg, x, a, e);
}

int
reply_read(const char *text, size_t n, const struct reply_expect *x, struct elig_answer *out,
    struct err *e)
{
	struct elig_answer a = ELIG_ANSWER_INIT;

	a.by = x->search != NULL ? ELIG_BY_NUMBER : ELIG_BY_CARD;
	if ((a.doc = parse(text, n, e)) == NULL)
		goto fail;
	if (read_message(x, &a, e) == 0) {
		a.outcome = ELIG_ANSWERED;
		*out = a;
		return 0;
	}
	if (e->code != ERR_SERVICE_REFUSED)
		elig_answer_free(&a);
fail:
	elig_answer_fail(&a, x->search != NULL ? ELIG_BY_NUMBER : ELIG_BY_CARD, e);
	*out = a;
	return -1;
}

static bool
is_code(const char *s)
{
	const size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

	return n > 0 && n <= 64 && s[n] == '\0';
}

static int
read_refusal(long status, struct elig_answer *a, struct err *e)
{
	const struct json *o;
	long own;

	if (need_object(a->doc, "error", &o, e) < 0 || need(o, "code", &a->refusal_code, e) < 0 ||
	    need(o, "text_desk", &a->text_desk, e) < 0 ||
	    need(o, "text_technician", &a->text_technician, e) < 0)
		return -1;
	if (!js_bool(o, "retryable", &a->retryable))
		return malformed(e, "retryable", "missing or not a boolean");
	if (!is_code(a->refusal_code))
		return malformed(e, "code", "not a code");
	a->refusal = elig_refusal_of(a->refusal_code, &own);
	if (a->refusal != REFUSAL_OTHER && own != status)
		return err_set(e, ERR_REPLY_MALFORMED, "reply: %s with HTTP status %ld",
		    a->refusal_code, status);
	return err_set(e, a->refusal == REFUSAL_MAINTENANCE ? ERR_SERVICE_MAINTENANCE :
	    ERR_SERVICE_REFUSED, "service: %s (HTTP %ld)", a->refusal_code, status);
}

int
reply_read_error(long status, const char *text, size_t n, struct elig_answer *out, struct err *e)
{
	struct elig_answer a = ELIG_ANSWER_INIT;

	a.by = out->by;
	if (status < 400 || status > 599)
		err_set(e, ERR_REPLY_MALFORMED, "reply: HTTP status %ld%s", status,
		    status / 100 == 3 ? ", a redirect" : "");
	else if ((a.doc = parse(text, n, e)) == NULL)
		err_prefix(e, "HTTP status %ld", status);
	else
		read_refusal(status, &a, e);
	if (e->code != ERR_SERVICE_REFUSED && e->code != ERR_SERVICE_MAINTENANCE)
		elig_answer_free(&a);
	elig_answer_fail(&a, out->by, e);
	*out = a;
	return -1;
}

int
reply_read_challenge(const char *text, size_t n, struct elig_challenge *out, struct err *e)
{
	struct json *doc;
	const char *s;
	long long life;
	int rc = -1;

	if ((doc = parse(text, n, e)) == NULL)
		return -1;
	if (need(doc, "Challenge", &s, e) < 0)
		goto out;
	if (base64_decode(s, out->bytes, sizeof(out->bytes)) != (int)sizeof(out->bytes)) {
		malformed(e, "Challenge", "not 32 bytes of base64");
		goto out;
	}
	if (!js_int(doc, "ExpiresInSeconds", &life) || life < 1 || life > CHALLENGE_LIFE_MAX) {
		malformed(e, "ExpiresInSeconds", "missing or out of range");
		goto out;
	}
	out->expires_in = (int)life;
	rc = 0;
out:
	js_free(doc);
	return rc;
}

int
reply_read_health(const char *text, size_t n, struct err *e)
{
	struct json *doc;
	const char *s;
	int rc;

	if ((doc = parse(text, n, e)) == NULL)
		return -1;
	s = js_str(doc, "status");
	rc = s != NULL && strcmp(s, "ok") == 0 ? 0 : malformed(e, "status", "not \"ok\"");
	js_free(doc);
	return rc;
}
