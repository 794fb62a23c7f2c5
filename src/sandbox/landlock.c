#include "sandbox/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * By the raw calls, and with the kernel's numbers written out: the headers of
 * the oldest system this is built on know the second of its versions only.
 */
#define NR_CREATE_RULESET	444
#define NR_ADD_RULE		445
#define NR_RESTRICT_SELF	446
#define VERSION_FLAG		1u
#define RULE_PATH_BENEATH	1

#define FS_READ_FILE		(1ull << 2)
#define FS_READ_DIR		(1ull << 3)
#define FS_ALL			((1ull << 13) - 1)
#define FS_REFER		(1ull << 13)	/* since version 2 */
#define FS_TRUNCATE		(1ull << 14)	/* 3 */
#define NET_TCP			3ull		/* 4: bind and connect */
#define SCOPE_ABSTRACT_UNIX	1ull		/* 6 */

struct ruleset {
	uint64_t	fs, net, scoped;
};

struct path_beneath {
	uint64_t	access;
	int32_t		fd;
} __attribute__((packed));

/* What this version can refuse, and how much of the struct it knows. */
static struct ruleset
ruleset_of(long version, size_t *size)
{
	struct ruleset r = { .fs = FS_ALL };

	if (version >= 2)
		r.fs |= FS_REFER;
	if (version >= 3)
		r.fs |= FS_TRUNCATE;
	if (version >= 4)
		r.net = NET_TCP;
	if (version >= 6)
		r.scoped = SCOPE_ABSTRACT_UNIX;
	*size = version >= 6 ? sizeof(r) : version >= 4 ? 2 * sizeof(r.fs) : sizeof(r.fs);
	return r;
}

static int
allow_reading(int ruleset)
{
	struct path_beneath root = { FS_READ_FILE | FS_READ_DIR, -1 };
	long rc;

	if ((root.fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)) < 0)
		return -1;
	rc = syscall(NR_ADD_RULE, ruleset, RULE_PATH_BENEATH, &root, 0);
	close(root.fd);
	return (int)rc;
}

int
landlock_read_only(struct err *e)
{
	const long version = syscall(NR_CREATE_RULESET, NULL, 0, VERSION_FLAG);
	struct ruleset r;
	size_t size;
	int fd, rc = 0;

	if (version < 1)
		return 0;
	r = ruleset_of(version, &size);
	if ((fd = (int)syscall(NR_CREATE_RULESET, &r, size, 0)) < 0)
		return err_set(e, ERR_INTERNAL, "landlock: %s", strerror(errno));
	if (allow_reading(fd) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    syscall(NR_RESTRICT_SELF, fd, 0) < 0)
		rc = err_set(e, ERR_INTERNAL, "landlock: %s", strerror(errno));
	close(fd);
	return rc;
}
