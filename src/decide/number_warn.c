#include "decide/number_warn.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "decide/verdict_out.h"
#include "engine/number.h"

#define CANDIDATES_SAID	3

/* Where a number comes from, and what is the matter with it. */
struct source {
	const char		*ja, *en;
	const char		*text;		/* as given; not NULL */
	bool			 public;	/* a 公費負担者番号 */
	enum number_fault	 fault;
	struct number		 number;
};
#define SOURCES_MAX	(DOC_MAX + 2)

/* A number that an earlier source has as well is not added again. */
static void
add_source(struct source *list, int *n, const char *ja, const char *en, const char *text,
    bool public)
{
	struct source *s = &list[*n];

	*s = (struct source){ .ja = ja, .en = en, .text = text, .public = public };
	s->fault = public ? number_public_payer(text, &s->number) :
	    number_insurer(text, &s->number);
	if (s->fault == NUMBER_NONE)
		return;
	for (int i = 0; i < *n; i++)
		if (!number_differs(list[i].text, text))
			return;
	(*n)++;
}

static int
sources(const struct facts *f, struct source list[static SOURCES_MAX])
{
	static const enum fact documents[DOC_MAX] = { F_ELIGIBILITY_CERTIFICATE, F_PORTAL,
		F_PORTAL_PDF, F_NOTICE, F_OLD_CARD };
	const struct result *r = &f->online.result;
	int n = 0;

	/* the 医療扶助 answer gives a 公費負担者番号 in its place (OUT-3) */
	if (f->online.presence == PRESENT)
		add_source(list, &n, "応答", "answer", r->id.insurer_number,
		    r->card_class == CLASS_PUBLIC_ASSISTANCE || f->online.validity == 6);
	for (int k = 0; k < DOC_MAX; k++)
		if (f->document[k].presence == PRESENT)
			add_source(list, &n, fact_words(documents[k])->ja,
			    fact_words(documents[k])->en, f->document[k].id.insurer_number,
			    false);
	if (f->record.presence == PRESENT)
		add_source(list, &n, "記録", "record", f->record.id.insurer_number, false);
	return n;
}

/* As much as there is room for, in whole sentences: half a character is never left. */
static void
append(struct number_warning *w, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void
append(struct number_warning *w, const char *fmt, ...)
{
	const size_t used = strlen(w->text);
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(w->text + used, sizeof(w->text) - used, fmt, ap);
	va_end(ap);
	if (len < 0 || (size_t)len >= sizeof(w->text) - used)
		w->text[used] = '\0';
}

static const char *
fault_words(enum number_fault fault, bool ja)
{
	switch (fault) {
	case NUMBER_FORM:
		return ja ? "6桁か8桁の数字でない" : "not 6 or 8 digits";
	case NUMBER_CHECK_DIGIT:
		return ja ? "検証番号が合わない" : "wrong check digit";
	case NUMBER_PREFECTURE:
		return ja ? "都道府県番号がない" : "no such prefecture";
	case NUMBER_LAW:
	case NUMBER_FEE_TABLE:
	case NUMBER_GOOD:
	case NUMBER_NONE:
		break;
	}
	return ja ? "法別番号が知られていない" : "unknown 法別番号";
}

static bool
another_has(const struct source *list, int n, const char *digits)
{
	for (int i = 0; i < n; i++)
		if (list[i].fault == NUMBER_GOOD && strcmp(list[i].number.digits, digits) == 0)
			return true;
	return false;
}

/* What it was likely meant to be: first as others have it, then by the likelier slip. */
static void
add_candidates(struct number_warning *w, const struct source *s, const struct source *list, int n,
    bool ja)
{
	struct candidate c[CANDIDATES_MAX];
	const int found = s->public ? 0 : number_candidates(s->text, c);
	int said = 0;

	for (int others = 1; others >= 0; others--)
		for (int i = 0; i < found && said < CANDIDATES_SAID; i++) {
			if (another_has(list, n, c[i].digits) != (others == 1))
				continue;
			if (ja)
				append(w, "%s%sか", said == 0 ? "(" : "", c[i].digits);
			else
				append(w, "%s%s", said == 0 ? ": " : " or ", c[i].digits);
			said++;
		}
	if (said > 0)
		append(w, "%s", ja ? ")" : "?");
}

static void
add_wrong(struct number_warning *w, const struct source *s, const struct source *list, int n,
    bool ja)
{
	/* what is no such number might be a number that must not be shown */
	const int len = s->fault == NUMBER_FORM ? 0 : (int)s->number.given_len;

	if (ja)
		append(w, "%s%sの%.*s%s%s", w->text[0] != '\0' ? "、" : "", s->ja, len,
		    s->number.given, len > 0 ? "は" : "番号は", fault_words(s->fault, ja));
	else
		append(w, "%s%s%s%.*s (%s)", w->text[0] != '\0' ? "; " : "", s->en,
		    len > 0 ? " " : "", len, s->number.given, fault_words(s->fault, ja));
	add_candidates(w, s, list, n, ja);
}

void
number_warn(const struct rulebase *rb, const struct facts *f, bool ja, struct number_warning *w,
    struct said *list, int *n)
{
	struct source source[SOURCES_MAX];
	const int found = sources(f, source);

	w->text[0] = '\0';
	for (int i = 0; i < found; i++)
		if (source[i].fault != NUMBER_GOOD)
			add_wrong(w, &source[i], source, found, ja);
	if (w->text[0] != '\0')
		said_by_program(rb, "insurer_number_check", w->text, list, n);
}
