#include "decide/same_person.h"

#include <stdbool.h>
#include <string.h>

#include "base/date.h"
#include "base/same.h"
#include "base/text.h"

#define NAME_MAX_BYTES	1024

const char *
person_part_name(enum person_part p)
{
	static const char *const names[] = { "name", "birthdate", "sex", "address" };

	return names[p];
}

/* The length of an opening or closing bracket at s, half or full width; 0: none. */
static size_t
bracket(const char *s, bool opening)
{
	static const char *const signs[][2] = { { "[", "]" }, { "［", "］" }, { "(", ")" },
		{ "（", "）" }, { "〔", "〕" }, { "【", "】" }, { "<", ">" }, { "＜", "＞" },
		{ "〈", "〉" }, { "《", "》" }, { "「", "」" }, { "『", "』" }, { "{", "}" },
		{ "｛", "｝" }, { "｢", "｣" }, { "≪", "≫" }, { "〖", "〗" } };

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		const size_t n = strlen(signs[i][!opening]);

		if (strncmp(s, signs[i][!opening], n) == 0)
			return n;
	}
	return 0;
}

/*
 * A name as the other side may have it.  A 旧氏 stands in brackets behind the
 * surname, a 通称 behind the whole name: the other side has it not at all, in
 * brackets of another shape, or as the name itself; that only where all of it
 * can be read, for a ● in place of a name that can be would be anybody's.
 */
struct called {
	const char	*whole;
	char		 without[NAME_MAX_BYTES];	/* what stands in brackets */
	char		 instead[NAME_MAX_BYTES];	/* what they have, in place of what is before them */
	bool		 bracketed;			/* and not the whole of it */
};

/* Whether s begins with n bytes that say something, all of which can be read. */
static bool
is_told(char *s, size_t n)
{
	const char behind = s[n];
	bool told;

	s[n] = '\0';
	told = !text_is_blank(s) && same_is_shown(s);
	s[n] = behind;
	return told;
}

static void
read_called(const char *s, struct called *out)
{
	size_t depth = 0, brackets = 0, without = 0, instead = 0, inside = 0, n;

	*out = (struct called){ .whole = s };
	if (strlen(s) >= NAME_MAX_BYTES)
		return;
	for (; *s != '\0'; s += n) {
		if ((n = bracket(s, true)) > 0) {
			if (depth++ == 0 && brackets++ == 0)
				instead = 0;
			continue;
		}
		if ((n = bracket(s, false)) > 0) {
			if (depth == 0)
				return;
			depth--;
			continue;
		}
		n = 1;
		if (depth == 0)
			out->without[without++] = *s;
		if (depth == 0 || (depth == 1 && brackets == 1))
			out->instead[instead++] = *s;
		inside = depth == 1 && brackets == 1 ? instead : inside;
	}
	out->without[without] = out->instead[instead] = '\0';
	if (!is_told(out->instead, inside))
		out->instead[0] = '\0';
	out->bracketed = brackets > 0 && depth == 0 && !text_is_blank(out->without);
}

/* The n-th of the three, or NULL. */
static const char *
called(const struct called *c, size_t n)
{
	if (n == 0)
		return c->whole;
	if (!c->bracketed || (n == 2 && text_is_blank(c->instead)))
		return NULL;
	return n == 1 ? c->without : c->instead;
}

/*
 * The best that any pair comes to; -1: no memory.  But for what stands in both
 * their brackets: the same 旧氏 does not make two surnames one.
 */
static int
best_match(const char *name, const char *theirs, int (*same)(const char *, const char *))
{
	struct called a, b;
	int best = NAMES_DIFFER;

	read_called(name, &a);
	read_called(theirs, &b);
	for (size_t i = 0; i < 8 && best >= 0 && best < NAMES_AGREE; i++) {
		const char *const x = called(&a, i % 3), *const y = called(&b, i / 3);
		const int rc = x != NULL && y != NULL ? same(x, y) : NAMES_DIFFER;

		best = rc < 0 || rc > best ? rc : best;
	}
	explicit_bzero(&a, sizeof(a));
	explicit_bzero(&b, sizeof(b));
	return best;
}

static void
note(struct person_parts *out, enum person_part p, bool same)
{
	out->compared |= 1u << p;
	out->differs |= same ? 0 : 1u << p;
}

static void
compare_birthdate(const struct holder *h, const struct json *result, struct person_parts *out)
{
	const char *s = js_filled(result, "Birthdate");
	const int theirs = s != NULL ? date_parse_compact(s, strlen(s)) : DATE_NONE;

	if (h->birthdate != DATE_NONE && theirs != DATE_NONE)
		note(out, PERSON_BIRTHDATE, theirs == h->birthdate);
}

/* Of the other values some mean "not given", and the schemes differ in which. */
static void
compare_sex(const struct holder *h, const struct json *result, struct person_parts *out)
{
	const char *s = js_filled(result, "Sex1");

	if ((h->sex == '1' || h->sex == '2') && s != NULL &&
	    (strcmp(s, "1") == 0 || strcmp(s, "2") == 0))
		note(out, PERSON_SEX, s[0] == h->sex);
}

/*
 * One name that agrees will do.  A name in kanji beside a reading says nothing,
 * nor does one beside the 通称: only Name itself can be another person's.
 */
static int
compare_name(const struct holder *h, const struct json *result, struct person_parts *out)
{
	static const struct {
		const char	*element;
		int		(*same)(const char *, const char *);
	} with[] = {
		{ "Name", same_name }, { "NameOfOther", same_name },
		{ "NameKana", same_kana }, { "NameOfOtherKana", same_kana },
	};
	bool differs = false;

	for (size_t i = 0; i < sizeof(with) / sizeof(with[0]); i++) {
		const char *s = js_filled(result, with[i].element);
		const int rc = s != NULL ? best_match(h->name, s, with[i].same) : NAMES_UNTOLD;

		if (rc < 0)
			return -1;
		if (rc == NAMES_AGREE) {
			note(out, PERSON_NAME, true);
			return 0;
		}
		differs |= i == 0 && rc == NAMES_DIFFER;
	}
	if (differs)
		note(out, PERSON_NAME, false);
	return 0;
}

static int
compare_address(const struct holder *h, const struct json *result, struct person_parts *out)
{
	const char *s = js_filled(result, "Address");
	int rc;

	if (h->address[0] == '\0' || s == NULL)
		return 0;
	if ((rc = same_text(h->address, s)) < 0)
		return -1;
	note(out, PERSON_ADDRESS, rc > 0);
	return 0;
}

int
same_person(const struct holder *h, const struct json *result, struct person_parts *out)
{
	*out = (struct person_parts){ 0, 0 };
	if (compare_name(h, result, out) < 0 || compare_address(h, result, out) < 0)
		return -1;
	compare_birthdate(h, result, out);
	compare_sex(h, result, out);
	if ((out->differs & ~(1u << PERSON_ADDRESS)) != 0)
		return OTHER_PERSON;
	return (out->compared & 1u << PERSON_NAME) != 0 ? SAME_PERSON : PERSON_NOT_TOLD;
}
