/*
 * What a parent might say to shikaku-reader: packets, with 0x1e between them,
 * the first of which are the bytes that say what goes wrong with the card
 * (fake.h).  A packet that begins with '#' is a PIN, sent on a descriptor with
 * the packet after it.
 *
 * Each packet has one answer, a JSON object with "ok" or an "error" of ours;
 * and there are no more VERIFYs than PINs (fake.c).  Fixtures are another target's.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fake.h"
#include "card/person.h"
#include "json/json.h"
#include "reader/serve.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PACKETS_MAX	12
#define PIN_MAX		4096	/* fits a pipe */

/* The packets of one input: as many answers have to come. */
struct talk {
	int	fd;
	int	pin_fd;		/* for the next packet, or -1 */
	int	packets;
};

static int
pin_pipe(const uint8_t *p, size_t n)
{
	int fd[2];

	must(pipe(fd) == 0);
	must(write(fd[1], p, n < PIN_MAX ? n : PIN_MAX) >= 0);
	close(fd[1]);
	return fd[0];
}

static void
send_packet(struct talk *t, const uint8_t *p, size_t n)
{
	union {
		struct cmsghdr	align;
		char		room[CMSG_SPACE(sizeof(int))];
	} control = { .room = { 0 } };
	struct iovec iov = { (void *)(uintptr_t)p, n };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (t->pin_fd >= 0) {
		m.msg_control = &control;
		m.msg_controllen = sizeof(control);
		*CMSG_FIRSTHDR(&m) = (struct cmsghdr){ .cmsg_level = SOL_SOCKET,
			.cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int)) };
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(&m)), &t->pin_fd, sizeof(int));
	}
	must(sendmsg(t->fd, &m, 0) == (ssize_t)n);
	t->packets++;
	if (t->pin_fd >= 0)
		close(t->pin_fd);
	t->pin_fd = -1;
}

/* Files are not for this target to name, nor minutes for it to wait. */
static bool
is_harmless(const uint8_t *p, size_t n)
{
	struct err e = ERR_INIT;
	struct json *j = js_parse((const char *)p, n, &e);
	long long ms = 0;
	const bool harmless = js_str(j, "card") == NULL && (!js_int(j, "wait_ms", &ms) || ms <= 0);

	js_free(j);
	return harmless;
}

static void
take_packet(struct talk *t, const uint8_t *p, size_t n)
{
	if (n == 0 || t->packets == PACKETS_MAX || !is_harmless(p, n))
		return;
	if (*p != '#') {
		send_packet(t, p, n);
		return;
	}
	if (t->pin_fd >= 0)
		close(t->pin_fd);
	t->pin_fd = pin_pipe(p + 1, n - 1);
	fake.pins++;
}

static void
send_all(struct talk *t, const uint8_t *p, size_t n)
{
	while (n > 0) {
		const uint8_t *end = memchr(p, 0x1e, n);
		const size_t len = end != NULL ? (size_t)(end - p) : n;

		take_packet(t, p, len < SERVE_PACKET_MAX ? len : SERVE_PACKET_MAX);
		p += len + (end != NULL);
		n -= len + (end != NULL);
	}
	if (t->pin_fd >= 0)
		close(t->pin_fd);
	must(shutdown(t->fd, SHUT_WR) == 0);
}

/* What comes behind the JSON and a NUL is an object of a card. */
static void
check_answer(const char *text, size_t n)
{
	struct err e = ERR_INIT;
	const size_t len = strnlen(text, n);
	struct json *j = js_parse(text, len, &e);
	const struct json *ok = js_get(j, "ok"), *error = js_get(j, "error");
	const char *code = js_str(error, "code");
	long long left;

	must(js_type(j) == JS_OBJECT && (ok != NULL) != (error != NULL));
	must(len == n || (ok != NULL && n - len - 1 <= PERSON_OBJECT_MAX));
	if (error != NULL) {
		must(code != NULL && js_str(error, "message") != NULL);
		must(strcmp(err_name(err_from_name(code)), code) == 0 && strcmp(code, "NONE") != 0);
		must(js_int(error, "tries_left", &left) && left >= -1 && left <= 15);
	}
	js_free(j);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char answer[2 * SERVE_PACKET_MAX];
	const uint8_t *end = size > 0 ? memchr(data, 0x1e, size) : NULL;
	const size_t n = end != NULL ? (size_t)(end - data) : size;
	struct talk t = { -1, -1, 0 };
	struct session s;
	ssize_t got;
	int sv[2];

	must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) == 0);
	t.fd = sv[0];
	fake_reset(data, n);
	fake.session = &s;
	fake.last_try = true;
	if (end != NULL)
		send_all(&t, end + 1, size - n - 1);
	else
		shutdown(t.fd, SHUT_WR);
	session_init(&s);
	s.back_ms = 0;
	serve(sv[1], &s);
	session_free(&s);
	for (; t.packets > 0; t.packets--) {
		must((got = recv(t.fd, answer, sizeof(answer), MSG_DONTWAIT)) > 0);
		must(got <= SERVE_PACKET_MAX);
		check_answer(answer, (size_t)got);
	}
	close(sv[0]);
	close(sv[1]);
	return 0;
}
