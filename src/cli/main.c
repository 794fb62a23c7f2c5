#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/version.h"
#include "card/x509.h"
#include "cli/charset.h"
#include "cli/cmd.h"

static int
usage(const struct app *app, struct err *e)
{
	struct buf b = BUF_INIT;

	cmd_usage(&b, app->ja);
	fwrite(b.p != NULL ? b.p : "", 1, b.n, stderr);
	buf_free(&b);
	return err_set(e, ERR_USAGE, "a command is missing");
}

static int
dispatch(struct app *app, int argc, char **argv, struct err *e)
{
	static char help[] = "help";

	if (argc < 2)
		return usage(app, e);
	if (strcmp(argv[1], "--version") == 0) {
		printf("shikaku %s\n", SHIKAKU_VERSION);
		return 0;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		argv[1] = help;
	return cmd_run(app, argv[1], argc - 2, argv + 2, e);
}

/*
 * Where whoever starts the program has closed a standard stream, the next file
 * that is opened would be taken for it: a verdict in the middle of the records.
 * Reading finds nothing there, writing fails.
 */
static void
hold_standard_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != fd)
			_exit(err_exit_status(ERR_INTERNAL));
}

int
main(int argc, char **argv)
{
	struct app app = { .ja = cmd_default_ja() };
	struct err e = ERR_INIT;
	int status;

	hold_standard_streams();
	signal(SIGPIPE, SIG_IGN);
	x509_watch_memory();
	charset_warn();
	status = dispatch(&app, argc, argv, &e);
	/* whatever came of it may have come of that */
	if (memory_was_lost() && e.code != ERR_INTERRUPTED) {
		err_clear(&e);
		status = err_set(&e, ERR_NOMEM, "out of memory");
	}
	if (status == 0 && (fflush(stdout) != 0 || ferror(stdout)))
		status = err_set(&e, ERR_DISK, "standard output cannot be written");
	if (status < 0) {
		cmd_print_error(&app, &e);
		status = err_exit_status(e.code);
	}
	/* nor is there memory for what libraries do at exit() */
	if (app.thread_left || e.code == ERR_NOMEM) {
		fflush(NULL);
		_exit(status);
	}
	return status;
}
