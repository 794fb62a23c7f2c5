#include <string.h>

#include "rules/loader.h"

/* Conditions: sets of values of derived facts. */
/* Accepts the value of fact f with that name. */
static int
add_plain(struct loader *l, enum fact f, const char *name, valueset *set)
{
	for (int i = 0; name != NULL && i < fact_values(f); i++)
		if (strcmp(value_words(f, i)->name, name) == 0) {
			if (*set >> i & 1)
				return loader_bad(l, "value stands twice", name);
			*set |= (valueset)(1U << i);
			return 0;
		}
	return loader_bad(l, "unknown value", name);
}

static int
find_fact(const char *name)
{
	for (int f = 0; name != NULL && f < F_MAX; f++)
		if (strcmp(fact_words((enum fact)f)->name, name) == 0)
			return f;
	return -1;
}

int
loader_group(struct loader *l, const struct json *group, enum fact *f, valueset *set)
{
	static const char *const keys[] = { "fact", "in", "ja", "en", NULL };
	const struct json *in = js_get(group, "in");
	const int fact = find_fact(js_str(group, "fact"));

	if (loader_only(l, group, keys) < 0)
		return -1;
	if (fact < 0 || js_len(in) == 0 || js_str(group, "ja") == NULL ||
	    js_str(group, "en") == NULL)
		return loader_bad(l, "a group has fact, in, ja and en", NULL);
	*f = (enum fact)fact;
	*set = 0;
	for (size_t i = 0; i < js_len(in); i++)
		if (add_plain(l, *f, js_as_str(js_at(in, i)), set) < 0)
			return -1;
	return 0;
}

/* "@name": all the values of a group, which must be one of this fact. */
static int
add_group(struct loader *l, enum fact f, const char *name, valueset *set)
{
	const struct json *group = js_get(l->groups, name + 1);
	enum fact of;
	valueset in;

	if (group == NULL)
		return loader_bad(l, "no such group of this fact", name);
	if (loader_group(l, group, &of, &in) < 0)
		return -1;
	if (of != f)
		return loader_bad(l, "no such group of this fact", name);
	if ((*set & in) != 0)
		return loader_bad(l, "value stands twice", name);
	*set |= in;
	return 0;
}

static int
add_value(struct loader *l, enum fact f, const char *name, valueset *set)
{
	return name != NULL && *name == '@' ? add_group(l, f, name, set) :
	    add_plain(l, f, name, set);
}

static int
read_set(struct loader *l, enum fact f, const struct json *v, valueset *out)
{
	static const char *const keys[] = { "not", NULL };
	const valueset all = value_all(f);
	const struct json *list = js_type(v) == JS_OBJECT ? js_get(v, "not") : v;
	valueset set = 0;

	if (js_type(v) == JS_OBJECT && loader_only(l, v, keys) < 0)
		return -1;
	if (js_type(list) != JS_ARRAY)
		return loader_bad(l, "a condition is a list of values", fact_words(f)->name);
	for (size_t i = 0; i < js_len(list); i++)
		if (add_value(l, f, js_as_str(js_at(list, i)), &set) < 0)
			return -1;
	*out = list == v ? set : all & (valueset)~set;
	if (*out == 0 || *out == all)
		return loader_bad(l, "a condition that is always or never true", fact_words(f)->name);
	return 0;
}

/* What the rules of a table can know; later facts come too late for them. */
static enum fact
first_unknown(enum table_id id)
{
	return id == TABLE_LADDER ? F_PATH : id == TABLE_ADVICE ? F_MAX : F_BASIS;
}

int
loader_when(struct loader *l, const struct json *when, enum table_id id, struct rule *r)
{
	struct js_iter it = js_members(when);

	for (int f = 0; f < F_MAX; f++)
		r->accept[f] = (valueset)~0;
	if (js_type(when) != JS_OBJECT)
		return loader_bad(l, "\"when\" is missing", NULL);
	while (js_next(&it)) {
		const int f = find_fact(it.key);

		if (f < 0)
			return loader_bad(l, "unknown fact", it.key);
		if (f >= (int)first_unknown(id))
			return loader_bad(l, "not known yet when this table is run", it.key);
		if (read_set(l, (enum fact)f, it.value, &r->accept[f]) < 0)
			return -1;
		r->test[r->tests++] = (uint8_t)f;
	}
	return 0;
}

