#include "desk/tray.h"

#include <string.h>

static bool
is_done(const struct tray *t, size_t i)
{
	for (size_t k = 0; k < t->dones; k++)
		if (strcmp(t->done[k].name, t->list.reader[i].name) == 0)
			return t->list.reader[i].present &&
			    t->done[k].changes == t->list.reader[i].changes;
	return false;
}

void
tray_update(struct tray *t, const struct reader_list *now, const char *wanted)
{
	size_t kept = 0;

	t->list.n = 0;
	for (size_t i = 0; i < now->n; i++)
		if (reader_is_meant(now, i, wanted))
			t->list.reader[t->list.n++] = now->reader[i];
	/* what is gone, a reader too, is new when it comes back */
	for (size_t k = 0; k < t->dones; k++)
		for (size_t i = 0; i < t->list.n; i++)
			if (strcmp(t->done[k].name, t->list.reader[i].name) == 0 && is_done(t, i)) {
				t->done[kept++] = t->done[k];
				break;
			}
	t->dones = kept;
}

int
tray_next(const struct tray *t, size_t *cards)
{
	int first = -1;

	*cards = 0;
	for (size_t i = 0; i < t->list.n; i++)
		if (t->list.reader[i].present && !is_done(t, i)) {
			if (first < 0)
				first = (int)i;
			++*cards;
		}
	return first;
}

void
tray_done(struct tray *t)
{
	t->dones = 0;
	for (size_t i = 0; i < t->list.n; i++) {
		if (!t->list.reader[i].present)
			continue;
		memcpy(t->done[t->dones].name, t->list.reader[i].name, READER_NAME_MAX);
		t->done[t->dones++].changes = t->list.reader[i].changes;
	}
}

void
tray_again(struct tray *t)
{
	t->dones = 0;
}

bool
tray_lies(const struct tray *t)
{
	return t->dones > 0;
}
