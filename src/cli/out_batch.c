#include "cli/out_batch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define FLUSH_BYTES	(1 << 15)

bool
out_batch_is_file(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

int
out_batch_lock(int fd, const char *name, struct err *e)
{
	/* EBADF: NFS does not lock what is open for reading only; the output is locked, too */
	if (!out_batch_is_file(fd) || flock(fd, LOCK_EX | LOCK_NB) == 0 || errno == EBADF)
		return 0;
	if (errno == EWOULDBLOCK)
		return err_set(e, ERR_BUSY, "%s: another run is at work on it", name);
	return err_set(e, ERR_DISK, "%s: %s", name, strerror(errno));
}

static bool
is_one(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

bool
out_batch_is_at(int fd, const char *path)
{
	struct stat a, b;

	return path != NULL && fstat(fd, &a) == 0 && S_ISREG(a.st_mode) && stat(path, &b) == 0 &&
	    is_one(&a, &b);
}

bool
out_batch_goes_to(const char *name, int fd)
{
	struct stat a, b;

	if (name != NULL && strcmp(name, "-") != 0)
		return out_batch_is_at(fd, name);
	return fstat(fd, &a) == 0 && S_ISREG(a.st_mode) && fstat(STDOUT_FILENO, &b) == 0 &&
	    is_one(&a, &b);
}

/* The folder it is in; owned, NULL without memory. */
static char *
folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + 1);
}

static const char *
last_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

bool
out_batch_is_name(const char *a, const char *b)
{
	char *in_a, *in_b;
	struct stat sa, sb;
	bool same;

	if (strcmp(last_of(a), last_of(b)) != 0)
		return false;
	in_a = folder_of(a);
	in_b = folder_of(b);
	same = in_a != NULL && in_b != NULL && stat(in_a, &sa) == 0 && stat(in_b, &sb) == 0 &&
	    is_one(&sa, &sb);
	free(in_a);
	free(in_b);
	return same;
}

static int
open_output(struct out_batch *o, struct err *e)
{
	o->fd = STDOUT_FILENO;
	if (o->name == NULL || strcmp(o->name, "-") == 0)
		return 0;
	if ((o->fd = open(o->name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600)) < 0)
		return err_set(e, ERR_DISK, "%s: %s", o->name, strerror(errno));
	if (!(o->is_file = out_batch_is_file(o->fd)))
		return 0;
	if (out_batch_lock(o->fd, o->name, e) < 0)
		return -1;
	if (fchmod(o->fd, 0600) < 0)
		return err_set(e, ERR_DISK, "%s: %s", o->name, strerror(errno));
	return 0;
}

/* What the last run left is good until there is something better. */
static int
begin_output(struct out_batch *o)
{
	if (o->begun || !o->is_file)
		return 0;
	o->begun = true;
	return ftruncate(o->fd, 0);
}

int
out_batch_flush(struct out_batch *o, struct err *e)
{
	const char *name = o->fd != STDOUT_FILENO ? o->name : "standard output";

	if (o->text.failed)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (o->before != NULL)
		o->before(o->ctx);
	if (begin_output(o) < 0 || buf_write(&o->text, o->fd) < 0)
		return err_set(e, ERR_DISK, "%s: %s", name, strerror(errno));
	buf_reset(&o->text);
	return 0;
}

int
out_batch_row(void *ctx, const struct row *row, const struct appraisal *a, struct err *e)
{
	struct out_batch *o = ctx;

	o->changed += a->out.changes > 0;
	o->to_bring += a->out.brings > 0;
	if (o->ndjson)
		out_ndjson_row(&o->text, &a->out);
	else
		out_csv_row(&o->text, &o->form, &a->out);
	if (o->report != NULL && report_add(o->report, row, &a->out) < 0)
		return err_set(e, ERR_NOMEM, "out of memory");
	return o->text.n > FLUSH_BYTES ? out_batch_flush(o, e) : 0;
}

/*
 * Made beside it and renamed at the end: a page is whole or not there.  The name
 * is always the same, so that what a crash leaves is the next run's.
 */
static int
open_page(struct out_batch *o, struct err *e)
{
	char *path;

	if (o->is_file && out_batch_is_at(o->fd, o->report_name))
		return err_set(e, ERR_USAGE, "--output and --report are two files");
	if (asprintf(&path, "%s.new", o->report_name) < 0)
		return err_set(e, ERR_NOMEM, "out of memory");
	o->page_fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (o->page_fd < 0)
		err_set(e, ERR_DISK, "%s: %s", path, strerror(errno));
	else if (out_batch_lock(o->page_fd, o->report_name, e) < 0)
		;
	/* what is open, or the page that another run has meanwhile put in its place? */
	else if (!out_batch_is_at(o->page_fd, path))
		err_set(e, ERR_BUSY, "%s: another run is at work on it", o->report_name);
	else if (fchmod(o->page_fd, 0600) < 0 || ftruncate(o->page_fd, 0) < 0)
		err_set(e, ERR_DISK, "%s: %s", path, strerror(errno));
	else
		o->page = path;
	if (o->page == NULL)
		free(path);
	return o->page != NULL ? 0 : -1;
}

static int
write_report(struct out_batch *o, struct err *e)
{
	struct buf text = BUF_INIT;
	int rc;

	report_write(o->report, &text);
	rc = text.failed ? err_set(e, ERR_NOMEM, "out of memory") :
	    buf_write(&text, o->page_fd);
	if (rc < 0)
		err_set(e, ERR_DISK, "%s: %s", o->report_name, strerror(errno));
	buf_free(&text);
	if (rc == 0 && (fsync(o->page_fd) < 0 || rename(o->page, o->report_name) < 0))
		rc = err_set(e, ERR_DISK, "%s: %s", o->report_name, strerror(errno));
	if (rc == 0) {
		free(o->page);
		o->page = NULL;
	}
	return rc;
}

int
out_batch_end(void *ctx, struct err *e)
{
	struct out_batch *o = ctx;

	if (out_batch_flush(o, e) < 0)
		return -1;
	if (o->is_file && fsync(o->fd) < 0)
		return err_set(e, ERR_DISK, "%s: %s", o->name, strerror(errno));
	return o->report != NULL ? write_report(o, e) : 0;
}

int
out_batch_open(struct out_batch *o, const struct report_head *head, struct err *e)
{
	if (open_output(o, e) < 0)
		return -1;
	if (!o->ndjson)
		out_csv_head(&o->text, &o->form);
	if (o->report_name == NULL)
		return 0;
	if ((o->report = report_new(head)) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	return open_page(o, e);
}

void
out_batch_close(struct out_batch *o)
{
	if (o->page != NULL)
		unlink(o->page);
	free(o->page);
	if (o->page_fd >= 0)
		close(o->page_fd);
	report_free(o->report);
	buf_free(&o->text);
	if (o->fd >= 0 && o->fd != STDOUT_FILENO)
		close(o->fd);
}
