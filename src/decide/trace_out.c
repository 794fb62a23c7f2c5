#include "decide/trace_out.h"

#include "base/date.h"

/*
 * A trace is some fifty lines for every patient, so it is not built member by
 * member: each rule's constant text was made when the rules were loaded, and
 * the words of facts and values (derived.h) hold nothing that JSON escapes.
 */

/* "fact: value, fact: value": each condition that was not met, or is still open. */
static void
add_conditions(struct buf *b, const struct rule *r, const struct state *s, bool refused, bool ja)
{
	const char *between = "";

	for (int i = 0; i < r->tests; i++) {
		const enum fact f = (enum fact)r->test[i];
		const valueset can = s->can[f];
		const int v = state_only(s, f);

		if (refused ? (can & r->accept[f]) != 0 : (can & ~r->accept[f]) == 0)
			continue;
		buf_adds(b, between);
		buf_adds(b, ja ? fact_words(f)->ja : fact_words(f)->en);
		buf_adds(b, ": ");
		if (v < 0)
			buf_adds(b, ja ? "未確認" : "not asked yet");
		else
			buf_adds(b, ja ? value_words(f, v)->ja : value_words(f, v)->en);
		between = ja ? "、" : ", ";
	}
	if (*between == '\0')
		buf_adds(b, ja ? "この経路では決まらない" : "this path does not decide");
}

static void
add_period(struct buf *b, const struct rule *r)
{
	char date[DATE_ISO_LEN + 1];

	if (fact_known(r->from)) {
		date_format_iso(r->from, date);
		buf_adds(b, date);
	}
	buf_adds(b, "..");
	if (fact_known(r->until)) {
		date_format_iso(r->until, date);
		buf_adds(b, date);
	}
}

static void
add_line(struct buf *b, const struct rulebase *rb, enum table_id t, int i,
    const struct decision *d, enum rule_status status, bool ja)
{
	static const char *const outcomes[] = { "\"not_reached\"", "\"applied\"", "\"no_match\"",
		"\"not_in_force\"", "\"unknown\"" };
	const struct rule_words *words = &rb->words[t][i];
	const struct rule *rule = &rb->set.table[t].rule[i];

	buf_adds(b, words->trace_head);
	buf_adds(b, outcomes[status]);
	buf_adds(b, ",\"because\":\"");
	switch (status) {
	case RULE_APPLIED:
		buf_adds(b, ja ? words->trace_ja : words->trace_en);
		break;
	case RULE_NOT_IN_FORCE:
		add_period(b, rule);
		break;
	case RULE_NOT_REACHED:
		buf_adds(b, ja ? "先の規則で決まった" : "decided before");
		break;
	case RULE_NO_MATCH:
	case RULE_UNKNOWN:
		add_conditions(b, rule, &d->state, status == RULE_NO_MATCH, ja);
		break;
	}
	buf_adds(b, words->trace_tail);
}

void
trace_write(struct jw *w, const struct rulebase *rb, const struct decision *d, bool ja)
{
	bool first = true;

	jw_open(w, "trace", '[');
	if (d->impossible >= 0) {
		add_line(w->b, rb, TABLE_IMPOSSIBLE, d->impossible, d, RULE_APPLIED, ja);
		first = false;
	}
	for (enum table_id t = TABLE_LADDER; t <= TABLE_RATIO; t++)
		for (int i = 0; d->fare[t].run && i < rb->set.table[t].rules; i++) {
			if (!first)
				buf_addc(w->b, ',');
			first = false;
			add_line(w->b, rb, t, i, d, fare_status(&d->fare[t], i), ja);
		}
	for (uint64_t said = d->advice; said != 0; said &= said - 1) {
		buf_addc(w->b, ',');
		add_line(w->b, rb, TABLE_ADVICE, __builtin_ctzll(said), d, RULE_APPLIED, ja);
	}
	jw_close(w, ']');
}
