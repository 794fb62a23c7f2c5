/*
 * pcscd-launch SOCKET CONFIG_DIR
 *
 * Runs a pcscd of one's own that listens at SOCKET: Debian's pcscd takes its
 * socket from systemd's protocol (descriptor 3, LISTEN_FDS, LISTEN_PID).  It
 * ends when the parent of this program does.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define SYSTEMD_FIRST_FD	3

static const char pcscd[] = "/usr/sbin/pcscd";

static int
fail(const char *what)
{
	fprintf(stderr, "pcscd-launch: %s: %s\n", what, strerror(errno));
	return 1;
}

static int
listen_at(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int s;

	if (strlen(path) >= sizeof(a.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(a.sun_path, path);
	if ((s = socket(AF_UNIX, SOCK_STREAM, 0)) < 0)
		return -1;
	unlink(path);
	if (bind(s, (const struct sockaddr *)&a, sizeof(a)) < 0 || listen(s, 16) < 0) {
		close(s);
		return -1;
	}
	return s;
}

/* Debian 13's pcscd refuses everyone without D-Bus; Debian 12's has no such option. */
static bool
has_polkit_option(void)
{
	char line[256];
	bool found = false;
	FILE *f;

	if ((f = popen("/usr/sbin/pcscd --help 2>&1", "r")) == NULL)
		return false;
	while (fgets(line, sizeof(line), f) != NULL)
		found = found || strstr(line, "--disable-polkit") != NULL;
	pclose(f);
	return found;
}

static int
hand_over(int s)
{
	char pid[16];

	if (s != SYSTEMD_FIRST_FD && dup2(s, SYSTEMD_FIRST_FD) < 0)
		return -1;
	snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	return setenv("LISTEN_FDS", "1", 1) < 0 || setenv("LISTEN_PID", pid, 1) < 0 ? -1 : 0;
}

int
main(int argc, char **argv)
{
	const pid_t parent = getppid();
	char dir[PATH_MAX];
	bool polkit;
	int s;

	if (argc != 3) {
		fputs("usage: pcscd-launch SOCKET CONFIG_DIR\n", stderr);
		return 2;
	}
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || getppid() != parent)
		return fail("parent");
	/* pcscd changes its directory to / before it looks. */
	if (realpath(argv[2], dir) == NULL)
		return fail(argv[2]);
	polkit = has_polkit_option();
	umask(077);
	if ((s = listen_at(argv[1])) < 0)
		return fail(argv[1]);
	if (hand_over(s) < 0)
		return fail("descriptor 3");
	execl(pcscd, "pcscd", "--foreground", "--config", dir,
	    polkit ? "--disable-polkit" : (char *)NULL, (char *)NULL);
	return fail(pcscd);
}
