#include <stdlib.h>
#include <string.h>

#include "batch/report_impl.h"

/* A copy; *out stays NULL without a text. */
static int
copy_text(const char *s, char **out)
{
	return s == NULL || (*out = strdup(s)) != NULL ? 0 : -1;
}

struct report *
report_new(const struct report_head *h)
{
	struct report *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->head = *h;
	r->timeline.last = FACT_ABSENT;
	if (copy_text(h->list, &r->list) < 0 || copy_text(h->edition, &r->edition) < 0) {
		report_free(r);
		return NULL;
	}
	r->head.list = r->list;
	r->head.edition = r->edition;
	return r;
}

static void
swap(struct report *r, int i, int j)
{
	struct person *p = r->person[i];

	r->person[i] = r->person[j];
	r->person[j] = p;
}

static bool
is_milder(const struct report *r, int i, int j)
{
	return person_compare(r->person[i], r->person[j]) > 0;
}

static void
sift_up(struct report *r, int i)
{
	for (int up; i > 0 && is_milder(r, i, up = (i - 1) / 2); i = up)
		swap(r, i, up);
}

static void
sift_down(struct report *r)
{
	for (int i = 0, child; (child = 2 * i + 1) < r->people; i = child) {
		if (child + 1 < r->people && is_milder(r, child + 1, child))
			child++;
		if (!is_milder(r, child, i))
			return;
		swap(r, i, child);
	}
}

/* Keeps the row if it is one of the worst so far; only then are its texts copied. */
static int
keep(struct report *r, const struct row *row, const struct out_row *out, const struct person *key)
{
	const bool full = r->people == REPORT_PEOPLE_MAX;
	struct person *p;

	if (full && person_compare(key, r->person[0]) > 0)
		return 0;
	if ((p = person_new(row, out, r->head.ja)) == NULL)
		return -1;
	if (full) {
		person_free(r->person[0]);
		r->person[0] = p;
		sift_down(r);
	} else {
		r->person[r->people++] = p;
		sift_up(r, r->people - 1);
	}
	return 0;
}

int
report_add(struct report *r, const struct row *row, const struct out_row *out)
{
	const struct person key = person_key(row, out);

	r->rows++;
	r->status[out->status]++;
	r->care.n[key.care]++;
	if (key.care == CARE_FAILED) {
		r->bad += key.bad;
		r->retryable += !key.bad && key.retryable;
	}
	timeline_add(&r->timeline, &key);
	return key.care == CARE_FINE ? 0 : keep(r, row, out, &key);
}

void
report_free(struct report *r)
{
	if (r == NULL)
		return;
	for (int i = 0; i < r->people; i++)
		person_free(r->person[i]);
	free(r->list);
	free(r->edition);
	explicit_bzero(r, sizeof(*r));
	free(r);
}
