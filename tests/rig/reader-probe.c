/*
 * Drives shikaku-reader through src/desk/reader.h as the desk does, and
 * prints one line a result: for tests, against pcscd or a fixture card.
 *
 * reader-probe [--list] [--reader NAME] [--card FILE] [--trace FILE] [--wait MS]
 *     [--timeout MS] [--pin-fd N | --pin-tty] [--again-fd N] [--last-try] [--sign N]
 *     [--pause-fd N]
 *
 * --pause-fd reads one byte after the certificate was read, before the PIN;
 * --again-fd gives the PIN of a second entry if the first one was wrong.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/hash.h"
#include "card/message.h"
#include "card/x509.h"
#include "desk/reader.h"

struct options {
	struct reader_request	request;
	int			timeout_ms;
	int			pin_fd;
	int			again_fd;
	int			pause_fd;
	int			sign;
	int			list;
	int			pin_tty;
	int			last_try;
};

static int
parse(int argc, char **argv, struct options *o)
{
	static const struct option opts[] = {
		{ "reader", 1, NULL, 'r' }, { "card", 1, NULL, 'c' }, { "trace", 1, NULL, 't' },
		{ "wait", 1, NULL, 'w' }, { "timeout", 1, NULL, 'T' }, { "pin-fd", 1, NULL, 'p' },
		{ "again-fd", 1, NULL, 'a' }, { "pause-fd", 1, NULL, 'P' },
		{ "sign", 1, NULL, 's' },
		{ "list", 0, NULL, 'l' }, { "pin-tty", 0, NULL, 'y' }, { "last-try", 0, NULL, 'L' },
		{ NULL, 0, NULL, 0 }
	};
	int c;

	while ((c = getopt_long(argc, argv, "", opts, NULL)) != -1)
		switch (c) {
		case 'r': o->request.reader_name = optarg; break;
		case 'c': o->request.card_file = optarg; break;
		case 't': o->request.trace_file = optarg; break;
		case 'w': o->request.wait_ms = atoi(optarg); break;
		case 'T': o->timeout_ms = atoi(optarg); break;
		case 'p': o->pin_fd = atoi(optarg); break;
		case 'a': o->again_fd = atoi(optarg); break;
		case 'P': o->pause_fd = atoi(optarg); break;
		case 's': o->sign = atoi(optarg); break;
		case 'l': o->list = 1; break;
		case 'y': o->pin_tty = 1; break;
		case 'L': o->last_try = 1; break;
		default: return -1;
		}
	return optind == argc ? 0 : -1;
}

static int
list(struct reader *r, int timeout_ms, struct err *e)
{
	struct reader_list l;

	if (reader_readers(r, timeout_ms, &l, e) < 0)
		return -1;
	for (size_t i = 0; i < l.n; i++)
		printf("list %s %s\n", l.reader[i].present ? "card" : "empty", l.reader[i].name);
	return 0;
}

static void
print_card(const struct reader_card *card)
{
	uint8_t hash[HASH_SHA256_LEN];
	char hex[2 * HASH_SHA256_LEN + 1];

	hash_sha256(card->certificate, card->certificate_len, hash);
	hex_encode(hash, sizeof(hash), hex);
	printf("reader %s\ntoken %s\nmedium %s\ntries_left %d\n", card->reader, card->token,
	    jpki_medium_name(card->medium), card->tries_left);
	printf("no_sign_certificate %d\nneeds_pin %d\ncertificate %zu %s\n",
	    card->no_sign_certificate, card->certificate_needs_pin, card->certificate_len, hex);
}

static int
sign_once(struct reader *r, const struct reader_card *card, int timeout_ms, struct err *e)
{
	struct sign_fields f = { .origin = "https://service.test:8443",
	    .challenge = { 1, 2, 3 }, .institution = "1310000011" };
	uint8_t sig[JPKI_SIGNATURE_MAX], digest[HASH_SHA256_LEN];
	const time_t now = time(NULL);
	struct tm tm;
	size_t n;

	gmtime_r(&now, &tm);
	strftime(f.time, sizeof(f.time), "%Y%m%d%H%M%SZ", &tm);
	if (reader_sign(r, &f, timeout_ms, sig, sizeof(sig), &n, e) < 0)
		return -1;
	if (message_digest(&f, card->certificate, card->certificate_len, digest, e) < 0 ||
	    x509_verify_digest(card->certificate, card->certificate_len, digest, sig, n, e) < 0)
		return -1;
	printf("signature %zu\n", n);
	return 0;
}

static int
enter_pin(struct reader *r, const struct options *o, struct err *e)
{
	if (o->pin_tty)
		return reader_pin_tty(r, READER_PIN_AUTH, "PIN: ", e);
	return reader_pin_fd(r, READER_PIN_AUTH, o->pin_fd, o->timeout_ms, e);
}

static int
verify(struct reader *r, const struct options *o, struct err *e)
{
	if (enter_pin(r, o, e) < 0)
		return -1;
	if (reader_verify(r, o->last_try != 0, o->timeout_ms, e) == 0)
		return 0;
	if (e->code != ERR_PIN_WRONG || o->again_fd < 0)
		return -1;
	printf("wrong, tries_left %d\n", e->tries_left);
	err_clear(e);
	if (reader_pin_fd(r, READER_PIN_AUTH, o->again_fd, o->timeout_ms, e) < 0)
		return -1;
	return reader_verify(r, o->last_try != 0, o->timeout_ms, e);
}

static int
run(struct reader *r, const struct options *o, struct err *e)
{
	static struct reader_card card;
	char byte;

	if (o->list)
		return list(r, o->timeout_ms, e);
	if (reader_open(r, &o->request, o->timeout_ms, &card, e) < 0)
		return -1;
	print_card(&card);
	fflush(stdout);
	if (o->pause_fd >= 0 && read(o->pause_fd, &byte, 1) < 0)
		return err_set(e, ERR_INTERNAL, "pause");
	if (o->pin_tty || o->pin_fd >= 0) {
		if (verify(r, o, e) < 0)
			return -1;
		printf("verified\n");
	}
	for (int i = 0; i < o->sign; i++)
		if (sign_once(r, &card, o->timeout_ms, e) < 0)
			return -1;
	if (reader_close(r, o->timeout_ms, e) < 0)
		return -1;
	return e->code == ERR_NONE ? 0 : -1;
}

int
main(int argc, char **argv)
{
	struct options o = { .timeout_ms = 10000, .pin_fd = -1, .again_fd = -1,
	    .pause_fd = -1 };
	struct err e = ERR_INIT;
	struct reader *r = NULL;

	if (parse(argc, argv, &o) < 0) {
		fprintf(stderr, "usage: see the head of reader-probe.c\n");
		return 2;
	}
	if (reader_start(&r, &e) == 0)
		run(r, &o, &e);
	reader_stop(r);
	if (e.code != ERR_NONE)
		printf("error %s tries_left %d: %s\n", err_name(e.code), e.tries_left, e.msg);
	return err_exit_status(e.code);
}
