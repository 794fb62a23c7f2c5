#include "prove/verify_out.h"

#include <string.h>

#include "prove/words.h"

static void
write_boxes(struct buf *b, struct verify *v, const struct verified_period *p, int max)
{
	struct cube box[VERIFY_BOXES_MAX];
	uint32_t rest;
	const int n = space_boxes(&v->s, p->residual, p->possible, box, max, &rest);

	for (int i = 0; i < n; i++) {
		buf_adds(b, "      ");
		words_box(b, &v->s, &box[i], v->ja);
		buf_adds(b, "\n");
	}
	if (rest != MDD_EMPTY && max > 0)
		buf_adds(b, v->ja ? "      ほかにもある\n" : "      and others\n");
}

/* The rules that begin on a day, or ended the day before. */
static void
write_turns(struct buf *b, const struct verify *v, int day)
{
	for (int t = 0; t < TABLE_MAX; t++)
		for (int i = 0; i < v->rb->set.table[t].rules; i++) {
			const struct rule *r = &v->rb->set.table[t].rule[i];

			if (r->from == day)
				buf_addf(b, " +%s", v->rb->words[t][i].id);
			if (fact_known(r->until) && r->until == day - 1)
				buf_addf(b, " -%s", v->rb->words[t][i].id);
		}
}

static void
write_period(struct buf *b, const struct verify_report *r, int k)
{
	struct verify *v = r->v;
	const struct verified_period *p = &v->period[k];
	const double whole = mdd_share(v->s.m, p->possible);

	buf_adds(b, "  ");
	words_period(b, &p->days);
	buf_adds(b, ": ");
	words_number(b, p->covered);
	buf_adds(b, v->ja ? " 通り" : " assignments");
	if (k > 0) {
		buf_adds(b, v->ja ? "、前の日から変わる " : ", changed by the first day: ");
		words_share(b, mdd_share(v->s.m, p->changed), whole);
		write_turns(b, v, p->days.from);
	}
	buf_adds(b, v->ja ? "\n    最後の段に残る " : "\n    left to the last stage: ");
	words_number(b, space_count(&v->s, p->residual, -1, -1));
	buf_adds(b, v->ja ? " 通り、" : ", ");
	words_share(b, mdd_share(v->s.m, p->residual), whole);
	buf_adds(b, "\n");
	/* the same boxes once */
	if (k == 0 || p->residual != v->period[k - 1].residual)
		write_boxes(b, v, p, r->boxes);
}

static void
write_violation(struct buf *b, const struct verify_report *r, const struct violation *n)
{
	const bool ja = r->v->ja;

	buf_addf(b, "%s: %s: %s: %s", r->file, n->rule, property_words(n->property)->name, n->why);
	if (n->days != NULL)
		buf_addf(b, " (%s)", n->days);
	buf_adds(b, "\n");
	if (n->box != NULL)
		buf_addf(b, "    %s: %s\n", ja ? "条件" : "where", n->box);
	if (n->patient != NULL)
		buf_addf(b, "    %s: %s\n", ja ? "例" : "example", n->patient);
}

static void
write_properties(struct buf *b, const struct verify *v)
{
	for (int i = 0; i < PROVE_MAX; i++) {
		const struct words *w = property_words((enum property)i);

		buf_addf(b, "  %s %s", v->wrong[i] == 0 ? "ok    " : "not ok",
		    v->ja ? w->ja : w->en);
		if (v->wrong[i] != 0)
			buf_addf(b, ": %d", v->wrong[i]);
		buf_adds(b, "\n");
	}
}

static void
write_stays(struct buf *b, const struct verify *v)
{
	bool first = true;

	for (int t = 0; t < TABLE_MAX; t++)
		for (uint64_t rest = v->stays[t]; rest != 0; rest &= rest - 1) {
			buf_addf(b, "%s%s", first ? "" : ", ",
			    v->rb->words[t][__builtin_ctzll(rest)].id);
			first = false;
		}
	if (first)
		buf_adds(b, v->ja ? "なし" : "none");
}

static double
score(const struct mutation_run *run)
{
	const long rest = run->all - run->same;

	return rest > 0 ? 100.0 * (double)run->killed / (double)rest : 100;
}

static void
write_mutations(struct buf *b, const struct mutation_run *run, bool ja)
{
	buf_addf(b, ja ? "変異 %ld: 同じもの %ld、例が見つけた %ld、残り %ld(%.1f %%)\n" :
	    "mutants %ld: the same %ld, noticed %ld, left %ld (%.1f %%)\n", run->all, run->same,
	    run->killed, run->left, score(run));
	for (int i = 0; i < run->survivors; i++) {
		const struct survivor *s = &run->survivor[i];

		buf_addf(b, "  %s: %s", s->rule, s->what);
		if (s->number > 0)
			buf_addf(b, " #%d", s->number);
		buf_adds(b, "\n");
		if (s->patient != NULL)
			buf_addf(b, "    %s\n", s->patient);
	}
	if (run->survivors < run->left)
		buf_addf(b, ja ? "  ほか %ld\n" : "  and %ld more\n", run->left - run->survivors);
}

void
verify_write(struct buf *b, const struct verify_report *r)
{
	struct verify *v = r->v;
	const bool ja = v->ja;

	for (int i = 0; i < v->found; i++)
		write_violation(b, r, &v->violation[i]);
	buf_addf(b, ja ? "%s 版 %s: %d 期間、" : "%s edition %s: %d periods, ", r->file,
	    v->rb->edition, v->periods);
	words_number(b, verify_covered(v));
	buf_adds(b, ja ? " 通りすべて\n" : " assignments, all of them\n");
	for (int k = 0; k < v->periods; k++)
		write_period(b, r, k);
	write_properties(b, v);
	buf_addf(b, ja ? "質問の最も長い続き %d、何か持って来るまで続く質問: " :
	    "longest run of questions %d; asked until something is brought: ", v->chain);
	write_stays(b, v);
	buf_addf(b, ja ? "\n聞かない質問の組 %ld、例の患者 %ld 人" :
	    "\nquestions left open in %ld ways, %ld example patients", v->combinations,
	    v->patients);
	if (v->unmet > 0)
		buf_addf(b, ja ? "(患者が見つからない結果 %ld)" :
		    " (no patient for %ld outcomes)", v->unmet);
	buf_addf(b, ja ? "、節点 %zu、%.2f 秒\n" : ", %zu nodes, %.2f s\n", mdd_nodes(v->s.m),
	    r->seconds);
	if (r->run != NULL)
		write_mutations(b, r->run, ja);
}

/* Numbers may be larger than those of JSON readers: as text. */
static void
json_number(struct jw *w, const char *key, mdd_number n)
{
	struct buf b = BUF_INIT;
	char *to;

	words_number(&b, n);
	if (b.p != NULL) {
		to = b.p;
		for (const char *from = b.p; *from != '\0'; from++)
			if (*from != ',')
				*to++ = *from;
		*to = '\0';
	}
	jw_str(w, key, b.p);
	buf_free(&b);
}

static void
json_period(struct jw *w, const struct verify_report *r, int k)
{
	struct verify *v = r->v;
	const struct verified_period *p = &v->period[k];
	struct cube box[VERIFY_BOXES_MAX];
	struct buf b = BUF_INIT;
	uint32_t rest;
	const int n = space_boxes(&v->s, p->residual, p->possible, box, r->boxes, &rest);

	jw_open(w, NULL, '{');
	words_period(&b, &p->days);
	jw_str(w, "days", b.p);
	json_number(w, "assignments", p->covered);
	json_number(w, "residual", space_count(&v->s, p->residual, -1, -1));
	jw_open(w, "residual_boxes", '[');
	for (int i = 0; i < n; i++) {
		buf_reset(&b);
		words_box(&b, &v->s, &box[i], v->ja);
		jw_str(w, NULL, b.p);
	}
	jw_close(w, ']');
	jw_close(w, '}');
	buf_free(&b);
}

static void
json_violation(struct jw *w, const struct violation *n)
{
	jw_open(w, NULL, '{');
	jw_str(w, "property", property_words(n->property)->name);
	jw_str(w, "rule", n->rule);
	jw_str(w, "why", n->why);
	jw_str(w, "days", n->days);
	jw_str(w, "where", n->box);
	jw_str(w, "example", n->patient);
	jw_close(w, '}');
}

static void
json_mutations(struct jw *w, const struct mutation_run *run)
{
	jw_open(w, "mutants", '{');
	jw_int(w, "all", run->all);
	jw_int(w, "same", run->same);
	jw_int(w, "noticed", run->killed);
	jw_int(w, "left", run->left);
	jw_open(w, "survivors", '[');
	for (int i = 0; i < run->survivors; i++) {
		jw_open(w, NULL, '{');
		jw_str(w, "rule", run->survivor[i].rule);
		jw_str(w, "what", run->survivor[i].what);
		jw_int(w, "number", run->survivor[i].number);
		jw_str(w, "example", run->survivor[i].patient);
		jw_close(w, '}');
	}
	jw_close(w, ']');
	jw_close(w, '}');
}

void
verify_write_json(struct jw *w, const struct verify_report *r)
{
	struct verify *v = r->v;

	jw_str(w, "edition", v->rb->edition);
	jw_str(w, "digest", v->rb->digest);
	jw_bool(w, "sound", verify_sound(v));
	json_number(w, "assignments", verify_covered(v));
	jw_open(w, "periods", '[');
	for (int k = 0; k < v->periods; k++)
		json_period(w, r, k);
	jw_close(w, ']');
	jw_open(w, "properties", '{');
	for (int i = 0; i < PROVE_MAX; i++)
		jw_bool(w, property_words((enum property)i)->name, v->wrong[i] == 0);
	jw_close(w, '}');
	jw_open(w, "violations", '[');
	for (int i = 0; i < v->found; i++)
		json_violation(w, &v->violation[i]);
	jw_close(w, ']');
	jw_int(w, "longest_run_of_questions", v->chain);
	jw_int(w, "patients", v->patients);
	jw_int(w, "nodes", (long long)mdd_nodes(v->s.m));
	if (r->run != NULL)
		json_mutations(w, r->run);
}
