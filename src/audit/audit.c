#include "audit/audit_impl.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/date.h"
#include "base/secret.h"

#define KEY_NAME	"audit.key"
#define KEY_NEW		"audit.key.new"
#define BEGIN_NAME	"audit.begin"	/* a first segment until it has its first line */
#define TAIL_LEN	(2 * LINE_MAX_LEN)
#define WRITE_LEN	(1 << 20)	/* bytes gathered before they are written */

/* audit.key: the secret key of now, and where its epoch began. */
struct epoch {
	struct secret	secret;
	long long	seal;		/* seals made */
	long long	seq;		/* the last record before the last one */
	int		day;		/* when that was, in Japan */
};

/* An open log, locked. */
struct log {
	int		folder;
	int		lock;
	struct epoch	epoch;
	char		segment[SEGMENT_LEN + 1];	/* the newest */
	char		chain[CHAIN_HEX + 1];
	long long	seq;
	struct buf	lines;		/* not written yet: of this segment */
};

void
line_chain(const char before[static CHAIN_HEX], const uint8_t digest[static DIGEST_LEN],
    char out[static CHAIN_HEX + 1])
{
	uint8_t both[2 * DIGEST_LEN], chain[DIGEST_LEN];

	if (hex_decode(before, both, DIGEST_LEN) < 0)
		memset(both, 0, DIGEST_LEN);
	memcpy(both + DIGEST_LEN, digest, DIGEST_LEN);
	seal_digest((struct span){ both, sizeof(both) }, chain);
	hex_encode(chain, DIGEST_LEN, out);
}

void
seal_text(const char before[static CHAIN_HEX], const char *next, long long number,
    struct buf *out)
{
	buf_addf(out, FORMAT " seal %lld %.*s %s", number, CHAIN_HEX, before, next);
}

static int
disk(struct err *e, const char *what)
{
	return err_set(e, ERR_DISK, "audit log: %s: %s", what, strerror(errno));
}

static int
is_segment(const struct dirent *d)
{
	int year, month, n = 0;

	return strlen(d->d_name) == SEGMENT_LEN &&
	    sscanf(d->d_name, "audit-%4d-%2d.log%n", &year, &month, &n) == 2 &&
	    n == SEGMENT_LEN;
}

int
segments(const char *folder, char (**out)[SEGMENT_LEN + 1], size_t *n, struct err *e)
{
	struct dirent **found;
	const int all = scandir(folder, &found, is_segment, alphasort);

	*out = NULL;
	*n = 0;
	if (all < 0 && errno == ENOENT)
		return err_set(e, ERR_CONFIG, "audit log: %s: there is none (shikaku audit init)", folder);
	if (all < 0)
		return disk(e, folder);
	if (all > 0 && (*out = calloc((size_t)all, sizeof(**out))) != NULL)
		for (*n = 0; *n < (size_t)all; ++*n)
			memcpy((*out)[*n], found[*n]->d_name, SEGMENT_LEN + 1);
	for (int i = 0; i < all; i++)
		free(found[i]);
	free(found);
	return all == 0 || *out != NULL ? 0 : err_set(e, ERR_NOMEM, "out of memory");
}

/* flags: O_CREAT | O_TRUNC; 0 writes over what is there, where it stands on the disk. */
static int
write_key(const struct log *l, const char *name, const struct epoch *x, int flags, struct err *e)
{
	char hex[2 * SIGN_SECRET_LEN + 1];
	struct buf b = BUF_INIT;
	int fd, rc = 0;

	hex_encode(x->secret.p, SIGN_SECRET_LEN, hex);
	buf_addf(&b, FORMAT " %lld %lld %d %s\n", x->seal, x->seq, x->day, hex);
	explicit_bzero(hex, sizeof(hex));
	fd = openat(l->folder, name, flags | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0 || b.failed || buf_write(&b, fd) < 0 || fsync(fd) < 0)
		rc = disk(e, name);
	if (fd >= 0)
		close(fd);
	buf_free(&b);
	return rc;
}

static int
read_key(const struct log *l, const char *name, struct epoch *x, struct err *e)
{
	char text[256], hex[2 * SIGN_SECRET_LEN + 1];
	const int fd = openat(l->folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	ssize_t n = -1;
	int rc;

	if (fd < 0 || fstat(fd, &st) < 0 || (n = read(fd, text, sizeof(text) - 1)) < 0)
		disk(e, name);
	if (fd >= 0)
		close(fd);
	if (n < 0 || secret_new(&x->secret, SIGN_SECRET_LEN, e) < 0)
		return -1;
	text[n] = '\0';
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		rc = err_set(e, ERR_PERMISSION, "audit log: %s: mode %03o lets others at it", name,
		    st.st_mode & 0777u);
	else if (sscanf(text, FORMAT " %lld %lld %d %128s", &x->seal, &x->seq, &x->day, hex) != 4 ||
	    hex_decode(hex, x->secret.p, SIGN_SECRET_LEN) < 0)
		rc = err_set(e, ERR_INTEGRITY, "audit log: %s: not its key", name);
	else
		rc = 0;
	explicit_bzero(text, sizeof(text));
	explicit_bzero(hex, sizeof(hex));
	if (rc < 0)
		secret_free(&x->secret);
	return rc;
}

static void
public_hex(const struct epoch *x, char out[static AUDIT_KEY_HEX])
{
	hex_encode(x->secret.p + SIGN_SECRET_LEN - SIGN_PUBLIC_LEN, SIGN_PUBLIC_LEN, out);
}

/* What was gathered, durable; the folder is synced when it is a new file's first. */
static int
flush_lines(struct log *l, const char *segment, struct err *e)
{
	const bool fresh = strcmp(l->segment, segment) != 0;
	const int flags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
	int fd, rc = 0;

	if (l->lines.failed)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (l->lines.n == 0)
		return 0;
	fd = openat(l->folder, segment, fresh ? flags | O_CREAT : flags, 0600);
	if (fd < 0 || buf_write(&l->lines, fd) < 0 || fdatasync(fd) < 0 ||
	    (fresh && fsync(l->folder) < 0))
		rc = disk(e, segment);
	if (fd >= 0)
		close(fd);
	buf_reset(&l->lines);
	if (rc == 0)
		snprintf(l->segment, sizeof(l->segment), "%s", segment);
	return rc;
}

static void
add_line(struct log *l, const struct buf *json)
{
	const struct span text = { (const uint8_t *)json->p, json->n };
	uint8_t digest[DIGEST_LEN];

	seal_digest(text, digest);
	line_chain(l->chain, digest, l->chain);
	buf_addf(&l->lines, "%s ", l->chain);
	buf_add(&l->lines, text.p, text.n);
	buf_addc(&l->lines, '\n');
}

/* The last whole line: its chain, its record's number.  Half a line was never acknowledged: it goes. */
static int
read_tail(struct log *l, struct json **last, struct err *e)
{
	char text[TAIL_LEN];
	const int fd = openat(l->folder, l->segment, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	char *end, *line;
	ssize_t n = -1;
	off_t size = -1, from = 0;

	*last = NULL;
	if (fd >= 0 && (size = lseek(fd, 0, SEEK_END)) >= 0) {
		from = size > (off_t)sizeof(text) ? size - (off_t)sizeof(text) : 0;
		n = pread(fd, text, sizeof(text), from);
	}
	end = n > 0 ? memrchr(text, '\n', (size_t)n) : NULL;
	if (end != NULL && from + (end + 1 - text) < size &&
	    ftruncate(fd, from + (end + 1 - text)) < 0)
		n = -1;
	if (fd >= 0)
		close(fd);
	if (n < 0)
		return disk(e, l->segment);
	line = end != NULL && end > text ? memrchr(text, '\n', (size_t)(end - text)) : NULL;
	line = line != NULL ? line + 1 : text;
	if (end == NULL || end - line < CHAIN_HEX + 2 || line[CHAIN_HEX] != ' ')
		return err_set(e, ERR_INTEGRITY, "audit log: %s has no last line", l->segment);
	memcpy(l->chain, line, CHAIN_HEX);
	l->chain[CHAIN_HEX] = '\0';
	line += CHAIN_HEX + 1;
	return (*last = js_parse(line, (size_t)(end - line), e)) != NULL ? 0 : -1;
}

/*
 * The key of now.  Behind a seal that was cut short it is still the new one: the
 * seal's line names it, and of the old one there may be no more than a piece.
 * Before that line the new one is of a seal that was not made.
 */
static int
find_key(struct log *l, const struct json *last, struct err *e)
{
	struct err ignored = ERR_INIT;
	const char *next = js_str(last, "next");
	char public[AUDIT_KEY_HEX];

	if (next != NULL && read_key(l, KEY_NEW, &l->epoch, &ignored) == 0) {
		public_hex(&l->epoch, public);
		if (strcmp(next, public) == 0)
			return renameat(l->folder, KEY_NEW, l->folder, KEY_NAME) == 0 ? 0 :
			    disk(e, KEY_NAME);
		secret_free(&l->epoch.secret);
	}
	return read_key(l, KEY_NAME, &l->epoch, e);
}

static void
close_log(struct log *l)
{
	secret_free(&l->epoch.secret);
	buf_free(&l->lines);
	if (l->lock >= 0)
		close(l->lock);
	if (l->folder >= 0)
		close(l->folder);
}

/* 1; 0 when no more than a piece of its first line was written, which is taken away; -1. */
static int
has_line(const struct log *l, const char *segment, struct err *e)
{
	char text[LINE_MAX_LEN];
	const int fd = openat(l->folder, segment, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	const ssize_t n = fd >= 0 ? pread(fd, text, sizeof(text), 0) : -1;
	int rc = n > 0 && memchr(text, '\n', (size_t)n) != NULL;

	if (n < 0 || (rc == 0 && ftruncate(fd, 0) < 0))
		rc = disk(e, segment);
	if (fd >= 0)
		close(fd);
	return rc;
}

/* A crash may leave a month's file without a line: it was never begun. */
static int
find_segment(struct log *l, const char *folder, struct err *e)
{
	char (*all)[SEGMENT_LEN + 1];
	size_t n;
	int rc = 1;

	if (segments(folder, &all, &n, e) < 0)
		return -1;
	while (n > 1 && (rc = has_line(l, all[n - 1], e)) == 0)
		n--;
	if (n == 0)
		rc = err_set(e, ERR_INTEGRITY, "audit log: %s: no log", folder);
	else
		memcpy(l->segment, all[n - 1], sizeof(l->segment));
	free(all);
	return rc < 0 ? -1 : 0;
}

/* Where it ends, and with which key it goes on. */
static int
find_end(struct log *l, const char *folder, struct err *e)
{
	struct json *last;
	int rc;

	if (find_segment(l, folder, e) < 0 || read_tail(l, &last, e) < 0)
		return -1;
	js_int(last, "seq", &l->seq);
	rc = find_key(l, last, e);
	js_free(last);
	return rc;
}

int
lock_folder(const char *folder, int *dir, int *lock, struct err *e)
{
	struct stat st;

	*lock = -1;
	if ((*dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0 || fstat(*dir, &st) < 0)
		return disk(e, folder);
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return err_set(e, ERR_PERMISSION, "audit log: %s: mode %03o lets others at it, chmod 700",
		    folder, st.st_mode & 0777u);
	if ((*lock = openat(*dir, ".lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) < 0 ||
	    flock(*lock, LOCK_EX) < 0)
		return disk(e, folder);
	return 0;
}

static int
lock_log(struct log *l, const char *folder, struct err *e)
{
	*l = (struct log){ .lines = BUF_INIT };
	return lock_folder(folder, &l->folder, &l->lock, e);
}

static void
segment_of(long long now, const char *newest, char out[static SEGMENT_LEN + 1])
{
	char iso[DATE_ISO_LEN + 1];

	date_format_iso(date_of_unix_jst(now), iso);
	snprintf(out, SEGMENT_LEN + 1, "audit-%.7s.log", iso);
	/* a clock that was put back does not go before what is there */
	if (strcmp(out, newest) < 0)
		memcpy(out, newest, SEGMENT_LEN + 1);
}

int
audit_init(const char *folder, long long now, char first[static AUDIT_KEY_HEX], struct err *e)
{
	char segment[SEGMENT_LEN + 1];
	struct buf json = BUF_INIT;
	struct log l;
	char (*all)[SEGMENT_LEN + 1] = NULL;
	size_t n;
	int rc = -1;

	if (mkdir(folder, 0700) < 0 && errno != EEXIST)
		return disk(e, folder);
	if (lock_log(&l, folder, e) < 0 || segments(folder, &all, &n, e) < 0)
		goto out;
	if (n > 0) {
		err_set(e, ERR_CONFIG, "audit log: %s: there is one already", folder);
		goto out;
	}
	if (secret_new(&l.epoch.secret, SIGN_SECRET_LEN, e) < 0)
		goto out;
	sign_keys(l.epoch.secret.p);
	l.epoch.day = date_of_unix_jst(now);
	public_hex(&l.epoch, first);
	memset(l.chain, '0', CHAIN_HEX);
	buf_addf(&json, "{\"begin\":\"" FORMAT "\",\"key\":\"%s\",\"seq\":0}", first);
	segment_of(now, "", segment);
	add_line(&l, &json);
	/* under its name only with its first line, so that one cut short here can be begun again */
	(void)unlinkat(l.folder, BEGIN_NAME, 0);
	if (!json.failed && write_key(&l, KEY_NAME, &l.epoch, O_CREAT | O_TRUNC, e) == 0 &&
	    flush_lines(&l, BEGIN_NAME, e) == 0)
		rc = renameat(l.folder, BEGIN_NAME, l.folder, segment) == 0 && fsync(l.folder) == 0 ?
		    0 : disk(e, segment);
out:
	free(all);
	buf_free(&json);
	close_log(&l);
	return rc;
}

/* The key of now signs where the log stands and which key comes next, and is no more. */
static int
seal(struct log *l, long long now, struct err *e)
{
	struct epoch next = { .seal = l->epoch.seal + 1, .seq = l->seq,
		.day = date_of_unix_jst(now) };
	char public[AUDIT_KEY_HEX], sign[2 * SIGN_LEN + 1], segment[SEGMENT_LEN + 1];
	struct buf text = BUF_INIT, json = BUF_INIT;
	uint8_t sig[SIGN_LEN];
	int rc = -1;

	if (secret_new(&next.secret, SIGN_SECRET_LEN, e) < 0)
		return -1;
	sign_keys(next.secret.p);
	public_hex(&next, public);
	seal_text(l->chain, public, next.seal, &text);
	if (text.failed) {
		err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	sign_add(l->epoch.secret.p, (struct span){ (const uint8_t *)text.p, text.n }, sig);
	hex_encode(sig, SIGN_LEN, sign);
	buf_addf(&json, "{\"seal\":%lld,\"seq\":%lld,\"next\":\"%s\",\"sign\":\"%s\"}", next.seal,
	    l->seq, public, sign);
	segment_of(now, l->segment, segment);
	add_line(l, &json);
	if (json.failed || write_key(l, KEY_NEW, &next, O_CREAT | O_TRUNC, e) < 0 || flush_lines(l, segment, e) < 0)
		goto out;
	/* the old one overwritten, then gone */
	memset(l->epoch.secret.p, 0, SIGN_SECRET_LEN);
	if (write_key(l, KEY_NAME, &l->epoch, 0, e) < 0)
		goto out;
	rc = renameat(l->folder, KEY_NEW, l->folder, KEY_NAME) == 0 ? 0 : disk(e, KEY_NAME);
	if (rc == 0) {
		secret_free(&l->epoch.secret);
		l->epoch = next;
		next.secret = (struct secret){ NULL, 0 };
	}
out:
	secret_free(&next.secret);
	buf_free(&text);
	buf_free(&json);
	return rc;
}

static int
add(struct log *l, struct span json, long long now, const char *segment, struct err *e)
{
	struct buf line = BUF_INIT;
	int rc = 0;

	if (l->seq > l->epoch.seq && (l->seq - l->epoch.seq >= AUDIT_SEAL_EVERY ||
	    date_of_unix_jst(now) != l->epoch.day) && seal(l, now, e) < 0)
		return -1;
	buf_addf(&line, RECORD_BEGIN "%lld,\"at\":%lld,\"record\":", l->seq + 1, now);
	buf_add(&line, json.p, json.n);
	buf_addc(&line, '}');
	if (line.failed)
		rc = err_set(e, ERR_NOMEM, "out of memory");
	else if (line.n > LINE_MAX_LEN - CHAIN_HEX - 2)
		rc = err_set(e, ERR_INTERNAL, "audit log: a record of %zu bytes", line.n);
	else
		add_line(l, &line);
	buf_free(&line);
	l->seq += rc == 0;
	return rc == 0 && l->lines.n >= WRITE_LEN ? flush_lines(l, segment, e) : rc;
}

static int
add_all(struct log *l, const struct span *json, size_t n, long long now, struct err *e)
{
	char segment[SEGMENT_LEN + 1];

	segment_of(now, l->segment, segment);
	for (size_t i = 0; i < n; i++)
		if (add(l, json[i], now, segment, e) < 0)
			return -1;
	return flush_lines(l, segment, e);
}

int
audit_add(const char *folder, const struct span *json, size_t n, long long now,
    const struct audit_turn *turn, struct audit_head *head, struct err *e)
{
	struct log l;
	int rc = -1;

	if (lock_log(&l, folder, e) == 0 && find_end(&l, folder, e) == 0 &&
	    (turn == NULL || turn->come(turn->ctx, e) == 0))
		rc = add_all(&l, json, n, now, e);
	if (rc == 0) {
		head->records = l.seq;
		memcpy(head->chain, l.chain, sizeof(head->chain));
	}
	close_log(&l);
	return rc;
}

int
audit_ready(const char *folder, struct err *e)
{
	struct log l;
	int fd, rc = -1;

	if (lock_log(&l, folder, e) == 0 && find_end(&l, folder, e) == 0) {
		fd = openat(l.folder, l.segment, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
		rc = fd >= 0 ? close(fd) : disk(e, l.segment);
	}
	close_log(&l);
	return rc;
}
