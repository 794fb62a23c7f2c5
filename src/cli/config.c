#include "cli/config.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cmd.h"

#define CONFIG_KEYS_MAX	(OPT_MAX + 2)
#define LINE_MAX_BYTES	198	/* what inih takes, as Debian builds it */

struct reading {
	struct config		*c;
	const char		*path;
	const struct opt	*opts;
	size_t			 n;
	const bool		*seen;
	char			 keys[CONFIG_KEYS_MAX][40];	/* met so far */
	size_t			 met;
	int			 line;
	struct err		*e;
};

static int
bad(struct reading *r, const char *what, const char *key)
{
	return err_set(r->e, ERR_CONFIG, "%s:%d: %s: %.40s", r->path, r->line, what, key);
}

static int
first_time(struct reading *r, const char *key)
{
	for (size_t i = 0; i < r->met; i++)
		if (strcmp(r->keys[i], key) == 0)
			return bad(r, "repeated key", key);
	if (r->met == CONFIG_KEYS_MAX || strlen(key) >= sizeof(r->keys[0]))
		return bad(r, "unknown key", key);
	strcpy(r->keys[r->met++], key);
	return 0;
}

/* One of two words; *flag is set when it is the second. */
static int
either(struct reading *r, const char *key, const char *value, const char *no, const char *yes,
    bool *flag)
{
	if (strcmp(value, no) != 0 && strcmp(value, yes) != 0)
		return err_set(r->e, ERR_CONFIG, "%s:%d: %s is %s or %s", r->path, r->line, key,
		    no, yes);
	*flag = strcmp(value, yes) == 0;
	return 0;
}

static int
set_option(struct reading *r, const struct opt *o, const char *value)
{
	struct err oe = ERR_INIT;
	bool on = false;
	char *copy;

	if (r->seen[o - r->opts])
		return 0;
	if (o->type == OPT_FLAG) {
		if (either(r, o->name, value, "no", "yes", &on) < 0)
			return -1;
		*(bool *)o->dst = on;
		return 0;
	}
	if ((copy = strdup(value)) == NULL)
		return err_set(r->e, ERR_NOMEM, "out of memory");
	r->c->values[r->c->n++] = copy;
	return opt_set(o, copy, &oe) < 0 ? bad(r, oe.msg, o->name) : 0;
}

/* Whether it is decided anew for each patient, and not for all of them beforehand. */
static bool
is_of_one_patient(const char *key)
{
	static const char *const keys[] = { "patient", "date", "birthdate", "visit", "facts", "no-card",
		"assume-none", "register", "points", "override", "reason" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strcmp(key, keys[i]) == 0)
			return true;
	return false;
}

static int
set(struct reading *r, const char *key, const char *value)
{
	if (first_time(r, key) < 0)
		return -1;
	if (is_of_one_patient(key))
		return bad(r, "decided anew for each patient, not here", key);
	if (strcmp(key, "mode") == 0)
		return either(r, key, value, "production", "test", &r->c->test_mode);
	if (strcmp(key, "accept_statement") == 0)
		return either(r, key, value, "yes", "no", &r->c->refuse_statement);
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->opts[i].name, key) == 0)
			return set_option(r, &r->opts[i], value);
	/* one file serves all commands */
	return cmd_has_option(key) ? 0 : bad(r, "unknown key", key);
}

/* inih's callback: 1 to go on, 0 at an error. */
static int
handle(void *ctx, const char *section, const char *key, const char *value)
{
	struct reading *r = ctx;

	if (r->e->code != ERR_NONE)
		return 0;
	(void)section;
	return set(r, key, value) == 0;
}

/*
 * One line at a time goes through inih, so that every line has its number;
 * no key goes on over lines.
 */
static int
read_file(struct reading *r, FILE *f)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	int rc = 0;

	while (rc == 0 && (n = getline(&line, &cap, f)) > 0) {
		r->line++;
		/* inih tells of a section only with a key in it, which is another line */
		if (strlen(line) > LINE_MAX_BYTES)
			rc = err_set(r->e, ERR_CONFIG, "%s:%d: longer than %d bytes", r->path,
			    r->line, LINE_MAX_BYTES);
		else if (memchr(line, '\0', (size_t)n) != NULL)
			rc = bad(r, "a NUL byte", "");
		else if (line[strspn(line, " \t")] == '[')
			rc = bad(r, "no sections here", "");
		else if (ini_parse_string(line, handle, r) != 0)
			rc = r->e->code != ERR_NONE ? -1 : bad(r, "not \"key = value\"", "");
	}
	free(line);
	if (rc == 0 && ferror(f))
		rc = err_set(r->e, err_of_file(ERR_CONFIG), "%s: %s", r->path, strerror(errno));
	/* getline() tells of no other reason */
	if (rc == 0 && !feof(f))
		rc = err_set(r->e, ERR_NOMEM, "out of memory");
	return rc;
}

static FILE *
open_default(char *path, size_t size)
{
	const char *home = getenv("XDG_CONFIG_HOME");
	FILE *f = NULL;

	if (home != NULL && *home == '/') {
		snprintf(path, size, "%s/shikaku/shikaku.conf", home);
		f = fopen(path, "r");
	} else if ((home = getenv("HOME")) != NULL && *home == '/') {
		snprintf(path, size, "%s/.config/shikaku/shikaku.conf", home);
		f = fopen(path, "r");
	}
	if (f == NULL) {
		snprintf(path, size, "/etc/shikaku/shikaku.conf");
		f = fopen(path, "r");
	}
	return f;
}

int
config_read(struct config *c, const char *path, const struct opt *opts, size_t n,
    const bool *seen, struct err *e)
{
	char found[4096];
	struct reading r = { .c = c, .opts = opts, .n = n, .seen = seen, .e = e };
	FILE *f = path != NULL ? fopen(path, "r") : open_default(found, sizeof(found));
	int rc;

	r.path = path != NULL ? path : found;
	if (f == NULL && path == NULL && errno != ENOMEM)
		return 0;
	if (f == NULL)
		return err_set(e, err_of_file(ERR_CONFIG), "%s: %s", r.path, strerror(errno));
	rc = (c->path = strdup(r.path)) != NULL ? read_file(&r, f) :
	    err_set(e, ERR_NOMEM, "out of memory");
	fclose(f);
	return rc;
}

void
config_release(struct config *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->values[i]);
	c->n = 0;
	free(c->path);
	c->path = NULL;
}
