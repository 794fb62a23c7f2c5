#ifndef BATCH_NOTE_H
#define BATCH_NOTE_H

#include <stdbool.h>

/*
 * What a row of the output may say besides the rules' own warnings: code,
 * Japanese, English; {} is replaced by what it is about.  What to ask the
 * patient to bring first, then the warnings.
 */
#define BRING_LIST(X)								\
	X(CARD, "my_number_card",						\
	    "マイナンバーカード(カードで照会し直す)", "the My Number card: the enquiry is made again by card") \
	X(CERTIFICATE, "eligibility_certificate", "資格確認書", "資格確認書")		\
	X(KOUKI, "kouki_certificate", "後期高齢者医療の資格確認書", "the 資格確認書 of 後期高齢者医療") \
	X(ELDERLY, "elderly_certificate", "高齢受給者証", "高齢受給者証")			\
	X(PORTAL, "portal", "マイナポータルの資格情報画面(スマホ)", "マイナポータル on a phone")	\
	X(PORTAL_PDF, "portal_pdf", "マイナポータルの資格情報PDF", "the PDF saved from マイナポータル") \
	X(NOTICE, "notice", "資格情報のお知らせ(カードと一緒に)", "資格情報のお知らせ, together with the card") \
	X(OLD_CARD, "old_card", "従来の保険証", "the old insurance card")

#define CAUTION_LIST(X)								\
	X(BAD_ROW, "bad_row", "{}", "{}")					\
	X(NOT_ASKABLE, "not_askable", "照会に必要な{}がない",			\
	    "{} is missing: it can not be asked about")				\
	X(CELL_UNREAD, "cell_unread", "{}が読めないので空欄とした", "{} can not be read: taken as blank") \
	X(RATIO_OPEN, "ratio_open", "当日に確認: {}", "to be found out that day: {}")	\
	X(PERSON_MUST_LOOK, "person_must_look", "人の判断が必要: {}", "a person must look: {}") \
	X(NO_RESULT, "no_result", "有効という応答に資格の内容がない",		\
	    "the answer says valid and shows no eligibility")			\
	X(OTHER_PERSON, "other_person",						\
	    "氏名もカナもリストと違う: 本人の資格か確かめる",				\
	    "another name and another kana: make sure that it is this patient's")	\
	X(STARTS_SCHOOL, "starts_school", "{}に就学: 負担割合が変わる",		\
	    "of school age on {}: the ratio changes")				\
	X(TURNS_70, "turns_70", "{}から70歳の区分", "in the band of 70 to 74 from {} on")	\
	X(TURNS_75, "turns_75", "{}に75歳: 後期高齢者医療に移る",		\
	    "turns 75 on {}: 後期高齢者医療")					\
	X(RATIO_YEAR, "ratio_year", "{}に負担割合の見直し", "the ratio is set anew on {}") \
	X(RATIO_ENDED, "ratio_ended", "応答の負担割合は受診日の前に終わる",		\
	    "the ratio of the answer ends before the visit")			\
	X(LOST_ON, "lost_on", "{}に資格を喪失", "the eligibility was lost on {}") \
	X(BULK_WITHOUT_LIMIT, "bulk_without_limit",				\
	    "一括照会の「有効」は限度額と同意を含まない。当日カードで確認",		\
	    "valid in bulk says nothing about 限度額 and consents: enquire by card that day")

#define X(name, code, ja, en) BRING_##name,
enum bring { BRING_LIST(X) BRING_MAX };
#undef X

#define X(name, code, ja, en) CAUTION_##name,
enum caution { CAUTION_LIST(X) CAUTION_MAX };
#undef X

const char	*bring_code(enum bring b);
const char	*bring_text(enum bring b, bool ja);
const char	*caution_code(enum caution c);
const char	*caution_text(enum caution c, bool ja);	/* with {} still in it */

#endif
