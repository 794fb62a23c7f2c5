#include "cli/opt.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

int
opt_set(const struct opt *o, const char *value, struct err *e)
{
	struct opt_list *list;
	char *end;
	long v;

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

/* What an argument names as an option, or NULL if it is none.  One has a short form. */
static const char *
option_name(const char *arg)
{
	if (strcmp(arg, "-o") == 0)
		return "output";
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

void
opt_help(struct buf *b, const struct opt *opts, size_t n, bool ja)
{
	for (size_t i = 0; i < n; i++) {
		struct buf left = BUF_INIT;
		int width;

		buf_addf(&left, "  %s--%s%s%s", strcmp(opts[i].name, "output") == 0 ? "-o, " : "",
		    opts[i].name, opts[i].arg != NULL ? " " : "",
		    opts[i].arg != NULL ? opts[i].arg : "");
		width = left.p != NULL ? text_width(left.p) : 0;
		buf_adds(b, left.p != NULL ? left.p : "");
		if (width > 25)
			buf_adds(b, "\n");
		buf_addf(b, "%*s%s\n", width > 25 ? 27 : 27 - width, "",
		    ja ? opts[i].help.ja : opts[i].help.en);
		buf_free(&left);
	}
}
