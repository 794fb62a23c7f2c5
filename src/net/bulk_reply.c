#include "net/bulk_reply.h"

#include <stdio.h>
#include <string.h>

#include "net/field.h"

bool
bulk_is_reception(const char *s)
{
	const size_t n = strspn(s, "0123456789");

	return n > 0 && n <= BULK_RECEPTION_MAX && s[n] == '\0';
}

/* What both replies' headers have. */
static int
read_header(const struct json *doc, const struct elig_header *h, const struct json **msg,
    const struct json **header, struct err *e)
{
	const char *time;
	char charset;

	if (field_object(doc, "XmlMsg", msg, e) < 0 ||
	    field_object(*msg, "MessageHeader", header, e) < 0 ||
	    field_time(*header, "ProcessExecutionTime", &time, e) < 0 ||
	    field_echo(*header, "MedicalInstitutionCode", h->institution, e) < 0 ||
	    field_echo(*header, "ArbitraryFileIdentifier", h->file_id, e) < 0)
		return -1;
	return field_code(*header, "CharacterCodeIdentifier", "0", &charset, e);
}

static int
read_receipt(const struct json *doc, const struct elig_header *h, struct bulk_receipt *out,
    struct err *e)
{
	const struct json *msg, *header, *body;
	const char *reception, *time;

	if (read_header(doc, h, &msg, &header, e) < 0 ||
	    field_object(msg, "MessageBody", &body, e) < 0 ||
	    field_str(body, "ReceptionNumber", &reception, e) < 0 ||
	    field_time(body, "ReceptionDateTime", &time, e) < 0)
		return -1;
	if (!bulk_is_reception(reception))
		return field_malformed(e, "ReceptionNumber", "not a number");
	snprintf(out->reception, sizeof(out->reception), "%s", reception);
	snprintf(out->time, sizeof(out->time), "%s", time);
	return 0;
}

int
bulk_read_receipt(const char *text, size_t n, const struct elig_header *h,
    struct bulk_receipt *out, struct err *e)
{
	struct json *doc;
	int rc;

	if ((doc = field_document(text, n, e)) == NULL)
		return -1;
	rc = read_receipt(doc, h, out, e);
	js_free(doc);
	return rc;
}

static int
read_counts(const struct json *header, struct bulk_result *out, struct err *e)
{
	long normal, errors;

	if (field_count(header, "NumberOfProcessingResult", &out->worked_off, e) < 0 ||
	    field_count(header, "NumberOfNormalProcessing", &normal, e) < 0 ||
	    field_count(header, "NumberOfError", &errors, e) < 0)
		return -1;
	return normal + errors == out->worked_off ? 0 :
	    field_malformed(e, "NumberOfProcessingResult", "not the sum of its parts");
}

static int
read_failure(const struct json *header, struct bulk_result *out, struct err *e)
{
	if (field_str(header, "ErrorCode", &out->code, e) < 0 ||
	    field_str(header, "ErrorMessage", &out->message, e) < 0)
		return -1;
	return *out->code != '\0' ? 0 : field_malformed(e, "ErrorCode", "empty");
}

static int
read_units(const struct json *msg, struct bulk_result *out, struct err *e)
{
	const struct json *body;

	if (!js_has(msg, "MessageBody") && out->segment == BULK_WORKING)
		return 0;
	if (field_object(msg, "MessageBody", &body, e) < 0)
		return -1;
	out->units = js_get(body, "BulkConfirmUnit");
	return js_type(out->units) == JS_ARRAY ? 0 :
	    field_malformed(e, "BulkConfirmUnit", "missing or not an array");
}

static int
read_result(const struct elig_header *h, const char *reception, struct bulk_result *out,
    struct err *e)
{
	const struct json *msg, *header;
	const char *code;
	char segment;

	if (read_header(out->doc, h, &msg, &header, e) < 0 ||
	    field_echo(header, "QualificationConfirmationDate", h->date, e) < 0 ||
	    field_echo(header, "ReceptionNumber", reception, e) < 0 ||
	    field_code(header, "SegmentOfResult", "129", &segment, e) < 0)
		return -1;
	out->segment = (enum bulk_segment)(segment - '0');
	if (out->segment == BULK_FAILED)
		return read_failure(header, out, e);
	code = js_str(header, "ErrorCode");
	if (js_has(header, "ErrorCode") && (code == NULL || *code != '\0'))
		return field_malformed(e, "ErrorCode", "although it did not fail");
	return read_counts(header, out, e) < 0 ? -1 : read_units(msg, out, e);
}

int
bulk_read_result(const char *text, size_t n, const struct elig_header *h, const char *reception,
    struct bulk_result *out, struct err *e)
{
	*out = (struct bulk_result){ .segment = BULK_WORKING };
	if ((out->doc = field_document(text, n, e)) == NULL)
		return -1;
	if (read_result(h, reception, out, e) == 0)
		return 0;
	js_free(out->doc);
	*out = (struct bulk_result){ .segment = BULK_WORKING };
	return -1;
}

const char *
bulk_unit_id(const struct json *unit)
{
	return js_str(js_get(unit, "QualificationConfirmSearchInfo"), "ArbitraryIdentifier");
}
