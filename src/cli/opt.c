#include "cli/opt.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static const struct {
	char		 letter;
	const char	*name;
} shorts[] = {
	{ 'o', "output" },
	{ 'h', "help" },
};

char
opt_short(const char *name)
{
	for (size_t i = 0; i < sizeof(shorts) / sizeof(shorts[0]); i++)
		if (strcmp(shorts[i].name, name) == 0)
			return shorts[i].letter;
	return 0;
}

/* A placeholder of lower-case words between bars is all that the option takes. */
static bool
is_closed(const char *arg)
{
	static const char lower[] = "abcdefghijklmnopqrstuvwxyz0123456789_-|";

	return strchr(arg, '|') != NULL && arg[strspn(arg, lower)] == '\0';
}

static bool
is_one_of(const char *words, const char *value)
{
	const size_t n = strlen(value);

	for (const char *w = words; ; w += strcspn(w, "|") + 1) {
		const size_t len = strcspn(w, "|");

		if (len == n && strncmp(w, value, n) == 0)
			return true;
		if (w[len] == '\0')
			return false;
	}
}

int
opt_set(const struct opt *o, const char *value, struct err *e)
{
	struct opt_list *list;
	char *end;
	long v;

	if (o->type != OPT_FLAG && is_closed(o->arg) && !is_one_of(o->arg, value))
		return err_set(e, ERR_USAGE, "--%s does not take \"%.40s\" (%s)", o->name,
		    value, o->arg);
	switch (o->type) {
	case OPT_FLAG:
		*(bool *)o->dst = true;
		break;
	case OPT_STRING:
		*(const char **)o->dst = value;
		break;
	case OPT_INT:
		errno = 0;
		v = strtol(value, &end, 10);
		if (*value == '\0' || *end != '\0' || errno != 0 || v < 0 || v > INT_MAX)
			return err_set(e, ERR_USAGE, "--%s takes a whole number", o->name);
		*(int *)o->dst = (int)v;
		break;
	case OPT_LIST:
		list = o->dst;
		if (list->n == OPT_LIST_MAX)
			return err_set(e, ERR_USAGE, "--%s: at most %d", o->name, OPT_LIST_MAX);
		list->item[list->n++] = value;
		break;
	}
	return 0;
}

/* The option that arg names, up to its "=" or end. */
static const struct opt *
find(const struct opt *opts, size_t n, const char *arg)
{
	const size_t len = strcspn(arg, "=");

	for (size_t i = 0; i < n; i++)
		if (strlen(opts[i].name) == len && strncmp(opts[i].name, arg, len) == 0)
			return &opts[i];
	return NULL;
}

/* What an argument names as an option, or NULL if it is none. */
static const char *
option_name(const char *arg)
{
	for (size_t i = 0; i < sizeof(shorts) / sizeof(shorts[0]); i++)
		if (arg[0] == '-' && arg[1] == shorts[i].letter && arg[2] == '\0')
			return shorts[i].name;
	return strncmp(arg, "--", 2) == 0 ? arg + 2 : NULL;
}

int
opt_parse(const struct opt *opts, size_t n, int argc, char **argv, bool *seen, struct err *e)
{
	bool given[OPT_MAX] = { false };
	int operands = 0, i;

	for (i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
		const struct opt *o;
		const char *name = option_name(argv[i]), *value;

		if (name == NULL) {
			if (argv[i][0] == '-' && argv[i][1] != '\0')
				return err_set(e, ERR_USAGE, "unknown option %.40s", argv[i]);
			argv[operands++] = argv[i];
			continue;
		}
		if ((o = find(opts, n, name)) == NULL)
			return err_set(e, ERR_USAGE, "unknown option %.40s", argv[i]);
		if (given[o - opts] && o->type != OPT_LIST)
			return err_set(e, ERR_USAGE, "--%s stands twice", o->name);
		given[o - opts] = true;
		value = strchr(argv[i], '=');
		if (o->type == OPT_FLAG && value != NULL)
			return err_set(e, ERR_USAGE, "--%s takes no value", o->name);
		if (o->type != OPT_FLAG && value == NULL && ++i == argc)
			return err_set(e, ERR_USAGE, "--%s takes a value", o->name);
		if (opt_set(o, o->type == OPT_FLAG ? "" : value != NULL ? value + 1 : argv[i], e) < 0)
			return -1;
	}
	for (i++; i < argc; i++)
		argv[operands++] = argv[i];
	if (seen != NULL)
		memcpy(seen, given, n * sizeof(*seen));
	return operands;
}

#define COLUMNS		80
#define TEXT_AT		27	/* where the column of the explanations begins */

void
help_line(struct buf *b, const char *left, int at, const char *text)
{
	const int width = text_width(left);
	struct buf right = BUF_INIT;

	/* two columns are left for a mark that may not begin a line */
	text_add_wrapped(&right, text, at, COLUMNS - 2);
	buf_adds(b, left);
	if (width > at - 2)
		buf_addf(b, "\n%*s", at, "");
	else
		buf_addf(b, "%*s", at - width, "");
	buf_adds(b, right.p != NULL ? right.p + at : "\n");
	buf_free(&right);
}

void
opt_help(struct buf *b, const struct opt *opts, size_t n, bool ja)
{
	struct buf left = BUF_INIT;

	for (size_t i = 0; i < n; i++) {
		const struct opt *o = &opts[i];

		buf_reset(&left);
		buf_adds(&left, "  ");
		if (opt_short(o->name) != 0)
			buf_addf(&left, "-%c, ", opt_short(o->name));
		buf_addf(&left, "--%s%s%s", o->name, o->arg != NULL ? " " : "",
		    o->arg != NULL ? o->arg : "");
		help_line(b, left.p != NULL ? left.p : "", TEXT_AT, ja ? o->help.ja : o->help.en);
	}
	buf_free(&left);
}
