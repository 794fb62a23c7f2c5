#include "cli/out_check.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "cli/out_decision.h"
#include "cli/out_error.h"
#include "desk/msg.h"

#define LINES_MAX	24

long long
pays_yen(int points, int percent)
{
	/* points are 10 yen each; under 5 yen is dropped, 5 and more is raised */
	const long long yen = (long long)points * 10 * percent / 100;

	return (yen + 5) / 10 * 10;
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
	out_paragraph(b, MSG_PERSON, c->ja, line.p != NULL ? line.p : "");
	buf_free(&line);
}

static void
add_failure(struct buf *b, const struct err *failure, bool ja)
{
	char tries[64] = "";

	if (failure->tries_left >= 0)
		msg_with_int(tries, sizeof(tries), MSG_TRIES_LEFT, ja, failure->tries_left);
	buf_addf(b, "%s%s%s", err_text(failure->code, ja), tries, ja ? "。" : ". ");
}

static int
all_warnings(const struct checked *c, struct number_warning *numbers, struct said *list)
{
	int n = decision_warnings(c->rb, &c->check->facts, c->decision, c->ja, numbers, list);

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
	out_paragraph(b, MSG_PAYS, c->ja, text);
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
	const struct told t = { c->rb, &c->check->facts, c->decision, c->ja };
	struct number_warning numbers;
	struct said list[SAID_MAX];
	struct buf before = BUF_INIT;
	int n;

	if (c->check->error.code != ERR_NONE)
		add_failure(&before, &c->check->error, c->ja);
	out_verdict(b, &t);
	add_person(b, c);
	add_pays(b, c);
	out_reasons(b, &t, before.p != NULL ? before.p : "");
	n = all_warnings(c, &numbers, list);
	out_says(b, list, n, MSG_WARNING, c->ja);
	n = decision_follow_ups(c->rb, &c->check->facts, c->decision, list);
	out_says(b, list, n, MSG_NEXT, c->ja);
	if (c->test_mode)
		out_paragraph(b, MSG_RULER, c->ja, msg(MSG_TEST_MODE, c->ja));
	cut_to_screen(b);
	buf_free(&before);
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
