#ifndef MOCK_REPLY_H
#define MOCK_REPLY_H

#include "mock/enquiry.h"

/* A remark that comes with a success (ProcessingResultCode and -Message). */
#define REMARK_LIST(X)							\
	X(NONE, "", "")							\
	X(CERTIFICATE_ENDS_SOON, "CERTIFICATE_ENDS_SOON",		\
	    "電子証明書の有効期限まで3か月以内です。市区町村の窓口で更新してください") \
	X(CERTIFICATE_IN_GRACE, "CERTIFICATE_IN_GRACE",			\
	    "電子証明書の有効期限が切れています。資格確認のみ、猶予期間中に限り利用できます")

#define X(name, code, ja) REMARK_##name,
enum remark { REMARK_LIST(X) REMARK_MAX };
#undef X

/* All an answer is made of. */
struct answer {
	const struct enquiry_header	*header;
	struct finding			 finding;
	long long			 now;		/* Unix time */
	enum remark			 remark;
	/* by card */
	const uint8_t			*challenge;	/* CHALLENGE_LEN, NULL: by number */
	const uint8_t			*certificate_hash;
	/* by number */
	const struct json		*search_info;
};

#define REPLY_TIME_LEN	14

/* JST, YYYYMMDDHHMMSS and NUL. */
void	reply_time(long long now, char out[static REPLY_TIME_LEN + 1]);

/* The same for the header Date: RFC 9110 IMF-fixdate.  English: the mock sets no locale. */
#define REPLY_HTTP_DATE_LEN 29
void	reply_http_date(long long now, char out[static REPLY_HTTP_DATE_LEN + 1]);

/* The answer of docs/service.md, "Answer to every enquiry", as JSON. */
void	reply_write(struct buf *out, const struct answer *a);

/* The answer to a registration: of a it needs neither finding nor search_info. */
void	reply_write_registration(struct buf *out, const struct answer *a);

/* The answer to POST /v1/challenge. */
void	reply_write_challenge(struct buf *out, const uint8_t challenge[static CHALLENGE_LEN]);

#endif
