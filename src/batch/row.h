#ifndef BATCH_ROW_H
#define BATCH_ROW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "engine/facts.h"
#include "engine/number.h"
#include "json/json.h"

/*
 * The columns of an appointment list (docs/list.md): English and Japanese
 * header, and whether a list without that column is refused.
 */
#define COLUMN_LIST(X)							\
	X(PATIENT_ID,            "patient_id",            "患者番号",       true)	\
	X(APPOINTMENT,           "appointment",           "予約日時",       true)	\
	X(NAME,                  "name",                  "氏名",           false)	\
	X(KANA,                  "kana",                  "カナ",           false)	\
	X(BIRTHDATE,             "birthdate",             "生年月日",       true)	\
	X(INSURER_NUMBER,        "insurer_number",        "保険者番号",     true)	\
	X(SYMBOL,                "symbol",                "記号",           false)	\
	X(NUMBER,                "number",                "番号",           true)	\
	X(BRANCH,                "branch",                "枝番",           false)	\
	X(VISIT,                 "visit",                 "初再診",         false)	\
	X(LAST_COPAY_PERCENT,    "last_copay_percent",    "前回負担割合",   false)	\
	X(LAST_CONFIRMED_ON,     "last_confirmed_on",     "前回確認日",     false)	\
	X(CERTIFICATE_NOT_AFTER, "certificate_not_after", "電子証明書期限", false)

#define X(name, en, ja, needed) COLUMN_##name,
enum column { COLUMN_LIST(X) COLUMN_MAX };
#undef X

/* Why a row can not be used; said of a column, or of the row as a whole. */
#define ROW_FAULT_LIST(X)						\
	X(NONE,        "",                                 "")		\
	X(NUL,         "NUL文字がある",                    "a NUL byte")	\
	X(NOT_UTF8,    "UTF-8でない(リストの他の行はUTF-8)", "not UTF-8, as the list is")	\
	X(NOT_CP932,   "Shift_JIS(CP932)でない(リストの他の行はCP932)", "not CP932, as the list is") \
	X(TOO_LONG,    "64KiBより長い",                    "longer than 64 KiB")	\
	X(QUOTE_OPEN,  "引用符が閉じていない",             "a quote is not closed")	\
	X(QUOTE_STRAY, "引用符の位置がおかしい",           "a stray quote")	\
	X(CELLS_MORE,  "列が見出しより多い",               "more fields than the header")	\
	X(CELLS_FEWER, "列が見出しより少ない",             "fewer fields than the header")	\
	X(CONTROL,     "制御文字がある",                   "a control character")	\
	X(EMPTY,       "空欄である",                       "is empty")	\
	X(DATE,        "日付として読めない",               "is not a date")	\
	X(TIME,        "時刻として読めない",               "is not a time of day in Japan")	\
	X(BORN_LATER,  "予約日より後である",               "is after the appointment")	\
	X(FUTURE,      "今日より後である",                 "is after today")	\
	X(NUMBER,      "番号として読めない",               "is not such a number")	\
	X(VISIT,       "初診でも再診でもない",             "is neither first nor return")	\
	X(PATIENT,     "64バイトより長い",                 "is longer than 64 bytes")	\
	X(PERCENT,     "負担割合として読めない",           "is no ratio")	\
	X(JSON,        "JSONのオブジェクトでない",         "not a JSON object")	\
	X(JSON_TYPE,   "文字列でも整数でもない",           "is neither text nor an integer")

#define X(name, ja, en) ROW_##name,
enum row_fault { ROW_FAULT_LIST(X) ROW_FAULT_MAX };
#undef X

/* What was noticed about a row that can be used: code, Japanese, English. */
#define ROW_WARNING_LIST(X)						\
	X(ZERO_RESTORED, "insurer_number_zero",				\
	    "保険者番号の先頭の0が落ちていたので補った",			\
	    "the leading zero that the insurer number had lost was put back")	\
	X(INSURER_CHECK, "insurer_number_check",			\
	    "リストの保険者番号を確かめる",				\
	    "check the insurer number of the list")

#define X(name, code, ja, en) ROW_WARNING_##name,
enum row_warning { ROW_WARNING_LIST(X) ROW_WARNING_MAX };
#undef X

/* A column or key that we do not know, carried through as it is. */
struct extra {
	const char		*name;
	const char		*text;	/* NULL: json has the value, which is no text */
	const struct json	*json;
};

#define ROW_BYTES_MAX	65536	/* of one row, in the file and in UTF-8, without its line end */
#define ROW_CELLS_MAX	256	/* columns of a list, keys of an object */

/*
 * One row of a list.  Everything is borrowed from the list until its next row.
 * Days are day numbers; what is blank or not in the list is FACT_ABSENT, NULL
 * or "".  Of a row with a fault only line, number, and what could be told of
 * given and extra before it was found are meant to be used.
 */
struct row {
	long		 line;		/* physical line where it begins, from 1 */
	long		 number;	/* of the row, from 1: no header, no empty lines */
	enum row_fault	 fault;
	enum column	 column;	/* that has the fault; COLUMN_MAX: the row has */

	unsigned	 has;		/* 1u << column: there is such a column, blank or not */
	const char	*given[COLUMN_MAX];	/* as written, UTF-8, without blanks around; NULL */

	int		 appointment;
	int		 minute;	/* 0 to 1439, of the day in Japan */
	int		 birthdate;
	char		 insurer_number[NUMBER_DIGITS_MAX + 1];	/* ASCII; a lost zero is back */
	char		 branch[3];	/* two digits */
	int		 visit;		/* enum visit */
	int		 last_copay_percent;	/* 10, 20, 30, or 100: 10割 was paid */
	int		 last_confirmed_on;
	int		 certificate_not_after;
	unsigned	 warnings;	/* 1u << enum row_warning */
	unsigned	 unread;	/* 1u << column: not readable, and taken as blank */

	const struct extra *extra;
	size_t		 extras;
};

const char	*column_name(enum column c);	/* English */
const char	*column_name_ja(enum column c);
bool		 column_needed(enum column c);

/*
 * The column of that header, COLUMN_MAX for none.  Width, blanks and the case
 * of ASCII letters do not matter.
 */
enum column	 column_find(const char *header);

/*
 * Reads the values of row->given; 0, or -1 with fault and column set.  An empty
 * patient_id or appointment is a fault; what else an enquiry needs may be missing.
 * What no enquiry needs is no fault: row->unread has it.
 */
int		 row_read(struct row *row);

/* Makes what is unread a fault after all, the first of it; 0, or -1. */
int		 row_strict(struct row *row);

/* Whether no enquiry needs it. */
bool		 column_spare(enum column c);

/* The first column that an enquiry by number needs and this row has not; COLUMN_MAX: none. */
enum column	 row_unaskable(const struct row *row);

/* Appends line, column and reason; no word of what the row holds. */
void		 row_reason(const struct row *row, bool ja, struct buf *b);

const char	*row_warning_code(enum row_warning w);
const char	*row_warning_text(enum row_warning w, bool ja);

/*
 * "2026-11-22 9:30" in all the forms of docs/list.md; minute is FACT_ABSENT
 * without a time.  ROW_NONE, ROW_DATE or ROW_TIME.  Allocates; stamp.c.
 */
enum row_fault	 stamp_parse(const char *s, int *day, int *minute);

#endif
