#include "cli/drill_play.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/memory.h"
#include "base/text.h"
#include "cli/grid.h"
#include "cli/out_decision.h"
#include "desk/term.h"

#define SCREEN		80
#define SCREEN_ROWS	24	/* of a terminal that does not tell */
#define PROMPT_ROWS	4	/* the answer, a blank line, the prompt, one to spare */
#define INDENT_JA	6	/* as in cli/out_decision.c */
#define INDENT_EN	9
#define STEPS_MAX	24	/* more than any situation takes */
#define STOP		(-1)

static const char *
text_of(const struct buf *b)
{
	return b->n > 0 ? b->p : "";
}

static void
flush(const struct drilling *g, struct buf *b)
{
	fwrite(text_of(b), 1, b->n, g->out);
	fflush(g->out);
	buf_free(b);
}

/* Until the person has read it; a script reads on its own. */
static bool
wants_to_stop(const struct drilling *g)
{
	int key;

	if (!g->keys)
		return false;
	fflush(g->out);
	key = term_key(g->ja ? "\nスペースで次へ(q やめる) " : "\nSpace goes on (q quit) ", " nq");
	fputc('\n', g->out);
	return key == TERM_END || key == 'q';
}

/* As flush(); on a terminal in pages of its height.  True when the person wants to stop. */
static bool
flush_pages(const struct drilling *g, struct buf *b)
{
	struct winsize w = { .ws_row = 0 };
	const char *p = text_of(b);
	int rows = SCREEN_ROWS, row = 0;
	bool stop = false;

	if (ioctl(fileno(g->out), TIOCGWINSZ, &w) == 0 && w.ws_row > 2 * PROMPT_ROWS)
		rows = w.ws_row;
	for (; g->keys && *p != '\0' && !stop; p = strchrnul(p, '\n') + 1) {
		fwrite(p, 1, (size_t)(strchrnul(p, '\n') + 1 - p), g->out);
		if (++row == rows - PROMPT_ROWS && strchrnul(p, '\n')[1] != '\0') {
			stop = wants_to_stop(g);
			row = 0;
		}
	}
	if (!g->keys)
		fputs(p, g->out);
	fflush(g->out);
	buf_free(b);
	return stop;
}

static void
entry(const struct drilling *g, struct buf *b, const char *ja, const char *en, const char *s)
{
	grid_entry(b, g->ja ? ja : en, g->ja ? INDENT_JA : INDENT_EN, s, SCREEN);
}

/* "46歳、初診": what the clinic's own program shows of everybody. */
static void
add_patient(struct buf *b, const struct drilling *g, const struct facts *f)
{
	const int age = drill_age(f);

	if (age >= 0)
		buf_addf(b, g->ja ? "%d歳、" : "age %d, ", age);
	buf_adds(b, drill_visit(f, g->ja));
}

/* On a terminal each step begins at the top. */
static void
add_head(struct buf *b, const struct drilling *g, const struct play *p)
{
	if (g->keys)
		buf_adds(b, "\033[H\033[2J");
	buf_addf(b, "%d/%d  %s  %s\n", g->played, g->total, p->id,
	    g->ja ? p->title_ja : p->title_en);
}

static void
show_scene(const struct drilling *g, const struct play *p, const struct facts *f,
    const struct decision *d)
{
	struct buf b = BUF_INIT, line = BUF_INIT;

	add_head(&b, g, p);
	buf_addc(&b, '\n');
	entry(g, &b, "場面", "Scene", g->ja ? p->scene_ja : p->scene_en);
	add_patient(&line, g, f);
	entry(g, &b, "患者", "Patient", text_of(&line));
	buf_reset(&line);
	drill_known(&line, f, d, NULL, g->ja);
	if (line.n > 0)
		entry(g, &b, "事実", "Known", text_of(&line));
	buf_free(&line);
	flush(g, &b);
}

static void
show_choices(const struct drilling *g, const struct step *choice)
{
	struct buf b = BUF_INIT, line = BUF_INIT;

	buf_adds(&b, g->ja ? "\n次にどうしますか\n" : "\nWhat now?\n");
	for (int i = 0; i < CHOICES; i++) {
		char head[16];

		snprintf(head, sizeof(head), "  %d", i + 1);
		buf_reset(&line);
		step_add(&line, &choice[i], g->ja);
		grid_entry(&b, head, 5, text_of(&line), SCREEN);
	}
	buf_free(&line);
	flush(g, &b);
}

/* 0 .. CHOICES, or STOP. */
static int
read_line(void)
{
	char *line = NULL, *norm = NULL;
	size_t cap = 0;
	int answer = 0;

	if (getline(&line, &cap, stdin) <= 0) {
		if (!feof(stdin) && !ferror(stdin))
			memory_lost();
		free(line);
		return STOP;
	}
	line[strcspn(line, "\r\n")] = '\0';
	norm = text_nfkc(line);
	if (norm != NULL && strcmp(norm, "q") == 0)
		answer = STOP;
	else if (norm != NULL && strlen(norm) == 1 && *norm >= '1' && *norm <= '0' + CHOICES)
		answer = *norm - '0';
	free(norm);
	free(line);
	return answer;
}

static int
read_answer(const struct drilling *g)
{
	const char *prompt = g->ja ? "1-4の番号(0 わからない、q やめる): " :
	    "1 to 4 (0 not known, q quit): ";
	int key;

	if (!g->keys) {
		fputs(prompt, g->out);
		fflush(g->out);
		return read_line();
	}
	key = term_key(prompt, "01234q");
	if (key == TERM_END || key == 'q')
		return STOP;
	fprintf(g->out, "%c\n", key);
	return key - '0';
}

static void
add_mark(struct buf *b, const struct drilling *g, const struct step *choice, int right, int given)
{
	struct buf line = BUF_INIT;

	if (given == right) {
		buf_adds(b, g->ja ? "\n正解です。\n" : "\nRight.\n");
		return;
	}
	buf_addf(&line, g->ja ? "%d " : "%d ", right + 1);
	step_add(&line, &choice[right], g->ja);
	buf_adds(b, given < 0 ? "\n" : g->ja ? "\nちがいます。\n" : "\nWrong.\n");
	entry(g, b, "正解", "Right", text_of(&line));
	buf_free(&line);
}

/* The rung that stops the walk with its question: its title and first source. */
static void
add_rung(struct buf *b, const struct drilling *g, const struct decision *d)
{
	const struct fare *fare = &d->fare[d->fare[TABLE_RATIO].run ? TABLE_RATIO : TABLE_LADDER];
	const enum table_id t = d->fare[TABLE_RATIO].run ? TABLE_RATIO : TABLE_LADDER;
	struct buf line = BUF_INIT;
	const struct rule_words *w;

	if (!fare->run || fare->hit < 0)
		return;
	w = &g->rb->words[t][fare->hit];
	buf_addf(&line, g->ja ? "先に確かめる段: %s(%s)" : "the rung to settle first: %s (%s)",
	    g->ja ? w->ja : w->en, w->id);
	entry(g, b, "理由", "Why", text_of(&line));
	buf_reset(&line);
	buf_add(&line, w->source, strcspn(w->source, ";"));
	entry(g, b, "根拠", "Source", text_of(&line));
	buf_free(&line);
}

/* How it ends: the verdict with its reasons, as check and decide --explain have them. */
static void
add_end(struct buf *b, const struct drilling *g, const struct facts *f, const struct decision *d)
{
	const struct told t = { g->rb, f, d, g->ja };
	struct number_warning numbers;
	struct said list[SAID_MAX];

	out_verdict(b, &t);
	out_reasons(b, &t, "");
	out_says(b, list, decision_warnings(g->rb, f, d, g->ja, &numbers, list), MSG_WARNING,
	    g->ja);
	out_says(b, list, decision_follow_ups(g->rb, f, d, list), MSG_NEXT, g->ja);
}

/* True when the person wants to stop. */
static bool
explain(const struct drilling *g, const struct play *p, const struct facts *f,
    const struct decision *d, const struct step *choice, int right, int given)
{
	struct buf b = BUF_INIT, line = BUF_INIT;

	if (g->keys)
		add_head(&b, g, p);
	add_mark(&b, g, choice, right, given);
	if (given >= 0 && given != right) {
		drill_why_not(&line, g->rb, d, &choice[right], &choice[given], g->ja);
		entry(g, &b, "誤り", "Not", text_of(&line));
	}
	if (choice[right].ask)
		add_rung(&b, g, d);
	else
		add_end(&b, g, f, d);
	buf_free(&line);
	return flush_pages(g, &b);
}

/* What comes to light. */
static void
show_answer(const struct drilling *g, const struct facts *f, const struct state *before)
{
	struct buf b = BUF_INIT, line = BUF_INIT;
	struct decision d;

	(void)drill_next(&g->rb->set, f, &d);
	drill_known(&line, f, &d, before, g->ja);
	if (line.n > 0)
		entry(g, &b, "返事", "Answer", text_of(&line));
	buf_free(&line);
	flush(g, &b);
}

bool
drill_play(struct drilling *g, const struct play *p)
{
	struct facts f = p->facts;
	struct step choice[CHOICES];
	struct decision d;

	g->played++;
	for (int i = 0; i < STEPS_MAX; i++) {
		const struct step s = drill_next(&g->rb->set, &f, &d);
		const int right = drill_choices(g->rb, p, &f, g->rng, choice);
		int given;

		show_scene(g, p, &f, &d);
		show_choices(g, choice);
		if ((given = read_answer(g)) == STOP)
			return true;
		g->asked++;
		g->right += given - 1 == right;
		if (explain(g, p, &f, &d, choice, right, given - 1))
			return true;
		if (s.ask) {
			drill_reveal(&f, &p->truth, &s);
			show_answer(g, &f, &d.state);
		}
		if (wants_to_stop(g))
			return true;
		if (!s.ask)
			break;
	}
	return false;
}
