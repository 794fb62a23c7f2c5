#include "net/pem.h"

#include <stdlib.h>
#include <string.h>

int
pem_read(struct pem *p, const char *what, const char *path, bool private, struct err *e)
{
	if (path == NULL || *path == '\0')
		return err_set(e, ERR_CONFIG, "no %s is configured", what);
	if (secret_read(&p->text, path, PEM_MAX, private, e) < 0)
		return err_prefix(e, "%s %s", what, path);
	if ((p->path = strdup(path)) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	return 0;
}

bool
pem_is_encrypted(const struct pem *p)
{
	static const char header[] = "Proc-Type:";

	return memmem(p->text.p, p->text.n, header, sizeof(header) - 1) != NULL;
}

void
pem_free(struct pem *p)
{
	secret_free(&p->text);
	free(p->path);
	p->path = NULL;
}
