#ifndef FORM_STATEMENT_H
#define FORM_STATEMENT_H

#include "engine/facts.h"
#include "form/sheet.h"

/*
 * The 被保険者資格申立書 (DEC-5): what is known of the patient before the sheet
 * is printed.  NULL, FACT_UNASKED or FACT_ABSENT: left blank.  The strings are
 * borrowed, as they came; docs/form.md says from where.
 */
enum proof { PROOF_HAVE, PROOF_NONE, PROOF_PENDING, PROOF_UNKNOWN };
enum sex { SEX_MALE, SEX_FEMALE };

#define COPAY_NOT_KNOWN	0	/* 「わからない」, as the patient said */

struct statement {
	const char	*clinic, *patient;	/* patient: the clinic's number */
	int		 proof;
	const char	*insurance_kind, *insurer_name, *employer;
	int		 issued;		/* a day of the month in question */
	int		 copay_percent;		/* 10, 20, 30, COPAY_NOT_KNOWN */
	const char	*name, *kana;
	int		 birthdate, sex;
	const char	*postal_code, *address, *phone;
	int		 visit_date;
};

/* Nothing is known. */
void	statement_init(struct statement *st);

/*
 * Takes what a facts object and its "form" say; the strings are doc's, but for
 * those put together, which are kept in *s.  today stands in for a missing
 * visit_date in the checks only.  0, or -1 with e set (ERR_MALFORMED: the key
 * and the reason, never a value).
 */
int	statement_read(const struct json *doc, int today, struct statement *st, struct sheet *s,
	    struct err *e);

/* The sheet; edition: of the rules (rulebase.h).  0, or -1 with e set (ERR_NOMEM). */
int	statement_sheet(const struct statement *st, const char *edition, int today,
	    struct sheet *s, struct err *e);

#endif
