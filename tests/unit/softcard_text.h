#ifndef UNIT_SOFTCARD_TEXT_H
#define UNIT_SOFTCARD_TEXT_H

/* Fixture cards written out in a test; included after cmocka.h. */

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "softcard/softcard.h"

#define N(a)	(sizeof(a) / sizeof((a)[0]))

/* A card without certificates and keys; a fixture goes on from here, and closes the brace. */
#define CARD "{\"pin\": {\"auth\": {\"value\": \"1234\", \"tries_left\": 3}, "		\
    "\"sign\": {\"value\": \"ABC123\", \"tries_left\": 5}, "			\
    "\"text\": {\"value\": \"5678\", \"tries_left\": 3}}"

static inline struct softcard *
load_text(const char *json, struct err *e)
{
	const int fd = memfd_create("fixture", 0);
	struct softcard *sc;
	char path[32];

	assert_true(fd >= 0);
	assert_int_equal(write(fd, json, strlen(json)), (ssize_t)strlen(json));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	sc = softcard_load(path, e);
	close(fd);
	return sc;
}

/* With power.  A fixture is JSON, or the path of a file of it. */
static inline struct softcard *
load(const char *fixture)
{
	struct err e = ERR_INIT;
	struct softcard *sc;

	sc = fixture[0] == '{' ? load_text(fixture, &e) : softcard_load(fixture, &e);
	if (sc == NULL)
		fail_msg("%s", e.msg);
	softcard_power(sc, SOFTCARD_ON);
	return sc;
}

static inline size_t
from_hex(const char *hex, uint8_t *out)
{
	const size_t n = strlen(hex) / 2;

	assert_int_equal(hex_decode(hex, out, n), 0);
	return n;
}

/* The status word, and how many bytes came before it. */
static inline unsigned
sw_of(struct softcard *sc, const uint8_t *cmd, size_t n, size_t *data)
{
	static uint8_t rsp[SOFTCARD_RSP_MAX];
	struct err e = ERR_INIT;
	size_t len;

	assert_int_equal(softcard_transmit(sc, cmd, n, rsp, sizeof(rsp), &len, &e), 0);
	assert_true(len >= 2);
	*data = len - 2;
	return (unsigned)(rsp[len - 2] << 8 | rsp[len - 1]);
}

#define ADD_TABLE(tests, n, table, fn)						\
	for (size_t i = 0; i < N(table); i++)					\
		(tests)[(n)++] = (struct CMUnitTest){ (table)[i].name, fn, NULL, NULL, \
		    (void *)(uintptr_t)&(table)[i] }

#endif
