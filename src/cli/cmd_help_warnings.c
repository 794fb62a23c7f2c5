#include <string.h>

#include "base/text.h"
#include "batch/note.h"
#include "batch/row.h"
#include "cli/cmd_help.h"
#include "cli/next.h"
#include "cli/out_error.h"
#include "rules/rulebase.h"

#define COLUMNS	78
#define INDENT	4

/* Writes the notes that the word means, as text or JSON. */
struct notes {
	struct buf	*b;
	struct jw	 w;
	const char	*word;	/* NULL: all of them */
	bool		 json, ja;
	int		 found;
};

static void
add_note(struct notes *o, const char *code, const char *by, const char *text)
{
	const char *step = warning_next(code, o->ja);
	struct buf line = BUF_INIT;

	if (o->word != NULL && strcmp(o->word, code) != 0)
		return;
	o->found++;
	if (o->json) {
		jw_open(&o->w, NULL, '{');
		jw_str(&o->w, "code", code);
		jw_str(&o->w, "text", text);
		jw_open(&o->w, "next", '[');
		if (step != NULL)
			jw_str(&o->w, NULL, step);
		jw_close(&o->w, ']');
		jw_close(&o->w, '}');
		return;
	}
	buf_addf(o->b, "%s\n", code);
	buf_addf(&line, "%s%s", by, text);
	text_add_wrapped(o->b, line.p != NULL ? line.p : "", INDENT, COLUMNS);
	if (step != NULL)
		out_step(o->b, step);
	buf_free(&line);
}

/* The rules' own, then what only batch says: its warnings, and what to bring. */
static int
add_notes(struct notes *o, struct err *e)
{
	struct rulebase *rb = rulebase_embedded(e);
	const bool ja = o->ja;

	if (rb == NULL)
		return -1;
	for (int i = 0; i < rb->texts; i++)
		add_note(o, rb->text[i].code, "", ja ? rb->text[i].ja : rb->text[i].en);
	for (int i = 0; i < ROW_WARNING_MAX; i++)
		if (rulebase_text(rb, row_warning_code((enum row_warning)i)) == NULL)
			add_note(o, row_warning_code((enum row_warning)i), "batch: ",
			    row_warning_text((enum row_warning)i, ja));
	for (int i = 0; i < CAUTION_MAX; i++)
		add_note(o, caution_code((enum caution)i), "batch: ",
		    caution_text((enum caution)i, ja));
	for (int i = 0; i < BRING_MAX; i++)
		add_note(o, bring_code((enum bring)i), "batch bring: ",
		    bring_text((enum bring)i, ja));
	rulebase_free(rb);
	return 0;
}

static int
write_notes(struct notes *o, struct err *e)
{
	if (o->json) {
		jw_open(&o->w, NULL, '{');
		jw_open(&o->w, "notes", '[');
	}
	if (add_notes(o, e) < 0)
		return -1;
	if (o->json) {
		jw_close(&o->w, ']');
		jw_close(&o->w, '}');
		buf_adds(o->b, "\n");
	}
	return o->found > 0 ? 0 : err_set(e, ERR_USAGE, "no warning called %.40s", o->word);
}

int
help_warnings(struct app *app, int argc, char **argv, struct err *e)
{
	struct buf b = BUF_INIT;
	const char *word;
	const int n = help_operand(app, argc, argv, &word, e);
	struct notes o = { &b, { &b, false }, word, app->json, app->ja, 0 };

	if (n < 0)
		return n;
	if (write_notes(&o, e) < 0) {
		buf_free(&b);
		return -1;
	}
	return cmd_print(&b, e);
}
