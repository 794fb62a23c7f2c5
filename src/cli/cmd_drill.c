#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/secret.h"
#include "cli/cmd.h"
#include "cli/cmd_rules.h"
#include "cli/drill_play.h"
#include "cli/grid.h"

#define POSTER_WIDTH	100	/* columns, where there is no terminal */

struct drill_options {
	const char	*situation, *format, *rules;
	bool		 list, poster;
	int		 seed, count;	/* -1: none given */
};

/* The situations that were asked for, in the order in which they are played. */
struct chosen {
	const struct play	*play[PLAYS_MAX];
	int			 n;
};

/* "SIT-01" is all of its plays, "SIT-01a" is one. */
static int
choose(const struct drill *d, const char *name, struct chosen *c, struct err *e)
{
	for (int i = 0; i < d->n; i++) {
		const char *id = d->play[i].id;

		if (name == NULL || strcasecmp(id, name) == 0 ||
		    (strlen(name) == PLAY_SITUATION && strncasecmp(id, name, PLAY_SITUATION) == 0))
			c->play[c->n++] = &d->play[i];
	}
	return c->n > 0 ? 0 : err_set(e, ERR_USAGE,
	    "no situation is called %.40s; drill --list has them all", name);
}

static void
shuffle(struct chosen *c, struct rng *rng)
{
	for (int i = c->n - 1; i > 0; i--) {
		const int k = rng_below(rng, i + 1);
		const struct play *p = c->play[i];

		c->play[i] = c->play[k];
		c->play[k] = p;
	}
}

static void
list_json(struct buf *b, const struct chosen *c, bool ja)
{
	struct jw w = { b, false };

	jw_open(&w, NULL, '[');
	for (int i = 0; i < c->n; i++) {
		const struct play *p = c->play[i];

		jw_open(&w, NULL, '{');
		jw_str(&w, "id", p->id);
		jw_str(&w, "title", ja ? p->title_ja : p->title_en);
		jw_str(&w, "visit", p->facts.visit == VISIT_RETURN ? "return" : "first");
		jw_str(&w, "scene", ja ? p->scene_ja : p->scene_en);
		jw_close(&w, '}');
	}
	jw_close(&w, ']');
	buf_addc(b, '\n');
}

static void
list_text(struct buf *b, const struct chosen *c, bool ja)
{
	for (int i = 0; i < c->n; i++) {
		const struct play *p = c->play[i];

		buf_addf(b, ja ? "%-9s%s(%s)\n" : "%-9s%s (%s)\n", p->id,
		    ja ? p->title_ja : p->title_en, drill_visit(&p->facts, ja));
	}
}

static int
width_of(void)
{
	struct winsize w;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) < 0 || w.ws_col < 60)
		return POSTER_WIDTH;
	return w.ws_col;
}

static int
print_table(const struct app *app, const struct drill_options *o, const struct rulebase *rb,
    const struct chosen *c, struct err *e)
{
	static const char *const forms[] = { "text", "markdown", "csv", NULL };
	struct buf b = BUF_INIT;
	int form = 0;

	while (o->format != NULL && forms[form] != NULL && strcmp(forms[form], o->format) != 0)
		form++;
	if (forms[form] == NULL)
		return err_set(e, ERR_USAGE, "--format is text, markdown or csv");
	if (o->list && app->json)
		list_json(&b, c, app->ja);
	else if (o->list)
		list_text(&b, c, app->ja);
	else if (app->json)
		drill_poster_json(&b, rb, c->play, c->n, app->ja);
	else
		drill_poster(&b, rb, c->play, c->n, (enum poster_form)form, width_of(), app->ja);
	return cmd_print(&b, e);
}

static void
summary_json(struct buf *b, const struct drilling *g, int seed)
{
	struct jw w = { b, false };

	jw_open(&w, NULL, '{');
	jw_open(&w, "drill", '{');
	jw_int(&w, "seed", seed);
	jw_int(&w, "situations", g->played);
	jw_int(&w, "questions", g->asked);
	jw_int(&w, "right", g->right);
	jw_close(&w, '}');
	jw_close(&w, '}');
	buf_addc(b, '\n');
}

static void
summary_text(struct buf *b, const struct drilling *g, const struct drill_options *o, int seed)
{
	buf_addf(b, g->ja ? "\n%d場面、%d問のうち%d問が正解でした。\n" :
	    "\nSituations: %d, questions: %d, right: %d.\n", g->played, g->asked, g->right);
	buf_addf(b, g->ja ? "同じ順番でもう一度: shikaku drill --seed %d" :
	    "The same order again: shikaku drill --seed %d", seed);
	if (o->count > 0)
		buf_addf(b, " --count %d", o->count);
	if (o->situation != NULL)
		buf_addf(b, " --situation %s", o->situation);
	buf_addc(b, '\n');
}

/* With --json the conversation is on standard error, the count on standard output. */
static int
play(const struct app *app, const struct drill_options *o, const struct rulebase *rb,
    struct chosen *c, struct err *e)
{
	struct rng rng = { 0 };
	struct drilling g = { .rb = rb, .rng = &rng, .ja = app->ja };
	struct buf b = BUF_INIT;
	uint16_t seed;

	secret_random((uint8_t *)&seed, sizeof(seed));
	if (o->seed >= 0)
		rng.state = (uint64_t)o->seed;
	else
		rng.state = seed;
	g.out = app->json ? stderr : stdout;
	g.keys = isatty(STDIN_FILENO) && isatty(STDERR_FILENO) && isatty(fileno(g.out));
	if (o->situation == NULL)
		shuffle(c, &rng);
	g.total = o->count > 0 && o->count < c->n ? o->count : c->n;
	for (int i = 0; i < g.total; i++)
		if (drill_play(&g, c->play[i]))
			break;
	if (app->json)
		summary_json(&b, &g, o->seed >= 0 ? o->seed : seed);
	else
		summary_text(&b, &g, o, o->seed >= 0 ? o->seed : seed);
	return cmd_print(&b, e);
}

static int
run(struct app *app, int argc, char **argv, struct err *e)
{
	struct drill_options o = { .seed = -1, .count = -1 };
	const struct opt opts[] = {
		{ OPT_INT, "seed", "N", &o.seed, T("順番を決める数(同じ数なら同じ順番)", "the order: the same for the same number") },
		{ OPT_INT, "count", "N", &o.count, T("N場面で終わる", "end after N situations") },
		{ OPT_STRING, "situation", "ID", &o.situation, T("その場面だけ(SIT-07、SIT-07b)", "only that situation (SIT-07, SIT-07b)") },
		{ OPT_FLAG, "list", NULL, &o.list, T("場面の一覧", "list the situations") },
		{ OPT_FLAG, "poster", NULL, &o.poster, T("受付に貼る表を出す", "print a table for a poster by the desk") },
		{ OPT_STRING, "format", "text|markdown|csv", &o.format, T("表の形(--poster と同じ)", "how the table is written (implies --poster)") },
		{ OPT_STRING, "rules", "FILE", &o.rules, T("別の規則ファイル", "other rules") },
	};
	const int n = cmd_options(app, opts, sizeof(opts) / sizeof(opts[0]), argc, argv, NULL, e);
	struct chosen c = { .n = 0 };
	struct rulebase *rb = NULL;
	struct drill *d = NULL;
	int rc = -1;

	if (n < 0)
		return n;
	if (n > 0)
		return err_set(e, ERR_USAGE, "drill takes no %.40s", argv[0]);
	if ((rb = rules_open(o.rules, e)) == NULL || (d = drill_load(e)) == NULL ||
	    choose(d, o.situation, &c, e) < 0)
		goto out;
	if (o.list || o.poster || o.format != NULL)
		rc = print_table(app, &o, rb, &c, e);
	else
		rc = play(app, &o, rb, &c, e);
out:
	drill_free(d);
	rulebase_free(rb);
	return rc;
}

const struct cmd cmd_drill = {
	"drill", "[OPTION]...",
	T("練習: 受付の場面を出し、次の手を問い、解説する",
	    "training: plays situations, asks what now, explains"), run, NULL
};
