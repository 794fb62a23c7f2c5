#include "cli/completion.h"

#include <stdio.h>
#include <string.h>

#include "cli/cmd_help.h"

static const struct shell *const shells[] = { &shell_bash, &shell_zsh, &shell_fish };

/* A script being written. */
struct script {
	struct buf		*b;
	const struct shell	*shell;
	const struct app	*app;
	struct place		*place;
};

bool
placeholder_words(const char *placeholder, struct buf *out)
{
	const char *bar = strchr(placeholder, '|');
	bool any = false;

	if (bar == NULL)
		return false;
	for (const char *w = placeholder; *w != '\0'; w += strcspn(w, "|"), w += *w == '|') {
		const int n = (int)strcspn(w, "|] ");

		if ((*w < 'a' || *w > 'z') && (*w < '0' || *w > '9'))
			continue;
		buf_addf(out, "%s%.*s", any ? " " : "", n, w);
		any = true;
	}
	return any;
}

bool
placeholder_is_file(const char *placeholder)
{
	static const char *const names[] = { "FILE", "PEM", "LIST" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strstr(placeholder, names[i]) != NULL)
			return true;
	return false;
}

const char *
place_operands(const struct place *p)
{
	static const char options[] = "[OPTION]...";
	const char *at = p->args != NULL ? strstr(p->args, options) : NULL;

	return at == NULL || p->nexts > 0 ? "" :
	    at + strlen(options) + strspn(at + strlen(options), " [");
}

void
completion_quote(struct buf *b, const char *s, const char *escaped)
{
	for (; *s != '\0'; s++) {
		if (*s == '\'') {
			buf_adds(b, "'\\''");
			continue;
		}
		if (strchr(escaped, *s) != NULL)
			buf_addc(b, '\\');
		buf_addc(b, *s);
	}
}

static void
take(void *ctx, const struct opt *opts, size_t n)
{
	struct script *s = ctx;

	s->place->opts = opts;
	s->place->n = n;
	s->shell->place(s->b, s->place, s->app->ja);
}

/* The place behind those words, where c or its subcommands go on; the options are of. */
static int
add_place(struct script *s, const char *first, const char *second, const struct cmd *c,
    const struct cmd *group, const struct cmd *of, struct err *e)
{
	struct place p = { .args = c->args };
	const struct opt_sink sink = { take, s };

	snprintf(p.words, sizeof(p.words), "%s%s%s", first, *second != '\0' ? " " : "", second);
	for (const struct cmd *sub = c->subs; sub != NULL && sub->name != NULL; sub++)
		p.next[p.nexts++] = sub;
	/* help explains every command, besides its topics */
	for (int i = 0; c == &cmd_help && *second == '\0' && cmds[i] != NULL; i++)
		p.next[p.nexts++] = cmds[i];
	/* and behind a command nothing but a subcommand of it */
	if (of == &cmd_help && *second != '\0' && p.nexts == 0)
		p.args = NULL;
	s->place = &p;
	return cmd_describe(s->app, group, of, &sink, e);
}

/* The longer words first: the first pattern that fits is taken. */
static int
add_command(struct script *s, const struct cmd *c, struct err *e)
{
	for (const struct cmd *sub = c->subs; sub != NULL && sub->name != NULL; sub++)
		if (add_place(s, c->name, sub->name, sub, c, sub, e) < 0)
			return -1;
	for (int i = 0; c == &cmd_help && cmds[i] != NULL; i++)
		if (add_place(s, c->name, cmds[i]->name, cmds[i], NULL, c, e) < 0)
			return -1;
	return add_place(s, c->name, "", c, NULL, c, e);
}

/* Behind the program's name. */
static void
add_top(struct script *s)
{
	static bool unused;
	const struct opt opts[] = {
		{ OPT_FLAG, "help", NULL, &unused, T("この説明", "this help") },
		{ OPT_FLAG, "version", NULL, &unused, T("版を表示", "print the version") },
	};
	struct place p = { .opts = opts, .n = sizeof(opts) / sizeof(opts[0]) };

	while (cmds[p.nexts] != NULL) {
		p.next[p.nexts] = cmds[p.nexts];
		p.nexts++;
	}
	s->shell->place(s->b, &p, s->app->ja);
}

static int
add_places(struct script *s, struct err *e)
{
	s->shell->head(s->b);
	for (int i = 0; cmds[i] != NULL; i++)
		if (add_command(s, cmds[i], e) < 0)
			return -1;
	add_top(s);
	s->shell->tail(s->b);
	return 0;
}

int
help_completion(struct app *app, int argc, char **argv, struct err *e)
{
	struct buf b = BUF_INIT;
	struct script s = { .b = &b, .app = app };
	const char *name;
	const int n = help_operand(app, argc, argv, &name, e);

	if (n < 0)
		return n;
	for (size_t i = 0; n == 1 && i < sizeof(shells) / sizeof(shells[0]); i++)
		if (strcmp(shells[i]->name, name) == 0)
			s.shell = shells[i];
	if (s.shell == NULL)
		return err_set(e, ERR_USAGE, "help completion takes bash, zsh or fish");
	if (add_places(&s, e) < 0) {
		buf_free(&b);
		return -1;
	}
	return cmd_print(&b, e);
}
