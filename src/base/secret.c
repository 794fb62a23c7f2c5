#include "base/secret.h"

#include <sodium.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

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
