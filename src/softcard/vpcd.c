#include "softcard/vpcd.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * Every message is a 16-bit big-endian length and that many bytes.  One byte
 * is a control, more are an APDU; only the ATR and answers go back.
 */
enum control { CONTROL_OFF = 0, CONTROL_ON = 1, CONTROL_RESET = 2, CONTROL_ATR = 4 };

#define MESSAGE_MAX	65535
#define ANSWER_MAX	MESSAGE_MAX

/*
 * vpcd sends length and body apart; without this its Nagle waits 40 ms for
 * our delayed acknowledgement.  The kernel forgets the option: say it always.
 */
static void
ack_at_once(int s)
{
	const int on = 1;

	setsockopt(s, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
}

static int
split(const char *host_port, char host[static NI_MAXHOST], char port[static NI_MAXSERV])
{
	const char *colon = strrchr(host_port, ':');
	size_t n;

	if (colon == NULL || colon == host_port || colon[1] == '\0')
		return -1;
	n = (size_t)(colon - host_port);
	if (host_port[0] == '[' && colon[-1] == ']') {
		host_port++;
		n -= 2;
	}
	/* getaddrinfo() takes a port modulo 65536 */
	if (n == 0 || n >= NI_MAXHOST || strlen(colon + 1) >= NI_MAXSERV ||
	    strtoul(colon + 1, NULL, 10) > 65535)
		return -1;
	memcpy(host, host_port, n);
	host[n] = '\0';
	strcpy(port, colon + 1);
	return 0;
}

static int
connect_any(const struct addrinfo *ai)
{
	int s;

	for (; ai != NULL; ai = ai->ai_next) {
		s = socket(ai->ai_family, ai->ai_socktype | SOCK_CLOEXEC, ai->ai_protocol);
		if (s < 0)
			continue;
		if (connect(s, ai->ai_addr, ai->ai_addrlen) == 0)
			return s;
		close(s);
	}
	return -1;
}

int
vpcd_open(const char *host_port, struct err *e)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
	char host[NI_MAXHOST], port[NI_MAXSERV];
	struct addrinfo *ai;
	int s, rc;

	if (split(host_port, host, port) < 0)
		return err_set(e, ERR_USAGE, "--vpcd wants HOST:PORT");
	if ((rc = getaddrinfo(host, port, &hints, &ai)) != 0)
		return err_set(e, ERR_READER_NONE, "%s: %s", host_port, gai_strerror(rc));
	s = connect_any(ai);
	rc = errno;
	freeaddrinfo(ai);
	if (s < 0)
		return err_set(e, ERR_READER_NONE, "%s: %s", host_port, strerror(rc));
	ack_at_once(s);
	return s;
}

void
vpcd_close(int s)
{
	close(s);
}

/* 1 when all n bytes came, 0 when the reader hung up, -1 on error. */
static int
receive(int s, uint8_t *p, size_t n, struct err *e)
{
	ssize_t got;

	for (size_t at = 0; at < n; at += (size_t)got) {
		got = recv(s, p + at, n - at, 0);
		if (got > 0)
			ack_at_once(s);
		if (got < 0 && errno == EINTR)
			got = 0;
		else if (got < 0 && errno != ECONNRESET)
			return err_set(e, ERR_READER_NONE, "reader: %s", strerror(errno));
		else if (got <= 0)
			return 0;
	}
	return 1;
}

static int
receive_message(int s, uint8_t message[static MESSAGE_MAX], size_t *n, struct err *e)
{
	uint8_t length[2];
	int rc;

	if ((rc = receive(s, length, sizeof(length), e)) <= 0)
		return rc;
	*n = (size_t)length[0] << 8 | length[1];
	return receive(s, message, *n, e);
}

/* One send for length and body, so that vpcd gets them together. */
static int
send_message(int s, struct span m, struct err *e)
{
	uint8_t out[2 + MESSAGE_MAX];
	size_t n = 2 + m.n;
	ssize_t sent;
	int rc = 0;

	out[0] = (uint8_t)(m.n >> 8);
	out[1] = (uint8_t)m.n;
	memcpy(out + 2, m.p, m.n);
	for (size_t at = 0; at < n && rc == 0; at += (size_t)sent) {
		sent = send(s, out + at, n - at, MSG_NOSIGNAL);
		if (sent < 0 && errno != EINTR)
			rc = err_set(e, ERR_READER_NONE, "reader: %s", strerror(errno));
		if (sent < 0)
			sent = 0;
	}
	explicit_bzero(out, n);
	return rc;
}

static int
tell_ready(int *fd, struct err *e)
{
	static const char word[] = "ready\n";
	ssize_t n;

	if (*fd < 0)
		return 0;
	do
		n = write(*fd, word, sizeof(word) - 1);
	while (n < 0 && errno == EINTR);
	close(*fd);
	*fd = -1;
	if (n != sizeof(word) - 1)
		return err_set(e, ERR_DISK, "cannot write to the ready descriptor");
	return 0;
}

/* Where the reader stands: it powers the card, then it asks for the ATR. */
struct session {
	int	s;
	int	ready_fd;
	bool	powered;
};

static int
control(struct session *v, struct softcard *sc, uint8_t what, struct err *e)
{
	switch (what) {
	case CONTROL_OFF:
		softcard_power(sc, SOFTCARD_OFF);
		return 0;
	case CONTROL_ON:
	case CONTROL_RESET:
		softcard_power(sc, what == CONTROL_ON ? SOFTCARD_ON : SOFTCARD_RESET);
		v->powered = true;
		return 0;
	case CONTROL_ATR:
		if (send_message(v->s, softcard_atr(sc), e) < 0)
			return -1;
		return v->powered ? tell_ready(&v->ready_fd, e) : 0;
	default:
		return 0;
	}
}

/* 1 to go on, 0 when the card has left, -1 on error. */
static int
exchange(int s, struct softcard *sc, struct span cmd, struct err *e)
{
	uint8_t rsp[ANSWER_MAX];
	size_t n;
	int rc = 1;

	if (softcard_transmit(sc, cmd.p, cmd.n, rsp, sizeof(rsp), &n, e) < 0) {
		if (e->code == ERR_CARD_REMOVED) {
			err_clear(e);
			return 0;
		}
		/* pcscd cut the power under a client's hands; no answer would block vpcd */
		if (e->code != ERR_CARD_UNREADABLE)
			return -1;
		err_clear(e);
		rsp[0] = 0x6f;
		rsp[1] = 0x00;
		n = 2;
	}
	if (send_message(s, (struct span){ rsp, n }, e) < 0)
		rc = -1;
	explicit_bzero(rsp, n);
	return rc;
}

int
vpcd_serve(int s, struct softcard *sc, int ready_fd, struct err *e)
{
	struct session v = { s, ready_fd, false };
	uint8_t message[MESSAGE_MAX];
	size_t n;
	int rc;

	while ((rc = receive_message(s, message, &n, e)) == 1) {
		if (n == 1)
			rc = control(&v, sc, message[0], e) < 0 ? -1 : 1;
		else if (n > 1)
			rc = exchange(s, sc, (struct span){ message, n }, e);
		explicit_bzero(message, n);
		if (rc <= 0)
			break;
	}
	return rc < 0 ? -1 : 0;
}
