#include "desk/doctor.h"

#include <stdarg.h>
#include <stdio.h>

void
doctor_say(struct doctor *d, enum doctor_part part, enum finding_state state, const char *fmt, ...)
{
	struct finding *f = &d->found[part];
	va_list ap;

	f->state = state;
	va_start(ap, fmt);
	vsnprintf(f->text, sizeof(f->text), fmt, ap);
	va_end(ap);
}

void
doctor_bad(struct doctor *d, enum doctor_part part, const struct err *e, const char *next)
{
	struct finding *f = &d->found[part];

	f->state = FINDING_BAD;
	f->err = *e;
	f->next = next;
	f->text[0] = '\0';
}

static const struct { const char *name, *ja, *en; } parts[PART_MAX] = {
	[PART_CONFIGURATION] = { "configuration", "設定ファイル", "configuration" },
	[PART_RULES] = { "rules", "判定の規則", "rules" },
	[PART_STORE] = { "store", "医院の記録", "clinic's records" },
	[PART_AUDIT_LOG] = { "audit_log", "監査ログ", "audit log" },
	[PART_HELPER] = { "reader_helper", "読み取りプログラム", "reader helper" },
	[PART_PCSCD] = { "pcscd", "pcscd", "pcscd" },
	[PART_READER] = { "reader", "カードリーダー", "card reader" },
	[PART_CARD] = { "card", "カード", "card" },
	[PART_CLIENT_CERT] = { "client_cert", "医療機関の証明書", "clinic certificate" },
	[PART_CLIENT_KEY] = { "client_key", "医療機関の鍵", "clinic key" },
	[PART_CA] = { "ca", "サービスの認証局", "service CA" },
	[PART_CARD_CA] = { "card_ca", "カードの認証局", "card CA" },
	[PART_SERVICE] = { "service", "サービスへの接続", "service" },
	[PART_TLS] = { "tls", "サービスの証明書", "service identity" },
	[PART_ADMISSION] = { "admission", "医療機関の受け入れ", "admission" },
	[PART_HEALTH] = { "health", "サービスの状態", "service health" },
	[PART_CLOCK] = { "clock", "時計", "clock" },
};

const char *
doctor_part_name(enum doctor_part part)
{
	return parts[part].name;
}

const char *
doctor_part_word(enum doctor_part part, bool ja)
{
	return ja ? parts[part].ja : parts[part].en;
}

static const struct { const char *name, *ja, *en; } states[] = {
	[FINDING_SKIPPED] = { "skipped", "未確認", "-" },
	[FINDING_OK] = { "ok", "正常", "ok" },
	[FINDING_NOTE] = { "note", "注意", "note" },
	[FINDING_BAD] = { "bad", "異常", "BAD" },
};

const char *
finding_name(enum finding_state state)
{
	return states[state].name;
}

const char *
finding_word(enum finding_state state, bool ja)
{
	return ja ? states[state].ja : states[state].en;
}

int
doctor_status(const struct doctor *d)
{
	int lowest = 0;

	for (int i = 0; i < PART_MAX; i++) {
		const int status = err_exit_status(d->found[i].err.code);

		if (d->found[i].state == FINDING_BAD && (lowest == 0 || status < lowest))
			lowest = status;
	}
	return lowest;
}
