#include "mock/message.h"

#include <string.h>

#include "base/date.h"

static const char *const context[] = {
	[PURPOSE_ENQUIRY] = "shikaku eligibility enquiry v1",
	[PURPOSE_REGISTRATION] = "shikaku card registration v1",
};

static void
add_field(struct buf *out, const void *p, size_t n)
{
	const uint8_t length[4] = {
		(uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n
	};

	buf_add(out, length, sizeof(length));
	buf_add(out, p, n);
}

void
message_build(const struct message *m, struct buf *out)
{
	buf_reset(out);
	add_field(out, context[m->purpose], strlen(context[m->purpose]));
	add_field(out, m->origin, strlen(m->origin));
	add_field(out, m->challenge, CHALLENGE_LEN);
	add_field(out, m->institution, strlen(m->institution));
	add_field(out, m->certificate_hash, HASH_SHA256_LEN);
	add_field(out, m->signed_at, strlen(m->signed_at));
}

static int
two_digits(const char *s, int below)
{
	const int v = (s[0] - '0') * 10 + (s[1] - '0');

	return v < below ? v : -1;
}

long long
message_time(const char *signed_at)
{
	const char *s = signed_at;
	int day, h, m, sec;

	if (strlen(s) != 15 || strspn(s, "0123456789") != 14 || s[14] != 'Z')
		return -1;
	day = date_parse_compact(s, 8);
	h = two_digits(s + 8, 24);
	m = two_digits(s + 10, 60);
	sec = two_digits(s + 12, 60);
	if (day < 0 || h < 0 || m < 0 || sec < 0)
		return -1;
	return day * 86400LL + h * 3600 + m * 60 + sec;
}
