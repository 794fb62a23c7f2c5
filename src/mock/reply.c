#include "mock/reply.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/base64.h"
#include "base/date.h"

static const char *const remark_code[] = {
#define X(name, code, ja) [REMARK_##name] = code,
	REMARK_LIST(X)
#undef X
};

static const char *const remark_text[] = {
#define X(name, code, ja) [REMARK_##name] = ja,
	REMARK_LIST(X)
#undef X
};

void
reply_time(long long now, char out[static REPLY_TIME_LEN + 1])
{
	const struct ymd d = date_to_ymd(date_of_unix_jst(now));
	const long long s = (now + 9 * 3600) % 86400;
	const long long day = d.y * 10000LL + d.m * 100 + d.d;
	const long long clock = s / 3600 * 10000 + s / 60 % 60 * 100 + s % 60;

	snprintf(out, REPLY_TIME_LEN + 1, "%014lld", day * 1000000 + clock);
}

void
reply_http_date(long long now, char out[static REPLY_HTTP_DATE_LEN + 1])
{
	const time_t t = (time_t)now;
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(out, REPLY_HTTP_DATE_LEN + 1, "%a, %d %b %Y %H:%M:%S GMT", &tm);
}

static void
write_code(struct jw *w, const char *key, char code)
{
	const char text[2] = { code, '\0' };

	jw_str(w, key, text);
}

static void
write_header(struct jw *w, const struct answer *a, const char *time)
{
	jw_open(w, "MessageHeader", '{');
	jw_str(w, "ProcessExecutionTime", time);
	jw_str(w, "QualificationConfirmationDate", a->header->date);
	jw_str(w, "MedicalInstitutionCode", a->header->institution);
	jw_str(w, "ArbitraryFileIdentifier", a->header->file_id);
	jw_str(w, "ReferenceClassification", a->challenge != NULL ? "1" : "2");
	jw_str(w, "SegmentOfResult", "1");
	jw_str(w, "CharacterCodeIdentifier", "0");
	jw_close(w, '}');
}

static bool
starts_with(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

/*
 * 限度額 information goes out with the consent of this enquiry, 特定疾病 with
 * the one on record; neither in the grace of an ended certificate (CERT-2).
 */
static bool
is_withheld(const char *key, const struct answer *a)
{
	const char *recorded;

	if (starts_with(key, "LimitApplicationCertificateRelatedCons"))
		return true;
	if (strcmp(key, "LimitApplicationCertificateRelatedInfo") == 0)
		return !a->header->consent || a->remark == REMARK_CERTIFICATE_IN_GRACE;
	if (strcmp(key, "SpecificDiseasesCertificateList") != 0)
		return false;
	recorded = js_str(record_json(a->finding.record), "SpecificDiseasesCertificateRelatedConsFlg");
	return recorded == NULL || strcmp(recorded, "1") != 0 ||
	    a->remark == REMARK_CERTIFICATE_IN_GRACE;
}

static void
write_result(struct jw *w, const struct answer *a, const char *time)
{
	struct js_iter it = js_members(record_json(a->finding.record));

	jw_open(w, NULL, '{');
	while (js_next(&it))
		if (!is_withheld(it.key, a))
			jw_json(w, it.key, it.value);
	/* written whether or not there is any: its absence would tell */
	jw_str(w, "LimitApplicationCertificateRelatedConsFlg", a->header->consent ? "1" : "0");
	if (a->header->consent)
		jw_str(w, "LimitApplicationCertificateRelatedConsTime", time);
	jw_close(w, '}');
}

static void
write_status(struct jw *w, enum remark remark)
{
	jw_str(w, "ProcessingResultStatus", "1");
	jw_str(w, "ProcessingResultCode", remark_code[remark]);
	jw_str(w, "ProcessingResultMessage", remark_text[remark]);
}

static void
write_body(struct jw *w, const struct answer *a, const char *time)
{
	jw_open(w, "MessageBody", '{');
	if (a->search_info != NULL)
		jw_json(w, "QualificationConfirmSearchInfo", a->search_info);
	write_status(w, a->remark);
	write_code(w, "QualificationValidity", (char)a->finding.validity);
	jw_open(w, "ResultList", '{');
	jw_open(w, "ResultOfQualificationConfirmation", '[');
	if (a->finding.record != NULL)
		write_result(w, a, time);
	jw_close(w, ']');
	jw_close(w, '}');
	jw_close(w, '}');
}

static void
write_base64(struct jw *w, const char *key, const uint8_t *p, size_t n)
{
	struct buf b = BUF_INIT;

	base64_add(&b, p, n);
	jw_str(w, key, b.p);
	buf_free(&b);
}

static void
write_binding(struct jw *w, const struct answer *a)
{
	char hex[2 * HASH_SHA256_LEN + 1];

	hex_encode(a->certificate_hash, HASH_SHA256_LEN, hex);
	jw_open(w, "Binding", '{');
	write_base64(w, "Challenge", a->challenge, CHALLENGE_LEN);
	jw_str(w, "CertificateSha256", hex);
	jw_close(w, '}');
}

void
reply_write(struct buf *out, const struct answer *a)
{
	struct jw w = { out, false };
	char time[REPLY_TIME_LEN + 1];

	reply_time(a->now, time);
	jw_open(&w, NULL, '{');
	jw_open(&w, "XmlMsg", '{');
	write_header(&w, a, time);
	write_body(&w, a, time);
	jw_close(&w, '}');
	if (a->challenge != NULL)
		write_binding(&w, a);
	jw_close(&w, '}');
}

void
reply_write_registration(struct buf *out, const struct answer *a)
{
	struct jw w = { out, false };
	char time[REPLY_TIME_LEN + 1];

	reply_time(a->now, time);
	jw_open(&w, NULL, '{');
	jw_open(&w, "XmlMsg", '{');
	jw_open(&w, "MessageHeader", '{');
	jw_str(&w, "ProcessExecutionTime", time);
	jw_str(&w, "MedicalInstitutionCode", a->header->institution);
	jw_str(&w, "ArbitraryFileIdentifier", a->header->file_id);
	jw_str(&w, "CharacterCodeIdentifier", "0");
	jw_close(&w, '}');
	jw_open(&w, "MessageBody", '{');
	write_status(&w, a->remark);
	jw_close(&w, '}');
	jw_close(&w, '}');
	write_binding(&w, a);
	jw_close(&w, '}');
}

void
reply_write_challenge(struct buf *out, const uint8_t challenge[static CHALLENGE_LEN])
{
	struct jw w = { out, false };

	jw_open(&w, NULL, '{');
	write_base64(&w, "Challenge", challenge, CHALLENGE_LEN);
	jw_int(&w, "ExpiresInSeconds", CHALLENGE_SECONDS);
	jw_close(&w, '}');
}
