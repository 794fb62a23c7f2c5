/*
 * The bytes are a sheet as shikaku hands it to shikaku-form, or the facts from
 * which it makes one.  What is read as a sheet says only what can be seen, is
 * written and read again as the same bytes, and as text keeps to its columns;
 * facts make a sheet that shikaku-form takes.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "form/statement.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool good)
{
	if (!good)
		abort();
}

static void
check_text(const struct sheet *s)
{
	struct buf b = BUF_INIT;
	char *line, *rest;

	sheet_text(s, &b);
	must(!b.failed && b.n > 0 && b.p[b.n - 1] == '\n' && text_is_utf8(b.p, b.n));
	for (rest = b.p; (line = strsep(&rest, "\n")) != NULL;)
		must(text_width(line) <= SHEET_COLUMNS);
	buf_free(&b);
}

static void
check_string(const char *s, bool needed)
{
	must(s != NULL || !needed);
	must(s == NULL || (*s != '\0' && sheet_can_show(s, strlen(s))));
}

static void
check_sheet(const struct sheet *s)
{
	must(s->blocks > 0 && s->blocks <= SHEET_BLOCKS);
	check_string(s->title, true);
	check_string(s->footer, true);
	for (int i = 0; i < s->blocks; i++) {
		const struct block *b = &s->block[i];

		check_string(b->text, b->kind != BLOCK_ROW && b->kind != BLOCK_TO);
		check_string(b->label, b->kind == BLOCK_ROW);
		check_string(b->hint, false);
		check_string(b->blank, false);
		must(b->lines >= 1 && b->lines <= SHEET_LINES && b->choices <= SHEET_CHOICES);
		must(!b->beside || (i > 0 && b[-1].kind == BLOCK_ROW && !b[-1].beside));
		for (int k = 0; k < b->choices; k++)
			check_string(b->choice[k].text, true);
	}
}

/* Written, it is read; and written again, the same. */
static void
check_written(const struct sheet *s)
{
	struct buf once = BUF_INIT, twice = BUF_INIT;
	struct sheet again = SHEET_INIT;
	struct err e = ERR_INIT;

	sheet_write(s, &once);
	must(!once.failed && once.n <= SHEET_JSON_MAX);
	must(sheet_read(&again, once.p, once.n, &e) == 0);
	check_sheet(&again);
	sheet_write(&again, &twice);
	must(twice.n == once.n && memcmp(once.p, twice.p, once.n) == 0);
	sheet_free(&again);
	buf_free(&once);
	buf_free(&twice);
}

static void
try_sheet(const char *text, size_t n)
{
	struct sheet s = SHEET_INIT;
	struct err e = ERR_INIT;

	if (sheet_read(&s, text, n, &e) == 0) {
		check_sheet(&s);
		check_text(&s);
		/* what was escaped may be longer than what it was read from */
		if (n < SHEET_JSON_MAX / 8)
			check_written(&s);
	} else {
		must(e.code == ERR_MALFORMED && e.msg[0] != '\0');
	}
	sheet_free(&s);
}

static void
try_facts(const char *text, size_t n)
{
	const int today = date_from_ymd(2026, 11, 22);
	struct sheet s = SHEET_INIT;
	struct err e = ERR_INIT;
	struct json *doc = js_parse(text, n, &e);
	struct statement st;

	if (doc != NULL && statement_read(doc, today, &st, &s, &e) == 0) {
		must(statement_sheet(&st, "2026-11-22.1", today, &s, &e) == 0);
		check_sheet(&s);
		check_text(&s);
		check_written(&s);
	} else {
		must(e.code == ERR_MALFORMED && e.msg[0] != '\0');
	}
	sheet_free(&s);
	js_free(doc);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	try_sheet((const char *)data, size);
	try_facts((const char *)data, size);
	return 0;
}
