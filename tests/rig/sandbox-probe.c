/*
 * For tests/cli/sandbox.bats, linked with src/sandbox: confines itself and tries something.
 *
 *	sandbox-probe reader|service|form WHAT	"done", "refused ERRNO", or the end by SIGSYS
 *	sandbox-probe landlock WHAT		with Landlock alone: as above, or "none" where the kernel has none
 *	sandbox-probe no-landlock WHAT		as reader, as if the kernel had none
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "sandbox/landlock.h"
#include "sandbox/sandbox.h"

static int
reach(int family)
{
	const int s = socket(family, SOCK_STREAM, 0);
	struct sockaddr_un here = { .sun_family = AF_UNIX, .sun_path = "socket" };
	struct sockaddr_in there = { .sin_family = AF_INET, .sin_port = htons(9),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	if (s < 0)
		return -1;
	if (family == AF_UNIX)
		return connect(s, (struct sockaddr *)&here, sizeof(here));
	/* that nobody listens there is what the other side says */
	return connect(s, (struct sockaddr *)&there, sizeof(there)) < 0 && errno != ECONNREFUSED ? -1 : 0;
}

static int reach_unix(void) { return reach(AF_UNIX); }
static int reach_inet(void) { return reach(AF_INET); }
static int ask_netlink(void) { return socket(AF_NETLINK, SOCK_RAW, 0); }
static int make_inet6(void) { return socket(AF_INET6, SOCK_DGRAM, 0); }
static int make_packet(void) { return socket(AF_PACKET, SOCK_RAW, 0); }
static int make_vsock(void) { return socket(AF_VSOCK, SOCK_STREAM, 0); }
static int pair_unix(void) { int sv[2]; return socketpair(AF_UNIX, SOCK_DGRAM, 0, sv); }
static int file_read(void) { return open("there", O_RDONLY); }
static int file_write(void) { return open("there", O_WRONLY); }
static int file_append(void) { return open("there", O_RDWR | O_APPEND); }
static int file_create(void) { return open("new", O_WRONLY | O_CREAT, 0600); }
static int file_unnamed(void) { return open(".", O_TMPFILE | O_WRONLY, 0600); }
static int file_creat(void) { return (int)syscall(SYS_openat, AT_FDCWD, "new", O_CREAT, 0600); }
static int file_truncate(void) { return truncate("there", 0); }
static int file_remove(void) { return unlink("there"); }
static int file_rename(void) { return rename("there", "new"); }
static int file_chmod(void) { return chmod("there", 0777); }
static int file_link(void) { return link("there", "new"); }
static int dir_make(void) { return mkdir("dir", 0700); }
static int code_make(void) { return mmap(NULL, 4096, PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0; }
static int memory(void) { return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0; }
static int other_memory(void) { return (int)syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0); }
static int trace(void) { return (int)ptrace(PTRACE_TRACEME, 0, NULL, NULL); }
static int own_limit(void) { const struct rlimit l = { 64, 64 }; return setrlimit(RLIMIT_NOFILE, &l); }
static int push_key(void) { return (int)syscall(SYS_ioctl, 0, 0x5412 /* TIOCSTI */, "x"); }
static int new_user(void) { return setuid(65534); }

static int
program(void)
{
	char name[] = "true";
	char *argv[] = { name, NULL };

	return execv("/bin/true", argv);
}

static int
process(void)
{
	const pid_t child = fork();

	if (child == 0)
		_exit(0);
	return child;
}

static void *
nothing(void *arg)
{
	return arg;
}

static int
thread(void)
{
	pthread_t t;

	errno = pthread_create(&t, NULL, nothing, NULL);
	return errno == 0 ? pthread_join(t, NULL) : -1;
}

static const struct {
	const char	*name;
	int		(*try)(void);
} things[] = {
	{ "reach-unix", reach_unix }, { "reach-inet", reach_inet }, { "ask-netlink", ask_netlink },
	{ "make-inet6", make_inet6 }, { "make-packet", make_packet },
	{ "make-vsock", make_vsock }, { "pair-unix", pair_unix },
	{ "file-read", file_read }, { "file-write", file_write }, { "file-append", file_append },
	{ "file-create", file_create }, { "file-unnamed", file_unnamed }, { "file-creat", file_creat },
	{ "file-truncate", file_truncate }, { "file-remove", file_remove },
	{ "file-rename", file_rename }, { "file-chmod", file_chmod }, { "file-link", file_link },
	{ "dir-make", dir_make }, { "code-make", code_make }, { "memory", memory },
	{ "other-memory", other_memory }, { "trace", trace }, { "own-limit", own_limit },
	{ "push-key", push_key }, { "new-user", new_user },
	{ "program", program }, { "process", process }, { "thread", thread },
};

/* A kernel without that call says ENOSYS (of Landlock, EOPNOTSUPP where it is off). */
static int
forget(int call)
{
	const scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);

	return f == NULL || seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), call, 0) != 0 ||
	    seccomp_load(f) != 0 ? -1 : 0;
}

static int
confine(const char *how, struct err *e)
{
	if (strcmp(how, "landlock") == 0) {
		if (syscall(444, NULL, 0, 1u) < 1) {
			puts("none");
			return 1;
		}
		return landlock_read_only(e);
	}
	if ((strcmp(how, "no-landlock") == 0 && forget(444) < 0) ||
	    (strcmp(how, "no-seccomp") == 0 && forget(SYS_seccomp) < 0))
		return err_set(e, ERR_INTERNAL, "no filter");
	return sandbox_enter(strcmp(how, "service") == 0 ? SANDBOX_SERVICE :
	    strcmp(how, "form") == 0 ? SANDBOX_FORM : SANDBOX_READER, e);
}

int
main(int argc, char **argv)
{
	struct err e = ERR_INIT;
	int rc;

	setvbuf(stdout, NULL, _IONBF, 0);
	if (argc != 3)
		return 2;
	if ((rc = confine(argv[1], &e)) != 0) {
		if (rc < 0)
			fprintf(stderr, "%s\n", e.msg);
		return rc < 0 ? 3 : 0;
	}
	for (size_t i = 0; i < sizeof(things) / sizeof(things[0]); i++) {
		if (strcmp(things[i].name, argv[2]) != 0)
			continue;
		if (things[i].try() < 0)
			printf("refused %s\n", strerrorname_np(errno));
		else
			puts("done");
		return 0;
	}
	return 2;
}
