#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

int
secret_new(struct secret *s, size_t n, struct err *e)
{
	*s = (struct secret){ NULL, 0 };
	if (sodium_init() < 0)
		return err_set(e, ERR_INTERNAL, "libsodium does not start");
	if ((s->p = sodium_malloc(n)) == NULL)
		return err_set(e, ERR_NOMEM, "no locked memory");
	s->n = n;
	sodium_memzero(s->p, n);
	return 0;
}

void
secret_free(struct secret *s)
{
	sodium_free(s->p);
	*s = (struct secret){ NULL, 0 };
}

static int
check_file(int fd, size_t max, bool private, size_t *n, struct err *e)
{
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_set(e, err_of_file(ERR_CONFIG), "%s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_CONFIG, "not a file");
	if (private && (st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return err_set(e, ERR_CONFIG, "mode %03o lets others at it, chmod 600",
		    st.st_mode & 0777u);
	*n = (size_t)st.st_size;
	if (*n > max)
		return err_set(e, ERR_CONFIG, "more than %zu bytes", max);
	return *n > 0 ? 0 : err_set(e, ERR_CONFIG, "empty");
}

/* Cut meanwhile, or no longer to be read, is not what it says it is. */
static int
read_whole(int fd, struct secret *s, struct err *e)
{
	ssize_t got;

	for (size_t n = 0; n < s->n; n += (size_t)got) {
		got = TEMP_FAILURE_RETRY(read(fd, s->p + n, s->n - n));
		if (got < 0)
			return err_set(e, err_of_file(ERR_CONFIG), "%s", strerror(errno));
		if (got == 0)
			return err_set(e, ERR_CONFIG, "cut while it was read");
	}
	return 0;
}

/* A pipe that nobody writes to is not waited for. */
int
secret_read(struct secret *s, const char *path, size_t max, bool private, struct err *e)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	size_t n = 0;
	int rc;

	*s = (struct secret){ NULL, 0 };
	if ((rc = check_file(fd, max, private, &n, e)) == 0 && (rc = secret_new(s, n + 1, e)) == 0) {
		s->n = n;
		if ((rc = read_whole(fd, s, e)) < 0)
			secret_free(s);
	}
	if (fd >= 0)
		close(fd);
	return rc;
}

void
secret_harden_process(void)
{
	const struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
	umask(077);
}

void
secret_random(uint8_t *p, size_t n)
{
	randombytes_buf(p, n);
}
