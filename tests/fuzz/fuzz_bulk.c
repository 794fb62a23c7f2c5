/*
 * Whatever the service sends for a bulk enquiry.  The first byte says what it is
 * read as: r a receipt, u one result or several, with 0x1e between them, brought
 * to the same three questions.
 *
 * Besides "no crash": a receipt that is accepted has a ReceptionNumber; every
 * question ends at most once, and exactly once when a result says that it is the
 * last; what is answered has a validity of the code table, what is not has none.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "net/bulk_units.h"

#define UNITS	3

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct elig_header header = { "20261122", "1310000011", "a1b2" };

static void
receipt(const char *text, size_t n)
{
	struct bulk_receipt r = { "", "" };
	struct err e = ERR_INIT;
	const int rc = bulk_read_receipt(text, n, &header, &r, &e);

	if ((rc == 0) != (e.code == ERR_NONE) || (rc == 0 && !bulk_is_reception(r.reception)))
		abort();
}

static void
check_answer(const struct elig_answer *a, const struct err *e)
{
	const bool answered = a->outcome == ELIG_ANSWERED;

	if (answered != (e->code == ERR_NONE) || a->doc != NULL || a->by != ELIG_BY_NUMBER)
		abort();
	if (answered ? a->validity < '1' || a->validity > '6' :
	    a->validity != 0 || a->results != NULL)
		abort();
}

static void
drain(struct bulk_units *u, bool seen[static UNITS])
{
	const size_t before = bulk_units_left(u);
	struct elig_answer a;
	struct err e = ERR_INIT;
	size_t i, n = 0;

	for (; bulk_units_next(u, &i, &a, &e); n++) {
		if (i >= UNITS || seen[i])
			abort();
		seen[i] = true;
		check_answer(&a, &e);
	}
	if (bulk_units_left(u) + n != before)
		abort();
}

static void
result(struct bulk_units *u, const char *text, size_t n, bool seen[static UNITS])
{
	struct bulk_result r;
	struct err e = ERR_INIT;
	bool last;

	if (bulk_read_result(text, n, &header, "1928150275403719", &r, &e) < 0) {
		if (r.doc != NULL || e.code == ERR_NONE)
			abort();
		return;
	}
	if (r.segment == BULK_FAILED) {
		if (r.code == NULL || *r.code == '\0' || r.message == NULL)
			abort();
		js_free(r.doc);
		return;
	}
	last = r.segment == BULK_DONE;
	if (bulk_units_take(u, &r, &e) < 0)
		abort();
	drain(u, seen);
	if (last && bulk_units_left(u) != 0)
		abort();
}

static void
results(const char *text, size_t n)
{
	const struct elig_number_request q[UNITS] = {
		{ .insurer_number = "06132013", .symbol = "12", .number = "345",
		    .birthdate = date_from_ymd(1980, 2, 17), .id = "row1" },
		{ .insurer_number = "39131016", .number = "01234567",
		    .birthdate = date_from_ymd(1980, 2, 17), .id = "row2" },
		{ .insurer_number = "06132013", .symbol = "12", .number = "346", .branch = "02",
		    .birthdate = date_from_ymd(1980, 2, 17), .id = "row3" },
	};
	bool seen[UNITS] = { false };
	struct bulk_units *u;
	struct err e = ERR_INIT;

	if (bulk_units_new(&u, q, UNITS, &e) < 0)
		abort();
	while (n > 0) {
		const char *end = memchr(text, 0x1e, n);
		const size_t len = end != NULL ? (size_t)(end - text) : n;

		result(u, text, len, seen);
		text += len + (end != NULL);
		n -= len + (end != NULL);
	}
	bulk_units_free(u);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (size < 1 || (text = malloc(size - 1 + (size == 1))) == NULL)
		return 0;
	/* what is read need not end in a NUL, and here it does not */
	memcpy(text, data + 1, size - 1);
	if (data[0] == 'r')
		receipt(text, size - 1);
	else if (data[0] == 'u')
		results(text, size - 1);
	free(text);
	return 0;
}
