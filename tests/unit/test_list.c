/* Appointment lists as files: form, header, encoding, what is bad and what goes on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <unistd.h>

#include "list_text.h"

struct file_case {
	const char	*name;
	const char	*in;
	const char	*out;	/* of dump_list() */
	size_t		 n;	/* bytes of in; 0: to its NUL */
};

#define BYTES(s)	sizeof(s) - 1
#define OK1(line)	line " P1 06132013 345\n"
#define OK2(line)	line " P2 138016 6\n"
#define SHORT		"P3,2026-11-22,1980-02-17,06132013"

static const struct file_case forms[] = {
	{ "LF", NEEDED "\n" ROW1 "\n" ROW2 "\n", OK1("2") OK2("3"), 0 },
	{ "CRLF", NEEDED "\r\n" ROW1 "\r\n" ROW2 "\r\n", OK1("2") OK2("3"), 0 },
	{ "CR", NEEDED "\r" ROW1 "\r" ROW2 "\r", OK1("2") OK2("3"), 0 },
	{ "no end of the last line", NEEDED "\n" ROW1, OK1("2"), 0 },
	{ "byte-order mark", "\xef\xbb\xbf" NEEDED "\n" ROW1 "\n", OK1("2"), 0 },
	{ "byte-order mark and quotes", "\xef\xbb\xbf\"patient_id\"" ",appointment,birthdate,"
	    "insurer_number,number\n" ROW1 "\n", OK1("2"), 0 },
	{ "header only", NEEDED "\n", "", 0 },
	{ "empty lines", "\r\n\n" NEEDED "\n\n" ROW1 "\n \n,,,,\n\"\",,\n" ROW2 "\n\n",
	    OK1("5") OK2("9"), 0 },
	{ "quoted line ends count", NEEDED ",memo\n" ROW1 ",\"a\r\nb\nc\rd\"\n" ROW2 ",x\n",
	    "2 P1 06132013 345 memo=a\r\nb\nc\rd\n6 P2 138016 6 memo=x\n", 0 },
	{ "quotes and commas", NEEDED ",memo\n\"P1\",\"2026-11-22\",1980-02-17,06132013,345,"
	    "\"say \"\"a, b\"\"\"\n", "2 P1 06132013 345 memo=say \"a, b\"\n", 0 },
	{ "a number kept as text", NEEDED "\n\"=\"\"00012\"\"\",2026-11-22,1980-02-17,"
	    "\"=\"\"06132013\"\"\",345\n", "2 00012 06132013 345\n", 0 },
	{ "a number kept as text, without quotes around", NEEDED ",memo\n=\"00012\",2026-11-22,"
	    "1980-02-17,=\"06132013\",=\"345\",=\"0\"\"1,2\"\n"
	    "=\"P2\",2026-11-22,S30.1.2,138016,6,=1\r\n",
	    "2 00012 06132013 345 memo=0\"1,2\n3 P2 138016 6 memo==1\n", 0 },
	{ "blanks around values, not extras", NEEDED ",memo\n"
	    " \u3000P1\u00a0\t,2026-11-22,1980-02-17,"
	    "\u300006132013 , 345, x \n", "2 P1 06132013 345 memo= x \n", 0 },
	{ "a line end in a value is a blank", NEEDED "\n\"P\r\n1\",2026-11-22,1980-02-17,"
	    "06132013,345\n", "2 P  1 06132013 345\n", 0 },
	{ "leading zero lost", NEEDED "\nP1,2026-11-22,1980-02-17,6132013,345\n",
	    "2 P1 06132013 345 !1\n", 0 },
	{ "header in any order", "number,insurer_number,x,birthdate,appointment,y,patient_id\n"
	    "345,06132013,1,1980-02-17,2026-11-22,,P1\n", "2 P1 06132013 345 x=1 y=\n", 0 },
};

static const struct file_case headers[] = {
	{ "Japanese header", "患者番号,予約日時,生年月日,保険者番号,番号\n" ROW1 "\n",
	    OK1("2"), 0 },
	{ "mixed header, width, case, blanks", "患者 番号,Ａｐｐｏｉｎｔｍｅｎｔ,生年　月日,"
	    "Insurer_Number,\" ＮＵＭＢＥＲ\r\n\",ｶﾅ\n" ROW1 ",ﾔﾏﾀﾞ\n", OK1("3"), 0 },
	{ "no header", ROW1 "\n",
	    "error: line 1: not a header: none of its 5 cells is a column of a list\n", 0 },
	{ "missing column", "\npatient_id,appointment,insurer_number,number\n",
	    "error: line 2: no column birthdate (生年月日)\n", 0 },
	{ "column twice", NEEDED ",保険者番号\n",
	    "error: line 1: column insurer_number (保険者番号) stands twice\n", 0 },
	{ "extra twice", NEEDED ",佐藤,x,佐藤\n",
	    "error: line 1: columns 6 and 8 have the same name\n", 0 },
	{ "columns without a name", NEEDED ",,\n" ROW1 ",,\n", OK1("2"), 0 },
	{ "a value in a column without a name", NEEDED ",,\n" ROW1 ",,x\n",
	    "line 2: more fields than the header (P1)\n", 0 },
	{ "nothing at all", "", "error: empty: a list has a header\n", 0 },
	{ "nothing but a mark", "\xef\xbb\xbf", "error: empty: a list has a header\n", 0 },
	{ "a quote in the header", "patient_id,\"x\n",
	    "error: the header: line 1: a quote is not closed\n", 0 },
	{ "UTF-16", "\xff\xfep\0a\0", "error: UTF-16: save it as \"CSV UTF-8\"\n", 6 },
	{ "UTF-16 without a mark", "p\0a\0t\0", "error: the header: line 1: a NUL byte\n", 6 },
	{ "xlsx", "PK\3\4....", "error: a workbook: save it as \"CSV UTF-8\"\n", 0 },
	{ "xls", "\xd0\xcf\x11\xe0....", "error: a workbook: save it as \"CSV UTF-8\"\n", 0 },
};

static const struct file_case bad_rows[] = {
	{ "too many fields", NEEDED "\n" ROW1 ",x\n" ROW2 "\n",
	    "line 2: more fields than the header (P1)\n" OK2("3"), 0 },
	{ "empty fields too many", NEEDED "\n" ROW1 ",,,\n", OK1("2"), 0 },
	{ "too few fields", NEEDED "\n" SHORT "\n" ROW2 "\n",
	    "line 2: fewer fields than the header (P3)\n" OK2("3"), 0 },
	{ "only optional fields left out", NEEDED ",memo,symbol\n" ROW1 "\n",
	    "2 P1 06132013 345 memo=\n", 0 },
	{ "the same at the end of a file that is cut", NEEDED ",memo,symbol\n" ROW1,
	    "line 2: fewer fields than the header (P1)\n", 0 },
	{ "NUL", NEEDED "\nP\0,\n" ROW2 "\n", "line 2: a NUL byte\n" OK2("3"),
	    BYTES(NEEDED "\nP\0,\n" ROW2 "\n") },
	{ "control character", NEEDED "\n\033[31m" ROW1 "\n" ROW2 "\n",
	    "line 2: patient_id a control character (\033[31mP1)\n" OK2("3"), 0 },
	{ "C1 control character", NEEDED "\nP1,2026-11-22,1980-02-17,06132013,3\xc2\x85\n",
	    "line 2: number a control character (P1)\n", 0 },
	{ "stray quote", NEEDED "\n\"P\"1\n" ROW2 "\n", "line 2: a stray quote\n" OK2("3"), 0 },
	{ "quote within a bare cell", NEEDED "\nP\"1\",\n" ROW2 "\n",
	    "line 2: a stray quote\n" OK2("3"), 0 },
	{ "a quote behind a number kept as text, or before it", NEEDED "\n=\"P\"1\n=1\"P\"\n==\"P\"\n"
	    ROW2 "\n", "line 2: a stray quote\nline 3: a stray quote\nline 4: a stray quote\n"
	    OK2("5"), 0 },
	{ "a number kept as text that is never closed", NEEDED "\n=\"" ROW1 "\n" ROW2 "\n",
	    "line 2: a quote is not closed\n" OK2("3"), 0 },
	{ "a quote never closed costs its line", NEEDED "\n\"" ROW1 "\n" ROW2 "\n" ROW1 "\n",
	    "line 2: a quote is not closed\n" OK2("3") OK1("4"), 0 },
	{ "a quote closed in another row", NEEDED "\n\"" ROW1 "\n\"P2\"" ",2026-11-22,S30.1.2,"
	    "138016,6\n" ROW1 "\n", "line 2: a stray quote\n" OK2("3") OK1("4"), 0 },
	{ "not UTF-8 among UTF-8", NEEDED ",name\n" ROW1 ",山田\n" ROW2 ",\x8e\x52\n"
	    ROW1 ",川\n", OK1("2") "line 3: not UTF-8, as the list is\n" OK1("4"), 0 },
	{ "UTF-8 among CP932", NEEDED ",name\n" ROW1 ",\x8e\x52\n" ROW2 ",山田\n"
	    ROW1 ",\x90\xec\n", OK1("2") "line 3: not CP932, as the list is\n" OK1("4"), 0 },
	{ "half width kana that could be UTF-8", NEEDED ",memo\n" ROW1 ",\x8e\x52\n" ROW2
	    ",\xd4\xbd\n", "2 P1 06132013 345 memo=山\n3 P2 138016 6 memo=ﾔｽ\n", 0 },
	{ "neither among CP932", NEEDED ",name\n" ROW1 ",\x8e\x52\n" ROW2 ",\x8e\n",
	    OK1("2") "line 3: not CP932, as the list is\n", 0 },
	{ "values", NEEDED "\n,2026-11-22,,,\nP1,,,,\nP1,2026-11-22,,,\nP1,2026-02-30,,,\n",
	    "line 2: patient_id is empty\nline 3: appointment is empty (P1)\n4 P1  -\n"
	    "line 5: appointment is not a date (P1)\n", 0 },
};

#define JSON1	"{\"patient_id\": \"P1\", \"appointment\": \"2026-11-22T09:30\", "		\
    "\"birthdate\": \"1980-02-17\", \"insurer_number\": \"06132013\", \"number\": \"345\"}"

static const struct file_case ndjson[] = {
	{ "NDJSON", JSON1 "\n" JSON1 "\n", OK1("1") OK1("2"), 0 },
	{ "NDJSON with a mark, blanks and CRLF", "\xef\xbb\xbf\r\n " JSON1 "\r\n\r\n" JSON1,
	    OK1("2") OK1("4"), 0 },
	{ "integers are text", "{\"patient_id\":12,\"appointment\":20261122,\"birthdate\":null,"
	    "\"insurer_number\":6132013,\"number\":345}\n", "1 12 06132013 345 !1\n", 0 },
	{ "extras keep their type", "{\"patient_id\":\"P1\",\"appointment\":\"R8.11.22\","
	    "\"a\":1,\"b\":[true,{\"c\":null}],\"d\":null,\"e\":\"x\"}\n",
	    "1 P1  - a=1 b=[true,{\"c\":null}] d=null e=x\n", 0 },
	{ "bad lines", "{]\n" JSON1 "\n[1]\n{\"patient_id\":[1]}\n{\"patient_id\":1.5}\n{}\n"
	    "{\"a\":1,\"a\":2}\n{\"patient_id\":99999999999999999999}\n" JSON1 "\n",
	    "line 1: not a JSON object\n" OK1("2") "line 3: not a JSON object\n"
	    "line 4: patient_id is neither text nor an integer\n"
	    "line 5: patient_id is neither text nor an integer\n"
	    "line 6: patient_id is empty\nline 7: not a JSON object\n"
	    "line 8: patient_id is neither text nor an integer\n" OK1("9"), 0 },
	{ "NDJSON in CP932", "{\"patient_id\":\"\xb1\",\"appointment\":\"2026-11-22\","
	    "\"name\":\"\x8e\x52\"}\n", "1 ｱ  -\n", 0 },
	{ "keys and values with escapes, as Python writes them", "{\"\\u5099\\u8003\":\"\\u5C71\","
	    "\"\\ud842\\udfb7\":\"\\ud83d\",\"x\":\"\\\\u5099\\\"\\u0041\",\"patient_id\":\"\\uff30\","
	    "\"appointment\":\"2026-11-22\"}\n", "1 Ｐ  - 備考=山 𠮷=\ufffd x=\\u5099\"A\n", 0 },
	{ "keys that are one, with escapes and without", "{\"\\u5099\":1,\"備\":2}\n"
	    "{\"\\u5099\":1,\"\\u5099\":2}\n{\"\\ud83d\":1}\n{\"\\u0061\":1}\n\\u5099{}\n{\"\\u509\":1}\n"
	    "{\"a\":\"\\u0xff\"}\n{\"a\":\"\\u509",
	    "line 1: not a JSON object\nline 2: not a JSON object\nline 3: not a JSON object\n"
	    "line 4: not a JSON object\nline 5: not a JSON object\nline 6: not a JSON object\n"
	    "line 7: not a JSON object\nline 8: not a JSON object\n", 0 },
	{ "NUL in a line", "{\"a\":\"\0\"}\n" JSON1, "line 1: a NUL byte\n" OK1("2"),
	    BYTES("{\"a\":\"\0\"}\n" JSON1) },
	{ "a NUL by escape is no text", "{\"patient_id\":\"P\\u0000\"}\n",
	    "line 1: patient_id is neither text nor an integer\n", 0 },
};

static void
run_file(void **state)
{
	const struct file_case *c = *state;
	FILE *f = file_of(c->in, c->n > 0 ? c->n : strlen(c->in));
	struct buf got = BUF_INIT;

	dump_list(f, &got);
	assert_string_equal(got.p != NULL ? got.p : "", c->out);
	buf_free(&got);
	fclose(f);
}

/* The encoding found, and the name of the first row that has one. */
struct encoding_case {
	const char		*name;
	const char		*cell;	/* of the column name, in row 1 */
	enum list_encoding	 encoding;
	const char		*utf8;
};

static const struct encoding_case encodings[] = {
	{ "ASCII", "Yamada", LIST_ASCII, "Yamada" },
	{ "UTF-8", "山田", LIST_UTF8, "山田" },
	{ "CP932", "\x8e\x52\x93\x63", LIST_CP932, "山田" },
	{ "two bytes only", "\u00e9", LIST_ASCII, "\u00e9" },
	{ "CP932 of half width", "\xd4\xcf\xc0\xde", LIST_CP932, "ﾔﾏﾀﾞ" },
	{ "CP932, second bytes of ASCII", "\x83\x5c\x95\x5c\x8f\x5c", LIST_CP932, "ソ表十" },
	{ "NEC's row 13", "\x87\x40\x87\x8a\x87\x54", LIST_CP932, "①㈱Ⅰ" },
	{ "IBM's extensions", "\xfb\xfc\xfa\xb1", LIST_CP932, "髙﨑" },
	{ "IBM's extensions as NEC has them", "\xee\xe0\xed\x95", LIST_CP932, "髙﨑" },
	{ "Windows' tilde", "\x81\x60", LIST_CP932, "\uff5e" },
	{ "Windows' minus, bars and lines", "\x81\x7c\x81\x61\x81\x5c", LIST_CP932,
	    "\uff0d\u2225\u2015" },
	{ "Windows' signs", "\x81\x91\x81\x92\x81\xca", LIST_CP932, "\uffe0\uffe1\uffe2" },
	{ "backslash and tilde", "\x8e\x52\\~", LIST_CP932, "山\\~" },
	{ "the user's own character", "\x8e\x52\xf0\x40", LIST_CP932, "山\ue000" },
};

static void
run_encoding(void **state)
{
	const struct encoding_case *c = *state;
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	struct list *l;
	struct row row;
	FILE *f;

	buf_addf(&text, NEEDED ",name\r\n" ROW1 ",\"%s\"\r\n", c->cell);
	f = file_of(text.p, text.n);
	l = list_open(f, &e);
	assert_non_null(l);
	assert_int_equal(list_next(l, &row), 1);
	assert_int_equal(list_encoding(l), c->encoding);
	assert_string_equal(row.given[COLUMN_NAME], c->utf8);
	assert_int_equal(list_close(l, &e), 0);
	fclose(f);
	buf_free(&text);
}

/* A first block of ASCII says nothing: the first row that is not ASCII does. */
static void
test_encoding_after_the_first_block(void **state)
{
	static const struct { const char *cell; enum list_encoding encoding; } cases[] = {
		{ "山田", LIST_UTF8 }, { "\x8e\x52\x93\x63", LIST_CP932 },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct buf text = BUF_INIT;
		struct err e = ERR_INIT;
		struct list *l;
		struct row row;
		FILE *f;
		int named = 0;

		buf_adds(&text, NEEDED ",name\n");
		while (text.n < 200000)
			buf_adds(&text, ROW1 ",\n");
		/* two bytes of UTF-8, or two kana of half width: that says nothing either */
		buf_adds(&text, ROW1 ",\xd4\xbd\n");
		for (int k = 0; k < 3; k++)
			buf_addf(&text, ROW2 ",%s\n", cases[i].cell);
		f = file_of(text.p, text.n);
		l = list_open(f, &e);
		assert_int_equal(list_encoding(l), LIST_ASCII);
		while (list_next(l, &row) == 1)
			named += row.given[COLUMN_NAME] != NULL &&
			    strcmp(row.given[COLUMN_NAME], "山田") == 0;
		assert_int_equal(named, 3);
		assert_int_equal(list_encoding(l), cases[i].encoding);
		list_close(l, &e);
		fclose(f);
		buf_free(&text);
	}
}

/* Adds n bytes of a. */
static void
pad(struct buf *b, size_t n)
{
	while (n-- > 0)
		buf_addc(b, 'a');
}

/* A row of exactly that many bytes, its memo last. */
static void
add_long_row(struct buf *b, size_t bytes, const char *end)
{
	const size_t before = b->n;

	buf_adds(b, ROW1 ",");
	pad(b, bytes - (b->n - before));
	buf_adds(b, end);
}

static void
test_longest_row(void **state)
{
	struct buf text = BUF_INIT, got = BUF_INIT;
	FILE *f;

	(void)state;
	buf_adds(&text, NEEDED ",memo\n");
	add_long_row(&text, ROW_BYTES_MAX, "\r\n");
	add_long_row(&text, ROW_BYTES_MAX + 1, "\r\n");
	add_long_row(&text, 10 * ROW_BYTES_MAX, "\n");
	buf_adds(&text, ROW1 ",\"");
	for (int i = 0; i < 100000; i++)
		buf_adds(&text, i % 100 == 99 ? "\n" : "a");
	buf_adds(&text, "\"\n" ROW2 ",\n");
	f = file_of(text.p, text.n);
	dump_list(f, &got);
	assert_memory_equal(got.p, "2 P1 06132013 345 memo=aaa", 26);
	assert_non_null(strstr(got.p, "\nline 3: longer than 64 KiB\nline 4: longer than 64 KiB\n"
	    "line 5: a quote is not closed\n"));
	assert_non_null(strstr(got.p, "\n1006 P2 138016 6 memo=\n"));
	buf_free(&got);
	buf_free(&text);
	fclose(f);
}

/* Rows of every length, so that every byte of one comes to lie at the end of the window. */
static void
test_rows_across_blocks(void **state)
{
	static const char *const ends[] = { "\n", "\r\n", "\r" };

	(void)state;
	for (size_t k = 0; k < N(ends); k++) {
		struct buf text = BUF_INIT, want = BUF_INIT, got = BUF_INIT;
		FILE *f;

		buf_addf(&text, NEEDED ",memo%s", ends[k]);
		for (size_t i = 0; i < 900; i++) {
			buf_addf(&text, ROW1 ",\"%zu%s", i, ends[k]);
			pad(&text, i);
			buf_addf(&text, "\"\"\"%s", ends[k]);
			buf_addf(&want, "%zu P1 06132013 345 memo=%zu%s", 2 + 2 * i, i, ends[k]);
			pad(&want, i);
			buf_adds(&want, "\"\n");
		}
		f = file_of(text.p, text.n);
		dump_list(f, &got);
		assert_string_equal(got.p, want.p);
		buf_free(&text);
		buf_free(&want);
		buf_free(&got);
		fclose(f);
	}
}

/* What is dropped ends in CRLF, wherever the window ends. */
static void
test_dropped_line_ends_anywhere(void **state)
{
	(void)state;
	for (size_t n = 2 * ROW_BYTES_MAX - 80; n < 2 * ROW_BYTES_MAX + 10; n++) {
		struct buf text = BUF_INIT, got = BUF_INIT;
		FILE *f;

		buf_adds(&text, NEEDED ",memo\r\n");
		add_long_row(&text, n, "\r\n");
		buf_adds(&text, ROW2 ",\r\n");
		f = file_of(text.p, text.n);
		dump_list(f, &got);
		assert_string_equal(got.p, "line 2: longer than 64 KiB\n3 P2 138016 6 memo=\n");
		buf_free(&text);
		buf_free(&got);
		fclose(f);
	}
}

static void
test_long_lines_of_json(void **state)
{
	struct buf text = BUF_INIT, got = BUF_INIT;
	FILE *f;

	(void)state;
	buf_adds(&text, JSON1 "\n{\"patient_id\":\"P2\"");
	for (int i = 0; i <= ROW_CELLS_MAX; i++)
		buf_addf(&text, ",\"x%d\":%d", i, i);
	buf_adds(&text, "}\n{\"name\":\"");
	pad(&text, ROW_BYTES_MAX);
	buf_adds(&text, "\"}\n{\"name\":\"");
	for (int i = 0; i < ROW_BYTES_MAX / 2; i++)
		buf_addc(&text, '\xb1');	/* CP932: three bytes in UTF-8 */
	buf_adds(&text, "\"}\n" JSON1 "\n");
	f = file_of(text.p, text.n);
	dump_list(f, &got);
	assert_string_equal(got.p, OK1("1") "line 2: more fields than the header (P2)\n"
	    "line 3: longer than 64 KiB\nline 4: longer than 64 KiB\n" OK1("5"));
	buf_free(&text);
	buf_free(&got);
	fclose(f);
}

static void
test_too_many_columns(void **state)
{
	struct buf text = BUF_INIT, got = BUF_INIT;
	FILE *f;

	(void)state;
	buf_adds(&text, NEEDED);
	for (int i = 5; i < ROW_CELLS_MAX; i++)
		buf_addf(&text, ",x%d", i);
	buf_adds(&text, "\n" ROW1);
	for (int i = 5; i < ROW_CELLS_MAX; i++)
		buf_addc(&text, ',');
	buf_adds(&text, "\n" ROW2);
	for (int i = 4; i < ROW_CELLS_MAX; i++)
		buf_addc(&text, ',');
	buf_adds(&text, "\n");
	f = file_of(text.p, text.n);
	dump_list(f, &got);
	assert_memory_equal(got.p, "2 P1 06132013 345 x5= ", 22);
	assert_string_equal(strchr(got.p, '\n'), "\nline 3: more fields than the header\n");
	buf_free(&text);
	buf_free(&got);
	fclose(f);
}

/* The program that writes the list is slower than we are, and says nothing of its length. */
static void
test_a8_9_nothing_lost_from_a_slow_pipe(void **state)
{
	static const char text[] = NEEDED "\r\n" ROW1 "\r\n" ROW2 "\r\n";
	struct buf got = BUF_INIT;
	int fd[2];
	FILE *in;

	(void)state;
	assert_int_equal(pipe(fd), 0);
	if (fork() == 0) {
		for (size_t i = 0; i + 1 < sizeof(text); i++)
			if (write(fd[1], &text[i], 1) != 1 || (i % 16 == 0 && usleep(500) < 0))
				_exit(1);
		_exit(0);
	}
	close(fd[1]);
	in = fdopen(fd[0], "r");
	dump_list(in, &got);
	assert_string_equal(got.p, OK1("2") OK2("3"));
	buf_free(&got);
	fclose(in);
}

/* What comes by a pipe behind the lines that were there at once, and the row it ends, if it does. */
static const struct {
	const char	*text, *row;
} pieces[] = {
	{ "P1,2026-11", NULL },
	{ "-22,1980-02-17,0613", NULL },
	{ "2013,345\r", NULL },
	{ "\n", "P1 06132013 345" },
	{ "\r\n\r\n , ,\n", NULL },
	{ "P2,2026-11-22,1980-02-17,06132013,\"3", NULL },
	{ "\n", NULL },
	{ "45\"", NULL },
	{ ",a\n", "!" },
	{ "P3,2026-11-22,1980-02-17,06132013,\"3\"x", "!" },
	{ "y,\"", NULL },
	{ "\r", NULL },
	{ "\n", NULL },
	{ ROW1 "\n" ROW1, "P1 06132013 345" },
	{ "\n", "P1 06132013 345" },
};

/* Half a row, one that says nothing, a line end in quotes: no byte of it is waited for. */
static void
test_half_a_row_is_not_waited_for(void **state)
{
	char pad[1000];
	struct err e = ERR_INIT;
	struct row row;
	struct list *l;
	int fd[2], rows = 0;
	FILE *in;

	(void)state;
	memset(pad, 'x', sizeof(pad));
	pad[sizeof(pad) - 1] = '\n';
	assert_int_equal(pipe(fd), 0);
	assert_true(fcntl(fd[1], F_SETPIPE_SZ, 1 << 18) >= 1 << 18);
	assert_int_equal(write(fd[1], NEEDED ",\n", strlen(NEEDED) + 2), strlen(NEEDED) + 2);
	for (int i = 0; i < 200; i++)
		assert_int_equal(write(fd[1], pad, sizeof(pad)), sizeof(pad));
	in = fdopen(fd[0], "r");
	l = list_open(in, &e);
	assert_non_null(l);
	for (alarm(20); !list_would_wait(l); rows++)
		assert_int_equal(list_next(l, &row), -1);
	assert_int_equal(rows, 200);
	for (size_t i = 0; i < N(pieces); i++) {
		const size_t n = strlen(pieces[i].text);
		struct buf got = BUF_INIT;
		int rc;

		assert_int_equal(write(fd[1], pieces[i].text, n), n);
		if (pieces[i].row == NULL) {
			assert_true(list_would_wait(l));
			continue;
		}
		assert_false(list_would_wait(l));
		rc = list_next(l, &row);
		assert_int_equal(row.number, ++rows);
		dump_row(&got, &row, rc);
		print_message("# %s", got.p);
		if (*pieces[i].row != '!')
			assert_non_null(strstr(got.p, pieces[i].row));
		else
			assert_int_equal(rc, -1);
		assert_true(list_would_wait(l));
		buf_free(&got);
	}
	close(fd[1]);
	assert_false(list_would_wait(l));
	assert_int_equal(list_next(l, &row), 0);
	alarm(0);
	assert_int_equal(list_close(l, &e), 0);
	fclose(in);
}

static void
test_reading_fails(void **state)
{
	struct buf got = BUF_INIT;
	FILE *dir = fopen(".", "r");

	(void)state;
	assert_non_null(dir);
	dump_list(dir, &got);
	assert_string_equal(got.p, "error: line 1: can not be read\n");
	buf_free(&got);
	fclose(dir);
}

static void
test_names_of_extras(void **state)
{
	static const struct { const char *in, *names; enum list_format format; } cases[] = {
		{ NEEDED ",診療科,,memo\n", "診療科 memo ", LIST_CSV },
		{ "{\"b\":1,\"patient_id\":\"P1\",\"a\":\"x\"}\n{\"c\":1}\n", "b a ", LIST_NDJSON },
		{ "{\"b\":\n{\"c\":1}\n", "", LIST_NDJSON },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		FILE *f = file_of(cases[i].in, strlen(cases[i].in));
		struct buf got = BUF_INIT;
		struct err e = ERR_INIT;
		struct list *l = list_open(f, &e);
		const char *const *name;
		size_t n;

		assert_non_null(l);
		assert_int_equal(list_format(l), cases[i].format);
		name = list_extras(l, &n);
		for (size_t k = 0; k < n; k++)
			buf_addf(&got, "%s ", name[k]);
		assert_string_equal(got.p != NULL ? got.p : "", cases[i].names);
		assert_int_equal(list_close(l, &e), 0);
		buf_free(&got);
		fclose(f);
	}
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(test_encoding_after_the_first_block),
		cmocka_unit_test(test_longest_row),
		cmocka_unit_test(test_rows_across_blocks),
		cmocka_unit_test(test_dropped_line_ends_anywhere),
		cmocka_unit_test(test_long_lines_of_json),
		cmocka_unit_test(test_too_many_columns),
		{ "A.8-9 nothing is lost from a slow pipe", test_a8_9_nothing_lost_from_a_slow_pipe,
		    NULL, NULL, NULL },
		cmocka_unit_test(test_half_a_row_is_not_waited_for),
		cmocka_unit_test(test_reading_fails),
		cmocka_unit_test(test_names_of_extras),
	};
	struct CMUnitTest tests[N(forms) + N(headers) + N(bad_rows) + N(ndjson) + N(encodings) +
	    N(others)];
	size_t n = 0;

	ADD_TABLE(tests, n, forms, run_file);
	ADD_TABLE(tests, n, headers, run_file);
	ADD_TABLE(tests, n, bad_rows, run_file);
	ADD_TABLE(tests, n, ndjson, run_file);
	ADD_TABLE(tests, n, encodings, run_encoding);
	memcpy(tests + n, others, sizeof(others));
	return _cmocka_run_group_tests("appointment lists", tests, N(tests), NULL, NULL);
}
