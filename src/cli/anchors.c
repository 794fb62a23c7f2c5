#include "cli/anchors.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int
add_file(struct x509_anchors *a, const char *path, struct err *e)
{
	char pem[X509_PEM_MAX + 1];	/* one more: a file that is too long is told, not cut */
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL)
		return err_set(e, err_of_file(ERR_CONFIG), "%s: %s", path, strerror(errno));
	n = fread(pem, 1, sizeof(pem), f);
	fclose(f);
	if (x509_anchors_add(a, pem, n, e) < 0)
		return err_prefix(e, "%s", path);
	return 0;
}

struct x509_anchors *
anchors_load(const struct opt_list *card_ca, struct err *e)
{
	struct x509_anchors *a = x509_anchors_new(e);

	for (size_t i = 0; a != NULL && i < card_ca->n; i++)
		if (add_file(a, card_ca->item[i], e) < 0) {
			x509_anchors_free(a);
			return NULL;
		}
	return a;
}
