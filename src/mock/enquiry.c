#include "mock/enquiry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/date.h"
#include "base/err.h"
#include "mock/elements.h"

#define FILE_ID_MAX	100	/* characters, as all lengths here; the official one is not public */
#define OPERATOR_MAX	64
#define RECEPTION_MAX	40

#define SEARCH_INFO	"QualificationConfirmSearchInfo"
#define KNOWN_LIMIT	"LimitApplicationCertificateRelatedInfo"

static int
only(const struct json *o, const char *where, const char *const *allowed, struct refusal *r)
{
	struct err e = ERR_INIT;

	if (js_type(o) != JS_OBJECT)
		return refuse_field(r, where, o == NULL ? "missing" : "not an object");
	return js_only(o, where, allowed, &e) == 0 ? 0 :
	    refuse(r, REFUSAL_REQUEST_MALFORMED, e.msg);
}

/* Of well-formed UTF-8: every byte but those that go on with a character. */
static size_t
characters(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

/* A text of 1..max characters; required unless def is given. */
static int
take_text(const struct json *o, const char *key, const char *def, size_t max, const char **out,
    struct refusal *r)
{
	if (!js_has(o, key)) {
		*out = def;
		return def != NULL ? 0 : refuse_field(r, key, "missing");
	}
	if ((*out = js_str(o, key)) == NULL)
		return refuse_field(r, key, "not a string");
	if (**out == '\0' || characters(*out) > max)
		return refuse_field(r, key, "empty or too long");
	return 0;
}

/* As take_text(), but NULL when the key is missing and "" allowed. */
static int
take_optional(const struct json *o, const char *key, size_t max, const char **out,
    struct refusal *r)
{
	*out = js_str(o, key);
	if (js_has(o, key) && (*out == NULL || characters(*out) > max))
		return refuse_field(r, key, "not a string, or too long");
	return 0;
}

static int
take_date(const struct json *o, const char *key, const char **out, int *day, struct refusal *r)
{
	if (take_text(o, key, NULL, 8, out, r) < 0)
		return -1;
	*day = date_parse_compact(*out, strlen(*out));
	return *day != DATE_NONE ? 0 : refuse_field(r, key, "not a date YYYYMMDD");
}

static int
take_base64(const struct json *o, const char *key, uint8_t *out, size_t cap, size_t *n,
    struct refusal *r)
{
	const char *s;
	int got;

	if (take_text(o, key, NULL, 4 * CERTIFICATE_MAX, &s, r) < 0)
		return -1;
	if ((got = base64_decode(s, out, cap)) < 0)
		return refuse_field(r, key, "not base64, or too long");
	*n = (size_t)got;
	return 0;
}

static int
take_challenge(const struct json *o, uint8_t out[static CHALLENGE_LEN], struct refusal *r)
{
	size_t n;

	if (take_base64(o, "Challenge", out, CHALLENGE_LEN, &n, r) < 0)
		return -1;
	return n == CHALLENGE_LEN ? 0 : refuse_field(r, "Challenge", "not 32 bytes");
}

static int
take_consent(const struct json *o, bool *out, struct refusal *r)
{
	static const char key[] = "LimitApplicationCertificateRelatedConsFlg";
	const char *s;

	if (take_text(o, key, "0", 1, &s, r) < 0)
		return -1;
	*out = *s == '1';
	return *s == '0' || *s == '1' ? 0 : refuse_field(r, key, "not 0 or 1");
}

static int
take_institution(const struct json *o, const char **out, struct refusal *r)
{
	static const char key[] = "MedicalInstitutionCode";

	if (take_text(o, key, NULL, 10, out, r) < 0)
		return -1;
	return strspn(*out, "0123456789") == 10 ? 0 : refuse_field(r, key, "not 10 digits");
}

static int
read_header(const struct json *doc, struct enquiry_header *h, struct refusal *r)
{
	static const char *const allowed[] = { "QualificationConfirmationDate",
		"MedicalInstitutionCode", "ArbitraryFileIdentifier", NULL };
	const struct json *o = js_get(doc, "MessageHeader");

	if (only(o, "MessageHeader", allowed, r) < 0 ||
	    take_date(o, "QualificationConfirmationDate", &h->date, &h->day, r) < 0 ||
	    take_institution(o, &h->institution, r) < 0)
		return -1;
	return take_text(o, "ArbitraryFileIdentifier", NULL, FILE_ID_MAX, &h->file_id, r);
}

static int
read_authentication(const struct json *o, struct card_enquiry *q, struct refusal *r)
{
	static const char *const allowed[] = { "Certificate", "Challenge", "SignedAt",
		"SignatureAlgorithm", "Signature", NULL };
	const char *algorithm;

	if (only(o, "CardAuthentication", allowed, r) < 0 ||
	    take_base64(o, "Certificate", q->der, sizeof(q->der), &q->nder, r) < 0 ||
	    take_challenge(o, q->challenge, r) < 0 ||
	    take_text(o, "SignedAt", NULL, 15, &q->signed_at, r) < 0 ||
	    take_text(o, "SignatureAlgorithm", NULL, 40, &algorithm, r) < 0 ||
	    take_base64(o, "Signature", q->signature, sizeof(q->signature), &q->nsignature, r) < 0)
		return -1;
	if (strcmp(algorithm, "sha256WithRSAEncryption") != 0)
		return refuse_field(r, "SignatureAlgorithm", "not sha256WithRSAEncryption");
	if ((q->signed_time = message_time(q->signed_at)) < 0)
		return refuse_field(r, "SignedAt", "not a time YYYYMMDDHHMMSSZ");
	return 0;
}

/* Without a date: that of the request is when it comes. */
static int
read_undated_header(const struct json *doc, struct enquiry_header *h, struct refusal *r)
{
	static const char *const allowed[] = { "MedicalInstitutionCode",
		"ArbitraryFileIdentifier", NULL };
	const struct json *o = js_get(doc, "MessageHeader");

	if (only(o, "MessageHeader", allowed, r) < 0 || take_institution(o, &h->institution, r) < 0)
		return -1;
	return take_text(o, "ArbitraryFileIdentifier", NULL, FILE_ID_MAX, &h->file_id, r);
}

int
enquiry_read_registration(const struct json *doc, struct card_enquiry *q, struct refusal *r)
{
	static const char *const allowed[] = { "MessageHeader", "CardAuthentication", NULL };

	q->purpose = PURPOSE_REGISTRATION;
	if (only(doc, "body", allowed, r) < 0 || read_undated_header(doc, &q->header, r) < 0)
		return -1;
	return read_authentication(js_get(doc, "CardAuthentication"), q, r);
}

int
enquiry_read_signed(const struct json *doc, struct card_enquiry *q, struct refusal *r)
{
	static const char *const allowed[] = { "MessageHeader", "CardAuthentication",
		"LimitApplicationCertificateRelatedConsFlg", NULL };

	if (only(doc, "body", allowed, r) < 0 || read_header(doc, &q->header, r) < 0 ||
	    take_consent(doc, &q->header.consent, r) < 0)
		return -1;
	return read_authentication(js_get(doc, "CardAuthentication"), q, r);
}

static int
read_confirmation(const struct json *o, struct card_enquiry *q, struct refusal *r)
{
	static const char *const allowed[] = { "Certificate", "Challenge", "OperatorIdentifier",
		"FaceCompared", NULL };
	const char *operator;

	if (only(o, "VisualConfirmation", allowed, r) < 0 ||
	    take_base64(o, "Certificate", q->der, sizeof(q->der), &q->nder, r) < 0 ||
	    take_challenge(o, q->challenge, r) < 0 ||
	    take_text(o, "OperatorIdentifier", NULL, OPERATOR_MAX, &operator, r) < 0)
		return -1;
	q->face_compared = false;
	if (js_has(o, "FaceCompared") && !js_bool(o, "FaceCompared", &q->face_compared))
		return refuse_field(r, "FaceCompared", "not true or false");
	return 0;
}

int
enquiry_read_visual(const struct json *doc, struct card_enquiry *q, struct refusal *r)
{
	static const char *const allowed[] = { "MessageHeader", "VisualConfirmation",
		"LimitApplicationCertificateRelatedConsFlg", NULL };

	if (only(doc, "body", allowed, r) < 0 || read_header(doc, &q->header, r) < 0 ||
	    take_consent(doc, &q->header.consent, r) < 0)
		return -1;
	return read_confirmation(js_get(doc, "VisualConfirmation"), q, r);
}

/* A unit of a file may also say what the clinic knows of 限度額. */
static const char *const unit_elements[] = { KNOWN_LIMIT, "InsurerNumber", "InsuredCardSymbol",
	"InsuredIdentificationNumber", "InsuredBranchNumber", "Birthdate",
	"LimitApplicationCertificateRelatedConsFlg", "ArbitraryIdentifier", NULL };

static int
read_search_info(const struct json *o, struct number_enquiry *q, struct refusal *r)
{
	const char *insurer, *symbol, *number, *branch, *birthdate, *id;
	int day;

	if (take_text(o, "InsurerNumber", NULL, 8, &insurer, r) < 0 ||
	    take_optional(o, "InsuredCardSymbol", 20, &symbol, r) < 0 ||
	    take_text(o, "InsuredIdentificationNumber", NULL, 20, &number, r) < 0 ||
	    take_optional(o, "InsuredBranchNumber", 2, &branch, r) < 0 ||
	    take_date(o, "Birthdate", &birthdate, &day, r) < 0 ||
	    take_optional(o, "ArbitraryIdentifier", FILE_ID_MAX, &id, r) < 0 ||
	    take_consent(o, &q->header.consent, r) < 0)
		return -1;
	q->search_info = o;
	return numbers_set(&q->numbers, insurer, symbol, number, branch, birthdate) == 0 ? 0 :
	    refuse_field(r, SEARCH_INFO, "a number is too long");
}

int
enquiry_read_number(const struct json *doc, struct number_enquiry *q, struct refusal *r)
{
	static const char *const allowed[] = { "MessageHeader", SEARCH_INFO, NULL };
	const struct json *o = js_get(doc, SEARCH_INFO);

	if (only(doc, "body", allowed, r) < 0 || read_header(doc, &q->header, r) < 0 ||
	    only(o, SEARCH_INFO, unit_elements + 1, r) < 0)
		return -1;
	return read_search_info(o, q, r);
}

int
enquiry_read_unit(const struct json *unit, struct number_enquiry *q, struct refusal *r)
{
	const struct json *known = js_get(unit, KNOWN_LIMIT);
	struct err e = ERR_INIT;

	if (known != NULL && elements_check_limit(known, &e) < 0)
		return refuse(r, REFUSAL_REQUEST_MALFORMED, e.msg);
	return read_search_info(unit, q, r);
}

/* Names and types; what the values say is found out unit by unit later. */
static int
check_unit_form(const struct json *o, const char **id, struct refusal *r)
{
	struct js_iter it = js_members(o);

	if (only(o, SEARCH_INFO, unit_elements, r) < 0)
		return -1;
	while (js_next(&it))
		if (strcmp(it.key, KNOWN_LIMIT) == 0 ? js_type(it.value) != JS_OBJECT :
		    js_as_str(it.value) == NULL)
			return refuse_field(r, it.key, "of the wrong type");
	return take_text(o, "ArbitraryIdentifier", NULL, FILE_ID_MAX, id, r);
}

static int
by_text(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

static int
check_units(const struct json *units, const char **id, struct refusal *r)
{
	const size_t n = js_len(units);

	for (size_t i = 0; i < n; i++)
		if (check_unit_form(js_at(units, i), &id[i], r) < 0)
			return refuse_unit(r, i + 1);
	qsort(id, n, sizeof(*id), by_text);
	for (size_t i = 1; i < n; i++)
		if (strcmp(id[i - 1], id[i]) == 0)
			return refuse_field(r, "ArbitraryIdentifier", "stands twice");
	return 0;
}

int
enquiry_read_bulk(const struct json *doc, long long units_max, struct bulk_enquiry *q,
    struct refusal *r)
{
	static const char *const allowed[] = { "MessageHeader", SEARCH_INFO, NULL };
	const char **id;
	int rc;

	if (only(doc, "body", allowed, r) < 0 || read_header(doc, &q->header, r) < 0)
		return -1;
	q->units = js_get(doc, SEARCH_INFO);
	if (js_type(q->units) != JS_ARRAY || js_len(q->units) == 0)
		return refuse_field(r, SEARCH_INFO, "not an array of one or more");
	if ((long long)js_len(q->units) > units_max)
		return refuse(r, REFUSAL_REQUEST_TOO_LARGE, "too many units in a file");
	if ((id = calloc(js_len(q->units), sizeof(*id))) == NULL)
		return refuse(r, REFUSAL_INTERNAL, NULL);
	rc = check_units(q->units, id, r);
	free(id);
	return rc;
}

int
enquiry_read_result(const struct json *doc, struct result_enquiry *q, struct refusal *r)
{
	static const char *const allowed[] = { "MessageHeader", "ReceptionNumber", NULL };
	static const char *const header[] = { "MedicalInstitutionCode", NULL };
	const struct json *o = js_get(doc, "MessageHeader");

	if (only(doc, "body", allowed, r) < 0 || only(o, "MessageHeader", header, r) < 0 ||
	    take_institution(o, &q->institution, r) < 0)
		return -1;
	return take_text(doc, "ReceptionNumber", NULL, RECEPTION_MAX, &q->reception, r);
}
