#include "cli/out_decision.h"

#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "cli/next.h"
#include "decide/explain.h"
#include "desk/msg.h"

#define COLUMNS		80
#define INDENT_JA	6	/* two wide characters and two spaces */
#define INDENT_EN	9
#define ARROW		"-> "

/* A head in a column of its own, then text that is wrapped beside it. */
void
out_paragraph(struct buf *b, enum msg head, bool ja, const char *text)
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

void
out_note(struct buf *b, const char *text, const char *step, bool apart, bool ja)
{
	const int indent = (ja ? INDENT_JA : INDENT_EN) + (int)strlen(ARROW);
	struct buf line = BUF_INIT;

	/* some warnings are steps themselves */
	if (step != NULL && strcmp(step, text) == 0)
		step = NULL;
	buf_adds(&line, text);
	if (step != NULL && !apart)
		buf_addf(&line, " " ARROW "%s", step);
	out_paragraph(b, MSG_WARNING, ja, line.p != NULL ? line.p : "");
	if (step != NULL && apart) {
		buf_reset(&line);
		text_add_wrapped(&line, step, indent, COLUMNS - 2);
		buf_addf(b, "%*s%s", indent, ARROW, line.p != NULL ? line.p + indent : "\n");
	}
	buf_free(&line);
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

void
out_ratio(struct buf *b, int percent, bool ja)
{
	if (percent == 0)
		buf_adds(b, ja ? "【負担割合 未定】" : "[ratio open] ");
	else if (ja)
		buf_addf(b, "【%d割】", percent / 10);
	else
		buf_addf(b, "[%d%%] ", percent);
}

void
out_verdict_words(struct buf *b, const struct told *t)
{
	const struct decision *d = t->d;

	buf_adds(b, msg(verdict_msg(d->verdict), t->ja));
	if (d->provisional)
		buf_addf(b, t->ja ? "(%s)" : " (%s)", msg(MSG_PROVISIONAL, t->ja));
	if (d->has_path) {
		const struct words *w = value_words(F_PATH, value_index(F_PATH, d->path));

		buf_addf(b, "  %s", t->ja ? w->ja : w->en);
	}
}

void
out_verdict(struct buf *b, const struct told *t)
{
	out_ratio(b, t->d->percent, t->ja);
	out_verdict_words(b, t);
	buf_addc(b, '\n');
}

static const struct rule_words *
applied(const struct told *t, enum table_id id)
{
	const struct fare *fare = &t->d->fare[id];

	return fare->run && fare->hit >= 0 && !fare->asks ? &t->rb->words[id][fare->hit] : NULL;
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

/* The rules that decided, of the ladder and of the ratio; NULL where there is none. */
static void
deciding(const struct told *t, const struct rule_words **ladder, const struct rule_words **ratio)
{
	*ladder = t->d->impossible < 0 ? applied(t, TABLE_LADDER) :
	    &t->rb->words[TABLE_IMPOSSIBLE][t->d->impossible];
	*ratio = applied(t, TABLE_RATIO);
}

void
out_why(struct buf *b, const struct told *t, const char *before)
{
	const struct rule_words *ladder, *ratio;
	struct buf line = BUF_INIT;

	deciding(t, &ladder, &ratio);
	buf_adds(&line, before);
	if (ladder != NULL)
		add_rule(&line, ladder, "", t->ja);
	if (ratio != NULL)
		add_rule(&line, ratio, ladder == NULL ? "" : t->ja ? "、" : ", ", t->ja);
	/* a question has no reason but itself */
	if (line.n > 0)
		out_paragraph(b, MSG_WHY, t->ja, line.p);
	buf_free(&line);
}

void
out_sources(struct buf *b, const struct told *t)
{
	const struct rule_words *ladder, *ratio;
	struct buf line = BUF_INIT;

	deciding(t, &ladder, &ratio);
	if (ladder != NULL)
		add_source(&line, ladder);
	if (ratio != NULL)
		add_source(&line, ratio);
	if (line.n > 0)
		out_paragraph(b, MSG_SOURCE, t->ja, line.p);
	buf_free(&line);
}

void
out_inferred(struct buf *b, const struct told *t)
{
	struct buf returned = BUF_INIT, inferred = BUF_INIT;

	explain_facts(t->f, t->d, t->ja, &returned, &inferred);
	if (returned.n > 0)
		out_paragraph(b, MSG_RETURNED, t->ja, returned.p);
	if (inferred.n > 0)
		out_paragraph(b, MSG_INFERRED, t->ja, inferred.p);
	buf_free(&returned);
	buf_free(&inferred);
}

void
out_better(struct buf *b, const struct told *t)
{
	struct near_miss near[NEAR_MAX];
	struct buf line = BUF_INIT;

	near_misses_add(&line, near, near_misses(t->rb, t->f, t->d, near), t->ja);
	if (line.n > 0)
		out_paragraph(b, MSG_ELSE, t->ja, line.p);
	buf_free(&line);
}

static void
add_member(struct buf *b, enum msg name, const char *value, bool ja)
{
	if (value != NULL)
		buf_addf(b, "%s%s %s", b->n > 0 ? "  " : "", msg(name, ja), value);
}

void
out_claim(struct buf *b, const struct told *t)
{
	struct buf line = BUF_INIT;
	struct claim_text claim;

	if (t->d->percent == 0)
		return;
	claim_text(t->rb, t->f, t->d, &claim);
	if (t->d->claim == CLAIM_NONE)
		buf_adds(&line, msg(MSG_NO_CLAIM, t->ja));
	if (t->d->claim == CLAIM_SPECIAL)
		buf_adds(&line, msg(MSG_SPECIAL_CLAIM, t->ja));
	add_member(&line, MSG_INSURER_NUMBER, claim.id.insurer_number, t->ja);
	add_member(&line, MSG_SYMBOL, claim.id.symbol, t->ja);
	add_member(&line, MSG_NUMBER, claim.id.number, t->ja);
	add_member(&line, MSG_BRANCH, claim.id.branch, t->ja);
	if (claim.remarks.n > 0)
		add_member(&line, MSG_REMARKS, claim.remarks.p, t->ja);
	if (line.n == 0)
		buf_adds(&line, msg(MSG_CLAIM_FROM_PAPER, t->ja));
	out_paragraph(b, MSG_CLAIM, t->ja, line.p != NULL ? line.p : "");
	claim_text_free(&claim);
	buf_free(&line);
}

void
out_questions(struct buf *b, const struct told *t)
{
	for (int i = 0; i < t->d->needs; i++) {
		const struct question_info *q = question_info(t->d->need[i].question);

		out_paragraph(b, MSG_QUESTION, t->ja, t->ja ? q->ja : q->en);
	}
}

void
out_says(struct buf *b, const struct said *list, int n, enum msg head, bool ja)
{
	struct buf line = BUF_INIT;

	for (int i = 0; i < n; i++) {
		buf_reset(&line);
		said_add(&line, &list[i], ja);
		if (head == MSG_WARNING)
			out_note(b, line.p != NULL ? line.p : "", warning_next(list[i].code, ja),
			    true, ja);
		else
			out_paragraph(b, head, ja, line.p != NULL ? line.p : "");
	}
	buf_free(&line);
}

void
out_reasons(struct buf *b, const struct told *t, const char *before)
{
	out_why(b, t, before);
	out_sources(b, t);
	out_inferred(b, t);
	out_better(b, t);
	out_claim(b, t);
	out_questions(b, t);
}
