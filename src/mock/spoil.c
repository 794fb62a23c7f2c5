#include <string.h>

#include "mock/faults.h"
#include "mock/refusal.h"
#include "mock/service.h"

static void	copy(struct jw *w, const char *key, const struct json *v, const struct fault *f);

/* Another value of the same shape: each digit and letter moved on by one. */
static void
write_other(struct jw *w, const char *key, const struct json *v)
{
	const char *s = js_as_str(v);
	struct buf b = BUF_INIT;

	for (; s != NULL && *s != '\0'; s++) {
		if (*s >= '0' && *s <= '9')
			buf_addc(&b, (char)('0' + (*s - '0' + 1) % 10));
		else if (*s >= 'a' && *s <= 'f')
			buf_addc(&b, (char)('a' + (*s - 'a' + 1) % 6));
		else
			buf_addc(&b, *s);
	}
	jw_str(w, key, b.p != NULL ? b.p : "1");
	buf_free(&b);
}

static void
write_spoiled(struct jw *w, const char *key, const struct json *v, const struct fault *f)
{
	switch (f->kind) {
	case FAULT_MISSING_FIELD:
		return;
	case FAULT_WRONG_TYPES:
		if (js_type(v) == JS_STRING)
			jw_int(w, key, 1);
		else
			jw_str(w, key, "1");
		return;
	case FAULT_UNKNOWN_CODE:
		jw_str(w, key, "Z9");
		return;
	case FAULT_DUPLICATE_KEYS:
		jw_json(w, key, v);
		jw_json(w, key, v);
		return;
	case FAULT_WRONG_ECHO:
		write_other(w, key, v);
		return;
	default:
		jw_json(w, key, f->value);
		return;
	}
}

static void
copy_members(struct jw *w, const struct json *o, const struct fault *f)
{
	struct js_iter it = js_members(o);

	while (js_next(&it)) {
		if (strcmp(it.key, f->field) == 0)
			write_spoiled(w, it.key, it.value, f);
		else
			copy(w, it.key, it.value, f);
	}
}

/* The answer as it was, but for every member called f->field. */
static void
copy(struct jw *w, const char *key, const struct json *v, const struct fault *f)
{
	switch (js_type(v)) {
	case JS_OBJECT:
		jw_open(w, key, '{');
		copy_members(w, v, f);
		jw_close(w, '}');
		return;
	case JS_ARRAY:
		jw_open(w, key, '[');
		for (size_t i = 0; i < js_len(v); i++)
			copy(w, NULL, js_at(v, i), f);
		jw_close(w, ']');
		return;
	default:
		jw_json(w, key, v);
		return;
	}
}

static void
spoil_field(const struct fault *f, struct buf *body)
{
	struct err e = ERR_INIT;
	struct json *doc = js_parse(body->p, body->n, &e);
	struct jw w = { body, false };

	if (doc == NULL)
		return;
	buf_reset(body);
	copy(&w, NULL, doc, f);
	js_free(doc);
}

static void
write_refusal(enum refusal_code code, int status, struct spoiled *s, struct buf *body)
{
	struct refusal why = { .code = code, .detail = "by order of the faults file" };
	struct reply r = { .body = *body };

	service_refuse(&r, &why);
	*body = r.body;
	s->status = status != 0 ? status : r.status;
}

/* The error whose status this is, so that the body fits the status. */
static enum refusal_code
code_of_status(long long status)
{
	for (enum refusal_code c = 0; c < REFUSAL_MAX; c++)
		if (refusal_status(c) == status)
			return c;
	return REFUSAL_INTERNAL;
}

static void
write_nesting(long long levels, struct buf *body)
{
	buf_reset(body);
	for (long long i = 0; i < levels; i++)
		buf_addc(body, '[');
	for (long long i = 0; i < levels; i++)
		buf_addc(body, ']');
}

static void
put_before(struct buf *body, const char *bytes)
{
	struct buf b = BUF_INIT;

	buf_adds(&b, bytes);
	buf_add(&b, body->p, body->n);
	buf_free(body);
	*body = b;
}

static void
set_body(struct buf *body, const char *text)
{
	buf_reset(body);
	buf_adds(body, text);
}

/* Faults that answer instead of the service. */
static void
apply_early(const struct fault *f, struct spoiled *s, struct buf *body)
{
	s->retry_after = f->retry_after;
	switch (f->kind) {
	case FAULT_STATUS:
		write_refusal(code_of_status(f->amount), (int)f->amount, s, body);
		return;
	case FAULT_MAINTENANCE:
		write_refusal(REFUSAL_MAINTENANCE, 0, s, body);
		break;
	case FAULT_OVERLOADED:
		write_refusal(REFUSAL_OVERLOADED, 0, s, body);
		break;
	default:
		set_body(body, "");
		s->status = (int)f->amount;
		s->location = f->text;
		return;
	}
	if (s->retry_after < 0)
		s->retry_after = 30;
}

static void
apply_to_body(const struct fault *f, struct spoiled *s, struct buf *body)
{
	switch (f->kind) {
	case FAULT_DEEP_NESTING:
		write_nesting(f->amount, body);
		return;
	case FAULT_CUT_BODY:
		s->cut_at = f->amount;
		return;
	case FAULT_BIG_BODY:
		s->fill = f->amount;
		return;
	case FAULT_NOT_JSON:
		set_body(body, "<!DOCTYPE html><title>Bad Gateway</title>");
		return;
	case FAULT_EMPTY_BODY:
		set_body(body, "");
		return;
	case FAULT_BOM:
		put_before(body, "\xef\xbb\xbf");
		return;
	case FAULT_INVALID_UTF8:
		put_before(body, "{\"\xff\xc0\xaf\":");
		buf_addc(body, '}');
		return;
	case FAULT_BODY:
		set_body(body, f->text);
		s->status = (int)f->amount;
		return;
	default:
		spoil_field(f, body);
		return;
	}
}

void
fault_apply(const struct fault *f, struct spoiled *s, struct buf *body)
{
	if (f->kind <= FAULT_REDIRECT)
		apply_early(f, s, body);
	else if (f->kind == FAULT_LATENCY)
		s->latency_ms = f->amount;
	else if (f->kind == FAULT_DATE_SKEW)
		s->date_skew = f->amount;
	else if (f->kind == FAULT_SLOW_DRIP)
		s->drip = f->amount;
	else if (f->kind >= FAULT_BULK_PENDING)
		fault_apply_bulk(f, body);
	else
		apply_to_body(f, s, body);
}
