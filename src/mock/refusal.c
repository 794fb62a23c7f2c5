#include "mock/refusal.h"

#include <stdio.h>
#include <string.h>

static const struct {
	int		 status;
	bool		 retryable;
	const char	*name;
	const char	*ja;
	const char	*en;
} table[] = {
#define X(name, status, retry, ja, en) [REFUSAL_##name] = { status, retry, #name, ja, en },
	REFUSAL_LIST(X)
#undef X
};

int
refuse(struct refusal *r, enum refusal_code code, const char *detail)
{
	if (r->code != REFUSAL_MAX)
		return -1;
	r->code = code;
	snprintf(r->detail, sizeof(r->detail), "%s", detail != NULL ? detail : "");
	return -1;
}

int
refuse_field(struct refusal *r, const char *name, const char *text)
{
	char detail[sizeof(r->detail)];

	snprintf(detail, sizeof(detail), "%s: %s", name, text);
	return refuse(r, REFUSAL_REQUEST_MALFORMED, detail);
}

int
refuse_unit(struct refusal *r, size_t number)
{
	char detail[sizeof(r->detail)];

	memcpy(detail, r->detail, sizeof(detail));
	snprintf(r->detail, sizeof(r->detail), "unit %zu: %.160s", number, detail);
	return -1;
}

int
refusal_status(enum refusal_code code)
{
	return table[code].status;
}

bool
refusal_retryable(enum refusal_code code)
{
	return table[code].retryable;
}

const char *
refusal_name(enum refusal_code code)
{
	return table[code].name;
}

const char *
refusal_desk_text(enum refusal_code code)
{
	return table[code].ja;
}

const char *
refusal_technician_text(enum refusal_code code)
{
	return table[code].en;
}
