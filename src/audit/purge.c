#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/audit_impl.h"
#include "base/date.h"

#define PART	"audit.part"	/* a segment being written anew */

void
audit_purge_month(long long now, char out[static AUDIT_MONTH_LEN + 1])
{
	char iso[DATE_ISO_LEN + 1];

	date_format_iso(date_add_years(date_of_unix_jst(now), -AUDIT_KEEP_YEARS), iso);
	memcpy(out, iso, AUDIT_MONTH_LEN);
	out[AUDIT_MONTH_LEN] = '\0';
}

/* A record becomes its digest; the rest stays as it is. */
static void
copy_line(const char *line, size_t n, struct buf *out, long long *purged)
{
	const char *json = line + CHAIN_HEX + 1;
	uint8_t digest[DIGEST_LEN];
	char hex[2 * DIGEST_LEN + 1];

	if (n < CHAIN_HEX + 2 || strncmp(json, RECORD_BEGIN, sizeof(RECORD_BEGIN) - 1) != 0) {
		buf_add(out, line, n);
		return;
	}
	seal_digest((struct span){ (const uint8_t *)json, n - CHAIN_HEX - 2 }, digest);
	hex_encode(digest, DIGEST_LEN, hex);
	buf_add(out, line, CHAIN_HEX + 1);
	buf_addf(out, "#%s\n", hex);
	++*purged;
}

static int
copy_segment(int dir, const char *segment, struct buf *out, long long *purged, struct err *e)
{
	const int fd = openat(dir, segment, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	FILE *f = fd >= 0 ? fdopen(fd, "r") : NULL;
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	int rc = 0;

	if (f == NULL) {
		if (fd >= 0)
			close(fd);
		return err_set(e, ERR_DISK, "audit log: %s: %s", segment, strerror(errno));
	}
	while ((n = getline(&line, &cap, f)) > 0)
		copy_line(line, (size_t)n, out, purged);
	if (ferror(f))
		rc = err_set(e, ERR_DISK, "audit log: %s: %s", segment, strerror(errno));
	free(line);
	fclose(f);
	return rc;
}

/* Beside it and then in its place: whole, or as it was. */
static int
replace_segment(int dir, const char *segment, const struct buf *text, struct err *e)
{
	const int fd = openat(dir, PART, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	int rc = 0;

	if (fd < 0 || text->failed || buf_write(text, fd) < 0 || fsync(fd) < 0 ||
	    renameat(dir, PART, dir, segment) < 0 || fsync(dir) < 0)
		rc = err_set(e, text->failed ? ERR_NOMEM : ERR_DISK, "audit log: %s: %s", segment,
		    strerror(errno));
	if (fd >= 0)
		close(fd);
	return rc;
}

static int
purge_segment(int dir, const char *segment, long long *n, struct err *e)
{
	struct buf text = BUF_INIT;
	long long purged = 0;
	int rc = copy_segment(dir, segment, &text, &purged, e);

	if (rc == 0 && purged > 0)
		rc = replace_segment(dir, segment, &text, e);
	if (rc == 0)
		*n += purged;
	buf_free(&text);
	return rc;
}

int
audit_purge(const char *folder, const char month[static AUDIT_MONTH_LEN + 1], long long *n,
    struct err *e)
{
	char (*all)[SEGMENT_LEN + 1] = NULL;
	int dir, lock, rc;
	size_t files;

	*n = 0;
	rc = lock_folder(folder, &dir, &lock, e);
	if (rc == 0 && (rc = segments(folder, &all, &files, e)) == 0)
		/* never the newest, where the next record's chain stands */
		for (size_t i = 0; rc == 0 && i + 1 < files; i++)
			if (strncmp(all[i] + SEGMENT_MONTH, month, AUDIT_MONTH_LEN) < 0)
				rc = purge_segment(dir, all[i], n, e);
	free(all);
	if (lock >= 0)
		close(lock);
	if (dir >= 0)
		close(dir);
	return rc;
}
