#include "net/answer.h"

#include <string.h>

static const char *const outcome_name[] = {
#define X(name, text) [ELIG_##name] = text,
	ELIG_OUTCOME_LIST(X)
#undef X
};

static const struct {
	const char	*name;
	long		 status;
} refusal[] = {
#define X(name, status) [REFUSAL_##name] = { #name, status },
	ELIG_REFUSAL_LIST(X)
#undef X
};

void
elig_answer_free(struct elig_answer *a)
{
	js_free(a->doc);
	*a = (struct elig_answer)ELIG_ANSWER_INIT;
}

void
elig_answer_fail(struct elig_answer *a, enum elig_by by, const struct err *e)
{
	a->by = by;
	a->validity = 0;
	a->results = NULL;
	if (a->refusal == REFUSAL_NONE)
		a->retryable = err_retryable(e->code);
	a->outcome = e->code == ERR_SERVICE_UNREACHABLE ? ELIG_UNREACHABLE :
	    e->code == ERR_SERVICE_TIMEOUT ? ELIG_TIMEOUT :
	    e->code == ERR_SERVICE_MAINTENANCE ? ELIG_MAINTENANCE : ELIG_ERROR;
}

const char *
elig_outcome_name(enum elig_outcome o)
{
	return outcome_name[o];
}

enum elig_refusal
elig_refusal_of(const char *name, long *status)
{
	for (int i = REFUSAL_NONE + 1; i < REFUSAL_OTHER; i++) {
		if (strcmp(refusal[i].name, name) != 0)
			continue;
		*status = refusal[i].status;
		return (enum elig_refusal)i;
	}
	*status = 0;
	return REFUSAL_OTHER;
}

void
elig_answer_write(const struct elig_answer *a, const char *key, struct jw *w)
{
	const char validity[] = { a->validity, '\0' };

	jw_open(w, key, '{');
	jw_str(w, "outcome", elig_outcome_name(a->outcome));
	jw_str(w, "by", a->by == ELIG_BY_NUMBER ? "number" : "card");
	if (a->outcome == ELIG_ANSWERED) {
		jw_str(w, "QualificationValidity", validity);
		jw_open(w, "results", '[');
		for (size_t i = 0; i < js_len(a->results); i++)
			jw_json(w, NULL, js_at(a->results, i));
		jw_close(w, ']');
	}
	jw_close(w, '}');
}

bool
elig_clock_skew(const struct elig_answer *a, long long local_unix, long long *ahead)
{
	if (a->server_date == ELIG_NO_DATE)
		return false;
	*ahead = local_unix - a->server_date;
	return true;
}
