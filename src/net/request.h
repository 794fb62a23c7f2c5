#ifndef NET_REQUEST_H
#define NET_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define ELIG_CHALLENGE_LEN	32
#define ELIG_FILE_ID_LEN	16	/* hexadecimal digits */
#define ELIG_DATE_LEN		8	/* YYYYMMDD */

/* What every enquiry's MessageHeader says, and its answer has to repeat. */
struct elig_header {
	char	date[ELIG_DATE_LEN + 1];	/* QualificationConfirmationDate */
	char	institution[10 + 1];		/* MedicalInstitutionCode */
	char	file_id[ELIG_FILE_ID_LEN + 1];	/* ArbitraryFileIdentifier */
};

/*
 * An enquiry by card, all of it borrowed.  What is signed is
 * docs/service.md, "The signed message".
 */
struct elig_card_request {
	int		 as_of;		/* day number, JST */
	struct span	 cert;		/* DER of the 利用者証明用電子証明書 */
	uint8_t		 challenge[ELIG_CHALLENGE_LEN];
	const char	*signed_at;	/* "YYYYMMDDHHMMSSZ", UTC, as signed */
	struct span	 signature;
	bool		 limit_consent;
};

/* An enquiry by card after 目視確認; the fields above without a signature. */
struct elig_visual_request {
	int		 as_of;
	struct span	 cert;
	uint8_t		 challenge[ELIG_CHALLENGE_LEN];
	const char	*operator_id;
	bool		 face_compared;	/* the operator's statement */
	bool		 limit_consent;
};

/* An enquiry by number; symbol and branch are NULL when there is none. */
struct elig_number_request {
	int		 as_of;
	const char	*insurer_number;
	const char	*symbol;
	const char	*number;
	const char	*branch;
	int		 birthdate;	/* day number */
	bool		 limit_consent;
	const char	*id;		/* ArbitraryIdentifier, NULL for none */
};

#define ELIG_FILE_ID_BYTES	(ELIG_FILE_ID_LEN / 2)

/*
 * Fills the header.  random: ELIG_FILE_ID_BYTES for the file identifier, never
 * used before; NULL: drawn here.
 */
int	request_header(struct elig_header *h, const char *institution, int as_of,
	    const uint8_t *random, struct err *e);

/* The same without a date: a registration is of none. */
void	request_header_undated(struct elig_header *h, const char *institution,
	    const uint8_t *random);

/* Each appends one JSON body; ERR_NOMEM, or ERR_USAGE for what can not be sent. */
int	request_by_card(struct buf *b, const struct elig_header *h,
	    const struct elig_card_request *q, struct err *e);
/* 利用登録: as by card, with another signature; of no date, and without consent to 限度額. */
int	request_registration(struct buf *b, const struct elig_header *h,
	    const struct elig_card_request *q, struct err *e);
int	request_by_visual(struct buf *b, const struct elig_header *h,
	    const struct elig_visual_request *q, struct err *e);
int	request_by_number(struct buf *b, const struct elig_header *h,
	    const struct elig_number_request *q, struct err *e);

/*
 * The upload of n > 0 units (一括照会), all as of the header's date; each
 * with an id of its own.  And the question for the result of one.
 */
int	request_bulk(struct buf *b, const struct elig_header *h,
	    const struct elig_number_request *q, size_t n, struct err *e);
int	request_bulk_result(struct buf *b, const char *institution, const char *reception,
	    struct err *e);

/* "YYYYMMDD" and NUL. */
void	request_date(int day, char out[static ELIG_DATE_LEN + 1]);

#endif
