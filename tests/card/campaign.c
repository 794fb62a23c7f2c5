/*
 * card-campaign [--sample] [--random N] [--seed N]
 *
 * Every flow of a card session (src/reader), with every fault at every APDU
 * and every return value at every other PC/SC call; then N schedules of one
 * to four faults.  --sample: every index, fewer faults.  Runs at the root of
 * the tree.  After each run the same session serves the next patient's card.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "reader/identify.h"
#include "reader/pin.h"
#include "reader/session.h"
#include "faults.h"
#include "table.h"

#define N(a)		(sizeof(a) / sizeof((a)[0]))
#define ENTRIES_MAX	3
#define APDUS_MAX	300	/* in one flow: far more than any fault makes of it */
#define WAIT_MAX_MS	9000	/* in one step; the desk's deadline kills at 10 s */

struct entry {
	const char	*pin;
	bool		 last_try;
};

/* A visit: the card, what is typed, how it ends when nothing goes wrong. */
static const struct flow {
	const char	*name;
	const char	*fixture;
	int		 tries;
	struct entry	 entry[ENTRIES_MAX];
	int		 signatures;
	enum err_code	 end;
	long		 verifies;
	const char	*text_pin;	/* the 基本4情報 are read, too */
} flows[] = {
	{ "by sight", "adult", 3, { { 0 } }, 0, ERR_NONE, 0, NULL },
	{ "PIN and signature", "adult", 3, { { "1234", false } }, 1, ERR_NONE, 1, NULL },
	{ "two signatures", "senior", 2, { { "1234", false } }, 2, ERR_NONE, 1, NULL },
	{ "wrong PIN, then the right one", "adult", 3,
	  { { "9999", false }, { "1234", false } }, 1, ERR_NONE, 2, NULL },
	{ "wrong PIN twice, then kept from the last", "adult", 3,
	  { { "9999", false }, { "8888", false }, { "1234", false } }, 1, ERR_PIN_LAST_TRY, 2, NULL },
	{ "the last try, right", "adult", 1, { { "1234", true } }, 1, ERR_NONE, 1, NULL },
	{ "the last try, wrong", "adult", 1, { { "9999", true } }, 1, ERR_PIN_BLOCKED, 1, NULL },
	{ "kept from the last try", "adult", 1, { { "1234", false } }, 1, ERR_PIN_LAST_TRY, 0, NULL },
	{ "blocked", "adult", 0, { { "1234", true } }, 1, ERR_PIN_BLOCKED, 0, NULL },
	{ "blocked, and the query says 6984", "adult.blocked-6984", 0, { { "1234", true } }, 1,
	  ERR_PIN_BLOCKED, 0, NULL },
	{ "a PIN left open by another program", "adult.verified-9000", 3, { { "1234", false } }, 1,
	  ERR_NONE, 1, NULL },
	{ "6F00 to the first command", "adult.6f00-first", 3, { { "1234", false } }, 1, ERR_NONE,
	  1, NULL },
	{ "Android phone", "phone.android", 3, { { "1234", true } }, 1, ERR_CARD_CERT, 0, NULL },
	{ "iPhone", "phone.iphone", 3, { { "1234", true } }, 1, ERR_CARD_CERT, 0, NULL },
	{ "住基カード", "juki", 3, { { "1234", true } }, 1, ERR_CARD_NOT_JPKI, 0, NULL },
	{ "顔認証マイナンバーカード", "face-only", 0, { { "1234", true } }, 1, ERR_PIN_BLOCKED, 0, NULL },
	{ "whose card it is", "adult", 3, { { "1234", false } }, 1, ERR_NONE, 2, "5678" },
	{ "whose card it is, wrong PIN", "adult", 3, { { 0 } }, 0, ERR_PIN_WRONG, 1, "1234" },
	{ "whose card it is, blocked", "adult.text-blocked", 3, { { 0 } }, 0, ERR_PIN_BLOCKED, 0,
	  "5678" },
};

static struct card cards[N(flows)], other, next;
static struct {
	long	apdus, calls;		/* indices: of all flows without a fault */
	long	runs, faults;		/* schedules, and those in which a fault took place */
	long	verifies, entries;
	long	failures;
	long long longest_ms;
	long	ended[ERR_MAX];
} count;

/* The visit going on, for what fails in it. */
static struct {
	const struct flow	*flow;
	const struct fault	*fault;
	size_t			 faults;
	const char		*step;
} now;

static const char *
name_of(enum kind k)
{
	for (size_t i = 0; i < N(kinds); i++)
		if (kinds[i].kind == k)
			return kinds[i].name;
	return "nothing";
}

static void
must(bool ok, const char *what)
{
	if (ok)
		return;
	count.failures++;
	printf("not ok: %s: %s: %s\n", now.flow->name, now.step, what);
	for (size_t i = 0; i < now.faults; i++)
		printf("\t%s at %ld, value %lX%s\n", name_of(now.fault[i].kind), now.fault[i].at,
		    (unsigned long)now.fault[i].value, now.fault[i].acted ? ", acted" : "");
}

static bool
has_fault(enum kind k)
{
	for (size_t i = 0; i < now.faults; i++)
		if (now.fault[i].kind == k)
			return true;
	return false;
}

static bool
has_status(long sw)
{
	for (size_t i = 0; i < now.faults; i++)
		if (now.fault[i].kind == KIND_SW && now.fault[i].value == sw)
			return true;
	return false;
}

/* What is true after every step, whatever happened. */
static void
check_step(const struct session *s, int rc, const struct err *e, long long began_ms)
{
	const long long took = clock_ms() - began_ms;

	count.longest_ms = took > count.longest_ms ? took : count.longest_ms;
	must(took <= WAIT_MAX_MS, "waits too long");
	must(table.apdus <= APDUS_MAX, "too many APDUs");
	must(table.wrong_pci == 0, "another protocol than was agreed on");
	must(table.unlisted == 0, "an APDU that is not on the list");
	must((rc < 0) == (e->code != ERR_NONE), "failure without a code, or a code without");
	must(e->code != ERR_INTERNAL && (e->code != ERR_NOMEM || table.hit), "an internal error");
	must(now.faults != 1 || now.fault[0].kind > KIND_SWAPPED || !table.hit ||
	    e->code != ERR_CARD_UNREADABLE, "a card that left is called unreadable");
	must(s->pin.p == NULL, "the PIN is still in memory");
	must(rc == 0 || !s->held, "a card is held after a failure");
	must(rc == 0 || !table_is_held() || has_fault(KIND_CALL), "a transaction was not ended");
}

static int
step_open(struct session *s, struct err *e)
{
	const struct session_request rq = { .trace_fd = -1 };
	const long long began = clock_ms();
	int rc;

	now.step = "open";
	rc = session_open(s, &rq, e);
	check_step(s, rc, e, began);
	return rc;
}

/* Who slipped in before the first byte was read is the card that is open. */
static struct card *
opened(const struct session *s, struct card *laid)
{
	if (!card_holds(laid, s->certificate, s->certificate_len) &&
	    card_holds(&other, s->certificate, s->certificate_len))
		return &other;
	return laid;
}

/* The PIN of one card is never for another: c was read, o was not. */
static void
check_other(const struct card *c, const struct card *o)
{
	/* at the very VERIFY it cannot be told; without power and AP that spends no try */
	must(o->verifies == 0 || has_fault(KIND_SLIPPED_IN), "a PIN for another card");
	must(o == c || card_tries(o) == o->tries, "another card's try was spent");
}

static void
enter(struct session *s, const char *pin, enum session_pin which)
{
	struct err e = ERR_INIT;
	uint8_t line[16];
	bool wide;

	count.entries++;
	s->pin_for = which;
	memcpy(line, pin, strlen(pin));
	must(pin_digits(line, strlen(pin), &s->pin, &wide, &e) == 0, "the PIN was not taken");
}

/* One entry by a person: one VERIFY at most, and the count that is told is the card's. */
static int
step_verify(struct session *s, struct card *laid, const struct entry *n, struct err *e)
{
	struct card *c = opened(s, laid);
	const long long began = clock_ms();
	const long before = table.verifies, reached = c->verifies;
	const int tries = card_tries(c);
	int rc;

	now.step = "verify";
	enter(s, n->pin, SESSION_PIN_AUTH);
	rc = session_verify(s, n->last_try, e);
	check_step(s, rc, e, began);
	must(table.verifies - before <= 1, "more than one VERIFY for one entry");
	must(c->verifies - reached <= 1, "more than one VERIFY reached the card");
	if (table.lied)
		return rc;
	must(rc < 0 || card_is_open(c), "a success that is none");
	must(e->tries_left < 0 || e->tries_left == card_tries(c), "tries told that are not left");
	must(e->code != ERR_PIN_WRONG || card_tries(c) == tries - 1, "a wrong PIN that was not");
	must(e->code != ERR_PIN_BLOCKED || card_tries(c) == 0, "blocked, and is not");
	must(n->last_try || tries > 1 || c->verifies == reached, "the last try was not kept");
	check_other(c, c == laid ? &other : laid);
	return rc;
}

static int
step_sign(struct session *s, struct err *e)
{
	const struct sign_fields f = { .origin = "https://service.test:8443",
	    .challenge = { 1, 2, 3 }, .institution = "1310000011", .time = "20260401000000Z" };
	const long long began = clock_ms();
	uint8_t sig[JPKI_SIGNATURE_MAX];
	size_t n;
	int rc;

	now.step = "sign";
	rc = session_sign(s, &f, sig, sizeof(sig), &n, e);
	check_step(s, rc, e, began);
	return rc;
}

/* The other PIN, with a counter of its own. */
static int
step_person(struct session *s, struct card *laid, const char *pin, struct err *e)
{
	const struct card *c = opened(s, laid);
	const long long began = clock_ms();
	const long before = table.verifies;
	const int tries = card_tries(c), text = card_text_tries(c);
	uint8_t object[PERSON_OBJECT_MAX];
	size_t n;
	int rc;

	now.step = "person";
	enter(s, pin, SESSION_PIN_TEXT);
	rc = identify_person(s, false, object, &n, e);
	check_step(s, rc, e, began);
	must(table.verifies - before <= 1, "more than one VERIFY for one entry");
	must(card_tries(c) == tries, "a try of the other PIN was spent");
	must(table.lied || e->tries_left < 0 || e->tries_left == card_text_tries(c),
	    "tries told that are not left");
	must(table.lied || e->code != ERR_PIN_WRONG || card_text_tries(c) == text - 1,
	    "a wrong PIN that was not");
	must(!s->held && (!table_is_held() || has_fault(KIND_CALL)), "a card is held afterwards");
	return rc;
}

static enum err_code
visit(struct session *s, const struct flow *f, struct card *c)
{
	struct err e = ERR_INIT;
	int rc = step_open(s, &e);

	for (size_t i = 0; rc == 0 && i < ENTRIES_MAX && f->entry[i].pin != NULL; i++) {
		err_clear(&e);
		rc = step_verify(s, c, &f->entry[i], &e);
		if (rc == 0)
			break;
		/* a person may enter again, after whatever it was */
		rc = 0;
	}
	for (int i = 0; e.code == ERR_NONE && i < f->signatures; i++)
		step_sign(s, &e);
	if (e.code == ERR_NONE && f->text_pin != NULL)
		step_person(s, c, f->text_pin, &e);
	now.step = "close";
	session_close(s);
	return e.code;
}

static void
lay(const struct flow *f, struct card *c)
{
	static const uint8_t select[] = { 0x00, 0xa4, 0x04, 0x0c, 0x0a, 0xd3, 0x92, 0xf0, 0x00,
	    0x26, 0x01, 0x00, 0x00, 0x00, 0x01 };
	static const uint8_t verify[] = { 0x00, 0x20, 0x00, 0x98, 0x04, '1', '2', '3', '4' };
	static uint8_t rsp[SOFTCARD_RSP_MAX];

	card_fresh(c, f->tries);
	card_fresh(&other, 3);
	table_lay(c, &other);
	if (strcmp(f->fixture, "adult.verified-9000") != 0)
		return;
	softcard_power(c->soft, SOFTCARD_ON);
	card_run(c, select, sizeof(select), rsp);
	card_run(c, verify, sizeof(verify), rsp);
	c->verifies = 0;
	must(card_is_open(c), "the PIN was not left open");
}

/* What is true when the card may be taken away. */
static void
check_visit(const struct flow *f, const struct card *c)
{
	/* of two calls that must end it, one may fail */
	must(!table_is_held() || now.faults > 1, "a transaction was not ended");
	must(!card_is_open(&other), "another card's PIN is open");
	/* who can neither select nor cut the power can do nothing; a card that says it is of
	   another kind is left as the program has it whose PIN is open */
	must(table.down || table.slot[0] != c || !card_is_open(c) || has_fault(KIND_CALL) ||
	    (c->verifies == 0 && has_status(0x6a82)), "the PIN is still open");
	must(card_tries(c) >= f->tries - c->verifies, "a try was lost");
}

static void
next_patient(struct session *s)
{
	static const struct flow healthy = { "the next patient", "", 3, { { "1234", false } }, 1,
	    ERR_NONE, 1, NULL };

	now.faults = 0;
	card_fresh(&next, 3);
	card_fresh(&other, 3);
	table_lay(&next, NULL);
	if (visit(s, &healthy, &next) != ERR_NONE) {
		now.step = "afterwards";
		must(false, "the next patient's card was not served");
	}
	must(!card_is_open(&next), "the next patient's PIN is open");
}

/* One visit with these faults, and the next patient's. */
static enum err_code
run(size_t which, const struct fault *fault, size_t n)
{
	const struct flow *f = &flows[which];
	struct card *c = &cards[which];
	struct session s;
	enum err_code end;

	now.flow = f;
	now.fault = fault;
	now.faults = n;
	now.step = "lay";
	session_init(&s);
	lay(f, c);
	for (size_t i = 0; i < n; i++)
		table.fault[i] = fault[i];
	table.faults = n;
	end = visit(&s, f, c);
	count.runs++;
	count.faults += table.hit;
	count.ended[end]++;
	count.verifies += table.verifies;
	check_visit(f, c);
	next_patient(&s);
	session_free(&s);
	return end;
}

static void
one(size_t which, enum kind k, long at, long value, bool acted)
{
	const struct fault f = { k, at, value, acted };

	run(which, &f, 1);
}

static void
values_at(size_t which, enum kind k, long at, const long *value, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		one(which, k, at, value[i], false);
		if (k != KIND_CALL)
			one(which, k, at, value[i], true);
	}
}

static void
every_fault_at(size_t which, long at, bool sample)
{
	for (size_t i = 0; i < N(kinds); i++) {
		const enum kind k = kinds[i].kind;

		if (k == KIND_CALL || (sample && !kinds[i].sampled))
			continue;
		if (k == KIND_SW)
			values_at(which, k, at, status_words, sample ? SAMPLE_SW : N(status_words));
		else if (k == KIND_RV)
			values_at(which, k, at, return_values,
			    sample ? SAMPLE_RV : N(return_values));
		else {
			one(which, k, at, 0, false);
			if (k < KIND_POWER)
				one(which, k, at, 0, true);
		}
	}
}

/* Without a fault; then with one, at every index that this had. */
static void
every_fault(size_t which, bool sample)
{
	const struct flow *f = &flows[which];
	long apdus, calls, verifies = count.verifies;
	const enum err_code end = run(which, NULL, 0);

	now.step = "without a fault";
	must(end == f->end, err_name(end));
	must(count.verifies - verifies == f->verifies, "another number of VERIFYs");
	/* the table is the next patient's by now: once more, to count */
	lay(f, &cards[which]);
	{
		struct session s;

		session_init(&s);
		visit(&s, f, &cards[which]);
		apdus = table.apdus;
		session_free(&s);
		calls = table.calls;
	}
	for (long at = 0; at < apdus; at++)
		every_fault_at(which, at, sample);
	for (long at = 0; at < calls; at++)
		values_at(which, KIND_CALL, at, return_values,
		    sample ? SAMPLE_CALL : N(return_values));
	count.apdus += apdus;
	count.calls += calls;
}

static uint64_t seed = 1;

static long
random_below(long n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (long)(seed % (uint64_t)n);
}

static void
random_schedule(void)
{
	struct fault f[FAULTS_MAX];
	const size_t n = 1 + (size_t)random_below(FAULTS_MAX);

	for (size_t i = 0; i < n; i++) {
		f[i] = (struct fault){ kinds[random_below(N(kinds))].kind, random_below(40), 0,
		    random_below(2) != 0 };
		f[i].value = f[i].kind == KIND_SW ? status_words[random_below(N(status_words))] :
		    return_values[random_below(N(return_values))];
	}
	run((size_t)random_below(N(flows)), f, n);
}

static void
load_cards(void)
{
	char path[128];

	for (size_t i = 0; i < N(flows); i++) {
		snprintf(path, sizeof(path), "fixtures/cards/%s.json", flows[i].fixture);
		card_load(&cards[i], path);
	}
	card_load(&other, "fixtures/cards/child.json");
	card_load(&next, "fixtures/cards/senior.json");
}

static void
print_counts(void)
{
	for (size_t i = 0; i < ERR_MAX; i++)
		if (count.ended[i] > 0)
			printf("# ended %s: %ld\n", err_name((enum err_code)i), count.ended[i]);
	printf("# entries %ld, VERIFY %ld; longest wait in a step %lld ms\n", count.entries,
	    count.verifies, count.longest_ms);
	printf("%zu flows, %ld APDU indices, %ld other PC/SC calls, %ld schedules (%ld with a fault "
	    "that took place), %ld failures\n", N(flows), count.apdus, count.calls, count.runs,
	    count.faults, count.failures);
}

int
main(int argc, char **argv)
{
	static const struct option opts[] = { { "sample", 0, NULL, 's' },
	    { "random", 1, NULL, 'r' }, { "seed", 1, NULL, 'S' }, { NULL, 0, NULL, 0 } };
	bool sample = false;
	long random = 0;
	int c;

	while ((c = getopt_long(argc, argv, "", opts, NULL)) != -1)
		switch (c) {
		case 's': sample = true; break;
		case 'r': random = atol(optarg); break;
		case 'S': seed = strtoull(optarg, NULL, 10) * 0x9e3779b97f4a7c15u | 1; break;
		default: return 2;
		}
	load_cards();
	for (size_t i = 0; i < N(flows); i++)
		every_fault(i, sample);
	for (long i = 0; i < random; i++)
		random_schedule();
	print_counts();
	return count.failures > 0;
}
