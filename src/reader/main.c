/*
 * shikaku-reader: the one program that talks to pcscd and sees the PIN.  It
 * is started by shikaku, which gives it a socket, and does as told there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/secret.h"
#include "card/x509.h"
#include "reader/pin.h"
#include "reader/serve.h"
#include "reader/signals.h"
#include "sandbox/sandbox.h"

static int
socket_of(int argc, char **argv)
{
	socklen_t len = sizeof(int);
	char *end = NULL;
	int type = 0;
	long fd;

	if (argc != 3 || strcmp(argv[1], "--socket") != 0)
		return -1;
	fd = strtol(argv[2], &end, 10);
	if (end == argv[2] || *end != '\0' || fd < 0 || fd > 1 << 20)
		return -1;
	if (getsockopt((int)fd, SOL_SOCKET, SO_TYPE, &type, &len) < 0 || type != SOCK_SEQPACKET)
		return -1;
	return (int)fd;
}

int
main(int argc, char **argv)
{
	const int parent = socket_of(argc, argv);
	struct err e = ERR_INIT;
	struct session s;

	if (parent < 0) {
		fputs("shikaku-reader is started by shikaku, not by hand\n", stderr);
		return err_exit_status(ERR_USAGE);
	}
	secret_harden_process();
	x509_watch_memory();
	pin_open_terminal();
	if (x509_without_modules(&e) < 0 || signals_init(&e) < 0 ||
	    sandbox_enter(SANDBOX_READER, &e) < 0) {
		fprintf(stderr, "shikaku-reader: %s\n", e.msg);
		return err_exit_status(e.code);
	}
	session_init(&s);
	serve(parent, &s);
	session_free(&s);
	return 0;
}
