/*
 * The bytes are a facts object: whatever they are, there is one line of JSON,
 * a verdict or an error, and the same again for the same bytes.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "decide/verdict_out.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rulebase *rb;
	const struct decide_options o = { .ja = true, .trace = size % 2 == 0,
		.assume_none = size % 3 == 0 };
	struct buf a = BUF_INIT, b = BUF_INIT;
	struct err e = ERR_INIT;
	struct json *doc;

	if (rb == NULL && (rb = rulebase_embedded(&e)) == NULL)
		abort();
	decide_text(rb, (const char *)data, size, 1, &o, &a);
	decide_text(rb, (const char *)data, size, 1, &o, &b);
	if (a.failed || a.n == 0 || a.n != b.n || memcmp(a.p, b.p, a.n) != 0 ||
	    memchr(a.p, '\n', a.n) != NULL)
		abort();
	if ((doc = js_parse(a.p, a.n, &e)) == NULL)
		abort();
	js_free(doc);
	buf_free(&a);
	buf_free(&b);
	return 0;
}
