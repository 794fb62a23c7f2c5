#include "net/bulk_units.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "net/reply.h"

struct unit {
	const struct json	*json;		/* of the result at hand; NULL for none */
	bool			 torn;		/* twice in it, differently */
	bool			 final;
	bool			 hashed;
	uint8_t			 hash[HASH_SHA256_LEN];	/* of what was final */
};

struct bulk_units {
	const struct elig_number_request *q;
	size_t			 n;
	size_t			*by_id;		/* indices into q, sorted by id */
	struct unit		*unit;
	size_t			 left;
	size_t			 next;		/* all before it have been looked at */
	struct json		*doc;		/* of the result at hand */
	bool			 complete;	/* it is the last */
	bool			 failed;
	struct elig_answer	 like;
	struct err		 why;
	struct bulk_oddities	 odd;
};

static int
compare_ids(const void *a, const void *b, void *arg)
{
	const struct elig_number_request *q = arg;

	return strcmp(q[*(const size_t *)a].id, q[*(const size_t *)b].id);
}

static int
sort_ids(struct bulk_units *u, struct err *e)
{
	for (size_t i = 0; i < u->n; i++) {
		if (u->q[i].id == NULL || *u->q[i].id == '\0')
			return err_set(e, ERR_USAGE, "unit %zu: has no identifier", i + 1);
		u->by_id[i] = i;
	}
	qsort_r(u->by_id, u->n, sizeof(*u->by_id), compare_ids, (void *)(uintptr_t)u->q);
	for (size_t i = 1; i < u->n; i++)
		if (strcmp(u->q[u->by_id[i - 1]].id, u->q[u->by_id[i]].id) == 0)
			return err_set(e, ERR_USAGE, "units %zu and %zu: the same identifier",
			    u->by_id[i - 1] + 1, u->by_id[i] + 1);
	return 0;
}

int
bulk_units_new(struct bulk_units **out, const struct elig_number_request *q, size_t n,
    struct err *e)
{
	struct bulk_units *u;

	*out = NULL;
	if (n == 0)
		return err_set(e, ERR_USAGE, "a file needs one unit at least");
	if ((u = calloc(1, sizeof(*u))) == NULL ||
	    (u->unit = calloc(n, sizeof(*u->unit))) == NULL ||
	    (u->by_id = calloc(n, sizeof(*u->by_id))) == NULL) {
		bulk_units_free(u);
		return err_set(e, ERR_NOMEM, "out of memory");
	}
	u->q = q;
	u->n = u->left = u->next = n;
	if (sort_ids(u, e) < 0) {
		bulk_units_free(u);
		return -1;
	}
	*out = u;
	return 0;
}

void
bulk_units_free(struct bulk_units *u)
{
	if (u == NULL)
		return;
	js_free(u->doc);
	free(u->unit);
	free(u->by_id);
	free(u);
}

static struct unit *
find(const struct bulk_units *u, const char *id)
{
	size_t from = 0, to = u->n;

	while (from < to) {
		const size_t mid = from + (to - from) / 2;
		const int c = strcmp(u->q[u->by_id[mid]].id, id);

		if (c == 0)
			return &u->unit[u->by_id[mid]];
		if (c < 0)
			from = mid + 1;
		else
			to = mid;
	}
	return NULL;
}

static int
hash_unit(const struct json *json, uint8_t out[static HASH_SHA256_LEN], struct err *e)
{
	struct buf b = BUF_INIT;
	struct jw w = { &b, false };
	int rc = 0;

	jw_json(&w, NULL, json);
	if (b.failed)
		rc = err_set(e, ERR_NOMEM, "out of memory");
	else
		hash_sha256(b.p, b.n, out);
	buf_free(&b);
	return rc;
}

/* The unit came before, in this result or in an earlier one. */
static int
take_again(struct bulk_units *u, struct unit *x, const struct json *json, struct err *e)
{
	uint8_t hash[HASH_SHA256_LEN];

	if (!x->hashed && hash_unit(x->json, x->hash, e) < 0)
		return -1;
	x->hashed = true;
	if (hash_unit(json, hash, e) < 0)
		return -1;
	if (memcmp(hash, x->hash, sizeof(hash)) == 0) {
		u->odd.repeated += !x->final;
		return 0;
	}
	u->odd.contradicted++;
	x->torn = true;
	return 0;
}

static int
take_unit(struct bulk_units *u, const struct json *json, struct err *e)
{
	const char *id = bulk_unit_id(json);
	struct unit *x = id != NULL ? find(u, id) : NULL;

	if (x == NULL) {
		u->odd.strangers++;
		return 0;
	}
	if (x->final || x->json != NULL)
		return take_again(u, x, json, e);
	x->json = json;
	/* a later result may have it again, when this one is gone */
	if (!u->complete) {
		x->hashed = true;
		return hash_unit(json, x->hash, e);
	}
	return 0;
}

int
bulk_units_take(struct bulk_units *u, struct bulk_result *r, struct err *e)
{
	for (size_t i = 0; i < u->n; i++)
		u->unit[i].json = NULL;
	js_free(u->doc);
	u->doc = r->doc;
	u->complete = r->segment == BULK_DONE;
	u->next = 0;
	for (size_t i = 0; i < js_len(r->units); i++)
		if (take_unit(u, js_at(r->units, i), e) < 0)
			return -1;
	return 0;
}

void
bulk_units_fail(struct bulk_units *u, const struct elig_answer *like, const struct err *why)
{
	u->failed = true;
	u->like = *like;
	u->like.doc = NULL;
	u->why = *why;
	u->next = 0;
}

static void
read_final(const struct bulk_units *u, const struct unit *x, size_t i, struct elig_answer *a,
    struct err *e)
{
	*a = (struct elig_answer)ELIG_ANSWER_INIT;
	err_clear(e);
	if (x->json != NULL && !x->torn) {
		reply_read_unit(x->json, &u->q[i], a, e);
		return;
	}
	if (x->json == NULL && u->failed) {
		*a = u->like;
		*e = u->why;
		elig_answer_fail(a, ELIG_BY_NUMBER, e);
		return;
	}
	err_set(e, ERR_REPLY_MALFORMED, "reply: unit %s", x->torn ?
	    "twice, and not the same" : "missing");
	elig_answer_fail(a, ELIG_BY_NUMBER, e);
	/* asked again, by itself, it may well be answered */
	a->retryable = true;
}

bool
bulk_units_next(struct bulk_units *u, size_t *index, struct elig_answer *a, struct err *e)
{
	for (; u->next < u->n; u->next++) {
		struct unit *x = &u->unit[u->next];

		if (x->final || (x->json == NULL && !u->complete && !u->failed))
			continue;
		x->final = true;
		u->left--;
		*index = u->next++;
		read_final(u, x, *index, a, e);
		return true;
	}
	return false;
}

size_t
bulk_units_left(const struct bulk_units *u)
{
	return u->left;
}

const struct bulk_oddities *
bulk_units_oddities(const struct bulk_units *u)
{
	return &u->odd;
}
