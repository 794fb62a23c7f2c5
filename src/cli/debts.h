#ifndef CLI_DEBTS_H
#define CLI_DEBTS_H

#include "engine/facts.h"
#include "json/json.h"
#include "rules/rulebase.h"
#include "store/store.h"

/*
 * What a provisional verdict leaves to be done, STORE_DEBT, and what became of
 * it, STORE_CLOSED:
 *
 *	{"code","by","visit_date","percent","points",
 *	 "key":{"insurer_number","symbol","number","branch"},"birthdate"}
 *	{"how","percent","difference_percent","difference_yen","note"}
 *
 * percent is what the patient was told to pay (null: nothing), points the
 * 診療報酬点数 if they were given; key is what the service can be asked about, as
 * far as it was known then.  how is "check", "followup", "numbers", "done", or
 * "replaced" by what a later check of the same visit left.
 */
struct debt {
	long long		 id;		/* the entry's number */
	const char		*patient, *code;
	int			 by;		/* FACT_ABSENT: no day */
	int			 visit_date;
	int			 percent;	/* 0: none */
	int			 points;	/* 0: none */
	struct insured_number	 key;
	int			 birthdate;
	struct json		*doc;		/* owned; what the rest borrows from */
	char			*owner;		/* owned: patient */
	struct json		*closing;	/* owned; debts_closed(): what became of it */
	int			 closed_on;
};

/* All that are open, of patient or (NULL) of everybody, oldest first. */
struct debts {
	struct debt	*item;
	size_t		 n;
};
int	debts_open(struct store *s, const char *patient, struct debts *out, struct err *e);
int	debts_closed(struct store *s, struct debts *out, struct err *e);	/* all that are not open */
void	debts_free(struct debts *d);

/* What the service said of a day, by results (a valid answer). */
struct answered_day {
	const struct json	*result;	/* the one that covers the day, or NULL */
	int			 percent;	/* 0: open */
};
int	answered_day(const struct rulebase *rb, const struct json *results, int day, int birthdate,
	    struct answered_day *out, struct err *e);

/* One that was closed, and what the patient pays more (less than 0: gets back). */
struct closed {
	long long	 id;		/* the debt's */
	const char	*how;
	int		 visit_date;
	int		 told;		/* per cent; 0: none */
	int		 percent;	/* as it should have been */
	int		 difference;	/* per cent; 0 too when none was told then */
	bool		 has_yen;
	long long	 yen;		/* RND-1 of both */
};
struct closed	debt_closed(const struct debt *d, int percent, const char *how);

struct closed_list {
	struct closed	*item;
	size_t		 n;
};
void	closed_list_free(struct closed_list *l);

/*
 * Adds one, unless the same is open; -1.  It takes the place of what an earlier
 * check of that visit left under the same code, which is appended to done, and
 * what is not known any more (points, numbers, birth date) is taken from there.
 * Inside store_begin().
 */
int	debt_add(struct store *s, const struct debt *d, long long now, struct closed_list *done,
	    struct err *e);

/* Closes it by hand (c NULL) or as an answer has it. */
int	debt_close(struct store *s, const struct debt *d, const char *how, const struct closed *c,
	    const char *note, long long now, struct err *e);

/* Whether the answer of the service, by card or by number, is all that it waits for. */
bool	debt_is_answered(const struct debt *d, bool by_card);

/* The one that every provisional verdict leaves. */
#define DEBT_VERIFY	"verify_online_later"

/*
 * Closes what a valid answer answers of a patient's open debts: of the visit of
 * that day, or (FACT_ABSENT) of each day that it covers; and appends each to
 * done.  Inside store_begin(): what is not committed was not closed.
 */
struct debts_answer {
	const struct rulebase	*rb;
	const char		*patient, *how;
	const struct json	*results;
	bool			 by_card;
	int			 day;
	long long		 now;
	int			 birthdate;	/* the right one; FACT_ABSENT: as each debt has it */
};
int	debts_answer(struct store *s, const struct debts_answer *a, struct closed_list *done,
	    struct err *e);

#endif
