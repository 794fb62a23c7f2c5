#include "desk/ask.h"
#include "desk/check_impl.h"
#include "desk/term.h"

/* The patient's word; --register is it where nobody can be asked. */
static bool
patient_agrees(struct session *s)
{
	static const enum msg answers[] = { MSG_SAY_REGISTER, MSG_SAY_NOT_REGISTER };
	const long long asked_ms = https_clock_ms();
	int said;

	if (!s->rq->interactive)
		return s->rq->register_card;
	term_settle();
	said = ask_plain(MSG_REGISTER_ASK, answers, 2, s->rq->ja);
	check_waited(s, asked_ms);
	s->c->declined = said == 2;
	if (s->c->declined)
		s->c->facts.card.registered = REGISTERED_DECLINED;
	return said == 1;
}

/* Another challenge: the one before was spent by what it was sent with. */
static int
fresh_challenge(struct session *s, struct err *se)
{
	enquiry_spend(s->enquiry);
	if (enquiry_challenge(s->enquiry, s->deadline_ms, &s->challenge, se) == 0)
		return 0;
	elig_answer_fail(&s->c->answer, ELIG_BY_CARD, se);
	return -1;
}

/* As check_register(), once the patient said yes. */
static int
register_card(struct session *s, struct err *se)
{
	struct signed_request signed_request;
	struct err ce = ERR_INIT;

	if (fresh_challenge(s, se) < 0)
		return -1;
	if (check_sign(s, SIGN_REGISTRATION, &signed_request, &ce) < 0) {
		check_card_failed(s->c, &ce);
		return 2;
	}
	if (elig_register(enquiry_service(s->enquiry), &signed_request.q, s->deadline_ms,
	    &s->c->answer, se) < 0)
		return -1;
	s->c->facts.card.registered = REGISTERED_YES;
	return fresh_challenge(s, se);
}

int
check_register(struct session *s, struct err *se)
{
	if (!s->held || !patient_agrees(s))
		return 1;
	check_progress(s->rq, MSG_REGISTERING);
	s->c->facts.card.registered = REGISTERED_NO;
	elig_answer_free(&s->c->answer);
	err_clear(se);
	return register_card(s, se);
}
