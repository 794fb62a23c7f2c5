#include "rules/import.h"

#include <stdlib.h>
#include <string.h>

#include "rules/write.h"

#define ROWS_MAX	(TABLE_MAX * RULES_MAX)

/* A whole file: the pages that were read, and where their rules stood. */
struct pages {
	struct csv	 csv;
	struct json	*rules[STAGES_MAX];	/* NULL: the base's are kept */
	char		*ja[STAGES_MAX], *en[STAGES_MAX];	/* titles, in csv.text */
	struct buf	 text;			/* the rules of the page being read */
	struct jw	 w;
	bool		 in_page, in_rows;	/* its first line was read; its heads, too */
	struct { const char *id; int line; } row[ROWS_MAX];
	int		 rows;
};

char *
import_cell(const struct importer *im, int column)
{
	static char none[] = "";
	const int i = im->place[column];

	return i >= 0 && i < im->row.n ? im->row.cell[i] : none;
}

/* A to Z, AA ...: how spreadsheets call the columns. */
static void
add_letters(struct buf *b, int i)
{
	if (i >= 26)
		buf_addc(b, (char)('A' + i / 26 - 1));
	buf_addc(b, (char)('A' + i % 26));
}

static void
add_place(struct importer *im, int column)
{
	struct buf *b = im->im->wrong;
	const bool ja = im->im->ja;
	const int i = im->place[column];
	struct vocab *heads = malloc(sizeof(*heads));

	buf_addf(b, "%s:%d: ", im->im->name, im->row.line);
	if (i >= 0)
		add_letters(b, i);
	if (heads != NULL) {
		vocab_columns(heads);
		buf_addf(b, ja ? "「%s」" : " \"%s\"", vocab_word(heads, column, ja));
	}
	buf_addf(b, ja ? "、規則 %s: " : ", rule %s: ", import_cell(im, COLUMN_ID));
	free(heads);
}

void
import_wrong(struct importer *im, int column, const char *text, const char *why_ja,
    const char *why_en)
{
	struct buf *b = im->im->wrong;
	const bool ja = im->im->ja;

	im->wrong++;
	add_place(im, column);
	buf_addf(b, ja ? "「%s」" : "\"%s\"", text);
	if (why_ja != NULL) {
		buf_addf(b, "%s%s\n", ja ? "は" : " ", ja ? why_ja : why_en);
		return;
	}
	buf_adds(b, ja ? "は使えない。使える言葉: " : " is none of: ");
	vocab_list(b, &im->vocab, ja);
	buf_addc(b, '\n');
}

static bool
is_blank_row(const struct csv_row *row)
{
	for (int i = 0; i < row->n; i++)
		if (*row->cell[i] != '\0')
			return false;
	return true;
}

/* Wrong in a row that is no rule: its first cells say what it is. */
static int
bad_row(const struct importer *im, struct err *e, const char *what, const char *text)
{
	return err_set(e, ERR_MALFORMED, "line %d: %s%s%.60s%s", im->row.line, what,
	    *text != '\0' ? ": \"" : "", text, *text != '\0' ? "\"" : "");
}

static int
end_page(struct importer *im, struct pages *p, struct err *e)
{
	if (!p->in_page)
		return 0;
	if (!p->in_rows)
		return err_set(e, ERR_MALFORMED, "line %d: a page without its heads", im->row.line);
	jw_close(&p->w, ']');
	if (p->text.failed)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (im->wrong == 0 &&
	    (p->rules[im->stage] = js_parse(p->text.p, p->text.n, e)) == NULL)
		return -1;
	return 0;
}

/* The titles of a table without stages are the program's. */
static int
read_titles(struct importer *im, struct pages *p, struct err *e)
{
	const struct stage_words *s = &im->im->base->stage[im->stage];
	char *ja = im->row.n > 2 ? im->row.cell[2] : NULL, *en = im->row.n > 3 ? im->row.cell[3] : NULL;

	if (ja == NULL || en == NULL || *ja == '\0' || *en == '\0')
		return bad_row(im, e, "a stage without its titles", s->name);
	if ((im->table == TABLE_ADVICE || im->table == TABLE_IMPOSSIBLE) &&
	    (strcmp(ja, s->ja) != 0 || strcmp(en, s->en) != 0))
		return bad_row(im, e, "the title of this table is not to be changed", ja);
	p->ja[im->stage] = ja;
	p->en[im->stage] = en;
	return 0;
}

static int
begin_page(struct importer *im, struct pages *p, struct err *e)
{
	const char *name = im->row.n > 1 ? im->row.cell[1] : "";
	struct page page;

	if (end_page(im, p, e) < 0)
		return -1;
	vocab_stages(&im->vocab, im->im->base);
	if ((im->stage = vocab_find(&im->vocab, name)) < 0)
		return bad_row(im, e, "no such stage", name);
	if (p->ja[im->stage] != NULL)
		return bad_row(im, e, "a stage stands twice", name);
	page_of(im->im->base, im->stage, &page);
	im->table = page.table;
	p->in_page = true;
	p->in_rows = false;
	buf_reset(&p->text);
	p->w = (struct jw){ &p->text, false };
	jw_open(&p->w, NULL, '[');
	return read_titles(im, p, e);
}

static int
read_heads(struct importer *im, struct pages *p, struct err *e)
{
	vocab_columns(&im->vocab);
	for (int c = 0; c < COLUMNS_ALL; c++)
		im->place[c] = -1;
	im->columns = 0;
	for (int i = 0; i < im->row.n; i++) {
		const int c = vocab_find(&im->vocab, im->row.cell[i]);

		/* spreadsheets fill rows up to the width of the widest one */
		if (*im->row.cell[i] == '\0')
			continue;
		if (c < 0)
			return bad_row(im, e, "no such column", im->row.cell[i]);
		if (im->place[c] >= 0)
			return bad_row(im, e, "a column stands twice", im->row.cell[i]);
		im->place[c] = i;
		im->column[im->columns++] = c;
	}
	if (im->place[COLUMN_ID] < 0)
		return bad_row(im, e, "a page without the column of the rule's name", "");
	p->in_rows = true;
	return 0;
}

/* A cell that stands under no head would be lost. */
static int
check_width(const struct importer *im, struct err *e)
{
	for (int i = 0; i < im->row.n; i++) {
		int c = 0;

		while (c < COLUMNS_ALL && im->place[c] != i)
			c++;
		if (c == COLUMNS_ALL && *im->row.cell[i] != '\0')
			return bad_row(im, e, "a cell under no head", im->row.cell[i]);
	}
	return 0;
}

static int
read_rule(struct importer *im, struct pages *p, struct err *e)
{
	if (check_width(im, e) < 0)
		return -1;
	if (*import_cell(im, COLUMN_ID) == '\0')
		return bad_row(im, e, "a rule without its name", im->row.cell[0]);
	if (p->rows == ROWS_MAX)
		return bad_row(im, e, "too many rules", "");
	p->row[p->rows].id = import_cell(im, COLUMN_ID);
	p->row[p->rows++].line = im->row.line;
	import_rule(im, &p->w);
	return 0;
}

static int
read_row(struct importer *im, struct pages *p, struct err *e)
{
	for (int i = 0; i < im->row.n; i++)
		im->row.cell[i] = vocab_trim(im->row.cell[i]);
	if (is_blank_row(&im->row))
		return 0;
	vocab_head(&im->vocab);
	if (vocab_find(&im->vocab, im->row.cell[0]) == 0)
		return begin_page(im, p, e);
	if (!p->in_page)
		return bad_row(im, e, "a page begins with the word stage (段)", im->row.cell[0]);
	return p->in_rows ? read_rule(im, p, e) : read_heads(im, p, e);
}

static int
read_pages(struct importer *im, struct pages *p, struct err *e)
{
	int rc;

	while ((rc = csv_next(&p->csv, &im->row, e)) > 0)
		if (read_row(im, p, e) < 0)
			return -1;
	if (rc < 0 || end_page(im, p, e) < 0)
		return -1;
	if (!p->in_page)
		return err_set(e, ERR_MALFORMED, "no page in it");
	if (im->wrong > 0)
		return err_set(e, ERR_RULES, "wrong cells: %d", im->wrong);
	return 0;
}

static void
put_stage(struct jw *w, const struct pages *p, int stage, const struct json *was)
{
	struct js_iter it = js_members(was);

	jw_open(w, NULL, '{');
	while (js_next(&it)) {
		if (p->rules[stage] != NULL && strcmp(it.key, "rules") == 0) {
			jw_json(w, "rules", p->rules[stage]);
		} else if (p->rules[stage] != NULL && strcmp(it.key, "title") == 0) {
			jw_open(w, "title", '{');
			jw_str(w, "ja", p->ja[stage]);
			jw_str(w, "en", p->en[stage]);
			jw_close(w, '}');
		} else {
			jw_json(w, it.key, it.value);
		}
	}
	jw_close(w, '}');
}

/* The stage of that name: its place in rb->stage, where a list is a stage of its own name. */
static int
stage_named(const struct rulebase *rb, const char *name)
{
	int s = 0;

	while (s < rb->stages && strcmp(rb->stage[s].name, name) != 0)
		s++;
	return s;
}

static void
put_member(struct jw *w, const struct importer *im, const struct pages *p, const char *key,
    const struct json *v)
{
	const struct rulebase *rb = im->im->base;
	const bool list = strcmp(key, "impossible") == 0 || strcmp(key, "advice") == 0;

	if (strcmp(key, "ladder") == 0 || strcmp(key, "ratio") == 0) {
		jw_open(w, key, '[');
		for (size_t i = 0; i < js_len(v); i++)
			put_stage(w, p, stage_named(rb, js_str(js_at(v, i), "stage")), js_at(v, i));
		jw_close(w, ']');
	} else if (list && p->rules[stage_named(rb, key)] != NULL) {
		jw_json(w, key, p->rules[stage_named(rb, key)]);
	} else if (strcmp(key, "edition") == 0 && im->im->edition != NULL) {
		jw_str(w, key, im->im->edition);
	} else {
		jw_json(w, key, v);
	}
}

static void
put_file(struct jw *w, const struct importer *im, const struct pages *p)
{
	struct js_iter it = js_members(im->im->base->doc);

	jw_open(w, NULL, '{');
	while (js_next(&it))
		put_member(w, im, p, it.key, it.value);
	jw_close(w, '}');
}

/* What the loader says of a rule, with its line in the table in place of the file's. */
static int
retell(const struct pages *p, const struct err *why, struct err *e)
{
	const char *msg = why->msg, *said = strstr(msg, ": ");

	if (strncmp(msg, "line ", 5) == 0 && said != NULL)
		msg = said + 2;
	/* of an id that stands twice, the second one */
	for (int i = p->rows - 1; i >= 0; i--) {
		const size_t n = strlen(p->row[i].id);

		if (strncmp(p->row[i].id, msg, n) == 0 && msg[n] == ':')
			return err_set(e, why->code, "line %d: %s", p->row[i].line, msg);
	}
	return err_set(e, why->code, "%s", msg);
}

/* The new file in its layout, if it is one that loads. */
static int
make_file(const struct importer *im, const struct pages *p, struct buf *out, struct err *e)
{
	struct buf b = BUF_INIT, text = BUF_INIT;
	struct jw w = { &b, false };
	struct json *doc = NULL;
	struct rulebase *rb = NULL;
	struct err why = ERR_INIT;
	int rc = -1;

	put_file(&w, im, p);
	if (b.failed) {
		err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	if ((doc = js_parse(b.p, b.n, e)) == NULL)
		goto out;
	rules_write(&text, doc);
	if (text.failed) {
		err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	if ((rb = rulebase_parse(text.p, text.n, &why)) == NULL) {
		retell(p, &why, e);
		goto out;
	}
	buf_add(out, text.p, text.n);
	rc = 0;
out:
	rulebase_free(rb);
	js_free(doc);
	buf_free(&text);
	buf_free(&b);
	return rc;
}

int
table_import(const struct table_import *what, const char *csv, size_t n, struct buf *out,
    struct err *e)
{
	struct importer *im = calloc(1, sizeof(*im));
	struct pages *p = calloc(1, sizeof(*p));
	int rc = -1;

	if (im == NULL || p == NULL) {
		err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	im->im = what;
	if (csv_open(&p->csv, csv, n, e) == 0 && read_pages(im, p, e) == 0)
		rc = make_file(im, p, out, e);
	if (rc < 0)
		err_prefix(e, "%s", what->name);
out:
	if (p != NULL) {
		for (int s = 0; s < STAGES_MAX; s++)
			js_free(p->rules[s]);
		csv_close(&p->csv);
		buf_free(&p->text);
	}
	free(p);
	free(im);
	return rc;
}
