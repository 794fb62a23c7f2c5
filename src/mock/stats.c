#include "mock/stats.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/secret.h"
#include "json/json.h"

#define REQUESTS_MAX	128	/* pairs of path and status */
#define SALT_LEN	16
#define SLOTS_MIN	1024
#define WRITE_BLOCK	65536

static const struct {
	const char	*kind;
	const char	*key;
} names[] = {
#define X(name, kind, key) [COUNTER_##name] = { kind, key },
	COUNTER_LIST(X)
#undef X
};

/* What is counted of one identifier of one kind. */
struct entry {
	size_t		 id;		/* where in text it stands */
	const char	*kind;
	unsigned	 count[COUNTER_MAX];
};

struct request_count {
	const char	*path;
	int		 status;
	long long	 n;
};

struct stats {
	uint8_t			 salt[SALT_LEN];
	struct buf		 text;
	struct entry		*entry;		/* in the order of their first time */
	size_t			 n, cap;
	uint32_t		*slot;		/* entry + 1 by hash of its identifier, 0: free */
	size_t			 nslots;	/* a power of 2, twice cap */
	struct request_count	 request[REQUESTS_MAX];
	size_t			 nrequests;
	long long		 connections;
	bool			 failed;	/* memory ran out: the counts are not true */
};

struct stats *
stats_new(struct err *e)
{
	struct stats *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	secret_random(s->salt, SALT_LEN);
	return s;
}

void
stats_free(struct stats *s)
{
	if (s == NULL)
		return;
	buf_free(&s->text);
	free(s->entry);
	free(s->slot);
	free(s);
}

/* FNV-1a, 64 bits: quick, and nobody attacks a test's counters. */
static uint64_t
hash_of(const char *id, const char *kind)
{
	uint64_t h = 14695981039346656037u;

	for (h ^= (unsigned char)*kind; *id != '\0'; id++)
		h = (h ^ (unsigned char)*id) * 1099511628211u;
	return h ^ h >> 29;
}

/* The slot in which it stands, or the free one in which it would. */
static uint32_t *
find_slot(const struct stats *s, const char *id, const char *kind)
{
	size_t i = (size_t)hash_of(id, kind) & (s->nslots - 1);

	while (s->slot[i] != 0) {
		const struct entry *at = &s->entry[s->slot[i] - 1];

		if (*at->kind == *kind && strcmp(s->text.p + at->id, id) == 0)
			break;
		i = (i + 1) & (s->nslots - 1);
	}
	return &s->slot[i];
}

static int
grow(struct stats *s)
{
	const size_t cap = s->cap != 0 ? 2 * s->cap : SLOTS_MIN / 2;
	struct entry *entry = reallocarray(s->entry, cap, sizeof(*entry));
	uint32_t *slot = calloc(2 * cap, sizeof(*slot));

	if (entry != NULL)
		s->entry = entry;
	if (entry == NULL || slot == NULL) {
		free(slot);
		return -1;
	}
	free(s->slot);
	s->slot = slot;
	s->cap = cap;
	s->nslots = 2 * cap;
	for (size_t i = 0; i < s->n; i++)
		*find_slot(s, s->text.p + s->entry[i].id, s->entry[i].kind) = (uint32_t)i + 1;
	return 0;
}

static struct entry *
entry_of(struct stats *s, const char *id, const char *kind)
{
	uint32_t *slot;

	if (s->n == s->cap && grow(s) < 0)
		return NULL;
	slot = find_slot(s, id, kind);
	if (*slot == 0) {
		s->entry[s->n] = (struct entry){ .id = s->text.n, .kind = kind };
		buf_add(&s->text, id, strlen(id) + 1);
		if (s->text.failed)
			return NULL;
		*slot = (uint32_t)++s->n;
	}
	return &s->entry[*slot - 1];
}

void
stats_count(struct stats *s, enum counter what, const char *id)
{
	struct entry *at;

	if (s == NULL || s->failed)
		return;
	if ((at = entry_of(s, id, names[what].kind)) != NULL)
		at->count[what]++;
	else
		s->failed = true;
}

void
stats_count_unnamed(struct stats *s, enum counter what, const char *text, size_t n)
{
	uint8_t hash[HASH_SHA256_LEN];
	char id[2 * 16 + 2] = "#";
	struct buf b = BUF_INIT;

	if (s == NULL)
		return;
	buf_add(&b, s->salt, SALT_LEN);
	buf_add(&b, text, n);
	if (b.failed) {
		s->failed = true;
		return;
	}
	hash_sha256(b.p, b.n, hash);
	buf_free(&b);
	hex_encode(hash, 16, id + 1);
	stats_count(s, what, id);
}

void
stats_connection(struct stats *s)
{
	if (s != NULL)
		s->connections++;
}

void
stats_request(struct stats *s, const char *path, int status)
{
	size_t i = 0;

	if (s == NULL)
		return;
	while (i < s->nrequests && (s->request[i].status != status ||
	    strcmp(s->request[i].path, path) != 0))
		i++;
	if (i == REQUESTS_MAX)
		return;
	if (i == s->nrequests)
		s->request[s->nrequests++] = (struct request_count){ path, status, 0 };
	s->request[i].n++;
}

static void
write_totals(const struct stats *s, struct buf *b)
{
	struct jw w = { b, false };

	jw_open(&w, NULL, '{');
	jw_int(&w, "connections", s->connections);
	jw_open(&w, "requests", '[');
	for (size_t i = 0; i < s->nrequests; i++) {
		jw_open(&w, NULL, '{');
		jw_str(&w, "path", s->request[i].path);
		jw_int(&w, "status", s->request[i].status);
		jw_int(&w, "count", s->request[i].n);
		jw_close(&w, '}');
	}
	jw_close(&w, ']');
	jw_close(&w, '}');
	buf_addc(b, '\n');
}

static void
write_entry(const struct stats *s, const struct entry *at, struct buf *b)
{
	struct jw w = { b, false };

	jw_open(&w, NULL, '{');
	jw_str(&w, at->kind, s->text.p + at->id);
	for (size_t i = 0; i < COUNTER_MAX; i++)
		if (strcmp(names[i].kind, at->kind) == 0)
			jw_int(&w, names[i].key, at->count[i]);
	jw_close(&w, '}');
	buf_addc(b, '\n');
}

static bool
flush(struct buf *b, FILE *out)
{
	const bool good = !b->failed && fwrite(b->p, 1, b->n, out) == b->n;

	buf_reset(b);
	return good;
}

static bool
write_all(const struct stats *s, FILE *out)
{
	struct buf b = BUF_INIT;
	bool good = !s->failed;

	write_totals(s, &b);
	for (size_t i = 0; i < s->n && good; i++) {
		write_entry(s, &s->entry[i], &b);
		if (b.n >= WRITE_BLOCK)
			good = flush(&b, out);
	}
	good = good && flush(&b, out);
	buf_free(&b);
	return good;
}

static FILE *
create(const char *path)
{
	FILE *out;
	int fd;

	unlink(path);
	if ((fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) < 0)
		return NULL;
	if ((out = fdopen(fd, "w")) == NULL)
		close(fd);
	return out;
}

int
stats_write(const struct stats *s, const char *path, struct err *e)
{
	struct buf part = BUF_INIT;
	FILE *out = NULL;
	int rc = -1;

	buf_addf(&part, "%s.part", path);
	if (part.failed) {
		err_set(e, ERR_NOMEM, "out of memory");
	} else if ((out = create(part.p)) == NULL) {
		err_set(e, ERR_DISK, "%s: %s", path, strerror(errno));
	} else if (!write_all(s, out) || fflush(out) != 0 || rename(part.p, path) < 0) {
		err_set(e, ERR_DISK, "%s: not written", path);
		unlink(part.p);
	} else {
		rc = 0;
	}
	if (out != NULL)
		fclose(out);
	buf_free(&part);
	return rc;
}
