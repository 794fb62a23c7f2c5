/*
 * The bytes are a rule file: it loads, or the error says why; what loads can
 * decide, and nothing leaks.
 */
#include <stdint.h>
#include <stdlib.h>

#include "decide/verdict_out.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char facts[] = "{\"visit_date\":\"2026-11-22\",\"birthdate\":\"1954-06-10\","
	    "\"card\":{\"medium\":\"card\",\"read\":\"ok\"},\"online\":{\"outcome\":\"answered\","
	    "\"by\":\"card\",\"QualificationValidity\":\"1\"}}";
	const struct decide_options o = { .trace = true };
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;
	struct rulebase *rb = rulebase_parse((const char *)data, size, &e);

	if ((rb == NULL) != (e.code != ERR_NONE) || (rb == NULL && e.msg[0] == '\0'))
		abort();
	if (rb != NULL)
		decide_text(rb, facts, sizeof(facts) - 1, 1, &o, &out);
	if (out.failed)
		abort();
	buf_free(&out);
	rulebase_free(rb);
	return 0;
}
