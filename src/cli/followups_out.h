#ifndef CLI_FOLLOWUPS_OUT_H
#define CLI_FOLLOWUPS_OUT_H

#include "cli/followups.h"
#include "engine/number.h"

/* Why only the patient can help: code, Japanese, English. */
#define WAITING_LIST(X)								\
	X(NO_KEY,     "no_number",   "番号がわからない", "no number is known")	\
	X(BAD_KEY,    "bad_number",  "番号が正しくない", "no such number can be asked about") \
	X(INVALID,    "invalid",     "その日は無効", "not valid on that day")	\
	X(NEWER,      "invalid_new", "無効(新しい資格がある)", "not valid, and there is a newer one") \
	X(NOT_FOUND,  "not_found",   "該当する資格がない", "nothing under that number") \
	X(MULTIPLE,   "multiple",    "複数該当(枝番が要る)", "several match: the 枝番 is needed") \
	X(RATIO_OPEN, "ratio_open",  "有効だが、その日の割合が決まらない", "valid, but the ratio of that day is open")

#define X(name, code, ja, en) WAITING_##name,
enum waiting_why { WAITING_LIST(X) WAITING_MAX };
#undef X

enum asked_state {
	ASKED_NOT,	/* is not for the service to answer */
	ASKED_TO_BE, ASKED_UNDER_WAY,
	ASKED_CONFIRMED, ASKED_WAITING, ASKED_FAILED,
	ASKED_CLOSED_BEFORE	/* by another window, which has told it */
};

/* A debt that the service is asked about. */
struct asked {
	const struct debt	*debt;
	enum asked_state	 state;
	enum waiting_why	 why;		/* WAITING */
	enum err_code		 error;		/* FAILED */
	struct closed		 closed;	/* CONFIRMED */
	bool			 logged;
	struct insured_number	 key;
	int			 birthdate;
	struct number		 insurer;	/* as it is asked */
	char			 branch[3];
	struct json		*confirmed;	/* owned; what key may borrow from */
};

void	asked_add(struct buf *out, const struct asked *a, bool ja, bool json);
void	asked_summary(struct buf *out, const struct followups *f);

#endif
