/* A row of the list beside the answer: what counts as a change, and what does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "list_text.h"

#include "base/same.h"
#include "batch/compare.h"
#include "decide/result_in.h"
#include "decide/verdict_out.h"
#include "engine/age.h"

struct compare_case {
	const char	*name;
	const char	*row;		/* members of a line of NDJSON besides AT */
	const char	*result;	/* members of a result */
	int		 percent;	/* of the decision; 0: none */
	const char	*changes;
};

#define AT	"\"patient_id\":\"P1\",\"appointment\":\"2026-11-22\","
#define KOUKI	"\"InsurerNumber\":\"39131016\","

static const struct compare_case cases[] = {
	{ "nothing differs", "\"name\":\"山田 太郎\",\"kana\":\"ﾔﾏﾀﾞ ﾀﾛｳ\",\"birthdate\":\"S55.2.17\","
	    "\"insurer_number\":\"06132013\",\"symbol\":\"12\",\"number\":\"345\","
	    "\"branch\":\"01\",\"last_copay_percent\":30",
	    "\"Name\":\"山田　太郎\",\"NameKana\":\"ヤマダ　タロウ\","
	    "\"Birthdate\":\"19800217\",\"InsurerNumber\":\"06132013\","
	    "\"InsuredCardSymbol\":\"１２\","
	    "\"InsuredIdentificationNumber\":\"345\",\"InsuredBranchNumber\":\"01\"", 30, "" },
	{ "everything differs", "\"name\":\"山田 太郎\",\"kana\":\"ﾔﾏﾀﾞ\",\"birthdate\":\"S55.2.17\","
	    "\"insurer_number\":\"06132013\",\"symbol\":\"12\",\"number\":\"345\","
	    "\"branch\":\"01\",\"last_copay_percent\":30",
	    "\"Name\":\"川田　太郎\",\"NameKana\":\"ｶﾜﾀﾞ\","
	    "\"Birthdate\":\"19800218\",\"InsurerNumber\":\"138016\",\"InsuredCardSymbol\":\"13\","
	    "\"InsuredIdentificationNumber\":\"346\",\"InsuredBranchNumber\":\"02\"", 20,
	    "insurer_number: 06132013 -> 138016; symbol: 12 -> 13; number: 345 -> 346; "
	    "branch: 01 -> 02; copay_percent: 30 -> 20; name: 山田 太郎 -> 川田　太郎; "
	    "kana: ﾔﾏﾀﾞ -> ｶﾜﾀﾞ; birthdate: 1980-02-17 -> 1980-02-18; " },
	{ "the answer says nothing", "\"name\":\"山田\",\"kana\":\"ﾔﾏﾀﾞ\",\"symbol\":\"12\","
	    "\"number\":\"345\",\"branch\":\"01\",\"insurer_number\":\"06132013\","
	    "\"birthdate\":\"S55.2.17\",\"last_copay_percent\":30",
	    "\"Name\":\"\",\"InsuredCardSymbol\":\" \",\"InsuredBranchNumber\":null", 0, "" },
	{ "the list has no such columns", "\"number\":\"345\"",
	    "\"Name\":\"山田\",\"InsuredCardSymbol\":\"12\",\"InsuredIdentificationNumber\":\"345\","
	    "\"InsuredBranchNumber\":\"01\"", 30, "" },
	{ "blank in the list, needed for the claim", "\"insurer_number\":\"\",\"symbol\":null,"
	    "\"number\":\"\",\"branch\":\"\",\"name\":\"\",\"kana\":null",
	    "\"Name\":\"山田\",\"NameKana\":\"ﾔﾏﾀﾞ\",\"InsurerNumber\":\"06132013\","
	    "\"InsuredCardSymbol\":\"12\",\"InsuredIdentificationNumber\":\"345\","
	    "\"InsuredBranchNumber\":\"00\"", 30, "insurer_number: - -> 06132013; symbol: - -> 12; "
	    "number: - -> 345; branch: - -> 00; " },

	{ "A.8-1 insurer number padded with blanks", "\"insurer_number\":\"138016\"",
	    "\"InsurerNumber\":\"  138016\"", 0, "" },
	{ "A.8-1 insurer number padded with zeros", "\"insurer_number\":\"138016\"",
	    "\"InsurerNumber\":\"00138016\"", 0, "" },
	{ "A.8-1 insurer number of the list padded", "\"insurer_number\":\"００１３８０１６\"",
	    "\"InsurerNumber\":\"138016\"", 0, "" },
	{ "A.8-1 insurer number without its zero", "\"insurer_number\":6132013",
	    "\"InsurerNumber\":\"06132013\"", 0, "" },
	{ "A.8-1 shown as written", "\"insurer_number\":\"６１３２０１３\"",
	    "\"InsurerNumber\":\"  138016\"", 0, "insurer_number: ６１３２０１３ ->   138016; " },
	{ "A.8-1 another insurer of the same digits", "\"insurer_number\":\"138016\"",
	    "\"InsurerNumber\":\"06138016\"", 0, "insurer_number: 138016 -> 06138016; " },

	{ "A.8-2 symbol of another width", "\"symbol\":\"あいう-12\"",
	    "\"InsuredCardSymbol\":\"あいう－１２\"", 0, "" },
	{ "A.8-2 symbol of half width kana", "\"symbol\":\"ｶﾞｲﾁ\"",
	    "\"InsuredCardSymbol\":\"ガイチ\"", 0, "" },
	{ "A.8-2 zeros of a symbol are its own", "\"symbol\":\"012\"",
	    "\"InsuredCardSymbol\":\"12\"", 0, "symbol: 012 -> 12; " },
	{ "a symbol that is too long for one", "\"symbol\":\"1\"",
	    "\"InsuredCardSymbol\":\"123456789012345678901\"", 0,
	    "symbol: 1 -> 123456789012345678901; " },
	{ "A.8-2 leading zeros of a number", "\"number\":\"000345\"",
	    "\"InsuredIdentificationNumber\":\"３４５\"", 0, "" },
	{ "A.8-2 leading zero of a branch", "\"branch\":\"1\"", "\"InsuredBranchNumber\":\"０１\"", 0,
	    "" },
	{ "A.8-2 branch 00 beside none, 後期", "\"branch\":\"\"",
	    KOUKI "\"InsuredBranchNumber\":\"00\"", 0, "insurer_number: - -> 39131016; " },
	{ "A.8-2 none beside branch 00, 後期", "\"branch\":\"00\",\"insurer_number\":\"39131016\"",
	    KOUKI "\"InsuredBranchNumber\":\"\"", 0, "" },
	{ "A.8-2 branch 01 beside none, 後期", "\"branch\":\"\",\"insurer_number\":\"39131016\"",
	    KOUKI "\"InsuredBranchNumber\":\"01\"", 0, "branch: - -> 01; " },

	{ "A.8-3 the ratio as one number", "\"last_copay_percent\":\"３割\"", "\"Name\":\"山田\"", 30,
	    "" },
	{ "A.8-3 another ratio", "\"last_copay_percent\":\"030\"", "\"Name\":\"山田\"", 10,
	    "copay_percent: 30 -> 10; " },
	{ "A.8-4 no ratio decided is no change", "\"last_copay_percent\":20",
	    "\"ElderlyRecipientCertificateInfo\":{"
	    "\"ElderlyRecipientContributionRatio\":\"030\"}", 0,
	    "" },
	{ "A.8-6 本人 beside 家族", "\"name\":\"山田\",\"branch\":\"02\"",
	    "\"Name\":\"山田\",\"InsuredName\":\"山田 花子\",\"PersonalFamilyClassification\":\"2\","
	    "\"InsuredBranchNumber\":\"02\"", 0, "" },

	{ "A.8-8 ● in a name", "\"name\":\"渡邉 一郎\"", "\"Name\":\"渡●　一郎\"", 0, "" },
	{ "A.8-8 ● in a number", "\"symbol\":\"埼－１\"", "\"InsuredCardSymbol\":\"●－１\"", 0, "" },
	{ "A.8-8 ● only", "\"name\":\"渡邉\"", "\"Name\":\"●●\"", 0, "" },
	{ "A.8-8 ● only, not as many", "\"name\":\"渡邉\"", "\"Name\":\"●●●\"", 0, "" },
	{ "a name of wide blanks", "\"name\":\"渡邉\"", "\"Name\":\"　\u2003\"", 0, "" },
	{ "A.8-8 ● hides one character only", "\"name\":\"渡邉 一郎\"", "\"Name\":\"渡●　二郎\"", 0,
	    "name: 渡邉 一郎 -> 渡●　二郎; " },
	{ "A.8-8 ● in the list", "\"name\":\"渡● 一郎\"", "\"Name\":\"渡邉　一郎\"", 0, "" },
	{ "A.8-8 〓 and 外字 of the list", "\"name\":\"渡〓 \ue000郎\"", "\"Name\":\"渡邉　一郎\"", 0,
	    "" },
	{ "A.8-10 another address", "\"name\":\"山田\",\"address\":\"東京都架空区1-1\"",
	    "\"Name\":\"山田\",\"Address\":\"大阪府架空市2-2\",\"PostNumber\":\"0000000\"", 0, "" },
};

/* A list of that one row, at its row. */
static struct list *
open_row(FILE **f, const char *members, struct row *row)
{
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	struct list *l;

	buf_addf(&text, "{" AT "%s}\n", members);
	*f = file_of(text.p, text.n);
	l = list_open(*f, &e);
	assert_non_null(l);
	assert_int_equal(list_next(l, row), 1);
	buf_free(&text);
	return l;
}

static struct json *
parse(const char *open, const char *members, const char *close)
{
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	struct json *doc;

	buf_addf(&text, "%s%s%s", open, members, close);
	doc = js_parse(text.p, text.n, &e);
	if (doc == NULL)
		fail_msg("%s", e.msg);
	buf_free(&text);
	return doc;
}

static void
run_compare(void **state)
{
	const struct compare_case *c = *state;
	struct json *result = parse("{", c->result, "}");
	struct buf got = BUF_INIT;
	struct changes changes;
	struct err e = ERR_INIT;
	struct row row;
	FILE *f;
	struct list *l = open_row(&f, c->row, &row);

	assert_int_equal(compare_row(&row, result, c->percent > 0 ? c->percent : FACT_ABSENT,
	    &changes), 0);
	buf_adds(&got, "");
	for (int i = 0; i < changes.n; i++)
		buf_addf(&got, "%s: %s -> %s; ", change_name(changes.item[i].field, false),
		    changes.item[i].was != NULL ? changes.item[i].was : "-", changes.item[i].now);
	assert_string_equal(got.p, c->changes);
	buf_free(&got);
	js_free(result);
	list_close(l, &e);
	fclose(f);
}

enum how { NAME, KANA };

struct same_case {
	const char	*name;
	enum how	 how;
	const char	*a, *b;
	int		 same;
};

static const struct same_case sames[] = {
	{ "blanks in a name", NAME, "山田太郎", "山田　太郎", NAMES_AGREE },
	{ "width in a name", NAME, "ＪＯＨＮ　Ｓｍｉｔｈ", "JOHN Smith", NAMES_AGREE },
	{ "case in a name", NAME, "John", "JOHN", NAMES_AGREE },
	{ "髙 and 高", NAME, "髙橋", "高橋", NAMES_AGREE },
	{ "﨑 and 崎", NAME, "山﨑", "山崎", NAMES_AGREE },
	{ "𠮷 and 吉", NAME, "𠮷田", "吉田", NAMES_AGREE },
	{ "all vendor variants", NAME, "髙﨑𠮷德瀨栁桒曻濵靑黑淸增橫寬", "高崎吉徳瀬柳桑昇浜青黒清増横寛", NAMES_AGREE },
	{ "﨑 with ●", NAME, "山﨑", "山●", NAMES_AGREE },
	{ "● is not two characters", NAME, "山崎一", "山●", NAMES_DIFFER },
	{ "● is not none", NAME, "山崎", "山崎●", NAMES_DIFFER },
	{ "● alone", NAME, "山崎", "●●", NAMES_UNTOLD },
	{ "● alone, not as many", NAME, "山崎", "●", NAMES_UNTOLD },
	{ "no stand-in alone", NAME, "山崎", "〓\ue000\ufffd", NAMES_UNTOLD },
	{ "● and signs between alone", NAME, "山崎", "●・●", NAMES_UNTOLD },
	{ "● wherever the other can be read", NAME, "山●", "●崎", NAMES_UNTOLD },
	{ "● beside what differs", NAME, "山●", "川崎", NAMES_DIFFER },
	{ "nothing that can be seen", NAME, "山崎", "\u200b", NAMES_UNTOLD },
	{ "邊, 邉 and 辺", NAME, "渡邊渡邉", "渡辺渡邊", NAMES_AGREE },
	{ "齋 and 斎, 齊 and 斉", NAME, "齋藤齊藤", "斎藤斉藤", NAMES_AGREE },
	{ "斎 and 斉 are two names", NAME, "斎藤", "斉藤", NAMES_DIFFER },
	{ "齋 and 齊 are two names", NAME, "齋藤", "齊藤", NAMES_DIFFER },
	{ "大 and 太 are two names", NAME, "大田", "太田", NAMES_DIFFER },
	{ "己 and 巳 are two names", NAME, "克己", "克巳", NAMES_DIFFER },
	{ "old shapes", NAME, "櫻澤眞國廣瀧龍壽惠榮豐實彌藏", "桜沢真国広滝竜寿恵栄豊実弥蔵",
	    NAMES_AGREE },
	{ "shapes in surnames", NAME, "嶋嶌濱濵曻槇冨峯舘劔剱圡𣘺", "島島浜浜昇槙富峰館剣剣土橋",
	    NAMES_AGREE },
	{ "compatibility ideographs", NAME, "\ufa1b\ufa19\uf9dc\ufa4f", "福神隆祐", NAMES_AGREE },
	{ "々 for the kanji before it", NAME, "佐々木", "佐佐木", NAMES_AGREE },
	{ "々 as it is written downwards", NAME, "佐〻木", "佐々木", NAMES_AGREE },
	{ "々 for an old shape", NAME, "櫻々", "桜桜", NAMES_AGREE },
	{ "々 for another kanji", NAME, "佐々木", "佐藤木", NAMES_DIFFER },
	{ "ゝ, ゞ, ヽ and ヾ for the kana before them", NAME, "すゞ子みすゞかゞみイスヾサヽキ", "すず子みすずかがみイスズササキ",
	    NAMES_AGREE },
	{ "ゝ for a voiced one", NAME, "づゝみ", "づつみ", NAMES_AGREE },
	{ "ゝ is not voiced, ゞ is", NAME, "すゝ", "すず", NAMES_DIFFER },
	{ "ゞ with nothing to voice", NAME, "なゞ", "なな", NAMES_DIFFER },
	{ "ゝ with nothing before it", NAME, "ゝ木", "木木", NAMES_DIFFER },
	{ "ゞ in a reading", KANA, "みすゞ", "ﾐｽｽﾞ", NAMES_AGREE },
	{ "dash and apostrophe between letters", NAME, "MARY-ANN O'BRIEN", "ＭＡＲＹ　ＡＮＮ　ＯＢＲＩＥＮ", NAMES_AGREE },
	{ "but not between kanji", NAME, "山-田", "山田", NAMES_DIFFER },
	{ "々 with nothing before it", NAME, "々木", "佐木", NAMES_DIFFER },
	{ "small kana in a name", NAME, "三ヶ島　りょう", "三ケ島　りよう", NAMES_AGREE },
	{ "ー as a dash in a name", NAME, "ユ－コ　め—ぷる", "ユーコ　めーぷる", NAMES_AGREE },
	{ "hiragana and katakana are two names", NAME, "さくら", "サクラ", NAMES_DIFFER },
	{ "case with accents", NAME, "José Muñoz", "JOSÉ MUÑOZ", NAMES_AGREE },
	{ "accents", NAME, "José", "Jose", NAMES_DIFFER },
	{ "hyphens", NAME, "Anne-Marie Li－Wu", "ANNE‐MARIE LI–WU", NAMES_AGREE },
	{ "apostrophes", NAME, "O'Brien D｀Arc", "O’BRIEN D'ARC", NAMES_AGREE },
	{ "what stands between parts", NAME, "ジョン・Q. スミス", "ジョン Q スミス", NAMES_AGREE },
	{ "a comma between parts", NAME, "SMITH, JOHN", "SMITH JOHN", NAMES_AGREE },
	{ "what can not be seen", NAME, "山\u200b田\u00ad太\u2060郎\ufeff", "山田太郎", NAMES_AGREE },
	{ "variation selector", NAME, "葛\U000e0100城", "葛城", NAMES_AGREE },
	{ "compatibility ideograph", NAME, "神\ufa19", "神神", NAMES_AGREE },
	{ "hiragana name beside kanji", NAME, "さくら", "桜", NAMES_DIFFER },
	{ "kana of half width", KANA, "ﾔﾏﾀﾞ ﾀﾛｳ", "ヤマダ　タロウ", NAMES_AGREE },
	{ "marks apart", KANA, "ヤマタ゛", "ヤマダ", NAMES_AGREE },
	{ "hiragana", KANA, "やまだ", "ﾔﾏﾀﾞ", NAMES_AGREE },
	{ "small kana written large", KANA, "ｼﾖｳﾀ ｷﾞﾂﾁﾖ", "ショウタ ギッチョ", NAMES_AGREE },
	{ "long vowel kept", KANA, "オオノ", "オーノ", NAMES_DIFFER },
	{ "long vowel beside ウ", KANA, "ユウコ", "ユーコ", NAMES_DIFFER },
	{ "long vowel as a dash", KANA, "ﾕ-ｺ", "ユーコ", NAMES_AGREE },
	{ "long vowel as a minus", KANA, "ユ−コ", "ﾕｰｺ", NAMES_AGREE },
	{ "a dash between letters stays", KANA, "A-B", "AーB", NAMES_DIFFER },
	{ "letters' case", KANA, "smith", "ＳＭＩＴＨ", NAMES_AGREE },
	{ "voiced and not", KANA, "ヤマダ", "ヤマタ", NAMES_DIFFER },
	{ "● in kana", KANA, "ﾔ●ﾀﾞ", "ヤマダ", NAMES_AGREE },
	{ "what stands between parts, in kana", KANA, "ｼﾞｮﾝ･ｽﾐｽ", "ジョン　スミス", NAMES_AGREE },
	{ "● alone in kana", KANA, "ヤマダ", "●●●", NAMES_UNTOLD },
	{ "one is longer", KANA, "ヤマダ", "ヤマダタ", NAMES_DIFFER },
};

static void
run_same(void **state)
{
	const struct same_case *c = *state;
	int (*const same)(const char *, const char *) = c->how == NAME ? same_name : same_kana;

	assert_int_equal(same(c->a, c->b), c->same);
	assert_int_equal(same(c->b, c->a), c->same);
	assert_int_equal(same(c->a, c->a), NAMES_AGREE);
}

/* Found by the kana and birth date of the row; of several none is picked. */
struct find_case {
	const char	*name;
	const char	*row;
	const char	*results;
	int		 n;
	size_t		 at;
};

#define TARO	"{\"NameKana\":\"ﾔﾏﾀﾞ ﾀﾛｳ\",\"Birthdate\":\"19800217\"}"
#define JIRO	"{\"NameKana\":\"ﾔﾏﾀﾞ ｼﾞﾛｳ\",\"Birthdate\":\"19800217\"}"
#define NOBODY	"{\"Birthdate\":\"19800217\"}"
#define BORN	"\"birthdate\":\"S55.2.17\""
#define NOWHERE	9

static const struct find_case finds[] = {
	{ "A.8-7 nobody", BORN, "", 0, NOWHERE },
	{ "A.8-7 one", BORN ",\"kana\":\"ヤマダ ジロウ\"", TARO "," JIRO, 1, 1 },
	{ "A.8-7 twins without kana in the list", BORN, TARO "," JIRO, 2, NOWHERE },
	{ "A.8-7 twice the same", BORN ",\"kana\":\"ヤマダ タロウ\"", TARO "," JIRO "," TARO, 2,
	    NOWHERE },
	{ "A.8-7 one without kana besides", BORN ",\"kana\":\"ヤマダ タロウ\"", TARO "," NOBODY, 2,
	    NOWHERE },
	{ "A.8-7 another birth date", "\"birthdate\":\"S55.2.18\"", TARO "," JIRO, 0, NOWHERE },
	{ "A.8-7 no birth date in the answer", BORN, "{\"NameKana\":\"ﾔﾏﾀﾞ ﾀﾛｳ\"}", 0, NOWHERE },
	{ "A.8-7 no birth date in the list", "\"kana\":\"ヤマダ タロウ\"", TARO, 0, NOWHERE },
};

static void
run_find(void **state)
{
	const struct find_case *c = *state;
	struct json *results = parse("[", c->results, "]");
	struct err e = ERR_INIT;
	size_t at = NOWHERE;
	struct row row;
	FILE *f;
	struct list *l = open_row(&f, c->row, &row);

	assert_int_equal(compare_find(&row, results, &at), c->n);
	assert_int_equal(at, c->at);
	js_free(results);
	list_close(l, &e);
	fclose(f);
}

/* The answer's "030" is thirty percent, once and for all. */
static void
test_a8_3_official_ratio(void **state)
{
	struct json *o = parse("{", KOUKI "\"InsuredPartialContributionRatio\":\"030\"", "}");
	struct result_found found = { .unknown = false };

	(void)state;
	assert_null(result_read(o, &found));
	assert_int_equal(found.result.kouki_percent, 30);
	js_free(o);
}

/* A 高齢受給者証 counts from its first day to its last, as of the visit. */
static void
test_a8_4_elderly_certificate(void **state)
{
	static const struct { const char *day; bool counts; } days[] = {
		{ "2026-07-31", false }, { "2026-08-01", true }, { "2027-07-31", true },
		{ "2027-08-01", false },
	};
	const struct decide_options options = { .assume_none = true };
	struct err e = ERR_INIT;
	struct rulebase *rb = rulebase_embedded(&e);

	(void)state;
	assert_non_null(rb);
	for (size_t i = 0; i < N(days); i++) {
		struct buf facts = BUF_INIT, out = BUF_INIT;

		buf_addf(&facts, "{\"visit_date\":\"%s\",\"birthdate\":\"1954-05-02\",\"card\":"
		    "{\"medium\":\"card\",\"read\":\"ok\",\"identity\":\"pin\"},\"online\":"
		    "{\"outcome\":\"answered\",\"by\":\"card\",\"QualificationValidity\":\"1\","
		    "\"results\":[{\"InsurerNumber\":\"138016\","
		    "\"ElderlyRecipientCertificateInfo\":{"
		    "\"ElderlyRecipientValidStartDate\":\"20260801\","
		    "\"ElderlyRecipientValidEndDate\":\"20270731\","
		    "\"ElderlyRecipientContributionRatio\":\"030\"}}]}}", days[i].day);
		assert_int_equal(decide_text(rb, facts.p, facts.n, 1, &options, &out), 0);
		assert_int_equal(strstr(out.p, "\"copay_percent\":30") != NULL, days[i].counts);
		buf_free(&facts);
		buf_free(&out);
	}
	rulebase_free(rb);
}

/* Seventy: from the next month, of a first of the month at once; months count from one. */
static void
test_a8_5_ages(void **state)
{
	static const struct { int birth[3], elderly[3]; } ages[] = {
		{ { 1956, 11, 1 }, { 2026, 11, 1 } },
		{ { 1956, 11, 2 }, { 2026, 12, 1 } },
		{ { 1956, 11, 30 }, { 2026, 12, 1 } },
		{ { 1956, 12, 2 }, { 2027, 1, 1 } },
		{ { 1956, 1, 31 }, { 2026, 2, 1 } },
	};

	(void)state;
	for (size_t i = 0; i < N(ages); i++) {
		const int *b = ages[i].birth, *s = ages[i].elderly;

		assert_int_equal(age_borders(date_from_ymd(b[0], b[1], b[2])).elderly_first,
		    date_from_ymd(s[0], s[1], s[2]));
	}
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		{ "A.8-3 the answer's 030 is 30", test_a8_3_official_ratio, NULL, NULL, NULL },
		{ "A.8-4 elderly certificate", test_a8_4_elderly_certificate, NULL, NULL, NULL },
		{ "A.8-5 ages", test_a8_5_ages, NULL, NULL, NULL },
	};
	struct CMUnitTest tests[N(cases) + N(sames) + N(finds) + N(others)];
	size_t n = 0;

	ADD_TABLE(tests, n, cases, run_compare);
	ADD_TABLE(tests, n, sames, run_same);
	ADD_TABLE(tests, n, finds, run_find);
	memcpy(tests + n, others, sizeof(others));
	return _cmocka_run_group_tests("list beside answer", tests, N(tests), NULL, NULL);
}
