/* What a row of a list says to people, in both languages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect_case.h"

struct word_case {
	const char		*name;
	const struct expect_case *of;
	bool			 ja;
	const char		*want;	/* "bring; bring; | warning; ..." */
};

#define BRING_PAPERS_JA	"資格確認書; マイナポータルの資格情報画面(スマホ); マイナポータルの資格情報PDF; " \
	"資格情報のお知らせ(カードと一緒に); "

static const struct expect_case ended = { "", ROW46("2026-11-24"), '2',
	ONE(RESULT46 ",\"DisqualificationDate\":\"20261001\""), .want = NULL };
static const struct expect_case born_75 = { "", ROW("2026-11-24", "1951-11-24", KOKUHO)
	SEEN("2026-10-27"), '1', ONE(IN_KOUKI("19511124", "010", "20270731")), .want = NULL };
static const struct expect_case school = { "", ROW("2026-04-01", "2020-04-01", KENPO)
	SEEN("2026-03-31"), '1', ONE(RESULT("20200401", KENPO)), .want = NULL };
static const struct expect_case bad_row = { "", ROW46("2026-11-31"), '\0', "",
	.more = { .error = ERR_MALFORMED } };
static const struct expect_case refused = { "", ROW46("2026-11-24"), '\0', "",
	.more = { .error = ERR_SERVICE_REFUSED, .code = "REQUEST_MALFORMED",
	    .message = "項目が不正" } };
static const struct expect_case unaskable = { "",
	"\"appointment\":\"2026-11-24\",\"birthdate\":\"\",\"insurer_number\":\"06132013\","
	"\"number\":\"1\"",
	'\0', "", .more = { .error = ERR_MALFORMED } };
static const struct expect_case aid = { "", ROW46("2026-11-24"), '6', "", .want = NULL };
static const struct expect_case open_ratio = { "", ROW("2026-11-24", "1954-01-20", KOKUHO)
	SEEN("2026-07-06"), '1', ONE(RESULT("19540120", KOKUHO)
	ELDERLY("030", "20250801", "20260731")), .want = NULL };
static const struct expect_case by_file = { "", ROW46("2026-11-24"), '1', "",
	.more = { .by_file = true } };
static const struct expect_case born_70 = { "", ROW("2026-12-01", "1956-11-10", KOKUHO), '1',
	ONE(RESULT("19561110", KOKUHO) ELDERLY("020", "20261201", "20270731")), .want = NULL };

static const struct word_case word_cases[] = {
	{ "ja: ended", &ended, true, "マイナンバーカード(カードで照会し直す); " BRING_PAPERS_JA
	    "| 番号の打ち間違いが多い。保険者番号・記号・番号を確かめて照会し直す; 2026-10-01に資格を喪失; " },
	{ "en: ended", &ended, false,
	    "the My Number card: the enquiry is made again by card; 資格確認書; "
	    "マイナポータル on a phone; the PDF saved from マイナポータル; "
	    "資格情報のお知らせ, together with the card; | typing errors are frequent: compare the "
	    "numbers and look up again; the eligibility was lost on 2026-10-01; " },
	{ "ja: 75", &born_75, true, "| 2026-11-24に75歳: 後期高齢者医療に移る; " },
	{ "en: 75", &born_75, false, "| turns 75 on 2026-11-24: 後期高齢者医療; " },
	{ "ja: 70", &born_70, true, "| 2026-12-01から70歳の区分; " },
	{ "en: 70", &born_70, false, "| in the band of 70 to 74 from 2026-12-01 on; " },
	{ "ja: school", &school, true, "| 2026-04-01に就学: 負担割合が変わる; " },
	{ "en: school", &school, false, "| of school age on 2026-04-01: the ratio changes; " },
	{ "ja: a bad row", &bad_row, true, "| 1行目: 予約日時: 日付として読めない; " },
	{ "en: a bad row", &bad_row, false, "| line 1: appointment is not a date; " },
	{ "ja: not askable", &unaskable, true, "| 照会に必要な生年月日がない; " },
	{ "en: not askable", &unaskable, false,
	    "| birthdate is missing: it can not be asked about; " },
	{ "ja: refused", &refused, true,
	    "| 資格確認サービスが照会を受け付けませんでした (REQUEST_MALFORMED 項目が不正); " },
	{ "en: refused", &refused, false,
	    "| service refused the enquiry (REQUEST_MALFORMED 項目が不正); " },
	{ "ja: 医療扶助", &aid, true, "| 人の判断が必要: 医療扶助; "
	    "有効という応答に資格の内容がない; " },
	{ "en: 医療扶助", &aid, false, "| a person must look: public assistance; "
	    "the answer says valid and shows no eligibility; " },
	{ "ja: the ratio is open", &open_ratio, true, "資格確認書; 高齢受給者証; "
	    "マイナポータルの資格情報画面(スマホ); マイナポータルの資格情報PDF; "
	    "資格情報のお知らせ(カードと一緒に); | 当日に確認: 資格確認書をお持ちですか; "
	    "2026-08-01に負担割合の見直し; 応答の負担割合は受診日の前に終わる; " },
	{ "en: the ratio is open", &open_ratio, false, "資格確認書; 高齢受給者証; "
	    "マイナポータル on a phone; the PDF saved from マイナポータル; "
	    "資格情報のお知らせ, together with the card; | to be found out that day: Is there a "
	    "資格確認書?; the ratio is set anew on 2026-08-01; the ratio of the answer ends before "
	    "the visit; " },
	{ "ja: 一括照会", &by_file, true, "| 有効という応答に資格の内容がない; "
	    "一括照会の「有効」は限度額と同意を含まない。当日カードで確認; " },
	{ "en: 一括照会", &by_file, false, "| the answer says valid and shows no eligibility; "
	    "valid in bulk says nothing about 限度額 and consents: enquire by card that day; " },
};

static void
run_words(void **state)
{
	const struct word_case *c = *state;
	struct buf got = BUF_INIT;
	struct sitting s;

	sit(&s, c->of, c->ja);
	for (size_t i = 0; i < appraisal.out.brings; i++)
		buf_addf(&got, "%s; ", appraisal.out.bring[i].text);
	buf_adds(&got, "| ");
	for (size_t i = 0; i < appraisal.out.warnings; i++)
		buf_addf(&got, "%s; ", appraisal.out.warning[i].text);
	assert_string_equal(got.p, c->want);
	buf_free(&got);
	rise(&s);
}

int
main(void)
{
	struct CMUnitTest tests[N(word_cases)];
	size_t n = 0;

	ADD_TABLE(tests, n, word_cases, run_words);
	return _cmocka_run_group_tests("expected, in words", tests, n, set_up, tear_down);
}
