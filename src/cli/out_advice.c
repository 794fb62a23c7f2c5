#include <string.h>

#include "base/date.h"
#include "cli/debts.h"
#include "cli/next.h"
#include "cli/out_check.h"
#include "cli/out_decision.h"
#include "desk/msg.h"

#define CLAIM_DAY	10	/* of the next month */

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

int
claim_day(int visit_date)
{
	return date_end_of_month(visit_date) + CLAIM_DAY;
}

int
follow_up_day(const struct checked *c, const struct said *said)
{
	if (fact_known(said->date) || strcmp(said->code, DEBT_VERIFY) != 0)
		return said->date;
	return claim_day(c->check->facts.visit_date);
}

/* Where the rules have no day. */
static void
add_claim_day(struct buf *line, const struct checked *c, const struct said *said)
{
	const int day = follow_up_day(c, said);
	char date[DATE_ISO_LEN + 1], until[96];

	if (!fact_known(day) || fact_known(said->date))
		return;
	date_format_iso(day, date);
	msg_with(until, sizeof(until), MSG_BEFORE_CLAIM, c->ja, date);
	buf_adds(line, until);
}

static void
add_how(struct buf *line, const struct checked *c, enum msg how)
{
	buf_addf(line, "%s%s", c->ja ? "。" : "; ", msg(how, c->ja));
}

/* Nobody has been asked yet whether it is to be done at once. */
static bool
asks_to_register(const struct decision *d)
{
	return d->needs > 0 && d->need[0].question == Q_REGISTERED;
}

static void
add_text(struct buf *line, const struct checked *c, const struct said *said)
{
	said_add(line, said, c->ja);
	if (strcmp(said->code, "clinic_may_decide") == 0 && c->override.percent == 0)
		add_how(line, c, MSG_OVERRIDE_HOW);
	if (strcmp(said->code, "register_card") == 0 && asks_to_register(c->decision))
		add_how(line, c, MSG_REGISTER_HOW);
	add_claim_day(line, c, said);
}

/* One step behind the other. */
static void
run_on(struct buf *steps, const char *step)
{
	buf_addf(steps, "%s%s", steps->n > 0 ? " / " : "", step);
}

static void
add_warning(struct screen *s, const struct checked *c, const struct said *said,
    enum advice style, struct buf *steps)
{
	const char *step = warning_next(said->code, c->ja);
	struct buf line = BUF_INIT;
	bool words = true;

	if (style == ADVICE_STEPS && step != NULL) {
		run_on(steps, step);
		step = NULL;
		/* what the service said, or which number it is, stands nowhere else */
		words = said->detail != NULL;
		s->left_out += !words;
	}
	if (words) {
		add_text(&line, c, said);
		out_note(screen_block(s, STEP), line.p != NULL ? line.p : "", step,
		    style == ADVICE_APART, c->ja);
	}
	buf_free(&line);
}

static void
add_follow_up(struct screen *s, const struct checked *c, const struct said *said,
    enum advice style, struct buf *steps)
{
	struct buf line = BUF_INIT;

	add_text(&line, c, said);
	if (style == ADVICE_APART)
		out_paragraph(screen_block(s, STEP), MSG_NEXT, c->ja,
		    line.p != NULL ? line.p : "");
	else
		run_on(steps, line.p != NULL ? line.p : "");
	buf_free(&line);
}

void
out_advice(struct screen *s, const struct checked *c, enum advice style)
{
	struct number_warning numbers;
	struct said list[SAID_MAX];
	struct buf steps = BUF_INIT;
	int n = decision_warnings(c->rb, &c->check->facts, c->decision, c->ja, &numbers, list);

	for (int i = 0; i < c->check->warnings; i++)
		said_by_program(c->rb, c->check->warning[i], c->check->answer.message, list, &n);
	for (int i = 0; i < n; i++)
		if (!is_told(c, list[i].code))
			add_warning(s, c, &list[i], style, &steps);
	n = decision_follow_ups(c->rb, &c->check->facts, c->decision, list);
	for (int i = 0; i < n; i++)
		if (!is_told(c, list[i].code))
			add_follow_up(s, c, &list[i], style, &steps);
	if (steps.n > 0)
		out_paragraph(screen_block(s, style == ADVICE_STEPS ? ACTION : STEP), MSG_NEXT,
		    c->ja, steps.p);
	buf_free(&steps);
}
