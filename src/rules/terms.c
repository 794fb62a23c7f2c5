#include "rules/terms.h"

#include <string.h>

const struct words *
action_words(enum action a)
{
	static const struct words list[] = {
		[ACTION_PATH] = { "path", "経路", "path" },
		[ACTION_SELF_PAY] = { "self_pay", "10割", "full cost" },
		[ACTION_REFER] = { "refer", "人の判断", "a person decides" },
		[ACTION_NEED] = { "need", "聞く", "ask" },
		[ACTION_RATIO] = { "ratio", "負担割合", "ratio" },
		[ACTION_PASS] = { "pass", "次の段へ", "on down the ladder" },
		[ACTION_ADVICE] = { "advice", "助言", "advice" },
	};

	return &list[a];
}

const struct words *
claim_words(enum claim c)
{
	static const struct words list[] = {
		[CLAIM_CURRENT] = { "current", "現在の資格", "current eligibility" },
		[CLAIM_PAST] = { "past", "旧資格", "past eligibility" },
		[CLAIM_UNKNOWN] = { "unknown", "不詳", "number unknown" },
		[CLAIM_DISASTER] = { "disaster", "災害の不詳", "number unknown, disaster" },
		[CLAIM_SPECIAL] = { "special", "特別療養費", "special medical expense" },
		[CLAIM_NONE] = { "none", "しない", "no claim" },
	};

	return &list[c];
}

const struct words *
after_words(enum after a)
{
	static const struct words list[] = {
		[AFTER_OPEN] = { "", "", "" },
		[AFTER_EXPIRES] = { "expires", "終了", "nothing follows" },
		[AFTER_REPLACED] = { "replaced", "別の規則が続く", "another rule follows" },
		[AFTER_EXPECTED] = { "expected", "延長か改正の見込み", "an extension is expected" },
	};

	return &list[a];
}

const struct words *
confidence_words(int i)
{
	static const struct words list[CONFIDENCES] = {
		{ "official", "公式", "official" },
		{ "seed", "資料", "seed" },
		{ "secondary", "二次", "secondary" },
		{ "inferred", "推定", "inferred" },
		{ "inferred-recall", "記憶", "recalled" },
	};

	return &list[i];
}

const struct words *
confidence_named(const char *name)
{
	for (int i = 0; i < CONFIDENCES; i++)
		if (strcmp(confidence_words(i)->name, name) == 0)
			return confidence_words(i);
	return NULL;
}

const struct words *
say_date_words(enum say_date d)
{
	static const struct words list[SAY_DATES] = {
		[SAY_NO_DATE] = { "", "", "" },
		[SAY_GRACE_END] = { "grace_end", "猶予の最終日", "end of the grace" },
		[SAY_CERTIFICATE_END] = { "certificate_end", "電子証明書の期限",
		    "end of the certificate" },
		[SAY_DAY_BEFORE] = { "day_before", "この規則の始まる前日", "day before the rule began" },
	};

	return &list[d];
}

const char *
word(const struct words *w, bool ja)
{
	return ja ? w->ja : w->en;
}
