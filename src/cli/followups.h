#ifndef CLI_FOLLOWUPS_H
#define CLI_FOLLOWUPS_H

#include <signal.h>

#include "base/buf.h"
#include "cli/debts.h"
#include "cli/logbook.h"
#include "net/elig.h"

/*
 * The service is asked again, as of the day of the visit, about each open debt
 * that waits for it (DEBT_VERIFY) and of which some number is known: what was
 * typed now, what was known then, or what was last confirmed of the patient.  A
 * valid answer that gives the ratio of that day is recorded and closes it, and
 * what goes with it, in one step, and goes into the log before the next does;
 * whatever ends the program, each is either closed with its confirmation or open.
 */
struct followups_key {
	long long		 id;		/* the only one to be asked about; 0: all */
	struct insured_number	 number;	/* all NULL: nothing was typed */
	int			 birthdate;	/* FACT_ABSENT */
};

struct followups {
	const struct rulebase	*rb;
	struct store		*store;
	struct elig_service	 service;
	bool			 ja, json;
	bool			 quiet;		/* of money alone: no summary */
	struct followups_key	 typed;
	struct logbook		*log;		/* opened */
	const volatile sig_atomic_t *stop;	/* NULL, or not 0: it ends, ERR_INTERRUPTED ... */
	int			 wake_fd;	/* ... at once when this is readable; -1 */
	/* what came of it: */
	long			 confirmed, waiting, failed;
};

/* Appends what came of each, a line or an object; also with -1, what was closed being closed. */
int	followups_run(struct followups *f, struct buf *out, struct err *e);

#endif
