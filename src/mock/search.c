#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "mock/people.h"

/* Copies the NFKC form of s without spaces, and without leading zeros if bare. */
static int
normalise(const char *s, bool bare, char *out, size_t size)
{
	char *nfkc;
	size_t n = 0;

	if (s == NULL)
		s = "";
	if ((nfkc = text_nfkc(s)) == NULL)
		return -1;
	for (const char *p = nfkc; *p != '\0' && n < size; p++)
		if (*p != ' ' && !(bare && n == 0 && *p == '0'))
			out[n++] = *p;
	free(nfkc);
	if (n == size)
		return -1;
	out[n] = '\0';
	return 0;
}

int
numbers_set(struct numbers *n, const char *insurer, const char *symbol, const char *number,
    const char *branch, const char *birthdate)
{
	n->any_branch = branch == NULL;
	n->birthdate = date_parse_compact(birthdate, strlen(birthdate));
	if (n->birthdate == DATE_NONE ||
	    normalise(insurer, true, n->insurer, sizeof(n->insurer)) < 0 ||
	    normalise(symbol, false, n->symbol, sizeof(n->symbol)) < 0 ||
	    normalise(number, true, n->number, sizeof(n->number)) < 0 ||
	    normalise(branch, true, n->branch, sizeof(n->branch)) < 0)
		return -1;
	return 0;
}

static bool
is_match(const struct numbers *asked, const struct numbers *held)
{
	return asked->birthdate == held->birthdate &&
	    strcmp(asked->number, held->number) == 0 &&
	    strcmp(asked->insurer, held->insurer) == 0 &&
	    strcmp(asked->symbol, held->symbol) == 0 &&
	    (asked->any_branch || strcmp(asked->branch, held->branch) == 0);
}

static bool
is_in_force(const struct record *r, int date)
{
	return (r->from == DATE_NONE || r->from <= date) &&
	    (r->until == DATE_NONE || r->until > date);
}

/* The later to end; without an end is later than any end. */
static const struct record *
later(const struct record *a, const struct record *b)
{
	if (a == NULL)
		return b;
	if (a->until == DATE_NONE)
		return a;
	return b->until == DATE_NONE || b->until > a->until ? b : a;
}

/* What is known of one person's results that match (all, when n is NULL). */
struct tally {
	const struct record	*in_force;
	const struct record	*over;		/* of those not in force, the last to end */
	int			 nin_force;
	bool			 newer;		/* one that does not match is in force */
};

static struct tally
count_records(const struct person *who, const struct numbers *n, int date)
{
	struct tally t = { 0 };

	for (size_t i = 0; i < who->nrecords; i++) {
		const struct record *r = &who->record[i];
		const bool in_force = is_in_force(r, date);

		if (n != NULL && !is_match(n, &r->numbers)) {
			t.newer = t.newer || in_force;
		} else if (in_force) {
			t.in_force = r;
			t.nin_force++;
		} else if (r->from == DATE_NONE || r->from <= date) {
			t.over = later(t.over, r);
		}
	}
	return t;
}

static struct finding
forced_finding(const struct person *who, const struct tally *t)
{
	struct finding f = { who, t->in_force != NULL ? t->in_force : t->over,
		(enum validity)who->forced };

	if (f.validity == VALIDITY_NOT_FOUND || f.validity == VALIDITY_MULTIPLE)
		f.record = NULL;
	return f;
}

static struct finding
judge(const struct person *who, const struct tally *t)
{
	if (who->forced != 0)
		return forced_finding(who, t);
	if (t->nin_force > 1)
		return (struct finding){ who, NULL, VALIDITY_MULTIPLE };
	if (t->nin_force == 1)
		return (struct finding){ who, t->in_force, VALIDITY_IN_FORCE };
	if (t->over == NULL)
		return (struct finding){ who, NULL, VALIDITY_NOT_FOUND };
	return (struct finding){ who, t->over, t->newer ? VALIDITY_SUPERSEDED : VALIDITY_ENDED };
}

struct finding
people_of_card(const struct person *who, int date)
{
	const struct tally t = count_records(who, NULL, date);

	return judge(who, &t);
}

static bool
has_match(const struct person *who, const struct numbers *n)
{
	for (size_t i = 0; i < who->nrecords; i++)
		if (is_match(n, &who->record[i].numbers))
			return true;
	return false;
}

struct finding
people_by_number(const struct people *p, const struct numbers *n, int date)
{
	size_t nborn;
	const struct birth *born = people_born(p, n->birthdate, &nborn);
	const struct person *found = NULL;
	struct tally t;

	for (size_t i = 0; i < nborn; i++) {
		if (!has_match(born[i].person, n))
			continue;
		if (found != NULL)
			return (struct finding){ NULL, NULL, VALIDITY_MULTIPLE };
		found = born[i].person;
	}
	if (found == NULL)
		return (struct finding){ NULL, NULL, VALIDITY_NOT_FOUND };
	t = count_records(found, n, date);
	return judge(found, &t);
}
