#include "mock/bulk.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"

static size_t
bytes_of(const struct bulk_file *f)
{
	return sizeof(*f) + f->n * sizeof(*f->unit) + f->text.cap;
}

/* Takes the file at *at out of the list and frees it. */
static void
forget(struct bulk *b, struct bulk_file **at)
{
	struct bulk_file *f = *at;

	*at = f->next;
	b->n--;
	b->bytes -= bytes_of(f);
	bulk_file_free(f);
}

void
bulk_free(struct bulk *b)
{
	while (b->first != NULL)
		forget(b, &b->first);
}

/* The list is in the order of time: those over stand at its head. */
static void
forget_over(struct bulk *b, long long now_ms)
{
	while (b->first != NULL && now_ms - b->first->taken_ms >= b->config.keep_s * 1000)
		forget(b, &b->first);
}

static bool
has_room(const struct bulk *b, const struct bulk_file *f)
{
	return b->n < BULK_FILES_MAX && b->bytes + bytes_of(f) <= BULK_BYTES_MAX;
}

static void
make_room(struct bulk *b, const struct bulk_file *f)
{
	struct bulk_file **at = &b->first;

	while (*at != NULL && !has_room(b, f)) {
		if ((*at)->delivered)
			forget(b, at);
		else
			at = &(*at)->next;
	}
}

static struct bulk_file *
find_id(const struct bulk *b, const char *institution, const char *id)
{
	struct bulk_file *f = b->first;

	while (f != NULL && (strcmp(f->id, id) != 0 || strcmp(f->institution, institution) != 0))
		f = f->next;
	return f;
}

struct bulk_file *
bulk_find(struct bulk *b, const char *institution, const char *reception, long long now_ms)
{
	struct bulk_file *f;

	forget_over(b, now_ms);
	f = b->first;
	while (f != NULL && (strcmp(f->reception, reception) != 0 ||
	    strcmp(f->institution, institution) != 0))
		f = f->next;
	return f;
}

/* Random, so that a number from before a restart finds nothing. */
static void
give_number(struct bulk_file *f)
{
	uint64_t n;

	secret_random((uint8_t *)&n, sizeof(n));
	snprintf(f->reception, sizeof(f->reception), "%016" PRIu64, n % 10000000000000000u);
}

static void
append(struct bulk *b, struct bulk_file *f)
{
	struct bulk_file **at = &b->first;

	while (*at != NULL)
		at = &(*at)->next;
	*at = f;
	b->n++;
	b->taken++;
	b->bytes += bytes_of(f);
}

struct bulk_file *
bulk_take(struct bulk *b, struct bulk_file *f, long long now, long long now_ms,
    struct refusal *r)
{
	struct bulk_file *earlier;

	forget_over(b, now_ms);
	if ((earlier = find_id(b, f->institution, f->id)) != NULL) {
		const bool same = memcmp(earlier->hash, f->hash, HASH_SHA256_LEN) == 0;

		bulk_file_free(f);
		if (same)
			return earlier;
		refuse(r, REFUSAL_FILE_IDENTIFIER_REUSED, NULL);
		return NULL;
	}
	make_room(b, f);
	if (!has_room(b, f)) {
		bulk_file_free(f);
		refuse(r, REFUSAL_OVERLOADED, "too many files are kept");
		return NULL;
	}
	give_number(f);
	f->taken = now;
	f->taken_ms = now_ms;
	append(b, f);
	return f;
}

bool
bulk_is_done(const struct bulk *b, const struct bulk_file *f, long long now_ms, size_t *done)
{
	const long long worked = now_ms - f->taken_ms - b->config.ms;
	const long long n = (long long)f->n;

	if (worked < 0)
		*done = 0;
	else if (b->config.unit_ms == 0 || worked / b->config.unit_ms >= n)
		*done = f->n;
	else
		*done = (size_t)(worked / b->config.unit_ms);
	return *done == f->n;
}
