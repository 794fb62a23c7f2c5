#include "batch/compare.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/same.h"

static const char *const names[CHANGE_MAX][2] = {
#define X(name, en, ja) [CHANGE_##name] = { en, ja },
	CHANGE_LIST(X)
#undef X
};

const char *
change_name(enum change_field f, bool ja)
{
	return names[f][ja];
}

static void
add(struct changes *out, enum change_field f, const char *was, const char *now)
{
	out->item[out->n++] = (struct change){ f, was, now };
}

int
same_part(enum number_part part, const char *a, const char *b)
{
	char ka[NUMBER_KEY_SIZE], kb[NUMBER_KEY_SIZE];

	if (!number_part_differs(part, a, b))
		return 1;
	if (number_key(part, a, ka) < 0 || number_key(part, b, kb) < 0)
		return 0;
	return same_shown(ka, kb);
}

/* A number of the card; a blank in the list is a change, if it has the column. */
static void
compare_part(const struct row *row, const struct json *result, enum column c,
    enum number_part part, struct changes *out)
{
	static const struct {
		enum change_field	 field;
		const char		*element;
	} of[] = {
		[PART_SYMBOL] = { CHANGE_SYMBOL, "InsuredCardSymbol" },
		[PART_NUMBER] = { CHANGE_NUMBER, "InsuredIdentificationNumber" },
	};
	const char *was = row->given[c], *now = js_filled(result, of[part].element);
	char key[NUMBER_KEY_SIZE];

	if (now == NULL || (row->has & 1u << c) == 0 || (was != NULL && strcmp(was, now) == 0) ||
	    number_key(part, now, key) == 0)
		return;
	if (was == NULL || !same_part(part, was, now))
		add(out, of[part].field, was, now);
}

static void
compare_insurer(const struct row *row, const struct json *result, struct changes *out)
{
	const char *was = row->given[COLUMN_INSURER_NUMBER];
	const char *now = js_filled(result, "InsurerNumber");

	if (now == NULL)
		return;
	/* what the spreadsheet took is no change: insurer_number has it back */
	if (was == NULL || number_differs(row->insurer_number, now))
		add(out, CHANGE_INSURER_NUMBER, was, now);
}

/* 後期 has no 枝番: some systems write 00 (A.8-2). */
static void
compare_branch(const struct row *row, const struct json *result, struct changes *out)
{
	const char *was = row->given[COLUMN_BRANCH];
	const char *now = js_filled(result, "InsuredBranchNumber");
	const bool kouki = number_scheme(js_filled(result, "InsurerNumber")) == SCHEME_KOUKI;
	const int branch = number_branch(now);

	if (now == NULL || (row->has & 1u << COLUMN_BRANCH) == 0 || (was == NULL && branch < 0))
		return;
	if (was == NULL ? !(kouki && branch == 0) : number_branch(was) != branch)
		add(out, CHANGE_BRANCH, was, now);
}

static void
compare_percent(const struct row *row, int percent, struct changes *out)
{
	char *was = out->text[0], *now = out->text[1];

	if (!fact_known(row->last_copay_percent) || !fact_known(percent) ||
	    row->last_copay_percent == percent)
		return;
	snprintf(was, sizeof(out->text[0]), "%d", row->last_copay_percent);
	snprintf(now, sizeof(out->text[1]), "%d", percent);
	add(out, CHANGE_COPAY_PERCENT, was, now);
}

static int
compare_text(const struct row *row, const struct json *result, enum column c,
    struct changes *out)
{
	const bool kana = c == COLUMN_KANA;
	const char *was = row->given[c];
	const char *now = js_filled(result, kana ? "NameKana" : "Name");
	int rc;

	if (was == NULL || now == NULL)
		return 0;
	if ((rc = kana ? same_kana(was, now) : same_name(was, now)) == NAMES_DIFFER)
		add(out, kana ? CHANGE_KANA : CHANGE_NAME, was, now);
	return rc < 0 ? -1 : 0;
}

static int
birthdate_of(const struct json *result)
{
	const char *s = js_filled(result, "Birthdate");

	return s != NULL ? date_parse_compact(s, strlen(s)) : DATE_NONE;
}

static void
compare_birthdate(const struct row *row, const struct json *result, struct changes *out)
{
	const int now = birthdate_of(result);

	if (!fact_known(row->birthdate) || now == DATE_NONE || now == row->birthdate)
		return;
	date_format_iso(row->birthdate, out->text[2]);
	date_format_iso(now, out->text[3]);
	add(out, CHANGE_BIRTHDATE, out->text[2], out->text[3]);
}

int
compare_row(const struct row *row, const struct json *result, int copay_percent,
    struct changes *out)
{
	out->n = 0;
	compare_insurer(row, result, out);
	compare_part(row, result, COLUMN_SYMBOL, PART_SYMBOL, out);
	compare_part(row, result, COLUMN_NUMBER, PART_NUMBER, out);
	compare_branch(row, result, out);
	compare_percent(row, copay_percent, out);
	if (compare_text(row, result, COLUMN_NAME, out) < 0 ||
	    compare_text(row, result, COLUMN_KANA, out) < 0)
		return -1;
	compare_birthdate(row, result, out);
	return 0;
}

/* Whether a result is of the row's patient; -1 when there is no memory. */
static int
is_of(const struct row *row, const struct json *result)
{
	const char *was = row->given[COLUMN_KANA], *now = js_filled(result, "NameKana");
	int rc;

	if (birthdate_of(result) != row->birthdate)
		return 0;
	if (was == NULL || now == NULL)
		return 1;
	return (rc = same_kana(was, now)) < 0 ? -1 : rc != NAMES_DIFFER;
}

int
compare_find(const struct row *row, const struct json *results, size_t *at)
{
	size_t which = 0;
	int n = 0, rc;

	for (size_t i = 0; i < js_len(results); i++) {
		if ((rc = is_of(row, js_at(results, i))) < 0)
			return -1;
		which = rc > 0 && n == 0 ? i : which;
		n += rc;
	}
	if (n == 1)
		*at = which;
	return n;
}
