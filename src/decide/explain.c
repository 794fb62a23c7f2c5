#include "decide/explain.h"

/* What a patient can still bring or say, as against what the machines found. */
static bool
is_evidence(enum fact f)
{
	switch (f) {
	case F_ELIGIBILITY_CERTIFICATE:
	case F_PORTAL:
	case F_PORTAL_PDF:
	case F_NOTICE:
	case F_OLD_CARD:
	case F_TEMPORARY_DOCUMENT:
	case F_PHYSICAL_CARD:
	case F_STATEMENT:
		return true;
	default:
		return false;
	}
}

/* Whether a fact meets the rule as far as is known; evidence not asked for is none. */
static bool
meets(const struct rule *r, const struct state *s, enum fact f)
{
	return (s->can[f] & ~r->accept[f]) == 0 || (is_evidence(f) && (s->can[f] & 1) != 0 &&
	    (r->accept[f] & 1) != 0);
}

/* The one fact that keeps the rule shut while all others meet it, or F_MAX. */
static enum fact
only_refusal(const struct rule *r, const struct state *s)
{
	enum fact refusing = F_MAX;

	for (int i = 0; i < r->tests; i++) {
		const enum fact f = (enum fact)r->test[i];

		if (meets(r, s, f))
			continue;
		if (refusing != F_MAX || (s->can[f] & r->accept[f]) != 0)
			return F_MAX;
		refusing = f;
	}
	return refusing;
}

/* Whether the fact could have been as the rule wants it on that day. */
static bool
could_be(const struct rulebase *rb, const struct facts *f, const struct rule *r,
    const struct state *now, enum fact fact)
{
	const uint64_t in_force =
	    ruleset_segment(&rb->set, f->visit_date)->in_force[TABLE_IMPOSSIBLE];
	/* what a card or a document that is brought would change as well */
	static const enum fact follow[] = { F_MEDIUM, F_CHIP, F_PHONE, F_TEMPORARY_DOCUMENT };
	struct state s = *now;

	for (size_t i = 0; i < sizeof(follow) / sizeof(follow[0]); i++)
		s.can[follow[i]] = value_all(follow[i]);
	s.can[fact] = r->accept[fact] & value_all(fact);
	return table_must(&rb->set.table[TABLE_IMPOSSIBLE], &s, in_force) == 0;
}

/* Nothing is to be gained where insurance is settled and nothing is still owed. */
static bool
could_be_better(const struct decision *d)
{
	return d->verdict == V_VERDICT_SELF_PAY ? d->path == V_PATH_NONE :
	    d->verdict == V_VERDICT_INSURED && d->provisional;
}

int
near_misses(const struct rulebase *rb, const struct facts *f, const struct decision *d,
    struct near_miss out[static NEAR_MAX])
{
	const struct table *t = &rb->set.table[TABLE_LADDER];
	const struct fare *fare = &d->fare[TABLE_LADDER];
	int n = 0;

	if (!could_be_better(d))
		return 0;
	for (int i = 0; i < fare->hit && n < NEAR_MAX; i++) {
		const struct rule *r = &t->rule[i];
		enum fact fact;
		bool known = false;

		if ((fare->near >> i & 1) == 0 || r->action != ACTION_PATH ||
		    (fact = only_refusal(r, &d->state)) == F_MAX || !is_evidence(fact) ||
		    !could_be(rb, f, r, &d->state, fact))
			continue;
		for (int k = 0; k < n; k++)
			known = known || out[k].fact == fact;
		if (!known)
			out[n++] = (struct near_miss){ i, fact, decide_path(&rb->set, f, r->path) };
	}
	return n;
}

void
near_misses_add(struct buf *b, const struct near_miss *m, int n, bool ja)
{
	for (int i = 0; i < n; i++) {
		const bool ends = i + 1 == n || m[i + 1].percent != m[i].percent;

		if (!ja && (i == 0 || m[i - 1].percent != m[i].percent))
			buf_adds(b, "with ");
		buf_adds(b, ja ? fact_words(m[i].fact)->ja : fact_words(m[i].fact)->en);
		if (!ends) {
			buf_adds(b, ja ? "か" : " or ");
			continue;
		}
		buf_adds(b, ja ? "があれば " : ": ");
		if (m[i].percent == 0)
			buf_adds(b, ja ? "保険扱い(割合は別に確認)" : "insured, ratio to be found");
		else if (ja)
			buf_addf(b, "%d割", m[i].percent / 10);
		else
			buf_addf(b, "%d%%", m[i].percent);
		buf_adds(b, i + 1 == n ? "" : ja ? "、" : "; ");
	}
}

static void
add_phrase(struct buf *b, bool ja, const char *in_japanese, const char *in_english)
{
	if (b->n > 0)
		buf_adds(b, ja ? "、" : ", ");
	buf_adds(b, ja ? in_japanese : in_english);
}

static bool
answered(const struct facts *f)
{
	return f->online.presence == PRESENT && f->online.outcome == OUTCOME_ANSWERED;
}

/* What the service said of the eligibility (OQSCD006). */
static void
add_answer(struct buf *b, const struct facts *f, bool ja)
{
	static const struct { const char *ja, *en; } validity[] = {
		{ "有効", "valid" }, { "資格(無効)", "not valid" },
		{ "資格(無効)、新しい資格あり", "not valid, a newer eligibility exists" },
		{ "該当資格なし", "no such eligibility" }, { "複数該当", "several match" },
		{ "有効(未登録)", "valid, not registered" },
	};
	const bool by_number = f->online.by == BY_NUMBER;
	const int v = f->online.validity - 1;

	if (!answered(f) || v < 0 || v > 5)
		return;
	buf_adds(b, ja ? (by_number ? "番号で" : "カードで") : by_number ? "by number: " : "by card: ");
	buf_adds(b, ja ? validity[v].ja : validity[v].en);
}

void
explain_facts(const struct facts *f, const struct decision *d, bool ja, struct buf *returned,
    struct buf *inferred)
{
	add_answer(returned, f, ja);
	if (answered(f) && fact_known(f->online.result.birthdate))
		add_phrase(returned, ja, "生年月日", "birth date");
	if (d->basis == V_BASIS_ONLINE)
		add_phrase(returned, ja, "負担割合", "ratio");
	if (d->basis == V_BASIS_AGE)
		add_phrase(inferred, ja, "負担割合(年齢から。応答にはない)",
		    "ratio (from the age; it was not returned)");
	if (answered(f) && f->online.by == FACT_ABSENT)
		add_phrase(inferred, ja, "照会の方法(カードの有無から)",
		    "how the enquiry was made (from the card)");
	if (!answered(f) && !fact_known(f->birthdate) && fact_known(d->state.birthdate))
		add_phrase(inferred, ja, "生年月日(書類から)", "birth date (from a document)");
	if (d->path == V_PATH_ONLINE_CARD && d->has_path &&
	    !fact_known(f->card.certificate_not_after))
		add_phrase(inferred, ja, "電子証明書が有効なこと(応答から)",
		    "that the certificate is valid (from the answer)");
}

static void
write_phrase(struct jw *w, const char *key, const struct buf *b)
{
	jw_str(w, key, b->n > 0 ? b->p : NULL);
	if (b->failed)
		buf_fail(w->b);
}

static void
write_near(struct jw *w, const struct rulebase *rb, const struct near_miss *m, bool ja)
{
	struct buf text = BUF_INIT;

	near_misses_add(&text, m, 1, ja);
	jw_open(w, NULL, '{');
	jw_str(w, "rule", rb->words[TABLE_LADDER][m->rule].id);
	jw_str(w, "lacks", fact_words(m->fact)->name);
	if (m->percent != 0)
		jw_int(w, "copay_percent", m->percent);
	else
		jw_null(w, "copay_percent");
	jw_str(w, "text", text.p);
	jw_close(w, '}');
	if (text.failed)
		buf_fail(w->b);
	buf_free(&text);
}

void
explanation_write(struct jw *w, const struct rulebase *rb, const struct facts *f,
    const struct decision *d, bool ja)
{
	const struct fare *fare = &d->fare[TABLE_LADDER];
	struct buf returned = BUF_INIT, inferred = BUF_INIT;
	struct near_miss near[NEAR_MAX];
	const int n = near_misses(rb, f, d, near);

	explain_facts(f, d, ja, &returned, &inferred);
	jw_open(w, "explanation", '{');
	jw_str(w, "rule", fare->hit >= 0 ? rb->words[TABLE_LADDER][fare->hit].id :
	    d->impossible >= 0 ? rb->words[TABLE_IMPOSSIBLE][d->impossible].id : NULL);
	write_phrase(w, "returned", &returned);
	write_phrase(w, "inferred", &inferred);
	jw_open(w, "near_misses", '[');
	for (int i = 0; i < n; i++)
		write_near(w, rb, &near[i], ja);
	jw_close(w, ']');
	jw_close(w, '}');
	buf_free(&returned);
	buf_free(&inferred);
}
