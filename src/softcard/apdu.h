#ifndef SOFTCARD_APDU_H
#define SOFTCARD_APDU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* A command APDU in any of the seven forms of ISO/IEC 7816-3, 12.1.3. */
struct apdu {
	uint8_t		cla, ins, p1, p2;
	struct span	data;		/* borrowed; n is Lc */
	size_t		le;		/* 1..65536; 0 when there is no Le */
	bool		extended;
};

/* 0, or -1 when the lengths do not add up. */
int	apdu_parse(const uint8_t *cmd, size_t n, struct apdu *out);

/*
 * The status words this card gives (ISO/IEC 7816-4, 5.1.3).  SW_TRIES is
 * 63Cx, SW_MORE 61xx, SW_WRONG_LE 6Cxx.
 */
enum sw {
	SW_OK			= 0x9000,
	SW_MORE			= 0x6100,
	SW_TRIES		= 0x63c0,
	SW_WRONG_LENGTH		= 0x6700,
	SW_NO_CHANNEL		= 0x6881,
	SW_NO_SM		= 0x6882,
	SW_WRONG_FILE_KIND	= 0x6981,
	SW_SECURITY		= 0x6982,
	SW_BLOCKED		= 0x6984,
	SW_CONDITIONS		= 0x6985,
	SW_NO_CURRENT_EF	= 0x6986,
	SW_NOT_FOUND		= 0x6a82,
	SW_WRONG_P1P2		= 0x6a86,
	SW_WRONG_OFFSET		= 0x6b00,
	SW_WRONG_LE		= 0x6c00,
	SW_NO_INS		= 0x6d00,
	SW_NO_CLA		= 0x6e00,
	SW_UNKNOWN		= 0x6f00
};

#endif
