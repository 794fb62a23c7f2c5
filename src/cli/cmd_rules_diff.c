#include <string.h>

#include "base/date.h"
#include "cli/cmd_rules.h"
#include "prove/diff.h"

/* One side: a day, or a rule file. */
struct side {
	int		 day;	/* DATE_NONE: a file */
	struct rulebase	*rb;
};

/* "embedded" is the rule file that is built in. */
static int
open_side(const char *operand, struct side *s, struct err *e)
{
	s->rb = NULL;
	s->day = date_parse_iso(operand, strlen(operand));
	if (s->day != DATE_NONE)
		return 0;
	s->rb = strcmp(operand, "embedded") == 0 ? rulebase_embedded(e) :
	    rulebase_load(operand, e);
	return s->rb != NULL ? 0 : -1;
}

static int
print_diff(const struct app *app, struct diff *d, int boxes, struct err *e)
{
	struct buf b = BUF_INIT;
	struct jw w = { &b, false };

	if (!app->json) {
		diff_write(&b, d, boxes, app->ja);
		return cmd_print(&b, e);
	}
	jw_open(&w, NULL, '{');
	diff_write_json(&w, d, boxes, app->ja);
	jw_close(&w, '}');
	buf_adds(&b, "\n");
	return cmd_print(&b, e);
}

static int
compare(const struct app *app, const struct side *a, const struct side *b, const char *rules,
    const char *on, int boxes, struct err *e)
{
	struct rulebase *rb = NULL;
	struct diff d = { .group = NULL };
	int day = DATE_NONE, rc = -1;

	if ((a->day != DATE_NONE) != (b->day != DATE_NONE))
		return err_set(e, ERR_USAGE, "rules diff takes two files or two dates");
	if (a->day == DATE_NONE && rules != NULL)
		return err_set(e, ERR_USAGE, "--rules is for two dates");
	if (a->day != DATE_NONE && on != NULL)
		return err_set(e, ERR_USAGE, "--on is for two files");
	if (on != NULL && rules_day(on, "on", &day, e) < 0)
		return -1;
	if (a->day != DATE_NONE) {
		if ((rb = rules_open(rules, e)) == NULL)
			return -1;
		rc = diff_days(&d, rb, a->day, b->day, e);
	} else {
		rc = diff_files(&d, a->rb, b->rb, day, e);
	}
	if (rc == 0)
		rc = print_diff(app, &d, boxes, e);
	diff_free(&d);
	rulebase_free(rb);
	return rc;
}

int
rules_diff(struct app *app, int argc, char **argv, struct err *e)
{
	struct side a = { DATE_NONE, NULL }, b = { DATE_NONE, NULL };
	const char *rules = NULL, *on = NULL;
	int boxes = 3, rc = -1;
	const struct opt opts[] = {
		{ OPT_STRING, "rules", "FILE", &rules,
		    T("二つの日付を比べる規則ファイル", "the rules, to compare two dates") },
		{ OPT_STRING, "on", "DATE", &on,
		    T("二つのファイルをこの日だけで比べる", "compare two files on this day only") },
		{ OPT_INT, "boxes", "N", &boxes,
		    T("変わる場合をN個まで書く", "write out up to N boxes of each change") },
	};
	const int n = cmd_options(app, opts, sizeof(opts) / sizeof(opts[0]), argc, argv, NULL, e);

	if (n < 0)
		return n;
	if (n != 2)
		return err_set(e, ERR_USAGE, "rules diff takes two files or two dates");
	if (boxes > DIFF_BOXES_MAX)
		return err_set(e, ERR_USAGE, "--boxes takes at most %d", DIFF_BOXES_MAX);
	if (open_side(argv[0], &a, e) == 0 && open_side(argv[1], &b, e) == 0)
		rc = compare(app, &a, &b, rules, on, boxes, e);
	rulebase_free(a.rb);
	rulebase_free(b.rb);
	return rc;
}
