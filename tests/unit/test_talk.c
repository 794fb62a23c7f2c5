/* The conversation: what the keys do to the facts, and what can be taken back. */
#include "pty_text.h"

/* nothing of desk is linked into these tests */
#include "desk/ask.c"
#include "desk/ask_paper.c"
#include "desk/msg.c"
#include "desk/talk.c"
#include "desk/term.c"

#include "decide/verdict_out.h"

#define SIZE	1024

static const char born[] = "1980-02-17", day[] = "2026-11-22";

/* A visit of which nothing is known but how it came. */
enum scene { NO_CARD, READER_FAULT, CARD_READ };

static void
begin_visit(struct facts *f, enum scene v)
{
	facts_init(f, date_parse_iso(day, strlen(day)));
	f->birthdate = v == NO_CARD ? FACT_UNASKED : date_parse_iso(born, strlen(born));
	f->card.medium = v == NO_CARD ? MEDIUM_NONE : MEDIUM_CARD;
	f->card.read = v == CARD_READ ? READ_OK : v == NO_CARD ? FACT_UNASKED : READ_READER_FAULT;
	if (v == CARD_READ)
		f->card.identity = IDENTITY_VISUAL;
	else
		f->online.presence = FACT_ABSENT;
}

static const char *
word(int fact)
{
	return fact == FACT_UNASKED ? "?" : fact == FACT_ABSENT ? "none" : fact == 0 ? "0" : "1";
}

/* The child: the conversation, then what came of it on one line. */
static void
run_talk(void *ctx)
{
	struct err e = ERR_INIT;
	struct rulebase *rb = rulebase_embedded(&e);
	struct talk *t = rb != NULL ? talk_new(rb, false) : NULL;
	struct decision d;
	struct facts f;
	bool again;

	if (t == NULL)
		return;
	begin_visit(&f, *(const enum scene *)ctx);
	again = talk_run(t, &f, &d);
	answer("%s %s %d%s", verdict_name(d.verdict), path_name(&d) != NULL ? path_name(&d) : "-",
	    d.percent, again ? " again" : "");
	answer(" paper=%s", word(f.document[DOC_ELIGIBILITY_CERTIFICATE].presence));
	answer(" notice=%s visit=%s", word(f.document[DOC_NOTICE].presence), word(f.visit));
	answer(" record=%s", word(f.record.presence));
	answer(" number=%s", f.document[DOC_ELIGIBILITY_CERTIFICATE].id.insurer_number != NULL ?
	    f.document[DOC_ELIGIBILITY_CERTIFICATE].id.insurer_number : "?");
	talk_free(t);
	rulebase_free(rb);
}

/* What is waited for, what is then typed; the first without a text ends it. */
struct step {
	const char	*expect, *type;
};

/* Plays it; what came of it. */
static void
play(enum scene v, const struct step *s, char said[static SIZE])
{
	struct pty t;

	pty_start(&t, run_talk, &v);
	for (; s->expect != NULL; s++) {
		pty_expect(&t, s->expect);
		/* the prompt is the end of what is shown */
		pty_expect(&t, strchr(s->type, '\r') != NULL ? "): " : " > ");
		pty_type(&t, s->type);
	}
	assert_int_equal(pty_end(&t, said, SIZE), 0);
}

/* A verdict by keys alone; how the questions follow each other is the engine's. */
static void
test_answered(void **state)
{
	static const struct step steps[] = {
		{ "Is there a 資格確認書?", "2" }, { "First visit", "1" }, { NULL, NULL },
	};
	char said[SIZE];

	(void)state;
	play(NO_CARD, steps, said);
	assert_string_equal(said, "self_pay none 100 paper=none notice=? visit=0 record=? number=?");
}

/* Three questions back, each answer forgotten, and another way taken. */
static void
test_back_three(void **state)
{
	static const struct step steps[] = {
		{ "Is there a 資格確認書?", "2" }, { "Besides the card", "4" }, { "First visit", "2" },
		{ "on file", "b" }, { "First visit", "b" }, { "Besides the card", "b" },
		{ "Is there a 資格確認書?", "1" }, { "valid to", "R9.7.31\r" },
		{ "保険者番号", "06132013\r" }, { "記号", "12\r" }, { "番号", "345\r" },
		{ "枝番", "0\r" }, { NULL, NULL },
	};
	char said[SIZE];

	(void)state;
	play(READER_FAULT, steps, said);
	assert_string_equal(said,
	    "insured eligibility_certificate 30 paper=1 notice=? visit=? record=? number=06132013");
}

/* Out of the middle of a paper: to its first line, then to what it hung on. */
static void
test_back_in_paper(void **state)
{
	static const struct step steps[] = {
		{ "Is there a 資格確認書?", "1" }, { "valid to", "R9.7.31\r" },
		{ "保険者番号", "06132013\r" }, { "記号", "b\r" }, { "保険者番号", "b\r" },
		{ "Is there a 資格確認書?", "2" }, { "Besides the card", "3" }, { "valid to", "0\r" },
		{ "保険者番号", "0\r" }, { NULL, NULL },
	};
	char said[SIZE];

	(void)state;
	play(READER_FAULT, steps, said);
	assert_string_equal(said, "insured notice 30 paper=none notice=1 visit=? record=? number=?");
}

/* Not known is not put again; a question that hangs on it is not put at all. */
static void
test_not_known(void **state)
{
	static const struct step steps[] = {
		{ "Is there a 資格確認書?", "0" }, { NULL, NULL },
	};
	char said[SIZE];

	(void)state;
	play(NO_CARD, steps, said);
	assert_string_equal(said, "need - 0 paper=? notice=? visit=? record=? number=?");
}

/* q, or the end of the terminal: the question stays open, what was answered before stays. */
static void
test_stopped(void **state)
{
	static const char *const ends[] = { "q", "Ｑ", "\004" };

	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		const struct step steps[] = {
			{ "Is there a 資格確認書?", "2" }, { "First visit", ends[i] }, { NULL, NULL },
		};
		char said[SIZE];

		play(NO_CARD, steps, said);
		assert_string_equal(said, "need - 0 paper=none notice=? visit=? record=? number=?");
	}
}

/* Nothing to go back to: the key is none, and rings. */
static void
test_no_way_back(void **state)
{
	static const struct step steps[] = {
		{ "Is there a 資格確認書?", "b2" }, { "First visit", "1" }, { NULL, NULL },
	};
	char said[SIZE];

	(void)state;
	play(NO_CARD, steps, said);
	assert_string_equal(said, "self_pay none 100 paper=none notice=? visit=0 record=? number=?");
}

/* What can not be read, and what is after the visit, is asked for again. */
static void
test_dates(void **state)
{
	static const struct step steps[] = {
		{ "Is there a 資格確認書?", "1" }, { "valid to", "R9.13.1\r" },
		{ "That is no date.", "S99.1.1\r" }, { "That is no date.", "Ｒ９．７．３１\r" },
		{ "2027-07-31 = ", "0\r" }, { NULL, NULL },
	};
	char said[SIZE];

	(void)state;
	play(READER_FAULT, steps, said);
	assert_string_equal(said,
	    "insured eligibility_certificate 30 paper=1 notice=? visit=? record=? number=?");
}

/* Card and service once more: the conversation ends, and says so. */
static void
test_again(void **state)
{
	static const struct step steps[] = { { "ask the service?", "1" }, { NULL, NULL } };
	char said[SIZE];

	(void)state;
	play(CARD_READ, steps, said);
	assert_string_equal(said, "need - 0 again paper=? notice=? visit=? record=? number=?");
}

/* However often somebody goes there and back, it ends where it would have. */
static void
test_there_and_back(void **state)
{
	struct step steps[3 * ANSWERS_MAX + 3];
	char said[SIZE];
	size_t n = 0;

	(void)state;
	for (int i = 0; i < ANSWERS_MAX + 5; i++) {
		steps[n++] = (struct step){ "Is there a 資格確認書?", "2" };
		steps[n++] = (struct step){ "First visit", "b" };
	}
	steps[n++] = (struct step){ "Is there a 資格確認書?", "2" };
	steps[n++] = (struct step){ "First visit", "1" };
	steps[n] = (struct step){ NULL, NULL };
	play(NO_CARD, steps, said);
	assert_string_equal(said, "self_pay none 100 paper=none notice=? visit=0 record=? number=?");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answered), cmocka_unit_test(test_back_three),
		cmocka_unit_test(test_back_in_paper), cmocka_unit_test(test_not_known),
		cmocka_unit_test(test_stopped), cmocka_unit_test(test_no_way_back),
		cmocka_unit_test(test_dates), cmocka_unit_test(test_again),
		cmocka_unit_test(test_there_and_back),
	};

	return cmocka_run_group_tests_name("talk", tests, NULL, NULL);
}
