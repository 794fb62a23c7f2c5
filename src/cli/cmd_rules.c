#include "cli/cmd_rules.h"

#include <string.h>
#include <time.h>

#include "base/date.h"

struct rulebase *
rules_open(const char *path, struct err *e)
{
	return path != NULL ? rulebase_load(path, e) : rulebase_embedded(e);
}

int
rules_day(const char *value, const char *option, int *day, struct err *e)
{
	*day = value != NULL ? date_parse_any(value) : date_of_unix_jst((long long)time(NULL));
	return *day != DATE_NONE ? 0 :
	    err_set(e, ERR_USAGE, "--%s is no date: \"%.40s\"", option, value);
}

int
rules_stage(const struct rulebase *rb, const char *name, int *stage, struct err *e)
{
	struct buf all = BUF_INIT;

	*stage = -1;
	for (int s = 0; name != NULL && s < rb->stages; s++) {
		if (strcmp(rb->stage[s].name, name) == 0) {
			buf_free(&all);
			*stage = s;
			return 0;
		}
		buf_addf(&all, " %s", rb->stage[s].name);
	}
	if (name != NULL)
		err_set(e, ERR_USAGE, "no stage %.20s; there are%s", name,
		    all.n > 0 ? all.p : " none");
	buf_free(&all);
	return name != NULL ? -1 : 0;
}

static const struct cmd subs[] = {
	{ "list", "[OPTION]...",
	    T("規則の一覧", "the rules, one a line"), rules_list, NULL },
	{ "show", "[OPTION]... ID",
	    T("一つの規則・文・出典・群のすべて", "all about a rule, a text, a source or a group"),
	    rules_show, NULL },
	{ "verify", "[OPTION]...",
	    T("規則を証明する", "prove the rules"), rules_verify, NULL },
	{ "diff", "[OPTION]... FILE|DATE FILE|DATE",
	    T("二つの規則ファイルか二つの日付で、誰に何が変わるか",
	    "what changes for whom, between two files or two dates"), rules_diff, NULL },
	{ "graph", "[OPTION]...",
	    T("ある日の段を図に", "the ladder of a day as a picture"), rules_graph, NULL },
	{ "table", "[OPTION]...",
	    T("段ごとの表を出す、CSVから取り込む", "a table for each stage; takes CSV back in"),
	    rules_table, NULL },
	{ NULL, NULL, T(NULL, NULL), NULL, NULL },
};

const struct cmd cmd_rules = {
	"rules", "SUBCOMMAND [OPTION]...",
	T("規則を読む・証明する・比べる・図や表にする", "read, prove, compare and draw the rules"),
	cmd_run_group, subs
};
