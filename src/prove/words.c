#include "prove/words.h"

#include "base/date.h"
#include "rules/terms.h"

static void
add_values(struct buf *b, enum fact f, unsigned set, bool ja)
{
	const unsigned all = value_all(f);
	/* the shorter of the two ways to say it */
	const bool not = __builtin_popcount(set) > __builtin_popcount(all & ~set) + 1;
	const unsigned listed = not ? all & ~set : set;

	if (not && !ja)
		buf_adds(b, "not ");
	for (unsigned rest = listed; rest != 0; rest &= rest - 1) {
		const struct words *w = value_words(f, __builtin_ctz(rest));

		buf_addf(b, "%s%s", rest != listed ? "/" : "", ja ? w->ja : w->en);
	}
	if (not && ja)
		buf_adds(b, "以外");
}

/* Whether the box says something about facts of more than one path. */
static bool
several_paths(struct space *s, const struct cube *box)
{
	int first = -1, path;

	for (int var = 0; var < mdd_vars(s->m); var++) {
		const enum fact f = space_fact(var, &path);

		if (path < 0 || (box->set[var] & value_all(f)) == value_all(f))
			continue;
		if (first >= 0 && path != first)
			return true;
		first = path;
	}
	return false;
}

void
words_box(struct buf *b, struct space *s, const struct cube *box, bool ja)
{
	const bool several = several_paths(s, box);
	bool first = true;
	int path;

	for (int var = 0; var < mdd_vars(s->m); var++) {
		const enum fact f = space_fact(var, &path);
		const unsigned set = box->set[var] & value_all(f);
		const struct words *w = fact_words(f);

		if (set == value_all(f))
			continue;
		buf_addf(b, "%s%s", first ? "" : ja ? " かつ " : " and ", ja ? w->ja : w->en);
		if (several && path >= 0) {
			w = value_words(F_PATH, value_index(F_PATH, (enum value)path));
			buf_addf(b, "(%s)", ja ? w->ja : w->en);
		}
		buf_adds(b, "=");
		add_values(b, f, set, ja);
		first = false;
	}
	if (first)
		buf_adds(b, ja ? "すべての場合" : "always");
}

static const char *
value_word(enum fact f, int value, bool ja)
{
	const struct words *w = value_words(f, value_index(f, (enum value)value));

	return ja ? w->ja : w->en;
}

void
words_result(struct buf *b, const struct result_of *out, bool ja)
{
	buf_adds(b, value_word(F_VERDICT, out->verdict, ja));
	for (int i = 0; i < out->needs; i++)
		buf_addf(b, "%s%s", i == 0 ? ": " : ", ",
		    question_info((enum question)out->need[i])->name);
	if (out->path < 0)
		return;
	if (ja && out->percent < 100)
		buf_addf(b, " %d割", out->percent / 10);
	else if (!ja)
		buf_addf(b, " %d%%", out->percent);
	buf_addf(b, ja ? "(%s、請求: %s" : " (%s; claim: %s", value_word(F_PATH, out->path, ja),
	    word(claim_words((enum claim)out->claim), ja));
	if (out->basis != V_BASIS_NONE)
		buf_addf(b, ja ? "、割合の根拠: %s" : "; ratio from: %s",
		    value_word(F_BASIS, out->basis, ja));
	buf_adds(b, ")");
}

void
words_rules(struct buf *b, const struct rulebase *rb, const struct finding *f)
{
	buf_adds(b, f->ladder >= 0 ? rb->words[TABLE_LADDER][f->ladder].id : "-");
	if (f->ratio >= 0)
		buf_addf(b, "/%s", rb->words[TABLE_RATIO][f->ratio].id);
}

void
words_number(struct buf *b, mdd_number n)
{
	char s[64], *p = s + sizeof(s);
	int digits = 0;

	*--p = '\0';
	do {
		if (digits != 0 && digits % 3 == 0)
			*--p = ',';
		*--p = (char)('0' + (int)(n % 10));
		digits++;
	} while ((n /= 10) != 0);
	buf_adds(b, p);
}

void
words_share(struct buf *b, double part, double whole)
{
	const double percent = whole > 0 ? 100 * part / whole : 0;

	if (percent > 0 && percent < 0.001)
		buf_adds(b, "<0.001 %");
	else
		buf_addf(b, percent >= 0.1 || percent == 0 ? "%.1f %%" : "%.3f %%", percent);
}

static void
add_day(struct buf *b, int day)
{
	char s[DATE_ISO_LEN + 1];

	date_format_iso(day, s);
	buf_adds(b, s);
}

void
words_period(struct buf *b, const struct period *p)
{
	if (p->from > SPACE_DAY_MIN)
		add_day(b, p->from);
	buf_adds(b, " .. ");
	if (p->until < SPACE_DAY_MAX)
		add_day(b, p->until);
}
