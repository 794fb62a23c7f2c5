#include "cli/progress.h"

#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

#define BAR_CELLS	20
#define REDRAW_MS	200

void
progress_begin(struct progress *p, FILE *list, bool ja, bool quiet, int every_s)
{
	struct stat st;

	*p = (struct progress){ .ja = ja, .quiet = quiet, .bar = isatty(STDERR_FILENO) != 0,
		.every_ms = every_s * 1000, .begun = https_clock_ms() };
	p->last = p->begun;
	if (fstat(fileno(list), &st) == 0 && S_ISREG(st.st_mode))
		p->total = (long long)st.st_size;
}

void
progress_counts(struct buf *b, const struct run_state *s, bool ja)
{
	const char *before = ": ";

	buf_addf(b, ja ? "%ld行" : "%ld rows", s->rows);
	for (int i = 0; i < STATUS_MAX; i++)
		if (s->of_status[i] > 0) {
			buf_addf(b, "%s%s %ld", before, status_name((enum status)i, ja),
			    s->of_status[i]);
			before = ", ";
		}
}

/* What is waited for, when it is not simply the next answer. */
static void
add_waiting(struct buf *b, const struct run_state *s, bool ja)
{
	const long long now = https_clock_ms();

	if (s->sender.breaker_open)
		buf_addf(b, ja ? "応答なし。%lld秒後に再試行  " : "no answer; next try in %lld s  ",
		    s->sender.probe_at > now ? (s->sender.probe_at - now + 999) / 1000 : 0);
	else if (s->sender.hold_until > now)
		buf_addf(b, ja ? "サービスの指定で%lld秒待つ  " : "told to wait %lld s  ",
		    (s->sender.hold_until - now + 999) / 1000);
	else if (s->next_poll > now)
		buf_addf(b, ja ? "結果待ち(%lld秒後に照会)  " : "waiting for the result (%lld s)  ",
		    (s->next_poll - now + 999) / 1000);
}

static void
add_speed(struct buf *b, const struct progress *p, const struct run_state *s)
{
	const long long ms = https_clock_ms() - p->begun;
	long long left;

	if (ms < 1000)
		return;
	buf_addf(b, p->ja ? "%lld行/秒  " : "%lld rows/s  ", s->rows * 1000LL / ms);
	if (p->total == 0 || s->bytes == 0 || s->bytes >= p->total)
		return;
	left = ms * (p->total - s->bytes) / s->bytes / 1000;
	buf_addf(b, p->ja ? "残り%lld:%02lld  " : "%lld:%02lld left  ", left / 60, left % 60);
}

static void
add_bar(struct buf *b, const struct progress *p, const struct run_state *s)
{
	const int percent = (int)(100 * s->bytes / p->total);

	buf_addc(b, '[');
	for (int i = 0; i < BAR_CELLS; i++)
		buf_addc(b, i * 100 < percent * BAR_CELLS ? '#' : '-');
	buf_addf(b, "] %3d%%  ", percent);
}

/* The longest comes last: it is what a narrow terminal cuts off. */
static void
line(struct buf *b, const struct progress *p, const struct run_state *s)
{
	if (p->total > 0)
		add_bar(b, p, s);
	add_waiting(b, s, p->ja);
	add_speed(b, p, s);
	progress_counts(b, s, p->ja);
}

/* As much as the terminal is wide: a line that wraps can not be redrawn. */
static void
cut(struct buf *b)
{
	struct winsize w = { .ws_col = 0 };
	size_t n = 0, len;
	int width = 0;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) < 0 || w.ws_col == 0)
		w.ws_col = 80;
	for (; n < b->n; n += len) {
		char one[8] = "";

		len = text_char_len(b->p + n, b->n - n);
		if (len == 0)
			break;
		memcpy(one, b->p + n, len);
		if ((width += text_width(one)) >= w.ws_col)
			break;
	}
	b->n = n;
}

void
progress_clear(struct progress *p)
{
	if (p->drawn)
		fputs("\r\033[K", stderr);
	p->drawn = false;
}

void
progress_show(struct progress *p, const struct run_state *s)
{
	const long long now = https_clock_ms();
	struct buf b = BUF_INIT;

	if (p->quiet || now - p->last < (p->bar ? REDRAW_MS : p->every_ms))
		return;
	p->last = now;
	line(&b, p, s);
	if (p->bar)
		cut(&b);
	if (!b.failed)
		fprintf(stderr, p->bar ? "\r%.*s\033[K" : "%.*s\n", (int)b.n, b.p);
	p->drawn = p->bar;
	fflush(stderr);
	buf_free(&b);
}
