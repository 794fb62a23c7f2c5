/*
 * A line of a journal.  The first byte says whether the rest is one as it is (l) or
 * the JSON of one, whose hash is put before it (j): nobody guesses a hash.  What is
 * accepted is a record that a run can go on from; what is refused leaves nothing.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/hash.h"
#include "batch/journal.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool good)
{
	if (!good)
		abort();
}

static void
check_day(int day)
{
	char iso[DATE_ISO_LEN + 1];

	date_format_iso(day, iso);
	must(date_parse_iso(iso, DATE_ISO_LEN) == day);
}

static void
check_row(const struct journal_record *r)
{
	const struct found *f = &r->found;

	must(r->row >= 1 && strlen(r->question) == JOURNAL_DIGEST_LEN);
	if (f->error != ERR_NONE)
		must(f->error < ERR_MAX && f->validity == '\0' && f->results == NULL);
	else
		must(f->validity >= '1' && f->validity <= '6');
	must(f->results == NULL || js_type(f->results) == JS_ARRAY);
}

static void
check_record(const struct journal_record *r)
{
	must(r->doc != NULL);
	switch (r->kind) {
	case JOURNAL_HEAD:
		check_day(r->today);
		break;
	case JOURNAL_ROW:
		check_row(r);
		break;
	case JOURNAL_FILE:
		must(r->file != NULL && strlen(r->question) == JOURNAL_DIGEST_LEN);
		must(r->first >= 1 && r->first <= r->last);
		check_day(r->as_of);
		break;
	case JOURNAL_RECEPTION:
		must(r->reception != NULL && r->file != NULL);
		break;
	case JOURNAL_END:
		must(r->file != NULL);
		break;
	}
}

static void
check_line(const char *line, size_t n)
{
	struct journal_record r;
	struct err e = ERR_INIT;

	if (journal_read_line(line, n, &r, &e) < 0)
		must(r.doc == NULL && e.code == ERR_INTEGRITY && e.msg[0] != '\0');
	else
		check_record(&r);
	js_free(r.doc);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t hash[HASH_SHORT_LEN];
	struct buf line = BUF_INIT;
	char hex[2 * HASH_SHORT_LEN + 1];

	if (size < 1)
		return 0;
	if (data[0] == 'j') {
		hash_short(data + 1, size - 1, hash);
		hex_encode(hash, sizeof(hash), hex);
		buf_addf(&line, "%s ", hex);
	}
	buf_add(&line, data + 1, size - 1);
	must(!line.failed);
	check_line(line.n > 0 ? line.p : "", line.n);
	buf_free(&line);
	return 0;
}
