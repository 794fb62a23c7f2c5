#include "base/date.h"
#include "cli/out_check.h"
#include "cli/out_decision.h"
#include "desk/msg.h"

void
out_changes(struct screen *s, const struct checked *c)
{
	char date[DATE_ISO_LEN + 1] = "-", since[96];
	struct buf line = BUF_INIT;

	if (c->changes == NULL || c->changes->n == 0)
		return;
	if (fact_known(c->changed_since))
		date_format_iso(c->changed_since, date);
	msg_with(since, sizeof(since), MSG_CHANGED_SINCE, c->ja, date);
	buf_adds(&line, since);
	for (int i = 0; i < c->changes->n; i++) {
		const struct change *x = &c->changes->item[i];

		buf_addf(&line, "%s%s %s → %s", i == 0 ? "" : c->ja ? "、" : ", ",
		    change_name(x->field, c->ja), x->was != NULL ? x->was : "-", x->now);
	}
	out_paragraph(screen_block(s, ACTION), MSG_CHANGED, c->ja, line.failed ? "" : line.p);
	buf_free(&line);
}

void
out_changes_json(struct jw *w, const struct checked *c)
{
	if (c->changes == NULL) {
		jw_null(w, "changes");
		return;
	}
	jw_open(w, "changes", '[');
	for (int i = 0; i < c->changes->n; i++) {
		jw_open(w, NULL, '{');
		jw_str(w, "field", change_name(c->changes->item[i].field, false));
		jw_str(w, "was", c->changes->item[i].was);
		jw_str(w, "now", c->changes->item[i].now);
		jw_close(w, '}');
	}
	jw_close(w, ']');
}
