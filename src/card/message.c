#include "card/message.h"

#include <stdbool.h>
#include <string.h>

static const struct {
	const char	*word;
	const char	*context;
} purposes[] = {
#define X(name, word, context) [SIGN_##name] = { word, context },
	SIGN_PURPOSE_LIST(X)
#undef X
};

const char *
message_purpose_name(enum sign_purpose p)
{
	return purposes[p].word;
}

enum sign_purpose
message_purpose_of(const char *word)
{
	int p = 0;

	while (p < SIGN_PURPOSE_MAX && (word == NULL || strcmp(purposes[p].word, word) != 0))
		p++;
	return (enum sign_purpose)p;
}

static bool
all_digits(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] < '0' || s[i] > '9')
			return false;
	return true;
}

/* "https://" or "http://", a host in lower case, ':' and a port. */
static bool
is_origin(const char *s)
{
	const char *host = strstr(s, "://"), *colon = strrchr(s, ':');

	if (strncmp(s, "https://", 8) != 0 && strncmp(s, "http://", 7) != 0)
		return false;
	if (colon <= host + 3 || colon[1] == '\0' || strlen(colon + 1) > 5 ||
	    !all_digits(colon + 1, strlen(colon + 1)))
		return false;
	for (const char *p = host + 3; p < colon; p++)
		if (strchr("abcdefghijklmnopqrstuvwxyz0123456789.-_:[]", *p) == NULL)
			return false;
	return true;
}

int
message_check(const struct sign_fields *f, struct err *e)
{
	if ((unsigned)f->purpose >= SIGN_PURPOSE_MAX)
		return err_set(e, ERR_INTERNAL, "signed message: no such purpose");
	if (!is_origin(f->origin))
		return err_set(e, ERR_INTERNAL, "signed message: no origin https://host:port");
	if (strlen(f->institution) != 10 || !all_digits(f->institution, 10))
		return err_set(e, ERR_INTERNAL, "signed message: no institution code of 10 digits");
	if (strlen(f->time) != MESSAGE_TIME_LEN || !all_digits(f->time, MESSAGE_TIME_LEN - 1) ||
	    f->time[MESSAGE_TIME_LEN - 1] != 'Z')
		return err_set(e, ERR_INTERNAL, "signed message: no time YYYYMMDDHHMMSSZ");
	return 0;
}

static void
add_field(struct buf *out, const void *p, size_t n)
{
	const uint8_t len[] = { (uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8),
	    (uint8_t)n };

	buf_add(out, len, sizeof(len));
	buf_add(out, p, n);
}

int
message_build(const struct sign_fields *f, const uint8_t *der, size_t der_len, struct buf *out,
    struct err *e)
{
	uint8_t hash[HASH_SHA256_LEN];

	if (message_check(f, e) < 0)
		return -1;
	hash_sha256(der, der_len, hash);
	add_field(out, purposes[f->purpose].context, strlen(purposes[f->purpose].context));
	add_field(out, f->origin, strlen(f->origin));
	add_field(out, f->challenge, sizeof(f->challenge));
	add_field(out, f->institution, strlen(f->institution));
	add_field(out, hash, sizeof(hash));
	add_field(out, f->time, strlen(f->time));
	if (out->failed)
		return err_set(e, ERR_NOMEM, "signed message");
	return 0;
}

int
message_digest(const struct sign_fields *f, const uint8_t *der, size_t der_len,
    uint8_t out[static HASH_SHA256_LEN], struct err *e)
{
	struct buf b = BUF_INIT;
	int rc = message_build(f, der, der_len, &b, e);

	if (rc == 0)
		hash_sha256(b.p, b.n, out);
	buf_free(&b);
	return rc;
}

void
digest_info(const uint8_t digest[static HASH_SHA256_LEN], uint8_t out[static DIGEST_INFO_LEN])
{
	static const uint8_t prefix[] = { 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48,
	    0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20 };

	memcpy(out, prefix, sizeof(prefix));
	memcpy(out + sizeof(prefix), digest, HASH_SHA256_LEN);
}
