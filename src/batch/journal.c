#include "batch/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/date.h"
#include "base/hash.h"

#define FORMAT		"shikaku-batch/1"
#define HASH_DIGITS	(2 * HASH_SHORT_LEN)

struct journal {
	char		*path;
	int		 fd;
	FILE		*in;		/* while it is read */
	char		*line;
	size_t		 cap;
	long		 lines;		/* read */
	off_t		 good;		/* bytes up to the end of the last good line */
	struct buf	 text;
	bool		 unsynced;
};

static void
hash_line(const char *json, size_t n, char out[static HASH_DIGITS + 1])
{
	uint8_t hash[HASH_SHORT_LEN];

	hash_short(json, n, hash);
	hex_encode(hash, HASH_SHORT_LEN, out);
}

static const char *const kind_key[] = {
	[JOURNAL_HEAD] = "journal", [JOURNAL_ROW] = "row", [JOURNAL_FILE] = "file",
	[JOURNAL_RECEPTION] = "reception", [JOURNAL_END] = "end"
};

static bool
read_day(const struct json *o, const char *key, int *day)
{
	const char *s = js_str(o, key);

	return s != NULL && (*day = date_parse_iso(s, strlen(s))) != DATE_NONE;
}

static bool
read_number(const struct json *o, const char *key, long *out)
{
	long long v;

	if (!js_int(o, key, &v) || v < 1)
		return false;
	*out = (long)v;
	return true;
}

static bool
read_found(const struct json *o, struct found *f)
{
	const char *validity = js_str(o, "validity"), *error = js_str(o, "error");

	*f = (struct found){ .code = js_str(o, "code"), .message = js_str(o, "message"),
		.results = js_get(o, "results") };
	(void)js_bool(o, "retryable", &f->retryable);
	(void)js_bool(o, "by_file", &f->by_file);
	if (error != NULL) {
		f->error = err_from_name(error);
		return f->error != ERR_NONE && f->results == NULL;
	}
	if (validity == NULL || *validity < '1' || *validity > '6' || validity[1] != '\0')
		return false;
	f->validity = *validity;
	return f->results == NULL || js_type(f->results) == JS_ARRAY;
}

static bool
read_question(const struct json *o, struct journal_record *r)
{
	r->question = js_str(o, "question");
	return r->question != NULL && strlen(r->question) == JOURNAL_DIGEST_LEN;
}

static bool
read_row(const struct json *o, struct journal_record *r)
{
	r->kind = JOURNAL_ROW;
	return read_number(o, "row", &r->row) && read_question(o, r) && read_found(o, &r->found);
}

static bool
read_record(const struct json *o, struct journal_record *r)
{
	const char *s = js_str(o, kind_key[JOURNAL_HEAD]);

	if (s != NULL) {
		r->kind = JOURNAL_HEAD;
		(void)js_int(o, "mark", &r->mark);
		return strcmp(s, FORMAT) == 0 && js_bool(o, "bulk", &r->bulk) &&
		    read_day(o, "today", &r->today);
	}
	if (js_has(o, kind_key[JOURNAL_ROW]))
		return read_row(o, r);
	if ((r->reception = js_str(o, kind_key[JOURNAL_RECEPTION])) != NULL) {
		r->kind = JOURNAL_RECEPTION;
		return (r->file = js_str(o, "of")) != NULL;
	}
	if ((r->file = js_str(o, kind_key[JOURNAL_END])) != NULL) {
		r->kind = JOURNAL_END;
		return true;
	}
	r->kind = JOURNAL_FILE;
	r->file = js_str(o, kind_key[JOURNAL_FILE]);
	return r->file != NULL && read_question(o, r) && read_day(o, "as_of", &r->as_of) &&
	    read_number(o, "first", &r->first) && read_number(o, "last", &r->last) &&
	    r->first <= r->last;
}

int
journal_read_line(const char *line, size_t n, struct journal_record *r, struct err *e)
{
	char hash[HASH_DIGITS + 1];
	struct err why = ERR_INIT;

	*r = (struct journal_record){ .doc = NULL };
	if (n <= HASH_DIGITS + 1 || line[HASH_DIGITS] != ' ')
		return err_set(e, ERR_INTEGRITY, "no record");
	hash_line(line + HASH_DIGITS + 1, n - HASH_DIGITS - 1, hash);
	if (memcmp(hash, line, HASH_DIGITS) != 0)
		return err_set(e, ERR_INTEGRITY, "not as it was written");
	if ((r->doc = js_parse(line + HASH_DIGITS + 1, n - HASH_DIGITS - 1, &why)) == NULL)
		return err_set(e, why.code == ERR_NOMEM ? ERR_NOMEM : ERR_INTEGRITY, "%s",
		    why.msg);
	if (read_record(r->doc, r))
		return 0;
	js_free(r->doc);
	r->doc = NULL;
	return err_set(e, ERR_INTEGRITY, "no record of this format");
}

static void
write_found(struct jw *w, const struct found *f)
{
	const char validity[] = { f->validity, '\0' };

	if (f->error != ERR_NONE) {
		jw_str(w, "error", err_name(f->error));
		jw_bool(w, "retryable", f->retryable);
	} else {
		jw_str(w, "validity", validity);
	}
	if (f->code != NULL)
		jw_str(w, "code", f->code);
	if (f->message != NULL)
		jw_str(w, "message", f->message);
	if (f->by_file)
		jw_bool(w, "by_file", true);
	if (f->error == ERR_NONE && f->results != NULL)
		jw_json(w, "results", f->results);
}

static void
write_day(struct jw *w, const char *key, int day)
{
	char iso[DATE_ISO_LEN + 1];

	date_format_iso(day, iso);
	jw_str(w, key, iso);
}

static void
write_record(struct jw *w, const struct journal_record *r)
{
	jw_open(w, NULL, '{');
	switch (r->kind) {
	case JOURNAL_HEAD:
		jw_str(w, kind_key[r->kind], FORMAT);
		write_day(w, "today", r->today);
		jw_bool(w, "bulk", r->bulk);
		if (r->mark != 0)
			jw_int(w, "mark", r->mark);
		break;
	case JOURNAL_ROW:
		jw_int(w, kind_key[r->kind], r->row);
		jw_str(w, "question", r->question);
		write_found(w, &r->found);
		break;
	case JOURNAL_FILE:
		jw_str(w, kind_key[r->kind], r->file);
		jw_str(w, "question", r->question);
		write_day(w, "as_of", r->as_of);
		jw_int(w, "first", r->first);
		jw_int(w, "last", r->last);
		break;
	case JOURNAL_RECEPTION:
		jw_str(w, kind_key[r->kind], r->reception);
		jw_str(w, "of", r->file);
		break;
	case JOURNAL_END:
		jw_str(w, kind_key[r->kind], r->file);
		break;
	}
	jw_close(w, '}');
}

int
journal_add(struct journal *j, const struct journal_record *r, struct err *e)
{
	static const char place[HASH_DIGITS + 1] = "                ";
	struct buf *b = &j->text;
	struct jw w = { b, false };
	const size_t at = b->n;
	char hash[HASH_DIGITS + 1], *line;

	buf_add(b, place, HASH_DIGITS);
	buf_addc(b, ' ');
	write_record(&w, r);
	buf_addc(b, '\n');
	if (b->failed)
		return err_set(e, ERR_NOMEM, "out of memory");
	line = b->p + at;
	hash_line(line + HASH_DIGITS + 1, b->n - at - HASH_DIGITS - 2, hash);
	memcpy(line, hash, HASH_DIGITS);
	return 0;
}

int
journal_write(struct journal *j, struct err *e)
{
	if (j->text.n == 0)
		return 0;
	if (buf_write(&j->text, j->fd) < 0)
		return err_set(e, ERR_DISK, "%s: %s", j->path, strerror(errno));
	buf_reset(&j->text);
	j->unsynced = true;
	return 0;
}

int
journal_sync(struct journal *j, struct err *e)
{
	if (journal_write(j, e) < 0)
		return -1;
	if (j->unsynced && fdatasync(j->fd) < 0)
		return err_set(e, ERR_DISK, "%s: %s", j->path, strerror(errno));
	j->unsynced = false;
	return 0;
}

/* The last good line has been read: what follows, half a line at most, goes. */
static int
end_reading(struct journal *j, struct err *e)
{
	fclose(j->in);
	j->in = NULL;
	if (ftruncate(j->fd, j->good) < 0 || lseek(j->fd, 0, SEEK_END) < 0)
		return err_set(e, ERR_DISK, "%s: %s", j->path, strerror(errno));
	return 0;
}

int
journal_next(struct journal *j, struct journal_record *r, struct err *e)
{
	struct err why = ERR_INIT;
	ssize_t n;

	if (j->in == NULL)
		return 0;
	if ((n = getline(&j->line, &j->cap, j->in)) <= 0 || j->line[n - 1] != '\n') {
		if (ferror(j->in))
			return err_set(e, ERR_DISK, "%s: %s", j->path, strerror(errno));
		/* getline() tells of no other reason */
		if (n <= 0 && !feof(j->in))
			return err_set(e, ERR_NOMEM, "out of memory");
		return end_reading(j, e);
	}
	j->lines++;
	if (journal_read_line(j->line, (size_t)n - 1, r, &why) < 0)
		return err_set(e, why.code, "%s:%ld: %s%s", j->path, j->lines, why.msg,
		    why.code == ERR_INTEGRITY ? "; start without --resume" : "");
	j->good += n;
	return 1;
}

/* Reads the head, or begins. */
static int
begin(struct journal *j, bool resume, struct journal_record *head, struct err *e)
{
	const int fd = dup(j->fd);
	struct journal_record r;
	int rc;

	if (fd < 0 || (j->in = fdopen(fd, "r")) == NULL) {
		if (fd >= 0)
			close(fd);
		return err_set(e, ERR_DISK, "%s: %s", j->path, strerror(errno));
	}
	rc = resume ? journal_next(j, &r, e) : end_reading(j, e);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return journal_add(j, head, e) < 0 ? -1 : journal_write(j, e);
	js_free(r.doc);
	if (r.kind != JOURNAL_HEAD)
		return err_set(e, ERR_INTEGRITY, "%s:1: no head", j->path);
	r.doc = NULL;
	*head = r;
	return 0;
}

int
journal_open(struct journal **out, const char *path, bool resume, struct journal_record *head,
    struct err *e)
{
	struct journal *j = calloc(1, sizeof(*j));
	struct stat st;

	if (j == NULL || (j->path = strdup(path)) == NULL) {
		free(j);
		return err_set(e, ERR_NOMEM, "out of memory");
	}
	j->text = (struct buf)BUF_INIT;
	j->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (j->fd < 0 || fstat(j->fd, &st) < 0)
		err_set(e, ERR_DISK, "%s: %s", path, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		err_set(e, ERR_DISK, "%s: not a regular file", path);
	else if (fchmod(j->fd, 0600) < 0)
		err_set(e, ERR_DISK, "%s: %s", path, strerror(errno));
	else if (begin(j, resume, head, e) == 0) {
		*out = j;
		return 0;
	}
	journal_close(j, false);
	return -1;
}

void
journal_close(struct journal *j, bool done)
{
	if (j == NULL)
		return;
	if (done)
		unlink(j->path);
	if (j->in != NULL)
		fclose(j->in);
	if (j->fd >= 0)
		close(j->fd);
	if (j->line != NULL)
		explicit_bzero(j->line, j->cap);
	free(j->line);
	buf_free(&j->text);
	free(j->path);
	free(j);
}
