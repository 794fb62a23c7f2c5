#ifndef BATCH_COMPARE_H
#define BATCH_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include "batch/row.h"
#include "json/json.h"

/*
 * A row of the list beside what the service answered: what the clinic has on
 * file and no longer holds.  docs/list.md, "Comparing", says what counts as
 * the same; the traps are service A.8.  An address is never looked at (A.8-10).
 */
#define CHANGE_LIST(X)							\
	X(INSURER_NUMBER, "insurer_number", "保険者番号")		\
	X(SYMBOL,         "symbol",         "記号")			\
	X(NUMBER,         "number",         "番号")			\
	X(BRANCH,         "branch",         "枝番")			\
	X(COPAY_PERCENT,  "copay_percent",  "負担割合")			\
	X(NAME,           "name",           "氏名")			\
	X(KANA,           "kana",           "カナ")			\
	X(BIRTHDATE,      "birthdate",      "生年月日")

#define X(name, en, ja) CHANGE_##name,
enum change_field { CHANGE_LIST(X) CHANGE_MAX };
#undef X

struct change {
	enum change_field	 field;
	const char		*was;	/* of the list, as written; NULL: blank */
	const char		*now;	/* of the answer; untrusted */
};

/* was and now are borrowed from the row, the result, or text. */
struct changes {
	struct change	item[CHANGE_MAX];	/* in the order of the list above */
	int		n;
	char		text[4][12];		/* a date or a number each */
};

/*
 * What differs between the row and one ResultOfQualificationConfirmation; the
 * ratio is that of the decision for the day (FACT_ABSENT: there is none), since
 * the answer's own may have ended (A.8-4).  What the answer leaves out, or the
 * list has no column for, does not differ; nor does a blank cell, but for the
 * numbers that a claim needs.  Returns 0, or -1 when there is no memory.
 */
int		 compare_row(const struct row *row, const struct json *result, int copay_percent,
		    struct changes *out);

/*
 * How many of the results are of the row's patient, by birth date and, where
 * both have it, kana.  *at is set only when there is just one: of several none
 * is ever picked (A.8-7).  -1 when there is no memory.
 */
int		 compare_find(const struct row *row, const struct json *results, size_t *at);

const char	*change_name(enum change_field f, bool ja);

/* 記号 and 番号, as number_part_differs(), with the stand-ins of base/same.h. */
int		 same_part(enum number_part part, const char *a, const char *b);

#endif
