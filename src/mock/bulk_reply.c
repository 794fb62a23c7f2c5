#include <stdio.h>
#include <string.h>

#include "mock/bulk.h"
#include "mock/reply.h"

/* Ours: the official codes (別紙6-1 処理結果コード) are not public. */
#define UNIT_MALFORMED		"UNIT_MALFORMED"
#define UNIT_MALFORMED_TEXT	"照会の内容に誤りがあります"

static bool
ends_with(const char *s, const char *suffix)
{
	const size_t n = strlen(s), k = strlen(suffix);

	return n >= k && strcmp(s + n - k, suffix) == 0;
}

/* No consents and nothing that needs one; the chart number has its own place. */
static bool
is_withheld(const char *key)
{
	return ends_with(key, "ConsFlg") || ends_with(key, "ConsTime") ||
	    ends_with(key, "AvailableTime") ||
	    strcmp(key, "LimitApplicationCertificateRelatedInfo") == 0 ||
	    strcmp(key, "SpecificDiseasesCertificateList") == 0 ||
	    strcmp(key, "ReferenceNumber") == 0;
}

static void
write_result(struct jw *w, const struct bulk_unit *u)
{
	struct js_iter it = js_members(record_json(u->record));

	jw_open(w, NULL, '{');
	while (js_next(&it))
		if (!is_withheld(it.key))
			jw_json(w, it.key, it.value);
	jw_str(w, "LimitApplicationCertificateChanged", u->changed ? "1" : "0");
	jw_close(w, '}');
}

static void
write_found(struct jw *w, const struct bulk_unit *u)
{
	const char validity[2] = { (char)u->validity, '\0' };
	const char *chart = u->record != NULL ? js_str(record_json(u->record), "ReferenceNumber") : NULL;

	jw_str(w, "ProcessingResultStatus", "1");
	jw_str(w, "ProcessingResultCode", "");
	jw_str(w, "ProcessingResultMessage", "");
	jw_str(w, "QualificationValidity", validity);
	jw_open(w, "ResultOfQualificationConfirmation", '[');
	if (u->record != NULL)
		write_result(w, u);
	jw_close(w, ']');
	if (chart != NULL)
		jw_str(w, "ReferenceNumber", chart);
}

static void
write_fault(struct jw *w, const char *fault)
{
	struct buf text = BUF_INIT;

	buf_addf(&text, "%s (%s)", UNIT_MALFORMED_TEXT, fault);
	jw_str(w, "ProcessingResultStatus", "2");
	jw_str(w, "ProcessingResultCode", UNIT_MALFORMED);
	jw_str(w, "ProcessingResultMessage", text.p);
	jw_open(w, "ResultOfQualificationConfirmation", '[');
	jw_close(w, ']');
	buf_free(&text);
}

static void
write_unit(struct jw *w, const struct bulk_file *f, const struct bulk_unit *u)
{
	jw_open(w, NULL, '{');
	/* kept as JSON already */
	buf_adds(w->b, "\"QualificationConfirmSearchInfo\":");
	buf_add(w->b, f->text.p + u->echo, u->necho);
	w->comma = true;
	if (u->validity != 0)
		write_found(w, u);
	else
		write_fault(w, f->text.p + u->fault);
	jw_close(w, '}');
}

static void
write_count(struct jw *w, const char *key, size_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%zu", n);
	jw_str(w, key, text);
}

static size_t
count_normal(const struct bulk_file *f, size_t n)
{
	size_t normal = 0;

	for (size_t i = 0; i < n; i++)
		normal += f->unit[i].validity != 0;
	return normal;
}

static void
write_header(struct jw *w, const struct bulk_file *f, const char *time, bool done, size_t n)
{
	const size_t normal = count_normal(f, n);

	jw_open(w, "MessageHeader", '{');
	jw_str(w, "ProcessExecutionTime", time);
	jw_str(w, "QualificationConfirmationDate", f->date);
	jw_str(w, "MedicalInstitutionCode", f->institution);
	jw_str(w, "ArbitraryFileIdentifier", f->id);
	jw_str(w, "ReceptionNumber", f->reception);
	jw_str(w, "SegmentOfResult", done ? "1" : "2");
	write_count(w, "NumberOfProcessingResult", n);
	write_count(w, "NumberOfNormalProcessing", normal);
	write_count(w, "NumberOfError", n - normal);
	jw_str(w, "CharacterCodeIdentifier", "0");
	jw_close(w, '}');
}

void
bulk_write_result(struct buf *out, const struct bulk *b, const struct bulk_file *f,
    long long now, long long now_ms)
{
	struct jw w = { out, false };
	char time[REPLY_TIME_LEN + 1];
	size_t n;
	const bool done = bulk_is_done(b, f, now_ms, &n);

	reply_time(now, time);
	jw_open(&w, NULL, '{');
	jw_open(&w, "XmlMsg", '{');
	write_header(&w, f, time, done, n);
	if (done || (b->config.partial && n > 0)) {
		jw_open(&w, "MessageBody", '{');
		jw_open(&w, "BulkConfirmUnit", '[');
		for (size_t i = 0; i < n; i++)
			write_unit(&w, f, &f->unit[i]);
		jw_close(&w, ']');
		jw_close(&w, '}');
	}
	jw_close(&w, '}');
	jw_close(&w, '}');
}

void
bulk_write_receipt(struct buf *out, const struct bulk_file *f, long long now)
{
	struct jw w = { out, false };
	char time[REPLY_TIME_LEN + 1];

	jw_open(&w, NULL, '{');
	jw_open(&w, "XmlMsg", '{');
	jw_open(&w, "MessageHeader", '{');
	reply_time(now, time);
	jw_str(&w, "ProcessExecutionTime", time);
	jw_str(&w, "MedicalInstitutionCode", f->institution);
	jw_str(&w, "ArbitraryFileIdentifier", f->id);
	jw_str(&w, "CharacterCodeIdentifier", "0");
	jw_close(&w, '}');
	jw_open(&w, "MessageBody", '{');
	jw_str(&w, "ReceptionNumber", f->reception);
	reply_time(f->taken, time);
	jw_str(&w, "ReceptionDateTime", time);
	jw_close(&w, '}');
	jw_close(&w, '}');
	jw_close(&w, '}');
}
