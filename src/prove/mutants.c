#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prove/mutate.h"
#include "rules/terms.h"

/* The making of mutants: one change at a time, taken back afterwards. */
struct maker {
	const struct rulebase	*rb;
	struct rulebase		*changed;
	void			(*each)(void *, const struct mutant *, const struct rulebase *);
	void			*arg;
	struct mutant		 m;
};

static struct rule *
changed_rule(struct maker *k)
{
	return &k->changed->set.table[k->m.table].rule[k->m.rule];
}

/* Whether no loader would take the rule: it uses a ratio that may be none. */
static bool
refused(const struct rule *r)
{
	return r->action == ACTION_RATIO && r->percent == 0 &&
	    (r->accept[r->ratio_fact] & value_all(r->ratio_fact) & ~0xeU) != 0;
}

/* Hands out the changed copy, and makes it what it was. */
static void
hand_out(struct maker *k)
{
	if (k->m.table == TABLE_MAX || !refused(changed_rule(k))) {
		ruleset_compile(&k->changed->set);
		k->each(k->arg, &k->m, k->changed);
	}
	if (k->m.table == TABLE_MAX)
		k->changed->set.parameters = k->rb->set.parameters;
	else
		k->changed->set.table[k->m.table] = k->rb->set.table[k->m.table];
}

#define WHAT(k, ...) snprintf((k)->m.what, sizeof((k)->m.what), __VA_ARGS__)

/* Each condition without a value it has, with one it has not, and left out. */
static void
change_conditions(struct maker *k, const struct rule *r)
{
	for (int i = 0; i < r->tests; i++) {
		const enum fact f = (enum fact)r->test[i];
		const valueset all = value_all(f);

		for (int v = 0; v < fact_values(f); v++) {
			const valueset set = (valueset)(r->accept[f] ^ (1U << v));

			/* that would be the rule taken out, or the condition */
			if ((set & all) == 0 || (set & all) == all)
				continue;
			changed_rule(k)->accept[f] = set;
			WHAT(k, "%s: %s %s", fact_words(f)->name,
			    r->accept[f] >> v & 1 ? "without" : "with", value_words(f, v)->name);
			hand_out(k);
		}
		changed_rule(k)->accept[f] = (valueset)~0;
		WHAT(k, "%s: any value", fact_words(f)->name);
		hand_out(k);
	}
}

static void
change_period(struct maker *k, const struct rule *r)
{
	for (int by = -1; by <= 1; by += 2) {
		if (fact_known(r->from)) {
			changed_rule(k)->from += by;
			WHAT(k, "from: %+d day", by);
			hand_out(k);
		}
		if (fact_known(r->until)) {
			changed_rule(k)->until += by;
			WHAT(k, "until: %+d day", by);
			hand_out(k);
		}
	}
	/* before any visit */
	changed_rule(k)->until = SPACE_DAY_MIN - 1;
	WHAT(k, "the rule is taken out");
	hand_out(k);
}

/* The next value of a fact, the first after the last. */
static enum value
next_value(enum fact f, enum value v)
{
	const int i = value_index(f, v), n = fact_values(f);

	return i + 1 < n ? v + 1 : (enum value)((int)v - n + 1);
}

static void
change_action(struct maker *k, enum action action)
{
	changed_rule(k)->action = action;
	WHAT(k, "then: %s", action_words(action)->name);
	hand_out(k);
}

static void
change_need(struct maker *k, const struct rule *r)
{
	for (int i = 0; i < r->needs; i++) {
		changed_rule(k)->need[i] = (uint8_t)((r->need[i] + 1) % Q_MAX);
		WHAT(k, "need: %s", question_info((enum question)changed_rule(k)->need[i])->name);
		hand_out(k);
	}
}

static void
change_ratio(struct maker *k, const struct rule *r)
{
	for (int percent = 10; percent <= 30; percent += 10) {
		if (percent == r->percent)
			continue;
		changed_rule(k)->percent = percent;
		WHAT(k, "ratio: %d", percent);
		hand_out(k);
	}
	for (int f = F_RATIO_ONLINE; r->percent == 0 && f <= F_RATIO_DECLARED; f++) {
		if ((int)r->ratio_fact == f)
			continue;
		changed_rule(k)->ratio_fact = (enum fact)f;
		WHAT(k, "ratio: %s", fact_words((enum fact)f)->name);
		hand_out(k);
	}
	changed_rule(k)->basis = next_value(F_BASIS, r->basis);
	WHAT(k, "basis: %s", value_words(F_BASIS, value_index(F_BASIS,
	    changed_rule(k)->basis))->name);
	hand_out(k);
	change_action(k, ACTION_REFER);
}

static void
change_path(struct maker *k, const struct rule *r)
{
	changed_rule(k)->path = next_value(F_PATH, r->path);
	WHAT(k, "path: %s", value_words(F_PATH, value_index(F_PATH, changed_rule(k)->path))->name);
	hand_out(k);
	changed_rule(k)->claim = (enum claim)((r->claim + 1) % (CLAIM_NONE + 1));
	WHAT(k, "claim: %s", claim_words(changed_rule(k)->claim)->name);
	hand_out(k);
	change_action(k, ACTION_REFER);
}

/* One thing said less, and the other state of provisional. */
static void
change_advice(struct maker *k, const struct rule *r)
{
	for (int i = 0; i < r->warnings; i++) {
		struct rule *c = changed_rule(k);

		c->warning[i] = c->warning[--c->warnings];
		WHAT(k, "warn: without %s", k->rb->text[r->warning[i].text].code);
		hand_out(k);
	}
	for (int i = 0; i < r->follow_ups; i++) {
		struct rule *c = changed_rule(k);

		c->follow_up[i] = c->follow_up[--c->follow_ups];
		WHAT(k, "follow_up: without %s", k->rb->text[r->follow_up[i].text].code);
		hand_out(k);
	}
	changed_rule(k)->provisional = !r->provisional;
	WHAT(k, "provisional: %s", r->provisional ? "false" : "true");
	hand_out(k);
}

static void
change_outcome(struct maker *k, const struct rule *r)
{
	switch (r->action) {
	case ACTION_PATH:
	case ACTION_SELF_PAY:
		change_path(k, r);
		break;
	case ACTION_NEED:
		change_need(k, r);
		change_action(k, ACTION_REFER);
		break;
	case ACTION_RATIO:
		change_ratio(k, r);
		break;
	case ACTION_ADVICE:
		change_advice(k, r);
		break;
	case ACTION_PASS:
		change_action(k, ACTION_REFER);
		break;
	case ACTION_REFER:
		if (k->m.table == TABLE_RATIO)
			change_action(k, ACTION_PASS);
		break;
	}
}

/* The rule and the one behind it in the other order. */
static void
change_order(struct maker *k)
{
	const struct table *t = &k->rb->set.table[k->m.table];
	struct rule *c = changed_rule(k);

	/* all advice speaks */
	if (k->m.table > TABLE_RATIO || k->m.rule + 1 >= t->rules)
		return;
	c[0] = t->rule[k->m.rule + 1];
	c[1] = t->rule[k->m.rule];
	WHAT(k, "after %s", k->rb->words[k->m.table][k->m.rule + 1].id);
	hand_out(k);
}

/* A limit a little lower and a little higher. */
static void
change_limit(struct maker *k, const char *name, int *limit)
{
	const int was = *limit;

	for (int by = -1; by <= 1; by += 2) {
		*limit = was + by;
		WHAT(k, "%s: %+d", name, by);
		hand_out(k);
	}
}

static void
change_number(struct maker *k, const char *name, char *digits)
{
	digits[0] = digits[0] == '9' ? '8' : (char)(digits[0] + 1);
	WHAT(k, "%s: %s", name, digits);
	hand_out(k);
}

static void
change_parameters(struct maker *k)
{
	struct parameters *p = &k->changed->set.parameters;

	k->m.table = TABLE_MAX;
	k->m.rule = -1;
	change_limit(k, "certificate_grace_months", &p->grace_months);
	change_limit(k, "certificate_warning_months", &p->warn_months);
	change_limit(k, "old_card_last_day", &p->old_card_last_day);
	change_limit(k, "phone_first_day", &p->phone_first_day);
	change_limit(k, "stale_after_days", &p->stale_after_days);
	/* 1 August: the day before it, and the day after it */
	change_limit(k, "ratio_year_start, month", &p->ratio_year_month);
	p->ratio_year_day++;
	WHAT(k, "ratio_year_start, day: +1");
	hand_out(k);
	change_number(k, "unknown_insurer_number", p->unknown_insurer);
	change_number(k, "unknown_number", p->unknown_number);
	change_number(k, "disaster_insurer_number", p->disaster_insurer);
	change_number(k, "disaster_number", p->disaster_number);
}

int
mutate_each(const struct rulebase *rb,
    void (*each)(void *arg, const struct mutant *m, const struct rulebase *changed), void *arg,
    struct err *e)
{
	struct maker k = { .rb = rb, .each = each, .arg = arg };

	if ((k.changed = malloc(sizeof(*k.changed))) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	*k.changed = *rb;
	for (int t = 0; t < TABLE_IMPOSSIBLE; t++)
		for (int i = 0; i < rb->set.table[t].rules; i++) {
			const struct rule *r = &rb->set.table[t].rule[i];

			k.m.table = (enum table_id)t;
			k.m.rule = i;
			change_conditions(&k, r);
			change_period(&k, r);
			change_outcome(&k, r);
			change_order(&k);
		}
	change_parameters(&k);
	free(k.changed);
	return 0;
}
