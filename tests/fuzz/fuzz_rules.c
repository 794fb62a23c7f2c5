/* The bytes are a rule file: it loads, or the error says why; nothing leaks. */
#include <stdint.h>
#include <stdlib.h>

#include "rules/rulebase.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = ERR_INIT;
	struct rulebase *rb = rulebase_parse((const char *)data, size, &e);

	if ((rb == NULL) != (e.code != ERR_NONE) || (rb == NULL && e.msg[0] == '\0'))
		abort();
	rulebase_free(rb);
	return 0;
}
