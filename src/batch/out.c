#include "batch/out.h"

#include <string.h>

const char *
status_name(enum status s, bool ja)
{
	static const char *const names[STATUS_MAX][2] = {
#define X(name, en, ja) [STATUS_##name] = { en, ja },
		STATUS_LIST(X)
#undef X
	};

	return names[s][ja];
}

void
out_extra_name(struct buf *b, const char *name)
{
	static const char *const ours[] = { "patient_id", "status", "copay_percent", "path",
		"changes", "bring", "warnings", "retryable", "extra" };
	const char *base = name;

	/* so that no two names become one */
	while (strncmp(base, "list.", 5) == 0)
		base += 5;
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (strcmp(base, ours[i]) == 0)
			buf_adds(b, "list.");
	buf_adds(b, name);
}
