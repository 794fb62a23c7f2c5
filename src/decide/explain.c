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

/* The one fact that keeps the rule shut while all others are known to meet it, or F_MAX. */
static enum fact
only_refusal(const struct rule *r, const struct state *s)
{
	enum fact refusing = F_MAX;

	for (int i = 0; i < r->tests; i++) {
		const enum fact f = (enum fact)r->test[i];

		if ((s->can[f] & ~r->accept[f]) == 0)
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
	struct state s = *now;

	s.can[fact] = r->accept[fact] & value_all(fact);
	/* it follows from the documents */
	s.can[F_TEMPORARY_DOCUMENT] = value_all(F_TEMPORARY_DOCUMENT);
	return table_match(&rb->set.table[TABLE_IMPOSSIBLE], &s, in_force).must == 0;
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
near_miss_add(struct buf *b, const struct near_miss *m, bool ja)
{
	if (ja)
		buf_addf(b, "%sがあれば ", fact_words(m->fact)->ja);
	else
		buf_addf(b, "with %s: ", fact_words(m->fact)->en);
	if (m->percent == 0)
		buf_adds(b, ja ? "保険扱い(割合は別に確認)" : "insured, ratio to be found");
	else if (ja)
		buf_addf(b, "%d割", m->percent / 10);
	else
		buf_addf(b, "%d%%", m->percent);
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

void
explain_facts(const struct facts *f, const struct decision *d, bool ja, struct buf *returned,
    struct buf *inferred)
{
	const int enquiry = state_only(&d->state, F_ENQUIRY);
	const struct words *answer = enquiry >= 0 ? value_words(F_ENQUIRY, enquiry) : NULL;

	if (answered(f) && answer != NULL)
		add_phrase(returned, ja, answer->ja, answer->en);
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
}

static void
write_near(struct jw *w, const struct rulebase *rb, const struct near_miss *m, bool ja)
{
	struct buf text = BUF_INIT;

	near_miss_add(&text, m, ja);
	jw_open(w, NULL, '{');
	jw_str(w, "rule", rb->words[TABLE_LADDER][m->rule].id);
	jw_str(w, "lacks", fact_words(m->fact)->name);
	if (m->percent != 0)
		jw_int(w, "copay_percent", m->percent);
	else
		jw_null(w, "copay_percent");
	jw_str(w, "text", text.p);
	jw_close(w, '}');
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
