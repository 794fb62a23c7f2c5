/*
 * The mock's two files.  The first byte says which the rest is: p the people,
 * f the faults.  Refused with a reason; or every person is found again, and a
 * fault picked does to an answer what can be done to one.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../must.h"
#include "base/date.h"
#include "mock/faults.h"
#include "mock/people.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_error(const struct err *e)
{
	must((e->code == ERR_MALFORMED || e->code == ERR_CONFIG) && e->msg[0] != '\0');
}

static void
check_finding(const struct finding *f)
{
	must(f->validity >= VALIDITY_IN_FORCE && f->validity <= VALIDITY_UNREGISTERED);
	must(f->record == NULL || f->record->json != NULL);
}

/* Looked for by the numbers of a result of theirs. */
static void
find_again(const struct people *p, const struct person *who)
{
	for (size_t i = 0; i < who->nrecords; i++) {
		const struct record *r = &who->record[i];
		const struct finding f = people_by_number(p, &r->numbers, 20000);

		check_finding(&f);
		must(f.person != NULL || f.validity == VALIDITY_MULTIPLE ||
		    f.validity == VALIDITY_NOT_FOUND);
	}
}

static void
check_born(const struct people *p, int day)
{
	size_t n;
	const struct birth *b = people_born(p, day, &n);

	for (size_t i = 0; i < n; i++) {
		const struct finding f = people_of_card(b[i].person, 20000);

		must(b[i].date == day && b[i].person->id[0] != '\0');
		check_finding(&f);
		find_again(p, b[i].person);
	}
}

/* Whoever is born on a day that stands in the file. */
static void
check_people(const struct people *p, const char *text, size_t n)
{
	for (size_t i = 0; i + 8 <= n; i++) {
		const int day = date_parse_compact(text + i, 8);

		if (day != DATE_NONE)
			check_born(p, day);
	}
}

static void
try_people(const char *text, size_t n)
{
	struct err e = ERR_INIT;
	struct people *p = people_parse(text, n, &e);

	must((p == NULL) == (e.code != ERR_NONE));
	if (p == NULL)
		check_error(&e);
	else
		check_people(p, text, n);
	people_free(p);
}

static void
apply(const struct fault *f)
{
	struct buf body = BUF_INIT;
	struct spoiled s = SPOILED_INIT(200);

	must((unsigned)f->kind < FAULT_MAX);
	/* millions of brackets are another test's */
	if (f->kind == FAULT_DEEP_NESTING && f->amount > 1000)
		return;
	buf_adds(&body, "{\"MessageHeader\":{\"SegmentOfResult\":\"1\"},\"MessageBody\":{\"a\":[\"b\"]}}");
	fault_apply(f, &s, &body);
	fault_apply_bulk(f, &body);
	must(!body.failed && s.status >= 200 && s.status <= 599);
	must(s.fill >= 0 && s.drip >= 0 && s.cut_at >= -1 && s.latency_ms >= 0);
	must(s.retry_after >= -1 && s.retry_after <= 86400);
	buf_free(&body);
}

static void
try_faults(const char *text, size_t n)
{
	static const char *const paths[] = { "/v1/challenge", "/v1/bulk", "/v1/qualification/card" };
	const int fd = memfd_create("faults", MFD_CLOEXEC);
	struct err e = ERR_INIT;
	struct faults *all;
	const struct fault *f;
	char path[40];

	must(fd >= 0 && write(fd, text, n) == (ssize_t)n);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	all = faults_load(path, &e);
	close(fd);
	must((all == NULL) == (e.code != ERR_NONE));
	if (all == NULL)
		check_error(&e);
	for (int i = 0; all != NULL && i < 12; i++) {
		const char *person = i % 2 == 0 ? NULL : "plain";

		if ((f = faults_pick(all, paths[i / 2 % 3], person)) == NULL)
			continue;
		must((f->person != NULL) == (person != NULL) && !(fault_is_early(f) && person));
		apply(f);
	}
	faults_free(all);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 0 && data[0] == 'p')
		try_people((const char *)data + 1, size - 1);
	else if (size > 0 && data[0] == 'f')
		try_faults((const char *)data + 1, size - 1);
	return 0;
}
