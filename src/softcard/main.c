#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/version.h"
#include "softcard/softcard.h"
#include "softcard/vpcd.h"

struct options {
	const char	*fixture;
	const char	*vpcd;
	int		 ready_fd;
	bool		 help, version;
};

static const char usage[] =
    "usage: shikaku-softcard FILE --vpcd HOST:PORT [--ready-fd N]\n"
    "\n"
    "Inserts the fixture card FILE into a virtual reader (vpcd) until SIGTERM.\n"
    "\n"
    "  --vpcd HOST:PORT  where the reader listens\n"
    "  --ready-fd N      write \"ready\" to descriptor N when the card has power\n"
    "  --help            show this help\n"
    "  --version         show the version\n"
    "\n"
    "exit status: 0 removed, 2 usage, 20 no reader there, 50 a file is missing,\n"
    "65 malformed fixture\n";

static int
parse_fd(const char *s, int *out)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(s, &end, 10);
	if (s[0] < '0' || s[0] > '9' || *end != '\0' || errno != 0 || n > 65535)
		return -1;
	*out = (int)n;
	return 0;
}

static int
parse(int argc, char **argv, struct options *o, struct err *e)
{
	static const struct option longs[] = {
		{ "vpcd", required_argument, NULL, 'v' },
		{ "ready-fd", required_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 }
	};
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, ":h", longs, NULL)) != -1) {
		if (c == 'h')
			o->help = true;
		else if (c == 'V')
			o->version = true;
		else if (c == 'v' && o->vpcd == NULL)
			o->vpcd = optarg;
		else if (c == 'r' && o->ready_fd < 0 && parse_fd(optarg, &o->ready_fd) == 0)
			continue;
		else
			return err_set(e, ERR_USAGE, "%s: wrong, repeated or without its value",
			    argv[optind - 1]);
	}
	if (o->help || o->version)
		return 0;
	if (optind + 1 != argc || o->vpcd == NULL)
		return err_set(e, ERR_USAGE, "one FILE and --vpcd are needed");
	o->fixture = argv[optind];
	return 0;
}

/*
 * The card may be mute for ever inside an APDU, so there is nothing to return
 * to; the kernel closes the socket, and that is the removal.
 */
static void
leave(int sig)
{
	(void)sig;
	_exit(0);
}

static int
insert(const struct options *o, struct err *e)
{
	struct softcard *sc;
	int s = -1, rc = -1;

	if ((sc = softcard_load(o->fixture, e)) == NULL)
		return -1;
	if ((s = vpcd_open(o->vpcd, e)) < 0)
		goto out;
	rc = vpcd_serve(s, sc, o->ready_fd, e);
	vpcd_close(s);
out:
	softcard_free(sc);
	return rc;
}

int
main(int argc, char **argv)
{
	const struct sigaction on_term = { .sa_handler = leave };
	struct options o = { .ready_fd = -1 };
	struct err e = ERR_INIT;

	if (parse(argc, argv, &o, &e) == 0) {
		if (o.help)
			fputs(usage, stdout);
		else if (o.version)
			printf("shikaku-softcard %s\n", SHIKAKU_VERSION);
		else {
			sigaction(SIGTERM, &on_term, NULL);
			sigaction(SIGINT, &on_term, NULL);
			insert(&o, &e);
		}
	}
	if (e.code == ERR_NONE && (fflush(stdout) != 0 || ferror(stdout)))
		err_set(&e, ERR_DISK, "cannot write to standard output");
	if (e.code != ERR_NONE)
		fprintf(stderr, "shikaku-softcard: %s: %s\n", err_text(e.code, false), e.msg);
	return err_exit_status(e.code);
}
