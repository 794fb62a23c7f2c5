#include "form/statement.h"

#include <string.h>

#include "base/date.h"
#include "base/version.h"

#define W	"　"	/* one full-width blank */

/* A row with nothing in it yet. */
static struct block *
row(struct sheet *s, const char *label, const char *hint)
{
	struct block *b = sheet_add(s, BLOCK_ROW);

	b->label = label;
	b->hint = hint;
	return b;
}

static void
say(struct sheet *s, enum block_kind kind, const char *text)
{
	sheet_add(s, kind)->text = text;
}

/* A row, with what is known as it came. */
static struct block *
written(struct sheet *s, const char *label, const char *hint, const char *known)
{
	struct block *b = row(s, label, hint);

	if (known != NULL)
		b->text = sheet_clean(s, known, &b->lost);
	return b;
}

static void
choice(struct block *b, const char *text, bool on)
{
	b->choice[b->choices++] = (struct choice){ text, on };
}

static struct block *
dated(struct sheet *s, const char *label, const char *blank, int day)
{
	struct block *b = row(s, label, NULL);
	char era[DATE_ERA_LEN + 1], iso[DATE_ISO_LEN + 1];

	b->blank = blank;
	if (fact_known(day)) {
		date_format_era(day, era);
		date_format_iso(day, iso);
		b->text = sheet_printf(s, "%s (%s)", era, iso);
	}
	return b;
}

static void
proof(struct sheet *s, const struct statement *st)
{
	struct block *b = row(s, "保険証等の有無", "資格確認書などを含みます");

	choice(b, "ある", st->proof == PROOF_HAVE);
	choice(b, "ない", st->proof == PROOF_NONE);
	choice(b, "手続き中", st->proof == PROOF_PENDING);
	choice(b, "わからない", st->proof == PROOF_UNKNOWN);
}

/*
 * The kinds, and how people write them.  One name lies in another (健康保険組合
 * in 国民健康保険組合), so the longest that is found counts; a wording of its own
 * then stands in place of the printed one.
 */
static const struct {
	const char	*printed;
	const char	*words[3];
} insurances[] = {
	{ "協会けんぽ", { "協会" } },
	{ "健康保険組合", { "健康保険組合", "健保組合", "組合健保" } },
	{ "共済組合", { "共済" } },
	{ "船員保険", { "船員" } },
	{ "国民健康保険(市町村)", { "国民健康保険", "国保" } },
	{ "国民健康保険組合", { "国民健康保険組合", "国保組合" } },
	{ "後期高齢者医療", { "後期" } },
	{ "わからない", { "わからない", "不明" } },
};
#define INSURANCES	(sizeof(insurances) / sizeof(insurances[0]))

static size_t
insurance_of(const char *kind)
{
	size_t best = INSURANCES, longest = 0;

	for (size_t i = 0; i < INSURANCES; i++)
		for (size_t k = 0; k < 3 && insurances[i].words[k] != NULL; k++) {
			const char *word = insurances[i].words[k];

			if (strlen(word) > longest && strstr(kind, word) != NULL) {
				longest = strlen(word);
				best = i;
			}
		}
	return best;
}

static void
insurance(struct sheet *s, const struct statement *st)
{
	struct block *b = row(s, "保険種別", NULL);
	const char *kind = st->insurance_kind != NULL ?
	    sheet_clean(s, st->insurance_kind, &b->lost) : NULL;
	const size_t known = kind != NULL ? insurance_of(kind) : INSURANCES;

	b->lines = 2;
	for (size_t i = 0; i < INSURANCES; i++)
		choice(b, i == known ? kind : insurances[i].printed, i == known);
	if (kind != NULL && known == INSURANCES)
		choice(b, sheet_printf(s, "その他(%s)", kind), true);
	else
		choice(b, "その他(" W W W W W W ")", false);
}

static void
ratio(struct sheet *s, const struct statement *st)
{
	struct block *b = row(s, "一部負担金の割合", "70歳以上・後期高齢者の方");

	choice(b, "1割", st->copay_percent == 10);
	choice(b, "2割", st->copay_percent == 20);
	choice(b, "3割", st->copay_percent == 30);
	choice(b, "わからない", st->copay_percent == COPAY_NOT_KNOWN);
}

static void
issued(struct sheet *s, const struct statement *st)
{
	struct block *b = row(s, "交付を受けた時期", NULL);
	char era[DATE_ERA_LEN + 1];
	const char *month;

	b->blank = "令和" W W W "年" W W W "月ごろ";
	if (!fact_known(st->issued))
		return;
	date_format_era(st->issued, era);
	month = strstr(era, "月");
	b->text = sheet_printf(s, "%.*s月ごろ", (int)(month - era), era);
}

static void
sex(struct sheet *s, const struct statement *st)
{
	struct block *b = row(s, "性別", NULL);

	b->beside = true;
	choice(b, "男", st->sex == SEX_MALE);
	choice(b, "女", st->sex == SEX_FEMALE);
}

static void
address(struct sheet *s, const struct statement *st)
{
	const char *postal = st->postal_code;
	struct block *b;

	if (st->address != NULL && postal != NULL)
		b = written(s, "住所", NULL, sheet_printf(s, "%s%s %s",
		    strncmp(postal, "〒", strlen("〒")) != 0 ? "〒" : "", postal, st->address));
	else
		b = written(s, "住所", NULL, st->address);
	b->blank = "〒";
	b->lines = 2;
}

static void
part_insurance(struct sheet *s, const struct statement *st)
{
	say(s, BLOCK_HEADING, "1 保険証等に関する事項");
	proof(s, st);
	insurance(s, st);
	written(s, "保険者等の名称", NULL, st->insurer_name);
	written(s, "事業所名", "会社などの健康保険の方", st->employer);
	issued(s, st);
	ratio(s, st);
}

static void
part_person(struct sheet *s, const struct statement *st)
{
	say(s, BLOCK_HEADING, "2 マイナンバーカードの券面の事項と連絡先");
	written(s, "フリガナ", NULL, st->kana);
	written(s, "氏名", NULL, st->name);
	dated(s, "生年月日", "大・昭・平・令" W W "年" W W "月" W W "日", st->birthdate);
	sex(s, st);
	address(s, st);
	written(s, "連絡先", "日中につながる電話番号", st->phone);
}

static void
part_signature(struct sheet *s, const struct statement *st)
{
	say(s, BLOCK_HEADING, "3 署名");
	dated(s, "受診日", "令和" W W "年" W W "月" W W "日", st->visit_date);
	dated(s, "記入日", "令和" W W "年" W W "月" W W "日", FACT_UNASKED)->beside = true;
	row(s, "署名", NULL);
	row(s, "続柄", "代筆のとき")->beside = true;
}

/* What follows from it (DEC-2, DEC-7, DEC-8, DEC-10, LIM-3, REF-1..3). */
static void
part_notes(struct sheet *s)
{
	static const char *const notes[] = {
		"きょうの窓口のお支払いは、この申立書をもとに3割(就学前は2割、70歳以上の方などは申し立てた1〜3割)です。",
		"新しい保険者番号・記号・番号がわかったら、すぐにお知らせください。写しや写真でもかまいません。",
		"70歳以上の方などで、申し立てた割合があとで違うとわかったときは、保険者と精算していただくことがあります。",
		"この方法では限度額の区分がわかりません。限度額適用認定証などをお持ちの方はお見せください。",
		"マイナンバーカードがないときは、この申立書は使えません。いったん全額(10割)を支払ったときは、領収書と診療報酬明細書で、支払いの翌日から2年以内に保険者へ払い戻し(療養費)を請求できます。同じ月のうちに資格のわかるものをお持ちいただければ、当院で精算できることがあります。",
		"この用紙は、保険からの支払いが確かめられるまで当院で保管します。",
	};

	say(s, BLOCK_HEADING, "この申立書について");
	for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++)
		say(s, BLOCK_NOTE, notes[i]);
}

static void
part_desk(struct sheet *s, const struct statement *st)
{
	say(s, BLOCK_HEADING, "医療機関の記入欄");
	written(s, "患者番号", NULL, st->patient);
	row(s, "受付者", NULL)->beside = true;
	choice(row(s, "カードの確認", NULL), "マイナンバーカードの券面と顔写真で本人を確かめた", false);
}

static bool
is_blank(const struct sheet *s)
{
	for (int i = 0; i < s->blocks; i++) {
		const struct block *b = &s->block[i];

		if (b->kind == BLOCK_ROW && b->text != NULL)
			return false;
		for (int k = 0; k < b->choices; k++)
			if (b->choice[k].on)
				return false;
	}
	return true;
}

int
statement_sheet(const struct statement *st, const char *edition, int today, struct sheet *s,
    struct err *e)
{
	struct block *to = sheet_add(s, BLOCK_TO), *how;

	s->day = today;
	s->title = "被保険者資格申立書";
	if (st->clinic != NULL)
		to->text = sheet_clean(s, st->clinic, &to->lost);
	say(s, BLOCK_PARAGRAPH, "私は健康保険などの資格とマイナンバーカードを持っていますが、オンライン資格確認では資格を確かめられませんでした。そこで、わかる範囲で次のとおり申し立てます。");
	how = sheet_add(s, BLOCK_PARAGRAPH);
	part_insurance(s, st);
	part_person(s, st);
	how->text = is_blank(s) ?
	    "当てはまるものに✓を付け、わからないところは空けておいてください。個人番号(マイナンバーの12けたの数字)は書かないでください。" :
	    "当てはまるものに✓を付け、わからないところは空けておいてください。印字されたことが違うときは、線で消して書き直してください。個人番号(マイナンバーの12けたの数字)は書かないでください。";
	part_signature(s, st);
	part_notes(s);
	part_desk(s, st);
	s->footer = sheet_printf(s, "この用紙は shikaku %s がつくった独自の様式です。国が定めた様式ではありません。規則の版: %s",
	    SHIKAKU_VERSION, edition);
	return s->failed ? err_set(e, ERR_NOMEM, "out of memory") : 0;
}
