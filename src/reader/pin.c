#include "reader/pin.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "card/jpki.h"
#include "reader/signals.h"

static int terminal = -1;

#define LINE_MAX_BYTES	64	/* four digits are sixteen at most */

/*
 * Every character that NFKC makes one or two digits of, in ranges: the first
 * one's value; the styles of U+1D7CE follow each other.
 */
static const struct {
	uint32_t	first, last;
	unsigned int	value;
} digits[] = {
	{ 0xff10, 0xff19, 0 },
	{ 0xb2, 0xb3, 2 }, { 0xb9, 0xb9, 1 }, { 0x2070, 0x2070, 0 }, { 0x2074, 0x2079, 4 },
	{ 0x2080, 0x2089, 0 },
	{ 0x2460, 0x2473, 1 }, { 0x24ea, 0x24ea, 0 }, { 0x3251, 0x325f, 21 },
	{ 0x32b1, 0x32bf, 36 },
	{ 0x1d7ce, 0x1d7d7, 0 }, { 0x1d7d8, 0x1d7e1, 0 }, { 0x1d7e2, 0x1d7eb, 0 },
	{ 0x1d7ec, 0x1d7f5, 0 }, { 0x1d7f6, 0x1d7ff, 0 }, { 0x1fbf0, 0x1fbf9, 0 },
};

/* The UTF-8 character at p, of n bytes: its length, or 0 when it is none of two bytes and more. */
static size_t
decode(const uint8_t *p, size_t n, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const size_t len = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : p[0] >= 0xc0 ? 2 : 0;

	if (len == 0 || len > n || p[0] > 0xf4)
		return 0;
	*c = p[0] & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (p[i] & 0x3fu);
	}
	return *c >= least[len] ? len : 0;
}

/* What c is worth, or -1. */
static int
value_of(uint32_t c)
{
	for (size_t i = 0; i < sizeof(digits) / sizeof(digits[0]); i++)
		if (c >= digits[i].first && c <= digits[i].last)
			return (int)(digits[i].value + (c - digits[i].first));
	return -1;
}

/* NFKC of what may be digits; in place, for no copy is to be left on the heap. */
static size_t
narrow(uint8_t *p, size_t n, bool *wide)
{
	size_t out = 0, len;
	uint32_t c = 0;
	int v;

	for (size_t i = 0; i < n; i += len) {
		len = decode(p + i, n - i, &c);
		v = len > 0 ? value_of(c) : -1;
		if (v < 0) {
			len = 1;
			p[out++] = p[i];
			continue;
		}
		*wide = true;
		if (v >= 10)
			p[out++] = (uint8_t)('0' + v / 10);
		p[out++] = (uint8_t)('0' + v % 10);
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
pin_digits(uint8_t *p, size_t n, struct secret *out, bool *wide, struct err *e)
{
	*wide = false;
	n = narrow(p, without_newline(p, n), wide);
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
pin_from_fd(int fd, int parent, struct secret *out, bool *wide, struct err *e)
{
	struct secret line;
	size_t n;
	int rc = -1;

	*out = (struct secret){ NULL, 0 };
	if (secret_new(&line, LINE_MAX_BYTES, e) < 0)
		return -1;
	if (read_line(fd, parent, &line, &n, e) == 0)
		rc = pin_digits(line.p, n, out, wide, e);
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
ask(int tty, const char *prompt, int parent, struct secret *out, bool *wide, struct err *e)
{
	if (write(tty, prompt, strlen(prompt)) < 0)
		return err_set(e, ERR_PIN_NONE, "terminal: %s", strerror(errno));
	return pin_from_fd(tty, parent, out, wide, e);
}

void
pin_open_terminal(void)
{
	terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
}

int
pin_from_tty(const char *prompt, int parent, struct secret *out, bool *wide, struct err *e)
{
	const int tty = terminal;
	struct termios was;
	int rc;

	*out = (struct secret){ NULL, 0 };
	if (tty < 0)
		return err_set(e, ERR_PIN_NONE, "no terminal");
	if (echo_off(tty, &was) < 0) {
		rc = err_set(e, ERR_PIN_NONE, "terminal: %s", strerror(errno));
	} else {
		rc = ask(tty, prompt, parent, out, wide, e);
		/* With what was typed ahead thrown away: it may be the rest of a PIN. */
		tcsetattr(tty, TCSAFLUSH, &was);
	}
	return rc;
}
