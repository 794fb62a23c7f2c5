#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "softcard/card.h"

/* Faults by name; docs/softcard.md has the same list. */
static const struct {
	const char	*name;
	size_t		 offset;	/* of the bool in struct faults */
} switches[] = {
	{ "6F00 first",			offsetof(struct faults, first_6f00) },
	{ "short APDU only",		offsetof(struct faults, short_only) },
	{ "blocked",			offsetof(struct faults, blocked) },
	{ "phone",			offsetof(struct faults, phone) },
	{ "no JPKI",			offsetof(struct faults, no_jpki) },
	{ "blocked query 6984",		offsetof(struct faults, blocked_query_6984) },
	{ "verified query 9000",	offsetof(struct faults, verified_query_9000) },
	{ "warm reset keeps PIN",	offsetof(struct faults, reset_keeps_pin) },
	{ "non-minimal length",		offsetof(struct faults, non_minimal) },
};

/* Followed by a number. */
static const struct {
	const char	*name;
	size_t		 offset;	/* of the long long in struct faults */
} counters[] = {
	{ "removed after APDU ",	offsetof(struct faults, removed_after) },
	{ "mute after APDU ",		offsetof(struct faults, mute_after) },
};

static const struct {
	const char	*name;
	enum alter_do	 how;
} alterations[] = {
	{ "corrupt",	ALTER_CORRUPT },
	{ "truncate",	ALTER_TRUNCATE },
	{ "garbage",	ALTER_GARBAGE },
	{ "overlong",	ALTER_OVERLONG },
	{ "short",	ALTER_SHORT },
	{ "remove",	ALTER_REMOVE },
	{ "mute",	ALTER_MUTE },
	{ "reset",	ALTER_RESET },
};

#define N(a)	(sizeof(a) / sizeof((a)[0]))

static int
parse_count(const char *s, long long *out)
{
	char *end;

	if (s[0] < '0' || s[0] > '9')
		return -1;
	errno = 0;
	*out = strtoll(s, &end, 10);
	return errno == 0 && *end == '\0' && *out <= INT_MAX ? 0 : -1;
}

static int
set_fault(struct faults *f, const char *name)
{
	char *const base = (char *)f;
	long long n;

	for (size_t i = 0; i < N(switches); i++)
		if (strcmp(name, switches[i].name) == 0) {
			memcpy(base + switches[i].offset, &(bool){ true }, sizeof(bool));
			return 0;
		}
	for (size_t i = 0; i < N(counters); i++) {
		const size_t len = strlen(counters[i].name);

		if (strncmp(name, counters[i].name, len) == 0 && parse_count(name + len, &n) == 0) {
			memcpy(base + counters[i].offset, &n, sizeof(n));
			return 0;
		}
	}
	return -1;
}

int
fixture_faults(struct softcard *sc, const struct json *v, struct err *e)
{
	const char *name;

	if (v != NULL && js_type(v) != JS_ARRAY)
		return err_set(e, ERR_MALFORMED, "faults: not an array");
	for (size_t i = 0; i < js_len(v); i++)
		if ((name = js_as_str(js_at(v, i))) == NULL || set_fault(&sc->faults, name) < 0)
			return err_set(e, ERR_MALFORMED, "faults: \"%s\" is no fault",
			    name != NULL ? name : js_type_name(js_type(js_at(v, i))));
	return 0;
}

/* The name of an alteration, or four hexadecimal digits: a status word. */
static int
alteration(const char *name, struct alter *out)
{
	uint8_t sw[2];

	for (size_t i = 0; i < N(alterations); i++)
		if (strcmp(name, alterations[i].name) == 0) {
			out->how = alterations[i].how;
			return 0;
		}
	if (strlen(name) != 4 || hex_decode(name, sw, sizeof(sw)) < 0)
		return -1;
	out->how = ALTER_SW;
	out->sw = (uint16_t)(sw[0] << 8 | sw[1]);
	return 0;
}

/* Without "ins": any command, then with "ap" of that application. */
static int
altered_commands(const struct json *o, struct alter *out)
{
	const char *ins = js_str(o, "ins"), *ap = js_str(o, "ap");

	out->any_ins = !js_has(o, "ins");
	out->ap = ap == NULL ? AP_NONE : strcmp(ap, "text") == 0 ? AP_TEXT : AP_JPKI;
	if (js_has(o, "ap") && (ap == NULL || (strcmp(ap, "text") != 0 && strcmp(ap, "jpki") != 0)))
		return -1;
	if (out->any_ins)
		return out->ap == AP_NONE ? -1 : 0;
	return ins != NULL && strlen(ins) == 2 ? hex_decode(ins, &out->ins, 1) : -1;
}

/* Which command: by its place, or what it is and from which occurrence on. */
static int
read_when(struct alter *out, const struct json *o, struct err *e)
{
	out->at = -1;
	if (js_has(o, "at")) {
		if (js_has(o, "ins") || js_has(o, "ap") || js_has(o, "after"))
			return err_set(e, ERR_MALFORMED, "alter: \"at\" stands for itself");
		if (!js_int(o, "at", &out->at) || out->at < 0)
			return err_set(e, ERR_MALFORMED, "alter: at is a number of commands");
		return 0;
	}
	if (altered_commands(o, out) < 0)
		return err_set(e, ERR_MALFORMED,
		    "alter: ins is two hexadecimal digits, ap is jpki or text");
	if (js_has(o, "after") && (!js_int(o, "after", &out->after) || out->after < 0))
		return err_set(e, ERR_MALFORMED, "alter: after is a number of commands");
	return 0;
}

static int
read_alter(struct alter *out, const struct json *o, struct err *e)
{
	static const char *const keys[] = { "ins", "ap", "at", "do", "after", NULL };
	const char *how = js_str(o, "do");

	if (fixture_object(o, "alter", keys, e) < 0 || read_when(out, o, e) < 0)
		return -1;
	if (how == NULL || alteration(how, out) < 0)
		return err_set(e, ERR_MALFORMED, "alter: \"do\" is no alteration");
	return 0;
}

int
fixture_alter(struct softcard *sc, const struct json *v, struct err *e)
{
	struct faults *f = &sc->faults;

	if (v != NULL && js_type(v) != JS_ARRAY)
		return err_set(e, ERR_MALFORMED, "alter: not an array");
	if (js_len(v) > ALTERS_MAX)
		return err_set(e, ERR_MALFORMED, "alter: more than %d", ALTERS_MAX);
	for (size_t i = 0; i < js_len(v); i++)
		if (read_alter(&f->alter[f->alters++], js_at(v, i), e) < 0)
			return -1;
	return 0;
}

static int
read_number(const struct json *o, const char *key, long long max, long long *out, struct err *e)
{
	if (js_get(o, key) == NULL)
		return 0;
	if (!js_int(o, key, out) || *out < 0 || *out > max)
		return err_set(e, ERR_MALFORMED, "timing: %s is 0 to %lld", key, max);
	return 0;
}

int
fixture_timing(struct softcard *sc, const struct json *v, struct err *e)
{
	static const char *const keys[] = { "kbps", "apdu_ms", "sign_ms", NULL };

	if (v == NULL)
		return 0;
	if (fixture_object(v, "timing", keys, e) < 0 ||
	    read_number(v, "kbps", 100000, &sc->timing.kbps, e) < 0 ||
	    read_number(v, "apdu_ms", 60000, &sc->timing.apdu_ms, e) < 0 ||
	    read_number(v, "sign_ms", 60000, &sc->timing.sign_ms, e) < 0)
		return -1;
	return 0;
}
