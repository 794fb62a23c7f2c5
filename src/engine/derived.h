#ifndef ENGINE_DERIVED_H
#define ENGINE_DERIVED_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/age.h"
#include "engine/facts.h"

/*
 * Derived facts: what the rules test.  Each has a handful of values; F begins
 * a fact, the V lines after it are its values, with the names the rule file
 * uses and what a person reads.  Rules can say nothing else.
 */
#define DERIVED(F, V)								\
	F(CONTRADICTION, "contradiction", "事実の食い違い", "contradiction")	\
	V(CONTRADICTION, NONE, "none", "なし", "none")				\
	V(CONTRADICTION, BIRTHDATE, "birthdate", "生年月日が応答と違う", "birth date differs from the answer") \
	V(CONTRADICTION, MEDIUM, "medium", "カードなしなのにカードによる応答", "an answer by card without a card") \
	V(CONTRADICTION, RESULTS, "results", "有効な応答に当日の資格が1つでない", "a valid answer without just one eligibility of the day") \
	V(CONTRADICTION, PERSON, "person", "カードの人と応答の人が違う", "the answer is about another person than the card's") \
	F(ANSWER_CLASS, "answer_class", "応答の区分", "class of the answer")	\
	V(ANSWER_CLASS, NONE, "none", "なし", "none")				\
	V(ANSWER_CLASS, ORDINARY, "ordinary", "一般", "ordinary")		\
	V(ANSWER_CLASS, SPECIAL, "special_medical", "特別療養費", "special medical expense") \
	V(ANSWER_CLASS, PUBLIC, "public_assistance", "医療扶助", "public assistance") \
	F(MEDIUM, "medium", "カード・スマホ", "card or phone")			\
	V(MEDIUM, CARD, "card", "カード", "card")				\
	V(MEDIUM, PHONE, "phone", "スマホ", "phone")				\
	V(MEDIUM, NONE, "none", "なし", "none")					\
	F(CHIP, "chip", "ICの読み取り", "chip")					\
	V(CHIP, OK, "ok", "読めた", "read")					\
	V(CHIP, NOT_READ, "not_read", "まだ読んでいない", "not read yet")		\
	V(CHIP, FAILED, "failed", "読めない", "unreadable")			\
	F(CERTIFICATE, "certificate", "電子証明書", "certificate")		\
	V(CERTIFICATE, NOT_GIVEN, "not_given", "期限不明", "end not known")	\
	V(CERTIFICATE, VALID, "valid", "有効", "valid")				\
	V(CERTIFICATE, SOON, "ends_soon", "3か月以内に期限", "ends within three months") \
	V(CERTIFICATE, GRACE, "grace", "期限切れ後の猶予中", "in grace")		\
	V(CERTIFICATE, ENDED, "ended", "猶予も終了", "past its grace")		\
	V(CERTIFICATE, REVOKED, "revoked", "失効", "revoked")			\
	F(REGISTERED, "registered", "保険証の利用登録", "registration")		\
	V(REGISTERED, NO_OBJECTION, "no_objection", "支障なし", "no objection")	\
	V(REGISTERED, NO, "no", "未登録", "not registered")			\
	V(REGISTERED, DECLINED, "declined", "登録を望まない", "declined")		\
	F(IDENTITY, "identity", "本人確認", "identity")				\
	V(IDENTITY, OPEN, "open", "できる", "possible")				\
	V(IDENTITY, LOCKED, "pin_locked", "暗証番号が使えない", "no way by PIN")		\
	V(IDENTITY, FAILED, "failed", "できない", "failed")			\
	F(ENQUIRY, "enquiry", "資格確認の照会", "enquiry")			\
	V(ENQUIRY, NOT_MADE, "not_made", "まだしていない", "not made yet")		\
	V(ENQUIRY, NO_ANSWER, "no_answer", "応答なし", "no answer")		\
	V(ENQUIRY, CARD_VALID, "card_valid", "カードで有効", "by card: valid")	\
	V(ENQUIRY, CARD_ENDED, "card_not_valid", "カードで無効・該当なし", "by card: not valid") \
	V(ENQUIRY, CARD_NEWER, "card_newer", "カードで無効(新しい資格あり)", "by card: a newer one exists") \
	V(ENQUIRY, CARD_MULTIPLE, "card_multiple", "カードで複数該当", "by card: several match") \
	V(ENQUIRY, NUMBER_MUNICIPAL, "number_valid_municipal", "番号で有効(国保・後期)", "by number: valid, 国保 or 後期") \
	V(ENQUIRY, NUMBER_OTHER, "number_valid_other", "番号で有効(その他・番号なし)", "by number: valid, other") \
	V(ENQUIRY, NUMBER_ENDED, "number_not_valid", "番号で無効・該当なし", "by number: not valid") \
	V(ENQUIRY, NUMBER_NEWER, "number_newer", "番号で無効(新しい資格あり)", "by number: a newer one exists") \
	V(ENQUIRY, NUMBER_MULTIPLE, "number_multiple", "番号で複数該当", "by number: several match") \
	F(PHYSICAL_CARD, "physical_card", "本人確認に使えるカード", "usable physical card") \
	V(PHYSICAL_CARD, YES, "yes", "あり", "yes")				\
	V(PHYSICAL_CARD, NO, "no", "なし", "no")					\
	V(PHYSICAL_CARD, EXPIRED, "expired", "カードの期限切れ", "card expired")	\
	V(PHYSICAL_CARD, DECLINED, "declined", "利用登録なし", "not registered")	\
	F(PHONE, "phone", "スマホの読み取り", "phone")				\
	V(PHONE, NONE, "none", "スマホなし", "no phone")				\
	V(PHONE, OPEN, "open", "失敗していない", "has not failed")		\
	V(PHONE, FAILED, "failed", "失敗", "failed")				\
	F(ELIGIBILITY_CERTIFICATE, "eligibility_certificate", "資格確認書", "資格確認書") \
	V(ELIGIBILITY_CERTIFICATE, NONE, "none", "なし", "none")			\
	V(ELIGIBILITY_CERTIFICATE, VALID, "valid", "有効", "valid")		\
	V(ELIGIBILITY_CERTIFICATE, ENDED, "not_valid", "期間外", "not valid that day") \
	F(PORTAL, "portal", "マイナポータル画面", "マイナポータル screen")		\
	V(PORTAL, NONE, "none", "なし", "none")					\
	V(PORTAL, VALID, "valid", "有効", "valid")				\
	V(PORTAL, ENDED, "not_valid", "期間外", "not valid that day")		\
	F(PORTAL_PDF, "portal_pdf", "マイナポータルPDF", "マイナポータル PDF")	\
	V(PORTAL_PDF, NONE, "none", "なし", "none")				\
	V(PORTAL_PDF, VALID, "valid", "有効", "valid")				\
	V(PORTAL_PDF, ENDED, "not_valid", "期間外", "not valid that day")	\
	F(NOTICE, "notice", "資格情報のお知らせ", "資格情報のお知らせ")		\
	V(NOTICE, NONE, "none", "なし", "none")					\
	V(NOTICE, VALID, "valid", "有効", "valid")				\
	V(NOTICE, ENDED, "not_valid", "期間外", "not valid that day")		\
	F(OLD_CARD, "old_card", "従来の保険証", "old insurance card")		\
	V(OLD_CARD, NONE, "none", "なし", "none")				\
	V(OLD_CARD, VALID, "valid", "有効", "valid")				\
	V(OLD_CARD, ENDED, "not_valid", "期限切れ", "expired")			\
	F(TEMPORARY_DOCUMENT, "temporary_document", "旧保険証かお知らせの提示", "old card or お知らせ presented") \
	V(TEMPORARY_DOCUMENT, NO, "no", "なし", "no")				\
	V(TEMPORARY_DOCUMENT, YES, "yes", "あり", "yes")				\
	F(COURSE, "course", "受診と記録", "visit and record")			\
	V(COURSE, FIRST, "first", "初診", "first visit")				\
	V(COURSE, NO_RECORD, "return_no_record", "再診・記録なし", "return, no record") \
	V(COURSE, CHANGED, "return_changed", "再診・変更あり", "return, insurance changed") \
	V(COURSE, TURNED_75, "return_turned_75", "再診・前回確認後に75歳", "return, 75th birthday since") \
	V(COURSE, UNCHANGED, "return_unchanged", "再診・変更なし", "return, unchanged") \
	F(DISASTER, "disaster", "災害の特例", "disaster rule")			\
	V(DISASTER, NONE, "none", "なし", "none in force")			\
	V(DISASTER, NOT_STATED, "not_stated", "申し立てなし", "items not stated")	\
	V(DISASTER, STATED, "stated", "申し立てあり", "items stated")		\
	F(STATEMENT, "statement", "被保険者資格申立書", "被保険者資格申立書")		\
	V(STATEMENT, NONE, "none", "なし", "none")				\
	V(STATEMENT, GIVEN, "given", "あり", "handed in")			\
	F(ENDED_NUMBER, "ended_number", "終わった資格の番号", "number of an ended eligibility") \
	V(ENDED_NUMBER, NONE, "none", "不明", "not shown")			\
	V(ENDED_NUMBER, SHOWN, "shown", "応答に表示", "shown by the answer")	\
	F(ABSENT, "absent_because", "カードがない理由", "why there is no card")	\
	V(ABSENT, UNKNOWN, "unknown", "不明", "not known")			\
	V(ABSENT, FORGOTTEN, "forgotten", "忘れた", "forgotten")			\
	V(ABSENT, LOST, "lost", "紛失", "lost")					\
	V(ABSENT, NONE_ISSUED, "none_issued", "未交付", "none issued")		\
	/* known once a path is found */					\
	F(PATH, "path", "経路", "path")						\
	V(PATH, NONE, "none", "確認手段なし", "nothing")				\
	V(PATH, ONLINE_CARD, "online_card", "カードによる資格確認", "confirmed online by card")		\
	V(PATH, ONLINE_PHONE, "online_phone", "スマホによる資格確認", "confirmed online by phone")	\
	V(PATH, SPECIAL_MEDICAL, "special_medical", "特別療養費", "special medical expense") \
	V(PATH, ELIGIBILITY_CERTIFICATE, "eligibility_certificate", "資格確認書", "資格確認書") \
	V(PATH, PORTAL, "portal", "カードとマイナポータル", "card and マイナポータル")	\
	V(PATH, NOTICE, "notice", "カードとお知らせ", "card and お知らせ")		\
	V(PATH, OLD_CARD, "old_card", "従来の保険証", "old insurance card")	\
	V(PATH, ONLINE_NUMBER, "online_number", "番号による照会", "look-up by number") \
	V(PATH, ORAL, "oral", "口頭確認", "oral confirmation")			\
	V(PATH, DISASTER, "disaster", "災害の特例", "disaster rule")		\
	V(PATH, STATEMENT, "statement", "カードと申立書", "card and 申立書")	\
	F(BAND, "band", "年齢・制度", "age and scheme")				\
	V(BAND, PRESCHOOL, "preschool", "未就学", "before school age")		\
	V(BAND, GENERAL, "general", "就学後〜70歳未満", "under 70")		\
	V(BAND, ELDERLY, "elderly", "70〜74歳", "70 to 74")			\
	V(BAND, KOUKI, "kouki", "後期高齢者医療", "後期高齢者医療")			\
	V(BAND, KOUKI_UNDER_65, "kouki_under_65", "65歳未満で後期の番号", "後期 number under 65") \
	V(BAND, OTHER_AT_75, "other_at_75", "75歳以上で後期以外の番号", "other number at 75 or over") \
	V(BAND, UNKNOWN, "unknown", "生年月日が不明", "birth date not to be had")	\
	F(MINOR, "minor", "18歳の年度末まで", "to 31 March after turning 18")	\
	V(MINOR, NO, "no", "いいえ", "no")					\
	V(MINOR, YES, "yes", "はい", "yes")					\
	F(SPECIAL, "special", "特別療養の印", "mark of special medical expense")	\
	V(SPECIAL, NO, "no", "なし", "no")					\
	V(SPECIAL, YES, "yes", "あり", "yes")					\
	F(UNION_RATIO, "union_ratio", "国保組合の印字割合", "ratio printed by a 国保組合") \
	V(UNION_RATIO, NONE, "none", "なし", "none")				\
	V(UNION_RATIO, PRINTED, "printed", "あり", "printed")			\
	F(RATIO_ONLINE, "ratio_online", "応答の割合", "ratio in the answer")	\
	V(RATIO_ONLINE, NONE, "none", "なし", "none")				\
	V(RATIO_ONLINE, P10, "10", "1割", "10%")					\
	V(RATIO_ONLINE, P20, "20", "2割", "20%")					\
	V(RATIO_ONLINE, P30, "30", "3割", "30%")					\
	F(RATIO_DOCUMENT, "ratio_document", "書類の割合", "ratio on a document")	\
	V(RATIO_DOCUMENT, NONE, "none", "なし", "none")				\
	V(RATIO_DOCUMENT, P10, "10", "1割", "10%")				\
	V(RATIO_DOCUMENT, P20, "20", "2割", "20%")				\
	V(RATIO_DOCUMENT, P30, "30", "3割", "30%")				\
	F(RATIO_RECORD, "ratio_record", "前回の割合", "ratio on file")		\
	V(RATIO_RECORD, NONE, "none", "使えない", "not usable")			\
	V(RATIO_RECORD, P10, "10", "1割", "10%")					\
	V(RATIO_RECORD, P20, "20", "2割", "20%")					\
	V(RATIO_RECORD, P30, "30", "3割", "30%")					\
	F(RATIO_STAFF, "ratio_staff", "職員が確かめた割合", "ratio ascertained by staff") \
	V(RATIO_STAFF, NONE, "none", "わからない", "not to be had")		\
	V(RATIO_STAFF, P10, "10", "1割", "10%")					\
	V(RATIO_STAFF, P20, "20", "2割", "20%")					\
	V(RATIO_STAFF, P30, "30", "3割", "30%")					\
	V(RATIO_STAFF, NOT_ASKED, "not_asked", "未確認", "not asked yet")		\
	F(RATIO_DECLARED, "ratio_declared", "申告の割合", "declared ratio")	\
	V(RATIO_DECLARED, NONE, "none", "なし", "none")				\
	V(RATIO_DECLARED, P10, "10", "1割", "10%")				\
	V(RATIO_DECLARED, P20, "20", "2割", "20%")				\
	V(RATIO_DECLARED, P30, "30", "3割", "30%")				\
	F(RATIO_CHECK, "ratio_check", "割合の照合", "ratios compared")		\
	V(RATIO_CHECK, FINE, "fine", "支障なし", "fine")				\
	V(RATIO_CHECK, DIFFER, "differ", "応答と書類が違う", "answer and paper differ") \
	F(RATIO_LEGAL, "ratio_legal", "法定の割合", "ratio allowed by law")	\
	V(RATIO_LEGAL, YES, "yes", "合う", "yes")				\
	V(RATIO_LEGAL, NO, "no", "ありえない割合がある", "one is not allowed at that age") \
	/* known once the verdict is found */					\
	F(BASIS, "basis", "割合の根拠", "basis of the ratio")			\
	V(BASIS, NONE, "none", "なし", "none")					\
	V(BASIS, ONLINE, "online", "応答", "the answer")				\
	V(BASIS, DOCUMENT, "document", "書類", "a document")			\
	V(BASIS, RECORD, "record", "前回の記録", "the record")			\
	V(BASIS, STATEMENT, "statement", "本人の申立て", "the patient's statement") \
	V(BASIS, STAFF, "staff", "職員の確認", "staff")				\
	V(BASIS, AGE, "age", "年齢から", "age")					\
	V(BASIS, RULE, "rule", "規則", "the rule")				\
	F(VERDICT, "verdict", "判定", "verdict")					\
	V(VERDICT, INSURED, "insured", "保険扱い", "insured")			\
	V(VERDICT, SELF_PAY, "self_pay", "全額", "full cost")			\
	V(VERDICT, NEED, "need", "確認が必要", "more is needed")			\
	V(VERDICT, REFER, "refer", "人の判断が必要", "a person must look")

#define F(id, name, ja, en) F_##id,
#define V(id, v, name, ja, en)
enum fact { DERIVED(F, V) F_MAX };
#undef F
#undef V

/* Value numbers: FIRST_X stands before the values of X. */
#define F(id, name, ja, en) FIRST_##id,
#define V(id, v, name, ja, en) V_##id##_##v,
enum value { DERIVED(F, V) VALUE_MAX };
#undef F
#undef V

#define VALUES_PER_FACT	16

/* A set of values of one fact; bit n is the n-th value of DERIVED. */
typedef uint16_t valueset;

/* Where the values of each fact begin among all of them; one more for the end. */
extern const int fact_first[F_MAX + 1];

/* The n-th value of f as a number from 0, and the set of it alone. */
static inline int
value_index(enum fact f, enum value v)
{
	return (int)v - fact_first[f] - 1;
}

static inline valueset
value_bit(enum fact f, enum value v)
{
	return (valueset)(1U << value_index(f, v));
}

/* How many values it has. */
static inline int
fact_values(enum fact f)
{
	return fact_first[f + 1] - fact_first[f] - 1;
}

/* The set of all values of f. */
static inline valueset
value_all(enum fact f)
{
	return (valueset)((1U << fact_values(f)) - 1);
}

/* How a fact or a value is called: in the rule file, in Japanese, in English. */
struct words { const char *name, *ja, *en; };
const struct words *fact_words(enum fact f);
const struct words *value_words(enum fact f, int index);

/*
 * The questions that can be put to a person, a card or a service: the dotted
 * name of the contract, the allowed answers, and the sentence.
 */
#define QUESTIONS(Q)								\
	Q(MEDIUM, "card.medium", "card phone none",				\
	    "マイナンバーカードかスマホをお持ちですか", "Is there a My Number card or phone?") \
	Q(READ, "card.read", "ok unreadable reader_fault not_my_number",	\
	    "カードは読み取れましたか", "Could the card be read?")		\
	Q(IDENTITY, "card.identity", "face visual failed",			\
	    "顔認証か目視で本人確認できますか", "Can face or visual confirmation be done?") \
	Q(REGISTERED, "card.registered", "true false declined",			\
	    "その場で保険証の利用登録をしますか", "Register the card as 保険証 on the spot?") \
	Q(ONLINE, "online", "object null",					\
	    "資格確認の照会をしてください", "Make the online enquiry")		\
	Q(ELIGIBILITY_CERTIFICATE, "documents.eligibility_certificate", "object null", \
	    "資格確認書をお持ちですか", "Is there a 資格確認書?")		\
	Q(PORTAL, "documents.portal", "object null",				\
	    "マイナポータルの資格情報画面を見せられますか", "Can the マイナポータル screen be shown?") \
	Q(PORTAL_PDF, "documents.portal_pdf", "object null",			\
	    "マイナポータルの資格情報PDFを保存していますか", "Is there a saved マイナポータル PDF?") \
	Q(NOTICE, "documents.notice", "object null",				\
	    "資格情報のお知らせをお持ちですか", "Is there a 資格情報のお知らせ?")	\
	Q(OLD_CARD, "documents.old_card", "object null",			\
	    "従来の保険証をお持ちですか", "Is there an old insurance card?")	\
	Q(VISIT, "visit", "first return",					\
	    "初診ですか、再診ですか", "First visit or return visit?")		\
	Q(RECORD, "record", "object null",					\
	    "前回確認した資格の記録がありますか", "Is an earlier confirmed eligibility on file?") \
	Q(UNCHANGED, "record.unchanged", "true false",				\
	    "前回から保険に変更はありませんか", "Is the insurance unchanged since then?") \
	Q(STATED, "disaster.stated", "true false",				\
	    "氏名・生年月日・連絡先と、勤め先か住所を聞き取れましたか",		\
	    "Were name, birth date, contact and employer or address stated?")	\
	Q(STATEMENT, "statement", "object null",				\
	    "被保険者資格申立書に記入してもらえますか", "Will the patient fill in the 被保険者資格申立書?") \
	Q(BIRTHDATE, "birthdate", "date",					\
	    "生年月日を確認してください", "What is the birth date?")		\
	Q(COPAY_PERCENT, "copay_percent", "10 20 30 null",			\
	    "保険者に電話して負担割合を確かめてください", "Telephone the insurer: what is the ratio?")

#define Q(id, name, values, ja, en) Q_##id,
enum question { QUESTIONS(Q) Q_MAX };
#undef Q

struct question_info { const char *name, *values, *ja, *en; };
const struct question_info *question_info(enum question q);

/* Limits that the rule file carries as data. */
struct parameters {
	int	grace_months;		/* CERT-2, counted from the month's end */
	int	warn_months;		/* CERT-3 */
	int	old_card_last_day;	/* DOC-9 */
	int	phone_first_day;	/* PHN-1 */
	int	ratio_year_month, ratio_year_day;	/* INC-6: 8/1 */
	int	stale_after_days;	/* after a rule was verified; then it is to be again */
	char	unknown_insurer[9], unknown_number[10];		/* CLM-3, -4 */
	char	disaster_insurer[9], disaster_number[10];	/* CLM-12 */
};

/*
 * What can be true: for each derived fact the set of values it can still
 * have, never empty, and the question that would narrow it.
 */
struct state {
	valueset	 can[F_MAX];
	uint8_t		 ask[F_MAX];	/* enum question, meaningful if can has several */
	int		 birthdate;	/* the one that counts, or FACT_* */
	struct age_borders age;		/* of that birth date; meaningless while it is not known */
	int		 grace_end;	/* last day of the grace, or FACT_ABSENT */
	valueset	 legal;		/* ratios the law allows, as bits of RATIO_* */
};

/* Fills in every fact that does not depend on a path. */
void state_derive(struct state *s, const struct facts *f, const struct parameters *p);

/* Fills in the facts that depend on the path, PATH included. */
void state_derive_path(struct state *s, const struct facts *f, const struct parameters *p,
    enum value path);

/* One known value of a fact. */
static inline void
state_set(struct state *s, enum fact f, enum value v)
{
	s->can[f] = value_bit(f, v);
}

/* The value when there is only one, else -1: an index as in value_index(). */
static inline int
state_only(const struct state *s, enum fact f)
{
	const unsigned can = s->can[f];

	return (can & (can - 1)) == 0 ? __builtin_ctz(can) : -1;
}

/* The document that the path stands on, or DOC_MAX. */
enum document_kind state_document(const struct state *s);
/* The numbers that the path stands on; all NULL when there are none. */
struct insured_number state_source(const struct state *s, const struct facts *f);

#endif
