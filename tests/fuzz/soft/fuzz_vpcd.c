/*
 * What a virtual reader may send: recv() hands out the bytes, as many at a
 * time as the first one says, and send() sees what goes back.  Whatever comes,
 * serving ends when the bytes do; what is sent is whole messages, as many as
 * there were commands and questions for the ATR, and nobody hears "ready"
 * before the card has power.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../must.h"
#include "softcard/card.h"
#include "softcard/vpcd.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The other end of the line. */
static struct {
	const uint8_t	*p;
	size_t		 n;
	size_t		 at_once;
	size_t		 sent;		/* messages */
	uint8_t		 head[2];	/* of the message under way */
	size_t		 got;		/* bytes of it */
} line;

ssize_t
recv(int s, void *p, size_t n, int flags)
{
	(void)s, (void)flags;
	if (line.at_once == 255 && line.n % 7 == 0) {
		errno = line.n % 2 == 0 ? EINTR : ECONNRESET;
		line.at_once = 1;
		return -1;
	}
	n = n < line.n ? n : line.n;
	n = n < line.at_once ? n : line.at_once;
	memcpy(p, line.p, n);
	line.p += n;
	line.n -= n;
	return (ssize_t)n;
}

ssize_t
send(int s, const void *p, size_t n, int flags)
{
	const uint8_t *bytes = p;

	(void)s;
	must((flags & MSG_NOSIGNAL) != 0 && n > 0);
	n = n < line.at_once ? n : line.at_once;
	for (size_t i = 0; i < n; i++) {
		if (line.got < 2)
			line.head[line.got] = bytes[i];
		line.got++;
		if (line.got >= 2 && line.got == 2u + (size_t)(line.head[0] << 8 | line.head[1])) {
			line.got = 0;
			line.sent++;
		}
	}
	return (ssize_t)n;
}

/* How many answers the bytes ask for, and whether the ATR with power: read by another hand. */
static size_t
questions(const uint8_t *p, size_t n, bool *ready)
{
	bool powered = false;
	size_t asked = 0;

	*ready = false;
	while (n >= 2) {
		const size_t len = (size_t)p[0] << 8 | p[1];

		if (len > n - 2)
			break;
		asked += len > 1 || (len == 1 && p[2] == 4);
		powered |= len == 1 && (p[2] == 1 || p[2] == 2);
		*ready |= powered && len == 1 && p[2] == 4;
		p += 2 + len;
		n -= 2 + len;
	}
	return asked;
}

static struct softcard *
card(void)
{
	struct softcard *sc = malloc(sizeof(*sc));

	must(sc != NULL);
	card_init(sc);
	sc->pin[PIN_AUTH] = (struct pin){ { '4', '7', '1', '1' }, 4, 3, 3, false };
	file_token(&card_ef(sc, AP_JPKI, 0x0006)->data, "JPKIAPICCTOKEN2");
	file_availability(&card_ef(sc, AP_JPKI, 0x0008)->data, true, true);
	file_pad(&card_ef(sc, AP_JPKI, 0x000a)->data);
	return sc;
}

/* fd[1] was closed when the word was written. */
static bool
is_ready(const int fd[2])
{
	char word[8];
	ssize_t n;

	if (fcntl(fd[1], F_GETFD) >= 0)
		close(fd[1]);
	n = read(fd[0], word, sizeof(word));
	close(fd[0]);
	must(n == 0 || (n == 6 && memcmp(word, "ready\n", 6) == 0));
	return n > 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const bool breaks = size > 0 && data[0] == 255;
	struct softcard *sc;
	struct err e = ERR_INIT;
	size_t asked;
	bool ready;
	int fd[2];

	if (size < 1)
		return 0;
	memset(&line, 0, sizeof(line));
	line.p = data + 1;
	line.n = size - 1;
	line.at_once = data[0] == 0 ? SIZE_MAX : data[0];
	asked = questions(line.p, line.n, &ready);
	must(pipe(fd) == 0);
	sc = card();
	must(vpcd_serve(-1, sc, fd[1], &e) == 0 && e.code == ERR_NONE);
	softcard_free(sc);
	must(line.got == 0 && (breaks ? line.sent <= asked : line.sent == asked));
	must(is_ready(fd) ? ready : breaks || !ready);
	return 0;
}
