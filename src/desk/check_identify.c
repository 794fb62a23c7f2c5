#include <stdio.h>

#include "base/date.h"
#include "desk/ask.h"
#include "desk/check_impl.h"
#include "desk/identity.h"
#include "desk/term.h"

#define INSPECT_MS	3000	/* for what is looked at behind the signature */

/* What there is to compare with: the result that counts, or NULL. */
static const struct json *
answered(const struct check *c)
{
	return c->answer.outcome == ELIG_ANSWERED && c->facts.online.results >= 1 ?
	    js_at(c->answer.results, (size_t)c->facts.online.chosen) : NULL;
}

static int
inspect(struct session *s, struct err *e)
{
	s->inspected = true;
	s->held = false;
	return reader_inspect(s->reader, check_share_ms(s, INSPECT_MS), &s->more, e);
}

void
check_inspect(struct session *s)
{
	if (!s->inspected && inspect(s, &s->c->identified.error) < 0)
		s->c->identified.result = IDENTIFY_NOT_READ;
}

static int
enter_pin(struct session *s, struct err *e)
{
	const struct check_request *rq = s->rq;
	const long long asked_ms = https_clock_ms();
	char prompt[256];
	int rc;

	if (rq->text_pin_fd < 0 && !rq->interactive)
		return err_set(e, ERR_PIN_NONE, "no terminal and no --text-pin-fd");
	if (rq->text_pin_fd >= 0) {
		rc = reader_pin_fd(s->reader, READER_PIN_TEXT, rq->text_pin_fd, check_left_ms(s),
		    e);
	} else {
		term_settle();
		fprintf(stderr, "%s\n", msg(MSG_TEXT_PIN_ABOUT, rq->ja));
		msg_with_tries(prompt, sizeof(prompt), MSG_TEXT_PIN_PROMPT, rq->ja,
		    s->more.text_tries_left);
		rc = identity_ask_pin(s->reader, READER_PIN_TEXT, prompt, rq->ja, e);
		check_waited(s, asked_ms);
	}
	if (rc == 0 && reader_pin_wide(s->reader))
		fprintf(stderr, "%s\n", msg(MSG_PIN_WIDE, rq->ja));
	return rc;
}

/* Whether the person wants to enter it again. */
static bool
wants_again(struct session *s, const struct err *why)
{
	static const enum msg answers[] = { MSG_PIN_AGAIN, MSG_TEXT_PIN_SKIP };
	const bool ja = s->rq->ja;
	const long long asked_ms = https_clock_ms();
	char line[256];
	int said;

	if (!s->rq->interactive || s->rq->text_pin_fd >= 0)
		return false;
	switch (why->code) {
	case ERR_PIN_WRONG:
		msg_with_tries(line, sizeof(line), MSG_PIN_WRONG, ja, s->more.text_tries_left);
		break;
	case ERR_PIN_FORMAT:
		snprintf(line, sizeof(line), "%s", msg(MSG_PIN_FORMAT, ja));
		break;
	default:
		/* Enter alone: the clerk goes on without it */
		return false;
	}
	term_settle();
	fprintf(stderr, "%s\n", line);
	if (identity_keeps_try(s->more.text_tries_left, s->rq->last_try))
		return false;
	if ((said = ask_plain(MSG_PIN_WHAT_NOW, answers, 2, ja)) == 1)
		term_swallow_enter();
	check_waited(s, asked_ms);
	return said == 1;
}

/* One entry, one VERIFY at most; 0, -1 with e, or 2 to enter it again. */
static int
read_once(struct session *s, struct person *out, struct err *e)
{
	struct err pe = ERR_INIT;
	const int left = s->more.text_tries_left;

	e->tries_left = left;
	if (left == 0)
		return err_set(e, ERR_PIN_BLOCKED, "text PIN: the card reports no tries left");
	if (identity_keeps_try(left, s->rq->last_try))
		return err_set(e, ERR_PIN_LAST_TRY, left == 1 ? "text PIN: one try left" :
		    "text PIN: the card does not tell how many tries are left");
	e->tries_left = -1;
	if (enter_pin(s, &pe) == 0 && reader_person(s->reader, s->rq->last_try, check_left_ms(s),
	    out, &pe) == 0)
		return 0;
	/* what was not sent was not counted */
	if (pe.code != ERR_PIN_FORMAT && pe.code != ERR_PIN_NONE)
		s->more.text_tries_left = pe.tries_left;
	if (wants_again(s, &pe))
		return 2;
	*e = pe;
	return -1;
}

static int
read_person(struct session *s, struct person *out, struct err *e)
{
	int rc;

	do {
		rc = read_once(s, out, e);
	} while (rc == 2);
	return rc;
}

static int
compare(struct check *c, const struct json *result)
{
	struct identified *i = &c->identified;
	const struct person *p = identified_person(i);
	const struct holder h = { p->name, p->address, p->birthdate, p->sex };
	const int rc = same_person(&h, result, &i->parts);

	if (rc < 0)
		return err_set(&i->error, ERR_NOMEM, "out of memory");
	i->result = rc == SAME_PERSON ? IDENTIFY_SAME : rc == OTHER_PERSON ? IDENTIFY_OTHER :
	    IDENTIFY_NOT_TOLD;
	if (rc != PERSON_NOT_TOLD)
		c->facts.online.same_person = rc == SAME_PERSON;
	return 0;
}

/* -1 with the error kept: the card was not read, which is no more than that. */
static int
identify(struct session *s, const struct json *result)
{
	struct identified *i = &s->c->identified;

	check_inspect(s);
	if (i->error.code != ERR_NONE)
		return -1;
	if (!s->more.text_ap)
		return err_set(&i->error, ERR_CARD_UNREADABLE, "no text AP on this card");
	if (secret_new(&i->person, sizeof(struct person), &i->error) < 0 ||
	    read_person(s, (struct person *)(void *)i->person.p, &i->error) < 0) {
		secret_free(&i->person);
		return -1;
	}
	return compare(s->c, result);
}

int
check_identify(struct session *s, struct err *e)
{
	struct identified *i = &s->c->identified;
	const struct json *result = answered(s->c);

	if (!s->rq->identify)
		return 0;
	i->result = IDENTIFY_NOT_TOLD;
	if (result == NULL)
		return 0;
	if (identify(s, result) < 0)
		i->result = IDENTIFY_NOT_READ;
	if (i->error.code == ERR_INTERRUPTED)
		return err_set(e, ERR_INTERRUPTED, "%s", i->error.msg);
	return 0;
}

const struct person *
identified_person(const struct identified *i)
{
	return (const struct person *)(const void *)i->person.p;
}
