#include "base/date.h"
#include "cli/entry.h"
#include "cli/out_check.h"
#include "cli/out_closed.h"
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

/* All that a visit left has the same difference. */
static bool
was_said(const struct closed_list *l, size_t i)
{
	const struct closed *c = &l->item[i], *x = l->item;

	for (; x < c; x++)
		if (x->visit_date == c->visit_date && x->difference == c->difference &&
		    x->yen == c->yen)
			return true;
	return false;
}

void
out_settle(struct screen *s, const struct checked *c)
{
	struct buf line = BUF_INIT;

	for (size_t i = 0; c->closed != NULL && i < c->closed->n; i++) {
		const struct closed *x = &c->closed->item[i];
		char date[DATE_ISO_LEN + 1], visit[96];

		if (x->difference == 0 || was_said(c->closed, i))
			continue;
		date_format_iso(x->visit_date, date);
		msg_with(visit, sizeof(visit), MSG_SETTLE_VISIT, c->ja, date);
		buf_addf(&line, "%s%s", line.n == 0 ? "" : c->ja ? "。" : ". ", visit);
		out_closed(&line, x, c->ja);
	}
	if (line.n > 0)
		out_paragraph(screen_block(s, ALWAYS), MSG_SETTLE, c->ja, line.failed ? "" : line.p);
	buf_free(&line);
}

void
out_settle_json(struct jw *w, const struct checked *c)
{
	jw_open(w, "closed", '[');
	for (size_t i = 0; c->closed != NULL && i < c->closed->n; i++) {
		jw_open(w, NULL, '{');
		jw_int(w, "id", c->closed->item[i].id);
		entry_write_day(w, "visit_date", c->closed->item[i].visit_date);
		jw_str(w, "how", c->closed->item[i].how);
		out_closed_json(w, &c->closed->item[i]);
		jw_close(w, '}');
	}
	jw_close(w, ']');
}
