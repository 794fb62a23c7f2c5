#include "prove/space.h"

#include <stdlib.h>
#include <string.h>

/* The ladder's facts come before F_PATH, a path's from F_BAND to F_RATIO_LEGAL. */
#define LADDER_FACTS	((int)F_PATH)
#define PATH_FACTS	((int)F_BASIS - (int)F_BAND)

static int
paths(void)
{
	return fact_values(F_PATH);
}

int
space_var(enum fact f, enum value path)
{
	if (f < F_PATH)
		return (int)f;
	return LADDER_FACTS + value_index(F_PATH, path) * PATH_FACTS + (int)f - (int)F_BAND;
}

enum fact
space_fact(int var, int *path)
{
	*path = -1;
	if (var < LADDER_FACTS)
		return (enum fact)var;
	*path = (int)V_PATH_NONE + (var - LADDER_FACTS) / PATH_FACTS;
	return F_BAND + (enum fact)((var - LADDER_FACTS) % PATH_FACTS);
}

struct varset
space_ladder_vars(void)
{
	struct varset v = { { 0 } };

	for (int i = 0; i < LADDER_FACTS; i++)
		varset_add(&v, i);
	return v;
}

struct varset
space_path_vars(int path)
{
	struct varset v = { { 0 } };

	for (int f = F_BAND; path >= 0 && f < F_BASIS; f++)
		varset_add(&v, space_var((enum fact)f, (enum value)path));
	return v;
}

void
space_add_fact(struct varset *vars, enum fact f)
{
	if (f < F_PATH)
		varset_add(vars, (int)f);
	for (int p = 0; f >= F_BAND && f < F_BASIS && p < paths(); p++)
		varset_add(vars, space_var(f, V_PATH_NONE + (enum value)p));
}

int
space_init(struct space *s)
{
	uint8_t domain[MDD_VARS];
	const int vars = LADDER_FACTS + paths() * PATH_FACTS;

	*s = (struct space){ .m = NULL };
	for (int i = 0; i < vars; i++) {
		int path;

		domain[i] = (uint8_t)fact_values(space_fact(i, &path));
	}
	s->m = mdd_new(domain, vars);
	return s->m != NULL ? 0 : -1;
}

void
space_free(struct space *s)
{
	mdd_free(s->m);
	free(s->finding);
	free(s->hashed);
	free(s->speaking);
}

bool
space_failed(const struct space *s)
{
	return s->failed || mdd_failed(s->m);
}

const struct finding *
space_finding(const struct space *s, uint32_t number)
{
	return &s->finding[number - SPACE_FINDINGS];
}

static unsigned
hash(const struct finding *f)
{
	const unsigned char *p = (const unsigned char *)f;
	unsigned h = 2166136261U;

	for (size_t i = 0; i < sizeof(*f); i++)
		h = (h ^ p[i]) * 16777619U;
	return h ^ h >> 16;
}

/* The place of f in the hash table: where it is, or where it would go. */
static int *
place(const struct space *s, const struct finding *f)
{
	unsigned i = hash(f) & (unsigned)(s->hash_size - 1);

	while (s->hashed[i] != 0 && memcmp(&s->finding[s->hashed[i] - 1], f, sizeof(*f)) != 0)
		i = (i + 1) & (unsigned)(s->hash_size - 1);
	return &s->hashed[i];
}

static bool
grow(struct space *s)
{
	const int cap = s->cap != 0 ? 2 * s->cap : 256;
	struct finding *finding = realloc(s->finding, (size_t)cap * sizeof(*finding));
	int *hashed = calloc((size_t)cap * 2, sizeof(*hashed));

	if (finding != NULL)
		s->finding = finding;
	if (finding == NULL || hashed == NULL || cap > MDD_TERMINALS) {
		free(hashed);
		s->failed = true;
		return false;
	}
	free(s->hashed);
	s->hashed = hashed;
	s->hash_size = cap * 2;
	s->cap = cap;
	for (int i = 0; i < s->findings; i++)
		*place(s, &s->finding[i]) = i + 1;
	return true;
}

uint32_t
space_intern(struct space *s, const struct finding *f)
{
	int *at;

	if (s->findings + SPACE_FINDINGS >= s->cap && !grow(s))
		return MDD_EMPTY;
	at = place(s, f);
	if (*at == 0) {
		s->finding[s->findings] = *f;
		*at = ++s->findings;
	}
	return (uint32_t)(*at - 1 + SPACE_FINDINGS);
}

bool
space_same(const struct space *s, uint32_t a, uint32_t b)
{
	if (a == b)
		return true;
	if (a < SPACE_FINDINGS || b < SPACE_FINDINGS)
		return false;
	return memcmp(&space_finding(s, a)->out, &space_finding(s, b)->out,
	    sizeof(struct result_of)) == 0;
}

uint32_t
space_box(struct space *s, const struct rule *r, int path, const struct varset *open, bool *hangs)
{
	struct cube c;

	if ((r->accept[F_PATH] & value_all(F_PATH)) != value_all(F_PATH) &&
	    (path < 0 || (r->accept[F_PATH] & value_bit(F_PATH, (enum value)path)) == 0))
		return MDD_EMPTY;
	memset(c.set, 0xff, sizeof(c.set));
	for (int i = 0; i < r->tests; i++) {
		const enum fact f = r->test[i];
		int var;

		if (f == F_PATH || f >= F_BASIS)
			continue;
		if (f > F_PATH && path < 0)
			return MDD_EMPTY;
		var = space_var(f, (enum value)path);
		if (open != NULL && varset_has(open, var))
			*hangs = true;
		else
			c.set[var] = r->accept[f];
	}
	return mdd_cube(s->m, &c);
}

bool
space_in_force(const struct rule *r, int day)
{
	return fact_covers(r->from, r->until, day);
}

/* Whether a rule looks at the path or at facts that depend on it. */
static bool
tests_path(const struct rule *r)
{
	for (int i = 0; i < r->tests; i++)
		if (r->test[i] >= F_PATH)
			return true;
	return false;
}

uint32_t
space_impossible(struct space *s, const struct ruleset *r, int day, int path)
{
	const struct table *t = &r->table[TABLE_IMPOSSIBLE];
	uint32_t set = MDD_EMPTY;

	for (int i = 0; i < t->rules; i++) {
		const struct rule *rule = &t->rule[i];

		if (space_in_force(rule, day) && tests_path(rule) == (path >= 0))
			set = mdd_or(s->m, set, space_box(s, rule, path, NULL, NULL));
	}
	return set;
}

#define BAND(band) (1U << (V_BAND_##band - V_BAND_PRESCHOOL))

/* Where a fact has the same value on both paths. */
static uint32_t
alike(struct space *s, enum fact f, enum value p, enum value q)
{
	uint32_t set = MDD_EMPTY;

	for (int v = 0; v < fact_values(f); v++)
		set = mdd_or(s->m, set, mdd_and(s->m,
		    mdd_literal(s->m, space_var(f, p), (uint16_t)(1U << v)),
		    mdd_literal(s->m, space_var(f, q), (uint16_t)(1U << v))));
	return set;
}

/* Where a ratio, 1 to 3 times ten percent, is not one that the law allows at that age. */
static uint32_t
not_legal(struct space *s, int tens, enum value path)
{
	static const uint16_t bands[] = { 0, BAND(PRESCHOOL) | BAND(GENERAL) | BAND(ELDERLY),
		BAND(GENERAL), BAND(PRESCHOOL) };

	return mdd_literal(s->m, space_var(F_BAND, path), bands[tens]);
}

/* A ratio on one path, and on the other the value for one that can not be used there. */
static uint32_t
used_once(struct space *s, enum fact f, enum value p, enum value q)
{
	const uint16_t unused = f == F_RATIO_STAFF ? value_bit(f, V_RATIO_STAFF_NOT_ASKED) : 1;
	struct mdd *m = s->m;
	uint32_t set = MDD_EMPTY;

	for (int tens = 1; tens <= 3; tens++) {
		uint32_t one = mdd_and(m, mdd_literal(m, space_var(f, p), (uint16_t)(1U << tens)),
		    mdd_literal(m, space_var(f, q), unused));

		/* what was ascertained counts everywhere, but where the law forbids it */
		if (f == F_RATIO_STAFF)
			one = mdd_and(m, one, not_legal(s, tens, q));
		set = mdd_or(m, set, one);
	}
	return set;
}

/* Where nobody gives two ratios: the same, or one that is of no use on the other path. */
static uint32_t
one_word(struct space *s, enum fact f, enum value p, enum value q)
{
	return mdd_or(s->m, alike(s, f, p, q),
	    mdd_or(s->m, used_once(s, f, p, q), used_once(s, f, q, p)));
}

uint32_t
space_one_person(struct space *s, int path, int other_path)
{
	/* what the number of a path can make of an age: to school, 65, 70, 75, from then on */
	static const uint16_t bands[] = { BAND(PRESCHOOL) | BAND(KOUKI_UNDER_65),
		BAND(GENERAL) | BAND(KOUKI_UNDER_65), BAND(GENERAL) | BAND(KOUKI),
		BAND(ELDERLY) | BAND(KOUKI), BAND(KOUKI) | BAND(OTHER_AT_75), BAND(UNKNOWN) };
	/* what they give depends on the age alone */
	static const enum fact ratios[] = { F_RATIO_STAFF, F_RATIO_ONLINE };
	const enum value p = (enum value)path, q = (enum value)other_path;
	struct mdd *m = s->m;
	uint32_t set = MDD_EMPTY, same;

	if (path < 0 || other_path < 0 || path == other_path)
		return MDD_ALL;
	for (size_t i = 0; i < sizeof(bands) / sizeof(bands[0]); i++)
		set = mdd_or(m, set, mdd_and(m, mdd_literal(m, space_var(F_BAND, p), bands[i]),
		    mdd_literal(m, space_var(F_BAND, q), bands[i])));
	set = mdd_and(m, set, alike(s, F_MINOR, p, q));
	same = alike(s, F_BAND, p, q);
	for (size_t i = 0; i < sizeof(ratios) / sizeof(ratios[0]); i++)
		set = mdd_and(m, set, mdd_or(m, mdd_not(m, same), alike(s, ratios[i], p, q)));
	set = mdd_and(m, set, one_word(s, F_RATIO_STAFF, p, q));
	/* after a disaster something else may have been declared */
	if (p != V_PATH_DISASTER && q != V_PATH_DISASTER)
		set = mdd_and(m, set, one_word(s, F_RATIO_DECLARED, p, q));
	return mdd_and(m, set, one_word(s, F_RATIO_RECORD, p, q));
}

mdd_number
space_count(struct space *s, uint32_t set, int path, int other_path)
{
	struct varset rest = { { 0 } }, keep = space_ladder_vars();
	const struct varset a = space_path_vars(path), b = space_path_vars(other_path);

	for (int i = 0; i < MDD_VARS / 64; i++) {
		keep.bits[i] |= a.bits[i] | b.bits[i];
		rest.bits[i] = ~keep.bits[i];
	}
	return mdd_count(s->m, mdd_exists(s->m, set, &rest), &keep);
}

int
space_boxes(struct space *s, uint32_t set, uint32_t possible, struct cube *out, int max,
    uint32_t *rest)
{
	const int vars = mdd_vars(s->m);
	uint8_t order[MDD_VARS];
	int n = 0;

	/* what follows from others goes first: of a path the band stays, and the enquiry */
	for (int var = vars - 1; var >= LADDER_FACTS; var--)
		order[n++] = (uint8_t)var;
	for (int var = 0; var < LADDER_FACTS; var++)
		order[n++] = (uint8_t)var;
	return mdd_boxes(s->m, set, mdd_or(s->m, set, mdd_not(s->m, possible)), order, out, max,
	    rest);
}

static int
compare_days(const void *a, const void *b)
{
	const int *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Adds a day on which something begins. */
static void
add_day(int day, int *list, int *n)
{
	if (day > SPACE_DAY_MIN && day <= SPACE_DAY_MAX)
		list[(*n)++] = day;
}

static void
add_days(const struct ruleset *r, int *list, int *n)
{
	for (int t = 0; t < TABLE_MAX; t++)
		for (int i = 0; i < r->table[t].rules; i++) {
			const struct rule *rule = &r->table[t].rule[i];

			if (fact_known(rule->from))
				add_day(rule->from, list, n);
			if (fact_known(rule->until))
				add_day(rule->until + 1, list, n);
		}
	/* a document or a medium begins or ceases to be worth something */
	if (fact_known(r->parameters.old_card_last_day))
		add_day(r->parameters.old_card_last_day + 1, list, n);
	if (fact_known(r->parameters.phone_first_day))
		add_day(r->parameters.phone_first_day, list, n);
}

int
space_periods(const struct ruleset *const *sets, int n, struct period *out)
{
	int days[PERIODS_MAX], count = 0, periods = 0;

	days[count++] = SPACE_DAY_MIN;
	for (int i = 0; i < n; i++)
		add_days(sets[i], days, &count);
	qsort(days, (size_t)count, sizeof(*days), compare_days);
	for (int i = 0; i < count; i++) {
		if (periods > 0 && out[periods - 1].from == days[i])
			continue;
		if (periods > 0)
			out[periods - 1].until = days[i] - 1;
		out[periods++] = (struct period){ days[i], SPACE_DAY_MAX };
	}
	return periods;
}

int
space_day(const struct period *p)
{
	return p->from > SPACE_DAY_MIN ? p->from : p->until;
}
