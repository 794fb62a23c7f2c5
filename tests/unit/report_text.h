#ifndef UNIT_REPORT_TEXT_H
#define UNIT_REPORT_TEXT_H

/* The report in a test: rows for it, and what its page has; included after cmocka.h. */

#include "list_text.h"

#include "batch/report_impl.h"

#define TODAY	20781	/* 2026-11-24, a Tuesday */

static const struct report_head japanese = { .ja = true, .today = TODAY, .minute = 365,
    .list = "yoyaku.csv", .edition = "2026-08-01" };
static const struct report_head english = { .today = TODAY, .minute = 365 };

static inline struct row
row_at(long number, int day, int minute)
{
	return (struct row){ .line = number + 1, .number = number, .column = COLUMN_MAX,
	    .appointment = day, .minute = minute, .last_copay_percent = FACT_ABSENT };
}

static inline struct out_row
out_of(const char *id, enum status status)
{
	return (struct out_row){ .patient_id = id, .status = status,
	    .copay_percent = FACT_ABSENT };
}

/* The page, which ends with the report. */
static inline char *
page_of(struct report *r)
{
	struct buf b = BUF_INIT;
	char *page;

	report_write(r, &b);
	report_free(r);
	assert_false(b.failed);
	page = strdup(b.p);
	assert_non_null(page);
	buf_free(&b);
	return page;
}

static inline struct report *
open_report(const struct report_head *head)
{
	struct report *r = report_new(head);

	assert_non_null(r);
	return r;
}

/* Every tag that is opened is closed, in its order. */
static inline void
check_tags(const char *page)
{
	static const char *const alone[] = { "meta", "!DOCTYPE", "br" };
	char open[32][16];
	int depth = 0;

	for (const char *p = page; (p = strchr(p, '<')) != NULL; p++) {
		const bool closes = p[1] == '/';
		const size_t n = strcspn(p + 1 + closes, " >/\n");
		const char *end = strchr(p, '>');
		bool void_tag = false;
		char name[16];

		assert_non_null(end);
		assert_in_range(n, 1, sizeof(name) - 1);
		memcpy(name, p + 1 + closes, n);
		name[n] = '\0';
		for (size_t i = 0; i < N(alone); i++)
			void_tag |= strcmp(name, alone[i]) == 0;
		if (closes) {
			assert_true(depth > 0);
			assert_string_equal(open[--depth], name);
		} else if (!void_tag && end[-1] != '/') {
			assert_in_range(depth, 0, N(open) - 1);
			memcpy(open[depth++], name, n + 1);
		}
	}
	assert_int_equal(depth, 0);
}

static inline void
has(const char *page, const char *what)
{
	if (strstr(page, what) == NULL)
		fail_msg("not in the page: %s", what);
}

static inline void
has_not(const char *page, const char *what)
{
	if (strstr(page, what) != NULL)
		fail_msg("in the page: %s", what);
}

/* The patients of a part in their order, "1 2 3". */
static inline char *
people_of(const char *page, const char *part)
{
	static char ids[8192];
	char mark[32];
	const char *p, *end;
	size_t n = 0;

	snprintf(mark, sizeof(mark), "<section id=\"%s\"", part);
	p = strstr(page, mark);
	assert_non_null(p);
	end = strstr(p, "</section>");
	ids[0] = '\0';
	while ((p = strstr(p, "<bdi class=\"id\">")) != NULL && p < end) {
		p += strlen("<bdi class=\"id\">");
		n += (size_t)snprintf(ids + n, sizeof(ids) - n, "%s%.*s", n > 0 ? " " : "",
		    (int)strcspn(p, "<"), p);
		assert_in_range(n, 0, sizeof(ids) - 1);
	}
	return ids;
}

static const struct note something = { "card", "マイナンバーカード", FACT_ABSENT };
static const struct note general = { "bulk_without_limit", "限度額", FACT_ABSENT };
static const struct note bad_row = { "bad_row", "理由", FACT_ABSENT };
static const struct note ends = { "certificate_ends_soon", "期限", TODAY + 6 };
static const struct change symbol = { CHANGE_SYMBOL, "12", "34" };

static inline void
add_person(struct report *r, long number, const char *id, enum status status, bool call, int day,
    int minute)
{
	const struct row row = row_at(number, day, minute);
	struct out_row out = out_of(id, status);

	out.bring = &something;
	out.brings = call;
	out.change = &symbol;
	out.changes = !call;
	assert_int_equal(report_add(r, &row, &out), 0);
}

#endif
