#include "mock/enquiry.h"

#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/date.h"
#include "base/err.h"
#include "mock/message.h"

#define FILE_ID_MAX	100	/* bytes; the official length is not public */
#define OPERATOR_MAX	64

static int
only(const struct json *o, const char *where, const char *const *allowed, struct refusal *r)
{
	struct err e = ERR_INIT;

	if (js_type(o) != JS_OBJECT)
		return refuse_field(r, where, o == NULL ? "missing" : "not an object");
	return js_only(o, where, allowed, &e) == 0 ? 0 :
	    refuse(r, REFUSAL_REQUEST_MALFORMED, e.msg);
}

/* A text of 1..max bytes; required unless def is given. */
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
	if (**out == '\0' || strlen(*out) > max)
		return refuse_field(r, key, "empty or too long");
	return 0;
}

/* As take_text(), but NULL when the key is missing and "" allowed. */
static int
take_optional(const struct json *o, const char *key, size_t max, const char **out,
    struct refusal *r)
{
	*out = js_str(o, key);
	if (js_has(o, key) && (*out == NULL || strlen(*out) > max))
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
read_header(const struct json *doc, struct enquiry_header *h, struct refusal *r)
{
	static const char *const allowed[] = { "QualificationConfirmationDate",
		"MedicalInstitutionCode", "ArbitraryFileIdentifier", NULL };
	const struct json *o = js_get(doc, "MessageHeader");

	if (only(o, "MessageHeader", allowed, r) < 0 ||
	    take_date(o, "QualificationConfirmationDate", &h->date, &h->day, r) < 0 ||
	    take_text(o, "MedicalInstitutionCode", NULL, 10, &h->institution, r) < 0 ||
	    take_text(o, "ArbitraryFileIdentifier", NULL, FILE_ID_MAX, &h->file_id, r) < 0)
		return -1;
	return strspn(h->institution, "0123456789") == 10 ? 0 :
	    refuse_field(r, "MedicalInstitutionCode", "not 10 digits");
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

static int
read_search_info(const struct json *o, struct number_enquiry *q, struct refusal *r)
{
	static const char *const allowed[] = { "InsurerNumber", "InsuredCardSymbol",
		"InsuredIdentificationNumber", "InsuredBranchNumber", "Birthdate",
		"LimitApplicationCertificateRelatedConsFlg", "ArbitraryIdentifier", NULL };
	const char *insurer, *symbol, *number, *branch, *birthdate, *id;
	int day;

	if (only(o, "QualificationConfirmSearchInfo", allowed, r) < 0 ||
	    take_text(o, "InsurerNumber", NULL, 24, &insurer, r) < 0 ||
	    take_optional(o, "InsuredCardSymbol", 60, &symbol, r) < 0 ||
	    take_text(o, "InsuredIdentificationNumber", NULL, 60, &number, r) < 0 ||
	    take_optional(o, "InsuredBranchNumber", 6, &branch, r) < 0 ||
	    take_date(o, "Birthdate", &birthdate, &day, r) < 0 ||
	    take_optional(o, "ArbitraryIdentifier", FILE_ID_MAX, &id, r) < 0 ||
	    take_consent(o, &q->header.consent, r) < 0)
		return -1;
	q->search_info = o;
	return numbers_set(&q->numbers, insurer, symbol, number, branch, birthdate) == 0 ? 0 :
	    refuse_field(r, "QualificationConfirmSearchInfo", "a number is too long");
}

int
enquiry_read_number(const struct json *doc, struct number_enquiry *q, struct refusal *r)
{
	static const char *const allowed[] = { "MessageHeader", "QualificationConfirmSearchInfo",
		NULL };

	if (only(doc, "body", allowed, r) < 0 || read_header(doc, &q->header, r) < 0)
		return -1;
	return read_search_info(js_get(doc, "QualificationConfirmSearchInfo"), q, r);
}
