#include "cli/next.h"

#include <stddef.h>
#include <string.h>

#include "cli/opt.h"

#define STEPS_MAX	3

/* Steps that several failures share; where check itself can not run it is MEANWHILE. */
#define ON_PAPER	T("直らなくても受付は続けられる: 資格確認書か、カードとマイナポータルかお知らせで確認(shikaku check が順にたずねる)", \
			    "reception goes on without it: a 資格確認書, or the card with マイナポータル or お知らせ (shikaku check asks in order)")
#define MEANWHILE	T("それまでは資格確認書か、カードとマイナポータルかお知らせで確認する", \
			    "until then go by a 資格確認書, or by the card with マイナポータル or お知らせ")
#define BY_SIGHT	T("顔認証か目視(--auth visual)で本人を確認する", "confirm the person by face or by sight (--auth visual)")
#define WITHOUT_CARD	T("カードがないときは shikaku check --no-card forgotten(紛失は lost、未取得は none_issued)", \
			    "without a card: shikaku check --no-card forgotten (or lost, or none_issued)")
#define AFTERWARDS	T("カードの券面4項目(氏名・生年月日・性別・住所)を控え、復旧後に照会する", \
			    "note the four items on the card's face (name, birth date, sex, address) and enquire once it is back")
#define DOCTOR		T("技術担当が shikaku doctor でどこが悪いかを確かめる", "a technician runs shikaku doctor, which says what is wrong")
#define BUILT_IN	T("--rules を外せば、組み込みの規則で判定できる", "without --rules the rules built in decide")

/*
 * One for each code of ERR_LIST: a code without its steps does not compile.
 * An advice that the law or the contract does not allow (another PIN try
 * without the patient, full cost because a machine is down) stands nowhere.
 */
#define NEXT_NONE	T(NULL, NULL)
#define NEXT_USAGE	T("shikaku help コマンド で書き方を確かめる", "shikaku help COMMAND says how it is written")
#define NEXT_READER_NONE							\
	T("リーダーのUSBを差し直す", "plug the reader in again"),			\
	T("--reader で名前を指定していれば、shikaku card list の名前と見比べる", "where --reader names one: shikaku card list has the names"), ON_PAPER
#define NEXT_PCSC_DOWN								\
	T("pcscd を起動する(systemctl start pcscd.socket)", "start pcscd (systemctl start pcscd.socket)"), ON_PAPER
#define NEXT_CARD_NONE								\
	T("カードを置いてやり直す", "lay the card down and try again"), WITHOUT_CARD
#define NEXT_READER_BUSY							\
	T("マイナポータルや他の受付ソフトを閉じる", "close other programs that use the reader"), ON_PAPER
#define NEXT_READER_TIMEOUT							\
	T("カードを置き直す。別のカードでも同じならリーダーを差し直す", "lay the card down again; if another card does the same, plug the reader in again"), ON_PAPER
#define NEXT_READER_HELPER							\
	T("もう一度実行する", "try again"), DOCTOR, ON_PAPER
#define NEXT_CARD_REMOVED							\
	T("カードを置き直し、終わるまで動かさない", "lay the card down again and leave it there"), ON_PAPER
#define NEXT_PIN_WRONG								\
	BY_SIGHT,								\
	T("もう一度入力するのは本人だけ。3回続けて間違えるとロックされる", "only the patient may enter it again; three wrong ones in a row block it")
#define NEXT_PIN_FORMAT								\
	T("数字4けたを入力し直す。カードには送っていないので回数は減っていない", "enter four digits; nothing was sent to the card and no try spent"), BY_SIGHT
#define NEXT_PIN_NONE								\
	T("本人が端末で入力するか、プログラムが --pin-fd で渡す", "the patient types it at a terminal, or a program gives --pin-fd"), BY_SIGHT
#define NEXT_PIN_BLOCKED							\
	BY_SIGHT,								\
	T("暗証番号の再設定は市区町村の窓口を案内する", "the municipal office resets the PIN"), \
	T("顔認証マイナンバーカードには暗証番号がなく、再設定もいらない", "a 顔認証マイナンバーカード has no PIN: nothing is to be reset")
#define NEXT_PIN_LAST_TRY							\
	BY_SIGHT,								\
	T("本人が確かに覚えているときだけ --last-try を付けてやり直す", "only if the patient is sure of it, again with --last-try")
#define NEXT_CARD_UNREADABLE							\
	T("カードを置き直す。別のカードが読めれば、リーダーではなくICチップの故障", "lay the card down again; if another card is read, it is the chip and not the reader"), ON_PAPER
#define NEXT_CARD_NOT_JPKI							\
	T("マイナンバーカードを置く", "lay the My Number card down"), ON_PAPER,		\
	T("どのカードでも同じなら、技術担当が card-ca の設定を確かめる", "if every card does the same, a technician checks card-ca")
#define NEXT_CARD_PHONE								\
	T("実物のカードがあれば、それを置く。スマホだけなら、マイナポータルの資格の画面を見せてもらう", "lay down the card itself; with the phone alone, ask to see the eligibility screen of マイナポータル on it"), \
	T("スマホは、対応した専用の読み取り機でだけ使える", "phones work with readers made for them only")
#define NEXT_CARD_CERT								\
	T("このカードでは電子確認をしない", "do not confirm electronically with this card"), ON_PAPER,	\
	T("どのカードでも同じなら、技術担当が card-ca の設定を確かめる", "if every card does the same, a technician checks card-ca")
#define NEXT_CARD_OF_ANOTHER							\
	T("このカードは使わず、持ち主に返す。本人のカードがあれば置き直す", "do not use this card, give it back; lay down the patient's own, if there is one"), WITHOUT_CARD
#define NEXT_CARD_SIGNATURE							\
	T("カードを置き直してやり直す。続けば、このカードでは電子確認をしない", "lay the card down and try again; if it goes on, do not confirm electronically with this card"), ON_PAPER
#define NEXT_SERVICE_UNREACHABLE						\
	T("回線と資格確認サービスの状況を確かめる", "check the line and the state of the service"), ON_PAPER, AFTERWARDS
#define NEXT_SERVICE_TIMEOUT							\
	T("しばらくしてやり直す", "try again in a while"), ON_PAPER, AFTERWARDS
#define NEXT_TLS_PEER_MISMATCH							\
	T("証明書(--ca)と接続先を技術担当が確かめる。それまで照会しない", "a technician checks --ca and the address; no enquiry until then"), ON_PAPER, AFTERWARDS
#define NEXT_SERVICE_REFUSED							\
	T("理由がカードの電子証明書なら、このカードでは電子確認をしない。医院の証明書や申請なら、技術担当に伝える", "if the reason is the card's certificate, do not confirm electronically with this card; if the clinic's certificate or registration, tell a technician"), ON_PAPER, AFTERWARDS
#define NEXT_SERVICE_MAINTENANCE						\
	T("保守が終わってからやり直す", "try again after the maintenance"), ON_PAPER, AFTERWARDS
#define NEXT_REPLY_MALFORMED							\
	T("この応答は使わない。理由の行を技術担当に伝える", "do not use this answer; tell a technician the reason given"), ON_PAPER
#define NEXT_INTEGRITY								\
	T("そのファイルを消さずに取っておき、技術担当に渡す", "keep the file as it is for a technician"),	\
	T("batch は --resume を付けずに初めからやり直せる", "batch can be begun again without --resume")
#define NEXT_DISK								\
	T("空き容量と、書き込み先のフォルダの権限を確かめる", "check the free space and who may write there"),	\
	T("別の場所に書き出す", "write to another place")
#define NEXT_CONFIG								\
	T("理由の行にあるファイルや設定を直す", "put right the file or setting that the reason names"), DOCTOR, MEANWHILE
#define NEXT_CLOCK								\
	T("この端末の時計を合わせる", "set this machine's clock"), MEANWHILE
#define NEXT_BATCH_ROWS								\
	T("status が error の行の理由を読む。retryable が true の行は、もう一度実行すると答えが出ることがある", "read the reasons of the rows with status error; those with retryable true may be answered by another run"), \
	T("残った患者は当日カードで確認する", "confirm the patients that remain by card on the day")
#define NEXT_MALFORMED								\
	T("理由の行にある場所を直してやり直す", "put right the place that the reason names and try again")
#define NEXT_RULES								\
	T("規則ファイルの、理由の行にある場所を直す", "put right the place in the rule file that the reason names"), BUILT_IN
#define NEXT_FORM_HELPER							\
	T("--text を付けて、文字だけの申立書を印刷する", "print the 申立書 as text, with --text"),	\
	T("技術担当が shikaku-form と IPAex フォント(fonts-ipaexfont)が入っているかを確かめる", "a technician checks that shikaku-form and the IPAex fonts (fonts-ipaexfont) are installed")
#define NEXT_NOMEM								\
	T("ほかのソフトを閉じてやり直す", "close other programs and try again"), MEANWHILE
#define NEXT_INTERNAL								\
	T("もう一度実行する。続けば、理由の行を技術担当に伝える", "try again; if it goes on, tell a technician the reason given"), MEANWHILE
#define NEXT_BUSY								\
	T("もう一方の実行が終わるのを待つ", "wait until the other run has ended")
#define NEXT_PERMISSION								\
	T("理由の行にあるファイルを、持ち主だけが書けるようにする(chmod go-w)", "let nobody but its owner write the file that the reason names (chmod go-w)"), BUILT_IN, \
	T("医院の記録のことなら、その記録の鍵(--store-key)と合言葉(--passphrase-fd)を使う。写しなら、写したときの鍵", "if it is the clinic's records, use their key (--store-key) and passphrase (--passphrase-fd); of a backup, the key of its time")
#define NEXT_INTERRUPTED							\
	T("もう一度実行する", "run it again"),						\
	T("batch は --resume で続きから", "batch goes on with --resume")

static const struct text steps[ERR_MAX][STEPS_MAX] = {
#define X(name, status, retry, ja, en) [ERR_##name] = { NEXT_##name },
	ERR_LIST(X)
#undef X
};

/* The rules' warnings, check's own, then batch's. */
static const struct {
	const char	*code;
	struct text	 text;
} warnings[] = {
	{ "certificate_ends_soon", T("きょうはそのまま受け付ける", "receive as usual today") },
	{ "certificate_grace", T("資格確認だけでそのまま受け付ける(薬剤・健診情報は見られない)", "receive on the eligibility alone (no medical data)") },
	{ "certificate_ended", T("資格確認書、なければカードとお知らせか保存済みのPDFで確認する", "go by a 資格確認書, else by the card with お知らせ or a saved PDF") },
	{ "certificate_revoked", T("資格確認書、なければカードとお知らせか保存済みのPDFで確認する", "go by a 資格確認書, else by the card with お知らせ or a saved PDF") },
	{ "card_expired", T("カードの代わりに資格確認書で確認する", "go by a 資格確認書 instead of the card") },
	{ "clinic_may_decide", T("責任者が割合を決めて理由を残す。決めないときは10割", "whoever is in charge decides the ratio and notes why; otherwise full cost") },
	{ "temporary_measure_ended", T("資格確認書かマイナンバーカードを求める(カードがあればお知らせも使える)", "ask for a 資格確認書 or the card (with it the お知らせ counts)") },
	{ "phone_portal_only", T("画面で受け付け、次回はカードの実物か資格確認書を頼む", "receive on the screen; ask for the card or a 資格確認書 next time") },
	{ "claim_may_be_returned", T("番号がわかり次第あらためて照会する", "look up again once the number is known") },
	{ "oral_without_card", T("前回と変わりないことを本人に確かめ、カードを見ていないと記録する", "have the patient say that nothing has changed, and note that no card was seen") },
	{ "ratio_conflict", T("応答の割合で会計し、保険者に電話で確かめる", "charge the answer's ratio and telephone the insurer") },
	{ "ratio_not_legal", T("生年月日と書類の割合を見直し、違っていれば入力し直す", "look again at the birth date and the ratio on the paper; enter them anew if wrong") },
	{ "ratio_from_staff", T("どう確かめたかを記録し、後日オンラインで照会する", "note how it was ascertained and enquire online later") },
	{ "no_answer", T("書類などで確認し、復旧後に照会する", "go by papers, enquire once it is back") },
	{ "unknown_element", T("そのまま受け付け、技術担当に伝える", "receive as usual and tell a technician") },
	{ "service_identity", T("書類で確認を続ける。技術担当が証明書(--ca)と接続先を確かめる", "go on by papers; a technician checks --ca and the address") },
	{ "visual_assumed", T("そのまま受け付ける。読み取り機を目視モードにしていたら戻す", "receive as usual; if the reader is in 目視 mode, switch it back") },
	{ "service_warning", T("注意の文を読み、わからなければサービスの窓口に問い合わせる", "read what it says; ask the service's support desk if it is not clear") },
	{ "clock_skew", T("そのまま受け付け、技術担当が時計を合わせる", "receive as usual; a technician sets the clock") },
	{ "rekey_number", T("番号を打ち直し、それでも見つからなければカードか資格確認書で確認する", "type the numbers again; if still not found, go by the card or a 資格確認書") },
	{ "use_branch", T("枝番を付けて番号で照会し直す(番号で照会したのなら、カードでもよい)", "look up again by number with the 枝番 (after a look-up by number also by card)") },
	{ "use_app", T("目視モード(--auth visual)か居宅同意取得型のアプリで照会し直す", "enquire again in 目視 mode (--auth visual) or by the 居宅同意取得型 app") },
	{ "portal_needs_certificate", T("保存済みのPDFかお知らせを、カードと一緒に見せてもらう", "ask for a saved PDF or the お知らせ, together with the card") },
	{ "phone_needs_certificate", T("カードの実物か資格確認書で確認する", "go by the card itself or a 資格確認書") },
	{ "no_limit_category", T("認定証か限度区分のある資格確認書を見せてもらう。なければ上限なしで会計する", "ask for a 認定証 or a 資格確認書 with the category; without one charge without a cap") },
	{ "relief_cap", T("同じ月の外来の負担を合わせ、配慮措置の上限までを会計する", "add up the month's outpatient payments and charge up to the cap") },
	{ "new_insurance", T("カードで照会し直すか、新しい資格確認書を見せてもらう", "enquire again by card, or ask for the new 資格確認書") },
	{ "rules_stale", T("そのまま受け付け、技術担当が新しい通知を確かめて規則を更新する", "receive as usual; a technician looks for newer notices and updates the rules") },
	{ "insurer_number_check", T("書類と見比べて打ち直す。書類のとおりなら、そのまま使って保険者に確かめる", "compare with the paper, type it again; if it says so, use it and ask the insurer") },
	{ "institution_code_check", T("そのまま受け付け、技術担当が医院の証明書を確かめる", "receive as usual; a technician checks the clinic's certificate") },
	{ "insurer_number_zero", T("そのままでよい。次からはリストの番号の列を文字列にする", "nothing to do; let the list's column be text from now on") },
	{ "bad_row", T("リストのその行を直し、もう一度実行する", "put right that row of the list and run it again") },
	{ "not_askable", T("リストにその項目を足すか、当日カードで確認する", "add it to the list, or confirm by card on the day") },
	{ "cell_unread", T("そのまま受け付け、リストのその欄を直す", "receive as usual; put right that cell of the list") },
	{ "ratio_open", T("当日、受付で確かめる", "find it out at the desk that day") },
	{ "person_must_look", T("当日までに責任者が書類と照会の結果を見る", "whoever is in charge looks at it before the day") },
	{ "no_result", T("当日カードで確認する", "confirm by card on the day") },
	{ "other_person", T("本人かを当日カードで確かめる。それまでこの負担割合を使わない", "find out by card on the day whose it is; use nothing of the answer before") },
	{ "starts_school", T("当日の割合で会計する。会計ソフトの登録を直す", "charge the ratio of the day and correct it in the accounting program") },
	{ "turns_70", T("高齢受給者証か資格確認書を持ってきてもらう", "ask for the 高齢受給者証 or a 資格確認書") },
	{ "turns_75", T("後期高齢者医療の資格確認書かカードを持ってきてもらう", "ask for the card or the 資格確認書 of 後期高齢者医療") },
	{ "ratio_year", T("当日、新しい割合をカードか資格確認書で確認する", "confirm the new ratio by the card or a 資格確認書 on the day") },
	{ "ratio_ended", T("当日、新しい割合をカードか資格確認書で確認する", "confirm the new ratio by the card or a 資格確認書 on the day") },
	{ "lost_on", T("新しい保険のカードか資格確認書を持ってきてもらうよう電話する", "call and ask for the card or a 資格確認書 of the new insurance") },
	{ "bulk_without_limit", T("当日カードで照会する", "enquire by card on the day") },
};

const char *
error_next(enum err_code code, int i, bool ja)
{
	if (i >= STEPS_MAX)
		return NULL;
	return ja ? steps[code][i].ja : steps[code][i].en;
}

const char *
warning_next(const char *code, bool ja)
{
	for (size_t k = 0; k < sizeof(warnings) / sizeof(warnings[0]); k++)
		if (strcmp(warnings[k].code, code) == 0)
			return ja ? warnings[k].text.ja : warnings[k].text.en;
	return NULL;
}
