#ifndef TEST_CARD_FAULTS_H
#define TEST_CARD_FAULTS_H

#include <winscard.h>

#include "table.h"

/* What the campaign lets go wrong. */
static const struct {
	enum kind	 kind;
	const char	*name;
	bool		 sampled;
} kinds[] = {
	{ KIND_EMPTY,		"taken away, empty answer",	true },
	{ KIND_REMOVED,		"taken away, removed",		true },
	{ KIND_NO_CARD,		"taken away, no card",		false },
	{ KIND_BACK,		"taken away and back",		true },
	{ KIND_SWAPPED,		"swapped",			true },
	{ KIND_SLIPPED_IN,	"swapped unnoticed",		true },
	{ KIND_RESET,		"reset",			true },
	{ KIND_POWER,		"power lost unnoticed",		true },
	{ KIND_DIED,		"pcscd died",			true },
	{ KIND_ONE_BYTE,	"one byte",			true },
	{ KIND_TOO_LONG,	"300 bytes",			true },
	{ KIND_NO_DATA,		"no data",			false },
	{ KIND_HALF,		"half the data",		true },
	{ KIND_GARBAGE,		"other data",			false },
	{ KIND_SW,		"another status word",		true },
	{ KIND_RV,		"SCardTransmit fails",		true },
	{ KIND_CALL,		"another PC/SC call fails",	true },
};

/* The first of each are the sample. */
#define SAMPLE_SW	5
#define SAMPLE_RV	3
#define SAMPLE_CALL	4

static const long status_words[] = {
	0x6f00, 0x63c2, 0x6982, 0x9000, 0x6a82,
	0x6281, 0x6282, 0x6300, 0x63c0, 0x63c1, 0x63cf, 0x6400, 0x6581, 0x6700, 0x6881, 0x6983,
	0x6984, 0x6985, 0x6986, 0x6a86, 0x6b00, 0x6d00, 0x6e00, 0x6104, 0x61ff, 0x6c04,
	0x0000, 0xffff,
};

static const long return_values[] = {
	SCARD_E_NOT_TRANSACTED, SCARD_E_NO_SERVICE, SCARD_F_COMM_ERROR, SCARD_E_SHARING_VIOLATION,
	SCARD_W_RESET_CARD, SCARD_W_REMOVED_CARD, SCARD_E_PROTO_MISMATCH, SCARD_E_NO_SMARTCARD,
	SCARD_E_NO_READERS_AVAILABLE, SCARD_E_UNKNOWN_READER, SCARD_E_READER_UNAVAILABLE,
	SCARD_E_INVALID_HANDLE, SCARD_E_CANCELLED, SCARD_E_TIMEOUT, SCARD_E_NO_MEMORY,
	SCARD_E_SERVICE_STOPPED, SCARD_W_SECURITY_VIOLATION, SCARD_W_UNPOWERED_CARD,
	SCARD_W_UNRESPONSIVE_CARD,
	SCARD_W_UNSUPPORTED_CARD, SCARD_E_INSUFFICIENT_BUFFER, SCARD_F_INTERNAL_ERROR,
	SCARD_F_UNKNOWN_ERROR, SCARD_E_NOT_READY, SCARD_E_INVALID_PARAMETER,
	SCARD_E_INVALID_VALUE, SCARD_E_SYSTEM_CANCELLED, SCARD_E_UNEXPECTED, 1, -1,
};

#endif
