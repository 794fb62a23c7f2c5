#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "cli/cmd.h"
#include "cli/out_decision.h"
#include "decide/verdict_out.h"

/*
 * Facts in, verdicts out.  The input is NDJSON when its first line is a whole
 * value, else one object over several lines; what turns out to be neither is
 * read line by line, so that every line gets its own answer.
 */
#define DOCUMENT_MAX	(4 << 20)	/* bytes of one object, or of one line */

struct stream {
	FILE			*in;
	const struct rulebase	*rb;
	struct decide_options	 o;
	struct buf		 out;
	long			 line;	/* of the last line read */
	bool			 failed;
};

static int
flush_out(struct stream *s, struct err *e)
{
	if (s->out.failed || memory_was_lost())
		return err_set(e, ERR_NOMEM, "out of memory");
	if (fwrite(s->out.p != NULL ? s->out.p : "", 1, s->out.n, stdout) != s->out.n)
		return err_set(e, ERR_DISK, "standard output: %s", strerror(errno));
	buf_reset(&s->out);
	return 0;
}

static bool
is_blank(const char *p, size_t n)
{
	return strspn(p, " \t\r\n") >= n;
}

static int
answer(struct stream *s, const char *p, size_t n, long line, struct err *e)
{
	if (is_blank(p, n))
		return 0;
	if (decide_text(s->rb, p, n, line, &s->o, &s->out) < 0)
		s->failed = true;
	buf_addc(&s->out, '\n');
	return s->out.n > 1 << 15 ? flush_out(s, e) : 0;
}

/* Whether p is one whole JSON value, and so a line of its own. */
static bool
is_whole(const char *p, size_t n)
{
	struct err e = ERR_INIT;
	struct json *doc = js_parse(p, n, &e);

	js_free(doc);
	return doc != NULL;
}

static int
answer_lines(struct stream *s, const char *p, size_t n, struct err *e)
{
	long line = 0;

	while (n > 0) {
		const char *nl = memchr(p, '\n', n);
		const size_t len = nl != NULL ? (size_t)(nl - p) + 1 : n;

		if (answer(s, p, len, ++line, e) < 0)
			return -1;
		p += len;
		n -= len;
	}
	return 0;
}

/* The first line is not whole: reads on, and decides what the input is. */
static int
answer_document(struct stream *s, char **line, size_t *cap, struct buf *all, struct err *e)
{
	ssize_t n;

	while (all->n <= DOCUMENT_MAX && (n = getline(line, cap, s->in)) > 0) {
		buf_add(all, *line, (size_t)n);
		s->line++;
	}
	if (all->failed || (all->n <= DOCUMENT_MAX && !feof(s->in) && !ferror(s->in)))
		return err_set(e, ERR_NOMEM, "out of memory");
	if (all->n <= DOCUMENT_MAX && is_whole(all->p, all->n))
		return answer(s, all->p, all->n, 1, e);
	return answer_lines(s, all->p, all->n, e);
}

static int
answer_stream(struct stream *s, struct err *e)
{
	struct buf all = BUF_INIT;
	char *line = NULL;
	size_t cap = 0;
	bool first = true;
	ssize_t n;
	int rc = 0;

	while (rc == 0 && (n = getline(&line, &cap, s->in)) > 0) {
		s->line++;
		if (first && !is_blank(line, (size_t)n)) {
			first = false;
			if (!is_whole(line, (size_t)n)) {
				buf_add(&all, line, (size_t)n);
				rc = answer_document(s, &line, &cap, &all, e);
				continue;
			}
		}
		rc = answer(s, line, (size_t)n, s->line, e);
	}
	if (rc == 0 && ferror(s->in))
		rc = err_set(e, ERR_MALFORMED, "input: %s", strerror(errno));
	/* getline() tells of no other reason */
	if (rc == 0 && !feof(s->in))
		rc = err_set(e, ERR_NOMEM, "out of memory");
	if (rc == 0)
		rc = flush_out(s, e);
	free(line);
	buf_free(&all);
	return rc;
}

/* For a person who asks why: the text of `check`, without what only a desk has. */
static void
explain(struct buf *out, const struct rulebase *rb, const struct facts *f,
    const struct decision *d, bool ja)
{
	const struct told t = { rb, f, d, ja };
	struct number_warning numbers;
	struct said list[SAID_MAX];

	if (f->id != NULL) {
		text_add_safe(out, f->id);
		buf_adds(out, ": ");
	}
	out_verdict(out, &t);
	out_reasons(out, &t, "");
	out_says(out, list, decision_warnings(rb, f, d, ja, &numbers, list), MSG_WARNING, ja);
	out_says(out, list, decision_follow_ups(rb, f, d, list), MSG_NEXT, ja);
}

static int
run(struct app *app, int argc, char **argv, struct err *e)
{
	struct stream s = { .in = stdin, .o = { .ja = app->ja, .trace = true }, .out = BUF_INIT };
	const char *rules = NULL;
	bool no_trace = false, words = false;
	struct rulebase *rb;
	const struct opt opts[] = {
		{ OPT_FLAG, "assume-none", NULL, &s.o.assume_none,
		    T("書かれていない事実は「ない」とする", "facts not given are absent") },
		{ OPT_FLAG, "explain", NULL, &words,
		    T("JSONの代わりに言葉で説明する", "explain in words instead of JSON") },
		{ OPT_FLAG, "no-trace", NULL, &no_trace,
		    T("判定の経過を出さない", "leave the trace out") },
		{ OPT_STRING, "rules", "FILE", &rules, T("別の規則ファイル", "other rules") },
	};
	const int n = cmd_options(app, opts, sizeof(opts) / sizeof(opts[0]), argc, argv, NULL, e);
	int rc;

	if (n < 0)
		return n;
	if (n > 1)
		return err_set(e, ERR_USAGE, "decide takes one file");
	s.o.ja = app->ja;
	s.o.trace = !no_trace;
	s.o.write = words ? explain : NULL;
	rb = rules != NULL ? rulebase_load(rules, e) : rulebase_embedded(e);
	if (rb == NULL)
		return -1;
	s.rb = rb;
	if (n == 1 && strcmp(argv[0], "-") != 0 && (s.in = fopen(argv[0], "r")) == NULL) {
		rulebase_free(rb);
		return err_set(e, err_of_file(ERR_CONFIG), "%s: %s", argv[0], strerror(errno));
	}
	rc = answer_stream(&s, e);
	if (s.in != stdin)
		fclose(s.in);
	buf_free(&s.out);
	rulebase_free(rb);
	if (rc < 0)
		return -1;
	return s.failed ? err_exit_status(ERR_MALFORMED) : 0;
}

const struct cmd cmd_decide = {
	"decide", "[OPTION]... [FILE]",
	T("事実(JSON)から判定する", "facts (JSON) to verdicts"), run, NULL
};
