#include "cli/out_closed.h"

#include <stdlib.h>

void
out_closed(struct buf *b, const struct closed *c, bool ja)
{
	if (c->told == 0) {
		buf_addf(b, ja ? "確認 %d%%" : "confirmed: %d%%", c->percent);
		return;
	}
	buf_addf(b, ja ? "確認 %d%% → %d%%" : "confirmed: %d%% → %d%%", c->told, c->percent);
	if (c->difference == 0)
		buf_adds(b, ja ? "(差なし)" : " (no difference)");
	else
		buf_addf(b, ja ? "(差 %+d%%)" : " (%+d%%)", c->difference);
	if (c->has_yen && c->yen != 0)
		buf_addf(b, c->yen > 0 ? ja ? "、追加でもらう %lld円" : ", to be collected: %lld yen" :
		    ja ? "、返す %lld円" : ", to be given back: %lld yen", llabs(c->yen));
}

void
out_closed_json(struct jw *w, const struct closed *c)
{
	if (c->told > 0) {
		jw_int(w, "told_percent", c->told);
		jw_int(w, "difference_percent", c->difference);
	}
	jw_int(w, "copay_percent", c->percent);
	if (c->has_yen)
		jw_int(w, "difference_yen", c->yen);
}
