#include "cli/records.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/folder.h"
#include "cli/logbook.h"
#include "store/key.h"

#define PASSPHRASE_MIN	13	/* trust.md: as long as that it need not be changed */
#define PASSPHRASE_MAX	1024

static int
default_path(char **out, const char *given, const char *xdg, const char *under, const char *name,
    struct err *e)
{
	const char *base = getenv(xdg), *home = getenv("HOME");
	int n;

	if (given != NULL)
		n = asprintf(out, "%s", given);
	else if (base != NULL && base[0] == '/')
		n = asprintf(out, "%s/shikaku/%s", base, name);
	else if (home != NULL && home[0] == '/')
		n = asprintf(out, "%s/%s/shikaku/%s", home, under, name);
	else
		return err_set(e, ERR_CONFIG, "no HOME: say --store, --store-key and --audit-log");
	return n >= 0 ? 0 : err_set(e, ERR_NOMEM, "out of memory");
}

int
records_paths(const struct records_options *o, struct records_paths *out, struct err *e)
{
	*out = (struct records_paths){ NULL, NULL };
	if (default_path(&out->store, o->store, "XDG_DATA_HOME", ".local/share", "store.db", e) == 0 &&
	    default_path(&out->key, o->key, "XDG_CONFIG_HOME", ".config", "store.key", e) == 0)
		return 0;
	records_paths_free(out);
	return -1;
}

int
records_audit(const struct records_options *o, char **out, struct err *e)
{
	*out = NULL;
	return default_path(out, o->audit, "XDG_STATE_HOME", ".local/state", "audit", e);
}

void
records_paths_free(struct records_paths *p)
{
	free(p->store);
	free(p->key);
	*p = (struct records_paths){ NULL, NULL };
}

int
records_make_folders(const char *path, struct err *e)
{
	char *copy = strdup(path);
	int rc = 0;

	if (copy == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (char *slash = strchr(copy + 1, '/'); rc == 0 && slash != NULL;
	    slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(copy, 0700) < 0 && errno != EEXIST)
			rc = err_set(e, ERR_DISK, "%s: %s", copy, strerror(errno));
		*slash = '/';
	}
	free(copy);
	return rc;
}

int
records_passphrase(int fd, bool strict, struct secret *out, struct err *e)
{
	size_t n = 0;
	ssize_t got = 0;

	if (secret_new(out, PASSPHRASE_MAX, e) < 0)
		return -1;
	while (n < PASSPHRASE_MAX && (got = read(fd, out->p + n, 1)) == 1 && out->p[n] != '\n')
		n++;
	out->n = n;
	if (got < 0)
		err_set(e, ERR_PERMISSION, "passphrase: %s", strerror(errno));
	else if (n == 0 || n == PASSPHRASE_MAX)
		err_set(e, ERR_PERMISSION, "passphrase: empty, or longer than %d bytes",
		    PASSPHRASE_MAX - 1);
	else if (strict && n < PASSPHRASE_MIN)
		err_set(e, ERR_USAGE, "passphrase: shorter than %d characters", PASSPHRASE_MIN);
	else
		return 0;
	secret_free(out);
	return -1;
}

int
records_key(const struct records_options *o, const char *path, struct secret *master,
    struct err *e)
{
	struct secret passphrase;
	const int wants = key_wants_passphrase(path, e);
	int rc;

	if (wants <= 0)
		return wants < 0 ? -1 : key_read(path, NULL, master, e);
	if (o->passphrase_fd < 0)
		return err_set(e, ERR_PERMISSION, "%s: --passphrase-fd is needed", path);
	if (records_passphrase(o->passphrase_fd, false, &passphrase, e) < 0)
		return -1;
	rc = key_read(path, &passphrase, master, e);
	secret_free(&passphrase);
	return rc;
}

static int
open_with(const char *key, const struct secret *passphrase, const char *path, struct store **out,
    struct err *e)
{
	struct secret master;
	int rc;

	if (key_read(key, passphrase->p != NULL ? passphrase : NULL, &master, e) < 0)
		return -1;
	rc = store_open(out, path, &master, e);
	secret_free(&master);
	return rc;
}

static int
read_passphrase(const struct records_options *o, const char *key, struct secret *passphrase,
    struct err *e)
{
	struct err none = ERR_INIT;

	if (o->passphrase_fd < 0 || passphrase->p != NULL || key_wants_passphrase(key, &none) != 1)
		return 0;
	return records_passphrase(o->passphrase_fd, false, passphrase, e);
}

/*
 * An init or rekey that ended between the store and its key file left the key
 * beside it.  1 when that one opened the store.
 */
static int
open_either(const struct records_options *o, const struct records_paths *p, const char *beside,
    struct store **out, struct err *e)
{
	struct secret passphrase = { NULL, 0 };
	struct err why = ERR_INIT;
	int rc = -1;

	if (read_passphrase(o, p->key, &passphrase, e) < 0)
		return -1;
	if (open_with(p->key, &passphrase, p->store, out, e) == 0)
		rc = 0;
	else if ((e->code == ERR_PERMISSION || access(p->key, F_OK) < 0) &&
	    access(beside, F_OK) == 0 && read_passphrase(o, beside, &passphrase, &why) == 0 &&
	    open_with(beside, &passphrase, p->store, out, &why) == 0)
		rc = 1;
	/* it may have taken KEY's place between the two */
	else if (e->code == ERR_PERMISSION && access(beside, F_OK) < 0 &&
	    open_with(p->key, &passphrase, p->store, out, &why) == 0)
		rc = 0;
	if (rc >= 0)
		err_clear(e);
	secret_free(&passphrase);
	return rc;
}

static int
open_at(const struct records_options *o, const struct records_paths *p, struct store **out,
    struct err *e)
{
	char *beside;
	int rc;

	/* `store init` begins it: until then there is none */
	if (access(p->store, F_OK) < 0 && errno == ENOENT)
		return 0;
	if (asprintf(&beside, "%s" RECORDS_BESIDE, p->key) < 0)
		return err_set(e, ERR_NOMEM, "out of memory");
	rc = open_either(o, p, beside, out, e);
	free(beside);
	return rc;
}

int
records_lock(const struct records_paths *p, struct err *e)
{
	char *copy = strdup(p->key);
	int fd;

	if (copy == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(copy);
	if (fd >= 0 && flock(fd, LOCK_EX) == 0)
		return fd;
	err_set(e, ERR_DISK, "%s: its folder: %s", p->key, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/* That another chain of links begins has to be known before anything follows from it. */
static int
log_key(const struct records_options *o, const char *command, struct store *s, struct err *e)
{
	const struct deed d = { .command = command, .outcome = "done" };
	struct logbook l;
	int rc = 0;

	logbook_open(&l, o, NULL);
	logbook_add(&l, s, &d);
	if (logbook_write(&l, s) < 0)
		rc = err_set(e, l.why.code, "%s", l.why.msg);
	logbook_close(&l);
	return rc;
}

int
records_take_key(const struct records_options *o, const struct records_paths *p,
    const char *command, struct store *s, struct err *e)
{
	char *beside;
	int rc;

	if (asprintf(&beside, "%s" RECORDS_BESIDE, p->key) < 0)
		return err_set(e, ERR_NOMEM, "out of memory");
	if ((rc = log_key(o, command, s, e)) == 0)
		rc = rename(beside, p->key) == 0 ? folder_sync(p->key, e) :
		    err_set(e, ERR_DISK, "%s: %s", p->key, strerror(errno));
	free(beside);
	return rc;
}

int
records_open_locked(const struct records_options *o, struct store **out, struct err *e)
{
	struct records_paths p;
	int rc;

	*out = NULL;
	if (records_paths(o, &p, e) < 0)
		return -1;
	rc = open_at(o, &p, out, e);
	if (rc == 1)
		rc = records_take_key(o, &p, access(p.key, F_OK) == 0 ? "store rekey" : "store init",
		    *out, e);
	if (rc < 0) {
		store_close(*out);
		*out = NULL;
	}
	records_paths_free(&p);
	return rc;
}

int
records_open(const struct records_options *o, struct store **out, struct err *e)
{
	struct records_paths p;
	struct err no_home = ERR_INIT;
	int rc;

	*out = NULL;
	if (records_paths(o, &p, &no_home) < 0) {
		if (no_home.code == ERR_CONFIG && o->store == NULL)
			return 0;
		*e = no_home;
		return -1;
	}
	rc = open_at(o, &p, out, e);
	records_paths_free(&p);
	return rc < 0 ? -1 : 0;
}
