#include "cli/out_check.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "cli/out_error.h"
#include "desk/msg.h"

#define COLUMNS		80
#define INDENT_JA	6	/* two wide characters and two spaces */
#define INDENT_EN	9
#define LINES_MAX	24

long long
pays_yen(int points, int percent)
{
	/* points are 10 yen each; under 5 yen is dropped, 5 and more is raised */
	const long long yen = (long long)points * 10 * percent / 100;

	return (yen + 5) / 10 * 10;
}

/* A head in a column of its own, then text that is wrapped beside it. */
static void
paragraph(struct buf *b, enum msg head, bool ja, const char *text)
{
	struct buf body = BUF_INIT;
	const int indent = ja ? INDENT_JA : INDENT_EN;
	const int pad = indent - text_width(msg(head, ja));

	/* two columns are left for a mark that may not begin a line */
	text_add_wrapped(&body, text, indent, COLUMNS - 2);
	buf_addf(b, "%s%*s%s", msg(head, ja), pad > 0 ? pad : 1, "",
	    body.p != NULL ? body.p + indent : "\n");
	buf_free(&body);
}

static enum msg
verdict_msg(enum value verdict)
{
	switch (verdict) {
	case V_VERDICT_INSURED:
		return MSG_INSURED;
	case V_VERDICT_SELF_PAY:
		return MSG_SELF_PAY;
	case V_VERDICT_NEED:
		return MSG_NEED;
	default:
		return MSG_REFER;
	}
}

/* 【3割】 ... : the ratio, the verdict, and what it stands on. */
static void
add_verdict(struct buf *b, const struct checked *c)
{
	const struct decision *d = c->decision;
	const enum value path = d->path;

	if (d->percent == 0)
		buf_adds(b, c->ja ? "【負担割合 未定】" : "[ratio open] ");
	else if (c->ja)
		buf_addf(b, "【%d割】", d->percent / 10);
	else
		buf_addf(b, "[%d%%] ", d->percent);
	buf_adds(b, msg(verdict_msg(d->verdict), c->ja));
	if (d->provisional)
		buf_addf(b, "(%s)", msg(MSG_PROVISIONAL, c->ja));
	if (d->has_path) {
		const struct words *w = value_words(F_PATH, value_index(F_PATH, path));

		buf_addf(b, "  %s", c->ja ? w->ja : w->en);
	}
	buf_addc(b, '\n');
}

static const struct json *
person(const struct check *c)
{
	return c->answer.outcome == ELIG_ANSWERED && c->facts.online.results >= 1 ?
	    js_at(c->answer.results, (size_t)c->facts.online.chosen) : NULL;
}

static void
add_person(struct buf *b, const struct checked *c)
{
	const struct json *p = person(c->check);
	const char *name = js_str(p, "Name"), *kana = js_str(p, "NameKana");
	char date[DATE_ISO_LEN + 1], born[64];
	struct buf line = BUF_INIT;

	buf_adds(&line, name != NULL ? name : msg(MSG_PERSON_UNKNOWN, c->ja));
	if (kana != NULL)
		buf_addf(&line, "  %s", kana);
	if (fact_known(c->decision->state.birthdate)) {
		date_format_iso(c->decision->state.birthdate, date);
		msg_with(born, sizeof(born), MSG_BORN, c->ja, date);
		buf_addf(&line, "  %s", born);
	}
	paragraph(b, MSG_PERSON, c->ja, line.p != NULL ? line.p : "");
	buf_free(&line);
}

static const struct rule_words *
applied(const struct checked *c, enum table_id t)
{
	const struct fare *fare = &c->decision->fare[t];

	return fare->run && fare->hit >= 0 && !fare->asks ? &c->rb->words[t][fare->hit] : NULL;
}

static void
add_failure(struct buf *b, const struct err *failure, bool ja)
{
	char tries[64] = "";

	if (failure->tries_left >= 0)
		msg_with_int(tries, sizeof(tries), MSG_TRIES_LEFT, ja, failure->tries_left);
	buf_addf(b, "%s%s%s", err_text(failure->code, ja), tries, ja ? "。" : ". ");
}

/* The first source of a rule: the screen is for the counter, the JSON has them all. */
static void
add_source(struct buf *b, const struct rule_words *w)
{
	const size_t n = strcspn(w->source, ";");

	if (b->n == 0 || strncmp(b->p, w->source, n) != 0) {
		if (b->n > 0)
			buf_adds(b, " / ");
		buf_add(b, w->source, n);
	}
}

static void
add_rule(struct buf *b, const struct rule_words *w, const char *before, bool ja)
{
	buf_addf(b, "%s%s%s(%s)", before, ja ? w->ja : w->en, ja ? "" : " ", w->id);
}

/* The failure that became a fact, then the rules that decided. */
static void
add_why(struct buf *b, const struct checked *c)
{
	const struct rule_words *ladder = applied(c, TABLE_LADDER), *ratio = applied(c, TABLE_RATIO);
	const struct err *failure = &c->check->error;
	struct buf line = BUF_INIT;

	if (failure->code != ERR_NONE)
		add_failure(&line, failure, c->ja);
	if (c->check->answer.outcome == ELIG_ANSWERED && c->check->answer.validity > '1')
		buf_adds(&line, msg((enum msg)(MSG_VALIDITY_2 + (c->check->answer.validity - '2')),
		    c->ja));
	if (ladder != NULL)
		add_rule(&line, ladder, "", c->ja);
	if (ratio != NULL)
		add_rule(&line, ratio, ladder == NULL ? "" : c->ja ? "、" : ", ", c->ja);
	if (c->decision->basis == V_BASIS_AGE)
		buf_addf(&line, "%s%s", c->ja ? "。" : "; ", msg(MSG_RATIO_FROM_AGE, c->ja));
	paragraph(b, MSG_WHY, c->ja, line.p != NULL ? line.p : "");
	buf_reset(&line);
	if (ladder != NULL)
		add_source(&line, ladder);
	if (ratio != NULL)
		add_source(&line, ratio);
	if (line.n > 0)
		paragraph(b, MSG_SOURCE, c->ja, line.p);
	buf_free(&line);
}

static void
add_member(struct buf *b, enum msg name, const char *value, bool ja)
{
	if (value != NULL)
		buf_addf(b, "%s%s %s", b->n > 0 ? "  " : "", msg(name, ja), value);
}

static void
add_claim(struct buf *b, const struct checked *c)
{
	struct buf line = BUF_INIT;
	struct claim_text claim;

	if (c->decision->percent == 0)
		return;
	claim_text(c->rb, &c->check->facts, c->decision, &claim);
	if (c->decision->claim == CLAIM_NONE)
		buf_adds(&line, msg(MSG_NO_CLAIM, c->ja));
	if (c->decision->claim == CLAIM_SPECIAL)
		buf_adds(&line, msg(MSG_SPECIAL_CLAIM, c->ja));
	add_member(&line, MSG_INSURER_NUMBER, claim.id.insurer_number, c->ja);
	add_member(&line, MSG_SYMBOL, claim.id.symbol, c->ja);
	add_member(&line, MSG_NUMBER, claim.id.number, c->ja);
	add_member(&line, MSG_BRANCH, claim.id.branch, c->ja);
	if (claim.remarks.n > 0)
		add_member(&line, MSG_REMARKS, claim.remarks.p, c->ja);
	if (line.n == 0)
		buf_adds(&line, msg(MSG_CLAIM_FROM_PAPER, c->ja));
	paragraph(b, MSG_CLAIM, c->ja, line.p != NULL ? line.p : "");
	claim_text_free(&claim);
	buf_free(&line);
}

static void
add_says(struct buf *b, const struct said *list, int n, enum msg head, bool ja)
{
	struct buf line = BUF_INIT;

	for (int i = 0; i < n; i++) {
		buf_reset(&line);
		said_add(&line, &list[i], ja);
		paragraph(b, head, ja, line.p != NULL ? line.p : "");
	}
	buf_free(&line);
}

static void
add_questions(struct buf *b, const struct checked *c)
{
	for (int i = 0; i < c->decision->needs; i++) {
		const struct question_info *q = question_info(c->decision->need[i].question);

		paragraph(b, MSG_QUESTION, c->ja, c->ja ? q->ja : q->en);
	}
}

static int
all_warnings(const struct checked *c, struct said *list)
{
	int n = decision_warnings(c->rb, &c->check->facts, c->decision, list);

	for (int i = 0; i < c->check->warnings; i++)
		said_by_program(c->rb, c->check->warning[i], c->check->answer.message, list, &n);
	return n;
}

static void
add_pays(struct buf *b, const struct checked *c)
{
	char text[80];

	if (c->points == 0 || c->decision->percent == 0)
		return;
	msg_with_int(text, sizeof(text), MSG_POINTS, c->ja,
	    pays_yen(c->points, c->decision->percent));
	paragraph(b, MSG_PAYS, c->ja, text);
}

/* Whatever the texts of a rule file are, the counter's screen is not scrolled. */
static void
cut_to_screen(struct buf *b)
{
	size_t lines = 0;

	for (size_t i = 0; i < b->n; i++)
		if (b->p[i] == '\n' && ++lines == LINES_MAX - 1) {
			b->n = i + 1;
			b->p[b->n] = '\0';
		}
}

void
out_check_text(struct buf *b, const struct checked *c)
{
	struct said list[SAID_MAX];
	int n;

	add_verdict(b, c);
	add_person(b, c);
	add_pays(b, c);
	add_why(b, c);
	add_claim(b, c);
	add_questions(b, c);
	n = all_warnings(c, list);
	add_says(b, list, n, MSG_WARNING, c->ja);
	n = decision_follow_ups(c->rb, &c->check->facts, c->decision, list);
	add_says(b, list, n, MSG_NEXT, c->ja);
	if (c->test_mode)
		paragraph(b, MSG_RULER, c->ja, msg(MSG_TEST_MODE, c->ja));
	cut_to_screen(b);
}

/* The value a fact was given by the machine, by its name in the contract. */
static void
write_enum(struct jw *w, const char *key, const char *const *names, int v)
{
	jw_str(w, key, fact_known(v) ? names[v] : NULL);
}

static void
write_card(struct jw *w, const struct check *c)
{
	static const char *const media[] = { "card", "phone", "none" };
	static const char *const reads[] = { "ok", "unreadable", "reader_fault", "not_my_number" };
	static const char *const ids[] = { "pin", "face", "visual", "pin_locked", "failed" };
	const struct facts *f = &c->facts;
	char date[DATE_ISO_LEN + 1];

	jw_open(w, "card", '{');
	jw_str(w, "reader", c->card_seen ? c->card.reader : NULL);
	write_enum(w, "medium", media, f->card.medium);
	write_enum(w, "read", reads, f->card.read);
	write_enum(w, "identity", ids, f->card.identity);
	if (c->card_seen && c->card.tries_left >= 0)
		jw_int(w, "tries_left", c->card.tries_left);
	else
		jw_null(w, "tries_left");
	if (fact_known(f->card.certificate_not_after)) {
		date_format_iso(f->card.certificate_not_after, date);
		jw_str(w, "certificate_not_after", date);
	} else {
		jw_null(w, "certificate_not_after");
	}
	jw_close(w, '}');
}

static void
write_online(struct jw *w, const struct check *c)
{
	const char validity[2] = { c->answer.validity, '\0' };

	if (!c->asked) {
		jw_null(w, "online");
		return;
	}
	jw_open(w, "online", '{');
	jw_str(w, "outcome", elig_outcome_name(c->answer.outcome));
	jw_str(w, "by", c->answer.by == ELIG_BY_CARD ? "card" : "number");
	jw_str(w, "QualificationValidity", c->answer.validity != '\0' ? validity : NULL);
	jw_close(w, '}');
}

void
out_check_json(struct buf *b, const struct checked *c)
{
	struct said more[CHECK_WARNINGS_MAX];
	struct verdict_options o = { .ja = c->ja, .trace = c->trace, .more = more };
	char date[DATE_ISO_LEN + 1];
	struct jw w = { b, false };

	for (int i = 0; i < c->check->warnings; i++)
		said_by_program(c->rb, c->check->warning[i], c->check->answer.message, more,
		    &o.mores);
	jw_open(&w, NULL, '{');
	verdict_write(&w, c->rb, &c->check->facts, c->decision, &o);
	jw_open(&w, "check", '{');
	date_format_iso(c->check->facts.visit_date, date);
	jw_str(&w, "visit_date", date);
	write_card(&w, c->check);
	write_online(&w, c->check);
	if (c->check->error.code == ERR_NONE)
		jw_null(&w, "error");
	else
		out_error(&w, "error", &c->check->error, c->ja);
	jw_close(&w, '}');
	jw_close(&w, '}');
	buf_addc(b, '\n');
}
