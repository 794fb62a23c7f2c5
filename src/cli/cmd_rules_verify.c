#include <time.h>

#include "cli/cmd_rules.h"
#include "prove/verify_out.h"

/* What is asked for on the command line. */
struct asked {
	const char	*rules;
	struct opt_list	 examples;
	int		 boxes;
	int		 min_noticed;	/* percent of the mutants */
};

static double
seconds_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
load_examples(const struct asked *a, const struct rulebase *rb, struct cases *c, struct err *e)
{
	for (size_t i = 0; i < a->examples.n; i++)
		if (cases_load(c, a->examples.item[i], e) < 0)
			return -1;
	return a->examples.n == 0 ? 0 : cases_decide(c, rb, e);
}

static int
print_report(const struct app *app, const struct verify_report *r, struct err *e)
{
	struct buf b = BUF_INIT;
	struct jw w = { &b, false };

	if (!app->json) {
		verify_write(&b, r);
		return cmd_print(&b, e);
	}
	jw_open(&w, NULL, '{');
	verify_write_json(&w, r);
	jw_close(&w, '}');
	buf_adds(&b, "\n");
	return cmd_print(&b, e);
}

/* What makes the command fail, once all of it has been printed. */
static int
judge(const struct asked *a, const struct verify *v, const struct cases *c,
    const struct mutation_run *run, struct err *e)
{
	const long differ = run->all - run->same;

	if (!verify_sound(v))
		return err_set(e, ERR_RULES, "%s: the rules are not sound",
		    a->rules != NULL ? a->rules : "embedded rules");
	if (c->wrong > 0)
		return err_set(e, ERR_RULES, "%d examples are not decided as they say: %.80s ...",
		    c->wrong, c->first_wrong);
	if (run->killed * 100 < differ * a->min_noticed)
		return err_set(e, ERR_RULES, "the examples notice %ld of %ld mutants", run->killed,
		    differ);
	return 0;
}

static int
verify(const struct app *app, const struct asked *a, struct rulebase *rb, struct err *e)
{
	const double begin = seconds_now();
	static struct mutation_run run;
	struct cases c = { .n = 0 };
	struct verify v = { .rb = rb };
	int rc = -1;

	if (load_examples(a, rb, &c, e) < 0 || verify_init(&v, rb, app->ja, e) < 0)
		goto out;
	if (verify_run(&v, e) == 0) {
		struct verify_report r = { .v = &v, .boxes = a->boxes,
			.file = a->rules != NULL ? a->rules : "rules.json",
			.seconds = seconds_now() - begin };

		if (a->examples.n > 0 && verify_sound(&v)) {
			rc = mutate(&v, &c, &run, e);
			r.run = &run;
		} else {
			rc = 0;
		}
		if (rc == 0 && (rc = print_report(app, &r, e)) == 0)
			rc = judge(a, &v, &c, &run, e);
		/* one document on standard output: it says all there is to say */
		if (rc < 0 && app->json && e->code == ERR_RULES)
			rc = err_exit_status(e->code);
	}
out:
	mutation_run_free(&run);
	verify_free(&v);
	cases_free(&c);
	return rc;
}

int
rules_verify(struct app *app, int argc, char **argv, struct err *e)
{
	struct asked a = { .boxes = 3 };
	struct rulebase *rb;
	const struct opt opts[] = {
		{ OPT_STRING, "rules", "FILE", &a.rules, T("別の規則ファイル", "other rules") },
		{ OPT_LIST, "examples", "FILE", &a.examples,
		    T("例(NDJSON)。規則を少し変えて、例が気づくかを調べる",
		    "examples (NDJSON): do they notice small changes of the rules") },
		{ OPT_INT, "min-noticed", "PERCENT", &a.min_noticed,
		    T("例が気づく変異がこれより少なければ失敗", "fail if they notice fewer of them") },
		{ OPT_INT, "boxes", "N", &a.boxes,
		    T("最後の段に残る場合を期間ごとにN個まで書く",
		    "write out up to N boxes of what is left to the last stage") },
	};
	const int n = cmd_options(app, opts, sizeof(opts) / sizeof(opts[0]), argc, argv, NULL, e);
	int rc;

	if (n < 0)
		return n;
	if (n > 0)
		return err_set(e, ERR_USAGE, "rules verify takes no operand");
	if (a.boxes > VERIFY_BOXES_MAX || a.min_noticed > 100)
		return err_set(e, ERR_USAGE, "--boxes and --min-noticed take at most 100");
	if ((rb = rules_open(a.rules, e)) == NULL)
		return -1;
	rc = verify(app, &a, rb, e);
	rulebase_free(rb);
	return rc;
}
