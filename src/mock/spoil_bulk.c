#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mock/faults.h"

/* The units of a result as they are to be given: indices into its own list. */
struct order {
	size_t	*at;
	size_t	 n;
	size_t	 spoilt;	/* index of the unit that becomes an error; SIZE_MAX: none */
};

/* Always the same for a seed, and for two or more units never as they were. */
static void
shuffle(struct order *o, long long seed)
{
	uint32_t x = (uint32_t)seed * 2654435761u + 1;

	for (size_t i = o->n; i > 1; i--) {
		size_t k, was = o->at[i - 1];

		x = x * 1664525u + 1013904223u;
		/* Sattolo: every unit moves */
		k = (size_t)(x >> 16) % (i - 1);
		o->at[i - 1] = o->at[k];
		o->at[k] = was;
	}
}

static void
rearrange(struct order *o, const struct fault *f)
{
	const size_t unit = (size_t)f->amount - 1;

	if (f->kind == FAULT_UNITS_SHUFFLED) {
		shuffle(o, f->amount);
	} else if (f->kind == FAULT_BULK_PENDING || f->kind == FAULT_BULK_FAILED) {
		if ((size_t)f->amount < o->n)
			o->n = (size_t)f->amount;
	} else if (unit >= o->n) {
		return;
	} else if (f->kind == FAULT_UNIT_MISSING) {
		o->n--;
		memmove(o->at + unit, o->at + unit + 1, (o->n - unit) * sizeof(*o->at));
	} else if (f->kind == FAULT_UNIT_TWICE) {
		o->at[o->n++] = unit;
	} else {
		o->spoilt = unit;
	}
}

static bool
is_normal(const struct json *units, const struct order *o, size_t i)
{
	const char *status = js_str(js_at(units, o->at[i]), "ProcessingResultStatus");

	return o->at[i] != o->spoilt && status != NULL && strcmp(status, "1") == 0;
}

static void
write_count(struct jw *w, const char *key, size_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%zu", n);
	jw_str(w, key, text);
}

static void
write_error(struct jw *w, const struct json *unit, const char *code)
{
	jw_open(w, NULL, '{');
	jw_json(w, "QualificationConfirmSearchInfo",
	    js_get(unit, "QualificationConfirmSearchInfo"));
	jw_str(w, "ProcessingResultStatus", "2");
	jw_str(w, "ProcessingResultCode", code);
	jw_str(w, "ProcessingResultMessage", "この照会は処理できませんでした");
	jw_open(w, "ResultOfQualificationConfirmation", '[');
	jw_close(w, ']');
	jw_close(w, '}');
}

/* NULL: as it was. */
static const char *
segment(const struct fault *f)
{
	return f->kind == FAULT_BULK_PENDING ? "2" : f->kind == FAULT_BULK_FAILED ? "9" : NULL;
}

/* The counts speak of the units that are given, as if the service knew no others. */
static void
write_header(struct jw *w, const struct json *header, const struct json *units,
    const struct order *o, const struct fault *f)
{
	struct js_iter it = js_members(header);
	size_t normal = 0;

	for (size_t i = 0; i < o->n; i++)
		normal += is_normal(units, o, i);
	jw_open(w, "MessageHeader", '{');
	while (js_next(&it)) {
		if (strcmp(it.key, "SegmentOfResult") == 0 && segment(f) != NULL)
			jw_str(w, it.key, segment(f));
		else if (strcmp(it.key, "NumberOfProcessingResult") == 0)
			write_count(w, it.key, o->n);
		else if (strcmp(it.key, "NumberOfNormalProcessing") == 0)
			write_count(w, it.key, normal);
		else if (strcmp(it.key, "NumberOfError") == 0)
			write_count(w, it.key, o->n - normal);
		else
			jw_json(w, it.key, it.value);
	}
	if (f->kind == FAULT_BULK_FAILED) {
		jw_str(w, "ErrorCode", f->text);
		jw_str(w, "ErrorMessage", "一括照会を処理できませんでした");
	}
	jw_close(w, '}');
}

static void
write_units(struct jw *w, const struct json *units, const struct order *o, const struct fault *f)
{
	jw_open(w, "MessageBody", '{');
	jw_open(w, "BulkConfirmUnit", '[');
	for (size_t i = 0; i < o->n; i++) {
		const struct json *unit = js_at(units, o->at[i]);

		if (o->at[i] == o->spoilt)
			write_error(w, unit, f->text);
		else
			jw_json(w, NULL, unit);
	}
	jw_close(w, ']');
	jw_close(w, '}');
}

static void
write_all(struct buf *out, const struct json *header, const struct json *units,
    const struct order *o, const struct fault *f)
{
	struct jw w = { out, false };

	jw_open(&w, NULL, '{');
	jw_open(&w, "XmlMsg", '{');
	write_header(&w, header, units, o, f);
	if (units != NULL && (segment(f) == NULL || o->n > 0))
		write_units(&w, units, o, f);
	jw_close(&w, '}');
	jw_close(&w, '}');
}

void
fault_apply_bulk(const struct fault *f, struct buf *body)
{
	struct err e = ERR_INIT;
	struct json *doc = js_parse(body->p, body->n, &e);
	const struct json *header = js_get(js_get(doc, "XmlMsg"), "MessageHeader");
	const struct json *units = js_get(js_get(js_get(doc, "XmlMsg"), "MessageBody"),
	    "BulkConfirmUnit");
	struct order o = { NULL, js_len(units), SIZE_MAX };

	if (!js_has(header, "SegmentOfResult") || !js_has(header, "ReceptionNumber") ||
	    (units == NULL && segment(f) == NULL))
		goto out;
	/* one more: a unit may stand twice */
	if ((o.at = calloc(o.n + 1, sizeof(*o.at))) == NULL)
		goto out;
	for (size_t i = 0; i < o.n; i++)
		o.at[i] = i;
	rearrange(&o, f);
	buf_reset(body);
	write_all(body, header, units, &o, f);
out:
	free(o.at);
	js_free(doc);
}
