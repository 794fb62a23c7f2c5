/*
 * Run by make: writes the filter of a process to standard output, as the
 * instructions that the kernel takes; filter_data.S has them in the program.  Not by
 * the program itself: libseccomp does not survive it when memory runs out, and
 * its filter need not be the one that was meant then.
 *
 *	filter reader|service|form >FILE
 *	filter count reader|service|form	how many system calls are on the list
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

/* A call, and on what condition: (its argument arg & mask) == value; mask 0: always. */
struct rule {
	int		call;
	unsigned	arg;
	scmp_datum_t	mask, value;
};

#define CALL(name)			{ SCMP_SYS(name), 0, 0, 0 }
#define CALL_IF(name, n, is)		{ SCMP_SYS(name), n, ~(scmp_datum_t)0, is }
#define CALL_BITS(name, n, mask, is)	{ SCMP_SYS(name), n, mask, is }

/* Where an older call is missing, libc has the newer one instead. */
#ifdef __NR_alarm
#define OLD_OR_NEW(old, new)	CALL(old)
#else
#define OLD_OR_NEW(old, new)	CALL(new)
#endif

#define WRITING		(O_ACCMODE | O_CREAT | O_TRUNC)
#define SOCKET_TYPE	0xf	/* without SOCK_CLOEXEC, SOCK_NONBLOCK */

/* Memory, locks, time, signals and the end, and talking over what is open. */
static const struct rule common[] = {
	CALL(brk), CALL(munmap), CALL(mremap), CALL(madvise), CALL(mlock), CALL(munlock),
	CALL(futex), CALL(getrandom), CALL(sysinfo), CALL(restart_syscall),
	CALL(clock_gettime), CALL(gettimeofday), CALL(clock_nanosleep), CALL(nanosleep),
	CALL(rt_sigaction), CALL(rt_sigprocmask), CALL(rt_sigreturn),
	OLD_OR_NEW(alarm, setitimer), OLD_OR_NEW(pause, ppoll), OLD_OR_NEW(poll, ppoll),
	CALL(ppoll), CALL(getpid), CALL(gettid), CALL(tgkill), CALL(exit_group),
	CALL(read), CALL(write), CALL(writev), CALL(close), CALL(lseek), CALL(fstat),
	CALL(newfstatat), CALL(fcntl), CALL(connect), CALL(sendto), CALL(recvfrom), CALL(recvmsg),
	CALL_IF(ioctl, 1, TCGETS), CALL_IF(ioctl, 1, TCSETS), CALL_IF(ioctl, 1, TCSETSW),
	CALL_IF(ioctl, 1, TCSETSF),
	/* no code but what is loaded is made executable */
	CALL_BITS(mprotect, 2, PROT_EXEC, 0),
};

static const struct rule reader[] = {
	CALL_BITS(openat, 2, WRITING, O_RDONLY),
	CALL_IF(socket, 0, AF_UNIX),
	CALL_BITS(mmap, 2, PROT_EXEC, 0),
};

/* Threads, helpers, more of sockets, files. */
static const struct rule service[] = {
	CALL(set_robust_list), CALL(rseq), CALL(sched_yield), CALL(sched_getaffinity),
	CALL(exit), CALL(kill), CALL(wait4),
	CALL(waitid), CALL(uname), CALL(getuid), CALL(geteuid), CALL(getgid), CALL(getegid),
	CALL(getpeername), CALL(getsockname), CALL(getsockopt), CALL(setsockopt), CALL(shutdown),
	CALL(sendmsg), CALL(sendmmsg), CALL(eventfd2), CALL(pipe2), CALL(dup),
	OLD_OR_NEW(dup2, dup3),
	CALL(openat), OLD_OR_NEW(readlink, readlinkat), OLD_OR_NEW(access, faccessat),
	CALL(getcwd), CALL(getdents64), CALL(pread64), CALL(pwrite64),
	CALL(ftruncate), CALL(fsync), CALL(fdatasync), CALL(flock), CALL(fchmod), CALL(fchown),
	CALL(umask), OLD_OR_NEW(rename, renameat2), CALL(renameat), CALL(renameat2),
	OLD_OR_NEW(unlink, unlinkat), CALL(unlinkat),
	OLD_OR_NEW(mkdir, mkdirat), CALL(memfd_create),
	CALL_IF(socket, 0, AF_INET), CALL_IF(socket, 0, AF_INET6),
	/* to talk with a helper; one for datagrams could be turned to anybody's address */
	CALL_BITS(socketpair, 1, SOCKET_TYPE, SOCK_STREAM),
	CALL_BITS(socketpair, 1, SOCKET_TYPE, SOCK_SEQPACKET),
	/* libraries may still be loaded (libcurl, the name service's), code not be made */
	CALL_BITS(mmap, 2, PROT_WRITE | PROT_EXEC, 0),
	CALL_BITS(mmap, 2, PROT_WRITE | PROT_EXEC, PROT_WRITE),
	CALL_BITS(mmap, 2, PROT_WRITE | PROT_EXEC, PROT_EXEC),
	CALL_BITS(clone, 0, CLONE_THREAD, CLONE_THREAD),
	/* limits are asked for, not set */
	CALL_IF(prlimit64, 2, 0),
	CALL_IF(ioctl, 1, TIOCGWINSZ), CALL_IF(ioctl, 1, TIOCGPGRP), CALL_IF(ioctl, 1, TCFLSH),
	CALL_IF(ioctl, 1, FIONREAD), CALL_IF(ioctl, 1, FIONBIO),
};

/* Threads of pango, and what libraries find fonts and read them by. */
static const struct rule form[] = {
	CALL(set_robust_list), CALL(rseq), CALL(sched_yield), CALL(sched_getaffinity), CALL(exit),
	CALL(uname), CALL(getuid), CALL(geteuid), CALL(getgid), CALL(getegid),
	CALL_BITS(openat, 2, WRITING, O_RDONLY),
	OLD_OR_NEW(readlink, readlinkat), OLD_OR_NEW(access, faccessat), CALL(statx),
	CALL(fstatfs), CALL(getcwd), CALL(getdents64), CALL(pread64),
	CALL_BITS(mmap, 2, PROT_WRITE | PROT_EXEC, 0),
	CALL_BITS(mmap, 2, PROT_WRITE | PROT_EXEC, PROT_WRITE),
	CALL_BITS(mmap, 2, PROT_WRITE | PROT_EXEC, PROT_EXEC),
	CALL_BITS(clone, 0, CLONE_THREAD, CLONE_THREAD),
	CALL_IF(prlimit64, 2, 0),
};

struct list {
	const struct rule	*rule;
	size_t			 n;
};

#define LIST(a)	{ a, sizeof(a) / sizeof((a)[0]) }

static const struct list always = LIST(common);

/* Beside what is common. */
static const struct {
	const char	*name;
	struct list	 list;
	bool		 soft;	/* see refuse_softly() */
	uint32_t	 otherwise;
} filters[] = {
	{ "reader", LIST(reader), false, SCMP_ACT_KILL_PROCESS },
	{ "service", LIST(service), true, SCMP_ACT_KILL_PROCESS },
	/* what a drawing library tries next year is no reason to print nothing */
	{ "form", LIST(form), false, SCMP_ACT_ERRNO(ENOSYS) },
};

static int
allow(scmp_filter_ctx f, struct list l)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < l.n; i++) {
		const struct rule *r = &l.rule[i];
		const struct scmp_arg_cmp arg = { r->arg, SCMP_CMP_MASKED_EQ, r->mask, r->value };

		rc = seccomp_rule_add_array(f, SCMP_ACT_ALLOW, r->call, r->mask != 0, &arg);
		/* an older call and a newer one may be the same */
		if (rc == -EEXIST)
			rc = 0;
	}
	return rc;
}

static int
refuse_socket(scmp_filter_ctx f, enum scmp_compare how, int family)
{
	const struct scmp_arg_cmp arg = { 0, how, (scmp_datum_t)family, 0 };

	return seccomp_rule_add_array(f, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1, &arg);
}

/*
 * Refused in a way that its callers go on from: sockets that libc tries before
 * it asks DNS (nscd, systemd-resolved, the kernel's list of addresses), the
 * call for a thread whose flags a filter cannot see, and what libcrypto tries
 * when getrandom() has failed.
 */
static int
refuse_softly(scmp_filter_ctx f)
{
	static const int missing[] = { SCMP_SYS(clone3), SCMP_SYS(shmget) };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(missing) / sizeof(missing[0]); i++)
		rc = seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), missing[i], 0);
	for (int family = 0; rc == 0 && family < AF_INET6; family++)
		if (family != AF_INET)
			rc = refuse_socket(f, SCMP_CMP_EQ, family);
	return rc != 0 ? rc : refuse_socket(f, SCMP_CMP_GT, AF_INET6);
}

/* 0, or a negative errno. */
static int
write_filter(struct list own, bool soft, uint32_t otherwise)
{
	const scmp_filter_ctx f = seccomp_init(otherwise);
	int rc = -ENOMEM;

	if (f != NULL && (rc = allow(f, always)) == 0 && (rc = allow(f, own)) == 0 &&
	    (!soft || (rc = refuse_softly(f)) == 0) &&
	    (rc = seccomp_attr_set(f, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS)) == 0)
		rc = seccomp_export_bpf(f, STDOUT_FILENO);
	seccomp_release(f);
	return rc;
}

static bool
has_call(struct list l, size_t n, int call)
{
	for (size_t i = 0; i < n; i++)
		if (l.rule[i].call == call)
			return true;
	return false;
}

static size_t
count(struct list own)
{
	size_t n = 0;

	for (size_t i = 0; i < always.n; i++)
		n += !has_call(always, i, always.rule[i].call);
	for (size_t i = 0; i < own.n; i++)
		n += !has_call(own, i, own.rule[i].call) &&
		    !has_call(always, always.n, own.rule[i].call);
	return n;
}

int
main(int argc, char **argv)
{
	const bool counting = argc == 3 && strcmp(argv[1], "count") == 0;
	int rc;

	for (size_t i = 0; argc > 1 && i < sizeof(filters) / sizeof(filters[0]); i++) {
		if (strcmp(argv[argc - 1], filters[i].name) != 0)
			continue;
		if (counting)
			return printf("%zu\n", count(filters[i].list)) < 0;
		if ((rc = write_filter(filters[i].list, filters[i].soft,
		    filters[i].otherwise)) < 0)
			fprintf(stderr, "filter: %s\n", strerror(-rc));
		return rc < 0;
	}
	fputs("usage: filter [count] reader|service|form\n", stderr);
	return 2;
}
