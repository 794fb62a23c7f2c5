#include "cli/out_closed.h"

#include <stdlib.h>
#include <string.h>

void
out_closed(struct buf *b, const struct closed *c, bool ja)
{
	const bool confirmed = strcmp(c->how, "replaced") != 0;

	if (c->told == 0) {
		buf_addf(b, "%s%d%%", confirmed ? ja ? "確認 " : "confirmed: " :
		    ja ? "同じ日に判定し直し " : "decided again that day: ", c->percent);
		return;
	}
	buf_addf(b, "%s%d%% → %d%%", confirmed ? ja ? "確認 " : "confirmed: " :
	    ja ? "同じ日に判定し直し " : "decided again that day: ", c->told, c->percent);
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
