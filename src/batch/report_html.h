#ifndef BATCH_REPORT_HTML_H
#define BATCH_REPORT_HTML_H

#include <stdbool.h>

#include "base/buf.h"

/*
 * The words of the report in both languages.  '#' stands for a number, '@' for
 * a text put in by html_words(); none of them holds markup.
 */
#define WORDS_LIST(X)							\
	X(TITLE,   "予約患者の資格確認", "Eligibility of the appointments")	\
	X(SUMMARY, "まとめ", "Summary")					\
	X(PEOPLE,  "#人", "# in all")					\
	X(PEOPLE_OF, "@の予約", "Appointments of @")			\
	X(NO_DAY,  "予約なし", "No appointments")			\
	X(TO,      "〜", " to ")					\
	X(MADE,    "作成 @", "Made @")					\
	X(LIST,    "リスト", "List")					\
	X(EDITION, "規則", "Rules")					\
	X(STATUSES, "照会の結果", "What the service says")		\
	X(STATUS_VALID,       "有効", "Valid")				\
	X(STATUS_INVALID,     "無効", "Invalid")			\
	X(STATUS_INVALID_NEW, "無効(新しい資格あり)", "Invalid, insured anew")	\
	X(STATUS_NOT_FOUND,   "該当資格なし", "Not found")		\
	X(STATUS_MULTIPLE,    "複数該当", "Several matches")		\
	X(STATUS_ERROR,       "確認できず", "Not confirmed")		\
	X(STATUS,  "状態", "Status")					\
	X(COUNT,   "人数", "People")					\
	X(TOTAL,   "合計", "In all")					\
	X(CARE_CALL,   "今日電話する", "Call today")			\
	X(CARE_DESK,   "受付で確認", "Check at the desk")		\
	X(CARE_FAILED, "未確認", "Not confirmed")			\
	X(CARE_FINE,   "そのまま受付", "Nothing to do")			\
	X(SHORT_CALL,   "電話", "Call")					\
	X(SHORT_DESK,   "受付", "Desk")					\
	X(SHORT_FAILED, "未確認", "Failed")				\
	X(SHORT_FINE,   "そのまま", "Fine")				\
	X(SHORT_ALL,    "計", "All")					\
	X(HEAD_CALL,   "今日電話する人", "People to call today")	\
	X(HEAD_DESK,   "受付で確認する人", "People to check at the desk")	\
	X(HEAD_FAILED, "確認できなかった行", "Rows that could not be confirmed")	\
	X(NONE_CALL,   "電話の必要な人はいません。", "Nobody needs a call.")	\
	X(NONE_DESK,   "受付で確認する人はいません。", "There is nobody to check at the desk.")	\
	X(NONE_FAILED, "確認できなかった行はありません。", "Every row could be confirmed.")	\
	X(ABOUT_CALL, "来院前に電話し、持ってきてもらうものを伝えます。急ぐ順です。",	\
	    "Tell them before the visit what to bring. Most urgent first.")	\
	X(ABOUT_DESK, "電話は要りません。受付のときに見てください。急ぐ順です。",	\
	    "No call is needed; look when they come. Most urgent first.")	\
	X(FAILED_RUN, "もう一度実行すると確認できる見込みの行: #",	\
	    "Rows that may succeed when the list is run again: #")	\
	X(FAILED_MEND, "リストを直さないと確認できない行: #",		\
	    "Rows of the list that must be mended first: #")		\
	X(FAILED_DESK, "もう一度実行しても確認できない行: #",		\
	    "Rows that would fail again: #")				\
	X(MORE, "ほかに#人います。この紙には急ぐ順に@人までを載せています。全員は出力ファイルにあります。",	\
	    "# more are not shown: this page has the @ most urgent, the output file has all.")	\
	X(APPOINTMENT, "予約", "Appointment")				\
	X(PATIENT, "患者", "Patient")					\
	X(WHY_CALL, "持ってきてもらうもの・理由", "What to bring, and why")	\
	X(WHY,     "理由", "Why")					\
	X(NEXT,    "次にすること", "What to do")			\
	X(DONE,    "済", "Done")					\
	X(NEXT_RUN,  "もう一度実行", "Run it again")			\
	X(NEXT_MEND, "リストを直す", "Mend the list")			\
	X(NEXT_DESK, "受付で照会", "Ask at the desk")			\
	X(BRING,   "持参", "Bring")					\
	X(ELSE,    "なければ次のどれか:", "or, without it, one of:")	\
	X(CHANGE,  "変更", "Changed")					\
	X(WARNING, "注意", "Note")					\
	X(BLANK,   "(空欄)", "(blank)")				\
	X(BECOMES, "から", "to")					\
	X(UNKNOWN, "(読めません)", "(unreadable)")			\
	X(UNTIL,   "@まで", "until @")					\
	X(RATIO,   "@の見込み", "expected: @")				\
	X(LINE,    "#行目", "line #")					\
	X(NO_TIME, "時刻なし", "No time")				\
	X(LATER,   "それ以降", "Later")					\
	X(PICTURE, "予約の流れ", "The appointments")			\
	X(PICTURE_DAYS, "日ごとの予約", "Appointments by day")		\
	X(PICTURE_STEP, "#分ごとの予約", "Appointments by # minutes")	\
	X(PICTURE_HOW, "帯の長さが人数です。", "The longer the bar, the more people.")	\
	X(NOWHERE, "予約日時を読めなかった行(図にない): #",		\
	    "Rows whose appointment could not be read (not in the picture): #")	\
	X(NO_PICTURE, "図にする予約がありません。", "There are no appointments to draw.")	\
	X(BULK_HEAD, "一括照会の「有効」が含まないもの", "What a bulk \"valid\" leaves open")	\
	X(BULK,								\
	    "一括照会で分かるのは資格と負担割合までです。限度額の区分と、患者の同意にもとづく情報は" \
	    "分かりません。来院した日の確認の代わりにはなりません。",		\
	    "A bulk enquiry tells eligibility and ratio only: neither the limit category "	\
	    "(限度額) nor what needs the patient's consent. It does not replace the check that day.") \
	X(PRIVATE, "患者の個人情報です。使い終えたら、ファイルは消し、紙は細断してください。",	\
	    "This page holds personal data. Delete the file and shred the paper after use.")

#define X(name, ja, en) WORDS_##name,
enum words { WORDS_LIST(X) WORDS_MAX };
#undef X

/* Trusted words as they are. */
const char *words(enum words w, bool ja);

/* Appends the words with n for '#'. */
void	html_words(struct buf *b, enum words w, bool ja, long n);
/* The same with inner, which is HTML, for '@'; frees inner. */
void	html_words_with(struct buf *b, enum words w, bool ja, long n, struct buf *inner);

/*
 * Appends untrusted text: markup escaped, what could reorder or hide text made
 * visible as '?', at most max characters and then an ellipsis.
 */
void	html_text(struct buf *b, const char *s, int max);

/* "1,234" */
void	html_number(struct buf *b, long n);

/* A <time> of the day; with its year, or without for a column. */
void	html_day(struct buf *b, bool ja, int day, bool year);
/* The same as plain text. */
void	plain_day(struct buf *b, bool ja, int day, bool year);
/* "9:30" */
void	html_minute(struct buf *b, int minute);

/* "3割", "30%" */
void	html_percent(struct buf *b, bool ja, int percent);

#endif
