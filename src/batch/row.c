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

/* The patient is asked about all the same. */
static void
pass_over(struct row *row, enum column c)
{
	row->unread |= 1u << c;
	row->given[c] = NULL;
}

/* A day, of which the time does not matter. */
static enum row_fault
day_of(const struct row *row, enum column c, int *day)
{
	int minute;

	*day = FACT_ABSENT;
	return row->given[c] == NULL ? ROW_NONE : stamp_parse(row->given[c], day, &minute);
}

static int
read_birthdate(struct row *row)
{
	const enum row_fault f = day_of(row, COLUMN_BIRTHDATE, &row->birthdate);

	if (f != ROW_NONE)
		return fault(row, COLUMN_BIRTHDATE, f);
	return row->birthdate <= row->appointment ? 0 :
	    fault(row, COLUMN_BIRTHDATE, ROW_BORN_LATER);
}

static void
read_spare_day(struct row *row, enum column c, int *day)
{
	if (day_of(row, c, day) == ROW_NONE)
		return;
	*day = FACT_ABSENT;
	pass_over(row, c);
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
	char *key;
	size_t i = 0;

	/* what most lists have, without the cost of the rest */
	for (size_t k = 0; k < n; k++)
		if (strcmp(s, list[k].word) == 0) {
			*value = list[k].value;
			return true;
		}
	key = text_nfkc_solid(s);
	while (key != NULL && i < n && strcasecmp(key, list[i].word) != 0)
		i++;
	if (key == NULL)
		i = n;
	free(key);
	if (i < n)
		*value = list[i].value;
	return i < n;
}

static void
read_visit(struct row *row)
{
	static const struct word words[] = {
		{ "first", VISIT_FIRST }, { "初診", VISIT_FIRST }, { "初", VISIT_FIRST },
		{ "return", VISIT_RETURN }, { "再診", VISIT_RETURN }, { "再", VISIT_RETURN },
	};
	const char *s = row->given[COLUMN_VISIT];

	if (s != NULL && !find_word(s, words, sizeof(words) / sizeof(words[0]), &row->visit))
		pass_over(row, COLUMN_VISIT);
}

/* "030" is the service's own form; a bare 3 can only be 3割 (A.8-3). */
static void
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

	if (s != NULL && !find_word(s, words, sizeof(words) / sizeof(words[0]),
	    &row->last_copay_percent))
		pass_over(row, COLUMN_LAST_COPAY_PERCENT);
}

int
row_read(struct row *row)
{
	row->minute = row->visit = row->last_copay_percent = FACT_ABSENT;
	row->insurer_number[0] = row->branch[0] = '\0';
	row->warnings = 0;
	if (row->given[COLUMN_PATIENT_ID] == NULL)
		return fault(row, COLUMN_PATIENT_ID, ROW_EMPTY);
	if (read_appointment(row) < 0 || read_birthdate(row) < 0 || read_insurer(row) < 0 ||
	    read_part(row, COLUMN_SYMBOL, PART_SYMBOL) < 0 ||
	    read_part(row, COLUMN_NUMBER, PART_NUMBER) < 0 || read_branch(row) < 0)
		return -1;
	read_visit(row);
	read_percent(row);
	read_spare_day(row, COLUMN_LAST_CONFIRMED_ON, &row->last_confirmed_on);
	read_spare_day(row, COLUMN_CERTIFICATE_NOT_AFTER, &row->certificate_not_after);
	return 0;
}

/* Why a column that no enquiry needs could not be read; ROW_NONE: an enquiry needs it. */
static enum row_fault
spare_fault(enum column c)
{
	switch (c) {
	case COLUMN_VISIT:
		return ROW_VISIT;
	case COLUMN_LAST_COPAY_PERCENT:
		return ROW_PERCENT;
	case COLUMN_LAST_CONFIRMED_ON:
	case COLUMN_CERTIFICATE_NOT_AFTER:
		return ROW_DATE;
	default:
		return ROW_NONE;
	}
}

bool
column_spare(enum column c)
{
	return spare_fault(c) != ROW_NONE;
}

int
row_strict(struct row *row)
{
	const enum column c = (enum column)(row->unread != 0 ? __builtin_ctz(row->unread) : 0);

	return row->unread == 0 ? 0 : fault(row, c, spare_fault(c));
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
