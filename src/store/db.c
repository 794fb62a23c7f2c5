#include "store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/folder.h"

struct db {
	sqlite3	*sq;
	char	*path;
	char	*real;		/* by no link */
	dev_t	 dev;
	ino_t	 ino;
};

struct db_row {
	sqlite3_stmt	*st;
	struct db	*db;
};

static enum err_code
code_of(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_SCHEMA:
	case SQLITE_MISMATCH:
	case SQLITE_CONSTRAINT:
		return ERR_INTEGRITY;
	case SQLITE_NOMEM:
		return ERR_NOMEM;
	case SQLITE_ERROR:
	case SQLITE_MISUSE:
		return ERR_INTERNAL;
	default:
		return ERR_DISK;
	}
}

static int
fail(const struct db *d, int rc, struct err *e)
{
	return err_set(e, code_of(rc), "%s: %s", d->path, sqlite3_errstr(rc));
}

/* SQLite would make it with the mode that umask leaves. */
static int
make_file(const char *path, struct err *e)
{
	const int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return err_set(e, ERR_DISK, "%s: %s", path, strerror(errno));
	close(fd);
	return 0;
}

static int
check_file(const char *path, struct err *e)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return err_set(e, ERR_DISK, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_CONFIG, "%s: not a regular file", path);
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return err_set(e, ERR_PERMISSION, "%s: mode %03o lets others at it, chmod 600",
		    path, st.st_mode & 0777u);
	return 0;
}

/* SQLite follows no link (NOFOLLOW), and would refuse those of the folder, too. */
static char *
resolve(const char *path)
{
	const char *const slash = strrchr(path, '/');
	char *folder = slash == NULL ? strdup(".") :
	    strndup(path, slash == path ? 1 : (size_t)(slash - path));
	char *real = folder != NULL ? realpath(folder, NULL) : NULL, *out = NULL;

	if (real != NULL && asprintf(&out, "%s/%s", real, slash != NULL ? slash + 1 : path) < 0)
		out = NULL;
	free(real);
	free(folder);
	return out;
}

/* What is there before SQLite opens it: were it exchanged in between, it would not be in place. */
static int
name_file(struct db *d, const char *path, struct err *e)
{
	struct stat st;

	if ((d->path = strdup(path)) == NULL || ((d->real = resolve(path)) == NULL && errno == ENOMEM))
		return err_set(e, ERR_NOMEM, "out of memory");
	if (d->real == NULL || lstat(d->real, &st) < 0)
		return err_set(e, ERR_DISK, "%s: %s", path, strerror(errno));
	d->dev = st.st_dev;
	d->ino = st.st_ino;
	return 0;
}

static int
open_file(struct db **out, const char *path, struct err *e)
{
	static const char modes[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
	    "PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;"
	    "PRAGMA cell_size_check = ON;";
	struct db *d;
	int rc;

	*out = NULL;
	if ((d = calloc(1, sizeof(*d))) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (name_file(d, path, e) < 0) {
		db_close(d);
		return -1;
	}
	rc = sqlite3_open_v2(d->real, &d->sq, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW, NULL);
	if (rc == SQLITE_OK) {
		sqlite3_busy_timeout(d->sq, DB_BUSY_MS);
		rc = sqlite3_exec(d->sq, modes, NULL, NULL, NULL);
	}
	if (rc != SQLITE_OK) {
		fail(d, rc, e);
		db_close(d);
		return -1;
	}
	*out = d;
	return 0;
}

int
db_open(struct db **out, const char *path, struct err *e)
{
	*out = NULL;
	return check_file(path, e) == 0 ? open_file(out, path, e) : -1;
}

void
db_close(struct db *d)
{
	if (d == NULL)
		return;
	sqlite3_close(d->sq);
	free(d->path);
	free(d->real);
	free(d);
}

int
db_in_place(const struct db *d, struct err *e)
{
	struct stat st;

	if (lstat(d->real, &st) < 0)
		return err_set(e, ERR_DISK, "%s: %s", d->path, strerror(errno));
	if (st.st_dev != d->dev || st.st_ino != d->ino)
		return err_set(e, ERR_DISK, "%s: another file than the one that is open", d->path);
	return 0;
}

const char *
db_path(const struct db *d)
{
	return d->path;
}

int
db_exec(struct db *d, const char *sql, struct err *e)
{
	const int rc = sqlite3_exec(d->sq, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : fail(d, rc, e);
}

int
db_prepare(struct db *d, struct db_row **out, const char *sql, struct err *e)
{
	struct db_row *r = calloc(1, sizeof(*r));
	int rc;

	*out = NULL;
	if (r == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	r->db = d;
	rc = sqlite3_prepare_v3(d->sq, sql, -1, SQLITE_PREPARE_PERSISTENT, &r->st, NULL);
	if (rc != SQLITE_OK) {
		free(r);
		return fail(d, rc, e);
	}
	*out = r;
	return 0;
}

void
db_finish(struct db_row *r)
{
	if (r == NULL)
		return;
	sqlite3_finalize(r->st);
	free(r);
}

void
db_bind_int(struct db_row *r, int i, long long v)
{
	sqlite3_bind_int64(r->st, i, v);
}

void
db_bind_bytes(struct db_row *r, int i, struct span v)
{
	/* without an address it would be NULL */
	sqlite3_bind_blob64(r->st, i, v.n > 0 ? (const void *)v.p : "", v.n, SQLITE_STATIC);
}

int
db_step(struct db_row *r, struct err *e)
{
	const int rc = sqlite3_step(r->st);

	if (rc == SQLITE_ROW)
		return 1;
	return rc == SQLITE_DONE ? 0 : fail(r->db, rc, e);
}

void
db_reset(struct db_row *r)
{
	sqlite3_reset(r->st);
	sqlite3_clear_bindings(r->st);
}

long long
db_int(struct db_row *r, int i)
{
	return sqlite3_column_int64(r->st, i);
}

struct span
db_bytes(struct db_row *r, int i)
{
	const uint8_t *p = sqlite3_column_blob(r->st, i);

	return (struct span){ p, (size_t)sqlite3_column_bytes(r->st, i) };
}

static int
copy_all(sqlite3 *to, sqlite3 *from)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
	int rc;

	if (b == NULL)
		return sqlite3_errcode(to);
	do {
		rc = sqlite3_backup_step(b, 256);
		if (rc == SQLITE_BUSY || rc == SQLITE_LOCKED)
			sqlite3_sleep(20);
	} while (rc == SQLITE_OK || rc == SQLITE_BUSY || rc == SQLITE_LOCKED);
	sqlite3_backup_finish(b);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* Removes a file and what SQLite keeps beside it, of which either may be there alone. */
static void
discard(const char *path)
{
	static const char *const beside[] = { "", "-wal", "-shm", "-journal" };
	char *name;

	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++)
		if (asprintf(&name, "%s%s", path, beside[i]) >= 0) {
			(void)unlink(name);
			free(name);
		}
}

/* The log of another database would be taken for this one's. */
static int
check_place(const char *path, struct err *e)
{
	char *log;
	int rc = 0;

	if (access(path, F_OK) == 0)
		return err_set(e, ERR_DISK, "%s: %s", path, strerror(EEXIST));
	if (asprintf(&log, "%s-wal", path) < 0)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (access(log, F_OK) == 0)
		rc = err_set(e, ERR_CONFIG, "%s: the log of what was here: move it away too", log);
	free(log);
	return rc;
}

int
db_make(const char *path, int (*fill)(struct db *d, void *ctx, struct err *e), void *ctx,
    struct err *e)
{
	struct db *d = NULL;
	char *part;
	int rc = -1;

	if (check_place(path, e) < 0)
		return -1;
	if (asprintf(&part, "%s.part", path) < 0)
		return err_set(e, ERR_NOMEM, "out of memory");
	discard(part);	/* of one that was cut short */
	/* what could not be taken over from its log would be missing under its name */
	if (make_file(part, e) == 0 && open_file(&d, part, e) == 0 && fill(d, ctx, e) == 0)
		rc = db_exec(d, "PRAGMA wal_checkpoint(TRUNCATE)", e);
	db_close(d);
	if (rc == 0 && renameat2(AT_FDCWD, part, AT_FDCWD, path, RENAME_NOREPLACE) < 0)
		rc = err_set(e, ERR_DISK, "%s: %s", path, strerror(errno));
	if (rc < 0)
		discard(part);
	free(part);
	return rc == 0 ? folder_sync(path, e) : -1;
}

int
db_checkpoint(struct db *d, struct err *e)
{
	struct db_row *r;
	int rc;

	if (db_prepare(d, &r, "PRAGMA wal_checkpoint(TRUNCATE)", e) < 0)
		return -1;
	if ((rc = db_step(r, e)) == 1)
		rc = db_int(r, 0) != 0;
	db_finish(r);
	return rc;
}

static int
fill_copy(struct db *to, void *ctx, struct err *e)
{
	const struct db *from = ctx;
	const int rc = copy_all(to->sq, from->sq);

	return rc == SQLITE_OK ? 0 : fail(to, rc, e);
}

int
db_copy(struct db *d, const char *path, struct err *e)
{
	return db_make(path, fill_copy, d, e);
}

int
db_check(struct db *d, struct err *e)
{
	struct db_row *r;
	int rc;

	if (db_prepare(d, &r, "PRAGMA integrity_check(1)", e) < 0)
		return -1;
	if ((rc = db_step(r, e)) == 1) {
		const struct span said = db_bytes(r, 0);

		rc = said.n == 2 && memcmp(said.p, "ok", 2) == 0 ? 0 :
		    err_set(e, ERR_INTEGRITY, "%s: damaged", d->path);
	}
	db_finish(r);
	return rc;
}
