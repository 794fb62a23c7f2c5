#include "batch/row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static int
fault(struct row *row, enum column c, enum row_fault f)
{
	row->column = c;
	row->fault = f;
	return -1;
}

/* A day, of which the time does not matter. */
static int
read_day(struct row *row, enum column c, int *day)
{
	int minute;
	enum row_fault f;

	*day = FACT_ABSENT;
	if (row->given[c] == NULL)
		return 0;
	f = stamp_parse(row->given[c], day, &minute);
	return f == ROW_NONE ? 0 : fault(row, c, f);
}

static int
read_appointment(struct row *row)
{
	const char *s = row->given[COLUMN_APPOINTMENT];
	enum row_fault f = ROW_EMPTY;

	if (s != NULL)
		f = stamp_parse(s, &row->appointment, &row->minute);
	return f == ROW_NONE ? 0 : fault(row, COLUMN_APPOINTMENT, f);
}

/* The number with the zero that a spreadsheet took, if that makes it a good one. */
static const char *
zero_restored(const char *s, struct candidate list[static CANDIDATES_MAX])
{
	const int n = number_candidates(s, list);

	for (int i = 0; i < n; i++)
		if (list[i].slip == SLIP_ZERO)
			return list[i].digits;
	return NULL;
}

static int
read_insurer(struct row *row)
{
	const char *s = row->given[COLUMN_INSURER_NUMBER], *good;
	struct candidate list[CANDIDATES_MAX];
	struct number number;

	switch (number_insurer(s, &number)) {
	case NUMBER_NONE:
		return 0;
	case NUMBER_GOOD:
		break;
	case NUMBER_FORM:
		if (number.digits[0] == '\0' || strlen(number.digits) > 8)
			return fault(row, COLUMN_INSURER_NUMBER, ROW_NUMBER);
		if ((good = zero_restored(s, list)) != NULL) {
			row->warnings |= 1u << ROW_WARNING_ZERO_RESTORED;
			strcpy(row->insurer_number, good);
			return 0;
		}
		/* FALLTHROUGH */
	case NUMBER_CHECK_DIGIT:
	case NUMBER_PREFECTURE:
	case NUMBER_LAW:
	case NUMBER_FEE_TABLE:
		row->warnings |= 1u << ROW_WARNING_INSURER_CHECK;
		break;
	}
	strcpy(row->insurer_number, number.digits);
	return 0;
}

/* 記号 and 番号 have at most 20 characters (NUM-7). */
static int
read_part(struct row *row, enum column c, enum number_part part)
{
	const char *s = row->given[c];
	char key[NUMBER_KEY_SIZE];

	if (s == NULL || strlen(s) <= NUMBER_KEY_CHARS || number_key(part, s, key) >= 0)
		return 0;
	return fault(row, c, ROW_NUMBER);
}

static int
read_branch(struct row *row)
{
	const char *s = row->given[COLUMN_BRANCH];
	int branch;

	if (s == NULL)
		return 0;
	if ((branch = number_branch(s)) < 0)
		return fault(row, COLUMN_BRANCH, ROW_NUMBER);
	snprintf(row->branch, sizeof(row->branch), "%02d", branch % 100);
	return 0;
}

/* A word of a short list and what it means; width and blanks do not matter. */
struct word {
	const char	*word;
	int		 value;
};

static bool
find_word(const char *s, const struct word *list, size_t n, int *value)
{
	char *key = text_nfkc(s);
	size_t i = 0;

	while (key != NULL && i < n && strcasecmp(key, list[i].word) != 0)
		i++;
	if (key == NULL)
		i = n;
	free(key);
	if (i < n)
		*value = list[i].value;
	return i < n;
}

static int
read_visit(struct row *row)
{
	static const struct word words[] = {
		{ "first", VISIT_FIRST }, { "初診", VISIT_FIRST }, { "初", VISIT_FIRST },
		{ "return", VISIT_RETURN }, { "再診", VISIT_RETURN }, { "再", VISIT_RETURN },
	};
	const char *s = row->given[COLUMN_VISIT];

	if (s == NULL || find_word(s, words, sizeof(words) / sizeof(words[0]), &row->visit))
		return 0;
	return fault(row, COLUMN_VISIT, ROW_VISIT);
}

/* "030" is the service's own form; a bare 3 can only be 3割 (A.8-3). */
static int
read_percent(struct row *row)
{
	static const struct word words[] = {
		{ "10", 10 }, { "20", 20 }, { "30", 30 }, { "100", 100 },
		{ "10%", 10 }, { "20%", 20 }, { "30%", 30 }, { "100%", 100 },
		{ "1割", 10 }, { "2割", 20 }, { "3割", 30 }, { "10割", 100 },
		{ "1", 10 }, { "2", 20 }, { "3", 30 },
		{ "010", 10 }, { "020", 20 }, { "030", 30 },
	};
	const char *s = row->given[COLUMN_LAST_COPAY_PERCENT];

	if (s == NULL || find_word(s, words, sizeof(words) / sizeof(words[0]),
	    &row->last_copay_percent))
		return 0;
	return fault(row, COLUMN_LAST_COPAY_PERCENT, ROW_PERCENT);
}

int
row_read(struct row *row)
{
	row->minute = row->visit = row->last_copay_percent = FACT_ABSENT;
	row->insurer_number[0] = row->branch[0] = '\0';
	row->warnings = 0;
	if (row->given[COLUMN_PATIENT_ID] == NULL)
		return fault(row, COLUMN_PATIENT_ID, ROW_EMPTY);
	if (read_appointment(row) < 0 || read_day(row, COLUMN_BIRTHDATE, &row->birthdate) < 0)
		return -1;
	if (row->birthdate > row->appointment)
		return fault(row, COLUMN_BIRTHDATE, ROW_BORN_LATER);
	if (read_insurer(row) < 0 || read_part(row, COLUMN_SYMBOL, PART_SYMBOL) < 0 ||
	    read_part(row, COLUMN_NUMBER, PART_NUMBER) < 0 || read_branch(row) < 0 ||
	    read_visit(row) < 0 || read_percent(row) < 0 ||
	    read_day(row, COLUMN_LAST_CONFIRMED_ON, &row->last_confirmed_on) < 0)
		return -1;
	return read_day(row, COLUMN_CERTIFICATE_NOT_AFTER, &row->certificate_not_after);
}

enum column
row_unaskable(const struct row *row)
{
	if (!fact_known(row->birthdate))
		return COLUMN_BIRTHDATE;
	if (row->insurer_number[0] == '\0')
		return COLUMN_INSURER_NUMBER;
	return row->given[COLUMN_NUMBER] == NULL ? COLUMN_NUMBER : COLUMN_MAX;
}

void
row_reason(const struct row *row, bool ja, struct buf *b)
{
	static const char *const texts[ROW_FAULT_MAX][2] = {
#define X(name, ja, en) [ROW_##name] = { en, ja },
		ROW_FAULT_LIST(X)
#undef X
	};

	buf_addf(b, ja ? "%ld行目: " : "line %ld: ", row->line);
	if (row->column != COLUMN_MAX)
		buf_addf(b, ja ? "%s: " : "%s ",
		    ja ? column_name_ja(row->column) : column_name(row->column));
	buf_adds(b, texts[row->fault][ja]);
}

static const char *const warnings[ROW_WARNING_MAX][3] = {
#define X(name, code, ja, en) [ROW_WARNING_##name] = { code, en, ja },
	ROW_WARNING_LIST(X)
#undef X
};

const char *
row_warning_code(enum row_warning w)
{
	return warnings[w][0];
}

const char *
row_warning_text(enum row_warning w, bool ja)
{
	return warnings[w][1 + ja];
}
