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
extern struct sock_filter	filter_form[], filter_form_end[];

static const struct {
	struct sock_filter	*begin, *end;
	bool			 reads_only;
} sandboxes[] = {
	[SANDBOX_READER]	= { filter_reader, filter_reader_end, true },
	[SANDBOX_SERVICE]	= { filter_service, filter_service_end, false },
	[SANDBOX_FORM]		= { filter_form, filter_form_end, true },
};

int
sandbox_enter(enum sandbox which, struct err *e)
{
	const struct sock_fprog f = {
		(unsigned short)(sandboxes[which].end - sandboxes[which].begin),
		sandboxes[which].begin
	};

	if (SANITIZED)
		return 0;
	if (sandboxes[which].reads_only && landlock_read_only(e) < 0)
		return -1;
	/* ENOSYS: valgrind, or a kernel built without it; every kernel of Debian has it */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || (syscall(SYS_seccomp,
	    SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &f) != 0 && errno != ENOSYS))
		return err_set(e, ERR_INTERNAL, "sandbox: %s", strerror(errno));
	return 0;
}
