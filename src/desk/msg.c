#include "desk/msg.h"

#include <stdio.h>
#include <string.h>

const char *
msg(enum msg m, bool ja)
{
#define M(id, j, e) [MSG_##id] = { j, e },
	static const struct { const char *ja, *en; } list[] = { MSG_LIST(M) };
#undef M

	return ja ? list[m].ja : list[m].en;
}

void
msg_with(char *out, size_t n, enum msg m, bool ja, const char *arg)
{
	const char *text = msg(m, ja);
	const char *at = strstr(text, "{}");

	if (at == NULL)
		snprintf(out, n, "%s", text);
	else
		snprintf(out, n, "%.*s%s%s", (int)(at - text), text, arg, at + 2);
}

void
msg_with_int(char *out, size_t n, enum msg m, bool ja, long long arg)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%lld", arg);
	msg_with(out, n, m, ja, digits);
}

void
msg_with_tries(char *out, size_t n, enum msg m, bool ja, int tries)
{
	char left[40];

	if (tries >= 0)
		msg_with_int(left, sizeof(left), tries == 1 ? MSG_TRIES_ONE : MSG_TRIES, ja, tries);
	else
		snprintf(left, sizeof(left), "%s", msg(MSG_TRIES_UNKNOWN, ja));
	msg_with(out, n, m, ja, left);
}
