/* The journal of a list: what a line may say, what is read again, what a crash leaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "list_text.h"

#include "base/hash.h"
#include "batch/journal.h"

#define HEAD	"{\"journal\":\"shikaku-batch/1\",\"today\":\"2026-11-22\",\"bulk\":false}"
#define Q	"\"question\":\"0123456789abcdef\""

/* A line with its hash. */
static void
add_line(struct buf *b, const char *json)
{
	uint8_t hash[HASH_SHORT_LEN];
	char hex[2 * HASH_SHORT_LEN + 1];

	hash_short(json, strlen(json), hash);
	hex_encode(hash, sizeof(hash), hex);
	buf_addf(b, "%s %s\n", hex, json);
}

/* Everything that a record says, in one line. */
static void
dump(struct buf *b, const struct journal_record *r)
{
	const struct found *f = &r->found;
	struct jw w = { b, false };

	switch (r->kind) {
	case JOURNAL_HEAD:
		buf_addf(b, "head %s ", r->bulk ? "bulk" : "single");
		dump_day(b, r->today);
		break;
	case JOURNAL_FILE:
		buf_addf(b, "file %s %s %ld-%ld ", r->file, r->question, r->first, r->last);
		dump_day(b, r->as_of);
		break;
	case JOURNAL_RECEPTION:
		buf_addf(b, "reception %s of %s", r->reception, r->file);
		break;
	case JOURNAL_END:
		buf_addf(b, "end %s", r->file);
		break;
	case JOURNAL_ROW:
		buf_addf(b, "row %ld %s", r->row, r->question);
		if (f->error != ERR_NONE)
			buf_addf(b, " %s%s", err_name(f->error), f->retryable ? " again" : "");
		else
			buf_addf(b, " %c", f->validity);
		buf_addf(b, "%s %s %s ", f->by_file ? " by file" : "",
		    f->code != NULL ? f->code : "-", f->message != NULL ? f->message : "-");
		if (f->results != NULL)
			jw_json(&w, NULL, f->results);
	}
}

struct line_case {
	const char	*name;
	const char	*json;
	const char	*want;	/* dump, or NULL: no record */
};

static const struct line_case lines[] = {
	{ "head", HEAD, "head single 2026-11-22" },
	{ "head of another format", "{\"journal\":\"shikaku-batch/2\",\"today\":\"2026-11-22\","
	    "\"bulk\":false}", NULL },
	{ "head without a day", "{\"journal\":\"shikaku-batch/1\",\"bulk\":false}", NULL },
	{ "head of no day", "{\"journal\":\"shikaku-batch/1\",\"today\":\"2026-02-30\","
	    "\"bulk\":false}", NULL },
	{ "head without a mode", "{\"journal\":\"shikaku-batch/1\",\"today\":\"2026-11-22\"}",
	    NULL },
	{ "row", "{\"row\":7," Q ",\"validity\":\"1\",\"results\":[{\"Name\":\"架空\"}]}",
	    "row 7 0123456789abcdef 1 - - [{\"Name\":\"架空\"}]" },
	{ "row by file", "{\"row\":7," Q ",\"validity\":\"2\",\"by_file\":true,"
	    "\"results\":[]}", "row 7 0123456789abcdef 2 by file - - []" },
	{ "row without results", "{\"row\":1," Q ",\"validity\":\"4\",\"code\":\"C\","
	    "\"message\":\"該当なし\"}", "row 1 0123456789abcdef 4 C 該当なし " },
	{ "row that failed", "{\"row\":7," Q ",\"error\":\"SERVICE_TIMEOUT\","
	    "\"retryable\":true}", "row 7 0123456789abcdef SERVICE_TIMEOUT again - - " },
	{ "row that failed for good", "{\"row\":7," Q ",\"error\":\"SERVICE_REFUSED\","
	    "\"code\":\"X\"}", "row 7 0123456789abcdef SERVICE_REFUSED X - " },
	{ "row that failed with an answer", "{\"row\":7," Q ",\"error\":\"SERVICE_TIMEOUT\","
	    "\"results\":[]}", NULL },
	{ "row that failed in no way", "{\"row\":7," Q ",\"error\":\"NONE\"}", NULL },
	{ "row without an outcome", "{\"row\":7," Q "}", NULL },
	{ "row 0", "{\"row\":0," Q ",\"validity\":\"1\"}", NULL },
	{ "row -1", "{\"row\":-1," Q ",\"validity\":\"1\"}", NULL },
	{ "row as text", "{\"row\":\"7\"," Q ",\"validity\":\"1\"}", NULL },
	{ "row without a question", "{\"row\":7,\"validity\":\"1\"}", NULL },
	{ "short question", "{\"row\":7,\"question\":\"0123\",\"validity\":\"1\"}", NULL },
	{ "no such validity", "{\"row\":7," Q ",\"validity\":\"7\"}", NULL },
	{ "validity 0", "{\"row\":7," Q ",\"validity\":\"0\"}", NULL },
	{ "long validity", "{\"row\":7," Q ",\"validity\":\"11\"}", NULL },
	{ "empty validity", "{\"row\":7," Q ",\"validity\":\"\"}", NULL },
	{ "results that are no array", "{\"row\":7," Q ",\"validity\":\"1\",\"results\":{}}",
	    NULL },
	{ "file", "{\"file\":\"f1\"," Q ",\"as_of\":\"2026-11-22\",\"first\":3,\"last\":9}",
	    "file f1 0123456789abcdef 3-9 2026-11-22" },
	{ "file of one", "{\"file\":\"f1\"," Q ",\"as_of\":\"2026-11-22\",\"first\":3,"
	    "\"last\":3}", "file f1 0123456789abcdef 3-3 2026-11-22" },
	{ "file backwards", "{\"file\":\"f1\"," Q ",\"as_of\":\"2026-11-22\",\"first\":3,"
	    "\"last\":2}", NULL },
	{ "file without its questions", "{\"file\":\"f1\",\"as_of\":\"2026-11-22\","
	    "\"first\":3,\"last\":9}", NULL },
	{ "file without a day", "{\"file\":\"f1\"," Q ",\"first\":3,\"last\":9}", NULL },
	{ "reception", "{\"reception\":\"123\",\"of\":\"f1\"}", "reception 123 of f1" },
	{ "reception of nothing", "{\"reception\":\"123\"}", NULL },
	{ "end", "{\"end\":\"f1\"}", "end f1" },
	{ "end of a number", "{\"end\":1}", NULL },
	{ "nothing", "{}", NULL },
	{ "array", "[]", NULL },
	{ "no JSON", "{\"end\":\"f1\"", NULL },
	{ "empty", "", NULL },
};

static void
run_line(void **state)
{
	const struct line_case *c = *state;
	struct buf line = BUF_INIT, got = BUF_INIT;
	struct journal_record r;
	struct err e = ERR_INIT;
	int rc;

	add_line(&line, c->json);
	rc = journal_read_line(line.p, line.n - 1, &r, &e);
	if (c->want == NULL) {
		assert_int_equal(rc, -1);
		assert_int_equal(e.code, ERR_INTEGRITY);
		assert_null(r.doc);
	} else {
		assert_int_equal(rc, 0);
		dump(&got, &r);
		assert_string_equal(got.p, c->want);
		js_free(r.doc);
	}
	buf_free(&line);
	buf_free(&got);
}

/* Any byte of a line, changed in any bit, and any part of it. */
static void
test_every_bit(void **state)
{
	struct buf line = BUF_INIT;
	struct journal_record r;

	(void)state;
	add_line(&line, "{\"row\":7," Q ",\"validity\":\"1\",\"results\":[]}");
	for (size_t i = 0; i < 8 * (line.n - 1); i++) {
		struct err e = ERR_INIT;

		line.p[i / 8] = (char)(line.p[i / 8] ^ 1 << i % 8);
		assert_int_equal(journal_read_line(line.p, line.n - 1, &r, &e), -1);
		assert_int_equal(e.code, ERR_INTEGRITY);
		line.p[i / 8] = (char)(line.p[i / 8] ^ 1 << i % 8);
	}
	for (size_t n = 0; n < line.n - 1; n++) {
		struct err e = ERR_INIT;

		assert_int_equal(journal_read_line(line.p, n, &r, &e), -1);
		assert_int_equal(e.code, ERR_INTEGRITY);
	}
	buf_free(&line);
}

/* A folder for a journal, and the journal's path. */
struct place {
	char	dir[40];
	char	path[64];
};

static void
place_make(struct place *p)
{
	snprintf(p->dir, sizeof(p->dir), "/tmp/shikaku-journal-XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->path, sizeof(p->path), "%s/journal", p->dir);
}

static void
place_remove(struct place *p)
{
	assert_int_equal(rmdir(p->dir), 0);
}

static void
write_file(const char *path, const char *text, size_t n)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static struct journal *
open_journal(const struct place *p, bool resume, struct journal_record *head)
{
	struct journal *j = NULL;
	struct err e = ERR_INIT;
	struct stat st;

	if (journal_open(&j, p->path, resume, head, &e) < 0)
		fail_msg("%s", e.msg);
	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	return j;
}

/* Every record that is left, a line each. */
static void
dump_rest(struct buf *b, struct journal *j)
{
	struct journal_record r;
	struct err e = ERR_INIT;
	int rc;

	while ((rc = journal_next(j, &r, &e)) == 1) {
		dump(b, &r);
		buf_addc(b, '\n');
		js_free(r.doc);
	}
	assert_int_equal(rc, 0);
}

static const struct journal_record head = { .kind = JOURNAL_HEAD, .today = 20779, .mark = 7, .bulk = true };

static void
add(struct journal *j, struct journal_record r)
{
	struct err e = ERR_INIT;

	assert_int_equal(journal_add(j, &r, &e), 0);
	assert_int_equal(journal_sync(j, &e), 0);
}

/* What was recorded is read again as it was, whatever is in it. */
static void
test_kept(void **state)
{
	static const char odd[] = "[{\"a\":\"\\u0001\\u000a\\\"\\\\ ●\",\"b\":[null,1,1.50,true]}]";
	struct journal_record again = { .kind = JOURNAL_HEAD, .today = 1 };
	struct err e = ERR_INIT;
	struct json *results = js_parse(odd, strlen(odd), &e);
	struct journal_record h = head;
	struct buf got = BUF_INIT;
	struct journal *j;
	struct place p;

	(void)state;
	place_make(&p);
	j = open_journal(&p, false, &h);
	add(j, (struct journal_record){ .kind = JOURNAL_FILE, .file = "f", .as_of = 20780,
	    .question = "fedcba9876543210", .first = 1, .last = 400 });
	add(j, (struct journal_record){ .kind = JOURNAL_RECEPTION, .file = "f",
	    .reception = "77" });
	add(j, (struct journal_record){ .kind = JOURNAL_ROW, .row = 400,
	    .question = "0123456789abcdef", .found = { .validity = '5', .message = "改行\nと\"",
	    .results = results, .by_file = true } });
	add(j, (struct journal_record){ .kind = JOURNAL_ROW, .row = 1,
	    .question = "0123456789abcdef", .found = { .error = ERR_REPLY_MALFORMED,
	    .retryable = true, .code = "E", .results = results } });
	add(j, (struct journal_record){ .kind = JOURNAL_END, .file = "f" });
	journal_close(j, false);
	j = open_journal(&p, true, &again);
	assert_int_equal(again.today, head.today);
	assert_int_equal(again.mark, head.mark);
	assert_true(again.bulk);
	dump_rest(&got, j);
	assert_string_equal(got.p,
	    "file f fedcba9876543210 1-400 2026-11-23\n"
	    "reception 77 of f\n"
	    "row 400 0123456789abcdef 5 by file - 改行\nと\" "
	    "[{\"a\":\"\\u0001\\u000a\\\"\\\\ ●\",\"b\":[null,1,1.50,true]}]\n"
	    "row 1 0123456789abcdef REPLY_MALFORMED again E - \n"
	    "end f\n");
	journal_close(j, true);
	assert_int_equal(access(p.path, F_OK), -1);
	js_free(results);
	buf_free(&got);
	place_remove(&p);
}

/* What a crash has left, and what is read of it; new: the head is that of this run. */
struct left_case {
	const char	*name;
	const char	*more;	/* behind head, a row and the end of a file; NULL: nothing at all */
	size_t		 cut;	/* bytes off the end */
	const char	*want;
	bool		 new;
};

#define WHOLE	"row 7 0123456789abcdef 4 - - \nend f\n"

static const struct left_case left[] = {
	{ "whole", "", 0, WHOLE, false },
	{ "the last line without its end", "", 1, "row 7 0123456789abcdef 4 - - \n", false },
	{ "half of the last line", "", 12, "row 7 0123456789abcdef 4 - - \n", false },
	{ "one byte of another line", "a", 0, WHOLE, false },
	{ "half a line", "0123456789abcdef {\"row\":8,", 0, WHOLE, false },
	{ "the head only", "", 101, NULL, false },
	{ "half of the head", "", 131, NULL, true },
	{ "nothing", NULL, 0, NULL, true },
};

static void
run_left(void **state)
{
	const struct left_case *c = *state;
	struct journal_record h = { .kind = JOURNAL_HEAD, .today = 30000 };
	struct buf text = BUF_INIT, got = BUF_INIT;
	struct journal *j;
	struct place p;

	place_make(&p);
	if (c->more != NULL) {
		add_line(&text, HEAD);
		add_line(&text, "{\"row\":7," Q ",\"validity\":\"4\"}");
		add_line(&text, "{\"end\":\"f\"}");
		buf_adds(&text, c->more);
	}
	write_file(p.path, text.n > 0 ? text.p : "", text.n - c->cut);
	j = open_journal(&p, true, &h);
	assert_int_equal(h.today, c->new ? 30000 : 20779);
	dump_rest(&got, j);
	assert_string_equal(got.n > 0 ? got.p : "", c->want != NULL ? c->want : "");
	/* what comes now stands behind the last whole line */
	add(j, (struct journal_record){ .kind = JOURNAL_END, .file = "g" });
	journal_close(j, false);
	j = open_journal(&p, true, &h);
	buf_adds(&got, "end g\n");
	buf_reset(&text);
	dump_rest(&text, j);
	assert_string_equal(text.p, got.p);
	journal_close(j, true);
	buf_free(&text);
	buf_free(&got);
	place_remove(&p);
}

/* Without resume nothing is left of what was there. */
static void
test_anew(void **state)
{
	struct journal_record h = head;
	struct journal *j;
	struct buf got = BUF_INIT;
	struct place p;

	(void)state;
	place_make(&p);
	write_file(p.path, "anything\nat all", 15);
	j = open_journal(&p, false, &h);
	journal_close(j, false);
	h.today = 0;
	j = open_journal(&p, true, &h);
	assert_int_equal(h.today, head.today);
	dump_rest(&got, j);
	assert_int_equal(got.n, 0);
	journal_close(j, true);
	buf_free(&got);
	place_remove(&p);
}

static void
assert_not_opened(const struct place *p, enum err_code code, const char *says)
{
	struct journal_record h = head;
	struct journal *j = NULL;
	struct err e = ERR_INIT;

	assert_int_equal(journal_open(&j, p->path, true, &h, &e), -1);
	assert_null(j);
	assert_int_equal(e.code, code);
	assert_non_null(strstr(e.msg, says));
	assert_non_null(strstr(e.msg, p->path));
}

static void
test_not_opened(void **state)
{
	struct buf text = BUF_INIT;
	struct place p;

	(void)state;
	place_make(&p);
	assert_int_equal(mkdir(p.path, 0700), 0);
	assert_not_opened(&p, ERR_DISK, "directory");
	assert_int_equal(rmdir(p.path), 0);
	assert_int_equal(symlink("elsewhere", p.path), 0);
	assert_not_opened(&p, ERR_DISK, "symbolic link");
	assert_int_equal(unlink(p.path), 0);
	assert_int_equal(mkfifo(p.path, 0600), 0);
	assert_not_opened(&p, ERR_DISK, "not a regular file");
	assert_int_equal(unlink(p.path), 0);
	write_file(p.path, "no journal\n", 11);
	assert_not_opened(&p, ERR_INTEGRITY, ":1: no record; start without --resume");
	add_line(&text, "{\"end\":\"f\"}");
	write_file(p.path, text.p, text.n);
	assert_not_opened(&p, ERR_INTEGRITY, ":1: no head");
	assert_int_equal(unlink(p.path), 0);
	buf_free(&text);
	place_remove(&p);
}

/* A line in the middle is no matter of a crash. */
static void
test_damaged(void **state)
{
	struct journal_record r, h = head;
	struct err e = ERR_INIT;
	struct buf text = BUF_INIT;
	struct journal *j;
	struct place p;

	(void)state;
	place_make(&p);
	add_line(&text, HEAD);
	add_line(&text, "{\"end\":\"f\"}");
	text.p[text.n - 2] = ']';
	add_line(&text, "{\"end\":\"g\"}");
	write_file(p.path, text.p, text.n);
	j = open_journal(&p, true, &h);
	assert_int_equal(journal_next(j, &r, &e), -1);
	assert_int_equal(e.code, ERR_INTEGRITY);
	assert_non_null(strstr(e.msg, "journal:2: not as it was written"));
	journal_close(j, false);
	assert_int_equal(unlink(p.path), 0);
	buf_free(&text);
	place_remove(&p);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(test_every_bit),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_anew),
		cmocka_unit_test(test_not_opened),
		cmocka_unit_test(test_damaged),
	};
	struct CMUnitTest tests[N(lines) + N(left) + N(others)];
	size_t n = 0;

	ADD_TABLE(tests, n, lines, run_line);
	ADD_TABLE(tests, n, left, run_left);
	memcpy(tests + n, others, sizeof(others));
	return _cmocka_run_group_tests("the journal", tests, N(tests), NULL, NULL);
}
