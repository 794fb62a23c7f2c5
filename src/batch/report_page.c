#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/hash.h"
#include "base/version.h"
#include "batch/report_impl.h"

extern const char report_css[], report_css_end[];

/* The three parts that name people, and the words of each. */
static const struct part {
	enum words	 head, about, none, why, last;
} parts[] = {
	[CARE_CALL] = { WORDS_HEAD_CALL, WORDS_ABOUT_CALL, WORDS_NONE_CALL, WORDS_WHY_CALL,
	    WORDS_STATUS },
	[CARE_DESK] = { WORDS_HEAD_DESK, WORDS_ABOUT_DESK, WORDS_NONE_DESK, WORDS_WHY,
	    WORDS_STATUS },
	[CARE_FAILED] = { WORDS_HEAD_FAILED, WORDS_MAX, WORDS_NONE_FAILED, WORDS_WHY,
	    WORDS_NEXT },
};

/* For people, where out.h has the codes. */
static const char *
status_words(enum status s, bool ja)
{
	static const enum words names[STATUS_MAX] = {
#define X(name, en, ja) [STATUS_##name] = WORDS_STATUS_##name,
		STATUS_LIST(X)
#undef X
	};

	return words(names[s], ja);
}

/* The only style there may be is the one element of this page, known by its hash. */
static void
write_policy(struct buf *b)
{
	uint8_t hash[HASH_SHA256_LEN];

	hash_sha256(report_css, (size_t)(report_css_end - report_css), hash);
	buf_adds(b, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	    "style-src 'sha256-");
	base64_add(b, hash, sizeof(hash));
	buf_adds(b, "'; base-uri 'none'; form-action 'none'\">\n");
}

/* "2026年11月22日(日)", or the first and the last. */
static void
add_days(const struct report *r, struct buf *b, void (*add)(struct buf *, bool, int, bool))
{
	const struct timeline *t = &r->timeline;

	if (t->days == 0) {
		buf_adds(b, words(WORDS_NO_DAY, r->head.ja));
		return;
	}
	add(b, r->head.ja, t->day[0].day, true);
	if (!timeline_has_one_day(t)) {
		buf_adds(b, words(WORDS_TO, r->head.ja));
		add(b, r->head.ja, t->last, true);
	}
}

static void
write_head(const struct report *r, struct buf *b)
{
	buf_addf(b, "<!DOCTYPE html>\n<html lang=\"%s\" translate=\"no\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n", r->head.ja ? "ja" : "en");
	write_policy(b);
	/* a browser that offers to translate would send the names away */
	buf_addf(b, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=\"referrer\" content=\"no-referrer\">\n"
	    "<meta name=\"robots\" content=\"noindex, nofollow, noarchive\">\n"
	    "<meta name=\"google\" content=\"notranslate\">\n"
	    "<meta name=\"format-detection\" content=\"telephone=no\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n"
	    "<title>%s ", words(WORDS_TITLE, r->head.ja));
	add_days(r, b, plain_day);
	buf_adds(b, "</title>\n<style>");
	buf_add(b, report_css, (size_t)(report_css_end - report_css));
	buf_adds(b, "</style>\n</head>\n");
}

static void
write_banner(const struct report *r, struct buf *b)
{
	const bool ja = r->head.ja;
	struct buf inner = BUF_INIT;

	buf_addf(b, "<header>\n<h1>%s</h1>\n<p class=\"days\">", words(WORDS_TITLE, ja));
	add_days(r, b, html_day);
	buf_adds(b, " <strong>");
	html_words(b, WORDS_PEOPLE, ja, r->rows);
	buf_adds(b, "</strong></p>\n<p class=\"made\">");
	html_day(&inner, ja, r->head.today, true);
	buf_addc(&inner, ' ');
	html_minute(&inner, r->head.minute);
	html_words_with(b, WORDS_MADE, ja, 0, &inner);
	if (r->head.list != NULL) {
		buf_addf(b, " · %s <bdi>", words(WORDS_LIST, ja));
		html_text(b, r->head.list, REPORT_CHARS_MAX);
		buf_adds(b, "</bdi>");
	}
	if (r->head.edition != NULL) {
		buf_addf(b, " · %s <bdi>", words(WORDS_EDITION, ja));
		html_text(b, r->head.edition, REPORT_CHARS_MAX);
		buf_adds(b, "</bdi>");
	}
	buf_adds(b, "</p>\n</header>\n");
}

/* How many of each kind; also the key to the picture. */
static void
write_tiles(const struct report *r, struct buf *b)
{
	buf_adds(b, "<ul class=\"tiles\">\n");
	for (int c = 0; c < CARE_MAX; c++) {
		const char *name = care_name((enum care)c);
		const bool linked = c != CARE_FINE && r->care.n[c] > 0;

		buf_addf(b, "<li class=\"tile %s\">", name);
		if (linked)
			buf_addf(b, "<a href=\"#%s\">", name);
		buf_adds(b, "<span class=\"what\">");
		swatch_write((enum care)c, b);
		buf_addf(b, " %s</span> <span class=\"many\">", words(care_words[c], r->head.ja));
		html_number(b, r->care.n[c]);
		buf_adds(b, linked ? "</span></a></li>\n" : "</span></li>\n");
	}
	buf_adds(b, "</ul>\n");
}

static void
write_statuses(const struct report *r, struct buf *b)
{
	const bool ja = r->head.ja;

	buf_addf(b, "<table class=\"statuses\">\n<caption>%s</caption>\n<thead><tr>"
	    "<th scope=\"col\">%s</th><th scope=\"col\" class=\"n\">%s</th></tr></thead>\n"
	    "<tbody>\n", words(WORDS_STATUSES, ja), words(WORDS_STATUS, ja),
	    words(WORDS_COUNT, ja));
	for (int s = 0; s < STATUS_MAX; s++) {
		buf_addf(b, "<tr><th scope=\"row\">%s</th><td class=\"n\">",
		    status_words((enum status)s, ja));
		html_number(b, r->status[s]);
		buf_adds(b, "</td></tr>\n");
	}
	buf_addf(b, "</tbody>\n<tfoot><tr><th scope=\"row\">%s</th><td class=\"n\">",
	    words(WORDS_TOTAL, ja));
	html_number(b, r->rows);
	buf_adds(b, "</td></tr></tfoot>\n</table>\n");
}

static void
write_summary(const struct report *r, struct buf *b)
{
	const bool ja = r->head.ja;

	buf_addf(b, "<section aria-labelledby=\"summary\">\n"
	    "<h2 id=\"summary\" class=\"unseen\">%s</h2>\n", words(WORDS_SUMMARY, ja));
	write_tiles(r, b);
	buf_adds(b, "<div class=\"overview\">\n<div>\n");
	write_statuses(r, b);
	if (r->head.bulk)
		buf_addf(b, "<div class=\"open\">\n<h3>%s</h3>\n<p>%s</p>\n</div>\n",
		    words(WORDS_BULK_HEAD, ja), words(WORDS_BULK, ja));
	buf_adds(b, "</div>\n");
	timeline_write(&r->timeline, ja, b);
	buf_adds(b, "</div>\n</section>\n");
}

static void
write_when(const struct report *r, const struct person *p, struct buf *b)
{
	const bool ja = r->head.ja;

	buf_adds(b, "<td class=\"when\">");
	if (p->minute != MINUTE_NONE)
		html_minute(b, p->minute);
	else if (p->day <= r->timeline.last)
		buf_adds(b, words(WORDS_NO_TIME, ja));
	if (p->day <= r->timeline.last && !timeline_has_one_day(&r->timeline)) {
		buf_addc(b, ' ');
		html_day(b, ja, p->day, false);
	}
	buf_adds(b, "</td>");
}

/* The status and the ratio that is expected, or whether to run again. */
static void
write_outcome(const struct report *r, const struct person *p, struct buf *b)
{
	const bool ja = r->head.ja;
	struct buf ratio = BUF_INIT;

	buf_adds(b, "<td class=\"outcome\">");
	if (p->care == CARE_FAILED) {
		buf_adds(b, words(p->bad ? WORDS_NEXT_MEND :
		    p->retryable ? WORDS_NEXT_RUN : WORDS_NEXT_DESK, ja));
	} else {
		buf_addf(b, "<span class=\"badge %s\">%s</span>", status_name(p->status, false),
		    status_words(p->status, ja));
		if (fact_known(p->copay_percent)) {
			html_percent(&ratio, ja, p->copay_percent);
			buf_adds(b, " <span class=\"ratio\">");
			html_words_with(b, WORDS_RATIO, ja, 0, &ratio);
			buf_adds(b, "</span>");
		}
	}
	buf_adds(b, "</td>");
}

static void
write_person(const struct report *r, const struct person *p, struct buf *b)
{
	buf_adds(b, "<tr>");
	write_when(r, p, b);
	buf_addf(b, "<th scope=\"row\" class=\"who\">");
	buf_add(b, p->who.p, p->who.n);
	buf_adds(b, "</th>");
	write_outcome(r, p, b);
	buf_adds(b, "<td class=\"why\">");
	buf_add(b, p->why.p, p->why.n);
	buf_adds(b, p->care == CARE_CALL ? "</td><td class=\"done\"></td></tr>\n" : "</td></tr>\n");
}

static void
write_table(const struct report *r, enum care care, struct person *const *people, struct buf *b)
{
	const struct part *part = &parts[care];
	const bool ja = r->head.ja;

	buf_addf(b, "<table class=\"people\" aria-labelledby=\"%s-head\">\n<thead><tr>"
	    "<th scope=\"col\" class=\"when\">%s</th><th scope=\"col\" class=\"who\">%s</th>"
	    "<th scope=\"col\" class=\"outcome\">%s</th><th scope=\"col\" class=\"why\">%s</th>",
	    care_name(care), words(WORDS_APPOINTMENT, ja), words(WORDS_PATIENT, ja),
	    words(part->last, ja), words(part->why, ja));
	if (care == CARE_CALL)	/* to be ticked off on paper */
		buf_addf(b, "<th scope=\"col\" class=\"done\">%s</th>", words(WORDS_DONE, ja));
	buf_adds(b, "</tr></thead>\n<tbody>\n");
	for (int i = 0; i < r->people; i++)
		if (people[i]->care == care)
			write_person(r, people[i], b);
	buf_adds(b, "</tbody>\n</table>\n");
}

static void
add_line_of(const struct report *r, enum words w, long n, struct buf *b)
{
	if (n == 0)
		return;
	buf_adds(b, "<li>");
	html_words(b, w, r->head.ja, n);
	buf_adds(b, "</li>\n");
}

/* Whether trying again can help, before who they are. */
static void
write_about(const struct report *r, enum care care, struct buf *b)
{
	if (care != CARE_FAILED) {
		buf_addf(b, "<p>%s</p>\n", words(parts[care].about, r->head.ja));
		return;
	}
	buf_adds(b, "<ul class=\"again\">\n");
	add_line_of(r, WORDS_FAILED_RUN, r->retryable, b);
	add_line_of(r, WORDS_FAILED_MEND, r->bad, b);
	add_line_of(r, WORDS_FAILED_DESK, r->care.n[care] - r->retryable - r->bad, b);
	buf_adds(b, "</ul>\n");
}

static void
write_part(const struct report *r, enum care care, struct person *const *people, struct buf *b)
{
	const bool ja = r->head.ja;
	const char *name = care_name(care);
	struct buf max = BUF_INIT;
	long shown = 0;

	for (int i = 0; i < r->people; i++)
		shown += people[i]->care == care;
	buf_addf(b, "<section id=\"%s\" aria-labelledby=\"%s-head\">\n<h2 id=\"%s-head\">",
	    name, name, name);
	swatch_write(care, b);
	buf_addf(b, " %s <span class=\"count\">", words(parts[care].head, ja));
	html_number(b, r->care.n[care]);
	buf_adds(b, "</span></h2>\n");
	if (r->care.n[care] == 0)
		buf_addf(b, "<p class=\"none\">%s</p>\n", words(parts[care].none, ja));
	else
		write_about(r, care, b);
	if (shown > 0)
		write_table(r, care, people, b);
	if (shown < r->care.n[care]) {
		html_number(&max, REPORT_PEOPLE_MAX);
		buf_adds(b, "<p class=\"more\">");
		html_words_with(b, WORDS_MORE, ja, r->care.n[care] - shown, &max);
		buf_adds(b, "</p>\n");
	}
	buf_adds(b, "</section>\n");
}

static int
compare_pointers(const void *a, const void *b)
{
	return person_compare(*(struct person *const *)a, *(struct person *const *)b);
}

void
report_write(const struct report *r, struct buf *b)
{
	struct person *people[REPORT_PEOPLE_MAX];

	memcpy(people, r->person, sizeof(people));
	qsort(people, (size_t)r->people, sizeof(struct person *), compare_pointers);
	write_head(r, b);
	buf_adds(b, "<body>\n");
	patterns_write(b);
	write_banner(r, b);
	buf_adds(b, "<main>\n");
	write_summary(r, b);
	for (int c = CARE_CALL; c <= CARE_FAILED; c++)
		write_part(r, (enum care)c, people, b);
	buf_addf(b, "</main>\n<footer>\n<p>%s</p>\n<p>shikaku " SHIKAKU_VERSION "</p>\n</footer>\n"
	    "</body>\n</html>\n", words(WORDS_PRIVATE, r->head.ja));
}
