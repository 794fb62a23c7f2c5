#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

/*
 * Every kind of failure a program of this project reports: its stable code
 * string, the exit status of docs "help exit", whether trying again without
 * changing anything can help, and the sentence for the desk.
 */
#define ERR_LIST(X)							\
	X(NONE,               0, false, "正常です", "ok")		\
	X(USAGE,              2, false, "使い方が正しくありません", "wrong usage") \
	X(READER_NONE,       20, true,  "カードリーダーが見つかりません", "no card reader") \
	X(PCSC_DOWN,         20, true,  "カードリーダーの常駐プログラム(pcscd)が動いていません", "pcscd is not running") \
	X(CARD_NONE,         20, true,  "カードが置かれていません", "no card on the reader") \
	X(READER_BUSY,       20, true,  "カードリーダーを他のソフトが使っています", "the reader is in use by another program") \
	X(READER_TIMEOUT,    20, true,  "カードが時間内に応答しませんでした", "the card or reader did not answer in time") \
	X(READER_HELPER,     20, true,  "カード読み取りプログラムが異常終了しました", "the reader helper died") \
	X(CARD_REMOVED,      21, true,  "読み取り中にカードが離れました", "card removed during the read") \
	X(PIN_WRONG,         22, false, "暗証番号が違います", "wrong PIN") \
	X(PIN_FORMAT,        22, false, "暗証番号は数字4けたです", "the PIN is four digits") \
	X(PIN_NONE,          22, false, "暗証番号が入力されませんでした", "no PIN was given") \
	X(PIN_BLOCKED,       23, false, "暗証番号がロックされています", "PIN blocked") \
	X(PIN_LAST_TRY,      23, false, "最後の1回かもしれないため暗証番号を照合しません", "refused: it may be the last PIN try") \
	X(CARD_UNREADABLE,   24, true,  "カードを読み取れません", "card unreadable") \
	X(CARD_NOT_JPKI,     24, false, "マイナンバーカードではありません", "not a My Number card") \
	X(CARD_PHONE,        24, false, "この読み取り機ではスマホを読めません", "this reader takes cards only, no phone") \
	X(CARD_CERT,         24, false, "カードの電子証明書が正しくありません", "the card's certificate is not acceptable") \
	X(CARD_OF_ANOTHER,   24, false, "カードの写真の人ではありません", "the card is another person's") \
	X(CARD_SIGNATURE,    24, false, "カードの署名が正しくありません", "the card's signature does not verify") \
	X(SERVICE_UNREACHABLE, 30, true, "資格確認サービスに接続できません", "service unreachable") \
	X(SERVICE_TIMEOUT,   30, true,  "資格確認サービスが時間内に応答しませんでした", "service timed out") \
	X(TLS_PEER_MISMATCH, 31, false, "接続先が本物であることを確認できません", "the service's TLS identity could not be verified") \
	X(SERVICE_REFUSED,   32, false, "資格確認サービスが照会を受け付けませんでした", "service refused the enquiry") \
	X(SERVICE_MAINTENANCE, 32, true, "資格確認サービスは保守中です", "service under maintenance") \
	X(REPLY_MALFORMED,   33, false, "資格確認サービスの応答が正しくありません", "malformed service reply") \
	X(INTEGRITY,         40, false, "保存データが改ざんされているか壊れています", "store or log integrity") \
	X(DISK,              41, true,  "ファイルに書き込めません", "cannot write") \
	X(CONFIG,            50, false, "設定が正しくありません", "configuration error") \
	X(CLOCK,             50, false, "時計が大きくずれています", "the clock is wrong") \
	X(BATCH_ROWS,        60, false, "処理できない行がありました", "some rows failed") \
	X(MALFORMED,         65, false, "入力データの形式が正しくありません", "malformed input data") \
	X(RULES,             65, false, "規則ファイルが正しくありません", "bad rule file") \
	X(FORM_HELPER,       70, true,  "申立書を印刷用に描けません", "the form cannot be drawn") \
	X(NOMEM,             70, false, "メモリが足りません", "out of memory") \
	X(INTERNAL,          70, false, "内部エラーです", "internal error") \
	X(BUSY,              77, true,  "同じリストを別の実行が処理しています", "another run is at work on this list") \
	X(PERMISSION,        77, false, "許可されていません", "not permitted") \
	X(INTERRUPTED,      130, true,  "中断されました", "interrupted")

#define X(name, status, retry, ja, en) ERR_##name,
enum err_code { ERR_LIST(X) ERR_MAX };
#undef X

/*
 * What went wrong.  Owned by the caller, ERR_INIT before use; the first
 * failure is the one kept.  msg is for the log and the technician: English,
 * without personal data, PIN or key.
 */
struct err {
	enum err_code	code;
	int		tries_left;	/* PIN tries, -1 if not known */
	bool		pin_sent;	/* to the card, which may have counted it */
	char		msg[240];
};

#define ERR_INIT { .code = ERR_NONE, .tries_left = -1, .msg = "" }

/* What a file that errno says could not be had is called: ERR_NOMEM where memory ran out. */
enum err_code err_of_file(enum err_code otherwise);

/* Both return -1, so that a function can end with "return err_set(...)". */
int err_set(struct err *e, enum err_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
int err_prefix(struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Forget what happened, so that e can be used again. */
void		 err_clear(struct err *e);

int		 err_exit_status(enum err_code code);
bool		 err_retryable(enum err_code code);
const char	*err_name(enum err_code code);
const char	*err_text(enum err_code code, bool ja);

/* The code with that name, or ERR_INTERNAL. */
enum err_code	 err_from_name(const char *name);

#endif
