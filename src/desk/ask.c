#include "desk/ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "desk/term.h"

#define COLUMNS		78
#define CHOICES_MAX	9	/* one key each */

void
asker_release(struct asker *a)
{
	for (size_t i = 0; i < a->keeps; i++) {
		explicit_bzero(a->kept[i], strlen(a->kept[i]));
		free(a->kept[i]);
	}
	free(a->kept);
	a->kept = NULL;
	a->keeps = 0;
}

const char *
ask_keep(struct asker *a, const char *text)
{
	char *copy = text_nfkc(text);
	char **more = copy != NULL ? realloc(a->kept, (a->keeps + 1) * sizeof(*more)) : NULL;

	if (more == NULL) {
		free(copy);
		return NULL;
	}
	a->kept = more;
	return more[a->keeps++] = copy;
}

/* Appends "1 yes  " and so on; a choice that would not fit begins a new line. */
struct menu {
	struct buf	text;
	int		column;
	char		keys[CHOICES_MAX + 4];
	size_t		n;
};

static void
menu_add(struct menu *m, char key, const char *label)
{
	const int width = 2 + text_width(label) + 2;

	if (m->column > 0 && m->column + width > COLUMNS) {
		buf_addc(&m->text, '\n');
		m->column = 0;
	}
	buf_addf(&m->text, "%s%c %s", m->column > 0 ? "  " : "", key, label);
	m->column += width;
	m->keys[m->n++] = key;
	m->keys[m->n] = '\0';
}

/* The keys that every question has stand on a line of their own, with room for the answer. */
static void
menu_break(struct menu *m)
{
	buf_addc(&m->text, '\n');
	m->column = 0;
}

static bool
back_is_open(const struct asker *a)
{
	return a->can_go_back || a->answers > 0;
}

/* Shows the menu and waits for one of its keys. */
static int
menu_choose(struct menu *m)
{
	int key;

	buf_adds(&m->text, " > ");
	key = term_key(m->text.p != NULL ? m->text.p : "", m->keys);
	buf_free(&m->text);
	return key;
}

int
ask_labels(struct asker *a, const char *const *labels, int n, enum msg unknown)
{
	struct menu m = { .text = BUF_INIT };
	const char *said;
	int key;

	for (int i = 0; i < n && i < CHOICES_MAX; i++)
		if (labels[i] != NULL)
			menu_add(&m, (char)('1' + i), labels[i]);
	menu_break(&m);
	menu_add(&m, '0', msg(unknown, a->ja));
	if (back_is_open(a))
		menu_add(&m, 'b', msg(MSG_KEY_BACK, a->ja));
	menu_add(&m, 'q', msg(MSG_KEY_QUIT, a->ja));
	key = menu_choose(&m);
	said = key == '0' ? msg(unknown, a->ja) : key == 'b' ? msg(MSG_KEY_BACK, a->ja) :
	    key == 'q' || key == TERM_END ? msg(MSG_KEY_QUIT, a->ja) : labels[key - '1'];
	fprintf(stderr, "%s\n", said);
	if (key == 'b')
		return ASK_BACK;
	if (key == 'q' || key == TERM_END)
		return ASK_QUIT;
	a->answers++;
	return key - '0';
}

int
ask_plain(enum msg question, const enum msg *answers, int n, bool ja)
{
	struct menu m = { .text = BUF_INIT };
	int key;

	fprintf(stderr, "\n%s\n", msg(question, ja));
	for (int i = 0; i < n; i++)
		menu_add(&m, (char)('1' + i), msg(answers[i], ja));
	key = menu_choose(&m);
	fprintf(stderr, "%s\n", key == TERM_END ? "" : msg(answers[key - '1'], ja));
	return key == TERM_END ? 0 : key - '0';
}

/* "prompt (0 not known  b back): " and a line; 1, or what a single 0, b or q means. */
static int
ask_line(struct asker *a, enum msg prompt, enum msg unknown, struct buf *line)
{
	char *norm, question[160];
	int rc = 1;

	snprintf(question, sizeof(question), "%s (0 %s%s%s): ", msg(prompt, a->ja),
	    msg(unknown, a->ja), back_is_open(a) ? "  b " : "",
	    back_is_open(a) ? msg(MSG_KEY_BACK, a->ja) : "");
	do {
		buf_reset(line);
		if (term_line(question, line) == TERM_END)
			return ASK_QUIT;
	} while (line->n == 0);
	norm = text_nfkc(line->p);
	if (norm == NULL)
		return ASK_QUIT;
	if (strcmp(norm, "0") == 0)
		rc = ASK_UNKNOWN;
	else if ((strcmp(norm, "b") == 0 || strcmp(norm, "B") == 0) && back_is_open(a))
		rc = ASK_BACK;
	else if (strcmp(norm, "q") == 0 || strcmp(norm, "Q") == 0)
		rc = ASK_QUIT;
	free(norm);
	if (rc >= ASK_UNKNOWN)
		a->answers++;
	return rc;
}

static const char *
weekday(int day, bool ja)
{
	static const char *const names[][2] = {
		{ "木", "Thu" }, { "金", "Fri" }, { "土", "Sat" }, { "日", "Sun" },
		{ "月", "Mon" }, { "火", "Tue" }, { "水", "Wed" },
	};

	/* day 0 was a Thursday; the days before it are negative */
	return names[(day % 7 + 7) % 7][ja ? 0 : 1];
}

/* Whole years lived by that day; a birthday counts from its own day. */
static int
age_on(int birth, int day)
{
	const struct ymd b = date_to_ymd(birth), d = date_to_ymd(day);

	return d.y - b.y - (d.m < b.m || (d.m == b.m && d.d < b.d));
}

/* What was typed, as it was understood: both ways of writing it, and what follows. */
static void
echo_date(int day, int visit_date, bool born, bool ja)
{
	char iso[DATE_ISO_LEN + 1], era[DATE_ERA_LEN + 1], age[48] = "";

	date_format_iso(day, iso);
	date_format_era(day, era);
	if (born)
		msg_with_int(age, sizeof(age), MSG_AGE, ja, age_on(day, visit_date));
	fprintf(stderr, "  %s = %s(%s)%s\n", iso, era, weekday(day, ja), age);
}

int
ask_date(struct asker *a, enum msg prompt, enum msg unknown, int visit_date, bool born, int *day)
{
	struct buf line = BUF_INIT;
	int rc, got = DATE_NONE;

	for (;;) {
		rc = ask_line(a, prompt, unknown, &line);
		if (rc != 1)
			break;
		got = date_parse_any(line.p);
		if (got != DATE_NONE && (!born || got <= visit_date))
			break;
		a->answers--;
		fprintf(stderr, "  %s\n", msg(got == DATE_NONE ? MSG_DATE_WRONG : MSG_DATE_LATE,
		    a->ja));
	}
	buf_free(&line);
	if (rc == ASK_UNKNOWN)
		*day = FACT_ABSENT;
	if (rc == 1) {
		*day = got;
		echo_date(got, visit_date, born, a->ja);
	}
	return rc;
}

int
ask_text(struct asker *a, enum msg prompt, enum msg unknown, const char **text)
{
	struct buf line = BUF_INIT;
	const int rc = ask_line(a, prompt, unknown, &line);

	if (rc == 1)
		*text = ask_keep(a, line.p);
	buf_free(&line);
	return rc == 1 && *text == NULL ? ASK_QUIT : rc;
}

int
ask_birthdate(struct asker *a, struct facts *f)
{
	int day;
	const int rc = ask_date(a, MSG_BIRTHDATE, MSG_KEY_UNKNOWN, f->visit_date, true, &day);

	if (rc == 1)
		f->birthdate = day;
	return rc;
}

/* What a value of need[] is called. */
static enum msg
value_label(enum question q, const char *word)
{
	static const struct {
		const char	*word;
		enum msg	label;
	} labels[] = {
		{ "card", MSG_SAY_CARD }, { "phone", MSG_SAY_PHONE },
		{ "ok", MSG_SAY_OK }, { "unreadable", MSG_SAY_UNREADABLE },
		{ "reader_fault", MSG_SAY_READER_FAULT },
		{ "not_my_number", MSG_SAY_NOT_MY_NUMBER },
		{ "face", MSG_SAY_FACE }, { "visual", MSG_SAY_VISUAL }, { "failed", MSG_SAY_FAILED },
		{ "true", MSG_SAY_YES }, { "object", MSG_SAY_YES },
		{ "declined", MSG_SAY_DECLINED },
		{ "first", MSG_SAY_FIRST }, { "return", MSG_SAY_RETURN },
		{ "10", MSG_SAY_10 }, { "20", MSG_SAY_20 }, { "30", MSG_SAY_30 },
	};

	if (q == Q_ONLINE)
		return strcmp(word, "object") == 0 ? MSG_SAY_ENQUIRE : MSG_SAY_NO_ENQUIRY;
	if (q == Q_REGISTERED && strcmp(word, "true") == 0)
		return MSG_SAY_REGISTER;
	/* yes to a question with "not" in it can be taken either way */
	if (q == Q_UNCHANGED)
		return strcmp(word, "true") == 0 ? MSG_SAY_UNCHANGED : MSG_SAY_CHANGED;
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (strcmp(labels[i].word, word) == 0)
			return labels[i].label;
	/* what is left is false and null: no, or for a ratio that nobody can tell */
	return q == Q_COPAY_PERCENT ? MSG_SAY_UNKNOWN : MSG_SAY_NO;
}

/*
 * Of the ratios, in the order 10, 20, 30, only those that the law allows at that
 * age.  That a card is not registered is known when its registration is asked for.
 */
static bool
offered(const struct need *need, const struct facts *f, int place)
{
	if (need->question == Q_REGISTERED)
		return place != 1;
	/* by number it is asked elsewhere */
	if (need->question == Q_ONLINE)
		return place != 0 || f->card.medium != MEDIUM_NONE;
	return need->question != Q_COPAY_PERCENT || place >= 3 ||
	    (need->percents >> (place + 1) & 1) != 0;
}

/* A ratio that is left out keeps its key, so that 2 is 2割. */
int
ask_values(struct asker *a, const struct need *need, const struct facts *f)
{
	const char *p = question_info(need->question)->values;
	const bool ratio = need->question == Q_COPAY_PERCENT;
	const char *labels[CHOICES_MAX];
	int places[CHOICES_MAX], n = 0, used, choice;
	char word[32];

	for (int place = 0; n < CHOICES_MAX && sscanf(p, "%31s%n", word, &used) == 1;
	    p += used, place++) {
		const bool there = offered(need, f, place);

		if (!there && !ratio)
			continue;
		places[n] = place + 1;
		labels[n++] = there ? msg(value_label(need->question, word), a->ja) : NULL;
	}
	choice = ask_labels(a, labels, n, MSG_KEY_UNKNOWN);
	return choice > 0 ? places[choice - 1] : choice;
}

/* A fact whose numbers are the places of its values. */
static int
ask_enum(struct asker *a, const struct need *need, const struct facts *f, int *fact)
{
	const int choice = ask_values(a, need, f);

	if (choice > 0)
		*fact = choice - 1;
	return choice > 0 ? 1 : choice;
}

/* PRESENT or FACT_ABSENT, 1 or 0: the first value is yes. */
static int
ask_yes(struct asker *a, const struct need *need, const struct facts *f, int *fact, int yes, int no)
{
	const int choice = ask_values(a, need, f);

	if (choice > 0)
		*fact = choice == 1 ? yes : no;
	return choice > 0 ? 1 : choice;
}

/*
 * Only the last value, a refusal, is a fact: any other has to be done first,
 * on the clinic's own reader, and then card and service tried again.  A card
 * with a PIN is registered here, by trying them again.
 */
static int
ask_refused(struct asker *a, const struct need *need, const struct facts *f, int *fact,
    int refused)
{
	const int choice = ask_values(a, need, f);

	if (choice == 1 && need->question == Q_REGISTERED && f->card.identity == IDENTITY_PIN)
		return ASK_AGAIN;
	if (choice == 3)
		*fact = refused;
	else if (choice > 0)
		fprintf(stderr, "%s\n", msg(need->question == Q_REGISTERED ? MSG_REGISTER_FIRST :
		    MSG_IDENTIFY_FIRST, a->ja));
	return choice == 3 ? 1 : choice > 0 ? ASK_QUIT : choice;
}

/* Why there is none changes the advice: one key says both. */
static int
ask_medium(struct asker *a, struct facts *f)
{
	static const enum msg answers[] = { MSG_SAY_CARD, MSG_SAY_PHONE, MSG_SAY_FORGOTTEN,
		MSG_SAY_LOST, MSG_SAY_NONE_ISSUED };
	const char *labels[5];
	int choice;

	for (int i = 0; i < 5; i++)
		labels[i] = msg(answers[i], a->ja);
	choice = ask_labels(a, labels, 5, MSG_KEY_UNKNOWN);
	if (choice <= 0)
		return choice;
	f->card.medium = choice <= 2 ? choice - 1 : MEDIUM_NONE;
	if (choice > 2)
		f->card.absent_because = choice - 3;
	return 1;
}

static int
ask_staff(struct asker *a, const struct need *need, struct facts *f)
{
	const int choice = ask_values(a, need, f);

	if (choice > 0)
		f->copay_percent = choice <= 3 ? 10 * choice : FACT_ABSENT;
	return choice > 0 ? 1 : choice;
}

static int
ask_online(struct asker *a, const struct need *need, struct facts *f)
{
	const int choice = ask_values(a, need, f);

	if (choice == 2)
		f->online.presence = FACT_ABSENT;
	return choice == 1 ? ASK_AGAIN : choice == 2 ? 1 : choice;
}

/* Questions about what a person brings along: ask_paper.c. */
static int
ask_evidence(struct asker *a, const struct need *need, const struct decision *d, struct facts *f)
{
	switch (need->question) {
	case Q_ELIGIBILITY_CERTIFICATE:
		return ask_document(a, need, DOC_ELIGIBILITY_CERTIFICATE, d, f);
	case Q_PORTAL:
		return ask_document(a, need, DOC_PORTAL, d, f);
	case Q_PORTAL_PDF:
		return ask_document(a, need, DOC_PORTAL_PDF, d, f);
	case Q_NOTICE:
		return ask_document(a, need, DOC_NOTICE, d, f);
	case Q_OLD_CARD:
		return ask_document(a, need, DOC_OLD_CARD, d, f);
	case Q_RECORD:
		return ask_record(a, need, d, f);
	case Q_STATEMENT:
		return ask_statement(a, need, d, f);
	default:
		return ASK_QUIT;
	}
}

int
ask_fact(struct asker *a, const struct need *need, const struct decision *d, struct facts *f)
{
	const struct question_info *q = question_info(need->question);

	a->answers = 0;
	if (ask_is_about_proofs(need->question, d, f))
		return ask_proofs(a, d, f);
	fprintf(stderr, "%s\n", need->question == Q_ONLINE && f->card.medium != MEDIUM_NONE ?
	    msg(MSG_ENQUIRE_AGAIN, a->ja) : a->ja ? q->ja : q->en);
	switch (need->question) {
	case Q_MEDIUM:
		return ask_medium(a, f);
	case Q_READ:
		return ask_enum(a, need, f, &f->card.read);
	case Q_IDENTITY:
		return ask_refused(a, need, f, &f->card.identity, IDENTITY_FAILED);
	case Q_REGISTERED:
		return ask_refused(a, need, f, &f->card.registered, REGISTERED_DECLINED);
	case Q_ONLINE:
		return ask_online(a, need, f);
	case Q_VISIT:
		return ask_enum(a, need, f, &f->visit);
	case Q_UNCHANGED:
		return ask_yes(a, need, f, &f->record.unchanged, 1, 0);
	case Q_STATED:
		return ask_yes(a, need, f, &f->disaster.presence, PRESENT, FACT_ABSENT);
	case Q_BIRTHDATE:
		return ask_birthdate(a, f);
	case Q_COPAY_PERCENT:
		return ask_staff(a, need, f);
	default:
		return ask_evidence(a, need, d, f);
	}
}
