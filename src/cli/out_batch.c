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

static bool
is_regular(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

int
out_batch_lock(int fd, const char *name, struct err *e)
{
	if (is_regular(fd) && flock(fd, LOCK_EX | LOCK_NB) < 0)
		return err_set(e, ERR_BUSY, "%s: another run is at work on it", name);
	return 0;
}

static int
open_output(struct out_batch *o, struct err *e)
{
	o->fd = STDOUT_FILENO;
	if (o->name == NULL || strcmp(o->name, "-") == 0)
		return 0;
	if ((o->fd = open(o->name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600)) < 0)
		return err_set(e, ERR_DISK, "%s: %s", o->name, strerror(errno));
	if (!(o->is_file = is_regular(o->fd)))
		return 0;
	if (out_batch_lock(o->fd, o->name, e) < 0)
		return -1;
	if (fchmod(o->fd, 0600) < 0 || ftruncate(o->fd, 0) < 0)
		return err_set(e, ERR_DISK, "%s: %s", o->name, strerror(errno));
	return 0;
}

static int
write_all(int fd, const struct buf *text, const char *name, struct err *e)
{
	size_t at = 0;
	ssize_t n;

	while (at < text->n) {
		if ((n = write(fd, text->p + at, text->n - at)) >= 0)
			at += (size_t)n;
		else if (errno != EINTR)
			return err_set(e, ERR_DISK, "%s: %s", name, strerror(errno));
	}
	return 0;
}

int
out_batch_flush(struct out_batch *o, struct err *e)
{
	const char *name = o->fd != STDOUT_FILENO ? o->name : "standard output";

	if (o->text.failed)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (write_all(o->fd, &o->text, name, e) < 0)
		return -1;
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

/* Made beside it and renamed at the end: a page is whole or not there. */
static int
open_page(struct out_batch *o, struct err *e)
{
	if (asprintf(&o->page, "%s.XXXXXX", o->report_name) < 0) {
		o->page = NULL;
		return err_set(e, ERR_NOMEM, "out of memory");
	}
	if ((o->page_fd = mkostemp(o->page, O_CLOEXEC)) < 0) {
		free(o->page);
		o->page = NULL;
		return err_set(e, ERR_DISK, "%s: %s", o->report_name, strerror(errno));
	}
	return 0;
}

static int
write_report(struct out_batch *o, struct err *e)
{
	struct buf text = BUF_INIT;
	int rc;

	report_write(o->report, &text);
	rc = text.failed ? err_set(e, ERR_NOMEM, "out of memory") :
	    write_all(o->page_fd, &text, o->report_name, e);
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
