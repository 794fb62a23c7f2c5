#include "cli/logbook.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/timex.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"

#define JST_S		(9 * 3600)	/* Japan has no summer time */
#define STAMP_MAX	40

/*
 * Not by syslog(3), which opens another socket when a daemon was restarted:
 * that a confined process may not.  Whoever does not listen is not waited for.
 */
static int
open_anchor(void)
{
	const struct sockaddr_un log = { .sun_family = AF_UNIX, .sun_path = "/dev/log" };
	const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd >= 0 && connect(fd, (const struct sockaddr *)&log, sizeof(log)) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

void
head_text(const struct audit_head *h, char out[static HEAD_TEXT_LEN + 1])
{
	snprintf(out, HEAD_TEXT_LEN + 1, "%lld-%s", h->records, h->chain);
}

int
head_parse(const char *text, struct audit_head *out)
{
	uint8_t chain[DIGEST_LEN];
	char *rest;

	errno = 0;
	out->records = strtoll(text, &rest, 10);
	if (errno != 0 || *text < '0' || *text > '9' || *rest != '-' ||
	    hex_decode(rest + 1, chain, DIGEST_LEN) < 0)
		return -1;
	hex_encode(chain, DIGEST_LEN, out->chain);
	return 0;
}

void
logbook_anchor(const struct logbook *l, const struct audit_head *h)
{
	char head[HEAD_TEXT_LEN + 1], stamp[STAMP_MAX], line[256];
	const time_t now = time(NULL);
	struct tm tm;

	if (l->anchor < 0)
		return;
	head_text(h, head);
	strftime(stamp, sizeof(stamp), "%b %e %T", localtime_r(&now, &tm));
	snprintf(line, sizeof(line), "<%d>%s shikaku[%d]: audit %s", LOG_AUTHPRIV | LOG_NOTICE,
	    stamp, (int)getpid(), head);
	(void)send(l->anchor, line, strlen(line), MSG_NOSIGNAL);
}

/* Where no log is, why says so only when one should be there. */
static void
find_folder(struct logbook *l, const struct records_options *o)
{
	struct err no_home = ERR_INIT;

	if (records_audit(o, &l->folder, &no_home) < 0) {
		if (no_home.code != ERR_CONFIG)
			l->why = no_home;
	} else if (access(l->folder, F_OK) < 0) {
		if (errno != ENOENT)
			err_set(&l->why, ERR_DISK, "%s: %s", l->folder, strerror(errno));
		free(l->folder);
		l->folder = NULL;
	}
}

void
logbook_open(struct logbook *l, const struct records_options *o, const char *operator_id)
{
	struct timex clock = { .modes = 0 };
	char host[65] = "", tty[64] = "-";
	const struct passwd *pw;
	int state;

	*l = (struct logbook){ .anchor = -1, .records = BUF_INIT, .why = ERR_INIT };
	find_folder(l, o);
	if (l->folder == NULL)
		return;
	pw = getpwuid(getuid());
	snprintf(l->account, sizeof(l->account), "%s", pw != NULL ? pw->pw_name : "unknown");
	snprintf(l->operator_id, sizeof(l->operator_id), "%s",
	    operator_id != NULL ? operator_id : l->account);
	gethostname(host, sizeof(host) - 1);
	if (ttyname_r(STDERR_FILENO, tty, sizeof(tty)) != 0)
		strcpy(tty, "-");
	snprintf(l->terminal, sizeof(l->terminal), "%s:%s", host, tty);
	state = adjtimex(&clock);
	l->synchronised = state >= 0 && state != TIME_ERROR;
	l->anchor = open_anchor();
}

void
logbook_close(struct logbook *l)
{
	if (l->anchor >= 0)
		close(l->anchor);
	free(l->folder);
	buf_free(&l->records);
	*l = (struct logbook){ .anchor = -1, .why = ERR_INIT };
}

void
pseudonym(const struct store *s, struct span of, char out[static PSEUDONYM_HEX + 1])
{
	uint8_t hash[SEAL_HASH_LEN];

	store_pseudonym(s, of, hash);
	hex_encode(hash, sizeof(hash), out);
}

static void
write_pseudonym(struct jw *w, const char *key, const struct store *s, struct span of)
{
	char hex[PSEUDONYM_HEX + 1];

	if (s == NULL || of.n == 0) {
		jw_null(w, key);
		return;
	}
	pseudonym(s, of, hex);
	jw_str(w, key, hex);
}

static void
write_times(struct jw *w, const struct logbook *l, time_t now)
{
	const time_t japan = now + JST_S;
	struct timespec up = { 0, 0 };
	char stamp[STAMP_MAX];
	struct tm tm;

	strftime(stamp, sizeof(stamp), "%FT%TZ", gmtime_r(&now, &tm));
	jw_str(w, "utc", stamp);
	strftime(stamp, sizeof(stamp), "%FT%T+09:00", gmtime_r(&japan, &tm));
	jw_str(w, "jst", stamp);
	jw_str(w, "clock", l->synchronised ? "synchronised" : "free");
	/* a clock that was put back does not put this back */
	clock_gettime(CLOCK_BOOTTIME, &up);
	jw_int(w, "uptime", (long long)up.tv_sec);
}

static void
write_deed(struct buf *b, const struct logbook *l, const struct store *s, const struct deed *d)
{
	const struct span patient = { (const uint8_t *)d->patient,
		d->patient != NULL ? strlen(d->patient) : 0 };
	struct jw w = { b, false };

	jw_open(&w, NULL, '{');
	write_times(&w, l, time(NULL));
	jw_str(&w, "operator", l->operator_id);
	jw_str(&w, "account", l->account);
	jw_str(&w, "terminal", l->terminal);
	jw_str(&w, "command", d->command);
	write_pseudonym(&w, "patient", s, patient);
	write_pseudonym(&w, "card", s, d->card);
	jw_str(&w, "outcome", d->outcome);
	jw_str(&w, "path", d->path);
	jw_bool(&w, "provisional", d->provisional);
	jw_str(&w, "edition", d->edition);
	if (d->purged_before != NULL)
		jw_str(&w, "log_purged_before", d->purged_before);
	buf_addc(b, '\n');
}

void
logbook_add(struct logbook *l, const struct store *s, const struct deed *d)
{
	if (l->folder != NULL)
		write_deed(&l->records, l, s, d);
}

/* What ends each record. */
static void
write_store(struct buf *b, struct store *s)
{
	struct err ignored = ERR_INIT;
	char link[2 * SEAL_HASH_LEN + 1];
	struct store_head head;

	if (s == NULL || store_head(s, &head, &ignored) < 0) {
		buf_adds(b, ",\"store\":null}");
		return;
	}
	hex_encode(head.link, SEAL_HASH_LEN, link);
	buf_addf(b, ",\"store\":{\"seq\":%lld,\"link\":\"%s\"}}", head.seq, link);
}

static size_t
count_lines(const struct buf *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++)
		n += b->p[i] == '\n';
	return n;
}

/* Records that are to be written, and the store whose head each ends with. */
struct writing {
	const struct buf *lines;
	struct store	*store;		/* or NULL */
	struct buf	 text;
	struct span	*record;	/* owned; they borrow from text */
};

/* Of each line its record. */
static int
finish_records(void *ctx, struct err *e)
{
	struct writing *const w = ctx;
	const struct buf *const lines = w->lines;
	struct span *record = w->record;
	struct buf end = BUF_INIT;
	const char *p = lines->p, *nl;

	write_store(&end, w->store);
	/* no reallocation moves what was borrowed */
	if (!end.failed && buf_reserve(&w->text, lines->n + count_lines(lines) * end.n) == 0)
		for (; p < lines->p + lines->n; p = nl + 1) {
			nl = memchr(p, '\n', (size_t)(lines->p + lines->n - p));
			record->p = (const uint8_t *)w->text.p + w->text.n;
			buf_add(&w->text, p, (size_t)(nl - p));
			buf_add(&w->text, end.p, end.n);
			record->n = (size_t)((const uint8_t *)w->text.p + w->text.n - record->p);
			record++;
		}
	buf_free(&end);
	return p == lines->p + lines->n && !w->text.failed ? 0 : err_set(e, ERR_NOMEM, "out of memory");
}

static int
write_all(struct logbook *l, struct store *s)
{
	const size_t n = count_lines(&l->records);
	struct writing w = { &l->records, s, BUF_INIT, calloc(n, sizeof(*w.record)) };
	/* a store may get another key, and another head, while others are let go first */
	const struct audit_turn turn = { finish_records, &w };
	struct audit_head head;
	int rc;

	rc = w.record == NULL ? err_set(&l->why, ERR_NOMEM, "out of memory") :
	    audit_add(l->folder, w.record, n, (long long)time(NULL), &turn, &head, &l->why);
	if (rc == 0)
		logbook_anchor(l, &head);
	free(w.record);
	buf_free(&w.text);
	return rc;
}

int
logbook_write(struct logbook *l, struct store *s)
{
	if (l->records.failed)
		err_set(&l->why, ERR_NOMEM, "out of memory");
	if (l->records.n > 0 && l->why.code == ERR_NONE)
		(void)write_all(l, s);
	buf_reset(&l->records);
	if (l->why.code != ERR_NONE)
		return -1;
	return l->folder != NULL;
}

int
unrecorded(const struct err *why)
{
	const int status = err_exit_status(why->code);

	fprintf(stderr, "shikaku: %s\n", why->msg);
	return status == 40 || status == 77 ? status : 41;
}

int
logbook_note(const struct records_options *o, struct store *s, const struct deed *d)
{
	struct logbook l;
	int status = 0;

	logbook_open(&l, o, NULL);
	logbook_add(&l, s, d);
	if (logbook_write(&l, s) < 0)
		status = unrecorded(&l.why);
	logbook_close(&l);
	return status;
}
