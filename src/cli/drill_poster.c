#include "cli/drill_play.h"

#include <string.h>

#include "cli/grid.h"
#include "decide/verdict_out.h"
#include "rules/csv.h"
#include "rules/terms.h"

enum { C_SITUATION, C_DO, C_RATIO, C_CLAIM, C_SOURCE, C_MAX };

/* Ways that are claimed alike are one row: what to do names them all. */
struct row { struct buf cell[C_MAX]; };

struct poster {
	const struct rulebase	*rb;
	bool			 ja;
	struct buf		*out;
	enum poster_form	 form;
	int			 columns, width[C_MAX];
	uint64_t		 told[TABLE_MAX];	/* the rules in the table */
};

static const char *
text_of(const struct buf *b)
{
	return b->n > 0 ? b->p : "";
}

static void
add_ratio(struct buf *b, const struct way *w, const struct facts *f, bool ja)
{
	if (w->need == Q_COPAY_PERCENT) {
		buf_adds(b, ja ? "保険者に確かめる" : "ask the insurer");
	} else if (w->percent == 0) {
		buf_adds(b, ja ? "決めない" : "not decided");
	} else if (w->percent == 100) {
		buf_adds(b, ja ? "10割" : "100%");
	} else if (w->basis == V_BASIS_AGE) {
		buf_addf(b, ja ? "年齢のとおり(%d歳は%d割)" : "by age (at %d: %d%%)", drill_age(f),
		    ja ? w->percent / 10 : w->percent);
	} else {
		const struct words *basis = value_words(F_BASIS, value_index(F_BASIS, w->basis));

		buf_addf(b, ja ? "%sのとおり" : "as of %s", word(basis, ja));
	}
	if (w->provisional)
		buf_adds(b, ja ? "、仮" : ", provisional");
}

static void
add_claim(struct buf *b, const struct poster *p, const struct way *w)
{
	const struct decision d = { .claim = w->claim };
	struct facts f;
	struct claim_text text;

	if (w->percent == 0)
		return;
	buf_adds(b, word(claim_words(w->claim), p->ja));
	facts_init(&f, 0);
	claim_text(p->rb, &f, &d, &text);
	if (text.id.insurer_number != NULL)
		buf_addf(b, p->ja ? " 保険者番号 %s 番号 %s" : ": insurer %s, number %s",
		    text.id.insurer_number, text.id.number);
	if (text.remarks.n > 0)
		buf_addf(b, p->ja ? " 摘要欄「%s」" : ", remarks %s", text.remarks.p);
	claim_text_free(&text);
}

static void
add_done(struct buf *b, const struct way *w, bool ja)
{
	const struct words *path = value_words(F_PATH, value_index(F_PATH, w->path));

	for (int i = 0; i < w->questions; i++) {
		const struct question_info *q = question_info(w->question[i]);

		buf_addf(b, ja ? "「%s」→ " : "%s -> ", ja ? q->ja : q->en);
	}
	if (w->verdict == V_VERDICT_REFER)
		buf_adds(b, ja ? "責任者に相談する" : "ask the person in charge");
	else if (w->need != Q_MAX)
		buf_adds(b, ja ? question_info(w->need)->ja : question_info(w->need)->en);
	else if (w->path == V_PATH_NONE)
		buf_adds(b, ja ? "どれもないとき" : "none of these");
	else
		buf_adds(b, word(path, ja));
}

/* A rule once, by its id; in a table without room for more its sources are told at the end. */
static void
add_rule(struct buf *b, struct poster *p, enum table_id t, int i)
{
	const struct rule_words *w;

	if (i < 0)
		return;
	w = &p->rb->words[t][i];
	p->told[t] |= 1ULL << i;
	if (b->n > 0 && strstr(b->p, w->id) != NULL)
		return;
	buf_adds(b, b->n > 0 ? p->ja ? "、" : ", " : "");
	buf_adds(b, w->id);
	if (p->form == POSTER_CSV)
		buf_addf(b, " %s", w->source);
}

static void
fill(struct poster *p, const struct play *play, const struct way *w, struct row *r)
{
	if (r->cell[C_SITUATION].n == 0)
		buf_addf(&r->cell[C_SITUATION], p->ja ? "%.*s %s(%s)" : "%.*s %s (%s)",
		    PLAY_SITUATION, play->id, p->ja ? play->title_ja : play->title_en,
		    drill_visit(&play->facts, p->ja));
	if (r->cell[C_DO].n > 0)
		buf_adds(&r->cell[C_DO], p->ja ? "、" : "; ");
	add_done(&r->cell[C_DO], w, p->ja);
	if (r->cell[C_RATIO].n == 0)
		add_ratio(&r->cell[C_RATIO], w, &play->facts, p->ja);
	if (r->cell[C_CLAIM].n == 0)
		add_claim(&r->cell[C_CLAIM], p, w);
	add_rule(&r->cell[C_SOURCE], p, TABLE_LADDER, w->ladder);
	add_rule(&r->cell[C_SOURCE], p, TABLE_RATIO, w->ratio);
}

static bool
is_alike(const struct way *a, const struct way *b)
{
	return a->need == b->need && a->verdict == b->verdict &&
	    a->percent == b->percent && a->basis == b->basis && a->claim == b->claim &&
	    a->provisional == b->provisional &&
	    (a->path == V_PATH_NONE) == (b->path == V_PATH_NONE);
}

static void
print_row(const struct poster *p, const struct row *r, bool first)
{
	const char *cells[C_MAX];

	for (int c = 0; c < C_MAX; c++)
		cells[c] = text_of(&r->cell[c]);
	if (p->form != POSTER_CSV && !first)
		cells[C_SITUATION] = "";
	if (p->form == POSTER_TEXT) {
		grid_row(p->out, cells, p->width, C_MAX);
		return;
	}
	for (int c = 0; c < C_MAX; c++) {
		if (p->form == POSTER_CSV) {
			csv_add(p->out, cells[c]);
			buf_adds(p->out, c + 1 < C_MAX ? "," : "\r\n");
		} else {
			buf_addf(p->out, "| %s ", cells[c]);
		}
	}
	buf_adds(p->out, p->form == POSTER_MARKDOWN ? "|\n" : "");
}

static void
print_play(struct poster *p, const struct play *play, const struct way *ways, int n)
{
	bool first = true;

	for (int i = 0; i < n; i++) {
		struct row r = { { BUF_INIT } };

		fill(p, play, &ways[i], &r);
		while (i + 1 < n && is_alike(&ways[i], &ways[i + 1]))
			fill(p, play, &ways[++i], &r);
		print_row(p, &r, first);
		first = false;
		for (int c = 0; c < C_MAX; c++)
			buf_free(&r.cell[c]);
	}
	if (p->form == POSTER_TEXT)
		buf_addc(p->out, '\n');
}

static bool
same_ways(const struct way *a, int n, const struct way *b, int m)
{
	if (n != m)
		return false;
	for (int i = 0; i < n; i++)
		if (!is_alike(&a[i], &b[i]) || a[i].path != b[i].path)
			return false;
	return true;
}

/* Whether an earlier play of the situation and visit already has these ways. */
static bool
is_repeated(const struct rulebase *rb, const struct play *const *plays, int k,
    const struct way *ways, int n)
{
	struct way before[WAYS_MAX];

	for (int i = 0; i < k; i++)
		if (strncmp(plays[i]->id, plays[k]->id, PLAY_SITUATION) == 0 &&
		    plays[i]->facts.visit == plays[k]->facts.visit &&
		    same_ways(ways, n, before, drill_ways(&rb->set, &plays[i]->facts, before)))
			return true;
	return false;
}

/* What the ids stand for. */
static void
print_sources(const struct poster *p)
{
	buf_adds(p->out, p->form == POSTER_MARKDOWN ? "\n" : "");
	for (int t = 0; t < TABLE_MAX; t++)
		for (int i = 0; i < p->rb->set.table[t].rules; i++) {
			const struct rule_words *w = &p->rb->words[t][i];
			struct buf line = BUF_INIT;

			if ((p->told[t] >> i & 1) == 0)
				continue;
			buf_addf(&line, "%s: %s", p->ja ? w->ja : w->en, w->source);
			if (p->form == POSTER_MARKDOWN)
				buf_addf(p->out, "- %s %s\n", w->id, text_of(&line));
			else
				grid_entry(p->out, w->id, 10, text_of(&line), p->columns);
			buf_free(&line);
		}
}

static void
print_heads(const struct poster *p)
{
	static const char *const heads[2][C_MAX] = {
		{ "場面", "すること(上から順に)", "負担割合", "請求", "根拠" },
		{ "situation", "what to do (in this order)", "ratio", "claim", "source" },
	};
	struct row r = { { BUF_INIT } };

	for (int c = 0; c < C_MAX; c++)
		buf_adds(&r.cell[c], heads[!p->ja][c]);
	print_row(p, &r, true);
	for (int c = 0; c < C_MAX; c++)
		buf_free(&r.cell[c]);
	if (p->form == POSTER_MARKDOWN)
		buf_adds(p->out, "|---|---|---|---|---|\n");
	if (p->form == POSTER_TEXT)
		buf_addc(p->out, '\n');
}

/* Shares of the width, in hundredths. */
static void
share_out(struct poster *p, int width)
{
	static const int shares[C_MAX] = { 25, 26, 17, 18, 14 };

	for (int c = 0; c < C_MAX; c++)
		p->width[c] = (width - C_MAX * GRID_GAP) * shares[c] / 100;
}

void
drill_poster(struct buf *b, const struct rulebase *rb, const struct play *const *plays, int n,
    enum poster_form form, int width, bool ja)
{
	struct poster p = { .rb = rb, .ja = ja, .out = b, .form = form, .columns = width };
	struct way ways[WAYS_MAX];

	share_out(&p, width);
	print_heads(&p);
	for (int i = 0; i < n; i++) {
		const int k = drill_ways(&rb->set, &plays[i]->facts, ways);

		if (!is_repeated(rb, plays, i, ways, k))
			print_play(&p, plays[i], ways, k);
	}
	if (form != POSTER_CSV)
		print_sources(&p);
}

static void
way_json(struct jw *w, struct poster *p, const struct way *way)
{
	struct buf done = BUF_INIT, source = BUF_INIT;

	add_done(&done, way, p->ja);
	add_rule(&source, p, TABLE_LADDER, way->ladder);
	add_rule(&source, p, TABLE_RATIO, way->ratio);
	jw_open(w, NULL, '{');
	jw_str(w, "do", text_of(&done));
	jw_str(w, "verdict", verdict_name(way->verdict));
	jw_str(w, "path", way->percent == 0 ? NULL :
	    value_words(F_PATH, value_index(F_PATH, way->path))->name);
	if (way->percent != 0)
		jw_int(w, "copay_percent", way->percent);
	else
		jw_null(w, "copay_percent");
	jw_bool(w, "provisional", way->provisional);
	jw_str(w, "claim", claim_words(way->claim)->name);
	jw_str(w, "source", text_of(&source));
	jw_close(w, '}');
	buf_free(&done);
	buf_free(&source);
}

void
drill_poster_json(struct buf *b, const struct rulebase *rb, const struct play *const *plays, int n,
    bool ja)
{
	struct poster p = { .rb = rb, .ja = ja, .form = POSTER_CSV };
	struct jw w = { b, false };
	struct way ways[WAYS_MAX];

	jw_open(&w, NULL, '[');
	for (int i = 0; i < n; i++) {
		const int k = drill_ways(&rb->set, &plays[i]->facts, ways);

		jw_open(&w, NULL, '{');
		jw_str(&w, "id", plays[i]->id);
		jw_str(&w, "title", ja ? plays[i]->title_ja : plays[i]->title_en);
		jw_str(&w, "visit", plays[i]->facts.visit == VISIT_RETURN ? "return" : "first");
		jw_open(&w, "ways", '[');
		for (int j = 0; j < k; j++)
			way_json(&w, &p, &ways[j]);
		jw_close(&w, ']');
		jw_close(&w, '}');
	}
	jw_close(&w, ']');
	buf_addc(b, '\n');
}
