#ifndef DESK_MSG_H
#define DESK_MSG_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Every sentence the desk is shown that is not a rule's, an error's or an
 * option's.  A missing translation does not compile.
 */
#define MSG_LIST(M)								\
	M(PLACE_CARD, "マイナンバーカードを読み取り機に置いてください", "place the My Number card on the reader") \
	M(READING_CARD, "カードを読んでいます(そのまま動かさないでください)", "reading the card (please leave it there)") \
	M(ENQUIRING, "資格確認サービスに照会しています", "asking the eligibility service")	\
	M(PIN_PROMPT, "暗証番号(数字4けた)を入力してください。残り{}回。Enterだけで中止: ", "Please enter your four-digit PIN ({} tries left; Enter alone cancels): ") \
	M(PIN_WRONG, "暗証番号が違います。残り{}回です。", "Wrong PIN: {} tries left.")	\
	M(PIN_FORMAT, "暗証番号は数字4けたです。カードには送っていません。", "The PIN is four digits; nothing was sent to the card.") \
	M(PIN_NOT_GIVEN, "暗証番号の入力を中止しました。回数は減っていません。", "No PIN was entered; no try was spent.") \
	M(TRIES_LEFT, "(残り{}回)", " ({} tries left)")				\
	M(PIN_CHOICE, "1 もう一度入力  2 目視で確認  3 やめる", "1 try again  2 visual confirmation  3 give up") \
	M(PIN_LAST, "残り1回です。間違えるとロックされるため、目視での確認を勧めます。", "One try is left; a mistake locks the PIN. Visual confirmation is advised.") \
	M(PIN_BLOCKED, "暗証番号がロックされています。", "The PIN is blocked.")		\
	M(VISUAL_ASK, "券面の顔写真と本人を見比べて、本人ですか  1 はい  2 いいえ", "Compared with the photo on the card, is it this person?  1 yes  2 no") \
	M(CHOICE, "番号を選んでください(わからないときは Enter): ", "Choose a number (Enter if not known): ") \
	M(DATE_PROMPT, "日付(例 S55.2.17、1980-02-17。わからないときは Enter): ", "Date (such as 1980-02-17; Enter if not known): ") \
	M(DATE_WRONG, "日付として読めません。", "That is no date.")				\
	M(VALID_TO, "有効期限(書いていないときは Enter): ", "Valid to (Enter if not printed): ")	\
	M(RATIO_ASK, "書かれている負担割合(番号が割合)  1割  2割  3割", "Ratio printed (its number)  1 for 10%  2 for 20%  3 for 30%") \
	M(RATIO_DECLARED, "申立書の負担割合(番号が割合)  1割  2割  3割", "Ratio declared (its number)  1 for 10%  2 for 20%  3 for 30%") \
	M(CONFIRMED_ON, "前回確認した日(わからないときは Enter): ", "Confirmed on (Enter if not known): ") \
	M(PROOFS, "カードのほかに資格のわかるものはありますか(あれば最初のもの)", "Besides the card, is there any of these? (the first there is)") \
	M(PROOF_PORTAL, "マイナポータルの資格情報画面", "マイナポータル screen")		\
	M(PROOF_PDF, "保存したPDF", "saved PDF")						\
	M(PROOF_NOTICE, "資格情報のお知らせ", "資格情報のお知らせ")			\
	M(PROOF_NONE, "どれもない", "none of them")					\
	M(SAY_CARD, "カード", "card")							\
	M(SAY_PHONE, "スマホ", "phone")							\
	M(SAY_NONE, "なし", "none")							\
	M(SAY_OK, "読めた", "read")							\
	M(SAY_UNREADABLE, "カードが読めない", "card unreadable")				\
	M(SAY_READER_FAULT, "読み取り機の故障", "reader fault")				\
	M(SAY_NOT_MY_NUMBER, "別のカード", "another card")				\
	M(SAY_FACE, "顔認証をする", "face")						\
	M(SAY_VISUAL, "目視で確認する", "visual")						\
	M(SAY_FAILED, "どちらもできない", "neither")					\
	M(SAY_YES, "はい", "yes")							\
	M(SAY_NO, "いいえ", "no")							\
	M(SAY_DECLINED, "登録を望まない", "declined")					\
	M(SAY_FIRST, "初診", "first")							\
	M(SAY_RETURN, "再診", "return")							\
	M(SAY_10, "1割", "10%")								\
	M(SAY_20, "2割", "20%")								\
	M(SAY_30, "3割", "30%")								\
	M(SAY_UNKNOWN, "どうしてもわからない", "not to be had")				\
	M(INSURED, "保険扱い", "insured")						\
	M(SELF_PAY, "いったん全額", "full cost for now")					\
	M(NEED, "確認が必要", "more is needed")						\
	M(REFER, "人の判断が必要", "a person must look")					\
	M(PROVISIONAL, "仮", "provisional")						\
	M(RULER, "---", "---")								\
	M(PERSON, "患者", "Patient")							\
	M(PERSON_UNKNOWN, "氏名は照会で得られていません(本人の申し出と書類で確認)", "no name from the service (go by the patient's word and papers)") \
	M(WHY, "理由", "Why")								\
	M(RETURNED, "応答", "Answer")							\
	M(INFERRED, "推定", "Inferred")							\
	M(ELSE, "他に", "Or")								\
	M(CLAIM, "請求", "Claim")							\
	M(NEXT, "次に", "Next")								\
	M(WARNING, "注意", "Note")							\
	M(QUESTION, "質問", "Ask")							\
	M(PAYS, "支払", "Pays")								\
	M(SOURCE, "根拠", "Source")							\
	M(BORN, "{}生", "born {}")							\
	M(POINTS, "{}円(診療報酬点数から計算)", "{} yen (from the points)")			\
	M(CLAIM_FROM_PAPER, "書類のとおり(保険者番号・記号・番号)", "as printed on the document")	\
	M(NO_CLAIM, "保険請求しない(全額を窓口で)", "no insurance claim (full cost at the desk)") \
	M(SPECIAL_CLAIM, "特別療養費の明細書", "claim form 特別療養費")			\
	M(INSURER_NUMBER, "保険者番号", "insurer")					\
	M(SYMBOL, "記号", "symbol")							\
	M(NUMBER, "番号", "number")							\
	M(BRANCH, "枝番", "branch")							\
	M(REMARKS, "摘要欄", "remarks")							\
	M(TEST_MODE, "試験用の構成です。本物のカードと患者には使わないでください。", "test configuration: not for real cards and patients")

#define M(id, ja, en) MSG_##id,
enum msg { MSG_LIST(M) MSG_MAX };
#undef M

const char *msg(enum msg m, bool ja);

/* The sentence with its {} replaced; cut to fit out. */
void	msg_with(char *out, size_t n, enum msg m, bool ja, const char *arg);
void	msg_with_int(char *out, size_t n, enum msg m, bool ja, long long arg);

#endif
