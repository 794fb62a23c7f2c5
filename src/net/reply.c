#include "net/reply.h"

#include <string.h>

#include "base/base64.h"
#include "base/hash.h"
#include "net/field.h"
#include "net/result.h"

/* A normal end has no ErrorCode; any other end has one. */
static int
read_error_code(const struct json *header, char segment, struct elig_answer *a, struct err *e)
{
	const char *code;

	if (segment == '1') {
		if (js_get(header, "ErrorCode") == NULL)
			return 0;
		if (field_str(header, "ErrorCode", &code, e) < 0)
			return -1;
		return *code == '\0' ? 0 : field_malformed(e, "ErrorCode", "beside a normal end");
	}
	if (field_str(header, "ErrorCode", &a->code, e) < 0 ||
	    field_str(header, "ErrorMessage", &a->message, e) < 0)
		return -1;
	if (*a->code == '\0')
		return field_malformed(e, "ErrorCode", "empty");
	return err_set(e, ERR_SERVICE_REFUSED, "reply: SegmentOfResult %c", segment);
}

static int
read_header(const struct json *msg, const struct reply_expect *x, struct elig_answer *a,
    struct err *e)
{
	const struct json *h;
	const char *time;
	char segment, by, charset;

	if (field_object(msg, "MessageHeader", &h, e) < 0 ||
	    field_time(h, "ProcessExecutionTime", &time, e) < 0 ||
	    field_echo(h, "QualificationConfirmationDate", x->header->date, e) < 0 ||
	    field_echo(h, "MedicalInstitutionCode", x->header->institution, e) < 0 ||
	    field_echo(h, "ArbitraryFileIdentifier", x->header->file_id, e) < 0 ||
	    field_code(h, "ReferenceClassification", "12", &by, e) < 0 ||
	    field_code(h, "SegmentOfResult", "129", &segment, e) < 0 ||
	    field_code(h, "CharacterCodeIdentifier", "0", &charset, e) < 0)
		return -1;
	if (by - '0' != (int)a->by)
		return field_malformed(e, "ReferenceClassification", "not what was asked");
	return read_error_code(h, segment, a, e);
}

static int
check_binding(const struct json *doc, const struct reply_expect *x, struct err *e)
{
	uint8_t challenge[ELIG_CHALLENGE_LEN], hash[HASH_SHA256_LEN], want[HASH_SHA256_LEN];
	const struct json *o = js_get(doc, "Binding");
	const char *s;

	if (x->search != NULL)
		return o == NULL ? 0 : field_malformed(e, "Binding", "in an answer by number");
	if (field_object(doc, "Binding", &o, e) < 0 || field_str(o, "Challenge", &s, e) < 0)
		return -1;
	if (base64_decode(s, challenge, sizeof(challenge)) != (int)sizeof(challenge) ||
	    memcmp(challenge, x->challenge, sizeof(challenge)) != 0)
		return field_malformed(e, "Challenge", "of another enquiry");
	if (field_str(o, "CertificateSha256", &s, e) < 0)
		return -1;
	hash_sha256(x->cert.p, x->cert.n, want);
	if (hex_decode(s, hash, sizeof(hash)) < 0 || memcmp(hash, want, sizeof(hash)) != 0)
		return field_malformed(e, "CertificateSha256", "of another certificate");
	return 0;
}

/* What was not asked for may be left out or empty, but not filled in. */
static int
check_search_member(const struct json *o, const char *key, const char *want, struct err *e)
{
	const char *s;

	if (want != NULL)
		return field_echo(o, key, want, e);
	if (js_get(o, key) == NULL)
		return 0;
	if (field_str(o, key, &s, e) < 0)
		return -1;
	return *s == '\0' ? 0 : field_malformed(e, key, "not what was asked");
}

static int
check_search(const struct json *body, const struct elig_number_request *q, struct err *e)
{
	char birthdate[ELIG_DATE_LEN + 1];
	const struct json *o;

	request_date(q->birthdate, birthdate);
	if (field_object(body, "QualificationConfirmSearchInfo", &o, e) < 0 ||
	    check_search_member(o, "InsurerNumber", q->insurer_number, e) < 0 ||
	    check_search_member(o, "InsuredCardSymbol", q->symbol, e) < 0 ||
	    check_search_member(o, "InsuredIdentificationNumber", q->number, e) < 0 ||
	    check_search_member(o, "InsuredBranchNumber", q->branch, e) < 0 ||
	    check_search_member(o, "Birthdate", birthdate, e) < 0)
		return -1;
	return check_search_member(o, "ArbitraryIdentifier", q->id, e);
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
			return field_malformed(e, "Birthdate", "of another person");
		if (born != NULL && *born != '\0' && insurer != NULL)
			found = found || same_insurer(insurer, q->insurer_number);
	}
	if (a->validity == '1' && !found)
		return field_malformed(e, "ResultList", "not of the person asked for");
	return 0;
}

static int
check_results(const struct json *all, struct elig_answer *a, struct err *e)
{
	if (all != NULL && js_type(all) != JS_ARRAY)
		return field_malformed(e, "ResultOfQualificationConfirmation", "not an array");
	if (js_len(all) > ELIG_RESULTS_MAX)
		return field_malformed(e, "ResultOfQualificationConfirmation", "too many");
	for (size_t i = 0; i < js_len(all); i++) {
		if (result_check(js_at(all, i), e) < 0) {
			err_prefix(e, "reply: result %zu", i + 1);
			return -1;
		}
	}
	if (a->validity == '1' && js_len(all) == 0)
		return field_malformed(e, "ResultOfQualificationConfirmation",
		    "empty although QualificationValidity is 1");
	a->results = all;
	return 0;
}

static int
read_processing(const struct json *o, struct elig_answer *a, struct err *e)
{
	char status;

	if (field_code(o, "ProcessingResultStatus", "12", &status, e) < 0 ||
	    field_str(o, "ProcessingResultCode", &a->code, e) < 0 ||
	    field_str(o, "ProcessingResultMessage", &a->message, e) < 0)
		return -1;
	if (status == '2')
		return err_set(e, ERR_SERVICE_REFUSED, "reply: ProcessingResultStatus 2");
	if (*a->code == '\0')
		a->code = NULL;
	if (*a->message == '\0')
		a->message = NULL;
	return 0;
}

/* What a body and a unit of a bulk result begin with. */
static int
read_status(const struct json *o, struct elig_answer *a, struct err *e)
{
	if (read_processing(o, a, e) < 0)
		return -1;
	return field_code(o, "QualificationValidity", "123456", &a->validity, e);
}

static int
read_body(const struct json *msg, const struct reply_expect *x, struct elig_answer *a,
    struct err *e)
{
	const struct json *b, *list;

	if (field_object(msg, "MessageBody", &b, e) < 0 || read_status(b, a, e) < 0)
		return -1;
	list = js_get(b, "ResultList");
	if (list != NULL && js_type(list) != JS_OBJECT)
		return field_malformed(e, "ResultList", "not an object");
	if (check_results(js_get(list, "ResultOfQualificationConfirmation"), a, e) < 0)
		return -1;
	if (x->search == NULL)
		return 0;
	return check_search(b, x->search, e) < 0 ? -1 : check_person(a, x->search, e);
}

static int
read_message(const struct reply_expect *x, struct elig_answer *a, struct err *e)
{
	const struct json *msg;

	if (field_object(a->doc, "XmlMsg", &msg, e) < 0 || read_header(msg, x, a, e) < 0 ||
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
	if ((a.doc = field_document(text, n, e)) == NULL)
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

static int
read_unit(const struct json *unit, const struct elig_number_request *q, struct elig_answer *a,
    struct err *e)
{
	if (js_type(unit) != JS_OBJECT)
		return field_malformed(e, "BulkConfirmUnit", "not an object");
	if (check_search(unit, q, e) < 0 || read_status(unit, a, e) < 0 ||
	    check_results(js_get(unit, "ResultOfQualificationConfirmation"), a, e) < 0)
		return -1;
	return check_person(a, q, e);
}

int
reply_read_unit(const struct json *unit, const struct elig_number_request *q,
    struct elig_answer *out, struct err *e)
{
	struct elig_answer a = ELIG_ANSWER_INIT;

	a.by = ELIG_BY_NUMBER;
	if (read_unit(unit, q, &a, e) == 0) {
		a.outcome = ELIG_ANSWERED;
		*out = a;
		return 0;
	}
	if (e->code != ERR_SERVICE_REFUSED)
		a = (struct elig_answer)ELIG_ANSWER_INIT;
	elig_answer_fail(&a, ELIG_BY_NUMBER, e);
	*out = a;
	return -1;
}

static int
read_registration(const struct reply_expect *x, struct elig_answer *a, struct err *e)
{
	const struct json *msg, *h, *b;
	const char *time;
	char charset;

	if (field_object(a->doc, "XmlMsg", &msg, e) < 0 ||
	    field_object(msg, "MessageHeader", &h, e) < 0 ||
	    field_time(h, "ProcessExecutionTime", &time, e) < 0 ||
	    field_echo(h, "MedicalInstitutionCode", x->header->institution, e) < 0 ||
	    field_echo(h, "ArbitraryFileIdentifier", x->header->file_id, e) < 0 ||
	    field_code(h, "CharacterCodeIdentifier", "0", &charset, e) < 0 ||
	    check_binding(a->doc, x, e) < 0 ||
	    field_object(msg, "MessageBody", &b, e) < 0)
		return -1;
	return read_processing(b, a, e);
}

int
reply_read_registration(const char *text, size_t n, const struct reply_expect *x,
    struct elig_answer *out, struct err *e)
{
	struct elig_answer a = ELIG_ANSWER_INIT;
	const int rc = (a.doc = field_document(text, n, e)) == NULL ? -1 :
	    read_registration(x, &a, e);

	if (e->code != ERR_SERVICE_REFUSED)
		elig_answer_free(&a);
	if (rc == 0)
		return 0;
	elig_answer_fail(&a, ELIG_BY_CARD, e);
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

	if (field_object(a->doc, "error", &o, e) < 0 || field_str(o, "code", &a->refusal_code, e) < 0 ||
	    field_str(o, "text_desk", &a->text_desk, e) < 0 ||
	    field_str(o, "text_technician", &a->text_technician, e) < 0)
		return -1;
	if (!js_bool(o, "retryable", &a->retryable))
		return field_malformed(e, "retryable", "missing or not a boolean");
	if (!is_code(a->refusal_code))
		return field_malformed(e, "code", "not a code");
	a->refusal = elig_refusal_of(a->refusal_code, &own);
	if (a->refusal != REFUSAL_OTHER && own != status)
		return err_set(e, ERR_REPLY_MALFORMED, "reply: %s with HTTP status %ld",
		    a->refusal_code, status);
	return err_set(e, a->refusal == REFUSAL_MAINTENANCE ? ERR_SERVICE_MAINTENANCE :
	    ERR_SERVICE_REFUSED, "service: %s (HTTP %ld)", a->refusal_code, status);
}

/* Of these statuses an error that is not the service's own is a gateway's before it. */
static bool
is_of_gateway(long status)
{
	return status == 502 || status == 503 || status == 504;
}

int
reply_read_error(long status, const char *text, size_t n, struct elig_answer *out, struct err *e)
{
	struct elig_answer a = ELIG_ANSWER_INIT;

	a.by = out->by;
	if (status < 400 || status > 599)
		err_set(e, ERR_REPLY_MALFORMED, "reply: HTTP status %ld%s", status,
		    status / 100 == 3 ? ", a redirect" : "");
	else if ((a.doc = field_document(text, n, e)) == NULL)
		err_prefix(e, "HTTP status %ld", status);
	else
		read_refusal(status, &a, e);
	if (e->code == ERR_REPLY_MALFORMED && is_of_gateway(status)) {
		err_clear(e);
		err_set(e, ERR_SERVICE_UNREACHABLE, "service: HTTP %ld, not in its own words", status);
	}
	if (e->code != ERR_SERVICE_REFUSED && e->code != ERR_SERVICE_MAINTENANCE)
		elig_answer_free(&a);
	elig_answer_fail(&a, out->by, e);
	*out = a;
	return -1;
}

int
reply_accept(const struct https_reply *r, long status, struct elig_answer *out, struct err *e)
{
	if (r->status == status)
		return r->is_json ? 0 : err_set(e, ERR_REPLY_MALFORMED, "reply: not JSON");
	reply_read_error(r->status, r->body.n > 0 ? r->body.p : "", r->body.n, out, e);
	out->retry_after = r->retry_after;
	return -1;
}

int
reply_take(int rc, const struct https_reply *r, const struct reply_expect *x,
    struct elig_answer *out, struct err *e)
{
	if (rc == 0)
		rc = reply_accept(r, 200, out, e);
	if (rc == 0)
		rc = reply_read(r->body.n > 0 ? r->body.p : "", r->body.n, x, out, e);
	if (rc < 0)
		elig_answer_fail(out, x->search != NULL ? ELIG_BY_NUMBER : ELIG_BY_CARD, e);
	out->server_date = r->date;
	return rc;
}

int
reply_read_challenge(const char *text, size_t n, struct elig_challenge *out, struct err *e)
{
	struct json *doc;
	const char *s;
	long long life;
	int rc = -1;

	if ((doc = field_document(text, n, e)) == NULL)
		return -1;
	if (field_str(doc, "Challenge", &s, e) < 0)
		goto out;
	if (base64_decode(s, out->bytes, sizeof(out->bytes)) != (int)sizeof(out->bytes)) {
		field_malformed(e, "Challenge", "not 32 bytes of base64");
		goto out;
	}
	if (!js_int(doc, "ExpiresInSeconds", &life) || life < 1 || life > CHALLENGE_LIFE_MAX) {
		field_malformed(e, "ExpiresInSeconds", "missing or out of range");
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

	if ((doc = field_document(text, n, e)) == NULL)
		return -1;
	s = js_str(doc, "status");
	rc = s != NULL && strcmp(s, "ok") == 0 ? 0 : field_malformed(e, "status", "not \"ok\"");
	js_free(doc);
	return rc;
}
