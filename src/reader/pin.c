#include "reader/pin.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "card/jpki.h"
#include "reader/signals.h"

#define LINE_MAX_BYTES	64	/* four full-width digits are twelve */

/* NFKC maps U+FF10..U+FF19 (EF BC 90..99) to the digits; done in place, without the heap. */
static size_t
narrow(uint8_t *p, size_t n)
{
	size_t out = 0;

	for (size_t i = 0; i < n; out++) {
		if (n - i >= 3 && p[i] == 0xef && p[i + 1] == 0xbc && p[i + 2] >= 0x90 &&
		    p[i + 2] <= 0x99) {
			p[out] = (uint8_t)('0' + (p[i + 2] - 0x90));
			i += 3;
		} else {
			p[out] = p[i++];
		}
	}
	return out;
}

static size_t
without_newline(const uint8_t *p, size_t n)
{
	if (n > 0 && p[n - 1] == '\n')
		n--;
	if (n > 0 && p[n - 1] == '\r')
		n--;
	return n;
}

int
pin_digits(uint8_t *p, size_t n, struct secret *out, struct err *e)
{
	n = narrow(p, without_newline(p, n));
	if (n == 0)
		return err_set(e, ERR_PIN_NONE, "nothing was entered");
	if (n != JPKI_PIN_LEN)
		return err_set(e, ERR_PIN_FORMAT, "the PIN is not four digits");
	for (size_t i = 0; i < n; i++)
		if (p[i] < '0' || p[i] > '9')
			return err_set(e, ERR_PIN_FORMAT, "the PIN is not four digits");
	if (secret_new(out, JPKI_PIN_LEN, e) < 0)
		return -1;
	memcpy(out->p, p, n);
	return 0;
}

/* Reads up to a newline, the end, or max bytes; *n says how many. */
static int
read_line(int fd, int parent, struct secret *line, size_t *n, struct err *e)
{
	ssize_t r;

	*n = 0;
	while (*n < line->n && memchr(line->p, '\n', *n) == NULL) {
		if (signals_wait(fd, parent) <= 0)
			return err_set(e, ERR_INTERRUPTED, "interrupted while a PIN was awaited");
		r = read(fd, line->p + *n, line->n - *n);
		if (r < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (r < 0)
			return err_set(e, ERR_PIN_NONE, "reading the PIN: %s", strerror(errno));
		if (r == 0)
			break;
		*n += (size_t)r;
	}
	return 0;
}

int
pin_from_fd(int fd, int parent, struct secret *out, struct err *e)
{
	struct secret line;
	size_t n;
	int rc = -1;

	*out = (struct secret){ NULL, 0 };
	if (secret_new(&line, LINE_MAX_BYTES, e) < 0)
		return -1;
	if (read_line(fd, parent, &line, &n, e) == 0)
		rc = pin_digits(line.p, n, out, e);
	secret_free(&line);
	return rc;
}

/* Ctrl-Z would leave the shell with a terminal that does not echo: it is an ordinary key here. */
static int
echo_off(int tty, struct termios *was)
{
	struct termios quiet;

	if (tcgetattr(tty, was) < 0)
		return -1;
	quiet = *was;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHOCTL);
	quiet.c_lflag |= ICANON | ISIG | ECHONL;
	quiet.c_cc[VSUSP] = _POSIX_VDISABLE;
	return tcsetattr(tty, TCSAFLUSH, &quiet);
}

static int
ask(int tty, const char *prompt, int parent, struct secret *out, struct err *e)
{
	if (write(tty, prompt, strlen(prompt)) < 0)
		return err_set(e, ERR_PIN_NONE, "terminal: %s", strerror(errno));
	return pin_from_fd(tty, parent, out, e);
}

int
pin_from_tty(const char *prompt, int parent, struct secret *out, struct err *e)
{
	const int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	struct termios was;
	int rc;

	*out = (struct secret){ NULL, 0 };
	if (tty < 0)
		return err_set(e, ERR_PIN_NONE, "no terminal: %s", strerror(errno));
	if (echo_off(tty, &was) < 0) {
		rc = err_set(e, ERR_PIN_NONE, "terminal: %s", strerror(errno));
	} else {
		rc = ask(tty, prompt, parent, out, e);
		/* With what was typed ahead thrown away: it may be the rest of a PIN. */
		tcsetattr(tty, TCSAFLUSH, &was);
	}
	close(tty);
	return rc;
}
