/*
 * The bytes are a table that comes back in: it becomes a rule file, or the
 * error says why.  What became of it goes out and in again unchanged.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rules/table.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A file that was taken in is the same after another way out and in. */
static void
again(const struct buf *file)
{
	struct err e = ERR_INIT;
	struct rulebase *rb = rulebase_parse(file->p, file->n, &e);
	struct buf csv = BUF_INIT, out = BUF_INIT, wrong = BUF_INIT;
	const struct table_import im = { rb, "again.csv", NULL, false, &wrong };
	int rc = 0;

	if (rb == NULL)
		abort();
	for (int s = 0; s < rb->stages && rc == 0; s++)
		rc = table_csv(&csv, rb, s, true, &e);
	/* some text cannot stand in a cell: that is told, too */
	if (rc < 0 && e.code != ERR_RULES)
		abort();
	if (rc == 0 && (table_import(&im, csv.p, csv.n, &out, &e) < 0 || out.n != file->n ||
	    memcmp(out.p, file->p, out.n) != 0))
		abort();
	buf_free(&csv);
	buf_free(&out);
	buf_free(&wrong);
	rulebase_free(rb);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rulebase *base;
	struct buf out = BUF_INIT, wrong = BUF_INIT;
	struct err e = ERR_INIT;
	int rc;

	if (base == NULL && (base = rulebase_embedded(&e)) == NULL)
		abort();
	const struct table_import im = { base, "in.csv", NULL, size % 2 == 0, &wrong };
	rc = table_import(&im, (const char *)data, size, &out, &e);
	if ((rc < 0) != (e.code != ERR_NONE) || (rc < 0 && (e.msg[0] == '\0' || out.n > 0)) ||
	    wrong.failed)
		abort();
	if (rc == 0)
		again(&out);
	buf_free(&out);
	buf_free(&wrong);
	return 0;
}
