#include "batch/report_html.h"

#include <string.h>

#include "base/date.h"
#include "base/text.h"

const char *
words(enum words w, bool ja)
{
	static const char *const texts[WORDS_MAX][2] = {
#define X(name, ja, en) [WORDS_##name] = { en, ja },
		WORDS_LIST(X)
#undef X
	};

	return texts[w][ja];
}

void
html_words_with(struct buf *b, enum words w, bool ja, long n, struct buf *inner)
{
	for (const char *s = words(w, ja); *s != '\0'; s++) {
		if (*s == '#')
			html_number(b, n);
		else if (*s == '@')
			buf_add(b, inner->p, inner->n);
		else
			buf_addc(b, *s);
	}
	if (inner->failed)
		b->failed = 1;
	buf_free(inner);
}

void
html_words(struct buf *b, enum words w, bool ja, long n)
{
	struct buf none = BUF_INIT;

	html_words_with(b, w, ja, n, &none);
}

static void
add_escaped(struct buf *b, const char *s, size_t n)
{
	switch (*s) {
	case '&':
		buf_adds(b, "&amp;");
		break;
	case '<':
		buf_adds(b, "&lt;");
		break;
	case '>':
		buf_adds(b, "&gt;");
		break;
	case '"':
		buf_adds(b, "&quot;");
		break;
	case '\'':
		buf_adds(b, "&#39;");
		break;
	default:
		buf_add(b, s, n);
	}
}

void
html_text(struct buf *b, const char *s, int max)
{
	struct buf safe = BUF_INIT;
	size_t len;

	text_add_safe(&safe, s);
	for (size_t at = 0; at < safe.n; at += len) {
		if (max-- == 0) {
			buf_adds(b, "…");
			break;
		}
		len = text_char_len(safe.p + at, safe.n - at);
		add_escaped(b, safe.p + at, len);
	}
	if (safe.failed)
		b->failed = 1;
	buf_free(&safe);
}

void
html_number(struct buf *b, long n)
{
	if (n >= 1000) {
		html_number(b, n / 1000);
		buf_addf(b, ",%03ld", n % 1000);
	} else {
		buf_addf(b, "%ld", n);
	}
}

void
plain_day(struct buf *b, bool ja, int day, bool year)
{
	static const char *const weekdays[7][2] = { { "Sun", "日" }, { "Mon", "月" },
		{ "Tue", "火" }, { "Wed", "水" }, { "Thu", "木" }, { "Fri", "金" }, { "Sat", "土" } };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
		"Aug", "Sep", "Oct", "Nov", "Dec" };
	const struct ymd d = date_to_ymd(day);
	const char *weekday = weekdays[((day + 4) % 7 + 7) % 7][ja];	/* day 0: a Thursday */

	if (ja && year)
		buf_addf(b, "%d年%d月%d日(%s)", d.y, d.m, d.d, weekday);
	else if (ja)
		buf_addf(b, "%d/%d(%s)", d.m, d.d, weekday);
	else
		buf_addf(b, "%s %d %s", weekday, d.d, months[d.m - 1]);
	if (!ja && year)
		buf_addf(b, " %d", d.y);
}

void
html_day(struct buf *b, bool ja, int day, bool year)
{
	char iso[DATE_ISO_LEN + 1];

	date_format_iso(day, iso);
	buf_addf(b, "<time datetime=\"%s\">", iso);
	plain_day(b, ja, day, year);
	buf_adds(b, "</time>");
}

void
html_minute(struct buf *b, int minute)
{
	buf_addf(b, "%d:%02d", minute / 60, minute % 60);
}

void
html_percent(struct buf *b, bool ja, int percent)
{
	if (ja && percent % 10 == 0)
		buf_addf(b, "%d割", percent / 10);
	else
		buf_addf(b, "%d%%", percent);
}
