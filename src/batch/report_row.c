#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "batch/report_impl.h"

#define NOTE_CHARS_MAX	400	/* our own words, the service's at worst */

/* What every row of a bulk run has and the page says once; what a bad row says as its reason. */
static bool
is_said_elsewhere(const struct note *n)
{
	return strcmp(n->code, "bulk_without_limit") == 0 || strcmp(n->code, "bad_row") == 0;
}

static bool
has_warning(const struct out_row *out)
{
	for (size_t i = 0; i < out->warnings; i++)
		if (!is_said_elsewhere(&out->warning[i]))
			return true;
	return false;
}

static enum care
care_of(const struct row *row, const struct out_row *out)
{
	if (out->brings > 0)
		return CARE_CALL;
	if (out->status == STATUS_ERROR || row->fault != ROW_NONE)
		return CARE_FAILED;
	if (out->status != STATUS_VALID || out->changes > 0 || has_warning(out))
		return CARE_DESK;
	return CARE_FINE;
}

struct person
person_key(const struct row *row, const struct out_row *out)
{
	/* a row that could not be read may be wrong about its day, too */
	const bool bad = row->fault != ROW_NONE, day = !bad && fact_known(row->appointment);

	return (struct person){ .care = care_of(row, out), .status = out->status,
	    .day = day ? row->appointment : INT_MAX,
	    .minute = day && fact_known(row->minute) ? row->minute : MINUTE_NONE,
	    .number = row->number, .copay_percent = out->copay_percent,
	    .bad = bad, .retryable = out->retryable };
}

static int
status_rank(enum status s)
{
	static const int rank[STATUS_MAX] = { [STATUS_INVALID] = 0, [STATUS_NOT_FOUND] = 1,
	    [STATUS_INVALID_NEW] = 2, [STATUS_MULTIPLE] = 3, [STATUS_ERROR] = 4,
	    [STATUS_VALID] = 5 };

	return rank[s];
}

int
person_compare(const struct person *a, const struct person *b)
{
	const int call = (b->care == CARE_CALL) - (a->care == CARE_CALL);
	const int status = status_rank(a->status) - status_rank(b->status);

	if (call != 0)
		return call;
	if (status != 0)
		return status;
	if (a->day != b->day)
		return a->day < b->day ? -1 : 1;
	if (a->minute != b->minute)
		return a->minute - b->minute;
	return (a->number > b->number) - (a->number < b->number);
}

static void
add_who(struct buf *b, const struct row *row, const char *id, bool ja)
{
	const char *name = row->given[COLUMN_NAME], *kana = row->given[COLUMN_KANA];

	buf_adds(b, "<bdi class=\"id\">");
	html_text(b, id != NULL ? id : words(WORDS_UNKNOWN, ja), REPORT_CHARS_MAX);
	buf_adds(b, "</bdi>");
	if (name != NULL) {
		buf_adds(b, " <bdi class=\"name\" lang=\"ja\">");
		html_text(b, name, REPORT_CHARS_MAX);
		buf_adds(b, "</bdi>");
	}
	if (kana != NULL) {
		buf_adds(b, " <bdi class=\"kana\" lang=\"ja\">");
		html_text(b, kana, REPORT_CHARS_MAX);
		buf_adds(b, "</bdi>");
	}
}

static void
open_item(struct buf *b, enum words label, const char *class, bool ja)
{
	buf_addf(b, "<li class=\"%s\"><span class=\"tag\">%s</span> <span>", class,
	    words(label, ja));
}

/* Until when, unless the words say so themselves. */
static void
add_note(struct buf *b, const struct note *n, bool ja)
{
	struct buf day = BUF_INIT;
	char iso[DATE_ISO_LEN + 1];

	html_text(b, n->text, NOTE_CHARS_MAX);
	if (!fact_known(n->until))
		return;
	date_format_iso(n->until, iso);
	if (strstr(n->text, iso) != NULL)
		return;
	html_day(&day, ja, n->until, true);
	buf_adds(b, " <span class=\"until\">");
	html_words_with(b, WORDS_UNTIL, ja, 0, &day);
	buf_adds(b, "</span>");
}

/* One thing and those that do in its place, the best first. */
static void
add_bring(struct buf *b, const struct out_row *out, bool ja)
{
	if (out->brings == 0)
		return;
	open_item(b, WORDS_BRING, "bring", ja);
	buf_adds(b, "<strong>");
	add_note(b, &out->bring[0], ja);
	buf_adds(b, "</strong>");
	if (out->brings > 1)
		buf_addf(b, "<br>%s", words(WORDS_ELSE, ja));
	for (size_t i = 1; i < out->brings; i++) {
		buf_adds(b, " <span class=\"or\">");
		add_note(b, &out->bring[i], ja);
		buf_adds(b, i + 1 < out->brings ? " /</span>" : "</span>");
	}
	buf_adds(b, "</span></li>");
}

static void
add_warnings(struct buf *b, const struct out_row *out, bool ja)
{
	for (size_t i = 0; i < out->warnings; i++) {
		if (is_said_elsewhere(&out->warning[i]))
			continue;
		open_item(b, WORDS_WARNING, "warning", ja);
		add_note(b, &out->warning[i], ja);
		buf_adds(b, "</span></li>");
	}
}

/* percent if it is known, else as it was written. */
static void
add_value(struct buf *b, const char *tag, const char *text, int percent, bool ja)
{
	buf_addf(b, "<%s><bdi>", tag);
	if (fact_known(percent))
		html_percent(b, ja, percent);
	else if (text != NULL)
		html_text(b, text, REPORT_CHARS_MAX);
	else
		buf_adds(b, words(WORDS_BLANK, ja));
	buf_addf(b, "</bdi></%s>", tag);
}

static void
add_changes(struct buf *b, const struct row *row, const struct out_row *out, bool ja)
{
	for (size_t i = 0; i < out->changes; i++) {
		const struct change *c = &out->change[i];
		const bool ratio = c->field == CHANGE_COPAY_PERCENT;

		open_item(b, WORDS_CHANGE, "change", ja);
		buf_addf(b, "%s: ", change_name(c->field, ja));
		add_value(b, "del", c->was, ratio ? row->last_copay_percent : FACT_ABSENT, ja);
		buf_addf(b, " <span aria-hidden=\"true\">→</span>"
		    "<span class=\"unseen\">%s</span> ", words(WORDS_BECOMES, ja));
		add_value(b, "ins", c->now, ratio ? out->copay_percent : FACT_ABSENT, ja);
		buf_adds(b, "</span></li>");
	}
}

static void
add_why(struct buf *b, const struct row *row, const struct out_row *out, bool ja)
{
	buf_adds(b, "<ul>");
	if (row->fault != ROW_NONE) {
		buf_adds(b, "<li>");
		row_reason(row, ja, b);
		buf_adds(b, "</li>");
	} else if (out->status == STATUS_ERROR) {
		buf_adds(b, "<li>");
		html_words(b, WORDS_LINE, ja, row->line);
		buf_adds(b, "</li>");
	}
	add_bring(b, out, ja);
	add_changes(b, row, out, ja);
	add_warnings(b, out, ja);
	buf_adds(b, "</ul>");
}

struct person *
person_new(const struct row *row, const struct out_row *out, bool ja)
{
	struct person *p = malloc(sizeof(*p));

	if (p == NULL)
		return NULL;
	*p = person_key(row, out);
	add_who(&p->who, row, out->patient_id, ja);
	add_why(&p->why, row, out, ja);
	if (p->who.failed || p->why.failed) {
		person_free(p);
		return NULL;
	}
	return p;
}

void
person_free(struct person *p)
{
	buf_free(&p->who);
	buf_free(&p->why);
	free(p);
}
