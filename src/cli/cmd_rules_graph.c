#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/cmd_rules.h"
#include "rules/phrase.h"

#define STOPS_MAX	16	/* ends of a stage, more than there are paths and outcomes */
#define LABEL_WIDTH	24	/* columns of a line in a node */
#define NAMED_MAX	3	/* rules that an arrow names; more are counted */

/* Where the rules of a stage lead to: one arrow each. */
struct stop {
	enum action	action;
	enum value	path;		/* of ACTION_PATH and ACTION_SELF_PAY */
	uint32_t	questions;	/* of ACTION_NEED */
	uint64_t	rules;
};

struct graph {
	const struct rulebase	*rb;
	struct buf		*out;
	int			 day;
	bool			 ja;
	bool			 dot;	/* else Mermaid */
	int			 nodes;	/* ends that are drawn, to number them */
};

/* --- what there is to draw --- */

static bool
same_stop(const struct stop *s, const struct rule *r)
{
	return s->action == r->action &&
	    ((r->action != ACTION_PATH && r->action != ACTION_SELF_PAY) || s->path == r->path);
}

static void
add_rule(struct stop *stops, int *n, const struct rule *r, int i)
{
	int k = 0;

	while (k < *n && !same_stop(&stops[k], r))
		k++;
	if (k == STOPS_MAX)
		return;
	if (k == *n)
		stops[(*n)++] = (struct stop){ .action = r->action, .path = r->path };
	stops[k].rules |= (uint64_t)1 << i;
	for (int q = 0; q < r->needs; q++)
		stops[k].questions |= (uint32_t)1 << r->need[q];
}

/* The ends of a stage that day, -1: of all stages of the table. */
static int
stops_of(const struct graph *g, enum table_id t, int stage, struct stop stops[STOPS_MAX])
{
	int n = 0;

	for (int i = 0; i < g->rb->set.table[t].rules; i++) {
		const struct rule *r = &g->rb->set.table[t].rule[i];

		if ((stage < 0 || g->rb->words[t][i].stage == stage) &&
		    fact_covers(r->from, r->until, g->day))
			add_rule(stops, &n, r, i);
	}
	return n;
}

/* --- how it is written --- */

/* One line of a label, without what would end it. */
static void
add_escaped(struct graph *g, const char *s)
{
	for (; *s != '\0'; s++) {
		if (g->dot && (*s == '"' || *s == '\\'))
			buf_addf(g->out, "\\%c", *s);
		else if (!g->dot && strchr("\"#<>&`", *s) != NULL)
			buf_addf(g->out, "#%d;", *s);
		else
			buf_addc(g->out, *s);
	}
}

/* A label between quotes; each of its lines is wrapped. */
static void
add_label(struct graph *g, const char *s)
{
	const char *between = "";

	buf_addc(g->out, '"');
	while (*s != '\0') {
		struct buf part = BUF_INIT, lines = BUF_INIT;
		const char *end = strchrnul(s, '\n');

		buf_add(&part, s, (size_t)(end - s));
		text_add_wrapped(&lines, part.n > 0 ? part.p : "", 0, LABEL_WIDTH);
		for (char *line = lines.p, *rest; line != NULL; line = rest) {
			if ((rest = strchr(line, '\n')) == NULL)
				break;
			*rest++ = '\0';
			buf_adds(g->out, between);
			add_escaped(g, line);
			between = g->dot ? "\\n" : "<br>";
		}
		buf_free(&lines);
		buf_free(&part);
		s = *end == '\0' ? end : end + 1;
	}
	buf_addc(g->out, '"');
}

/* The rules of an arrow: by name where they are few. */
static void
rules_text(const struct graph *g, enum table_id t, uint64_t rules, struct buf *b)
{
	if (__builtin_popcountll(rules) > NAMED_MAX) {
		buf_addf(b, g->ja ? "%d件" : "%d rules", __builtin_popcountll(rules));
		return;
	}
	for (const char *between = ""; rules != 0; rules &= rules - 1, between = " ")
		buf_addf(b, "%s%s", between, g->rb->words[t][__builtin_ctzll(rules)].id);
}

static void
stop_text(const struct graph *g, const struct stop *s, struct buf *b)
{
	const char *path = word(value_words(F_PATH, value_index(F_PATH, s->path)), g->ja);

	switch (s->action) {
	case ACTION_PATH:
		buf_adds(b, path);
		break;
	case ACTION_SELF_PAY:
		buf_addf(b, "%s: %s", word(action_words(s->action), g->ja), path);
		break;
	case ACTION_NEED:
		for (uint32_t q = s->questions; q != 0; q &= q - 1) {
			const struct question_info *info =
			    question_info((enum question)__builtin_ctz(q));

			buf_addf(b, "%s%s", b->n > 0 ? "\n" : "", g->ja ? info->ja : info->en);
		}
		break;
	case ACTION_RATIO:
		buf_adds(b, word(value_words(F_VERDICT,
		    value_index(F_VERDICT, V_VERDICT_INSURED)), g->ja));
		break;
	default:
		buf_adds(b, word(action_words(s->action), g->ja));
		break;
	}
}

/* Shapes and colours of the ends, by what they are. */
static const struct { const char *dot, *open, *close, *css; } shapes[] = {
	[ACTION_PATH] = { "shape=box, style=\"rounded,filled\", fillcolor=\"#dbeafe\"", "(", ")",
	    "path" },
	[ACTION_SELF_PAY] = { "shape=box, style=filled, fillcolor=\"#fecaca\"", "[", "]", "pay" },
	[ACTION_REFER] = { "shape=octagon, style=filled, fillcolor=\"#e5e7eb\"", "{{", "}}",
	    "refer" },
	[ACTION_NEED] = { "shape=note, style=filled, fillcolor=\"#fef3c7\"", "[/", "/]", "need" },
	[ACTION_RATIO] = { "shape=box, style=\"rounded,filled\", fillcolor=\"#bbf7d0\"", "(", ")",
	    "insured" },
	[ACTION_PASS] = { "shape=plaintext", "([", "])", "refer" },
};

/* An arrow from a stage to one of its ends. */
static void
add_stop(struct graph *g, const char *from, enum table_id t, const struct stop *s)
{
	struct buf text = BUF_INIT, rules = BUF_INIT;
	const int node = g->nodes++;

	stop_text(g, s, &text);
	rules_text(g, t, s->rules, &rules);
	if (g->dot) {
		/* Graphviz would put the labels of several arrows on one another */
		buf_addf(&text, "\n%s", rules.n > 0 ? rules.p : "");
		buf_addf(g->out, "  e%d [%s, label=", node, shapes[s->action].dot);
		add_label(g, text.n > 0 ? text.p : "");
		buf_addf(g->out, "]; %s -> e%d;\n", from, node);
	} else {
		buf_addf(g->out, "  %s -->|", from);
		add_label(g, rules.n > 0 ? rules.p : "");
		buf_addf(g->out, "| e%d%s", node, shapes[s->action].open);
		add_label(g, text.n > 0 ? text.p : "");
		buf_addf(g->out, "%s:::%s\n", shapes[s->action].close, shapes[s->action].css);
	}
	buf_free(&rules);
	buf_free(&text);
}

static void
add_diamond(struct graph *g, const char *id, const char *label)
{
	buf_addf(g->out, g->dot ? "  %s [shape=diamond, label=" : "  %s{", id);
	add_label(g, label);
	buf_adds(g->out, g->dot ? "];\n" : "}\n");
}

/* The diamond of a stage and its arrows; in the ladder the ends stand beside it. */
static void
add_stage(struct graph *g, const char *id, const char *label, enum table_id t, int stage)
{
	struct stop stops[STOPS_MAX];
	const int n = stops_of(g, t, stage, stops), first = g->nodes;

	add_diamond(g, id, label);
	for (int k = 0; k < n; k++)
		add_stop(g, id, t, &stops[k]);
	if (!g->dot || stage < 0)
		return;
	buf_addf(g->out, "  { rank=same; %s;", id);
	for (int k = first; k < g->nodes; k++)
		buf_addf(g->out, " e%d;", k);
	buf_adds(g->out, " }\n");
}

/* On to the next stage where no rule holds. */
static void
add_step(struct graph *g, const char *from, const char *to)
{
	const char *label = g->ja ? "なし" : "none";

	if (g->dot)
		buf_addf(g->out, "  %s -> %s [label=\"%s\", weight=9];\n", from, to, label);
	else
		buf_addf(g->out, "  %s -->|\"%s\"| %s\n", from, label, to);
}

static void
add_ladder(struct graph *g)
{
	const struct rulebase *rb = g->rb;
	char last[16] = "";

	for (int s = 0; s < rb->stages; s++) {
		struct stop stops[STOPS_MAX];
		struct buf label = BUF_INIT;
		char id[16];

		if (stops_of(g, TABLE_LADDER, s, stops) == 0)
			continue;
		snprintf(id, sizeof(id), "s%d", s);
		buf_addf(&label, "%s %s", rb->stage[s].name,
		    g->ja ? rb->stage[s].ja : rb->stage[s].en);
		if (last[0] != '\0')
			add_step(g, last, id);
		add_stage(g, id, label.n > 0 ? label.p : "", TABLE_LADDER, s);
		memcpy(last, id, sizeof(last));
		buf_free(&label);
	}
}

static void
add_head(struct graph *g)
{
	struct buf title = BUF_INIT;

	phrase_day(&title, g->day);
	buf_addf(&title, g->ja ? "の段(版 %s)" : ", edition %s", g->rb->edition);
	if (g->dot) {
		buf_adds(g->out, "digraph ladder {\n  labelloc=t; label=\"");
		add_escaped(g, title.n > 0 ? title.p : "");
		buf_adds(g->out, "\"; ranksep=0.35; nodesep=0.3;\n"
		    "  graph [fontname=\"sans-serif\"]; node [fontname=\"sans-serif\", fontsize=11];"
		    " edge [fontname=\"sans-serif\", fontsize=9];\n");
	} else {
		buf_adds(g->out, "flowchart TD\n  %% ");
		text_add_safe(g->out, title.n > 0 ? title.p : "");
		buf_adds(g->out, "\n");
	}
	buf_free(&title);
}

static void
add_tail(struct graph *g)
{
	static const char *const css[] = { "path fill:#dbeafe", "pay fill:#fecaca",
		"refer fill:#e5e7eb", "need fill:#fef3c7", "insured fill:#bbf7d0" };

	for (size_t i = 0; !g->dot && i < sizeof(css) / sizeof(css[0]); i++)
		buf_addf(g->out, "  classDef %s,stroke:#374151,color:#111827\n", css[i]);
	buf_adds(g->out, g->dot ? "}\n" : "");
}

static void
add_graph(struct graph *g)
{
	const char *found = g->ja ? "経路が見つかったら" : "once a path is found";

	add_head(g);
	add_ladder(g);
	if (g->dot)
		buf_addf(g->out, "  p [%s, label=\"%s\"]; p -> r;\n", shapes[ACTION_PATH].dot, found);
	else
		buf_addf(g->out, "  p(\"%s\"):::path --> r\n", found);
	add_stage(g, "r", g->ja ? "負担割合" : "the ratio", TABLE_RATIO, -1);
	add_tail(g);
}

int
rules_graph(struct app *app, int argc, char **argv, struct err *e)
{
	const char *path = NULL, *on = NULL, *format = "mermaid";
	const struct opt opts[] = {
		{ OPT_STRING, "on", "DATE", &on, T("この日の段(ふつうは今日)", "the ladder of that day, by default today") },
		{ OPT_STRING, "format", "mermaid|dot", &format, T("書き方", "the notation") },
		{ OPT_STRING, "rules", "FILE", &path, T("別の規則ファイル", "other rules") },
	};
	const int n = cmd_options(app, opts, sizeof(opts) / sizeof(opts[0]), argc, argv, NULL, e);
	struct buf out = BUF_INIT;
	struct graph g = { .out = &out, .ja = app->ja };
	struct rulebase *rb;

	if (n < 0)
		return n;
	if (n > 0)
		return err_set(e, ERR_USAGE, "rules graph takes no %.40s", argv[0]);
	g.dot = strcmp(format, "dot") == 0;
	if (!g.dot && strcmp(format, "mermaid") != 0)
		return err_set(e, ERR_USAGE, "--format takes mermaid or dot");
	if (rules_day(on, "on", &g.day, e) < 0 || (rb = rules_open(path, e)) == NULL)
		return -1;
	g.rb = rb;
	add_graph(&g);
	rulebase_free(rb);
	return cmd_print(&out, e);
}
