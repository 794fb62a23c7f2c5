/*
 * shikaku-reader: the one program that talks to pcscd and sees the PIN.  It
 * is started by shikaku, which gives it a socket, and does as told there.
 */
#include <stdio.h>

#include "base/parent.h"
#include "base/secret.h"
#include "card/x509.h"
#include "reader/pin.h"
#include "reader/serve.h"
#include "reader/signals.h"
#include "sandbox/sandbox.h"

int
main(int argc, char **argv)
{
	const int parent = parent_socket(argc, argv);
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
