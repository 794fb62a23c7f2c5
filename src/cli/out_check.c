#include "cli/out_check.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/same.h"
#include "base/text.h"
#include "cli/next.h"
#include "cli/out_decision.h"
#include "cli/out_error.h"
#include "desk/msg.h"

static void
put(struct screen *s, enum rank rank, enum msg head, bool ja, const char *text)
{
	out_paragraph(screen_block(s, rank), head, ja, text);
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

static void
add_address_difference(struct screen *s, const struct checked *c)
{
	const struct facts *f = &c->check->facts;
	const char *returned = js_str(answered_person(c->check), "Address");
	const char *ours = f->statement.address != NULL ? f->statement.address :
	    f->disaster.address;
	char line[1024];

	if (returned == NULL || ours == NULL || same_text(returned, ours) == 1)
		return;
	msg_with(line, sizeof(line), MSG_DIFFERS_ADDRESS, c->ja, returned);
	put(s, SCOPE, MSG_DIFFERS, c->ja, line);
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
		put(s, STEP, MSG_WARNING, c->ja, msg(MSG_OVERRIDE_FIRST, c->ja));
	buf_free(&line);
}

/* The store is spoken of where somebody must write by hand: a number was given in vain, or the clinic decided. */
static void
add_recorded(struct screen *s, const struct checked *c)
{
	static const enum msg words[] = {
		[RECORDED_NOT_WANTED] = MSG_RECORD_NO_PATIENT, [RECORDED_NO_STORE] = MSG_RECORD_NO_STORE,
		[RECORDED_YES] = MSG_RECORD_YES, [RECORDED_FAILED] = MSG_RECORD_FAILED,
	};

	if (c->recorded == RECORDED_FAILED || c->recorded == RECORDED_NO_STORE ||
	    c->override.percent != 0)
		put(s, ALWAYS, MSG_RECORD_HEAD, c->ja, msg(words[c->recorded], c->ja));
	if (c->logged == RECORDED_FAILED)
		put(s, ALWAYS, MSG_RECORD_HEAD, c->ja, msg(MSG_LOG_FAILED, c->ja));
}

static bool
card_or_reader_failed(const struct facts *f)
{
	return f->card.read == READ_UNREADABLE || f->card.read == READ_READER_FAULT;
}

bool
is_outage(const struct check *k)
{
	const struct facts *f = &k->facts;

	/* nothing is out of order */
	if (k->error.code == ERR_CARD_PHONE)
		return false;
	if (k->asked && k->answer.outcome != ELIG_ANSWERED && k->answer.refusal == REFUSAL_NONE)
		return true;
	return card_or_reader_failed(f) ||
	    (!k->asked && f->online.presence == FACT_ABSENT && f->card.medium == MEDIUM_CARD);
}

bool
is_card_or_chip(const struct check *k)
{
	switch (k->error.code) {
	case ERR_READER_NONE:
	case ERR_READER_BUSY:
	case ERR_READER_HELPER:
	case ERR_PCSC_DOWN:
		return false;
	/* it was read, and found wrong */
	case ERR_CARD_CERT:
	case ERR_CARD_PHONE:
		return false;
	default:
		return card_or_reader_failed(&k->facts);
	}
}

void
out_failure_step(struct buf *b, const struct check *k, bool ja)
{
	char line[400];

	switch (k->error.code) {
	case ERR_NONE:
	case ERR_CARD_UNREADABLE:
	case ERR_READER_TIMEOUT:
	case ERR_SERVICE_UNREACHABLE:
	case ERR_SERVICE_TIMEOUT:
	case ERR_TLS_PEER_MISMATCH:
		return;
	case ERR_SERVICE_REFUSED:
		/* of the card, not of the clinic: the questions go on from there */
		if (k->answer.refusal != REFUSAL_NONE)
			return;
		/* fallthrough */
	case ERR_REPLY_MALFORMED:
		msg_with(line, sizeof(line), MSG_TELL_TECHNICIAN, ja, k->error.msg);
		buf_adds(b, line);
		return;
	case ERR_PIN_NONE:
	case ERR_PIN_FORMAT:
		buf_adds(b, error_next(ERR_PIN_BLOCKED, 0, ja));
		return;
	default:
		buf_adds(b, error_next(k->error.code, 0, ja));
		return;
	}
}

/* Somebody has to see to it, whatever was decided without the card. */
static bool
is_of_machines(enum err_code code)
{
	switch (code) {
	case ERR_READER_NONE:
	case ERR_PCSC_DOWN:
	case ERR_READER_BUSY:
	case ERR_READER_HELPER:
	case ERR_SERVICE_REFUSED:
	case ERR_REPLY_MALFORMED:
		return true;
	default:
		return false;
	}
}

/* What else the desk can do meanwhile. */
static void
add_outage(struct screen *s, const struct checked *c)
{
	const struct check *k = c->check;

	if (is_card_or_chip(k))
		put(s, ACTION, MSG_OUTAGE, c->ja, msg(MSG_OUTAGE_OTHER_CARD, c->ja));
	if (!is_outage(k))
		return;
	if (!fact_known(k->facts.card.medium) || k->facts.card.medium == MEDIUM_CARD)
		put(s, ACTION, MSG_OUTAGE, c->ja, msg(MSG_OUTAGE_FACE, c->ja));
	put(s, ACTION, MSG_OUTAGE, c->ja, msg(MSG_OUTAGE_DESK, c->ja));
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
		out_claim(screen_block(s, ALWAYS), t);
	if (nothing_declared(c))
		put(s, MONEY, MSG_CLAIM, c->ja, msg(MSG_CLAIM_GO_ON, c->ja));
}

/* Of a card that is likely made without a PIN nothing is blocked. */
static void
add_failure(struct buf *b, const struct checked *c, const struct err *failure)
{
	if (failure->code == ERR_PIN_BLOCKED && c->check->card.no_sign_certificate) {
		buf_adds(b, msg(MSG_PIN_UNUSABLE, c->ja));
		buf_adds(b, c->ja ? "" : " ");
		return;
	}
	buf_adds(b, err_text(failure->code, c->ja));
	out_tries(b, failure, c->ja);
	buf_adds(b, c->ja ? "。" : ". ");
}

void
out_service_says(struct buf *b, const struct check *k, bool ja)
{
	const char *says = k->answer.text_desk;

	if (says == NULL || *says == '\0')
		return;
	buf_adds(b, msg(MSG_SERVICE_SAYS, ja));
	text_add_safe(b, says);
	buf_adds(b, ja ? "」。" : "\". ");
}

static void
add_why(struct screen *s, const struct checked *c, const struct told *t)
{
	const struct err *failure = &c->check->error;
	struct buf before = BUF_INIT;

	if (failure->code != ERR_NONE)
		add_failure(&before, c, failure);
	out_service_says(&before, c->check, c->ja);
	out_why(screen_block(s, REASON), t, before.p != NULL ? before.p : "");
	buf_free(&before);
}

/*
 * The ratio first; the only line with colour, which says nothing that the words
 * do not.  Both colours are given: on any other ground one of them is not read.
 */
static void
add_verdict(struct buf *b, const struct checked *c, const struct told *t)
{
	const enum value verdict = c->decision->verdict;

	if (c->colour)
		buf_adds(b, ratio_to_pay(c) == 0 ? "\033[30;43m" :
		    verdict == V_VERDICT_INSURED ? "\033[30;42m" : "\033[1;37;41m");
	out_ratio(b, ratio_to_pay(c), c->ja);
	if (c->override.percent != 0) {
		buf_adds(b, msg(MSG_OVERRIDE, c->ja));
		out_ratio(b, c->decision->percent, c->ja);
	}
	out_verdict_words(b, t);
	buf_adds(b, c->colour ? "\033[0m\n" : "\n");
}

/* The screen from top to bottom. */
static void
fill(struct screen *s, const struct checked *c, enum advice style)
{
	const struct told t = { c->rb, &c->check->facts, c->decision, c->ja };
	struct buf line = BUF_INIT;

	add_verdict(screen_block(s, ALWAYS), c, &t);
	add_person(s, c);
	add_birthdate_difference(s, c);
	out_changes(s, c);
	out_identify(s, c);
	add_override(s, c);
	add_recorded(s, c);
	add_pays(s, c);
	out_settle(s, c);
	out_questions(screen_block(s, ALWAYS), &t);
	out_patient(&line, c);
	put(s, ACTION, MSG_TELL, c->ja, line.p != NULL ? line.p : "");
	add_claim(s, c, &t);
	out_refund(screen_block(s, ACTION), c);
	out_limit(screen_block(s, MONEY), c);
	add_outage(s, c);
	add_why(s, c, &t);
	buf_reset(&line);
	if (c->decision->verdict != V_VERDICT_INSURED || is_of_machines(c->check->error.code))
		out_failure_step(&line, c->check, c->ja);
	if (line.n > 0)
		put(s, ACTION, MSG_NEXT, c->ja, line.p);
	out_advice(s, c, style);
	add_outside(s, c);
	add_address_difference(s, c);
	out_better(screen_block(s, BETTER), &t);
	out_inferred(screen_block(s, INFERRED), &t);
	out_sources(screen_block(s, SOURCES), &t);
	if (c->test_mode)
		put(s, ALWAYS, MSG_RULER, c->ja, msg(MSG_TEST_MODE, c->ja));
	buf_free(&line);
}

void
out_check_text(struct buf *b, const struct checked *c)
{
	const int lines = c->lines > 0 ? c->lines : SCREEN_LINES;
	struct screen s = { .n = 0 };
	enum advice style = ADVICE_APART;

	for (;; style++) {
		fill(&s, c, style);
		if (screen_fit(&s, lines) >= BETTER || style == ADVICE_STEPS)
			break;
		screen_release(&s);
	}
	screen_show(&s, c->ja, b);
}
