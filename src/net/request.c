#include "net/request.h"

#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/date.h"
#include "base/secret.h"
#include "json/json.h"

void
request_date(int day, char out[static ELIG_DATE_LEN + 1])
{
	char iso[DATE_ISO_LEN + 1];

	date_format_iso(day, iso);
	snprintf(out, ELIG_DATE_LEN + 1, "%.4s%.2s%.2s", iso, iso + 5, iso + 8);
}

void
request_header_undated(struct elig_header *h, const char *institution, const uint8_t *random)
{
	uint8_t drawn[ELIG_FILE_ID_BYTES];

	*h = (struct elig_header){ 0 };
	if (random == NULL) {
		secret_random(drawn, sizeof(drawn));
		random = drawn;
	}
	hex_encode(random, ELIG_FILE_ID_BYTES, h->file_id);
	snprintf(h->institution, sizeof(h->institution), "%s", institution);
}

int
request_header(struct elig_header *h, const char *institution, int as_of,
    const uint8_t *random, struct err *e)
{
	if (as_of == DATE_NONE)
		return err_set(e, ERR_USAGE, "an enquiry needs a date");
	request_header_undated(h, institution, random);
	request_date(as_of, h->date);
	return 0;
}

static void
write_header(struct jw *w, const struct elig_header *h)
{
	jw_open(w, NULL, '{');
	jw_open(w, "MessageHeader", '{');
	if (h->date[0] != '\0')
		jw_str(w, "QualificationConfirmationDate", h->date);
	jw_str(w, "MedicalInstitutionCode", h->institution);
	jw_str(w, "ArbitraryFileIdentifier", h->file_id);
	jw_close(w, '}');
}

static void
write_base64(struct jw *w, const char *key, const uint8_t *p, size_t n)
{
	struct buf b = BUF_INIT;

	base64_add(&b, p, n);
	jw_str(w, key, b.p != NULL ? b.p : "");
	if (b.failed) {
		/* half a request must not go out */
		buf_free(w->b);
		w->b->failed = 1;
	}
	buf_free(&b);
}

static void
write_consent(struct jw *w, bool yes)
{
	jw_str(w, "LimitApplicationCertificateRelatedConsFlg", yes ? "1" : "0");
}

static int
done(const struct buf *b, struct err *e)
{
	return b->failed ? err_set(e, ERR_NOMEM, "out of memory") : 0;
}

static int
write_authentication(struct jw *w, const struct elig_header *h,
    const struct elig_card_request *q, struct err *e)
{
	if (q->cert.n == 0 || q->signature.n == 0 || q->signed_at == NULL)
		return err_set(e, ERR_USAGE, "a request by card needs certificate and signature");
	write_header(w, h);
	jw_open(w, "CardAuthentication", '{');
	write_base64(w, "Certificate", q->cert.p, q->cert.n);
	write_base64(w, "Challenge", q->challenge, sizeof(q->challenge));
	jw_str(w, "SignedAt", q->signed_at);
	jw_str(w, "SignatureAlgorithm", "sha256WithRSAEncryption");
	write_base64(w, "Signature", q->signature.p, q->signature.n);
	jw_close(w, '}');
	return 0;
}

int
request_by_card(struct buf *b, const struct elig_header *h, const struct elig_card_request *q,
    struct err *e)
{
	struct jw w = { b, false };

	if (write_authentication(&w, h, q, e) < 0)
		return -1;
	write_consent(&w, q->limit_consent);
	jw_close(&w, '}');
	return done(b, e);
}

int
request_registration(struct buf *b, const struct elig_header *h,
    const struct elig_card_request *q, struct err *e)
{
	struct jw w = { b, false };

	if (write_authentication(&w, h, q, e) < 0)
		return -1;
	jw_close(&w, '}');
	return done(b, e);
}

int
request_by_visual(struct buf *b, const struct elig_header *h,
    const struct elig_visual_request *q, struct err *e)
{
	struct jw w = { b, false };

	if (q->cert.n == 0 || q->operator_id == NULL)
		return err_set(e, ERR_USAGE,
		    "a visual confirmation needs certificate and operator");
	write_header(&w, h);
	jw_open(&w, "VisualConfirmation", '{');
	write_base64(&w, "Certificate", q->cert.p, q->cert.n);
	write_base64(&w, "Challenge", q->challenge, sizeof(q->challenge));
	jw_str(&w, "OperatorIdentifier", q->operator_id);
	jw_bool(&w, "FaceCompared", q->face_compared);
	jw_close(&w, '}');
	write_consent(&w, q->limit_consent);
	jw_close(&w, '}');
	return done(b, e);
}

static int
check_search(const struct elig_number_request *q, struct err *e)
{
	if (q->insurer_number == NULL || q->number == NULL || q->birthdate == DATE_NONE)
		return err_set(e, ERR_USAGE,
		    "an enquiry by number needs insurer, number and birth date");
	return 0;
}

/* key is NULL for a unit among many. */
static void
write_search(struct jw *w, const char *key, const struct elig_number_request *q)
{
	char birthdate[ELIG_DATE_LEN + 1];

	request_date(q->birthdate, birthdate);
	jw_open(w, key, '{');
	jw_str(w, "InsurerNumber", q->insurer_number);
	if (q->symbol != NULL)
		jw_str(w, "InsuredCardSymbol", q->symbol);
	jw_str(w, "InsuredIdentificationNumber", q->number);
	if (q->branch != NULL)
		jw_str(w, "InsuredBranchNumber", q->branch);
	jw_str(w, "Birthdate", birthdate);
	write_consent(w, q->limit_consent);
	if (q->id != NULL)
		jw_str(w, "ArbitraryIdentifier", q->id);
	jw_close(w, '}');
	explicit_bzero(birthdate, sizeof(birthdate));
}

int
request_by_number(struct buf *b, const struct elig_header *h,
    const struct elig_number_request *q, struct err *e)
{
	struct jw w = { b, false };

	if (check_search(q, e) < 0)
		return -1;
	write_header(&w, h);
	write_search(&w, "QualificationConfirmSearchInfo", q);
	jw_close(&w, '}');
	return done(b, e);
}

int
request_bulk(struct buf *b, const struct elig_header *h, const struct elig_number_request *q,
    size_t n, struct err *e)
{
	struct jw w = { b, false };

	for (size_t i = 0; i < n; i++)
		if (check_search(&q[i], e) < 0)
			return err_prefix(e, "unit %zu", i + 1);
	write_header(&w, h);
	jw_open(&w, "QualificationConfirmSearchInfo", '[');
	for (size_t i = 0; i < n; i++)
		write_search(&w, NULL, &q[i]);
	jw_close(&w, ']');
	jw_close(&w, '}');
	return done(b, e);
}

int
request_bulk_result(struct buf *b, const char *institution, const char *reception,
    struct err *e)
{
	struct jw w = { b, false };

	jw_open(&w, NULL, '{');
	jw_open(&w, "MessageHeader", '{');
	jw_str(&w, "MedicalInstitutionCode", institution);
	jw_close(&w, '}');
	jw_str(&w, "ReceptionNumber", reception);
	jw_close(&w, '}');
	return done(b, e);
}
