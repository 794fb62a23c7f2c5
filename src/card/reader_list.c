#include "card/reader_list.h"

#include <string.h>

bool
reader_is_meant(const struct reader_list *l, size_t i, const char *wanted)
{
	if (wanted == NULL)
		return true;
	for (size_t k = 0; k < l->n; k++)
		if (strcmp(l->reader[k].name, wanted) == 0)
			return k == i;
	return strstr(l->reader[i].name, wanted) != NULL;
}
