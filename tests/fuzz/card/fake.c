/*
 * The card side's world as a fuzzer makes it up, and what must hold of every
 * command that comes: see fake.h.
 */
#include "fake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "card/apdu.h"
#include "fake_data.h"
#include "reader/pcsc.h"

#define CERTIFICATE_LEN	((sizeof(certificate_hex) - 1) / 2)
#define SIGNATURE_LEN	((sizeof(signature_hex) - 1) / 2)

struct fake fake;

const struct sign_fields fake_fields = {
	.origin = "https://service.invalid:8443", .institution = "1310000011",
	.time = "20261122013000Z",
};

static uint8_t certificate[CERTIFICATE_LEN], signature[SIGNATURE_LEN];

static void
make_data(void)
{
	static bool made;

	if (made)
		return;
	made = true;
	must(hex_decode(certificate_hex, certificate, sizeof(certificate)) == 0 &&
	    hex_decode(signature_hex, signature, sizeof(signature)) == 0);
}

void
fake_reset(const uint8_t *p, size_t n)
{
	make_data();
	fake = (struct fake){ .p = p, .n = n, .tries = { 3, 3 }, .told = -1 };
}

uint8_t
fake_next(void)
{
	if (fake.n == 0)
		return 0;
	fake.n--;
	return *fake.p++;
}

bool
fake_signed(const uint8_t *sig, size_t n)
{
	return n == sizeof(signature) && memcmp(sig, signature, n) == 0;
}

/* There is no terminal and no file. */
int
open(const char *path, int flags, ...)
{
	(void)flags;
	errno = strcmp(path, "/dev/tty") == 0 ? ENXIO : ENOENT;
	return -1;
}

/* Nobody waits. */
int
nanosleep(const struct timespec *wanted, struct timespec *left)
{
	(void)wanted, (void)left;
	return 0;
}

static size_t
put_sw(uint8_t *rsp, size_t n, unsigned sw)
{
	rsp[n] = (uint8_t)(sw >> 8);
	rsp[n + 1] = (uint8_t)sw;
	return n + 2;
}

/* Bytes of the current file, filler and all; 0: nothing to be read. */
static size_t
file_of(uint8_t ef[static JPKI_CERTIFICATE_MAX])
{
	/* FF20 { DF22 name, DF23 address, DF24 birth date, DF25 sex } */
	static const uint8_t person[] = { 0xff, 0x20, 0x25, 0xdf, 0x22, 0x06, 0xe5, 0xb1, 0xb1, 0xe7,
		0x94, 0xb0, 0xdf, 0x23, 0x07, 'T', 'o', 'k', 'y', 'o', ' ', '1', 0xdf, 0x24, 0x08,
		'1', '9', '5', '5', '0', '2', '1', '7', 0xdf, 0x25, 0x01, '1' };

	if (fake.text && fake.ef == 0x02 && fake.verified[1]) {
		memcpy(ef, person, sizeof(person));
		return sizeof(person) + 20;
	}
	if (fake.text)
		return 0;
	switch (fake.ef) {
	case 0x06:
		memcpy(ef, "JPKIAPICCTOKEN2                 ", 32);
		return 32;
	case 0x08:
		memset(ef, 0x8f, 3);
		return 3;
	case 0x0a:
		memcpy(ef, certificate, sizeof(certificate));
		ef[sizeof(certificate) - 1] ^= fake.other;
		return JPKI_CERTIFICATE_MAX;
	default:
		return 0;
	}
}

static size_t
read_binary(const uint8_t *cmd, uint8_t *rsp)
{
	const size_t at = (size_t)cmd[2] << 8 | cmd[3];
	const size_t want = cmd[4] == 0 ? 256 : cmd[4];
	uint8_t ef[JPKI_CERTIFICATE_MAX] = { 0 };
	size_t n = file_of(ef);

	if (n == 0)
		return put_sw(rsp, 0, 0x6981);
	if (at >= n)
		return put_sw(rsp, 0, 0x6b00);
	n = n - at < want ? n - at : want;
	memcpy(rsp, ef + at, n);
	return put_sw(rsp, n, n < want ? 0x6282 : 0x9000);
}

static size_t
verify(const uint8_t *cmd, size_t n, uint8_t *rsp)
{
	int *tries = &fake.tries[fake.text];
	bool *verified = &fake.verified[fake.text];

	if (n > 5) {
		if (*tries == 0)
			return put_sw(rsp, 0, 0x6984);
		*verified = memcmp(cmd + 5, fake.text ? FAKE_TEXT_PIN : FAKE_PIN, 4) == 0;
		*tries = *verified ? 3 : *tries - 1;
	}
	return put_sw(rsp, 0, *verified ? 0x9000 : 0x63c0 + (unsigned)*tries);
}

/* Another application ends what was verified. */
static size_t
select_file(const uint8_t *cmd, uint8_t *rsp)
{
	if (cmd[2] == 0x02) {
		fake.ef = cmd[6];
	} else {
		fake.ef = 0;
		fake.text = cmd[5] == 0xd3 && cmd[7] == 0x10;
		fake.verified[!fake.text] = false;
		fake.verified[fake.text] = fake.verified[fake.text] && cmd[5] == 0xd3;
	}
	return put_sw(rsp, 0, 0x9000);
}

static size_t
get_response(const uint8_t *cmd, uint8_t *rsp)
{
	const size_t want = cmd[4] == 0 ? 256 : cmd[4];
	const size_t n = want < fake.n_held_back ? want : fake.n_held_back;

	memcpy(rsp, fake.held_back, n);
	fake.n_held_back = 0;
	return put_sw(rsp, n, 0x9000);
}

/* The right answer, of a card that nothing is wrong with. */
static size_t
answer(const uint8_t *cmd, size_t n, uint8_t *rsp)
{
	switch (cmd[1]) {
	case 0xa4:
		return select_file(cmd, rsp);
	case 0xb0:
		return read_binary(cmd, rsp);
	case 0x20:
		return verify(cmd, n, rsp);
	case 0xc0:
		return get_response(cmd, rsp);
	default:
		if (fake.text || !fake.verified[0] || fake.ef != 0x17)
			return put_sw(rsp, 0, 0x6982);
		memcpy(rsp, signature, sizeof(signature));
		return put_sw(rsp, sizeof(signature), 0x9000);
	}
}

static size_t
raw(uint8_t *rsp)
{
	size_t n = (size_t)fake_next() << 8 | fake_next();

	n = n < APDU_RSP_MAX + 1 ? n : n % (APDU_RSP_MAX + 2);
	for (size_t i = 0; i < n; i++)
		rsp[i] = fake_next();
	return n;
}

/* 61xx: the data are to be fetched. */
static size_t
chain(uint8_t *rsp, size_t n)
{
	fake.n_held_back = n - 2;
	memcpy(fake.held_back, rsp, n - 2);
	return put_sw(rsp, 0, 0x6100 | ((n - 2) & 0xff));
}

/* The card forgets where it was and what it knows. */
static void
forget(void)
{
	fake.verified[0] = fake.verified[1] = fake.text = false;
	fake.ef = 0;
	fake.n_held_back = 0;
}

static int
power_off(enum err_code code, struct err *e)
{
	forget();
	return err_set(e, code, "as the fuzzer says");
}

/* The answer as the next byte wants it; rsp has room for one byte more than may come. */
static int
spoiled(const uint8_t *cmd, size_t n, uint8_t *rsp, size_t *len, struct err *e)
{
	const uint8_t how = fake_next();

	switch (how) {
	case 1:
		*len = answer(cmd, n, rsp);
		put_sw(rsp, *len - 2, (unsigned)fake_next() << 8 | fake_next());
		return 0;
	case 2:
		*len = raw(rsp);
		return 0;
	case 3:
	case 4:
		fake.other ^= how == 4;
		return power_off(ERR_CARD_REMOVED, e);
	case 5:
		*len = answer(cmd, n, rsp) % (fake_next() + 1u);
		return 0;
	case 6:
		*len = chain(rsp, answer(cmd, n, rsp));
		return 0;
	case 7:
		*len = put_sw(rsp, 0, 0x6c00 | fake_next());
		return 0;
	case 8:
		return power_off(ERR_CARD_UNREADABLE, e);
	case 9:
		/* done, but nobody hears of it */
		(void)answer(cmd, n, rsp);
		return power_off(ERR_PCSC_DOWN, e);
	case 10:
		fake.verified[fake.text] = true;
		break;
	case 11:
		fake.tries[fake.text] = fake_next() & 15;
		break;
	case 12:
		*len = put_sw(rsp, 0, (unsigned)fake_next() << 8 | fake_next());
		return 0;
	}
	*len = answer(cmd, n, rsp);
	return 0;
}

/*
 * One a PIN, to the application it was entered for, and only of the card whose
 * certificate was just read and is the session's.
 */
static void
judge_verify(const uint8_t *cmd, size_t n)
{
	const struct session *s = fake.session;

	must(n == 9 && fake.pins-- > 0);
	must(s->held && s->certificate_len > 4 && s->certificate_len <= sizeof(fake.seen));
	must(memcmp(s->certificate, fake.seen, s->certificate_len) == 0);
	must(fake.told > 1 || (fake.last_try && fake.told != 0));
	must((s->pin_for == SESSION_PIN_TEXT) == fake.in_text);
	must(fake.in_ef == (fake.in_text ? 0x11 : 0x18));
	must(!fake.known_pins || (memcmp(cmd + 5, FAKE_TEXT_PIN, 4) == 0) == fake.in_text);
}

static void
judge(const uint8_t *cmd, size_t n)
{
	must(apdu_allowed(cmd, n) != NULL && fake.begun);
	if (cmd[1] == 0x20 && n > 4)
		judge_verify(cmd, n);
	if (cmd[1] == 0xb0)
		fake.at = (size_t)cmd[2] << 8 | cmd[3];
}

/* Where the program has to believe the card is now. */
static void
note_select(const uint8_t *cmd)
{
	if (cmd[2] == 0x02) {
		fake.in_ef = cmd[6];
		return;
	}
	fake.in_ef = 0;
	fake.in_text = cmd[5] == 0xd3 && cmd[7] == 0x10;
	fake.told = -1;
}

/* What the program has just been told. */
static void
note(const uint8_t *cmd, size_t n, const uint8_t *rsp, size_t len)
{
	if (len < 2)
		return;
	fake.sw = (uint16_t)(rsp[len - 2] << 8 | rsp[len - 1]);
	if (cmd[1] == 0xa4 && fake.sw == 0x9000)
		note_select(cmd);
	if (cmd[1] == 0x20 && n == 4)
		fake.told = sw_tries(fake.sw);
	if (cmd[1] == 0x20 && n > 4)
		fake.accepted = fake.sw == 0x9000 && !fake.in_text;
	if ((cmd[1] != 0xb0 && cmd[1] != 0xc0) || fake.in_text || fake.in_ef != 0x0a)
		return;
	for (size_t i = 0; i < len - 2 && fake.at < sizeof(fake.seen); i++)
		fake.seen[fake.at++] = rsp[i];
}

static int
transmit(void *ctx, const uint8_t *cmd, size_t n, uint8_t *rsp, size_t rsp_max, size_t *rsp_len,
    struct err *e)
{
	uint8_t out[APDU_RSP_MAX + 2];

	(void)ctx;
	*rsp_len = 0;
	if (fake.session != NULL)
		judge(cmd, n);
	if (spoiled(cmd, n, out, rsp_len, e) < 0)
		return -1;
	note(cmd, n, out, *rsp_len);
	if (*rsp_len > rsp_max) {
		*rsp_len = 0;
		return err_set(e, ERR_CARD_UNREADABLE, "too long");
	}
	memcpy(rsp, out, *rsp_len);
	return 0;
}

/* Nothing that was read before counts. */
static void
begin_anew(void)
{
	fake.text = fake.in_text = false;
	fake.ef = fake.in_ef = 0;
	fake.n_held_back = 0;
	memset(fake.seen, 0, sizeof(fake.seen));
	fake.at = 0;
	fake.told = -1;
}

/* 1 and 2: it fails; 3: another card lies there. */
static int
begin(void *ctx, struct err *e)
{
	const uint8_t how = fake_next();

	(void)ctx;
	must(!fake.begun);
	begin_anew();
	if (how == 1 || how == 2)
		return power_off(how == 1 ? ERR_CARD_REMOVED : ERR_READER_BUSY, e);
	if (how == 3) {
		fake.other = !fake.other;
		forget();
	}
	fake.begun = true;
	return 0;
}

static void
end(void *ctx, bool unpower)
{
	(void)ctx;
	must(fake.begun);
	fake.begun = false;
	if (unpower)
		forget();
	fake.accepted = fake.accepted && !unpower;
}

static int
power_cycle(void *ctx, struct err *e)
{
	const uint8_t how = fake_next();

	(void)ctx;
	must(fake.begun);
	begin_anew();
	forget();
	fake.other ^= how == 3;
	if (how == 1)
		return power_off(ERR_CARD_REMOVED, e);
	return 0;
}

struct pcsc {
	bool	connected;
};

struct pcsc *
pcsc_new(struct err *e)
{
	struct pcsc *p = fake_next() == 1 ? NULL : calloc(1, sizeof(*p));

	if (p == NULL)
		err_set(e, ERR_PCSC_DOWN, "as the fuzzer says");
	return p;
}

void
pcsc_disconnect(struct pcsc *p, bool unpower)
{
	(void)unpower;
	must(!fake.begun);
	p->connected = false;
}

void
pcsc_free(struct pcsc *p)
{
	free(p);
}

/* 0: one reader with a card; 1, 255: it fails; else the bits say how many, and where a card lies. */
int
pcsc_readers(struct pcsc *p, struct reader_list *out, struct err *e)
{
	static const char *const names[] = { "Reader A 00 00", "Reader B 01 00", "Other 02 00" };
	uint8_t how = fake_next();

	(void)p;
	memset(out, 0, sizeof(*out));
	if (how == 1 || how == 255)
		return err_set(e, how == 1 ? ERR_PCSC_DOWN : ERR_READER_NONE, "as the fuzzer says");
	how = how == 0 ? 0x12 : how;
	for (; out->n < (how & 3u) - ((how & 3u) > 0); out->n++) {
		memcpy(out->reader[out->n].name, names[out->n], strlen(names[out->n]) + 1);
		out->reader[out->n].present = how >> (4 + out->n) & 1;
		out->reader[out->n].exclusive = how >> 7;
	}
	return 0;
}

int
pcsc_wait(struct pcsc *p, const struct reader_list *seen, int timeout_ms, struct err *e)
{
	(void)p, (void)seen;
	must(timeout_ms >= 0);
	/* nothing changes any more once the bytes have run out */
	if (fake.n == 0 || fake_next() == 1)
		return err_set(e, ERR_PCSC_DOWN, "as the fuzzer says");
	return 0;
}

int
pcsc_connect(struct pcsc *p, const char *name, struct err *e)
{
	static const enum err_code codes[] = { ERR_CARD_NONE, ERR_READER_BUSY, ERR_CARD_UNREADABLE };
	const uint8_t how = fake_next();

	(void)name;
	if (how >= 1 && how <= 3)
		return err_set(e, codes[how - 1], "as the fuzzer says");
	p->connected = true;
	return 0;
}

struct transport
pcsc_transport(struct pcsc *p)
{
	must(p->connected);
	return (struct transport){ { transmit, NULL }, NULL, begin, end, power_cycle };
}
