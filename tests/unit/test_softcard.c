/* The software card's state machine, as transcripts.  Runs at the root of the tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include <cmocka.h>

#include "softcard_text.h"

#define HOLDER "\"holder\": {\"name\": \"黒桐　幹也\", \"birthdate\": \"1980-02-17\", "	\
    "\"sex\": \"1\", \"address\": \"東京都清瀬市観布子南１２－７－２０２\"}"
#define PLAIN	CARD ", " HOLDER "}"

#define JPKI	"00A4040C0AD392F000260100000001"
#define TEXT	"00A4040C0AD3921000310001010408"
#define ISD	"00A4040C07A0000001510000"
#define PIN_OK	"002000980431323334"
#define PIN_BAD	"002000980439393939"
#define SIGN	"802A009702303000"
/* SHA-256 of "abc". */
#define HASH	"BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"
#define INFO	"3031300D060960864801650304020105000420" HASH
#define ADULT	"fixtures/cards/adult.json"

/*
 * What is sent, and the answer: exactly that, or with a star ending in that;
 * "=" is the same as the answer before, "gone" is none.  "on", "off" and
 * "reset" are sent to the power.
 */
struct step {
	const char	*send;
	const char	*want;
};

#define STEPS_MAX	16

static const struct transcript {
	const char	*name;
	const char	*fixture;
	struct step	 step[STEPS_MAX];
} transcripts[] = {
	/* power */
	{ "no power, no answer", PLAIN, {
		{ "off", "" }, { JPKI, "gone" } } },
	{ "a cold reset clears AP, EF and PIN; tries stay", PLAIN, {
		{ JPKI, "9000" }, { PIN_BAD, "63C2" }, { "on", "" },
		{ "00B0000001", "6986" }, { "00200080", "6986" }, { JPKI, "9000" },
		{ "00200098", "63C2" } } },
	{ "a warm reset clears the PIN", PLAIN, {
		{ JPKI, "9000" }, { PIN_OK, "9000" }, { "reset", "" },
		{ "00B0000001", "6986" }, { JPKI, "9000" }, { SIGN, "6982" } } },
	{ "a warm reset keeps the PIN when told so",
	  CARD ", \"faults\": [\"warm reset keeps PIN\"]}", {
		{ JPKI, "9000" }, { PIN_OK, "9000" }, { "reset", "" },
		{ "00B0000001", "6986" }, { JPKI, "9000" }, { SIGN, "6985" },
		{ "on", "" }, { JPKI, "9000" }, { SIGN, "6982" } } },

	/* SELECT */
	{ "an unknown AP changes nothing", PLAIN, {
		{ JPKI, "9000" }, { "00A4020C020006", "9000" },
		{ "00A4040C0AD3921000310001010402", "6A82" }, { "00B0000004", "4A504B499000" } } },
	{ "the same AP keeps the PIN and drops the EF", PLAIN, {
		{ JPKI, "9000" }, { PIN_OK, "9000" }, { "00A4020C020006", "9000" },
		{ JPKI, "9000" }, { "00B0000004", "6986" }, { SIGN, "6985" } } },
	{ "another AP clears the PIN", PLAIN, {
		{ JPKI, "9000" }, { PIN_OK, "9000" }, { TEXT, "9000" },
		{ JPKI, "9000" }, { SIGN, "6982" } } },
	{ "the ISD clears the PIN and has no EF", PLAIN, {
		{ JPKI, "9000" }, { PIN_OK, "9000" }, { ISD, "9000" },
		{ "00A4020C02000A", "6A82" }, { JPKI, "9000" }, { SIGN, "6982" } } },
	{ "a truncated AID selects", PLAIN, {
		{ "00A4040C05D392F00026", "9000" }, { "00A4020C020006", "9000" } } },
	{ "less than the registered part of an AID does not", PLAIN, {
		{ "00A4040C04D392F000", "6A82" } } },
	{ "an AID that goes on does not", PLAIN, {
		{ "00A4040C0BD392F00026010000000100", "6A82" } } },
	{ "SELECT with FCI", PLAIN, {
		{ "00A404000AD392F00026010000000100", "6F0C840AD392F0002601000000019000" },
		{ "00A404000AD392F00026010000000104", "6C0E" },
		{ "00A404000AD392F000260100000001", "9000" } } },
	{ "P1=00 selects nothing: 6A86 before an AP, 9000 inside", PLAIN, {
		{ "00A40000", "6A86" }, { JPKI, "9000" }, { "00A40000", "9000" },
		{ "00A40000023F00", "6A86" } } },
	{ "EFs are selected with P1=02 only", PLAIN, {
		{ JPKI, "9000" }, { "00A4090C02000A", "6A86" }, { "00A4010C02000A", "6A86" },
		{ "00A4020102000A", "6A86" }, { "00A4020C02000A", "9000" } } },
	{ "an unknown EF is 6A82 and leaves the current one", PLAIN, {
		{ JPKI, "9000" }, { "00A4020C020006", "9000" }, { "00A4020C023F00", "6A82" },
		{ "00B0000001", "4A9000" } } },
	{ "no EF before an AP", PLAIN, { { "00A4020C02000A", "6986" } } },
	{ "a FID has two bytes", PLAIN, {
		{ JPKI, "9000" }, { "00A4020C010A", "6700" }, { "00A4020C03000A00", "6700" } } },

	/* READ BINARY */
	{ "read without an EF", PLAIN, { { JPKI, "9000" }, { "00B0000004", "6986" } } },
	{ "read a PIN or a key", PLAIN, {
		{ JPKI, "9000" }, { "00A4020C020018", "9000" }, { "00B0000004", "6981" },
		{ "00A4020C020017", "9000" }, { "00B0000004", "6981" } } },
	{ "read what a PIN protects", PLAIN, {
		{ JPKI, "9000" }, { "00A4020C020001", "9000" }, { "00B0000004", "6982" },
		{ "0020009B06414243313233", "9000" }, { "00B0000004", "FFFFFFFF9000" } } },
	{ "one AP's PIN opens nothing of another's", PLAIN, {
		{ TEXT, "9000" }, { "002000910435363738", "9000" }, { JPKI, "9000" },
		{ "00B0810004", "6982" }, { SIGN, "6982" } } },
	{ "a read past the end gives what there is", PLAIN, {
		{ JPKI, "9000" }, { "00B0889E10", "6B00" }, { "00B0880104", "00009000" } } },
	{ "an offset at or past the end is 6B00", PLAIN, {
		{ JPKI, "9000" }, { "00A4020C020006", "9000" }, { "00B0009F04", "399000" },
		{ "00B000A004", "6B00" }, { "00B07FFF00", "6B00" } } },
	{ "the SFI form selects", PLAIN, {
		{ JPKI, "9000" }, { "00B0860004", "4A504B499000" }, { "00B0000401", "419000" },
		{ "00B09E0001", "6A82" }, { "00B0000401", "419000" } } },
	{ "SFI 0 is the current EF", PLAIN, {
		{ JPKI, "9000" }, { "00B0800001", "6986" }, { "00A4020C020006", "9000" },
		{ "00B0800001", "4A9000" } } },
	{ "P1 with other high bits", PLAIN, { { JPKI, "9000" }, { "00B0A60001", "6A86" } } },
	{ "read without Le or with data", PLAIN, {
		{ JPKI, "9000" }, { "00A4020C020006", "9000" }, { "00B00000", "6700" },
		{ "00B00000010000", "6700" } } },
	{ "a whole EF in one extended answer", PLAIN, {
		{ JPKI, "9000" }, { "00A4020C020008", "9000" },
		{ "00B00000000000", "0000009000" } } },
	{ "the token's label and numbers", PLAIN, {
		{ JPKI, "9000" }, { "00B0860020", "4A504B4941504943"
		  "43544F4B454E3220202020202020202020202020202020209000" },
		{ "00B0866010", "0000040D0000000100000000000000019000" },
		{ "00B0867014", "000000000000001000000006FFFFFFFFFFFFFFFF9000" } } },
	{ "which certificates there are", ADULT, {
		{ JPKI, "9000" }, { "00B0880000", "8F8F009000" } } },
	{ "a child's card has none for signing", "fixtures/cards/child.json", {
		{ JPKI, "9000" }, { "00B0880000", "008F009000" }, { "0020009B", "63C0" } } },

	/* VERIFY */
	{ "the query spends nothing", PLAIN, {
		{ JPKI, "9000" }, { "00A4020C020018", "9000" }, { "00200080", "63C3" },
		{ "00200080", "63C3" }, { "0020009B", "63C5" } } },
	{ "wrong, wrong, wrong, blocked", PLAIN, {
		{ JPKI, "9000" }, { "00A4020C020018", "9000" }, { "002000800439393939", "63C2" },
		{ "002000800439393939", "63C1" }, { "002000800439393939", "63C0" },
		{ "002000800439393939", "6984" }, { "002000800431323334", "6984" },
		{ "00200080", "63C0" }, { "on", "" }, { JPKI, "9000" }, { "00200098", "63C0" } } },
	{ "the right PIN gives all tries back", PLAIN, {
		{ JPKI, "9000" }, { PIN_BAD, "63C2" }, { PIN_OK, "9000" },
		{ "00200098", "63C3" } } },
	{ "a wrong PIN ends the right one before", PLAIN, {
		{ JPKI, "9000" }, { PIN_OK, "9000" }, { SIGN, "6985" },
		{ PIN_BAD, "63C2" }, { SIGN, "6982" } } },
	{ "a PIN of another length is wrong", PLAIN, {
		{ JPKI, "9000" }, { "0020009803313233", "63C2" },
		{ "00200098053132333435", "63C1" },
		{ "00200098113132333435363738393031323334353637", "6700" },
		{ "00200098", "63C1" } } },
	{ "the query with an Le is not a query", PLAIN, {
		{ JPKI, "9000" }, { "00A4020C020018", "9000" }, { "0020008000", "6700" },
		{ "00200080043132333400", "6700" }, { "00200080", "63C3" } } },
	{ "VERIFY of what is no PIN", PLAIN, {
		{ JPKI, "9000" }, { "00200080", "6986" }, { "0020008A", "6981" },
		{ "0020009E", "6A82" },
		{ "00200018", "6A86" }, { "00200198", "6A86" } } },
	{ "two PINs, two counters", PLAIN, {
		{ JPKI, "9000" }, { PIN_BAD, "63C2" }, { TEXT, "9000" },
		{ "00200091", "63C3" }, { "002000910431323334", "63C2" } } },
	{ "blocked from the start", CARD ", \"faults\": [\"blocked\"]}", {
		{ JPKI, "9000" }, { "00200098", "63C0" }, { PIN_OK, "6984" },
		{ "0020009B", "63C5" } } },
	{ "blocked, and the query says 6984",
	  CARD ", \"faults\": [\"blocked\", \"blocked query 6984\"]}", {
		{ JPKI, "9000" }, { "00200098", "6984" } } },
	{ "verified, and the query says 9000", CARD ", \"faults\": [\"verified query 9000\"]}", {
		{ JPKI, "9000" }, { "00200098", "63C3" }, { PIN_OK, "9000" },
		{ "00200098", "9000" } } },
	{ "a PIN never set has no tries", "{}", {
		{ JPKI, "9000" }, { "00200098", "63C0" }, { PIN_OK, "6984" },
		{ "00200098043132333400", "6700" } } },

	/* COMPUTE DIGITAL SIGNATURE */
	{ "sign without a key", PLAIN, {
		{ JPKI, "9000" }, { "802A008002303000", "6986" }, { PIN_OK, "9000" },
		{ "00A4020C020018", "9000" }, { "802A008002303000", "6986" },
		{ "802A008A02303000", "6986" } } },
	{ "sign before the PIN", ADULT, {
		{ JPKI, "9000" }, { "00A4020C020017", "9000" }, { "802A008002303000", "6982" },
		{ "0020009B06414243313233", "9000" }, { "802A008002303000", "6982" } } },
	{ "sign: other P1 and P2", ADULT, {
		{ JPKI, "9000" }, { "802A069702303000", "6A86" }, { "802A9E9A02303000", "6A86" },
		{ "802A001702303000", "6A86" } } },
	{ "sign: class 00 is not it", ADULT, {
		{ JPKI, "9000" }, { "002A009702303000", "6D00" } } },
	{ "sign a DigestInfo, a hash or a message: the same", ADULT, {
		{ JPKI, "9000" }, { PIN_OK, "9000" }, { "00A4020C020017", "9000" },
		{ "802A008033" INFO "00", "*9000" },
		{ "802A0080000033" INFO "0000", "=" },
		{ "802A029720" HASH "00", "=" },
		{ "802A03970361626300", "=" } } },
	{ "sign the bare hash: the same with and without the card's hashing",
	  ADULT, {
		{ JPKI, "9000" }, { PIN_OK, "9000" },
		{ "802A01970361626300", "*9000" },
		{ "802A009720" HASH "00", "=" } } },
	{ "sign with PSS", ADULT, {
		{ JPKI, "9000" }, { PIN_OK, "9000" },
		{ "802A049720" HASH "00", "*9000" },
		{ "802A05970361626300", "*9000" }, { "802A04970361626300", "6985" } } },
	{ "sign: Le", ADULT, {
		{ JPKI, "9000" }, { PIN_OK, "9000" }, { "802A0097023030", "6700" },
		{ "802A009700", "6700" }, { "802A009702303010", "6C00" } } },

	/* the rest */
	{ "GET CHALLENGE", PLAIN, {
		{ "0084000008", "*9000" }, { "00840000", "6700" }, { "0084010008", "6A86" },
		{ "00840000000101", "6700" } } },
	{ "other instructions", PLAIN, {
		{ "00CA004200", "6D00" }, { "00C0000000", "6D00" }, { "0024018004", "6D00" },
		{ "80B0000000", "6D00" } } },
	{ "other classes", PLAIN, {
		{ "FFCA000000", "6E00" }, { "90B0000000", "6E00" }, { "40B0000000", "6E00" } } },
	{ "no logical channels, no secure messaging", PLAIN, {
		{ "01B0000000", "6881" }, { "03A40000", "6881" }, { "812A008000", "6881" },
		{ "0CB0000000", "6882" }, { "08B0000000", "6882" } } },
	{ "a terminal certificate nobody has",
	  PLAIN, { { JPKI, "9000" }, { "80A206C101AA", "6700" } } },
	{ "\"last command\" is for phones", PLAIN, { { "80FC0000", "6700" } } },
	{ "malformed APDUs", PLAIN, {
		{ "00", "6700" }, { "00B000", "6700" }, { "00A4040C0AD392", "6700" },
		{ "00B0000000" "00", "6700" } } },

	/* 券面事項入力補助AP */
	{ "the four attributes, byte for byte", PLAIN, {
		{ TEXT, "9000" }, { "00A4020C020002", "9000" }, { "00B0000007", "6982" },
		{ "002000910435363738", "9000" },
		{ "00B0000068", "FF2065DF2108000E002000590064DF220FE9BB92E6A190E38080E5B9B9E4B99F"
		  "DF2336E69DB1E4BAACE983BDE6B885E780ACE5B882E8A6B3E5B883E5AD90E58D97"
		  "EFBC91EFBC92EFBC8DEFBC97EFBC8DEFBC92EFBC90EFBC92DF24083139383030323137"
		  "DF2501319000" }, { "00B0006801", "FF9000" } } },
	{ "the four attributes with a non-minimal length",
	  CARD ", " HOLDER ", \"faults\": [\"non-minimal length\"]}", {
		{ TEXT, "9000" }, { "002000910435363738", "9000" },
		{ "00B0820013", "FF20820065DF210800100022005B0066DF220F9000" } } },
	{ "the four attributes with a long address", "fixtures/cards/adult.long-address.json", {
		{ TEXT, "9000" }, { "002000910435363738", "9000" },
		{ "00B0820005", "FF2082015D9000" }, { "00B0822206", "DF2382012CE69000" } } },

	/* faults */
	{ "6F00 to the first command, after every power-up",
	  CARD ", \"faults\": [\"6F00 first\"]}", {
		{ JPKI, "6F00" }, { JPKI, "9000" }, { "reset", "" }, { JPKI, "9000" },
		{ "on", "" }, { JPKI, "6F00" }, { JPKI, "9000" } } },
	{ "short APDUs only", CARD ", \"faults\": [\"short APDU only\"]}", {
		{ JPKI, "9000" }, { "00B0860001", "4A9000" }, { "00B08600000001", "6700" } } },
	{ "removed after two APDUs", CARD ", \"faults\": [\"removed after APDU 2\"]}", {
		{ JPKI, "9000" }, { "00B0860001", "4A9000" }, { "00B0860001", "gone" },
		{ "00B0860001", "gone" }, { "on", "" }, { JPKI, "9000" } } },
	{ "removed at a command",
	  CARD ", \"alter\": [{\"ins\": \"B0\", \"do\": \"remove\", \"after\": 1}]}", {
		{ JPKI, "9000" }, { "00B0860001", "4A9000" }, { JPKI, "9000" },
		{ "00B0860001", "gone" } } },
	{ "removed at a place", CARD ", \"alter\": [{\"at\": 2, \"do\": \"remove\"}]}", {
		{ JPKI, "9000" }, { "00B0860001", "4A9000" }, { "00200098", "gone" },
		{ "on", "" }, { JPKI, "9000" } } },
	{ "another status word at a place, and not after it",
	  CARD ", \"alter\": [{\"at\": 1, \"do\": \"6581\"}, {\"at\": 3, \"do\": \"short\"}]}", {
		{ JPKI, "9000" }, { PIN_BAD, "6581" }, { "00200098", "63C2" },
		{ "00B0860004", "4A" }, { "00B0860004", "4A504B499000" } } },
	{ "another status word in one application",
	  CARD ", \"alter\": [{\"ap\": \"text\", \"do\": \"6581\", \"after\": 1}]}", {
		{ JPKI, "9000" }, { "00200098", "63C3" }, { TEXT, "9000" },
		{ "00200091", "63C3" }, { "00200091", "6581" }, { "00A4020C020011", "6581" },
		{ JPKI, "6581" }, { "00200098", "63C3" } } },
	{ "one command of one application",
	  CARD ", \"alter\": [{\"ap\": \"jpki\", \"ins\": \"20\", \"do\": \"6581\"}]}", {
		{ TEXT, "9000" }, { "00200091", "63C3" }, { JPKI, "9000" },
		{ "00200098", "6581" }, { "00B0860001", "4A9000" } } },
	{ "the card forgets all at a place", CARD ", \"alter\": [{\"at\": 2, \"do\": \"reset\"}]}", {
		{ JPKI, "9000" }, { PIN_OK, "9000" }, { SIGN, "6986" }, { JPKI, "9000" },
		{ SIGN, "6982" } } },
	{ "a card of another kind", CARD ", \"faults\": [\"no JPKI\"]}", {
		{ JPKI, "6A82" }, { TEXT, "6A82" }, { "00A4040C05D392F00026", "6A82" },
		{ ISD, "9000" } } },
	{ "a corrupted answer", CARD ", \"alter\": [{\"ins\": \"b0\", \"do\": \"corrupt\"}]}", {
		{ JPKI, "9000" }, { "00B0860004", "4A504A499000" } } },
	{ "a truncated answer", CARD ", \"alter\": [{\"ins\": \"B0\", \"do\": \"truncate\"}]}", {
		{ JPKI, "9000" }, { "00B0860004", "4A509000" } } },
	{ "a garbage answer",
	  CARD ", \"alter\": [{\"ins\": \"B0\", \"do\": \"garbage\", \"after\": 1}]}", {
		{ JPKI, "9000" }, { "00B0860004", "4A504B499000" },
		{ "00B0860004", "A5C4E3029000" } } },
	{ "an answer without a status word",
	  CARD ", \"alter\": [{\"ins\": \"B0\", \"do\": \"short\"}]}", {
		{ JPKI, "9000" }, { "00B0860004", "4A" } } },
	{ "another status word", CARD ", \"alter\": [{\"ins\": \"20\", \"do\": \"6581\"}]}", {
		{ JPKI, "9000" }, { PIN_OK, "6581" } } },
	{ "a phone: the certificate needs the PIN, no 券面 AP",
	  CARD ", \"faults\": [\"phone\"]}", {
		{ JPKI, "9000" }, { "00B0860010", "4A504B49415047505345544F4B454E209000" },
		{ "00B08A0004", "6982" }, { PIN_OK, "9000" },
		{ "00B08A0004", "FFFFFFFF9000" }, { TEXT, "6A82" }, { "80FC0000", "9000" } } },
};

static void
check_answer(const struct step *s, const char *got, const char *before)
{
	const size_t n = strlen(s->want), len = strlen(got);

	if (strcmp(s->want, "=") == 0)
		assert_string_equal(got, before);
	else if (s->want[0] != '*' && strcasecmp(got, s->want) != 0)
		fail_msg("%s: answered %s, not %s", s->send, got, s->want);
	else if (s->want[0] == '*' && (len < n || strcasecmp(got + len - n + 1, s->want + 1) != 0))
		fail_msg("%s: answered %s, not %s", s->send, got, s->want);
}

static void
do_step(struct softcard *sc, const struct step *s, char *answer)
{
	static char before[2 * SOFTCARD_RSP_MAX + 1];
	static uint8_t rsp[SOFTCARD_RSP_MAX];
	uint8_t cmd[1024];
	struct err e = ERR_INIT;
	size_t n;

	if (strcmp(s->send, "on") == 0)
		softcard_power(sc, SOFTCARD_ON);
	else if (strcmp(s->send, "off") == 0)
		softcard_power(sc, SOFTCARD_OFF);
	else if (strcmp(s->send, "reset") == 0)
		softcard_power(sc, SOFTCARD_RESET);
	else {
		strcpy(before, answer);
		n = from_hex(s->send, cmd);
		if (softcard_transmit(sc, cmd, n, rsp, sizeof(rsp), &n, &e) < 0)
			strcpy(answer, "gone");
		else
			hex_encode(rsp, n, answer);
		check_answer(s, answer, before);
	}
}

static void
run_transcript(void **state)
{
	static char answer[2 * SOFTCARD_RSP_MAX + 1];
	const struct transcript *t = *state;
	struct softcard *sc = load(t->fixture);

	answer[0] = '\0';
	for (size_t i = 0; i < STEPS_MAX && t->step[i].send != NULL; i++)
		do_step(sc, &t->step[i], answer);
	softcard_free(sc);
}

/* Every offset, by FID and by SFI, with some Le, none and an extended one. */
static void
read_number_everywhere(struct softcard *sc, unsigned want)
{
	static const char *const le[] = { "", "00", "01", "11", "FF", "000000", "000011" };
	uint8_t cmd[16] = { 0x00, 0xb0 };
	size_t data;

	for (unsigned at = 0; at < 0x8000 + 0x200; at++) {
		if (at >= 0x8000)	/* SFI 0 is the current EF, SFI 1 the one by name */
			cmd[2] = (uint8_t)(0x80 | (at >> 8 & 1));
		else
			cmd[2] = (uint8_t)(at >> 8);
		cmd[3] = (uint8_t)at;
		for (size_t i = 0; i < N(le); i++) {
			const size_t n = 4 + from_hex(le[i], cmd + 4);

			assert_int_equal(sw_of(sc, cmd, n, &data), want);
			assert_int_equal(data, 0);
		}
	}
}

static void
individual_number_is_not_there(void **state)
{
	static char answer[2 * SOFTCARD_RSP_MAX + 1];
	static const struct step select[] = { { TEXT, "9000" }, { "00A4020C020001", "9000" } };
	static const struct step verify[] = { { "002000910435363738", "9000" } };
	struct softcard *sc = load("fixtures/cards/adult.json");

	(void)state;
	do_step(sc, &select[0], answer);
	do_step(sc, &select[1], answer);
	read_number_everywhere(sc, 0x6982);
	do_step(sc, &verify[0], answer);
	read_number_everywhere(sc, 0x6a82);
	softcard_free(sc);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(individual_number_is_not_there),
	};
	struct CMUnitTest tests[N(transcripts) + N(others)];
	size_t n = 0;

	ADD_TABLE(tests, n, transcripts, run_transcript);
	memcpy(tests + n, others, sizeof(others));
	return _cmocka_run_group_tests("softcard", tests, N(tests), NULL, NULL);
}
