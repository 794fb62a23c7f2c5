/* The page for the morning meeting: its numbers, cells, picture and words, and what it allows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "report_text.h"

#include "base/base64.h"
#include "base/hash.h"

static void
test_counts(void **state)
{
	static const int many[STATUS_MAX] = { 1234, 2, 3, 4, 5, 6 };
	static const char *const rows[] = {
		"有効</th><td class=\"n\">1,234<", "無効</th><td class=\"n\">2<",
		"無効(新しい資格あり)</th><td class=\"n\">3<", "該当資格なし</th><td class=\"n\">4<",
		"複数該当</th><td class=\"n\">5<", "確認できず</th><td class=\"n\">6<",
		"合計</th><td class=\"n\">1,254<", "<strong>1,254人</strong>",
		"もう一度実行すると確認できる見込みの行: 2<", "リストを直さないと確認できない行: 2<",
		"もう一度実行しても確認できない行: 2<", "読めなかった行(図にない): 2<",
	};
	struct report *r = open_report(&japanese);
	long number = 0;
	char *page;

	(void)state;
	for (int s = 0; s < STATUS_MAX; s++)
		for (int i = 0; i < many[s]; i++) {
			struct row row = row_at(++number, TODAY, 540);
			struct out_row out = out_of("P", (enum status)s);

			if (s == STATUS_ERROR && i < 2)
				row.fault = ROW_NUL;
			out.retryable = s == STATUS_ERROR && (i == 0 || i > 3);
			assert_int_equal(report_add(r, &row, &out), 0);
		}
	page = page_of(r);
	for (size_t i = 0; i < N(rows); i++)
		has(page, rows[i]);
	free(page);
}

/* What stands in the cells of a person. */
static void
test_cells(void **state)
{
	static const struct change changes[] = { { CHANGE_SYMBOL, NULL, "34" },
		{ CHANGE_COPAY_PERCENT, "３割", "20" } };
	const struct note warnings[] = { ends, general, { "c", "期限 2026-11-24", TODAY } };
	const struct note bring[] = { something, { "a", "資格確認書", FACT_ABSENT },
		{ "b", "お知らせ", TODAY } };
	struct report *r = open_report(&japanese);
	struct row row = row_at(1, TODAY, 545), bad = row_at(2, TODAY, 545);
	struct out_row out = out_of("P1", STATUS_INVALID_NEW), unread = out_of(NULL, STATUS_ERROR);
	char *page;

	(void)state;
	row.given[COLUMN_NAME] = "山田 太郎";
	row.given[COLUMN_KANA] = "ヤマダ タロウ";
	row.last_copay_percent = 30;
	out.copay_percent = 20;
	out.bring = bring;
	out.change = changes;
	out.warning = warnings;
	out.brings = N(bring);
	out.changes = N(changes);
	out.warnings = N(warnings);
	bad.fault = ROW_DATE;
	bad.column = COLUMN_APPOINTMENT;
	assert_int_equal(report_add(r, &row, &out), 0);
	assert_int_equal(report_add(r, &bad, &unread), 0);
	page = page_of(r);
	check_tags(page);
	has(page, "<tr><td class=\"when\">9:05</td><th scope=\"row\" class=\"who\">"
	    "<bdi class=\"id\">P1</bdi> <bdi class=\"name\" lang=\"ja\">山田 太郎</bdi> "
	    "<bdi class=\"kana\" lang=\"ja\">ヤマダ タロウ</bdi></th><td class=\"outcome\">"
	    "<span class=\"badge invalid_new\">無効(新しい資格あり)</span> "
	    "<span class=\"ratio\">2割の見込み</span></td>");
	has(page, "持参</span> <span><strong>マイナンバーカード</strong><br>なければ次のどれか: "
	    "<span class=\"or\">資格確認書 /</span> <span class=\"or\">お知らせ "
	    "<span class=\"until\"><time datetime=\"2026-11-24\">");
	has(page, "期限 2026-11-24</span></li>");
	has(page, "記号: <del><bdi>(空欄)</bdi></del>");
	has(page, "<ins><bdi>34</bdi></ins>");
	has(page, "負担割合: <del><bdi>3割</bdi></del>");
	has(page, "<ins><bdi>2割</bdi></ins>");
	has(page, "期限 <span class=\"until\"><time datetime=\"2026-11-30\">2026年11月30日(月)</time>まで");
	has_not(page, "<span>限度額</span>");
	has(page, "(読めません)");
	has(page, "<td class=\"outcome\">リストを直す</td><td class=\"why\"><ul><li>"
	    "3行目: 予約日時: 日付として読めない</li></ul>");
	free(page);
}

struct picture_case {
	const char	*name;
	int		 days;		/* appointments on so many days, the last one first */
	int		 from, to;	/* minutes of the day; FACT_ABSENT: no time */
	const char	*has[4];
	const char	*has_not;
};

static const struct picture_case pictures[] = {
	{ "one appointment", 1, 540, 540, { "15分ごとの予約", ">9:00</text>" }, "9:15<" },
	{ "a morning", 1, 540, 719, { "15分ごとの予約", ">9:00</text>", ">11:45</text>" }, "12:00<" },
	{ "a day", 1, 560, 1120, { "30分ごとの予約", "\">9:00: 1人", ">12:00</text>",
	    "; 18:30: 2人" }, "19:00<" },
	{ "all day and night", 1, 0, 1439, { "60分ごとの予約", ">0:00</text>", ">23:00</text>" },
	    "0:30<" },
	{ "no time", 1, FACT_ABSENT, FACT_ABSENT, { ">時刻なし</text>" }, "9:00<" },
	{ "two days", 2, 540, 540, { "日ごとの予約", ">11/24(火)</text>", ">11/25(水)</text>" },
	    "それ以降" },
	{ "31 days", 31, 540, 540, { "日ごとの予約", ">12/24(木)</text>" }, "それ以降" },
	{ "40 days", 40, 540, 540, { ">12/24(木)</text>", ">それ以降</text>",
	    "それ以降: 27人, 受付で確認 9, そのまま受付 18</desc>",
	    "11月24日(火)</time>〜<time datetime=\"2027-01-02\">" }, ">12/25(金)</text>" },
};

static void
run_picture(void **state)
{
	const struct picture_case *c = *state;
	struct report *r = open_report(&japanese);
	long number = 0;
	char *page;

	for (int round = 0; round < 3; round++)
		for (int i = c->days - 1; i >= 0; i--) {
			const int minute = round == 0 ? c->from : c->to;
			const struct row row = row_at(++number, TODAY + i, minute);
			struct out_row out = out_of("P", STATUS_VALID);

			out.change = &symbol;
			out.changes = round == 0;
			assert_int_equal(report_add(r, &row, &out), 0);
		}
	page = page_of(r);
	check_tags(page);
	for (size_t i = 0; i < N(c->has) && c->has[i] != NULL; i++)
		has(page, c->has[i]);
	has_not(page, c->has_not);
	free(page);
}

static void
test_empty(void **state)
{
	char *page = page_of(open_report(&japanese));

	(void)state;
	check_tags(page);
	has(page, "<html lang=\"ja\" translate=\"no\">");
	has(page, "<title>予約患者の資格確認 予約なし</title>");
	has(page, "2026年11月24日(火)</time> 6:05");
	has(page, "リスト <bdi>yoyaku.csv</bdi>");
	has(page, "電話の必要な人はいません。");
	has(page, "受付で確認する人はいません。");
	has(page, "確認できなかった行はありません。");
	has(page, "図にする予約がありません。");
	has_not(page, "一括照会");
	has_not(page, "class=\"people\"");
	free(page);
}

static void
test_english(void **state)
{
	struct report *r = open_report(&english);
	char *page;

	(void)state;
	add_person(r, 1, "P1", STATUS_INVALID_NEW, false, TODAY, 540);
	page = page_of(r);
	check_tags(page);
	has(page, "<html lang=\"en\" translate=\"no\">");
	has(page, "<title>Eligibility of the appointments Tue 24 Nov 2026</title>");
	has(page, "<span class=\"badge invalid_new\">Invalid, insured anew</span>");
	has(page, "symbol: <del><bdi>12</bdi></del>");
	has(page, "Nobody needs a call.");
	has(page, "Appointments by 15 minutes");
	/* of other than ASCII there is the arrow alone, and the fonts of the style */
	for (const char *p = strstr(page, "</style>"); *p != '\0'; p++)
		assert_true((*p & 0x80) == 0 || strncmp(p, "→", 3) == 0 ||
		    strncmp(p - 1, "→", 3) == 0 || strncmp(p - 2, "→", 3) == 0);
	free(page);
}

static void
test_words(void **state)
{
	(void)state;
	for (int w = 0; w < WORDS_MAX; w++) {
		assert_string_not_equal(words((enum words)w, true), words((enum words)w, false));
		assert_null(strpbrk(words((enum words)w, true), "<>&"));
		assert_null(strpbrk(words((enum words)w, false), "<>&"));
	}
}

static void
test_bulk(void **state)
{
	struct report_head head = japanese;
	char *page;

	(void)state;
	head.bulk = true;
	page = page_of(open_report(&head));
	has(page, "一括照会の「有効」が含まないもの");
	has(page, "限度額の区分と、患者の同意にもとづく情報");
	free(page);
}

/* The style that the policy allows is the one that is there, and nothing else is. */
static void
test_policy(void **state)
{
	char *page = page_of(open_report(&japanese));
	const char *style = strstr(page, "<style>") + strlen("<style>");
	struct buf policy = BUF_INIT;
	uint8_t hash[HASH_SHA256_LEN];

	(void)state;
	hash_sha256(style, (size_t)(strstr(style, "</style>") - style), hash);
	buf_adds(&policy, "content=\"default-src 'none'; style-src 'sha256-");
	base64_add(&policy, hash, sizeof(hash));
	buf_adds(&policy, "'; base-uri 'none'; form-action 'none'\"");
	has(page, policy.p);
	assert_null(strstr(style, "<style"));
	has_not(page, "<script");
	has_not(page, "http:");
	has_not(page, "https:");
	has_not(page, "style=");
	has_not(page, "@import");
	buf_free(&policy);
	free(page);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_cells),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_english),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_bulk),
		cmocka_unit_test(test_policy),
	};
	struct CMUnitTest tests[N(pictures) + N(others)];
	size_t n = 0;

	ADD_TABLE(tests, n, pictures, run_picture);
	memcpy(tests + n, others, sizeof(others));
	return _cmocka_run_group_tests("report page", tests, N(tests), NULL, NULL);
}
