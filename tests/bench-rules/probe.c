/*
 * Our side of the comparison with other rule engines; bench.mjs says what is compared.
 *   rules-probe vocabulary            a line for each fact of the ladder: its name and its values
 *   rules-probe derive FACTS          of each line of NDJSON: the values of the ladder's facts
 *   rules-probe serve DAY CASES CUT FACTS OPEN
 *       CASES has lines as "derive" writes them.  CUT is a table: a line for each rule, a number
 *       for each fact, whose bits are the values it accepts.  Answers from standard input:
 *           ladder|cut                  the index of the rule that holds, for each case
 *           ladder|cut|decide|open MS   decisions made and CPU seconds taken, in about MS
 *   rules-probe run PROGRAM [ARGUMENT]...
 *       runs it on this standard input: CPU microseconds, maximal RSS in KB
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/date.h"
#include "decide/facts_in.h"
#include "rules/rulebase.h"

#define CASES_MAX	1000
#define LADDER_FACTS	F_PATH		/* the facts before it are the ladder's */

struct case_list {
	int		n;
	struct state	state[CASES_MAX];
};

struct facts_list {
	int		n;
	struct facts	facts[CASES_MAX];
};

struct probe {
	struct rulebase		*rb;
	struct case_list	 cases;
	struct facts_list	 complete, open;
	struct ruleset		 cut;
	uint64_t		 in_force;	/* of the ladder, on the day of the cases */
};

static void
die(const char *what)
{
	fprintf(stderr, "rules-probe: %s\n", what);
	exit(1);
}

static FILE *
open_or_die(const char *path)
{
	FILE *f = fopen(path, "r");

	if (f == NULL)
		die(path);
	return f;
}

/* The strings of the facts live in the documents, which are kept. */
static void
read_facts(const char *path, struct facts_list *out)
{
	FILE *in = open_or_die(path);
	struct err e = ERR_INIT;
	struct facts_error why;
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	bool unknown;

	while (out->n < CASES_MAX && (n = getline(&line, &cap, in)) > 0) {
		const struct json *doc = js_parse(line, (size_t)n, &e);

		facts_init(&out->facts[out->n], FACT_ABSENT);
		if (doc == NULL ||
		    facts_read(doc, true, &out->facts[out->n], &unknown, &why) < 0)
			die(path);
		out->n++;
	}
	free(line);
	fclose(in);
}

static void
read_cases(const char *path, struct case_list *out)
{
	FILE *in = open_or_die(path);
	int value;

	for (; out->n < CASES_MAX; out->n++)
		for (int f = 0; f < LADDER_FACTS; f++) {
			if (fscanf(in, "%d", &value) != 1) {
				fclose(in);
				return;
			}
			out->state[out->n].can[f] = (valueset)(1U << value);
		}
	fclose(in);
}

static void
read_cut(const char *path, struct ruleset *out)
{
	FILE *in = open_or_die(path);
	struct table *t = &out->table[TABLE_LADDER];
	unsigned set;

	for (; t->rules < RULES_MAX; t->rules++) {
		struct rule *r = &t->rule[t->rules];

		r->from = r->until = FACT_ABSENT;
		for (int f = 0; f < F_MAX; f++)
			r->accept[f] = (valueset)~0;
		for (int f = 0; f < LADDER_FACTS; f++) {
			if (fscanf(in, "%u", &set) != 1) {
				ruleset_compile(out);
				fclose(in);
				return;
			}
			if ((set & value_all((enum fact)f)) == value_all((enum fact)f))
				continue;
			r->accept[f] = (valueset)set;
			r->test[r->tests++] = (uint8_t)f;
		}
	}
	die("the table is too long");
}

static void
print_vocabulary(void)
{
	for (int f = 0; f < LADDER_FACTS; f++) {
		printf("%s", fact_words((enum fact)f)->name);
		for (int v = 0; v < fact_values((enum fact)f); v++)
			printf(" %s", value_words((enum fact)f, v)->name);
		putchar('\n');
	}
}

static void
print_derived(const struct rulebase *rb, const struct facts_list *list)
{
	struct state s;

	for (int i = 0; i < list->n; i++) {
		state_derive(&s, &list->facts[i], &rb->set.parameters);
		for (int f = 0; f < LADDER_FACTS; f++)
			printf("%d%c", __builtin_ctz(s.can[f]),
			    f < LADDER_FACTS - 1 ? ' ' : '\n');
	}
}

static void
print_hits(const struct probe *p, const struct table *t, uint64_t live)
{
	for (int i = 0; i < p->cases.n; i++)
		printf("%d ", __builtin_ctzll(table_match(t, &p->cases.state[i], live).may));
	putchar('\n');
}

/* All cases once over.  What is found goes into a sum that the compiler can not foresee. */
static uint64_t
match_all(const struct probe *p, const struct table *t, uint64_t live)
{
	static struct fare fare;
	uint64_t sum = 0;

	for (int i = 0; i < p->cases.n; i++) {
		table_fare(t, &p->cases.state[i], live, &fare);
		sum += (fare.match.may & -fare.match.may) ^ fare.near ^ fare.refused[t->test[0]];
	}
	return sum;
}

static uint64_t
decide_all(const struct probe *p, const struct facts_list *list)
{
	static struct decision d;
	uint64_t sum = 0;

	for (int i = 0; i < list->n; i++) {
		decide(&p->rb->set, &list->facts[i], &d);
		sum += (uint64_t)d.verdict + d.advice + d.fare[TABLE_LADDER].near;
	}
	return sum;
}

static double
cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Once over what is named; returns how many decisions that was. */
static int
once(const struct probe *p, const char *what, volatile uint64_t *sum)
{
	if (strcmp(what, "ladder") == 0) {
		*sum += match_all(p, &p->rb->set.table[TABLE_LADDER], p->in_force);
		return p->cases.n;
	}
	if (strcmp(what, "cut") == 0) {
		*sum += match_all(p, &p->cut.table[TABLE_LADDER], ~(uint64_t)0);
		return p->cases.n;
	}
	if (strcmp(what, "decide") == 0) {
		*sum += decide_all(p, &p->complete);
		return p->complete.n;
	}
	*sum += decide_all(p, &p->open);
	return p->open.n;
}

static void
measure(const struct probe *p, const char *what, int ms)
{
	volatile uint64_t sum = 0;
	const double from = cpu_seconds();
	double taken;
	long n = 0;

	do {
		n += once(p, what, &sum);
		taken = cpu_seconds() - from;
	} while (taken < ms / 1e3);
	printf("%ld %.9f\n", n, taken);
}

static void
serve(const struct probe *p)
{
	char line[64], what[16];
	int ms;

	while (fgets(line, sizeof(line), stdin) != NULL) {
		if (sscanf(line, "%15s %d", what, &ms) == 2)
			measure(p, what, ms);
		else if (strcmp(what, "ladder") == 0)
			print_hits(p, &p->rb->set.table[TABLE_LADDER], p->in_force);
		else
			print_hits(p, &p->cut.table[TABLE_LADDER], ~(uint64_t)0);
		fflush(stdout);
	}
}

/* argv: PROGRAM [ARGUMENT]..., NULL.  What it writes is thrown away. */
static void
run(char **argv)
{
	struct rusage u;
	int status;
	pid_t pid;

	if ((pid = fork()) == 0) {
		const int out = open("/dev/null", O_WRONLY);

		if (out < 0 || dup2(out, STDOUT_FILENO) < 0)
			_exit(126);
		execv(argv[0], argv);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &u) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		die(argv[0]);
	printf("%ld %ld\n", (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000L + u.ru_utime.tv_usec +
	    u.ru_stime.tv_usec, u.ru_maxrss);
}

int
main(int argc, char **argv)
{
	static struct probe p;
	struct err e = ERR_INIT;

	if (argc > 2 && strcmp(argv[1], "run") == 0) {
		run(argv + 2);
		return 0;
	}
	if ((p.rb = rulebase_embedded(&e)) == NULL)
		die(e.msg);
	if (argc == 2 && strcmp(argv[1], "vocabulary") == 0) {
		print_vocabulary();
	} else if (argc == 3 && strcmp(argv[1], "derive") == 0) {
		read_facts(argv[2], &p.complete);
		print_derived(p.rb, &p.complete);
	} else if (argc == 7 && strcmp(argv[1], "serve") == 0) {
		const int day = date_parse_iso(argv[2], strlen(argv[2]));

		p.in_force = ruleset_segment(&p.rb->set, day)->in_force[TABLE_LADDER];
		read_cases(argv[3], &p.cases);
		read_cut(argv[4], &p.cut);
		read_facts(argv[5], &p.complete);
		read_facts(argv[6], &p.open);
		serve(&p);
	} else {
		die("usage");
	}
	return 0;
}
