#include "cli/out_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "cli/out_decision.h"
#include "desk/msg.h"

#define LINES_MAX	23	/* a screen of 24 with the prompt below */
#define CLAIM_DAY	10	/* of the next month */
#define BLOCKS_MAX	(2 * SAID_MAX)

/*
 * The screen as blocks in their order.  Those that matter least give way where
 * there are too many lines; what stands first stays.
 */
enum rank { ALWAYS, ACTION, MONEY, REMARK, REASON, LATER, SCOPE, BETTER, INFERRED, SOURCES };

struct screen {
	struct {
		struct buf	text;
		enum rank	rank;
	} block[BLOCKS_MAX];
	int	n;
};

/* Where the next block is written; what no longer fits is written to the last one. */
static struct buf *
block(struct screen *s, enum rank rank)
{
	if (s->n < BLOCKS_MAX)
		s->n++;
	s->block[s->n - 1].rank = rank;
	return &s->block[s->n - 1].text;
}

static void
put(struct screen *s, enum rank rank, enum msg head, bool ja, const char *text)
{
	out_paragraph(block(s, rank), head, ja, text);
}

static int
lines_of(const struct buf *b)
{
	int lines = 0;

	for (size_t i = 0; i < b->n; i++)
		lines += b->p[i] == '\n';
	return lines;
}

/* The last block of the highest rank that is still there; -1: only what stays. */
static int
least(const struct screen *s)
{
	int found = -1;

	for (int i = 0; i < s->n; i++)
		if (s->block[i].text.n > 0 && s->block[i].rank > ACTION &&
		    (found < 0 || s->block[i].rank >= s->block[found].rank))
			found = i;
	return found;
}

/* Takes out what does not fit; returns how many blocks that were. */
static int
make_room(struct screen *s)
{
	int lines = 0, taken = 0, i;

	for (i = 0; i < s->n; i++)
		lines += lines_of(&s->block[i].text);
	for (; lines > LINES_MAX - (taken > 0) && (i = least(s)) >= 0; taken++) {
		lines -= lines_of(&s->block[i].text);
		buf_free(&s->block[i].text);
	}
	return taken;
}

/* Whatever a name or the texts of a rule file are, the counter's screen is not scrolled. */
static void
cut_to_screen(struct buf *b)
{
	int lines = 0;

	for (size_t i = 0; i < b->n; i++)
		if (b->p[i] == '\n' && ++lines == LINES_MAX) {
			b->n = i + 1;
			b->p[b->n] = '\0';
		}
}

static void
show(struct buf *b, struct screen *s, bool ja)
{
	const int taken = make_room(s);
	char more[80];

	for (int i = 0; i < s->n; i++) {
		if (s->block[i].text.n > 0)
			buf_add(b, s->block[i].text.p, s->block[i].text.n);
		buf_free(&s->block[i].text);
	}
	cut_to_screen(b);
	if (taken == 0)
		return;
	msg_with_int(more, sizeof(more), MSG_MORE, ja, taken);
	if (lines_of(b) < LINES_MAX)
		out_paragraph(b, MSG_RULER, ja, more);
}

static void
add_born(struct buf *line, int birth, bool ja)
{
	char iso[DATE_ISO_LEN + 1], era[DATE_ERA_LEN + 1], both[96], born[160];

	date_format_iso(birth, iso);
	date_format_era(birth, era);
	snprintf(both, sizeof(both), ja ? "%s(%s)" : "%s", iso, era);
	msg_with(born, sizeof(born), MSG_BORN, ja, both);
	buf_addf(line, "  %s", born);
}

static void
add_person(struct screen *s, const struct checked *c)
{
	const struct json *p = answered_person(c->check);
	const char *name = js_str(p, "Name"), *kana = js_str(p, "NameKana");
	const int returned = c->check->facts.online.result.birthdate;
	struct buf line = BUF_INIT;

	buf_adds(&line, name != NULL ? name : msg(MSG_PERSON_UNKNOWN, c->ja));
	if (kana != NULL)
		buf_addf(&line, "  %s", kana);
	if (p != NULL && fact_known(returned))
		add_born(&line, returned, c->ja);
	else if (fact_known(c->decision->state.birthdate))
		add_born(&line, c->decision->state.birthdate, c->ja);
	put(s, ALWAYS, MSG_PERSON, c->ja, line.p != NULL ? line.p : "");
	buf_free(&line);
}

/* A birth date of our own that is another one: the verdict is a person's to make. */
static void
add_birthdate_difference(struct screen *s, const struct checked *c)
{
	const struct facts *f = &c->check->facts;
	char returned[DATE_ISO_LEN + 1], ours[DATE_ISO_LEN + 1], part[80];
	struct buf line = BUF_INIT;

	if (answered_person(c->check) == NULL || !fact_known(f->online.result.birthdate) ||
	    !fact_known(f->birthdate) || f->birthdate == f->online.result.birthdate)
		return;
	date_format_iso(f->online.result.birthdate, returned);
	date_format_iso(f->birthdate, ours);
	msg_with(part, sizeof(part), MSG_DIFFERS_BIRTHDATE, c->ja, returned);
	buf_adds(&line, part);
	msg_with(part, sizeof(part), MSG_DIFFERS_HERE, c->ja, ours);
	buf_adds(&line, part);
	put(s, ACTION, MSG_DIFFERS, c->ja, line.p != NULL ? line.p : "");
	buf_free(&line);
}

/* The same place written in another width, or with blanks, is the same. */
static bool
same_text(const char *a, const char *b)
{
	char *x = text_nfkc(a), *y = text_nfkc(b);
	bool same = false;

	if (x != NULL && y != NULL) {
		size_t i = 0, k = 0;

		do {
			i += strspn(x + i, " ");
			k += strspn(y + k, " ");
		} while (x[i] == y[k] && x[i] != '\0' && (i++, k++, true));
		same = x[i] == '\0' && y[k] == '\0';
	}
	free(x);
	free(y);
	return same;
}

static void
add_address_difference(struct screen *s, const struct checked *c)
{
	const struct facts *f = &c->check->facts;
	const char *returned = js_str(answered_person(c->check), "Address");
	const char *ours = f->statement.address != NULL ? f->statement.address :
	    f->disaster.address;
	char line[1024];

	if (returned == NULL || ours == NULL || same_text(returned, ours))
		return;
	msg_with(line, sizeof(line), MSG_DIFFERS_ADDRESS, c->ja, returned);
	put(s, LATER, MSG_DIFFERS, c->ja, line);
}

static void
add_pays(struct screen *s, const struct checked *c)
{
	char text[80];

	if (c->points == 0 || ratio_to_pay(c) == 0)
		return;
	msg_with_int(text, sizeof(text), MSG_POINTS, c->ja,
	    pays_yen(c->points, ratio_to_pay(c)));
	put(s, ALWAYS, MSG_PAYS, c->ja, text);
}

/* What the clinic decided, who and why, and what that does not do. */
static void
add_override(struct screen *s, const struct checked *c)
{
	char by[256];
	struct buf line = BUF_INIT;

	if (c->override.percent == 0)
		return;
	buf_adds(&line, c->override.reason);
	msg_with(by, sizeof(by), MSG_OVERRIDE_BY, c->ja, c->override.operator_id);
	buf_adds(&line, by);
	put(s, ACTION, MSG_OVERRIDE_HEAD, c->ja, line.p != NULL ? line.p : "");
	if (c->check->facts.visit == VISIT_FIRST)
		put(s, REMARK, MSG_WARNING, c->ja, msg(MSG_OVERRIDE_FIRST, c->ja));
	buf_free(&line);
}

static bool
card_or_reader_failed(const struct facts *f)
{
	return f->card.read == READ_UNREADABLE || f->card.read == READ_READER_FAULT;
}

/* Card, reader or service do not work; a refusal is an answer, though not a good one. */
static bool
is_outage(const struct check *k)
{
	const struct facts *f = &k->facts;

	if (k->asked && k->answer.outcome != ELIG_ANSWERED && k->answer.refusal == REFUSAL_NONE)
		return true;
	return card_or_reader_failed(f) ||
	    (!k->asked && f->online.presence == FACT_ABSENT && f->card.medium == MEDIUM_CARD);
}

/* What else the desk can do meanwhile. */
static void
add_outage(struct screen *s, const struct checked *c)
{
	const struct check *k = c->check;

	if (card_or_reader_failed(&k->facts))
		put(s, ACTION, MSG_OUTAGE, c->ja, msg(MSG_OUTAGE_OTHER_CARD, c->ja));
	if (!is_outage(k))
		return;
	if (!fact_known(k->facts.card.medium) || k->facts.card.medium == MEDIUM_CARD)
		put(s, ACTION, MSG_OUTAGE, c->ja, msg(MSG_OUTAGE_FACE, c->ja));
	put(s, ACTION, MSG_OUTAGE, c->ja, msg(MSG_OUTAGE_DESK, c->ja));
}

/* Said in other words, with what belongs to it, elsewhere on the screen. */
static bool
is_told(const struct checked *c, const char *code)
{
	static const char *const codes[] = { "no_limit_category", "refund_claim",
		"recompute_this_month", "refund_special" };

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (strcmp(code, codes[i]) == 0)
			return true;
	return strcmp(code, "copy_card_face") == 0 && is_outage(c->check);
}

/* Until when it is owed where the rules have no day: claims go out about the 10th (REF-3). */
static void
add_claim_day(struct buf *line, const struct checked *c, const struct said *said)
{
	char date[DATE_ISO_LEN + 1], until[96];

	if (strcmp(said->code, "verify_online_later") != 0 || fact_known(said->date))
		return;
	date_format_iso(date_end_of_month(c->check->facts.visit_date) + CLAIM_DAY, date);
	msg_with(until, sizeof(until), MSG_BEFORE_CLAIM, c->ja, date);
	buf_adds(line, until);
}

static void
add_said(struct screen *s, const struct checked *c, const struct said *list, int n, enum msg head,
    enum rank rank)
{
	struct buf line = BUF_INIT;

	for (int i = 0; i < n; i++) {
		if (is_told(c, list[i].code))
			continue;
		buf_reset(&line);
		said_add(&line, &list[i], c->ja);
		if (strcmp(list[i].code, "clinic_may_decide") == 0 && c->override.percent == 0)
			buf_addf(&line, "%s%s", c->ja ? "。" : "; ",
			    msg(MSG_OVERRIDE_HOW, c->ja));
		add_claim_day(&line, c, &list[i]);
		put(s, rank, head, c->ja, line.p != NULL ? line.p : "");
	}
	buf_free(&line);
}

static void
add_advice(struct screen *s, const struct checked *c)
{
	struct number_warning numbers;
	struct said list[SAID_MAX];
	int n = decision_warnings(c->rb, &c->check->facts, c->decision, c->ja, &numbers, list);

	for (int i = 0; i < c->check->warnings; i++)
		said_by_program(c->rb, c->check->warning[i], c->check->answer.message, list, &n);
	add_said(s, c, list, n, MSG_WARNING, REMARK);
	n = decision_follow_ups(c->rb, &c->check->facts, c->decision, list);
	add_said(s, c, list, n, MSG_NEXT, LATER);
}

/* OUT-2, OUT-3: what this verdict does not speak of. */
static void
add_outside(struct screen *s, const struct checked *c)
{
	const struct json *tickets = js_get(answered_person(c->check), "PublicExpenseResultList");
	const struct facts *f = &c->check->facts;

	if (f->online.result.card_class == CLASS_PUBLIC_ASSISTANCE || f->online.validity == 6)
		put(s, ACTION, MSG_OUTSIDE, c->ja, msg(MSG_OUTSIDE_AID, c->ja));
	else if (tickets != NULL)
		put(s, ACTION, MSG_OUTSIDE, c->ja, msg(MSG_OUTSIDE_TICKET, c->ja));
	else if (ratio_to_pay(c) != 0)
		put(s, SCOPE, MSG_OUTSIDE, c->ja, msg(MSG_OUTSIDE_PLAIN, c->ja));
}

/* Nothing stands in the 摘要欄 but 不詳: what belongs there is on the form (CLM-6). */
static bool
nothing_declared(const struct checked *c)
{
	const struct facts *f = &c->check->facts;
	const struct declaration *said = c->decision->claim == CLAIM_UNKNOWN ? &f->statement :
	    &f->disaster;

	return (c->decision->claim == CLAIM_UNKNOWN || c->decision->claim == CLAIM_DISASTER) &&
	    said->address == NULL && said->employer == NULL && said->contact == NULL;
}

static void
add_claim(struct screen *s, const struct checked *c, const struct told *t)
{
	if (c->override.percent != 0)
		put(s, ALWAYS, MSG_CLAIM, c->ja, msg(MSG_OVERRIDE_CLAIM, c->ja));
	else
		out_claim(block(s, ALWAYS), t);
	if (nothing_declared(c))
		put(s, MONEY, MSG_CLAIM, c->ja, msg(MSG_CLAIM_GO_ON, c->ja));
}

static void
add_why(struct screen *s, const struct checked *c, const struct told *t)
{
	const struct err *failure = &c->check->error;
	struct buf before = BUF_INIT;
	char tries[64] = "";

	if (failure->tries_left >= 0)
		msg_with_int(tries, sizeof(tries), MSG_TRIES_LEFT, c->ja, failure->tries_left);
	if (failure->code != ERR_NONE)
		buf_addf(&before, "%s%s%s", err_text(failure->code, c->ja), tries,
		    c->ja ? "。" : ". ");
	out_why(block(s, REASON), t, before.p != NULL ? before.p : "");
	buf_free(&before);
}

/* The ratio first; the only line with colour, which says nothing that the words do not. */
static void
add_verdict(struct buf *b, const struct checked *c, const struct told *t)
{
	const enum value verdict = c->decision->verdict;

	if (c->colour)
		buf_adds(b, ratio_to_pay(c) == 0 ? "\033[1;33m" :
		    verdict == V_VERDICT_INSURED ? "\033[1;32m" : "\033[1;31m");
	out_ratio(b, ratio_to_pay(c), c->ja);
	if (c->override.percent != 0) {
		buf_adds(b, msg(MSG_OVERRIDE, c->ja));
		out_ratio(b, c->decision->percent, c->ja);
	}
	out_verdict_words(b, t);
	buf_adds(b, c->colour ? "\033[0m\n" : "\n");
}

void
out_check_text(struct buf *b, const struct checked *c)
{
	const struct told t = { c->rb, &c->check->facts, c->decision, c->ja };
	struct screen s = { .n = 0 };
	struct buf line = BUF_INIT;

	add_verdict(block(&s, ALWAYS), c, &t);
	add_person(&s, c);
	add_birthdate_difference(&s, c);
	add_override(&s, c);
	add_pays(&s, c);
	out_questions(block(&s, ALWAYS), &t);
	out_patient(&line, c);
	put(&s, ACTION, MSG_TELL, c->ja, line.p != NULL ? line.p : "");
	add_claim(&s, c, &t);
	out_refund(block(&s, ACTION), c);
	out_limit(block(&s, MONEY), c);
	add_outage(&s, c);
	add_why(&s, c, &t);
	add_advice(&s, c);
	add_outside(&s, c);
	add_address_difference(&s, c);
	out_better(block(&s, BETTER), &t);
	out_inferred(block(&s, INFERRED), &t);
	out_sources(block(&s, SOURCES), &t);
	if (c->test_mode)
		put(&s, ALWAYS, MSG_RULER, c->ja, msg(MSG_TEST_MODE, c->ja));
	show(b, &s, c->ja);
	buf_free(&line);
}
