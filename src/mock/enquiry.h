#ifndef MOCK_ENQUIRY_H
#define MOCK_ENQUIRY_H

#include "base/buf.h"
#include "json/json.h"
#include "mock/challenge.h"
#include "mock/message.h"
#include "mock/people.h"
#include "mock/refusal.h"

/* Bytes, in threes: the contract names the length of their base64. */
#define CERTIFICATE_MAX	8190
#define SIGNATURE_MAX	1023

/* What stands in every enquiry's MessageHeader, and the consent. */
struct enquiry_header {
	const char	*date;		/* YYYYMMDD; NULL in a registration */
	int		 day;
	const char	*institution;
	const char	*file_id;
	bool		 consent;	/* LimitApplicationCertificateRelatedConsFlg is 1 */
};

/* A card enquiry or registration as it came; texts are borrowed from the request. */
struct card_enquiry {
	enum purpose		 purpose;
	struct enquiry_header	 header;
	uint8_t			 der[CERTIFICATE_MAX];
	size_t			 nder;
	uint8_t			 challenge[CHALLENGE_LEN];
	uint8_t			 signature[SIGNATURE_MAX];
	size_t			 nsignature;	/* signed enquiry only */
	const char		*signed_at;
	long long		 signed_time;
	bool			 face_compared;	/* visual enquiry only */
};

struct number_enquiry {
	struct enquiry_header	 header;
	const struct json	*search_info;	/* echoed */
	struct numbers		 numbers;
};

/* A file of questions: every unit's form was checked, its values were not. */
struct bulk_enquiry {
	struct enquiry_header	 header;	/* without consent */
	const struct json	*units;		/* array, not empty */
};

struct result_enquiry {
	const char	*institution;
	const char	*reception;	/* ReceptionNumber */
};

/*
 * Each reads a parsed body; 0, or -1 with r set to REQUEST_MALFORMED, or to
 * REQUEST_TOO_LARGE when there are more than units_max.
 */
int	enquiry_read_signed(const struct json *doc, struct card_enquiry *q, struct refusal *r);
int	enquiry_read_registration(const struct json *doc, struct card_enquiry *q,
	    struct refusal *r);
int	enquiry_read_visual(const struct json *doc, struct card_enquiry *q, struct refusal *r);
int	enquiry_read_number(const struct json *doc, struct number_enquiry *q, struct refusal *r);
int	enquiry_read_bulk(const struct json *doc, long long units_max, struct bulk_enquiry *q,
	    struct refusal *r);
int	enquiry_read_result(const struct json *doc, struct result_enquiry *q, struct refusal *r);

/* Reads the values of one unit; -1: r says what is wrong with it. */
int	enquiry_read_unit(const struct json *unit, struct number_enquiry *q, struct refusal *r);

#endif
