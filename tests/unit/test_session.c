/*
 * A card session with something going wrong at every exchange: never more
 * than one VERIFY an entry, never a card left behind with the PIN open, and
 * two PINs that never stand in for each other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "reader/identify.h"
#include "reader/look.h"
#include "reader/session.h"

enum fault { FAULT_NONE, FAULT_GONE, FAULT_BACK, FAULT_EXCHANGED, FAULT_SW, FAULT_CUT, FAULTS };

#define CERT_LEN	300

/* The smallest card that a session can be held with; counts what is done to it. */
struct fake {
	int		 tries;
	bool		 verified;
	bool		 text;		/* the 券面事項入力補助AP is selected */
	bool		 no_text_ap;
	int		 text_tries;
	bool		 text_verified;
	int		 text_verifies;
	uint8_t		 ef;
	bool		 other;		/* another card lies there now */
	bool		 other_kind;	/* without the JPKI AP */
	bool		 gone;		/* until begin() */
	bool		 stays_gone;
	bool		 held;
	enum fault	 fault;
	int		 fault_at;	/* exchange, counted from 0; -1 never */
	bool		 spent;		/* the faulty command is carried out all the same */
	int		 exchanges;
	int		 verifies;
	int		 leaves;
	int		 unpowers;
};

static const uint8_t right_pin[] = { '4', '7', '1', '1' };
static const uint8_t text_pin[] = { '0', '8', '1', '5' };

/* FF20: name 山, birth date 1980-02-17. */
static const uint8_t object[] = { 0xff, 0x20, 0x11, 0xdf, 0x22, 0x03, 0xe5, 0xb1, 0xb1, 0xdf, 0x24,
    0x08, '1', '9', '8', '0', '0', '2', '1', '7' };

static size_t
put_sw(uint8_t *rsp, size_t n, unsigned int sw)
{
	rsp[n] = (uint8_t)(sw >> 8);
	rsp[n + 1] = (uint8_t)sw;
	return n + 2;
}

static size_t
put_certificate(const struct fake *f, const uint8_t *cmd, uint8_t *rsp)
{
	const size_t at = (size_t)(cmd[2] << 8 | cmd[3]), want = cmd[4] == 0 ? 256 : cmd[4];
	const uint8_t head[] = { 0x30, 0x82, 0x01, 0x28 };

	for (size_t i = 0; i < want; i++)
		rsp[i] = at + i < 4 ? head[at + i] : at + i == 10 ? f->other : 0x55;
	return put_sw(rsp, want, 0x9000);
}

static size_t
text_verify_answer(struct fake *f, const uint8_t *cmd, size_t n, uint8_t *rsp)
{
	assert_int_equal(f->ef, 0x11);
	if (n == 4 || f->text_tries == 0) {
		f->text_verifies += n > 4;
		return put_sw(rsp, 0, f->text_tries == 0 ? 0x6984 :
		    0x63c0 + (unsigned int)f->text_tries);
	}
	f->text_verifies++;
	f->text_verified = memcmp(cmd + 5, text_pin, sizeof(text_pin)) == 0;
	f->text_tries = f->text_verified ? 3 : f->text_tries - 1;
	return put_sw(rsp, 0, f->text_verified ? 0x9000 : 0x63c0 + (unsigned int)f->text_tries);
}

static size_t
put_object(const struct fake *f, const uint8_t *cmd, uint8_t *rsp)
{
	const size_t at = cmd[3], want = cmd[4];

	if (!f->text_verified)
		return put_sw(rsp, 0, 0x6982);
	assert_true(cmd[2] == 0 && at + want <= sizeof(object));
	memcpy(rsp, object + at, want);
	return put_sw(rsp, want, 0x9000);
}

/* Another application ends what was verified in this one. */
static size_t
select_answer(struct fake *f, const uint8_t *cmd, uint8_t *rsp)
{
	const bool ap = cmd[2] == 0x04, text = ap && cmd[7] == 0x10;

	if (ap && !text && cmd[4] != 0x07 && f->other_kind)
		return put_sw(rsp, 0, 0x6d00);
	if (text && f->no_text_ap)
		return put_sw(rsp, 0, 0x6a82);
	f->ef = ap ? 0 : cmd[6];
	if (cmd[4] == 0x07)
		f->leaves++;
	if (cmd[4] == 0x07 || text)
		f->verified = false;
	if (ap && !text)
		f->text_verified = false;
	if (ap)
		f->text = text;
	return put_sw(rsp, 0, 0x9000);
}

static size_t
verify_answer(struct fake *f, const uint8_t *cmd, size_t n, uint8_t *rsp)
{
	if (f->text)
		return text_verify_answer(f, cmd, n, rsp);
	assert_int_equal(f->ef, 0x18);
	if (n == 4)
		return put_sw(rsp, 0, f->tries == 0 ? 0x6984 : 0x63c0 + (unsigned int)f->tries);
	f->verifies++;
	if (f->tries == 0)
		return put_sw(rsp, 0, 0x6984);
	f->verified = memcmp(cmd + 5, right_pin, sizeof(right_pin)) == 0;
	f->tries = f->verified ? 3 : f->tries - 1;
	return put_sw(rsp, 0, f->verified ? 0x9000 : 0x63c0 + (unsigned int)f->tries);
}

static size_t
card_answer(struct fake *f, const uint8_t *cmd, size_t n, uint8_t *rsp)
{
	static const char label[] = "JPKIAPICCTOKEN2                 ";

	if (cmd[1] == 0xa4)
		return select_answer(f, cmd, rsp);
	if (cmd[1] == 0xb0 && f->text && f->ef == 0x02)
		return put_object(f, cmd, rsp);
	if (cmd[1] == 0xb0 && f->ef == 0x08) {
		memcpy(rsp, "\x8f\x8f\x00", 3);
		return put_sw(rsp, 3, 0x9000);
	}
	if (cmd[1] == 0xb0 && f->ef == 0x06) {
		memcpy(rsp, label, 32);
		return put_sw(rsp, 32, 0x9000);
	}
	if (cmd[1] == 0xb0 && f->ef == 0x0a)
		return put_certificate(f, cmd, rsp);
	if (cmd[1] == 0x20)
		return verify_answer(f, cmd, n, rsp);
	return put_sw(rsp, 0, 0x6982);
}

static int
transmit(void *ctx, const uint8_t *cmd, size_t n, uint8_t *rsp, size_t rsp_max, size_t *rsp_len,
    struct err *e)
{
	struct fake *f = ctx;
	const bool now = f->exchanges++ == f->fault_at;

	assert_true(rsp_max >= 258);
	if (f->gone)
		return err_set(e, ERR_CARD_REMOVED, "gone");
	if (!now || f->spent || f->fault == FAULT_NONE)
		*rsp_len = card_answer(f, cmd, n, rsp);
	else if (n == 9 && cmd[1] == 0x20)
		*(f->text ? &f->text_verifies : &f->verifies) += 1;
	if (!now || f->fault == FAULT_NONE)
		return 0;
	if (f->fault == FAULT_SW) {
		*rsp_len = put_sw(rsp, 0, 0x6f00);
		return 0;
	}
	if (f->fault == FAULT_CUT) {
		*rsp_len = 1;
		return 0;
	}
	f->gone = true;
	f->verified = f->text_verified = f->text = false;
	f->stays_gone = f->fault == FAULT_GONE;
	f->other = f->fault == FAULT_EXCHANGED;
	return err_set(e, ERR_CARD_REMOVED, "taken away");
}

static int
begin(void *ctx, struct err *e)
{
	struct fake *f = ctx;

	assert_false(f->held);
	if (f->stays_gone)
		return err_set(e, ERR_CARD_REMOVED, "gone");
	f->gone = false;
	f->held = true;
	return 0;
}

static void
end(void *ctx, bool unpower)
{
	struct fake *f = ctx;

	assert_true(f->held);
	f->held = false;
	f->unpowers += unpower;
	if (unpower)
		f->verified = f->text_verified = f->text = false;
}

static int
power_cycle(void *ctx, struct err *e)
{
	struct fake *f = ctx;

	(void)e;
	f->verified = f->text_verified = f->text = false;
	return 0;
}

static void
set_up(struct session *s, struct fake *f)
{
	session_init(s);
	s->transport = (struct transport){ { transmit, f }, f, begin, end, power_cycle };
	s->traced = s->transport.io;
	s->gate.below = &s->traced;
	s->io = gate_io(&s->gate);
	s->back_ms = 1;
}

static void
enter(struct session *s, const char *pin)
{
	struct err e = ERR_INIT;

	assert_int_equal(secret_new(&s->pin, JPKI_PIN_LEN, &e), 0);
	memcpy(s->pin.p, pin, JPKI_PIN_LEN);
	s->pin_for = SESSION_PIN_AUTH;
}

static void
enter_text(struct session *s, const char *pin)
{
	enter(s, pin);
	s->pin_for = SESSION_PIN_TEXT;
}

static void
check_left_behind(const struct session *s, const struct fake *f)
{
	assert_null(s->pin.p);
	assert_false(s->held);
	assert_false(f->held);
	assert_false(f->verified);
	assert_false(f->text_verified);
}

static struct fake
card_with(int tries)
{
	return (struct fake){ .tries = tries, .text_tries = 3, .fault_at = -1 };
}

static void
opened(struct session *s, struct fake *f)
{
	struct err e = ERR_INIT;

	set_up(s, f);
	assert_int_equal(look_at_card(s, &e), 0);
	s->open = true;
}

static void
good_pin(void **state)
{
	struct fake f = card_with(3);
	struct err e = ERR_INIT;
	struct session s;

	(void)state;
	opened(&s, &f);
	assert_int_equal(s.certificate_len, CERT_LEN);
	assert_int_equal(s.tries_left, 3);
	enter(&s, "4711");
	assert_int_equal(session_verify(&s, false, &e), 0);
	assert_true(s.held && f.verified);
	assert_null(s.pin.p);
	session_close(&s);
	check_left_behind(&s, &f);
	assert_int_equal(f.leaves, 1);
	assert_int_equal(f.unpowers, 1);
}

static void
wrong_pins(void **state)
{
	struct fake f = card_with(3);
	struct session s;

	(void)state;
	opened(&s, &f);
	for (int left = 2; left >= 0; left--) {
		struct err e = ERR_INIT;

		enter(&s, "0000");
		assert_int_equal(session_verify(&s, true, &e), -1);
		assert_int_equal(e.code, left > 0 ? ERR_PIN_WRONG : ERR_PIN_BLOCKED);
		assert_int_equal(e.tries_left, left);
		check_left_behind(&s, &f);
		assert_int_equal(f.leaves, 3 - left);
		assert_int_equal(f.unpowers, 3 - left);
	}
	assert_int_equal(f.verifies, 3);
	session_close(&s);
}

static void
last_try_is_refused(void **state)
{
	for (int tries = 0; tries <= 1; tries++) {
		struct fake f = card_with(tries);
		struct err e = ERR_INIT;
		struct session s;

		(void)state;
		opened(&s, &f);
		enter(&s, "4711");
		assert_int_equal(session_verify(&s, false, &e), -1);
		assert_int_equal(e.code, tries == 0 ? ERR_PIN_BLOCKED : ERR_PIN_LAST_TRY);
		assert_int_equal(e.tries_left, tries);
		assert_int_equal(f.verifies, 0);
		check_left_behind(&s, &f);
	}
}

static void
without_a_pin(void **state)
{
	struct fake f = card_with(3);
	struct err e = ERR_INIT;
	struct session s;

	(void)state;
	opened(&s, &f);
	assert_int_equal(session_verify(&s, true, &e), -1);
	assert_int_equal(e.code, ERR_PIN_NONE);
	assert_int_equal(f.verifies, 0);
}

static void
another_card_gets_no_pin(void **state)
{
	struct fake f = card_with(3);
	struct err e = ERR_INIT;
	struct session s;

	(void)state;
	opened(&s, &f);
	f.other = true;
	enter(&s, "4711");
	assert_int_equal(session_verify(&s, true, &e), -1);
	assert_int_equal(e.code, ERR_CARD_REMOVED);
	assert_int_equal(f.verifies, 0);
	check_left_behind(&s, &f);
}

static void
another_kind_of_card_is_another_card(void **state)
{
	struct fake f = card_with(3);
	struct err e = ERR_INIT;
	struct session s;

	(void)state;
	opened(&s, &f);
	f.other_kind = true;
	enter(&s, "4711");
	assert_int_equal(session_verify(&s, true, &e), -1);
	assert_int_equal(e.code, ERR_CARD_REMOVED);
	assert_int_equal(f.verifies, 0);
	check_left_behind(&s, &f);
}

static void
one_fault(enum fault fault, int at, bool spent, const char *pin)
{
	struct fake f = card_with(3);
	struct err e = ERR_INIT;
	struct session s;
	int rc;

	opened(&s, &f);
	f.exchanges = 0;
	f.fault = fault;
	f.fault_at = at;
	f.spent = spent;
	enter(&s, pin);
	rc = session_verify(&s, true, &e);
	assert_true(f.verifies <= 1);
	assert_null(s.pin.p);
	if (rc < 0)
		check_left_behind(&s, &f);
	if (rc < 0 && e.tries_left >= 0)
		assert_int_equal(e.tries_left, f.tries);
	if (e.code == ERR_PIN_WRONG)
		assert_int_equal(f.tries, 2);
	session_close(&s);
	assert_false(f.held);
}

/* Ten exchanges lead to the VERIFY; some more for what follows it. */
static void
every_fault_at_every_exchange(void **state)
{
	(void)state;
	for (int fault = FAULT_BACK; fault < FAULTS; fault++)
		for (int at = 0; at < 16; at++)
			for (int spent = 0; spent < 2; spent++) {
				one_fault((enum fault)fault, at, spent, "4711");
				one_fault((enum fault)fault, at, spent, "0000");
			}
}

static void
removed_at_the_verify(void **state)
{
	struct fake f = card_with(3);
	struct err e = ERR_INIT;
	struct session s;

	(void)state;
	opened(&s, &f);
	f.exchanges = 0;
	f.fault = FAULT_BACK;
	f.spent = true;
	f.fault_at = 8;		/* SELECT, SELECT, 3 READ, SELECT, query, SELECT, VERIFY */
	enter(&s, "0000");
	assert_int_equal(session_verify(&s, true, &e), -1);
	assert_int_equal(f.verifies, 1);
	assert_int_equal(e.code, ERR_CARD_REMOVED);
	assert_int_equal(e.tries_left, 2);
	check_left_behind(&s, &f);
}

static void
removed_for_good(void **state)
{
	(void)state;
	one_fault(FAULT_GONE, 8, true, "4711");
	one_fault(FAULT_GONE, 3, false, "4711");
}

static struct fake *told;
static int told_at;

static bool
told_to_end(void)
{
	return told->exchanges > told_at;
}

/* At every exchange of either way, the last before its VERIFY included. */
static void
told_to_end_no_pin_is_sent(void **state)
{
	uint8_t out[PERSON_OBJECT_MAX];
	size_t n;

	(void)state;
	for (int text = 0; text < 2; text++)
		for (told_at = -1; told_at < 12; told_at++) {
			const bool before = told_at < (text ? 9 : 8);
			struct fake f = card_with(3);
			struct err e = ERR_INIT;
			struct session s;

			opened(&s, &f);
			f.exchanges = 0;
			told = &f;
			s.gate.told_to_end = told_to_end;
			(text ? enter_text : enter)(&s, "0000");
			assert_int_equal(text ? identify_person(&s, true, out, &n, &e) :
			    session_verify(&s, true, &e), -1);
			assert_int_equal(f.verifies + f.text_verifies, !before);
			assert_int_equal(e.code, before ? ERR_INTERRUPTED : ERR_PIN_WRONG);
			assert_int_equal(e.pin_sent, !before);
			check_left_behind(&s, &f);
		}
}

/* --- 基本4情報 ------------------------------------------------------------ */

static void
whose_card_it_is(void **state)
{
	uint8_t out[PERSON_OBJECT_MAX];
	struct fake f = card_with(3);
	struct inspection i;
	struct err e = ERR_INIT;
	struct session s;
	size_t n;

	(void)state;
	opened(&s, &f);
	enter(&s, "4711");
	assert_int_equal(session_verify(&s, false, &e), 0);
	assert_int_equal(identify_inspect(&s, &i, &e), 0);
	check_left_behind(&s, &f);
	assert_true(i.has_text_ap && i.availability && i.sign && i.auth);
	assert_int_equal(i.text_tries_left, 3);
	enter_text(&s, "0815");
	assert_int_equal(identify_person(&s, false, out, &n, &e), 0);
	assert_int_equal(n, sizeof(object));
	assert_memory_equal(out, object, n);
	check_left_behind(&s, &f);
	assert_int_equal(f.verifies, 1);
	assert_int_equal(f.text_verifies, 1);
	/* the first PIN is wanted again for another signature */
	assert_int_equal(session_sign(&s, NULL, out, sizeof(out), &n, &e), -1);
	session_close(&s);
}

/* A PIN that was entered for one of them is not tried with the other. */
static void
each_pin_for_itself(void **state)
{
	uint8_t out[PERSON_OBJECT_MAX];
	struct fake f = card_with(3);
	struct session s;
	size_t n;

	(void)state;
	opened(&s, &f);
	for (int i = 0; i < 2; i++) {
		struct err e = ERR_INIT;

		if (i == 0)
			enter(&s, "0815");
		else
			enter_text(&s, "4711");
		assert_int_equal(i == 0 ? identify_person(&s, true, out, &n, &e) :
		    session_verify(&s, true, &e), -1);
		assert_int_equal(e.code, ERR_INTERNAL);
		check_left_behind(&s, &f);
	}
	assert_int_equal(f.verifies + f.text_verifies, 0);
	assert_int_equal(f.tries, 3);
	assert_int_equal(f.text_tries, 3);
}

static void
its_tries_count_apart(void **state)
{
	uint8_t out[PERSON_OBJECT_MAX];
	struct fake f = card_with(2);
	struct session s;
	size_t n;

	(void)state;
	opened(&s, &f);
	for (int left = 2; left >= 0; left--) {
		struct err e = ERR_INIT;

		enter_text(&s, "0000");
		assert_int_equal(identify_person(&s, true, out, &n, &e), -1);
		assert_int_equal(e.code, left > 0 ? ERR_PIN_WRONG : ERR_PIN_BLOCKED);
		assert_int_equal(e.tries_left, left);
		assert_int_equal(n, 0);
		check_left_behind(&s, &f);
	}
	assert_int_equal(f.text_verifies, 3);
	assert_int_equal(f.verifies, 0);
	assert_int_equal(f.tries, 2);
}

static void
its_last_try_is_refused(void **state)
{
	uint8_t out[PERSON_OBJECT_MAX];
	size_t n;

	(void)state;
	for (int tries = 0; tries <= 1; tries++) {
		struct fake f = card_with(3);
		struct err e = ERR_INIT;
		struct session s;

		f.text_tries = tries;
		opened(&s, &f);
		enter_text(&s, "0815");
		assert_int_equal(identify_person(&s, false, out, &n, &e), -1);
		assert_int_equal(e.code, tries == 0 ? ERR_PIN_BLOCKED : ERR_PIN_LAST_TRY);
		assert_int_equal(e.tries_left, tries);
		assert_int_equal(f.text_verifies, 0);
		check_left_behind(&s, &f);
	}
}

static void
no_such_application(void **state)
{
	uint8_t out[PERSON_OBJECT_MAX];
	struct fake f = card_with(3);
	struct err e = ERR_INIT;
	struct inspection i;
	struct session s;
	size_t n;

	(void)state;
	f.no_text_ap = true;
	opened(&s, &f);
	assert_int_equal(identify_inspect(&s, &i, &e), 0);
	assert_false(i.has_text_ap);
	enter_text(&s, "0815");
	assert_int_equal(identify_person(&s, false, out, &n, &e), -1);
	assert_int_equal(e.code, ERR_CARD_UNREADABLE);
	check_left_behind(&s, &f);
}

static void
another_card_is_not_asked_whose_it_is(void **state)
{
	uint8_t out[PERSON_OBJECT_MAX];
	struct fake f = card_with(3);
	struct err e = ERR_INIT;
	struct session s;
	size_t n;

	(void)state;
	opened(&s, &f);
	f.other = true;
	enter_text(&s, "0815");
	assert_int_equal(identify_person(&s, true, out, &n, &e), -1);
	assert_int_equal(e.code, ERR_CARD_REMOVED);
	assert_int_equal(f.text_verifies, 0);
	check_left_behind(&s, &f);
}

static void
one_fault_at_it(enum fault fault, int at, bool spent, const char *pin)
{
	uint8_t out[PERSON_OBJECT_MAX];
	struct fake f = card_with(3);
	struct err e = ERR_INIT;
	struct session s;
	size_t n;
	int rc;

	opened(&s, &f);
	f.exchanges = 0;
	f.fault = fault;
	f.fault_at = at;
	f.spent = spent;
	enter_text(&s, pin);
	rc = identify_person(&s, true, out, &n, &e);
	assert_true(f.text_verifies <= 1);
	assert_int_equal(f.verifies, 0);
	assert_int_equal(f.tries, 3);
	check_left_behind(&s, &f);
	assert_int_equal(rc == 0, n == sizeof(object));
	if (rc < 0 && e.tries_left >= 0)
		assert_int_equal(e.tries_left, f.text_tries);
	if (e.code == ERR_PIN_WRONG)
		assert_int_equal(f.text_tries, 2);
	session_close(&s);
}

/* SELECT, SELECT, 3 READ; SELECT, SELECT, query, SELECT, VERIFY; SELECT, 2 READ, SELECT: 14. */
static void
every_fault_at_every_exchange_of_it(void **state)
{
	(void)state;
	for (int fault = FAULT_BACK; fault < FAULTS; fault++)
		for (int at = 0; at < 18; at++)
			for (int spent = 0; spent < 2; spent++) {
				one_fault_at_it((enum fault)fault, at, spent, "0815");
				one_fault_at_it((enum fault)fault, at, spent, "0000");
			}
	one_fault_at_it(FAULT_GONE, 9, true, "0815");
	one_fault_at_it(FAULT_GONE, 9, true, "0000");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_pin),
		cmocka_unit_test(wrong_pins),
		cmocka_unit_test(last_try_is_refused),
		cmocka_unit_test(without_a_pin),
		cmocka_unit_test(another_card_gets_no_pin),
		cmocka_unit_test(another_kind_of_card_is_another_card),
		cmocka_unit_test(every_fault_at_every_exchange),
		cmocka_unit_test(removed_at_the_verify),
		cmocka_unit_test(removed_for_good),
		cmocka_unit_test(told_to_end_no_pin_is_sent),
		cmocka_unit_test(whose_card_it_is),
		cmocka_unit_test(each_pin_for_itself),
		cmocka_unit_test(its_tries_count_apart),
		cmocka_unit_test(its_last_try_is_refused),
		cmocka_unit_test(no_such_application),
		cmocka_unit_test(another_card_is_not_asked_whose_it_is),
		cmocka_unit_test(every_fault_at_every_exchange_of_it),
	};

	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
