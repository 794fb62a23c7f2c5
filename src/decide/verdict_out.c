#include "decide/verdict_out.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "decide/explain.h"
#include "decide/trace_out.h"
#include "rules/terms.h"

static const char *
value_name(enum fact f, enum value v)
{
	return value_words(f, value_index(f, v))->name;
}

const char *
verdict_name(enum value verdict)
{
	return value_name(F_VERDICT, verdict);
}

const char *
path_name(const struct decision *d)
{
	return d->has_path ? value_name(F_PATH, d->path) : NULL;
}

const char *
basis_name(const struct decision *d)
{
	return d->percent != 0 ? value_name(F_BASIS, d->basis) : NULL;
}

/* 摘要欄: the word first, then what was declared (CLM-6, CLM-12). */
static void
declared_remarks(struct buf *b, const char *word, const struct declaration *said)
{
	buf_adds(b, word);
	if (said->address != NULL)
		buf_addf(b, " 住所:%s", said->address);
	if (said->employer != NULL)
		buf_addf(b, " 事業所名:%s", said->employer);
	if (said->contact != NULL)
		buf_addf(b, " 連絡先:%s", said->contact);
}

void
claim_text(const struct rulebase *rb, const struct facts *f, const struct decision *d,
    struct claim_text *out)
{
	const struct parameters *p = &rb->set.parameters;

	*out = (struct claim_text){ .basis = claim_words(d->claim)->name, .remarks = BUF_INIT };
	switch (d->claim) {
	case CLAIM_CURRENT:
	case CLAIM_SPECIAL:
		out->id = d->source;
		break;
	case CLAIM_PAST:
		out->id = f->online.result.id;
		buf_adds(&out->remarks, "旧資格情報");
		break;
	case CLAIM_UNKNOWN:
		out->id.insurer_number = p->unknown_insurer;
		out->id.number = p->unknown_number;
		declared_remarks(&out->remarks, "不詳", &f->statement);
		break;
	case CLAIM_DISASTER:
		out->id.insurer_number = p->disaster_insurer;
		out->id.number = p->disaster_number;
		declared_remarks(&out->remarks, "不詳", &f->disaster);
		break;
	case CLAIM_NONE:
		break;
	}
}

void
claim_text_free(struct claim_text *c)
{
	buf_free(&c->remarks);
}

static int
say_date(enum say_date which, const struct rule *r, const struct facts *f,
    const struct decision *d)
{
	switch (which) {
	case SAY_GRACE_END:
		return d->state.grace_end;
	case SAY_CERTIFICATE_END:
		return f->card.certificate_not_after;
	case SAY_DAY_BEFORE:
		return r->from - 1;
	default:
		return FACT_ABSENT;
	}
}

static void
add_said(struct said *list, int *n, const struct said *one)
{
	for (int i = 0; i < *n; i++)
		if (list[i].code == one->code)
			return;
	if (*n < SAID_MAX)
		list[(*n)++] = *one;
}

static int
collect(const struct rulebase *rb, const struct facts *f, const struct decision *d, bool warnings,
    struct said *out)
{
	const struct table *t = &rb->set.table[TABLE_ADVICE];
	int n = 0;

	for (int i = 0; i < t->rules; i++) {
		const struct rule *r = &t->rule[i];
		const struct say *say = warnings ? r->warning : r->follow_up;
		const int says = warnings ? r->warnings : r->follow_ups;

		for (int k = 0; (d->advice >> i & 1) && k < says; k++) {
			const struct text_words *w = &rb->text[say[k].text];

			add_said(out, &n, &(struct said){ w->code, w->ja, w->en,
			    say_date(say[k].date, r, f, d), NULL });
		}
	}
	return n;
}

/* The rules that decided were last checked too long before the visit. */
static void
say_stale(const struct rulebase *rb, const struct facts *f, const struct decision *d,
    struct said *list, int *n)
{
	const struct text_words *w = rulebase_text(rb, "rules_stale");

	if (w != NULL && f->visit_date > d->verified_until)
		add_said(list, n, &(struct said){ w->code, w->ja, w->en, d->verified_until, NULL });
}

int
decision_warnings(const struct rulebase *rb, const struct facts *f, const struct decision *d,
    bool ja, struct number_warning *w, struct said *out)
{
	int n = collect(rb, f, d, true, out);

	number_warn(rb, f, ja, w, out, &n);
	say_stale(rb, f, d, out, &n);
	return n;
}

int
decision_follow_ups(const struct rulebase *rb, const struct facts *f, const struct decision *d,
    struct said *out)
{
	return collect(rb, f, d, false, out);
}

void
said_by_program(const struct rulebase *rb, const char *code, const char *detail,
    struct said *list, int *n)
{
	const struct text_words *w = rulebase_text(rb, code);

	if (w != NULL)
		add_said(list, n, &(struct said){ w->code, w->ja, w->en, FACT_ABSENT, detail });
}

void
said_add(struct buf *b, const struct said *s, bool ja)
{
	const char *p = ja ? s->ja : s->en;
	char date[DATE_ISO_LEN + 1];

	while (*p != '\0') {
		const size_t plain = strcspn(p, "{");

		buf_add(b, p, plain);
		p += plain;
		if (fact_known(s->date) && strncmp(p, "{date}", 6) == 0) {
			date_format_iso(s->date, date);
			buf_adds(b, date);
			p += 6;
		} else if (strncmp(p, "{text}", 6) == 0) {
			buf_adds(b, s->detail != NULL ? s->detail : "");
			p += 6;
		} else if (*p != '\0') {
			buf_addc(b, *p++);
		}
	}
}

static void
write_says(struct jw *w, const char *key, const char *date_key, const struct said *list, int n,
    bool ja)
{
	struct buf text = BUF_INIT;
	char date[DATE_ISO_LEN + 1];

	jw_open(w, key, '[');
	for (int i = 0; i < n; i++) {
		jw_open(w, NULL, '{');
		jw_str(w, "code", list[i].code);
		if (fact_known(list[i].date)) {
			date_format_iso(list[i].date, date);
			jw_str(w, date_key, date);
		}
		buf_reset(&text);
		said_add(&text, &list[i], ja);
		jw_str(w, "text", text.p);
		jw_close(w, '}');
	}
	jw_close(w, ']');
	if (text.failed)
		buf_fail(w->b);
	buf_free(&text);
}

/* One allowed answer: null, true, false and numbers as such, else a string. */
static void
write_answer(struct jw *w, const char *word)
{
	if (strcmp(word, "null") == 0)
		jw_null(w, NULL);
	else if (strcmp(word, "true") == 0 || strcmp(word, "false") == 0)
		jw_bool(w, NULL, *word == 't');
	else if (*word >= '0' && *word <= '9')
		jw_int(w, NULL, (word[0] - '0') * 10 + (word[1] - '0'));
	else
		jw_str(w, NULL, word);
}

static void
write_answers(struct jw *w, const struct need *need)
{
	const char *p = question_info(need->question)->values;
	char word[32];
	int n;

	jw_open(w, "values", '[');
	for (; sscanf(p, "%31s%n", word, &n) == 1; p += n) {
		/* of the ratios only those that the law allows at that age */
		if (need->question == Q_COPAY_PERCENT && word[0] >= '1' && word[0] <= '3' &&
		    (need->percents >> (word[0] - '0') & 1) == 0)
			continue;
		write_answer(w, word);
	}
	jw_close(w, ']');
}

static void
write_needs(struct jw *w, const struct decision *d, bool ja)
{
	jw_open(w, "need", '[');
	for (int i = 0; i < d->needs; i++) {
		const struct question_info *q = question_info(d->need[i].question);

		jw_open(w, NULL, '{');
		jw_str(w, "fact", q->name);
		write_answers(w, &d->need[i]);
		jw_str(w, "question", ja ? q->ja : q->en);
		jw_close(w, '}');
	}
	jw_close(w, ']');
}

static void
write_claim(struct jw *w, const struct rulebase *rb, const struct facts *f,
    const struct decision *d)
{
	struct claim_text c;

	claim_text(rb, f, d, &c);
	jw_open(w, "claim", '{');
	jw_str(w, "basis", c.basis);
	jw_str(w, "insurer_number", c.id.insurer_number);
	jw_str(w, "symbol", c.id.symbol);
	jw_str(w, "number", c.id.number);
	jw_str(w, "branch", c.id.branch);
	jw_str(w, "remarks", c.remarks.n > 0 ? c.remarks.p : NULL);
	jw_close(w, '}');
	if (c.remarks.failed)
		buf_fail(w->b);
	claim_text_free(&c);
}

void
verdict_write(struct jw *w, const struct rulebase *rb, const struct facts *f,
    const struct decision *d, const struct verdict_options *o)
{
	struct said list[SAID_MAX];
	struct number_warning numbers;
	int n;

	if (f->id != NULL)
		jw_str(w, "id", f->id);
	jw_str(w, "verdict", verdict_name(d->verdict));
	jw_str(w, "path", path_name(d));
	if (d->percent != 0)
		jw_int(w, "copay_percent", d->percent);
	else
		jw_null(w, "copay_percent");
	jw_str(w, "copay_basis", basis_name(d));
	jw_bool(w, "provisional", d->provisional);
	write_claim(w, rb, f, d);
	write_needs(w, d, o->ja);
	n = decision_warnings(rb, f, d, o->ja, &numbers, list);
	for (int i = 0; i < o->mores; i++)
		add_said(list, &n, &o->more[i]);
	write_says(w, "warnings", "until", list, n, o->ja);
	n = decision_follow_ups(rb, f, d, list);
	write_says(w, "follow_up", "by", list, n, o->ja);
	jw_open(w, "rules", '{');
	jw_str(w, "edition", rb->edition);
	jw_str(w, "digest", rb->digest);
	jw_close(w, '}');
	if (o->trace) {
		explanation_write(w, rb, f, d, o->ja);
		trace_write(w, rb, d, o->ja);
	}
}

static void
write_error(struct jw *w, const char *id, long line, const struct facts_error *why, bool ja)
{
	jw_open(w, NULL, '{');
	if (id != NULL)
		jw_str(w, "id", id);
	jw_open(w, "error", '{');
	jw_str(w, "code", err_name(ERR_MALFORMED));
	jw_int(w, "exit", err_exit_status(ERR_MALFORMED));
	jw_bool(w, "retryable", false);
	jw_int(w, "line", line);
	jw_str(w, "key", why->key);
	jw_str(w, "reason", why->reason);
	jw_str(w, "text", err_text(ERR_MALFORMED, ja));
	jw_open(w, "next", '[');
	jw_close(w, ']');
	jw_close(w, '}');
	jw_close(w, '}');
}

int
decide_text(const struct rulebase *rb, const char *text, size_t n, long line,
    const struct decide_options *o, struct buf *out)
{
	struct verdict_options vo = { .ja = o->ja, .trace = o->trace };
	struct facts_error why = { "", "" };
	struct jw w = { out, false };
	struct err e = ERR_INIT;
	struct decision d;
	struct facts f;
	struct json *doc;
	struct said more[1];
	bool unknown = false;
	int rc = -1;

	facts_init(&f, FACT_UNASKED);
	if ((doc = js_parse(text, n, &e)) == NULL && e.code == ERR_NOMEM) {
		buf_fail(out);
		return -1;
	}
	if (doc == NULL) {
		snprintf(why.reason, sizeof(why.reason), "%.150s", e.msg);
		write_error(&w, NULL, line, &why, o->ja);
		return -1;
	}
	if (facts_read(doc, true, &f, &unknown, &why) < 0) {
		write_error(&w, f.id, line, &why, o->ja);
		goto out;
	}
	if (o->assume_none)
		facts_assume_none(&f);
	decide(&rb->set, &f, &d);
	rc = 0;
	if (o->write != NULL) {
		o->write(out, rb, &f, &d, o->ja);
		goto out;
	}
	if (unknown)
		said_by_program(rb, "unknown_element", NULL, more, &vo.mores);
	vo.more = more;
	jw_open(&w, NULL, '{');
	verdict_write(&w, rb, &f, &d, &vo);
	jw_close(&w, '}');
out:
	js_free(doc);
	return rc;
}
