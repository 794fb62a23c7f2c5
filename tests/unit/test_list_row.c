/* The values of a row of an appointment list, column by column. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "list_text.h"

/* What a cell of a column becomes in an otherwise good row; fails: the reason. */
struct cell_case {
	const char	*name;
	enum column	 column;
	const char	*cell;
	const char	*value;
};

static const struct cell_case appointments[] = {
	{ "ISO day", COLUMN_APPOINTMENT, "2026-11-22", "2026-11-22 -" },
	{ "ISO day and time", COLUMN_APPOINTMENT, "2026-11-22 09:30", "2026-11-22 570" },
	{ "ISO with T and seconds", COLUMN_APPOINTMENT, "2026-11-22T09:30:15", "2026-11-22 570" },
	{ "parts of a second, zone", COLUMN_APPOINTMENT, "2026-11-22T09:30:00.000+09:00",
	    "2026-11-22 570" },
	{ "zone without colon", COLUMN_APPOINTMENT, "2026-11-22T09:30+0900", "2026-11-22 570" },
	{ "another zone", COLUMN_APPOINTMENT, "2026-11-22T09:30:00Z",
	    "appointment is not a time of day in Japan" },
	{ "slashes", COLUMN_APPOINTMENT, "2026/11/22 9:30", "2026-11-22 570" },
	{ "slashes and seconds", COLUMN_APPOINTMENT, "2026/1/2 9:30:00", "2026-01-02 570" },
	{ "full width", COLUMN_APPOINTMENT, "２０２６／１１／２２　９：３０", "2026-11-22 570" },
	{ "era", COLUMN_APPOINTMENT, "R8.11.22 13:05", "2026-11-22 785" },
	{ "kanji", COLUMN_APPOINTMENT, "令和8年11月22日 9時30分", "2026-11-22 570" },
	{ "kanji without blanks", COLUMN_APPOINTMENT, "令和８年１１月２２日９時", "2026-11-22 540" },
	{ "kanji with seconds", COLUMN_APPOINTMENT, "2026年11月22日9時30分15秒", "2026-11-22 570" },
	{ "morning", COLUMN_APPOINTMENT, "2026-11-22 午前9:30", "2026-11-22 570" },
	{ "afternoon", COLUMN_APPOINTMENT, "2026年11月22日午後1時30分", "2026-11-22 810" },
	{ "half past noon", COLUMN_APPOINTMENT, "2026-11-22 12:30 PM", "2026-11-22 750" },
	{ "after midnight", COLUMN_APPOINTMENT, "2026-11-22 12:30 AM", "2026-11-22 30" },
	{ "weekday", COLUMN_APPOINTMENT, "2026/11/22(日) 9:30", "2026-11-22 570" },
	{ "weekday, full width", COLUMN_APPOINTMENT, "2026年11月22日（日曜日）", "2026-11-22 -" },
	{ "weekday in one character", COLUMN_APPOINTMENT, "2026-11-22㈰9時", "2026-11-22 540" },
	{ "weekday and holiday", COLUMN_APPOINTMENT, "2026/11/24(火・祝) 9:30", "2026-11-24 570" },
	{ "weekday and holiday, half width", COLUMN_APPOINTMENT, "2026/11/23（月･祝日）", "2026-11-23 -" },
	{ "weekday and holiday without a point", COLUMN_APPOINTMENT, "2026-11-23(月曜祝)9時",
	    "2026-11-23 540" },
	{ "compact day and time", COLUMN_APPOINTMENT, "20261122 930",
	    "appointment is not a date" },
	{ "no such day", COLUMN_APPOINTMENT, "2026-11-31 9:30", "appointment is not a date" },
	{ "no such era year", COLUMN_APPOINTMENT, "H32.1.1", "appointment is not a date" },
	{ "no such hour", COLUMN_APPOINTMENT, "2026-11-22 24:00",
	    "appointment is not a time of day in Japan" },
	{ "kanji without its end", COLUMN_APPOINTMENT, "2026-11-22 9時30",
	    "appointment is not a time of day in Japan" },
	{ "no such minute", COLUMN_APPOINTMENT, "2026-11-22 9:60",
	    "appointment is not a time of day in Japan" },
	{ "no such hour of a half day", COLUMN_APPOINTMENT, "2026-11-22 午後13:00",
	    "appointment is not a time of day in Japan" },
	{ "something behind", COLUMN_APPOINTMENT, "2026-11-22 9:30 頃",
	    "appointment is not a time of day in Japan" },
	{ "time only", COLUMN_APPOINTMENT, "9:30", "appointment is not a date" },
	{ "words", COLUMN_APPOINTMENT, "明日", "appointment is not a date" },
	{ "a bracket only", COLUMN_APPOINTMENT, "2026-11-22(祝)", "appointment is not a date" },
};

static const struct cell_case days[] = {
	{ "birth date of an era", COLUMN_BIRTHDATE, "S55.2.17", "1980-02-17" },
	{ "birth date in kanji", COLUMN_BIRTHDATE, "昭和５５年２月１７日", "1980-02-17" },
	{ "birth date, compact", COLUMN_BIRTHDATE, "19800217", "1980-02-17" },
	{ "birth date with a time", COLUMN_BIRTHDATE, "1980/2/17 0:00", "1980-02-17" },
	{ "born on the day", COLUMN_BIRTHDATE, "2026-11-22", "2026-11-22" },
	{ "born after it", COLUMN_BIRTHDATE, "2026-11-23", "birthdate is after the appointment" },
	{ "birth date blank", COLUMN_BIRTHDATE, "", "-" },
	{ "birth date of the wrong era", COLUMN_BIRTHDATE, "H80.2.17", "birthdate is not a date" },
	{ "confirmed on", COLUMN_LAST_CONFIRMED_ON, "R8.10.1", "2026-10-01" },
	{ "confirmed on nonsense", COLUMN_LAST_CONFIRMED_ON, "先月",
	    "- unread" },
	{ "certificate", COLUMN_CERTIFICATE_NOT_AFTER, "2027/2/17", "2027-02-17" },
	{ "certificate never", COLUMN_CERTIFICATE_NOT_AFTER, "9999-12-31",
	    "- unread" },
};

static const struct cell_case numbers[] = {
	{ "A.8-1 insurer number padded with blanks", COLUMN_INSURER_NUMBER, "  138016",
	    "138016 0" },
	{ "A.8-1 insurer number padded with zeros", COLUMN_INSURER_NUMBER, "00138016", "138016 0" },
	{ "insurer number of full width", COLUMN_INSURER_NUMBER, "０６１３２０１３", "06132013 0" },
	{ "lost zero of eight digits", COLUMN_INSURER_NUMBER, "6132013", "06132013 1" },
	{ "lost zero of full width", COLUMN_INSURER_NUMBER, "６１３２０１３", "06132013 1" },
	{ "lost zero of six digits", COLUMN_INSURER_NUMBER, "11015", "011015 1" },
	{ "lost zero of six digits, padded", COLUMN_INSURER_NUMBER, "0138016", "138016 1" },
	{ "seven digits that are no number", COLUMN_INSURER_NUMBER, "6132014", "6132014 2" },
	{ "wrong check digit", COLUMN_INSURER_NUMBER, "06132014", "06132014 2" },
	{ "exponent of a spreadsheet", COLUMN_INSURER_NUMBER, "6.13E+06",
	    "insurer_number is not such a number" },
	{ "nine digits", COLUMN_INSURER_NUMBER, "061320130",
	    "insurer_number is not such a number" },
	{ "words for a number", COLUMN_INSURER_NUMBER, "協会けんぽ",
	    "insurer_number is not such a number" },
	{ "no insurer number", COLUMN_INSURER_NUMBER, "", " 0" },
	{ "branch", COLUMN_BRANCH, "01", "01" },
	{ "branch of one digit", COLUMN_BRANCH, "1", "01" },
	{ "branch of full width", COLUMN_BRANCH, "０２", "02" },
	{ "no branch", COLUMN_BRANCH, "", "" },
	{ "branch of three digits", COLUMN_BRANCH, "001", "branch is not such a number" },
	{ "branch of words", COLUMN_BRANCH, "本人", "branch is not such a number" },
	{ "symbol as written", COLUMN_SYMBOL, "あいう－１２", "あいう－１２" },
	{ "symbol of 20 characters", COLUMN_SYMBOL, "一二三四五六七八九十一二三四五六七八九十",
	    "一二三四五六七八九十一二三四五六七八九十" },
	{ "symbol of 21 characters", COLUMN_SYMBOL, "一二三四五六七八九十一二三四五六七八九十一",
	    "symbol is not such a number" },
	{ "number of 21 digits", COLUMN_NUMBER, "123456789012345678901",
	    "number is not such a number" },
	{ "number of 21 digits, one a zero", COLUMN_NUMBER, "012345678901234567890",
	    "012345678901234567890" },
};

static const struct cell_case words[] = {
	{ "初診", COLUMN_VISIT, "初診", "first" },
	{ "再診", COLUMN_VISIT, "再診", "return" },
	{ "first", COLUMN_VISIT, "first", "first" },
	{ "Return, of full width", COLUMN_VISIT, "Ｒeturn", "return" },
	{ "no visit", COLUMN_VISIT, "", "-" },
	{ "another visit", COLUMN_VISIT, "往診", "- unread" },
	{ "再 診", COLUMN_VISIT, "再　診", "return" },
	{ "30", COLUMN_LAST_COPAY_PERCENT, "30", "30" },
	{ "3割", COLUMN_LAST_COPAY_PERCENT, "3割", "30" },
	{ "３割", COLUMN_LAST_COPAY_PERCENT, "３割", "30" },
	{ "20%", COLUMN_LAST_COPAY_PERCENT, "20%", "20" },
	{ "10％", COLUMN_LAST_COPAY_PERCENT, "１０％", "10" },
	{ "1", COLUMN_LAST_COPAY_PERCENT, "1", "10" },
	{ "10割", COLUMN_LAST_COPAY_PERCENT, "10割", "100" },
	{ "A.8-3 030 is no 300割", COLUMN_LAST_COPAY_PERCENT, "030", "30" },
	{ "A.8-3 300割 is none", COLUMN_LAST_COPAY_PERCENT, "300割", "- unread" },
	{ "a ratio there is not", COLUMN_LAST_COPAY_PERCENT, "15", "- unread" },
	{ "0割, with 公費", COLUMN_LAST_COPAY_PERCENT, "0割", "- unread" },
	{ "3 割", COLUMN_LAST_COPAY_PERCENT, "3 割", "30" },
	{ "30.0%", COLUMN_LAST_COPAY_PERCENT, "30.0%", "- unread" },
	{ "0.3", COLUMN_LAST_COPAY_PERCENT, "0.3", "- unread" },
};

/* A list of one row with all columns, that one filled with the cell. */
static FILE *
list_with(enum column column, const char *cell)
{
	struct buf text = BUF_INIT;
	FILE *f;

	for (int c = 0; c < COLUMN_MAX; c++)
		buf_addf(&text, "%s%s", c > 0 ? "," : "", column_name((enum column)c));
	buf_adds(&text, "\r\n");
	for (int c = 0; c < COLUMN_MAX; c++)
		buf_addf(&text, "%s%s", c > 0 ? "," : "", c == (int)column ? cell :
		    c == COLUMN_PATIENT_ID ? "P1" : c == COLUMN_APPOINTMENT ? "2026-11-22" : "");
	buf_adds(&text, "\r\n");
	f = file_of(text.p, text.n);
	buf_free(&text);
	return f;
}

static void
dump_number(struct buf *b, int v)
{
	if (fact_known(v))
		buf_addf(b, "%d", v);
	else
		buf_addc(b, '-');
}

static void
dump_value(struct buf *b, const struct row *row, enum column c)
{
	switch (c) {
	case COLUMN_APPOINTMENT:
		dump_day(b, row->appointment);
		buf_addc(b, ' ');
		dump_number(b, row->minute);
		break;
	case COLUMN_BIRTHDATE:
		dump_day(b, row->birthdate);
		break;
	case COLUMN_LAST_CONFIRMED_ON:
		dump_day(b, row->last_confirmed_on);
		break;
	case COLUMN_CERTIFICATE_NOT_AFTER:
		dump_day(b, row->certificate_not_after);
		break;
	case COLUMN_INSURER_NUMBER:
		buf_addf(b, "%s %u", row->insurer_number, row->warnings);
		break;
	case COLUMN_BRANCH:
		buf_adds(b, row->branch);
		break;
	case COLUMN_VISIT:
		buf_adds(b, !fact_known(row->visit) ? "-" : row->visit == VISIT_FIRST ? "first" :
		    "return");
		break;
	case COLUMN_LAST_COPAY_PERCENT:
		dump_number(b, row->last_copay_percent);
		break;
	default:
		buf_adds(b, row->given[c]);
		break;
	}
}

static void
run_cell(void **state)
{
	const struct cell_case *c = *state;
	FILE *f = list_with(c->column, c->cell);
	struct buf got = BUF_INIT;
	struct err e = ERR_INIT;
	struct list *l = list_open(f, &e);
	struct row row;

	assert_non_null(l);
	if (list_next(l, &row) == 1) {
		assert_int_equal(row.fault, ROW_NONE);
		dump_value(&got, &row, c->column);
		if (row.unread != 0) {
			assert_int_equal(row.unread, 1u << c->column);
			assert_null(row.given[c->column]);
			buf_adds(&got, " unread");
		}
		assert_string_equal(got.p != NULL ? got.p : "", c->value);
	} else {
		row_reason(&row, false, &got);
		assert_int_equal(row.column, c->column);
		assert_memory_equal(got.p, "line 2: ", 8);
		assert_string_equal(got.p + 8, c->value);
	}
	assert_int_equal(list_close(l, &e), 0);
	buf_free(&got);
	fclose(f);
}

/* What is missing for an enquiry, in the order in which it is asked for. */
static void
test_unaskable(void **state)
{
	static const struct { const char *row; enum column missing; } cases[] = {
		{ "P1,2026-11-22,1980-02-17,06132013,345", COLUMN_MAX },
		{ "P1,2026-11-22,,06132013,345", COLUMN_BIRTHDATE },
		{ "P1,2026-11-22,1980-02-17,,345", COLUMN_INSURER_NUMBER },
		{ "P1,2026-11-22,1980-02-17,06132013,\u3000", COLUMN_NUMBER },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct buf text = BUF_INIT;
		struct err e = ERR_INIT;
		struct list *l;
		struct row row;
		FILE *f;

		buf_addf(&text, NEEDED "\n%s\n", cases[i].row);
		f = file_of(text.p, text.n);
		l = list_open(f, &e);
		assert_int_equal(list_next(l, &row), 1);
		assert_int_equal(row_unaskable(&row), cases[i].missing);
		list_close(l, &e);
		buf_free(&text);
		fclose(f);
	}
}

/* Each has its words in both languages, and no two are the same. */
static void
test_texts(void **state)
{
	(void)state;
	for (int a = 0; a < ROW_WARNING_MAX; a++) {
		assert_true(*row_warning_text((enum row_warning)a, true) != '\0');
		assert_true(*row_warning_text((enum row_warning)a, false) != '\0');
	}
	assert_string_equal(row_warning_code(ROW_WARNING_ZERO_RESTORED), "insurer_number_zero");
	for (int ja = 0; ja < 2; ja++) {
		struct buf reason[ROW_FAULT_MAX] = { BUF_INIT };

		for (int f = 0; f < ROW_FAULT_MAX; f++) {
			const struct row row = { .line = 7, .fault = (enum row_fault)f,
			    .column = COLUMN_KANA };

			row_reason(&row, ja, &reason[f]);
			assert_memory_equal(reason[f].p, ja ? "7行目: カナ: " : "line 7: kana ",
			    ja ? strlen("7行目: カナ: ") : 13);
			for (int g = 0; g < f; g++)
				assert_string_not_equal(reason[f].p, reason[g].p);
		}
		for (int f = 0; f < ROW_FAULT_MAX; f++)
			buf_free(&reason[f]);
	}
}

/* docs/list.md has every column with its headers, and every warning. */
static void
test_documented(void **state)
{
	struct buf doc = BUF_INIT, want = BUF_INIT;
	FILE *f = fopen("docs/list.md", "r");
	int c;

	(void)state;
	assert_non_null(f);
	while ((c = getc(f)) != EOF)
		buf_addc(&doc, (char)c);
	fclose(f);
	for (int i = 0; i < COLUMN_MAX + ROW_WARNING_MAX; i++) {
		buf_reset(&want);
		if (i < COLUMN_MAX)
			buf_addf(&want, "\n| `%s` | %s | %s", column_name((enum column)i),
			    column_name_ja((enum column)i),
			    column_needed((enum column)i) ? "" : "|");
		else
			buf_addf(&want, "warning `%s`",
			    row_warning_code((enum row_warning)(i - COLUMN_MAX)));
		if (strstr(doc.p, want.p) == NULL)
			fail_msg("docs/list.md has no %s", want.p);
	}
	buf_free(&doc);
	buf_free(&want);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(test_unaskable),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_documented),
	};
	struct CMUnitTest tests[N(appointments) + N(days) + N(numbers) + N(words) + N(others)];
	size_t n = 0;

	ADD_TABLE(tests, n, appointments, run_cell);
	ADD_TABLE(tests, n, days, run_cell);
	ADD_TABLE(tests, n, numbers, run_cell);
	ADD_TABLE(tests, n, words, run_cell);
	memcpy(tests + n, others, sizeof(others));
	return _cmocka_run_group_tests("rows of a list", tests, N(tests), NULL, NULL);
}
