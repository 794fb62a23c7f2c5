#include "sandbox/sandbox.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox/landlock.h"

#if defined(__has_feature)
#define HAS_FEATURE(x)	__has_feature(x)
#else
#define HAS_FEATURE(x)	0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || \
    HAS_FEATURE(address_sanitizer) || HAS_FEATURE(thread_sanitizer) || \
    HAS_FEATURE(memory_sanitizer)
#define SANITIZED	true
#else
#define SANITIZED	false
#endif

/* filter_data.S */
extern struct sock_filter	filter_reader[], filter_reader_end[];
extern struct sock_filter	filter_service[], filter_service_end[];

static struct sock_fprog
filter_of(enum sandbox which)
{
	if (which == SANDBOX_READER)
		return (struct sock_fprog){ (unsigned short)(filter_reader_end - filter_reader),
			filter_reader };
	return (struct sock_fprog){ (unsigned short)(filter_service_end - filter_service),
		filter_service };
}

int
sandbox_enter(enum sandbox which, struct err *e)
{
	const struct sock_fprog f = filter_of(which);

	if (SANITIZED)
		return 0;
	if (which == SANDBOX_READER && landlock_read_only(e) < 0)
		return -1;
	/* ENOSYS: valgrind, or a kernel built without it; every kernel of Debian has it */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || (syscall(SYS_seccomp,
	    SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &f) != 0 && errno != ENOSYS))
		return err_set(e, ERR_INTERNAL, "sandbox: %s", strerror(errno));
	return 0;
}
