/* Whether an answer is about the person of the card: 紐付け誤り is told from a spelling. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/date.h"
#include "decide/same_person.h"

#define NAMED(n)	"\"Name\":\"" n "\","
#define REST		"\"NameKana\":\"ﾔﾏﾀﾞ ﾀﾛｳ\",\"Sex1\":\"1\",\"Birthdate\":\"19800217\""
#define BIT(p)		(1u << PERSON_##p)

struct same_case {
	const char	*name;		/* of the card: a man born 1980-02-17 in 架空区 1-2-3 */
	const char	*result;	/* members of the answer's result */
	int		 rc;
	unsigned int	 differs;
};

static const struct same_case cases[] = {
	{ "山田　太郎", NAMED("山田　太郎") REST, SAME_PERSON, 0 },
	{ "山田　太郎", NAMED("山田 太郎") REST, SAME_PERSON, 0 },
	{ "山田太郎", NAMED("山田　太郎") REST, SAME_PERSON, 0 },
	{ "髙橋　太郎", NAMED("高橋　太郎") REST, SAME_PERSON, 0 },
	{ "山﨑　太郎", NAMED("山崎　太郎") REST, SAME_PERSON, 0 },
	{ "山田　太郎", NAMED("●田　太●") REST, SAME_PERSON, 0 },
	{ "山田　太郎", NAMED("●本　太郎") REST, OTHER_PERSON, BIT(NAME) },
	{ "山田　太郎", NAMED("●●●　太郎") REST, OTHER_PERSON, BIT(NAME) },
	{ "山\xee\x84\xa3　太郎", NAMED("山田　太郎") REST, SAME_PERSON, 0 },	/* 外字 */
	{ "山田　太\xf3\xa0\x84\x80郎", NAMED("山田　太郎") REST, SAME_PERSON, 0 },	/* IVS */
	{ "山田　花子", NAMED("山田　太郎") REST, OTHER_PERSON, BIT(NAME) },
	{ "山田　太郎一", NAMED("山田　太郎") REST, OTHER_PERSON, BIT(NAME) },
	/* 旧姓 and 通称 */
	{ "山田［佐藤］　太郎", NAMED("山田　太郎") REST, SAME_PERSON, 0 },
	{ "山田　太郎", NAMED("山田(佐藤)　太郎") REST, SAME_PERSON, 0 },
	{ "山田［佐藤］　太郎", NAMED("佐藤　太郎") REST, SAME_PERSON, 0 },
	{ "山田［佐藤］　太郎", NAMED("鈴木　太郎") REST, OTHER_PERSON, BIT(NAME) },
	{ "山田［佐藤］　太郎", NAMED("佐藤　花子") REST, OTHER_PERSON, BIT(NAME) },
	{ "佐藤　花子", NAMED("山田（佐藤）花子") REST, SAME_PERSON, 0 },
	{ "NGUYEN VAN A（山田　太郎）", NAMED("山田　太郎") REST, SAME_PERSON, 0 },
	{ "NGUYEN VAN A（山田　太郎）", NAMED("NGUYEN VAN A") REST, SAME_PERSON, 0 },
	{ "NGUYEN VAN A（山田　太郎）", NAMED("山田　花子") REST, OTHER_PERSON, BIT(NAME) },
	{ "山田　太郎（　）", NAMED("山田　太郎") REST, SAME_PERSON, 0 },
	{ "NGUYEN VAN A", NAMED("山田　太郎（NGUYEN VAN A）") REST, SAME_PERSON, 0 },
	{ "NGUYEN VAN A（山田　太郎）", NAMED("山田　太郎（NGUYEN VAN A）") REST, SAME_PERSON, 0 },
	{ "［山田］", NAMED("山田") REST, OTHER_PERSON, BIT(NAME) },
	{ "山田「佐藤」　太郎", NAMED("佐藤　太郎") REST, SAME_PERSON, 0 },
	{ "山田｛佐藤｝　太郎", NAMED("佐藤　太郎") REST, SAME_PERSON, 0 },
	{ "山田《佐藤》　太郎", NAMED("佐藤　太郎") REST, SAME_PERSON, 0 },
	{ "佐藤｢山田｣　太郎", NAMED("山田　太郎") REST, SAME_PERSON, 0 },
	/* nothing in them is nobody's */
	{ "花子", NAMED("佐藤()花子") REST, OTHER_PERSON, BIT(NAME) },
	{ "花子", NAMED("佐藤（　）花子") REST, OTHER_PERSON, BIT(NAME) },
	/* stand-ins in brackets do not take the place of what can be read */
	{ "山田［●●］　太郎", NAMED("佐藤　太郎") REST, OTHER_PERSON, BIT(NAME) },
	{ "山田［●●］　太郎", NAMED("山田　太郎") REST, SAME_PERSON, 0 },
	{ "山田［●●］　太郎", NAMED("山田［佐藤］　太郎") REST, SAME_PERSON, 0 },
	{ "山田［佐藤］　●郎", NAMED("佐藤　太郎") REST, SAME_PERSON, 0 },
	{ "NGUYEN VAN A（●田　太郎）", NAMED("本田　太郎") REST, OTHER_PERSON, BIT(NAME) },
	{ "NGUYEN VAN A（●●）", NAMED("山田　太郎") REST, OTHER_PERSON, BIT(NAME) },
	{ "NGUYEN VAN A（\xee\x84\xa3\xee\x84\xa3）", NAMED("山田") REST, OTHER_PERSON, BIT(NAME) },
	{ "佐藤　太郎", NAMED("山田［●●］　太郎") REST, OTHER_PERSON, BIT(NAME) },
	/* brackets that are none */
	{ "山田)佐藤(　太郎", NAMED("太郎") REST, OTHER_PERSON, BIT(NAME) },
	{ "山田(佐藤　太郎", NAMED("山田") REST, OTHER_PERSON, BIT(NAME) },
	{ "山田(佐藤　太郎", NAMED("佐藤　太郎") REST, OTHER_PERSON, BIT(NAME) },
	{ "山田(佐藤　太郎", NAMED("山田（佐藤　太郎") REST, SAME_PERSON, 0 },
	{ "YAMADA TARO", NAMED("山田　太郎") "\"NameOfOther\":\"ＹＡＭＡＤＡ　ＴＡＲＯ\"," REST,
	    SAME_PERSON, 0 },
	/* a reading where the card has one */
	{ "ヤマダ　タロウ", NAMED("山田　太郎") REST, SAME_PERSON, 0 },
	{ "ﾔﾏﾀﾞ ﾀﾛｳ", REST, SAME_PERSON, 0 },
	{ "スズキ　タロウ", NAMED("山田　太郎") REST, OTHER_PERSON, BIT(NAME) },
	/* nothing to go by */
	{ "山田　太郎", REST, PERSON_NOT_TOLD, 0 },
	{ "山田　太郎", NAMED(" ") REST, PERSON_NOT_TOLD, 0 },
	{ "山田　太郎", "\"Address\":\"\"", PERSON_NOT_TOLD, 0 },
	{ "山田　太郎", "\"NameKana\":\"ﾔﾏﾀﾞ ﾀﾛｳ\",\"Birthdate\":\"19810217\"", OTHER_PERSON,
	    BIT(BIRTHDATE) },
	/* all stand-ins: an element that says nothing */
	{ "山田　太郎", NAMED("●●●●") REST, PERSON_NOT_TOLD, 0 },
	{ "山田　太郎", NAMED("●●　●") REST, PERSON_NOT_TOLD, 0 },
	{ "山田　太郎", NAMED("〓〓\xee\x84\xa3\xef\xbf\xbd") REST, PERSON_NOT_TOLD, 0 },
	{ "●●　●●", NAMED("山田　太郎") REST, PERSON_NOT_TOLD, 0 },
	{ "山田　太郎", NAMED("鈴木　花子") "\"NameOfOther\":\"●●●●\"", OTHER_PERSON, BIT(NAME) },
	{ "山田　太郎", NAMED("鈴木　花子") "\"NameKana\":\"●●●●\"", OTHER_PERSON, BIT(NAME) },
	{ "山田　太郎", NAMED("●●●●") "\"NameOfOther\":\"山田　太郎\"", SAME_PERSON, 0 },
	{ "ヤマダ　タロウ", NAMED("●●●●") REST, SAME_PERSON, 0 },
	{ "山田　太郎", NAMED("●●●●") "\"Birthdate\":\"19800218\"", OTHER_PERSON, BIT(BIRTHDATE) },
	/* brackets on both sides */
	{ "鈴木［佐藤］　花子", NAMED("鈴木（佐藤）　花子") REST, SAME_PERSON, 0 },
	{ "山田［佐藤］　花子", NAMED("山田（旧姓：佐藤）　花子") REST, SAME_PERSON, 0 },
	{ "山田〔佐藤〕　花子", NAMED("山田【佐藤】　花子") REST, SAME_PERSON, 0 },
	{ "山田<佐藤>　花子", NAMED("山田＜サトウ＞　花子") REST, SAME_PERSON, 0 },
	{ "山田　花子", NAMED("鈴木") "\"NameOfOther\":\"山田（佐藤）花子\"", SAME_PERSON, 0 },
	{ "山田［佐藤］　花子", NAMED("鈴木［佐藤］　花子") REST, OTHER_PERSON, BIT(NAME) },
	{ "（佐藤）", NAMED("［鈴木］") REST, OTHER_PERSON, BIT(NAME) },
	{ "［佐藤］　", NAMED("鈴木") REST, OTHER_PERSON, BIT(NAME) },
	/* blank, however wide */
	{ "山田　太郎", NAMED("　　") REST, PERSON_NOT_TOLD, 0 },
	{ "山田　太郎", NAMED("\xc2\xa0\xe2\x80\x83 ") REST, PERSON_NOT_TOLD, 0 },
	/* shapes of a kanji, and foreign names */
	{ "渡邊　眞一", NAMED("渡辺　真一") REST, SAME_PERSON, 0 },
	{ "齋藤　花子", NAMED("斉藤　花子") REST, OTHER_PERSON, BIT(NAME) },
	{ "SMITH JOHN", NAMED("Ｓｍｉｔｈ，　Ｊｏｈｎ") REST, SAME_PERSON, 0 },
	/* birth date and sex */
	{ "山田　太郎", NAMED("山田　太郎") "\"Birthdate\":\"19800218\"", OTHER_PERSON,
	    BIT(BIRTHDATE) },
	{ "山田　太郎", NAMED("山田　太郎") "\"Birthdate\":\"19800200\"", SAME_PERSON, 0 },
	{ "山田　太郎", NAMED("山田　太郎") "\"Sex1\":\"2\"", OTHER_PERSON, BIT(SEX) },
	{ "山田　太郎", NAMED("山田　太郎") "\"Sex1\":\"3\"", SAME_PERSON, 0 },
	{ "山田　太郎", NAMED("山田　太郎") "\"Sex1\":\"12\"", SAME_PERSON, 0 },
	/* an address is no matter */
	{ "山田　太郎", NAMED("山田　太郎") "\"Address\":\"架空区１－２－３\"", SAME_PERSON, 0 },
	{ "山田　太郎", NAMED("山田　太郎") "\"Address\":\"架空区 4-5\"", SAME_PERSON,
	    BIT(ADDRESS) },
	{ "山田　太郎", NAMED("山田　太郎") "\"Address\":\"●空区1-2-3\"", SAME_PERSON, 0 },
};

static void
every_case(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct holder h = { cases[i].name, "架空区1-2-3",
			date_from_ymd(1980, 2, 17), '1' };
		struct err e = ERR_INIT;
		struct person_parts parts;
		struct json *result;
		char text[600];

		snprintf(text, sizeof(text), "{%s}", cases[i].result);
		result = js_parse(text, strlen(text), &e);
		assert_non_null(result);
		if (same_person(&h, result, &parts) != cases[i].rc || parts.differs != cases[i].differs)
			fail_msg("%s, %s: %x", cases[i].name, text, parts.differs);
		assert_int_equal(parts.differs & ~parts.compared, 0);
		js_free(result);
	}
}

/* What the card does not tell is not compared. */
static void
a_card_that_tells_little(void **state)
{
	static const char text[] = "{" NAMED("山田　太郎") REST ",\"Address\":\"架空区\"}";
	const struct holder h = { "山田　太郎", "", DATE_NONE, '\0' };
	struct err e = ERR_INIT;
	struct json *result = js_parse(text, strlen(text), &e);
	struct person_parts parts;

	(void)state;
	assert_int_equal(same_person(&h, result, &parts), SAME_PERSON);
	assert_int_equal(parts.compared, BIT(NAME));
	js_free(result);
}

static void
the_names_of_the_contract(void **state)
{
	(void)state;
	assert_string_equal(person_part_name(PERSON_NAME), "name");
	assert_string_equal(person_part_name(PERSON_BIRTHDATE), "birthdate");
	assert_string_equal(person_part_name(PERSON_SEX), "sex");
	assert_string_equal(person_part_name(PERSON_ADDRESS), "address");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case),
		cmocka_unit_test(a_card_that_tells_little),
		cmocka_unit_test(the_names_of_the_contract),
	};

	return cmocka_run_group_tests_name("same_person", tests, NULL, NULL);
}
