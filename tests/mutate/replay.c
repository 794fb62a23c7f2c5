/*
 * Decides cases and compares: replay CASES.  Two lines a case: the facts (with
 * an A before them for --assume-none), and what the answer must hold, tokens
 * with blanks around them; a token beginning with ! must not be there.
 * Says at which line it found the first difference.  Exit status 1 for one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decide/verdict_out.h"

static void
add(struct buf *b, const char *name, const char *value)
{
	buf_addf(b, "%s=%s ", name, value != NULL ? value : "-");
}

static void
add_advice(struct buf *b, const struct rulebase *rb, const struct decision *d)
{
	const struct table *t = &rb->set.table[TABLE_ADVICE];

	for (int i = 0; i < t->rules; i++) {
		const struct rule *r = &t->rule[i];

		if ((d->advice >> i & 1) == 0)
			continue;
		for (int k = 0; k < r->warnings; k++)
			add(b, "warn", rb->text[r->warning[k].text].code);
		for (int k = 0; k < r->follow_ups; k++)
			add(b, "follow", rb->text[r->follow_up[k].text].code);
	}
}

static void
write_tokens(struct buf *b, const struct rulebase *rb, const struct facts *f,
    const struct decision *d)
{
	struct claim_text claim;

	add(b, " verdict", verdict_name(d->verdict));
	add(b, "path", path_name(d));
	buf_addf(b, "percent=%d ", d->percent);
	add(b, "basis", basis_name(d));
	add(b, "provisional", d->provisional ? "true" : "false");
	claim_text(rb, f, d, &claim);
	add(b, "claim", claim.basis);
	add(b, "insurer_number", claim.id.insurer_number);
	add(b, "number", claim.id.number);
	claim_text_free(&claim);
	buf_addf(b, "needs=%d ", d->needs);
	for (int i = 0; i < d->needs; i++)
		buf_addf(b, "need%d=%s ", i, question_info(d->need[i].question)->name);
	add_advice(b, rb, d);
}

/* One line of facts, which an A may stand before. */
static void
answer(struct buf *b, const struct rulebase *rb, const char *line, size_t n)
{
	const bool assume = *line == 'A';
	struct err e = ERR_INIT;
	struct json *doc = js_parse(line + assume, n - assume, &e);
	struct facts_error why;
	struct decision d;
	struct facts f;
	bool unknown;

	facts_init(&f, 0);
	if (doc == NULL || facts_read(doc, true, &f, &unknown, &why) < 0 ||
	    facts_check(&f, &why) < 0) {
		buf_adds(b, " error ");
	} else {
		if (assume)
			facts_assume_none(&f);
		decide(&rb->set, &f, &d);
		write_tokens(b, rb, &f, &d);
	}
	js_free(doc);
}

/* Whether every token of the line is, or is not, in what was said. */
static bool
holds(const struct buf *said, char *line)
{
	char *rest = line, *token;

	while ((token = strsep(&rest, " \n")) != NULL) {
		char want[128];
		const bool not = *token == '!';

		if (*token == '\0')
			continue;
		snprintf(want, sizeof(want), " %s ", token + not);
		if ((memmem(said->p, said->n, want, strlen(want)) != NULL) == not)
			return false;
	}
	return true;
}

int
main(int argc, char *argv[])
{
	struct err e = ERR_INIT;
	struct rulebase *rb = rulebase_embedded(&e);
	FILE *in = argc == 2 ? fopen(argv[1], "r") : NULL;
	char *facts = NULL, *want = NULL;
	size_t facts_cap = 0, want_cap = 0;
	struct buf out = BUF_INIT;
	int rc = 0;
	ssize_t n;

	if (rb == NULL || in == NULL) {
		fprintf(stderr, "%s\n", rb == NULL ? e.msg : "usage: replay CASES");
		return 2;
	}
	for (long line = 1; rc == 0 && (n = getline(&facts, &facts_cap, in)) > 0 &&
	    getline(&want, &want_cap, in) > 0; line += 2) {
		buf_reset(&out);
		answer(&out, rb, facts, (size_t)n);
		if (!holds(&out, want)) {
			printf("%ld\n%s\n", line, out.p);
			rc = 1;
		}
	}
	buf_free(&out);
	free(facts);
	free(want);
	fclose(in);
	rulebase_free(rb);
	return rc;
}
