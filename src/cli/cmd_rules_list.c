#include <string.h>

#include "base/text.h"
#include "cli/cmd_rules.h"
#include "cli/grid.h"
#include "rules/phrase.h"
#include "rules/terms.h"

#define SCREEN		80

/* What is listed, and as of when. */
struct list {
	const struct rulebase	*rb;
	int			 day;
	bool			 in_force;	/* only what is in force that day */
	int			 stage;		/* -1: all */
	bool			 ja;
};

/* The columns of a line; the title takes what is left. */
enum { L_ID, L_STAGE, L_PERIOD, L_CONFIDENCE, L_COLUMNS };

struct line { struct buf cell[L_COLUMNS]; };

/* What is done with each rule that is listed. */
typedef void visit(const struct list *l, enum table_id t, int i, void *with);

/* The rules in the order of the file's stages; returns how many. */
static int
each_rule(const struct list *l, visit *fn, void *with)
{
	int n = 0;

	for (int s = 0; s < l->rb->stages; s++)
		for (int t = 0; t < TABLE_MAX; t++)
			for (int i = 0; i < l->rb->set.table[t].rules; i++) {
				const struct rule *r = &l->rb->set.table[t].rule[i];

				if (l->rb->words[t][i].stage != s ||
				    (l->stage >= 0 && l->stage != s) ||
				    (l->in_force && !fact_covers(r->from, r->until, l->day)))
					continue;
				fn(l, (enum table_id)t, i, with);
				n++;
			}
	return n;
}

/* A verdict of that day warns that it was verified too long ago. */
static bool
is_stale(const struct list *l, const struct rule *r)
{
	return l->day > r->verified_on + l->rb->set.parameters.stale_after_days;
}

/* It ends before what is verified that day would be stale. */
static bool
ends_soon(const struct list *l, const struct rule *r)
{
	return fact_known(r->until) && r->until >= l->day &&
	    r->until <= l->day + l->rb->set.parameters.stale_after_days;
}

static const char *
text_of(const struct buf *b)
{
	return b->n > 0 ? b->p : "";
}

static void
fill(const struct list *l, enum table_id t, int i, struct line *line)
{
	const struct rule_words *w = &l->rb->words[t][i];
	const char *stage = l->rb->stage[w->stage].name;

	for (int c = 0; c < L_COLUMNS; c++)
		buf_reset(&line->cell[c]);
	text_add_safe(&line->cell[L_ID], w->id);
	/* "impossible" would take the titles' room */
	if (t == TABLE_ADVICE || t == TABLE_IMPOSSIBLE)
		buf_add(&line->cell[L_STAGE], stage, 3);
	else
		text_add_safe(&line->cell[L_STAGE], stage);
	phrase_period(&line->cell[L_PERIOD], &l->rb->set.table[t].rule[i], "..");
	buf_adds(&line->cell[L_CONFIDENCE], word(confidence_named(w->confidence), l->ja));
}

static void
line_free(struct line *line)
{
	for (int c = 0; c < L_COLUMNS; c++)
		buf_free(&line->cell[c]);
}

static void
measure(const struct list *l, enum table_id t, int i, void *with)
{
	struct line line = { 0 };
	int *width = with;

	fill(l, t, i, &line);
	for (int c = 0; c < L_COLUMNS; c++) {
		const int w = text_width(text_of(&line.cell[c]));

		width[c] = w > width[c] ? w : width[c];
	}
	line_free(&line);
}

struct printing {
	struct buf	*out;
	int		 width[L_COLUMNS];
};

static void
add_line(const struct list *l, enum table_id t, int i, void *with)
{
	const struct rule *r = &l->rb->set.table[t].rule[i];
	const struct rule_words *w = &l->rb->words[t][i];
	struct printing *p = with;
	struct line line = { 0 };
	int left = SCREEN - GRID_GAP;

	fill(l, t, i, &line);
	buf_adds(p->out, is_stale(l, r) ? "* " : ends_soon(l, r) ? "! " : "  ");
	for (int c = 0; c < L_COLUMNS; c++) {
		grid_pad(p->out, text_of(&line.cell[c]), p->width[c] + GRID_GAP);
		left -= p->width[c] + GRID_GAP;
	}
	grid_cut(p->out, l->ja ? w->ja : w->en, left);
	buf_addc(p->out, '\n');
	line_free(&line);
}

static void
add_heads(struct printing *p, bool ja)
{
	static const char *const heads[L_COLUMNS][2] = {
		[L_ID] = { "規則", "rule" }, [L_STAGE] = { "段", "stage" },
		[L_PERIOD] = { "期間", "period" }, [L_CONFIDENCE] = { "確度", "confidence" },
	};

	grid_pad(p->out, "", GRID_GAP);
	for (int c = 0; c < L_COLUMNS; c++) {
		const int own = text_width(heads[c][!ja]);

		p->width[c] = own > p->width[c] ? own : p->width[c];
		grid_pad(p->out, heads[c][!ja], p->width[c] + GRID_GAP);
	}
	buf_adds(p->out, ja ? "題名\n" : "title\n");
}

/* What to know of a rule beyond its line. */
static void
add_note(const struct list *l, enum table_id t, int i, void *with)
{
	const struct rule *r = &l->rb->set.table[t].rule[i];
	const struct rule_words *w = &l->rb->words[t][i];
	struct buf *out = with, b = BUF_INIT;

	if (is_stale(l, r)) {
		buf_addf(&b, l->ja ? "%s: 根拠の最後の確認が古い(" :
		    "%s: its sources were last verified long ago (", w->id);
		phrase_day(&b, r->verified_on);
		buf_addc(&b, ')');
		grid_entry(out, "*", GRID_GAP + 1, text_of(&b), SCREEN);
		buf_reset(&b);
	}
	if (ends_soon(l, r)) {
		buf_addf(&b, l->ja ? "%s: 最終日 " : "%s: last day ", w->id);
		phrase_day(&b, r->until);
		buf_addf(&b, l->ja ? "、期間後: %s" : ", afterwards: %s",
		    word(after_words(w->after), l->ja));
		grid_entry(out, "!", GRID_GAP + 1, text_of(&b), SCREEN);
	}
	buf_free(&b);
}

static void
oldest(const struct list *l, enum table_id t, int i, void *with)
{
	const int verified = l->rb->set.table[t].rule[i].verified_on;
	int *day = with;

	if (!fact_known(*day) || verified < *day)
		*day = verified;
}

static void
list_text(const struct list *l, struct buf *out)
{
	struct printing p = { .out = out };
	struct buf b = BUF_INIT;
	int verified = FACT_ABSENT, n;

	each_rule(l, measure, p.width);
	add_heads(&p, l->ja);
	n = each_rule(l, add_line, &p);
	each_rule(l, oldest, &verified);
	buf_addf(&b, l->ja ? "\n版 %s、規則 %d 件" : "\nedition %s, %d rules", l->rb->edition, n);
	buf_adds(&b, l->in_force ? (l->ja ? "が有効な日: " : " in force on ") :
	    (l->ja ? "。* ! は " : "; * ! as of "));
	phrase_day(&b, l->day);
	if (fact_known(verified)) {
		buf_adds(&b, l->ja ? "。根拠の確認は一番古いもので " :
		    ". Sources verified, at the earliest, on ");
		phrase_day(&b, verified);
	}
	buf_adds(out, "\n");
	text_add_wrapped(out, text_of(&b) + 1, 0, SCREEN - GRID_GAP);
	each_rule(l, add_note, out);
	buf_free(&b);
}

static void
put_day(struct jw *w, const char *key, int day)
{
	struct buf b = BUF_INIT;

	phrase_day(&b, day);
	jw_str(w, key, b.n > 0 ? b.p : NULL);
	buf_free(&b);
}

static void
put_rule(const struct list *l, enum table_id t, int i, void *with)
{
	const struct rule *r = &l->rb->set.table[t].rule[i];
	const struct rule_words *words = &l->rb->words[t][i];
	struct jw *w = with;

	jw_open(w, NULL, '{');
	jw_str(w, "id", words->id);
	jw_str(w, "stage", l->rb->stage[words->stage].name);
	jw_str(w, "title", l->ja ? words->ja : words->en);
	put_day(w, "from", r->from);
	put_day(w, "until", r->until);
	jw_str(w, "after", words->after == AFTER_OPEN ? NULL : after_words(words->after)->name);
	jw_str(w, "confidence", words->confidence);
	put_day(w, "verified_on", r->verified_on);
	jw_bool(w, "stale", is_stale(l, r));
	jw_bool(w, "ends_soon", ends_soon(l, r));
	jw_close(w, '}');
}

static void
list_json(const struct list *l, struct buf *out)
{
	struct jw w = { out, false };

	jw_open(&w, NULL, '{');
	jw_str(&w, "edition", l->rb->edition);
	jw_str(&w, "digest", l->rb->digest);
	put_day(&w, "day", l->day);
	jw_open(&w, "rules", '[');
	each_rule(l, put_rule, &w);
	jw_close(&w, ']');
	jw_close(&w, '}');
	buf_addc(out, '\n');
}

int
rules_list(struct app *app, int argc, char **argv, struct err *e)
{
	const char *path = NULL, *on = NULL, *stage = NULL;
	const struct opt opts[] = {
		{ OPT_STRING, "on", "DATE", &on,
		    T("その日に有効な規則だけ", "only the rules in force that day") },
		{ OPT_STRING, "stage", "STAGE", &stage, T("その段だけ", "only that stage") },
		{ OPT_STRING, "rules", "FILE", &path, T("別の規則ファイル", "other rules") },
	};
	const int n = cmd_options(app, opts, sizeof(opts) / sizeof(opts[0]), argc, argv, NULL, e);
	struct list l = { .ja = app->ja, .in_force = on != NULL };
	struct buf out = BUF_INIT;
	struct rulebase *rb;
	int rc = -1;

	if (n < 0)
		return n;
	if (n > 0)
		return err_set(e, ERR_USAGE, "rules list takes no %.40s", argv[0]);
	if (rules_day(on, "on", &l.day, e) < 0 || (rb = rules_open(path, e)) == NULL)
		return -1;
	l.rb = rb;
	if (rules_stage(rb, stage, &l.stage, e) == 0) {
		if (app->json)
			list_json(&l, &out);
		else
			list_text(&l, &out);
		rc = cmd_print(&out, e);
	}
	rulebase_free(rb);
	return rc;
}
