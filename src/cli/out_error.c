#include "cli/out_error.h"

#include <stddef.h>

#include "cli/opt.h"

static const struct {
	enum err_code	code;
	struct text	text;
} nexts[] = {
	{ ERR_READER_NONE, T("リーダーのUSBを差し直す", "plug the reader in again") },
	{ ERR_PCSC_DOWN, T("pcscd を起動する(systemctl start pcscd.socket)", "start pcscd (systemctl start pcscd.socket)") },
	{ ERR_CARD_NONE, T("カードを置いてやり直す。ないときは --no-card", "lay the card down and try again; without one use --no-card") },
	{ ERR_READER_BUSY, T("マイナポータルや他の受付ソフトを閉じる", "close other programs that use the reader") },
	{ ERR_READER_TIMEOUT, T("カードを置き直す。別のカードでも同じならリーダーを差し直す", "lay the card down again; if another card does the same, plug the reader in again") },
	{ ERR_CARD_REMOVED, T("カードを置き直し、終わるまで動かさない", "lay the card down again and leave it there") },
	{ ERR_PIN_WRONG, T("顔認証か目視(--auth visual)で確認する", "confirm by face or by sight (--auth visual)") },
	{ ERR_PIN_NONE, T("端末で入力するか --pin-fd で渡す", "type it at a terminal or give --pin-fd") },
	{ ERR_PIN_BLOCKED, T("顔認証か目視(--auth visual)で確認し、再設定は市区町村の窓口を案内", "confirm by face or by sight; the municipal office resets the PIN") },
	{ ERR_PIN_LAST_TRY, T("目視(--auth visual)で確認する。どうしてもなら --last-try", "confirm by sight (--auth visual), or --last-try") },
	{ ERR_CARD_UNREADABLE, T("別のカードで試し、リーダーかICチップかを見分ける", "try another card to tell reader from chip") },
	{ ERR_CARD_NOT_JPKI, T("マイナンバーカードを置く", "lay the My Number card down") },
	{ ERR_SERVICE_UNREACHABLE, T("回線と資格確認サービスの状況を確かめる", "check the line and the state of the service") },
	{ ERR_SERVICE_TIMEOUT, T("しばらくしてやり直す", "try again in a while") },
	{ ERR_SERVICE_MAINTENANCE, T("保守が終わってからやり直す", "try again after the maintenance") },
	{ ERR_TLS_PEER_MISMATCH, T("証明書(--ca)と接続先を技術担当が確かめる", "a technician checks --ca and the address") },
	{ ERR_CLOCK, T("この端末の時計を合わせる", "set this machine's clock") },
};

const char *
error_next(enum err_code code, int i, bool ja)
{
	for (size_t k = 0; k < sizeof(nexts) / sizeof(nexts[0]); k++)
		if (nexts[k].code == code && i-- == 0)
			return ja ? nexts[k].text.ja : nexts[k].text.en;
	return NULL;
}

void
out_error(struct jw *w, const char *key, const struct err *e, bool ja)
{
	const char *next;

	jw_open(w, key, '{');
	jw_str(w, "code", err_name(e->code));
	jw_int(w, "exit", err_exit_status(e->code));
	jw_bool(w, "retryable", err_retryable(e->code));
	jw_str(w, "text", err_text(e->code, ja));
	if (e->tries_left >= 0)
		jw_int(w, "tries_left", e->tries_left);
	jw_str(w, "reason", e->msg);
	jw_open(w, "next", '[');
	for (int i = 0; (next = error_next(e->code, i, ja)) != NULL; i++)
		jw_str(w, NULL, next);
	jw_close(w, ']');
	jw_close(w, '}');
}
