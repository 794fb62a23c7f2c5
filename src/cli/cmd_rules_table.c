#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/cmd_rules.h"
#include "cli/grid.h"
#include "rules/phrase.h"
#include "rules/table.h"

#define WIDTH_DEFAULT	132	/* where no terminal says how wide it is */
#define WIDTH_MIN	100
#define TABLE_FILE_MAX	(1 << 20)

/* The columns of a table that is read, not computed with. */
#define HEADS(X)						\
	X(RULE, "規則", "rule", 15, 0)				\
	X(WHEN, "条件", "conditions", 0, 4)			\
	X(PERIOD, "期間", "period", 11, 0)			\
	X(THEN, "結果", "result", 0, 3)				\
	X(SOURCE, "根拠", "sources", 0, 3)			\
	X(CONFIDENCE, "確度", "confidence", 10, 0)		\
	X(VERIFIED, "確認日", "verified", 10, 0)			\
	X(AFTER, "期間後", "afterwards", 10, 0)
#define X(id, ja, en, columns, share) T_##id,
enum head { HEADS(X) T_MAX };
#undef X

/* Columns of display it takes, or its share of what the others leave. */
static const struct { struct words words; int columns, share; } heads[T_MAX] = {
#define X(id, ja, en, columns, share) { { #id, ja, en }, columns, share },
	HEADS(X)
#undef X
};

enum format { FORMAT_TEXT, FORMAT_MARKDOWN, FORMAT_CSV };

struct request {
	const struct rulebase	*rb;
	int			 stage;		/* -1: all */
	enum format		 format;
	int			 width;
	bool			 ja, bom;
};

static void
fill(const struct request *q, enum table_id t, int i, struct buf cell[T_MAX])
{
	const struct rule *r = &q->rb->set.table[t].rule[i];
	const struct rule_words *w = &q->rb->words[t][i];

	for (int c = 0; c < T_MAX; c++)
		buf_reset(&cell[c]);
	buf_addf(&cell[T_RULE], "%s\n%s", w->id, q->ja ? w->ja : w->en);
	phrase_when(&cell[T_WHEN], q->rb, t, i, "\n", q->ja);
	phrase_period(&cell[T_PERIOD], r, q->ja ? "〜\n" : " ..\n");
	phrase_outcome(&cell[T_THEN], q->rb, t, i, "\n", q->ja);
	phrase_sources(&cell[T_SOURCE], q->rb, w, false, "\n", q->ja);
	buf_adds(&cell[T_CONFIDENCE], word(confidence_named(w->confidence), q->ja));
	phrase_day(&cell[T_VERIFIED], r->verified_on);
	buf_adds(&cell[T_AFTER], word(after_words(w->after), q->ja));
}

static const char *
text_of(const struct buf *b)
{
	return b->n > 0 ? b->p : "";
}

static void
share_out(int width, int out[T_MAX])
{
	int left = width - GRID_GAP * T_MAX, shares = 0;

	for (int c = 0; c < T_MAX; c++) {
		left -= heads[c].columns;
		shares += heads[c].share;
	}
	for (int c = 0; c < T_MAX; c++)
		out[c] = heads[c].columns + left * heads[c].share / shares;
}

static void
text_row(struct buf *out, struct buf cell[T_MAX], const int *widths)
{
	const char *cells[T_MAX];

	for (int c = 0; c < T_MAX; c++)
		cells[c] = text_of(&cell[c]);
	grid_row(out, cells, widths, T_MAX);
}

static void
text_heads(struct buf *out, const struct request *q, const int *widths)
{
	const char *cells[T_MAX];

	for (int c = 0; c < T_MAX; c++)
		cells[c] = word(&heads[c].words, q->ja);
	grid_row(out, cells, widths, T_MAX);
	for (int c = 0; c < T_MAX; c++) {
		for (int k = 0; k < widths[c]; k++)
			buf_adds(out, "-");
		buf_addf(out, "%s", c + 1 < T_MAX ? "  " : "\n");
	}
}

/* Text between bars: nothing in it is markup. */
static void
markdown_cell(struct buf *out, const char *s)
{
	struct buf safe = BUF_INIT;

	for (; *s != '\0'; s++) {
		if (*s == '\n') {
			text_add_safe(out, text_of(&safe));
			buf_adds(out, "<br>");
			buf_reset(&safe);
			continue;
		}
		if (strchr("\\|<>*_`[]&", *s) != NULL)
			buf_addc(&safe, '\\');
		buf_addc(&safe, *s);
	}
	text_add_safe(out, text_of(&safe));
	buf_free(&safe);
}

static void
markdown_row(struct buf *out, struct buf cell[T_MAX])
{
	for (int c = 0; c < T_MAX; c++) {
		buf_adds(out, "| ");
		markdown_cell(out, text_of(&cell[c]));
		buf_addc(out, ' ');
	}
	buf_adds(out, "|\n");
}

static void
markdown_heads(struct buf *out, const struct request *q)
{
	for (int c = 0; c < T_MAX; c++)
		buf_addf(out, "| %s ", word(&heads[c].words, q->ja));
	buf_adds(out, "|\n");
	for (int c = 0; c < T_MAX; c++)
		buf_adds(out, "|---");
	buf_adds(out, "|\n");
}

static void
add_page(struct buf *out, const struct request *q, int stage)
{
	const struct stage_words *s = &q->rb->stage[stage];
	struct buf cell[T_MAX] = { BUF_INIT };
	struct page page;
	int widths[T_MAX];

	page_of(q->rb, stage, &page);
	share_out(q->width, widths);
	buf_addf(out, "%s%s ", q->format == FORMAT_MARKDOWN ? "## " : "", s->name);
	markdown_cell(out, q->ja ? s->ja : s->en);
	buf_adds(out, "\n\n");
	if (q->format == FORMAT_MARKDOWN)
		markdown_heads(out, q);
	else
		text_heads(out, q, widths);
	for (int i = page.first; i < page.first + page.rules; i++) {
		fill(q, page.table, i, cell);
		if (q->format == FORMAT_MARKDOWN)
			markdown_row(out, cell);
		else
			text_row(out, cell, widths);
		buf_adds(out, q->format == FORMAT_TEXT ? "\n" : "");
	}
	buf_adds(out, q->format == FORMAT_MARKDOWN ? "\n" : "");
	for (int c = 0; c < T_MAX; c++)
		buf_free(&cell[c]);
}

/* Whether a rule of the pages cites the source. */
static bool
is_cited(const struct request *q, const char *key)
{
	for (int t = 0; t < TABLE_MAX; t++)
		for (int i = 0; i < q->rb->set.table[t].rules; i++) {
			const struct rule_words *w = &q->rb->words[t][i];
			const struct json *list = js_get(w->json, "source");

			for (size_t k = 0; k < js_len(list); k++)
				if ((q->stage < 0 || w->stage == q->stage) &&
				    strcmp(js_as_str(js_at(js_at(list, k), 0)), key) == 0)
					return true;
		}
	return false;
}

/* The titles of the sources that stand in the pages by their keys. */
static void
add_sources(struct buf *out, const struct request *q)
{
	struct js_iter it = js_members(js_get(q->rb->doc, "sources"));
	const bool markdown = q->format == FORMAT_MARKDOWN;

	buf_addf(out, "%s%s\n\n", markdown ? "## " : "", word(&heads[T_SOURCE].words, q->ja));
	while (js_next(&it)) {
		const char *title = source_title(q->rb, it.key, q->ja);

		if (!is_cited(q, it.key))
			continue;
		if (!markdown) {
			grid_entry(out, it.key, heads[T_RULE].columns + GRID_GAP, title, q->width);
			continue;
		}
		buf_addf(out, "- %s: ", it.key);
		markdown_cell(out, title);
		buf_addc(out, '\n');
	}
}

static int
add_tables(struct buf *out, const struct request *q, struct err *e)
{
	static const char bom[] = "\xef\xbb\xbf";
	const char *between = q->bom && q->format == FORMAT_CSV ? bom : "";

	for (int s = 0; s < q->rb->stages; s++) {
		if (q->stage >= 0 && s != q->stage)
			continue;
		buf_adds(out, between);
		between = q->format == FORMAT_CSV ? "\r\n" : "";
		if (q->format != FORMAT_CSV)
			add_page(out, q, s);
		else if (table_csv(out, q->rb, s, q->ja, e) < 0)
			return -1;
	}
	if (q->format != FORMAT_CSV)
		add_sources(out, q);
	return 0;
}

static int
read_file(const char *path, struct buf *b, struct err *e)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	char chunk[8192];
	size_t n;
	int rc = 0;

	if (f == NULL)
		return err_set(e, err_of_file(ERR_CONFIG), "%s: %s", path, strerror(errno));
	while (b->n <= TABLE_FILE_MAX && (n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(b, chunk, n);
	if (ferror(f) || b->failed || b->n > TABLE_FILE_MAX)
		rc = err_set(e, ERR_MALFORMED, "%s: unreadable or too large", path);
	if (f != stdin)
		fclose(f);
	return rc;
}

/* Created so that nobody else may write it: a rule file would be refused else. */
static int
write_file(const char *path, struct buf *b, struct err *e)
{
	FILE *f = NULL;
	bool written;
	int fd;

	if (path == NULL)
		return cmd_print(b, e);
	if ((fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) < 0)
		return err_set(e, ERR_DISK, "%s: %s", path, strerror(errno));
	if ((f = fdopen(fd, "wb")) == NULL) {
		close(fd);
		return err_set(e, ERR_NOMEM, "out of memory");
	}
	written = fwrite(b->p, 1, b->n, f) == b->n;
	if (fclose(f) != 0 || !written)
		return err_set(e, ERR_DISK, "%s: %s", path, strerror(errno));
	return 0;
}

/* A table back in; what is wrong with it is told line by line. */
static int
take_in(const struct app *app, const struct rulebase *rb, const char *from, const char *edition,
    const char *to, struct err *e)
{
	struct buf csv = BUF_INIT, out = BUF_INIT, wrong = BUF_INIT, safe = BUF_INIT;
	const struct table_import im = { rb, from, edition, app->ja, &wrong };
	int rc = -1;

	if (read_file(from, &csv, e) == 0 &&
	    table_import(&im, csv.n > 0 ? csv.p : "", csv.n, &out, e) == 0)
		rc = write_file(to, &out, e);
	for (const char *s = text_of(&wrong), *end; *s != '\0'; s = end + 1) {
		struct buf line = BUF_INIT;

		end = strchr(s, '\n');
		buf_add(&line, s, (size_t)(end - s));
		text_add_safe(&safe, text_of(&line));
		buf_addc(&safe, '\n');
		buf_free(&line);
	}
	fwrite(text_of(&safe), 1, safe.n, stderr);
	buf_free(&safe);
	buf_free(&wrong);
	buf_free(&out);
	buf_free(&csv);
	return rc;
}

static int
terminal_width(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 ||
	    size.ws_col == 0)
		return WIDTH_DEFAULT;
	return size.ws_col < WIDTH_MIN ? WIDTH_MIN : size.ws_col;
}

static int
format_named(const char *name, enum format *out, struct err *e)
{
	static const char *const names[] = { "text", "markdown", "csv" };

	for (int i = 0; i <= FORMAT_CSV; i++)
		if (name == NULL || strcmp(names[i], name) == 0) {
			*out = (enum format)i;
			return 0;
		}
	return err_set(e, ERR_USAGE, "--format takes text, markdown or csv");
}

static int
print_tables(struct request *q, const char *stage, const char *format, struct err *e)
{
	struct buf out = BUF_INIT;

	if (q->width == 0)
		q->width = terminal_width();
	if (q->width < WIDTH_MIN)
		return err_set(e, ERR_USAGE, "--width takes %d and more", WIDTH_MIN);
	if (format_named(format, &q->format, e) < 0 ||
	    rules_stage(q->rb, stage, &q->stage, e) < 0)
		return -1;
	if (add_tables(&out, q, e) < 0) {
		buf_free(&out);
		return -1;
	}
	return cmd_print(&out, e);
}

int
rules_table(struct app *app, int argc, char **argv, struct err *e)
{
	const char *path = NULL, *stage = NULL, *format = NULL, *from = NULL, *to = NULL;
	const char *edition = NULL;
	struct request q = { .stage = -1 };
	const struct opt opts[] = {
		{ OPT_STRING, "stage", "STAGE", &stage, T("その段だけ", "only that stage") },
		{ OPT_STRING, "format", "text|markdown|csv", &format, T("書き方(text)", "the notation (text)") },
		{ OPT_INT, "width", "N", &q.width, T("text の幅", "columns of the text") },
		{ OPT_FLAG, "bom", NULL, &q.bom,
		    T("CSVをBOMで始める(Excel)", "begin CSV with a byte-order mark, for Excel") },
		{ OPT_STRING, "import", "FILE", &from,
		    T("CSVを取り込み、規則ファイルにする", "take CSV back in, print a rule file") },
		{ OPT_STRING, "edition", "TEXT", &edition,
		    T("--import: 新しい版", "--import: the new edition") },
		{ OPT_STRING, "output", "FILE", &to,
		    T("--import: 規則ファイルの書き出し先", "--import: where the rule file goes") },
		{ OPT_STRING, "rules", "FILE", &path, T("別の規則ファイル", "other rules") },
	};
	const int n = cmd_options(app, opts, sizeof(opts) / sizeof(opts[0]), argc, argv, NULL, e);
	struct rulebase *rb;
	int rc;

	if (n < 0)
		return n;
	if (n > 0)
		return err_set(e, ERR_USAGE, "rules table takes no %.40s", argv[0]);
	if (from == NULL && (to != NULL || edition != NULL))
		return err_set(e, ERR_USAGE, "--output and --edition go with --import");
	if (from != NULL && (stage != NULL || format != NULL))
		return err_set(e, ERR_USAGE, "--import takes the stages that are in the file");
	if ((rb = rules_open(path, e)) == NULL)
		return -1;
	q.rb = rb;
	q.ja = app->ja;
	rc = from != NULL ? take_in(app, rb, from, edition, to, e) :
	    print_tables(&q, stage, format, e);
	rulebase_free(rb);
	return rc;
}
