#ifndef ENGINE_FACTS_H
#define ENGINE_FACTS_H

#include <limits.h>
#include <stdbool.h>

/*
 * The facts of one visit, as the contract of the decision names them.  Every
 * int fact has three kinds of value: known, known to be absent (null), or not
 * asked yet.  Dates are day numbers of base/date.h.  Strings are borrowed,
 * NULL when absent, and only copied through to the claim or compared as
 * numbers: nothing here is a name or an address of the patient.
 */
enum { FACT_UNASKED = INT_MIN, FACT_ABSENT = INT_MIN + 1 };

static inline bool
fact_known(int v)
{
	return v > FACT_ABSENT;
}

/* Whether a day lies in a period; a bound that is not known is no bound. */
static inline bool
fact_covers(int from, int to, int day)
{
	return (!fact_known(from) || from <= day) && (!fact_known(to) || day <= to);
}

enum visit { VISIT_FIRST, VISIT_RETURN };
enum medium { MEDIUM_CARD, MEDIUM_PHONE, MEDIUM_NONE };
enum absent_because { ABSENT_FORGOTTEN, ABSENT_LOST, ABSENT_NONE_ISSUED };
enum card_read { READ_OK, READ_UNREADABLE, READ_READER_FAULT, READ_NOT_MY_NUMBER };
enum identity { IDENTITY_PIN, IDENTITY_FACE, IDENTITY_VISUAL, IDENTITY_PIN_LOCKED, IDENTITY_FAILED };
enum registered { REGISTERED_YES, REGISTERED_NO, REGISTERED_DECLINED };
enum outcome {
	OUTCOME_ANSWERED, OUTCOME_UNREACHABLE, OUTCOME_TIMEOUT, OUTCOME_MAINTENANCE, OUTCOME_ERROR
};
enum enquiry_by { BY_CARD, BY_NUMBER };
enum presence { PRESENT = 1 };	/* else FACT_ABSENT or FACT_UNASKED */

enum document_kind {
	DOC_ELIGIBILITY_CERTIFICATE, DOC_PORTAL, DOC_PORTAL_PDF, DOC_NOTICE, DOC_OLD_CARD, DOC_MAX
};

struct insured_number {
	const char	*insurer_number;
	const char	*symbol;
	const char	*number;
	const char	*branch;
};

struct document {
	int	presence;
	int	valid_from, valid_to;	/* inclusive; FACT_ABSENT: none printed */
	int	copay_percent;		/* FACT_ABSENT: blank or 法定負担割合のとおり */
	int	birthdate;
	bool	special_medical;
	struct insured_number id;
};

enum card_class { CLASS_ORDINARY, CLASS_SPECIAL, CLASS_PUBLIC_ASSISTANCE };

/* The one result of an answer that counts; all absent when there is none. */
struct result {
	struct insured_number id;
	int	birthdate;
	int	card_class;		/* FACT_ABSENT when not given */
	int	kouki_percent;		/* InsuredPartialContributionRatio */
	int	kouki_from, kouki_to;	/* InsuredCardValidDate, InsuredCardExpirationDate */
	int	elderly_percent;	/* ElderlyRecipientContributionRatio */
	int	elderly_from, elderly_to;
};

struct facts {
	const char	*id;		/* echoed; NULL if none */
	int		 visit_date;
	int		 visit;
	int		 birthdate;	/* as given by the caller */
	int		 copay_percent;	/* ascertained by staff */
	struct {
		int	medium;
		int	absent_because;
		int	read;
		int	certificate_not_after;
		int	valid_to;
		int	certificate_revoked;	/* 0, 1 */
		int	identity;
		int	registered;
	} card;
	struct {
		int		presence;
		int		outcome;
		int		by;
		int		validity;	/* 1..6, FACT_ABSENT */
		int		same_person;	/* as the card's: 0, 1; FACT_ABSENT: not compared */
		int		results;	/* how many could be the one that counts */
		bool		outside;	/* there are some, and none covers the visit */
		int		chosen;		/* its place in the answer, from 0 */
		struct result	result;
	} online;
	struct document	 document[DOC_MAX];
	struct {
		int	presence;
		int	confirmed_on;
		int	copay_percent;
		int	unchanged;		/* 0, 1 */
		struct insured_number id;
	} record;
	/* The 申立書, or what was stated in a disaster. */
	struct declaration {
		int		 presence;	/* disaster: PRESENT once stated */
		int		 copay_percent;
		bool		 kouki;		/* insurance_kind says 後期 */
		const char	*insurer_name, *employer, *address, *contact;
	} statement, disaster;
	bool		 disaster_in_force;
};

/* Everything not asked yet, of a visit on that day. */
void facts_init(struct facts *f, int visit_date);

/* Reads every fact not asked as absent (--assume-none). */
void facts_assume_none(struct facts *f);

#endif
